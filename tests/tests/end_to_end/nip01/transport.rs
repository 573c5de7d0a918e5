//! Frames, messages and connections (NIP01-01 to NIP01-12).

use serde_json::{Value, json};

use crate::events::{Forged, note};
use crate::harness::{
    Frame, Opcode, RawClient, Reply, Socket, TestRelay, assert_prefix, within_deadline,
};

/// RFC 6455 §7.4.1.
const NOT_UTF8: u16 = 1007;
const TOO_BIG: u16 = 1009;

/// The least that the configuration allows.
const MESSAGE_BYTES_MAX: usize = 1_024;

async fn small_relay() -> TestRelay {
    TestRelay::start_with(|config| {
        config.limits.max_message_length_bytes = MESSAGE_BYTES_MAX;
    })
    .await
}

/// A message of exactly `bytes` bytes that publishes a note, and that note's id.
fn message_of(bytes: usize) -> (String, String) {
    let empty = Forged::of(&note(1).signed()).message().len();
    let event = note(1).content("x".repeat(bytes - empty)).signed();
    let message = Forged::of(&event).message();
    assert_eq!(message.len(), bytes);
    (message, event.id().to_string())
}

async fn expect_stored(client: &mut RawClient) {
    match client.receive_reply().await {
        Reply::Ok(answer) => answer.stored(),
        other => panic!("expected OK, got {other:?}"),
    }
}

#[track_caller]
fn assert_invalid_notice(replies: &[Reply]) {
    match replies {
        [Reply::Notice(text)] => assert_prefix(text, "invalid"),
        other => panic!("expected one NOTICE, got {other:?}"),
    }
}

#[tokio::test]
async fn nip01_01_upgrades_are_taken_on_the_path_of_the_relay_only() {
    let status = async |relay: &TestRelay, path: &str| {
        let (head, _client) = RawClient::upgrade(relay.address(), path, "").await;
        head.split(' ').nth(1).unwrap().to_owned()
    };
    let relay = TestRelay::start_with(|config| config.server.path = "/relay".to_owned()).await;
    assert_eq!(status(&relay, "/relay").await, "101");
    for path in [
        "/", "/relay/", "/relay/x", "/relayx", "/Relay", "/other", "//relay",
    ] {
        assert_eq!(status(&relay, path).await, "404", "{path}");
    }
    let relay = TestRelay::start().await;
    assert_eq!(status(&relay, "/").await, "101");
    for path in ["/relay", "/x/", "//"] {
        assert_eq!(status(&relay, path).await, "404", "{path}");
    }
}

#[tokio::test]
async fn nip01_02_the_query_of_the_address_is_ignored() {
    let relay = TestRelay::start().await;
    for query in ["?x=1", "?", "?a=b&c=%2F&path=/other"] {
        let url = format!("{}/{query}", relay.url());
        let mut socket = Socket::connect(&url, true).await;
        socket.nothing_more().await;
    }
}

#[tokio::test]
async fn nip01_03_text_that_is_not_utf8_ends_the_connection() {
    let relay = TestRelay::start().await;
    // What a relay would store that replaced the broken bytes.
    let event = note(1).content("a\u{fffd}b").signed();
    let message = Forged::of(&event).message();
    let (before, after) = message.split_once('\u{fffd}').unwrap();
    let broken: [&[u8]; 5] = [
        b"\xff",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
    ];
    for bytes in broken {
        let payload = [before.as_bytes(), bytes, after.as_bytes()].concat();
        let mut client = relay.connect_raw().await;
        client
            .send(Frame::whole(Opcode::Text, payload.clone()))
            .await;
        assert_eq!(
            client.farewell().await,
            (vec![], Some(NOT_UTF8)),
            "{bytes:x?}"
        );

        let mut client = relay.connect_raw().await;
        let (first, second) = payload.split_at(before.len() + 1);
        client.send(Frame::part(Opcode::Text, false, first)).await;
        client
            .send(Frame::part(Opcode::Continuation, true, second))
            .await;
        assert_eq!(
            client.farewell().await,
            (vec![], Some(NOT_UTF8)),
            "{bytes:x?} in parts"
        );
    }
    // A message that ends within a character.
    let mut client = relay.connect_raw().await;
    client
        .send(Frame::whole(Opcode::Text, *b"[\"REQ\"]\xc3"))
        .await;
    assert_eq!(client.farewell().await, (vec![], Some(NOT_UTF8)));

    assert_eq!(relay.connect().await.count(json!({})).await, 0);
}

