//! What clients send: whatever it is, reading it ends in a value or in an error with a prefix, and
//! an event that was read is the event that was written.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a target that cannot go on panics, also in what tests share"
)]

use bolero::check;
use kith_fuzz::{Edit, corpus};
use kith_nips::nip01::{FilterLimits, MessageError};
use kith_nips::{ClientMessage, Event, Filter, Prefix};
use serde_json::Value;

/// What `cargo test` tries beside the corpus.
const ITERATIONS: usize = 60_000;

const WORDS: [&str; 40] = [
    "\"EVENT\"",
    "\"REQ\"",
    "\"COUNT\"",
    "\"CLOSE\"",
    "\"AUTH\"",
    "\"NEG-OPEN\"",
    "\"NEG-MSG\"",
    "\"NEG-CLOSE\"",
    "\"id\"",
    "\"pubkey\"",
    "\"created_at\"",
    "\"kind\"",
    "\"tags\"",
    "\"content\"",
    "\"sig\"",
    "\"ids\"",
    "\"authors\"",
    "\"kinds\"",
    "\"#e\"",
    "\"since\"",
    "\"limit\"",
    "\"search\"",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    "null",
    "true",
    "-1",
    "1.0",
    "1e3",
    "65536",
    "9007199254740993",
    "\\u0000",
    "\\ud83d",
    "\\u00e9",
    "\u{2028}",
    "\"\"",
];

#[test]
fn messages() {
    let corpus = corpus("messages").unwrap();
    let text = |input: &[u8]| String::from_utf8_lossy(input).into_owned();
    for input in &corpus {
        read(&text(input));
    }
    check!()
        .with_iterations(ITERATIONS)
        .with_type::<(u8, Vec<Edit>)>()
        .for_each(|(number, edits)| {
            let mut input = corpus[usize::from(*number) % corpus.len()].clone();
            for edit in edits.iter().take(6) {
                edit.apply(&mut input, &WORDS);
            }
            read(&text(&input));
        });
}

/// As frames and as files.
fn read(text: &str) {
    if let Ok(event) = Event::parse(text) {
        holds_for(&event, text);
    }
    match ClientMessage::parse(text, &FilterLimits::default()) {
        Ok(ClientMessage::Event(json) | ClientMessage::Auth(json)) => match Event::parse(json) {
            Ok(event) => holds_for(&event, json),
            Err(error) => assert!(!error.to_string().is_empty()),
        },
        Ok(ClientMessage::Req { filters, .. } | ClientMessage::Count { filters, .. }) => {
            for filter in filters {
                assert_eq!(
                    Filter::parse(&filter.to_json()).as_ref(),
                    Ok(&filter),
                    "{text}"
                );
            }
        }
        Ok(_) => {}
        Err(error) => has_prefix(&error),
    }
}

fn has_prefix(error: &MessageError) {
    let text = error.to_string();
    let prefix = text.split_once(": ").map(|(prefix, _)| prefix);
    let known = Prefix::ALL
        .iter()
        .any(|known| Some(known.as_str()) == prefix);
    assert!(known, "{text}");
}

/// What must hold for an event that was read from `text`.
fn holds_for(event: &Event, text: &str) {
    let json = event.json();
    assert_eq!(Event::parse(json).as_ref(), Ok(event), "{text}");
    assert_eq!(Event::parse_stored(json).as_ref(), Ok(event), "{text}");
    let canonical: Value = serde_json::from_str(json).unwrap();
    let members = canonical.as_object().unwrap();
    assert_eq!(members.len(), 7, "{json}");
    // A general reader of JSON finds the same members in both.
    let written: Value = serde_json::from_str(text).unwrap();
    for (name, value) in members {
        assert_eq!(written.get(name), Some(value), "{name} of {text}");
    }
    let again = Event::parse(json).unwrap();
    assert_eq!(again.verify_id(), event.verify_id(), "{text}");
    let accessed = (
        event.content(),
        event.created_at(),
        u64::from(event.kind().as_u16()),
    );
    let expected = (
        canonical["content"].as_str().unwrap(),
        canonical["created_at"].as_u64().unwrap(),
        canonical["kind"].as_u64().unwrap(),
    );
    assert_eq!(accessed, expected, "{text}");
    let tags: Vec<Vec<&str>> = event
        .tags()
        .iter()
        .map(|tag| tag.iter().collect())
        .collect();
    assert_eq!(serde_json::json!(tags), canonical["tags"], "{text}");
    // Whatever the members are, asking for what is derived from them gives an answer.
    let _ = (event.address(), event.expiration(), event.is_protected());
    let _ = event.indexed_tags().count();
    let verified = event.verify();
    assert!(
        verified.is_ok() == (event.verify_id().is_ok() && event.verify_signature().is_ok()),
        "{text}"
    );
}
