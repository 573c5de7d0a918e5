//! The embedded store in a folder of its own, set so that time decides nothing: its index is
//! written when it is closed, and no read is cut short.

use std::sync::Arc;

use anyhow::ensure;
use futures_util::future::try_join_all;
use kith_nips::{Event, Filter};
use kith_relay::feed;
use kith_relay::store::sqlite::SqliteOptions;
use kith_relay::store::{Outcome, ScanOptions, SqliteStore, Store};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::notes::BEGINNING;

/// Events that are offered at once; as many go into one commit.
const OFFERED_AT_ONCE: usize = 250;
/// Longer than any run takes.
const NEVER_MS: u64 = 3_600_000;
/// The time that it lives at: after all notes.
const NOW: u64 = BEGINNING + 100_000_000;

/// A store; the folder goes when this is dropped.
pub struct Disk {
    store: SqliteStore,
    runtime: Runtime,
    folder: TempDir,
}

impl Disk {
    /// An empty store.
    ///
    /// # Errors
    /// The system gives no folder, file or thread.
    pub fn new() -> anyhow::Result<Self> {
        Self::open(tempfile::tempdir()?)
    }

    /// A store that holds `notes`, all of them indexed.
    ///
    /// # Errors
    /// As [`Disk::new`]; a note cannot be stored.
    pub fn indexed(notes: &[Arc<Event>]) -> anyhow::Result<Self> {
        let disk = Self::new()?;
        disk.save(notes)?;
        Self::open(disk.close())
    }

    fn open(folder: TempDir) -> anyhow::Result<Self> {
        let mut options = SqliteOptions::new(folder.path());
        options.group_commit_events_max = OFFERED_AT_ONCE;
        options.index_after_events = usize::MAX;
        options.index_after_ms = NEVER_MS;
        options.scan_slice_ms = NEVER_MS;
        options.readers = 1;
        options.clock = || NOW;
        // Nobody listens: what is committed goes nowhere.
        let (publisher, _) = feed::channel();
        Ok(Disk {
            store: SqliteStore::open(&options, publisher)?,
            runtime: Builder::new_current_thread().build()?,
            folder,
        })
    }

    /// Stores notes without asking whether they are genuine; gives how many were stored.
    ///
    /// # Errors
    /// A note was not taken, or the store failed.
    pub fn save(&self, notes: &[Arc<Event>]) -> anyhow::Result<usize> {
        for group in notes.chunks(OFFERED_AT_ONCE) {
            let saves = group.iter().map(|note| self.store.save(Arc::clone(note)));
            for outcome in self.runtime.block_on(try_join_all(saves))? {
                ensure!(matches!(outcome, Outcome::Saved(_)), "{outcome:?}");
            }
        }
        Ok(notes.len())
    }

    /// The answer to one question, page by page as a session reads it; gives the number of events.
    ///
    /// # Errors
    /// The store failed.
    pub fn ask(&self, question: &Arc<[Filter]>) -> anyhow::Result<usize> {
        let mut options = ScanOptions::everything(NOW);
        options.completeness = true;
        self.runtime.block_on(async {
            let mut rest = Some(self.store.scan(Arc::clone(question), options).await?);
            let mut events = 0;
            while let Some(scan) = rest {
                let (page, further) = self.store.next_page(scan).await?;
                events += page.events.len();
                rest = further;
            }
            Ok(events)
        })
    }

    /// Writes the index and lets go of the files; gives the folder, which goes when it is dropped.
    pub fn close(self) -> TempDir {
        self.store.close();
        self.folder
    }
}
