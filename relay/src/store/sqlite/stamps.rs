//! Tells whether anything changed of what an author wrote, without looking.

use std::sync::atomic::{AtomicU64, Ordering};

use ahash::RandomState;
use kith_nips::{Kind, PublicKey};

use super::tail::Placed;
use crate::store::AuthorStamp;

/// Authors share a count with few others: one that is not theirs is only a look too many.
const COUNTS: usize = 65_536;

/// How often something changed, author by author.
pub struct Stamps {
    counts: Box<[AtomicU64]>,
    /// What was ended by others than its author.
    removals: AtomicU64,
    hasher: RandomState,
}

impl Default for Stamps {
    fn default() -> Self {
        Stamps {
            counts: (0..COUNTS).map(|_| AtomicU64::new(0)).collect(),
            removals: AtomicU64::new(0),
            hasher: RandomState::new(),
        }
    }
}

impl Stamps {
    /// To be called with what was committed, once that can be seen and before anybody is told of it.
    /// Authors end what is their own, so that their new events tell of that too; who vanishes also ends
    /// what others wrote to them, and administrators end anything without an event.
    pub fn note(&self, events: &[Placed]) {
        for (_, event) in events {
            if let Some(count) = self.count_of(&event.pubkey()) {
                count.fetch_add(1, Ordering::AcqRel);
            }
        }
        let ends_others = |(_, event): &Placed| event.kind() == Kind::VANISH;
        if events.is_empty() || events.iter().any(ends_others) {
            self.removals.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// To be read before what it is about.
    pub fn of(&self, author: &PublicKey) -> AuthorStamp {
        let count = self.count_of(author);
        let count = count.map_or(0, |count| count.load(Ordering::Acquire));
        AuthorStamp(count, self.removals.load(Ordering::Acquire))
    }

    fn count_of(&self, author: &PublicKey) -> Option<&AtomicU64> {
        let place = self.hasher.hash_one(author.as_bytes()) as usize % COUNTS;
        self.counts.get(place)
    }
}
