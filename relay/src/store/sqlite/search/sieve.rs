//! What a walk in the order of the index need not load: when one condition of a search is rare, only
//! the places that meet it are looked at.

use roaring::RoaringTreemap;

use super::gathering::{Condition, Gathering};
use crate::store::sqlite::reader::Reader;
use crate::store::sqlite::stream::Step;
use crate::store::{Sequence, StoreError};

/// Places that a sieve holds at most; what more events have is looked for in the events themselves.
const SIEVE_PLACES_MAX: u64 = 262_144;

/// Tells which places may answer.
pub enum Sieve {
    /// Not known yet.
    Gathering(Box<Gathering>),
    /// Only these.
    Places(RoaringTreemap),
    /// Any.
    Open,
}

impl Sieve {
    /// By the rarest of these conditions.
    pub fn new(conditions: Vec<Condition>) -> Self {
        match conditions.is_empty() {
            true => Sieve::Open,
            false => Sieve::Gathering(Box::new(Gathering::of(conditions))),
        }
    }

    /// Makes it known; false when the time is up.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn prepare(&mut self, upto: Sequence, reader: &Reader) -> Result<bool, StoreError> {
        if let Sieve::Gathering(gathering) = self {
            let Step::Item(rarest) = gathering.rarest(upto, SIEVE_PLACES_MAX, reader)? else {
                return Ok(false);
            };
            *self = rarest.map_or(Sieve::Open, Sieve::Places);
        }
        Ok(true)
    }

    /// Whether nothing can answer.
    pub fn is_empty(&self) -> bool {
        matches!(self, Sieve::Places(places) if places.is_empty())
    }

    /// Whether the event at this place may answer.
    pub fn passes(&self, sequence: Sequence) -> bool {
        match self {
            Sieve::Places(places) => places.contains(sequence),
            Sieve::Open | Sieve::Gathering(_) => true,
        }
    }
}
