//! What waits for one session: new events that matched its subscriptions, within bounds.
//!
//! Written by deliveries, read by the session. When the reader is too slow the inbox gives up
//! instead of growing or of making others wait.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kith_nips::Event;
use tokio::sync::Notify;

use super::SubscriptionKey;
use crate::gate::Reader;
use crate::store::Sequence;

/// How much may wait in an [`Inbox`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxLimits {
    /// Events that may wait.
    pub events_max: usize,
    /// JSON text of the waiting events, in bytes.
    pub bytes_max: usize,
}

/// One event on its way to one subscription.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// For which subscription.
    pub subscription: SubscriptionKey,
    /// Where the event is in the log; `None` for ephemeral events, which are in no log.
    pub sequence: Option<Sequence>,
    /// The event, shared by all its receivers.
    pub event: Arc<Event>,
}

/// What a session takes from its [`Inbox`].
#[derive(Debug)]
pub enum Arrivals {
    /// The oldest deliveries, in order. Empty when nothing waits.
    Events(Vec<Delivery>),
    /// The session read too slowly and events were lost: it must end.
    Overflowed,
}

/// The bounded queue in front of one session.
#[derive(Debug)]
pub struct Inbox {
    limits: InboxLimits,
    state: Mutex<State>,
    arrived: Notify,
}

#[derive(Debug)]
struct State {
    waiting: VecDeque<Delivery>,
    waiting_bytes: usize,
    overflowed: bool,
    reader: Reader,
}

impl Inbox {
    /// An empty inbox of a connection that may see what `reader` may.
    pub fn new(limits: InboxLimits, reader: Reader) -> Self {
        Inbox {
            limits,
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                waiting_bytes: 0,
                overflowed: false,
                reader,
            }),
            arrived: Notify::new(),
        }
    }

    /// Somebody authenticated on the connection: private events for them arrive from now on
    /// (NIP-42).
    pub fn set_reader(&self, reader: Reader) {
        self.lock().reader = reader;
    }

    /// Puts an event into the queue and tells whether it was taken: not if the connection may not
    /// read it, and not after an overflow.
    pub fn offer(&self, delivery: Delivery, now: u64) -> bool {
        let mut state = self.lock();
        if state.overflowed || !state.reader.may_read(&delivery.event, now) {
            return false;
        }
        let was_empty = state.waiting.is_empty();
        let bytes = state.waiting_bytes + delivery.event.json().len();
        if state.waiting.len() >= self.limits.events_max || bytes > self.limits.bytes_max {
            state.overflowed = true;
            state.waiting = VecDeque::new();
            state.waiting_bytes = 0;
            drop(state);
            self.arrived.notify_one();
            return false;
        }
        state.waiting_bytes = bytes;
        state.waiting.push_back(delivery);
        drop(state);
        if was_empty {
            self.arrived.notify_one();
        }
        true
    }

    /// Takes the oldest deliveries: at least one if any waits, then as many as fit in
    /// `bytes_max`.
    pub fn take(&self, bytes_max: usize) -> Arrivals {
        let mut state = self.lock();
        if state.overflowed {
            return Arrivals::Overflowed;
        }
        let mut taken = Vec::new();
        let mut taken_bytes = 0;
        while taken_bytes < bytes_max {
            let Some(delivery) = state.waiting.pop_front() else {
                state.waiting_bytes = 0;
                break;
            };
            let bytes = delivery.event.json().len();
            taken_bytes += bytes;
            state.waiting_bytes = state.waiting_bytes.saturating_sub(bytes);
            taken.push(delivery);
        }
        Arrivals::Events(taken)
    }

    /// Resolves when something arrived since the queue was last empty, or when it overflowed.
    /// A reader that leaves deliveries waiting must come back without being told.
    pub async fn arrived(&self) {
        self.arrived.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
