//! What is known of a community: its 1037 and everything its owner says about it. All of it is looked up
//! by address, so that nobody else's notes can get in the way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kith_nips::lbc::{
    Calendar, Community, CommunityMetadata, KnownCommunity, MemberList, MuteList, Published,
    address, short_id,
};
use kith_nips::{Event, EventId, Kind, PublicKey};

use super::reading::{Reading, give_way, kinds, tagged};
use super::remembered::{KnownRecord, Parts};
use crate::store::{Stamp, StampOf, StoreError};

/// Descriptions of old form, at other addresses (D6), that are read for one page of communities.
const OTHER_DESCRIPTIONS_MAX: usize = 500;

/// Communities that are looked at for one note.
pub(super) const COMMUNITIES_PER_NOTE_MAX: usize = 16;

/// A community as its owner describes and runs it.
#[derive(Debug, Clone, PartialEq)]
pub struct CommunityRecord {
    /// The community itself.
    pub community: Published<Community>,
    /// Its description in the version that counts (LBC-08).
    pub metadata: Option<Published<CommunityMetadata>>,
    /// Its calendar of official meetups (LBC-27).
    pub calendar: Option<Published<Calendar>>,
    /// Its members (LBC-47).
    pub members: Option<Published<MemberList>>,
    /// Who is muted (LBC-47).
    pub muted: Option<Published<MuteList>>,
}

impl CommunityRecord {
    /// The community id.
    pub fn id(&self) -> EventId {
        self.community.id
    }

    /// Its owner.
    pub fn owner(&self) -> PublicKey {
        self.community.owner()
    }

    /// When its owner last said something of it, Unix seconds.
    pub fn changed_at(&self) -> u64 {
        let described_at = self.metadata.as_ref().map(|metadata| metadata.created_at);
        described_at.map_or(self.community.created_at, |at| {
            at.max(self.community.created_at)
        })
    }

    /// What it is called: the short id if its owner did not say.
    pub fn title(&self) -> String {
        let metadata = self.metadata.as_ref();
        metadata.map_or_else(|| short_id(self.id()), |metadata| metadata.display_title())
    }

    /// What it says of itself, Markdown.
    pub fn description(&self) -> &str {
        match &self.metadata {
            Some(metadata) => metadata.display_description(&self.community),
            None => &self.community.description,
        }
    }

    /// Whether the owner muted this person; the owner never is (D10).
    pub fn mutes(&self, person: PublicKey) -> bool {
        person != self.owner()
            && self
                .muted
                .as_ref()
                .is_some_and(|list| list.contains(person))
    }

    /// Whether this person is on the list of members, following or not.
    pub fn lists(&self, person: PublicKey) -> bool {
        self.members
            .as_ref()
            .is_some_and(|list| list.contains(person))
    }

    /// Everybody who is muted.
    pub(super) fn muted_people(&self) -> BTreeSet<PublicKey> {
        let muted = self.muted.iter().flat_map(|list| list.people());
        muted.filter(|person| *person != self.owner()).collect()
    }

    pub(super) fn known(&self) -> KnownCommunity {
        KnownCommunity {
            id: self.id(),
            owner: self.owner(),
        }
    }
}

/// Communities by id. A closed one is not among them (LBC-06).
#[derive(Debug, Default)]
pub(super) struct Records(BTreeMap<EventId, Arc<CommunityRecord>>);

impl Records {
    pub(super) fn get(&self, id: EventId) -> Option<&Arc<CommunityRecord>> {
        self.0.get(&id)
    }

    pub(super) fn owner(&self, id: EventId) -> Option<PublicKey> {
        self.get(id).map(|record| record.owner())
    }
}

impl Reading {
    /// What is known of those of the communities that there are.
    pub(super) async fn records(&self, ids: BTreeSet<EventId>) -> Result<Records, StoreError> {
        let mut records = BTreeMap::new();
        let mut unknown = Vec::new();
        for id in ids {
            match self.remembered_record(id) {
                Some(known) => {
                    records.extend(self.shown(&known).map(|record| (id, record)));
                }
                None => unknown.push(id),
            }
        }
        for (stamp, parts) in self.of_everything().parts_of(unknown).await? {
            let Some(record) = record_of(&parts) else {
                continue;
            };
            let id = record.id();
            let known = KnownRecord {
                stamp: stamp.unwrap_or_default(),
                read_at: self.now(),
                record: Arc::new(record),
                parts: Arc::new(parts),
            };
            records.extend(self.shown(&known).map(|record| (id, record)));
            if stamp.is_some() {
                self.remembered().records.insert(id, known);
            }
        }
        Ok(Records(records))
    }

