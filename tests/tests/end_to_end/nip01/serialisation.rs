//! What is hashed, and that what is served is what was received (NIP01-36 to NIP01-42).
//!
//! Ids are computed here by other means than the relay's: by hand, or by `serde_json`, which
//! escapes as NIP-01 demands.

use nostr_sdk::JsonUtil;
use nostr_sdk::hashes::{Hash, sha256};
use serde_json::{Value, json};

use crate::events::{Dice, Forged, MOMENT, note, pubkey};
use crate::harness::{Reply, Socket, TestRelay};

/// The serialisation of a note by key 1, with tags and content in JSON.
fn serialised(tags: &str, content: &str) -> String {
    format!("[0,\"{}\",{MOMENT},1,{tags},{content}]", pubkey(1))
}

async fn is_accepted(socket: &mut Socket, forged: &Forged) -> bool {
    socket.send_text(forged.message()).await;
    match socket.receive().await {
        Reply::Ok(answer) if answer.accepted => {
            answer.stored();
            true
        }
        Reply::Ok(answer) => {
            answer.refused_with("invalid");
            false
        }
        other => panic!("{other:?}"),
    }
}

fn id_of(forged: &Forged) -> String {
    forged.get("id").trim_matches('"').to_owned()
}

#[tokio::test]
async fn nip01_36_only_the_exact_serialisation_is_hashed() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let key = pubkey(1);
    let right = serialised("[]", "\"\"");
    let vector = Forged::hashed(1, &right, "[]", "\"\"");
    assert_eq!(
        id_of(&vector),
        "1868e8ad4ca66b7a9bb6ddaaecde6e5cc5d11682e87abb650a6ce8853854ef05"
    );
    let wrong = [
        right.replace(',', ", "),
        format!(" {right}"),
        format!("{right}\n"),
        right.replacen("0,", "\"0\",", 1),
        right.replacen("0,", "", 1),
        right.replace("1700000000", "1.7e9"),
        right.replace("1700000000", "1700000000.0"),
        right.replace("1700000000", "\"1700000000\""),
        right.replace(key.to_string().as_str(), &key.to_string().to_uppercase()),
        format!("[0,\"{key}\",1,{MOMENT},[],\"\"]"),
    ];
    for serialised in wrong {
        let forged = Forged::hashed(1, &serialised, "[]", "\"\"");
        assert!(!is_accepted(&mut socket, &forged).await, "{serialised}");
    }
    assert!(is_accepted(&mut socket, &vector).await);
}

#[tokio::test]
async fn nip01_37_seven_characters_are_escaped_by_a_letter() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let content = r#""lf\n quote\" bs\\ cr\r tab\t bs\b ff\f end""#;
    let vector = Forged::hashed(1, &serialised("[]", content), "[]", content);
    assert_eq!(
        id_of(&vector),
        "0bbe94fcebe6548108ec51cedeca67b8414e375be2459661590f93369e580f02"
    );
    assert!(is_accepted(&mut socket, &vector).await);
    let other_spellings = [
        (r"\n", r"\u000a"),
        (r#"\""#, r"\u0022"),
        (r"\\", r"\u005c"),
        (r"\r", r"\u000d"),
        (r"\t", r"\u0009"),
        (r"\b", r"\u0008"),
        (r"\f", r"\u000c"),
    ];
    for (letter, number) in other_spellings {
        let content = format!("\"<{letter}>\"");
        let numbered = format!("\"<{number}>\"");
        // Whichever way it is written in the message, it is hashed with the letter.
        let right = Forged::hashed(1, &serialised("[]", &content), "[]", &numbered);
        assert!(is_accepted(&mut socket, &right).await, "{letter}");
        let wrong = Forged::hashed(1, &serialised("[]", &numbered), "[]", &content);
        assert!(!is_accepted(&mut socket, &wrong).await, "{number}");
    }
}

#[tokio::test]
async fn nip01_38_everything_else_is_hashed_as_it_is() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let content = "\"a/b <c> & \u{7f} \u{2028} \u{2029} é 日本 😀\"";
    let vector = Forged::hashed(1, &serialised("[]", content), "[]", content);
    assert_eq!(
        id_of(&vector),
        "456fc3bdde9033719ef578554629986a3feab4b622cb85a0616ae3589b06dec1"
    );
    assert!(is_accepted(&mut socket, &vector).await);
    let escapes = [
        ("/", r"\/"),
        ("<", r"\u003c"),
        (">", r"\u003e"),
        ("&", r"\u0026"),
        ("\u{7f}", r"\u007f"),
        ("\u{80}", r"\u0080"),
        ("\u{2028}", r"\u2028"),
        ("\u{2029}", r"\u2029"),
        ("é", r"\u00e9"),
        ("日", r"\u65e5"),
        ("😀", r"\ud83d\ude00"),
        ("\u{fdd1}", r"\ufdd1"),
        ("\u{ffff}", r"\uffff"),
        ("\u{fffe}", r"\ufffe"),
        ("\u{feff}", r"\ufeff"),
        ("\u{10ffff}", r"\udbff\udfff"),
    ];
    for (character, escape) in escapes {
        let content = format!("\"<{character}>\"");
        let escaped = format!("\"<{escape}>\"");
        let right = Forged::hashed(1, &serialised("[]", &content), "[]", &escaped);
        assert!(is_accepted(&mut socket, &right).await, "{escape}");
        let wrong = Forged::hashed(1, &serialised("[]", &escaped), "[]", &content);
        assert!(!is_accepted(&mut socket, &wrong).await, "{escape}");
        let served = socket.query(json!({"ids": [id_of(&right)]})).await;
        assert_eq!(served[0].content(), format!("<{character}>"));
    }
}

