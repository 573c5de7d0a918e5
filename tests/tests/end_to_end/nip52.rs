//! NIP-52, calendars: what the relay does with them (what clients do is tested with the client
//! library).

use std::slice;

use kith_nips::Event;
use serde_json::json;

use crate::events::{MOMENT, in_order, note, pubkey};
use crate::harness::TestRelay;
use crate::keeping::WAYS;

#[tokio::test]
async fn nip52_01_calendar_events_are_addressable_and_found_by_every_tag() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let id = "a".repeat(64);
        let key = pubkey(9).to_string();
        let address = format!("31924:{key}:calendar");
        let tags = [
            ["d", "2026-12-03:chess"],
            ["a", &address],
            ["e", &id],
            ["g", "gcpchg"],
            ["t", "chess"],
            ["p", &key],
            ["r", "https://example.com/chess"],
            ["D", "20790"],
            ["l", "meetup"],
            ["L", "kind"],
        ];
        for kind in [31_922, 31_923, 31_924, 31_925] {
            let version = |at: u64| {
                tags.iter()
                    .fold(note(1).kind(kind).at(at), |note, tag| note.tag(tag))
                    .signed()
            };
            let (older, newer) = (version(MOMENT), version(MOMENT + 1));
            socket.accept(&older).await;
            socket.accept(&newer).await;
            socket.event(&older).await.refused_with("duplicate");
            for [name, value] in tags {
                let mut filter = json!({"kinds": [kind]});
                filter[format!("#{name}")] = json!([value]);
                assert_eq!(
                    socket.query(filter.clone()).await,
                    slice::from_ref(&newer),
                    "{filter}"
                );
            }
            // Nobody checks whether an event makes sense as a calendar event.
            let senseless = [
                note(2).kind(kind).signed(),
                note(3).kind(kind).tag(&["start", "soon"]).signed(),
                note(4)
                    .kind(kind)
                    .tag(&["d", "x"])
                    .tag(&["start", "2"])
                    .tag(&["end", "1"])
                    .tag(&["D", "x"])
                    .tag(&["status", "perhaps"])
                    .signed(),
            ];
            socket.accept_all(&senseless).await;
        }
    }
}

#[tokio::test]
async fn nip52_16_the_current_answers_to_a_meetup() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let meetup = note(9).kind(31_923).tag(&["d", "a:b"]).signed();
        let address = meetup.address().unwrap().to_string();
        socket.accept(&meetup).await;
        let answer = |key: u32, at: u64, status: &str| {
            note(key)
                .kind(31_925)
                .at(at)
                .tag(&["d", "answer"])
                .tag(&["a", &address])
                .tag(&["status", status])
                .signed()
        };
        let replaced = answer(1, MOMENT, "accepted");
        let deleted = answer(2, MOMENT, "accepted");
        let current = [
            answer(1, MOMENT + 1, "declined"),
            answer(3, MOMENT, "tentative"),
        ];
        let elsewhere = note(4)
            .kind(31_925)
            .tag(&["d", "answer"])
            .tag(&["a", &format!("{address}x")])
            .signed();
        for event in [&replaced, &deleted, &current[0], &current[1], &elsewhere] {
            socket.accept(event).await;
        }
        let request = note(2).kind(5).tag(&["e", &deleted.id().to_string()]);
        socket.accept(&request.signed()).await;
        let filter = json!({"kinds": [31_925], "#a": [address]});
        let found: Vec<Event> = socket.query(filter.clone()).await;
        assert_eq!(found, in_order(&current));
        assert_eq!(socket.count(filter).await, 2);
    }
}
