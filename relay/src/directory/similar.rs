//! What is alike to what a person follows.
//!
//! The likeness of a community or meetup is the number of its topics that the person named (`t` of
//! their 10037), plus one for a community that the person follows, or for a meetup of one. What shares
//! nothing is not in the list. The most alike comes first; what is as alike stands in the list's own
//! order. Where a person lives plays no part in it (LBC-19).

use std::collections::BTreeSet;
use std::sync::Arc;

use kith_nips::lbc::{FollowList, Published, Topic, address};
use kith_nips::nip50::Rank;
use kith_nips::{Event, EventId, Filter, Kind, PublicKey};

use super::meetups::{KINDS, MeetupView};
use super::page::{Page, Place, page_of};
use super::query::{Listing, alike};
use super::reading::{Reading, tagged};
use super::records::CommunityRecord;
use crate::store::StoreError;

/// Communities or meetups that are compared with a person: the first in the list's own order.
pub const CANDIDATES_MAX: usize = 500;

/// Topics and communities of a person that count.
const INTERESTS_MAX: usize = 200;

/// What a person follows.
#[derive(Debug, Default)]
pub(super) struct Interests {
    pub(super) topics: Vec<Topic>,
    pub(super) communities: BTreeSet<EventId>,
}

impl Interests {
    fn shared_topics(&self, topics: &[Topic]) -> u64 {
        let shared = topics.iter().filter(|topic| self.topics.contains(topic));
        u64::try_from(shared.count()).unwrap_or(u64::MAX)
    }
}

impl Reading {
    /// What a person follows, as they say it themselves.
    pub(super) async fn follow_list(
        &self,
        person: PublicKey,
    ) -> Result<Option<Published<FollowList>>, StoreError> {
        let found = self.find_address(address::follow_list(person)).await?;
        Ok(found.and_then(|event| FollowList::read(&event).ok()))
    }

    async fn interests(&self, person: PublicKey) -> Result<Interests, StoreError> {
        let Some(list) = self.follow_list(person).await? else {
            return Ok(Interests::default());
        };
        let topics = list.topics().into_iter().take(INTERESTS_MAX);
        let communities = list.communities().into_iter().take(INTERESTS_MAX);
        Ok(Interests {
            topics: topics.collect(),
            communities: communities.collect(),
        })
    }

    pub(super) async fn communities_like(
        &self,
        listing: &Listing,
        person: PublicKey,
    ) -> Result<Page<Arc<CommunityRecord>>, StoreError> {
        let interests = self.interests(person).await?;
        let filter = listing.filter(&[Kind::COMMUNITY_METADATA]);
        let mut filters = alike(&filter, &interests.topics, &interests.communities);
        let ids = interests.communities.iter().map(EventId::to_string);
        // What the followed communities say of themselves need not name them in `e` (D6).
        filters.push(tagged(filter, 'd', ids));
        let (ranks, events, cut) = self.candidates(&filters).await?;
        let records = self.judge_communities(events, listing.clone()).await?;
        let likeness = |record: &Arc<CommunityRecord>| {
            let is_followed = interests.communities.contains(&record.id());
            interests
                .shared_topics(record.topics())
                .saturating_add(u64::from(is_followed))
        };
        Ok(most_alike(ranks, records, likeness, listing, cut))
    }

    pub(super) async fn meetups_like(
        &self,
        listing: &Listing,
        person: PublicKey,
    ) -> Result<Page<MeetupView>, StoreError> {
        let interests = self.interests(person).await?;
        let filter = listing.filter(&KINDS);
        let filters = alike(&filter, &interests.topics, &interests.communities);
        let (ranks, events, cut) = self.candidates(&filters).await?;
        let views = self.judge_meetups(events, listing.clone(), None).await?;
        let likeness = |view: &MeetupView| {
            let is_followed = interests.communities.iter().any(|id| view.is_of(*id));
            interests
                .shared_topics(&view.meetup.topics)
                .saturating_add(u64::from(is_followed))
        };
        Ok(most_alike(ranks, views, likeness, listing, cut))
    }

    /// The first events that match, and whether there are more.
    async fn candidates(
        &self,
        filters: &[Filter],
    ) -> Result<(Vec<Rank>, Vec<Arc<Event>>, bool), StoreError> {
        let mut found = self.ranked(filters, None, CANDIDATES_MAX + 1).await?;
        let cut = found.len() > CANDIDATES_MAX;
        found.truncate(CANDIDATES_MAX);
        let (ranks, events) = found.into_iter().unzip();
        Ok((ranks, events, cut))
    }
}

fn most_alike<T>(
    ranks: Vec<Rank>,
    judged: Vec<Option<T>>,
    likeness: impl Fn(&T) -> u64,
    listing: &Listing,
    cut: bool,
) -> Page<T> {
    let placed = ranks.into_iter().zip(judged).filter_map(|(rank, item)| {
        let item = item?;
        let likeness = likeness(&item);
        let place = Place {
            unlikeness: u64::MAX - likeness,
            rank,
        };
        (likeness > 0).then_some((place, item))
    });
    let mut page = page_of(placed.collect(), listing.after, listing.limit);
    page.cut = cut;
    page
}
