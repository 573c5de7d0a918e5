//! Views on the tags of an event (NIP-01). Tags are opaque here: what `e`, `a` or `p` point to is
//! for others to judge.

use std::fmt;

use super::Event;

/// The name of a tag that filters can ask for: one ASCII letter (NIP-01). `e` and `E` differ.
///
/// ```
/// use kith_nips::nip01::TagName;
/// assert_eq!(TagName::new('g').map(TagName::as_char), Some('g'));
/// assert!(TagName::new('1').is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagName(u8);

impl TagName {
    /// The identifier of addressable events (NIP-01).
    pub const D: Self = Self(b'd');
    /// An event (NIP-01).
    pub const E: Self = Self(b'e');
    /// A person (NIP-01).
    pub const P: Self = Self(b'p');

    /// The name, if it is an ASCII letter.
    pub const fn new(letter: char) -> Option<Self> {
        if letter.is_ascii_alphabetic() {
            Some(Self(letter as u8))
        } else {
            None
        }
    }

    /// The letter.
    pub const fn as_char(self) -> char {
        self.0 as char
    }

    /// The letter as a byte.
    pub const fn as_u8(self) -> u8 {
        self.0
    }

    /// The name, if `text` is one ASCII letter.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [letter] => Self::from_byte(*letter),
            _ => None,
        }
    }

    fn from_byte(letter: u8) -> Option<Self> {
        letter.is_ascii_alphabetic().then_some(Self(letter))
    }
}

impl fmt::Display for TagName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.as_char(), formatter)
    }
}

/// The tags of an event, in order.
///
/// ```
/// use kith_nips::{Event, Kind, nip01::Draft};
/// # let tags = vec![vec!["p".into(), "ab".into()], vec!["t".into(), "chess".into(), "x".into()]];
/// # let draft = Draft { kind: Kind::TEXT_NOTE, created_at: None, tags, content: String::new() };
/// # let event = draft.sign(&nostr::Keys::generate(), 1)?;
/// let tags = event.tags();
/// assert_eq!(tags.len(), 2);
/// assert_eq!(tags.first_value("t"), Some("chess"));
/// assert_eq!(tags.named("p").count(), 1);
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Tags<'a> {
    event: &'a Event,
}

impl<'a> Tags<'a> {
    pub(super) fn new(event: &'a Event) -> Self {
        Self { event }
    }

    /// Number of tags.
    pub fn len(&self) -> usize {
        self.event.tag_count as usize
    }

    /// Whether there is no tag.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tag number `index`, from 0.
    pub fn get(&self, index: usize) -> Option<Tag<'a>> {
        (index < self.len()).then(|| Tag {
            event: self.event,
            first: self.event.tag_end(index),
            end: self.event.tag_end(index + 1),
        })
    }

    /// All tags.
    pub fn iter(&self) -> impl Iterator<Item = Tag<'a>> + use<'a> {
        let event = self.event;
        let mut first = 0;
        (1..=self.len()).map(move |tags| {
            let end = event.tag_end(tags);
            let tag = Tag { event, first, end };
            first = end;
            tag
        })
    }

    /// The tags of this name.
    pub fn named<'n>(&self, name: &'n str) -> impl Iterator<Item = Tag<'a>> + use<'a, 'n> {
        self.iter().filter(move |tag| tag.name() == name)
    }

    /// The value of the first tag of this name that has one.
    pub fn first_value(&self, name: &str) -> Option<&'a str> {
        self.named(name).find_map(|tag| tag.value())
    }
}

impl fmt::Debug for Tags<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

/// One tag: a name and any number of further strings.
///
/// ```
/// use kith_nips::{Kind, nip01::Draft};
/// # let tags = vec![vec!["r".into(), "https://example.com".into(), "photo".into()]];
/// # let draft = Draft { kind: Kind::TEXT_NOTE, created_at: None, tags, content: String::new() };
/// # let event = draft.sign(&nostr::Keys::generate(), 1)?;
/// let tag = event.tags().get(0).unwrap();
/// assert_eq!(tag.name(), "r");
/// assert_eq!(tag.value(), Some("https://example.com"));
/// assert_eq!(tag.get(2), Some("photo"));
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Tag<'a> {
    event: &'a Event,
    first: usize,
    end: usize,
}

impl<'a> Tag<'a> {
    /// The first string.
    pub fn name(&self) -> &'a str {
        self.event.string(self.first)
    }

    /// The second string: what filters compare.
    pub fn value(&self) -> Option<&'a str> {
        self.get(1)
    }

    /// String number `index`; 0 is the name.
    pub fn get(&self, index: usize) -> Option<&'a str> {
        (index < self.len()).then(|| self.event.string(self.first + index))
    }

    /// All strings, name included.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let event = self.event;
        (self.first..self.end).map(move |index| event.string(index))
    }

    /// Number of strings, name included.
    pub fn len(&self) -> usize {
        self.end - self.first
    }

    /// Always false: a tag has a name at least.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name if it is one that filters can ask for.
    pub fn letter(&self) -> Option<TagName> {
        self.event.one_byte(self.first).and_then(TagName::from_byte)
    }
}

impl fmt::Debug for Tag<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}
