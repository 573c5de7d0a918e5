//! Reading the blocks of runs, through a cache of hot ones.

use std::sync::Arc;

use quick_cache::{Weighter, sync::Cache};
use rusqlite::{Connection, OptionalExtension};

use super::entry::{Marked, read_block};
use crate::store::StoreError;
use crate::store::sqlite::schema::failed;

/// What an entry of the cache costs beside its bytes, roughly.
const CACHED_BLOCK_BYTES: u64 = 96;
/// Assumed size of a block when the cache sizes its tables.
const BLOCK_BYTES_TYPICAL: usize = 8192;

/// The entries of a block.
pub type Block = Arc<[Marked]>;

/// Where blocks are read from.
#[derive(Clone, Copy)]
pub struct Blocks<'a> {
    index: &'a Connection,
    cache: Option<&'a BlockCache>,
}

impl<'a> Blocks<'a> {
    /// Through a cache.
    pub fn cached(index: &'a Connection, cache: &'a BlockCache) -> Self {
        let cache = Some(cache);
        Blocks { index, cache }
    }

    /// Without the cache: for those who read everything once.
    pub fn uncached(index: &'a Connection) -> Self {
        Blocks { index, cache: None }
    }

    /// The entries of a block.
    ///
    /// # Errors
    /// [`StoreError`] when it is not there or damaged.
    pub fn read(&self, number: i64) -> Result<Block, StoreError> {
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
pub struct BlockCache(Cache<i64, Block, Bytes>);

#[derive(Clone)]
struct Bytes;

impl Weighter<i64, Block> for Bytes {
    fn weight(&self, _: &i64, block: &Block) -> u64 {
        std::mem::size_of_val::<[Marked]>(block) as u64 + CACHED_BLOCK_BYTES
    }
}

impl BlockCache {
    /// A cache of at most `bytes_max` bytes.
    pub fn new(bytes_max: usize) -> Self {
        let blocks = (bytes_max / BLOCK_BYTES_TYPICAL).max(16);
        BlockCache(Cache::with_weighter(blocks, bytes_max as u64, Bytes))
    }
}

/// What to say of an index that cannot be as it is.
pub fn damaged(reason: impl ToString) -> StoreError {
    StoreError::Backend {
        what: "reading the index".into(),
        reason: format!(
            "{}: delete index.db, it is rebuilt from the log",
            reason.to_string()
        ),
    }
}
