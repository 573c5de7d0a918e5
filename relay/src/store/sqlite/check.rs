//! Verifies what a store keeps: every event of the log by itself, and the index against the one
//! that the log gives. Works on copies and changes nothing in the data folder. Decides nothing
//! about events: both indexes are made by the code that a start runs.

use std::path::{Path, PathBuf};

use kith_nips::Event;
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::SqliteOptions;
#[cfg(test)]
use super::runs::{Blocks, Changes, Entry, Merger, Runs};
use super::schema::{self, failed};
use super::{SqliteStore, Synchronous};
use crate::feed;
use crate::store::{Sequence, Store, StoreError};

mod compare;
mod tables;

/// Findings that are kept word for word; the rest is only counted.
const FINDINGS_KEPT_MAX: usize = 50;
/// What belongs to a file that is not in the file itself yet.
const WRITTEN_AHEAD: &str = "-wal";

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// An event of the log is damaged.
    #[error("{} event {sequence}: {reason}", schema::LOG_FILE)]
    Event {
        /// Its place.
        sequence: Sequence,
        /// What is wrong.
        reason: String,
    },
    /// A row of the index is not what the log gives.
    #[error("{} {table} {key}: {}", schema::INDEX_FILE, sides(.index.as_deref(), .log.as_deref()))]
    Row {
        /// The table.
        table: String,
        /// The columns that name the row.
        key: String,
        /// The other columns in the index; none when the row is missing there.
        index: Option<String>,
        /// The other columns as the log gives them; none when there should be no such row.
        log: Option<String>,
    },
}

/// What was looked at, and what was found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// Events in the log.
    pub events: u64,
    /// Places in the log of which only the effects remain.
    pub husks: u64,
    /// Tables that were compared; 0 when the log cannot be read as a whole.
    pub tables: u64,
    /// Rows in them.
    pub rows: u64,
    /// The first findings.
    pub findings: Vec<Finding>,
    /// How many findings there are in all.
    pub findings_total: u64,
}

impl CheckReport {
    /// Whether everything is as it should be.
    pub fn agrees(&self) -> bool {
        self.findings_total == 0
    }

    fn add(&mut self, finding: Finding) {
        self.findings_total += 1;
        if self.findings.len() < FINDINGS_KEPT_MAX {
            self.findings.push(finding);
        }
    }
}

/// Checks the store in the folder of `options`, which nobody may have open. Needs room for a copy
/// of log and index and for one more index in `scratch`, an empty folder.
///
/// # Errors
/// [`StoreError`] when a file cannot be read or copied at all. What is wrong in them is a
/// [`Finding`].
pub fn check(
    options: &SqliteOptions,
    scratch: &Path,
    signatures: bool,
) -> Result<CheckReport, StoreError> {
    let kept = scratch.join("kept");
    let rebuilt = scratch.join("rebuilt");
    for folder in [&kept, &rebuilt] {
        std::fs::create_dir_all(folder).map_err(failed_file("creating", folder))?;
    }
    for file in [schema::LOG_FILE, schema::INDEX_FILE] {
        transfer(&options.folder, &kept, file, |from, to| {
            std::fs::copy(from, to).map(drop)
        })?;
    }

    let mut report = CheckReport::default();
    tracing::info!("verifying the events");
    let log = schema::open_log(&kept, Synchronous::Normal)?;
    let readable = verify_log(&log, signatures, &mut report)?;
    drop(log);
    if !readable {
        // A start would end at the same event.
        return Ok(report);
    }
    tracing::info!("making the index anew");
    catch_up(options, &kept)?;
    transfer(&kept, &rebuilt, schema::LOG_FILE, |from, to| {
        std::fs::rename(from, to)
    })?;
    take_over_salt(&kept, &rebuilt)?;
    catch_up(options, &rebuilt)?;
    tracing::info!("comparing the indexes");
    compare::compare(
        &kept.join(schema::INDEX_FILE),
        &rebuilt.join(schema::INDEX_FILE),
        &mut report,
    )?;
    compare::compare_runs(&kept, &rebuilt, &mut report)?;
    Ok(report)
}

/// Damages the index in `folder`: each entry of its sorted runs becomes what `change` makes of it.
#[cfg(test)]
pub fn damage(folder: &Path, change: impl Fn(Entry) -> Option<Entry>) {
    let mut index = schema::open_index(folder).unwrap();
    let runs = std::sync::Arc::new(Runs::open(&index, 0, 0).unwrap());
    let mut merger = Merger::open(runs.clone(), &index).unwrap();
    let mut changes = Changes::default();
    let mut entries = runs.manifest().scan(Entry::FIRST, Blocks::uncached(&index));
    while let Some(entry) = entries.next().unwrap() {
        let changed = change(entry);
        if changed != Some(entry) {
            changes.take_away(entry);
            changed.into_iter().for_each(|entry| changes.add(entry));
        }
    }
    drop(entries);
    let transaction = index.transaction().unwrap();
    merger.add(changes, &transaction).unwrap();
    transaction.commit().unwrap();
}

