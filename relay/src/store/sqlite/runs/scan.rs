//! Reading several runs as one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::sync::Arc;

use super::blocks::{Block, Blocks};
use super::entry::{Entry, Marked};
use super::run::Run;

use crate::store::StoreError;
use crate::store::sqlite::keys::Position;

/// A walk through all entries of some runs in their order, from one on. It holds its runs, so that
/// their blocks stay.
#[derive(Debug)]
pub struct Scan {
    cursors: Vec<Cursor>,
    /// The first of the next entries of all runs that were looked into, with the place of its
    /// cursor.
    first: Option<(Marked, usize)>,
    /// The next entries of the others.
    others: BinaryHeap<Reverse<(Marked, usize)>>,
    /// Runs that were not looked into so far, each with an entry that none of its own is before;
    /// the least comes last.
    unopened: Vec<(Entry, Arc<Run>)>,
    from: Entry,
    /// The place of the cursor that brought the last entry.
    last: usize,
}

impl Scan {
    /// From the first entry that is not before `from`.
    pub fn new<'a>(runs: impl IntoIterator<Item = &'a Arc<Run>>, from: Entry) -> Self {
        let mut unopened: Vec<_> = runs
            .into_iter()
            .map(|run| (least_entry(run, &from), run.clone()))
            .collect();
        unopened.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
        Scan {
            cursors: Vec::with_capacity(unopened.len()),
            first: None,
            others: BinaryHeap::with_capacity(unopened.len()),
            unopened,
            from,
            last: 0,
        }
    }

    /// The run that has the last entry that was given.
    pub fn run(&self) -> Option<&Run> {
        self.cursors.get(self.last).map(|cursor| &*cursor.run)
    }

    /// The next entry that was not taken away.
    ///
    /// # Errors
    /// [`StoreError`] when a block cannot be read.
    pub fn next(&mut self, blocks: &Blocks<'_>) -> Result<Option<Entry>, StoreError> {
        while let Some(marked) = self.next_marked(blocks)? {
            if !marked.removed {
                return Ok(Some(marked.entry));
            }
        }
        Ok(None)
    }

    /// The next entry that was added and not taken away, or taken away where it was not added.
    ///
    /// # Errors
    /// [`StoreError`] when a block cannot be read.
    pub fn next_marked(&mut self, blocks: &Blocks<'_>) -> Result<Option<Marked>, StoreError> {
        loop {
            self.open_runs(blocks)?;
            let brought_by = self.first.map(|(_, which)| which);
            let Some(marked) = self.pop(blocks)? else {
                return Ok(None);
            };
            // What was added sorts before the same that was taken away.
            let mut met = false;
            while self
                .first
                .is_some_and(|(next, _)| next.entry == marked.entry)
            {
                let same = self.pop(blocks)?;
                met |= same.is_some_and(|same| same.removed != marked.removed);
            }
            if !met {
                self.last = brought_by.unwrap_or_default();
                return Ok(Some(marked));
            }
        }
    }

    /// Runs of other times are not looked into before their time comes.
    fn open_runs(&mut self, blocks: &Blocks<'_>) -> Result<(), StoreError> {
        while let Some((least, _)) = self.unopened.last()
            && self.first.is_none_or(|(first, _)| *least <= first.entry)
            && let Some((_, run)) = self.unopened.pop()
        {
            let mut cursor = Cursor::at(run, &self.from, blocks)?;
            if let Some(marked) = cursor.next(blocks)? {
                let opened = (marked, self.cursors.len());
                self.cursors.push(cursor);
                match self.first {
                    Some(first) if first < opened => self.others.push(Reverse(opened)),
                    _ => self.others.extend(self.first.replace(opened).map(Reverse)),
                }
            }
        }
        Ok(())
    }

    /// Takes the first entry, and puts the one in its place that follows it.
    fn pop(&mut self, blocks: &Blocks<'_>) -> Result<Option<Marked>, StoreError> {
        let Some((marked, which)) = self.first else {
            return Ok(None);
        };
        let following = match self.cursors.get_mut(which) {
            Some(cursor) => cursor.next(blocks)?,
            None => None,
        };
        self.first = match (following, self.others.peek_mut()) {
            (Some(following), Some(mut other)) => {
                let following = (following, which);
                // Many entries of one run often follow each other.
                if following < other.0 {
                    Some(following)
                } else {
                    Some(std::mem::replace(&mut *other, Reverse(following)).0)
                }
            }
            (Some(following), None) => Some((following, which)),
            (None, Some(other)) => Some(PeekMut::pop(other).0),
            (None, None) => None,
        };
        Ok(Some(marked))
    }
}

/// An entry that no entry of the run from `from` on is before.
fn least_entry(run: &Run, from: &Entry) -> Entry {
    if !from.group.table.is_by_age() {
        return *from;
    }
    let newest = Position {
        age: run.newest_age,
        id_prefix: i64::MIN,
        sequence: i64::MIN,
    };
    Entry {
        group: from.group,
        position: from.position.max(newest),
    }
}

/// A place in one run.
#[derive(Debug)]
struct Cursor {
    run: Arc<Run>,
    leaf: u32,
    entries: Block,
    /// The entry of the leaf that comes next.
    next: usize,
}

impl Cursor {
    /// At the first entry that is not before `from`.
    fn at(run: Arc<Run>, from: &Entry, blocks: &Blocks<'_>) -> Result<Self, StoreError> {
        let leaf = run.leaf_of(from, blocks)?;
        let entries = run.leaf(leaf, blocks)?;
        let next = entries.partition_point(|marked| marked.entry < *from);
        Ok(Cursor {
            run,
            leaf,
            entries,
            next,
        })
    }

    fn next(&mut self, blocks: &Blocks<'_>) -> Result<Option<Marked>, StoreError> {
        loop {
            if let Some(marked) = self.entries.get(self.next) {
                self.next += 1;
                return Ok(Some(*marked));
            }
            if self.leaf + 1 >= self.run.leaves {
                return Ok(None);
            }
            self.leaf += 1;
            self.entries = self.run.leaf(self.leaf, blocks)?;
            self.next = 0;
        }
    }
}
