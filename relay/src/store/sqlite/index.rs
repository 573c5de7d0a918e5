//! Point look-ups in the index and the log: what the writer needs to decide, and what readers
//! need to turn a place into an event.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use kith_nips::place::Cell;
use kith_nips::{Event, EventId, PublicKey};
use rusqlite::{Connection, OptionalExtension, Params, params};

use super::cache::EventCache;
use super::keys::{AddressKey, Salt, age, author_key, signed};
use super::runs::{Blocks, Entries, Entry, Group, Manifest, Runs, Table};
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
    runs: Arc<Runs>,
    /// The runs of the current snapshot.
    held: RefCell<Option<Arc<Manifest>>>,
}

impl Index {
    /// Opens both files for reading.
    pub fn open(
        folder: &std::path::Path,
        salt: Salt,
        cache: Arc<EventCache>,
        runs: Arc<Runs>,
    ) -> Result<Self, StoreError> {
        Ok(Index {
            tables: schema::open_reader(folder, schema::INDEX_FILE)?,
            log: schema::open_reader(folder, schema::LOG_FILE)?,
            salt,
            cache,
            runs,
            held: RefCell::new(None),
        })
    }

    /// Keeps both files as they are until the guard is dropped: many looks then cost one lock.
    /// Whatever hides rows from the reader must be read before.
    ///
    /// # Errors
    /// [`StoreError`] when no transaction can be begun.
    pub fn snapshot(&self) -> Result<Snapshot<'_>, StoreError> {
        // First the runs, whose blocks the index then has; then the index; then the log: whatever
        // the index names is in the log, or was purged.
        let manifest = self.runs.manifest();
        let tables = ReadTransaction::begin(&self.tables)?;
        let log = ReadTransaction::begin(&self.log)?;
        self.held.replace(Some(manifest));
        Ok(Snapshot {
            index: self,
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

    /// All entries of the sorted runs from `from` on.
    pub fn scan(&self, from: Entry) -> Entries<'_> {
        let blocks = self.runs.blocks(&self.tables);
        self.manifest().scan(from, blocks)
    }

    /// Those under the same id or address, or the same author or tag with the same kind.
    pub fn scan_key(&self, from: Entry) -> Entries<'_> {
        let blocks = self.runs.blocks(&self.tables);
        self.manifest().scan_key(from, blocks)
    }

