//! How many communities and meetups have each topic and each city: counted in the index with every
//! event that comes and goes, and joined with what is not indexed yet when asked for.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use kith_nips::discovery::Setting;
use kith_nips::lbc::{Location, Topic};
use kith_nips::{Event, Kind};
use rusqlite::{Transaction, params};

use super::index::Index;
use super::keys::signed;
use super::rows::Rows;
use super::schema::failed;
use super::tail::Tail;
use crate::store::{Facet, FacetsOf, Sequence, StoreError};

/// Names of one sort that count for one event at most.
const NAMES_PER_EVENT_MAX: usize = 16;
/// Characters of a name that counts at most.
const NAME_CHARACTERS_MAX: usize = 100;
/// Names that an answer is chosen from: those that most events have, past meetups among them.
const NAMES_WEIGHED_MAX: i64 = 1_000;

const WEEK_SECONDS: u64 = 604_800;
/// The beginning of 1970 was a Thursday.
const MONDAY_SECONDS: u64 = 3 * 86_400;

/// What is counted.
pub const KINDS: [Kind; 3] = [Kind::COMMUNITY_METADATA, Kind::MEETUP, Kind::DATE_MEETUP];

const EVERYTHING: &str = "everything";
const TOPICS: &str = "topic";
const CITIES: &str = "city";

/// One event under one name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FacetRow {
    /// Of what the name is: topics, cities, or topics in one city.
    scope: String,
    name: String,
    /// The week in which a meetup begins; −1 for a community.
    week: i64,
}

impl FacetRow {
    /// The rows of `event`; none for what is neither community nor meetup, or called off.
    pub fn of(event: &Event) -> Vec<FacetRow> {
        let Some(week) = week_of(event) else {
            return Vec::new();
        };
        let is_short = |name: &String| name.chars().nth(NAME_CHARACTERS_MAX).is_none();
        let topics = event.tags().named("t");
        let topics = topics.filter_map(|tag| Topic::new(tag.value()?));
        let topics = distinct(topics.map(|topic| topic.to_string()).filter(is_short));
        let cities = Location::read(event).cities.into_iter();
        let cities = distinct(cities.map(|city| city.to_string()).filter(is_short));
        let mut rows = Vec::new();
        let mut add = |scope: &str, name: &str| {
            let (scope, name) = (scope.to_owned(), name.to_owned());
            rows.push(FacetRow { scope, name, week });
        };
        add(EVERYTHING, "");
        for city in &cities {
            add(CITIES, city);
        }
        for topic in &topics {
            add(TOPICS, topic);
            for city in &cities {
                add(&topics_in(city), topic);
            }
        }
        rows
    }
}

fn week_of(event: &Event) -> Option<i64> {
    match event.kind() {
        Kind::COMMUNITY_METADATA => Some(-1),
        Kind::MEETUP | Kind::DATE_MEETUP => {
            let setting = Setting::of(event);
            setting.start.filter(|_| !setting.is_off).map(week)
        }
        _ => None,
    }
}

fn week(second: u64) -> i64 {
    signed(second.saturating_add(MONDAY_SECONDS) / WEEK_SECONDS)
}

fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        if found.len() < NAMES_PER_EVENT_MAX && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

fn topics_in(city: &str) -> String {
    format!("{TOPICS} in {city}")
}

fn scope_of(of: &FacetsOf) -> String {
    match of {
        FacetsOf::Everything => EVERYTHING.to_owned(),
        FacetsOf::Topics => TOPICS.to_owned(),
        FacetsOf::TopicsIn(city) => topics_in(city),
        FacetsOf::Cities => CITIES.to_owned(),
    }
}

/// Counts what came and what went.
pub fn write(transaction: &Transaction<'_>, fresh: &[Rows], dead: &[Rows]) -> rusqlite::Result<()> {
    let mut weeks: BTreeMap<&FacetRow, i64> = BTreeMap::new();
    for (rows, change) in [(fresh, 1), (dead, -1)] {
        for row in rows.iter().flat_map(|rows| &rows.facets) {
            *weeks.entry(row).or_default() += change;
        }
    }
    let mut totals: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    let mut add = transaction.prepare_cached(
        "INSERT INTO facet (scope, name, week, events) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (scope, name, week) DO UPDATE SET events = events + excluded.events",
    )?;
    let mut clean = transaction.prepare_cached(
        "DELETE FROM facet WHERE scope = ?1 AND name = ?2 AND week = ?3 AND events = 0",
    )?;
    for (FacetRow { scope, name, week }, change) in weeks {
        *totals.entry((scope, name)).or_default() += change;
        add.execute(params![scope, name, week, change])?;
        if change < 0 {
            clean.execute(params![scope, name, week])?;
        }
    }
    let mut add = transaction.prepare_cached(
        "INSERT INTO facet_total (scope, name, events) VALUES (?1, ?2, ?3)
         ON CONFLICT (scope, name) DO UPDATE SET events = events + excluded.events",
    )?;
    let mut clean = transaction
        .prepare_cached("DELETE FROM facet_total WHERE scope = ?1 AND name = ?2 AND events = 0")?;
    for ((scope, name), change) in totals {
        if change != 0 {
            add.execute(params![scope, name, change])?;
        }
        if change < 0 {
            clean.execute(params![scope, name])?;
        }
    }
    Ok(())
}

