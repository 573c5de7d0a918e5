//! What is surely not in the index, told without looking there: a Bloom filter over the ids and
//! addresses of everything that was ever indexed. Most events that come are new, and most of their
//! look-ups would read a page of a large file to find nothing.
//!
//! It is filled in the background after a start; until then nothing is sure. It forgets nothing:
//! what was removed is looked up in vain.

use std::sync::atomic::{AtomicBool, Ordering};

use fastbloom::AtomicBloomFilter;
use kith_nips::EventId;

use super::keys::AddressKey;
use super::runs::{Entries, Entry, Table};
use crate::store::StoreError;

/// Bits for each id or address: about one in a thousand that is not there is looked up all the
/// same.
const BITS_PER_KEY: u64 = 16;
/// Bits for each key that is set and tested.
const HASHES: u32 = 7;
/// A new store has room for this many keys before look-ups in vain become frequent.
const KEYS_MIN: u64 = 1 << 20;

/// The filter, shared by all who look things up in the index.
pub struct Known {
    filter: AtomicBloomFilter,
    /// Whether everything in the index is in the filter.
    complete: AtomicBool,
    stopped: AtomicBool,
}

impl Known {
    /// A filter with room for an index of `events` to double, in at most `bytes_max` bytes. Beyond
    /// its room it stays right and becomes less useful.
    pub fn new(events: u64, bytes_max: usize) -> Self {
        // Each event has an id, and most have an address or a deletion.
        let keys = events.saturating_mul(4).max(KEYS_MIN);
        let bits_max = (bytes_max as u64).saturating_mul(8).max(64);
        let bits = keys.saturating_mul(BITS_PER_KEY).min(bits_max);
        Known {
            filter: AtomicBloomFilter::with_num_bits(usize::try_from(bits).unwrap_or(usize::MAX))
                .hashes(HASHES),
            complete: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        }
    }

    /// Must come before the index has this id.
    pub fn insert_id(&self, id: &EventId) {
        self.filter.insert(&Entry::of_id(id, 0).bytes());
    }

    /// Must come before the index has this address.
    pub fn insert_address(&self, address: &AddressKey) {
        self.filter.insert(&address.0);
    }

    /// False when the index surely has no such id.
    pub fn may_have_id(&self, id: &EventId) -> bool {
        !self.complete.load(Ordering::Acquire) || self.filter.contains(&Entry::of_id(id, 0).bytes())
    }

    /// False when the index surely has no such address.
    pub fn may_have_address(&self, address: &AddressKey) -> bool {
        !self.complete.load(Ordering::Acquire) || self.filter.contains(&address.0)
    }

    /// Takes in what the index has already; others go on meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read: nothing is sure then, ever.
    pub fn fill(&self, mut entries: Entries<'_>) -> Result<(), StoreError> {
        while let Some(entry) = entries.next()?
            && matches!(entry.group.table, Table::Id | Table::Address)
        {
            if self.stopped.load(Ordering::Relaxed) {
                return Ok(());
            }
            self.filter.insert(&entry.bytes());
        }
        self.complete.store(true, Ordering::Release);
        Ok(())
    }

    /// Ends the filling.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rusqlite::Connection;

    use super::*;
    use crate::store::sqlite::runs::{Blocks, Marked, Merger, Runs};
    use crate::store::sqlite::schema;

    fn id(number: u64) -> EventId {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        EventId::from_bytes(bytes)
    }

    /// An index with these ids and one address.
    struct Indexed {
        _folder: tempfile::TempDir,
        tables: Connection,
        runs: Arc<Runs>,
    }

    impl Indexed {
        fn new(ids: std::ops::Range<u64>) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let tables = schema::open_index(folder.path()).unwrap();
            let runs = Arc::new(Runs::open(&tables, 0).unwrap());
            let mut merger = Merger::open(runs.clone(), &tables).unwrap();
            let ids = ids.map(|number| Entry::of_id(&id(number), number as i64));
            let entries = ids.chain([Entry::of_address(&AddressKey([7; 24]), 1)]);
            let removed = false;
            let entries = entries.map(|entry| Marked { entry, removed });
            merger.add(entries.collect(), &tables).unwrap();
            merger.publish();
            Indexed {
                _folder: folder,
                tables,
                runs,
            }
        }

        fn entries(&self) -> Entries<'_> {
            let blocks = Blocks::uncached(&self.tables);
            self.runs.manifest().scan(Entry::FIRST, blocks)
        }
    }

    #[test]
    fn what_is_in_the_index_may_be_there_and_most_else_is_surely_not() {
        let known = Known::new(0, 1 << 20);
        let indexed = Indexed::new(0..25_000);
        assert!(known.may_have_id(&id(90_000)), "nothing is sure at first");
        known.insert_id(&id(30_000));
        known.fill(indexed.entries()).unwrap();
        for number in (0..25_000).chain([30_000]) {
            assert!(known.may_have_id(&id(number)), "{number}");
        }
        assert!(known.may_have_address(&AddressKey([7; 24])));
        assert!(!known.may_have_address(&AddressKey([8; 24])));
        let wrong = (40_000..50_000).filter(|number| known.may_have_id(&id(*number)));
        assert!(wrong.count() < 100);
    }

    #[test]
    fn a_filling_that_was_stopped_makes_nothing_sure() {
        let known = Known::new(0, 1 << 20);
        known.stop();
        known.fill(Indexed::new(0..20_000).entries()).unwrap();
        assert!(known.may_have_id(&id(90_000)));
    }
}
