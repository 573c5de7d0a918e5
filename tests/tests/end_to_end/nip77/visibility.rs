//! What is in a set (NIP77-12, NIP59-11): what a REQ would bring to the same client, whatever the
//! relay's own limits.

use std::collections::BTreeSet;

use kith_nips::EventId;
use serde_json::{Value, json};

use super::{NOTHING_HERE, everything, expect_end, expect_unknown, ids_of, open};
use crate::events::{MOMENT, in_order, note, now, pubkey};
use crate::harness::{Socket, TestRelay, within_deadline};
use crate::keeping::WAYS;

/// A comparison and a REQ bring the same.
async fn check(socket: &mut Socket, filter: Value) -> BTreeSet<EventId> {
    let compared = everything(socket, &filter).await;
    let asked = socket.query(filter.clone()).await;
    assert_eq!(compared, ids_of(&asked), "{filter}");
    compared
}

#[tokio::test]
async fn nip77_12_nothing_that_was_replaced_deleted_or_never_stored() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let old = note(1).kind(10_002).signed();
        let new = note(1).kind(10_002).at(MOMENT + 1).signed();
        let addressed = note(1).kind(31_923).tag(&["d", "x"]);
        let (old_meetup, new_meetup) = (addressed.signed(), addressed.at(MOMENT + 1).signed());
        let gone = note(1).content("gone").signed();
        let request = note(1).kind(5).tag(&["e", &gone.id().to_string()]).signed();
        for event in [&old, &new, &old_meetup, &new_meetup, &gone, &request] {
            socket.accept(event).await;
        }
        socket.event(&note(1).kind(20_001).signed()).await;
        let expected = ids_of([&new, &new_meetup, &request]);
        assert_eq!(check(&mut socket, json!({})).await, expected);
        assert_eq!(
            check(&mut socket, json!({"kinds": [5]})).await,
            ids_of([&request])
        );
    }
}

#[tokio::test]
async fn nip77_12_nothing_that_has_expired() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let lasting = note(1).signed();
        let until = (now() + 2).to_string();
        let fleeting = note(1).tag(&["expiration", &until]).signed();
        socket.accept_all(&[lasting.clone(), fleeting]).await;
        within_deadline("the expiration", async {
            while everything(&mut socket, &json!({})).await.len() > 1 {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert_eq!(check(&mut socket, json!({})).await, ids_of([&lasting]));
    }
}

#[tokio::test]
async fn nip59_11_and_nip77_12_private_events_only_for_their_people() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let wrap = |recipient: u32| {
            let wrap = note(9).kind(1_059).content(recipient.to_string());
            wrap.tag(&["p", &pubkey(recipient).to_string()]).signed()
        };
        let (open_note, for_two, for_three) = (note(1).signed(), wrap(2), wrap(3));
        for event in [&open_note, &for_two, &for_three] {
            socket.accept(event).await;
        }
        let private = json!({"kinds": [1_059]});
        open(&mut socket, "a", &private, NOTHING_HERE).await;
        expect_end(&mut socket, "a", "auth-required").await;
        expect_unknown(&mut socket, "a").await;
        assert_eq!(check(&mut socket, json!({})).await, ids_of([&open_note]));
        socket.authenticate(2).await.stored();
        assert_eq!(check(&mut socket, private).await, ids_of([&for_two]));
        assert_eq!(
            check(&mut socket, json!({})).await,
            ids_of([&open_note, &for_two])
        );
        let of_another = json!({"kinds": [1_059], "#p": [pubkey(3)]});
        open(&mut socket, "a", &of_another, NOTHING_HERE).await;
        expect_end(&mut socket, "a", "restricted").await;
        expect_unknown(&mut socket, "a").await;
    }
}

#[tokio::test]
async fn nip77_12_only_the_filters_own_limit_counts() {
    for way in WAYS {
        let relay = TestRelay::start_with(|config| {
            way(config);
            config.limits.default_limit = 3;
            config.limits.max_limit = 5;
        })
        .await;
        let mut socket = relay.connect().await;
        let mut events = Vec::new();
        for number in 0..20 {
            let visible = note(1).at(MOMENT + number / 2);
            events.push(visible.content(number.to_string()).signed());
            socket.accept(events.last().unwrap()).await;
            // Not in anybody's set, so it uses up no limit.
            let hidden = note(1).kind(1_059).at(MOMENT + number / 2);
            let hidden = hidden
                .tag(&["p", &pubkey(2).to_string()])
                .content(number.to_string());
            socket.accept(&hidden.signed()).await;
        }
        let newest = in_order(&events);
        assert_eq!(everything(&mut socket, &json!({})).await, ids_of(&newest));
        for limit in [0, 1, 7, 20, 1_000_000] {
            assert_eq!(
                everything(&mut socket, &json!({"limit": limit})).await,
                ids_of(newest.iter().take(limit)),
                "{limit}"
            );
        }
    }
}
