//! The command `retention`: what would be deleted now, in numbers and words. Deletes nothing.

use std::fmt;
use std::path::PathBuf;

use super::sweep::Sweep;
use super::{Deleted, run};
use crate::clock::unix_now;
use crate::config::{Config, Retention};
use crate::data_folder::{DataFolder, DataFolderError};
use crate::digits::grouped;
use crate::feed;
use crate::settings;
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, StoreError};

/// Numbers that could not be found out.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// There is nothing to look at.
    #[error("the data folder {} does not exist", .0.display())]
    Missing(PathBuf),
    /// The data folder cannot be used.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// The store does not work.
    #[error("the store cannot be used")]
    Store(#[from] StoreError),
    /// It was stopped.
    #[error("stopped; nothing was deleted")]
    Stopped,
}

/// What would be deleted now. An event that several settings name is counted by each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    settings: Retention,
    deleted: Deleted,
}

/// Counts what is old in the data folder of `config`.
///
/// # Errors
/// [`PreviewError`]
pub async fn preview(
    config: &Config,
    stop: impl Future<Output = ()>,
) -> Result<Preview, PreviewError> {
    let folder = &config.data.folder;
    if !folder.is_dir() {
        return Err(PreviewError::Missing(folder.clone()));
    }
    let folder = DataFolder::open(folder)?;
    let options = settings::store_options(config, folder.path());
    let (publisher, _) = feed::channel();
    let store = tokio::task::spawn_blocking(move || SqliteStore::open(&options, publisher));
    let store = store.await.map_err(|_| StoreError::Closed)??;
    let policy = settings::retention_policy(config);
    let result = tokio::select! {
        deleted = run(Sweep::counting(&store), &policy, unix_now()) => deleted.map_err(Into::into),
        () = stop => Err(PreviewError::Stopped),
    };
    let closed = tokio::task::spawn_blocking(move || store.close()).await;
    closed.map_err(|_| StoreError::Closed)?;
    Ok(Preview {
        settings: config.retention.clone(),
        deleted: result?,
    })
}

impl fmt::Display for Preview {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Preview { settings, deleted } = self;
        if let Some(days) = settings.meetup_days_after_end {
            writeln!(
                formatter,
                "meetups {days} days after their end: {}, with {} answers and comments",
                grouped(deleted.meetups),
                grouped(deleted.belonging),
            )?;
        }
        for (rule, count) in settings.rules.iter().zip(&deleted.by_rule) {
            let kinds = match &rule.kinds {
                Some(kinds) => {
                    let kinds: Vec<String> =
                        kinds.iter().map(|kind| kind.as_u16().to_string()).collect();
                    format!("kinds {}", kinds.join(", "))
                }
                None => "all kinds that need not be named".to_owned(),
            };
            let (days, count) = (rule.older_than_days, grouped(*count));
            writeln!(formatter, "{kinds} after {days} days: {count}")?;
        }
        if settings.meetup_days_after_end.is_none() && settings.rules.is_empty() {
            writeln!(formatter, "nothing: no retention is set")?;
        }
        Ok(())
    }
}
