//! Frames and shapes of messages.

use super::*;

#[tokio::test]
async fn nip01_03_text_that_is_not_utf8_ends_the_connection() {
    let relay = plain();
    let mut client = relay.connect().await;
    let bytes = Bytes::from_static(b"[\"EVENT\xff\"]");
    let frame = Frame::message(bytes, OpCode::Data(Data::Text), true);
    client.socket.send(Message::Frame(frame)).await.unwrap();
    assert_eq!(client.close_code().await, 1007);
    assert_eq!(client.ending().await, Ending::NotUtf8);
}

#[tokio::test]
async fn nip01_04_binary_messages_are_not_read() {
    let relay = plain();
    let mut client = relay.connect().await;
    let note = event(ALICE, 1, &[], "");
    let text = format!("[\"EVENT\",{}]", note.json());
    client.socket.send(Message::binary(text)).await.unwrap();
    client.expect_refusal(&[json!("NOTICE")], "invalid").await;
    client.expect_silence().await;
    assert!(!relay.store.holds(note.id()));
}

#[tokio::test]
async fn nip01_05_pings_are_answered_also_between_fragments() {
    let relay = plain();
    let mut client = relay.connect().await;
    let part = |text: &'static str, data, last| {
        let bytes = Bytes::from_static(text.as_bytes());
        Message::Frame(Frame::message(bytes, OpCode::Data(data), last))
    };
    let first = part("[\"REQ\",\"a\",", Data::Text, false);
    let last = part("{\"limit\":1}]", Data::Continue, true);
    for message in [first, Message::Ping("there?".into()), last] {
        client.socket.send(message).await.unwrap();
    }
    client
        .socket
        .send(Message::Pong("unasked".into()))
        .await
        .unwrap();
    let Some(Message::Pong(payload)) = client.frame().await else {
        panic!("no pong");
    };
    assert_eq!(payload, "there?");
    client.expect(json!(["EOSE", "a"])).await;
}

#[tokio::test]
async fn nip01_06_a_quiet_client_is_asked_and_kept() {
    let limits = SessionLimits {
        ping_interval_ms: 20,
        ping_timeout_ms: 10_000,
        ..SessionLimits::default()
    };
    let relay = relay(limits, AdmissionPolicy::default());
    let mut client = relay.connect().await;
    client.subscribe("quiet", json!({})).await;
    for _ in 0..3 {
        // Reading the ping answers it.
        assert!(matches!(client.frame().await, Some(Message::Ping(_))));
    }
    let note = event(ALICE, 1, &[], "still there");
    relay.store.publish(&note);
    client.expect_event("quiet", &note).await;
}

#[tokio::test]
async fn nip01_06_a_client_that_is_gone_is_dropped() {
    let limits = SessionLimits {
        ping_interval_ms: 10,
        ping_timeout_ms: 10,
        ..SessionLimits::default()
    };
    let relay = relay(limits, AdmissionPolicy::default());
    // Never reads, so never answers.
    let client = relay.connect_silently().await;
    assert_eq!(client.dropped().await, Ending::Lost);
}

#[tokio::test]
async fn nip01_07_and_08_messages_at_and_over_the_limit() {
    let limits = SessionLimits {
        message_bytes_max: 1_000,
        ..SessionLimits::default()
    };
    let message = |bytes: usize| {
        let empty = json!(["REQ", "long", {"#t": [""]}]).to_string().len();
        json!(["REQ", "long", {"#t": ["x".repeat(bytes - empty)]}]).to_string()
    };
    for surplus in [1, 2, 500, 100_000] {
        let relay = relay(limits.clone(), AdmissionPolicy::default());
        let mut client = relay.connect().await;
        client.text(&format!(" {}\n", message(1_000))).await;
        client.expect(json!(["EOSE", "long"])).await;
        let too_long = Message::text(message(1_000 + surplus));
        let sent = client
            .socket
            .feed(too_long)
            .await
            .and(client.socket.flush().await);
        // A very long message may find the relay gone before its end.
        if sent.is_ok() {
            client.expect_refusal(&[json!("NOTICE")], "invalid").await;
            assert_eq!(client.close_code().await, 1009);
        }
        assert_eq!(client.ending().await, Ending::MessageTooLong);
        assert!(relay.context.subscriptions.is_empty());
    }
}

#[tokio::test]
async fn nip01_09_messages_may_be_split_inside_a_character() {
    let relay = plain();
    let mut client = relay.connect().await;
    let text = "[\"CLOSE\",7,\"é\"]".as_bytes();
    let middle = text.iter().position(|byte| *byte > 127).unwrap() + 1;
    let (first, last) = text.split_at(middle);
    for (bytes, data, end) in [(first, Data::Text, false), (last, Data::Continue, true)] {
        let bytes = Bytes::copy_from_slice(bytes);
        let frame = Frame::message(bytes, OpCode::Data(data), end);
        client.socket.send(Message::Frame(frame)).await.unwrap();
    }
    client.expect_refusal(&[json!("NOTICE")], "invalid").await;
    client.expect_silence().await;
}

#[tokio::test]
async fn nip01_14_to_18_and_62_and_97_and_100_malformed_messages_get_a_notice() {
    let relay = plain();
    let mut client = relay.connect().await;
    for text in [
        "hello",
        "{}",
        "[]",
        "[1]",
        "[null]",
        "[\"HELLO\"]",
        "[\"event\",{}]",
        "[\"EVENT\"]",
        "[\"EVENT\",{}]",
        "[\"EVENT\",7]",
        "[\"REQ\"]",
        "[\"REQ\",\"\",{}]",
        "[\"REQ\",7,{}]",
        "[\"CLOSE\"]",
        "[\"CLOSE\",7]",
        "[\"AUTH\",{}]",
        "[\"REQ\",\"a\",{},]",
        "",
    ] {
        client.text(text).await;
        client.expect_refusal(&[json!("NOTICE")], "invalid").await;
    }
    client.text(" [ \"\\u0052EQ\" , \"a\\/b\" , { } ] \n").await;
    client.expect(json!(["EOSE", "a/b"])).await;
    client.expect_silence().await;
}
