//! The file of one user on this machine: what a program must remember between two runs. Knows how
//! the file is opened, brought up to date and used without blocking; what is in its tables is in
//! the files of those who use them.
//!
//! SQLite calls block, and a flush to the disk takes milliseconds, so each piece of work runs on
//! the runtime's threads for blocking work. There it also goes on to its end when whoever asked
//! for it does not wait any more: a transaction is never cut in the middle.

pub(crate) mod events;
mod schema;

use std::fmt;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

/// How long one program waits for another that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Before something that found the file locked is done again.
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// The largest file, in pages of 4,096 bytes: 1 GiB.
const PAGES_MAX: u32 = 262_144;

/// The log of SQLite is cut back to this many bytes.
const JOURNAL_BYTES_MAX: u32 = 8 * 1024 * 1024;

/// "kith": this file is no other program's.
const APPLICATION_ID: i32 = 0x6b69_7468;

/// The file of one user on this machine. Cheap to clone; clones share one connection, and several
/// programs may have the same file open.
///
/// ```
/// use kith_client::Local;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # let folder = std::env::temp_dir().join(format!("kith-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// let local = Local::open(folder.join("local.db")).await?;
/// assert!(local.path().ends_with("local.db"));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Local {
    connection: Arc<Mutex<Connection>>,
    path: PathBuf,
}

impl fmt::Debug for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local").field("path", &self.path).finish()
    }
}

/// Why the file cannot be used.
///
/// ```
/// use kith_client::LocalError;
///
/// let error = LocalError::TooNew { path: "local.db".into(), version: 9, known: 1 };
/// assert_eq!(
///     error.to_string(),
///     "local.db was written by a newer version of this program (9, this one knows 1)"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LocalError {
    /// It cannot be made or opened.
    #[error("cannot open {}: {message}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system or SQLite said.
        message: String,
    },
    /// It is a database of something else.
    #[error("{} is not a file of this program", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A later version of the program changed its form.
    #[error(
        "{} was written by a newer version of this program ({version}, this one knows {known})",
        path.display()
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// The version of its form.
        version: u32,
        /// The newest version that is known here.
        known: u32,
    },
    /// Reading or writing failed.
    #[error("{} cannot be used: {message}", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        message: String,
    },
}

