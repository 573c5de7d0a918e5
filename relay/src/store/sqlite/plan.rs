//! Which way through the index answers a filter with the fewest rows.
//!
//! Every plan gives a superset, in order; the matcher has the last word. So a plan can be slow,
//! never wrong.

use std::collections::VecDeque;

use kith_nips::{EventId, Filter};
use rusqlite::params;

use super::keys::{Position, age, author_key, tag_key};
use super::reader::Reader;
use super::schema::failed;
use super::stream::{Range, Step, Stream, Window};
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

/// A way in the making. Looking up kinds and weighing ways can take longer than a slice of time,
/// so it rests between two keys or ranges.
#[derive(Debug)]
pub struct Planning {
    /// Keys whose kinds are not all known yet.
    keyed: VecDeque<Keyed>,
    /// Ways that are known and not weighed.
    ways: Vec<Vec<Range>>,
    weighed: Vec<Weighed>,
    /// How many events the answer has at most.
    wanted: usize,
}

impl Planning {
    /// Begins to choose the way for `filter`, of which `wanted` events are asked for.
    pub fn begin(filter: &Filter, wanted: usize, reader: &Reader) -> Self {
        let mut keyed = VecDeque::new();
        if let Some(authors) = &filter.authors {
            let keys = authors.iter().map(author_key).collect();
            keyed.push_back(Keyed::new(KeyedTable::Author, keys));
        }
        for (name, values) in &filter.tags {
            let keys = values
                .iter()
                .map(|value| tag_key(&reader.index.salt, *name, value))
                .collect();
            keyed.push_back(Keyed::new(KeyedTable::Tag, keys));
        }
        Planning {
            keyed,
            ways: Vec::new(),
            weighed: Vec::new(),
            wanted,
        }
    }

    /// Goes on until the way is chosen or the time is up; never `End`.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn proceed(&mut self, filter: &Filter, reader: &Reader) -> Result<Step<Plan>, StoreError> {
        if filter.matches_nothing() {
            return Ok(Step::Item(Plan::Nothing));
        }
        if let Some(ids) = &filter.ids {
            return Ok(Step::Item(Plan::Ids(ids.clone())));
        }
        while let Some(keyed) = self.keyed.front_mut() {
            match keyed.ranges(filter, reader)? {
                Step::Item(ranges) => self.ways.push(ranges),
                Step::End => {}
                Step::OutOfTime => return Ok(Step::OutOfTime),
            }
            self.keyed.pop_front();
        }
        let window = window(filter);
        if self.ways.len() + self.weighed.len() < 2 {
            let ranges = self.ways.pop().unwrap_or_else(|| broad_way(filter));
            return Ok(Step::Item(walk(ranges, window, self.wanted)));
        }
        self.weighed
            .extend(self.ways.drain(..).map(Weighed::unknown));
        for way in &mut self.weighed {
            if !way.weigh(window, reader)? {
                return Ok(Step::OutOfTime);
            }
        }
        Ok(Step::Item(lightest(
            std::mem::take(&mut self.weighed),
            window,
            self.wanted,
        )))
    }
}

/// The lightest way; where even that is heavy, together with others that narrow it down.
fn lightest(mut weighed: Vec<Weighed>, window: Window, wanted: usize) -> Plan {
    weighed.sort_by_key(|way| (way.rows, way.ranges.len()));
    let selective = weighed
        .first()
        .is_some_and(|way| way.rows < SELECTIVE_ROWS_MAX);
    let mut ways: Vec<Vec<Range>> = weighed
        .into_iter()
        .enumerate()
        .filter(|(place, way)| {
            *place == 0 || (!selective && way.ranges.len() <= INTERSECTED_RANGES_MAX)
        })
        .map(|(_, way)| way.ranges)
        .collect();
    if ways.len() == 1 {
        return walk(ways.remove(0), window, wanted);
    }
    let narrowed = |ranges| Stream::narrowed(ranges, window);
    Plan::Walk(Stream::Intersection(
        ways.into_iter().map(narrowed).collect(),
    ))
}

fn walk(ranges: Vec<Range>, window: Window, wanted: usize) -> Plan {
    if ranges.is_empty() {
        return Plan::Nothing;
    }
    Plan::Walk(Stream::union(ranges, window, wanted))
}

fn window(filter: &Filter) -> Window {
    Window {
        first: filter.until.map_or(Position::FIRST, Position::starting_at),
        age_max: filter.since.map_or(i64::MAX, age),
    }
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

#[derive(Debug, Clone, Copy)]
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

/// Keys of a table, and the ranges that are known of them.
#[derive(Debug)]
struct Keyed {
    table: KeyedTable,
    keys: Vec<i64>,
    ranges: Vec<Range>,
}

impl Keyed {
    fn new(table: KeyedTable, keys: Vec<i64>) -> Self {
        Keyed {
            table,
            keys,
            ranges: Vec::new(),
        }
    }

    /// The ranges of these keys, one for each kind that is asked for or, when none is, that there
    /// is. `End` when this way needs too many.
    fn ranges(&mut self, filter: &Filter, reader: &Reader) -> Result<Step<Vec<Range>>, StoreError> {
        if let Some(kinds) = &filter.kinds {
            if self.keys.len().saturating_mul(kinds.len()) > RANGES_MAX {
                return Ok(Step::End);
            }
            let ranges = self.keys.iter().flat_map(|key| {
                let kinds = kinds.iter();
                kinds.map(|kind| self.table.range(*key, kind.as_u16()))
            });
            return Ok(Step::Item(ranges.collect()));
        }
        while let Some(key) = self.keys.pop() {
            let Some(kinds) = kinds_of(key, self.table, reader)? else {
                return Ok(Step::End);
            };
            let ranges = kinds.into_iter().map(|kind| self.table.range(key, kind));
            self.ranges.extend(ranges);
            if self.ranges.len() > RANGES_MAX {
                return Ok(Step::End);
            }
            if !self.keys.is_empty() && reader.is_out_of_time() {
                return Ok(Step::OutOfTime);
            }
        }
        Ok(Step::Item(std::mem::take(&mut self.ranges)))
    }
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

/// A way, and how many rows it has, counted no further than it takes to call it unselective.
#[derive(Debug)]
struct Weighed {
    rows: usize,
    /// How many of its ranges are counted.
    counted: usize,
    ranges: Vec<Range>,
}

impl Weighed {
    fn unknown(ranges: Vec<Range>) -> Self {
        Weighed {
            rows: 0,
            counted: 0,
            ranges,
        }
    }

    /// Counts on; false when the time is up before it is known.
    fn weigh(&mut self, window: Window, reader: &Reader) -> Result<bool, StoreError> {
        while let Some(range) = self.ranges.get(self.counted) {
            let wanted = SELECTIVE_ROWS_MAX.saturating_sub(self.rows);
            if wanted == 0 {
                break;
            }
            self.rows += range.read(&reader.index.tables, window, wanted)?.len();
            self.counted += 1;
            if self.counted < self.ranges.len() && reader.is_out_of_time() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
