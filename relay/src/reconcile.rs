//! Comparing sets of events (NIP-77): the relay's set, in order, and the answer to each message of
//! a client. The arithmetic is the `negentropy` crate's. Its bounds are set here: records are
//! counted over the whole relay, and few answers are worked on at once, on threads that serve no
//! socket. Knows no session, no store and no policy.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use kith_nips::Event;
use kith_nips::nip77::Message;
use negentropy::{Id, Negentropy, NegentropyStorageVector};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// The shortest bound for an answer: room for one step of any kind.
pub const ANSWER_BYTES_MIN: usize = 4_096;

/// What all comparisons of the relay share.
#[derive(Debug)]
pub struct Reconciler {
    /// One for each answer that is worked on.
    places: Arc<Semaphore>,
    /// Records in all sets.
    records: Arc<AtomicUsize>,
}

/// How much memory sets may take. A record takes 40 to 80 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordBounds {
    /// Records in one set.
    pub set_max: usize,
    /// Records in all sets of the relay together.
    pub total_max: usize,
}

/// More records than there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooMany {
    /// In this set.
    InSet,
    /// In all sets together; others may end.
    InTotal,
}

/// Why there is no answer to a message.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The message contradicts itself.
    #[error("{0}")]
    Protocol(negentropy::Error),
    /// The relay is stopping, or its program has a fault.
    #[error("the work was not finished")]
    Unfinished,
}

/// A set in the making.
#[derive(Debug)]
pub struct Records {
    found: NegentropyStorageVector,
    counted: Counted,
    bounds: RecordBounds,
}

/// A set: what the relay had when the comparison began.
#[derive(Debug)]
pub struct RecordSet {
    records: NegentropyStorageVector,
    _counted: Counted,
}

impl Reconciler {
    /// Works on as many answers at once as there are processors.
    pub fn new() -> Self {
        let processors = available_parallelism().map_or(1, NonZero::get);
        Reconciler {
            places: Arc::new(Semaphore::new(processors)),
            records: Arc::default(),
        }
    }

    /// Begins a set.
    pub fn begin(&self, bounds: RecordBounds) -> Records {
        Records {
            found: NegentropyStorageVector::new(),
            counted: Counted {
                here: 0,
                total: Arc::clone(&self.records),
            },
            bounds,
        }
    }

    /// Puts a set in order and answers the first message about it.
    ///
    /// # Errors
    /// [`ReconcileError`]
    pub async fn open(
        &self,
        records: Records,
        message: Message,
        answer_bytes_max: usize,
    ) -> Result<(Arc<RecordSet>, Vec<u8>), ReconcileError> {
        self.run(move || {
            let set = records.seal()?;
            let answer = set.answer(&message, answer_bytes_max)?;
            Ok((Arc::new(set), answer))
        })
        .await
    }

    /// Answers a further message in at most `answer_bytes_max` bytes, or [`ANSWER_BYTES_MIN`] if
    /// that is more.
    ///
    /// # Errors
    /// [`ReconcileError`]
    pub async fn answer(
        &self,
        set: Arc<RecordSet>,
        message: Message,
        answer_bytes_max: usize,
    ) -> Result<(Arc<RecordSet>, Vec<u8>), ReconcileError> {
        self.run(move || {
            let answer = set.answer(&message, answer_bytes_max)?;
            Ok((set, answer))
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ReconcileError> + Send + 'static,
    ) -> Result<T, ReconcileError> {
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|_| ReconcileError::Unfinished)?;
        let working = spawn_blocking(move || {
            // Kept to the end, also when nobody waits for the answer any more.
            let _place = place;
            work()
        });
        working.await.map_err(|_| ReconcileError::Unfinished)?
    }
}

impl Default for Reconciler {
    fn default() -> Self {
        Self::new()
    }
}

impl Records {
    /// How many there may be.
    pub fn bounds(&self) -> RecordBounds {
        self.bounds
    }

    /// Adds events.
    ///
    /// # Errors
    /// [`TooMany`], and then the set is of no use.
    pub fn add(&mut self, events: &[Arc<Event>]) -> Result<(), TooMany> {
        if self.counted.here + events.len() > self.bounds.set_max {
            return Err(TooMany::InSet);
        }
        self.counted.add(events.len(), self.bounds.total_max)?;
        for event in events {
            let id = Id::from_byte_array(*event.id().as_bytes());
            // It takes everything until it is sealed.
            let _ = self.found.insert(event.created_at(), id);
        }
        Ok(())
    }

    fn seal(mut self) -> Result<RecordSet, ReconcileError> {
        self.found.seal().map_err(ReconcileError::Protocol)?;
        Ok(RecordSet {
            records: self.found,
            _counted: self.counted,
        })
    }
}

impl RecordSet {
    fn answer(
        &self,
        message: &Message,
        answer_bytes_max: usize,
    ) -> Result<Vec<u8>, ReconcileError> {
        let bytes_max = answer_bytes_max.max(ANSWER_BYTES_MIN);
        let bytes_max = u64::try_from(bytes_max).unwrap_or(u64::MAX);
        Negentropy::borrowed(&self.records, bytes_max)
            .and_then(|mut comparison| comparison.reconcile(message.as_bytes()))
            .map_err(ReconcileError::Protocol)
    }
}

/// The records of one set within those of all.
#[derive(Debug)]
struct Counted {
    here: usize,
    total: Arc<AtomicUsize>,
}

impl Counted {
    fn add(&mut self, more: usize, total_max: usize) -> Result<(), TooMany> {
        let within = |total: usize| {
            let sum = total.checked_add(more)?;
            (sum <= total_max).then_some(sum)
        };
        self.total
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, within)
            .map_err(|_| TooMany::InTotal)?;
        self.here += more;
        Ok(())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.total.fetch_sub(self.here, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
