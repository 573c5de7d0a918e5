//! What a walk in the order of the index need not load: when one condition of a search is rare, only
//! the places that meet it are looked at.

use std::collections::BTreeMap;

use kith_nips::place::Tile;
use roaring::RoaringTreemap;

use super::gathering::{Condition, Gathering, part_of};
use crate::store::sqlite::placed::{Dates, Undated, region_of, tag_beside, word_beside};
use crate::store::sqlite::reader::Reader;
use crate::store::sqlite::runs::{Entries, Entry};
use crate::store::sqlite::stream::Step;
use crate::store::{Sequence, StoreError};

/// Places that a sieve holds at most, and after which no further region has one; what more events have is
/// looked for in the events themselves.
pub const SIEVE_PLACES_MAX: u64 = 262_144;
/// The same for one region: about so many cost as much as looking beside the entries of those who are near
/// until a page is full.
const REGION_PLACES_MAX: u64 = 2_048;
/// Regions that have a sieve at most; of others the index is asked entry by entry.
const REGIONS_MAX: usize = 256;

/// Tells which places may answer.
pub enum Sieve {
    /// Not known yet.
    Gathering(Box<Gathering>, u64),
    /// Only these.
    Places(RoaringTreemap),
    /// Any.
    Open,
}

impl Sieve {
    /// By the rarest of these conditions, if at most so many places meet it.
    pub fn new(conditions: Vec<Condition>, places_max: u64) -> Self {
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
            let Step::Item(few) = gathering.few(upto, *places_max, reader)? else {
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

/// What a walk outwards need not load: events that do not have the words and tags that they must have. A rare
/// word is looked up in a region when the walk comes there, and leaves only its places; of each of these
/// an entry is looked for beside the one that the walk found.
pub struct RegionSieves {
    /// Of each of these lists an event has a word, by its key.
    words: Vec<Vec<i64>>,
    /// Of each of these lists an event has a tag, by its key.
    tags: Vec<Vec<i64>>,
    /// Who has a tag has one of these words too, as far as that is known.
    words_of_tags: Option<Vec<i64>>,
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
            tags: Vec::new(),
            words_of_tags: None,
            dates,
            undated,
            sieves: BTreeMap::new(),
            held: 0,
        }
    }

    /// Also by `tags`, of each list one. Who has one of a list also has one of `words`, if these are known.
    pub fn with_tags(self, tags: Vec<Vec<i64>>, words: Option<Vec<i64>>) -> Self {
        RegionSieves {
            tags,
            words_of_tags: words,
            ..self
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
        let has_words = !self.words.is_empty() || self.words_of_tags.is_some();
        let Some(region) = region_of(tile).filter(|_| has_words) else {
            return Ok(true);
        };
        if !self.sieves.contains_key(&region) {
            if self.sieves.len() >= REGIONS_MAX || self.held >= SIEVE_PLACES_MAX {
                return Ok(true);
            }
            let sieve = Sieve::new(self.conditions(region), REGION_PLACES_MAX);
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

    /// Whether the event of `entry`, the last of `entries`, may answer. It lies in the tile.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn passes(
        &self,
        tile: Tile,
        entry: &Entry,
        entries: &Entries<'_>,
    ) -> Result<bool, StoreError> {
        let region = region_of(tile);
        let places = region.and_then(|region| self.places(region));
        if let Some(places) = places {
            let sequence = entry.position.sequence.unsigned_abs();
            if !places.contains(sequence) {
                return Ok(false);
            }
        }
        for keys in &self.tags {
            if !has_one(keys, |key| entries.has_beside(&tag_beside(entry, key)))? {
                return Ok(false);
            }
        }
        // The places are those of the only word.
        let is_known = places.is_some() && self.words.len() == 1 && self.words_of_tags.is_none();
        let (Some(region), false) = (region, is_known) else {
            return Ok(true);
        };
        for keys in &self.words {
            if !has_one(keys, |key| {
                entries.has_beside(&word_beside(entry, key, region))
            })? {
                return Ok(false);
            }
        }
        Ok(true)
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
        let words = self.words.iter().chain(&self.words_of_tags);
        words
            .map(|keys| keys.iter().flat_map(parts).collect())
            .collect()
    }
}

/// Whether there is an entry for one of these keys.
fn has_one(
    keys: &[i64],
    mut has: impl FnMut(i64) -> Result<bool, StoreError>,
) -> Result<bool, StoreError> {
    for key in keys {
        if has(*key)? {
            return Ok(true);
        }
    }
    Ok(false)
}
