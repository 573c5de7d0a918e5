//! An event whose shape was checked (NIP-01), held as its canonical JSON. Reading it is here;
//! making one from text is in `parse`, checking its id and signature in `verify`.

use std::fmt;

use super::layout::{BEFORE_CONTENT, END, IN_UNESCAPED, TAIL_BYTES};
use super::{Address, EventId, Kind, PublicKey, Signature, StorageClass, TagName, Tags, hex};

/// Largest `created_at`: 2^53 − 1 s, the largest integer every JSON reader keeps exact.
pub const CREATED_AT_MAX: u64 = (1 << 53) - 1;

/// An immutable event of the right shape (NIP-01).
///
/// It owns its canonical JSON, exactly the members `id`, `pubkey`, `created_at`, `kind`, `tags`,
/// `content`, `sig` in this order without whitespace, which is both what is stored and what is
/// served. Strings are read out of that text; only those with escapes are kept a second time.
/// Share it as `Arc<Event>`.
///
/// Equality compares the whole text, signature included.
///
/// ```
/// use kith_nips::{Event, Kind, nip01::Draft};
/// let keys = nostr::Keys::generate();
/// let draft = Draft {
///     kind: Kind::TEXT_NOTE,
///     created_at: None,
///     tags: vec![vec!["t".into(), "chess".into()]],
///     content: "Who plays tonight?".into(),
/// };
/// let event = draft.sign(&keys, 1_700_000_000)?;
/// let read = Event::parse(event.json())?;
/// assert_eq!(read.created_at(), 1_700_000_000);
/// assert_eq!(read.content(), "Who plays tonight?");
/// assert_eq!(read.tags().first_value("t"), Some("chess"));
/// assert!(read.verify().is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Event {
    pub(super) id: EventId,
    pub(super) pubkey: PublicKey,
    pub(super) created_at: u64,
    pub(super) kind: Kind,
    /// False when [`Event::expiration`] has none to find: every reader asks.
    pub(super) may_expire: bool,
    pub(super) tag_count: u32,
    /// Where the tags begin in `json`.
    pub(super) tags_start: u32,
    /// Where the quote before the content is in `json`.
    pub(super) content_start: u32,
    pub(super) json: Box<str>,
    /// The strings that have escapes in `json`, without them.
    pub(super) unescaped: Box<str>,
    /// For each tag the number of strings up to its end; then start and end of each string, the
    /// content last.
    pub(super) offsets: Box<[u32]>,
}

impl Event {
    /// The canonical JSON.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The claimed id; see [`Event::verify`].
    pub fn id(&self) -> EventId {
        self.id
    }

    /// The claimed author.
    pub fn pubkey(&self) -> PublicKey {
        self.pubkey
    }

    /// Unix time in seconds, at most [`CREATED_AT_MAX`].
    pub fn created_at(&self) -> u64 {
        self.created_at
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The content, unescaped.
    pub fn content(&self) -> &str {
        self.string(self.string_count())
    }

    /// The claimed signature.
    pub fn sig(&self) -> Signature {
        let end = self.json.len().saturating_sub(END.len());
        let start = end.saturating_sub(128);
        self.json
            .as_bytes()
            .get(start..end)
            .and_then(hex::decode)
            .map_or(Signature::from_bytes([0; 64]), Signature::from_bytes)
    }

    /// The tags, in order.
    pub fn tags(&self) -> Tags<'_> {
        Tags::new(self)
    }

    /// Value of the first `d` tag, `""` when there is none or it has no value (NIP-01).
    pub fn identifier(&self) -> &str {
        self.tags()
            .named("d")
            .next()
            .and_then(|tag| tag.value())
            .unwrap_or_default()
    }

