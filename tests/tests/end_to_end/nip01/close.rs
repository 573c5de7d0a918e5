//! The end of subscriptions and of the relay (NIP01-96 to NIP01-100).

use serde_json::json;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::events::{Forged, MOMENT, ids, note};
use crate::harness::{Farewell, Reply, Socket, TestRelay, assert_prefix};
use crate::process::RelayProcess;

#[tokio::test]
async fn nip01_96_after_close_nothing_comes() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut publisher = relay.connect().await;
    socket.req("a", json!({})).await;
    socket.req("b", json!({})).await;
    socket.close("a").await;
    socket.nothing_more().await;
    let event = note(1).signed();
    publisher.accept(&event).await;
    assert_eq!(socket.expect_event("b").await, event);
    socket.nothing_delivered().await;
    // The name is free again.
    assert_eq!(socket.req("a", json!({"kinds": [1]})).await, [event]);
}

#[tokio::test]
async fn nip01_96_close_ends_an_answer_that_has_not_ended() {
    const STORED: u64 = 500;
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let stored: Vec<_> = (0..STORED).map(|at| note(1).at(at).signed()).collect();
    socket.accept_all(&stored).await;
    for _ in 0..20 {
        let texts = [
            r#"["REQ","s",{}]"#,
            r#"["CLOSE","s"]"#,
            r#"["COUNT","processed",{"ids":[]}]"#,
        ];
        socket.send_all(texts.map(str::to_owned)).await;
        // Until the relay has come to the CLOSE, it may answer.
        loop {
            match socket.receive().await {
                Reply::Event { subscription, .. } | Reply::Eose(subscription) => {
                    assert_eq!(subscription, "s");
                }
                Reply::Count { query, .. } if query == "processed" => break,
                other => panic!("{other:?}"),
            }
        }
        socket.nothing_more().await;
    }
    socket.nothing_delivered().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nip01_93_96_under_load_events_come_for_open_subscriptions_only() {
    const ROUNDS: usize = 60;
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut publisher = relay.connect().await;
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let streaming = tokio::spawn(async move {
        let mut at = 0;
        while stopped.try_recv().is_err() {
            let events: Vec<_> = (0..20)
                .map(|_| {
                    at += 1;
                    note(1).at(at).signed()
                })
                .collect();
            publisher.accept_all(&events).await;
        }
    });
    let mut open: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        let name = format!("s{round}");
        socket.send_req(&name, json!({"limit": 3})).await;
        open.push(name.clone());
        let mut closing = String::new();
        if open.len() > 3 {
            closing = open.remove(round % 4);
            socket.close(&closing).await;
        }
        // After the answer to this, the CLOSE has been dealt with.
        socket.send(json!(["COUNT", name, {"ids": []}])).await;
        let (mut ended, mut counted) = (closing == name, false);
        while !(ended && counted) {
            match socket.receive().await {
                Reply::Event { subscription, .. } => {
                    let known =
                        open.contains(&subscription) || (subscription == closing && !counted);
                    assert!(known, "event for {subscription}, open are {open:?}");
                }
                Reply::Eose(subscription) => {
                    assert_eq!(subscription, name);
                    ended = true;
                }
                Reply::Count { query, .. } => {
                    assert_eq!(query, name);
                    counted = true;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    stop.send(()).unwrap();
    streaming.await.unwrap();
}

#[tokio::test]
async fn nip01_97_closing_what_is_not_open_does_nothing() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.req("open", json!({})).await;
    for name in ["unknown", "Open", "open ", "😀"] {
        socket.close(name).await;
    }
    socket.close("gone").await;
    socket.close("gone").await;
    socket.nothing_more().await;
    let nameless = [
        json!(["CLOSE"]),
        json!(["CLOSE", 1]),
        json!(["CLOSE", null]),
        json!(["CLOSE", ["open"]]),
        json!(["CLOSE", {"id": "open"}]),
    ];
    for message in nameless {
        socket.send(message.clone()).await;
        match socket.receive().await {
            Reply::Notice(reason) => assert_prefix(&reason, "invalid"),
            other => panic!("{other:?} to {message}"),
        }
    }
    let event = note(1).signed();
    relay.connect().await.accept(&event).await;
    assert_eq!(socket.expect_event("open").await, event);
}

#[tokio::test]
async fn nip01_98_a_refused_req_gets_one_closed_and_frees_its_name() {
    let relay = TestRelay::start_with(|config| {
        config.limits.max_subscriptions = 2;
        config.limits.filters_per_request_max = 10;
    })
    .await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    socket.accept(&event).await;
    socket.req("kept", json!({"kinds": [9]})).await;
    let too_many = json!(vec![json!({}); 11]);
    let refusals = [
        ("invalid", json!([])),
        ("invalid", json!({"ids": ["x"]})),
        ("invalid", json!([{}, {"limit": -1}])),
        ("unsupported", json!({"foo": 1})),
        ("unsupported", json!([{}, {"foo": 1}])),
        ("invalid", too_many),
    ];
    for (prefix, filters) in refusals {
        for _ in 0..2 {
            socket.send_req("s", filters.clone()).await;
            socket.expect_closed("s", prefix).await;
        }
        socket.nothing_more().await;
        // At once, though there is room for one more subscription only.
        assert_eq!(
            ids(&socket.req("s", json!({"kinds": [1]})).await),
            [event.id()]
        );
        // A refusal ends what had that name.
        socket.send_req("s", filters).await;
        socket.expect_closed("s", prefix).await;
    }
    socket.accept(&note(2).signed()).await;
    socket.nothing_delivered().await;
}

#[tokio::test]
async fn nip01_98_a_req_that_wants_authentication_may_be_sent_again_after_it() {
    let relay = TestRelay::start_with(|config| config.policy.auth_required = true).await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    socket.event(&event).await.refused_with("auth-required");
    socket.send_req("s", json!({})).await;
    socket.expect_closed("s", "auth-required").await;
    socket.authenticate(1).await.stored();
    socket.accept(&event).await;
    assert_eq!(socket.req("s", json!({})).await, [event]);
    socket.nothing_delivered().await;
}

/// Every open subscription is told, then the connection ends as RFC 6455 §7.4.1 says.
#[track_caller]
fn assert_taken_leave(farewell: &Farewell, subscriptions: &[&str]) {
    assert_eq!(farewell.code, Some(CloseCode::Away), "{farewell:?}");
    let mut closed = Vec::new();
    for reply in &farewell.replies {
        match reply {
            Reply::Closed {
                subscription,
                message,
            } => {
                assert_prefix(message, "error");
                closed.push(subscription.as_str());
            }
            other => panic!("{other:?}"),
        }
    }
    closed.sort_unstable();
    assert_eq!(closed, subscriptions);
}

#[tokio::test]
async fn nip01_99_stopping_tells_every_subscription() {
    let mut relay = TestRelay::start().await;
    let mut several = relay.connect().await;
    for name in ["a", "b", "\"c\""] {
        several.req(name, json!({"kinds": [1]})).await;
    }
    several.req("closed before", json!({})).await;
    several.close("closed before").await;
    several.nothing_more().await;
    let mut idle = relay.connect().await;
    relay.begin_to_stop();
    assert_taken_leave(&several.farewell().await, &["\"c\"", "a", "b"]);
    assert_taken_leave(&idle.farewell().await, &[]);
    drop((several, idle));
    assert_eq!(relay.stop().await.events, 0);
}

#[tokio::test]
async fn nip01_99_stopping_finishes_what_was_accepted() {
    const EVENTS: u64 = 200;
    let mut relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let events: Vec<_> = (0..EVENTS).map(|at| note(1).at(at).signed()).collect();
    socket
        .send_all(events.iter().map(|event| Forged::of(event).message()))
        .await;
    // The first answer shows that the relay is at work.
    let mut stored = vec![match socket.receive().await {
        Reply::Ok(answer) => answer.id,
        other => panic!("{other:?}"),
    }];
    relay.begin_to_stop();
    let farewell = socket.farewell().await;
    assert_eq!(farewell.code, Some(CloseCode::Away));
    for reply in farewell.replies {
        match reply {
            Reply::Ok(answer) if answer.accepted => stored.push(answer.id),
            Reply::Ok(answer) => answer.refused_with("error"),
            other => panic!("{other:?}"),
        }
    }
    drop(socket);
    relay.restart().await;
    let kept = relay.connect().await.query(json!({"ids": stored})).await;
    assert_eq!(kept.len(), stored.len());
}

#[cfg(unix)]
#[tokio::test]
async fn nip01_99_the_program_stops_in_good_order_at_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(folder.path()).await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    socket.accept(&event).await;
    socket.req("s", json!({"kinds": [9]})).await;
    relay.terminate().await;
    assert_taken_leave(&socket.farewell().await, &["s"]);
    drop(socket);
    assert!(relay.ended().await.success());
    let relay = RelayProcess::start(folder.path()).await;
    assert_eq!(relay.connect().await.query(json!({})).await, [event]);
}

/// Sends a message that fails, and gives the first answer.
async fn first_answer(socket: &mut Socket, text: String) -> Reply {
    socket.send_text(text).await;
    socket.receive().await
}

#[tokio::test]
async fn nip01_100_a_failure_is_tied_to_its_id_where_there_is_one() {
    let relay = TestRelay::start_with(|config| {
        config.limits.max_event_tags = 2;
        config.limits.max_content_length_chars = 10;
    })
    .await;
    let mut socket = relay.connect().await;
    let events = [
        note(1).content("x".repeat(11)).signed(),
        note(1)
            .tag(&["a", "1"])
            .tag(&["b", "2"])
            .tag(&["c", "3"])
            .signed(),
        note(1).at(MOMENT * 10).signed(),
        note(1).tag(&["expiration", "1"]).signed(),
        note(1).kind(22_242).signed(),
    ];
    for event in events {
        match first_answer(&mut socket, Forged::of(&event).message()).await {
            Reply::Ok(answer) if answer.id == event.id() => answer.refused_with("invalid"),
            other => panic!("{other:?}"),
        }
    }
    for filters in [
        "",
        ",1",
        ",{\"kinds\":1}",
        ",{\"foo\":1}",
        ",{\"ids\":[\"x\"]}",
    ] {
        for verb in ["REQ", "COUNT"] {
            let text = format!("[\"{verb}\",\"s\"{filters}]");
            match first_answer(&mut socket, text.clone()).await {
                Reply::Closed { subscription, .. } => assert_eq!(subscription, "s"),
                other => panic!("{other:?} to {text}"),
            }
        }
    }
    socket.nothing_more().await;
}
