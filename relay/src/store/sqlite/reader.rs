//! Who reads. Small questions are answered at once, on the thread that asks: waking another thread
//! and being woken by it costs more than most answers. Everything else goes to reader threads, each
//! with its own connections, which take short jobs in turn. New questions go before long answers
//! that are asked to go on, so that a heavy query does not hold up a light one.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, oneshot};

use super::index::Index;
use super::lanes::Lane;
use crate::store::StoreError;

/// Jobs that may wait or run; more askers wait without a job.
const JOBS_MAX: usize = 1024;
/// After this many new questions in a row, one long answer has its turn.
const FRESH_IN_A_ROW_MAX: u32 = 4;
/// A new question gets this part of a slice; what takes longer goes on behind other new ones. The
/// first reader gives no job more, so that a new question never waits long for all of them.
const SHORT_SLICE_PART: u32 = 5;
/// A question that is answered where it is asked gets this part of a slice there.
const DESK_SLICE_PART: u32 = 4;
/// Reader threads give way to those that serve sockets: by so much do they lower their priority.
const READER_NICENESS: i32 = 5;
/// A long answer has company while others asked something at most this long ago.
const COMPANY_AFTER: Duration = Duration::from_millis(100);
/// A long answer in company rests so many times as long as it worked.
const REST_IN_COMPANY: u32 = 3;

/// A reader thread's connections and the end of its current slice of time.
pub struct Reader {
    /// For looking things up.
    pub index: Index,
    deadline: Instant,
    slice: Duration,
}

impl Reader {
    /// A reader whose jobs should end after `slice`.
    pub fn new(index: Index, slice: Duration) -> Self {
        Reader {
            index,
            deadline: Instant::now() + slice,
            slice,
        }
    }

    /// Whether the current job should give way.
    pub fn is_out_of_time(&self) -> bool {
        Instant::now() >= self.deadline
    }
}

type Job = Box<dyn FnOnce(&mut Reader) + Send>;

/// A job and the queue that it was in.
struct Turn {
    lane: Lane,
    job: Job,
}

#[derive(Default)]
struct Queue {
    fresh: VecDeque<Job>,
    continued: VecDeque<Job>,
    fresh_in_a_row: u32,
    closed: bool,
}

impl Queue {
    /// The next turn; a long answer only for who may go on with one.
    fn next(&mut self, may_continue: bool) -> Option<Turn> {
        let continued_is_due =
            may_continue && self.fresh_in_a_row >= FRESH_IN_A_ROW_MAX && !self.continued.is_empty();
        if !continued_is_due && let Some(job) = self.fresh.pop_front() {
            self.fresh_in_a_row += 1;
            return Some(Turn {
                lane: Lane::Fresh,
                job,
            });
        }
        if !may_continue {
            return None;
        }
        self.fresh_in_a_row = 0;
        let job = self.continued.pop_front()?;
        Some(Turn {
            lane: Lane::Continued,
            job,
        })
    }
}

struct Shared {
    /// For jobs that run where they are asked; `None` once the store is closed.
    desks: Vec<Mutex<Option<Reader>>>,
    queue: Mutex<Queue>,
    ready: Condvar,
    permits: Semaphore,
    begun: Instant,
    /// When something small was last asked, in milliseconds since the beginning.
    asked_ms: AtomicU64,
}

impl Shared {
    fn note_question(&self, now: Instant) {
        let since = now.saturating_duration_since(self.begun);
        let milliseconds = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        self.asked_ms.store(milliseconds, Ordering::Relaxed);
    }

    fn has_company(&self) -> bool {
        let asked = Duration::from_millis(self.asked_ms.load(Ordering::Relaxed));
        self.begun.elapsed().saturating_sub(asked) < COMPANY_AFTER
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A desk that is free, or else the first one when it is.
    fn desk(&self) -> Option<MutexGuard<'_, Option<Reader>>> {
        let free = self.desks.iter().find_map(|desk| match desk.try_lock() {
            Ok(reader) => Some(reader),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        });
        free.or_else(|| {
            let first = self.desks.first()?;
            Some(first.lock().unwrap_or_else(PoisonError::into_inner))
        })
    }
}

/// The desks and the reader threads.
#[derive(Clone)]
pub struct ReadPool(Arc<Shared>);

impl ReadPool {
    /// Starts one thread for each of `readers`. `desks` serve those who ask small things.
    ///
    /// # Errors
    /// [`StoreError`] when the system gives no thread.
    pub fn start(
        desks: Vec<Reader>,
        readers: Vec<Reader>,
    ) -> Result<(Self, Vec<JoinHandle<()>>), StoreError> {
        let shared = Arc::new(Shared {
            desks: desks.into_iter().map(Some).map(Mutex::new).collect(),
            queue: Mutex::default(),
            ready: Condvar::new(),
            permits: Semaphore::new(JOBS_MAX),
            begun: Instant::now(),
            asked_ms: AtomicU64::new(0),
        });
        let mut threads = Vec::with_capacity(readers.len());
        for (number, reader) in readers.into_iter().enumerate() {
            let shared = shared.clone();
            let work = move || work(&shared, reader, number == 0);
            threads.push(super::spawn("kith-reader", work)?);
        }
        Ok((ReadPool(shared), threads))
    }

