//! The start of a store: the tail is read from the log again, from where the index ends. A fresh
//! index makes this a rebuild of everything.

use kith_nips::Event;
use rusqlite::{Connection, params};

use super::SqliteOptions;
use super::decide::{self, State};
use super::index::Index;
use super::indexer::Indexer;
use super::keys::signed;
use super::schema::{self, failed};
use super::tail::{Effects, Kill, Layer, Place, Tail};
use super::writer;
use crate::store::{Sequence, StoreError};

/// Log rows that are read in one step.
const ROWS_PER_STEP_MAX: usize = 4096;

struct LogRow {
    sequence: Sequence,
    husk: bool,
    event: Event,
}

/// Brings tail and index up to the log, and the log's purging to its end. Returns how many
/// events can be found.
///
/// # Errors
/// [`StoreError`] naming what cannot be read.
pub fn recover(
    log: &mut Connection,
    indexer: &mut Indexer,
    tail: &Tail,
    index: &Index,
    options: &SqliteOptions,
) -> Result<u64, StoreError> {
    let removals = writer::removals(log)?;
    remove_again(&removals, indexer, tail, index)?;
    loop {
        let from = tail.read().last;
        let rows = read_rows(log, from)?;
        let Some(last) = rows.last().map(|row| row.sequence) else {
            break;
        };
        let mut batch = Layer::default();
        for row in rows {
            // They are ordered by their place.
            let ended = removals.binary_search_by_key(&row.sequence, |kill| kill.victim);
            let ended = ended.ok().and_then(|place| removals.get(place));
            replay(&mut batch, tail, index, options, row, ended)?;
        }
        tail.append(batch, last);
        indexer.index_tail()?;
    }
    let left = indexer.left_to_purge()?;
    if !left.is_empty() {
        writer::purge(log, &left)?;
        indexer.forget(&left)?;
    }
    schema::read_events(&index.tables)
}

/// What the operator took off before a crash and is in the index still. It comes first: by now
/// the same event may be in the log a second time.
fn remove_again(
    removals: &[Kill],
    indexer: &mut Indexer,
    tail: &Tail,
    index: &Index,
) -> Result<(), StoreError> {
    let indexed_upto = tail.read().indexed_upto;
    for removal in removals.iter().filter(|kill| kill.victim <= indexed_upto) {
        let mut effects = removal_of(removal, tail, index)?;
        if effects.kills.is_empty() {
            // Not to be found any more; its bytes still are.
            effects.kills.push(*removal);
        }
        indexer.take_off(effects)?;
    }
    Ok(())
}

/// What the removal changes, unless the event is gone already or stands in another place.
fn removal_of(removal: &Kill, tail: &Tail, index: &Index) -> Result<Effects, StoreError> {
    let Some(event) = index.load(removal.victim)? else {
        return Ok(Effects::default());
    };
    if index.sequence_of(&event.id())? != Some(removal.victim) {
        return Ok(Effects::default());
    }
    let state = tail.read();
    let state = State {
        batch: &Layer::default(),
        tail: &state.layer,
        index,
        enforce_owner: false,
    };
    Ok(decide::removal(&state, &event.id())?.unwrap_or_default())
}

/// What was accepted once is accepted again; only its effects are derived anew.
fn replay(
    batch: &mut Layer,
    tail: &Tail,
    index: &Index,
    options: &SqliteOptions,
    row: LogRow,
    removal: Option<&Kill>,
) -> Result<(), StoreError> {
    let mut effects = {
        let state = tail.read();
        let state = State {
            batch,
            tail: &state.layer,
            index,
            enforce_owner: options.enforce_owner,
        };
        decide::effects(&state, &row.event, row.sequence)?
    };
    let is_husk = Kill {
        victim: row.sequence,
        husk: true,
    };
    if let Some(ended) = removal.copied().or(row.husk.then_some(is_husk)) {
        effects.kills.push(ended);
        for (_, head) in &mut effects.heads {
            if let Some(head) = head {
                head.place = Place::Husk(row.sequence);
            }
        }
    }
    batch.push(row.sequence, std::sync::Arc::new(row.event), effects);
    Ok(())
}

fn read_rows(log: &Connection, after: Sequence) -> Result<Vec<LogRow>, StoreError> {
    let what = || format!("reading {} after event {after}", schema::LOG_FILE);
    let mut statement = log
        .prepare_cached(
            "SELECT sequence, husk, event FROM log WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
        )
        .map_err(failed(what()))?;
    let mut rows = statement
        .query(params![signed(after), ROWS_PER_STEP_MAX])
        .map_err(failed(what()))?;
    let mut read = Vec::new();
    while let Some(row) = rows.next().map_err(failed(what()))? {
        let parse = || -> rusqlite::Result<_> {
            let event = Event::parse_stored(row.get_ref(2)?.as_str()?);
            Ok((row.get(0)?, row.get(1)?, event))
        };
        let (sequence, husk, event) = parse().map_err(failed(what()))?;
        let event = event.map_err(|error| StoreError::Backend {
            what: format!("reading event {sequence} of {}", schema::LOG_FILE),
            reason: error.to_string(),
        })?;
        read.push(LogRow {
            sequence,
            husk,
            event,
        });
    }
    Ok(read)
}