/// Verifies every row of the log; whether all of them can be read.
fn verify_log(
    log: &Connection,
    signatures: bool,
    report: &mut CheckReport,
) -> Result<bool, StoreError> {
    let what = || format!("reading {}", schema::LOG_FILE);
    let mut statement = log
        .prepare("SELECT sequence, husk, event FROM log ORDER BY sequence")
        .map_err(failed(what()))?;
    let mut rows = statement.query([]).map_err(failed(what()))?;
    let mut readable = true;
    while let Some(row) = rows.next().map_err(failed(what()))? {
        let sequence: Sequence = row.get(0).map_err(failed(what()))?;
        let husk: bool = row.get(1).map_err(failed(what()))?;
        let text = row.get_ref(2).map_err(failed(what()))?;
        let verified = if husk {
            report.husks += 1;
            read(text).map(drop)
        } else {
            report.events += 1;
            verify(text, signatures)
        };
        if let Err(reason) = verified {
            readable &= read(text).is_ok();
            report.add(Finding::Event { sequence, reason });
        }
    }
    Ok(readable)
}

/// As every reader of the log reads a row.
fn read(text: ValueRef<'_>) -> Result<Event, String> {
    let json = text.as_str().map_err(|error| error.to_string())?;
    Event::parse_stored(json).map_err(|error| error.to_string())
}

/// Whether a row is an event as it was accepted: canonical, with the right id and, if asked for,
/// signature.
fn verify(text: ValueRef<'_>, signatures: bool) -> Result<(), String> {
    let json = text.as_str().map_err(|error| error.to_string())?;
    let event = Event::parse(json).map_err(|error| error.to_string())?;
    if event.json() != json {
        return Err("not in the canonical form".into());
    }
    let verified = if signatures {
        event.verify()
    } else {
        event.verify_id()
    };
    verified.map_err(|error| error.to_string())
}

/// Brings the index in `folder` up to its log, as every start does, and finishes what was left to
/// purge. Nothing expires meanwhile.
fn catch_up(options: &SqliteOptions, folder: &Path) -> Result<(), StoreError> {
    let options = SqliteOptions {
        folder: folder.to_owned(),
        synchronous: Synchronous::Normal,
        readers: 1,
        clock: || 0,
        ..options.clone()
    };
    let (publisher, _) = feed::channel();
    SqliteStore::open(&options, publisher)?.close();
    Ok(())
}

/// Makes an empty index whose hashes are those of another.
fn take_over_salt(from: &Path, to: &Path) -> Result<(), StoreError> {
    let salt: Vec<u8> = schema::open_index(from)?
        .query_row("SELECT value FROM state WHERE name = 'salt'", [], |row| {
            row.get(0)
        })
        .map_err(failed("reading the index's salt"))?;
    schema::open_index(to)?
        .execute("UPDATE state SET value = ?1 WHERE name = 'salt'", [salt])
        .map_err(failed("writing the index's salt"))?;
    Ok(())
}

/// Copies or moves one of the two files, with what was written ahead. A file that is missing is
/// left out: a store without an index makes one.
fn transfer(
    from: &Path,
    to: &Path,
    file: &str,
    work: impl Fn(&Path, &Path) -> std::io::Result<()>,
) -> Result<(), StoreError> {
    for suffix in ["", WRITTEN_AHEAD] {
        let name = format!("{file}{suffix}");
        let path = from.join(&name);
        match work(&path, &to.join(&name)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed_file("copying", &path)(error)),
        }
    }
    Ok(())
}

fn failed_file(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let path: PathBuf = path.to_owned();
    move |error| StoreError::Backend {
        what: format!("{what} {}", path.display()),
        reason: error.to_string(),
    }
}

/// Both sides of a row that differs, in words.
fn sides(index: Option<&str>, log: Option<&str>) -> String {
    let side = |columns: Option<&str>| match columns {
        None => "no such row".to_owned(),
        Some("") => "it".to_owned(),
        Some(columns) => columns.to_owned(),
    };
    format!("the index has {}, the log gives {}", side(index), side(log))
}

#[cfg(test)]
mod tests;
