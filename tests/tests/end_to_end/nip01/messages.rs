//! The shape of messages (NIP01-14 to NIP01-22).

use kith_nips::Event;
use serde_json::json;

use crate::events::{Forged, note};
use crate::harness::{Reply, Socket, TestRelay, assert_prefix};

/// Levels of arrays and objects that a message may have.
const NESTING_LEVELS_MAX: usize = 32;

/// The next message refuses this event: by OK, or by NOTICE where there is no telling which event
/// it is.
async fn expect_refusal(socket: &mut Socket, event: &Event, text: &str) {
    match socket.receive().await {
        Reply::Ok(answer) if answer.id == event.id() => answer.refused_with("invalid"),
        Reply::Notice(reason) => assert_prefix(&reason, "invalid"),
        other => panic!("{other:?} for {text}"),
    }
}

/// The JSON of arrays in arrays.
fn nested(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

#[tokio::test]
async fn nip01_14_what_is_no_message_gets_a_notice() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let texts = [
        "",
        " \n",
        "hello",
        "{}",
        "\"EVENT\"",
        "1",
        "null",
        "[]",
        "[1]",
        "[null,{}]",
        "[true]",
        "[{}]",
        "[[\"EVENT\"]]",
        "[\"EVENT\"",
        "[\"REQ\",\"a\",{}]x",
        "[\"REQ\",\"a\",{}][]",
        "['REQ','a',{}]",
        "[\"REQ\",\"a\",{},]",
        "[\"REQ\",\"a\" {}]",
        "\u{feff}[\"REQ\",\"a\",{}]",
    ];
    for text in texts {
        socket.send_text(text).await;
        match socket.receive().await {
            Reply::Notice(reason) => assert_prefix(&reason, "invalid"),
            other => panic!("{other:?} for {text:?}"),
        }
    }
    socket.nothing_more().await;
    socket.accept(&note(1).signed()).await;
}

#[tokio::test]
async fn nip01_15_an_unknown_verb_gets_a_notice_and_nothing_else() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    let json = event.json();
    let texts = [
        "[\"HELLO\"]".to_owned(),
        "[\"\"]".to_owned(),
        format!("[\"event\",{json}]"),
        format!("[\"EVENT \",{json}]"),
        "[\"req\",\"a\",{}]".to_owned(),
        "[\"Close\",\"a\"]".to_owned(),
        "[\"EOSE\",\"a\"]".to_owned(),
        "[\"NOTICE\",\"hello\"]".to_owned(),
        format!("[\"OK\",\"{}\",true,\"\"]", event.id()),
    ];
    for text in texts {
        socket.send_text(text).await;
        socket.expect_notice("invalid").await;
    }
    socket.nothing_more().await;
    assert_eq!(socket.count(json!({})).await, 0);
}

