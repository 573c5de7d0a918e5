//! Writing runs and merging them, a bounded step at a time, so that nothing waits for a large merge.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::blocks::Blocks;
use super::changes::Changes;
use super::entry::Entry;
use super::filter::KeyFilter;
use super::manifest::{Manifest, Runs};
use super::run::{self, Run, RunWriter};
use super::scan::Scan;

use crate::store::StoreError;
use crate::store::sqlite::schema::failed;

/// So many runs of a level are merged into one of the next.
const RUNS_PER_MERGE: usize = 4;
/// So many runs of one level are more than merging in proportion leaves.
const RUNS_BEHIND: usize = 3 * RUNS_PER_MERGE;
/// A run of level 0 has at most so many entries, and one of level n so many times [`RUNS_PER_MERGE`] to
/// the n-th: runs that are merged are about as large as each other, however much was added at once.
const ENTRIES_OF_LEVEL_0: u64 = 65_536;
/// All runs are merged into one when all but the largest together have at least one entry to so many of its:
/// so each entry is written about so often for that as for one level.
const LARGEST_PER_REST_MAX: u64 = 4;
/// Blocks of runs that are gone which one step deletes.
const BLOCKS_DELETED_PER_STEP: u32 = 2048;

/// The indexer's hand on the runs. What it does in a transaction shows when that was committed and
/// [`Merger::publish`] was called; otherwise [`Merger::abandon`] must be.
pub struct Merger {
    shared: Arc<Runs>,
    /// What is to be published.
    runs: Vec<Arc<Run>>,
    merges: Vec<Merge>,
    garbage: Vec<Garbage>,
    /// Whether there may be blocks in the index that belong to nothing.
    has_orphans: bool,
    next_number: i64,
}

struct Merge {
    inputs: Vec<Arc<Run>>,
    scan: Scan,
    output: RunWriter,
    /// The level that is merged; `None` for a merge of all runs.
    level: Option<u32>,
}

/// Blocks that no run has any more.
struct Garbage {
    number: i64,
    /// The run that they belonged to, while somebody may read it.
    run: Option<Arc<Run>>,
}

