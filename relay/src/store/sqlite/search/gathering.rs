//! The places of events that have entries in certain parts of the runs: gathered as sets, the rarest
//! first, in slices of time.

use roaring::RoaringTreemap;

use crate::store::sqlite::placed::behind;
use crate::store::sqlite::reader::Reader;
use crate::store::sqlite::runs::{Entries, Entry, Group, Table};
use crate::store::sqlite::stream::{Step, Window};
use crate::store::{Sequence, StoreError};

/// Entries that a condition is weighed by at most.
const ENTRIES_WEIGHED_MAX: usize = 512;
/// Conditions with more parts are not weighed before a walk.
const PARTS_WEIGHED_MAX: usize = 1024;
/// With so few places it is no use to read of other conditions who meets them.
const PLACES_FEW: u64 = 64;
/// Entries that are read between two looks at the clock.
const ENTRIES_PER_LOOK: usize = 256;

/// A part of the runs: from one entry to another, both included.
pub type Part = (Entry, Entry);

/// What an event must have: an entry in one of these parts.
pub type Condition = Vec<Part>;

/// The places that meet all conditions, in the making: first each condition is weighed, then places
/// are read, those of the rarest first, and only what all of them share is kept.
#[derive(Debug, Default)]
pub struct Gathering {
    unweighed: Vec<Condition>,
    /// With the number of its entries, as far as they were counted.
    weighed: Vec<(usize, Condition)>,
    /// Weighed conditions whose places were not read, the rarest last.
    unread: Vec<Condition>,
    /// What is left to read of one condition.
    reading: Option<Condition>,
    /// Its places so far.
    places: RoaringTreemap,
    /// The places that all conditions read before share.
    shared: Option<RoaringTreemap>,
}

impl Gathering {
    /// Begins to gather what meets all of `conditions`; of none it is nothing.
    pub fn of(conditions: Vec<Condition>) -> Self {
        Gathering {
            unweighed: conditions,
            ..Gathering::default()
        }
    }

    /// The places up to `upto` that meet all conditions; `OutOfTime` when the time is up before they
    /// are known. Never `End`.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn all(
        &mut self,
        upto: Sequence,
        reader: &Reader,
    ) -> Result<Step<RoaringTreemap>, StoreError> {
        if !self.weigh(reader)? {
            return Ok(Step::OutOfTime);
        }
        loop {
            if self.reading.is_none() {
                let is_enough = |places: &RoaringTreemap| places.len() <= PLACES_FEW;
                match self.unread.pop() {
                    Some(condition) if !self.shared.as_ref().is_some_and(is_enough) => {
                        self.reading = Some(condition);
                    }
                    _ => return Ok(Step::Item(self.shared.take().unwrap_or_default())),
                }
            }
            if !self.read(upto, u64::MAX, reader)? {
                return Ok(Step::OutOfTime);
            }
        }
    }

    /// The places up to `upto` that meet the rarest condition; `None` when they are more than
    /// `places_max`. Never `End`.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn few(
        &mut self,
        upto: Sequence,
        places_max: u64,
        reader: &Reader,
    ) -> Result<Step<Option<RoaringTreemap>>, StoreError> {
        if !self.weigh(reader)? {
            return Ok(Step::OutOfTime);
        }
        if self.reading.is_none() {
            self.reading = self.unread.pop();
        }
        match self.read(upto, places_max, reader)? {
            true => Ok(Step::Item(self.shared.take())),
            false => Ok(Step::OutOfTime),
        }
    }

    /// Weighs what is not weighed; false when the time is up before the last.
    fn weigh(&mut self, reader: &Reader) -> Result<bool, StoreError> {
        while let Some(condition) = self.unweighed.pop() {
            let entries = entries_of(&condition, ENTRIES_WEIGHED_MAX, reader)?;
            self.weighed.push((entries, condition));
            if self.unweighed.is_empty() {
                self.weighed.sort_by(|(one, _), (other, _)| other.cmp(one));
                self.unread = self
                    .weighed
                    .drain(..)
                    .map(|(_, condition)| condition)
                    .collect();
            }
            if reader.is_out_of_time() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Goes on reading a condition's places; false when the time is up before the last. When there
    /// are more than `places_max`, none is shared.
    fn read(
        &mut self,
        upto: Sequence,
        places_max: u64,
        reader: &Reader,
    ) -> Result<bool, StoreError> {
        let Some(mut parts) = self.reading.take() else {
            return Ok(true);
        };
        let mut looked_at = 0_usize;
        while let Some(part) = parts.pop() {
            let mut scan = scan(&part, reader);
            while let Some(entry) = scan.next()?
                && entry <= part.1
            {
                let sequence = entry.position.sequence.unsigned_abs();
                let is_shared = self
                    .shared
                    .as_ref()
                    .is_none_or(|shared| shared.contains(sequence));
                if sequence <= upto && is_shared {
                    self.places.insert(sequence);
                }
                looked_at += 1;
                if looked_at.is_multiple_of(ENTRIES_PER_LOOK) {
                    if self.places.len() > places_max {
                        self.places.clear();
                        self.shared = None;
                        return Ok(true);
                    }
                    if reader.is_out_of_time() {
                        let mut next = entry;
                        next.position = next.position.next();
                        parts.push((next, part.1));
                        self.reading = Some(parts);
                        return Ok(false);
                    }
                }
            }
        }
        self.shared = Some(std::mem::take(&mut self.places));
        Ok(true)
    }
}

/// Whether at most `few` entries meet one of these conditions, as far as there is time to find out.
///
/// # Errors
/// [`StoreError`] when the index cannot be read.
pub fn has_rare(conditions: &[Condition], few: usize, reader: &Reader) -> Result<bool, StoreError> {
    for condition in conditions {
        if reader.is_out_of_time() {
            return Ok(false);
        }
        if condition.len() <= PARTS_WEIGHED_MAX && entries_of(condition, few + 1, reader)? <= few {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How many entries meet a condition, counted up to `entries_max`.
fn entries_of(
    condition: &Condition,
    entries_max: usize,
    reader: &Reader,
) -> Result<usize, StoreError> {
    let mut entries = 0;
    for part in condition {
        let mut scan = scan_few(part, reader);
        while entries < entries_max && scan.next()?.is_some_and(|entry| entry <= part.1) {
            entries += 1;
        }
        if entries == entries_max {
            break;
        }
    }
    Ok(entries)
}

/// The part of a group that a window leaves.
pub fn part_of((group, window): (Group, Window)) -> Part {
    let position = window.first;
    let mut to = behind(group);
    to.position.age = window.age_max;
    (Entry { group, position }, to)
}

/// The same when few of them are read.
fn scan_few<'a>((from, to): &Part, reader: &'a Reader) -> Entries<'a> {
    let index = &reader.index;
    match from.group == to.group && from.group.table != Table::Word {
        true => index.scan_key(*from),
        false => index.scan(*from),
    }
}

/// The entries from the beginning of a part on. Those of words are read past the cache: there are so
/// many of them that a common word would leave no room for anything else.
pub fn scan<'a>((from, to): &Part, reader: &'a Reader) -> Entries<'a> {
    match from.group.table {
        Table::Word => reader.index.scan_words(*from),
        _ => scan_few(&(*from, *to), reader),
    }
}
