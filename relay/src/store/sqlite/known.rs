//! What is surely not in the index, told without looking there: a Bloom filter over the ids and
//! addresses of everything that was ever indexed. Most events that come are new, and most of their
//! look-ups would read a page of a large file to find nothing.
//!
//! It is filled in the background after a start; until then nothing is sure. It forgets nothing:
//! what was removed is looked up in vain.

use std::sync::atomic::{AtomicBool, Ordering};

use fastbloom::AtomicBloomFilter;
use kith_nips::EventId;
use rusqlite::{Connection, params};

use super::keys::{ADDRESS_KEY_BYTES, AddressKey};
use super::schema::failed;
use crate::store::StoreError;

/// Bits for each id or address: about one in a thousand that is not there is looked up all the
/// same.
const BITS_PER_KEY: u64 = 16;
/// Bits for each key that is set and tested.
const HASHES: u32 = 7;
/// A new store has room for this many keys before look-ups in vain become frequent.
const KEYS_MIN: u64 = 1 << 20;
/// Rows that are read in one step while filling.
const ROWS_PER_STEP: usize = 10_000;

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
        self.filter.insert(id.as_bytes());
    }

    /// Must come before the index has this address.
    pub fn insert_address(&self, address: &AddressKey) {
        self.filter.insert(&address.0);
    }

    /// False when the index surely has no such id.
    pub fn may_have_id(&self, id: &EventId) -> bool {
        !self.complete.load(Ordering::Acquire) || self.filter.contains(id.as_bytes())
    }

    /// False when the index surely has no such address.
    pub fn may_have_address(&self, address: &AddressKey) -> bool {
        !self.complete.load(Ordering::Acquire) || self.filter.contains(&address.0)
    }

    /// Takes in what the index has already, step by step, so that nobody waits for it.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read: nothing is sure then, ever.
    pub fn fill(&self, tables: &Connection) -> Result<(), StoreError> {
        self.fill_from::<32>(
            tables,
            "SELECT id FROM by_id WHERE id > ?1 ORDER BY id LIMIT ?2",
        )?;
        self.fill_from::<ADDRESS_KEY_BYTES>(
            tables,
            "SELECT address FROM by_address WHERE address > ?1 ORDER BY address LIMIT ?2",
        )?;
        let stopped = self.stopped.load(Ordering::Relaxed);
        self.complete.store(!stopped, Ordering::Release);
        Ok(())
    }

    /// Ends the filling.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn fill_from<const BYTES: usize>(
        &self,
        tables: &Connection,
        sql: &str,
    ) -> Result<(), StoreError> {
        // Nothing is before the empty key.
        let mut last = Vec::new();
        while let Some(key) = self.step::<BYTES>(tables, sql, &last)? {
            last = key.to_vec();
        }
        Ok(())
    }

    /// Takes in the next rows and gives the last of them; `None` at the end.
    fn step<const BYTES: usize>(
        &self,
        tables: &Connection,
        sql: &str,
        after: &[u8],
    ) -> Result<Option<[u8; BYTES]>, StoreError> {
        let what = "reading what is in the index";
        let mut statement = tables.prepare_cached(sql).map_err(failed(what))?;
        let mut rows = statement
            .query(params![after, ROWS_PER_STEP])
            .map_err(failed(what))?;
        let mut last = None;
        while let Some(row) = rows.next().map_err(failed(what))? {
            let key: [u8; BYTES] = row.get(0).map_err(failed(what))?;
            self.filter.insert(&key);
            last = Some(key);
        }
        Ok(last.filter(|_| !self.stopped.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u64) -> EventId {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        EventId::from_bytes(bytes)
    }

    fn tables(ids: std::ops::Range<u64>) -> Connection {
        let tables = Connection::open_in_memory().unwrap();
        tables
            .execute_batch(
                "CREATE TABLE by_id (id BLOB PRIMARY KEY);
                 CREATE TABLE by_address (address BLOB PRIMARY KEY);",
            )
            .unwrap();
        for number in ids {
            tables
                .execute("INSERT INTO by_id VALUES (?1)", [id(number).as_bytes()])
                .unwrap();
        }
        let address = [7_u8; 24];
        tables
            .execute("INSERT INTO by_address VALUES (?1)", [address])
            .unwrap();
        tables
    }

    #[test]
    fn what_is_in_the_index_may_be_there_and_most_else_is_surely_not() {
        let known = Known::new(0, 1 << 20);
        // More than one step.
        let tables = tables(0..25_000);
        assert!(known.may_have_id(&id(90_000)), "nothing is sure at first");
        known.insert_id(&id(30_000));
        known.fill(&tables).unwrap();
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
        known.fill(&tables(0..20_000)).unwrap();
        assert!(known.may_have_id(&id(90_000)));
    }
}
