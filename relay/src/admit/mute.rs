//! People whom a community's owner muted do not write into that community (LBC-53, D19).
//!
//! Applies to messages in the official channels, comments, answers to meetups, and meetups. The
//! rest of what they write is unaffected, nothing stored is touched, and an owner is never muted
//! (D10).

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::lbc::{
    Association, Channel, ChannelMessage, CommunityMetadata, KnownCommunity, MuteList, address,
    association,
};
use kith_nips::{Address, Event, EventId, Kind, Prefix, PublicKey};

use crate::refusal::Refusal;
use crate::store::{Store, StoreError};

/// Communities, channels and meetups that one event may refer to. More cannot be checked in
/// reasonable time, and what cannot be checked is refused.
const REFERENCES_MAX: usize = 32;

/// Refuses `event` if its author is muted in a community into which it would go.
pub(super) async fn not_muted(
    event: &Event,
    store: &dyn Store,
) -> Result<Result<(), Refusal>, StoreError> {
    let references = references(event);
    if references.len() > REFERENCES_MAX {
        return Ok(Err(Refusal::new(
            Prefix::Invalid,
            format!("refers to more than {REFERENCES_MAX} communities or meetups"),
        )));
    }
    let mut communities = Vec::new();
    if is_meetup(event) {
        communities = communities_of_meetup(event, store).await?;
    } else {
        for reference in &references {
            communities.extend(communities_of(reference, store).await?);
        }
    }
    for community in communities {
        if is_muted(event.pubkey(), community, store).await? {
            return Ok(Err(Refusal::new(
                Prefix::Blocked,
                "the owner of this community has muted you",
            )));
        }
    }
    Ok(Ok(()))
}

/// Something by which an event can belong to a community.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Reference {
    /// A channel, official if it is by the owner of a community that it names (LBC-52).
    Channel(EventId),
    /// A community itself, or one version of a meetup or of community metadata.
    Event(EventId),
    /// A meetup or community metadata, whichever version.
    Address(Address),
}

fn references(event: &Event) -> BTreeSet<Reference> {
    match event.kind() {
        Kind::CHANNEL_MESSAGE => ChannelMessage::read(event)
            .into_iter()
            .map(|message| Reference::Channel(message.channel))
            .collect(),
        Kind::COMMENT => roots_of_comment(event),
        Kind::RSVP => meetups_of_answer(event),
        Kind::MEETUP | Kind::DATE_MEETUP => communities_named(event)
            .into_iter()
            .map(Reference::Event)
            .collect(),
        _ => BTreeSet::new(),
    }
}

/// The roots of a comment (NIP-22).
fn roots_of_comment(event: &Event) -> BTreeSet<Reference> {
    let events = ids(event, "E").map(Reference::Event);
    let addresses = values(event, "A").filter_map(|value| value.parse().ok());
    events.chain(addresses.map(Reference::Address)).collect()
}

/// The meetups that an RSVP answers (NIP-52), also where the rest of it makes no sense. Its `e` is
/// one version of the same, so it only counts where no address can be read.
fn meetups_of_answer(event: &Event) -> BTreeSet<Reference> {
    let addresses: BTreeSet<Reference> = values(event, "a")
        .filter_map(answered_meetup)
        .map(Reference::Address)
        .collect();
    match addresses.is_empty() {
        true => ids(event, "e").map(Reference::Event).collect(),
        false => addresses,
    }
}

/// The address of a meetup, also in the form of the first client, which wrote an event id in place
/// of the kind (LBC-37).
fn answered_meetup(value: &str) -> Option<Address> {
    value.parse().ok().or_else(|| {
        let (label, rest) = value.split_once(':')?;
        EventId::from_hex(label).ok()?;
        format!("{}:{rest}", Kind::MEETUP).parse().ok()
    })
}

/// What a meetup says about where it belongs, known or not.
fn communities_named(meetup: &Event) -> BTreeSet<EventId> {
    let in_identifier = address::community_in_identifier(meetup.identifier());
    ids(meetup, "e").chain(in_identifier).collect()
}

