//! NIP-89, applications for kinds: what the relay does with recommendations and announcements.

use std::slice;

use serde_json::json;

use crate::events::{MOMENT, note, pubkey};
use crate::harness::TestRelay;
use crate::keeping::WAYS;

#[tokio::test]
async fn nip89_06_recommendations_and_announcements_are_addressable_events() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let application = format!("31990:{}:kith", pubkey(9));
        let recommended = |key, kind: &str, at: u64| {
            note(key)
                .kind(31_989)
                .at(at)
                .tag(&["d", kind])
                .tag(&["a", &application, "wss://relay.example.com", "web"])
                .signed()
        };
        let announced = |d: &str, at: u64, content: &str| {
            note(9)
                .kind(31_990)
                .at(at)
                .tag(&["d", d])
                .tag(&["k", "31923"])
                .tag(&["web", "https://example.com/a/<bech32>", "naddr"])
                .content(content)
                .signed()
        };
        let older = [
            recommended(1, "31923", MOMENT),
            announced("kith", MOMENT, "{}"),
        ];
        let newer = [
            recommended(1, "31923", MOMENT + 1),
            announced("kith", MOMENT + 1, "no json"),
        ];
        let others = [
            recommended(1, "1037", MOMENT),
            recommended(2, "31923", MOMENT),
            announced("other", MOMENT, ""),
        ];
        for event in older.iter().chain(&newer).chain(&others) {
            socket.accept(event).await;
        }
        for event in &older {
            socket.event(event).await.refused_with("duplicate");
        }
        drop(socket);
        relay.restart().await;
        let mut socket = relay.connect().await;
        let of_kind = json!({"kinds": [31_989], "#d": ["31923"], "authors": [pubkey(1)]});
        assert_eq!(socket.query(of_kind).await, slice::from_ref(&newer[0]));
        let at_address = json!({"kinds": [31_990], "#d": ["kith"], "authors": [pubkey(9)]});
        let found = socket.query(at_address).await;
        assert_eq!(found, slice::from_ref(&newer[1]));
        assert_eq!(found[0].json(), newer[1].json());
        assert_eq!(socket.count(json!({"#a": [application]})).await, 3);
        assert_eq!(
            socket
                .count(json!({"kinds": [31_990], "#k": ["31923"]}))
                .await,
            2
        );
        assert_eq!(socket.count(json!({})).await, 5);
    }
}
