//! What a REQ brings, stored and live (NIP01-84 to NIP01-95).

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::{Event, EventId};
use serde_json::json;

use crate::events::{MOMENT, ids, in_order, note};
use crate::harness::{Reply, Socket, TestRelay, assert_prefix};
use crate::process::RelayProcess;

/// Notes one second apart, oldest first.
fn notes(count: u64) -> Vec<Event> {
    (0..count)
        .map(|second| note(1).at(MOMENT + second).signed())
        .collect()
}

fn newest(events: &[Event], count: usize) -> Vec<Event> {
    in_order(events).into_iter().take(count).collect()
}

#[tokio::test]
async fn nip01_84_newest_first_and_the_lower_id_first_over_all_filters() {
    let mut relay = TestRelay::start().await;
    let events: Vec<Event> = (0..60)
        .map(|number: u32| {
            note(number % 4 + 1)
                .kind([1, 7, 1_111][number as usize % 3])
                .at(MOMENT + u64::from(number * 7 % 5))
                .content(number.to_string())
                .signed()
        })
        .collect();
    relay.connect().await.accept_all(&events).await;
    let filters = [
        json!({}),
        json!({"kinds": [1, 7, 1_111]}),
        json!([{"kinds": [1_111]}, {"kinds": [1]}, {"kinds": [7]}]),
        json!([{"since": MOMENT + 2}, {"until": MOMENT + 2}]),
        json!({"ids": ids(&events)}),
    ];
    for _ in 0..2 {
        let mut socket = relay.connect().await;
        for filter in &filters {
            assert_eq!(
                ids(&socket.query(filter.clone()).await),
                ids(&in_order(&events)),
                "{filter}"
            );
        }
        drop(socket);
        relay.restart().await;
    }
}

#[tokio::test]
async fn nip01_85_the_limit_is_for_each_filter() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut events = notes(10);
    events.extend((0..10).map(|second| note(2).kind(7).at(MOMENT + 100 + second).signed()));
    // Three with the same time at the edge of the limit.
    events.extend((0..3).map(|number| note(3).kind(8).content(number.to_string()).signed()));
    socket.accept_all(&events).await;
    let of_kind = |kind: u16, count| {
        let events: Vec<Event> = events
            .iter()
            .filter(|event| event.kind().as_u16() == kind)
            .cloned()
            .collect();
        newest(&events, count)
    };
    assert_eq!(socket.query(json!({"limit": 4})).await, of_kind(7, 4));
    assert_eq!(
        socket.query(json!({"kinds": [1], "limit": 1})).await,
        of_kind(1, 1)
    );
    for count in 1..=3 {
        assert_eq!(
            socket.query(json!({"kinds": [8], "limit": count})).await,
            of_kind(8, count)
        );
    }
    // Neither takes from the other, though all of one are newer.
    let both = [of_kind(7, 3), of_kind(1, 2)].concat();
    let filters = json!([{"kinds": [1], "limit": 2}, {"kinds": [7], "limit": 3}]);
    assert_eq!(socket.query(filters).await, both);
    // What both bring comes once.
    let filters = json!([{"limit": 3}, {"kinds": [7], "limit": 5}, {"kinds": [7], "limit": 2}]);
    assert_eq!(socket.query(filters).await, of_kind(7, 5));
    let filters = json!([{"kinds": [7], "limit": 0}, {"kinds": [1], "limit": 2}]);
    assert_eq!(socket.query(filters).await, of_kind(1, 2));
}

#[tokio::test]
async fn nip01_86_88_a_limit_is_for_stored_events_only() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let stored = notes(3);
    socket.accept_all(&stored).await;
    assert_eq!(socket.req("none", json!({"limit": 0})).await, []);
    assert_eq!(
        socket
            .req("one", json!({"kinds": [7, 1], "limit": 1}))
            .await,
        newest(&stored, 1)
    );
    let mut live: BTreeMap<String, Vec<EventId>> = BTreeMap::new();
    let published: Vec<Event> = (0..5).map(|at| note(2).kind(7).at(at).signed()).collect();
    let mut publisher = relay.connect().await;
    publisher.accept_all(&published).await;
    for _ in 0..2 * published.len() {
        match socket.receive().await {
            Reply::Event {
                subscription,
                event,
            } => {
                live.entry(subscription).or_default().push(event.id());
            }
            other => panic!("{other:?}"),
        }
    }
    // What was sent together may be stored in any order, but in one.
    assert_eq!(live["none"], live["one"]);
    let heard: BTreeSet<EventId> = live["none"].iter().copied().collect();
    assert_eq!(heard, BTreeSet::from_iter(ids(&published)));
    socket.nothing_delivered().await;
}

