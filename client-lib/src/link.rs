//! One relay: its connection, its authentication, one question and its answer. Knows nothing of
//! communities, and nothing of the other relays.
//!
//! `nostr-sdk` keeps the connection, verifies signatures and reconnects. Its own fetching reports a
//! timeout, a lost connection and a finished answer alike, and a list must never be rewritten from
//! an answer that was cut short; so questions are asked here, and only EOSE ends one well.

mod authentication;
mod counting;
mod exchange;
mod information;
mod live;
mod no_store;
mod reading_back;
mod switchboard;
mod transport;

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nostr_sdk::filter::MatchEventOptions;
use nostr_sdk::{
    ClientMessage, Event, Filter, NostrSigner, Relay, RelayMessage, RelayStatus, RelayUrl,
    SubscriptionId,
};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use crate::refusal::Reason;

use self::authentication::Challenge;
use self::exchange::Part;
use self::information::Memory;
use self::switchboard::Switchboard;

pub(crate) use self::authentication::asks_for_authentication;
pub(crate) use self::counting::{Counted, Sketches};
pub(crate) use self::information::{Announced, KEPT_FOR};
pub(crate) use self::live::Heard;
pub(crate) use self::no_store::NoStore;

/// A relay that could not be reached, or did not answer a question, is not tried again for this
/// long: an operation asks several questions, and one dead relay must not make it wait for each.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Questions under way at one relay. Relays allow ten subscriptions or more, and the pages of all of
/// them must fit into what may wait to be read.
const QUESTIONS_AT_ONCE_MAX: usize = 4;

/// How much a subscription may overrun its limit: relays finish a group of equal timestamps.
const OVERRUN_FACTOR: usize = 8;

/// Of the time that a relay may stay silent, the part after which a question is asked again.
const FIRST_WAIT_PARTS: u32 = 4;

/// Whether relays are asked at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Network {
    /// They are.
    #[default]
    Online,
    /// Nobody is, by the user's own choice.
    Offline,
}

/// One relay of the set.
#[derive(Debug)]
pub(crate) struct Link {
    relay: Relay,
    network: Network,
    now: fn() -> u64,
    challenge: watch::Receiver<Option<String>>,
    switchboard: Switchboard,
    unreachable: Mutex<Option<(Instant, Reason)>>,
    unanswered: Mutex<Option<(Instant, Reason)>>,
    answered: Arc<Mutex<Vec<SubscriptionId>>>,
    dropped: AtomicU64,
    questions: Semaphore,
    authentication: tokio::sync::Mutex<()>,
    authentications: AtomicU64,
    information: tokio::sync::Mutex<Memory>,
}

