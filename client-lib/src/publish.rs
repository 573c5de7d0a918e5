//! Signing a draft and handing it to every relay, through the queue where there is one: what was
//! signed is not lost. Knows relays and refusals, not communities.

mod beside;
mod expiring;
mod limits;

use std::sync::Arc;

use futures_util::future::join_all;
use kith_nips::nip01::{Draft, DraftError};
use kith_nips::nip13::WorkError;
use kith_nips::{EventId, Kind, Prefix, PublicKey, StorageClass};
use nostr_sdk::{Event, RelayUrl};

use crate::fetch::Found;
use crate::inboxes::Delivery;
use crate::kith::Kith;
use crate::link::Link;
use crate::outgoing::{Answer, Listener, QueueError, can_wait};
use crate::refusal::{Reason, Refusal, joined, merge};
use crate::relay_lists::Extra;

/// A note that at least one relay took, or that waits in the queue for one
/// ([`Published::outcome`]).
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith, draft: kith_client::Draft) -> Result<(), kith_client::PublishError> {
/// let published = kith.publish(&draft).await?;
/// println!("{} is on {} relays", published.id, published.accepted.len());
/// for refusal in &published.refused {
///     eprintln!("but not on {refusal}");
/// }
/// for refusal in &published.queued {
///     eprintln!("and not yet on {refusal}");
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Published {
    /// The event id.
    pub id: EventId,
    /// The relays that took it, or had it already.
    pub accepted: Vec<RelayUrl>,
    /// The relays that did not, and why.
    pub refused: Vec<Refusal>,
    /// The relays that it waits for in the queue, and why they do not have it yet.
    pub queued: Vec<Refusal>,
    /// Relays that took an ephemeral event but say that nobody listens (`mute:`): not an error.
    pub unheard: Vec<RelayUrl>,
    /// Relays that took a note which expires, and do not say that they let notes expire (NIP-40): they may
    /// serve it after its end.
    pub keeps_longer: Vec<RelayUrl>,
}

/// What became of a note, in one word.
///
/// ```no_run
/// # fn example(published: &kith_client::Published) {
/// use kith_client::PublishOutcome;
/// if published.outcome() == PublishOutcome::Queued {
///     println!("queued, on no relay yet");
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PublishOutcome {
    /// At least one relay has it.
    Stored,
    /// It was for those who listen now, and nobody does.
    Unheard,
    /// It is signed and in the queue, and on no relay yet.
    Queued,
}

impl Published {
    /// What became of it.
    pub fn outcome(&self) -> PublishOutcome {
        match (self.accepted.is_empty(), self.unheard.is_empty()) {
            (false, _) => PublishOutcome::Stored,
            (true, false) => PublishOutcome::Unheard,
            (true, true) => PublishOutcome::Queued,
        }
    }
}

/// What became of the notes that a handle published, all together.
///
/// ```no_run
/// # fn example(kith: &kith_client::Kith) {
/// let so_far = kith.outgoings();
/// println!("{} stored, {} on no relay yet", so_far.stored, so_far.queued);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Outgoings {
    /// Notes that at least one relay has.
    pub stored: usize,
    /// Notes that wait, and are on no relay yet.
    pub queued: usize,
    /// Relays that some of these notes wait for, each once, and why.
    pub waits_for: Vec<Refusal>,
}

impl Outgoings {
    fn note(&mut self, published: &Published) {
        match published.outcome() {
            PublishOutcome::Queued => self.queued += 1,
            PublishOutcome::Stored | PublishOutcome::Unheard => self.stored += 1,
        }
        merge(&mut self.waits_for, &published.queued);
    }

    /// A private message, and the copy of who wrote it.
    pub(crate) fn note_message(&mut self, deliveries: &[(PublicKey, Delivery)], copy: &Delivery) {
        let others = deliveries.iter().map(|(_, delivery)| delivery);
        let all: Vec<&Delivery> = others.chain([copy]).collect();
        let to = match deliveries.is_empty() {
            true => &all[..],
            false => &all[..deliveries.len()],
        };
        match to.iter().any(|delivery| delivery.is_reached()) {
            true => self.stored += 1,
            false => self.queued += 1,
        }
        for delivery in all {
            if let Delivery::Queued(refused) = delivery {
                merge(&mut self.waits_for, refused);
            }
        }
    }
}

