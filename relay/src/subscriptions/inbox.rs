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
    Events(VecDeque<Delivery>),
    /// The session read too slowly and events were lost: it must end.
    Overflowed,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// It waits behind others.
    Waits,
    /// It waits, and nothing waited before: the session is to be woken.
    WaitsFirst,
    /// The connection may not read it, or reads nothing any more.
    Refused,
    /// It was one too many: the session is to be woken, and will end.
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

    /// Puts an event into the queue, if the connection may read it and the queue did not overflow.
    /// [`Inbox::wake`] is left to the caller, who may have more for the same session.
    pub fn offer(&self, delivery: Delivery, now: u64) -> Offered {
        let mut state = self.lock();
        if state.overflowed || !state.reader.may_read(&delivery.event, now) {
            return Offered::Refused;
        }
        let bytes = state.waiting_bytes + delivery.event.json().len();
        if state.waiting.len() >= self.limits.events_max || bytes > self.limits.bytes_max {
            state.overflowed = true;
            state.waiting = VecDeque::new();
            state.waiting_bytes = 0;
            return Offered::Overflowed;
        }
        let offered = match state.waiting.is_empty() {
            true => Offered::WaitsFirst,
            false => Offered::Waits,
        };
        state.waiting_bytes = bytes;
        state.waiting.push_back(delivery);
        offered
    }

    /// Tells the session that something waits.
    pub fn wake(&self) {
        self.arrived.notify_one();
    }

    /// Takes the oldest deliveries: at least one if any waits, then as many as fit in
    /// `bytes_max`.
    pub fn take(&self, bytes_max: usize) -> Arrivals {
        let mut state = self.lock();
        if state.overflowed {
            return Arrivals::Overflowed;
        }
        // Mostly everything fits, and an empty queue keeps no memory.
        if state.waiting_bytes <= bytes_max {
            state.waiting_bytes = 0;
            return Arrivals::Events(std::mem::take(&mut state.waiting));
        }
        let mut taken = VecDeque::new();
        let mut taken_bytes = 0;
        while taken_bytes < bytes_max {
            let Some(delivery) = state.waiting.pop_front() else {
                break;
            };
            taken_bytes += delivery.event.json().len();
            taken.push_back(delivery);
        }
        state.waiting_bytes = state.waiting_bytes.saturating_sub(taken_bytes);
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