impl Merger {
    /// Over the runs that are in the index.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn open(shared: Arc<Runs>, index: &Connection) -> Result<Self, StoreError> {
        let runs = shared.manifest().runs().to_vec();
        let with_blocks = runs_with_blocks(index)?;
        let last = runs.iter().map(|run| run.number).chain(with_blocks).max();
        Ok(Merger {
            shared,
            runs,
            merges: Vec::new(),
            garbage: Vec::new(),
            has_orphans: true,
            next_number: last.unwrap_or_default() + 1,
        })
    }

    /// What readers see now.
    pub fn manifest(&self) -> Arc<Manifest> {
        self.shared.manifest()
    }

    /// Writes changes as a run of their own.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be written.
    pub fn add(&mut self, changes: Changes, index: &Connection) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let level = level_of(changes.len() as u64);
        let mut writer = self.begin_run(changes.keys_max(), 0);
        for marked in changes.into_sorted() {
            writer.push(marked, index)?;
        }
        self.runs.extend(writer.finish(level, index)?.map(Arc::new));
        Ok(())
    }

    /// Whether there is something to merge, also at leisure only, or to clear away.
    pub fn has_work(&self) -> bool {
        self.has_orphans
            || !self.merges.is_empty()
            || self.mergeable().is_some()
            || self.is_scattered()
            || self.deletable().is_some()
    }

    /// Whether merging has fallen so far behind that it cannot wait for others to be quiet: after much
    /// was added at once, or a stop in the middle of large merges, whose work is done anew.
    pub fn is_behind(&self) -> bool {
        let mut of_level: HashMap<u32, usize> = HashMap::new();
        for run in &self.runs {
            *of_level.entry(run.level).or_default() += 1;
        }
        of_level.values().any(|runs| *runs >= RUNS_BEHIND)
    }

    /// Goes on as [`Merger::step`] does, and merges all runs into one when that is worth it and no other merge
    /// is left.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read or written.
    pub fn step_at_leisure(
        &mut self,
        entries_max: u64,
        index: &Connection,
    ) -> Result<(), StoreError> {
        if self.is_scattered() {
            self.begin_merge(None, self.runs.clone());
        }
        self.step(entries_max, index)
    }

    /// Goes on with every merge by about so many entries, and clears away.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read or written.
    pub fn step(&mut self, entries_max: u64, index: &Connection) -> Result<(), StoreError> {
        while let Some((level, inputs)) = self.mergeable() {
            self.begin_merge(Some(level), inputs);
        }
        let blocks = Blocks::uncached(index);
        let mut going_on = Vec::with_capacity(self.merges.len());
        for mut merge in std::mem::take(&mut self.merges) {
            if merge.step(entries_max, &blocks, index)? {
                self.end(merge, index)?;
            } else {
                going_on.push(merge);
            }
        }
        self.merges = going_on;
        self.delete(index)
    }

    /// Shows what was committed.
    pub fn publish(&mut self) {
        self.shared.publish(self.runs.clone());
    }

    /// Forgets what was not committed, and every merge under way: which of its blocks were
    /// committed is not known.
    pub fn abandon(&mut self) {
        self.runs = self.shared.manifest().runs().to_vec();
        self.merges.clear();
        self.has_orphans = true;
        // What was struck off stands again.
        self.garbage
            .retain(|garbage| self.runs.iter().all(|run| run.number != garbage.number));
    }

    fn begin_merge(&mut self, level: Option<u32>, inputs: Vec<Arc<Run>>) {
        let keys = inputs.iter().map(|run| run.keys).sum();
        let freed = inputs.iter().map(|run| run.filter_bytes()).sum();
        let output = self.begin_run(keys, freed);
        self.merges.push(Merge {
            scan: Scan::new(&inputs, Entry::FIRST),
            output,
            inputs,
            level,
        });
    }

    /// A run for so many keys, in whose place filters of `freed` bytes will go.
    fn begin_run(&mut self, keys: u64, freed: usize) -> RunWriter {
        let number = self.next_number;
        self.next_number += 1;
        // A merge holds its own filter beside those that will go: half is for that.
        let filters: usize = self.runs.iter().map(|run| run.filter_bytes()).sum();
        let bytes_max = (self.shared.filter_bytes_max / 2 + freed).saturating_sub(filters);
        let salt = self.shared.salt;
        RunWriter::new(number, KeyFilter::new(keys, bytes_max), salt)
    }

    /// Whether many look-ups would be saved if all runs were one, and nothing else is to be merged.
    fn is_scattered(&self) -> bool {
        let entries = self.runs.iter().map(|run| run.entries);
        let (all, largest): (u64, u64) = (entries.clone().sum(), entries.max().unwrap_or_default());
        self.merges.is_empty()
            && self.mergeable().is_none()
            && self.runs.len() > 1
            && (all - largest).saturating_mul(LARGEST_PER_REST_MAX) >= largest
    }

    /// The next runs to merge.
    fn mergeable(&self) -> Option<(u32, Vec<Arc<Run>>)> {
        let levels = self.runs.iter().map(|run| run.level).max()?;
        let merging = self.merges.iter().flat_map(|merge| &merge.inputs);
        let merging: HashSet<i64> = merging.map(|run| run.number).collect();
        (0..=levels).find_map(|level| {
            if self.merges.iter().any(|merge| merge.level == Some(level)) {
                return None;
            }
            let of_level = self.runs.iter().filter(|run| run.level == level);
            let of_level = of_level.filter(|run| !merging.contains(&run.number));
            let inputs: Vec<_> = of_level.cloned().collect();
            (inputs.len() >= RUNS_PER_MERGE).then_some((level, inputs))
        })
    }

    fn end(&mut self, merge: Merge, index: &Connection) -> Result<(), StoreError> {
        let entries: u64 = merge.inputs.iter().map(|run| run.entries).sum();
        let merged = merge.output.finish(level_of(entries), index)?;
        for input in &merge.inputs {
            run::forget(input, index)?;
        }
        self.runs
            .retain(|run| merge.inputs.iter().all(|input| input.number != run.number));
        self.runs.extend(merged.map(Arc::new));
        self.garbage
            .extend(merge.inputs.into_iter().map(|run| Garbage {
                number: run.number,
                run: Some(run),
            }));
        Ok(())
    }

    /// What a merge wrote before a crash or a failure, or had no time to clear away.
    fn find_orphans(&mut self, index: &Connection) -> Result<(), StoreError> {
        let mut kept: HashSet<i64> = self.runs.iter().map(|run| run.number).collect();
        kept.extend(self.merges.iter().map(|merge| merge.output.number()));
        kept.extend(self.garbage.iter().map(|garbage| garbage.number));
        let orphans = runs_with_blocks(index)?;
        let orphans = orphans.into_iter().filter(|number| !kept.contains(number));
        self.garbage
            .extend(orphans.map(|number| Garbage { number, run: None }));
        self.has_orphans = false;
        Ok(())
    }

    fn deletable(&self) -> Option<usize> {
        self.garbage.iter().position(|garbage| {
            let run = garbage.run.as_ref();
            // Whoever reads holds it too, and so does what was published last.
            run.is_none_or(|run| Arc::strong_count(run) == 1)
        })
    }

    fn delete(&mut self, index: &Connection) -> Result<(), StoreError> {
        if self.has_orphans {
            self.find_orphans(index)?;
        }
        let Some(place) = self.deletable() else {
            return Ok(());
        };
        let Some(garbage) = self.garbage.get(place) else {
            return Ok(());
        };
        let deleted =
            delete_blocks(garbage.number, index).map_err(failed("deleting blocks of the index"))?;
        if deleted < BLOCKS_DELETED_PER_STEP as usize {
            self.garbage.swap_remove(place);
        }
        Ok(())
    }
}

