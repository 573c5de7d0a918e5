//! Which way through the index answers a filter with the fewest rows.
//!
//! Every plan gives a superset, in order; the matcher has the last word. So a plan can be slow,
//! never wrong.

use std::collections::VecDeque;

use kith_nips::{EventId, Filter};

use super::keys::{Position, age, author_key, tag_key};
use super::reader::Reader;
use super::runs::{Entry, Group, Table};
use super::stream::{Step, Stream, Window, read_rows};
use crate::store::StoreError;

/// Ranges that one walk follows; filters that need more take a coarser way.
const GROUPS_MAX: usize = 4096;
/// Kinds that a filter without kinds looks at by author or tag.
const KINDS_WITHOUT_FILTER_MAX: usize = 64;
/// A way with fewer rows than this needs no second opinion.
const SELECTIVE_ROWS_MAX: usize = 256;
/// Ways with more groups than this are not worth intersecting with.
const INTERSECTED_GROUPS_MAX: usize = 64;

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
/// so it rests between two keys or groups.
#[derive(Debug)]
pub struct Planning {
    /// Keys whose kinds are not all known yet.
    keyed: VecDeque<Keyed>,
    /// Ways that are known and not weighed.
    ways: Vec<Vec<Group>>,
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
            keyed.push_back(Keyed::new(Table::Author, keys));
        }
        for (name, values) in &filter.tags {
            let keys = values
                .iter()
                .map(|value| tag_key(&reader.index.salt, *name, value))
                .collect();
            keyed.push_back(Keyed::new(Table::Tag, keys));
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
            match keyed.groups(filter, reader)? {
                Step::Item(groups) => self.ways.push(groups),
                Step::End => {}
                Step::OutOfTime => return Ok(Step::OutOfTime),
            }
            self.keyed.pop_front();
        }
        let window = window(filter);
        if self.ways.len() + self.weighed.len() < 2 {
            let groups = self.ways.pop().unwrap_or_else(|| broad_way(filter));
            return Ok(Step::Item(walk(groups, window, self.wanted)));
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
    weighed.sort_by_key(|way| (way.rows, way.groups.len()));
    let selective = weighed
        .first()
        .is_some_and(|way| way.rows < SELECTIVE_ROWS_MAX);
    let mut ways: Vec<Vec<Group>> = weighed
        .into_iter()
        .enumerate()
        .filter(|(place, way)| {
            *place == 0 || (!selective && way.groups.len() <= INTERSECTED_GROUPS_MAX)
        })
        .map(|(_, way)| way.groups)
        .collect();
    if ways.len() == 1 {
        return walk(ways.remove(0), window, wanted);
    }
    let narrowed = |groups| Stream::narrowed(groups, window);
    Plan::Walk(Stream::Intersection(
        ways.into_iter().map(narrowed).collect(),
    ))
}

fn walk(groups: Vec<Group>, window: Window, wanted: usize) -> Plan {
    if groups.is_empty() {
        return Plan::Nothing;
    }
    Plan::Walk(Stream::union(groups, window, wanted))
}

fn window(filter: &Filter) -> Window {
    Window {
        first: filter.until.map_or(Position::FIRST, Position::starting_at),
        age_max: filter.since.map_or(i64::MAX, age),
    }
}

fn broad_way(filter: &Filter) -> Vec<Group> {
    match &filter.kinds {
        Some(kinds) if kinds.len() <= GROUPS_MAX => kinds
            .iter()
            .map(|kind| Group::of_kind(kind.as_u16()))
            .collect(),
        _ => vec![Group::ALL_EVENTS],
    }
}

/// Keys of a table, and the groups that are known of them.
#[derive(Debug)]
struct Keyed {
    table: Table,
    keys: Vec<i64>,
    groups: Vec<Group>,
}

impl Keyed {
    fn new(table: Table, keys: Vec<i64>) -> Self {
        Keyed {
            table,
            keys,
            groups: Vec::new(),
        }
    }

    /// The groups of these keys, one for each kind that is asked for or, when none is, that there
    /// is. `End` when this way needs too many.
    fn groups(&mut self, filter: &Filter, reader: &Reader) -> Result<Step<Vec<Group>>, StoreError> {
        if let Some(kinds) = &filter.kinds {
            if self.keys.len().saturating_mul(kinds.len()) > GROUPS_MAX {
                return Ok(Step::End);
            }
            let groups = self.keys.iter().flat_map(|key| {
                let kinds = kinds.iter();
                kinds.map(|kind| Group {
                    table: self.table,
                    key: *key,
                    kind: kind.as_u16(),
                })
            });
            return Ok(Step::Item(groups.collect()));
        }
        while let Some(key) = self.keys.pop() {
            let Some(kinds) = kinds_of(key, self.table, reader)? else {
                return Ok(Step::End);
            };
            let table = self.table;
            let groups = kinds.into_iter().map(|kind| Group { table, key, kind });
            self.groups.extend(groups);
            if self.groups.len() > GROUPS_MAX {
                return Ok(Step::End);
            }
            if !self.keys.is_empty() && reader.is_out_of_time() {
                return Ok(Step::OutOfTime);
            }
        }
        Ok(Step::Item(std::mem::take(&mut self.groups)))
    }
}

/// The kinds under a key, by one short look-up each; `None` when there are too many.
fn kinds_of(key: i64, table: Table, reader: &Reader) -> Result<Option<Vec<u16>>, StoreError> {
    let mut kinds = Vec::new();
    let mut next = Some(0);
    while let Some(kind) = next {
        let group = Group { table, key, kind };
        let found = match reader.index.scan(Entry::beginning(group)).next()? {
            Some(entry) if (entry.group.table, entry.group.key) == (table, key) => entry.group.kind,
            _ => break,
        };
        if kinds.len() == KINDS_WITHOUT_FILTER_MAX {
            return Ok(None);
        }
        kinds.push(found);
        next = found.checked_add(1);
    }
    Ok(Some(kinds))
}

/// A way, and how many rows it has, counted no further than it takes to call it unselective.
#[derive(Debug)]
struct Weighed {
    rows: usize,
    /// How many of its groups are counted.
    counted: usize,
    groups: Vec<Group>,
}

impl Weighed {
    fn unknown(groups: Vec<Group>) -> Self {
        Weighed {
            rows: 0,
            counted: 0,
            groups,
        }
    }

    /// Counts on; false when the time is up before it is known.
    fn weigh(&mut self, window: Window, reader: &Reader) -> Result<bool, StoreError> {
        while let Some(group) = self.groups.get(self.counted) {
            let wanted = SELECTIVE_ROWS_MAX.saturating_sub(self.rows);
            if wanted == 0 {
                break;
            }
            self.rows += read_rows(*group, &reader.index, window, wanted)?.len();
            self.counted += 1;
            if self.counted < self.groups.len() && reader.is_out_of_time() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
