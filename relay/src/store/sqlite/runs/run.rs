//! One sorted run: blocks of entries (leaves), blocks that name the first entry of each leaf
//! (directories), and the first entry of each directory, which is held in memory.

use std::sync::Arc;

use rusqlite::{Connection, params};

use super::blocks::{Block, Blocks, damaged};
use super::entry::{BlockWriter, Entry, Marked, push_number, read_block};
use super::filter::{KeyFilter, key_hash};

use crate::store::StoreError;
use crate::store::sqlite::keys::Salt;
use crate::store::sqlite::schema::failed;

/// Blocks are numbered by run, then leaves before directories.
const RUN_SHIFT: u32 = 32;
const DIRECTORY: i64 = 1 << 31;
/// Runs that there may ever be in one index.
const RUN_NUMBER_MAX: i64 = i64::MAX >> RUN_SHIFT;

/// The number of the first block of a run.
pub fn first_block(run: i64) -> i64 {
    run << RUN_SHIFT
}

/// The run that a block belongs to.
pub fn run_of_block(block: i64) -> i64 {
    block >> RUN_SHIFT
}

/// What is known of a run without reading its blocks. It never changes.
#[derive(Debug)]
pub struct Run {
    /// Names it; never used again.
    pub number: i64,
    /// Among which runs it is merged, by its size.
    pub level: u32,
    /// How many entries it has.
    pub entries: u64,
    /// Its leaves are numbered up to this.
    pub leaves: u32,
    /// The least age of its entries that have one; `i64::MAX` when none has.
    pub newest_age: i64,
    fences: Vec<Fence>,
    /// How many keys a filter of it has to hold.
    pub keys: u64,
    filter: Option<KeyFilter>,
}

/// The beginning of a directory.
#[derive(Debug, Clone, Copy)]
struct Fence {
    first: Entry,
    /// The leaf that the directory's first entry names.
    leaf: u32,
}

impl Run {
    /// Whether there may be an entry under the key with this hash.
    pub fn may_have(&self, hash: u64) -> bool {
        let filter = self.filter.as_ref();
        filter.is_none_or(|filter| filter.may_have(hash))
    }

    /// Bytes of memory that its filter takes.
    pub fn filter_bytes(&self) -> usize {
        self.filter.as_ref().map_or(0, KeyFilter::bytes_len)
    }

    /// The leaf in which `entry` stands, or would stand if it were there.
    ///
    /// # Errors
    /// [`StoreError`] when the directory cannot be read.
    pub fn leaf_of(&self, entry: &Entry, blocks: &Blocks<'_>) -> Result<u32, StoreError> {
        let behind = self.fences.partition_point(|fence| fence.first <= *entry);
        let directory = behind.saturating_sub(1);
        let Some(fence) = self.fences.get(directory) else {
            return Ok(0);
        };
        let number = self.block(DIRECTORY + directory as i64);
        let names = blocks.read(number)?;
        let passed = names.partition_point(|name| name.entry <= *entry);
        // A block has a few hundred entries.
        Ok(fence.leaf + (passed as u32).saturating_sub(1))
    }

    /// Whether this very entry was added in the run.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn has(&self, entry: &Entry, blocks: &Blocks<'_>) -> Result<bool, StoreError> {
        let leaf = self.leaf(self.leaf_of(entry, blocks)?, blocks)?;
        let place = leaf.partition_point(|marked| marked.entry < *entry);
        // What was added stands before the same that was taken away.
        let there = leaf.get(place).filter(|there| there.entry == *entry);
        Ok(there.is_some_and(|there| !there.removed))
    }

    /// The entries of a leaf.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn leaf(&self, leaf: u32, blocks: &Blocks<'_>) -> Result<Block, StoreError> {
        blocks.read(self.block(i64::from(leaf)))
    }

    fn block(&self, place: i64) -> i64 {
        first_block(self.number) + place
    }
}

/// A run in the making; its blocks are in the index, and nobody knows of them.
#[derive(Debug)]
pub struct RunWriter {
    number: i64,
    entries: u64,
    newest_age: i64,
    leaf: BlockWriter,
    leaf_first: Option<Entry>,
    leaves: u32,
    directory: BlockWriter,
    /// The directory's beginning, once it has one.
    fence: Option<Fence>,
    fences: Vec<Fence>,
    salt: Salt,
    keys: u64,
    last_key: Option<u64>,
    filter: Option<KeyFilter>,
}

impl RunWriter {
    /// An empty run whose filter gets its keys by the index's secret.
    pub fn new(number: i64, filter: Option<KeyFilter>, salt: Salt) -> Self {
        RunWriter {
            number,
            salt,
            keys: 0,
            last_key: None,
            filter,
            entries: 0,
            newest_age: i64::MAX,
            leaf: BlockWriter::new(),
            leaf_first: None,
            leaves: 0,
            directory: BlockWriter::new(),
            fence: None,
            fences: Vec::new(),
        }
    }

    /// Its number.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// Adds an entry; they must come in order.
    ///
    /// # Errors
    /// [`StoreError`] when a block cannot be written.
    pub fn push(&mut self, marked: Marked, index: &Connection) -> Result<(), StoreError> {
        if !self.leaf.push(marked) {
            self.end_leaf(index)?;
            self.leaf.push(marked);
        }
        self.leaf_first.get_or_insert(marked.entry);
        if let Some(key) = key_hash(&self.salt, &marked.entry)
            && self.last_key != Some(key)
        {
            self.last_key = Some(key);
            self.keys += 1;
            if let Some(filter) = &mut self.filter {
                filter.insert(key);
            }
        }
        self.entries += 1;
        if marked.entry.group.table.is_by_age() {
            self.newest_age = self.newest_age.min(marked.entry.position.age);
        }
        Ok(())
    }

