//! Hot events in memory, bounded by bytes.

use std::sync::Arc;

use kith_nips::Event;
use quick_cache::{Weighter, sync::Cache};

use crate::store::Sequence;

/// What an entry costs beside its event: key, pointers and bookkeeping, roughly.
const ENTRY_BYTES: u64 = 96;

/// Assumed size of an event when the cache sizes its tables.
const EVENT_BYTES_TYPICAL: usize = 1024;

/// A cache from places in the log to events. An entry is never wrong, since the log never
/// changes what a place holds; an event that was ended is simply not looked for any more.
pub struct EventCache(Cache<Sequence, Arc<Event>, Bytes>);

#[derive(Clone)]
struct Bytes;

impl Weighter<Sequence, Arc<Event>> for Bytes {
    fn weight(&self, _: &Sequence, event: &Arc<Event>) -> u64 {
        event.memory_bytes() as u64 + ENTRY_BYTES
    }
}

impl EventCache {
    /// A cache of at most `bytes_max` bytes.
    pub fn new(bytes_max: usize) -> Self {
        let entries = (bytes_max / EVENT_BYTES_TYPICAL).max(16);
        EventCache(Cache::with_weighter(entries, bytes_max as u64, Bytes))
    }

    /// The event at this place, if it is hot.
    pub fn get(&self, sequence: Sequence) -> Option<Arc<Event>> {
        self.0.get(&sequence)
    }

    /// Remembers an event that was just read.
    pub fn insert(&self, sequence: Sequence, event: Arc<Event>) {
        self.0.insert(sequence, event);
    }
}
