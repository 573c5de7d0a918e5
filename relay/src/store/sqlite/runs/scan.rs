//! Reading several runs as one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use super::entry::{Entry, Marked};
use super::run::Run;
use super::{Block, Blocks};
use crate::store::StoreError;
use crate::store::sqlite::keys::Position;

/// A walk through all entries of some runs in their order, from one on. It holds its runs, so that
/// their blocks stay.
#[derive(Debug)]
pub struct Scan {
    cursors: Vec<Cursor>,
    /// The next entry of each run that has one, with the place of its cursor.
    next: BinaryHeap<Reverse<(Marked, usize)>>,
    /// Runs that were not looked into so far, each with an entry that none of its own is before;
    /// the least comes last.
    unopened: Vec<(Entry, Arc<Run>)>,
    from: Entry,
}

impl Scan {
    /// From the first entry that is not before `from`.
    pub fn new(runs: &[Arc<Run>], from: Entry) -> Self {
        let mut unopened: Vec<_> = runs
            .iter()
            .map(|run| (least_entry(run, &from), run.clone()))
            .collect();
        unopened.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
        Scan {
            cursors: Vec::with_capacity(unopened.len()),
            next: BinaryHeap::with_capacity(unopened.len()),
            unopened,
            from,
        }
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
            let Some(marked) = self.pop(blocks)? else {
                return Ok(None);
            };
            // What was added sorts before the same that was taken away.
            let mut met = false;
            while self
                .peek(blocks)?
                .is_some_and(|next| next.entry == marked.entry)
            {
                met |= self
                    .pop(blocks)?
                    .is_some_and(|next| next.removed != marked.removed);
            }
            if !met {
                return Ok(Some(marked));
            }
        }
    }

    fn peek(&mut self, blocks: &Blocks<'_>) -> Result<Option<Marked>, StoreError> {
        // Runs of other times are not looked into before their time comes.
        while let Some((least, _)) = self.unopened.last()
            && self
                .next
                .peek()
                .is_none_or(|Reverse((next, _))| *least <= next.entry)
            && let Some((_, run)) = self.unopened.pop()
        {
            let mut cursor = Cursor::at(run, &self.from, blocks)?;
            if let Some(first) = cursor.next(blocks)? {
                self.next.push(Reverse((first, self.cursors.len())));
                self.cursors.push(cursor);
            }
        }
        Ok(self.next.peek().map(|Reverse((next, _))| *next))
    }

    fn pop(&mut self, blocks: &Blocks<'_>) -> Result<Option<Marked>, StoreError> {
        self.peek(blocks)?;
        let Some(mut top) = self.next.peek_mut() else {
            return Ok(None);
        };
        let Reverse((marked, which)) = *top;
        let following = match self.cursors.get_mut(which) {
            Some(cursor) => cursor.next(blocks)?,
            None => None,
        };
        match following {
            Some(following) => *top = Reverse((following, which)),
            None => {
                std::collections::binary_heap::PeekMut::pop(top);
            }
        }
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
