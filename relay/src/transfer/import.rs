//! JSON lines into a data folder. Every line is stored, known already, or in the rejects file.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::sync::watch;

use super::is_standard_stream;
use super::progress::Progress;
use crate::admit::Admission;
use crate::config::Config;
use crate::data_folder::{DataFolder, DataFolderError};
use crate::feed;
use crate::management::Management;
use crate::settings;
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, StoreError};
use crate::subscriptions::Subscriptions;
use crate::verify::Verifier;

mod judge;
mod source;
mod tally;

pub use tally::ImportSummary;

use source::{Input, Source};
use tally::Tally;

/// Lines that are checked and stored at the same time.
const LINES_IN_FLIGHT_MAX: usize = 4_096;
/// The progress is shown anew this often.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);
/// The rejects file of what came from standard input.
const STANDARD_INPUT_REJECTS: &str = "import.rejects.jsonl";

/// An import that did not reach the end of its input. What was stored until then stays; importing
/// again continues, because known events are skipped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The data folder cannot be used.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// The store does not work.
    #[error("the store cannot be used")]
    Store(#[from] StoreError),
    /// The input cannot be read.
    #[error("{}: {reason}", path.display())]
    Input {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// The rejects file cannot be written.
    #[error("the rejects file {}: {reason}", path.display())]
    Rejects {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// The rejects would overwrite the input.
    #[error("the rejects file {} is the file to import", .0.display())]
    RejectsAreInput(PathBuf),
    /// No threads for the work.
    #[error("cannot start threads that check signatures: {0}")]
    Threads(io::Error),
    /// An event could be neither stored nor judged.
    #[error("line {line} could not be stored: {reason}")]
    Unjudged {
        /// The line, counted from 1.
        line: u64,
        /// What the store said.
        reason: String,
    },
}

/// Stores the events of `input` (`-` is standard input) in the data folder of `config`, until its
/// end or until `stop`. `rejects` is where lines go that cannot be stored; by default a file
/// beside the input.
///
/// # Errors
/// [`ImportError`]
pub async fn import(
    config: &Config,
    input: &Path,
    rejects: Option<PathBuf>,
    stop: impl Future<Output = ()>,
) -> Result<ImportSummary, ImportError> {
    let rejects = rejects.unwrap_or_else(|| rejects_beside(input));
    if !is_standard_stream(input) && same_file(input, &rejects) {
        return Err(ImportError::RejectsAreInput(rejects));
    }
    let unreadable = |reason| ImportError::Input {
        path: input.to_owned(),
        reason,
    };
    let opened = Input::open(input).map_err(unreadable)?;
    let folder = DataFolder::open(&config.data.folder)?;
    let options = settings::store_options(config, folder.path());
    // Nobody subscribes to an import.
    let (publisher, _) = feed::channel();
    let store = tokio::task::spawn_blocking(move || SqliteStore::open(&options, publisher));
    let store = Arc::new(store.await.map_err(|_| StoreError::Closed)??);
    let mut stop = std::pin::pin!(stop);
    let result = transfer(config, store.clone(), opened, rejects, stop.as_mut()).await;
    if result.as_ref().is_ok_and(|(summary, _)| !summary.stopped) {
        settle(&store, stop).await;
    }
    let closed = tokio::task::spawn_blocking(move || store.close()).await;
    closed.map_err(|_| StoreError::Closed)?;
    match result? {
        (summary, Ok(())) => Ok(summary),
        (_, Err(reason)) => Err(unreadable(reason)),
    }
}

/// Puts the index into the order in which it answers best, so that the relay need not do it beside its work.
/// It does it beside its work if this is stopped.
async fn settle(store: &SqliteStore, stop: impl Future<Output = ()>) {
    let _progress = Progress::of_step("merging the index");
    tokio::select! {
        settled = store.settle() => if let Err(error) = settled {
            tracing::warn!(%error, "the index is merged later");
        },
        () = stop => {}
    }
}

/// Everything between an open input and an open store: the sum, and how reading ended.
async fn transfer(
    config: &Config,
    store: Arc<dyn Store>,
    input: Input,
    rejects: PathBuf,
    mut stop: impl Future<Output = ()> + Unpin,
) -> Result<(ImportSummary, io::Result<()>), ImportError> {
    let verifier = Verifier::start(config.limits.verify_threads).map_err(ImportError::Threads)?;
    let (_policy, policy) = watch::channel(Arc::new(settings::import_policy(config)));
    // Bans are for what clients send; what is banned by then is shown to nobody anyway.
    let management = Management::new(Arc::clone(&store));
    let admission = Admission::new(
        store,
        Arc::new(Subscriptions::new()),
        verifier,
        policy,
        management,
    );
    let Source {
        mut lines,
        result,
        control,
    } = Source::start(input.reader).map_err(ImportError::Threads)?;
    let lines = stream::poll_fn(|context| lines.poll_recv(context));
    // The reading thread may wait for input for ever; after a stop nobody waits for it.
    let lines = lines.take_until(control.stopped());
    let judged = lines.map(|numbered| judge::judge(&admission, numbered));
    let mut judged = std::pin::pin!(judged.buffer_unordered(LINES_IN_FLIGHT_MAX));

    let mut tally = Tally::new(rejects);
    let progress = Progress::new("imported", input.bytes_total);
    let mut tick = tokio::time::interval(PROGRESS_INTERVAL);
    let mut stopped = false;
    let mut failure = None;
    loop {
        tokio::select! {
            next = judged.next() => match next {
                Some(line) => if let Err(error) = tally.count(line) {
                    // What is in the works is finished; nothing more is read.
                    control.stop();
                    failure.get_or_insert(error);
                },
                None => break,
            },
            _ = tick.tick() => progress.show(tally.done(), control.bytes()),
            () = &mut stop, if !stopped => {
                stopped = true;
                control.stop();
            }
        }
    }
    drop(progress);
    let summary = tally.finish(stopped)?;
    match failure {
        Some(failure) => Err(failure),
        None if stopped => Ok((summary, Ok(()))),
        None => {
            let ended = result.await;
            Ok((
                summary,
                ended.unwrap_or_else(|gone| Err(io::Error::other(gone))),
            ))
        }
    }
}

fn rejects_beside(input: &Path) -> PathBuf {
    if is_standard_stream(input) {
        return PathBuf::from(STANDARD_INPUT_REJECTS);
    }
    let mut name = input.as_os_str().to_owned();
    name.push(".rejects.jsonl");
    PathBuf::from(name)
}

fn same_file(left: &Path, right: &Path) -> bool {
    match (left.canonicalize(), right.canonicalize()) {
        (Ok(left), Ok(right)) => left == right,
        _ => false,
    }
}
