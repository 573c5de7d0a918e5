//! The keys of the index: what stands for places, tags, authors, addresses and words.

use std::hash::Hasher;

use kith_nips::nip01::TagName;
use kith_nips::place::Tile;
use kith_nips::{Address, Event, PublicKey};
use sha2::{Digest, Sha256};
use siphasher::sip::SipHasher13;

use crate::store::Sequence;

/// The greatest `created_at` an event can have (2^53 − 1, see NIP01-26).
const CREATED_AT_MAX: i64 = (1 << 53) - 1;

/// An event's place in an answer: newest first, then lowest id. Ids are compared by their first
/// eight bytes here; whoever needs more has the event itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// `CREATED_AT_MAX − created_at`.
    pub age: i64,
    /// The first eight bytes of the id, mapped so that signed order is byte order.
    pub id_prefix: i64,
    /// The place in the log.
    pub sequence: i64,
}

impl Position {
    /// Before everything.
    pub const FIRST: Position = Position {
        age: 0,
        id_prefix: i64::MIN,
        sequence: i64::MIN,
    };

    /// Where `event` stands.
    pub fn of(event: &Event, sequence: Sequence) -> Self {
        Position {
            age: age(event.created_at()),
            id_prefix: ordered_prefix(event.id().as_bytes()),
            sequence: signed(sequence),
        }
    }

    /// Where `event` stands among others by their start, the soonest first.
    pub fn by_start(start: u64, event: &Event, sequence: Sequence) -> Self {
        Position {
            age: signed(start),
            ..Self::of(event, sequence)
        }
    }

    /// Before everything created at or before `time`.
    pub fn starting_at(time: u64) -> Self {
        Position {
            age: age(time),
            ..Self::FIRST
        }
    }

    /// The smallest place behind this one.
    pub fn next(self) -> Self {
        Position {
            sequence: self.sequence.saturating_add(1),
            ..self
        }
    }
}

/// The distance of a time from the greatest one.
pub fn age(created_at: u64) -> i64 {
    CREATED_AT_MAX.saturating_sub(signed(created_at)).max(0)
}

/// SQLite counts in signed numbers; sequences and times never come near the difference.
pub fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Keys the hashes of tag values and addresses, so that nobody can prepare collisions.
#[derive(Debug, Clone, Copy)]
pub struct Salt([u8; 16]);

impl Salt {
    /// A secret that was stored.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Salt)
    }

    /// The secret itself.
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut hasher = Sha256::new_with_prefix(self.0);
        for part in parts {
            hasher.update(part);
        }
        hasher.finalize().into()
    }
}

/// Bytes of an author's key that an [`AddressKey`] begins with.
const AUTHOR_BYTES: usize = 8;
/// Bytes of an [`AddressKey`].
pub const ADDRESS_KEY_BYTES: usize = AUTHOR_BYTES + 16;

/// Stands for an address: the beginning of its author's key, so that all addresses of an author
/// lie together, and a keyed hash that is long enough for the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AddressKey(pub [u8; ADDRESS_KEY_BYTES]);

impl AddressKey {
    /// The key of `address` in the index with this salt.
    pub fn of(salt: &Salt, address: &Address) -> Self {
        let hash = salt.hash(&[
            &address.kind.as_u16().to_be_bytes(),
            address.pubkey.as_bytes(),
            address.identifier.as_bytes(),
        ]);
        let mut key = Self::beginning(&address.pubkey, 0);
        for (byte, hashed) in key.0.iter_mut().skip(AUTHOR_BYTES).zip(hash) {
            *byte = hashed;
        }
        key
    }

    /// The first and the last key that an address of `author` can have.
    pub fn range_of(author: &PublicKey) -> (Self, Self) {
        (Self::beginning(author, 0), Self::beginning(author, u8::MAX))
    }

    fn beginning(author: &PublicKey, rest: u8) -> Self {
        let mut key = [rest; ADDRESS_KEY_BYTES];
        for (byte, of_author) in key.iter_mut().zip(author.as_bytes()).take(AUTHOR_BYTES) {
            *byte = *of_author;
        }
        AddressKey(key)
    }
}

/// A short, keyed hash of a tag's name and first value. Rows found by it are compared with the
/// real value before they count.
pub fn tag_key(salt: &Salt, name: TagName, value: &str) -> i64 {
    let letter = [u8::try_from(name.as_char()).unwrap_or(b'?')];
    let hash = salt.hash(&[&letter, value.as_bytes()]);
    i64::from_be_bytes(*hash.first_chunk::<8>().unwrap_or(&[0; 8]))
}

/// Stands for a tile; no two tiles share it.
pub fn tile_key(tile: Tile) -> i64 {
    signed(tile.number())
}

/// The first eight bytes of a key; rows found by it are compared with the real key.
pub fn author_key(author: &PublicKey) -> i64 {
    ordered_prefix(author.as_bytes())
}

/// The first eight bytes of an id or key, in their order.
pub fn ordered_prefix(bytes: &[u8; 32]) -> i64 {
    ordered(*bytes.first_chunk::<8>().unwrap_or(&[0; 8]))
}

/// A number whose signed order is the order of the bytes.
pub fn ordered(bytes: [u8; 8]) -> i64 {
    (u64::from_be_bytes(bytes) ^ (1 << 63)).cast_signed()
}

/// The bytes that [`ordered`] was given.
pub fn ordered_bytes(number: i64) -> [u8; 8] {
    (number.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

/// Bytes of a word that its key holds.
const WORD_BYTES: usize = 8;

/// The key of a folded word: its first eight bytes. Who is found by it is searched for the whole.
pub fn word_key(word: &str) -> i64 {
    word_with(word, 0)
}

/// The first and the last key that a word beginning with `beginning` can have.
pub fn word_keys(beginning: &str) -> (i64, i64) {
    (word_with(beginning, 0), word_with(beginning, u8::MAX))
}

/// Beginnings of long words, in bytes, that have keys of their own: compound words share their first
/// eight bytes with many others.
const LONG_BEGINNINGS: [usize; 3] = [16, 12, 10];

/// The keys of the beginnings of a long word; none of a short one.
pub fn long_word_keys(salt: &Salt, word: &str) -> impl Iterator<Item = i64> {
    let beginnings = LONG_BEGINNINGS.into_iter();
    beginnings.filter_map(|bytes| Some(long_word_key(salt, word.as_bytes().get(..bytes)?)))
}

/// The key of a whole word among those of one region: the rarest that it has.
pub fn placed_word_key(salt: &Salt, word: &str) -> i64 {
    let mut long = long_word_keys(salt, word);
    long.next().unwrap_or_else(|| word_key(word))
}

/// No word begins with such a byte.
const NO_WORD: u8 = u8::MAX;

fn long_word_key(salt: &Salt, beginning: &[u8]) -> i64 {
    let mut hasher = SipHasher13::new_with_key(&salt.0);
    hasher.write(beginning);
    let mut bytes = hasher.finish().to_be_bytes();
    bytes[0] = NO_WORD;
    ordered(bytes)
}

fn word_with(beginning: &str, rest: u8) -> i64 {
    let mut bytes = [rest; WORD_BYTES];
    for (byte, of_word) in bytes.iter_mut().zip(beginning.as_bytes()) {
        *byte = *of_word;
    }
    ordered(bytes)
}
