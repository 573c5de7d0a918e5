//! The sorted runs of the index: where every event stands under its id, author, tags, kind, time and
//! words, and the newest version of each address.
//!
//! Rows of a B-tree that is larger than what is written at once lie so far apart that each costs a
//! page or two. Here each step of the indexer writes one sorted run of entries instead, in blocks of
//! a page, and runs of about the same size are merged into a larger one: a log-structured merge
//! tree (O'Neil et al., 1996). An entry is written as often as there are sizes, one after the other.
//!
//! An entry is there once and taken away at most once, by the same entry marked as removed; when
//! the two meet in a merge, both are gone. So it does not matter which runs are merged.
//!
//! Runs live in `index.db`: a run appears in the same transaction as everything else about its
//! events, and its blocks go when no reader needs them any more.

use std::sync::{Arc, PoisonError, RwLock};

use quick_cache::{Weighter, sync::Cache};
use rusqlite::{Connection, OptionalExtension};

use entry::read_block;
use filter::key_hash;
use scan::Scan;

use super::keys::Salt;
use super::schema::{self, failed};
use crate::store::StoreError;

mod changes;
mod entry;
mod filter;
mod merge;
mod run;
mod scan;

pub use changes::Changes;
pub use entry::{Entry, Group, Marked, Table};
pub use merge::Merger;
pub use run::Run;

/// What an entry of the cache costs beside its bytes, roughly.
const CACHED_BLOCK_BYTES: u64 = 96;
/// Assumed size of a block when the cache sizes its tables.
const BLOCK_BYTES_TYPICAL: usize = 8192;

/// All runs at one moment. Whoever holds it finds their blocks.
#[derive(Debug)]
pub struct Manifest {
    runs: Vec<Arc<Run>>,
    salt: Salt,
}

impl Manifest {
    /// Each run, in no particular order.
    pub fn runs(&self) -> &[Arc<Run>] {
        &self.runs
    }

    /// All entries from `from` on, in order.
    pub fn scan<'a>(&self, from: Entry, blocks: Blocks<'a>) -> Entries<'a> {
        Entries {
            scan: Scan::new(&self.runs, from),
            blocks,
        }
    }

    /// The entries from `from` on that stand under the same id or address, or the same author or
    /// tag with the same kind. What follows after them is not all that there is.
    pub fn scan_key<'a>(&self, from: Entry, blocks: Blocks<'a>) -> Entries<'a> {
        let hash = key_hash(&self.salt, &from);
        let runs = self.runs.iter();
        let runs = runs.filter(|run| hash.is_none_or(|hash| run.may_have(hash)));
        Entries {
            scan: Scan::new(runs, from),
            blocks,
        }
    }

    /// Whether there may be an entry under the key of this one.
    pub fn may_have(&self, entry: &Entry) -> bool {
        let hash = key_hash(&self.salt, entry);
        hash.is_none_or(|hash| self.runs.iter().any(|run| run.may_have(hash)))
    }
}

/// Entries in their order, as far as they are asked for.
pub struct Entries<'a> {
    scan: Scan,
    blocks: Blocks<'a>,
}

impl Entries<'_> {
    /// The next one.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn next(&mut self) -> Result<Option<Entry>, StoreError> {
        self.scan.next(&self.blocks)
    }
}

/// The runs of an index, shared by the indexer and all who read.
pub struct Runs {
    manifest: RwLock<Arc<Manifest>>,
    cache: BlockCache,
    salt: Salt,
    filter_bytes_max: usize,
}

impl Runs {
    /// The runs that are in `index`. At most `cache_bytes_max` bytes of blocks are kept in memory,
    /// and about `filter_bytes_max` bytes of filters.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn open(
        index: &Connection,
        cache_bytes_max: usize,
        filter_bytes_max: usize,
    ) -> Result<Self, StoreError> {
        let runs = run::load_all(index)?;
        let salt = schema::read_salt(index)?;
        Ok(Runs {
            manifest: RwLock::new(Arc::new(Manifest { runs, salt })),
            cache: BlockCache::new(cache_bytes_max),
            salt,
            filter_bytes_max,
        })
    }

    /// What there is now. It must be taken before the transaction begins in which its blocks are
    /// read.
    pub fn manifest(&self) -> Arc<Manifest> {
        let manifest = self.manifest.read().unwrap_or_else(PoisonError::into_inner);
        manifest.clone()
    }

    /// The blocks as `index` sees them, through the cache.
    pub fn blocks<'a>(&'a self, index: &'a Connection) -> Blocks<'a> {
        Blocks {
            index,
            cache: Some(&self.cache),
        }
    }

    /// Shows readers what was committed.
    pub fn publish(&self, runs: Vec<Arc<Run>>) {
        let mut manifest = self
            .manifest
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let salt = self.salt;
        *manifest = Arc::new(Manifest { runs, salt });
    }
}

/// The entries of a block.
type Block = Arc<[Marked]>;

/// Where blocks are read from.
#[derive(Clone, Copy)]
pub struct Blocks<'a> {
    index: &'a Connection,
    cache: Option<&'a BlockCache>,
}

impl<'a> Blocks<'a> {
    /// Without the cache: for those who read everything once.
    pub fn uncached(index: &'a Connection) -> Self {
        Blocks { index, cache: None }
    }

    fn read(&self, number: i64) -> Result<Block, StoreError> {
        if let Some(cached) = self.cache.and_then(|cache| cache.0.get(&number)) {
            return Ok(cached);
        }
        let block = self
            .index
            .prepare_cached("SELECT bytes FROM block WHERE number = ?1")
            .and_then(|mut statement| {
                statement
                    .query_row([number], |row| Ok(read_block(row.get_ref(0)?.as_blob()?)))
                    .optional()
            })
            .map_err(failed("reading a block of the index"))?;
        let block = block.ok_or_else(|| damaged("a block of it is missing"))?;
        let block: Block = block.map_err(damaged)?.into();
        if let Some(cache) = self.cache {
            cache.0.insert(number, block.clone());
        }
        Ok(block)
    }
}

/// Hot blocks in memory, bounded by bytes. A block never changes and its number never comes again.
struct BlockCache(Cache<i64, Block, Bytes>);

#[derive(Clone)]
struct Bytes;

impl Weighter<i64, Block> for Bytes {
    fn weight(&self, _: &i64, block: &Block) -> u64 {
        std::mem::size_of_val::<[Marked]>(block) as u64 + CACHED_BLOCK_BYTES
    }
}

impl BlockCache {
    fn new(bytes_max: usize) -> Self {
        let blocks = (bytes_max / BLOCK_BYTES_TYPICAL).max(16);
        BlockCache(Cache::with_weighter(blocks, bytes_max as u64, Bytes))
    }
}

/// What to say of an index that cannot be as it is.
fn damaged(reason: impl ToString) -> StoreError {
    StoreError::Backend {
        what: "reading the index".into(),
        reason: format!(
            "{}: delete index.db, it is rebuilt from the log",
            reason.to_string()
        ),
    }
}

#[cfg(test)]
mod tests;
