//! NIP-42, authentication, line by line.

use std::collections::BTreeSet;

use kith_relay::Config;
use kith_relay::transfer::import;
use serde_json::json;

use crate::clock::in_one_second;
use crate::events::{Forged, Note, note, now, pubkey};
use crate::harness::{Answer, Reply, Socket, TestRelay, assert_prefix, within_deadline};

/// How far the time of an authentication may be from now.
const DISTANCE_SECONDS_MAX: u64 = 600;

/// Begins an authentication event by the key `number`.
fn authentication(number: u32, relay: &str, challenge: &str) -> Note {
    note(number)
        .kind(22_242)
        .at(now())
        .tag(&["relay", relay])
        .tag(&["challenge", challenge])
}

async fn send(socket: &mut Socket, note: &Note) -> Answer {
    let event = note.signed();
    socket
        .send_text(format!(r#"["AUTH",{}]"#, event.json()))
        .await;
    socket.expect_ok(event.id()).await
}

/// Whether a protected event by the key `number` is taken here: whether it is authenticated.
async fn is_authenticated(socket: &mut Socket, number: u32) -> bool {
    let event = note(number).tag(&["-"]).content(format!("{}", now()));
    let answer = socket.event(&event.signed()).await;
    if !answer.accepted {
        let (word, _) = answer.message.split_once(':').unwrap();
        assert!(
            ["auth-required", "restricted"].contains(&word),
            "{answer:?}"
        );
    }
    answer.accepted
}

#[tokio::test]
async fn nip42_01_every_connection_is_greeted_with_a_challenge_of_its_own() {
    let relay = TestRelay::start().await;
    let mut challenges = BTreeSet::new();
    for _ in 0..50 {
        let socket = relay.connect().await;
        // In hexadecimal, 16 bytes are 32 characters; other spellings take more than 20.
        assert!(socket.challenge().len() >= 32, "{}", socket.challenge());
        assert!(challenges.insert(socket.challenge().to_owned()));
    }
    let texts: Vec<&String> = challenges.iter().collect();
    let alike = |pair: &[&String]| {
        let (a, b) = (pair[0].chars(), pair[1].chars());
        a.zip(b).filter(|(a, b)| a == b).count()
    };
    // Neighbours in order, as a counter would make them, have most characters in common.
    assert!(texts.windows(2).all(|pair| alike(pair) < 20));
}

#[tokio::test]
async fn nip42_02_every_authentication_gets_exactly_one_answer() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let challenge = socket.challenge().to_owned();
    let good = authentication(1, &relay.url(), &challenge);
    send(&mut socket, &good).await.stored();
    socket.nothing_more().await;
    send(&mut socket, &good).await.stored();
    socket.nothing_more().await;
    let bad = authentication(1, &relay.url(), "wrong");
    send(&mut socket, &bad).await.refused_with("invalid");
    socket.nothing_more().await;
    let event = good.signed();
    let shapeless = Forged::of(&event).with("kind", "\"x\"");
    socket
        .send_text(format!("[\"AUTH\",{}]", shapeless.json()))
        .await;
    socket.expect_ok(event.id()).await.refused_with("invalid");
    for nameless in ["[\"AUTH\"]", "[\"AUTH\",\"challenge\"]", "[\"AUTH\",{}]"] {
        socket.send_text(nameless).await;
        socket.expect_notice("invalid").await;
    }
    socket.nothing_more().await;
}

#[tokio::test]
async fn nip42_03_a_right_answer_authenticates() {
    let relay = TestRelay::start().await;
    for distance in [0_i64, 60, -60, 599, -599] {
        let mut socket = relay.connect().await;
        let challenge = socket.challenge().to_owned();
        assert!(!is_authenticated(&mut socket, 1).await);
        let time = now().checked_add_signed(distance).unwrap();
        let event = authentication(1, &relay.url(), &challenge).at(time);
        send(&mut socket, &event).await.stored();
        assert!(is_authenticated(&mut socket, 1).await, "{distance}");
    }
    // Exactly at the boundary.
    let mut socket = relay.connect().await;
    let challenge = socket.challenge().to_owned();
    for ahead in [true, false] {
        let answers = in_one_second(async |now| {
            let at = |distance| match ahead {
                true => now + distance,
                false => now - distance,
            };
            let good = authentication(1, &relay.url(), &challenge);
            let last = send(&mut socket, &good.clone().at(at(DISTANCE_SECONDS_MAX))).await;
            let beyond = send(&mut socket, &good.at(at(DISTANCE_SECONDS_MAX + 1))).await;
            (last, beyond)
        });
        let (last, beyond) = answers.await;
        last.stored();
        beyond.refused_with("invalid");
    }
}

#[tokio::test]
async fn nip42_04_anything_wrong_changes_nothing() {
    let relay = TestRelay::start().await;
    let (url, port) = (relay.url(), relay.address().port());
    let other = relay.connect().await;
    let mut socket = relay.connect().await;
    let challenge = socket.challenge().to_owned();
    let good = || authentication(1, &url, &challenge);
    let mut wrong = vec![
        good().kind(1),
        good().kind(22_241),
        good().at(now() - 1_800),
        good().at(now() + 1_800),
        good().at(0),
        authentication(1, &url, other.challenge()),
        authentication(1, &url, ""),
        authentication(1, &url, "x"),
        authentication(1, &url, &challenge[1..]),
        authentication(1, &url, &format!("{challenge}0")),
        authentication(1, &url, &challenge.to_uppercase()).tag(&["challenge", "x"]),
        note(1).kind(22_242).at(now()),
        note(1).kind(22_242).at(now()).tag(&["relay", &url]),
        note(1)
            .kind(22_242)
            .at(now())
            .tag(&["challenge", &challenge]),
    ];
    // Upper case is another challenge, unless there are no letters in it.
    if challenge == challenge.to_uppercase() {
        wrong.remove(10);
    }
    for relay in [
        "ws://relay.example.com",
        &format!("ws://relay.example.com:{port}"),
        &format!("ws://127.0.0.1:{}", port ^ 1),
        "127.0.0.1",
        "not a url",
        "",
        &format!("http://127.0.0.1:{port}"),
        &format!("ws://127.0.0.1:{port}.example.com"),
        &format!("ws://127.0.0.1:{port}@example.com"),
    ] {
        wrong.push(authentication(1, relay, &challenge));
    }
    for attempt in &wrong {
        send(&mut socket, attempt).await.refused_with("invalid");
        assert!(!is_authenticated(&mut socket, 1).await);
    }
    let event = good().signed();
    let signature = good().content("other").signed().sig().to_hex();
    let forgeries = [
        Forged::of(&event).with("sig", &format!("\"{signature}\"")),
        Forged::of(&event).with("content", "\"changed\""),
        Forged::of(&event).with("pubkey", &format!("\"{}\"", pubkey(2))),
    ];
    for forged in forgeries {
        socket
            .send_text(format!("[\"AUTH\",{}]", forged.json()))
            .await;
        socket.expect_ok(event.id()).await.refused_with("invalid");
        assert!(!is_authenticated(&mut socket, 1).await);
        assert!(!is_authenticated(&mut socket, 2).await);
    }
    send(&mut socket, &good()).await.stored();
    assert!(is_authenticated(&mut socket, 1).await);
}

#[tokio::test]
async fn nip42_05_what_does_not_matter_in_the_address() {
    let relay = TestRelay::start_with(|config| {
        config.server.public_url = Some("wss://relay.example.com".to_owned());
        config.server.aliases = vec!["ws://alias.example.com:7777/nostr".to_owned()];
    })
    .await;
    let port = relay.address().port();
    let socket_named = [
        format!("ws://127.0.0.1:{port}"),
        format!("ws://127.0.0.1:{port}/"),
        format!("wss://127.0.0.1:{port}"),
        format!("WS://LocalHost:{port}"),
    ];
    let named = [
        "wss://relay.example.com",
        "wss://relay.example.com/",
        "ws://relay.example.com",
        "wss://RELAY.Example.COM",
        "wss://relay.example.com:443",
        "ws://relay.example.com:80/",
        "wss://relay.example.com/some/path",
        "wss://alias.example.com:7777",
        "ws://alias.example.com:7777/nostr/",
        "ws://alias.example.com:7777/other",
    ];
    for url in named
        .into_iter()
        .chain(socket_named.iter().map(String::as_str))
    {
        let mut socket = relay.connect().await;
        let challenge = socket.challenge().to_owned();
        send(&mut socket, &authentication(1, url, &challenge))
            .await
            .stored();
        assert!(is_authenticated(&mut socket, 1).await, "{url}");
    }
    let mut socket = relay.connect().await;
    let challenge = socket.challenge().to_owned();
    for url in [
        "wss://example.com",
        "wss://relay.example.com.evil.example",
        "wss://evil.example/relay.example.com",
        "wss://relay.example.com@evil.example",
        "wss://relay.example.com:444",
        "wss://alias.example.com",
        "wss://other.relay.example.com",
    ] {
        let attempt = authentication(1, url, &challenge);
        send(&mut socket, &attempt).await.refused_with("invalid");
    }
    assert!(!is_authenticated(&mut socket, 1).await);
}

#[tokio::test]
async fn nip42_06_several_keys_on_one_connection() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    for key in 1..=5 {
        socket.authenticate(key).await.stored();
        for other in 1..=6 {
            let expected = other <= key;
            assert_eq!(is_authenticated(&mut socket, other).await, expected);
        }
    }
}