impl Local {
    /// Opens the file, makes it when it is not there, and brings it up to date. Its folder must
    /// exist. A new file can be read by its owner only.
    ///
    /// # Errors
    /// [`LocalError`]
    pub async fn open(path: impl Into<PathBuf>) -> Result<Local, LocalError> {
        let path = path.into();
        let opening = path.clone();
        let opened = tokio::task::spawn_blocking(move || open(&opening)).await;
        let connection = opened.unwrap_or_else(|error| {
            Err(LocalError::Open {
                path: path.clone(),
                message: error.to_string(),
            })
        })?;
        Ok(Local {
            connection: Arc::new(Mutex::new(connection)),
            path,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// One transaction, off the threads that serve sockets. It takes place whole or not at all,
    /// also when nobody waits for it any more.
    pub(crate) async fn transact<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LocalError> {
        self.run(|connection| commit(connection, work)).await
    }

    /// The same for what may be lost together with the power: nothing waits for the disk.
    pub(crate) async fn transact_lightly<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LocalError> {
        self.run(|connection| {
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            let outcome = commit(connection, work);
            connection.pragma_update(None, "synchronous", "FULL")?;
            outcome
        })
        .await
    }

    /// Reads without changing anything, and without waiting for programs that do.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LocalError> {
        self.run(|connection| work(&connection.transaction()?))
            .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LocalError> {
        let connection = Arc::clone(&self.connection);
        let done = tokio::task::spawn_blocking(move || {
            // A transaction that was left half-way was rolled back.
            work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        });
        let failed = |message| LocalError::Failed {
            path: self.path.clone(),
            message,
        };
        match done.await {
            Ok(outcome) => outcome.map_err(|error| failed(error.to_string())),
            Err(error) => Err(failed(error.to_string())),
        }
    }
}

fn commit<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

fn open(path: &Path) -> Result<Connection, LocalError> {
    let failed = |message: String| LocalError::Open {
        path: path.to_owned(),
        message,
    };
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|error| failed(error.to_string()))?;
    let mut connection = Connection::open(path).map_err(|error| failed(error.to_string()))?;
    let read = |connection: &Connection| -> rusqlite::Result<(i32, u32, u32)> {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        // At one moment: another program may be making the tables.
        let moment = connection.unchecked_transaction()?;
        let id = moment.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let version = moment.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let tables = "SELECT count(*) FROM sqlite_schema";
        Ok((id, version, moment.query_row(tables, [], |row| row.get(0))?))
    };
    let (id, version, tables) =
        patiently(|| read(&connection)).map_err(|error| failed(error.to_string()))?;
    if id != APPLICATION_ID && (id != 0 || tables > 0) {
        let path = path.to_owned();
        return Err(LocalError::Foreign { path });
    }
    if version > schema::VERSION {
        return Err(LocalError::TooNew {
            path: path.to_owned(),
            version,
            known: schema::VERSION,
        });
    }
    let is_new = id != APPLICATION_ID || version < schema::VERSION;
    patiently(|| prepare(&mut connection, is_new)).map_err(|error| failed(error.to_string()))?;
    Ok(connection)
}

/// Another program may be making the file at this moment. SQLite waits for its lock, but not where it turns
/// to write-ahead logging: so what found the file locked is done again.
fn patiently<T>(mut work: impl FnMut() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    loop {
        match work() {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                std::thread::sleep(BUSY_PAUSE);
            }
            outcome => return outcome,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

/// What is noted must be there after a loss of power: somebody would be written to twice.
fn prepare(connection: &mut Connection, is_new: bool) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "max_page_count", PAGES_MAX)?;
    connection.pragma_update(None, "journal_size_limit", JOURNAL_BYTES_MAX)?;
    if !is_new {
        // Nothing is written, and nobody who writes is waited for.
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    schema::bring_up_to_date(&transaction)?;
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_may_open_it_at_once_for_the_first_time() {
        for _ in 0..10 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("local.db");
            let barrier = Arc::new(std::sync::Barrier::new(8));
            let opening = (0..8).map(|_| {
                let (path, barrier) = (path.clone(), barrier.clone());
                std::thread::spawn(move || {
                    barrier.wait();
                    open(&path).map(drop)
                })
            });
            for opened in opening.collect::<Vec<_>>() {
                opened.join().unwrap().unwrap();
            }
        }
    }

    #[tokio::test]
    async fn what_was_written_is_there_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("local.db");
        let write = |local: Local| async move {
            let insert = "INSERT INTO forgotten_message (account, id) VALUES (x'01', x'02')";
            local.transact(move |db| db.execute(insert, [])).await
        };
        let local = Local::open(&path).await.unwrap();
        assert_eq!(write(local.clone()).await, Ok(1));
        let again = Local::open(&path).await.unwrap();
        let error = write(again.clone()).await.unwrap_err();
        assert!(matches!(error, LocalError::Failed { .. }), "{error}");
        let count = "SELECT count(*) FROM forgotten_message";
        let counted = again.transact(move |db| db.query_row(count, [], |row| row.get::<_, u32>(0)));
        assert_eq!(counted.await, Ok(1));
        #[cfg(unix)]
        for file in ["local.db", "local.db-wal"] {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join(file)).unwrap();
            assert_eq!(mode.permissions().mode() & 0o777, 0o600, "{file}");
        }
    }

    #[tokio::test]
    async fn a_newer_file_and_a_foreign_one_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("newer.db");
        let local = Local::open(&path).await.unwrap();
        let newer = |db: &Transaction<'_>| db.pragma_update(None, "user_version", 999);
        local.transact(newer).await.unwrap();
        let error = Local::open(&path).await.unwrap_err();
        assert!(
            matches!(error, LocalError::TooNew { version: 999, .. }),
            "{error}"
        );

        let path = folder.path().join("foreign.db");
        let foreign = Connection::open(&path).unwrap();
        foreign.execute("CREATE TABLE theirs (x)", []).unwrap();
        drop(foreign);
        let before = std::fs::read(&path).unwrap();
        let error = Local::open(&path).await.unwrap_err();
        assert!(matches!(error, LocalError::Foreign { .. }), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), before);

        let path = folder.path().join("text.db");
        std::fs::write(&path, "not a database, but a text of some length".repeat(9)).unwrap();
        let error = Local::open(&path).await.unwrap_err();
        assert!(matches!(error, LocalError::Open { .. }), "{error}");
        let nowhere = Local::open(folder.path().join("no/local.db")).await;
        assert!(matches!(nowhere, Err(LocalError::Open { .. })));
    }
}