/// The names that are on most at `now` (Unix seconds).
///
/// # Errors
/// [`StoreError`] when the index cannot be read.
pub fn read(
    of: &FacetsOf,
    now: u64,
    limit: usize,
    index: &Index,
    tail: &Tail,
) -> Result<Vec<Facet>, StoreError> {
    let (scope, this_week) = (scope_of(of), week(now));
    // First the tail, then the index: what the indexer moves in between is told apart by how far
    // the index reaches.
    let recent = Recent::of(tail);
    let _snapshot = index.snapshot()?;
    let mut counts = indexed(&scope, this_week, index).map_err(failed("counting names"))?;
    for (row, change) in recent.changes(index)? {
        let is_counted = row.week < 0 || row.week >= this_week;
        if row.scope == scope && is_counted {
            let (communities, meetups) = counts.entry(row.name).or_default();
            *(if row.week < 0 { communities } else { meetups }) += change;
        }
    }
    let mut facets: Vec<Facet> = counts
        .into_iter()
        .map(|(name, (communities, meetups))| Facet {
            name,
            communities: u64::try_from(communities).unwrap_or(0),
            meetups: u64::try_from(meetups).unwrap_or(0),
        })
        .filter(|facet| facet.communities + facet.meetups > 0)
        .collect();
    facets.sort_by(|one, other| order(one).cmp(&order(other)));
    facets.truncate(limit);
    Ok(facets)
}

fn order(facet: &Facet) -> (Reverse<u64>, &str) {
    (Reverse(facet.communities + facet.meetups), &facet.name)
}

/// Communities and meetups by name.
type Counts = BTreeMap<String, (i64, i64)>;

fn indexed(scope: &str, this_week: i64, index: &Index) -> rusqlite::Result<Counts> {
    let mut most = index.tables.prepare_cached(
        "SELECT name FROM facet_total WHERE scope = ?1 ORDER BY events DESC LIMIT ?2",
    )?;
    let mut weeks = index.tables.prepare_cached(
        "SELECT coalesce(sum(events) FILTER (WHERE week < 0), 0),
                coalesce(sum(events) FILTER (WHERE week >= 0), 0)
         FROM facet WHERE scope = ?1 AND name = ?2 AND (week = -1 OR week >= ?3)",
    )?;
    let names = most.query_map(params![scope, NAMES_WEIGHED_MAX], |row| row.get(0))?;
    let counted = names.map(|name: rusqlite::Result<String>| {
        let name = name?;
        let counts = weeks.query_row(params![scope, name, this_week], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok((name, counts))
    });
    counted.collect()
}

/// Topics and cities, with how many events have them: `names_max` of each that are on most, and those
/// that came just now.
///
/// # Errors
/// [`StoreError`] when the index cannot be read.
pub fn names(
    names_max: usize,
    index: &Index,
    tail: &Tail,
) -> Result<Vec<(String, u64)>, StoreError> {
    let recent = Recent::of(tail).added.into_iter();
    let recent = recent.flat_map(|(_, rows)| rows);
    let recent = recent.filter(|row| [TOPICS, CITIES].contains(&row.scope.as_str()));
    let recent: Vec<(String, u64)> = recent.map(|row| (row.name, 1)).collect();
    let read = || -> rusqlite::Result<Vec<(String, u64)>> {
        let mut statement = index.tables.prepare_cached(
            "SELECT name, events FROM facet_total WHERE scope = ?1 ORDER BY events DESC LIMIT ?2",
        )?;
        let limit = i64::try_from(names_max).unwrap_or(i64::MAX);
        let mut names = Vec::new();
        for scope in [TOPICS, CITIES] {
            let rows = statement.query_map(params![scope, limit], |row| {
                Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
            })?;
            names.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
        }
        Ok(names)
    };
    let mut names = read().map_err(failed("reading names"))?;
    names.extend(recent);
    Ok(names)
}

/// What of the tail may not be counted in the index.
struct Recent {
    added: Vec<(Sequence, Vec<FacetRow>)>,
    /// Where it was decided, and what was ended.
    ended: Vec<(Sequence, Sequence)>,
}

impl Recent {
    fn of(tail: &Tail) -> Self {
        let state = tail.read();
        let hidden = state.layer.hidden();
        let events = KINDS.iter().flat_map(|kind| state.layer.of_kind(*kind));
        let added = events.filter(|(sequence, _)| !hidden.contains(sequence));
        let added = added.map(|(sequence, event)| (*sequence, FacetRow::of(event)));
        Recent {
            added: added.filter(|(_, rows)| !rows.is_empty()).collect(),
            ended: state.layer.ended().collect(),
        }
    }

    fn changes(self, index: &Index) -> Result<Vec<(FacetRow, i64)>, StoreError> {
        let upto = index.indexed_upto()?;
        let added = self.added.into_iter();
        let added = added.filter(|(sequence, _)| *sequence > upto);
        let mut changes: Vec<(FacetRow, i64)> = added
            .flat_map(|(_, rows)| rows)
            .map(|row| (row, 1))
            .collect();
        for (decided_at, victim) in self.ended {
            if decided_at > upto
                && victim <= upto
                && let Some(event) = index.load(victim)?
            {
                changes.extend(FacetRow::of(&event).into_iter().map(|row| (row, -1)));
            }
        }
        Ok(changes)
    }
}
