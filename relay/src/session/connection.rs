//! The state of one session, and its loop: takes what happened next, hands it to the verb or to
//! `live` and `req`, and starts over. Every kind of waiting has a bound; at a bound the session
//! stops reading its socket and nothing else.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use kith_nips::nip01::{ClientMessage, FilterLimits, MessageError};
use kith_nips::{Prefix, PublicKey, RelayMessage, SubscriptionId};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::auth::{self, Authenticated};
use super::leave::Ending;
use super::live::TooSlow;
use super::open::OpenSubscriptions;
use super::outbox::{Exchange, Outbox, exchange};
use super::pulse::{Beat, Pulse};
use super::rate::Allowance;
use super::{SessionContext, SessionLimits};
use crate::admit::Verdict;
use crate::refusal::Refusal;
use crate::store::{Page, Scan, StoreError};
use crate::subscriptions::{Delivery, Inbox, InboxLimits, SubscriptionKey};

/// Everything that one connection has.
pub(super) struct Session {
    pub(super) context: SessionContext,
    /// As they were at the last message.
    pub(super) limits: Arc<SessionLimits>,
    pub(super) outbox: Outbox,
    pub(super) inbox: Arc<Inbox>,
    pub(super) subscriptions: OpenSubscriptions,
    /// Keys that authenticated here.
    pub(super) keys: Arc<[PublicKey]>,
    pub(super) challenge: String,
    /// Whether the client was told the challenge.
    pub(super) challenged: bool,
    pub(super) allowance: Allowance,
    /// What the store and the signature workers are doing for this session.
    pub(super) work: FuturesUnordered<BoxFuture<'static, Done>>,
    pub(super) in_flight: InFlight,
    /// Begun answers whose next page was not asked for yet, in turn.
    pub(super) scans: VecDeque<(SubscriptionKey, Scan)>,
    /// New events that were held back for stored ones and may go now.
    pub(super) released: VecDeque<Delivery>,
    pulse: Pulse,
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

/// Work that is done.
pub(super) enum Done {
    /// An EVENT was judged; it had taken this many bytes.
    Event(Verdict, usize),
    /// The store has begun an answer.
    Begun(SubscriptionKey, Result<Scan, StoreError>),
    /// The store has read a page.
    Page(SubscriptionKey, Result<(Page, Option<Scan>), StoreError>),
    /// A COUNT has its answer.
    Counted(SubscriptionId, Result<Counted, StoreError>),
    /// An AUTH was checked.
    Authenticated(Authenticated),
}

/// The answer to a COUNT.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) count: u64,
    /// Registers for merging with other relays (NIP-45).
    pub(super) hll: Option<String>,
}

impl Session {
    pub(super) fn new(context: SessionContext) -> Self {
        let limits = Arc::clone(&context.limits.borrow());
        let inbox = Arc::new(Inbox::new(InboxLimits {
            events_max: limits.outbox_events_max,
            bytes_max: limits.outbox_bytes_max,
        }));
        Session {
            subscriptions: OpenSubscriptions::new(
                Arc::clone(&context.subscriptions),
                Arc::clone(&inbox),
            ),
            context,
            outbox: Outbox::default(),
            inbox,
            keys: Arc::new([]),
            challenge: auth::new_challenge(),
            challenged: false,
            allowance: Allowance::full(limits.events_per_second_max, Instant::now()),
            work: FuturesUnordered::new(),
            in_flight: InFlight::default(),
            scans: VecDeque::new(),
            released: VecDeque::new(),
            pulse: Pulse::new(Duration::from_millis(limits.ping_interval_ms)),
            limits,
        }
    }