#[tokio::test]
async fn nip01_39_con_04_other_control_characters_are_accepted_in_both_hash_forms() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let verbatim = Forged::hashed(1, &serialised("[]", "\"a\u{1}b\""), "[]", r#""a\u0001b""#);
    let escaped = Forged::hashed(1, &serialised("[]", r#""a\u0001b""#), "[]", r#""a\u0001b""#);
    assert_eq!(
        [id_of(&verbatim), id_of(&escaped)],
        [
            "1de696096cbd038f2259db62d16fdb84e0c1ca2887e3a0cb581443bdc6130819",
            "0f8048f56ac7b672dcce8e44bf37294ed15345c228c24afe07339ddf85772a22",
        ]
    );
    let seven = ['\n', '"', '\\', '\r', '\t', '\u{8}', '\u{c}'];
    for character in ('\0'..='\u{1f}').filter(|character| !seven.contains(character)) {
        let escape = format!("\\u{:04x}", u32::from(character));
        let in_tags = format!("[[\"t\",\"{escape}\"]]");
        let in_content = format!("\"{escape}\"");
        for hashed_as in [character.to_string(), escape.clone()] {
            let content = serialised("[]", &format!("\"{hashed_as}\""));
            let content = Forged::hashed(1, &content, "[]", &in_content);
            assert!(
                is_accepted(&mut socket, &content).await,
                "{escape} as {hashed_as:?}"
            );
            let tags = serialised(&format!("[[\"t\",\"{hashed_as}\"]]"), "\"\"");
            let tags = Forged::hashed(1, &tags, &in_tags, "\"\"");
            assert!(
                is_accepted(&mut socket, &tags).await,
                "{escape} as {hashed_as:?} in a tag"
            );
            for forged in [content, tags] {
                let served = socket.query(json!({"ids": [id_of(&forged)]})).await;
                let served: Value = serde_json::from_str(served[0].json()).unwrap();
                assert_eq!(
                    served,
                    serde_json::from_str::<Value>(&forged.json()).unwrap()
                );
            }
        }
    }
    // There is no third form.
    let upper = Forged::hashed(1, &serialised("[]", r#""\u001F""#), "[]", r#""\u001f""#);
    assert!(!is_accepted(&mut socket, &upper).await);
}

#[tokio::test]
async fn nip01_40_41_tags_are_hashed_like_content_and_nothing_is_normalised() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let tags = |cafe: &str| format!(r#"[["t","{cafe}"],["x","line\nbreak","\"q\""]]"#);
    let (composed, decomposed) = (tags("caf\u{e9}"), tags("cafe\u{301}"));
    let vectors = [
        (
            &composed,
            "518367e93e2f7cb6f05dc0070ca038b98d5ecdb32ad211d9cab2cfbca6ee2b6b",
        ),
        (
            &decomposed,
            "1f2098ac4ccb2c04d6479f0b28925aa5843950357ca38a09870bf248e5d90fd3",
        ),
    ];
    for (tags, id) in vectors {
        let vector = Forged::hashed(1, &serialised(tags, "\"\""), tags, "\"\"");
        assert_eq!(id_of(&vector), id);
        assert!(is_accepted(&mut socket, &vector).await);
    }
    for (hashed, sent) in [(&composed, &decomposed), (&decomposed, &composed)] {
        let mixed = Forged::hashed(1, &serialised(hashed, "\"\""), sent, "\"\"");
        assert!(!is_accepted(&mut socket, &mixed).await);
        let (hashed, sent) = (json!(hashed).to_string(), json!(sent).to_string());
        let mixed = Forged::hashed(1, &serialised("[]", &hashed), "[]", &sent);
        assert!(!is_accepted(&mut socket, &mixed).await);
    }
    // Neither is it when searched.
    let found = socket.query(json!({"#t": ["cafe\u{301}"]})).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id().to_string(), vectors[1].1);

    let escapes = [
        ("/", r"\/"),
        ("\u{7f}", r"\u007f"),
        ("é", r"\u00e9"),
        (r"\n", r"\u000a"),
    ];
    for (right, wrong) in escapes {
        let tags = |text: &str| format!("[[\"{text}\",\"{text}\",\"{text}\"]]");
        let hashed = serialised(&tags(right), "\"\"");
        let forged = Forged::hashed(1, &hashed, &tags(wrong), "\"\"");
        assert!(is_accepted(&mut socket, &forged).await, "{right}");
        let hashed = serialised(&tags(wrong), "\"\"");
        let forged = Forged::hashed(1, &hashed, &tags(right), "\"\"");
        assert!(!is_accepted(&mut socket, &forged).await, "{wrong}");
    }
}

/// One spelling of `text` as a JSON string; there are many.
fn spelled(text: &str, dice: &mut Dice) -> String {
    let mut json = "\"".to_owned();
    for character in text.chars() {
        let must = character < ' ' || character == '"' || character == '\\';
        match dice.below(4) {
            0 => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    json.push_str(&format!("\\u{unit:04X}"));
                }
            }
            1 if character == '/' => json.push_str("\\/"),
            _ if must => json.push_str(json!(character).to_string().trim_matches('"')),
            _ => json.push(character),
        }
    }
    // The quotes of an escaped quote are trimmed above as well.
    json.push('"');
    json
}

#[tokio::test]
async fn nip01_42_what_is_served_is_what_was_received() {
    const EVENTS: u64 = 150;
    // No control characters beyond the seven: other programs do not agree on those.
    const ALPHABET: [&str; 24] = [
        "a",
        "Z",
        "0",
        " ",
        "\n",
        "\r",
        "\t",
        "\u{8}",
        "\u{c}",
        "/",
        "<",
        "&",
        "'",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "é",
        "e\u{301}",
        "ß",
        "日本",
        "😀",
        "\u{fdd1}",
        "\u{10ffff}",
        "{}[],:",
    ];
    let mut relay = TestRelay::start().await;
    let mut dice = Dice(42);
    let mut text = |longest: usize| -> String {
        let length = dice.below(longest);
        (0..length).map(|_| *dice.pick(&ALPHABET)).collect()
    };
    let mut received: Vec<(String, Value)> = Vec::new();
    let mut messages = Vec::new();
    let mut spelling = Dice(7);
    for at in 0..EVENTS {
        let tags: Vec<Vec<String>> = (0..text(6).len() % 5)
            .map(|_| (0..=text(4).len() % 4).map(|_| text(6)).collect())
            .collect();
        let content = text(40);
        let id = {
            let array = json!([0, pubkey(1), at, 1, tags, content]).to_string();
            sha256::Hash::hash(array.as_bytes()).to_string()
        };
        let mut draft = note(1).at(at).content(content.as_str());
        for tag in &tags {
            draft = draft.tag(&tag.iter().map(String::as_str).collect::<Vec<_>>());
        }
        let event = draft.signed();
        let spelled_tags: Vec<String> = tags
            .iter()
            .map(|tag| {
                let items: Vec<String> = tag
                    .iter()
                    .map(|item| spelled(item, &mut spelling))
                    .collect();
                format!("[{}]", items.join(","))
            })
            .collect();
        let forged = Forged::of(&event)
            .with("id", &format!("\"{id}\""))
            .with("tags", &format!("[{}]", spelled_tags.join(" ,")))
            .with("content", &spelled(&content, &mut spelling));
        let value = json!({"id": id, "pubkey": pubkey(1), "created_at": at, "kind": 1,
            "tags": tags, "content": content, "sig": event.sig().to_string()});
        messages.push(forged.message());
        received.push((id, value));
    }
    let mut socket = relay.connect().await;
    let mut live = relay.connect().await;
    live.req("live", json!({})).await;
    for (message, (id, _)) in messages.into_iter().zip(&received) {
        socket.send_text(message.as_str()).await;
        match socket.receive().await {
            Reply::Ok(answer) if &answer.id.to_string() == id => {
                assert!(answer.accepted, "{answer:?} to {message}");
            }
            other => panic!("{other:?} to {message}"),
        }
    }
    let check = |json: &str, (id, value): &(String, Value)| {
        assert_eq!(&serde_json::from_str::<Value>(json).unwrap(), value);
        let foreign = nostr_sdk::Event::from_json(json).unwrap();
        assert_eq!(&foreign.id.to_string(), id);
        foreign.verify().unwrap();
    };
    for expected in &received {
        check(live.expect_event("live").await.json(), expected);
    }
    drop((socket, live));
    for _ in 0..2 {
        let stored = relay.connect().await.query(json!({})).await;
        assert_eq!(stored.len(), received.len());
        for (event, expected) in stored.iter().zip(received.iter().rev()) {
            check(event.json(), expected);
        }
        relay.restart().await;
    }
}
