//! Stored events as JSON lines.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kith_nips::Filter;

use super::is_standard_stream;
use super::progress::Progress;
use crate::clock::unix_now;
use crate::config::Config;
use crate::data_folder::{DataFolder, DataFolderError};
use crate::digits::grouped;
use crate::feed;
use crate::settings;
use crate::store::sqlite::SqliteStore;
use crate::store::{Page, ScanOptions, Store, StoreError};

/// Added to the name of a file that is not complete.
const PARTIAL_SUFFIX: &str = ".partial";
/// Bytes that are written at once.
const WRITE_BUFFER_BYTES: usize = 256 * 1024;

/// An export that is not complete; its file does not exist.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A filter that is none.
    #[error("--filter {filter}: {reason}")]
    Filter {
        /// As it was given.
        filter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The data folder cannot be used.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// The store does not work.
    #[error("the store cannot be used")]
    Store(#[from] StoreError),
    /// The output cannot be written.
    #[error("{}: {reason}", path.display())]
    Output {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// It was stopped.
    #[error("stopped; nothing was written to {}", .0.display())]
    Stopped(PathBuf),
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportSummary {
    /// Events.
    pub exported: u64,
}

impl std::fmt::Display for ExportSummary {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "exported {}", grouped(self.exported))
    }
}

/// Writes what is stored in the data folder of `config`, not expired, and matches any of `filters`
/// (all when there are none), newest first, to `output` (`-` is standard output). A file gets its
/// name when it is complete.
///
/// # Errors
/// [`ExportError`]
pub async fn export(
    config: &Config,
    output: &Path,
    filters: &[String],
    stop: impl Future<Output = ()>,
) -> Result<ExportSummary, ExportError> {
    let filters = parse(filters)?;
    let folder = DataFolder::open(&config.data.folder)?;
    let options = settings::store_options(config, folder.path());
    let (publisher, _) = feed::channel();
    let store = tokio::task::spawn_blocking(move || SqliteStore::open(&options, publisher));
    let store = Arc::new(store.await.map_err(|_| StoreError::Closed)??);
    let result = tokio::select! {
        result = transfer(store.as_ref(), filters, output) => result,
        () = stop => Err(ExportError::Stopped(output.to_owned())),
    };
    let closed = tokio::task::spawn_blocking(move || store.close()).await;
    closed.map_err(|_| StoreError::Closed)?;
    result
}

fn parse(filters: &[String]) -> Result<Arc<[Filter]>, ExportError> {
    if filters.is_empty() {
        return Ok(Arc::from([Filter::default()]));
    }
    filters
        .iter()
        .map(|filter| {
            Filter::parse(filter).map_err(|wrong| ExportError::Filter {
                filter: filter.clone(),
                reason: wrong.to_string(),
            })
        })
        .collect()
}

async fn transfer(
    store: &dyn Store,
    filters: Arc<[Filter]>,
    output: &Path,
) -> Result<ExportSummary, ExportError> {
    let failed = |reason| ExportError::Output {
        path: output.to_owned(),
        reason,
    };
    let mut target = Target::open(output).map_err(failed)?;
    let progress = Progress::new("exported", None);
    let mut exported = 0;
    let mut next = Some(
        store
            .scan(filters, ScanOptions::everything(unix_now()))
            .await?,
    );
    while let Some(scan) = next {
        let (page, rest) = store.next_page(scan).await?;
        match target.write(&page) {
            Ok(()) => exported += page.events.len() as u64,
            // Whoever reads standard output has enough, as `head` has.
            Err(error) if target.is_pipe_end(&error) => return Ok(ExportSummary { exported }),
            Err(error) => return Err(failed(error)),
        }
        progress.show(exported, 0);
        next = rest;
    }
    target.finish().map_err(failed)?;
    Ok(ExportSummary { exported })
}

/// Where the lines go.
enum Target {
    Standard(BufWriter<io::Stdout>),
    File(PartialFile),
}

impl Target {
    fn open(output: &Path) -> io::Result<Self> {
        if is_standard_stream(output) {
            let stdout = BufWriter::with_capacity(WRITE_BUFFER_BYTES, io::stdout());
            return Ok(Target::Standard(stdout));
        }
        PartialFile::create(output).map(Target::File)
    }

    fn write(&mut self, page: &Page) -> io::Result<()> {
        let writer: &mut dyn Write = match self {
            Target::Standard(stdout) => stdout,
            Target::File(file) => &mut file.writer,
        };
        for event in &page.events {
            writer.write_all(event.json().as_bytes())?;
            writer.write_all(b"\n")?;
        }
        Ok(())
    }

    fn is_pipe_end(&self, error: &io::Error) -> bool {
        matches!(self, Target::Standard(_)) && error.kind() == io::ErrorKind::BrokenPipe
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Target::Standard(mut stdout) => match stdout.flush() {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                result => result,
            },
            Target::File(file) => file.complete(),
        }
    }
}

/// A file that is removed unless it is completed.
struct PartialFile {
    writer: BufWriter<File>,
    partial: PathBuf,
    output: PathBuf,
    completed: bool,
}

impl PartialFile {
    fn create(output: &Path) -> io::Result<Self> {
        if output.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let mut partial = output.as_os_str().to_owned();
        partial.push(PARTIAL_SUFFIX);
        let partial = PathBuf::from(partial);
        let file = File::create(&partial)?;
        Ok(PartialFile {
            writer: BufWriter::with_capacity(WRITE_BUFFER_BYTES, file),
            partial,
            output: output.to_owned(),
            completed: false,
        })
    }

    fn complete(mut self) -> io::Result<()> {
        self.writer.flush()?;
        self.writer.get_ref().sync_all()?;
        fs::rename(&self.partial, &self.output)?;
        self.completed = true;
        Ok(())
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if !self.completed {
            // There is nobody left to tell.
            let _ = fs::remove_file(&self.partial);
        }
    }
}
