//! NIP-59, gift wraps: who may see them, send them and delete them; and what the relay does with
//! the private messages of NIP-17 (NIP17-09, NIP17-10).

use std::slice;

use kith_nips::Event;
use serde_json::{Value, json};

use crate::events::{MOMENT, ids, in_order, note, pubkey};
use crate::harness::{Socket, TestRelay};
use crate::keeping::WAYS;

/// A wrap by the key `author` for these recipients.
fn wrap(kind: u16, author: u32, recipients: &[u32]) -> Event {
    recipients
        .iter()
        .fold(note(author).kind(kind), |wrap, recipient| {
            wrap.tag(&["p", &pubkey(*recipient).to_string()])
        })
        .content(format!("{author} to {recipients:?}"))
        .signed()
}

async fn reader(relay: &TestRelay, keys: &[u32]) -> Socket {
    let mut socket = relay.connect().await;
    for key in keys {
        socket.authenticate(*key).await.stored();
    }
    socket
}

#[tokio::test]
async fn nip59_05_wraps_are_shown_to_whom_they_are_for() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut publisher = relay.connect().await;
        let mut readers = Vec::new();
        let cases: [(&[u32], &[u32]); 5] = [
            (&[], &[]),
            // The author of a wrap is a key that was thrown away.
            (&[1], &[]),
            (&[2], &[0, 2]),
            (&[3], &[1, 2]),
            (&[2, 3], &[0, 1, 2]),
        ];
        for (keys, _) in cases {
            let mut live = reader(&relay, keys).await;
            live.req("live", json!({})).await;
            readers.push(live);
        }
        let wraps = [
            wrap(1_059, 1, &[2]),
            wrap(1_059, 1, &[3]),
            wrap(1_059, 1, &[2, 3]),
        ];
        for wrap in &wraps {
            publisher.accept(wrap).await;
        }
        for ((keys, seen), live) in cases.iter().zip(&mut readers) {
            let seen: Vec<Event> = seen
                .iter()
                .map(|index| wraps[*index as usize].clone())
                .collect();
            for expected in &seen {
                assert_eq!(live.expect_event("live").await, *expected);
            }
            live.nothing_delivered().await;
            let stored = in_order(&seen);
            for filter in [
                json!({}),
                json!({"ids": ids(&wraps)}),
                json!({"authors": [pubkey(1)]}),
                json!({"#p": [pubkey(2), pubkey(3)]}),
                json!({"kinds": [1, 1_059]}),
            ] {
                let shown: Vec<Event> = live
                    .query(filter.clone())
                    .await
                    .into_iter()
                    .filter(|event| event.kind().as_u16() == 1_059)
                    .collect();
                assert_eq!(shown, stored, "{keys:?} {filter}");
            }
        }
    }
}

#[tokio::test]
async fn nip59_05_06_direct_messages_are_shown_to_their_two_sides_only() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut publisher = relay.connect().await;
        let message = wrap(4, 1, &[2]);
        let cases: [(&[u32], bool); 5] = [
            (&[], false),
            (&[3], false),
            (&[1], true),
            (&[2], true),
            (&[3, 2], true),
        ];
        let mut readers = Vec::new();
        for (keys, _) in cases {
            let mut live = reader(&relay, keys).await;
            live.req("without kinds", json!({})).await;
            live.req("mixed", json!({"kinds": [1, 4]})).await;
            readers.push(live);
        }
        publisher.accept(&message).await;
        for ((keys, is_shown), mut live) in cases.into_iter().zip(readers) {
            let expected = match is_shown {
                true => vec![message.clone()],
                false => Vec::new(),
            };
            for _ in 0..2 * expected.len() {
                match live.receive().await {
                    crate::harness::Reply::Event { event, .. } => assert_eq!(event, message),
                    reply => panic!("{reply:?}"),
                }
            }
            live.nothing_delivered().await;
            for filter in [
                json!({"authors": [pubkey(1)]}),
                json!({"ids": [message.id()]}),
                json!({"#p": [pubkey(2)]}),
                json!({"kinds": [1, 4], "authors": [pubkey(1)]}),
            ] {
                let found = live.query(filter.clone()).await;
                assert_eq!(found, expected, "{keys:?} {filter}");
            }
        }
    }
}