#[tokio::test]
async fn nip42_07_a_failure_takes_nothing_away() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let challenge = socket.challenge().to_owned();
    socket.authenticate(1).await.stored();
    for attempt in [
        authentication(1, &relay.url(), "wrong"),
        authentication(1, "ws://relay.example.com", &challenge),
        authentication(2, &relay.url(), "wrong"),
        authentication(1, &relay.url(), &challenge).at(0),
    ] {
        send(&mut socket, &attempt).await.refused_with("invalid");
        assert!(is_authenticated(&mut socket, 1).await);
        assert!(!is_authenticated(&mut socket, 2).await);
    }
}

#[tokio::test]
async fn nip42_08_authentication_events_are_for_nobody_else() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.authenticate(1).await.stored();
    let mut live = relay.connect().await;
    live.authenticate(1).await.stored();
    let filters = [
        json!({}),
        json!({"kinds": [22_242]}),
        json!({"authors": [pubkey(1)]}),
    ];
    for (index, filter) in filters.iter().enumerate() {
        live.req(&index.to_string(), filter.clone()).await;
    }
    let challenge = socket.challenge().to_owned();
    let event = authentication(1, &relay.url(), &challenge).signed();
    socket.event(&event).await.refused_with("invalid");
    socket.authenticate(2).await.stored();
    live.nothing_delivered().await;
    for filter in filters {
        assert!(
            !socket
                .query(filter)
                .await
                .iter()
                .any(|event| event.kind().as_u16() == 22_242)
        );
    }
    let by_id = json!({"ids": [event.id()]});
    assert_eq!(socket.query(by_id.clone()).await, []);
    assert_eq!(socket.count(by_id).await, 0);
}

