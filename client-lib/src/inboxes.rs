//! Where people receive private messages (kind 10050, NIP-17), and taking a wrap there. Knows
//! relays and wraps, not what is in them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::join_all;
use kith_nips::nip01::Draft;
use kith_nips::nip17::inbox_relays;
use kith_nips::{Address, Kind, Prefix, PublicKey};
use nostr_sdk::RelayUrl;

use crate::fetch::{Fetched, Listing, ReadError};
use crate::filters::addresses_filters;
use crate::kith::Kith;
use crate::lists::{Change, ListUnavailable};
use crate::publish::PublishError;
use crate::refusal::{Reason, Refusal};

pub use kith_nips::nip17::INBOX_RELAYS_MAX;

const WHAT: &str = "the list of relays where you receive messages";

/// A relay that says that we are too fast is asked again so often, each time after twice as long.
const HASTE_ATTEMPTS_MAX: u32 = 5;

/// How long after the first time.
const HASTE_PAUSE: Duration = Duration::from_secs(1);

/// What became of a message for one person.
///
/// ```
/// use kith_client::{Delivery, Reason, Refusal, RelayUrl};
///
/// let refusal = Refusal {
///     relay: RelayUrl::parse("wss://relay.example.com")?,
///     reason: Reason::refused("blocked: not here"),
/// };
/// let delivery = Delivery::Refused(vec![refusal]);
/// assert!(!delivery.is_reached());
/// assert_eq!(delivery.to_string(), "refused by wss://relay.example.com: blocked: not here");
/// assert_eq!(Delivery::NoInbox.to_string(), "receives no private messages (no kind 10050)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// At least one relay of their inbox has it.
    Reached {
        /// The relays that have it.
        relays: Vec<RelayUrl>,
        /// The others, and why not.
        refused: Vec<Refusal>,
    },
    /// They say nowhere that they receive private messages, so nothing was sent (NIP-17).
    NoInbox,
    /// Every relay of their inbox said no. Trying again would change nothing.
    Refused(Vec<Refusal>),
    /// A relay could not be reached or gave no answer; it may have it all the same. Sending the same
    /// wrap again is harmless.
    Failed(Vec<Refusal>),
    /// The same, and it waits in the queue for the first of these relays that takes it
    /// ([`crate::Local::queued`]).
    Queued(Vec<Refusal>),
}

impl Delivery {
    /// Whether at least one relay has it.
    pub fn is_reached(&self) -> bool {
        matches!(self, Delivery::Reached { .. })
    }

    /// Whether it is sent later.
    pub fn is_queued(&self) -> bool {
        matches!(self, Delivery::Queued(_))
    }
}

impl std::fmt::Display for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let joined = crate::refusal::joined;
        match self {
            Delivery::Reached { relays, .. } => write!(f, "sent to {} relays", relays.len()),
            Delivery::NoInbox => write!(f, "receives no private messages (no kind 10050)"),
            Delivery::Refused(refused) => write!(f, "refused by {}", joined(refused)),
            Delivery::Failed(refused) => write!(f, "not sent to {}", joined(refused)),
            Delivery::Queued(refused) => write!(f, "waits to be sent to {}", joined(refused)),
        }
    }
}