    /// The address under which this event replaces older ones and is replaced by newer ones;
    /// none for regular and ephemeral kinds (NIP-01).
    pub fn address(&self) -> Option<Address> {
        let identifier = match self.kind.storage_class() {
            StorageClass::Replaceable => "",
            StorageClass::Addressable => self.identifier(),
            StorageClass::Regular | StorageClass::Ephemeral => return None,
        };
        Some(Address {
            kind: self.kind,
            pubkey: self.pubkey,
            identifier: identifier.to_owned(),
        })
    }

    /// Unix time in seconds of the first `expiration` tag if that is a decimal integer (NIP-40).
    /// Larger numbers than fit count as the largest.
    pub fn expiration(&self) -> Option<u64> {
        if !self.may_expire {
            return None;
        }
        let value = self.tags().named("expiration").next()?.value()?;
        let decimal = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        decimal.then(|| value.parse().unwrap_or(u64::MAX))
    }

    /// Has a `-` tag: only its author may publish it (NIP-70).
    pub fn is_protected(&self) -> bool {
        self.tags().named("-").next().is_some()
    }

    /// What filters can find: the first value of every tag whose name is one ASCII letter.
    ///
    /// Of an addressable event only the first `d` counts, and one without any has `("d", "")`
    /// (NIP-01). Pairs may repeat.
    ///
    /// ```
    /// use kith_nips::{Kind, nip01::Draft};
    /// let draft = Draft {
    ///     kind: Kind::MEETUP,
    ///     created_at: None,
    ///     tags: vec![vec!["title".into(), "Chess".into()], vec!["t".into(), "chess".into()]],
    ///     content: String::new(),
    /// };
    /// let event = draft.sign(&nostr::Keys::generate(), 1)?;
    /// let found: Vec<_> = event.indexed_tags().map(|(name, value)| (name.as_char(), value)).collect();
    /// assert_eq!(found, [('t', "chess"), ('d', "")]);
    /// # Ok::<(), kith_nips::nip01::DraftError>(())
    /// ```
    pub fn indexed_tags(&self) -> impl Iterator<Item = (TagName, &str)> {
        let addressable = self.kind.storage_class() == StorageClass::Addressable;
        let written = self.tags().iter().filter_map(move |tag| {
            let name = tag.letter()?;
            if addressable && name == TagName::D {
                return None;
            }
            Some((name, tag.value()?))
        });
        let identifier = addressable.then(|| (TagName::D, self.identifier()));
        written.chain(identifier)
    }

