//! NIP-28, public chat: what the relay does with it, which is nothing special (what clients do is
//! tested with `kith-nips`; what a community's owner may do is in `lbc/mute.rs`).

use std::slice;

use kith_nips::Event;
use serde_json::json;

use crate::events::{MOMENT, in_order, note, pubkey};
use crate::harness::TestRelay;
use crate::keeping::WAYS;

#[tokio::test]
async fn nip28_03_every_version_of_a_channels_metadata_is_kept() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let channel = note(1).kind(40).content(r#"{"name":"Chess"}"#).signed();
        let id = channel.id().to_string();
        let version = |key, at: u64| {
            note(key)
                .kind(41)
                .at(at)
                .tag(&["e", &id, "wss://relay.example.com", "root"])
                .content(format!(r#"{{"name":"Chess {at}"}}"#))
                .signed()
        };
        // Newer, older and equally old ones, also by somebody else.
        let versions = [
            version(1, MOMENT + 1),
            version(1, MOMENT + 2),
            version(1, MOMENT),
            version(2, MOMENT + 1),
        ];
        socket.accept(&channel).await;
        for version in &versions {
            socket.accept(version).await;
        }
        drop(socket);
        relay.restart().await;
        let mut socket = relay.connect().await;
        let filter = json!({"kinds": [41], "#e": [id]});
        assert_eq!(socket.query(filter.clone()).await, in_order(&versions));
        assert_eq!(socket.count(filter).await, 4);
        assert_eq!(
            socket.query(json!({"kinds": [40]})).await,
            slice::from_ref(&channel)
        );
    }
}

#[tokio::test]
async fn nip28_06_the_relay_has_no_rules_for_chats() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let channel = note(1).kind(40).content(r#"{"name":"Chess"}"#).signed();
        let id = channel.id().to_string();
        let message = note(2)
            .kind(42)
            .tag(&["e", &id, "", "root"])
            .content("e4")
            .signed();
        let (of_message, of_person) = (message.id().to_string(), pubkey(2).to_string());
        let mut events = vec![
            channel,
            message,
            // Hiding and muting concern who does it, also when it is the owner of the channel.
            note(1).kind(43).tag(&["e", &of_message]).signed(),
            note(1).kind(44).tag(&["p", &of_person]).signed(),
            note(3).kind(43).tag(&["e", &of_message]).signed(),
            note(3).kind(44).tag(&["p", &of_person]).signed(),
        ];
        // Neither content nor tags must make sense, nor what they name exist.
        for kind in 40..=44 {
            events.push(note(4).kind(kind).signed());
            events.push(note(4).kind(kind).content("{not json").signed());
            events.push(
                note(4)
                    .kind(kind)
                    .tag(&["e", "nothing", "", "root"])
                    .signed(),
            );
        }
        // The muted one goes on.
        events.push(note(2).kind(42).at(MOMENT + 1).tag(&["e", &id]).signed());
        let mut witness = relay.connect().await;
        witness
            .req("live", json!({"kinds": [40, 41, 42, 43, 44]}))
            .await;
        for event in &events {
            socket.accept(event).await;
            assert_eq!(&witness.expect_event("live").await, event);
        }
        let stored = socket.query(json!({"kinds": [40, 41, 42, 43, 44]})).await;
        assert_eq!(stored, in_order(&events));
        let by_message: Vec<Event> = events[2..5]
            .iter()
            .filter(|event| event.kind().as_u16() == 43)
            .cloned()
            .collect();
        let filter = json!({"kinds": [43], "#e": [of_message]});
        assert_eq!(socket.query(filter).await, in_order(&by_message));
    }
}
