//! The two files of the store and their tables. `log.db` is the truth: canonical events in the
//! order of their commits. `index.db` is derived from it and may be dropped at any time.

use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::keys::Salt;
use crate::store::StoreError;

/// The file with the events themselves.
pub const LOG_FILE: &str = "log.db";
/// The file with everything that is derived from the log.
pub const INDEX_FILE: &str = "index.db";

/// Raised when the tables of the log change; an older program then refuses to touch the file.
const LOG_VERSION: i64 = 2;
/// Raised when derived tables change; the index is then rebuilt from the log.
const INDEX_VERSION: i64 = 8;

/// Bytes of a page of the log: a dozen events lie together and little room is left over.
const LOG_PAGE_BYTES: i64 = 16 * 1024;
/// Pages in the log's write-ahead file (64 MiB) after which a commit brings them over itself; before
/// that the indexer does it beside the commits.
const LOG_CHECKPOINT_PAGES: i64 = 4096;
/// Bytes of a page of the index: a block of a sorted run fills it.
const INDEX_PAGE_BYTES: i64 = 4096;
/// Pages in the index's write-ahead file after which they are brought over.
const INDEX_CHECKPOINT_PAGES: i64 = 8 * 1024;

/// Pages of the index that each reader keeps in memory, in KiB: those that lead to the blocks.
const INDEX_READER_CACHE_KIB: i64 = 1024;

/// Statements that each connection keeps prepared.
const PREPARED_STATEMENTS_MAX: usize = 64;

// `husk` marks an event whose content is gone and whose effects remain: the floor of an address
// whose newest version was deleted or expired, or a deletion request that expired.
const LOG_TABLES: &str = "
    CREATE TABLE log (
        sequence INTEGER PRIMARY KEY,
        husk INTEGER NOT NULL DEFAULT 0,
        event TEXT NOT NULL
    ) STRICT;
";

// What format 2 of the log added. `removal` holds what the operator took off until its bytes are
// gone, so that a crash cannot bring it back.
const LOG_TABLES_2: &str = "
    CREATE INDEX husks ON log (sequence) WHERE husk = 1;
    CREATE TABLE removal (sequence INTEGER PRIMARY KEY, husk INTEGER NOT NULL) STRICT;
    CREATE TABLE record (
        collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (collection, key)
    ) STRICT, WITHOUT ROWID;
";

