//! Names of subscriptions (NIP01-60 to NIP01-65).

use serde_json::{Value, json};

use crate::events::{Forged, MOMENT, ids, note};
use crate::harness::{Reply, TestRelay, assert_prefix};

const CHARACTERS_MAX: usize = 64;
const ECHOED_CHARACTERS_MAX: usize = 256;

#[tokio::test]
async fn nip01_60_a_name_is_echoed_exactly() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let stored = note(1).signed();
    socket.accept(&stored).await;
    let names = [
        "a".to_owned(),
        " ".to_owned(),
        "0".to_owned(),
        "null".to_owned(),
        "x".repeat(CHARACTERS_MAX),
        "é".repeat(CHARACTERS_MAX),
        "😀".repeat(CHARACTERS_MAX),
        "e\u{301}".repeat(CHARACTERS_MAX / 2),
        "\"quoted\" back\\slash /slash".to_owned(),
        "\n\r\t\u{8}\u{c}\u{1}\u{1f}\u{7f}\u{2028}".to_owned(),
        "\0".to_owned(),
        "\"],[\"EOSE\",\"x\"]".to_owned(),
        " name with spaces ".to_owned(),
    ];
    for (name, at) in names.iter().zip(MOMENT + 1..) {
        assert_eq!(
            socket
                .req(name, json!({"ids": [stored.id()], "kinds": [1]}))
                .await
                .len(),
            1
        );
        let live = note(2).at(at).signed();
        socket.req(name, json!({"ids": [live.id()]})).await;
        socket.accept(&live).await;
        assert_eq!(socket.expect_event(name).await, live);
        socket.send_req(name, json!({"foo": 1})).await;
        socket.expect_closed(name, "unsupported").await;
        socket.send(json!(["COUNT", name, {"kinds": [1]}])).await;
        match socket.receive().await {
            Reply::Count { query, .. } => assert_eq!(&query, name),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn nip01_61_a_longer_name_is_refused() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.accept(&note(1).signed()).await;
    for character in ["x", "😀"] {
        for length in [CHARACTERS_MAX + 1, ECHOED_CHARACTERS_MAX] {
            let name = character.repeat(length);
            for verb in ["REQ", "COUNT"] {
                socket.send(json!([verb, name, {}])).await;
                socket.expect_closed(&name, "invalid").await;
            }
        }
        let name = character.repeat(ECHOED_CHARACTERS_MAX + 1);
        for verb in ["REQ", "COUNT"] {
            socket.send(json!([verb, name, {}])).await;
            socket.expect_notice("invalid").await;
        }
    }
    socket.accept(&note(2).signed()).await;
    socket.nothing_delivered().await;
}

#[tokio::test]
async fn nip01_62_con_01_without_a_name_there_is_no_subscription() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    for verb in ["REQ", "COUNT"] {
        let messages = [
            json!([verb]),
            json!([verb, "", {}]),
            json!([verb, {}]),
            json!([verb, null, {}]),
            json!([verb, 1, {}]),
            json!([verb, ["a"], {}]),
            json!([verb, true, {}]),
        ];
        for message in messages {
            socket.send(message.clone()).await;
            match socket.receive().await {
                Reply::Notice(reason) => assert_prefix(&reason, "invalid"),
                other => panic!("{other:?} to {message}"),
            }
        }
    }
    socket.accept(&note(1).signed()).await;
    socket.nothing_delivered().await;
}

#[tokio::test]
async fn nip01_63_the_same_name_on_two_connections_is_two_subscriptions() {
    let relay = TestRelay::start().await;
    let mut first = relay.connect().await;
    let mut second = relay.connect().await;
    first.req("same", json!({"kinds": [1]})).await;
    second.req("same", json!({"kinds": [2]})).await;
    let (one, two) = (note(1).kind(1).signed(), note(1).kind(2).signed());
    first.accept(&one).await;
    first.accept(&two).await;
    assert_eq!(first.expect_event("same").await, one);
    assert_eq!(second.expect_event("same").await, two);
    first.close("same").await;
    first.nothing_more().await;
    let another = note(2).kind(2).signed();
    first.accept(&another).await;
    assert_eq!(second.expect_event("same").await, another);
    second.nothing_delivered().await;
    first.nothing_delivered().await;
}

#[tokio::test]
async fn nip01_64_a_name_that_is_open_gets_the_new_filters() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let stored: Vec<_> = (1..=2).map(|kind| note(1).kind(kind).signed()).collect();
    socket.accept_all(&stored).await;
    assert_eq!(
        socket.req("s", json!({"kinds": [1]})).await,
        [stored[0].clone()]
    );
    assert_eq!(
        socket.req("s", json!({"kinds": [2]})).await,
        [stored[1].clone()]
    );
    socket.nothing_more().await;
    let old = note(1).kind(1).at(MOMENT + 1).signed();
    let new = note(1).kind(2).at(MOMENT + 1).signed();
    socket.accept(&old).await;
    socket.accept(&new).await;
    assert_eq!(socket.expect_event("s").await, new);
    // One CLOSE ends it: there is one subscription, not two.
    socket.close("s").await;
    socket.accept(&note(2).kind(1).signed()).await;
    socket.accept(&note(2).kind(2).signed()).await;
    socket.nothing_delivered().await;
}

