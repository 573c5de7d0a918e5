//! Signing a draft and handing it to every relay. Knows relays and refusals, not communities.

use std::sync::Arc;

use futures_util::future::join_all;
use kith_nips::nip01::{Draft, DraftError};
use kith_nips::{EventId, Kind, Prefix, PublicKey, StorageClass};
use nostr_sdk::{Event, RelayUrl};

use crate::kith::Kith;
use crate::link::Link;
use crate::refusal::{Refusal, joined};

/// A note that at least one relay took.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith, draft: kith_client::Draft) -> Result<(), kith_client::PublishError> {
/// let published = kith.publish(&draft).await?;
/// println!("{} is on {} relays", published.id, published.accepted.len());
/// for refusal in &published.refused {
///     eprintln!("but not on {refusal}");
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
    /// Relays that took an ephemeral event but say that nobody listens (`mute:`): not an error.
    pub unheard: Vec<RelayUrl>,
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
    /// The signer refused, failed, or signed something else.
    #[error("the signer did not sign: {0}")]
    Signer(String),
    /// No relay took it. After a timeout it may be sent again unchanged.
    #[error("no relay accepted it: {}", joined(.refused))]
    NobodyAccepted {
        /// The event id.
        id: EventId,
        /// Every relay and why.
        refused: Vec<Refusal>,
    },
}

impl Kith {
    /// Signs a draft of any kind and publishes it on every relay of the set.
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
        self.send(&event, self.links()).await
    }

    /// The key that writes, or the error of a handle that only reads.
    pub(crate) fn author(&self) -> Result<PublicKey, PublishError> {
        self.public_key().ok_or(PublishError::ReadOnly)
    }

    pub(crate) async fn sign(&self, draft: &Draft) -> Result<Event, PublishError> {
        let signer = self.signer().ok_or(PublishError::ReadOnly)?;
        let mut unsigned = draft.to_unsigned(self.author()?, self.now())?;
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

    /// Sends a signed event to these relays at once and collects their answers.
    pub(crate) async fn send(
        &self,
        event: &Event,
        links: &[Arc<Link>],
    ) -> Result<Published, PublishError> {
        warn_of_expiration(event);
        let answers = join_all(links.iter().map(|link| async move {
            let answer = link.publish(event, self.signer(), self.timeout()).await;
            (link.url().clone(), answer)
        }));
        let mut published = Published {
            id: EventId::from(event.id),
            accepted: Vec::new(),
            refused: Vec::new(),
            unheard: Vec::new(),
        };
        let ephemeral = Kind::new(event.kind.as_u16()).storage_class() == StorageClass::Ephemeral;
        for (relay, answer) in answers.await {
            match answer {
                Ok(_) => published.accepted.push(relay),
                Err(reason) => {
                    let refusal = Refusal { relay, reason };
                    match refusal.prefix() {
                        Some(Prefix::Mute) if ephemeral => published.unheard.push(refusal.relay),
                        _ => published.refused.push(refusal),
                    }
                }
            }
        }
        if published.accepted.is_empty() && published.unheard.is_empty() {
            return Err(PublishError::NobodyAccepted {
                id: published.id,
                refused: published.refused,
            });
        }
        Ok(published)
    }
}

/// NIP-40: a relay that does not know expirations keeps the note for good; we cannot tell which.
fn warn_of_expiration(event: &Event) {
    if event.tags.expiration().is_some() {
        tracing::warn!(id = %event.id, "the note expires, but a relay may keep it longer");
    }
}
