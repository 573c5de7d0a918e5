//! NIP-51, lists: what the relay does with them (what clients do is tested with the client
//! library).

use std::slice;

use kith_nips::Event;
use serde_json::json;

use crate::events::{MOMENT, note, pubkey};
use crate::harness::TestRelay;
use crate::keeping::WAYS;

/// Standard lists of the NIP, from its table.
const LISTS: [u16; 12] = [
    10_000, 10_001, 10_003, 10_004, 10_005, 10_006, 10_007, 10_009, 10_011, 10_015, 10_030, 10_102,
];
/// Sets of the NIP, from its table.
const SETS: [u16; 11] = [
    30_000, 30_002, 30_003, 30_004, 30_005, 30_007, 30_015, 30_030, 30_063, 30_267, 31_924,
];
/// Private items as NIP-44 and as NIP-04 write them, and what is neither.
const CONTENTS: [&str; 5] = [
    "AkuVEr8AVXDFJuJ2BJqWhGCGAhjLUd2PXkPY",
    "yXmVEWo/YVBm2R0DHHJ0Eg==?iv=9nVBXs5sYXBHw0Fb5qgbHg==",
    "[[\"p\",\"not encrypted\"]]",
    "{\"broken",
    "\u{1f600}\n\u{7f}",
];

#[tokio::test]
async fn nip51_01_of_a_standard_list_the_newest_version_is_kept_as_it_came() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let list = |kind, at: u64, content: &str| {
            note(1)
                .kind(kind)
                .at(at)
                .tag(&["d", &at.to_string()])
                .tag(&["word", "spoiler"])
                .tag(&["p", "nobody"])
                .tag(&["x-unknown", "", "kept"])
                .content(content)
                .signed()
        };
        let mut kept: Vec<Event> = Vec::new();
        for (kind, content) in LISTS.into_iter().zip(CONTENTS.into_iter().cycle()) {
            let (older, newer) = (list(kind, MOMENT, ""), list(kind, MOMENT + 1, content));
            socket.accept(&older).await;
            socket.accept(&newer).await;
            socket.event(&older).await.refused_with("duplicate");
            kept.push(newer);
        }
        drop(socket);
        relay.restart().await;
        let mut socket = relay.connect().await;
        for event in &kept {
            let filter = json!({"kinds": [event.kind()], "authors": [pubkey(1)]});
            let found = socket.query(filter).await;
            assert_eq!(found, slice::from_ref(event));
            assert_eq!(found[0].json(), event.json());
        }
        assert_eq!(socket.count(json!({})).await, kept.len() as u64);
    }
}

#[tokio::test]
async fn nip51_01_of_each_set_the_newest_version_is_kept_as_it_came() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let set = |kind, d: &str, at: u64, content: &str| {
            note(1)
                .kind(kind)
                .at(at)
                .tag(&["d", d])
                .tag(&["title", "A title"])
                .content(content)
                .signed()
        };
        let mut kept: Vec<Event> = Vec::new();
        for (kind, content) in SETS.into_iter().zip(CONTENTS.into_iter().cycle()) {
            let (older, newer) = (
                set(kind, "a", MOMENT, ""),
                set(kind, "a", MOMENT + 1, content),
            );
            let other = set(kind, "b", MOMENT, content);
            for event in [&older, &newer, &other] {
                socket.accept(event).await;
            }
            socket.event(&older).await.refused_with("duplicate");
            kept.extend([newer, other]);
        }
        drop(socket);
        relay.restart().await;
        let mut socket = relay.connect().await;
        for event in &kept {
            let d = event.identifier();
            let filter = json!({"kinds": [event.kind()], "authors": [pubkey(1)], "#d": [d]});
            let found = socket.query(filter).await;
            assert_eq!(found, slice::from_ref(event));
            assert_eq!(found[0].json(), event.json());
        }
        assert_eq!(socket.count(json!({})).await, kept.len() as u64);
    }
}
