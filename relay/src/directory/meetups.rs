//! Meetups, listed and one by one.

use std::collections::BTreeSet;
use std::sync::Arc;

use kith_nips::lbc::{
    Association, KnownCommunity, Meetup, Published, Standing, address, association, standing,
};
use kith_nips::nip50::Search;
use kith_nips::{Address, Event, EventId, Filter, Kind};

use super::following::named_in_e;
use super::page::{Judged, Page};
use super::query::Listing;
use super::reading::{Reading, kinds, tagged};
use super::records::{COMMUNITIES_PER_NOTE_MAX, CommunityRecord, Records};
use super::rsvps::Rsvps;
use crate::store::{Spread, StoreError};

/// The kinds that are meetups: at a time of day, and whole days (LBC-33).
pub(super) const KINDS: [Kind; 2] = [Kind::DATE_MEETUP, Kind::MEETUP];

/// Meetups in the feed of a community: those that were written last.
pub const FEED_MEETUPS_MAX: usize = 1_000;

/// How far back past meetups are looked for, in days, as long as there are too few.
const PAST_DAYS: [u64; 4] = [30, 180, 1_000, 20_000_000];
/// Meetups that are looked at for each of these times.
const PAST_READ_MAX: usize = 300;
const SECONDS_PER_DAY: u64 = 86_400;

/// A meetup as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct MeetupView {
    /// What its author says.
    pub meetup: Published<Meetup>,
    /// The communities that it belongs to, at least one.
    pub communities: Vec<MeetupCommunity>,
    /// The answers, where they were asked for.
    pub rsvps: Option<Rsvps>,
    /// Kilometres from the place that was asked about.
    pub distance_km: Option<f64>,
}

/// A community that a meetup belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct MeetupCommunity {
    /// The community.
    pub record: Arc<CommunityRecord>,
    /// Whether the meetup is its own or a suggestion (LBC-27).
    pub standing: Standing,
}

impl MeetupView {
    /// Whether a community made it its own.
    pub fn is_official(&self) -> bool {
        let mut communities = self.communities.iter();
        communities.any(|community| community.standing == Standing::Official)
    }

    /// Whether it belongs to this community.
    pub fn is_of(&self, id: EventId) -> bool {
        self.communities
            .iter()
            .any(|community| community.record.id() == id)
    }
}

