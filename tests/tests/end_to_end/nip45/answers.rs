//! The number (NIP45-01 to NIP45-07, NIP45-13).

use kith_nips::Event;
use serde_json::{Value, json};

use crate::clock::holds_until;
use crate::events::{MOMENT, ids, note, now, pubkey};
use crate::harness::{Reply, Socket, TestRelay, assert_prefix};
use crate::keeping::WAYS;

/// Sends a COUNT whose filters are this JSON text, and reads the refusal.
async fn refusal(socket: &mut Socket, verb: &str, filters: &str) -> String {
    socket
        .send_text(format!(r#"["{verb}","x"{filters}]"#))
        .await;
    match socket.receive().await {
        Reply::Closed {
            subscription,
            message,
        } => {
            assert_eq!(subscription, "x");
            message
        }
        other => panic!("{other:?} for {verb} {filters}"),
    }
}

#[tokio::test]
async fn nip45_01_distinct_events_that_match_any_filter_are_counted() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let events: Vec<Event> = (0..30)
            .map(|number| {
                let topic = ["a", "b", "c"][number % 3];
                note(1 + (number % 5) as u32)
                    .kind([1, 7][number % 2])
                    .at(MOMENT + number as u64)
                    .tag(&["t", topic])
                    .tag(&["t", "all"])
                    .signed()
            })
            .collect();
        socket.accept_all(&events).await;
        let filters = [
            json!({}),
            json!([{}, {}]),
            json!({"kinds": [1]}),
            json!({"kinds": [1, 7, 9]}),
            json!([{"kinds": [1]}, {"kinds": [1, 7]}]),
            json!([{"kinds": [1]}, {"#t": ["a"]}, {"authors": [pubkey(1)]}]),
            json!({"#t": ["a", "b"]}),
            json!({"#t": ["all", "a", "b"], "kinds": [7]}),
            json!({"authors": [pubkey(1), pubkey(2)], "#t": ["c"]}),
            json!({"since": MOMENT + 5, "until": MOMENT + 14}),
            json!({"since": MOMENT + 5, "until": MOMENT + 4}),
            json!({"ids": ids(&events[..7])}),
            json!({"kinds": []}),
            json!([{"kinds": []}, {"#t": ["b"]}]),
        ];
        for filter in filters {
            // As many as come when asked for.
            let found = socket.query(filter.clone()).await.len() as u64;
            assert_eq!(socket.count(filter.clone()).await, found, "{filter}");
        }
        assert_eq!(socket.count(json!({})).await, 30);
        assert_eq!(socket.count(json!({"#t": ["a"]})).await, 10);
        // No EOSE, and nothing stays open.
        socket.nothing_more().await;
        socket.accept(&note(9).tag(&["t", "all"]).signed()).await;
        socket.nothing_delivered().await;
    }
}

