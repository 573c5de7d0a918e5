//! NIP-67, what EOSE says of stored events that were not sent, line by line.

use std::collections::BTreeSet;

use kith_nips::{Event, EventId};
use kith_relay::Config;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::events::{MOMENT, ids, in_order, note, pubkey};
use crate::harness::{Reply, Socket, TestRelay};
use crate::keeping::WAYS;

/// What a REQ brought, and the third element of its EOSE.
type Answer = (Vec<Event>, Option<Value>);

/// Asks for stored events and closes the subscription again; nothing else may come meanwhile.
async fn ask(socket: &mut Socket, filters: Value) -> Answer {
    socket.send_req("ask", filters).await;
    let answer = stored(socket, "ask").await;
    socket.close("ask").await;
    answer
}

async fn stored(socket: &mut Socket, subscription: &str) -> Answer {
    let mut events = Vec::new();
    loop {
        let text = match socket.receive_message().await {
            Some(Message::Text(text)) => text,
            other => panic!("expected a message, got {other:?}"),
        };
        match Reply::read(&text) {
            Reply::Event {
                subscription: named,
                event,
            } if named == subscription => events.push(event),
            Reply::Eose(named) if named == subscription => {
                let eose: Vec<Value> = serde_json::from_str(&text).unwrap();
                return (events, eose.get(2).cloned());
            }
            other => panic!("expected the events of {subscription:?}, got {other:?}"),
        }
    }
}

fn finish() -> Option<Value> {
    Some(json!(["finish"]))
}

fn more() -> Option<Value> {
    Some(json!(["more"]))
}

/// A relay that holds `events` and sends at most ten of them for a filter.
async fn relay(way: fn(&mut Config), events: &[Event]) -> (TestRelay, Socket) {
    let relay = TestRelay::start_with(|config| {
        way(config);
        config.limits.max_limit = 10;
        config.limits.default_limit = 10;
    })
    .await;
    let mut socket = relay.connect().await;
    socket.accept_all(events).await;
    (relay, socket)
}

/// Notes at these seconds after [`MOMENT`].
fn notes(seconds: impl IntoIterator<Item = u64>) -> Vec<Event> {
    seconds
        .into_iter()
        .enumerate()
        .map(|(number, second)| {
            let note = note(1).at(MOMENT + second);
            note.content(number.to_string()).signed()
        })
        .collect()
}

#[tokio::test]
async fn nip67_01_everything_was_sent() {
    for way in WAYS {
        let events = notes(0..8);
        let (_relay, mut socket) = relay(way, &events).await;
        for filters in [
            json!({}),
            json!({"kinds": [1]}),
            json!({"authors": [pubkey(1)], "kinds": [1]}),
            json!({"ids": ids(&events)}),
            json!({"since": MOMENT, "until": MOMENT + 7}),
            json!({"limit": 9}),
            json!([{"kinds": [1]}, {"authors": [pubkey(1)]}]),
        ] {
            let (found, hint) = ask(&mut socket, filters.clone()).await;
            assert_eq!(found, in_order(&events), "{filters}");
            assert_eq!(hint, finish(), "{filters}");
        }
        for nothing in [
            json!({"kinds": [7]}),
            json!({"ids": []}),
            json!({"since": 2, "until": 1}),
            json!({"#t": ["nobody"]}),
        ] {
            assert_eq!(ask(&mut socket, nothing).await, (Vec::new(), finish()));
        }
    }
}

#[tokio::test]
async fn nip67_02_a_limit_of_either_side_cut_the_answer() {
    for way in WAYS {
        let events = notes(0..12);
        let (_relay, mut socket) = relay(way, &events).await;
        for (filter, count) in [
            (json!({"limit": 1}), 1),
            (json!({"limit": 9, "kinds": [1]}), 9),
            (json!({}), 10),
            (json!({"limit": 12}), 10),
            (json!({"limit": 1_000, "authors": [pubkey(1)]}), 10),
            (json!({"until": MOMENT + 10}), 10),
        ] {
            let (found, hint) = ask(&mut socket, filter.clone()).await;
            assert_eq!(found.len(), count, "{filter}");
            assert_eq!(hint, more(), "{filter}");
        }
    }
}

