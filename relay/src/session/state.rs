//! Everything that one connection has, and the work that is under way for it. Knows no socket.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use kith_nips::{Event, EventId, Filter, Prefix, PublicKey, RelayMessage, SubscriptionId};

use super::challenge::new_challenge;
use super::comparisons::{CompareError, Compared, ComparisonKey, Comparisons};
use super::open::OpenSubscriptions;
use super::outbox::Outbox;
use super::pulse::Pulse;
use super::rate::Allowance;
use super::{SessionContext, SessionLimits};
use crate::admit::Verdict;
use crate::gate::Reader;
use crate::management::ManagementError;
use crate::management::membership::Invitation;
use crate::refusal::Refusal;
use crate::store::{Page, Scan, StoreError};
use crate::subscriptions::{Delivery, Inbox, InboxLimits, SubscriptionKey};
use crate::verify::VerifyError;

/// Everything that one connection has.
pub(super) struct Session {
    pub(super) context: SessionContext,
    /// As they were at the last message.
    pub(super) limits: Arc<SessionLimits>,
    pub(super) outbox: Outbox,
    pub(super) inbox: Arc<Inbox>,
    pub(super) subscriptions: OpenSubscriptions,
    pub(super) comparisons: Comparisons,
    /// What this client may see, by the keys that authenticated here.
    pub(super) reader: Reader,
    pub(super) challenge: String,
    /// Whether the client was told the challenge.
    pub(super) challenged: bool,
    pub(super) allowance: Allowance,
    /// What the store and the signature workers are doing for this session.
    pub(super) work: FuturesUnordered<BoxFuture<'static, Done>>,
    pub(super) in_flight: InFlight,
    pub(super) arrived: Arrived,
    /// Begun answers whose next page was not asked for yet, in turn.
    pub(super) scans: VecDeque<(SubscriptionKey, Scan)>,
    /// New events that were held back for stored ones and may go now.
    pub(super) released: VecDeque<Delivery>,
    pub(super) pulse: Pulse,
}

/// How much of each kind of work has been begun.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    pub(super) events: usize,
    pub(super) event_bytes: usize,
    pub(super) queries: usize,
    pub(super) pages: usize,
    /// An AUTH is checked: what follows it waits, because its meaning may depend on it.
    pub(super) authentication: bool,
}

/// Events that were read together and have not set out.
#[derive(Debug, Default)]
pub(super) struct Arrived {
    pub(super) events: Vec<Arc<Event>>,
    pub(super) bytes: usize,
}

/// Work that is done.
pub(super) enum Done {
    /// Events were judged; they had taken this many bytes together.
    Events(Vec<Verdict>, usize),
    /// An invite code was asked for, by these filters.
    Invited(
        SubscriptionKey,
        Arc<[Filter]>,
        Result<Invitation, ManagementError>,
    ),
    /// The store has begun an answer.
    Begun(SubscriptionKey, Result<Scan, StoreError>),
    /// The store has read a page.
    Page(SubscriptionKey, Result<(Page, Option<Scan>), StoreError>),
    /// A COUNT has its answer.
    Counted(SubscriptionId, Result<Counted, StoreError>),
    /// An AUTH was checked.
    Authenticated(Authenticated),
    /// A message about sets has its answer.
    Compared(ComparisonKey, Result<Compared, CompareError>),
}

/// The answer to a COUNT.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) count: u64,
    /// Registers for merging with other relays (NIP-45).
    pub(super) hll: Option<String>,
}

/// The result of an AUTH whose signature was checked.
#[derive(Debug)]
pub(super) struct Authenticated {
    pub(super) id: EventId,
    pub(super) key: PublicKey,
    pub(super) verified: Result<(), VerifyError>,
}

impl Session {
    pub(super) fn new(context: SessionContext) -> Self {
        let limits = Arc::clone(&context.limits.borrow());
        let reader = context.gate.reader([]);
        let inbox_limits = InboxLimits {
            events_max: limits.outbox_events_max,
            bytes_max: limits.outbox_bytes_max,
        };
        let inbox = Arc::new(Inbox::new(inbox_limits, reader.clone()));
        Session {
            subscriptions: OpenSubscriptions::new(
                Arc::clone(&context.subscriptions),
                Arc::clone(&inbox),
            ),
            context,
            outbox: Outbox::default(),
            inbox,
            comparisons: Comparisons::default(),
            reader,
            challenge: new_challenge(),
            challenged: false,
            allowance: Allowance::full(limits.events_per_second_max, Instant::now()),
            work: FuturesUnordered::new(),
            in_flight: InFlight::default(),
            arrived: Arrived::default(),
            scans: VecDeque::new(),
            released: VecDeque::new(),
            pulse: Pulse::new(Duration::from_millis(limits.ping_interval_ms)),
            limits,
        }
    }

    /// A NOTICE about something that has no id to answer to.
    pub(super) fn notice(&mut self, reason: &str) {
        let text = format!("{}: {reason}", Prefix::Invalid);
        self.outbox.say(&RelayMessage::Notice(&text));
    }

    /// Refuses a REQ or COUNT. Exactly one CLOSED is the whole answer.
    pub(super) fn refuse(&mut self, id: &SubscriptionId, refusal: &Refusal) {
        if refusal.prefix == Prefix::AuthRequired {
            self.challenge_once();
        }
        self.outbox.say(&RelayMessage::Closed {
            subscription: id.as_str(),
            message: &refusal.to_string(),
        });
    }
}