#[tokio::test]
async fn nip45_02_05_what_req_refuses_count_refuses_in_the_same_words() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let upper = pubkey(1).to_string().to_uppercase();
    let filters = [
        String::new(),
        ",1".to_owned(),
        ",null".to_owned(),
        ",[]".to_owned(),
        ",{},\"x\"".to_owned(),
        r#",{"ids":["abc"]}"#.to_owned(),
        format!(r#",{{"authors":["{upper}"]}}"#),
        r#",{"authors":[1]}"#.to_owned(),
        r##",{"#e":["abc"]}"##.to_owned(),
        r##",{"#p":["npub1xyz"]}"##.to_owned(),
        r#",{"kinds":[-1]}"#.to_owned(),
        r#",{"kinds":[65536]}"#.to_owned(),
        r#",{"kinds":["1"]}"#.to_owned(),
        r#",{"kinds":1}"#.to_owned(),
        r#",{"since":-1}"#.to_owned(),
        r#",{"until":1.5}"#.to_owned(),
        r#",{"until":"1"}"#.to_owned(),
        r#",{"limit":-1}"#.to_owned(),
        r#",{"limit":null}"#.to_owned(),
        r#",{"foo":1}"#.to_owned(),
        r##",{"#title":["x"]}"##.to_owned(),
        r##",{"#1":["x"]}"##.to_owned(),
        format!(",{}", vec!["{}"; 101].join(",")),
    ];
    for filters in filters {
        let of_req = refusal(&mut socket, "REQ", &filters).await;
        let of_count = refusal(&mut socket, "COUNT", &filters).await;
        let (prefix, _) = of_req.split_once(':').unwrap();
        assert!(["invalid", "unsupported"].contains(&prefix), "{of_req}");
        assert_prefix(&of_count, prefix);
    }
    for query in ["\"\"", "1", "null", "{}"] {
        socket.send_text(format!(r#"["COUNT",{query},{{}}]"#)).await;
        socket.expect_notice("invalid").await;
    }
    let long = "x".repeat(65);
    socket.send(json!(["COUNT", long, {}])).await;
    socket.expect_closed(&long, "invalid").await;
    socket.nothing_more().await;
}

#[tokio::test]
async fn nip45_03_limits_do_not_limit_counts() {
    for way in WAYS {
        let relay = TestRelay::start_with(|config| {
            way(config);
            config.limits.max_limit = 5;
            config.limits.default_limit = 3;
        })
        .await;
        let mut socket = relay.connect().await;
        let events: Vec<Event> = (0..20).map(|at| note(1).at(MOMENT + at).signed()).collect();
        socket.accept_all(&events).await;
        for filter in [
            json!({"kinds": [1]}),
            json!({"kinds": [1], "limit": 0}),
            json!({"kinds": [1], "limit": 1}),
            json!({"kinds": [1], "limit": 7}),
            json!({"kinds": [1], "limit": 1_000_000}),
            json!([{"kinds": [1], "limit": 1}, {"limit": 2}]),
        ] {
            assert_eq!(socket.count(filter.clone()).await, 20, "{filter}");
        }
    }
}

#[tokio::test]
async fn nip45_04_exact_numbers_are_not_called_approximate() {
    let relay = TestRelay::start().await;
    relay.connect().await.accept(&note(1).signed()).await;
    let mut client = relay.connect_raw().await;
    client.send_text(r#"["COUNT","x",{}]"#).await;
    let answer: Value = serde_json::from_slice(&client.receive().await.unwrap().payload).unwrap();
    assert_eq!(answer, json!(["COUNT", "x", {"count": 1}]));
}

#[tokio::test]
async fn nip45_05_a_relay_that_does_not_count_says_so() {
    let relay = TestRelay::start_with(|config| config.features.count = false).await;
    let mut socket = relay.connect().await;
    for query in ["x", "😀 \"quoted\""] {
        socket.send(json!(["COUNT", query, {}])).await;
        socket.expect_closed(query, "unsupported").await;
    }
    // Everything else goes on.
    assert_eq!(socket.req("x", json!({})).await, []);
}

#[tokio::test]
async fn nip45_06_a_subscription_of_the_same_name_is_not_touched() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    assert_eq!(socket.req("count", json!({"kinds": [1]})).await, []);
    assert_eq!(socket.count(json!({"kinds": [7]})).await, 0);
    let event = note(1).signed();
    socket.accept(&event).await;
    assert_eq!(socket.expect_event("count").await, event);
    // Refused counts leave it open as well.
    for filter in [json!({"foo": 1}), json!({"kinds": [1_059]}), json!(1)] {
        socket.send(json!(["COUNT", "count", filter])).await;
        match socket.receive().await {
            Reply::Closed { subscription, .. } => assert_eq!(subscription, "count"),
            other => panic!("{other:?}"),
        }
        let event = note(1).content(filter.to_string()).signed();
        socket.accept(&event).await;
        assert_eq!(socket.expect_event("count").await, event);
    }
    // Nor does a count take its place among the subscriptions.
    let relay = TestRelay::start_with(|config| config.limits.max_subscriptions = 1).await;
    let mut socket = relay.connect().await;
    socket.req("only", json!({})).await;
    assert_eq!(socket.count(json!({})).await, 0);
}

#[tokio::test]
async fn nip45_07_only_what_the_client_could_read_is_counted() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut publisher = relay.connect().await;
        let to = |kind: u16, author: u32, recipient: u32| {
            note(author)
                .kind(kind)
                .tag(&["p", &pubkey(recipient).to_string()])
                .signed()
        };
        let events = [
            to(1_059, 1, 2),
            to(1_059, 3, 2),
            to(1_059, 1, 4),
            to(4, 2, 4),
            to(4, 4, 2),
            to(4, 4, 5),
            to(1, 4, 2),
        ];
        publisher.accept_all(&events).await;
        let own = json!({"kinds": [1_059, 4], "#p": [pubkey(2)]});
        let foreign = json!({"kinds": [1_059], "#p": [pubkey(4)]});
        let anybody = json!({"kinds": [1_059]});
        let mixed = json!({"kinds": [1, 4, 1_059]});

        let mut stranger = relay.connect().await;
        for private in [&own, &foreign, &anybody, &json!([own, anybody])] {
            let mut message = vec![json!("COUNT"), json!("x")];
            match private {
                Value::Array(filters) => message.extend(filters.clone()),
                filter => message.push(filter.clone()),
            }
            stranger.send(Value::Array(message)).await;
            stranger.expect_closed("x", "auth-required").await;
        }
        assert_eq!(stranger.count(mixed.clone()).await, 1);
        assert_eq!(stranger.count(json!({})).await, 1);
        assert_eq!(stranger.count(json!({"ids": ids(&events)})).await, 1);
        assert_eq!(stranger.count(json!({"#p": [pubkey(2)]})).await, 1);

        let mut reader = relay.connect().await;
        reader.authenticate(2).await.stored();
        for refused in [
            &foreign,
            &anybody,
            &json!({"kinds": [4], "authors": [pubkey(4)]}),
        ] {
            reader.send(json!(["COUNT", "x", refused])).await;
            reader.expect_closed("x", "restricted").await;
        }
        assert_eq!(reader.count(own.clone()).await, 3);
        assert_eq!(
            reader
                .count(json!({"kinds": [4], "authors": [pubkey(2)]}))
                .await,
            1
        );
        assert_eq!(reader.count(mixed).await, 5);
        assert_eq!(reader.count(json!({"ids": ids(&events)})).await, 5);
        // A second key opens what is for it, beside the first.
        reader.authenticate(4).await.stored();
        assert_eq!(reader.count(foreign).await, 1);
        assert_eq!(reader.count(json!({"ids": ids(&events)})).await, 7);
    }
}

