//! Which runs there are, and reading all of them as one.

use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::Connection;

use super::blocks::{BlockCache, Blocks};
use super::entry::Entry;
use super::filter::key_hash;
use super::run::{self, Run};
use super::scan::Scan;
use crate::store::StoreError;
use crate::store::sqlite::keys::Salt;
use crate::store::sqlite::schema;

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

    /// Whether the event of the last entry that was given also has this one. All entries of an event
    /// are in the same run.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn has_beside(&self, entry: &Entry) -> Result<bool, StoreError> {
        match self.scan.run() {
            Some(run) => run.has(entry, &self.blocks),
            None => Ok(false),
        }
    }
}

/// The runs of an index, shared by the indexer and all who read.
pub struct Runs {
    manifest: RwLock<Arc<Manifest>>,
    cache: BlockCache,
    /// Keys the filters.
    pub salt: Salt,
    /// Bytes of all filters, about.
    pub filter_bytes_max: usize,
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
        Blocks::cached(index, &self.cache)
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
