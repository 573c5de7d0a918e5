//! Point look-ups in the index and the log: what the writer needs to decide, and what readers
//! need to turn a place into an event.

use std::sync::Arc;

use kith_nips::{Event, EventId, PublicKey};
use rusqlite::{Connection, OptionalExtension, Params, params};

use super::cache::EventCache;
use super::keys::{AddressKey, Salt, age, author_key, signed};
use super::known::Known;
use super::schema::{self, failed};
use super::tail::{Head, Place};
use crate::store::{Record, Sequence, StoreError};

/// A pair of read connections with the cache of hot events before them.
pub struct Index {
    /// The derived tables.
    pub tables: Connection,
    /// The log.
    log: Connection,
    /// Keys this index's hashes.
    pub salt: Salt,
    cache: Arc<EventCache>,
    known: Arc<Known>,
}

impl Index {
    /// Opens both files for reading.
    pub fn open(
        folder: &std::path::Path,
        salt: Salt,
        cache: Arc<EventCache>,
        known: Arc<Known>,
    ) -> Result<Self, StoreError> {
        Ok(Index {
            tables: schema::open_reader(folder, schema::INDEX_FILE)?,
            log: schema::open_reader(folder, schema::LOG_FILE)?,
            salt,
            cache,
            known,
        })
    }

    /// Keeps both files as they are until the guard is dropped: many looks then cost one lock.
    /// Whatever hides rows from the reader must be read before.
    ///
    /// # Errors
    /// [`StoreError`] when no transaction can be begun.
    pub fn snapshot(&self) -> Result<Snapshot<'_>, StoreError> {
        // First the index, then the log: whatever the index names is in the log, or was purged.
        let tables = ReadTransaction::begin(&self.tables)?;
        let log = ReadTransaction::begin(&self.log)?;
        Ok(Snapshot {
            _tables: tables,
            _log: log,
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
        if !self.known.may_have_id(id) {
            return Ok(None);
        }
        self.one(
            "SELECT sequence FROM by_id WHERE id = ?1",
            params![id.as_bytes()],
            |row| row.get(0),
        )
    }

    /// The newest version of an address.
    pub fn head(&self, address: &AddressKey) -> Result<Option<Head>, StoreError> {
        if !self.known.may_have_address(address) {
            return Ok(None);
        }
        self.one(
            "SELECT created_at, id, sequence FROM by_address WHERE address = ?1",
            params![address.0],
            |row| {
                let place: i64 = row.get(2)?;
                Ok(Head {
                    created_at: row.get(0)?,
                    id: EventId::from_bytes(row.get(1)?),
                    place: match place {
                        1.. => Place::Event(place.unsigned_abs()),
                        _ => Place::Husk(place.unsigned_abs()),
                    },
                })
            },
        )
    }

    /// When `by` last asked for the deletion of this id.
    pub fn deleted_at(&self, id: EventId, by: PublicKey) -> Result<Option<u64>, StoreError> {
        self.one(
            "SELECT at FROM deleted_id WHERE author = ?1 AND id = ?2",
            params![by.as_bytes(), id.as_bytes()],
            |row| row.get(0),
        )
    }

    /// Up to when this key vanished.
    pub fn vanished_until(&self, author: &PublicKey) -> Result<Option<u64>, StoreError> {
        self.one(
            "SELECT until FROM vanished WHERE author = ?1",
            params![author.as_bytes()],
            |row| row.get(0),
        )
    }

    /// Every place that may hold an event by `author` up to `until`, in no particular order: the
    /// author is compared by a part of the key only.
    pub fn written_by(&self, author: &PublicKey, until: u64) -> Result<Vec<Sequence>, StoreError> {
        places(
            &self.tables,
            "SELECT sequence FROM by_author WHERE author = ?1 AND age >= ?2",
            params![author_key(author), age(until)],
        )
    }

    /// The husks in the log, with what is left of their events.
    pub fn husks(&self) -> Result<Vec<(Sequence, Event)>, StoreError> {
        let what = || format!("reading the husks of {}", schema::LOG_FILE);
        let mut statement = self
            .log
            .prepare_cached("SELECT sequence, event FROM log WHERE husk = 1")
            .map_err(failed(what()))?;
        let rows = statement
            .query_map([], |row| {
                let event = Event::parse_stored(row.get_ref(1)?.as_str()?);
                Ok((row.get(0)?, event))
            })
            .map_err(failed(what()))?;
        let mut husks = Vec::new();
        for row in rows {
            let (sequence, event) = row.map_err(failed(what()))?;
            let event = event.map_err(|error| StoreError::Backend {
                what: what(),
                reason: error.to_string(),
            })?;
            husks.push((sequence, event));
        }
        Ok(husks)
    }

    /// Places in the log that are to become husks.
    pub fn husks_to_be(&self) -> Result<Vec<Sequence>, StoreError> {
        places(
            &self.tables,
            "SELECT sequence FROM purge WHERE husk = 1",
            [],
        )
    }

    /// The relay's records, ordered by collection and key.
    pub fn records(&self) -> Result<Vec<Record>, StoreError> {
        let what = "reading the records";
        let mut statement = self
            .log
            .prepare_cached("SELECT collection, key, value FROM record ORDER BY collection, key")
            .map_err(failed(what))?;
        let rows = statement
            .query_map([], |row| {
                Ok(Record {
                    collection: row.get(0)?,
                    key: row.get(1)?,
                    value: Some(row.get(2)?),
                })
            })
            .map_err(failed(what))?;
        rows.collect::<Result<_, _>>().map_err(failed(what))
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
        places(
            &self.tables,
            "SELECT sequence FROM by_tag WHERE tag = ?1 AND kind = ?2",
            params![tag, kind],
        )
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

/// Both files at one moment.
pub struct Snapshot<'a> {
    _tables: ReadTransaction<'a>,
    _log: ReadTransaction<'a>,
}

/// A transaction that reads. It takes its lock at the first look and gives it back at the end.
struct ReadTransaction<'a>(&'a Connection);

impl<'a> ReadTransaction<'a> {
    fn begin(connection: &'a Connection) -> Result<Self, StoreError> {
        run(connection, "BEGIN").map_err(failed("beginning to read"))?;
        Ok(ReadTransaction(connection))
    }
}

impl Drop for ReadTransaction<'_> {
    fn drop(&mut self) {
        if let Err(error) = run(self.0, "COMMIT") {
            tracing::error!(%error, "a look at the store was not ended");
        }
    }
}

fn run(connection: &Connection, statement: &str) -> rusqlite::Result<usize> {
    connection.prepare_cached(statement)?.execute([])
}

fn places(
    tables: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Vec<Sequence>, StoreError> {
    let what = "looking up places in the index";
    let mut statement = tables.prepare_cached(sql).map_err(failed(what))?;
    let rows = statement
        .query_map(params, |row| row.get(0))
        .map_err(failed(what))?;
    rows.collect::<Result<_, _>>().map_err(failed(what))
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
