//! What is inside a seal: a message (kinds 14 and 15), or that its author takes messages back
//! (kind 5). Pure: nothing is decrypted here.

use kith_nips::{EventId, Kind, PublicKey};
use nostr_sdk::{EventBuilder, Tag, Timestamp, UnsignedEvent};

use super::Message;

/// People whom one message may name; of more it is not shown.
const PEOPLE_MAX: usize = 1_000;

/// Something that somebody said to us in private.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// A message.
    Message(Box<Message>),
    /// These messages of the author are to be hidden (NIP-17).
    TookBack {
        author: PublicKey,
        ids: Vec<EventId>,
    },
}

/// A message before it is sealed. It is the same for everybody, and so is its id.
pub(crate) fn draft(
    author: nostr_sdk::PublicKey,
    to: &[nostr_sdk::PublicKey],
    text: &str,
    extra: impl IntoIterator<Item = Tag>,
    sent_at: u64,
) -> UnsignedEvent {
    let mut rumor = EventBuilder::new(nostr_sdk::Kind::PrivateDirectMessage, text)
        .tags(to.iter().map(|person| Tag::public_key(*person)))
        .tags(extra)
        .allow_self_tagging()
        .custom_created_at(Timestamp::from_secs(sent_at))
        .build(author);
    rumor.ensure_id();
    rumor
}

/// Reads a rumor whose author is certain; `None` when it is nothing that we show.
pub(super) fn read(rumor: &UnsignedEvent, id: EventId, wrap: EventId) -> Option<Said> {
    let author = PublicKey::from(rumor.pubkey);
    match Kind::new(rumor.kind.as_u16()) {
        Kind::PRIVATE_MESSAGE => Some(()),
        Kind::FILE_MESSAGE => is_whole_file(rumor).then_some(()),
        Kind::DELETION => {
            let ids = rumor.tags.event_ids().map(|id| EventId::from(*id));
            let ids = ids.collect();
            return Some(Said::TookBack { author, ids });
        }
        _ => None,
    }?;
    let mut to: Vec<PublicKey> = Vec::new();
    for person in rumor.tags.public_keys() {
        let person = PublicKey::from(*person);
        if to.len() >= PEOPLE_MAX {
            return None;
        }
        if !to.contains(&person) {
            to.push(person);
        }
    }
    let subject = value(rumor, "subject").filter(|subject| !subject.trim().is_empty());
    Some(Said::Message(Box::new(Message {
        id,
        author,
        to,
        sent_at: rumor.created_at.as_secs(),
        text: rumor.content.clone(),
        subject: subject.map(str::to_owned),
        reply_to: value(rumor, "e").and_then(|id| id.parse().ok()),
        is_file: rumor.kind.as_u16() == Kind::FILE_MESSAGE.as_u16(),
        wraps: vec![wrap],
    })))
}

/// A file that lacks one of these cannot be opened by anybody (NIP-17).
fn is_whole_file(rumor: &UnsignedEvent) -> bool {
    let needed = ["file-type", "decryption-key", "decryption-nonce", "x"];
    value(rumor, "encryption-algorithm") == Some("aes-gcm")
        && needed.iter().all(|name| value(rumor, name).is_some())
}

fn value<'a>(rumor: &'a UnsignedEvent, name: &str) -> Option<&'a str> {
    let named = |tag: &&'a Tag| tag.as_slice().first().is_some_and(|first| first == name);
    rumor.tags.iter().find(named)?.content()
}

#[cfg(test)]
mod tests {
    use nostr_sdk::Keys;

    use super::*;

    fn said(kind: u16, tags: &[&[&str]]) -> Option<Said> {
        let tags = tags
            .iter()
            .map(|tag| Tag::parse(tag.iter().copied()).unwrap());
        let mut rumor = EventBuilder::new(nostr_sdk::Kind::from(kind), "text")
            .tags(tags)
            .build(Keys::generate().public_key());
        let id = EventId::from(rumor.id());
        read(&rumor, id, EventId::from_bytes([1; 32]))
    }

    #[test]
    fn nip17_06_a_message_is_plain_text_and_names_what_it_answers() {
        let id = "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9";
        let person = Keys::generate().public_key().to_hex();
        let tags: &[&[&str]] = &[
            &["p", &person, "wss://relay.example.com"],
            &["p", &person],
            &["e", id, "wss://relay.example.com"],
            &["subject", "Boards"],
        ];
        let Some(Said::Message(message)) = said(14, tags) else {
            panic!("no message");
        };
        assert_eq!(message.text, "text");
        assert_eq!(message.to.len(), 1);
        assert_eq!(message.reply_to.unwrap().to_string(), id);
        assert_eq!(message.subject.as_deref(), Some("Boards"));
        assert_eq!(said(1, tags), None);
    }

    #[test]
    fn nip17_07_a_file_without_its_key_is_not_shown() {
        let whole: &[&[&str]] = &[
            &["file-type", "image/png"],
            &["encryption-algorithm", "aes-gcm"],
            &["decryption-key", "00"],
            &["decryption-nonce", "00"],
            &["x", "00"],
        ];
        assert!(matches!(said(15, whole), Some(Said::Message(message)) if message.is_file));
        for missing in 0..whole.len() {
            let mut tags = whole.to_vec();
            tags.remove(missing);
            assert_eq!(said(15, &tags), None, "{missing}");
        }
        let mut other = whole.to_vec();
        other[1] = &["encryption-algorithm", "rot13"];
        assert_eq!(said(15, &other), None);
    }
}