#[tokio::test]
async fn nip01_87_limits_have_a_default_and_a_ceiling() {
    let relay = TestRelay::start_with(|config| {
        config.limits.default_limit = 3;
        config.limits.max_limit = 5;
    })
    .await;
    let mut socket = relay.connect().await;
    let events = notes(10);
    socket.accept_all(&events).await;
    for (filter, count) in [
        (json!({}), 3),
        (json!({"kinds": [1]}), 3),
        (json!({"limit": 2}), 2),
        (json!({"limit": 4}), 4),
        (json!({"limit": 5}), 5),
        (json!({"limit": 6}), 5),
        (json!({"limit": 9_007_199_254_740_991_u64}), 5),
        (json!([{}, {"limit": 4}]), 4),
    ] {
        assert_eq!(
            socket.query(filter.clone()).await,
            newest(&events, count),
            "{filter}"
        );
    }
    // A number is not a list.
    assert_eq!(socket.count(json!({})).await, 10);
    assert_eq!(socket.count(json!({"limit": 1})).await, 10);
}

#[tokio::test]
async fn nip01_90_stored_events_then_one_eose_then_new_ones() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let stored = notes(20);
    socket.accept_all(&stored).await;
    for (name, filter, count) in [
        ("some", json!({}), 20),
        ("none", json!({"kinds": [9]}), 0),
        ("limit", json!({"limit": 0}), 0),
        ("empty", json!({"ids": []}), 0),
        (
            "several",
            json!([{"kinds": [9]}, {"limit": 2}, {"ids": [stored[0].id()]}]),
            3,
        ),
    ] {
        assert_eq!(socket.req(name, filter).await.len(), count);
        socket.nothing_more().await;
    }
    for name in ["some", "limit", "empty"] {
        socket.close(name).await;
    }
    let live = note(2).kind(9).signed();
    socket.accept(&live).await;
    let mut heard = Vec::new();
    for _ in 0..2 {
        match socket.receive().await {
            Reply::Event {
                subscription,
                event,
            } if event == live => heard.push(subscription),
            other => panic!("{other:?}"),
        }
    }
    heard.sort();
    assert_eq!(heard, ["none", "several"]);
    socket.nothing_delivered().await;
}

/// Publishes all of these, a few at a time.
async fn publish(mut socket: Socket, events: Vec<Event>) {
    for events in events.chunks(5) {
        socket.accept_all(events).await;
    }
}

/// Subscriptions that each client opens while events stream in.
const SUBSCRIPTIONS: usize = 24;