    /// Runs a job where `lane` says.
    ///
    /// # Errors
    /// What the job gives, or [`StoreError::Closed`].
    pub async fn run<T: Send + 'static>(
        &self,
        lane: Lane,
        job: impl FnOnce(&mut Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match lane {
            Lane::Here => self.run_here(job),
            Lane::Fresh | Lane::Continued => self.run_in_turn(lane, job).await,
        }
    }

    /// Runs a small job at once.
    ///
    /// # Errors
    /// What the job gives, or [`StoreError::Closed`].
    pub fn run_here<T>(
        &self,
        job: impl FnOnce(&mut Reader) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut desk = self.0.desk().ok_or(StoreError::Closed)?;
        let reader = desk.as_mut().ok_or(StoreError::Closed)?;
        let now = Instant::now();
        self.0.note_question(now);
        reader.deadline = now + reader.slice / DESK_SLICE_PART;
        job(reader)
    }

    async fn run_in_turn<T: Send + 'static>(
        &self,
        lane: Lane,
        job: impl FnOnce(&mut Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let _permit = self
            .0
            .permits
            .acquire()
            .await
            .map_err(|_| StoreError::Closed)?;
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |reader| {
            // An asker who went away needs no work done.
            if !reply.is_closed() {
                let _ = reply.send(job(reader));
            }
        });
        {
            let mut queue = self.0.queue();
            if queue.closed {
                return Err(StoreError::Closed);
            }
            match lane {
                Lane::Here | Lane::Fresh => queue.fresh.push_back(job),
                Lane::Continued => queue.continued.push_back(job),
            }
        }
        // Not every thread may go on with a long answer.
        match lane {
            Lane::Continued => self.0.ready.notify_all(),
            Lane::Here | Lane::Fresh => self.0.ready.notify_one(),
        }
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Lets the threads finish what was asked and end. Blocks while a desk is in use.
    pub fn close(&self) {
        for desk in &self.0.desks {
            *desk.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        self.0.queue().closed = true;
        self.0.permits.close();
        self.0.ready.notify_all();
    }
}

fn work(shared: &Shared, mut reader: Reader, always_short: bool) {
    if let Err(error) = rustix::process::nice(READER_NICENESS) {
        tracing::debug!(%error, "a reader keeps its priority");
    }
    let short = reader.slice / SHORT_SLICE_PART;
    let mut rests_until = Instant::now();
    while let Some(Turn { lane, job }) = next_turn(shared, always_short, rests_until) {
        let slice = match lane {
            Lane::Continued if !always_short => reader.slice,
            Lane::Here | Lane::Fresh | Lane::Continued => short,
        };
        let begun = Instant::now();
        reader.deadline = begun + slice;
        job(&mut reader);
        if lane == Lane::Continued && shared.has_company() {
            rests_until = Instant::now() + begun.elapsed() * REST_IN_COMPANY;
        }
    }
}

/// Waits for the next turn; `None` once the pool is closed and everything is answered. In company
/// only one thread goes on with long answers, and not while it rests: they would take the machine
/// from all others.
fn next_turn(shared: &Shared, is_first: bool, rests_until: Instant) -> Option<Turn> {
    let mut queue = shared.queue();
    loop {
        let now = Instant::now();
        let has_company = shared.has_company() && !queue.closed;
        let may_continue = !has_company || (is_first && now >= rests_until);
        if let Some(turn) = queue.next(may_continue) {
            return Some(turn);
        }
        if queue.closed {
            return None;
        }
        let waits = !queue.continued.is_empty();
        queue = match waits {
            true => {
                let pause = match is_first {
                    true => rests_until.saturating_duration_since(now),
                    false => COMPANY_AFTER,
                };
                let timeout = pause.max(Duration::from_millis(1));
                let waited = shared.ready.wait_timeout(queue, timeout);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            false => shared
                .ready
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(fresh: usize, continued: usize) -> Queue {
        let jobs = |count| (0..count).map(|_| -> Job { Box::new(|_| {}) }).collect();
        Queue {
            fresh: jobs(fresh),
            continued: jobs(continued),
            ..Queue::default()
        }
    }

    fn lanes(queue: &mut Queue, may_continue: bool) -> Vec<Lane> {
        let turns = std::iter::from_fn(|| queue.next(may_continue));
        turns.map(|turn| turn.lane).collect()
    }

    #[test]
    fn new_questions_go_first_and_long_answers_are_not_forgotten() {
        let expected = [
            [Lane::Fresh; FRESH_IN_A_ROW_MAX as usize].as_slice(),
            &[Lane::Continued, Lane::Fresh, Lane::Fresh, Lane::Continued],
        ];
        let mut queue = queue(FRESH_IN_A_ROW_MAX as usize + 2, 2);
        assert_eq!(lanes(&mut queue, true), expected.concat());
    }

    #[test]
    fn who_may_not_go_on_with_long_answers_takes_new_questions_only() {
        let mut queue = queue(9, 2);
        assert_eq!(lanes(&mut queue, false), [Lane::Fresh; 9]);
        assert_eq!(queue.continued.len(), 2);
        assert_eq!(lanes(&mut queue, true), [Lane::Continued; 2]);
    }
}
