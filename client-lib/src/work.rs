//! The work that relays want of each note (NIP-13), done before it is signed: beside the threads that
//! serve sockets, bounded in difficulty, and ended with whoever waits for it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use kith_nips::nip01::Draft;
use kith_nips::nip13::{Work, WorkError};
use kith_nips::{Kind, PublicKey};

use crate::kith::Kith;
use crate::publish::PublishError;

/// The most zero bits that are looked for, unless [`crate::KithBuilder::work_bits_max`] says otherwise:
/// a minute or so.
pub const WORK_BITS_MAX_DEFAULT: u8 = 24;

/// Numbers that are tried before the time is looked at again.
const NUMBERS_AT_ONCE: u32 = 1 << 16;

/// How far work has come.
///
/// ```no_run
/// use std::sync::Arc;
/// use kith_client::{Kith, WorkProgress};
///
/// let builder = Kith::builder().on_work(Arc::new(|progress: WorkProgress| {
///     eprintln!("{} tried, about {} are needed", progress.tried, progress.expected());
/// }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkProgress {
    /// Zero bits that are looked for.
    pub bits: u8,
    /// Numbers that were tried.
    pub tried: u64,
}

impl WorkProgress {
    /// So many numbers were tried for so many zero bits.
    pub fn new(bits: u8, tried: u64) -> WorkProgress {
        WorkProgress { bits, tried }
    }

    /// How many numbers have to be tried on average.
    pub fn expected(&self) -> u64 {
        1_u64.checked_shl(self.bits.into()).unwrap_or(u64::MAX)
    }
}

/// Is told now and then how far work has come; it must not wait for anything.
pub type ShowWork = Arc<dyn Fn(WorkProgress) + Send + Sync>;

/// How much work is done.
#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) bits_max: u8,
    pub(crate) show: Option<ShowWork>,
}

impl Default for Worker {
    fn default() -> Worker {
        Worker {
            bits_max: WORK_BITS_MAX_DEFAULT,
            show: None,
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("bits_max", &self.bits_max)
            .finish_non_exhaustive()
    }
}

/// Ends the work when nobody waits for it any more.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Kith {
    /// The draft with the work that the relays of the set want, as far as it is not more than the bound:
    /// a relay that wants more refuses the note, or is not asked.
    pub(crate) async fn worked(
        &self,
        draft: &Draft,
        author: PublicKey,
    ) -> Result<Draft, PublishError> {
        let bits = match is_for_relays(draft.kind) {
            true => self.wanted_bits().await,
            false => 0,
        };
        if bits == 0 {
            return Ok(draft.clone());
        }
        let work = Work::new(draft, author, bits.into())?;
        let is_over = Arc::new(AtomicBool::new(false));
        let _waiting = Waiting(Arc::clone(&is_over));
        let (worker, now) = (self.worker().clone(), self.clock());
        let working =
            tokio::task::spawn_blocking(move || work_until(work, bits, &worker, now, &is_over));
        let worked = working.await;
        let worked = worked.map_err(|error| PublishError::Work(error.to_string()))??;
        worked.ok_or_else(|| PublishError::Work("it was stopped".to_owned()))
    }

    /// The most that a connected relay of the set wants and that is not too much.
    async fn wanted_bits(&self) -> u8 {
        let links = self.links().iter().filter(|link| link.is_connected());
        let announced = join_all(links.map(|link| self.announced(link))).await;
        let wanted = announced.iter().filter_map(|announced| {
            let bits = announced.limits.min_pow_difficulty?;
            u8::try_from(bits).ok()
        });
        let bits_max = self.worker().bits_max;
        wanted.filter(|bits| *bits <= bits_max).max().unwrap_or(0)
    }
}

/// What says who somebody is, is stored nowhere (NIP-42, NIP-98).
fn is_for_relays(kind: Kind) -> bool {
    !matches!(kind, Kind::AUTHENTICATION | Kind::HTTP_AUTH)
}

/// `None` when it was ended.
fn work_until(
    mut work: Work,
    bits: u8,
    worker: &Worker,
    now: fn() -> u64,
    is_over: &AtomicBool,
) -> Result<Option<Draft>, WorkError> {
    while !is_over.load(Ordering::Relaxed) {
        if let Some(worked) = work.try_some(NUMBERS_AT_ONCE, now())? {
            return Ok(Some(worked));
        }
        if let Some(show) = &worker.show {
            show(WorkProgress::new(bits, work.tried()));
        }
    }
    Ok(None)
}
