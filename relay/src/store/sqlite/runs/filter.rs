//! Tells without reading a run that it surely has nothing under a key: a Bloom filter over the ids,
//! addresses, authors and tags in it. Most of what is looked up is in one run or in none.

use std::hash::Hasher;

use fastbloom::BloomFilter;
use siphasher::sip::SipHasher13;

use super::entry::{Entry, Table};
use crate::store::sqlite::keys::Salt;

/// Bits for each key, where memory is not short: about one in a hundred that is not there is looked
/// for all the same.
const BITS_PER_KEY: u64 = 10;
/// With fewer bits for each key a filter is of no use.
const BITS_PER_KEY_MIN: u64 = 3;
/// Bits that are set and tested for each key.
const HASHES: u32 = 5;

/// What stands for a key in a filter, hashed with the index's secret, so that nobody can prepare
/// keys that fill it. `None` for entries that filters do not cover.
pub fn key_hash(salt: &Salt, entry: &Entry) -> Option<u64> {
    let mut hasher = SipHasher13::new_with_key(salt.bytes());
    hasher.write_u8(entry.group.table as u8);
    match entry.group.table {
        Table::Id | Table::Address => hasher.write(&entry.bytes()),
        Table::Author
        | Table::Tag
        | Table::Start
        | Table::Place
        | Table::PlaceStart
        | Table::WordStart => {
            hasher.write_u64(entry.group.key.cast_unsigned().to_le());
            hasher.write_u16(entry.group.kind.to_le());
        }
        Table::Cell => hasher.write_i64(entry.position.age.to_le()),
        Table::Time | Table::Kind | Table::Word => return None,
    }
    Some(hasher.finish())
}

/// The filter of one run.
#[derive(Debug)]
pub struct KeyFilter(BloomFilter);

impl KeyFilter {
    /// A filter for so many keys in at most `bytes_max` bytes; `None` where that is too little.
    pub fn new(keys: u64, bytes_max: usize) -> Option<Self> {
        let bits_max = (bytes_max as u64).saturating_mul(8);
        let bits = keys.max(64).saturating_mul(BITS_PER_KEY).min(bits_max);
        if bits < keys.saturating_mul(BITS_PER_KEY_MIN).max(64) {
            return None;
        }
        let bits = usize::try_from(bits).ok()?;
        // Keys come hashed with a secret, so the filter's own seed is of no matter.
        let filter = BloomFilter::with_num_bits(bits).seed(&0).hashes(HASHES);
        Some(KeyFilter(filter))
    }

    /// Takes a key in, by its hash.
    pub fn insert(&mut self, hash: u64) {
        self.0.insert_hash(hash);
    }

    /// False when no key with this hash was taken in.
    pub fn may_have(&self, hash: u64) -> bool {
        self.0.contains_hash(hash)
    }

    /// How much memory it takes.
    pub fn bytes_len(&self) -> usize {
        self.0.num_bits() / 8
    }

    /// For keeping it with its run.
    pub fn to_bytes(&self) -> Vec<u8> {
        let words = self.0.as_slice().iter();
        words.flat_map(|word| word.to_le_bytes()).collect()
    }

    /// What [`KeyFilter::to_bytes`] gave; `None` when it is nothing of the kind.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<8>();
        if words.is_empty() || !rest.is_empty() {
            return None;
        }
        let words = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
        let filter = BloomFilter::from_vec(words).seed(&0).hashes(HASHES);
        Some(KeyFilter(filter))
    }
}

#[cfg(test)]
mod tests {
    use kith_nips::EventId;

    use super::*;

    fn id(number: u64) -> Entry {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        Entry::of_id(&EventId::from_bytes(bytes), number as i64)
    }

    #[test]
    fn what_was_taken_in_may_be_there_and_most_else_is_surely_not() {
        let salt = Salt::from_bytes(&[7; 16]).unwrap();
        let hash = |number| key_hash(&salt, &id(number)).unwrap();
        let mut filter = KeyFilter::new(10_000, 1 << 20).unwrap();
        for number in 0..10_000 {
            filter.insert(hash(number));
        }
        assert!(filter.bytes_len() <= 13_000, "{}", filter.bytes_len());
        let kept = KeyFilter::from_bytes(&filter.to_bytes()).unwrap();
        for filter in [filter, kept] {
            assert!((0..10_000).all(|number| filter.may_have(hash(number))));
            let wrong = (10_000..20_000).filter(|number| filter.may_have(hash(*number)));
            let wrong = wrong.count();
            assert!(wrong < 300, "{wrong} of 10,000");
        }
    }

    #[test]
    fn memory_is_kept_to_and_too_little_is_none() {
        let small = KeyFilter::new(1_000_000, 500_000).unwrap();
        assert!(small.bytes_len() <= 500_008, "{}", small.bytes_len());
        assert!(KeyFilter::new(1_000_000, 100_000).is_none());
        assert!(KeyFilter::new(0, 0).is_none());
        assert!(KeyFilter::from_bytes(&[1, 2, 3]).is_none());
        assert!(KeyFilter::from_bytes(&[]).is_none());
    }

    #[test]
    fn the_place_of_an_id_does_not_matter_and_the_secret_does() {
        let salts = [[7; 16], [8; 16]].map(|salt| Salt::from_bytes(&salt).unwrap());
        let mut elsewhere = id(5);
        elsewhere.position.sequence = 99;
        assert_eq!(key_hash(&salts[0], &id(5)), key_hash(&salts[0], &elsewhere));
        assert_ne!(key_hash(&salts[0], &id(5)), key_hash(&salts[1], &id(5)));
        assert_eq!(key_hash(&salts[0], &Entry::of_word(1, 1)), None);
    }
}
