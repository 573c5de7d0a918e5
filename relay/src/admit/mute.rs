//! People whom a community's owner muted do not write into that community (LBC).
//!
//! Applies to messages in the official channels, comments, answers to meetups, and meetups. The
//! rest of what they write is unaffected, nothing stored is touched, and an owner is never muted.

use std::collections::BTreeSet;

use kith_nips::{Address, Event, EventId, Kind, Prefix, PublicKey};

use super::Refusal;
use crate::store::{Store, StoreError};

/// Communities, channels and meetups that one event may refer to. More cannot be checked in
/// reasonable time, and what cannot be checked is refused.
const REFERENCES_MAX: usize = 32;

/// Refuses `event` if its author is muted in a community into which it would go.
pub(super) async fn not_muted(
    event: &Event,
    store: &dyn Store,
) -> Result<Result<(), Refusal>, StoreError> {
    let references = match event.kind() {
        Kind::CHANNEL_MESSAGE => channel_of_message(event).map(Reference::Channel).into_iter().collect(),
        Kind::COMMENT => root_of_comment(event),
        Kind::RSVP => meetups_of_answer(event),
        Kind::MEETUP | Kind::DATE_MEETUP => communities_of_meetup(event)
            .into_iter()
            .map(Reference::Event)
            .collect(),
        _ => return Ok(Ok(())),
    };
    if references.len() > REFERENCES_MAX {
        return Ok(Err(Refusal::new(
            Prefix::Invalid,
            format!("refers to more than {REFERENCES_MAX} communities or meetups"),
        )));
    }
    for reference in &references {
        for community in communities(reference, store).await? {
            if is_muted(event.pubkey(), &community, store).await? {
                return Ok(Err(Refusal::new(
                    Prefix::Blocked,
                    "the owner of this community has muted you",
                )));
            }
        }
    }
    Ok(Ok(()))
}

/// Something by which an event can belong to a community.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Reference {
    /// A channel, official if it is by the owner of a community that it names.
    Channel(EventId),
    /// A community itself, or one version of a meetup or of community metadata.
    Event(EventId),
    /// A meetup or community metadata, whichever version.
    Address(Address),
}

/// The root of a channel message: the tag marked so, or the first (NIP-28).
fn channel_of_message(event: &Event) -> Option<EventId> {
    let marked = event.tags().named("e").find(|tag| tag.get(3) == Some("root"));
    marked
        .or_else(|| event.tags().named("e").next())
        .and_then(|tag| EventId::from_hex(tag.value()?).ok())
}

/// The roots of a comment (NIP-22).
fn root_of_comment(event: &Event) -> BTreeSet<Reference> {
    let events = values(event, "E").filter_map(|value| EventId::from_hex(value).ok());
    let addresses = values(event, "A").filter_map(|value| value.parse().ok());
    events
        .map(Reference::Event)
        .chain(addresses.map(Reference::Address))
        .collect()
}

/// The meetups that an RSVP answers (NIP-52). Its `e` is one version of the same, so it only
/// counts where no address can be read: answers of the first client had an event id in place of
/// the kind.
fn meetups_of_answer(event: &Event) -> BTreeSet<Reference> {
    let addresses: BTreeSet<Reference> = values(event, "a")
        .filter_map(answered_address)
        .map(Reference::Address)
        .collect();
    if !addresses.is_empty() {
        return addresses;
    }
    values(event, "e")
        .filter_map(|value| EventId::from_hex(value).ok())
        .map(Reference::Event)
        .collect()
}

fn answered_address(value: &str) -> Option<Address> {
    value.parse().ok().or_else(|| {
        let (label, rest) = value.split_once(':')?;
        EventId::from_hex(label).ok()?;
        format!("{}:{rest}", Kind::MEETUP).parse().ok()
    })
}

/// The communities that a meetup names with `e`; without any, the one in its identifier.
fn communities_of_meetup(event: &Event) -> BTreeSet<EventId> {
    let named: BTreeSet<EventId> = values(event, "e")
        .filter_map(|value| EventId::from_hex(value).ok())
        .collect();
    if !named.is_empty() {
        return named;
    }
    let identifier = event.identifier();
    let community = identifier.split_once(':').map_or(identifier, |(id, _)| id);
    EventId::from_hex(community).into_iter().collect()
}

fn values<'a>(event: &'a Event, name: &'a str) -> impl Iterator<Item = &'a str> {
    event.tags().named(name).filter_map(|tag| tag.value())
}

/// The communities to which `reference` leads.
async fn communities(
    reference: &Reference,
    store: &dyn Store,
) -> Result<Vec<Community>, StoreError> {
    let target = match reference {
        Reference::Channel(id) => return official_communities(*id, store).await,
        Reference::Event(id) => store.find(*id).await?,
        Reference::Address(address) => store.find_address(address.clone()).await?,
    };
    let Some(target) = target else {
        return Ok(Vec::new());
    };
    match target.kind() {
        Kind::COMMUNITY => Ok(Community::of(&target).into_iter().collect()),
        Kind::MEETUP | Kind::DATE_MEETUP => {
            known_communities(communities_of_meetup(&target), store).await
        }
        Kind::COMMUNITY_METADATA => {
            let named = super::community::community_of_metadata(&target);
            let known = known_communities(named.into_iter().collect(), store).await?;
            Ok(known.into_iter().filter(|community| community.owner == target.pubkey()).collect())
        }
        _ => Ok(Vec::new()),
    }
}

/// The communities whose owner made this channel for them.
async fn official_communities(
    channel: EventId,
    store: &dyn Store,
) -> Result<Vec<Community>, StoreError> {
    let channel = store.find(channel).await?;
    let Some(channel) = channel.filter(|event| event.kind() == Kind::CHANNEL) else {
        return Ok(Vec::new());
    };
    let named = values(&channel, "e")
        .filter_map(|value| EventId::from_hex(value).ok())
        .collect();
    let known = known_communities(named, store).await?;
    Ok(known
        .into_iter()
        .filter(|community| community.owner == channel.pubkey())
        .collect())
}

/// A community that is stored.
#[derive(Debug, Clone, Copy)]
struct Community {
    id: EventId,
    owner: PublicKey,
}

impl Community {
    fn of(event: &Event) -> Option<Self> {
        (event.kind() == Kind::COMMUNITY).then(|| Community {
            id: event.id(),
            owner: event.pubkey(),
        })
    }
}

async fn known_communities(
    ids: BTreeSet<EventId>,
    store: &dyn Store,
) -> Result<Vec<Community>, StoreError> {
    let mut known = Vec::new();
    // The stored event passed the same bound when it came, unless the switch was off then.
    for id in ids.into_iter().take(REFERENCES_MAX) {
        let found = store.find(id).await?;
        known.extend(found.as_deref().and_then(Community::of));
    }
    Ok(known)
}

/// Whether `key` is on the block list of `community`, in its newest version.
async fn is_muted(
    key: PublicKey,
    community: &Community,
    store: &dyn Store,
) -> Result<bool, StoreError> {
    if key == community.owner {
        return Ok(false);
    }
    let block_list = Address {
        kind: Kind::PEOPLE_SET,
        pubkey: community.owner,
        identifier: format!("{}:blocked", community.id),
    };
    let list = store.find_address(block_list).await?;
    Ok(list.is_some_and(|list| {
        values(&list, "p").any(|value| PublicKey::from_hex(value).is_ok_and(|muted| muted == key))
    }))
}
