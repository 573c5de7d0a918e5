//! Which way through the index answers a filter with the fewest rows.
//!
//! Every plan gives a superset, in order; the matcher has the last word. So a plan can be slow,
//! never wrong.

use kith_nips::{EventId, Filter};
use rusqlite::params;

use super::keys::{Position, age, author_key, tag_key};
use super::reader::Reader;
use super::schema::failed;
use super::stream::{Range, Stream, Window};
use crate::store::StoreError;

/// Ranges that one walk follows; filters that need more take a coarser way.
const RANGES_MAX: usize = 4096;
/// Kinds that a filter without kinds looks at by author or tag.
const KINDS_WITHOUT_FILTER_MAX: usize = 64;
/// A way with fewer rows than this needs no second opinion.
const SELECTIVE_ROWS_MAX: usize = 256;
/// Ways with more ranges than this are not worth intersecting with.
const INTERSECTED_RANGES_MAX: usize = 64;

/// How a filter is answered from the index.
#[derive(Debug)]
pub enum Plan {
    /// It cannot match anything.
    Nothing,
    /// By looking up ids.
    Ids(Vec<EventId>),
    /// By walking.
    Walk(Stream),
}

/// Chooses the way for `filter`.
///
/// # Errors
/// [`StoreError`] when the index cannot be read.
pub fn plan(filter: &Filter, reader: &Reader) -> Result<Plan, StoreError> {
    if filter.matches_nothing() {
        return Ok(Plan::Nothing);
    }
    if let Some(ids) = &filter.ids {
        return Ok(Plan::Ids(ids.clone()));
    }
    let window = window(filter);
    let mut ways = selective_ways(filter, reader)?;
    if ways.len() < 2 {
        let ranges = ways.pop().unwrap_or_else(|| broad_way(filter));
        return Ok(walk(ranges, window));
    }
    let mut weighed = Vec::with_capacity(ways.len());
    for way in ways {
        weighed.push((rows_at_most(&way, window, reader)?, way));
    }
    weighed.sort_by_key(|(rows, way)| (*rows, way.len()));
    let selective = weighed
        .first()
        .is_some_and(|(rows, _)| *rows < SELECTIVE_ROWS_MAX);
    let mut streams: Vec<Stream> = weighed
        .into_iter()
        .enumerate()
        .filter(|(place, (_, way))| {
            *place == 0 || (!selective && way.len() <= INTERSECTED_RANGES_MAX)
        })
        .map(|(_, (_, way))| Stream::union(way, window))
        .collect();
    Ok(Plan::Walk(match streams.len() {
        1 => streams.remove(0),
        _ => Stream::Intersection(streams),
    }))
}

fn walk(ranges: Vec<Range>, window: Window) -> Plan {
    if ranges.is_empty() {
        return Plan::Nothing;
    }
    Plan::Walk(Stream::union(ranges, window))
}

fn window(filter: &Filter) -> Window {
    Window {
        first: filter.until.map_or(Position::FIRST, Position::starting_at),
        age_max: filter.since.map_or(i64::MAX, age),
    }
}

/// Ways by author and by each tag, where they need few enough ranges.
fn selective_ways(filter: &Filter, reader: &Reader) -> Result<Vec<Vec<Range>>, StoreError> {
    let mut ways = Vec::new();
    if let Some(authors) = &filter.authors {
        let keys = authors.iter().map(author_key).collect();
        ways.extend(keyed_way(filter, keys, KeyedTable::Author, reader)?);
    }
    for (name, values) in &filter.tags {
        let keys = values
            .iter()
            .map(|value| tag_key(&reader.index.salt, *name, value))
            .collect();
        ways.extend(keyed_way(filter, keys, KeyedTable::Tag, reader)?);
    }
    Ok(ways)
}

fn broad_way(filter: &Filter) -> Vec<Range> {
    match &filter.kinds {
        Some(kinds) if kinds.len() <= RANGES_MAX => kinds
            .iter()
            .map(|kind| Range::Kind(kind.as_u16()))
            .collect(),
        _ => vec![Range::Time],
    }
}

#[derive(Clone, Copy)]
enum KeyedTable {
    Author,
    Tag,
}

impl KeyedTable {
    fn range(self, key: i64, kind: u16) -> Range {
        match self {
            KeyedTable::Author => Range::Author(key, kind),
            KeyedTable::Tag => Range::Tag(key, kind),
        }
    }

    fn next_kind(self) -> &'static str {
        match self {
            KeyedTable::Author => {
                "SELECT kind FROM by_author WHERE author = ?1 AND kind > ?2 ORDER BY kind LIMIT 1"
            }
            KeyedTable::Tag => {
                "SELECT kind FROM by_tag WHERE tag = ?1 AND kind > ?2 ORDER BY kind LIMIT 1"
            }
        }
    }
}

/// The ranges of these keys, one for each kind that is asked for or, when none is, that there is.
/// `None` when this way needs too many.
fn keyed_way(
    filter: &Filter,
    keys: Vec<i64>,
    table: KeyedTable,
    reader: &Reader,
) -> Result<Option<Vec<Range>>, StoreError> {
    if let Some(kinds) = &filter.kinds {
        if keys.len().saturating_mul(kinds.len()) > RANGES_MAX {
            return Ok(None);
        }
        let ranges = keys
            .iter()
            .flat_map(|key| kinds.iter().map(|kind| table.range(*key, kind.as_u16())));
        return Ok(Some(ranges.collect()));
    }
    let mut ranges = Vec::new();
    for key in keys {
        let Some(kinds) = kinds_of(key, table, reader)? else {
            return Ok(None);
        };
        ranges.extend(kinds.into_iter().map(|kind| table.range(key, kind)));
        if ranges.len() > RANGES_MAX {
            return Ok(None);
        }
    }
    Ok(Some(ranges))
}

/// The kinds under a key, by one short look-up each; `None` when there are too many.
fn kinds_of(key: i64, table: KeyedTable, reader: &Reader) -> Result<Option<Vec<u16>>, StoreError> {
    let what = "looking up kinds";
    let mut statement = reader
        .index
        .tables
        .prepare_cached(table.next_kind())
        .map_err(failed(what))?;
    let mut kinds = Vec::new();
    let mut last = -1_i64;
    loop {
        let mut rows = statement.query(params![key, last]).map_err(failed(what))?;
        let Some(row) = rows.next().map_err(failed(what))? else {
            return Ok(Some(kinds));
        };
        let kind: u16 = row.get(0).map_err(failed(what))?;
        if kinds.len() == KINDS_WITHOUT_FILTER_MAX {
            return Ok(None);
        }
        kinds.push(kind);
        last = i64::from(kind);
    }
}

/// How many rows a way has, counted no further than it takes to call it unselective.
fn rows_at_most(ranges: &[Range], window: Window, reader: &Reader) -> Result<usize, StoreError> {
    let mut rows = 0;
    for range in ranges {
        let wanted = SELECTIVE_ROWS_MAX.saturating_sub(rows);
        if wanted == 0 || reader.is_out_of_time() {
            return Ok(SELECTIVE_ROWS_MAX);
        }
        rows += range.read(&reader.index.tables, window, wanted)?.len();
    }
    Ok(rows)
}
