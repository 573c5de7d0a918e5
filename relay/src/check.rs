//! The command `check`: takes the data folder, lets the store verify it in a temporary folder, and
//! puts what was found into words. Knows no table.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::data_folder::{DataFolder, DataFolderError};
use crate::digits::grouped;
use crate::settings;
use crate::store::StoreError;
use crate::store::sqlite::check::{self, CheckReport};

/// A check that came to no end.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There is nothing to check.
    #[error("the data folder {} does not exist", .0.display())]
    Missing(PathBuf),
    /// The data folder cannot be used.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// No temporary folder.
    #[error("a temporary folder in {}: {reason}", path.display())]
    Temporary {
        /// Where it was to be.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// A file cannot be read or copied.
    #[error("the store cannot be checked: {0}")]
    Store(#[from] StoreError),
    /// It was stopped.
    #[error("stopped; nothing was changed")]
    Stopped,
}

/// Verifies the data folder of `config` with a folder of its own in `temporary`, which is gone at
/// the end. With `signatures`, those are checked too.
///
/// # Errors
/// [`CheckError`] when there is no report.
pub async fn check(
    config: &Config,
    temporary: &Path,
    signatures: bool,
    stop: impl Future<Output = ()>,
) -> Result<CheckReport, CheckError> {
    let folder = &config.data.folder;
    if !folder.is_dir() {
        return Err(CheckError::Missing(folder.clone()));
    }
    let folder = DataFolder::open(folder)?;
    let scratch = tempfile::Builder::new()
        .prefix("kith-relay-check-")
        .tempdir_in(temporary)
        .map_err(|reason| CheckError::Temporary {
            path: temporary.to_owned(),
            reason,
        })?;
    let options = settings::store_options(config, folder.path());
    let inside = scratch.path().to_owned();
    let checking = tokio::task::spawn_blocking(move || check::check(&options, &inside, signatures));
    tokio::select! {
        report = checking => Ok(report.map_err(|_| StoreError::Closed)??),
        () = stop => Err(CheckError::Stopped),
    }
}

/// What a report says to people, in lines.
pub fn in_words(report: &CheckReport) -> String {
    let mut words = String::new();
    for finding in &report.findings {
        // Writing into a text cannot fail.
        let _ = writeln!(words, "{finding}");
    }
    let more = report.findings_total - report.findings.len() as u64;
    if more > 0 {
        let _ = writeln!(words, "… and {} more", grouped(more));
    }
    let looked_at = format!(
        "{} events, {} remains of events, {} rows in {} tables",
        grouped(report.events),
        grouped(report.husks),
        grouped(report.rows),
        grouped(report.tables),
    );
    if report.agrees() {
        let _ = writeln!(words, "everything agrees: {looked_at}");
        return words;
    }
    let _ = writeln!(
        words,
        "{} differences: {looked_at}",
        grouped(report.findings_total)
    );
    if report.tables == 0 {
        let _ = writeln!(
            words,
            "the index was not compared: the log cannot be read as a whole"
        );
    }
    words
}

#[cfg(test)]
mod tests;
