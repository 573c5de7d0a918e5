//! Messages of clients, well made and not.

use super::*;
use crate::nip01::Kind;

fn parse(text: &str) -> Result<ClientMessage<'_>, MessageError> {
    ClientMessage::parse(text, &FilterLimits::default())
}

fn noticed(text: &str) {
    let read = parse(text);
    match &read {
        Err(MessageError::Notice(reason)) => {
            assert!(reason.starts_with("invalid: "), "{reason}");
        }
        _ => panic!("{text}: {read:?}"),
    }
}

fn closed(text: &str, subscription: &str, reason: &str) {
    let error = MessageError::Closed {
        subscription: subscription.to_owned(),
        reason: reason.to_owned(),
    };
    assert_eq!(parse(text), Err(error), "{text}");
}

fn uncounted(text: &str, query: &str, reason: &str) {
    let error = MessageError::Uncounted {
        query: query.to_owned(),
        reason: reason.to_owned(),
    };
    assert_eq!(parse(text), Err(error), "{text}");
}

fn unsynced(text: &str, subscription: &str, reason: &str) {
    let error = MessageError::Unsynced {
        subscription: subscription.to_owned(),
        reason: reason.to_owned(),
    };
    assert_eq!(parse(text), Err(error), "{text}");
}

fn id(text: &str) -> SubscriptionId {
    SubscriptionId::new(text).unwrap()
}

#[test]
fn nip01_14_what_is_no_message() {
    for text in [
        "",
        " ",
        "nonsense",
        "[",
        "[]",
        "{}",
        "7",
        "null",
        "\"REQ\"",
        "[7]",
        "[null]",
        "[[\"REQ\"]]",
        "[{}]",
        "[\"REQ\",\"a\",{},]",
        "[\"CLOSE\",\"a\"] x",
        "[\"CLOSE\" \"a\"]",
        "[\"\u{1}\"]",
        "[\"\\ud800\"]",
        "\u{feff}[\"CLOSE\",\"a\"]",
    ] {
        noticed(text);
    }
}

#[test]
fn nip01_15_unknown_verbs() {
    for text in [
        r#"["HELLO"]"#,
        r#"["event",{}]"#,
        r#"["Req","a",{}]"#,
        r#"[""]"#,
        r#"["EOSE","a"]"#,
    ] {
        noticed(text);
    }
    let long = parse(&format!("[{:?}]", "X".repeat(10_000)))
        .unwrap_err()
        .to_string();
    assert!(long.len() < 100, "{long}");
}