impl Link {
    /// Starts to listen for authentication challenges. Call it before the relay is connected: most
    /// relays send the challenge first of all.
    pub(crate) fn new(relay: Relay, network: Network, now: fn() -> u64) -> Link {
        let (sender, challenge) = watch::channel(None);
        let switchboard = Switchboard::default();
        tokio::spawn(switchboard.clone().serve(&relay, sender));
        Link {
            relay,
            network,
            now,
            challenge,
            switchboard,
            unreachable: Mutex::default(),
            unanswered: Mutex::default(),
            answered: Arc::default(),
            dropped: AtomicU64::new(0),
            questions: Semaphore::new(QUESTIONS_AT_ONCE_MAX),
            authentication: tokio::sync::Mutex::default(),
            authentications: AtomicU64::new(0),
            information: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn url(&self) -> &RelayUrl {
        self.relay.url()
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.relay.is_connected()
    }

    /// Events that this relay sent without being asked for them.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Connects, or waits for the connection that is being made.
    pub(crate) async fn ready(&self, timeout: Duration) -> Result<(), Reason> {
        if self.network == Network::Offline {
            return Err(Reason::Offline);
        }
        if self.relay.is_connected() {
            return Ok(());
        }
        if let Some(reason) = recent(&self.unreachable) {
            return Err(reason);
        }
        let outcome = match self.relay.status() {
            RelayStatus::Initialized | RelayStatus::Terminated | RelayStatus::Sleeping => self
                .relay
                .try_connect(timeout)
                .await
                .map_err(|error| Reason::Unreachable(error.to_string())),
            _ => {
                self.relay.wait_for_connection(timeout).await;
                match self.relay.is_connected() {
                    true => Ok(()),
                    false => Err(Reason::Unreachable("the connection was lost".to_owned())),
                }
            }
        };
        remember(&self.unreachable, outcome.as_ref().err());
        outcome
    }

    /// Asks once and collects what is stored, until EOSE. `timeout` runs from the last thing heard.
    pub(crate) async fn request(
        &self,
        filter: &Filter,
        signer: Option<&Arc<dyn NostrSigner>>,
        timeout: Duration,
    ) -> Result<Vec<Event>, Reason> {
        // Nobody closes the semaphore.
        let _turn = self.questions.acquire().await;
        self.ready(timeout).await?;
        if let Some(reason) = recent(&self.unanswered) {
            return Err(reason);
        }
        let challenge = Challenge::default();
        let ask = || self.request_twice(filter, timeout, &challenge);
        let outcome = self.authenticated(signer, &challenge, timeout, ask).await;
        let timed_out = |reason: &&Reason| matches!(reason, Reason::Timeout(_));
        remember(&self.unanswered, outcome.as_ref().err().filter(timed_out));
        outcome
    }

    /// Sends a note and waits for its OK. The text that came with OK true is returned, unless the relay
    /// has the note no more than before ([`Link::believed`]).
    pub(crate) async fn publish(
        &self,
        event: &Event,
        signer: Option<&Arc<dyn NostrSigner>>,
        timeout: Duration,
    ) -> Result<String, Reason> {
        self.ready(timeout).await?;
        let challenge = Challenge::default();
        let message = || ClientMessage::Event(Cow::Borrowed(event));
        let ask = || self.send_for_ok(message(), timeout, &challenge);
        let outcome = self.authenticated(signer, &challenge, timeout, ask).await;
        if let Err(reason @ Reason::Timeout(_)) = &outcome {
            // The question that follows would be waited for as long.
            remember(&self.unanswered, Some(reason));
        }
        self.believed(event, outcome?, signer, timeout).await
    }

    /// What gets no answer in a part of the time is asked once more: of several questions, some relays
    /// (nostr-rs-relay) now and then drop one.
    async fn request_twice(
        &self,
        filter: &Filter,
        timeout: Duration,
        challenge: &Challenge,
    ) -> Result<Vec<Event>, Reason> {
        let first = timeout / FIRST_WAIT_PARTS;
        match self.request_once(filter, first, challenge).await {
            Err(Reason::Timeout(_)) => {}
            outcome => return outcome,
        }
        tracing::debug!(relay = %self.url(), "asks once more");
        self.request_once(filter, timeout, challenge).await
    }

    async fn request_once(
        &self,
        filter: &Filter,
        timeout: Duration,
        challenge: &Challenge,
    ) -> Result<Vec<Event>, Reason> {
        let id = SubscriptionId::generate();
        let bound = filter
            .limit
            .unwrap_or(usize::MAX)
            .saturating_mul(OVERRUN_FACTOR);
        let mut events: Vec<Event> = Vec::new();
        let request = ClientMessage::Req {
            subscription_id: Cow::Borrowed(&id),
            filters: vec![Cow::Borrowed(filter)],
        };
        let outcome = self
            .exchange(request, timeout, challenge, |message| match message {
                RelayMessage::Event { event, .. } => {
                    if !self.is_genuine(filter, &event) {
                        self.drop_unasked();
                        return Part::Nothing;
                    }
                    if events.len() >= bound {
                        return Part::Answer(Err(Reason::Overrun));
                    }
                    events.push(event.into_owned());
                    Part::More
                }
                RelayMessage::EndOfStoredEvents(_) => Part::Answer(Ok(())),
                _ => Part::Nothing,
            })
            .await;
        if !matches!(outcome, Err(Reason::Refused { .. })) {
            self.close_soon(id);
        }
        outcome.map(|()| events)
    }

    async fn send_for_ok(
        &self,
        message: ClientMessage<'_>,
        timeout: Duration,
        challenge: &Challenge,
    ) -> Result<String, Reason> {
        self.exchange(message, timeout, challenge, |message| match message {
            RelayMessage::Ok {
                status, message, ..
            } => {
                let message = message.into_owned();
                Part::Answer(match status {
                    true => Ok(message),
                    false => Err(Reason::refused(message)),
                })
            }
            _ => Part::Nothing,
        })
        .await
    }

    /// The client pool has verified a signature for this id, but perhaps on another copy of the
    /// event; the hash ties this copy to it.
    fn is_genuine(&self, filter: &Filter, event: &Event) -> bool {
        // What a search means, the relay and the caller know; the pool reads it as words alone.
        let options = MatchEventOptions::new().nip50(false);
        filter.match_event(event, options) && event.verify_id()
    }

    /// Counts what was not asked for.
    fn drop_unasked(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

/// A failure that is too fresh to try again.
fn recent(failure: &Mutex<Option<(Instant, Reason)>>) -> Option<Reason> {
    lock(failure)
        .as_ref()
        .filter(|(when, _)| when.elapsed() < RETRY_AFTER)
        .map(|(_, reason)| reason.clone())
}

fn remember(memory: &Mutex<Option<(Instant, Reason)>>, failure: Option<&Reason>) {
    *lock(memory) = failure.map(|reason| (Instant::now(), reason.clone()));
}

/// Nothing here leaves a half-made value behind, so a poisoned lock is as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_lost(status: RelayStatus) -> bool {
    matches!(
        status,
        RelayStatus::Disconnected | RelayStatus::Terminated | RelayStatus::Banned
    )
}
