//! Communities and meetups in one list, by words.

use std::sync::Arc;

use kith_nips::{Event, Kind};

use super::communities::CommunityView;
use super::meetups::MeetupView;
use super::page::{Judged, Page};
use super::query::Listing;
use super::reading::Reading;
use crate::store::StoreError;

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A community.
    Community(Box<CommunityView>),
    /// A meetup that is not over.
    Meetup(Box<MeetupView>),
}

impl Reading {
    /// A page of communities and meetups together. Meetups that are over are left out.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn search(&self, listing: &Listing) -> Result<Page<Found>, StoreError> {
        let filter = listing.filter(&[Kind::COMMUNITY_METADATA, Kind::DATE_MEETUP, Kind::MEETUP]);
        let after = listing.after.map(|place| place.rank);
        let judge = |events| self.judge_either(events, listing.clone());
        let mut page = self.page(&[filter], after, listing.limit, judge).await?;
        let (mut communities, mut meetups) = (Vec::new(), Vec::new());
        for item in &mut page.items {
            match item {
                Found::Community(view) => communities.push(&mut **view),
                Found::Meetup(view) => meetups.push(&mut **view),
            }
        }
        tokio::try_join!(self.add_counts(communities), self.add_rsvps(meetups))?;
        Ok(page)
    }

    fn judge_either(&self, events: Vec<Arc<Event>>, listing: Listing) -> Judged<'_, Found> {
        Box::pin(async move {
            let is_community = |event: &&Arc<Event>| event.kind() == Kind::COMMUNITY_METADATA;
            let (communities, meetups): (Vec<_>, Vec<_>) = events
                .iter()
                .cloned()
                .partition(|event| is_community(&event));
            let records = self.judge_communities(communities, listing.clone()).await?;
            let views = self.judge_meetups(meetups, listing.clone(), None).await?;
            let (mut records, mut views) = (records.into_iter(), views.into_iter());
            let now = self.now();
            let either = events.iter().map(|event| match is_community(&event) {
                true => records.next().flatten().map(|record| {
                    let distance_km = listing.distance_km(record.point());
                    Found::Community(Box::new(CommunityView::new(record, distance_km)))
                }),
                false => views.next().flatten().and_then(|view| {
                    let is_over = view
                        .meetup
                        .when
                        .as_ref()
                        .is_none_or(|when| when.is_over(now));
                    (!is_over).then(|| Found::Meetup(Box::new(view)))
                }),
            });
            Ok(either.collect())
        })
    }
}