#[tokio::test]
async fn nip67_03_exactly_as_many_as_the_limit() {
    for way in WAYS {
        let events = notes(0..10);
        let (_relay, mut socket) = relay(way, &events).await;
        for filter in [
            json!({}),
            json!({"limit": 10}),
            json!({"limit": 11}),
            json!({"limit": 4, "since": MOMENT + 6}),
            json!({"limit": 3, "ids": ids(&events[..3])}),
        ] {
            let (_, hint) = ask(&mut socket, filter.clone()).await;
            assert_eq!(hint, finish(), "{filter}");
        }
    }
}

#[tokio::test]
async fn nip67_04_a_limit_of_nothing() {
    for way in WAYS {
        let (_relay, mut socket) = relay(way, &notes(0..3)).await;
        let nothing_there = json!({"kinds": [7], "limit": 0});
        assert_eq!(
            ask(&mut socket, nothing_there).await,
            (Vec::new(), finish())
        );
        let (found, hint) = ask(&mut socket, json!({"kinds": [1], "limit": 0})).await;
        assert_eq!((found.len(), hint), (0, more()));
    }
}

#[tokio::test]
async fn nip67_05_one_filter_that_was_cut_is_enough() {
    for way in WAYS {
        let mut events = notes(0..5);
        events.extend((0..5).map(|second| note(2).kind(7).at(MOMENT + second).signed()));
        let (_relay, mut socket) = relay(way, &events).await;
        let (all_notes, two_notes) = (json!({"kinds": [1]}), json!({"kinds": [1], "limit": 2}));
        let (all_likes, two_likes) = (json!({"kinds": [7]}), json!({"kinds": [7], "limit": 2}));
        for (filters, hint) in [
            (json!([all_notes, all_likes]), finish()),
            (json!([two_notes, all_likes]), more()),
            (json!([all_notes, two_likes]), more()),
            (json!([two_likes, two_notes]), more()),
            (json!([two_notes, {"kinds": [9]}]), more()),
            // Every note was sent, but the filter with the limit was cut all the same.
            (json!([two_notes, all_notes]), more()),
        ] {
            let (_, told) = ask(&mut socket, filters.clone()).await;
            assert_eq!(told, hint, "{filters}");
        }
    }
}

#[tokio::test]
async fn nip67_06_nothing_is_said_of_what_this_client_may_not_read() {
    for way in WAYS {
        let mut events = notes(10..13);
        events.extend((0..20).map(|second| {
            let wrap = note(9).kind(1_059).at(MOMENT + second);
            wrap.tag(&["p", &pubkey(2).to_string()]).signed()
        }));
        let (_relay, mut socket) = relay(way, &events).await;
        for filter in [json!({}), json!({"limit": 3}), json!({"kinds": [1, 1_059]})] {
            let (found, hint) = ask(&mut socket, filter.clone()).await;
            assert_eq!((found.len(), hint), (3, finish()), "{filter}");
        }
        let hidden = json!({"authors": [pubkey(9)], "limit": 0});
        assert_eq!(
            ask(&mut socket, hidden.clone()).await,
            (Vec::new(), finish())
        );
        socket.authenticate(2).await.stored();
        for filter in [json!({}), json!({"limit": 3}), hidden] {
            let (_, hint) = ask(&mut socket, filter.clone()).await;
            assert_eq!(hint, more(), "{filter}");
        }
    }
}

