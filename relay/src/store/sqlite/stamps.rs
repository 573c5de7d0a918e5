//! Tells whether anything changed of what an author wrote, or of what names an event, without looking.

use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};

use ahash::RandomState;
use kith_nips::{EventId, Kind};

use super::facets;
use super::tail::Placed;
use crate::store::{Stamp, StampOf};

/// Authors and names share a count with few others: one that is not theirs is only a look too many.
const COUNTS: usize = 65_536;

/// Of one event so many names are counted; one with more counts for all.
const NAMES_PER_EVENT_MAX: usize = 16;

/// How often something changed.
pub struct Stamps {
    changes: AtomicU64,
    /// By author and by kind and name.
    counts: Box<[AtomicU64]>,
    /// What the facets count, and what ends it.
    facets: AtomicU64,
    /// What was ended by others than its author, and what has very many names.
    others: AtomicU64,
    hasher: RandomState,
}

impl Default for Stamps {
    fn default() -> Self {
        Stamps {
            changes: AtomicU64::new(0),
            counts: (0..COUNTS).map(|_| AtomicU64::new(0)).collect(),
            facets: AtomicU64::new(0),
            others: AtomicU64::new(0),
            hasher: RandomState::new(),
        }
    }
}

impl Stamps {
    /// To be called with what was committed, once that can be seen and before anybody is told of it.
    /// Authors end what is their own, so that their new events tell of that too; who vanishes also ends
    /// what others wrote to them, and administrators end anything without an event.
    pub fn note(&self, events: &[Placed]) {
        // First, so that who sees any of the others sees this too.
        self.changes.fetch_add(1, Ordering::AcqRel);
        let mut has_others = events.is_empty();
        let mut has_facets = has_others;
        for (_, event) in events {
            has_facets |= changes_facets(event.kind());
            self.note_one(event.pubkey().as_bytes());
            has_others |= event.kind() == Kind::VANISH;
            let named = event.tags().named("e").filter_map(|tag| tag.value());
            for (place, name) in named.enumerate() {
                if place == NAMES_PER_EVENT_MAX {
                    has_others = true;
                    break;
                }
                // What is no id names nothing.
                if let Ok(id) = name.parse::<EventId>() {
                    self.note_one((event.kind(), id.as_bytes()));
                }
            }
        }
        if has_facets {
            self.facets.fetch_add(1, Ordering::AcqRel);
        }
        if has_others {
            self.others.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// To be read before what it is about.
    pub fn of(&self, of: StampOf<'_>) -> Stamp {
        let count = match of {
            StampOf::Everything => return Stamp(self.changes.load(Ordering::Acquire), 0),
            StampOf::Facets => return Stamp(self.facets.load(Ordering::Acquire), 0),
            StampOf::Author(author) => self.count_of(author.as_bytes()),
            StampOf::Naming(kind, id) => self.count_of((kind, id.as_bytes())),
        };
        let count = count.map_or(0, |count| count.load(Ordering::Acquire));
        Stamp(count, self.others.load(Ordering::Acquire))
    }

    fn note_one(&self, of: impl Hash) {
        if let Some(count) = self.count_of(of) {
            count.fetch_add(1, Ordering::AcqRel);
        }
    }

    fn count_of(&self, of: impl Hash) -> Option<&AtomicU64> {
        let place = self.hasher.hash_one(of) as usize % COUNTS;
        self.counts.get(place)
    }
}

/// Whether what has this kind is counted, or may end what is or bring it back.
fn changes_facets(kind: Kind) -> bool {
    matches!(kind, Kind::COMMUNITY | Kind::DELETION | Kind::VANISH) || facets::KINDS.contains(&kind)
}
