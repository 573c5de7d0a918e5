//! Requests and subscriptions without end.

use serde_json::json;

use super::{assert_grown_less_than, served};
use crate::events::note;
use crate::harness::{Reply, TestRelay, assert_prefix};
use crate::process::RelayProcess;

#[tokio::test]
async fn nip01_65_98_ten_thousand_requests_on_one_connection_leave_a_hundred_open() {
    const REQUESTS: usize = 10_000;
    const OPEN_MAX: usize = 100;
    const TOGETHER: usize = 500;
    const MEMORY_BYTES_MAX: u64 = 4_000_000;
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(folder.path()).await;
    let mut witness = relay.connect().await;
    let mut flooder = relay.connect().await;
    served(&mut witness, 1).await;
    let before = relay.memory_bytes_peak();
    let (mut opened, mut refused) = (0, 0);
    for group in 0..REQUESTS / TOGETHER {
        let numbers = group * TOGETHER..(group + 1) * TOGETHER;
        let texts = numbers.map(|number| format!(r#"["REQ","{number}",{{"kinds":[1]}}]"#));
        flooder.send_all(texts).await;
        for _ in 0..TOGETHER {
            match flooder.receive().await {
                Reply::Eose(_) => opened += 1,
                Reply::Closed { message, .. } => {
                    assert_prefix(&message, "rate-limited");
                    refused += 1;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!((opened, refused), (OPEN_MAX, REQUESTS - OPEN_MAX));
    flooder.nothing_more().await;
    assert_grown_less_than(MEMORY_BYTES_MAX, before, relay.memory_bytes_peak());
    let event = note(1).signed();
    witness.accept(&event).await;
    for _ in 0..OPEN_MAX {
        match flooder.receive().await {
            Reply::Event { event: pushed, .. } => assert_eq!(pushed, event),
            other => panic!("{other:?}"),
        }
    }
    flooder.nothing_more().await;
    served(&mut witness, 2).await;
}

#[tokio::test]
async fn nip01_64_96_opening_replacing_and_closing_without_end_leaves_nothing() {
    const ROUNDS: usize = 2_000;
    const TOGETHER: usize = 250;
    const MEMORY_BYTES_MAX: u64 = 4_000_000;
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(folder.path()).await;
    let mut witness = relay.connect().await;
    let mut flooder = relay.connect().await;
    served(&mut witness, 1).await;
    let before = relay.memory_bytes_peak();
    for group in 0..ROUNDS / TOGETHER {
        let texts = (0..TOGETHER).flat_map(|_| {
            [
                r#"["REQ","s",{"kinds":[1]}]"#.to_owned(),
                r#"["REQ","s",{"kinds":[2]},{"kinds":[1],"authors":[]}]"#.to_owned(),
                r#"["CLOSE","s"]"#.to_owned(),
            ]
        });
        flooder.send_all(texts).await;
        // Answers to what is closed meanwhile need not be finished.
        let fence = format!("fence {group}");
        flooder.send(json!(["COUNT", fence, {"kinds": [1]}])).await;
        loop {
            match flooder.receive().await {
                Reply::Eose(name) => assert_eq!(name, "s"),
                Reply::Count { query, count, .. } => {
                    assert_eq!((query, count), (fence, 0));
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_grown_less_than(MEMORY_BYTES_MAX, before, relay.memory_bytes_peak());
    for kind in [1, 2] {
        witness.accept(&note(1).kind(kind).signed()).await;
    }
    flooder.nothing_delivered().await;
    served(&mut witness, 2).await;
}

#[tokio::test]
async fn nip01_65_92_five_thousand_subscriptions_of_fifty_connections_are_all_served() {
    const CONNECTIONS: usize = 50;
    const SUBSCRIPTIONS: usize = 100;
    const EVENTS: u64 = 3;
    const MEMORY_BYTES_MAX: u64 = 100_000_000;
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(folder.path()).await;
    let mut witness = relay.connect().await;
    served(&mut witness, 1).await;
    let before = relay.memory_bytes_peak();
    // Ten filters each, of which one hears something.
    let mut filters: Vec<_> = (0..9)
        .map(|number| json!({"kinds": [7], "#t": [number.to_string()]}))
        .collect();
    filters.push(json!({"kinds": [1], "#t": ["chess"]}));
    let filters = json!(filters).to_string();
    let filters = &filters[1..filters.len() - 1];
    let mut flooders = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut flooder = relay.connect().await;
        let texts = (0..SUBSCRIPTIONS).map(|name| format!(r#"["REQ","{name}",{filters}]"#));
        flooder.send_all(texts).await;
        for _ in 0..SUBSCRIPTIONS {
            assert!(matches!(flooder.receive().await, Reply::Eose(_)));
        }
        flooders.push(flooder);
    }
    assert_grown_less_than(MEMORY_BYTES_MAX, before, relay.memory_bytes_peak());
    for at in 0..EVENTS {
        let heard = note(1).at(at).tag(&["t", "chess"]).signed();
        witness.accept(&heard).await;
        witness
            .accept(&note(1).at(at).tag(&["t", "go"]).signed())
            .await;
        for flooder in &mut flooders {
            let mut names = Vec::with_capacity(SUBSCRIPTIONS);
            for _ in 0..SUBSCRIPTIONS {
                match flooder.receive().await {
                    Reply::Event {
                        subscription,
                        event,
                    } if event == heard => names.push(subscription),
                    other => panic!("{other:?}"),
                }
            }
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), SUBSCRIPTIONS);
        }
    }
    drop(flooders);
    served(&mut witness, 2).await;
}

#[tokio::test]
async fn nip01_14_nonsense_without_end_is_answered_and_forgotten() {
    const MESSAGES: usize = 5_000;
    const TOGETHER: usize = 250;
    let relay = TestRelay::start().await;
    let mut flooder = relay.connect().await;
    let deep = "[".repeat(1_000);
    let nonsense = ["{", "[]", "[\"HELLO\"]", "[\"EVENT\",{}]", &deep];
    for group in 0..MESSAGES / TOGETHER {
        let texts =
            (0..TOGETHER).map(|index| nonsense[(group + index) % nonsense.len()].to_owned());
        flooder.send_all(texts).await;
        for _ in 0..TOGETHER {
            flooder.expect_notice("invalid").await;
        }
    }
    flooder.nothing_more().await;
    served(&mut flooder, 1).await;
}
