//! The harness must fail when a relay is wrong: each of these shows one wrong relay to it.

use serde_json::json;

use super::{Reply, TestRelay};
use crate::events::{Forged, note};

#[tokio::test]
#[should_panic(expected = "expected nothing more")]
async fn a_fence_finds_an_answer_that_was_not_read() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.send_text("[]").await;
    socket.nothing_more().await;
}

#[tokio::test]
#[should_panic(expected = "expected nothing more")]
async fn a_fence_finds_an_event_that_was_pushed() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.req("s", json!({"kinds": [7]})).await;
    relay
        .connect()
        .await
        .accept(&note(1).kind(7).signed())
        .await;
    socket.nothing_delivered().await;
}

#[tokio::test]
#[should_panic(expected = "unread")]
async fn a_fence_finds_what_was_received_and_kept() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.send_text("[]").await;
    socket.count(json!({})).await;
    socket.nothing_more().await;
}

#[tokio::test]
async fn fences_leave_no_trace_in_subscriptions() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut other = relay.connect().await;
    socket.req("all", json!({})).await;
    other.req("all", json!({})).await;
    for _ in 0..3 {
        socket.nothing_delivered().await;
        other.nothing_more().await;
    }
    assert_eq!(other.query(json!({})).await, []);
    let event = note(1).signed();
    other.accept(&event).await;
    assert_eq!(socket.expect_event("all").await, event);
    assert_eq!(other.expect_event("all").await, event);
}

/// Whether this passes for a message of a relay.
fn reads(text: &str) -> bool {
    std::panic::catch_unwind(|| Reply::read(text)).is_ok()
}

#[test]
fn pfx_01_02_nip01_100_con_03_replies_are_read_strictly() {
    let event = note(1).signed();
    let id = event.id();
    let json = Forged::of(&event).json();
    let right = [
        format!(r#"["OK","{id}",true,""]"#),
        format!(r#"["OK","{id}",true,"duplicate: known"]"#),
        format!(r#"["OK","{id}",false,"pow: 1 is less than 2"]"#),
        r#"["CLOSED","s","error: stopping"]"#.to_owned(),
        r#"["CLOSED","s","unsupported: this"]"#.to_owned(),
        r#"["NOTICE","anything"]"#.to_owned(),
        format!(r#"["EVENT","s",{json}]"#),
    ];
    for text in right {
        assert!(reads(&text), "{text}");
    }
    let wrong = [
        format!(r#"["OK","{id}",true]"#),
        format!(r#"["OK","{id}",false,""]"#),
        format!(r#"["OK","{id}",false,"no prefix"]"#),
        format!(r#"["OK","{id}",false,"replaced: newer"]"#),
        format!(r#"["OK","{id}",false,"ERROR: bad"]"#),
        format!(r#"["OK","{id}",false,"unsupported: this"]"#),
        r#"["CLOSED","s","closed: bye"]"#.to_owned(),
        format!(r#"["OK","{id}","true",""]"#),
        r#"["OK","abc",true,""]"#.to_owned(),
        r#"["CLOSED","s",""]"#.to_owned(),
        r#"["CLOSED","s"]"#.to_owned(),
        r#"["NOTICE",{}]"#.to_owned(),
        r#"["NOTICE","s","x"]"#.to_owned(),
        r#"["EOSE"]"#.to_owned(),
        format!(r#"["EVENT",{json}]"#),
        format!(
            r#"["EVENT","s",{}]"#,
            Forged::of(&event).with("content", "\"x\"").json()
        ),
        format!(
            r#"["EVENT","s",{}]"#,
            Forged::of(&event).and("x", "1").json()
        ),
    ];
    for text in wrong {
        assert!(!reads(&text), "{text}");
    }
}
