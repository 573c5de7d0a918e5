//! Events for tests: right ones from keys that are small numbers, and wrong ones made by hand.

use std::cmp::Reverse;
use std::time::{SystemTime, UNIX_EPOCH};

use kith_nips::nip01::Draft;
use kith_nips::{Event, EventId, Kind, PublicKey};
use nostr_sdk::Keys;
use nostr_sdk::hashes::{Hash, sha256};
use nostr_sdk::secp256k1::Message;
use serde_json::Value;

/// The moment of every event that names no other.
pub(crate) const MOMENT: u64 = 1_700_000_000;

/// The key of the events that fences publish. Tests use small numbers.
pub(crate) const FENCE_KEY: u32 = 0x006b_6974;

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// The key pair whose secret key is this number.
pub(crate) fn keys(number: u32) -> Keys {
    Keys::parse(&format!("{number:064x}")).unwrap()
}

/// The public key of that pair.
pub(crate) fn pubkey(number: u32) -> PublicKey {
    keys(number).public_key().into()
}

/// Begins an event by the key `number`: kind 1 at [`MOMENT`], empty.
pub(crate) fn note(number: u32) -> Note {
    Note {
        key: number,
        draft: Draft {
            kind: Kind::TEXT_NOTE,
            created_at: Some(MOMENT),
            tags: Vec::new(),
            content: String::new(),
        },
    }
}

/// An event in the making.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    key: u32,
    draft: Draft,
}

impl Note {
    /// Sets the author.
    pub(crate) fn by(mut self, number: u32) -> Self {
        self.key = number;
        self
    }

    /// Sets the kind.
    pub(crate) fn kind(mut self, kind: u16) -> Self {
        self.draft.kind = Kind::new(kind);
        self
    }

    /// Sets `created_at`.
    pub(crate) fn at(mut self, seconds: u64) -> Self {
        self.draft.created_at = Some(seconds);
        self
    }

    /// Adds a tag.
    pub(crate) fn tag(mut self, tag: &[&str]) -> Self {
        let tag = tag.iter().map(|text| (*text).to_owned()).collect();
        self.draft.tags.push(tag);
        self
    }

    /// Sets the content.
    pub(crate) fn content(mut self, content: impl Into<String>) -> Self {
        self.draft.content = content.into();
        self
    }

    /// The event.
    pub(crate) fn signed(&self) -> Event {
        self.draft.sign(&keys(self.key), MOMENT).unwrap()
    }
}

/// The JSON of an event, member by member, to be made wrong. Values are JSON text, written as
/// they stand.
#[derive(Debug, Clone)]
pub(crate) struct Forged {
    members: Vec<(String, String)>,
}

impl Forged {
    /// As `event` is served.
    pub(crate) fn of(event: &Event) -> Self {
        let members: Value = serde_json::from_str(event.json()).unwrap();
        let names = [
            "id",
            "pubkey",
            "created_at",
            "kind",
            "tags",
            "content",
            "sig",
        ];
        Forged {
            members: names
                .into_iter()
                .map(|name| (name.to_owned(), members[name].to_string()))
                .collect(),
        }
    }

    /// An event whose id is the hash of `serialised` (NIP-01), signed by the key `number`, with
    /// `tags` and `content` in JSON; everything else as [`note`] has it.
    pub(crate) fn hashed(number: u32, serialised: &str, tags: &str, content: &str) -> Self {
        let id = sha256::Hash::hash(serialised.as_bytes()).to_byte_array();
        Forged::of(&note(number).signed())
            .with("id", &format!("{:?}", hex(&id)))
            .with("sig", &format!("{:?}", sign(number, id)))
            .with("tags", tags)
            .with("content", content)
    }

    /// With another value of a member.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        let member = self.members.iter_mut().find(|(member, _)| member == name);
        value.clone_into(&mut member.unwrap().1);
        self
    }

    /// With one more member at the end.
    pub(crate) fn and(mut self, name: &str, value: &str) -> Self {
        self.members.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a member.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.members.retain(|(member, _)| member != name);
        self
    }

    /// With the members in the opposite order.
    pub(crate) fn reversed(mut self) -> Self {
        self.members.reverse();
        self
    }

    /// The value of a member, in JSON.
    pub(crate) fn get(&self, name: &str) -> &str {
        let member = self.members.iter().find(|(member, _)| member == name);
        &member.unwrap().1
    }

    /// The JSON text.
    pub(crate) fn json(&self) -> String {
        let members = self.members.iter();
        let members: Vec<String> = members
            .map(|(name, value)| format!("{name:?}:{value}"))
            .collect();
        format!("{{{}}}", members.join(","))
    }

    /// The message that publishes it.
    pub(crate) fn message(&self) -> String {
        format!(r#"["EVENT",{}]"#, self.json())
    }
}

/// The signature of the key `number` over these bytes, in hex.
pub(crate) fn sign(number: u32, id: [u8; 32]) -> String {
    keys(number)
        .sign_schnorr(&Message::from_digest(id))
        .to_string()
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The ids of events, in their order.
pub(crate) fn ids<'a>(events: impl IntoIterator<Item = &'a Event>) -> Vec<EventId> {
    events.into_iter().map(Event::id).collect()
}

/// As a relay sends stored events (NIP-01): newest first, the lower id first where times are
/// equal.
pub(crate) fn in_order(events: &[Event]) -> Vec<Event> {
    let mut sorted = events.to_vec();
    sorted.sort_by_key(|event| (Reverse(event.created_at()), event.id()));
    sorted
}

/// Numbers that look random and are the same in every run (a linear congruential generator).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    /// One of these.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// In another order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