/// Opens subscriptions all over the load: the first is open before, and each further one when the
/// first has heard its share of `all`. Every one of them must get every event once, stored or
/// live; gives how many came in each way.
async fn hear_everything(mut socket: Socket, all: BTreeSet<EventId>) -> (usize, usize) {
    let mut heard: Vec<BTreeSet<EventId>> = vec![BTreeSet::new()];
    let mut ended: BTreeSet<usize> = BTreeSet::from([0]);
    let (mut stored, mut live) = (0, 0);
    loop {
        if heard.len() < SUBSCRIPTIONS && heard[0].len() >= heard.len() * all.len() / SUBSCRIPTIONS
        {
            let filter = json!({"kinds": [1], "limit": all.len()});
            socket.send_req(&heard.len().to_string(), filter).await;
            heard.push(BTreeSet::new());
        }
        match socket.receive().await {
            Reply::Event {
                subscription,
                event,
            } => {
                let number: usize = subscription.parse().unwrap();
                match ended.contains(&number) {
                    true => live += 1,
                    false => stored += 1,
                }
                assert!(heard[number].insert(event.id()), "an event came twice");
            }
            Reply::Eose(subscription) => {
                assert!(
                    ended.insert(subscription.parse().unwrap()),
                    "EOSE came twice"
                );
            }
            other => panic!("{other:?}"),
        }
        let complete = heard
            .iter()
            .filter(|events| events.len() == all.len())
            .count();
        if ended.len() == SUBSCRIPTIONS && complete == SUBSCRIPTIONS {
            break;
        }
    }
    assert!(heard.iter().all(|events| *events == all));
    socket.nothing_delivered().await;
    (stored, live)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn nip01_90_91_92_under_load_every_subscription_gets_every_event_once() {
    const CLIENTS: usize = 2;
    const WRITERS: u32 = 4;
    const EVENTS_PER_WRITER: u64 = 150;
    let relay = TestRelay::start_with(|config| {
        // Events move from memory to the index while they are read.
        config.store.index_after_events = 40;
        config.store.index_after_ms = 5;
    })
    .await;
    let written: Vec<Vec<Event>> = (1..=WRITERS)
        .map(|writer| {
            let seconds = MOMENT..MOMENT + EVENTS_PER_WRITER;
            seconds
                .map(|second| note(writer).at(second).signed())
                .collect()
        })
        .collect();
    let all = BTreeSet::from_iter(ids(written.iter().flatten()));
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let mut socket = relay.connect().await;
        assert_eq!(socket.req("0", json!({"kinds": [1]})).await, []);
        clients.push(tokio::spawn(hear_everything(socket, all.clone())));
    }
    let mut writers = Vec::new();
    for events in written {
        writers.push(tokio::spawn(publish(relay.connect().await, events)));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    for client in clients {
        let (stored, live) = client.await.unwrap();
        // Else nothing met in the middle, and the test shows nothing.
        assert!(stored > 0 && live > 0, "stored {stored}, live {live}");
    }
}

#[tokio::test]
async fn nip01_92_every_matching_subscription_of_every_connection_hears() {
    let relay = TestRelay::start().await;
    let mut sockets = Vec::new();
    for _ in 0..5 {
        let mut socket = relay.connect().await;
        socket.req("kind", json!({"kinds": [1]})).await;
        socket.req("tag", json!({"#t": ["x"]})).await;
        socket.req("all", json!({})).await;
        socket.req("other", json!({"kinds": [2]})).await;
        socket.req("future", json!({"since": MOMENT * 2})).await;
        sockets.push(socket);
    }
    let event = note(1).tag(&["t", "x"]).signed();
    // One of the subscribers is the publisher.
    sockets[2].accept(&event).await;
    for socket in &mut sockets {
        let mut heard = Vec::new();
        for _ in 0..3 {
            match socket.receive().await {
                Reply::Event {
                    subscription,
                    event: pushed,
                } => {
                    assert_eq!(pushed, event);
                    heard.push(subscription);
                }
                other => panic!("{other:?}"),
            }
        }
        heard.sort();
        assert_eq!(heard, ["all", "kind", "tag"]);
        socket.nothing_delivered().await;
    }
}

#[tokio::test]
async fn nip01_94_a_request_for_ids_stays_open() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let (known, later) = (note(1).signed(), note(2).signed());
    socket.accept(&known).await;
    let filter = json!({"ids": [known.id(), later.id()]});
    assert_eq!(socket.req("both", filter).await, [known]);
    assert_eq!(
        socket
            .req("later", json!({"ids": [later.id()], "limit": 1}))
            .await,
        []
    );
    relay.connect().await.accept(&later).await;
    let mut heard = Vec::new();
    for _ in 0..2 {
        match socket.receive().await {
            Reply::Event {
                subscription,
                event,
            } if event == later => heard.push(subscription),
            other => panic!("{other:?}"),
        }
    }
    heard.sort();
    assert_eq!(heard, ["both", "later"]);
    socket.nothing_delivered().await;
}

/// What the slow reader finds when it reads at last: how many events, then the end.
async fn read_at_last(mut slow: Socket) -> usize {
    let farewell = slow.farewell().await;
    let mut events = 0;
    for reply in farewell.replies {
        match reply {
            Reply::Event { .. } | Reply::Eose(_) => events += 1,
            Reply::Closed { message, .. } => assert_prefix(&message, "error"),
            other => panic!("{other:?}"),
        }
    }
    events
}

