//! Properties over arbitrary input: what is written is read again, matching agrees with a naive
//! matcher written from the text of NIP-01, and nothing hostile ever panics.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{ClientMessage, Draft, Event, Filter, FilterLimits, Kind, Prefix, claimed_id};

/// Text with many control characters, quotes, and characters of every length.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        vec(0_u8..0x80, 0..24).prop_map(|bytes| bytes.into_iter().map(char::from).collect()),
        "[\\\\\"u0-9a-f\u{0}\u{1f}\u{7f}\u{2028}é😀]{0,16}",
        "[a-c]{0,2}",
    ]
}

fn tags() -> impl Strategy<Value = Vec<Vec<String>>> {
    vec(vec(text(), 1..4), 0..6)
}

fn event_value() -> impl Strategy<Value = Value> {
    let hex32 = || "[0-9a-f]{64}";
    let head = (
        hex32(),
        hex32(),
        "[0-9a-f]{128}",
        0_u64..1 << 53,
        any::<u16>(),
    );
    (head, tags(), text()).prop_map(|((id, pubkey, sig, created_at, kind), tags, content)| {
        json!({
            "sig": sig, "content": content, "tags": tags, "kind": kind,
            "created_at": created_at, "pubkey": pubkey, "id": id,
        })
    })
}

/// Few distinct values, so that filters and events meet.
fn small_text() -> impl Strategy<Value = String> {
    "[ab]{0,1}"
}

fn small_draft() -> impl Strategy<Value = Draft> {
    let name = prop_oneof!["[dtDTx]", Just("tt".to_owned()), Just("1".to_owned())];
    let tag = (name, vec(small_text(), 0..3)).prop_map(|(name, mut rest)| {
        rest.insert(0, name);
        rest
    });
    let kind = prop_oneof![Just(1_u16), Just(10_037), Just(31_923), Just(30_000)];
    (kind, 0_u64..4, vec(tag, 0..5)).prop_map(|(kind, created_at, tags)| Draft {
        kind: Kind::new(kind),
        created_at: Some(created_at),
        tags,
        content: String::new(),
    })
}

fn small_filter() -> impl Strategy<Value = Value> {
    let optional = |strategy: BoxedStrategy<Value>| proptest::option::weighted(0.3, strategy);
    let kinds = vec(prop_oneof![Just(1), Just(10_037), Just(31_923)], 0..3);
    let values = || {
        vec(small_text(), 0..3)
            .prop_map(|values| json!(values))
            .boxed()
    };
    let time = || (0_u64..4).prop_map(|time| json!(time)).boxed();
    (
        optional(kinds.prop_map(|kinds| json!(kinds)).boxed()),
        optional(values()),
        optional(values()),
        optional(values()),
        optional(time()),
        optional(time()),
        optional(time()),
    )
        .prop_map(|(kinds, d, t, upper_t, since, until, limit)| {
            let names = ["kinds", "#d", "#t", "#T", "since", "until", "limit"];
            let members = [kinds, d, t, upper_t, since, until, limit];
            let present = names.into_iter().zip(members);
            present
                .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        })
}

/// NIP-01 word by word over plain JSON values, sharing nothing with the real matcher.
fn naive_match(filter: &Value, event: &Value) -> bool {
    let contains = |list: &Value, value: &Value| list.as_array().unwrap().contains(value);
    let kind = event["kind"].as_u64().unwrap();
    let addressable = (30_000..40_000).contains(&kind);
    let tags = event["tags"].as_array().unwrap();
    filter
        .as_object()
        .unwrap()
        .iter()
        .all(|(name, wanted)| match name.as_str() {
            "ids" => contains(wanted, &event["id"]),
            "authors" => contains(wanted, &event["pubkey"]),
            "kinds" => contains(wanted, &event["kind"]),
            "since" => event["created_at"].as_u64() >= wanted.as_u64(),
            "until" => event["created_at"].as_u64() <= wanted.as_u64(),
            "#d" if addressable => {
                let first = tags.iter().find(|tag| tag[0] == "d");
                let value = first.and_then(|tag| tag.get(1)).cloned();
                contains(wanted, &value.unwrap_or(json!("")))
            }
            tag_name if tag_name.starts_with('#') => tags.iter().any(|tag| {
                tag[0] == tag_name[1..] && tag.get(1).is_some_and(|value| contains(wanted, value))
            }),
            _ => true,
        })
}

/// Text that is nearly JSON, or nearly a message.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just(",".to_owned()),
        Just(":".to_owned()),
        Just("\"".to_owned()),
        Just("\\u".to_owned()),
        Just("\\ud83d".to_owned()),
        Just("\"id\":".to_owned()),
        Just("\"tags\":[[".to_owned()),
        Just("\"kind\":1".to_owned()),
        Just("\"content\":\"".to_owned()),
        Just("[\"REQ\",\"a\",{".to_owned()),
        Just("[\"EVENT\",{".to_owned()),
        Just("\"#t\":[\"".to_owned()),
        Just("null".to_owned()),
        Just("1e999".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<String>(),
    ];
    prop_oneof![
        any::<String>(),
        vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    ]
}