    /// Writes what is left and makes the run known to those who read the index from now on; `None`
    /// when there is nothing in it.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub fn finish(mut self, level: u32, index: &Connection) -> Result<Option<Run>, StoreError> {
        self.end_leaf(index)?;
        self.end_directory(index)?;
        if self.entries == 0 {
            return Ok(None);
        }
        let run = Run {
            number: self.number,
            level,
            entries: self.entries,
            leaves: self.leaves,
            newest_age: self.newest_age,
            fences: self.fences,
            keys: self.keys,
            filter: self.filter,
        };
        save(&run, index).map_err(failed("writing a run of the index"))?;
        Ok(Some(run))
    }

    fn end_leaf(&mut self, index: &Connection) -> Result<(), StoreError> {
        let Some(first) = self.leaf_first.take() else {
            return Ok(());
        };
        self.write(i64::from(self.leaves), self.leaf.bytes(), index)?;
        self.leaf.clear();
        let name = Marked {
            entry: first,
            removed: false,
        };
        if !self.directory.push(name) {
            self.end_directory(index)?;
            self.directory.push(name);
        }
        self.fence.get_or_insert(Fence {
            first,
            leaf: self.leaves,
        });
        self.leaves += 1;
        Ok(())
    }

    fn end_directory(&mut self, index: &Connection) -> Result<(), StoreError> {
        let Some(fence) = self.fence.take() else {
            return Ok(());
        };
        let place = DIRECTORY + self.fences.len() as i64;
        self.write(place, self.directory.bytes(), index)?;
        self.directory.clear();
        self.fences.push(fence);
        Ok(())
    }

    fn write(&self, place: i64, bytes: &[u8], index: &Connection) -> Result<(), StoreError> {
        let is_numbered = self.number <= RUN_NUMBER_MAX && self.leaves < u32::MAX >> 1;
        if !is_numbered {
            return Err(damaged("it has no numbers left"));
        }
        index
            .prepare_cached("INSERT INTO block (number, bytes) VALUES (?1, ?2)")
            .and_then(|mut statement| {
                statement.execute(params![first_block(self.number) + place, bytes])
            })
            .map_err(failed("writing a block of the index"))?;
        Ok(())
    }
}

fn save(run: &Run, index: &Connection) -> rusqlite::Result<()> {
    index
        .prepare_cached(
            "INSERT INTO run (number, level, entries, leaves, newest_age, fences, keys, filter)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            run.number,
            run.level,
            run.entries.cast_signed(),
            run.leaves,
            run.newest_age,
            fences_to_bytes(&run.fences),
            run.keys.cast_signed(),
            run.filter.as_ref().map(KeyFilter::to_bytes),
        ])?;
    Ok(())
}

/// Strikes a run off the list; its blocks stay until they are deleted.
pub fn forget(run: &Run, index: &Connection) -> Result<(), StoreError> {
    index
        .prepare_cached("DELETE FROM run WHERE number = ?1")
        .and_then(|mut statement| statement.execute([run.number]))
        .map_err(failed("taking a run off the index"))?;
    Ok(())
}

/// Every run of the index.
pub fn load_all(index: &Connection) -> Result<Vec<Arc<Run>>, StoreError> {
    let what = "reading the runs of the index";
    let mut statement = index
        .prepare(
            "SELECT number, level, entries, leaves, newest_age, fences, keys, filter
             FROM run ORDER BY number",
        )
        .map_err(failed(what))?;
    let mut rows = statement.query([]).map_err(failed(what))?;
    let mut runs = Vec::new();
    while let Some(row) = rows.next().map_err(failed(what))? {
        let read = || -> rusqlite::Result<_> {
            let (entries, keys): (i64, i64) = (row.get(2)?, row.get(6)?);
            let filter = row.get_ref(7)?.as_blob_or_null()?;
            let run = Run {
                number: row.get(0)?,
                level: row.get(1)?,
                entries: entries.cast_unsigned(),
                leaves: row.get(3)?,
                newest_age: row.get(4)?,
                fences: Vec::new(),
                keys: keys.cast_unsigned(),
                filter: filter.and_then(KeyFilter::from_bytes),
            };
            Ok((run, row.get_ref(5)?.as_blob()?))
        };
        let (mut run, fences) = read().map_err(failed(what))?;
        run.fences = fences_of_bytes(fences)
            .ok_or_else(|| damaged(format!("run {} has no beginning", run.number)))?;
        runs.push(Arc::new(run));
    }
    Ok(runs)
}

/// Each fence is its leaf in four bytes, the length of its entry in one, and the entry as the only
/// one of a block.
fn fences_to_bytes(fences: &[Fence]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut one = BlockWriter::new();
    for fence in fences {
        one.clear();
        one.push(Marked {
            entry: fence.first,
            removed: false,
        });
        bytes.extend_from_slice(&fence.leaf.to_le_bytes());
        push_number(&mut bytes, one.bytes().len() as u64);
        bytes.extend_from_slice(one.bytes());
    }
    bytes
}

fn fences_of_bytes(mut bytes: &[u8]) -> Option<Vec<Fence>> {
    let mut fences = Vec::new();
    while !bytes.is_empty() {
        let (leaf, rest) = bytes.split_first_chunk::<4>()?;
        // An entry alone takes at most 50 bytes, so that its length is one byte.
        let (length, rest) = rest.split_first()?;
        let (entry, rest) = rest.split_at_checked(usize::from(*length))?;
        let first = read_block(entry).ok()?.first()?.entry;
        fences.push(Fence {
            first,
            leaf: u32::from_le_bytes(*leaf),
        });
        bytes = rest;
    }
    Some(fences)
}
