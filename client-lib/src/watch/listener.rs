//! Listens to one relay, again and again. Knows connections and refusals; what is heard is for the
//! watcher.

use std::sync::Arc;
use std::time::Duration;

use kith_nips::{Event, nip40};
use tokio::sync::mpsc;

use crate::fetch::{Found, is_not_understood};
use crate::kith::Kith;
use crate::link::{Announced, Heard, Link, asks_for_authentication};
use crate::question::Question;
use crate::refusal::{Reason, Refusal};

/// A relay that does not listen is asked again after this long; each time twice as long.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// And at least this often.
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(60);

/// What listeners tell the watcher.
#[derive(Debug)]
pub(super) enum Signal {
    /// The relay of this index listens from now on.
    Listening(usize),
    /// It does not, or no longer.
    Silent(usize, Refusal),
    /// It sent something.
    Found(Box<Found>),
}

/// Listens to one relay for as long as the handle is connected.
pub(super) struct Listener {
    pub(super) kith: Kith,
    pub(super) link: Arc<Link>,
    pub(super) index: usize,
    pub(super) question: Arc<Question>,
    pub(super) signals: mpsc::Sender<Signal>,
}

impl Listener {
    pub(super) async fn run(self) {
        let mut again_after = AGAIN_AFTER;
        loop {
            let listened = tokio::select! {
                listened = self.listen() => listened,
                () = self.kith.closed() => return,
            };
            if listened.has_listened {
                again_after = AGAIN_AFTER;
            }
            let refusal = Refusal {
                relay: self.link.url().clone(),
                reason: listened.reason,
            };
            tracing::debug!(%refusal, "does not listen");
            let silent = Signal::Silent(self.index, refusal);
            if self.signals.send(silent).await.is_err() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(again_after) => {}
                () = self.kith.closed() => return,
            }
            again_after = (again_after * 2).min(AGAIN_AFTER_MAX);
        }
    }

    /// Once, or twice when the relay asks who we are or does not take what it announced.
    async fn listen(&self) -> Listened {
        let announced = self.kith.announced(&self.link).await;
        let mut challenge = None;
        let listened = self.listen_once(&announced, &mut challenge).await;
        if asks_for_authentication(&listened.reason) {
            let signer = self.kith.signer();
            let timeout = self.kith.timeout();
            return match self.link.authenticate(signer, challenge, timeout).await {
                Ok(()) => self.listen_once(&announced, &mut None).await,
                Err(reason) => Listened {
                    has_listened: false,
                    reason,
                },
            };
        }
        let is_search = announced != Announced::default();
        if is_search && !listened.has_listened && is_not_understood(&listened.reason) {
            self.link.announced_too_much().await;
            return self.listen_once(&Announced::default(), &mut None).await;
        }
        listened
    }

    async fn listen_once(&self, announced: &Announced, challenge: &mut Option<String>) -> Listened {
        let filters = self.question.live(announced);
        let mut has_listened = false;
        let mut ears = match self.link.listen(filters, self.kith.timeout()).await {
            Ok(ears) => ears,
            Err(reason) => {
                return Listened {
                    has_listened,
                    reason,
                };
            }
        };
        let reason = loop {
            let signal = match ears.next().await {
                Ok(Heard::Listening) => {
                    has_listened = true;
                    Some(Signal::Listening(self.index))
                }
                Ok(Heard::Event(event)) => self.found(&event),
                Err(reason) => break reason,
            };
            if let Some(signal) = signal
                && self.signals.send(signal).await.is_err()
            {
                break Reason::ConnectionLost;
            }
        };
        *challenge = ears.challenge.take();
        Listened {
            has_listened,
            reason,
        }
    }

    fn found(&self, event: &nostr_sdk::Event) -> Option<Signal> {
        let event = Event::try_from(event).ok()?;
        let is_expired = nip40::is_expired(&event, self.kith.now());
        let relays = vec![self.link.url().clone()];
        (!is_expired).then(|| Signal::Found(Box::new(Found { event, relays })))
    }
}

/// How listening ended.
struct Listened {
    has_listened: bool,
    reason: Reason,
}
