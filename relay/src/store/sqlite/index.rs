//! Point look-ups in the index and the log: what the writer needs to decide, and what readers
//! need to turn a place into an event.

use std::sync::Arc;

use kith_nips::{Event, EventId, PublicKey};
use rusqlite::{Connection, OptionalExtension, Params, params};

use super::cache::EventCache;
use super::keys::{AddressKey, Salt, signed};
use super::schema::{self, failed};
use super::tail::Head;
use crate::store::{Sequence, StoreError};

/// A pair of read connections with the cache of hot events before them.
pub struct Index {
    /// The derived tables.
    pub tables: Connection,
    /// The log.
    log: Connection,
    /// Keys this index's hashes.
    pub salt: Salt,
    cache: Arc<EventCache>,
}

impl Index {
    /// Opens both files for reading.
    pub fn open(
        folder: &std::path::Path,
        salt: Salt,
        cache: Arc<EventCache>,
    ) -> Result<Self, StoreError> {
        Ok(Index {
            tables: schema::open_reader(folder, schema::INDEX_FILE)?,
            log: schema::open_reader(folder, schema::LOG_FILE)?,
            salt,
            cache,
        })
    }

    /// The event at a place of the log; `None` when it is gone by now.
    pub fn load(&self, sequence: Sequence) -> Result<Option<Arc<Event>>, StoreError> {
        if let Some(event) = self.cache.get(sequence) {
            return Ok(Some(event));
        }
        let Some(event) = load_event(&self.log, sequence)? else {
            return Ok(None);
        };
        let event = Arc::new(event);
        self.cache.insert(sequence, event.clone());
        Ok(Some(event))
    }

    /// Where the event with this id is.
    pub fn sequence_of(&self, id: &EventId) -> Result<Option<Sequence>, StoreError> {
        self.one(
            "SELECT sequence FROM by_id WHERE id = ?1",
            params![id.as_bytes()],
            |row| row.get(0),
        )
    }

    /// The newest version of an address.
    pub fn head(&self, address: &AddressKey) -> Result<Option<Head>, StoreError> {
        self.one(
            "SELECT created_at, id, sequence FROM by_address WHERE address = ?1",
            params![address.0],
            |row| {
                let sequence: Sequence = row.get(2)?;
                Ok(Head {
                    created_at: row.get(0)?,
                    id: EventId::from_bytes(row.get(1)?),
                    sequence: (sequence != 0).then_some(sequence),
                })
            },
        )
    }

    /// Whether `by` asked for the deletion of this id.
    pub fn deletes_id(&self, id: EventId, by: PublicKey) -> Result<bool, StoreError> {
        let found: Option<i64> = self.one(
            "SELECT 1 FROM deleted_id WHERE id = ?1 AND author = ?2",
            params![id.as_bytes(), by.as_bytes()],
            |row| row.get(0),
        )?;
        Ok(found.is_some())
    }

    /// Up to when an address was deleted.
    pub fn deleted_until(&self, address: &AddressKey) -> Result<Option<u64>, StoreError> {
        self.one(
            "SELECT until FROM deleted_address WHERE address = ?1",
            params![address.0],
            |row| row.get(0),
        )
    }

    /// Every place that carries this tag on this kind, in no particular order.
    pub fn tagged(&self, tag: i64, kind: u16) -> Result<Vec<Sequence>, StoreError> {
        let what = "looking up a tag";
        let mut statement = self
            .tables
            .prepare_cached("SELECT sequence FROM by_tag WHERE tag = ?1 AND kind = ?2")
            .map_err(failed(what))?;
        let rows = statement
            .query_map(params![tag, kind], |row| row.get(0))
            .map_err(failed(what))?;
        rows.collect::<Result<_, _>>().map_err(failed(what))
    }

    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        self.tables
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row(params, read).optional())
            .map_err(failed("looking up the index"))
    }
}

/// Reads one row of the log; husks count as gone.
pub fn load_event(log: &Connection, sequence: Sequence) -> Result<Option<Event>, StoreError> {
    let what = || format!("reading event {sequence} of {}", schema::LOG_FILE);
    let event = log
        .prepare_cached("SELECT event FROM log WHERE sequence = ?1 AND husk = 0")
        .and_then(|mut statement| {
            statement
                .query_row([signed(sequence)], |row| {
                    let json = row.get_ref(0)?.as_str()?;
                    Ok(Event::parse_stored(json))
                })
                .optional()
        })
        .map_err(failed(what()))?;
    event.transpose().map_err(|error| StoreError::Backend {
        what: what(),
        reason: error.to_string(),
    })
}
