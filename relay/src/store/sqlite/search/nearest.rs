//! Answers in the order of distance: tiles are opened from the nearest on, and an event is answered
//! once no tile that is still closed could hold a nearer one (best-first search, Hjaltason and Samet,
//! 1999).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use kith_nips::discovery::{Circle, Discovery};
use kith_nips::nip50::Rank;
use kith_nips::place::{TILE_LENGTH_MAX, Tile, distance_km};

use super::gathering::{Part, part_of, scan};
use super::judge::{Found, Judge};
use super::sieve::RegionSieves;
use crate::store::sqlite::placed::{Dates, TILE_LENGTHS, Undated, region_of};
use crate::store::sqlite::reader::Reader;
use crate::store::sqlite::runs::{Entries, Entry};
use crate::store::sqlite::stream::Step;
use crate::store::{Sequence, StoreError};

/// Where so few places may answer in a tile, they are found out instead of opening it.
const PLACES_FEW: usize = 24;
/// The same for a region, which has many tiles.
const PLACES_FEW_OF_REGION: u64 = 512;
/// Entries that are read of a tile where a sieve leaves few of them, to find these.
const ENTRIES_SIEVED_MAX: usize = 4_096;
/// Such a tile is of this length: of larger ones most are of places that no sieve leaves over.
const SIEVED_LENGTH: u8 = LENGTH_BEFORE_LAST - 1;
/// A tile of this length has 32 of the smallest, which cost about as much to open as these entries and
/// places to look at.
const LENGTH_BEFORE_LAST: u8 = TILE_LENGTH_MAX - 1;
const ENTRIES_BEFORE_LAST_MAX: usize = 512;
const PLACES_BEFORE_LAST_MAX: usize = 48;
/// Events that were found out to be near and not looked at yet, at most: they are looked at when they are to
/// be answered, and of more at once.
const UNSEEN_MAX: usize = 4_096;
/// Entries of a tile that are looked at before the clock is.
const ENTRIES_PER_LOOK: usize = 16;

/// A search that walks outwards.
pub struct Nearest {
    circle: Circle,
    discovery: Discovery,
    /// Where what has a start is looked for; `None` when it is not asked for.
    dates: Option<Dates>,
    /// The same for what has none.
    undated: Option<Undated>,
    sieves: RegionSieves,
    /// The nearest first; keys are the bits of distances in km, which are in order.
    closed: BinaryHeap<Reverse<(u64, Tile)>>,
    /// What is left to read of a tile.
    reading: Vec<Part>,
    /// Which tile that is.
    reading_of: Tile,
    /// What is left to look at of a region, the last first.
    places: Vec<Sequence>,
    /// A tile that was not opened for lack of time.
    opening: Option<Tile>,
    /// What was found and not answered yet, the nearest of it.
    found: BTreeMap<Rank, Found>,
    /// What is to be looked at, by the bits of its distance.
    unseen: BTreeSet<(u64, Sequence)>,
    /// What was answered last.
    answered: Option<Rank>,
    /// How many can be answered.
    wanted: usize,
}

impl Nearest {
    /// From the middle of a circle on, through what the sieves leave.
    pub fn new(
        circle: Circle,
        discovery: Discovery,
        dates: Option<Dates>,
        undated: Option<Undated>,
        sieves: RegionSieves,
        wanted: usize,
    ) -> Self {
        Nearest {
            circle,
            discovery,
            sieves,
            dates,
            undated,
            closed: [Reverse((0, Tile::EARTH))].into(),
            reading: Vec::new(),
            reading_of: Tile::EARTH,
            places: Vec::new(),
            opening: None,
            found: BTreeMap::new(),
            unseen: BTreeSet::new(),
            answered: None,
            wanted,
        }
    }

