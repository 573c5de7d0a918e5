//! Membership of a relay (NIP-43): who is a member by the relay's account and by their own, asking for an
//! invite code, and joining with one. Knows relays; communities have members of another sort
//! (`members.rs`).

use std::cmp::Reverse;

use kith_nips::{Event, Kind, PublicKey, nip43};
use nostr_sdk::{Filter, RelayUrl};

use crate::fetch::Found;
use crate::filters::{authors, kinds_filter};
use crate::kith::Kith;
use crate::publish::PublishError;
use crate::refusal::{Reason, Refusal};

/// Where people name the relays that they are members of. NIP-43 mentions it and does not say how: any
/// tag with the address counts.
const OWN_MEMBERSHIPS: Kind = Kind::new(10_010);

/// Whether somebody is a member of a relay. Neither side says enough alone: the relay may list people who
/// do not know, and people may name relays that do not have them.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith, relay: kith_client::RelayUrl, ada: kith_client::PublicKey) -> Result<(), kith_client::RelayMemberError> {
/// let membership = kith.relay_membership(&relay, ada).await?;
/// println!("member: {}", membership.is_mutual());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RelayMembership {
    /// Whether the relay's own list (kind 13534) has them; `None` when it has no such list.
    pub listed_by_relay: Option<bool>,
    /// Whether they name the relay themselves (kind 10010).
    pub named_by_person: bool,
}

impl RelayMembership {
    /// Whether both sides say so.
    pub fn is_mutual(&self) -> bool {
        self.listed_by_relay == Some(true) && self.named_by_person
    }
}

/// Why a relay was not asked about its members, or what it said.
///
/// ```
/// use kith_client::{Reason, Refusal, RelayMemberError, RelayUrl};
///
/// let relay = RelayUrl::parse("wss://relay.example.com")?;
/// let error = RelayMemberError::Relay(Refusal { relay, reason: Reason::NoMembers });
/// assert!(error.to_string().starts_with("wss://relay.example.com: not asked"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelayMemberError {
    /// The relay refused, did not answer, or has no members ([`Reason::NoMembers`]).
    #[error("{0}")]
    Relay(Refusal),
    /// The request cannot be signed.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl Kith {
    /// Whether somebody is a member of a relay, by its list and by theirs.
    ///
    /// # Errors
    /// [`RelayMemberError`]
    pub async fn relay_membership(
        &self,
        relay: &RelayUrl,
        person: PublicKey,
    ) -> Result<RelayMembership, RelayMemberError> {
        let refusal = |reason| at(relay, reason);
        let link = self.link_to(relay).await.map_err(refusal)?;
        let listed_by_relay = match self.relay_key(relay).await {
            Ok(key) => {
                let list = kinds_filter(&[Kind::RELAY_MEMBERS]).authors(authors([key]));
                let lists = self.asked(relay, list).await?;
                let newest = newest(lists.iter().filter(|list| list.pubkey() == key));
                newest.map(|list| is_named(list, "member", &person.to_string()))
            }
            Err(RelayMemberError::Relay(Refusal {
                reason: Reason::NoMembers,
                ..
            })) => None,
            Err(error) => return Err(error),
        };
        let own = kinds_filter(&[OWN_MEMBERSHIPS]).authors(authors([person]));
        let mut links = self.links().to_vec();
        if links.iter().all(|known| known.url() != relay) {
            links.push(link);
        }
        let own = self.fetch_at(&links, vec![own]).await.found;
        let own = own.iter().map(|Found { event, .. }| event);
        let own = newest(own.filter(|list| list.pubkey() == person));
        Ok(RelayMembership {
            listed_by_relay,
            named_by_person: own.is_some_and(|list| names_relay(list, relay)),
        })
    }

    /// An invite code of a relay, for somebody else or for oneself; `None` when it gives none. A relay
    /// that does not announce NIP-43 is not asked.
    ///
    /// # Errors
    /// [`RelayMemberError`]
    pub async fn relay_invite(&self, relay: &RelayUrl) -> Result<Option<String>, RelayMemberError> {
        let key = self.relay_key(relay).await?;
        let filter = kinds_filter(&[Kind::INVITE]).limit(1);
        let invites = self.asked(relay, filter).await?;
        let own = newest(invites.iter().filter(|invite| invite.pubkey() == key));
        let claim = own.and_then(|invite| invite.tags().named("claim").next());
        Ok(claim.and_then(|claim| Some(claim.get(1)?.to_owned())))
    }

    /// Asks a relay to become its member, with an invite code; the relay's answer. A relay that does not
    /// announce NIP-43 is not asked.
    ///
    /// # Errors
    /// [`RelayMemberError`]
    pub async fn join_relay(
        &self,
        relay: &RelayUrl,
        code: &str,
    ) -> Result<String, RelayMemberError> {
        self.relay_key(relay).await?;
        let link = self.link_to(relay).await;
        let link = link.map_err(|reason| at(relay, reason))?;
        let request = self.sign(&nip43::join(code)).await?;
        let answer = self.hand_to(&link, &request, self.signer()).await;
        answer.map_err(|reason| at(relay, reason))
    }

    /// The key that a relay with members signs with (`self`, NIP-11).
    async fn relay_key(&self, relay: &RelayUrl) -> Result<PublicKey, RelayMemberError> {
        let refusal = |reason| at(relay, reason);
        let link = self.link_to(relay).await.map_err(refusal)?;
        link.ready(self.timeout()).await.map_err(refusal)?;
        if !self.announced(&link).await.has_members {
            return Err(refusal(Reason::NoMembers));
        }
        let document = link.document(self.timeout()).await;
        let document = document.map_err(|why| refusal(Reason::Unreachable(why)))?;
        let key = document.information.own_pubkey;
        key.ok_or_else(|| refusal(Reason::NoMembers))
    }

    async fn asked(
        &self,
        relay: &RelayUrl,
        filter: Filter,
    ) -> Result<Vec<Event>, RelayMemberError> {
        let refusal = |reason| at(relay, reason);
        let link = self.link_to(relay).await.map_err(refusal)?;
        let events = link.request(&filter, self.signer(), self.timeout()).await;
        let events = events.map_err(refusal)?;
        let events = events.iter();
        Ok(events
            .filter_map(|event| Event::try_from(event).ok())
            .collect())
    }
}

fn at(relay: &RelayUrl, reason: Reason) -> RelayMemberError {
    let relay = relay.clone();
    RelayMemberError::Relay(Refusal { relay, reason })
}

/// Of two of the same second the lowest id (NIP-01).
fn newest<'a>(lists: impl Iterator<Item = &'a Event>) -> Option<&'a Event> {
    lists.max_by_key(|list| (list.created_at(), Reverse(list.id())))
}

fn is_named(list: &Event, tag: &str, value: &str) -> bool {
    let mut tags = list.tags().named(tag);
    tags.any(|tag| tag.get(1) == Some(value))
}

fn names_relay(list: &Event, relay: &RelayUrl) -> bool {
    let values = list.tags().iter().flat_map(|tag| tag.iter().skip(1));
    let mut relays = values.filter_map(|value| RelayUrl::parse(value).ok());
    relays.any(|named| named == *relay)
}