#[tokio::test]
async fn nip01_64_replacing_without_waiting_leaves_the_last_filters_only() {
    const STORED: u64 = 300;
    const REPLACEMENTS: usize = 20;
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let many: Vec<_> = (0..STORED)
        .map(|at| note(1).kind(1).at(at).signed())
        .collect();
    let wanted = note(1).kind(2).signed();
    socket.accept_all(&many).await;
    socket.accept(&wanted).await;
    let old = r#"["REQ","s",{"kinds":[1]}]"#.to_owned();
    let mut texts = vec![old; REPLACEMENTS];
    texts.push(r#"["REQ","s",{"kinds":[2]}]"#.to_owned());
    socket.send_all(texts).await;
    // What was sent for the old filters is none of our business, until the new answer is there.
    let mut eoses = 0;
    loop {
        match socket.receive().await {
            Reply::Event { event, .. } if event == wanted => break,
            Reply::Event { event, .. } => assert!(many.contains(&event)),
            Reply::Eose(_) => eoses += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(eoses <= REPLACEMENTS);
    socket.expect_eose("s").await;
    socket.accept(&note(1).kind(1).at(MOMENT).signed()).await;
    socket.nothing_delivered().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nip01_64_replacing_while_events_stream_keeps_old_ones_out() {
    const ROUNDS: u64 = 40;
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut publisher = relay.connect().await;
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let streaming = tokio::spawn(async move {
        let mut at = 0;
        while stopped.try_recv().is_err() {
            let events: Vec<_> = (0..20)
                .flat_map(|_| {
                    at += 1;
                    [
                        note(1).kind(1).at(at).signed(),
                        note(1).kind(2).at(at).signed(),
                    ]
                })
                .collect();
            publisher.accept_all(&events).await;
        }
    });
    for round in 0..ROUNDS {
        let kind = u16::try_from(round % 2 + 1).unwrap();
        socket
            .send_req("s", json!({"kinds": [kind], "limit": 0}))
            .await;
        // Until the EOSE, the old filters may still speak.
        while socket.receive().await != Reply::Eose("s".to_owned()) {}
        for _ in 0..10 {
            assert_eq!(
                socket.expect_event("s").await.kind().as_u16(),
                kind,
                "round {round}"
            );
        }
    }
    stop.send(()).unwrap();
    streaming.await.unwrap();
}

#[tokio::test]
async fn nip01_65_surplus_subscriptions_are_refused_and_the_others_work_on() {
    let relay = TestRelay::start_with(|config| config.limits.max_subscriptions = 3).await;
    let mut socket = relay.connect().await;
    let mut publisher = relay.connect().await;
    for name in ["a", "b", "c"] {
        socket.req(name, json!({"kinds": [1]})).await;
    }
    for _ in 0..2 {
        socket.send_req("d", json!({"kinds": [1]})).await;
        socket.expect_closed("d", "rate-limited").await;
    }
    // An open one may change, also at the ceiling.
    assert_eq!(socket.req("b", json!({"kinds": [2]})).await, []);
    let events: Vec<_> = (1..=2).map(|kind| note(1).kind(kind).signed()).collect();
    publisher.accept_all(&events).await;
    let mut heard = Vec::new();
    for _ in 0..3 {
        match socket.receive().await {
            Reply::Event {
                subscription,
                event,
            } => heard.push((subscription, event.id())),
            other => panic!("{other:?}"),
        }
    }
    heard.sort();
    let [one, two] = *ids(&events) else { panic!() };
    assert_eq!(
        heard,
        [
            ("a".to_owned(), one),
            ("b".to_owned(), two),
            ("c".to_owned(), one)
        ]
    );
    // COUNT opens nothing.
    assert_eq!(socket.count(json!({"kinds": [1]})).await, 1);
    socket.close("a").await;
    assert_eq!(ids(&socket.req("d", json!({"kinds": [1]})).await), [one]);
    socket.send_req("a", json!({"kinds": [1]})).await;
    socket.expect_closed("a", "rate-limited").await;
    // Nor does a REQ that was refused for another reason keep a place.
    socket.close("d").await;
    for _ in 0..5 {
        socket.send_req("bad", json!({"foo": Value::Null})).await;
        socket.expect_closed("bad", "unsupported").await;
    }
    socket.req("a", json!({})).await;
    // Another connection counts for itself.
    let mut other = relay.connect().await;
    for name in ["a", "b", "c"] {
        other.req(name, json!({"kinds": [9]})).await;
    }
    other.send_text(Forged::of(&events[0]).message()).await;
    other.answer_to(one).await.accepted_with("duplicate");
}
