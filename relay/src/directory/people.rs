//! People: the members of a community, and the communities of a person. Of where people live nothing is
//! known here but the cities that they named themselves (LBC-19).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kith_nips::lbc::{MemberList, Membership, Published, Topic};
use kith_nips::nip65::RelayList;
use kith_nips::place::CityTag;
use kith_nips::{Address, EventId, Filter, Kind, PublicKey};
use nostr::RelayUrl;

use super::communities::MEMBERS_READ_MAX;
use super::following::PeopleOf;
use super::page::{Page, Place, page_of};
use super::reading::{Reading, kinds, tagged};
use super::records::CommunityRecord;
use crate::store::StoreError;

/// Communities of one person that are looked at: owned, followed and listed, each.
const COMMUNITIES_PER_PERSON_MAX: usize = 500;

/// Lists of follows that are looked at for names of followers.
const FOLLOWERS_READ_MAX: usize = 100;

/// Who belongs to a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: PublicKey,
    /// Whether they own the community.
    pub is_owner: bool,
}

/// A person's communities, and what they say to be found.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonView {
    /// The cities that they named.
    pub cities: Vec<CityTag>,
    /// What they are interested in.
    pub topics: Vec<Topic>,
    /// Their communities: owned first, then followed, then those of which they are a member without
    /// following.
    pub communities: Page<PersonCommunity>,
}

/// A community that a person has to do with.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonCommunity {
    /// The community.
    pub record: Arc<CommunityRecord>,
    /// What the person is to it (LBC-50).
    pub membership: Membership,
}

impl Reading {
    /// A page of the members of a community: the owner, then everybody who is on the list of members,
    /// follows and is not muted (D9), by key.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn members(
        &self,
        record: &CommunityRecord,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Page<Member>, StoreError> {
        let owner = record.owner();
        let listed: BTreeSet<PublicKey> = record
            .members
            .iter()
            .flat_map(|list| list.people())
            .take(MEMBERS_READ_MAX)
            .collect();
        let following = self
            .following(&PeopleOf::from([(record.id(), listed)]))
            .await?;
        let members = following.into_values().flatten().filter(|person| {
            *person != owner && record.membership(*person, true) == Membership::Member
        });
        let placed = [owner].into_iter().chain(members).map(|person| {
            let is_owner = person == owner;
            let place = Place::of_key(u64::from(!is_owner), *person.as_bytes());
            (place, Member { person, is_owner })
        });
        Ok(page_of(placed.collect(), after, limit))
    }

    /// People who follow a community and say so for all to read (LBC-20), without its owner, its members and
    /// the muted: of the newest lists, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn followers(
        &self,
        record: &CommunityRecord,
        limit: usize,
    ) -> Result<Vec<PublicKey>, StoreError> {
        let (people, _) = self.following_people(record, FOLLOWERS_READ_MAX).await?;
        let follows = |person: &PublicKey| record.membership(*person, true) == Membership::Follower;
        Ok(people.into_iter().filter(follows).take(limit).collect())
    }

    /// People whose lists name a community, of the newest `lists_max` lists, and whether there are more.
    pub(super) async fn following_people(
        &self,
        record: &CommunityRecord,
        lists_max: usize,
    ) -> Result<(Vec<PublicKey>, bool), StoreError> {
        let lists = kinds(&[Kind::COMMUNITY_FOLLOWS]);
        let lists = tagged(lists, 'e', [record.id().to_string()]);
        let lists = self.scan(lists, lists_max + 1).await?;
        let people = lists.iter().map(|list| list.pubkey());
        let people = people.take(lists_max).collect();
        Ok((people, lists.len() > lists_max))
    }

    /// A page of the communities of a person.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn person(
        &self,
        person: PublicKey,
        after: Option<Place>,
        limit: usize,
    ) -> Result<PersonView, StoreError> {
        let list = self.follow_list(person).await?;
        let followed: BTreeSet<EventId> = list
            .iter()
            .flat_map(|list| list.communities())
            .take(COMMUNITIES_PER_PERSON_MAX)
            .collect();
        let grouped = self.grouped(person, &followed).await?;
        let placed = grouped
            .iter()
            .map(|(id, group)| (Place::of_key(*group, *id.as_bytes()), *id));
        // Some of them may be no communities (any more): LBC-61.
        let records = self.records(grouped.keys().copied().collect()).await?;
        let shown = placed.filter_map(|(place, id)| {
            let record = Arc::clone(records.get(id)?);
            let membership = record.membership(person, followed.contains(&id));
            let community = PersonCommunity { record, membership };
            (membership != Membership::Visitor).then_some((place, community))
        });
        Ok(PersonView {
            cities: list.iter().flat_map(|list| list.cities()).collect(),
            topics: list.iter().flat_map(|list| list.topics()).collect(),
            communities: page_of(shown.collect(), after, limit),
        })
    }

    /// Where a person says that they write (NIP-65), at most `limit` relays.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn write_relays(
        &self,
        person: PublicKey,
        limit: usize,
    ) -> Result<Vec<RelayUrl>, StoreError> {
        let address = Address {
            kind: Kind::RELAY_LIST,
            pubkey: person,
            identifier: String::new(),
        };
        let list = self.find_address(address).await?;
        let list = list.map(|event| RelayList::read(&event));
        let relays = list.iter().flat_map(RelayList::write_relays);
        Ok(relays.take(limit).cloned().collect())
    }

    /// The communities that a person may have to do with: 0 owned, 1 followed, 2 listed.
    async fn grouped(
        &self,
        person: PublicKey,
        followed: &BTreeSet<EventId>,
    ) -> Result<BTreeMap<EventId, u64>, StoreError> {
        let owned = Filter {
            authors: Some(vec![person]),
            ..kinds(&[Kind::COMMUNITY])
        };
        let lists = tagged(kinds(&[Kind::PEOPLE_SET]), 'p', [person.to_string()]);
        let (owned, lists) = tokio::try_join!(
            self.scan(owned, COMMUNITIES_PER_PERSON_MAX),
            self.scan(lists, COMMUNITIES_PER_PERSON_MAX),
        )?;
        let listed = lists.iter().filter_map(|event| {
            let list: Published<MemberList> = MemberList::read(event).ok()?;
            Some(list.community())
        });
        let mut grouped: BTreeMap<EventId, u64> = listed.map(|id| (id, 2)).collect();
        grouped.extend(followed.iter().map(|id| (*id, 1)));
        grouped.extend(owned.iter().map(|event| (event.id(), 0)));
        Ok(grouped)
    }
}