#[tokio::test]
async fn nip01_04_binary_messages_are_refused_and_not_read() {
    let relay = TestRelay::start().await;
    let event = note(1).signed();
    let mut client = relay.connect_raw().await;
    let payloads = [
        Forged::of(&event).message().into_bytes(),
        vec![],
        vec![0xff, 0x00],
    ];
    for payload in payloads {
        client.send(Frame::whole(Opcode::Binary, payload)).await;
        assert_invalid_notice(&[client.receive_reply().await]);
    }
    client.send_text(r#"["COUNT","c",{}]"#).await;
    let count = client.receive_reply().await;
    assert!(matches!(count, Reply::Count { count: 0, .. }), "{count:?}");
}

#[tokio::test]
async fn nip01_05_pings_are_answered_also_between_the_parts_of_a_message() {
    let relay = TestRelay::start().await;
    let mut client = relay.connect_raw().await;
    let longest = vec![0xa5; 125];
    for payload in [b"".as_slice(), b"kith", &longest] {
        client.send(Frame::whole(Opcode::Ping, payload)).await;
        assert_eq!(
            client.receive().await,
            Some(Frame::whole(Opcode::Pong, payload))
        );
    }
    let message = Forged::of(&note(1).signed()).message();
    let (first, rest) = message.split_at(40);
    let (second, third) = rest.split_at(40);
    client.send(Frame::part(Opcode::Text, false, first)).await;
    client.send(Frame::whole(Opcode::Ping, "one")).await;
    assert_eq!(
        client.receive().await,
        Some(Frame::whole(Opcode::Pong, "one"))
    );
    client
        .send(Frame::part(Opcode::Continuation, false, second))
        .await;
    client
        .send(Frame::whole(Opcode::Pong, "nobody asked"))
        .await;
    client.send(Frame::whole(Opcode::Ping, "two")).await;
    assert_eq!(
        client.receive().await,
        Some(Frame::whole(Opcode::Pong, "two"))
    );
    client
        .send(Frame::part(Opcode::Continuation, true, third))
        .await;
    expect_stored(&mut client).await;
}

#[tokio::test]
async fn nip01_06_only_a_client_that_gives_no_sign_of_life_is_dropped() {
    let relay = TestRelay::start_with(|config| {
        config.limits.ping_interval_seconds = 1;
        config.limits.ping_timeout_seconds = 1;
    })
    .await;
    let subscribed = async || {
        let mut client = relay.connect_raw().await;
        client.send_text(r#"["REQ","quiet",{"kinds":[7]}]"#).await;
        assert_eq!(
            client.receive_reply().await,
            Reply::Eose("quiet".to_owned())
        );
        client
    };
    let mut ponging = subscribed().await;
    let mut talking = subscribed().await;
    let mut dead = subscribed().await;
    for _ in 0..2 {
        let ping = ponging.receive().await.unwrap();
        assert_eq!(ping.opcode, Opcode::Ping);
        ponging.send(Frame::whole(Opcode::Pong, ping.payload)).await;

        // No pong, but something.
        assert_eq!(talking.receive().await.unwrap().opcode, Opcode::Ping);
        talking.send_text(r#"["CLOSE","nothing"]"#).await;
    }
    assert_eq!(dead.receive().await.unwrap().opcode, Opcode::Ping);
    while let Some(frame) = dead.receive().await {
        assert_ne!(frame.opcode, Opcode::Text, "{frame:?}");
    }

    let event = note(1).kind(7).signed();
    relay.connect().await.accept(&event).await;
    for client in [&mut ponging, &mut talking] {
        let pushed = loop {
            let frame = client
                .receive()
                .await
                .expect("a client that lives was dropped");
            match frame.opcode {
                Opcode::Ping => client.send(Frame::whole(Opcode::Pong, frame.payload)).await,
                _ => break Reply::read(&String::from_utf8(frame.payload).unwrap()),
            }
        };
        let subscription = "quiet".to_owned();
        assert_eq!(
            pushed,
            Reply::Event {
                subscription,
                event: event.clone()
            }
        );
    }
}

#[tokio::test]
async fn nip01_07_a_message_above_the_limit_is_not_acted_upon_and_ends_the_connection() {
    let relay = small_relay().await;
    let (message, id) = message_of(MESSAGE_BYTES_MAX + 1);

    let mut client = relay.connect_raw().await;
    client.send_text(&message).await;
    let (replies, code) = client.farewell().await;
    assert_eq!(code, Some(TOO_BIG));
    assert_invalid_notice(&replies);

    // Each part is within the limit.
    let mut client = relay.connect_raw().await;
    let (first, second) = message.split_at(message.len() / 2);
    client.send(Frame::part(Opcode::Text, false, first)).await;
    client
        .send(Frame::part(Opcode::Continuation, true, second))
        .await;
    let (replies, code) = client.farewell().await;
    assert_eq!(code, Some(TOO_BIG));
    assert_invalid_notice(&replies);

    // Announced, never sent: nobody waits for a tebibyte, or makes room for it.
    let mut client = relay.connect_raw().await;
    client
        .send_bytes(&[0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4])
        .await;
    assert_eq!(client.farewell().await.1, Some(TOO_BIG));

    let mut socket = relay.connect().await;
    assert_eq!(socket.query(json!({"ids": [id]})).await, []);
}

#[tokio::test]
async fn nip01_08_a_message_of_exactly_the_limit_is_processed() {
    let relay = small_relay().await;
    let mut client = relay.connect_raw().await;
    let (message, id) = message_of(MESSAGE_BYTES_MAX);
    client.send_text(&message).await;
    expect_stored(&mut client).await;
    // The limit counts from the first bracket to the last (NIP-11).
    client.send_text(&format!(" {message}\n")).await;
    match client.receive_reply().await {
        Reply::Ok(answer) => answer.accepted_with("duplicate"),
        other => panic!("{other:?}"),
    }
    let mut socket = relay.connect().await;
    assert_eq!(socket.query(json!({"ids": [id]})).await.len(), 1);

    let relay = TestRelay::start().await;
    let mut client = relay.connect_raw().await;
    let empty = r##"["REQ","x",{"#t":[""]}]"##.len();
    let information = relay.get("/", "Accept: application/nostr+json\r\n").await;
    let (_, information) = information.split_once("\r\n\r\n").unwrap();
    let information: Value = serde_json::from_str(information).unwrap();
    let max = information["limitation"]["max_message_length"]
        .as_u64()
        .unwrap();
    let max = usize::try_from(max).unwrap();
    let value = "x".repeat(max - empty);
    client
        .send_text(&format!(r##"["REQ","x",{{"#t":["{value}"]}}]"##))
        .await;
    assert_eq!(client.receive_reply().await, Reply::Eose("x".to_owned()));
    client
        .send_text(&format!(r##"["REQ","x",{{"#t":["{value}x"]}}]"##))
        .await;
    assert_eq!(client.farewell().await.1, Some(TOO_BIG));
}

#[tokio::test]
async fn nip01_09_a_message_may_come_in_any_parts() {
    let relay = TestRelay::start().await;
    let mut client = relay.connect_raw().await;
    let event = note(1)
        .content("é 日本 😀 e\u{301}")
        .tag(&["t", "Ōsaka 😀"])
        .signed();
    let message = Forged::of(&event).message().into_bytes();
    // Byte by byte cuts every character in all possible places.
    for (index, byte) in message.iter().enumerate() {
        let opcode = if index == 0 {
            Opcode::Text
        } else {
            Opcode::Continuation
        };
        client.send(Frame::part(opcode, false, [*byte])).await;
        if index % 50 == 0 {
            client
                .send(Frame::part(Opcode::Continuation, false, []))
                .await;
        }
    }
    client
        .send(Frame::part(Opcode::Continuation, true, []))
        .await;
    expect_stored(&mut client).await;
    let served = relay
        .connect()
        .await
        .query(json!({"ids": [event.id()]}))
        .await;
    assert_eq!(served, [event]);
}

#[tokio::test]
async fn nip01_10_nothing_is_compressed_that_was_not_negotiated() {
    let relay = TestRelay::start().await;
    let long = note(1).content("compress me ".repeat(500)).signed();
    relay.connect().await.accept(&long).await;
    let offers = [
        "",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
        "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover, x-unknown\r\n",
    ];
    for offer in offers {
        let (head, mut client) = RawClient::upgrade(relay.address(), "/", offer).await;
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        // This relay negotiates no compression. One that did would be held to RFC 7692 here.
        assert!(
            !head.to_lowercase().contains("sec-websocket-extensions"),
            "{head}"
        );
        // The client fails at any reserved bit.
        client.expect_greeting().await;
        client.send_text(r#"["REQ","x",{}]"#).await;
        let subscription = "x".to_owned();
        let event = long.clone();
        assert_eq!(
            client.receive_reply().await,
            Reply::Event {
                subscription,
                event
            }
        );
        assert_eq!(client.receive_reply().await, Reply::Eose("x".to_owned()));
    }
    // A compressed frame out of the blue breaks the protocol: it is neither read nor answered.
    let mut client = relay.connect_raw().await;
    let event = note(2).signed();
    let mut frame = Frame::whole(Opcode::Text, Forged::of(&event).message());
    frame.reserved = 0b100;
    client.send(frame).await;
    let (replies, _) = client.farewell().await;
    assert_eq!(replies, []);
    assert_eq!(
        relay
            .connect()
            .await
            .query(json!({"ids": [event.id()]}))
            .await,
        []
    );
}

#[tokio::test]
async fn nip01_11_messages_sent_without_waiting_are_all_answered() {
    const ROUNDS: u64 = 250;
    let relay = TestRelay::start_with(|config| config.limits.max_subscriptions = 300).await;
    let mut socket = relay.connect().await;
    let mut expected = Vec::new();
    let mut texts = Vec::new();
    for round in 0..ROUNDS {
        let event = note(1).at(round).signed();
        texts.push(Forged::of(&event).message());
        texts.push(format!(r#"["REQ","req {round}",{{"kinds":[2]}}]"#));
        texts.push(format!(r#"["COUNT","count {round}",{{"kinds":[2]}}]"#));
        texts.push(format!(r#"["REQ","closed {round}",{{"foo":1}}]"#));
        expected.push(format!("OK {}", event.id()));
        expected.push(format!("EOSE req {round}"));
        expected.push(format!("COUNT count {round}"));
        expected.push(format!("CLOSED closed {round}"));
    }
    let answers_expected = expected.len();
    socket.send_all(texts).await;
    let mut answered = Vec::new();
    while answered.len() < answers_expected {
        answered.push(match socket.receive().await {
            Reply::Ok(answer) => {
                answer.stored();
                format!("OK {}", answer.id)
            }
            Reply::Eose(subscription) => format!("EOSE {subscription}"),
            Reply::Count {
                query, count: 0, ..
            } => format!("COUNT {query}"),
            Reply::Closed { subscription, .. } => format!("CLOSED {subscription}"),
            other => panic!("{other:?}"),
        });
    }
    answered.sort();
    expected.sort();
    assert_eq!(answered, expected);
    socket.nothing_more().await;
}

#[tokio::test]
async fn nip01_12_with_the_connection_go_its_subscriptions_and_nothing_else() {
    let relay = TestRelay::start().await;
    let mut witness = relay.connect().await;
    witness.req("same", json!({"kinds": [1]})).await;
    let event = note(1).signed();
    for round in 0..20_u64 {
        let mut socket = relay.connect().await;
        socket.req("same", json!({})).await;
        match round {
            0 => socket.accept(&event).await,
            _ => socket.event(&event).await.accepted_with("duplicate"),
        }
        // Some take leave, some do not.
        match round % 2 {
            0 => socket.leave().await,
            _ => drop(socket),
        }
    }
    assert_eq!(witness.expect_event("same").await, event);
    let mut socket = relay.connect().await;
    // Nothing of the old subscription, though it had the same address and id.
    socket.accept(&note(2).signed()).await;
    socket.nothing_delivered().await;
    witness.expect_event("same").await;
    witness.nothing_delivered().await;
}

#[tokio::test]
async fn nip01_12_only_above_the_ceiling_of_an_address_429_is_answered() {
    let relay = TestRelay::start_with(|config| config.limits.connections_per_address_max = 2).await;
    let status = async || {
        let (head, client) = RawClient::upgrade(relay.address(), "/", "").await;
        (head.split(' ').nth(1).unwrap().to_owned(), client)
    };
    let first = relay.connect().await;
    let mut second = relay.connect().await;
    assert_eq!(status().await.0, "429");
    second.nothing_more().await;
    first.leave().await;
    let taken = within_deadline("the place of the first", async {
        while status().await.0 != "101" {
            tokio::task::yield_now().await;
        }
    });
    taken.await;
}
