//! The subscriptions that are open on one connection, and what each has reached: stored events
//! first, then everything new, with nothing lost or repeated in between (NIP-01).

use std::collections::VecDeque;
use std::sync::Arc;

use kith_nips::{Filter, SubscriptionId};

use super::SessionLimits;
use crate::store::Sequence;
use crate::subscriptions::{Delivery, Inbox, SubscriptionKey, Subscriptions};

/// The open subscriptions. Dropping it closes them in the registry.
///
/// Most connections have very few, so a list costs them less than a map by id and one by key. A
/// name is looked for only by messages of the client.
#[derive(Debug)]
pub(super) struct OpenSubscriptions {
    registry: Arc<Subscriptions>,
    inbox: Arc<Inbox>,
    /// In the order of their keys, which is the order in which they were opened.
    open: Vec<OpenSubscription>,
}

/// One open subscription.
#[derive(Debug)]
struct OpenSubscription {
    key: SubscriptionKey,
    id: SubscriptionId,
    /// The stored answer covers the log up to here; unknown until the store has begun.
    upto: Option<Sequence>,
    /// New events that wait until the stored ones are sent; none once they are.
    held: Option<Box<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    deliveries: VecDeque<Delivery>,
    bytes: usize,
}

/// What to do with a delivery.
#[derive(Debug)]
pub(super) enum Route {
    /// Send it under this id.
    Send(SubscriptionId, Delivery),
    /// Nothing: it is held back, was in the stored answer, or its subscription is closed.
    Done,
    /// The subscription holds back more than it may: close it.
    Overflowed(SubscriptionKey),
}

impl OpenSubscriptions {
    pub(super) fn new(registry: Arc<Subscriptions>, inbox: Arc<Inbox>) -> Self {
        OpenSubscriptions {
            registry,
            inbox,
            open: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// Opens a subscription, in place of the one that had this id. New events are held back for
    /// it from now on.
    pub(super) fn open(&mut self, id: &SubscriptionId, filters: Arc<[Filter]>) -> SubscriptionKey {
        self.close(id.as_str());
        let key = self.registry.subscribe(&self.inbox, filters);
        if self.open.is_empty() {
            // Many clients never open another.
            self.open.reserve_exact(1);
        }
        self.open.push(OpenSubscription {
            key,
            id: id.clone(),
            upto: None,
            held: Some(Box::default()),
        });
        key
    }

    /// The key under which `id` is open.
    pub(super) fn key(&self, id: &str) -> Option<SubscriptionKey> {
        let open = self.open.iter().find(|open| open.id.as_str() == id)?;
        Some(open.key)
    }

    /// The id of an open subscription.
    pub(super) fn id(&self, key: SubscriptionKey) -> Option<&SubscriptionId> {
        self.place(key)
            .and_then(|place| self.open.get(place))
            .map(|open| &open.id)
    }

    /// Closes a subscription by the client's name for it.
    pub(super) fn close(&mut self, id: &str) -> Option<SubscriptionKey> {
        let key = self.key(id)?;
        self.close_key(key);
        Some(key)
    }

    /// Closes a subscription.
    pub(super) fn close_key(&mut self, key: SubscriptionKey) -> Option<SubscriptionId> {
        let open = self.open.remove(self.place(key)?);
        self.registry.unsubscribe(key);
        Some(open.id)
    }

    /// Closes all and gives their names.
    pub(super) fn close_all(&mut self) -> Vec<SubscriptionId> {
        std::mem::take(&mut self.open)
            .into_iter()
            .map(|open| {
                self.registry.unsubscribe(open.key);
                open.id
            })
            .collect()
    }

    /// The stored answer has begun and covers the log up to `upto`.
    pub(super) fn covers(&mut self, key: SubscriptionKey, upto: Sequence) {
        if let Some(open) = self.get_mut(key) {
            open.upto = Some(upto);
            if let Some(held) = &mut open.held {
                held.deliveries.retain(|delivery| is_new(delivery, upto));
                held.bytes = held.deliveries.iter().map(bytes).sum();
            }
        }
    }

    /// The stored answer is complete: gives its id for EOSE, and what was held back, which goes
    /// through [`OpenSubscriptions::route`] again. Nothing if it was closed meanwhile.
    pub(super) fn completed(
        &mut self,
        key: SubscriptionKey,
    ) -> Option<(SubscriptionId, VecDeque<Delivery>)> {
        let open = self.get_mut(key)?;
        let held = open.held.take().unwrap_or_default();
        Some((open.id.clone(), held.deliveries))
    }

    /// Decides about one delivery.
    pub(super) fn route(&mut self, delivery: Delivery, limits: &SessionLimits) -> Route {
        let key = delivery.subscription;
        let Some(open) = self.get_mut(key) else {
            return Route::Done;
        };
        // Without a beginning of the stored answer it is not known yet whether this is in it.
        if open.upto.is_some_and(|upto| !is_new(&delivery, upto)) {
            return Route::Done;
        }
        let Some(held) = &mut open.held else {
            return Route::Send(open.id.clone(), delivery);
        };
        held.bytes += bytes(&delivery);
        held.deliveries.push_back(delivery);
        if held.bytes > limits.held_bytes_max || held.deliveries.len() > limits.held_events_max {
            return Route::Overflowed(key);
        }
        Route::Done
    }

    fn place(&self, key: SubscriptionKey) -> Option<usize> {
        self.open.binary_search_by_key(&key, |open| open.key).ok()
    }

    fn get_mut(&mut self, key: SubscriptionKey) -> Option<&mut OpenSubscription> {
        let place = self.place(key)?;
        self.open.get_mut(place)
    }
}

impl Drop for OpenSubscriptions {
    fn drop(&mut self) {
        self.close_all();
    }
}

/// Ephemeral events are in no log, so never in a stored answer.
fn is_new(delivery: &Delivery, upto: Sequence) -> bool {
    delivery.sequence.is_none_or(|sequence| sequence > upto)
}

fn bytes(delivery: &Delivery) -> usize {
    delivery.event.json().len()
}