#[tokio::test]
async fn nip01_95_a_slow_reader_of_new_events_is_cut_off_and_nobody_else() {
    const EVENTS: u64 = 400;
    const CONTENT_CHARS: usize = 100_000;
    const MEMORY_BYTES_MAX: u64 = 24_000_000;
    let folder = tempfile::tempdir().unwrap();
    let settings = [
        ("KITH_RELAY_LIMITS_SESSION_OUTBOX_BYTES_MAX", "262144"),
        // What remains is what connections need.
        ("KITH_RELAY_STORE_CACHE_BYTES_MAX", "0"),
        ("KITH_RELAY_STORE_INDEX_AFTER_EVENTS", "20"),
        ("KITH_RELAY_STORE_TAIL_EVENTS_MAX", "40"),
    ];
    let relay = RelayProcess::start_with(folder.path(), &settings).await;
    let mut publisher = relay.connect().await;
    let mut healthy = relay.connect().await;
    healthy.req("live", json!({})).await;
    let content = "x".repeat(CONTENT_CHARS);
    let event = |at| note(1).at(at).content(content.as_str()).signed();
    for at in 0..20 {
        publisher.accept(&event(at)).await;
        healthy.expect_event("live").await;
    }
    let before = relay.memory_bytes_peak();

    let mut slow = Socket::connect_slow(relay.address()).await;
    for name in ["one", "two", "three"] {
        slow.req(name, json!({"limit": 0})).await;
    }
    for at in 20..EVENTS {
        let event = event(at);
        publisher.accept(&event).await;
        assert_eq!(healthy.expect_event("live").await, event);
    }
    if let (Some(before), Some(after)) = (before, relay.memory_bytes_peak()) {
        let grown = after - before;
        assert!(
            grown < MEMORY_BYTES_MAX,
            "{grown} bytes for one slow reader"
        );
    }
    // Three times 38 MB were for it; it gets what fits into the buffers on the way.
    let received = read_at_last(slow).await;
    assert!(
        received < 250,
        "{received} events were kept for a slow reader"
    );
    healthy.nothing_delivered().await;
    publisher.nothing_more().await;
}

#[tokio::test]
async fn nip01_95_a_slow_reader_of_stored_events_costs_nothing_and_is_not_cut_off() {
    const EVENTS: u64 = 100;
    const CONTENT_CHARS: usize = 100_000;
    const MEMORY_BYTES_MAX: u64 = 24_000_000;
    let folder = tempfile::tempdir().unwrap();
    let settings = [
        ("KITH_RELAY_STORE_CACHE_BYTES_MAX", "0"),
        ("KITH_RELAY_STORE_INDEX_AFTER_EVENTS", "50"),
        ("KITH_RELAY_STORE_TAIL_EVENTS_MAX", "100"),
    ];
    let relay = RelayProcess::start_with(folder.path(), &settings).await;
    let mut publisher = relay.connect().await;
    let content = "x".repeat(CONTENT_CHARS);
    let events: Vec<Event> = (0..EVENTS)
        .map(|at| note(1).at(at).content(content.as_str()).signed())
        .collect();
    for event in &events {
        publisher.accept(event).await;
    }
    let before = relay.memory_bytes_peak();
    let mut slow = Socket::connect_slow(relay.address()).await;
    // 50 MB in all.
    for name in 0..5 {
        slow.send_req(&name.to_string(), json!({"limit": EVENTS}))
            .await;
    }
    // The others do not notice.
    for event in &events {
        let found = publisher.query(json!({"ids": [event.id()]})).await;
        assert_eq!(found.len(), 1);
    }
    if let (Some(before), Some(after)) = (before, relay.memory_bytes_peak()) {
        let grown = after - before;
        assert!(
            grown < MEMORY_BYTES_MAX,
            "{grown} bytes for one slow reader"
        );
    }
    // Whoever reads in the end gets everything.
    for name in 0..5 {
        let stored = slow.stored(&name.to_string()).await;
        assert_eq!(ids(&stored), ids(&in_order(&events)));
    }
    slow.nothing_more().await;
}