/// Why the own list of inbox relays was not changed.
///
/// ```
/// let error = kith_client::InboxError::Relays(9);
/// assert_eq!(error.to_string(), "an inbox has 1 to 3 relays, not 9");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InboxError {
    /// None, or more than [`INBOX_RELAYS_MAX`].
    #[error("an inbox has 1 to {INBOX_RELAYS_MAX} relays, not {0}")]
    Relays(usize),
    /// Not every relay said which list it has; nothing was changed.
    #[error(transparent)]
    ListUnavailable(#[from] ListUnavailable),
    /// No relay took it, or there is no key.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// Relays that did not answer during one piece of work: the rest of it does not wait for them again.
#[derive(Debug, Default)]
pub(crate) struct GivenUp(std::sync::Mutex<BTreeMap<RelayUrl, Reason>>);

impl GivenUp {
    fn reason(&self, relay: &RelayUrl) -> Option<Reason> {
        let known = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        known.get(relay).cloned()
    }

    fn add(&self, relay: &RelayUrl, reason: &Reason) {
        let mut known = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        known.insert(relay.clone(), reason.clone());
    }
}

impl Kith {
    /// Where somebody receives private messages (NIP-17): at most [`INBOX_RELAYS_MAX`] relays, none
    /// when they receive none.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith, person: kith_client::PublicKey) -> Result<(), kith_client::ReadError> {
    /// let receives_messages = !kith.inbox(person).await?.found.is_empty();
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] when no relay answers, and their list was not read before either.
    pub async fn inbox(&self, person: PublicKey) -> Result<Listing<RelayUrl>, ReadError> {
        let inboxes = self.inboxes(&BTreeSet::from([person])).await?;
        if !inboxes.unknown([person]).is_empty() {
            return Err(ReadError::NobodyAnswered {
                silent: inboxes.silent,
            });
        }
        let found = inboxes.relays.into_values().next().unwrap_or_default();
        Ok(Listing {
            found,
            silent: inboxes.silent,
        })
    }

    /// Says where the user receives private messages from now on (kind 10050): from then on others
    /// can write to them.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) -> Result<(), Box<dyn std::error::Error>> {
    /// use kith_client::RelayUrl;
    /// kith.open_inbox(&[RelayUrl::parse("wss://relay.example.com")?]).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InboxError`]
    pub async fn open_inbox(&self, relays: &[RelayUrl]) -> Result<Change, InboxError> {
        if relays.is_empty() || relays.len() > INBOX_RELAYS_MAX {
            return Err(InboxError::Relays(relays.len()));
        }
        let address = address(self.author()?);
        let _turn = self.turn().await;
        let old = self.newest_for_rewrite(&address, WHAT).await?;
        if let Some(found) = &old.found
            && inbox_relays(&found.event) == relays
        {
            return Ok(Change::Unchanged);
        }
        let tag = |relay: &RelayUrl| vec!["relay".to_owned(), relay.to_string()];
        let draft = Draft {
            kind: Kind::INBOX_RELAYS,
            created_at: old.next_at(self.now()),
            tags: relays.iter().map(tag).collect(),
            content: String::new(),
        };
        Ok(Change::Published(self.publish(&draft).await?))
    }

    /// The inboxes of several people.
    pub(crate) async fn inboxes(&self, people: &BTreeSet<PublicKey>) -> Result<Inboxes, ReadError> {
        let addresses: Vec<Address> = people.iter().map(|person| address(*person)).collect();
        let fetched = self.fetch(addresses_filters(&addresses)).await.answered()?;
        let is_from_relays = fetched.is_from_relays();
        let Fetched {
            found, mut silent, ..
        } = fetched;
        let current = self.settled(found, &mut silent).await;
        let relays = current.into_iter().filter_map(|found| {
            let relays = inbox_relays(&found.event);
            (!relays.is_empty()).then(|| (found.event.pubkey(), relays))
        });
        Ok(Inboxes {
            relays: relays.collect(),
            silent,
            is_from_relays,
        })
    }

    /// Takes a wrap to the relays of an inbox, all at once. Relays in `given_up` are not tried, and
    /// those that do not answer join them.
    pub(crate) async fn deliver(
        &self,
        wrap: &nostr_sdk::Event,
        inbox: &[RelayUrl],
        given_up: &GivenUp,
    ) -> Delivery {
        if inbox.is_empty() {
            return Delivery::NoInbox;
        }
        let answers = join_all(inbox.iter().map(|relay| async move {
            let answer = self.deliver_to(wrap, relay, given_up).await;
            answer.map_err(|reason| Refusal {
                relay: relay.clone(),
                reason,
            })
        }));
        let mut relays = Vec::new();
        let mut refused = Vec::new();
        for (answer, relay) in answers.await.into_iter().zip(inbox) {
            match answer {
                Ok(()) => relays.push(relay.clone()),
                Err(refusal) => refused.push(refusal),
            }
        }
        match (relays.is_empty(), refused.iter().all(is_final)) {
            (false, _) => Delivery::Reached { relays, refused },
            (true, true) => Delivery::Refused(refused),
            (true, false) => Delivery::Failed(refused),
        }
    }

    async fn deliver_to(
        &self,
        wrap: &nostr_sdk::Event,
        relay: &RelayUrl,
        given_up: &GivenUp,
    ) -> Result<(), Reason> {
        let mut is_second = false;
        let mut haste = 0;
        loop {
            if let Some(reason) = given_up.reason(relay) {
                return Err(reason);
            }
            let link = self.link_to(relay).await?;
            let outcome = self.hand_to(&link, wrap, self.signer()).await;
            match outcome {
                Ok(_) => return Ok(()),
                // It may be back at once; the same wrap can be sent again.
                Err(Reason::ConnectionLost) if !is_second => is_second = true,
                Err(reason) if is_haste(&reason) && haste < HASTE_ATTEMPTS_MAX => {
                    tokio::time::sleep(HASTE_PAUSE * 2_u32.pow(haste)).await;
                    haste += 1;
                }
                Err(reason) => {
                    if is_silence(&reason) {
                        given_up.add(relay, &reason);
                    }
                    return Err(reason);
                }
            }
        }
    }
}

/// The inboxes of several people; who has none is left out.
#[derive(Debug)]
pub(crate) struct Inboxes {
    pub(crate) relays: BTreeMap<PublicKey, Vec<RelayUrl>>,
    /// Relays that did not answer: an inbox may be missing, or be an older one.
    pub(crate) silent: Vec<Refusal>,
    is_from_relays: bool,
}

impl Inboxes {
    /// Those of whom nobody said whether they have one: no relay answered, and their list was not read
    /// before.
    pub(crate) fn unknown(&self, people: impl IntoIterator<Item = PublicKey>) -> Vec<PublicKey> {
        let is_unknown =
            |person: &PublicKey| !self.is_from_relays && !self.relays.contains_key(person);
        people.into_iter().filter(is_unknown).collect()
    }
}

fn address(person: PublicKey) -> Address {
    Address {
        kind: Kind::INBOX_RELAYS,
        pubkey: person,
        identifier: String::new(),
    }
}

fn is_haste(reason: &Reason) -> bool {
    let prefix = Prefix::RateLimited;
    matches!(reason, Reason::Refused { prefix: known, .. } if *known == prefix)
}

fn is_silence(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::Unreachable(_) | Reason::Timeout(_) | Reason::ConnectionLost
    )
}

/// The relay means it: it neither failed nor was asked too often.
fn is_final(refusal: &Refusal) -> bool {
    match &refusal.reason {
        Reason::Refused { prefix, .. } => !matches!(prefix, Prefix::RateLimited | Prefix::Error),
        Reason::Authentication(_) | Reason::Limit(_) => true,
        _ => false,
    }
}