#[tokio::test]
async fn nip42_08_nor_are_those_that_an_operator_imports() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.jsonl");
    let event = authentication(1, "ws://relay.example.com", "stolen").signed();
    let other = note(1).signed();
    std::fs::write(&file, format!("{}\n{}\n", event.json(), other.json())).unwrap();
    let mut config = Config::default();
    config.data.folder = folder.path().join("data");
    import(&config, &file, None, std::future::pending())
        .await
        .unwrap();
    let data = config.data.folder;
    let relay = TestRelay::start_with(|config| config.data.folder = data).await;
    let mut socket = relay.connect().await;
    socket.authenticate(1).await.stored();
    for filter in [
        json!({}),
        json!({"ids": [event.id()]}),
        json!({"kinds": [1, 22_242]}),
        json!({"kinds": [22_242], "authors": [pubkey(1)]}),
    ] {
        let found = socket.query(filter.clone()).await;
        assert!(!found.contains(&event), "{filter}");
        assert_eq!(socket.count(filter).await, found.len() as u64);
    }
    assert_eq!(socket.query(json!({})).await, [other]);
}

#[tokio::test]
async fn nip42_09_the_challenge_comes_before_what_needs_it() {
    let relay = TestRelay::start_with(|config| config.features.auth = false).await;
    // None of these was greeted.
    let mut sockets = Vec::new();
    for _ in 0..4 {
        sockets.push(relay.connect().await);
    }
    relay.reload(&[("KITH_RELAY_FEATURES_AUTH", "true")]);
    let protected = note(1).tag(&["-"]).signed();
    // Until then protected events are blocked.
    let mut probe = Socket::connect(&relay.url(), false).await;
    let in_force = within_deadline("the new configuration", async {
        loop {
            probe.send_event(&protected).await;
            match probe.receive().await {
                Reply::Auth(_) => break,
                Reply::Ok(answer) => answer.refused_with("blocked"),
                other => panic!("{other:?}"),
            }
        }
    });
    in_force.await;
    for (socket, action) in sockets
        .iter_mut()
        .zip(["EVENT", "REQ", "COUNT", "NEG-OPEN"])
    {
        let text = match action {
            "EVENT" => format!("[\"EVENT\",{}]", protected.json()),
            "NEG-OPEN" => r#"["NEG-OPEN","x",{"kinds":[1059]},"6100000200"]"#.to_owned(),
            _ => format!(r#"["{action}","x",{{"kinds":[1059]}}]"#),
        };
        socket.send_text(text.as_str()).await;
        let challenge = match socket.receive().await {
            Reply::Auth(challenge) => challenge,
            other => panic!("{other:?} before a challenge"),
        };
        match action {
            "EVENT" => socket
                .expect_ok(protected.id())
                .await
                .refused_with("auth-required"),
            "NEG-OPEN" => match socket.receive().await {
                Reply::NegErr { message, .. } => assert_prefix(&message, "auth-required"),
                other => panic!("{other:?}"),
            },
            _ => drop(socket.expect_closed("x", "auth-required").await),
        }
        // Once: the second time it is known.
        socket.send_text(text).await;
        match socket.receive().await {
            Reply::Auth(again) => panic!("{again} after {challenge}"),
            Reply::Ok(answer) => answer.refused_with("auth-required"),
            Reply::Closed { .. } | Reply::NegErr { .. } => {}
            other => panic!("{other:?}"),
        }
        let event = authentication(1, &relay.url(), &challenge);
        send(socket, &event).await.stored();
    }
}

#[tokio::test]
async fn nip42_10_the_wrong_key_is_restricted() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.authenticate(2).await.stored();
    let protected = note(1).tag(&["-"]).signed();
    socket.event(&protected).await.refused_with("restricted");
    let foreign = json!({"kinds": [1_059], "#p": [pubkey(1)]});
    socket.send_req("x", foreign.clone()).await;
    socket.expect_closed("x", "restricted").await;
    socket.send(json!(["COUNT", "x", foreign])).await;
    socket.expect_closed("x", "restricted").await;
}

