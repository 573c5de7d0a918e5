//! Many clients that ask for much and read nothing.

use kith_nips::Event;
use serde_json::json;

use super::{assert_grown_less_than, served};
use crate::events::{ids, in_order, note};
use crate::harness::Socket;
use crate::process::RelayProcess;

const READERS: usize = 30;
const CONTENT_CHARS: usize = 50_000;
/// What one slow reader may cost: four pages of 256 KiB and an event over each, as they were read
/// for it and wait to be written, and what its connection needs.
const MEMORY_BYTES_PER_READER_MAX: u64 = 2_000_000;

/// What remains is what connections need.
const SETTINGS: [(&str, &str); 4] = [
    ("KITH_RELAY_LIMITS_SESSION_OUTBOX_BYTES_MAX", "262144"),
    ("KITH_RELAY_STORE_CACHE_BYTES_MAX", "0"),
    ("KITH_RELAY_STORE_INDEX_AFTER_EVENTS", "50"),
    ("KITH_RELAY_STORE_TAIL_EVENTS_MAX", "100"),
];

fn large(at: u64) -> Event {
    note(1).at(at).content("x".repeat(CONTENT_CHARS)).signed()
}

#[tokio::test]
async fn nip01_95_many_slow_readers_of_stored_events_cost_little_and_hold_up_nobody() {
    const EVENTS: u64 = 100;
    const REQUESTS: usize = 20;
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start_with(folder.path(), &SETTINGS).await;
    let mut witness = relay.connect().await;
    let events: Vec<Event> = (0..EVENTS).map(large).collect();
    for event in &events {
        witness.accept(event).await;
    }
    let before = relay.memory_bytes_peak();
    // Three gigabytes in all.
    let mut slow = Vec::new();
    for _ in 0..READERS {
        let mut socket = Socket::connect_slow(relay.address()).await;
        for name in 0..REQUESTS {
            let request = json!({"kinds": [1], "limit": EVENTS});
            socket.send_req(&name.to_string(), request).await;
        }
        slow.push(socket);
    }
    for (at, event) in (1..).zip(&events) {
        let found = witness.query(json!({"ids": [event.id()]})).await;
        assert_eq!(ids(&found), [event.id()]);
        served(&mut witness, at).await;
    }
    let memory_bytes_max = READERS as u64 * MEMORY_BYTES_PER_READER_MAX;
    assert_grown_less_than(memory_bytes_max, before, relay.memory_bytes_peak());
    // Whoever reads in the end gets what was asked for, all of it and in order.
    let mut patient = slow.pop().unwrap();
    drop(slow);
    let stored = patient.stored("0").await;
    assert_eq!(ids(&stored), ids(&in_order(&events)));
    served(&mut witness, EVENTS + 1).await;
}

#[tokio::test]
async fn nip01_95_many_slow_readers_of_new_events_are_cut_off_and_hold_up_nobody() {
    const EVENTS: u64 = 200;
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start_with(folder.path(), &SETTINGS).await;
    let mut publisher = relay.connect().await;
    let mut healthy = relay.connect().await;
    healthy.req("live", json!({"kinds": [1]})).await;
    for at in 0..20 {
        publisher.accept(&large(at)).await;
        healthy.expect_event("live").await;
    }
    let before = relay.memory_bytes_peak();
    let mut slow = Vec::new();
    for _ in 0..READERS {
        let mut socket = Socket::connect_slow(relay.address()).await;
        for name in ["one", "two", "three"] {
            socket.req(name, json!({"kinds": [1], "limit": 0})).await;
        }
        slow.push(socket);
    }
    for at in 20..EVENTS {
        let event = large(at);
        publisher.accept(&event).await;
        assert_eq!(healthy.expect_event("live").await, event);
    }
    let memory_bytes_max = READERS as u64 * MEMORY_BYTES_PER_READER_MAX;
    assert_grown_less_than(memory_bytes_max, before, relay.memory_bytes_peak());
    // Each was cut off long before all that it had asked for.
    for mut socket in slow {
        let received = socket.farewell().await.replies.len();
        let wanted = 3 * usize::try_from(EVENTS - 20).unwrap();
        assert!(received < wanted / 2, "{received} of {wanted}");
    }
    served(&mut publisher, 1).await;
    healthy.nothing_delivered().await;
}