    /// The next by distance.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn next(&mut self, judge: &Judge<'_>) -> Result<Step<Found>, StoreError> {
        let reader = judge.context.reader;
        loop {
            if let Some(tile) = self.opening {
                if !self.open(tile, judge)? {
                    return Ok(Step::OutOfTime);
                }
                self.opening = None;
            }
            if !self.read(judge)? {
                return Ok(Step::OutOfTime);
            }
            match self.take_nearest(judge)? {
                Step::Item(found) => {
                    self.wanted = self.wanted.saturating_sub(1);
                    self.answered = Some(found.rank);
                    return Ok(Step::Item(found));
                }
                Step::OutOfTime => return Ok(Step::OutOfTime),
                Step::End => {}
            }
            let Some(Reverse((_, tile))) = self.closed.pop() else {
                return Ok(Step::End);
            };
            self.opening = Some(tile);
            if reader.is_out_of_time() {
                return Ok(Step::OutOfTime);
            }
        }
    }

    /// The nearest of what was found, if nothing that is closed or unseen could be nearer.
    fn take_nearest(&mut self, judge: &Judge<'_>) -> Result<Step<Found>, StoreError> {
        let next_tile = self.closed.peek().map(|Reverse((distance, _))| *distance);
        let is_near = |distance: u64| next_tile.is_none_or(|next| distance < next);
        loop {
            let nearest = self.found.first_key_value().map(|(rank, _)| *rank);
            // Of those that are equally far the lowest id comes first.
            let unseen = self.unseen.first().copied();
            let unseen = unseen.filter(|(distance, _)| {
                is_near(*distance) && nearest.is_none_or(|rank| *distance <= rank.0)
            });
            if let Some(next) = unseen {
                self.unseen.remove(&next);
                self.look_at(next.1, judge)?;
                if judge.context.reader.is_out_of_time() {
                    return Ok(Step::OutOfTime);
                }
                continue;
            }
            let nearest = self.found.first_entry();
            let Some(entry) = nearest.filter(|entry| is_near(entry.key().0)) else {
                return Ok(Step::End);
            };
            let (rank, found) = entry.remove_entry();
            // Some regions share the entries of their words: an event may have come from two.
            if self.answered.is_none_or(|answered| rank > answered) {
                return Ok(Step::Item(found));
            }
        }
    }

    /// Opens a tile: what may answer in it is to be looked at, its parts are to be read, or its smaller
    /// tiles to be opened in their turn. False when the time is up before it is known which.
    fn open(&mut self, tile: Tile, judge: &Judge<'_>) -> Result<bool, StoreError> {
        let reader = judge.context.reader;
        if !self.sieves.prepare(tile, judge.indexed_upto, reader)? {
            return Ok(false);
        }
        let region = region_of(tile);
        let sieved = region.and_then(|region| self.sieves.places(region));
        if let Some(sieved) = sieved
            && region == Some(tile)
            && sieved.len() <= PLACES_FEW_OF_REGION
        {
            self.places = sieved.iter().collect();
            return Ok(true);
        }
        if TILE_LENGTHS.contains(&tile.length()) {
            let parts = self.parts(tile);
            if tile.length() == TILE_LENGTH_MAX {
                self.reading = parts;
                self.reading_of = tile;
                return Ok(true);
            }
            let (entries_max, places_max) = match tile.length() {
                SIEVED_LENGTH.. if sieved.is_some() => (ENTRIES_SIEVED_MAX, PLACES_BEFORE_LAST_MAX),
                LENGTH_BEFORE_LAST => (ENTRIES_BEFORE_LAST_MAX, PLACES_BEFORE_LAST_MAX),
                _ => (PLACES_FEW, PLACES_FEW),
            };
            let passes =
                |entry: &Entry, entries: &Entries<'_>| self.sieves.passes(tile, entry, entries);
            if let Some(places) = few(&parts, entries_max, places_max, passes, reader)? {
                self.places = places;
                return Ok(true);
            }
        }
        let after = judge.context.options.after;
        let passed = after.map_or(0.0, |after| f64::from_bits(after.0));
        for child in tile.children() {
            let distance = child.distance_km(self.circle.centre);
            let is_asked_for = distance <= self.circle.radius_km
                && self
                    .discovery
                    .within
                    .is_none_or(|area| child.touches(&area))
                && child.reach_km(self.circle.centre) >= passed;
            if is_asked_for {
                self.closed.push(Reverse((distance.to_bits(), child)));
            }
        }
        Ok(true)
    }

    fn parts(&self, tile: Tile) -> Vec<Part> {
        let dated = self.dates.iter().flat_map(|dates| dates.in_tile(tile));
        let dated = dated.map(part_of);
        let undated = self
            .undated
            .iter()
            .flat_map(|undated| undated.in_tile(tile));
        dated.chain(undated).collect()
    }

    /// Reads what is left of a region or tile; false when the time is up before the last.
    fn read(&mut self, judge: &Judge<'_>) -> Result<bool, StoreError> {
        let reader = judge.context.reader;
        while let Some(place) = self.places.pop() {
            self.find_out(place, judge)?;
            if reader.is_out_of_time() {
                return Ok(false);
            }
        }
        let mut looked_at = 0_usize;
        while let Some(part) = self.reading.pop() {
            let mut scan = scan(&part, reader);
            while let Some(entry) = scan.next()?
                && entry <= part.1
            {
                let place: Sequence = entry.position.sequence.unsigned_abs();
                if self.sieves.passes(self.reading_of, &entry, &scan)? {
                    self.find_out(place, judge)?;
                }
                looked_at += 1;
                if looked_at.is_multiple_of(ENTRIES_PER_LOOK) && reader.is_out_of_time() {
                    let mut next = entry;
                    next.position = next.position.next();
                    self.reading.push((next, part.1));
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Finds out where an event is, and looks at it when its turn comes.
    fn find_out(&mut self, place: Sequence, judge: &Judge<'_>) -> Result<(), StoreError> {
        if self.unseen.len() >= UNSEEN_MAX {
            return self.look_at(place, judge);
        }
        let Some(cell) = judge.context.reader.index.cell_of(place)? else {
            return Ok(());
        };
        let position = cell.centre();
        let distance = distance_km(self.circle.centre, position).to_bits();
        let after = judge.context.options.after;
        let is_behind = after.is_none_or(|after| distance >= after.0);
        if is_behind && self.discovery.admits_position(Some(position)) {
            self.unseen.insert((distance, place));
        }
        Ok(())
    }

    fn look_at(&mut self, place: Sequence, judge: &Judge<'_>) -> Result<(), StoreError> {
        if let Some(found) = judge.look_at(place)? {
            self.found.insert(found.rank, found);
            // One more tells whether there is more.
            if self.found.len() > self.wanted.saturating_add(1) {
                self.found.pop_last();
            }
        }
        Ok(())
    }
}

/// The places in all parts together that pass; `None` when they are more than `places_max`, or more than
/// `entries_max` entries would have to be read.
fn few(
    parts: &[Part],
    entries_max: usize,
    places_max: usize,
    passes: impl Fn(&Entry, &Entries<'_>) -> Result<bool, StoreError>,
    reader: &Reader,
) -> Result<Option<Vec<Sequence>>, StoreError> {
    let mut entries = 0;
    let mut places = Vec::new();
    for part in parts {
        let mut scan = scan(part, reader);
        while let Some(entry) = scan.next()?
            && entry <= part.1
        {
            if passes(&entry, &scan)? {
                places.push(entry.position.sequence.unsigned_abs());
            }
            entries += 1;
            if entries > entries_max || places.len() > places_max {
                return Ok(None);
            }
        }
    }
    Ok(Some(places))
}
