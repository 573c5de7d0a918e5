//! Live subscriptions of all connections: who is told of a new event.
//!
//! One dispatcher hands over what was committed, in commit order; a matching event is put into
//! the inbox of each session concerned and nothing waits for a slow one. Nothing here knows
//! sockets, messages or the store.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kith_nips::{Event, Filter};

use crate::clock::unix_now;
use crate::feed::{Committed, Feed};
use crate::store::Sequence;

mod inbox;
mod index;

pub use inbox::{Arrivals, Delivery, Inbox, InboxLimits, Offered};
use index::Index;

/// Sessions that are woken at the same time. Until then more can arrive for them, so that they
/// write it with one call.
const WOKEN_SESSIONS_MAX: usize = 2_048;

/// Names one live subscription among those of all connections. Never used twice, so that what was
/// on its way to a closed subscription cannot reach the one that replaced it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubscriptionKey(u64);

/// The registry of live subscriptions.
#[derive(Default)]
pub struct Subscriptions {
    registry: Mutex<Registry>,
}

#[derive(Default)]
struct Registry {
    last_key: u64,
    index: Index<SubscriptionKey>,
    inboxes: HashMap<SubscriptionKey, Arc<Inbox>>,
}

impl Subscriptions {
    /// An empty registry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a subscription: from now on every delivered event that matches one of `filters`
    /// arrives in `inbox`, once.
    pub fn subscribe(&self, inbox: &Arc<Inbox>, filters: Arc<[Filter]>) -> SubscriptionKey {
        let mut registry = self.lock();
        registry.last_key += 1;
        let key = SubscriptionKey(registry.last_key);
        registry.index.insert(key, filters);
        registry.inboxes.insert(key, Arc::clone(inbox));
        key
    }

    /// Closes a subscription. What is in the inbox already stays there, under a key that nobody
    /// has any more.
    pub fn unsubscribe(&self, key: SubscriptionKey) {
        let mut registry = self.lock();
        registry.index.remove(key);
        registry.inboxes.remove(&key);
    }

    /// Subscriptions that are open now, on all connections.
    pub fn len(&self) -> usize {
        self.lock().inboxes.len()
    }

    /// Whether nobody subscribes to anything.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tells the subscribers of committed events, in the given order. Called by one dispatcher.
    pub fn deliver(&self, batch: &[Committed]) {
        let now = unix_now();
        let mut woken = Vec::new();
        for committed in batch {
            let Committed {
                sequence,
                event,
                searchable,
            } = committed;
            // The lock is taken for each event, so that a long batch does not keep REQ waiting.
            self.lock()
                .tell(event, Some(*sequence), *searchable, now, &mut woken);
            if woken.len() >= WOKEN_SESSIONS_MAX {
                wake(&mut woken);
            }
        }
        wake(&mut woken);
    }

    /// Tells the subscribers of an event that is never stored, and gives the number of
    /// subscriptions that it reached (NIP-01).
    pub fn deliver_ephemeral(&self, event: &Arc<Event>) -> usize {
        let mut woken = Vec::new();
        let reached = self.lock().tell(event, None, true, unix_now(), &mut woken);
        wake(&mut woken);
        reached
    }

    /// The dispatcher: delivers what the store commits until the feed ends.
    pub async fn run(&self, mut feed: Feed) {
        while let Some(batch) = feed.next().await {
            self.deliver(&batch);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registry {
    /// Puts an event into the inboxes of its subscribers and gives their number. The sessions to
    /// be woken are added to `woken`.
    fn tell(
        &self,
        event: &Arc<Event>,
        sequence: Option<Sequence>,
        searchable: bool,
        now: u64,
        woken: &mut Vec<Arc<Inbox>>,
    ) -> usize {
        let mut reached = 0;
        for key in self.index.matching(event, searchable, now) {
            let Some(inbox) = self.inboxes.get(&key) else {
                continue;
            };
            let delivery = Delivery {
                subscription: key,
                sequence,
                event: Arc::clone(event),
            };
            let offered = inbox.offer(delivery, now);
            if matches!(offered, Offered::WaitsFirst | Offered::Overflowed) {
                woken.push(Arc::clone(inbox));
            }
            if matches!(offered, Offered::WaitsFirst | Offered::Waits) {
                reached += 1;
            }
        }
        reached
    }
}

fn wake(woken: &mut Vec<Arc<Inbox>>) {
    for inbox in woken.drain(..) {
        inbox.wake();
    }
}

impl fmt::Debug for Subscriptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Subscriptions")
            .field("open", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