#[tokio::test]
async fn nip01_16_further_elements_are_ignored() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    let further = r#"1,"x",null,{},["EVENT"]"#;
    socket
        .send_text(format!(r#"["EVENT",{},{further}]"#, event.json()))
        .await;
    socket.expect_ok(event.id()).await.stored();
    assert_eq!(socket.req("a", json!({})).await, [event]);
    socket
        .send_text(format!(r#"["CLOSE","a",{further}]"#))
        .await;
    socket.accept(&note(2).signed()).await;
    socket.nothing_delivered().await;
    // Except where every element is a filter.
    socket.send_text(r#"["REQ","a",{},1]"#).await;
    socket.expect_closed("a", "invalid").await;
    socket.send_text(r#"["COUNT","a",{},1]"#).await;
    socket.expect_closed("a", "invalid").await;
}

#[tokio::test]
async fn nip01_17_any_spelling_of_the_same_json_is_read() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).content("a/b A").tag(&["t", "é"]).signed();
    let forged = Forged::of(&event)
        .with("content", r#""\u0061\/b \u0041""#)
        .with("tags", " [ [\t\"\\u0074\" ,\n\"\\u00E9\" ] ] ");
    let json = forged
        .json()
        .replace("\"sig\"", "\"\\u0073ig\"")
        .replace(",\"kind\":", " ,\r\n\"kind\" : ");
    socket
        .send_text(format!("\r\n\t [ \"\\u0045VENT\" , {json} ] \n"))
        .await;
    socket.expect_ok(event.id()).await.stored();
    socket
        .send_text("[ \"RE\\u0051\",\n\"\\ud83d\\ude00\\/\" , { \"\\u006binds\" : [ 1 ] } ]")
        .await;
    assert_eq!(socket.expect_event("😀/").await, event);
    socket.expect_eose("😀/").await;
}

#[tokio::test]
async fn nip01_18_what_is_not_quite_json_is_refused() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let line = note(1).content("a\nb").tag(&["t", "a\tb"]).signed();
    let replaced = note(1).content("\u{fffd}").tag(&["t", "\u{fffd}"]).signed();
    let plain = note(1).content("plain").signed();
    let of = |event: &Event, member: &str, value: &str| {
        (
            event.clone(),
            Forged::of(event).with(member, value).message(),
        )
    };
    let cases = [
        // Raw control characters in strings; a careless reader gets the event that was signed.
        of(&line, "content", "\"a\nb\""),
        of(&line, "tags", "[[\"t\",\"a\tb\"]]"),
        // Halves of surrogate pairs.
        of(&replaced, "content", r#""\ud800""#),
        of(&replaced, "content", r#""\udc00""#),
        of(&replaced, "tags", r#"[["t","\ud800"]]"#),
        (
            plain.clone(),
            Forged::of(&plain).and("x", r#""\ud800""#).message(),
        ),
        (
            plain.clone(),
            Forged::of(&plain).and("x", r#"{"\ud800x":1}"#).message(),
        ),
        (
            plain.clone(),
            Forged::of(&plain).and("x", "\"a\nb\"").message(),
        ),
        // Other dialects.
        of(&plain, "created_at", "NaN"),
        of(&plain, "created_at", "+1700000000"),
        of(&plain, "created_at", "01700000000"),
        of(&plain, "kind", "0x1"),
        of(&plain, "tags", "[,]"),
        of(&plain, "content", "'plain'"),
        (
            plain.clone(),
            Forged::of(&plain).message().replace("}]", ",}]"),
        ),
        (
            plain.clone(),
            Forged::of(&plain).message().replace("}]", "},]"),
        ),
        (
            plain.clone(),
            Forged::of(&plain).message().replace("}]", "/**/}]"),
        ),
        (
            plain.clone(),
            Forged::of(&plain).and("x", "Infinity").message(),
        ),
        (plain.clone(), Forged::of(&plain).and("x", "[1,]").message()),
    ];
    for (event, text) in cases {
        socket.send_text(text.as_str()).await;
        expect_refusal(&mut socket, &event, &text).await;
    }
    let requests = [
        "[\"REQ\",\"a\nb\",{}]",
        r#"["REQ","\ud800",{}]"#,
        r#"["REQ","a",{"limit":NaN}]"#,
    ];
    for text in requests {
        socket.send_text(text).await;
        socket.expect_notice("invalid").await;
    }
    socket.send_text(r##"["REQ","a",{"#t":["\ud800"]}]"##).await;
    match socket.receive().await {
        Reply::Notice(reason)
        | Reply::Closed {
            message: reason, ..
        } => {
            assert_prefix(&reason, "invalid");
        }
        other => panic!("{other:?}"),
    }
    socket.nothing_more().await;
    assert_eq!(socket.count(json!({})).await, 0);
}

#[tokio::test]
async fn nip01_18_messages_nest_up_to_32_levels() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    // The message and the event are two levels themselves. Whether the levels of an event are
    // counted in it or in its message is left open: one more than either is refused.
    let deepest = Forged::of(&event).and("x", &nested(NESTING_LEVELS_MAX - 2));
    for levels in [NESTING_LEVELS_MAX + 1, 1_000, 100_000] {
        let text = Forged::of(&event).and("x", &nested(levels - 1)).message();
        socket.send_text(text.as_str()).await;
        expect_refusal(&mut socket, &event, "a nested event").await;
        socket
            .send_text(format!(r#"["REQ","a",{}]"#, nested(levels - 1)))
            .await;
        match socket.receive().await {
            Reply::Notice(reason)
            | Reply::Closed {
                message: reason, ..
            } => {
                assert_prefix(&reason, "invalid");
            }
            other => panic!("{other:?}"),
        }
        socket.send_text(nested(levels)).await;
        socket.expect_notice("invalid").await;
    }
    socket.send_text(deepest.message()).await;
    socket.expect_ok(event.id()).await.stored();
    // In a message that is read and ignored, to the level: the array of the message is the first.
    let close = |levels: usize| format!(r#"["CLOSE","x",{}]"#, nested(levels - 1));
    socket.send_text(close(NESTING_LEVELS_MAX)).await;
    socket.nothing_more().await;
    socket.send_text(close(NESTING_LEVELS_MAX + 1)).await;
    socket.expect_notice("invalid").await;
    // Brackets in strings are no levels, and neither are those that stand side by side.
    let flat = format!(r#"["CLOSE","{}"{}]"#, "[".repeat(60), ",[{}]".repeat(60));
    socket.send_text(flat).await;
    socket.nothing_more().await;
}

#[tokio::test]
async fn nip01_19_a_refusal_names_the_event_when_it_has_a_name() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    let named = [
        format!(r#"["EVENT",{{"id":"{}"}}]"#, event.id()),
        format!(r#"["EVENT",{{"kind":[],"id":"{}"}}]"#, event.id()),
        Forged::of(&event).with("content", "1").message(),
        Forged::of(&event).without("sig").message(),
    ];
    for text in named {
        socket.send_text(text).await;
        socket.expect_ok(event.id()).await.refused_with("invalid");
    }
    let upper = format!("\"{}\"", event.id().to_string().to_uppercase());
    let nameless = [
        "[\"EVENT\"]".to_owned(),
        "[\"EVENT\",1]".to_owned(),
        "[\"EVENT\",null]".to_owned(),
        "[\"EVENT\",\"x\"]".to_owned(),
        "[\"EVENT\",[]]".to_owned(),
        "[\"EVENT\",{}]".to_owned(),
        Forged::of(&event).without("id").message(),
        Forged::of(&event).with("id", "\"abc\"").message(),
        Forged::of(&event).with("id", "null").message(),
        Forged::of(&event).with("id", &upper).message(),
    ];
    for text in nameless {
        socket.send_text(text.as_str()).await;
        match socket.receive().await {
            Reply::Notice(reason) => assert_prefix(&reason, "invalid"),
            other => panic!("{other:?} for {text}"),
        }
    }
    socket.nothing_more().await;
}

#[tokio::test]
async fn nip01_20_no_member_may_be_repeated() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).content("once").signed();
    for name in [
        "id",
        "pubkey",
        "created_at",
        "kind",
        "tags",
        "content",
        "sig",
    ] {
        // The same again: whichever a careless reader takes, the event is right.
        let forged = Forged::of(&event);
        let value = forged.get(name).to_owned();
        socket.send_text(forged.and(name, &value).message()).await;
        socket.expect_ok(event.id()).await.refused_with("invalid");
    }
    let others = [
        ("kind", "7"),
        ("content", "\"twice\""),
        ("tags", "[[\"t\",\"x\"]]"),
    ];
    for (name, value) in others {
        for forged in [Forged::of(&event), Forged::of(&event).reversed()] {
            socket.send_text(forged.and(name, value).message()).await;
            socket.expect_ok(event.id()).await.refused_with("invalid");
        }
    }
    // Another spelling of the same name.
    let text = Forged::of(&event)
        .and("kind_", "1")
        .message()
        .replace("kind_", "k\\u0069nd");
    socket.send_text(text).await;
    socket.expect_ok(event.id()).await.refused_with("invalid");
    assert_eq!(socket.count(json!({})).await, 0);
}

#[tokio::test]
async fn nip01_21_members_beyond_the_seven_are_dropped() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.req("live", json!({})).await;
    let event = note(1).signed();
    let forged = Forged::of(&event)
        .and("extra", r#"{"id":"x","tags":[1,2.5e3,null]}"#)
        .and("relays", "[]")
        .and("", "true")
        .and("extra", "\"again\"");
    socket.send_text(forged.message()).await;
    let answer = socket.answer_to(event.id()).await;
    answer.stored();
    // The client fails at an event with any other than the seven members.
    assert_eq!(socket.expect_event("live").await.json(), event.json());
    let stored = socket.query(json!({"ids": [event.id()]})).await;
    assert_eq!(stored[0].json(), event.json());
}

#[tokio::test]
async fn nip01_22_members_come_in_any_order() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let members: [[&str; 7]; 3] = [
        [
            "sig",
            "content",
            "tags",
            "kind",
            "created_at",
            "pubkey",
            "id",
        ],
        [
            "tags",
            "id",
            "sig",
            "kind",
            "content",
            "created_at",
            "pubkey",
        ],
        [
            "kind",
            "sig",
            "pubkey",
            "id",
            "content",
            "tags",
            "created_at",
        ],
    ];
    for (index, order) in members.into_iter().enumerate() {
        let event = note(1).content(index.to_string()).tag(&["t", "x"]).signed();
        let forged = Forged::of(&event);
        let members = order.map(|name| format!("\"{name}\":{}", forged.get(name)));
        socket
            .send_text(format!("[\"EVENT\",{{{}}}]", members.join(",")))
            .await;
        socket.expect_ok(event.id()).await.stored();
        assert_eq!(socket.query(json!({"ids": [event.id()]})).await, [event]);
    }
}