/// Who gets a note.
#[derive(Debug, Default)]
pub(crate) struct Destinations {
    /// At once.
    pub(crate) now: Vec<Arc<Link>>,
    /// From the queue, after what they wait for: they lack something that comes first.
    pub(crate) later: Vec<Refusal>,
    /// Beside the answer: nobody waits for them, and the outcome does not depend on them.
    pub(crate) extra: Extra,
}

impl From<&[Arc<Link>]> for Destinations {
    fn from(links: &[Arc<Link>]) -> Destinations {
        Destinations {
            now: links.to_vec(),
            ..Destinations::default()
        }
    }
}

/// Why nothing was published.
///
/// ```
/// use kith_client::PublishError;
/// assert_eq!(PublishError::ReadOnly.to_string(), "there is no key to sign with");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// This [`Kith`] has no signer.
    #[error("there is no key to sign with")]
    ReadOnly,
    /// The note cannot be written as it is.
    #[error("the note cannot be signed: {0}")]
    Draft(#[from] DraftError),
    /// The work that a relay wants (NIP-13) was not done.
    #[error("the work that a relay wants was not done: {0}")]
    Work(String),
    /// The signer refused, failed, or signed something else.
    #[error("the signer did not sign: {0}")]
    Signer(String),
    /// It cannot be put into the queue, so it was not sent.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// No relay took it. After a timeout it may be sent again unchanged.
    #[error("no relay accepted it: {}", joined(.refused))]
    NobodyAccepted {
        /// The event id.
        id: EventId,
        /// Every relay and why.
        refused: Vec<Refusal>,
    },
}

impl From<WorkError> for PublishError {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Draft(error) => PublishError::Draft(error),
            WorkError::TooMuch(_) => PublishError::Work(error.to_string()),
        }
    }
}

impl Kith {
    /// Signs a draft of any kind and publishes it on every relay of the set. Work that one of them
    /// wants of a note (NIP-13) is done before, up to [`crate::KithBuilder::work_bits_max`]; a relay whose
    /// announced limits it does not keep (NIP-11) is not asked ([`crate::Reason::Limit`]).
    ///
    /// ```no_run
    /// use kith_client::{Draft, Kind, Kith};
    ///
    /// # async fn example(kith: Kith) -> Result<(), kith_client::PublishError> {
    /// let note = Draft {
    ///     kind: Kind::new(1),
    ///     created_at: None,
    ///     tags: vec![],
    ///     content: "See you on Thursday".to_owned(),
    /// };
    /// kith.publish(&note).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`PublishError`]; above all when no relay accepted it.
    pub async fn publish(&self, draft: &Draft) -> Result<Published, PublishError> {
        let event = self.sign(draft).await?;
        let destinations = self.destinations(&event).await;
        self.send(&event, destinations).await
    }

    /// The set, and where the note goes beside it.
    pub(crate) async fn destinations(&self, event: &Event) -> Destinations {
        Destinations {
            extra: self.extra_relays(event).await,
            ..Destinations::from(self.links())
        }
    }

    /// The key that writes, or the error of a handle that only reads.
    pub(crate) fn author(&self) -> Result<PublicKey, PublishError> {
        self.public_key().ok_or(PublishError::ReadOnly)
    }

    pub(crate) async fn sign(&self, draft: &Draft) -> Result<Event, PublishError> {
        let signer = self.signer().ok_or(PublishError::ReadOnly)?;
        let author = self.author()?;
        let worked = self.worked(draft, author).await?;
        let mut unsigned = worked.to_unsigned(author, self.now())?;
        let id = unsigned.id();
        let event = signer
            .sign_event(unsigned)
            .await
            .map_err(|error| PublishError::Signer(error.to_string()))?;
        // A remote signer is another program: what it returns must be what was asked for.
        if event.id != id {
            return Err(PublishError::Signer(
                "it signed a different note".to_owned(),
            ));
        }
        event
            .verify()
            .map_err(|error| PublishError::Signer(error.to_string()))?;
        Ok(event)
    }

