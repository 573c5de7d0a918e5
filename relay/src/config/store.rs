//! How the embedded store writes, indexes and reads.

use toml::Value;

use super::section::{Setting, expected, section};

/// How hard a commit is pressed onto the disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// An accepted event survives a crash of the machine: one flush per group commit.
    #[default]
    Full,
    /// An accepted event survives a crash of the relay; the last ones may be lost with the power.
    Normal,
}

section! {
    /// How the store writes, indexes and reads.
    pub struct StoreSettings = "store" {
        /// Most events in one commit.
        restart group_commit_events_max: usize = 512, in 1..=65_536;
        /// Events that may wait for the writer; who offers more waits.
        restart writer_queue_events_max: usize = 2_048, in 1..=1_000_000;
        /// Events are indexed when this many are not …
        restart index_after_events: usize = 4_096, in 1..=1_000_000;
        /// … or at the latest this many milliseconds after they were committed.
        restart index_after_ms: u64 = 200, in 1..=60_000;
        /// The writer waits for the indexer while this many events are not indexed.
        restart tail_events_max: usize = 32_768, in 2..=10_000_000;
        /// Threads that read what is large, each with its own connections to the files.
        restart readers: usize = 2, in 1..=256;
        /// How long one read may keep a reader before another gets its turn, in milliseconds.
        restart scan_slice_ms: u64 = 10, in 1..=10_000;
        /// Most bytes of events in one page of an answer.
        restart page_bytes_max: usize = 262_144, in 4_096..=67_108_864;
        /// Events kept ready in memory, in bytes.
        restart cache_bytes_max: usize = 268_435_456, in 0..=1_099_511_627_776;
        /// Blocks of the index kept ready in memory, in bytes.
        restart index_cache_bytes_max: usize = 134_217_728, in 0..=1_099_511_627_776;
        /// Most memory, in bytes, that tells without a look at the disk what the index does not have:
        /// a million events take about 12 MB, and while they are merged twice that.
        restart index_filter_bytes_max: usize = 536_870_912, in 0..=1_099_511_627_776;
        /// "full": what was accepted survives a power failure. "normal": it survives a crash of
        /// the relay, and writing is faster.
        restart synchronous: Synchronous = Synchronous::Full;
    }
}

impl Setting for Synchronous {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value.as_str() {
            Some("full") => Ok(Synchronous::Full),
            Some("normal") => Ok(Synchronous::Normal),
            _ => Err(expected("\"full\" or \"normal\"", value)),
        }
    }

    fn text_to_value(text: &str) -> Value {
        Value::String(text.to_owned())
    }

    fn to_value(&self) -> Option<Value> {
        let word = match self {
            Synchronous::Full => "full",
            Synchronous::Normal => "normal",
        };
        Some(Value::String(word.to_owned()))
    }
}
