//! NIP-02, follow lists: what the relay does with them.

use std::slice;

use kith_nips::Event;
use serde_json::json;

use crate::events::{MOMENT, note, pubkey};
use crate::harness::TestRelay;
use crate::keeping::WAYS;

/// As many people as a list may name.
const FOLLOWED_MAX: u32 = 5_000;

#[tokio::test]
async fn nip02_01_the_newest_list_of_a_person_is_kept() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let list = |key, at| note(key).kind(3).at(at).tag(&["p", &pubkey(9).to_string()]);
        let older = list(1, MOMENT).signed();
        let newer = list(1, MOMENT + 1).tag(&["d", "ignored"]).signed();
        let other = list(2, MOMENT).signed();
        let oldest = list(1, MOMENT - 1).signed();
        for event in [&older, &newer, &other] {
            socket.accept(event).await;
        }
        for late in [&older, &oldest] {
            socket.event(late).await.refused_with("duplicate");
        }
        // Of two at the same second the lower id stays.
        let mut twins = [
            list(3, MOMENT).content("a").signed(),
            list(3, MOMENT).content("b").signed(),
        ];
        twins.sort_by_key(Event::id);
        socket.accept(&twins[1]).await;
        socket.accept(&twins[0]).await;
        socket.event(&twins[1]).await.refused_with("duplicate");
        drop(socket);
        relay.restart().await;
        let mut socket = relay.connect().await;
        for (key, list) in [(1, &newer), (2, &other), (3, &twins[0])] {
            let filter = json!({"kinds": [3], "authors": [pubkey(key)]});
            assert_eq!(socket.query(filter).await, slice::from_ref(list));
        }
        assert_eq!(socket.count(json!({"kinds": [3]})).await, 3);
        let gone = json!({"ids": [older.id(), oldest.id(), twins[1].id()]});
        assert_eq!(socket.query(gone).await, []);
    }
}

#[tokio::test]
async fn nip02_02_lists_are_served_as_they_came() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let legacy = r#"{"wss://relay.example.com":{"read":true,"write":false}, "x": 1e3}"#;
    let list = note(1)
        .kind(3)
        .tag(&[
            "p",
            &pubkey(2).to_string(),
            "wss://relay.example.com",
            "Bob 😀",
        ])
        .tag(&["p", &pubkey(3).to_string(), "", "carol"])
        .tag(&["p", &pubkey(3).to_string(), ""])
        .tag(&["p", &pubkey(4).to_string()])
        .tag(&["p"])
        .tag(&["p", "not a key", "", "", ""])
        .tag(&["x-unknown", "kept", ""])
        .content(legacy)
        .signed();
    socket.accept(&list).await;
    let served = socket.query(json!({"kinds": [3]})).await;
    assert_eq!(served[0].json(), list.json());
}

#[tokio::test]
async fn nip02_03_five_thousand_people_fit_into_a_list() {
    let relay = TestRelay::start().await;
    assert!(relay.config().limits.max_event_tags >= FOLLOWED_MAX as usize);
    let mut socket = relay.connect().await;
    // A tag needs no point on the curve, only 64 digits.
    let people: Vec<String> = (0..FOLLOWED_MAX)
        .map(|number| format!("{number:064x}"))
        .collect();
    let list = people
        .iter()
        .fold(note(1).kind(3), |list, person| list.tag(&["p", person]))
        .signed();
    socket.accept(&list).await;
    for person in [&people[0], &people[2_500], people.last().unwrap()] {
        let filter = json!({"kinds": [3], "#p": [person]});
        assert_eq!(socket.query(filter).await, slice::from_ref(&list));
    }
    let stranger = json!({"kinds": [3], "#p": [format!("{FOLLOWED_MAX:064x}")]});
    assert_eq!(socket.query(stranger).await, []);
}

#[tokio::test]
async fn nip02_04_who_follows_somebody_now() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let (followed, other) = (pubkey(9).to_string(), pubkey(8).to_string());
        let list = |key| note(key).kind(3);
        let followers = [
            list(1).tag(&["p", &followed]).signed(),
            list(2)
                .tag(&["p", &other])
                .tag(&["p", &followed, "wss://x", "Ann"])
                .signed(),
        ];
        socket.accept_all(&followers).await;
        // Only a first value of a p tag is somebody who is followed.
        socket
            .accept(&list(3).tag(&["p", &other, &followed, &followed]).signed())
            .await;
        socket
            .accept(&list(4).tag(&["P", &followed]).content(&*followed).signed())
            .await;
        // Followed once, not any more.
        socket
            .accept(&list(5).tag(&["p", &followed]).signed())
            .await;
        let left = list(5).at(MOMENT + 1).tag(&["p", &other]).signed();
        socket.accept(&left).await;
        // The same tag in another kind.
        socket
            .accept(&note(6).tag(&["p", &followed]).signed())
            .await;
        let filter = json!({"kinds": [3], "#p": [followed]});
        let mut found = socket.query(filter.clone()).await;
        found.sort_by_key(Event::pubkey);
        let mut expected = followers.to_vec();
        expected.sort_by_key(Event::pubkey);
        assert_eq!(found, expected);
        assert_eq!(socket.count(filter).await, 2);
    }
}
