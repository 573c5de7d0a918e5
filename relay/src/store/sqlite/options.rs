//! The settings of the embedded backend.

use std::path::PathBuf;

use super::Synchronous;

/// How a [`SqliteStore`](super::SqliteStore) works. Every bound is named with its unit.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// The data folder; it is created when missing.
    pub folder: PathBuf,
    /// How hard a commit presses the disk.
    pub synchronous: Synchronous,
    /// Events in one commit at most.
    pub group_commit_events_max: usize,
    /// Events that may wait for the writer; whoever offers more waits.
    pub writer_queue_events_max: usize,
    /// The indexer runs when this many events are unindexed.
    pub index_after_events: usize,
    /// The indexer runs at the latest this long after a commit, in milliseconds.
    pub index_after_ms: u64,
    /// The writer waits while this many events are unindexed.
    pub tail_events_max: usize,
    /// Threads that read.
    pub readers: usize,
    /// How long one read may keep a reader, in milliseconds.
    pub scan_slice_ms: u64,
    /// Bytes of events in one page of an answer.
    pub page_bytes_max: usize,
    /// Bytes of hot events in memory.
    pub cache_bytes_max: usize,
    /// Bytes of hot blocks of the index in memory.
    pub index_cache_bytes_max: usize,
    /// Bytes of memory that tell what the index surely does not have, about.
    pub index_filter_bytes_max: usize,
    /// Whether only the owner of a known community may describe it (LBC-09, LBC-11).
    pub enforce_owner: bool,
    /// The time in Unix seconds, for expiration (NIP-40).
    pub clock: fn() -> u64,
}

impl SqliteOptions {
    /// Defaults for a data folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        SqliteOptions {
            folder: folder.into(),
            synchronous: Synchronous::Full,
            group_commit_events_max: 512,
            writer_queue_events_max: 2048,
            index_after_events: 4096,
            index_after_ms: 200,
            tail_events_max: 32_768,
            readers: 2,
            scan_slice_ms: 10,
            page_bytes_max: 256 * 1024,
            cache_bytes_max: 256 * 1024 * 1024,
            index_cache_bytes_max: 128 * 1024 * 1024,
            index_filter_bytes_max: 512 * 1024 * 1024,
            enforce_owner: true,
            clock: crate::clock::unix_now,
        }
    }
}