    /// Sends a signed event to these relays at once and collects their answers. With a queue it is
    /// put there before, and stays for the relays that have to be asked again.
    pub(crate) async fn send(
        &self,
        event: &Event,
        destinations: impl Into<Destinations>,
    ) -> Result<Published, PublishError> {
        let Destinations { now, later, extra } = destinations.into();
        let id = EventId::from(event.id);
        let queue = self
            .local()
            .filter(|_| can_wait(Kind::new(event.kind.as_u16())));
        let claim = match queue {
            Some(local) => {
                let claim = self.under_way().claim(id);
                let set_now = now.iter().map(|link| link.url().clone());
                let set_later = later.iter().map(|refusal| refusal.relay.clone());
                let queued = kith_nips::Event::try_from(event)
                    .map_err(|error| PublishError::Signer(error.to_string()))?;
                let relays = set_now.chain(set_later).collect();
                local.queue(queued, relays, self.now()).await?;
                self.queue_extra(local, event, &extra).await;
                claim
            }
            None => None,
        };
        let answers = join_all(now.iter().map(|link| async move {
            let answer = self.hand_to(link, event, self.signer()).await;
            (link.url().clone(), answer)
        }));
        let answers = answers.await;
        if let Some(local) = queue {
            let answered = answers.iter().map(|(relay, answer)| {
                let answer = Answer::asked(answer.as_ref().map(|_| ()));
                (relay.clone(), answer)
            });
            let (answered, listener) = (answered.collect(), Listener::Present);
            if let Err(error) = local.cross_off(id, answered, listener, self.now()).await {
                tracing::warn!(%error, "what was sent stays in the queue");
            }
        }
        drop(claim);
        match queue {
            Some(_) if !extra.relays.is_empty() => self.sending().wake(),
            Some(_) => {}
            None => self.send_beside(event, extra),
        }
        let mut published = self.sorted(event, answers, later, queue.is_some())?;
        if event.tags.expiration().is_some() {
            published.keeps_longer = self.that_keep_longer(&now, &published.accepted).await;
        }
        if let Ok(event) = kith_nips::Event::try_from(event) {
            let relays = published.accepted.clone();
            self.remember([&Found { event, relays }]);
        }
        self.noted_outgoings().note(&published);
        Ok(published)
    }

    fn sorted(
        &self,
        event: &Event,
        answers: Vec<(RelayUrl, Result<String, Reason>)>,
        later: Vec<Refusal>,
        can_wait: bool,
    ) -> Result<Published, PublishError> {
        let mut published = Published {
            id: EventId::from(event.id),
            accepted: Vec::new(),
            refused: Vec::new(),
            queued: later,
            unheard: Vec::new(),
            keeps_longer: Vec::new(),
        };
        let ephemeral = Kind::new(event.kind.as_u16()).storage_class() == StorageClass::Ephemeral;
        for (relay, answer) in answers {
            let reason = match answer {
                Ok(_) => {
                    published.accepted.push(relay);
                    continue;
                }
                Err(reason) => reason,
            };
            let waits = can_wait && Answer::asked(Err(&reason)).is_open();
            let refusal = Refusal { relay, reason };
            match refusal.prefix() {
                Some(Prefix::Mute) if ephemeral => published.unheard.push(refusal.relay),
                _ if waits => published.queued.push(refusal),
                _ => published.refused.push(refusal),
            }
        }
        let is_anywhere = !published.accepted.is_empty()
            || !published.unheard.is_empty()
            || !published.queued.is_empty();
        match is_anywhere {
            true => Ok(published),
            false => Err(PublishError::NobodyAccepted {
                id: published.id,
                refused: published.refused,
            }),
        }
    }
}
