//! Answers in orders that the index does not have, by relevance and by `created_at`: everything that
//! may fit is looked at before the first is answered, because the best may come last; of each only
//! its place and its rank are kept.

use std::collections::VecDeque;

use kith_nips::nip50::Rank;
use roaring::{RoaringTreemap, treemap};

use super::gathering::{Condition, Gathering};
use super::judge::{Found, Judge};
use crate::store::sqlite::stream::Step;
use crate::store::{Sequence, StoreError};

/// A search that finds everything, then ranks it.
pub struct Ranked {
    places: Places,
    found: Vec<(Rank, Sequence)>,
    ranked: Option<VecDeque<Sequence>>,
    /// How many can be answered.
    wanted: usize,
}

enum Places {
    Gathering(Box<Gathering>),
    Gathered(Box<treemap::IntoIter>),
}

impl Ranked {
    /// The best `wanted` of what meets all conditions.
    pub fn new(conditions: Vec<Condition>, wanted: usize) -> Self {
        Ranked {
            places: Places::Gathering(Box::new(Gathering::of(conditions))),
            found: Vec::new(),
            ranked: None,
            wanted,
        }
    }

    /// The best `wanted` of what is at these places.
    pub fn of(places: impl Iterator<Item = Sequence>, wanted: usize) -> Self {
        let places: RoaringTreemap = places.collect();
        Ranked {
            places: Places::Gathered(Box::new(places.into_iter())),
            found: Vec::new(),
            ranked: None,
            wanted,
        }
    }

    /// The next by rank.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn next(&mut self, judge: &Judge<'_>) -> Result<Step<Found>, StoreError> {
        let reader = judge.context.reader;
        if self.ranked.is_none() {
            if let Places::Gathering(gathering) = &mut self.places {
                let Step::Item(places) = gathering.all(judge.indexed_upto, reader)? else {
                    return Ok(Step::OutOfTime);
                };
                self.places = Places::Gathered(Box::new(places.into_iter()));
            }
            while let Some(sequence) = self.next_place() {
                if judge.is_there(sequence)?
                    && let Some(found) = judge.look_at(sequence)?
                {
                    self.found.push((found.rank, sequence));
                    self.forget_the_worst();
                }
                if reader.is_out_of_time() {
                    return Ok(Step::OutOfTime);
                }
            }
            self.rank();
        }
        while let Some(sequence) = self.ranked.as_mut().and_then(VecDeque::pop_front) {
            // It may have ended since it was looked at.
            if let Some(found) = judge.look_at(sequence)? {
                return Ok(Step::Item(found));
            }
        }
        Ok(Step::End)
    }

    fn next_place(&mut self) -> Option<Sequence> {
        match &mut self.places {
            Places::Gathered(places) => places.next(),
            Places::Gathering(_) => None,
        }
    }

    /// Keeps no more than twice what can be answered.
    fn forget_the_worst(&mut self) {
        if self.found.len() > self.wanted.saturating_mul(2).saturating_add(1) {
            self.keep_the_best();
        }
    }

    fn keep_the_best(&mut self) {
        if self.found.len() > self.wanted {
            self.found.select_nth_unstable(self.wanted);
            self.found.truncate(self.wanted);
        }
    }

    fn rank(&mut self) {
        self.keep_the_best();
        let mut found = std::mem::take(&mut self.found);
        found.sort_unstable();
        self.ranked = Some(found.into_iter().map(|(_, sequence)| sequence).collect());
    }
}
