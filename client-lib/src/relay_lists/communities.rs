//! The relays that communities name in their own descriptions (kind 30037): what is written there goes
//! to them as well. Knows which notes are a community's.

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::lbc::{Channel, CommunityMetadata, Published, address};
use kith_nips::{Address, Event, EventId, Kind};
use nostr_sdk::RelayUrl;

use super::LISTS_MAX;
use crate::fetch::ReadError;
use crate::filters::ids_filters;
use crate::kith::Kith;

/// Communities of one note whose relays are used.
const COMMUNITIES_PER_NOTE_MAX: usize = 4;

/// Kinds that name the community in `d`, in `e`, or in the address of what they belong to.
const KINDS: [Kind; 9] = [
    Kind::CHANNEL,
    Kind::COMMENT,
    Kind::COMMUNITY_FOLLOWS,
    Kind::PEOPLE_SET,
    Kind::CALENDAR,
    Kind::DATE_MEETUP,
    Kind::MEETUP,
    Kind::RSVP,
    Kind::DELETION,
];

/// Kinds that name a room of the community in `e`.
const ROOM_KINDS: [Kind; 4] = [
    Kind::CHANNEL_METADATA,
    Kind::CHANNEL_MESSAGE,
    Kind::CHANNEL_HIDE_MESSAGE,
    Kind::CHANNEL_MUTE_USER,
];

/// The relays that each community names; none of what is no community.
pub(super) type ByCommunity = BTreeMap<EventId, Vec<RelayUrl>>;

impl Kith {
    /// The relays that the communities of a note name, each once; none when that cannot be read.
    pub(super) async fn relays_of_communities(&self, event: &nostr_sdk::Event) -> Vec<RelayUrl> {
        match Event::try_from(event) {
            Ok(event) => self.community_relays(&event).await.unwrap_or_default(),
            Err(_) => Vec::new(),
        }
    }

    async fn community_relays(&self, event: &Event) -> Result<Vec<RelayUrl>, ReadError> {
        if let Ok(metadata) = CommunityMetadata::read(event) {
            let relays = relays_of(&metadata);
            self.keep_communities(BTreeMap::from([(metadata.community.id, relays.clone())]));
            return Ok(relays);
        }
        let named = self.communities_named(event).await?;
        let unknown: Vec<EventId> = {
            let known = self.known().communities();
            let unknown = named.iter().filter(|id| !known.contains_key(id));
            unknown.copied().collect()
        };
        if !unknown.is_empty() {
            let records = self.records(&unknown).await?;
            let relays = |id: &EventId| {
                let metadata = records.get(*id).and_then(|record| record.metadata.as_ref());
                metadata.map(relays_of).unwrap_or_default()
            };
            self.keep_communities(unknown.iter().map(|id| (*id, relays(id))).collect());
        }
        let known = self.known().communities();
        let relays = named.iter().filter_map(|id| known.get(id)).flatten();
        let mut once = BTreeSet::new();
        let relays = relays.filter(|relay| once.insert((*relay).clone()));
        Ok(relays.cloned().collect())
    }

    /// The communities that a note belongs to, those that it names last first.
    async fn communities_named(&self, event: &Event) -> Result<Vec<EventId>, ReadError> {
        if KINDS.contains(&event.kind()) {
            return Ok(named_in(event));
        }
        if !ROOM_KINDS.contains(&event.kind()) {
            return Ok(Vec::new());
        }
        let rooms: Vec<EventId> = named(event, "e").filter_map(|id| id.parse().ok()).collect();
        let filters = ids_filters(&rooms).into_iter();
        let filters = filters.map(|filter| filter.kind(Kind::CHANNEL.into()));
        let found = self.fetch(filters.collect()).await.answered()?.found;
        let rooms = found.iter();
        let rooms = rooms.filter_map(|found| Channel::read(&found.event).ok());
        let communities = rooms.flat_map(|room| room.note.communities);
        let communities = communities.map(|community| community.id);
        Ok(communities.take(COMMUNITIES_PER_NOTE_MAX).collect())
    }

    fn keep_communities(&self, more: ByCommunity) {
        let mut known = self.known().communities();
        if known.len() + more.len() > LISTS_MAX {
            known.clear();
        }
        known.extend(more);
    }
}

/// What a note's identifier, events and addresses lead to. Not each of it is a community.
fn named_in(event: &Event) -> Vec<EventId> {
    // An answer and a comment name the community in the address of the meetup alone.
    let is_about_meetup = matches!(event.kind(), Kind::RSVP | Kind::COMMENT);
    let own = (!is_about_meetup).then(|| event.identifier());
    let of_identifier = own.and_then(address::community_in_identifier);
    let addresses = named(event, "a").chain(named(event, "A"));
    let of_addresses = addresses.filter_map(|address| {
        let address: Address = address.parse().ok()?;
        address::community_in_identifier(&address.identifier)
    });
    let ids = named(event, "e").filter(|_| !is_about_meetup);
    let mut ids: Vec<EventId> = ids.filter_map(|id| id.parse().ok()).collect();
    // Who followed last is a reader of the list more than anybody else.
    ids.reverse();
    let mut once = BTreeSet::new();
    let ids = of_identifier.into_iter().chain(of_addresses).chain(ids);
    let ids = ids.filter(|id| once.insert(*id));
    ids.take(COMMUNITIES_PER_NOTE_MAX).collect()
}

fn named<'a>(event: &'a Event, name: &'a str) -> impl Iterator<Item = &'a str> {
    event.tags().named(name).filter_map(|tag| tag.value())
}

fn relays_of(metadata: &Published<CommunityMetadata>) -> Vec<RelayUrl> {
    let relays = metadata.relays().into_iter();
    relays
        .filter_map(|relay| RelayUrl::parse(relay).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use kith_nips::nip01::Draft;
    use nostr_sdk::Keys;

    use super::*;

    #[test]
    fn a_note_belongs_to_what_its_identifier_addresses_and_references_name() {
        let keys = Keys::generate();
        let id = |number: u8| EventId::from_bytes([number; 32]);
        let named = |kind: Kind, tags: &[[&str; 2]]| {
            let tags = tags.iter().map(|tag| tag.map(str::to_owned).to_vec());
            let draft = Draft {
                kind,
                created_at: None,
                tags: tags.collect(),
                content: String::new(),
            };
            named_in(&draft.sign(&keys, 1_700_000_000).unwrap())
        };
        let (one, two) = (id(1).to_string(), id(2).to_string());
        let blocked = format!("{one}:blocked");
        assert_eq!(named(Kind::PEOPLE_SET, &[["d", &blocked]]), [id(1)]);
        let meetup = [["d", "chess"], ["e", &two]];
        assert_eq!(named(Kind::MEETUP, &meetup), [id(2)]);
        let address = format!("31923:{}:{one}:chess", keys.public_key());
        for name in ["a", "A"] {
            let tags = [["d", two.as_str()], ["e", &two], [name, &address]];
            assert_eq!(named(Kind::RSVP, &tags), [id(1)]);
        }
        let many: Vec<String> = (1..=9).map(|number| id(number).to_string()).collect();
        let many: Vec<[&str; 2]> = many.iter().map(|id| ["e", id.as_str()]).collect();
        let last = named(Kind::COMMUNITY_FOLLOWS, &many);
        assert_eq!(last, [id(9), id(8), id(7), id(6)]);
    }
}
