//! NIP-65, relay lists: what the relay does with them.

use serde_json::json;

use crate::events::{MOMENT, note, pubkey};
use crate::harness::TestRelay;
use crate::keeping::WAYS;

#[tokio::test]
async fn nip65_01_the_newest_list_of_relays_is_kept_as_it_came() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let older = note(1)
            .kind(10_002)
            .tag(&["r", "wss://old.example.com"])
            .signed();
        let newer = note(1)
            .kind(10_002)
            .at(MOMENT + 1)
            .tag(&["r", "WSS://Relay.Example.COM:443/", "read"])
            .tag(&["r", "not a url", "sometimes"])
            .tag(&["r", "http://example.com"])
            .tag(&["r", ""])
            .tag(&["r"])
            .signed();
        socket.accept(&older).await;
        socket.accept(&newer).await;
        socket.event(&older).await.refused_with("duplicate");
        let filter = json!({"kinds": [10_002], "authors": [pubkey(1)]});
        let found = socket.query(filter).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].json(), newer.json());
    }
}