    /// Serves the connection until there is a reason to end it.
    pub(super) async fn serve<S>(
        &mut self,
        socket: &mut WebSocketStream<S>,
        shutdown: &mut watch::Receiver<bool>,
    ) -> Ending
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        if self.context.admission.policy().authentication {
            self.challenge_once();
        }
        loop {
            if let Err(TooSlow) = self.fill_outbox() {
                return Ending::TooSlow;
            }
            let may_read = self.may_read();
            let ping_interval = Duration::from_millis(self.limits.ping_interval_ms);
            let ping_timeout = Duration::from_millis(self.limits.ping_timeout_ms);
            tokio::select! {
                biased;
                () = told_to_stop(shutdown) => return Ending::ShutDown,
                Some(done) = self.work.next() => self.finished(done),
                () = self.inbox.arrived() => {}
                exchanged = exchange(socket, &mut self.outbox, may_read) => match exchanged {
                    Exchange::Received(message) => {
                        self.pulse.heard();
                        if let Some(ending) = self.received(message) {
                            return ending;
                        }
                    }
                    Exchange::Room => {}
                    Exchange::Ended => return Ending::ClosedByClient,
                    Exchange::Failed(error) => return Ending::of(&error),
                },
                beat = self.pulse.beat(ping_interval, ping_timeout) => {
                    // While it is not listened to, a client that reads is there.
                    if !may_read && self.outbox.take_progress() {
                        self.pulse.heard();
                    } else if beat == Beat::Lost {
                        return Ending::Lost;
                    } else {
                        self.outbox.push(Message::Ping(bytes::Bytes::new()));
                    }
                }
            }
        }
    }

    /// Whether another message of the client may be taken on.
    fn may_read(&self) -> bool {
        let InFlight {
            events,
            event_bytes,
            queries,
            pages: _,
            authentication,
        } = self.in_flight;
        self.outbox.has_room()
            && !authentication
            && events < self.limits.events_in_flight_max
            && event_bytes < self.limits.events_in_flight_bytes_max
            && queries < self.limits.queries_in_flight_max
    }

    /// Takes one frame.
    fn received(&mut self, message: Message) -> Option<Ending> {
        match message {
            Message::Text(text) => return self.text(text.as_str()),
            Message::Binary(_) => self.notice("messages are text, this was binary"),
            // The WebSocket layer has queued the pong, or the echo of the close frame.
            Message::Ping(_) => self.outbox.flush_later(),
            Message::Close(_) => return Some(Ending::ClosedByClient),
            Message::Pong(_) | Message::Frame(_) => {}
        }
        None
    }

    fn text(&mut self, text: &str) -> Option<Ending> {
        self.limits = Arc::clone(&self.context.limits.borrow());
        let text = text.trim_ascii();
        if text.len() > self.limits.message_bytes_max {
            return Some(Ending::MessageTooLong);
        }
        let limits = FilterLimits {
            filters_per_request_max: self.limits.filters_per_request_max,
            filter_values_max: self.limits.filter_values_max,
        };
        match ClientMessage::parse(text, &limits) {
            Ok(ClientMessage::Event(json)) => self.event(json),
            Ok(ClientMessage::Req {
                subscription,
                filters,
            }) => self.req(&subscription, filters),
            Ok(ClientMessage::Count { query, filters }) => self.count(query, filters),
            Ok(ClientMessage::Close(subscription)) => self.close(subscription.as_str()),
            Ok(ClientMessage::Auth(json)) => self.auth(json),
            Err(MessageError::Notice(reason)) => self.outbox.say(&RelayMessage::Notice(&reason)),
            Err(MessageError::Closed {
                subscription,
                reason,
            }) => {
                self.close(&subscription);
                self.outbox.say(&RelayMessage::Closed {
                    subscription: &subscription,
                    message: &reason,
                });
            }
            Err(MessageError::Uncounted { query, reason }) => {
                self.outbox.say(&RelayMessage::Closed {
                    subscription: &query,
                    message: &reason,
                });
            }
        }
        None
    }

    /// Takes the result of work.
    pub(super) fn finished(&mut self, done: Done) {
        match done {
            Done::Event(verdict, bytes) => {
                self.in_flight.events -= 1;
                self.in_flight.event_bytes = self.in_flight.event_bytes.saturating_sub(bytes);
                self.answer(&verdict);
            }
            Done::Begun(key, scan) => {
                self.in_flight.queries -= 1;
                self.begun(key, scan);
            }
            Done::Page(key, page) => {
                self.in_flight.pages -= 1;
                self.page(key, page);
            }
            Done::Counted(query, counted) => {
                self.in_flight.queries -= 1;
                self.counted(&query, counted);
            }
            Done::Authenticated(authenticated) => {
                self.in_flight.authentication = false;
                self.authenticated(authenticated);
            }
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

/// Resolves when the relay stops, also when whoever would say so is gone.
async fn told_to_stop(shutdown: &mut watch::Receiver<bool>) {
    // An error means that the sender was dropped, which is the end as well.
    let _ = shutdown.wait_for(|stop| *stop).await;
}