const INDEX_TABLES: &str = "
    CREATE TABLE state (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
    INSERT INTO state (name, value) 
        VALUES ('indexed_upto', 0), ('events', 0), ('salt', randomblob(16));
    -- The sorted runs: what is known of each, and their blocks, a page each.
    CREATE TABLE run (
        number INTEGER PRIMARY KEY, level INTEGER NOT NULL, entries INTEGER NOT NULL,
        leaves INTEGER NOT NULL, newest_age INTEGER NOT NULL, fences BLOB NOT NULL,
        keys INTEGER NOT NULL, filter BLOB
    ) STRICT;
    CREATE TABLE block (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
    CREATE TABLE by_expiration (
        at INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (at, sequence)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE deleted_id (
        author BLOB NOT NULL, id BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (author, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE deleted_address (
        address BLOB PRIMARY KEY, until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE vanished (author BLOB PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    -- How many events have a name; weeks are numbered from that of the first day of 1970, and
    -- communities have none.
    CREATE TABLE facet (
        scope TEXT NOT NULL, name TEXT NOT NULL, week INTEGER NOT NULL, events INTEGER NOT NULL,
        PRIMARY KEY (scope, name, week)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE facet_total (
        scope TEXT NOT NULL, name TEXT NOT NULL, events INTEGER NOT NULL,
        PRIMARY KEY (scope, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX facet_by_total ON facet_total (scope, events);
    -- Log rows whose bytes must still go.
    CREATE TABLE purge (sequence INTEGER PRIMARY KEY, husk INTEGER NOT NULL) STRICT;
";

/// How hard a commit of the log presses the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// One flush to the disk per group commit: survives power loss.
    #[default]
    Full,
    /// Flushes at checkpoints only: survives a crash of the process, not of the machine.
    Normal,
}

impl Synchronous {
    fn pragma(self) -> &'static str {
        match self {
            Synchronous::Full => "FULL",
            Synchronous::Normal => "NORMAL",
        }
    }
}

/// Attaches what was being done to what SQLite said.
pub fn failed(what: impl Into<String>) -> impl FnOnce(rusqlite::Error) -> StoreError {
    let what = what.into();
    move |error| StoreError::Backend {
        what,
        reason: error.to_string(),
    }
}

/// Opens the log for its one writer, creating it when the folder is new.
pub fn open_log(folder: &Path, synchronous: Synchronous) -> Result<Connection, StoreError> {
    let path = folder.join(LOG_FILE);
    let connection = open_writer(&path, LOG_PAGE_BYTES, synchronous)?;
    // What was deleted must not linger in free pages.
    let prepare = || -> rusqlite::Result<()> {
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_CHECKPOINT_PAGES)
    };
    prepare().map_err(failed_at("opening", &path))?;
    match version(&connection, &path)? {
        0 => {
            let tables = format!("{LOG_TABLES} {LOG_TABLES_2}");
            create(&connection, &path, &tables, LOG_VERSION)?;
        }
        1 => create(&connection, &path, LOG_TABLES_2, LOG_VERSION)?,
        LOG_VERSION => {}
        found => {
            return Err(StoreError::Backend {
                what: format!("opening {}", path.display()),
                reason: format!(
                    "its format is {found}, this program knows {LOG_VERSION}: use the program that wrote it"
                ),
            });
        }
    }
    Ok(connection)
}

/// Opens the index for its one writer. An index of another format is dropped: it is rebuilt.
pub fn open_index(folder: &Path) -> Result<Connection, StoreError> {
    let path = folder.join(INDEX_FILE);
    let mut connection = open_index_writer(&path)?;
    let found = version(&connection, &path)?;
    if found != INDEX_VERSION {
        if found != 0 {
            tracing::info!(
                found,
                wanted = INDEX_VERSION,
                "rebuilding the index: its format changed"
            );
            drop(connection);
            remove_index(folder)?;
            connection = open_index_writer(&path)?;
        }
        create(&connection, &path, INDEX_TABLES, INDEX_VERSION)?;
    }
    Ok(connection)
}

/// Opens the log beside its writer, to read it and to bring over what was written ahead.
pub fn open_log_beside(folder: &Path) -> Result<Connection, StoreError> {
    let path = folder.join(LOG_FILE);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(&path, flags).map_err(failed_at("opening", &path))?;
    tune(&connection).map_err(failed_at("opening", &path))?;
    Ok(connection)
}

/// Opens one of the files for reading.
pub fn open_reader(folder: &Path, file: &str) -> Result<Connection, StoreError> {
    let path = folder.join(file);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(&path, flags).map_err(failed_at("opening", &path))?;
    let prepare = || -> rusqlite::Result<()> {
        tune(&connection)?;
        if file == INDEX_FILE {
            // Its blocks are kept elsewhere once they were read; a map or a cache of their pages would
            // keep them twice.
            connection.pragma_update(None, "mmap_size", 0)?;
            connection.pragma_update(None, "cache_size", -INDEX_READER_CACHE_KIB)?;
        }
        Ok(())
    };
    prepare().map_err(failed_at("opening", &path))?;
    Ok(connection)
}

/// The secret that keys this index's hashes.
pub fn read_salt(index: &Connection) -> Result<Salt, StoreError> {
    let bytes: Option<Vec<u8>> = index
        .query_row("SELECT value FROM state WHERE name = 'salt'", [], |row| {
            row.get(0)
        })
        .optional()
        .map_err(failed("reading the index's salt"))?;
    bytes
        .and_then(|bytes| Salt::from_bytes(&bytes))
        .ok_or_else(|| StoreError::Backend {
            what: "reading the index's salt".into(),
            reason: "it is missing: delete index.db, it is rebuilt from the log".into(),
        })
}

/// Every log row up to here is in the index.
pub fn read_indexed_upto(index: &Connection) -> Result<u64, StoreError> {
    read_number(index, "indexed_upto").map_err(failed("reading how far the index reaches"))
}

/// How many events are in the index. Counting them would take longer than a start may.
pub fn read_events(index: &Connection) -> Result<u64, StoreError> {
    read_number(index, "events").map_err(failed("reading how many events there are"))
}

fn read_number(index: &Connection, name: &str) -> rusqlite::Result<u64> {
    let state = "SELECT value FROM state WHERE name = ?1";
    index.query_row(state, [name], |row| row.get(0))
}

/// Moves what was written ahead into the file itself and empties the write-ahead file. False when
/// somebody is in the way.
pub fn checkpoint(connection: &Connection) -> bool {
    run_checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)")
}

/// Moves what was written ahead into the file itself, as far as nobody is in the way, and holds
/// nobody up. A commit then finds nothing to move and begins the write-ahead file anew.
pub fn checkpoint_beside(connection: &Connection) {
    run_checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)");
}

fn run_checkpoint(connection: &Connection, pragma: &str) -> bool {
    let is_busy = connection.query_row(pragma, [], |row| row.get::<_, bool>(0));
    is_busy.map(|is_busy| !is_busy).unwrap_or_else(|error| {
        tracing::warn!(%error, "a checkpoint has to wait");
        false
    })
}

/// Deletes the index with what was written ahead for it.
pub fn remove_index(folder: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm"] {
        let path = folder.join(format!("{INDEX_FILE}{suffix}"));
        match std::fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(StoreError::Backend {
                    what: format!("removing {}", path.display()),
                    reason: error.to_string(),
                });
            }
        }
    }
    Ok(())
}

fn open_writer(
    path: &Path,
    page_bytes: i64,
    synchronous: Synchronous,
) -> Result<Connection, StoreError> {
    let connection = Connection::open(path).map_err(failed_at("opening", path))?;
    let prepare = || -> rusqlite::Result<()> {
        // Of a file that has pages already it changes nothing.
        connection.pragma_update(None, "page_size", page_bytes)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", synchronous.pragma())?;
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
        tune(&connection)
    };
    prepare().map_err(failed_at("opening", path))?;
    Ok(connection)
}

/// The index is written in large transactions: what is brought over from the write-ahead file less
/// often is written less often.
fn open_index_writer(path: &Path) -> Result<Connection, StoreError> {
    let connection = open_writer(path, INDEX_PAGE_BYTES, Synchronous::Full)?;
    connection
        .pragma_update(None, "wal_autocheckpoint", INDEX_CHECKPOINT_PAGES)
        .map_err(failed_at("opening", path))?;
    Ok(connection)
}

fn tune(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS_MAX);
    // Otherwise a statement is planned anew for every value that is bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Negative: KiB. Pages are shared with the system's cache by the map, so this stays small.
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    connection.pragma_update(None, "mmap_size", 1_i64 << 30)
}

fn version(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(failed_at("reading", path))
}

fn create(
    connection: &Connection,
    path: &Path,
    tables: &str,
    version: i64,
) -> Result<(), StoreError> {
    connection
        .execute_batch(&format!(
            "BEGIN; {tables} PRAGMA user_version = {version}; COMMIT;"
        ))
        .map_err(failed_at("creating", path))
}

fn failed_at(what: &'static str, path: &Path) -> impl FnOnce(rusqlite::Error) -> StoreError {
    let path: PathBuf = path.to_owned();
    move |error| failed(format!("{what} {}", path.display()))(error)
}
