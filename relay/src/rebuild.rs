//! The command `rebuild`: drops everything that is derived from the log, and derives it anew. Knows no
//! table.

use std::path::PathBuf;

use crate::config::Config;
use crate::data_folder::{DataFolder, DataFolderError};
use crate::feed;
use crate::settings;
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, StoreError};

/// A rebuild that came to no end. The log is never touched, and the next start goes on.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// There is nothing to rebuild.
    #[error("the data folder {} does not exist", .0.display())]
    Missing(PathBuf),
    /// The data folder cannot be used.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// A file cannot be read or written.
    #[error("the index cannot be rebuilt: {0}")]
    Store(#[from] StoreError),
    /// It was stopped.
    #[error("stopped; the next start goes on")]
    Stopped,
    /// A fault in the program.
    #[error("the rebuild failed: {0}")]
    Fault(#[from] tokio::task::JoinError),
}

/// Rebuilds the index of the data folder of `config`, and gives the number of events in it.
///
/// # Errors
/// [`RebuildError`]
pub async fn rebuild(config: &Config, stop: impl Future<Output = ()>) -> Result<u64, RebuildError> {
    let folder = &config.data.folder;
    if !folder.is_dir() {
        return Err(RebuildError::Missing(folder.clone()));
    }
    let folder = DataFolder::open(folder)?;
    let options = settings::store_options(config, folder.path());
    let (publisher, _) = feed::channel();
    let rebuilding = tokio::task::spawn_blocking(move || SqliteStore::rebuild(&options, publisher));
    let store = tokio::select! {
        store = rebuilding => store??,
        () = stop => return Err(RebuildError::Stopped),
    };
    let events = store.status().await?.events;
    tokio::task::spawn_blocking(move || store.close()).await?;
    drop(folder);
    Ok(events)
}
