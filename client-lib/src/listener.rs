//! Listens to relays, again and again. Knows connections and refusals; what is heard is for whoever
//! watches.

mod delays;
mod lost;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use kith_nips::{Event, nip40};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::fetch::{Found, ReadError, is_not_understood};
use crate::kith::Kith;
use crate::link::{Announced, Heard, Link, asks_for_authentication};
use crate::question::Question;
use crate::refusal::{Reason, Refusal};

use self::delays::Delays;

pub(crate) use self::lost::LostRelays;

/// Things heard that may wait to be judged; a relay that is faster is read no further.
const SIGNALS_MAX: usize = 256;

/// What listeners tell the watcher.
#[derive(Debug)]
pub(crate) enum Signal {
    /// The relay of this index listens from now on.
    Listening(usize),
    /// It does not, or no longer.
    Silent(usize, Refusal),
    /// It sent something.
    Found(Box<Found>),
}

/// Everything that relays send from now on.
pub(crate) struct Listening {
    /// What is heard.
    pub(crate) signals: mpsc::Receiver<Signal>,
    /// Relays that did not listen at the beginning.
    pub(crate) silent: BTreeMap<usize, Refusal>,
    /// They listen until this is dropped.
    pub(crate) tasks: JoinSet<()>,
}

impl Kith {
    /// Listens to every relay of the set; returns when each listens or has said why it does not.
    pub(crate) async fn listen(&self, question: Question) -> Result<Listening, ReadError> {
        self.listen_at(self.links(), question).await
    }

    /// Listens to these relays, of the set or not.
    pub(crate) async fn listen_at(
        &self,
        links: &[Arc<Link>],
        question: Question,
    ) -> Result<Listening, ReadError> {
        self.listen_beside(links, question, Vec::new()).await
    }

    /// Listens to these relays, and to others that nobody waits for, each with a question of its own:
    /// their indices come after those of the first.
    pub(crate) async fn listen_beside(
        &self,
        links: &[Arc<Link>],
        question: Question,
        beside: Vec<(Arc<Link>, Question)>,
    ) -> Result<Listening, ReadError> {
        let question = Arc::new(question);
        let (sender, mut signals) = mpsc::channel(SIGNALS_MAX);
        let mut tasks = JoinSet::new();
        let set = links.iter();
        let set = set.map(|link| (Arc::clone(link), Arc::clone(&question)));
        let beside = beside.into_iter();
        let beside = beside.map(|(link, question)| (link, Arc::new(question)));
        for (index, (link, question)) in set.chain(beside).enumerate() {
            let listener = Listener {
                kith: self.clone(),
                link,
                index,
                question,
                signals: sender.clone(),
            };
            tasks.spawn(listener.run());
        }
        drop(sender);
        let silent = all_listen(links.len(), &mut signals).await;
        if silent.len() == links.len() {
            let silent = silent.into_values().collect();
            return Err(ReadError::NobodyAnswered { silent });
        }
        Ok(Listening {
            signals,
            silent,
            tasks,
        })
    }
}

/// Whether each of the first so many relays listens. What is found meanwhile is in what is read after
/// this.
async fn all_listen(
    relays: usize,
    signals: &mut mpsc::Receiver<Signal>,
) -> BTreeMap<usize, Refusal> {
    let mut listening = HashSet::new();
    let mut silent: BTreeMap<usize, Refusal> = BTreeMap::new();
    while listening.len() + silent.len() < relays {
        match signals.recv().await {
            Some(Signal::Listening(index) | Signal::Silent(index, _)) if index >= relays => {}
            Some(Signal::Listening(index)) => {
                silent.remove(&index);
                listening.insert(index);
            }
            Some(Signal::Silent(index, refusal)) => {
                if !listening.contains(&index) {
                    silent.insert(index, refusal);
                }
            }
            Some(Signal::Found(_)) => {}
            None => break,
        }
    }
    silent
}

/// Listens to one relay for as long as the handle is connected.
struct Listener {
    kith: Kith,
    link: Arc<Link>,
    index: usize,
    question: Arc<Question>,
    signals: mpsc::Sender<Signal>,
}

impl Listener {
    async fn run(self) {
        let mut delays = Delays::default();
        loop {
            let listened = tokio::select! {
                listened = self.listen() => listened,
                () = self.kith.closed() => return,
            };
            if listened.has_listened {
                delays = Delays::default();
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
                () = tokio::time::sleep(delays.next()) => {}
                () = self.kith.closed() => return,
            }
        }
    }

    /// Once, or twice when the relay asks who we are or does not take what it announced.
    async fn listen(&self) -> Listened {
        let announced = match self.question.has_words() {
            true => self.kith.announced(&self.link).await,
            false => Announced::default(),
        };
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
        let is_search = announced.reads_words();
        if is_search && !listened.has_listened && is_not_understood(&listened.reason) {
            self.kith.announced_too_much(&self.link).await;
            return self.listen_once(&Announced::default(), &mut None).await;
        }
        listened
    }

    async fn listen_once(&self, announced: &Announced, challenge: &mut Option<String>) -> Listened {
        let filters = self.question.live(announced, self.kith.now());
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
        let found = Found { event, relays };
        (!is_expired).then(|| {
            self.kith.remember([&found]);
            Signal::Found(Box::new(found))
        })
    }
}

/// How listening ended.
struct Listened {
    has_listened: bool,
    reason: Reason,
}