impl Reading {
    /// One meetup with its answers; `None` if there is none, or none that is shown.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn meetup(&self, address: &Address) -> Result<Option<MeetupView>, StoreError> {
        let Some(event) = self.find_address(address.clone()).await? else {
            return Ok(None);
        };
        let mut views = self.meetup_views(&[event]).await?;
        let Some(mut view) = views.pop().flatten() else {
            return Ok(None);
        };
        self.add_rsvps([&mut view]).await?;
        Ok(Some(view))
    }

    /// A page of meetups, with their answers.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn meetups(&self, listing: &Listing) -> Result<Page<MeetupView>, StoreError> {
        let mut page = self.meetups_without_answers(listing).await?;
        self.add_rsvps(&mut page.items).await?;
        Ok(page)
    }

    /// A page of meetups.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn meetups_without_answers(
        &self,
        listing: &Listing,
    ) -> Result<Page<MeetupView>, StoreError> {
        match listing.like {
            Some(person) => self.meetups_like(listing, person).await,
            None => {
                let filter = listing.filter(&KINDS);
                self.meetups_of_filters(&[filter], listing, None).await
            }
        }
    }

    /// The first meetups of each stretch of time that `spread` tells, of a community or of all, without
    /// their answers; of `listing`, the place behind which it begins, the limit and the order do not count.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn meetups_spread(
        &self,
        community: Option<&CommunityRecord>,
        listing: &Listing,
        spread: Spread,
    ) -> Result<Vec<MeetupView>, StoreError> {
        let filter = listing.filter(&KINDS);
        let found = match community {
            Some(record) => {
                let filters = filters_of(record.known(), &filter);
                self.spread(&filters, spread).await?
            }
            None => self.spread(&[filter], spread).await?,
        };
        let only = community.map(CommunityRecord::id);
        let judged = self.judge_meetups(found, listing.clone(), only).await?;
        Ok(judged.into_iter().flatten().collect())
    }

    /// A page of the meetups of a community, with their answers.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn meetups_of(
        &self,
        community: &CommunityRecord,
        listing: &Listing,
    ) -> Result<Page<MeetupView>, StoreError> {
        let filters = filters_of(community.known(), &listing.filter(&KINDS));
        let only = Some(community.id());
        let mut page = self.meetups_of_filters(&filters, listing, only).await?;
        self.add_rsvps(&mut page.items).await?;
        Ok(page)
    }

    /// The last meetups of a community that are over, with their answers, the latest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn past_of(
        &self,
        community: &CommunityRecord,
        limit: usize,
    ) -> Result<Vec<MeetupView>, StoreError> {
        let mut past: Vec<MeetupView> = Vec::new();
        let mut to = self.now();
        for days in PAST_DAYS {
            let from = self.now().saturating_sub(days * SECONDS_PER_DAY);
            let listing = Listing {
                search: Search::parse(&format!("from:{from} to:{to} sort:start")).ok(),
                limit: PAST_READ_MAX,
                ..Listing::default()
            };
            let filters = filters_of(community.known(), &listing.filter(&KINDS));
            let only = Some(community.id());
            let page = self.meetups_of_filters(&filters, &listing, only).await?;
            let before = page.items.into_iter().rev().filter(|view| {
                let when = view.meetup.when.as_ref();
                // What lasted from one time into the next is found in both.
                when.is_some_and(|when| when.is_over(self.now()) && when.starts_at() >= from)
            });
            past.extend(before);
            if past.len() >= limit || from == 0 {
                break;
            }
            to = from;
        }
        past.truncate(limit);
        self.add_rsvps(&mut past).await?;
        Ok(past)
    }

    /// The past and coming meetups of a community without their answers, the [`FEED_MEETUPS_MAX`] that
    /// were written last, the soonest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn feed_of(
        &self,
        community: &CommunityRecord,
    ) -> Result<Vec<MeetupView>, StoreError> {
        // Every meetup that has a time.
        let listing = Listing {
            search: Search::parse("from:0 sort:new").ok(),
            ..Listing::default()
        };
        let filters = filters_of(community.known(), &listing.filter(&KINDS));
        let found = self.ranked(&filters, None, FEED_MEETUPS_MAX).await?;
        let events: Vec<Arc<Event>> = found.into_iter().map(|(_, event)| event).collect();
        let views = self.meetup_views(&events).await?;
        let mut views: Vec<MeetupView> = views
            .into_iter()
            .flatten()
            .filter(|view| view.is_of(community.id()))
            .collect();
        views.sort_by_key(|view| {
            let when = view.meetup.when.as_ref();
            (when.map(|when| when.starts_at()), view.meetup.id)
        });
        Ok(views)
    }

    async fn meetups_of_filters(
        &self,
        filters: &[Filter],
        listing: &Listing,
        only: Option<EventId>,
    ) -> Result<Page<MeetupView>, StoreError> {
        let after = listing.after.map(|place| place.rank);
        let judge = |events| self.judge_meetups(events, listing.clone(), only);
        self.page(filters, after, listing.limit, judge).await
    }

    /// The meetups that events are, those of them that are wanted.
    pub(super) fn judge_meetups(
        &self,
        events: Vec<Arc<Event>>,
        listing: Listing,
        only: Option<EventId>,
    ) -> Judged<'_, MeetupView> {
        Box::pin(async move {
            let views = self.meetup_views(&events).await?;
            let judged = views.into_iter().map(|view| {
                let mut view = view?;
                view.distance_km = listing.distance_km(view.meetup.location.point());
                let is_wanted =
                    listing.wants(&view.meetup.topics) && only.is_none_or(|id| view.is_of(id));
                is_wanted.then_some(view)
            });
            Ok(judged.collect())
        })
    }

    /// The meetups that events are, in order; `None` for drafts, for what belongs to no open community,
    /// and for what is by people who are muted there.
    pub(super) async fn meetup_views(
        &self,
        events: &[Arc<Event>],
    ) -> Result<Vec<Option<MeetupView>>, StoreError> {
        let ids: BTreeSet<EventId> = events.iter().flat_map(|event| named_by(event)).collect();
        let records = self.records(ids).await?;
        let views = events.iter().map(|event| view(event, &records));
        Ok(views.collect())
    }
}

fn view(event: &Event, records: &Records) -> Option<MeetupView> {
    let meetup = Meetup::read(event).ok()?;
    if !meetup.is_visible_to(None) {
        return None;
    }
    let known = match association(event, |id| records.owner(id)) {
        Association::Known(known) => known,
        Association::Unknown(_) | Association::Conflict | Association::None => return None,
    };
    let communities = known.into_iter().filter_map(|known| {
        let record = records.get(known.id)?;
        let standing = standing(&meetup, known, record.calendar.as_ref());
        let is_shown = !record.mutes(meetup.author);
        is_shown.then(|| MeetupCommunity {
            record: Arc::clone(record),
            standing,
        })
    });
    let communities: Vec<MeetupCommunity> = communities.collect();
    (!communities.is_empty()).then_some(MeetupView {
        meetup,
        communities,
        rsvps: None,
        distance_km: None,
    })
}

/// The communities that a meetup names, in `e` or in `d`.
fn named_by(meetup: &Event) -> Vec<EventId> {
    address::community_in_identifier(meetup.identifier())
        .into_iter()
        .chain(named_in_e(meetup))
        .take(COMMUNITIES_PER_NOTE_MAX)
        .collect()
}

/// Everything that can be a meetup of a community: what names it, and what its owner wrote (LBC-24).
fn filters_of(community: KnownCommunity, filter: &Filter) -> [Filter; 3] {
    let id = community.id.to_string();
    let mut by_owner = filter.clone();
    by_owner.authors = Some(vec![community.owner]);
    [
        tagged(filter.clone(), 'e', [id.clone()]),
        tagged(filter.clone(), 'd', [id]),
        by_owner,
    ]
}

/// A filter of meetups by anybody.
pub(super) fn any_meetup() -> Filter {
    kinds(&KINDS)
}
