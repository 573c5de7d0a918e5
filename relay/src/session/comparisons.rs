//! The comparisons of sets that are open on one connection (NIP-77). Their ids have nothing to do
//! with those of subscriptions.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{AbortHandle, AbortRegistration};
use kith_nips::SubscriptionId;
use tokio::time::{Instant, sleep_until};

use crate::reconcile::{ReconcileError, RecordBounds, RecordSet, TooMany};
use crate::store::StoreError;

/// Names one comparison for as long as the connection lasts, also when its id is used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ComparisonKey(u64);

/// An answer, with the set that the next one is found in.
pub(super) type Compared = (Arc<RecordSet>, Vec<u8>);

/// Why a comparison ends without an answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum CompareError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("more records than the relay compares")]
    TooMany(TooMany, RecordBounds),
    #[error(transparent)]
    Reconcile(#[from] ReconcileError),
    #[error("the comparison was closed")]
    Closed,
}

/// The open comparisons by id.
#[derive(Debug, Default)]
pub(super) struct Comparisons {
    last_key: u64,
    open: HashMap<SubscriptionId, Comparison>,
}

#[derive(Debug)]
struct Comparison {
    key: ComparisonKey,
    turn: Turn,
}

/// Whose turn it is.
#[derive(Debug)]
enum Turn {
    /// The relay is working on an answer.
    Relay { _until_dropped: Work },
    /// The client was answered then.
    Client(Arc<RecordSet>, Instant),
}

/// Work that ends when nobody wants its result.
#[derive(Debug)]
struct Work(AbortHandle);

impl Drop for Work {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What there is to answer a client's message from.
#[derive(Debug)]
pub(super) enum Taken {
    /// This set; the work is to be done under this key.
    Set(ComparisonKey, Arc<RecordSet>, AbortRegistration),
    /// The last message has not been answered yet.
    Busy,
    /// Nothing is open under this id.
    Unknown,
}

impl Comparisons {
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// Opens a comparison in place of the one that had this id. It is the relay's turn.
    pub(super) fn open(&mut self, id: &SubscriptionId) -> (ComparisonKey, AbortRegistration) {
        let (handle, registration) = AbortHandle::new_pair();
        self.last_key += 1;
        let key = ComparisonKey(self.last_key);
        let comparison = Comparison {
            key,
            turn: Turn::work(handle),
        };
        self.open.insert(id.clone(), comparison);
        (key, registration)
    }

    /// The client has sent a message: makes it the relay's turn.
    pub(super) fn take(&mut self, id: &SubscriptionId) -> Taken {
        let Some(comparison) = self.open.get_mut(id) else {
            return Taken::Unknown;
        };
        let Turn::Client(set, _) = &comparison.turn else {
            return Taken::Busy;
        };
        let set = Arc::clone(set);
        let (handle, registration) = AbortHandle::new_pair();
        comparison.turn = Turn::work(handle);
        Taken::Set(comparison.key, set, registration)
    }

    /// The id of a comparison, unless it was closed meanwhile.
    pub(super) fn id(&self, key: ComparisonKey) -> Option<SubscriptionId> {
        let mut open = self.open.iter();
        let (id, _) = open.find(|(_, comparison)| comparison.key == key)?;
        Some(id.clone())
    }

    /// The answer is there: makes it the client's turn.
    pub(super) fn answered(&mut self, id: &SubscriptionId, set: Arc<RecordSet>) {
        if let Some(comparison) = self.open.get_mut(id) {
            comparison.turn = Turn::Client(set, Instant::now());
        }
    }

    /// Closes a comparison, if it is open.
    pub(super) fn close(&mut self, id: &str) {
        self.open.remove(id);
    }

    /// Closes all and gives their ids.
    pub(super) fn close_all(&mut self) -> Vec<SubscriptionId> {
        self.open.drain().map(|(id, _)| id).collect()
    }

    /// Resolves when a client has let a comparison wait for longer than `idle`. Safe to drop at
    /// any time.
    pub(super) async fn idle(&self, idle: Duration) {
        let waiting = self.open.values().filter_map(Comparison::waiting_since);
        match waiting.min() {
            // Boxed, because few connections ever compare anything.
            Some(since) => Box::pin(sleep_until(since + idle)).await,
            None => std::future::pending().await,
        }
    }

    /// Closes what the client has let wait for longer than `idle`, and gives the ids.
    pub(super) fn close_idle(&mut self, idle: Duration) -> Vec<SubscriptionId> {
        let now = Instant::now();
        let is_idle = |_: &SubscriptionId, comparison: &mut Comparison| {
            comparison
                .waiting_since()
                .is_some_and(|since| since + idle <= now)
        };
        self.open.extract_if(is_idle).map(|(id, _)| id).collect()
    }
}

impl Turn {
    fn work(handle: AbortHandle) -> Self {
        Turn::Relay {
            _until_dropped: Work(handle),
        }
    }
}

impl Comparison {
    fn waiting_since(&self) -> Option<Instant> {
        match &self.turn {
            Turn::Relay { .. } => None,
            Turn::Client(_, since) => Some(*since),
        }
    }
}