fn read_all_ways(text: &str) {
    for event in [Event::parse(text), Event::parse_stored(text)]
        .into_iter()
        .flatten()
    {
        let _ = event.verify();
        let _ = (event.address(), event.expiration(), event.is_protected());
        assert_eq!(event.indexed_tags().count(), event.indexed_tags().count());
        let again = Event::parse(event.json());
        assert_eq!(again.as_ref(), Ok(&event));
    }
    let _ = claimed_id(text);
    let _ = Filter::parse(text);
    let _ = Prefix::of(text);
    let _ = ClientMessage::parse(text, &FilterLimits::default());
}

proptest! {
    #[test]
    fn nip01_42_events_of_any_text_survive(value in event_value()) {
        let event = Event::parse(&value.to_string()).unwrap();
        let served: Value = serde_json::from_str(event.json()).unwrap();
        prop_assert_eq!(&served, &value);
        prop_assert_eq!(event.content(), value["content"].as_str().unwrap());
        let read: Vec<Vec<&str>> = event.tags().iter().map(|tag| tag.iter().collect()).collect();
        prop_assert_eq!(json!(read), value["tags"].clone());
        prop_assert_eq!(event.sig().to_hex(), value["sig"].as_str().unwrap());
        prop_assert_eq!(&Event::parse(event.json()).unwrap(), &event);
        prop_assert_eq!(&Event::parse_stored(event.json()).unwrap(), &event);
        prop_assert_eq!(&Event::parse_stored(&value.to_string()).unwrap(), &event);
        prop_assert!(event.json().len() <= value.to_string().len());
        let theirs = nostr::Event::try_from(&event).unwrap();
        prop_assert_eq!(Event::try_from(theirs).unwrap(), event);
    }

    #[test]
    fn nip01_36_ids_agree_with_the_nostr_crate(tags in tags(), content in text()) {
        let keys = nostr::Keys::generate();
        let theirs = nostr::EventBuilder::text_note(&content)
            .tags(tags.iter().map(|tag| nostr::Tag::parse(tag).unwrap()))
            .dedup_tags()
            .sign_with_keys(&keys)
            .unwrap();
        prop_assert_eq!(Event::try_from(theirs).unwrap().verify(), Ok(()));
    }

    #[test]
    fn nip01_18_one_changed_byte_never_panics(
        value in event_value(), position in any::<prop::sample::Index>(), byte in 0_u8..0x80,
    ) {
        let canonical = Event::parse(&value.to_string()).unwrap().json().to_owned();
        let mut bytes = canonical.into_bytes();
        let position = position.index(bytes.len());
        bytes[position] = byte;
        if let Ok(text) = String::from_utf8(bytes) {
            prop_assert_eq!(Event::parse_stored(&text).is_ok(), Event::parse(&text).is_ok());
            read_all_ways(&text);
        }
    }

    #[test]
    fn nip01_18_hostile_text_never_panics(text in hostile()) {
        read_all_ways(&text);
    }

    #[test]
    fn nip01_68_matching_agrees_with_the_naive_matcher(
        drafts in vec(small_draft(), 1..4), filters in vec(small_filter(), 1..8),
    ) {
        for draft in drafts {
            let event = draft.sign(&nostr::Keys::generate(), 0).unwrap();
            let value: Value = serde_json::from_str(event.json()).unwrap();
            for mut filter in filters.clone() {
                let whole = json!({ "ids": [value["id"]], "authors": [value["pubkey"]] });
                prop_assert!(Filter::parse(&whole.to_string()).unwrap().matches(&event, 0));
                filter["authors"] = whole["authors"].clone();
                let read = Filter::parse(&filter.to_string()).unwrap();
                let expected = naive_match(&filter, &value);
                prop_assert_eq!(read.matches(&event, 0), expected, "{} {}", filter, value);
                prop_assert!(!(read.matches_nothing() && expected));
                // What an index over these tags finds is what the matcher finds.
                let indexed = read.tags.iter().all(|(name, values)| {
                    event.indexed_tags().any(|(tag, value)| {
                        tag == *name && values.iter().any(|wanted| wanted == value)
                    })
                });
                let mut rest = read.clone();
                rest.tags.clear();
                prop_assert_eq!(read.matches(&event, 0), indexed && rest.matches(&event, 0));
            }
        }
    }

    #[test]
    fn filters_survive(
        filter in small_filter(), values in vec(text(), 0..4), search in proptest::option::of(text()),
    ) {
        let mut filter = filter;
        filter["#g"] = json!(values);
        if let Some(search) = search {
            filter["search"] = json!(search);
        }
        let read = Filter::parse(&filter.to_string()).unwrap();
        prop_assert_eq!(Filter::parse(&read.to_json()).unwrap(), read);
    }
}
