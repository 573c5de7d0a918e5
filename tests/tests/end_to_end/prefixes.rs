//! The machine-readable words of refusals (PFX-01, PFX-02). That every refusal has one is checked
//! by whatever client receives it; here is which one it is.

use serde_json::{Value, json};

use crate::events::{Forged, note, now, pubkey};
use crate::harness::{Reply, Socket, TestRelay, assert_prefix};

/// The relay answers `filters` with CLOSED and this word.
async fn check_closed(socket: &mut Socket, filters: Value, prefix: &str) {
    socket.send_req("refused", filters).await;
    socket.expect_closed("refused", prefix).await;
}

#[tokio::test]
async fn pfx_01_what_is_wrong_with_an_event_is_invalid() {
    let relay = TestRelay::start_with(|config| {
        config.limits.max_event_tags = 1;
        config.limits.max_content_length_chars = 5;
        config.limits.created_at_lower_limit_seconds = Some(1_000_000_000);
    })
    .await;
    let mut socket = relay.connect().await;
    let good = note(1).content("good").signed();
    let signature = note(1).content("other").signed().sig().to_hex();
    let forgeries = [
        Forged::of(&good).with("content", "1"),
        Forged::of(&good).with("content", "\"bad\""),
        Forged::of(&good).with("sig", &format!("\"{signature}\"")),
        Forged::of(&good).with("tags", "{}"),
    ];
    for forged in forgeries {
        socket.send_text(forged.message()).await;
        socket.expect_ok(good.id()).await.refused_with("invalid");
    }
    let expired = now().to_string();
    let events = [
        note(1).content("longer").signed(),
        note(1).tag(&["t", "a"]).tag(&["t", "b"]).signed(),
        note(1).at(now() + 3_600).signed(),
        note(1).at(1).signed(),
        note(1).tag(&["expiration", &expired]).signed(),
        note(1).tag(&["expiration", "never"]).signed(),
        note(1).kind(22_242).signed(),
        note(1).kind(1_059).signed(),
    ];
    for event in events {
        socket.event(&event).await.refused_with("invalid");
    }
    for filter in [json!(1), json!({"kinds": [-1]}), json!({"ids": ["abc"]})] {
        check_closed(&mut socket, json!([filter]), "invalid").await;
    }
    socket.send_text("[\"EVENT\"]").await;
    socket.expect_notice("invalid").await;
    socket.nothing_more().await;
}

#[tokio::test]
async fn pfx_01_what_may_not_be_here_is_blocked() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let deleted = note(1).signed();
    let request = note(1).kind(5).tag(&["e", &deleted.id().to_string()]);
    socket.accept(&deleted).await;
    socket.accept(&request.signed()).await;
    let protected = note(2).tag(&["-"]).signed();
    let mut blocked = vec![deleted];
    for kind in [6, 16] {
        blocked.push(note(1).kind(kind).content(protected.json()).signed());
    }
    for kind in [13, 14, 15] {
        blocked.push(note(1).kind(kind).signed());
    }
    for event in blocked {
        socket.event(&event).await.refused_with("blocked");
    }
    socket.nothing_more().await;
}

#[tokio::test]
async fn pfx_01_what_others_may_do_is_restricted() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let community = note(1).kind(1_037).signed();
    socket.accept(&community).await;
    let metadata = note(2)
        .kind(30_037)
        .tag(&["d", &community.id().to_string()])
        .signed();
    socket.event(&metadata).await.refused_with("restricted");
    socket.authenticate(2).await.stored();
    let protected = note(1).tag(&["-"]).signed();
    socket.event(&protected).await.refused_with("restricted");
    let private = json!({"kinds": [1_059], "#p": [pubkey(1)]});
    check_closed(&mut socket, private, "restricted").await;
    socket.nothing_more().await;
}

#[tokio::test]
async fn pfx_01_what_authentication_would_allow_says_so() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let protected = note(1).tag(&["-"]).signed();
    socket.event(&protected).await.refused_with("auth-required");
    check_closed(&mut socket, json!({"kinds": [1_059]}), "auth-required").await;
    socket.nothing_more().await;
}

#[tokio::test]
async fn pfx_01_older_versions_are_duplicates() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let newer = note(1).kind(10_002).at(2).signed();
    socket.accept(&newer).await;
    socket.event(&newer).await.accepted_with("duplicate");
    let older = note(1).kind(10_002).at(1).signed();
    socket.event(&older).await.refused_with("duplicate");
}

#[tokio::test]
async fn pfx_01_too_little_work_too_much_haste_and_nobody_there() {
    let relay = TestRelay::start_with(|config| config.limits.min_pow_difficulty = 256).await;
    let mut socket = relay.connect().await;
    socket.event(&note(1).signed()).await.refused_with("pow");

    let relay = TestRelay::start_with(|config| {
        config.limits.events_per_second_max = 1;
        config.limits.max_subscriptions = 1;
    })
    .await;
    let mut socket = relay.connect().await;
    let mut refused = 0;
    for at in 0..100 {
        let event = note(1).at(at).signed();
        let answer = socket.event(&event).await;
        if !answer.accepted {
            answer.refused_with("rate-limited");
            refused += 1;
        }
    }
    assert!(refused > 0, "a hundred events at once are too fast");
    socket.req("first", json!({})).await;
    check_closed(&mut socket, json!({}), "rate-limited").await;
    socket.nothing_more().await;

    let relay = TestRelay::start_with(|config| config.policy.ephemeral_mute = true).await;
    let mut socket = relay.connect().await;
    let typing = note(1).kind(20_001).signed();
    socket.event(&typing).await.refused_with("mute");
}

#[tokio::test]
async fn pfx_01_what_the_relay_does_not_do_is_unsupported() {
    let relay = TestRelay::start_with(|config| config.features.count = false).await;
    let mut socket = relay.connect().await;
    for filter in [json!({"foo": 1}), json!({"#title": ["x"]})] {
        check_closed(&mut socket, filter, "unsupported").await;
    }
    socket.send(json!(["COUNT", "refused", {}])).await;
    socket.expect_closed("refused", "unsupported").await;
}

#[tokio::test]
async fn pfx_01_a_relay_that_stops_closes_with_error() {
    let mut relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.req("open", json!({})).await;
    relay.begin_to_stop();
    let farewell = socket.farewell().await;
    match farewell.replies.as_slice() {
        [
            Reply::Closed {
                subscription,
                message,
            },
        ] => {
            assert_eq!(subscription, "open");
            assert_prefix(message, "error");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn pfx_02_an_acceptance_has_its_fourth_element() {
    let relay = TestRelay::start().await;
    let event = note(1).signed();
    let ephemeral = note(1).kind(20_001).signed();
    let mut client = relay.connect_raw().await;
    for (event, beginning) in [(&event, ""), (&event, "duplicate: "), (&ephemeral, "")] {
        client.send_text(&Forged::of(event).message()).await;
        let answer: Value =
            serde_json::from_slice(&client.receive().await.unwrap().payload).unwrap();
        let elements = answer.as_array().unwrap();
        assert_eq!(elements.len(), 4, "{answer}");
        assert_eq!(elements[..3], [json!("OK"), json!(event.id()), json!(true)]);
        let message = elements[3].as_str().unwrap();
        match beginning {
            "" => assert_eq!(message, ""),
            _ => assert!(message.starts_with(beginning), "{message}"),
        }
    }
    // The same for AUTH; the client reads nothing else.
    relay.connect().await.authenticate(1).await.stored();
}
