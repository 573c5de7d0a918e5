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

pub use inbox::{Arrivals, Delivery, Inbox, InboxLimits};
use index::Index;

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
        for committed in batch {
            // The lock is taken for each event, so that a long batch does not keep REQ waiting.
            self.lock().offer(committed, now);
        }
    }

    /// Tells the subscribers of an event that is never stored, and gives the number of
    /// subscriptions that it reached (NIP-01).
    pub fn deliver_ephemeral(&self, event: &Arc<Event>) -> usize {
        self.lock().tell(event, None, true, unix_now())
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
    fn offer(&self, committed: &Committed, now: u64) -> usize {
        let Committed {
            sequence,
            event,
            searchable,
        } = committed;
        self.tell(event, Some(*sequence), *searchable, now)
    }

    fn tell(
        &self,
        event: &Arc<Event>,
        sequence: Option<Sequence>,
        searchable: bool,
        now: u64,
    ) -> usize {
        self.index
            .matching(event, searchable)
            .into_iter()
            .filter_map(|key| Some((key, self.inboxes.get(&key)?)))
            .filter(|(key, inbox)| {
                let delivery = Delivery {
                    subscription: *key,
                    sequence,
                    event: Arc::clone(event),
                };
                inbox.offer(delivery, now)
            })
            .count()
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
