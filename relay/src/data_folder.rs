//! The data folder and its lock: one process at a time works in it. Knows nothing of what the
//! store keeps there.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The lock is on this file, which stays empty and is never removed: a removed lock file can be
/// locked twice.
const LOCK_FILE: &str = "kith-relay.lock";

/// A data folder that no other process uses. The lock ends with this value or with the process.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

/// The data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// Another process works in it.
    #[error("the data folder {} is in use by another kith-relay", .0.display())]
    InUse(PathBuf),
    /// It cannot be created, or its lock file cannot be opened.
    #[error("the data folder {}: {reason}", path.display())]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
}

impl DataFolder {
    /// Creates the folder when it is missing, and takes it.
    ///
    /// # Errors
    /// [`DataFolderError`]
    pub fn open(path: &Path) -> Result<Self, DataFolderError> {
        let unusable = |reason| DataFolderError::Unusable {
            path: path.to_owned(),
            reason,
        };
        std::fs::create_dir_all(path).map_err(unusable)?;
        let path = path.canonicalize().map_err(unusable)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join(LOCK_FILE))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(DataFolder { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataFolderError::InUse(path)),
            Err(TryLockError::Error(reason)) => Err(unusable(reason)),
        }
    }

    /// The folder's absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_at_a_time_has_the_folder() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("deep").join("data");
        let first = DataFolder::open(&path).unwrap();
        let error = DataFolder::open(&path).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("is in use by another kith-relay")
        );
        drop(first);
        DataFolder::open(&path).unwrap();
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        std::fs::write(&path, "").unwrap();
        let error = DataFolder::open(&path).unwrap_err().to_string();
        assert!(error.contains("data: "), "{error}");
    }
}
