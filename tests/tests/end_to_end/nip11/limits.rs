//! Every announced limit, exactly at its boundary (NIP11-10, NIP11-12 to NIP11-14).

use kith_nips::Event;
use serde_json::json;

use super::{announced, document};
use crate::events::{Forged, MOMENT, ids, in_order, note, pubkey};
use crate::harness::{Reply, TestRelay, assert_prefix};

/// The close code of a message that is too big (RFC 6455 §7.4.1).
const TOO_BIG: u16 = 1_009;

/// An event whose EVENT message has exactly this many bytes, most of them in characters of more
/// than one byte.
fn event_of_bytes(bytes: usize) -> Event {
    let message_of = |content: String| Forged::of(&note(1).content(content).signed()).message();
    let room = bytes - message_of(String::new()).len();
    let content = format!("{}{}", "日".repeat(room / 3), "x".repeat(room % 3));
    assert_eq!(message_of(content.clone()).len(), bytes);
    note(1).content(content).signed()
}

#[tokio::test]
async fn nip11_10_the_length_of_a_message_is_counted_in_bytes() {
    for max in [1_024, 5_000] {
        let relay =
            TestRelay::start_with(|config| config.limits.max_message_length_bytes = max).await;
        assert_eq!(announced(&relay, "max_message_length").await, max);
        let mut client = relay.connect_raw().await;
        let event = event_of_bytes(max);
        let message = Forged::of(&event).message();
        client.send_text(&message).await;
        match client.receive_reply().await {
            Reply::Ok(answer) => answer.stored(),
            other => panic!("{other:?}"),
        }
        // From the first bracket to the last: what stands around is not counted.
        client.send_text(&format!(" {message}\n")).await;
        match client.receive_reply().await {
            Reply::Ok(answer) => answer.accepted_with("duplicate"),
            other => panic!("{other:?}"),
        }
        let event = event_of_bytes(max + 1);
        client.send_text(&Forged::of(&event).message()).await;
        let (replies, code) = client.farewell().await;
        assert_eq!(code, Some(TOO_BIG));
        assert!(!replies.iter().any(|reply| matches!(reply, Reply::Ok(_))));
        let mut socket = relay.connect().await;
        assert_eq!(socket.query(json!({"ids": [event.id()]})).await, []);
    }
}

#[tokio::test]
async fn nip11_12_tags_are_counted() {
    for max in [1, 7] {
        let relay = TestRelay::start_with(|config| config.limits.max_event_tags = max).await;
        assert_eq!(announced(&relay, "max_event_tags").await, max);
        let mut socket = relay.connect().await;
        let of = |tags: usize| {
            (0..tags)
                .fold(note(1), |note, _| note.tag(&["t", "same", "more", "more"]))
                .signed()
        };
        socket.accept(&of(max)).await;
        socket.event(&of(max + 1)).await.refused_with("invalid");
    }
    let relay = TestRelay::start().await;
    let max = announced(&relay, "max_event_tags").await;
    let mut socket = relay.connect().await;
    let of = |tags: usize| (0..tags).fold(note(1), |note, _| note.tag(&["t"])).signed();
    socket.accept(&of(max)).await;
    socket.event(&of(max + 1)).await.refused_with("invalid");
}

#[tokio::test]
async fn nip11_12_content_is_counted_in_characters() {
    for configured in [10, 131_072] {
        let relay =
            TestRelay::start_with(|config| config.limits.max_content_length_chars = configured)
                .await;
        let max = announced(&relay, "max_content_length").await;
        assert_eq!(max, configured);
        let mut socket = relay.connect().await;
        // One to four bytes each; é in two characters is two.
        for character in ["x", "é", "日", "😀", "\n"] {
            let of = |length: usize| note(1).content(character.repeat(length)).signed();
            // The last of them would not fit into a message at the default size.
            if max * character.len() + 1_000 > relay.config().limits.max_message_length_bytes {
                continue;
            }
            socket.accept(&of(max)).await;
            socket.event(&of(max + 1)).await.refused_with("invalid");
        }
        let decomposed = "e\u{301}".repeat(max / 2);
        socket
            .accept(&note(1).content(decomposed.as_str()).signed())
            .await;
        let longer = note(1).content(format!("{decomposed}x")).signed();
        socket.event(&longer).await.refused_with("invalid");
    }
}

