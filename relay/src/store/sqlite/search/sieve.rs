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

/// Places that a sieve holds at most, and after which no further region has one; what more events have is looked for in the events themselves.
const SIEVE_PLACES_MAX: u64 = 262_144;
/// The same for one region.
const REGION_PLACES_MAX: u64 = 65_536;
/// Of more places in a region that meet one condition the others are looked up too.
const REGION_PLACES_ENOUGH: u64 = 2_048;
/// Regions that have a sieve at most; of others the events are asked.
const REGIONS_MAX: usize = 256;

/// How many places a sieve holds.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// With so few no further condition is looked up.
    enough: u64,
    /// With more of the rarest condition there is no sieve.
    max: u64,
}

/// Tells which places may answer.
pub enum Sieve {
    /// Not known yet.
    Gathering(Box<Gathering>, Bounds),
    /// Only these.
    Places(RoaringTreemap),
    /// Any.
    Open,
}

impl Sieve {
    /// By the rarest of these conditions.
    pub fn new(conditions: Vec<Condition>) -> Self {
        let bounds = Bounds {
            enough: SIEVE_PLACES_MAX,
            max: SIEVE_PLACES_MAX,
        };
        Sieve::of(conditions, bounds)
    }

    fn of(conditions: Vec<Condition>, bounds: Bounds) -> Self {
        match conditions.is_empty() {
            true => Sieve::Open,
            false => Sieve::Gathering(Box::new(Gathering::of(conditions)), bounds),
        }
    }

    /// Makes it known; false when the time is up.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn prepare(&mut self, upto: Sequence, reader: &Reader) -> Result<bool, StoreError> {
        if let Sieve::Gathering(gathering, Bounds { enough, max }) = self {
            let Step::Item(few) = gathering.few(upto, *enough, *max, reader)? else {
                return Ok(false);
            };
            *self = few.map_or(Sieve::Open, Sieve::Places);
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
    /// Places in all of them together.
    held: u64,
}

impl RegionSieves {
    /// By `words`, for what is looked for by `dates` and for what is `undated`.
    pub fn new(words: Vec<Vec<i64>>, dates: Option<Dates>, undated: Option<Undated>) -> Self {
        RegionSieves {
            words,
            dates,
            undated,
            sieves: BTreeMap::new(),
            held: 0,
        }
    }

    /// Makes known the sieve of the region that a tile lies in; false when the time is up.
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
            if self.sieves.len() >= REGIONS_MAX || self.held >= SIEVE_PLACES_MAX {
                return Ok(true);
            }
            let conditions = self.conditions(region);
            let bounds = Bounds {
                enough: REGION_PLACES_ENOUGH,
                max: REGION_PLACES_MAX,
            };
            let sieve = Sieve::of(conditions, bounds);
            self.sieves.insert(region, sieve);
        }
        let Some(sieve @ Sieve::Gathering(..)) = self.sieves.get_mut(&region) else {
            return Ok(true);
        };
        let is_known = sieve.prepare(upto, reader)?;
        if let Sieve::Places(places) = sieve {
            self.held = self.held.saturating_add(places.len());
        }
        Ok(is_known)
    }

    /// What alone may answer of a region, if that is known.
    pub fn places(&self, region: Tile) -> Option<&RoaringTreemap> {
        match self.sieves.get(&region) {
            Some(Sieve::Places(places)) => Some(places),
            _ => None,
        }
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
