//! Signature checks on a small, fixed set of worker threads.
//!
//! A check costs tens of microseconds of pure computation, more than everything else that happens
//! to an event, so it never runs on the threads that serve sockets. Nothing here knows policy,
//! connections or the store.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use kith_nips::Event;
use kith_nips::nip01::{EventError, Verification};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// Events that may wait for a worker; further callers wait for a place.
const VERIFY_QUEUE_EVENTS_MAX: usize = 4_096;

/// Jobs that a worker takes at once, so that the queue is locked once for many of them.
const VERIFY_JOBS_AT_ONCE_MAX: usize = 4;

/// The check itself failed to run, or the event failed the check.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The id or the signature is wrong.
    #[error(transparent)]
    Wrong(#[from] EventError),
    /// The workers are gone; nothing is known about the event.
    #[error("no worker is left to check signatures")]
    Stopped,
}

/// A handle to the worker threads. They end when it is dropped.
#[derive(Debug)]
pub struct Verifier {
    queue: Arc<Queue>,
    places: Arc<Semaphore>,
}

impl Verifier {
    /// Starts `threads` workers; 0 takes one for each processor.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(threads: usize) -> std::io::Result<Self> {
        let threads = match threads {
            0 => thread::available_parallelism().map_or(1, |count| count.get()),
            count => count,
        };
        let verifier = Verifier {
            queue: Arc::new(Queue::default()),
            places: Arc::new(Semaphore::new(VERIFY_QUEUE_EVENTS_MAX)),
        };
        for number in 0..threads {
            let queue = Arc::clone(&verifier.queue);
            thread::Builder::new()
                .name(format!("verify-{number}"))
                .spawn(move || work(&queue, threads))?;
        }
        Ok(verifier)
    }

    /// Checks the id and the signature of `event`, waiting for a place in the queue first.
    ///
    /// # Errors
    /// [`VerifyError::Wrong`] when the event is not what its author signed, and
    /// [`VerifyError::Stopped`] when it could not be checked.
    pub async fn verify(&self, event: Arc<Event>) -> Result<(), VerifyError> {
        let mut verified = self.verify_all(vec![event]).await?;
        verified.pop().ok_or(VerifyError::Stopped)??;
        Ok(())
    }

    /// Checks some events one after the other and says of each, in their order, what is wrong with
    /// it. Few are best: no second worker helps with them.
    ///
    /// # Errors
    /// [`VerifyError::Stopped`] when they could not be checked.
    pub async fn verify_all(&self, events: Vec<Arc<Event>>) -> Result<Verified, VerifyError> {
        let places = events.len().min(VERIFY_QUEUE_EVENTS_MAX);
        let places = Arc::clone(&self.places)
            .acquire_many_owned(u32::try_from(places).unwrap_or(u32::MAX))
            .await
            .map_err(|_| VerifyError::Stopped)?;
        let (answer, answered) = oneshot::channel();
        self.queue.push(Job {
            events,
            answer,
            _places: places,
        });
        answered.await.map_err(|_| VerifyError::Stopped)
    }
}

impl Drop for Verifier {
    fn drop(&mut self) {
        self.queue.stop();
    }
}

/// What is wrong with each of several events, in their order.
pub type Verified = Vec<Result<(), EventError>>;

#[derive(Debug)]
struct Job {
    events: Vec<Arc<Event>>,
    answer: oneshot::Sender<Verified>,
    /// Given back when the job is done.
    _places: OwnedSemaphorePermit,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    stopped: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Without workers the job is dropped, which tells its caller.
    fn push(&self, job: Job) {
        let mut waiting = self.lock();
        if !waiting.stopped {
            waiting.jobs.push_back(job);
            drop(waiting);
            self.arrived.notify_one();
        }
    }

    fn stop(&self) {
        let mut waiting = self.lock();
        waiting.stopped = true;
        waiting.jobs.clear();
        drop(waiting);
        self.arrived.notify_all();
    }

    /// The next jobs for one of `threads` workers; `None` when the verifier was dropped. A worker
    /// takes only its share, so that few waiting jobs are spread over all workers.
    fn take(&self, threads: usize) -> Option<Vec<Job>> {
        let mut waiting = self
            .arrived
            .wait_while(self.lock(), |waiting| {
                waiting.jobs.is_empty() && !waiting.stopped
            })
            .unwrap_or_else(PoisonError::into_inner);
        if waiting.stopped {
            return None;
        }
        let share = waiting
            .jobs
            .len()
            .div_ceil(threads)
            .min(VERIFY_JOBS_AT_ONCE_MAX);
        Some(waiting.jobs.drain(..share).collect())
    }
}

/// A worker on its way out. One that fails takes the others with it: events are refused aloud then,
/// instead of waiting for ever.
struct Leaving<'a>(&'a Queue);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

fn work(queue: &Queue, threads: usize) {
    let _leaving = Leaving(queue);
    let mut verification = Verification::default();
    while let Some(jobs) = queue.take(threads) {
        for job in jobs {
            // Whoever asked may be gone by now; then nobody needs the answer.
            if !job.answer.is_closed() {
                let events = job.events.iter();
                let verified = events.map(|event| verification.verify(event)).collect();
                let _ = job.answer.send(verified);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::fake_store::{ALICE, event};

    fn forged() -> Arc<Event> {
        let good = event(ALICE, 1, &[], "mine");
        let other = event(ALICE, 1, &[], "other");
        let json = good
            .json()
            .replace(&good.sig().to_hex(), &other.sig().to_hex());
        Arc::new(Event::parse(&json).unwrap())
    }

    #[tokio::test]
    async fn nip01_30_signatures_are_told_apart() {
        let verifier = Verifier::start(2).unwrap();
        let good = event(ALICE, 1, &[], "mine");
        for _ in 0..100 {
            let (good, bad) = tokio::join!(
                verifier.verify(Arc::clone(&good)),
                verifier.verify(forged())
            );
            assert!(good.is_ok());
            assert!(matches!(
                bad,
                Err(VerifyError::Wrong(EventError::WrongSignature))
            ));
        }
    }

    #[tokio::test]
    async fn without_workers_nothing_passes() {
        let verifier = Verifier::start(1).unwrap();
        drop(Leaving(&verifier.queue));
        let answer = verifier.verify(event(ALICE, 1, &[], "")).await;
        assert!(matches!(answer, Err(VerifyError::Stopped)));
    }
}