#[tokio::test]
async fn nip59_05_hidden_wraps_do_not_use_up_a_limit() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let mut visible = Vec::new();
        for at in 0..20 {
            let hidden = note(1)
                .kind(1_059)
                .at(MOMENT + at)
                .tag(&["p", &pubkey(2).to_string()]);
            socket.accept(&hidden.signed()).await;
            if at % 5 == 0 {
                visible.push(note(1).at(MOMENT + at).signed());
                socket.accept(visible.last().unwrap()).await;
            }
        }
        let found = socket.query(json!({"authors": [pubkey(1)], "limit": 4}));
        assert_eq!(found.await, in_order(&visible));
    }
}

#[tokio::test]
async fn nip59_06_questions_about_nothing_but_private_events() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mine = wrap(1_059, 1, &[2]);
    let other = wrap(1_059, 1, &[3]);
    let public = note(1).signed();
    for event in [&mine, &other, &public] {
        socket.accept(event).await;
    }
    let only_private = [
        json!([{"kinds": [1_059]}]),
        json!([{"kinds": [21_059]}]),
        json!([{"kinds": [4]}]),
        json!([{"kinds": [4, 1_059, 21_059], "#p": [pubkey(2)]}]),
        json!([{"kinds": [1_059], "ids": [mine.id()]}]),
        json!([{"kinds": [4]}, {"kinds": [1_059], "#p": [pubkey(2)]}]),
    ];
    for filters in only_private {
        socket.send_req("x", filters).await;
        socket.expect_closed("x", "auth-required").await;
    }
    let served = [
        json!([{"kinds": [1, 1_059]}]),
        json!([{}]),
        json!([{"ids": [mine.id(), public.id()]}]),
        json!([{"kinds": [1_059]}, {"kinds": [1]}]),
        json!([{"authors": [pubkey(1)]}]),
    ];
    for filters in &served {
        assert_eq!(
            socket.query(filters.clone()).await,
            slice::from_ref(&public)
        );
    }
    socket.authenticate(2).await.stored();
    let foreign = [
        json!([{"kinds": [1_059], "#p": [pubkey(3)]}]),
        json!([{"kinds": [4, 1_059], "authors": [pubkey(1)]}]),
        json!([{"kinds": [1_059], "#p": [pubkey(3)]}, {"kinds": [4], "#p": [pubkey(4)]}]),
    ];
    for filters in foreign {
        socket.send_req("x", filters).await;
        socket.expect_closed("x", "restricted").await;
    }
    for filters in [
        json!([{"kinds": [1_059], "#p": [pubkey(2)]}]),
        json!([{"kinds": [1_059], "#p": [pubkey(2), pubkey(3)]}]),
        json!([{"kinds": [1_059], "#p": [pubkey(3)]}, {"kinds": [1_059], "#p": [pubkey(2)]}]),
        json!([{"kinds": [1_059]}]),
    ] {
        assert_eq!(socket.query(filters).await, slice::from_ref(&mine));
    }
    for filters in served {
        let found = socket.query(filters).await;
        assert!(found.contains(&public) && !found.contains(&other));
    }
    socket.nothing_more().await;
}

