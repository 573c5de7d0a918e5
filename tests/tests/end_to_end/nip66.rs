//! NIP-66, monitors of relays: what the relay does with what they say.

use std::slice;

use serde_json::json;

use crate::events::{MOMENT, note};
use crate::harness::TestRelay;
use crate::keeping::WAYS;

/// One tag of each name that the NIP has in a 30166.
const TAGS: [[&str; 2]; 9] = [
    ["n", "clearnet"],
    ["N", "42"],
    ["R", "!payment"],
    ["T", "PrivateInbox"],
    ["t", "nsfw"],
    ["k", "!30023"],
    ["g", "ww8p1r4t8"],
    ["l", "en"],
    ["rtt-open", "234"],
];

#[tokio::test]
async fn nip66_01_what_a_monitor_says_of_a_relay_is_found_by_its_tags() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let said = |key, url: &str, at: u64| {
            TAGS.iter()
                .fold(note(key).kind(30_166).at(at), |note, tag| note.tag(tag))
                .tag(&["d", url])
                .content("{\"name\":\"Relay\"}")
                .signed()
        };
        let (older, newer) = (
            said(1, "wss://relay.example.com/", MOMENT),
            said(1, "wss://relay.example.com/", MOMENT + 1),
        );
        for event in [&older, &newer] {
            socket.accept(event).await;
        }
        socket.event(&older).await.refused_with("duplicate");
        for [name, value] in TAGS.into_iter().filter(|[name, _]| name.len() == 1) {
            let mut filter = json!({"kinds": [30_166]});
            filter[format!("#{name}")] = json!([value]);
            let found = socket.query(filter.clone()).await;
            assert_eq!(found, slice::from_ref(&newer), "{filter}");
            // The same letter in the other case is another tag.
            let letter = name.chars().next().unwrap();
            let other = match letter.is_lowercase() {
                true => name.to_uppercase(),
                false => name.to_lowercase(),
            };
            let mut filter = json!({"kinds": [30_166]});
            filter[format!("#{other}")] = json!([value]);
            assert_eq!(socket.query(filter.clone()).await, [], "{filter}");
        }
        // One relay of one monitor is one address; `d` need not be an address that we would write.
        let others = [
            said(2, "wss://relay.example.com/", MOMENT),
            said(1, "wss://relay.example.com", MOMENT),
            said(1, "not a url", MOMENT),
        ];
        socket.accept_all(&others).await;
        let filter = json!({"kinds": [30_166], "#d": ["wss://relay.example.com/"]});
        assert_eq!(socket.count(filter).await, 2);
        assert_eq!(socket.count(json!({"kinds": [30_166]})).await, 4);
    }
}

#[tokio::test]
async fn nip66_01_a_monitor_announces_itself_once() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let announced = |at: u64| {
            note(1)
                .kind(10_166)
                .at(at)
                .tag(&["timeout", "open", "5000"])
                .tag(&["timeout", "5000", "open"])
                .tag(&["frequency", "3600"])
                .tag(&["c", "ws"])
                .tag(&["g", "ww8p1r4t8"])
                .signed()
        };
        let (older, newer) = (announced(MOMENT), announced(MOMENT + 1));
        socket.accept(&older).await;
        socket.accept(&newer).await;
        socket.event(&older).await.refused_with("duplicate");
        for filter in [
            json!({"kinds": [10_166]}),
            json!({"kinds": [10_166], "#c": ["ws"]}),
            json!({"kinds": [10_166], "#g": ["ww8p1r4t8"]}),
        ] {
            let found = socket.query(filter.clone()).await;
            assert_eq!(found, slice::from_ref(&newer), "{filter}");
            assert_eq!(found[0].json(), newer.json());
        }
    }
}