#[tokio::test]
async fn nip42_11_nothing_carries_over_to_another_connection() {
    let relay = TestRelay::start().await;
    let mut before = relay.connect().await;
    let mut socket = relay.connect().await;
    socket.authenticate(1).await.stored();
    let mut after = relay.connect().await;
    for other in [&mut before, &mut after] {
        assert!(!is_authenticated(other, 1).await);
        other.send_req("x", json!({"kinds": [1_059]})).await;
        other.expect_closed("x", "auth-required").await;
    }
    // Nor does the event that authenticated there.
    let stolen = authentication(1, &relay.url(), socket.challenge());
    send(&mut after, &stolen).await.refused_with("invalid");
    socket.leave().await;
    let mut again = relay.connect().await;
    assert!(!is_authenticated(&mut again, 1).await);
    send(&mut again, &stolen).await.refused_with("invalid");
}

#[tokio::test]
async fn nip42_15_open_subscriptions_see_what_their_reader_may_see_now() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut reader = relay.connect().await;
    let recipient = pubkey(2).to_string();
    let wrap = |content: &str| {
        let wrap = note(1).kind(1_059).tag(&["p", &recipient]);
        wrap.content(content).signed()
    };
    let (stored, missed, live) = (wrap("stored"), wrap("missed"), wrap("live"));
    socket.accept(&stored).await;
    assert_eq!(reader.req("all", json!({})).await, []);
    socket.accept(&missed).await;
    reader.nothing_delivered().await;
    reader.authenticate(3).await.stored();
    assert_eq!(reader.query(json!({})).await.len(), 0);
    reader.authenticate(2).await.stored();
    // What is past is not sent again; what is new is.
    reader.nothing_delivered().await;
    socket.accept(&live).await;
    assert_eq!(reader.expect_event("all").await, live);
    reader.nothing_delivered().await;
    let wraps = json!({"kinds": [1_059], "#p": [recipient]});
    assert_eq!(reader.req("new", wraps).await.len(), 3);
}