#[tokio::test]
async fn nip59_07_the_recipient_deletes_a_wrap() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let stored = wrap(1_059, 1, &[2, 3]);
        let kept = wrap(1_059, 4, &[2]);
        let to_come = wrap(1_059, 5, &[2]);
        let request = |key: u32, event: &Event| {
            note(key)
                .kind(5)
                .tag(&["e", &event.id().to_string()])
                .signed()
        };
        let mut socket = reader(&relay, &[2]).await;
        socket.accept(&stored).await;
        socket.accept(&kept).await;
        // A third key cannot, whatever it says.
        for stranger in [6, 7] {
            socket.accept(&request(stranger, &stored)).await;
            socket.accept(&request(stranger, &to_come)).await;
        }
        assert_eq!(socket.count(json!({"ids": ids([&stored, &kept])})).await, 2);
        socket.accept(&request(2, &stored)).await;
        socket.accept(&request(2, &to_come)).await;
        drop(socket);
        for _ in 0..2 {
            let mut socket = reader(&relay, &[2, 3]).await;
            for deleted in [&stored, &to_come] {
                let by_id = json!({"ids": [deleted.id()]});
                assert_eq!(socket.query(by_id).await, []);
                socket.event(deleted).await.refused_with("blocked");
            }
            let left = json!({"kinds": [1_059], "#p": [pubkey(2)]});
            assert_eq!(socket.query(left).await, slice::from_ref(&kept));
            drop(socket);
            relay.restart().await;
        }
        // Its own key may as well, if anybody still has it.
        let mut socket = reader(&relay, &[2]).await;
        socket.accept(&request(4, &kept)).await;
        assert_eq!(socket.count(json!({"ids": [kept.id()]})).await, 0);
    }
}

#[tokio::test]
async fn nip59_08_ephemeral_wraps_are_delivered_and_never_kept() {
    let relay = TestRelay::start().await;
    let mut publisher = relay.connect().await;
    let mut stranger = reader(&relay, &[]).await;
    let mut other = reader(&relay, &[1, 3]).await;
    let mut recipient = reader(&relay, &[3, 2]).await;
    for socket in [&mut stranger, &mut other, &mut recipient] {
        socket.req("live", json!({"kinds": [1, 21_059]})).await;
        socket.req("all", json!({})).await;
    }
    let event = wrap(21_059, 1, &[2]);
    publisher.accept(&event).await;
    let mut told = Vec::new();
    for _ in 0..2 {
        match recipient.receive().await {
            crate::harness::Reply::Event {
                subscription,
                event: pushed,
            } => {
                assert_eq!(pushed, event);
                told.push(subscription);
            }
            reply => panic!("{reply:?}"),
        }
    }
    told.sort();
    assert_eq!(told, ["all", "live"]);
    for socket in [&mut stranger, &mut other, &mut recipient] {
        socket.nothing_delivered().await;
    }
    let by_id = json!({"ids": [event.id()]});
    assert_eq!(recipient.query(by_id.clone()).await, []);
    assert_eq!(recipient.count(by_id).await, 0);
}

#[tokio::test]
async fn nip59_09_a_wrap_names_whom_it_is_for() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let key = pubkey(2).to_string();
    for kind in [1_059, 21_059] {
        let nameless: [&[&str]; 6] = [
            &["t", "x"],
            &["p"],
            &["p", ""],
            &["p", "npub1xyz"],
            &["p", &key[1..]],
            &["P", &key],
        ];
        for tag in nameless {
            let event = note(1).kind(kind).tag(tag).signed();
            socket.event(&event).await.refused_with("invalid");
        }
        let upper = note(1).kind(kind).tag(&["p", &key.to_uppercase()]);
        socket.event(&upper.signed()).await.refused_with("invalid");
        let untagged = note(1).kind(kind).signed();
        socket.event(&untagged).await.refused_with("invalid");
    }
    let several = note(1)
        .kind(1_059)
        .tag(&["p", "not a key"])
        .tag(&["p", &key])
        .tag(&["p", &pubkey(3).to_string(), "wss://relay.example.com"])
        .signed();
    socket.accept(&several).await;
    for named in [2, 3] {
        let mut reader = reader(&relay, &[named]).await;
        let filter = json!({"kinds": [1_059], "#p": [pubkey(named)]});
        assert_eq!(reader.query(filter).await, slice::from_ref(&several));
    }
}

