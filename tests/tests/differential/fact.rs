//! An event as the model sees it: plain strings and numbers, read from its JSON. Knows the classes
//! of kinds and the addresses of NIP-01; knows nothing of what is stored.

use serde_json::Value;

/// An event. Equal events have equal ids.
#[derive(Debug)]
pub(crate) struct Fact {
    pub(crate) id: String,
    pub(crate) pubkey: String,
    pub(crate) created_at: u64,
    pub(crate) kind: u64,
    pub(crate) tags: Vec<Vec<String>>,
    pub(crate) content: String,
    /// As it has to be served, byte for byte.
    pub(crate) json: String,
}

/// What becomes of older versions (NIP01-43 to NIP01-47).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Regular,
    Replaceable,
    Ephemeral,
    Addressable,
}

/// The place that newer versions take from older ones: kind, author, identifier.
pub(crate) type Place<'a> = (u64, &'a str, &'a str);

impl Fact {
    /// Reads an event that is served as `json`.
    pub(crate) fn read(json: &str) -> Self {
        let event: Value = serde_json::from_str(json).unwrap();
        let text = |name: &str| event[name].as_str().unwrap().to_owned();
        let tags = event["tags"].as_array().unwrap().iter();
        Fact {
            id: text("id"),
            pubkey: text("pubkey"),
            created_at: event["created_at"].as_u64().unwrap(),
            kind: event["kind"].as_u64().unwrap(),
            tags: tags.map(strings).collect(),
            content: text("content"),
            json: json.to_owned(),
        }
    }

    pub(crate) fn class(&self) -> Class {
        match self.kind {
            0 | 3 | 10_000..=19_999 => Class::Replaceable,
            20_000..=29_999 => Class::Ephemeral,
            30_000..=39_999 => Class::Addressable,
            _ => Class::Regular,
        }
    }

    /// The tags of this name.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = &[String]> {
        self.tags
            .iter()
            .filter(move |tag| tag[0] == name)
            .map(Vec::as_slice)
    }

    /// The second elements of the tags of this name.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.named(name)
            .filter_map(|tag| tag.get(1))
            .map(String::as_str)
    }

    /// Those of them that are ids or keys.
    pub(crate) fn references(&self, name: &str) -> impl Iterator<Item = &str> {
        self.values(name).filter(|value| is_hex32(value))
    }

    /// The value of the first `d` (NIP01-48, NIP01-49).
    pub(crate) fn identifier(&self) -> &str {
        match self.named("d").next() {
            Some([_, value, ..]) => value,
            _ => "",
        }
    }

    /// Where it replaces and is replaced.
    pub(crate) fn place(&self) -> Option<Place<'_>> {
        match self.class() {
            Class::Replaceable => Some((self.kind, &self.pubkey, "")),
            Class::Addressable => Some((self.kind, &self.pubkey, self.identifier())),
            Class::Regular | Class::Ephemeral => None,
        }
    }

    /// Whether it takes the place of `other`, a version of the same (NIP01-50, NIP01-52).
    pub(crate) fn is_newer_than(&self, other: &Fact) -> bool {
        self.created_at > other.created_at
            || (self.created_at == other.created_at && self.id < other.id)
    }

    /// From this second on it is not served (NIP-40); an error if the tag is no decimal number.
    pub(crate) fn expiration(&self) -> Result<Option<u64>, ()> {
        let Some(tag) = self.named("expiration").next() else {
            return Ok(None);
        };
        let value = tag.get(1).ok_or(())?;
        let decimal = !value.is_empty() && value.chars().all(|digit| digit.is_ascii_digit());
        match decimal {
            true => Ok(Some(value.parse().unwrap_or(u64::MAX))),
            false => Err(()),
        }
    }

    /// Whether nobody gets it any more.
    pub(crate) fn is_expired(&self, now: u64) -> bool {
        matches!(self.expiration(), Ok(Some(end)) if end <= now)
    }
}

/// 64 characters of `0-9a-f`.
pub(crate) fn is_hex32(text: &str) -> bool {
    text.len() == 64 && text.chars().all(|digit| "0123456789abcdef".contains(digit))
}

/// `kind:pubkey:identifier`, split at the first two colons only (NIP01-111).
pub(crate) fn read_place(text: &str) -> Option<Place<'_>> {
    let mut parts = text.splitn(3, ':');
    let kind = parts.next()?.parse().ok()?;
    let pubkey = parts.next().filter(|key| is_hex32(key))?;
    Some((kind, pubkey, parts.next()?))
}

fn strings(tag: &Value) -> Vec<String> {
    let elements = tag.as_array().unwrap().iter();
    elements
        .map(|element| element.as_str().unwrap().to_owned())
        .collect()
}
