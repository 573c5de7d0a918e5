//! Walks two indexes side by side, table by table in the order of the keys, and names every row in
//! which they differ.

use std::cmp::Ordering;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, Rows};

use super::tables::{Table, derived};
use super::{CheckReport, Finding};
use crate::store::StoreError;
use crate::store::sqlite::runs::{Blocks, Entries, Entry, Runs, Table as RunTable};
use crate::store::sqlite::schema::{self, failed};

/// The names under which the two files are attached.
const KEPT: &str = "main";
const REBUILT: &str = "rebuilt";

/// Characters of a text, and bytes of a blob, that are shown.
const VALUE_SHOWN_MAX: usize = 64;

/// Compares the index that was kept with the one that the log gives.
///
/// # Errors
/// [`StoreError`] when one of them cannot be read.
pub fn compare(kept: &Path, rebuilt: &Path, report: &mut CheckReport) -> Result<(), StoreError> {
    let mut work = || -> rusqlite::Result<()> {
        let connection = Connection::open(kept)?;
        connection.execute(
            &format!("ATTACH ?1 AS {REBUILT}"),
            [rebuilt.to_string_lossy()],
        )?;
        let tables = derived(&connection, KEPT)?;
        // Both were made by this program.
        let expected = derived(&connection, REBUILT)?;
        for table in &expected {
            if tables.contains(table) {
                compare_table(&connection, table, report)?;
            } else {
                report.add(Finding::Row {
                    table: table.name.clone(),
                    key: "(the table)".to_owned(),
                    index: None,
                    log: Some(String::new()),
                });
            }
        }
        Ok(())
    };
    work().map_err(failed("comparing the indexes"))
}

/// Compares the entries of the sorted runs of both, in the order of their tables.
///
/// # Errors
/// [`StoreError`] when one of them cannot be read.
pub fn compare_runs(
    kept: &Path,
    rebuilt: &Path,
    report: &mut CheckReport,
) -> Result<(), StoreError> {
    let open = |folder| schema::open_reader(folder, schema::INDEX_FILE);
    let (kept, rebuilt) = (open(kept)?, open(rebuilt)?);
    let (mut kept, mut rebuilt) = (all_entries(&kept)?, all_entries(&rebuilt)?);
    report.tables += RunTable::ALL.len() as u64;
    let (mut ours, mut theirs) = (kept.next()?, rebuilt.next()?);
    while let Some(least) = ours.into_iter().chain(theirs).min() {
        report.rows += 1;
        let (is_ours, is_theirs) = (ours == Some(least), theirs == Some(least));
        if !(is_ours && is_theirs) {
            report.add(Finding::Row {
                table: least.group.table.name().to_owned(),
                key: least.to_string(),
                index: is_ours.then(String::new),
                log: is_theirs.then(String::new),
            });
        }
        if is_ours {
            ours = kept.next()?;
        }
        if is_theirs {
            theirs = rebuilt.next()?;
        }
    }
    Ok(())
}

fn all_entries(index: &Connection) -> Result<Entries<'_>, StoreError> {
    let manifest = Runs::open(index, 0, 0)?.manifest();
    Ok(manifest.scan(Entry::FIRST, Blocks::uncached(index)))
}

fn compare_table(
    connection: &Connection,
    table: &Table,
    report: &mut CheckReport,
) -> rusqlite::Result<()> {
    report.tables += 1;
    let mut kept = connection.prepare(&table.select(KEPT))?;
    let mut rebuilt = connection.prepare(&table.select(REBUILT))?;
    let (mut kept, mut rebuilt) = (kept.query([])?, rebuilt.query([])?);
    let (mut ours, mut theirs) = (next(&mut kept, table)?, next(&mut rebuilt, table)?);
    while ours.is_some() || theirs.is_some() {
        report.rows += 1;
        let order = by_key(table, ours.as_deref(), theirs.as_deref());
        if order.is_ne() || ours != theirs {
            let shown = |row: &Option<Vec<Value>>, there: bool| {
                row.as_ref()
                    .filter(|_| there)
                    .map(|row| show(table, row, table.key_columns..table.columns.len()))
            };
            let named = if order.is_le() { &ours } else { &theirs };
            let key = named
                .as_ref()
                .map(|row| show(table, row, 0..table.key_columns));
            report.add(Finding::Row {
                table: table.name.clone(),
                key: key.unwrap_or_default(),
                index: shown(&ours, order.is_le()),
                log: shown(&theirs, order.is_ge()),
            });
        }
        if order.is_le() {
            ours = next(&mut kept, table)?;
        }
        if order.is_ge() {
            theirs = next(&mut rebuilt, table)?;
        }
    }
    Ok(())
}

fn next(rows: &mut Rows<'_>, table: &Table) -> rusqlite::Result<Option<Vec<Value>>> {
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    (0..table.columns.len())
        .map(|column| row.get(column))
        .collect::<rusqlite::Result<_>>()
        .map(Some)
}

/// Which of two rows comes first; one that is not there comes last.
fn by_key(table: &Table, ours: Option<&[Value]>, theirs: Option<&[Value]>) -> Ordering {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => ours
            .iter()
            .zip(theirs)
            .take(table.key_columns)
            .map(|(ours, theirs)| in_order(ours, theirs))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal),
        (ours, theirs) => theirs.is_some().cmp(&ours.is_some()),
    }
}

/// The order in which SQLite sorts values.
fn in_order(ours: &Value, theirs: &Value) -> Ordering {
    fn class(value: &Value) -> u8 {
        match value {
            Value::Null => 0,
            Value::Integer(_) | Value::Real(_) => 1,
            Value::Text(_) => 2,
            Value::Blob(_) => 3,
        }
    }
    match (ours, theirs) {
        (Value::Integer(ours), Value::Integer(theirs)) => ours.cmp(theirs),
        (Value::Real(ours), Value::Real(theirs)) => ours.total_cmp(theirs),
        (Value::Text(ours), Value::Text(theirs)) => ours.cmp(theirs),
        (Value::Blob(ours), Value::Blob(theirs)) => ours.cmp(theirs),
        _ => class(ours).cmp(&class(theirs)),
    }
}

/// Columns of a row for people: `kind=1 sequence=5`.
fn show(table: &Table, row: &[Value], columns: std::ops::Range<usize>) -> String {
    let shown: Vec<String> = table
        .columns
        .iter()
        .zip(row)
        .skip(columns.start)
        .take(columns.len())
        .map(|(name, value)| format!("{name}={}", show_value(value)))
        .collect();
    shown.join(" ")
}

fn show_value(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => {
            let text: String = text.chars().take(VALUE_SHOWN_MAX).collect();
            format!("{text:?}")
        }
        Value::Blob(bytes) => bytes
            .iter()
            .take(VALUE_SHOWN_MAX)
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    }
}
