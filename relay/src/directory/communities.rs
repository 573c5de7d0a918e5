//! Communities, listed and one by one.

use std::collections::BTreeSet;
use std::sync::Arc;

use kith_nips::lbc::{CommunityMetadata, Topic};
use kith_nips::place::{Point, distance_km};
use kith_nips::{Event, EventId, Kind, PublicKey};

use super::following::PeopleOf;
use super::page::{Judged, Page};
use super::query::Listing;
use super::reading::Reading;
use super::records::CommunityRecord;
use crate::store::{FacetsOf, StoreError};

/// Members of a list that are counted and shown at most.
pub(super) const MEMBERS_READ_MAX: usize = 5_000;

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

impl CommunityView {
    /// A community whose numbers are not known yet.
    pub(super) fn new(record: Arc<CommunityRecord>, distance_km: Option<f64>) -> Self {
        CommunityView {
            record,
            counts: CommunityCounts::default(),
            distance_km,
        }
    }
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
        let mut view = CommunityView::new(record, None);
        self.add_counts([&mut view]).await?;
        Ok(view)
    }

    /// A page of communities.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn communities(&self, listing: &Listing) -> Result<Page<CommunityView>, StoreError> {
        let mut page = self.community_records(listing).await?;
        let records = std::mem::take(&mut page.items).into_iter();
        let views = records.map(|record| {
            let distance_km = listing.distance_km(record.point());
            CommunityView::new(record, distance_km)
        });
        let mut page = page.with(views.collect());
        self.add_counts(&mut page.items).await?;
        Ok(page)
    }

    /// A page of communities without their numbers.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn community_records(
        &self,
        listing: &Listing,
    ) -> Result<Page<Arc<CommunityRecord>>, StoreError> {
        match listing.like {
            Some(person) => self.communities_like(listing, person).await,
            None => {
                let filter = listing.filter(&[Kind::COMMUNITY_METADATA]);
                let after = listing.after.map(|place| place.rank);
                let judge = |events| self.judge_communities(events, listing.clone());
                self.page(&[filter], after, listing.limit, judge).await
            }
        }
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

    /// Gives communities their numbers.
    pub(super) async fn add_counts<'a>(
        &self,
        views: impl IntoIterator<Item = &'a mut CommunityView, IntoIter: Send>,
    ) -> Result<(), StoreError> {
        let views: Vec<&mut CommunityView> = views.into_iter().collect();
        let records = || views.iter().map(|view| &*view.record);
        let muted: PeopleOf = records()
            .map(|record| (record.id(), record.muted_people()))
            .collect();
        let known: PeopleOf = records()
            .map(|record| (record.id(), known_people(record)))
            .collect();
        let (following, upcoming) =
            tokio::try_join!(self.following(&known), self.count_upcoming(&muted))?;
        for view in views {
            let id = view.record.id();
            let following = || following.get(&id).into_iter().flatten();
            let muted = following().filter(|person| names(&muted, id, **person));
            let muted = muted.count() as u64;
            let members = (following().count() as u64).saturating_sub(muted);
            let followers = self.count_followers(id).await?;
            view.counts = CommunityCounts {
                members: members.saturating_add(1),
                followers: followers.saturating_sub(muted),
                upcoming_meetups: upcoming.get(&id).copied().unwrap_or_default(),
            };
        }
        Ok(())
    }
}

/// The listed and the muted, without the owner.
fn known_people(record: &CommunityRecord) -> BTreeSet<PublicKey> {
    let listed = record.members.iter().flat_map(|list| list.people());
    let listed = listed.filter(|person| *person != record.owner());
    let muted = record.muted_people().into_iter().take(MUTED_READ_MAX);
    listed.take(MEMBERS_READ_MAX).chain(muted).collect()
}

fn names(people: &PeopleOf, id: EventId, person: PublicKey) -> bool {
    people
        .get(&id)
        .is_some_and(|people| people.contains(&person))
}

impl Listing {
    /// Kilometres from the place that is asked about.
    pub(super) fn distance_km(&self, point: Option<Point>) -> Option<f64> {
        let circle = self.search.as_ref()?.discovery().near?;
        Some(distance_km(circle.centre, point?))
    }
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