    /// Entries of words from `from` on. Their blocks are read past the cache: they hold so many
    /// entries that a common word would leave no room for anything else.
    pub fn scan_words(&self, from: Entry) -> Entries<'_> {
        self.manifest().scan(from, Blocks::uncached(&self.tables))
    }

    fn manifest(&self) -> Arc<Manifest> {
        let held = self.held.borrow().clone();
        held.unwrap_or_else(|| self.runs.manifest())
    }

    /// Where the event with this id is.
    pub fn sequence_of(&self, id: &EventId) -> Result<Option<Sequence>, StoreError> {
        let first = Entry::of_id(id, i64::MIN);
        let found = self.scan_key(first).next()?;
        Ok(found
            .filter(|entry| entry.is_same_key(&first))
            .map(|entry| entry.position.sequence.unsigned_abs()))
    }

    /// Where the event at a place of the log is, without loading it; `None` when it has no position, or is
    /// gone.
    pub fn cell_of(&self, sequence: Sequence) -> Result<Option<Cell>, StoreError> {
        let first = Entry::of_cell(signed(sequence), i64::MIN);
        let found = self.scan_key(first).next()?;
        let found = found.filter(|entry| {
            entry.group == first.group && entry.position.sequence == first.position.sequence
        });
        Ok(found.and_then(|entry| Cell::from_number(entry.position.id_prefix.cast_unsigned())))
    }

    /// The newest version of an address.
    pub fn head(&self, address: &AddressKey) -> Result<Option<Head>, StoreError> {
        match self.place_of_head(address)? {
            Some(place) => head_at(&self.log, place),
            None => Ok(None),
        }
    }

    /// Where the newest version of an address is.
    pub fn place_of_head(&self, address: &AddressKey) -> Result<Option<Place>, StoreError> {
        let first = Entry::of_address(address, i64::MIN);
        let entry = self.scan_key(first).next()?;
        let entry = entry.filter(|entry| entry.is_same_key(&first));
        Ok(entry.map(|entry| place_of(&entry)))
    }

    /// How many entries there are under this tag and kind, up to `entries_max`; those at `hidden`
    /// places or above `upto` do not count.
    pub fn count_tagged(
        &self,
        tag: i64,
        kind: u16,
        upto: Sequence,
        hidden: &HashSet<Sequence>,
        entries_max: u64,
    ) -> Result<u64, StoreError> {
        let (table, key) = (Table::Tag, tag);
        let group = Group { table, key, kind };
        let mut count = 0;
        let mut scan = self.scan_key(Entry::beginning(group));
        while count < entries_max
            && let Some(entry) = scan.next()?
            && entry.group == group
        {
            let sequence = entry.position.sequence.unsigned_abs();
            count += u64::from(sequence <= upto && !hidden.contains(&sequence));
        }
        Ok(count)
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
        let (key, age) = (author_key(author), age(until));
        let (table, kind) = (Table::Author, 0);
        let group = Group { table, key, kind };
        let mut places = Vec::new();
        let mut scan = self.scan(Entry::beginning(group));
        while let Some(entry) = scan.next()?
            && (entry.group.table, entry.group.key) == (table, key)
        {
            if entry.position.age >= age {
                places.push(entry.position.sequence.unsigned_abs());
            }
        }
        Ok(places)
    }

    /// How far the index reaches.
    pub fn indexed_upto(&self) -> Result<Sequence, StoreError> {
        schema::read_indexed_upto(&self.tables)
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
        let what = "reading what is left to purge";
        let mut statement = self
            .tables
            .prepare_cached("SELECT sequence FROM purge WHERE husk = 1")
            .map_err(failed(what))?;
        let rows = statement
            .query_map([], |row| row.get(0))
            .map_err(failed(what))?;
        rows.collect::<Result<_, _>>().map_err(failed(what))
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
        let (table, key) = (Table::Tag, tag);
        let group = Group { table, key, kind };
        let mut places = Vec::new();
        let mut scan = self.scan_key(Entry::beginning(group));
        while let Some(entry) = scan.next()?
            && entry.group == group
        {
            places.push(entry.position.sequence.unsigned_abs());
        }
        Ok(places)
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
    index: &'a Index,
    _tables: ReadTransaction<'a>,
    _log: ReadTransaction<'a>,
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        self.index.held.replace(None);
    }
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

/// Where the newest version of an address is, by its entry.
pub fn place_of(entry: &Entry) -> Place {
    let sequence = entry.position.sequence.unsigned_abs();
    match entry.position.sequence {
        1.. => Place::Event(sequence),
        _ => Place::Husk(sequence),
    }
}

/// The newest version of an address, by the place of it or of its husk.
///
/// # Errors
/// [`StoreError`] when the log cannot be read.
pub fn head_at(log: &Connection, place: Place) -> Result<Option<Head>, StoreError> {
    let (Place::Event(sequence) | Place::Husk(sequence)) = place;
    // A husk may still be whole, and tells as much.
    let event = read_event(log, sequence, "SELECT event FROM log WHERE sequence = ?1")?;
    Ok(event.map(|event| Head {
        created_at: event.created_at(),
        id: event.id(),
        place,
    }))
}

/// Reads one row of the log; husks count as gone.
pub fn load_event(log: &Connection, sequence: Sequence) -> Result<Option<Event>, StoreError> {
    let whole = "SELECT event FROM log WHERE sequence = ?1 AND husk = 0";
    read_event(log, sequence, whole)
}

fn read_event(
    log: &Connection,
    sequence: Sequence,
    select: &str,
) -> Result<Option<Event>, StoreError> {
    let what = || format!("reading event {sequence} of {}", schema::LOG_FILE);
    let event = log
        .prepare_cached(select)
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
