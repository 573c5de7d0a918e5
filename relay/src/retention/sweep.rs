//! Reading and removing, within bounds and with rests.

use std::sync::Arc;

use kith_nips::{Event, EventId, Filter};
use tokio::time::{Duration, Instant, sleep};

use crate::store::{Scan, ScanOptions, Store, StoreError};

/// Most events that one run takes off.
pub(super) const REMOVALS_PER_RUN_MAX: usize = 50_000;

/// Events that are taken off between two rests. Each is a commit of its own.
const REMOVALS_AT_ONCE: usize = 16;
/// A rest takes so many times as long as the removals before it …
const RESTS_PER_WORK: u32 = 3;
/// … and at most this many milliseconds.
const REST_MS_MAX: u64 = 1_000;

/// One run's dealings with the store.
pub(super) struct Sweep<'a> {
    pub(super) store: &'a dyn Store,
    /// Whether events are only counted.
    counts: bool,
    removals_left: usize,
    is_cut: bool,
    since_rest: usize,
    rested: Instant,
}

/// Whether an event was taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Removal {
    /// It was.
    Removed,
    /// It was gone already, replaced for example.
    Gone,
    /// It was not: the run has taken off as much as it may.
    NotNow,
}

/// An answer that is read page by page.
pub(super) struct Pages<'a> {
    store: &'a dyn Store,
    rest: Option<Scan>,
}

impl<'a> Sweep<'a> {
    /// Takes off so many events at most.
    pub(super) fn new(store: &'a dyn Store, removals_max: usize) -> Self {
        Sweep {
            store,
            counts: false,
            removals_left: removals_max,
            is_cut: false,
            since_rest: 0,
            rested: Instant::now(),
        }
    }

    /// Takes nothing off, and says that it did.
    pub(super) fn counting(store: &'a dyn Store) -> Self {
        Sweep {
            counts: true,
            ..Sweep::new(store, usize::MAX)
        }
    }

    /// Whether something was left for the next run.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Begins to read what is stored, expired or not. Reading takes no longer than the store gives to
    /// others' long answers: it is cut into slices, and rests while somebody asks.
    pub(super) async fn pages(
        &self,
        filters: Vec<Filter>,
        options: ScanOptions,
    ) -> Result<Pages<'a>, StoreError> {
        let scan = self.store.scan(filters.into(), options).await?;
        Ok(Pages {
            store: self.store,
            rest: Some(scan),
        })
    }

    /// Takes an event off, after a rest if it is time for one.
    pub(super) async fn remove(&mut self, id: EventId) -> Result<Removal, StoreError> {
        if self.counts {
            return Ok(Removal::Removed);
        }
        if self.removals_left == 0 {
            self.is_cut = true;
            return Ok(Removal::NotNow);
        }
        if self.since_rest >= REMOVALS_AT_ONCE {
            let worked = self.rested.elapsed().saturating_mul(RESTS_PER_WORK);
            sleep(worked.min(Duration::from_millis(REST_MS_MAX))).await;
            self.since_rest = 0;
        }
        if self.since_rest == 0 {
            self.rested = Instant::now();
        }
        self.since_rest += 1;
        match self.store.remove(id).await? {
            true => {
                self.removals_left -= 1;
                Ok(Removal::Removed)
            }
            false => Ok(Removal::Gone),
        }
    }
}

impl Pages<'_> {
    /// The next events; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Arc<Event>>>, StoreError> {
        let Some(scan) = self.rest.take() else {
            return Ok(None);
        };
        let (page, rest) = self.store.next_page(scan).await?;
        self.rest = rest;
        Ok(Some(page.events))
    }
}