impl Merge {
    /// Whether it is at its end.
    fn step(
        &mut self,
        entries_max: u64,
        blocks: &Blocks<'_>,
        index: &Connection,
    ) -> Result<bool, StoreError> {
        for _ in 0..entries_max {
            match self.scan.next_marked(blocks)? {
                Some(marked) => self.output.push(marked, index)?,
                None => return Ok(true),
            }
        }
        Ok(false)
    }
}

/// Among which runs one with so many entries is merged.
fn level_of(entries: u64) -> u32 {
    let times = entries.div_ceil(ENTRIES_OF_LEVEL_0).max(1);
    // A power of four at least as large: two bits each.
    times
        .next_power_of_two()
        .ilog2()
        .div_ceil(RUNS_PER_MERGE.ilog2())
}

fn delete_blocks(run: i64, index: &Connection) -> rusqlite::Result<usize> {
    index
        .prepare_cached(
            "DELETE FROM block WHERE number IN (
                 SELECT number FROM block WHERE number >= ?1 AND number < ?2 LIMIT ?3
             )",
        )?
        .execute(params![
            run::first_block(run),
            run::first_block(run + 1),
            BLOCKS_DELETED_PER_STEP
        ])
}

/// The numbers of all runs that have blocks, whether they are listed or not.
fn runs_with_blocks(index: &Connection) -> Result<Vec<i64>, StoreError> {
    let read = || -> rusqlite::Result<Vec<i64>> {
        let mut statement =
            index.prepare("SELECT number FROM block WHERE number >= ?1 ORDER BY number LIMIT 1")?;
        let mut runs = Vec::new();
        let mut next = 0;
        loop {
            let block = statement.query_row([run::first_block(next)], |row| row.get(0));
            let Some(block) = block.optional()? else {
                return Ok(runs);
            };
            let number = run::run_of_block(block);
            runs.push(number);
            next = number + 1;
        }
    };
    read().map_err(failed("reading the blocks of the index"))
}
