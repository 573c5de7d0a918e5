//! What the walks of an answer read with: the same for those by time and those that search.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicU64;

use kith_nips::{EventId, PublicKey};

use super::reader::Reader;
use crate::store::{ScanOptions, Sequence};

/// What the walks read with, for one slice of time.
pub struct Context<'a> {
    /// What has been ended by now.
    pub hidden: &'a HashSet<Sequence>,
    /// What had been ended when the answer began.
    pub hidden_at_first: &'a HashSet<Sequence>,
    /// Communities that were not indexed before the index was looked at, with their owners.
    pub communities: &'a Communities,
    /// What the asker may see.
    pub options: &'a ScanOptions,
    /// The index.
    pub reader: &'a Reader,
    /// Counts what searches looked at.
    pub counters: &'a SearchCounters,
    /// Whether a search passes over descriptions without their owner's community (LBC-10).
    pub enforce_owner: bool,
}

/// Where communities are in the log, and who owns them.
pub type Communities = HashMap<EventId, (Sequence, PublicKey)>;

/// What searches looked at and answered since the store was opened.
#[derive(Debug, Default)]
pub struct SearchCounters {
    /// Events that were read because the index named them.
    pub examined: AtomicU64,
    /// Events that were in an answer.
    pub returned: AtomicU64,
}

impl Context<'_> {
    /// Whether an event was ended, though it may still be in the index or among rows that were
    /// read before it left the index.
    pub fn is_hidden(&self, sequence: Sequence) -> bool {
        self.hidden.contains(&sequence) || self.hidden_at_first.contains(&sequence)
    }
}