#[test]
fn nip01_16_trailing_elements_are_ignored() {
    assert_eq!(
        parse(r#"["CLOSE","a",7,{},null]"#),
        Ok(ClientMessage::Close(id("a")))
    );
    assert_eq!(
        parse(r#"["EVENT",{"a":1},[],"x"]"#),
        Ok(ClientMessage::Event(r#"{"a":1}"#))
    );
    assert_eq!(parse(r#"["AUTH",{},1]"#), Ok(ClientMessage::Auth("{}")));
}

#[test]
fn nip01_17_whitespace_and_escapes() {
    let text = " \r\n[ \"\\u0043LOSE\" ,\t\"\\u0041\\/\" ]\n";
    assert_eq!(parse(text), Ok(ClientMessage::Close(id("A/"))));
    let spaced = parse("[\n\"EVENT\" , { \"id\" : 1 } ]");
    assert_eq!(spaced, Ok(ClientMessage::Event("{ \"id\" : 1 }")));
}

#[test]
fn nip01_18_deep_nesting_and_surrogates_in_ignored_elements() {
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert!(parse(&format!(r#"["CLOSE","a",{}]"#, nested(31))).is_ok());
    noticed(&format!(r#"["CLOSE","a",{}]"#, nested(32)));
    noticed(&format!(r#"["CLOSE","a",{}]"#, nested(200_000)));
    noticed(r#"["CLOSE","a","\ud800"]"#);
    noticed(&format!(r#"["EVENT",{{}},{}]"#, nested(32)));
    for filter in [
        r##"{"#t":["\ud800"]}"##,
        r#"{"\ud800":1}"#,
        &format!(r#"{{"ids":{}}}"#, nested(40)),
    ] {
        let text = format!(r#"["REQ","a",{filter}]"#);
        let read = parse(&text);
        assert!(matches!(read, Err(MessageError::Closed { .. })), "{read:?}");
    }
    noticed(&nested(200_000));
    noticed(&"[".repeat(200_000));
}

#[test]
fn nip01_19_events_come_through_as_they_are() {
    let event = r#"{"id":"x","content":"\ud800"}"#;
    assert_eq!(
        parse(&format!("[\"EVENT\",{event}]")),
        Ok(ClientMessage::Event(event))
    );
    for text in [
        r#"["EVENT"]"#,
        r#"["EVENT",7]"#,
        r#"["EVENT","a",{}]"#,
        r#"["AUTH","challenge"]"#,
        r#"["EVENT",[{}]]"#,
        r#"["AUTH"]"#,
    ] {
        noticed(text);
    }
}

#[test]
fn nip01_60_ids_are_kept_exactly() {
    for text in ["a", "\"\\", &"😀".repeat(64), " "] {
        let message = serde_json::json!(["REQ", text, {}]).to_string();
        let Ok(ClientMessage::Req { subscription, .. }) = parse(&message) else {
            panic!("{message}");
        };
        assert_eq!(subscription.as_str(), text);
    }
}

#[test]
fn nip01_61_long_ids_are_echoed_up_to_a_length() {
    for length in [65, 256] {
        let long = "é".repeat(length);
        let reason = "invalid: the subscription id is longer than 64 characters";
        closed(&format!(r#"["REQ","{long}",{{}}]"#), &long, reason);
        uncounted(&format!(r#"["COUNT","{long}",{{}}]"#), &long, reason);
        noticed(&format!(r#"["CLOSE","{long}"]"#));
    }
    noticed(&format!(r#"["REQ","{}",{{}}]"#, "é".repeat(257)));
}

#[test]
fn nip01_62_and_97_empty_missing_or_other_ids() {
    for verb in ["REQ", "COUNT", "CLOSE"] {
        for rest in [
            "",
            ",\"\"",
            ",7,{}",
            ",null",
            ",{}",
            ",[\"a\"]",
            ",\"\\ud800\",{}",
        ] {
            noticed(&format!("[\"{verb}\"{rest}]"));
        }
    }
}

#[test]
fn nip01_66_a_request_needs_filters_that_are_objects() {
    closed(r#"["REQ","a"]"#, "a", "invalid: a request needs a filter");
    closed(
        r#"["REQ","a",7]"#,
        "a",
        "invalid: filter 1: a filter must be an object",
    );
    closed(
        r#"["REQ","a",{},[]]"#,
        "a",
        "invalid: filter 2: a filter must be an object",
    );
    closed(
        r#"["REQ","a",null]"#,
        "a",
        "invalid: filter 1: a filter must be an object",
    );
}

#[test]
fn nip01_70_to_73_and_79_what_is_wrong_and_where() {
    closed(
        r#"["REQ","a",{},{"kinds":[1,2,3,70000]}]"#,
        "a",
        "invalid: filter 2: kinds[3]: 70000 is not a kind (0 to 65535)",
    );
    closed(
        r#"["REQ","a",{"authors":["npub1"]}]"#,
        "a",
        "invalid: filter 1: authors[0]: \"npub1\" is not 64 lower-case hex characters",
    );
    closed(
        r#"["REQ","a",{"limit":-1}]"#,
        "a",
        "invalid: filter 1: limit: invalid type: integer `-1`, expected a non-negative integer",
    );
    closed(
        r##"["REQ","a",{"#title":["x"]}]"##,
        "a",
        "unsupported: filter 1: member \"#title\"",
    );
}

#[test]
fn nip45_02_06_counts_fail_as_requests_do_and_close_nothing() {
    uncounted(r#"["COUNT","q"]"#, "q", "invalid: a request needs a filter");
    uncounted(
        r#"["COUNT","q",{"foo":1}]"#,
        "q",
        "unsupported: filter 1: member \"foo\"",
    );
    let Ok(ClientMessage::Count { query, filters }) = parse(r#"["COUNT","q",{"kinds":[7]}]"#)
    else {
        panic!("not a count");
    };
    assert_eq!((query.as_str(), filters.len()), ("q", 1));
}

#[test]
fn nip77_01_04_opening_going_on_and_closing() {
    assert_eq!(
        parse(r#"["NEG-OPEN","a",{"kinds":[31923],"limit":7},"6100000200"]"#),
        Ok(ClientMessage::NegOpen {
            subscription: id("a"),
            filter: Box::new(Filter::parse(r#"{"kinds":[31923],"limit":7}"#).unwrap()),
            message: Message::from_hex("6100000200").unwrap(),
        })
    );
    assert_eq!(
        parse(r#"["NEG-MSG","a","61"]"#),
        Ok(ClientMessage::NegMsg {
            subscription: id("a"),
            message: Message::from_hex("61").unwrap(),
        })
    );
    assert_eq!(
        parse(r#"["NEG-CLOSE","a"]"#),
        Ok(ClientMessage::NegClose(id("a")))
    );
    // NIP01-16.
    for more in [
        r#"["NEG-OPEN","a",{},"61",{},7]"#,
        r#"["NEG-MSG","a","61",7]"#,
    ] {
        assert!(parse(more).is_ok(), "{more}");
    }
    let nested = "[".repeat(32) + &"]".repeat(32);
    noticed(&format!(r#"["NEG-MSG","a","61",{nested}]"#));
}

#[test]
fn nip77_03_what_is_wrong_and_with_what() {
    unsynced(
        r#"["NEG-OPEN","a"]"#,
        "a",
        "invalid: NEG-OPEN needs a filter",
    );
    unsynced(
        r#"["NEG-OPEN","a",[{}],"61"]"#,
        "a",
        "invalid: a filter must be an object",
    );
    unsynced(
        r#"["NEG-OPEN","a",{"kinds":[70000]},"61"]"#,
        "a",
        "invalid: kinds[0]: 70000 is not a kind (0 to 65535)",
    );
    unsynced(
        r##"["NEG-OPEN","a",{"#title":["x"]},"61"]"##,
        "a",
        "unsupported: member \"#title\"",
    );
    let long = "x".repeat(65);
    let reason = "invalid: the subscription id is longer than 64 characters";
    unsynced(
        &format!(r#"["NEG-OPEN","{long}",{{}},"61"]"#),
        &long,
        reason,
    );
    unsynced(&format!(r#"["NEG-MSG","{long}","61"]"#), &long, reason);
    for verb in ["NEG-OPEN", "NEG-MSG", "NEG-CLOSE"] {
        for rest in ["", ",\"\"", ",7", ",null,{},\"61\""] {
            noticed(&format!("[\"{verb}\"{rest}]"));
        }
    }
    noticed(&format!(r#"["NEG-CLOSE","{long}"]"#));
}

#[test]
fn nip77_05_06_10_messages_are_read_here() {
    let neg_msg = |message: &str| format!(r#"["NEG-MSG","a"{message}]"#);
    let neg_open = |message: &str| format!(r#"["NEG-OPEN","a",{{}}{message}]"#);
    for (message, reason) in [
        ("", "a message in hex is needed"),
        (",7", "a message in hex is needed"),
        (",null", "a message in hex is needed"),
        (",{}", "a message in hex is needed"),
        (",\"\\ud800\"", "a message in hex is needed"),
        (",\"6\"", "the message is not hex of an even length"),
        (",\"6g\"", "the message is not hex of an even length"),
        (",\"\"", "the message is empty"),
        (",\"50\"", "the first byte is 0x50, not a version"),
        (",\"6100\"", "the message ends too early"),
    ] {
        let reason = format!("invalid: {reason}");
        unsynced(&neg_msg(message), "a", &reason);
        unsynced(&neg_open(message), "a", &reason);
    }
    for good in [",\"6A\"", ",\"6a\"", ",\"\\u0036a\""] {
        assert!(parse(&neg_msg(good)).is_ok(), "{good}");
        assert!(parse(&neg_open(good)).is_ok(), "{good}");
    }
}

#[test]
fn nip01_83_ten_filters_are_served_and_too_many_are_not() {
    let request = |count: usize| format!(r#"["REQ","a"{}]"#, r#",{"kinds":[1]}"#.repeat(count));
    for count in [1, 10, 32] {
        let text = request(count);
        let Ok(ClientMessage::Req { filters, .. }) = parse(&text) else {
            panic!("{count} filters");
        };
        assert_eq!(filters.len(), count);
        assert!(
            filters
                .iter()
                .all(|filter| filter.kinds == Some(vec![Kind::TEXT_NOTE]))
        );
    }
    closed(&request(33), "a", "invalid: a request may have 32 filters");
    closed(
        &request(5000),
        "a",
        "invalid: a request may have 32 filters",
    );
    let limits = FilterLimits {
        filter_values_max: 2,
        ..FilterLimits::default()
    };
    assert!(
        ClientMessage::parse(r#"["REQ","a",{"kinds":[1,2]},{"kinds":[1,2]}]"#, &limits).is_ok()
    );
    let error = ClientMessage::parse(r#"["REQ","a",{"kinds":[1,2,3]}]"#, &limits).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid: filter 1: kinds: a filter may have 2 values in all"
    );
}
