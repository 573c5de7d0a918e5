//! Communities, listed and one by one.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::try_join_all;
use kith_nips::lbc::{CommunityMetadata, Topic};
use kith_nips::place::{Point, distance_km};
use kith_nips::{Event, EventId, Filter, Kind, PublicKey};

use super::meetups::KINDS as MEETUP_KINDS;
use super::page::{Judged, Page};
use super::query::Listing;
use super::reading::{Reading, kinds, tagged};
use super::records::CommunityRecord;
use crate::store::{FacetsOf, StoreError};

/// Members of a list that are counted and shown at most.
pub(super) const MEMBERS_READ_MAX: usize = 5_000;

/// Coming meetups of a community that are counted at most.
const UPCOMING_COUNTED_MAX: usize = 500;

/// Muted people who are looked for among the followers.
const MUTED_READ_MAX: usize = 1_000;

/// A community with its numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct CommunityView {
    /// What its owner says.
    pub record: Arc<CommunityRecord>,
    /// Its numbers.
    pub counts: CommunityCounts,
    /// Kilometres from the place that was asked about.
    pub distance_km: Option<f64>,
}

/// How many people and meetups a community has. Muted people and theirs are not counted (LBC-38).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommunityCounts {
    /// The owner, and who is on the list of members and follows (D9).
    pub members: u64,
    /// Who follows, members among them (LBC-20).
    pub followers: u64,
    /// Meetups that name it and are neither called off nor over, proposals among them; of very many the
    /// first 500.
    pub upcoming_meetups: u64,
}

impl CommunityRecord {
    /// Where it is.
    pub fn point(&self) -> Option<Point> {
        self.metadata.as_ref()?.location.point()
    }

    /// What it is about.
    pub fn topics(&self) -> &[Topic] {
        self.metadata
            .as_ref()
            .map_or(&[], |metadata| metadata.topics.as_slice())
    }
}

impl Reading {
    /// One community with its numbers.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn community(
        &self,
        record: Arc<CommunityRecord>,
    ) -> Result<CommunityView, StoreError> {
        let counts = self.community_counts(&record).await?;
        Ok(CommunityView {
            record,
            counts,
            distance_km: None,
        })
    }

    /// A page of communities.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn communities(&self, listing: &Listing) -> Result<Page<CommunityView>, StoreError> {
        let page = match listing.like {
            Some(person) => self.communities_like(listing, person).await?,
            None => {
                let filter = listing.filter(&[Kind::COMMUNITY_METADATA]);
                let after = listing.after.map(|place| place.rank);
                let judge = |events| self.judge_communities(events, listing.clone());
                self.page(&[filter], after, listing.limit, judge).await?
            }
        };
        self.with_counts(page, listing).await
    }

    /// The communities that descriptions describe, where they are what counts.
    pub(super) fn judge_communities(
        &self,
        events: Vec<Arc<Event>>,
        listing: Listing,
    ) -> Judged<'_, Arc<CommunityRecord>> {
        Box::pin(async move {
            let named = events.iter();
            let ids: BTreeSet<EventId> = named
                .filter_map(|event| CommunityMetadata::community_of(event))
                .collect();
            let records = self.records(ids).await?;
            let judged = events.iter().map(|event| {
                let record = records.get(CommunityMetadata::community_of(event)?)?;
                // By the owner, and the newest of them.
                let counts = record.metadata.as_ref()?.id == event.id();
                (counts && listing.wants(record.topics())).then(|| Arc::clone(record))
            });
            Ok(judged.collect())
        })
    }

    async fn with_counts(
        &self,
        mut page: Page<Arc<CommunityRecord>>,
        listing: &Listing,
    ) -> Result<Page<CommunityView>, StoreError> {
        let records = std::mem::take(&mut page.items);
        let counts = records.iter().map(|record| self.community_counts(record));
        let counts = try_join_all(counts).await?;
        let views = records.into_iter().zip(counts).map(|(record, counts)| {
            let distance_km = listing.distance_km(record.point());
            CommunityView {
                record,
                counts,
                distance_km,
            }
        });
        let views = views.collect();
        Ok(page.with(views))
    }

    pub(super) async fn community_counts(
        &self,
        record: &CommunityRecord,
    ) -> Result<CommunityCounts, StoreError> {
        let id = record.id();
        let muted = record.muted_people();
        let listed = record.members.iter().flat_map(|list| list.people());
        let listed = listed.filter(|person| *person != record.owner() && !muted.contains(person));
        let listed = listed.take(MEMBERS_READ_MAX).collect();
        let muted_read = muted.iter().copied().take(MUTED_READ_MAX).collect();
        let mut upcoming = tagged(kinds(&MEETUP_KINDS), 'e', [id.to_string()]);
        upcoming.search = super::query::open();
        let (members, muted_followers, followers, upcoming) = tokio::try_join!(
            self.following(id, listed),
            self.following(id, muted_read),
            self.count_followers(id),
            self.scan(upcoming, UPCOMING_COUNTED_MAX),
        )?;
        let upcoming = upcoming
            .iter()
            .filter(|event| !muted.contains(&event.pubkey()));
        Ok(CommunityCounts {
            members: members.saturating_add(1),
            followers: followers.saturating_sub(muted_followers),
            upcoming_meetups: upcoming.count() as u64,
        })
    }

    /// How many of these people follow a community.
    async fn following(&self, id: EventId, people: Vec<PublicKey>) -> Result<u64, StoreError> {
        let filter = Filter {
            authors: Some(people),
            ..followers(id)
        };
        self.count(filter, |_| false).await
    }
}

impl Listing {
    /// Kilometres from the place that is asked about.
    pub(super) fn distance_km(&self, point: Option<Point>) -> Option<f64> {
        let circle = self.search.as_ref()?.discovery().near?;
        Some(distance_km(circle.centre, point?))
    }
}

/// Who follows a community (LBC-20).
pub(super) fn followers(community: EventId) -> Filter {
    tagged(
        kinds(&[Kind::COMMUNITY_FOLLOWS]),
        'e',
        [community.to_string()],
    )
}

/// How much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Descriptions of communities.
    pub communities: u64,
    /// Meetups that are not called off and begin this week (from Monday, UTC) or later.
    pub upcoming_meetups: u64,
}

impl Reading {
    /// How much there is.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn totals(&self) -> Result<Totals, StoreError> {
        let facets = self.facets(FacetsOf::Everything, 1).await?;
        Ok(facets.first().map_or_else(Totals::default, |all| Totals {
            communities: all.communities,
            upcoming_meetups: all.meetups,
        }))
    }
}
