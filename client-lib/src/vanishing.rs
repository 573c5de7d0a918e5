//! Asking relays to delete all that a key ever wrote (NIP-62). There is no way back, so the caller says
//! whose key it is and where it is to vanish from.

use std::collections::BTreeSet;
use std::sync::Arc;

use kith_nips::PublicKey;
use kith_nips::nip01::Draft;
use kith_nips::nip62::{self, ALL_RELAYS};
use kith_nips::nip65::RelayList;
use nostr_sdk::RelayUrl;

use crate::filters::addresses_filters;
use crate::kith::Kith;
use crate::link::Link;
use crate::publish::{Destinations, PublishError, Published};
use crate::refusal::Refusal;
use crate::relay_lists;
use crate::versions::newest;

/// Relays that one request goes to.
pub const VANISH_RELAYS_MAX: usize = 64;

/// Where a key is to vanish from.
///
/// ```
/// use kith_client::{RelayUrl, VanishFrom};
/// let relay = RelayUrl::parse("wss://relay.example.com")?;
/// assert_ne!(VanishFrom::Relay(relay), VanishFrom::Everywhere);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VanishFrom {
    /// From this relay, and only it is asked.
    Relay(RelayUrl),
    /// From every relay. All that are known are asked, and they pass it on.
    Everywhere,
}

/// Somebody agreed that everything which a key wrote is deleted, and cannot be brought back.
///
/// ```
/// use kith_client::{PublicKey, VanishConfirmed, VanishFrom};
/// let key = PublicKey::from_bytes([1; 32]);
/// let confirmed = VanishConfirmed::by_the_person(key, VanishFrom::Everywhere);
/// assert_eq!(confirmed.from(), &VanishFrom::Everywhere);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VanishConfirmed {
    key: PublicKey,
    from: VanishFrom,
}

impl VanishConfirmed {
    /// The person was told what happens, and agreed, for this key and these relays.
    pub fn by_the_person(key: PublicKey, from: VanishFrom) -> VanishConfirmed {
        VanishConfirmed { key, from }
    }

    /// What was agreed to.
    pub fn from(&self) -> &VanishFrom {
        &self.from
    }
}

/// Why nobody was asked to delete everything.
///
/// ```
/// assert_eq!(
///     kith_client::VanishError::AnotherKey.to_string(),
///     "another key was confirmed than the one that signs; nothing was sent"
/// );
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VanishError {
    /// What was confirmed is about another key.
    #[error("another key was confirmed than the one that signs; nothing was sent")]
    AnotherKey,
    /// The one relay that is meant cannot be reached, so nobody was asked.
    #[error("nothing was sent: {0}")]
    Unreachable(Refusal),
    /// No relay took it, or there is no key.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl Kith {
    /// Asks one relay, or all that are known, to delete everything that the user's key wrote so far, and
    /// the private messages to it. Relays that do not know NIP-62 keep it, and nobody can make others
    /// forget. The key can be used afterwards.
    ///
    /// ```no_run
    /// use kith_client::{Kith, VanishConfirmed, VanishFrom};
    /// # async fn example(kith: Kith, me: kith_client::PublicKey) -> Result<(), kith_client::VanishError> {
    /// // The person read what happens and said yes.
    /// let confirmed = VanishConfirmed::by_the_person(me, VanishFrom::Everywhere);
    /// let published = kith.vanish(&confirmed, "").await?;
    /// println!("{} relays took it", published.accepted.len());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`VanishError`]
    pub async fn vanish(
        &self,
        confirmed: &VanishConfirmed,
        reason: &str,
    ) -> Result<Published, VanishError> {
        if self.author()? != confirmed.key {
            return Err(VanishError::AnotherKey);
        }
        match &confirmed.from {
            VanishFrom::Relay(relay) => {
                let link = self.link_to(relay).await;
                let refusal = |reason| Refusal {
                    relay: relay.clone(),
                    reason,
                };
                let link = link.map_err(|reason| VanishError::Unreachable(refusal(reason)))?;
                let draft = nip62::request([relay.as_str()], reason);
                self.ask_to_delete(&draft, vec![link], Vec::new()).await
            }
            VanishFrom::Everywhere => {
                let (links, unreachable) = self.all_known(confirmed.key).await;
                let draft = nip62::request([ALL_RELAYS], reason);
                self.ask_to_delete(&draft, links, unreachable).await
            }
        }
    }

    async fn ask_to_delete(
        &self,
        draft: &Draft,
        now: Vec<Arc<Link>>,
        unreachable: Vec<Refusal>,
    ) -> Result<Published, VanishError> {
        let event = self.sign(draft).await?;
        let destinations = Destinations {
            now,
            ..Destinations::default()
        };
        let mut published = self.send(&event, destinations).await?;
        published.refused.extend(unreachable);
        Ok(published)
    }

    /// The set, the relays that were asked beside it, and those that the user's own lists name: to write
    /// to, to read from, and for private messages.
    async fn all_known(&self, me: PublicKey) -> (Vec<Arc<Link>>, Vec<Refusal>) {
        let mut links: Vec<Arc<Link>> = self.links().to_vec();
        links.extend(self.also_asked());
        let of_lists = relay_lists::address(me);
        let fetched = self
            .fetch(addresses_filters(std::slice::from_ref(&of_lists)))
            .await;
        let list = newest(fetched.found).remove(&of_lists);
        let list = list.map(|found| RelayList::read(&found.event));
        let mut named: Vec<RelayUrl> = list
            .iter()
            .flat_map(|list| list.relays())
            .map(|(relay, _)| relay.clone())
            .collect();
        if let Ok(inboxes) = self.inboxes(&BTreeSet::from([me])).await {
            named.extend(inboxes.relays.into_values().flatten());
        }
        let mut unreachable = Vec::new();
        for relay in named {
            let is_known = links.iter().any(|link| *link.url() == relay)
                || unreachable
                    .iter()
                    .any(|known: &Refusal| known.relay == relay);
            if is_known || links.len() >= VANISH_RELAYS_MAX {
                continue;
            }
            match self.link_to(&relay).await {
                Ok(link) => links.push(link),
                Err(reason) => unreachable.push(Refusal { relay, reason }),
            }
        }
        (links, unreachable)
    }
}
