//! Answers from what is kept: a filter in SQL. Knows filters and the tables, not who asks.

use kith_nips::Event;
use nostr_sdk::{Filter, RelayUrl};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Transaction, params_from_iter};

use super::Freshness;
use crate::fetch::{EVENTS_PER_ANSWER_MAX, Found};
use crate::local::{Local, LocalError};

/// An answer from what is kept.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    pub(crate) found: Vec<Found>,
    /// When the oldest of it was last told by a relay.
    pub(crate) as_of: Option<u64>,
}

impl Remembered {
    pub(crate) fn freshness(&self) -> Freshness {
        Freshness::Cache { as_of: self.as_of }
    }

    pub(crate) fn into_found(self) -> Vec<Found> {
        self.found
    }
}

impl Local {
    /// What any of these filters matches; `None` when nothing at all is kept.
    pub(crate) async fn recall(
        &self,
        filters: Vec<Filter>,
        now: u64,
    ) -> Result<Option<Remembered>, LocalError> {
        self.look(move |db| {
            let any = "SELECT 1 FROM cached LIMIT 1";
            let any: Option<i64> = db.query_row(any, [], |row| row.get(0)).optional()?;
            if any.is_none() {
                return Ok(None);
            }
            let mut remembered = Remembered::default();
            for filter in &filters {
                find(db, filter, now, &mut remembered)?;
            }
            Ok(Some(remembered))
        })
        .await
    }
}

fn find(
    db: &Transaction<'_>,
    filter: &Filter,
    now: u64,
    remembered: &mut Remembered,
) -> rusqlite::Result<()> {
    let mut conditions = Conditions::default();
    conditions.and("(expires_at IS NULL OR expires_at > ", [integer(now)], ")");
    conditions.one_of("id", &filter.ids, |id| Value::Blob(id.as_bytes().to_vec()));
    conditions.one_of("author", &filter.authors, |key| {
        Value::Blob(key.to_bytes().to_vec())
    });
    conditions.one_of("kind", &filter.kinds, |kind| {
        Value::Integer(kind.as_u16().into())
    });
    if let Some(since) = filter.since {
        conditions.and("created_at >= ", [integer(since.as_secs())], "");
    }
    if let Some(until) = filter.until {
        conditions.and("created_at <= ", [integer(until.as_secs())], "");
    }
    for (name, values) in &filter.generic_tags {
        let name = Value::Text(name.as_char().to_string());
        conditions.and(
            "number IN (SELECT event FROM cached_tag WHERE name = ",
            [name],
            "",
        );
        let values = values.iter().map(|value| Value::Text(value.clone()));
        conditions.and("value IN (", values, "))");
    }
    let limit = filter.limit.unwrap_or(EVENTS_PER_ANSWER_MAX);
    let limit = limit.min(EVENTS_PER_ANSWER_MAX);
    let sql = format!(
        "SELECT json, relays, seen_at FROM cached WHERE {} ORDER BY created_at DESC, id LIMIT {limit}",
        conditions.sql
    );
    let mut select = db.prepare_cached(&sql)?;
    let mut rows = select.query(params_from_iter(conditions.values))?;
    while let Some(row) = rows.next()? {
        let (json, relays): (String, String) = (row.get(0)?, row.get(1)?);
        let seen_at: u64 = row.get(2)?;
        // What cannot be read any more is as good as not kept.
        let Ok(event) = Event::parse(&json) else {
            continue;
        };
        let relays = relays
            .split(' ')
            .filter_map(|relay| RelayUrl::parse(relay).ok());
        remembered.found.push(Found {
            event,
            relays: relays.collect(),
        });
        remembered.as_of = remembered.as_of.into_iter().chain([seen_at]).min();
    }
    Ok(())
}

/// Conditions that must all be met, and their values.
#[derive(Default)]
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    /// One condition with its values between these texts.
    fn and(&mut self, before: &str, values: impl IntoIterator<Item = Value>, after: &str) {
        if !self.sql.is_empty() {
            self.sql.push_str(" AND ");
        }
        self.sql.push_str(before);
        let known = self.values.len();
        self.values.extend(values);
        let marks = vec!["?"; self.values.len() - known];
        self.sql.push_str(&marks.join(", "));
        self.sql.push_str(after);
    }

    /// A column that has one of these values, when it matters which.
    fn one_of<'a, T: 'a>(
        &mut self,
        column: &str,
        wanted: &'a Option<impl IntoIterator<Item = T> + Clone>,
        value: impl Fn(&T) -> Value,
    ) {
        if let Some(wanted) = wanted.clone() {
            let values: Vec<Value> = wanted.into_iter().map(|wanted| value(&wanted)).collect();
            self.and(&format!("{column} IN ("), values, ")");
        }
    }
}

fn integer(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