#[tokio::test]
async fn nip59_10_any_key_may_send_where_authentication_is_required() {
    let relay = TestRelay::start_with(|config| config.policy.auth_required = true).await;
    let mut socket = relay.connect().await;
    for kind in [1_059, 21_059] {
        let event = wrap(kind, 1, &[2]);
        socket.event(&event).await.refused_with("auth-required");
    }
    // Neither the key of the wrap nor its recipient.
    socket.authenticate(3).await.stored();
    for kind in [1_059, 21_059] {
        socket.accept(&wrap(kind, 1, &[2])).await;
    }
}

#[tokio::test]
async fn nip59_11_a_number_shows_no_more_than_an_answer() {
    let relay = TestRelay::start().await;
    let mut publisher = relay.connect().await;
    let events = [
        wrap(1_059, 1, &[2]),
        wrap(1_059, 1, &[3]),
        wrap(4, 1, &[3]),
        note(1).tag(&["p", &pubkey(2).to_string()]).signed(),
    ];
    publisher.accept_all(&events).await;
    for keys in [&[][..], &[1], &[2], &[3], &[2, 3]] {
        let mut socket = reader(&relay, keys).await;
        for filter in [
            json!({}),
            json!({"ids": ids(&events)}),
            json!({"authors": [pubkey(1)]}),
            json!({"#p": [pubkey(2)]}),
            json!({"#p": [pubkey(3)]}),
            json!({"kinds": [1, 4, 1_059]}),
        ] {
            let shown = socket.query(filter.clone()).await;
            let counted = socket.count(filter.clone()).await;
            assert_eq!(counted, shown.len() as u64, "{keys:?} {filter}");
        }
        // The sketch of a value shows nobody who is hidden.
        let filter = json!({"#p": [pubkey(3)]});
        let hidden = !keys.iter().any(|key| [1, 3].contains(key));
        let sketch = sketch(&mut socket, &filter).await;
        assert_eq!(sketch == "0".repeat(512), hidden, "{keys:?}");
    }
}

async fn sketch(socket: &mut Socket, filter: &Value) -> String {
    socket.send(json!(["COUNT", "x", filter])).await;
    match socket.receive().await {
        crate::harness::Reply::Count { hll, .. } => hll.unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nip59_12_whatever_is_in_a_wrap_is_its_readers_business() {
    let relay = TestRelay::start().await;
    let mut socket = reader(&relay, &[2]).await;
    for content in ["", "plain", "AAAA", "AwAAAA==", "#encrypted", "{}"] {
        let event = note(1)
            .kind(1_059)
            .tag(&["p", &pubkey(2).to_string()])
            .content(content)
            .signed();
        socket.accept(&event).await;
        assert_eq!(socket.query(json!({"ids": [event.id()]})).await, [event]);
    }
}

#[tokio::test]
async fn nip17_09_the_inside_of_a_wrap_is_not_taken_bare() {
    let relay = TestRelay::start().await;
    let mut socket = reader(&relay, &[1]).await;
    let mut live = relay.connect().await;
    live.req("live", json!({})).await;
    for kind in [13, 14, 15] {
        for event in [note(1).kind(kind), note(1).kind(kind).tag(&["-"])] {
            let event = event.content("secret").signed();
            socket.event(&event).await.refused_with("blocked");
            assert_eq!(socket.count(json!({"ids": [event.id()]})).await, 0);
        }
    }
    live.nothing_delivered().await;
}

#[tokio::test]
async fn nip17_10_where_to_send_messages_is_kept_for_everybody() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let list = |at| {
            note(1)
                .kind(10_050)
                .at(at)
                .tag(&["relay", "wss://inbox.example.com"])
        };
        let (older, newer) = (list(MOMENT).signed(), list(MOMENT + 1).signed());
        socket.accept(&older).await;
        socket.accept(&newer).await;
        socket.event(&older).await.refused_with("duplicate");
        let filter = json!({"kinds": [10_050], "authors": [pubkey(1)]});
        assert_eq!(relay.connect().await.query(filter).await, [newer]);
    }
}