fn is_meetup(event: &Event) -> bool {
    matches!(event.kind(), Kind::MEETUP | Kind::DATE_MEETUP)
}

fn ids<'a>(event: &'a Event, name: &'a str) -> impl Iterator<Item = EventId> {
    values(event, name).filter_map(|value| EventId::from_hex(value).ok())
}

fn values<'a>(event: &'a Event, name: &'a str) -> impl Iterator<Item = &'a str> {
    event.tags().named(name).filter_map(|tag| tag.value())
}

/// The communities to which `reference` leads.
async fn communities_of(
    reference: &Reference,
    store: &dyn Store,
) -> Result<Vec<KnownCommunity>, StoreError> {
    let target = match reference {
        Reference::Channel(id) => return official_communities(*id, store).await,
        Reference::Event(id) => store.find(*id).await?,
        Reference::Address(address) => store.find_address(address.clone()).await?,
    };
    let Some(target) = target else {
        return Ok(Vec::new());
    };
    match target.kind() {
        Kind::COMMUNITY => Ok(vec![KnownCommunity {
            id: target.id(),
            owner: target.pubkey(),
        }]),
        Kind::MEETUP | Kind::DATE_MEETUP => communities_of_meetup(&target, store).await,
        Kind::COMMUNITY_METADATA => {
            let named = CommunityMetadata::community_of(&target);
            owned(named.into_iter().collect(), target.pubkey(), store).await
        }
        _ => Ok(Vec::new()),
    }
}

async fn communities_of_meetup(
    meetup: &Event,
    store: &dyn Store,
) -> Result<Vec<KnownCommunity>, StoreError> {
    let owners = owners(communities_named(meetup), store).await?;
    match association(meetup, |id| owners.get(&id).copied()) {
        Association::Known(communities) => Ok(communities),
        Association::Unknown(_) | Association::Conflict | Association::None => Ok(Vec::new()),
    }
}

/// The communities whose owner made this channel for them.
async fn official_communities(
    channel: EventId,
    store: &dyn Store,
) -> Result<Vec<KnownCommunity>, StoreError> {
    let found = store.find(channel).await?;
    let Some(channel) = found.and_then(|event| Channel::read(&event).ok()) else {
        return Ok(Vec::new());
    };
    let named = channel.communities.iter().map(|community| community.id);
    owned(named.collect(), channel.author, store).await
}

/// Those of the communities that belong to `owner`.
async fn owned(
    named: BTreeSet<EventId>,
    owner: PublicKey,
    store: &dyn Store,
) -> Result<Vec<KnownCommunity>, StoreError> {
    let owners = owners(named, store).await?;
    let communities = owners
        .into_iter()
        .map(|(id, owner)| KnownCommunity { id, owner });
    Ok(communities
        .filter(|community| community.owner == owner)
        .collect())
}

/// The owners of those communities that are stored.
async fn owners(
    ids: BTreeSet<EventId>,
    store: &dyn Store,
) -> Result<BTreeMap<EventId, PublicKey>, StoreError> {
    let mut owners = BTreeMap::new();
    // A stored event passed this bound when it came in, unless the switch was off then.
    for id in ids.into_iter().take(REFERENCES_MAX) {
        let found = store.find(id).await?;
        if let Some(community) = found.filter(|event| event.kind() == Kind::COMMUNITY) {
            owners.insert(id, community.pubkey());
        }
    }
    Ok(owners)
}

/// Whether `key` is on the newest block list of `community`.
async fn is_muted(
    key: PublicKey,
    community: KnownCommunity,
    store: &dyn Store,
) -> Result<bool, StoreError> {
    if key == community.owner {
        return Ok(false);
    }
    let address = address::mute_list(community.owner, community.id);
    let list = store.find_address(address).await?;
    Ok(list
        .and_then(|event| MuteList::read(&event).ok())
        .is_some_and(|list| list.contains(key)))
}
