//! The reading half of an import: a thread that turns the input into numbered lines, as fast as
//! they are taken and never more of them than fit.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::runtime::Handle;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::LINES_IN_FLIGHT_MAX;
use crate::transfer::is_standard_stream;
use crate::transfer::lines::{LINE_BYTES_MAX, Line, Lines};

/// Text of lines that are read and not yet judged, in bytes.
const LINES_IN_FLIGHT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Bytes that are read from the input at once.
const READ_BUFFER_BYTES: usize = 256 * 1024;

/// An input, and its size if that is known.
pub(super) struct Input {
    pub(super) reader: Box<dyn Read + Send>,
    pub(super) bytes_total: Option<u64>,
}

/// The reading thread and its lines.
pub(super) struct Source {
    pub(super) lines: mpsc::Receiver<Numbered>,
    /// How reading ended.
    pub(super) result: oneshot::Receiver<io::Result<()>>,
    pub(super) control: Arc<Control>,
}

/// What the reading thread and the import tell each other.
#[derive(Default)]
pub(super) struct Control {
    stopped: AtomicBool,
    when_stopped: Notify,
    bytes: AtomicU64,
}

/// A line on its way.
pub(super) struct Numbered {
    pub(super) number: u64,
    pub(super) line: Line,
    /// Its part of [`LINES_IN_FLIGHT_BYTES_MAX`].
    pub(super) place: Option<OwnedSemaphorePermit>,
}

impl Input {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if is_standard_stream(path) {
            return Ok(Input {
                reader: Box::new(io::stdin()),
                bytes_total: None,
            });
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(Input {
            bytes_total: metadata.is_file().then_some(metadata.len()),
            reader: Box::new(file),
        })
    }
}

impl Source {
    pub(super) fn start(input: Box<dyn Read + Send>) -> io::Result<Self> {
        let (sender, lines) = mpsc::channel(LINES_IN_FLIGHT_MAX);
        let control = Arc::new(Control::default());
        let shared = Arc::clone(&control);
        let runtime = Handle::current();
        let (ended, result) = oneshot::channel();
        // A thread of its own: the runtime would wait for a blocking task before it ends.
        std::thread::Builder::new()
            .name("import-reader".to_owned())
            .spawn(move || {
                // Nobody asks any more after a stop.
                let _ = ended.send(read(&runtime, input, &sender, &shared));
            })?;
        Ok(Source {
            lines,
            result,
            control,
        })
    }
}

impl Control {
    /// Ends the reading; lines that are on their way arrive.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.when_stopped.notify_one();
    }

    /// Resolves after [`Control::stop`].
    pub(super) async fn stopped(&self) {
        self.when_stopped.notified().await;
    }

    /// Bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

fn read(
    runtime: &Handle,
    input: Box<dyn Read + Send>,
    sender: &mpsc::Sender<Numbered>,
    control: &Control,
) -> io::Result<()> {
    let bytes_in_flight = Arc::new(Semaphore::new(LINES_IN_FLIGHT_BYTES_MAX));
    let mut lines = Lines::new(BufReader::with_capacity(READ_BUFFER_BYTES, input));
    while !control.stopped.load(Ordering::Relaxed) {
        let Some((number, line)) = lines.next()? else {
            break;
        };
        control.bytes.store(lines.bytes(), Ordering::Relaxed);
        let bytes = u32::try_from(line.text().len().min(LINE_BYTES_MAX)).unwrap_or(u32::MAX);
        let place = runtime.block_on(Arc::clone(&bytes_in_flight).acquire_many_owned(bytes));
        let numbered = Numbered {
            number,
            line,
            place: place.ok(),
        };
        if sender.blocking_send(numbered).is_err() {
            break;
        }
    }
    Ok(())
}