    /// What is known of one community.
    pub(super) async fn record_of(
        &self,
        id: EventId,
    ) -> Result<Option<Arc<CommunityRecord>>, StoreError> {
        Ok(self.records(BTreeSet::from([id])).await?.0.remove(&id))
    }

    /// What was read of a community lately, if its owner changed nothing since.
    fn remembered_record(&self, id: EventId) -> Option<KnownRecord> {
        let known = self.remembered().records.get(&id)?;
        let stamp = self.stamp(StampOf::Author(&known.record.owner()));
        (stamp == Some(known.stamp) && known.read_at <= self.now()).then_some(known)
    }

    /// What the reader may see of a community; `None` when that is not even that it exists.
    fn shown(&self, known: &KnownRecord) -> Option<Arc<CommunityRecord>> {
        let shows = |event: &Event| self.shows(event);
        match known.parts.events().all(|event| shows(event)) {
            true => Some(Arc::clone(&known.record)),
            false => record_of(&known.parts.shown(shows)).map(Arc::new),
        }
    }

    /// What communities are made of, each with the stamp of its owner from before it was read.
    async fn parts_of(&self, ids: Vec<EventId>) -> Result<Vec<(Option<Stamp>, Parts)>, StoreError> {
        let mut communities = Vec::with_capacity(ids.len());
        for (turn, id) in ids.into_iter().enumerate() {
            give_way(turn).await;
            let Some(event) = self.find(id).await? else {
                continue;
            };
            // Only its author tells whose stamp it is, so it is looked up again.
            let stamp = self.stamp(StampOf::Author(&event.pubkey()));
            let event = match stamp {
                Some(_) => self.find(id).await?,
                None => Some(event),
            };
            let community = event.as_ref().and_then(|event| Community::read(event).ok());
            communities.extend(event.zip(community).map(|both| (stamp, both)));
        }
        let read = communities.iter().map(|(_, (_, community))| community);
        let mut others = self.other_descriptions(read).await?;
        let mut all = Vec::with_capacity(communities.len());
        for (stamp, (event, community)) in communities {
            let (id, owner) = (community.id, community.owner());
            let addresses = [
                address::metadata(owner, id),
                address::calendar(owner, id),
                address::member_list(owner, id),
                address::mute_list(owner, id),
            ];
            let parts = Parts {
                community: vec![event],
                addressed: self.find_addresses(addresses).await?,
                others: others.remove(&id).unwrap_or_default(),
            };
            all.push((stamp, parts));
        }
        Ok(all)
    }

    /// Descriptions whose identifier is not the community id, as the first client wrote them (D6).
    async fn other_descriptions(
        &self,
        communities: impl Iterator<Item = &Published<Community>> + Clone,
    ) -> Result<BTreeMap<EventId, Vec<Arc<Event>>>, StoreError> {
        let ids = communities
            .clone()
            .map(|community| community.id.to_string());
        let mut filter = tagged(kinds(&[Kind::COMMUNITY_METADATA]), 'e', ids);
        filter.authors = Some(communities.map(Published::owner).collect());
        let mut found: BTreeMap<EventId, Vec<Arc<Event>>> = BTreeMap::new();
        for event in self.scan(filter, OTHER_DESCRIPTIONS_MAX).await? {
            if let Some(id) = CommunityMetadata::community_of(&event) {
                found.entry(id).or_default().push(event);
            }
        }
        Ok(found)
    }
}

/// What the parts of a community make; `None` without the community itself.
fn record_of(parts: &Parts) -> Option<CommunityRecord> {
    let mut communities = parts.community.iter();
    let community = communities.find_map(|event| Community::read(event).ok())?;
    let found = &parts.addressed;
    let descriptions: Vec<_> = found
        .iter()
        .chain(&parts.others)
        .filter_map(|event| CommunityMetadata::read(event).ok())
        .collect();
    let metadata = CommunityMetadata::current(&community, &descriptions).cloned();
    Some(CommunityRecord {
        metadata,
        calendar: found.iter().find_map(|event| Calendar::read(event).ok()),
        members: found.iter().find_map(|event| MemberList::read(event).ok()),
        muted: found.iter().find_map(|event| MuteList::read(event).ok()),
        community,
    })
}
