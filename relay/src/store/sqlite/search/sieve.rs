//! What a walk in the order of the index need not load: when one condition of a search is rare, only
//! the places that meet it are looked at.

use std::collections::BTreeMap;

use kith_nips::place::Tile;
use roaring::RoaringTreemap;

use super::gathering::{Condition, Gathering, part_of};
use crate::store::sqlite::placed::{Dates, Undated, region_of};
use crate::store::sqlite::reader::Reader;
use crate::store::sqlite::stream::Step;
use crate::store::{Sequence, StoreError};

/// Places that a sieve holds at most; what more events have is looked for in the events themselves.
const SIEVE_PLACES_MAX: u64 = 262_144;
/// The same for one region.
const REGION_PLACES_MAX: u64 = 4_096;
/// Regions that have a sieve at most; of others the events are asked.
const REGIONS_MAX: usize = 256;

/// Tells which places may answer.
pub enum Sieve {
    /// Not known yet, with how many places it may hold.
    Gathering(Box<Gathering>, u64),
    /// Only these.
    Places(RoaringTreemap),
    /// Any.
    Open,
}

impl Sieve {
    /// By the rarest of these conditions.
    pub fn new(conditions: Vec<Condition>) -> Self {
        Sieve::of(conditions, SIEVE_PLACES_MAX)
    }

    fn of(conditions: Vec<Condition>, places_max: u64) -> Self {
        match conditions.is_empty() {
            true => Sieve::Open,
            false => Sieve::Gathering(Box::new(Gathering::of(conditions)), places_max),
        }
    }

    /// Makes it known; false when the time is up.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn prepare(&mut self, upto: Sequence, reader: &Reader) -> Result<bool, StoreError> {
        if let Sieve::Gathering(gathering, places_max) = self {
            let Step::Item(rarest) = gathering.rarest(upto, *places_max, reader)? else {
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
            Sieve::Open | Sieve::Gathering(..) => true,
        }
    }
}

/// A sieve for each region of a walk, by the words that events must have, made when the walk comes there.
pub struct RegionSieves {
    /// Of each of these lists an event has a word, by its key.
    words: Vec<Vec<i64>>,
    dates: Option<Dates>,
    undated: Option<Undated>,
    sieves: BTreeMap<Tile, Sieve>,
}

impl RegionSieves {
    /// By `words`, for what is looked for by `dates` and for what is `undated`.
    pub fn new(words: Vec<Vec<i64>>, dates: Option<Dates>, undated: Option<Undated>) -> Self {
        RegionSieves {
            words,
            dates,
            undated,
            sieves: BTreeMap::new(),
        }
    }

    /// Makes the sieve known that a tile lies in; false when the time is up.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn prepare(
        &mut self,
        tile: Tile,
        upto: Sequence,
        reader: &Reader,
    ) -> Result<bool, StoreError> {
        let Some(region) = region_of(tile).filter(|_| !self.words.is_empty()) else {
            return Ok(true);
        };
        if !self.sieves.contains_key(&region) {
            if self.sieves.len() >= REGIONS_MAX {
                return Ok(true);
            }
            let conditions = self.conditions(region);
            let sieve = Sieve::of(conditions, REGION_PLACES_MAX);
            self.sieves.insert(region, sieve);
        }
        let sieve = self.sieves.get_mut(&region);
        sieve.map_or(Ok(true), |sieve| sieve.prepare(upto, reader))
    }

    /// Whether the event at this place, which lies in a tile, may answer.
    pub fn passes(&self, tile: Tile, sequence: Sequence) -> bool {
        let sieve = region_of(tile).and_then(|region| self.sieves.get(&region));
        sieve.is_none_or(|sieve| sieve.passes(sequence))
    }

    fn conditions(&self, region: Tile) -> Vec<Condition> {
        let parts = |key: &i64| {
            let key = *key;
            let dated = self.dates.iter();
            let dated = dated.flat_map(move |dates| dates.with_word(key, region));
            let undated = self.undated.iter();
            let undated = undated.map(move |undated| undated.with_word(key, region));
            dated.map(part_of).chain(undated)
        };
        let words = self.words.iter();
        words
            .map(|keys| keys.iter().flat_map(parts).collect())
            .collect()
    }
}