#[tokio::test]
async fn nip45_13_what_is_gone_is_not_counted() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let end = now() + 2;
        let tagged = |key: u32| note(key).tag(&["t", "x"]);
        let deleted = tagged(1).signed();
        let expiring = tagged(2).tag(&["expiration", &end.to_string()]).signed();
        let replaced = tagged(3).kind(10_002).signed();
        let replacement = tagged(3).kind(10_002).at(MOMENT + 1).signed();
        let moved = tagged(4).kind(31_923).tag(&["d", "x"]).signed();
        let deletion = note(1)
            .kind(5)
            .tag(&["e", &deleted.id().to_string()])
            .signed();
        let ended = note(4)
            .kind(31_923)
            .tag(&["d", "x"])
            .at(MOMENT + 1)
            .signed();
        for event in [&deleted, &expiring, &replaced, &moved] {
            socket.accept(event).await;
        }
        let filter = json!({"#t": ["x"]});
        let (count, before) = sketched(&mut socket, &filter).await;
        assert!(count == 4 || now() >= end);
        for event in [&replacement, &deletion, &ended] {
            socket.accept(event).await;
        }
        holds_until(end, async || sketched(&mut socket, &filter).await.0 == 2).await;
        let (count, after) = sketched(&mut socket, &filter).await;
        assert_eq!(count, 1);
        // Its sketch knows one author, as if the others had never been.
        let other = TestRelay::start().await;
        let mut fresh = other.connect().await;
        fresh.accept(&replacement).await;
        assert_eq!(sketched(&mut fresh, &filter).await, (1, after.clone()));
        assert_ne!(before, after);
    }
}

/// A number and its sketch.
async fn sketched(socket: &mut Socket, filter: &Value) -> (u64, Option<String>) {
    socket.send(json!(["COUNT", "x", filter])).await;
    match socket.receive().await {
        Reply::Count { count, hll, .. } => (count, hll),
        other => panic!("{other:?}"),
    }
}
