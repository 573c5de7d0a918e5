//! Whether relays keep what they say that they took. OK true is a relay's word; only asking for the note
//! shows that it is there.

use std::sync::Arc;

use futures_util::future::join_all;
use kith_nips::Kind;
use kith_nips::nip01::Draft;
use nostr_sdk::{Event, RelayUrl};

use crate::kith::Kith;
use crate::link::Link;
use crate::publish::{PublishError, Published};
use crate::refusal::Reason;

/// Data of a program (NIP-78): no client shows it to anybody.
const PROGRAM_DATA: Kind = Kind::new(30_078);

/// There is one such note for each person at most.
const IDENTIFIER: &str = "kith-doctor";

/// After so many seconds relays may forget it (NIP-40): later than clocks are wrong.
const EXPIRES_AFTER_SECONDS: u64 = 24 * 60 * 60;

/// One relay, and whether a note is there.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith) -> Result<(), kith_client::PublishError> {
/// use kith_client::Keeping;
/// for relay in kith.check_writing().await? {
///     if relay.keeping == Keeping::Lost {
///         println!("{} says that it took a note, and does not have it", relay.relay);
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeepingCheckup {
    /// The relay.
    pub relay: RelayUrl,
    /// What it did with the note.
    pub keeping: Keeping,
}

/// What a relay did with a note.
///
/// ```
/// use kith_client::{Keeping, Reason};
/// let keeping = Keeping::Refused(Reason::refused("restricted: members only"));
/// assert_ne!(keeping, Keeping::Kept);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeping {
    /// It has it.
    Kept,
    /// It said that it took it, and does not give it: it lies, or shows such notes to others only.
    Lost,
    /// It said no, or nothing.
    Refused(Reason),
    /// It took it, and did not answer when it was asked for it.
    Unknown(Reason),
}

impl Kith {
    /// Writes a small note of the user to every relay of the set, and asks each for it: data of a
    /// program (kind 30078) that no client shows, which expires after a day.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) -> Result<(), kith_client::PublishError> {
    /// for relay in kith.check_writing().await? {
    ///     println!("{}: {:?}", relay.relay, relay.keeping);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`PublishError`] when there is no key or the signer does not sign.
    pub async fn check_writing(&self) -> Result<Vec<KeepingCheckup>, PublishError> {
        let tag = |name: &str, value: String| vec![name.to_owned(), value];
        let expires = self.now().saturating_add(EXPIRES_AFTER_SECONDS);
        let draft = Draft {
            kind: PROGRAM_DATA,
            created_at: None,
            tags: vec![
                tag("d", IDENTIFIER.to_owned()),
                tag("expiration", expires.to_string()),
            ],
            content: String::new(),
        };
        let event = self.sign(&draft).await?;
        let checks = self
            .links()
            .iter()
            .map(|link| self.try_writing(link, &event));
        Ok(join_all(checks).await)
    }

    /// Asks every relay that accepted a note whether it has it. [`Published::accepted`] is what the
    /// relays said; notes that replace others may be replaced since, and private ones are given to
    /// their readers only.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith, draft: kith_client::Draft) -> Result<(), kith_client::PublishError> {
    /// use kith_client::Keeping;
    /// let published = kith.publish(&draft).await?;
    /// let kept = kith.read_back(&published).await;
    /// println!("{} relays have it", kept.iter().filter(|relay| relay.keeping == Keeping::Kept).count());
    /// # Ok(()) }
    /// ```
    pub async fn read_back(&self, published: &Published) -> Vec<KeepingCheckup> {
        let id = nostr_sdk::EventId::from(published.id);
        join_all(published.accepted.iter().map(|relay| async move {
            let keeping = match self.link_to(relay).await {
                Ok(link) => self.keeping(&link, id).await,
                Err(reason) => Keeping::Unknown(reason),
            };
            KeepingCheckup {
                relay: relay.clone(),
                keeping,
            }
        }))
        .await
    }

    async fn try_writing(&self, link: &Arc<Link>, event: &Event) -> KeepingCheckup {
        let written = self.hand_to(link, event, self.signer()).await;
        let keeping = match written {
            Ok(_) => self.keeping(link, event.id).await,
            Err(reason) => Keeping::Refused(reason),
        };
        KeepingCheckup {
            relay: link.url().clone(),
            keeping,
        }
    }

    async fn keeping(&self, link: &Arc<Link>, id: nostr_sdk::EventId) -> Keeping {
        match link.has(id, self.signer(), self.timeout()).await {
            Ok(true) => Keeping::Kept,
            Ok(false) => Keeping::Lost,
            Err(reason) => Keeping::Unknown(reason),
        }
    }
}
