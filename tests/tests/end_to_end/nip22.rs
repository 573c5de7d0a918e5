//! NIP-22, comments: what the relay must find.

use serde_json::json;

use crate::events::{note, pubkey};
use crate::harness::TestRelay;
use crate::keeping::WAYS;

fn subscription(name: &str, value: &str) -> String {
    format!("{name} {}", value.chars().take(30).collect::<String>())
}

#[tokio::test]
async fn nip22_09_upper_and_lower_case_tags_are_different() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let (root, parent) = ("a".repeat(64), "b".repeat(64));
        let (author, other) = (pubkey(8).to_string(), pubkey(9).to_string());
        let root_address = format!("31923:{author}:chess");
        let parent_address = format!("31923:{other}:chess");
        let pairs = [
            ("E", root.as_str(), parent.as_str()),
            ("A", &root_address, &parent_address),
            ("P", &author, &other),
            ("I", "geo:gcpc", "https://example.com"),
            ("K", "31923", "1111"),
        ];
        let comment = pairs
            .iter()
            .fold(
                note(1).kind(1_111),
                |comment, (name, of_root, of_parent)| {
                    comment
                        .tag(&[name, of_root])
                        .tag(&[&name.to_lowercase(), of_parent])
                },
            )
            .content("Is there a lift?")
            .signed();
        socket.accept(&comment).await;
        let mut live = relay.connect().await;
        for (name, of_root, of_parent) in pairs {
            let lower = name.to_lowercase();
            for (name, value, found) in [
                (name, of_root, true),
                (name, of_parent, false),
                (&lower, of_parent, true),
                (&lower, of_root, false),
            ] {
                let mut filter = json!({"kinds": [1_111]});
                filter[format!("#{name}")] = json!([value]);
                let number = u64::from(found);
                assert_eq!(socket.count(filter.clone()).await, number, "{filter}");
                let stored = live.req(&subscription(name, value), filter).await;
                assert_eq!(stored.len() as u64, number);
            }
        }
        // Live delivery tells them apart as well.
        let reply = note(2)
            .kind(1_111)
            .tag(&["E", &root])
            .tag(&["e", &root])
            .signed();
        socket.accept(&reply).await;
        let mut told = Vec::new();
        for _ in 0..2 {
            match live.receive().await {
                crate::harness::Reply::Event { subscription, .. } => told.push(subscription),
                other => panic!("{other:?}"),
            }
        }
        told.sort();
        assert_eq!(told, [subscription("E", &root), subscription("e", &root)]);
        live.nothing_delivered().await;
    }
}