#[tokio::test]
async fn nip11_13_the_limits_of_an_answer() {
    let relay = TestRelay::start_with(|config| {
        config.limits.max_limit = 7;
        config.limits.default_limit = 3;
    })
    .await;
    let mut socket = relay.connect().await;
    let max = announced(&relay, "max_limit").await;
    let default = announced(&relay, "default_limit").await;
    assert_eq!((max, default), (7, 3));
    let events: Vec<Event> = (0..10).map(|at| note(1).at(MOMENT + at).signed()).collect();
    socket.accept_all(&events).await;
    let newest = ids(&in_order(&events));
    for (limit, brought) in [
        (None, default),
        (Some(0), 0),
        (Some(1), 1),
        (Some(5), 5),
        (Some(max), max),
        (Some(max + 1), max),
        (Some(1_000_000), max),
    ] {
        let filter = match limit {
            None => json!({"kinds": [1]}),
            Some(limit) => json!({"kinds": [1], "limit": limit}),
        };
        let found = socket.query(filter).await;
        assert_eq!(ids(&found), newest[..brought], "{limit:?}");
    }
    // For each filter, not for all of them together.
    let halves = json!([{"until": MOMENT + 4}, {"since": MOMENT + 5}]);
    assert_eq!(socket.query(halves).await.len(), 2 * default);
    assert_eq!(socket.count(json!({"kinds": [1]})).await, 10);
}

#[tokio::test]
async fn nip11_13_the_usual_limits_of_an_answer() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let max = announced(&relay, "max_limit").await;
    let default = announced(&relay, "default_limit").await;
    let events: Vec<Event> = (0..=max as u64).map(|at| note(1).at(at).signed()).collect();
    socket.accept_all(&events).await;
    let newest = ids(&in_order(&events));
    for (filter, brought) in [
        (json!({}), default),
        (json!({"kinds": [1], "limit": max}), max),
        (json!({"limit": max + 1}), max),
        (json!({"ids": newest[..default + 1]}), default),
    ] {
        let found = socket.query(filter).await;
        assert_eq!(ids(&found), newest[..brought]);
    }
    assert_eq!(socket.count(json!({})).await, newest.len() as u64);
}

#[tokio::test]
async fn nip11_09_as_many_subscriptions_as_announced() {
    let relay = TestRelay::start_with(|config| config.limits.max_subscriptions = 4).await;
    let max = announced(&relay, "max_subscriptions").await;
    assert_eq!(max, 4);
    let mut socket = relay.connect().await;
    for number in 0..max {
        socket.req(&number.to_string(), json!({"kinds": [1]})).await;
    }
    socket.send_req("surplus", json!({})).await;
    socket.expect_closed("surplus", "rate-limited").await;
    let event = note(1).signed();
    socket.accept(&event).await;
    let mut reached = Vec::new();
    for _ in 0..max {
        match socket.receive().await {
            Reply::Event { subscription, .. } => reached.push(subscription),
            other => panic!("{other:?}"),
        }
    }
    reached.sort();
    assert_eq!(reached, ["0", "1", "2", "3"]);
    socket.close("2").await;
    assert_eq!(socket.req("surplus", json!({})).await, [event]);
}

#[tokio::test]
async fn nip11_14_where_authentication_is_required_nothing_works_before_it() {
    let relay = TestRelay::start_with(|config| config.policy.auth_required = true).await;
    assert_eq!(
        document(&relay).await["limitation"]["auth_required"],
        json!(true)
    );
    let mut socket = relay.connect().await;
    let mut live = relay.connect().await;
    live.authenticate(2).await.stored();
    live.req("live", json!({})).await;
    for kind in [1, 10_002, 20_001, 31_923, 1_059, 5] {
        let event = note(1)
            .kind(kind)
            .tag(&["p", &pubkey(2).to_string()])
            .signed();
        socket.event(&event).await.refused_with("auth-required");
    }
    for verb in ["REQ", "COUNT"] {
        for filter in [json!({}), json!({"kinds": [1]}), json!({"kinds": []})] {
            socket.send(json!([verb, "x", filter])).await;
            socket.expect_closed("x", "auth-required").await;
        }
    }
    let compare = json!(["NEG-OPEN", "x", {}, "6100000200"]);
    socket.send(compare.clone()).await;
    match socket.receive().await {
        Reply::NegErr { message, .. } => assert_prefix(&message, "auth-required"),
        other => panic!("{other:?}"),
    }
    // Not even whether something is stored can be found out.
    let stored = note(2).signed();
    live.accept(&stored).await;
    assert_eq!(live.expect_event("live").await, stored);
    socket.event(&stored).await.refused_with("auth-required");
    live.nothing_delivered().await;
    socket.authenticate(1).await.stored();
    let event = note(1).signed();
    socket.accept(&event).await;
    assert_eq!(
        socket.count(json!({"ids": ids([&event, &stored])})).await,
        2
    );
    assert_eq!(live.expect_event("live").await, event);
    socket.send(compare).await;
    let answer = socket.receive().await;
    assert!(matches!(answer, Reply::NegMsg { .. }), "{answer:?}");
}

#[tokio::test]
async fn nip11_14_single_actions_may_need_authentication_where_it_is_not_required() {
    let relay = TestRelay::start().await;
    assert_eq!(
        document(&relay).await["limitation"]["auth_required"],
        json!(false)
    );
    let mut socket = relay.connect().await;
    socket.accept(&note(1).signed()).await;
    let protected = note(1).tag(&["-"]).signed();
    socket.event(&protected).await.refused_with("auth-required");
    socket.send_req("x", json!({"kinds": [1_059]})).await;
    socket.expect_closed("x", "auth-required").await;
}