    /// Bytes of memory that this event takes, allocations included.
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.json.len() + self.unescaped.len() + size_of_val(&*self.offsets)
    }

    /// Looks once whether there is an expiration.
    pub(super) fn knowing_expiration(mut self) -> Self {
        self.may_expire = self.expiration().is_some();
        self
    }

    /// `tags` and `content` as they stand in the canonical JSON.
    pub(super) fn serialised_body(&self) -> (&str, &str) {
        let content_start = self.content_start as usize;
        let content_end = self.json.len().saturating_sub(TAIL_BYTES);
        let tags_end = content_start.saturating_sub(BEFORE_CONTENT.len());
        let cut = |start: usize, end: usize| self.json.get(start..end).unwrap_or_default();
        (
            cut(self.tags_start as usize, tags_end),
            cut(content_start, content_end),
        )
    }

    /// Number of strings in all tags.
    fn string_count(&self) -> usize {
        self.tag_end(self.tag_count as usize)
    }

    /// Number of strings in the first `tags` tags.
    pub(super) fn tag_end(&self, tags: usize) -> usize {
        match tags.checked_sub(1) {
            Some(last) => self.offsets.get(last).map_or(0, |end| *end as usize),
            None => 0,
        }
    }

    /// String number `index` if it is one byte long.
    pub(super) fn one_byte(&self, index: usize) -> Option<u8> {
        let position = self.tag_count as usize + 2 * index;
        match self.offsets.get(position..position + 2)? {
            [start, end] if end - (start & !IN_UNESCAPED) == 1 => self.string(index).bytes().next(),
            _ => None,
        }
    }

    /// String number `index`; the content comes after those of the tags.
    pub(super) fn string(&self, index: usize) -> &str {
        let position = self.tag_count as usize + 2 * index;
        let Some([start, end]) = self.offsets.get(position..position + 2) else {
            return "";
        };
        let (text, start) = if start & IN_UNESCAPED == 0 {
            (&self.json, *start)
        } else {
            (&self.unescaped, start & !IN_UNESCAPED)
        };
        text.get(start as usize..*end as usize).unwrap_or_default()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Event({})", self.json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::testing;
    use crate::nip01::Draft;

    fn event(kind: Kind, tags: &[&[&str]]) -> Event {
        let draft = Draft {
            kind,
            created_at: None,
            tags: testing::tags(tags),
            content: String::new(),
        };
        draft.sign(&nostr::Keys::generate(), 1).unwrap()
    }

    fn indexed(event: &Event) -> Vec<(char, &str)> {
        event
            .indexed_tags()
            .map(|(name, value)| (name.as_char(), value))
            .collect()
    }

    #[test]
    fn nip01_48_no_identifier_in_three_spellings() {
        let spellings: [&[&[&str]]; 3] = [&[], &[&["d"]], &[&["d", ""]]];
        for tags in spellings {
            let event = event(Kind::MEETUP, tags);
            assert_eq!(event.identifier(), "");
            assert_eq!(event.address().unwrap().identifier, "");
            assert_eq!(indexed(&event), [('d', "")]);
        }
    }

    #[test]
    fn nip01_49_the_first_identifier_decides() {
        let twice = event(
            Kind::MEETUP,
            &[&["d", "one", "x"], &["t", "y"], &["d", "two"]],
        );
        assert_eq!(twice.address().unwrap().identifier, "one");
        assert_eq!(indexed(&twice), [('t', "y"), ('d', "one")]);
        let nameless = event(Kind::MEETUP, &[&["d"], &["d", "two"]]);
        assert_eq!(nameless.address().unwrap().identifier, "");
        assert_eq!(indexed(&nameless), [('d', "")]);
    }

    #[test]
    fn nip01_44_identifiers_of_replaceable_events_are_ignored() {
        let event = event(Kind::COMMUNITY_FOLLOWS, &[&["d", "x"]]);
        let address = event.address().unwrap();
        assert_eq!(
            (address.kind, address.identifier.as_str()),
            (Kind::COMMUNITY_FOLLOWS, "")
        );
        assert_eq!(address.pubkey, event.pubkey());
        assert_eq!(indexed(&event), [('d', "x")]);
    }

    #[test]
    fn nip01_43_and_45_other_kinds_have_no_address() {
        assert_eq!(event(Kind::TEXT_NOTE, &[&["d", "x"]]).address(), None);
        assert_eq!(event(Kind::AUTHENTICATION, &[&["d", "x"]]).address(), None);
    }

    #[test]
    fn nip01_76_and_80_what_filters_can_find() {
        let event = event(
            Kind::TEXT_NOTE,
            &[
                &["e", "first", "second"],
                &["E", "upper"],
                &["t"],
                &["title", "no"],
                &["1", "no"],
                &["-", "no"],
                &["é", "no"],
                &["", "no"],
                &["g", ""],
                &["e", "first"],
            ],
        );
        let found = [('e', "first"), ('E', "upper"), ('g', ""), ('e', "first")];
        assert_eq!(indexed(&event), found);
    }

    #[test]
    fn nip70_05_protected_is_a_tag_of_that_name() {
        assert!(event(Kind::TEXT_NOTE, &[&["t", "x"], &["-"]]).is_protected());
        assert!(event(Kind::TEXT_NOTE, &[&["-", "x"]]).is_protected());
        assert!(!event(Kind::TEXT_NOTE, &[&["t", "-"], &["--"]]).is_protected());
    }
}
