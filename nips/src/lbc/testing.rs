//! Events and random values for the tests of LBC. Signatures are zeros: readers look at shapes.

use proptest::prelude::*;

use crate::nip01::Draft;
use crate::{Event, EventId, Kind, PublicKey};

/// The community of the checklist's vectors.
pub(crate) const COMMUNITY: &str =
    "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9";
/// The public key of secret key 1.
pub(crate) const OWNER: &str = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

pub(crate) fn tags(list: &[&[&str]]) -> Vec<Vec<String>> {
    list.iter()
        .map(|tag| tag.iter().map(|element| (*element).to_owned()).collect())
        .collect()
}

/// A key or id that is easy to tell from others.
pub(crate) fn key(number: u8) -> PublicKey {
    PublicKey::from_bytes([number; 32])
}

pub(crate) fn id(number: u8) -> EventId {
    EventId::from_bytes([number; 32])
}

pub(crate) fn owner() -> PublicKey {
    OWNER.parse().unwrap()
}

pub(crate) fn community() -> EventId {
    COMMUNITY.parse().unwrap()
}

/// An event of author 1 at second 1,000.
pub(crate) fn event(kind: Kind, tags: Vec<Vec<String>>, content: &str) -> Event {
    publish(
        &Draft {
            kind,
            created_at: None,
            tags,
            content: content.to_owned(),
        },
        1,
        1_000,
    )
}

/// The draft as an event of `key(author)`.
pub(crate) fn publish(draft: &Draft, author: u8, now: u64) -> Event {
    publish_by(draft, key(author), now)
}

pub(crate) fn publish_by(draft: &Draft, author: PublicKey, now: u64) -> Event {
    use sha2::{Digest, Sha256};
    let created_at = draft.created_at.unwrap_or(now);
    let kind = draft.kind.as_u16();
    let tags = serde_json::to_string(&draft.tags).unwrap();
    let content = serde_json::to_string(&draft.content).unwrap();
    let hash = Sha256::digest(format!(
        "[0,\"{author}\",{created_at},{kind},{tags},{content}]"
    ));
    let id = EventId::from_bytes(hash.into());
    let signature = "0".repeat(128);
    let json = format!(
        r#"{{"id":"{id}","pubkey":"{author}","created_at":{created_at},"kind":{kind},"tags":{tags},"content":{content},"sig":"{signature}"}}"#
    );
    Event::parse(&json).unwrap()
}

/// Any text that may be written (no control characters but line breaks).
pub(crate) fn text() -> impl Strategy<Value = String> {
    r"[^\p{Cc}]{0,20}"
}

/// A text that is not blank.
pub(crate) fn title() -> impl Strategy<Value = String> {
    r"[a-zA-Z0-9äöü][^\p{Cc}]{0,20}"
}

pub(crate) fn ids() -> impl Strategy<Value = EventId> {
    any::<[u8; 32]>().prop_map(EventId::from_bytes)
}

pub(crate) fn keys() -> impl Strategy<Value = PublicKey> {
    any::<[u8; 32]>().prop_map(PublicKey::from_bytes)
}

/// A relay hint.
pub(crate) fn relay() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("wss://[a-z]{1,8}\\.example")
}

/// Tags that no note of LBC knows, with any number of elements and any text in them.
pub(crate) fn unknown_tags() -> impl Strategy<Value = Vec<Vec<String>>> {
    let name = prop_oneof![
        Just("x-kith".to_owned()),
        "x[a-z]{1,6}",
        Just("Z".to_owned()),
        Just("-".to_owned())
    ];
    let tag = (name, proptest::collection::vec(text(), 0..4)).prop_map(|(name, values)| {
        let mut tag = vec![name];
        tag.extend(values);
        tag
    });
    proptest::collection::vec(tag, 0..5)
}
