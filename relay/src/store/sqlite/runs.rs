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

mod blocks;
mod changes;
mod entry;
mod filter;
mod manifest;
mod merge;
mod run;
mod scan;

pub use blocks::Blocks;
pub use changes::Changes;
pub use entry::{Entry, Group, Table};
pub use manifest::{Entries, Manifest, Runs};
pub use merge::Merger;

#[cfg(test)]
mod tests;