#[tokio::test]
async fn nip67_07_the_relays_own_cap_parts_no_second() {
    for way in WAYS {
        let seconds = [[7; 5].as_slice(), &[5; 20], &[3; 5]].concat();
        let events = notes(seconds);
        let (_relay, mut socket) = relay(way, &events).await;
        for capped in [json!({}), json!({"limit": 11}), json!({"kinds": [1]})] {
            let (found, hint) = ask(&mut socket, capped.clone()).await;
            assert_eq!(found, in_order(&events)[..25], "{capped}");
            assert_eq!(hint, more(), "{capped}");
        }
        // Where nothing is older, the whole group is everything.
        let (found, hint) = ask(&mut socket, json!({"since": MOMENT + 5})).await;
        assert_eq!((found.len(), hint), (25, finish()));
        // A client gets no more than it asked for.
        for limit in [6, 10] {
            let (found, hint) = ask(&mut socket, json!({"limit": limit})).await;
            assert_eq!((found.len(), hint), (limit, more()));
        }
    }
}

/// Asks page by page, each from the time of the oldest known event on, as NIP-67 has it; gives
/// the ids of what it found, in order, and how many pages that took.
async fn paginate(
    socket: &mut Socket,
    filter: &Value,
    stop_at_finish: bool,
) -> (Vec<EventId>, usize) {
    let mut known: BTreeSet<EventId> = BTreeSet::new();
    let (mut all, mut filter) = (Vec::new(), filter.clone());
    for pages in 1..1_000 {
        let (found, hint) = ask(socket, filter.clone()).await;
        let oldest = found.last().map(Event::created_at);
        let mut new = ids(&found);
        new.retain(|id| known.insert(*id));
        if new.is_empty() || (stop_at_finish && hint == finish()) {
            all.extend(new);
            return (all, pages);
        }
        all.extend(new);
        filter["until"] = json!(oldest);
    }
    panic!("no end of pages");
}

#[tokio::test]
async fn nip67_08_page_by_page_everything_comes_exactly_once() {
    // Seconds with many more events than a page holds, side by side and alone.
    let seconds = [
        (0..15).collect::<Vec<u64>>(),
        vec![20; 300],
        vec![21; 250],
        vec![22; 9],
        (30..45).collect(),
        vec![50; 120],
    ]
    .concat();
    let events = notes(seconds);
    let expected = ids(&in_order(&events));
    for way in WAYS {
        let (_relay, mut socket) = relay(way, &events).await;
        for filter in [json!({}), json!({"kinds": [1], "limit": 100})] {
            let (found, pages) = paginate(&mut socket, &filter, true).await;
            assert_eq!(found, expected, "{filter}");
            assert!(pages > 3, "{pages}");
            // A client that knows nothing of hints asks once more and finds the same.
            let (found, more_pages) = paginate(&mut socket, &filter, false).await;
            assert_eq!(found, expected, "{filter}");
            assert_eq!(more_pages, pages + 1);
        }
    }
}

#[tokio::test]
async fn nip67_09_switched_off_eose_is_as_it_was() {
    let (_on, mut with_hint) = relay(|_| {}, &notes(0..12)).await;
    let off: fn(&mut Config) = |config| config.features.eose_hint = false;
    let (_off, mut without) = relay(off, &notes(0..12)).await;
    for filter in [json!({}), json!({"limit": 0}), json!({"kinds": [7]})] {
        assert!(ask(&mut with_hint, filter.clone()).await.1.is_some());
        assert_eq!(ask(&mut without, filter).await.1, None);
    }
}

#[tokio::test]
async fn nip67_12_new_events_come_after_either_hint() {
    for way in WAYS {
        let (_relay, mut socket) = relay(way, &notes(0..12)).await;
        for (filter, hint) in [
            (json!({"kinds": [1]}), more()),
            (json!({"authors": [pubkey(3)]}), finish()),
        ] {
            socket.send_req("live", filter.clone()).await;
            assert_eq!(stored(&mut socket, "live").await.1, hint);
            let new = note(3).at(MOMENT + 99).content(filter.to_string()).signed();
            socket.send_event(&new).await;
            socket.answer_to(new.id()).await.stored();
            assert_eq!(socket.expect_event("live").await, new);
            socket.close("live").await;
        }
    }
}
