//! Finding meetups: in which community, official or proposed, still on or called off. Times, places
//! and owners are checked here; relays are only asked for what may match.

mod export;
mod import;
mod proposals;
mod series;
mod view;
mod write;

pub use export::write_calendar;
pub use import::{ImportOutcome, Imported};
pub use series::{NewSeries, SeriesItem, SeriesOutcome, SeriesTime};
pub use view::{MeetupCommunity, MeetupView};
pub use write::{MeetupError, NewMeetup, Scheduled};

use std::collections::BTreeSet;

use kith_nips::lbc::{Association, KnownCommunity, Meetup, Published, standing};
use kith_nips::{Address, EventId, Kind, PublicKey};
use nostr_sdk::{Alphabet, Filter};

use crate::fetch::{Fetched, Found, Listing, ReadError};
use crate::filters::{
    FILTER_VALUES_MAX, addresses_filters, authors, deletion_filters, kinds_filter, tag, tag_filters,
};
use crate::kith::Kith;
use crate::lookup::{LookupError, candidates, wrong_kind};
use crate::question::Question;
use crate::records::{Record, Records};
use crate::reference::Reference;
use crate::refusal::{Refusal, merge};
use crate::search::Search;
use crate::versions::{Deletions, newest};

const KINDS: [Kind; 2] = [Kind::MEETUP, Kind::DATE_MEETUP];

impl Kith {
    /// One meetup, by its address or the id of its current version, with the community it belongs
    /// to. Also when it is cancelled or over.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, reference: Reference) -> Result<(), kith_client::LookupError> {
    /// let meetup = kith.meetup(&reference).await?;
    /// if meetup.is_cancelled() {
    ///     println!("{} is called off", meetup.title());
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LookupError`]: it is not there, it was deleted, its community was closed, it is something
    /// else, nobody answered.
    pub async fn meetup(&self, meetup: impl Into<Reference>) -> Result<MeetupView, LookupError> {
        Ok(self.seen_meetup(&meetup.into()).await?.view)
    }

    /// The meetups of communities that match, by start. Meetups of closed communities and by muted
    /// people are left out; cancelled ones and proposals are there and say so.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Search, place::Point};
    /// # async fn example(kith: Kith) -> Result<(), Box<dyn std::error::Error>> {
    /// let search = Search::new()
    ///     .near(Point::new(48.137, 11.575)?, 50.0)?
    ///     .from(1_796_256_000)
    ///     .to(1_796_860_800);
    /// for meetup in kith.meetups(&search).await? {
    ///     println!("{:?} {}", meetup.starts_at(), meetup.title());
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LookupError::Read`] when no relay answers; the others when the search names a community
    /// that is not there.
    pub async fn meetups(&self, search: &Search) -> Result<Listing<MeetupView>, LookupError> {
        let records = self.records_at(search.named_communities()).await?;
        Ok(self.meetups_among(records, search).await?)
    }

    /// The meetups of these communities; of all, when there are none.
    pub(crate) async fn meetups_among(
        &self,
        mut records: Records,
        search: &Search,
    ) -> Result<Listing<MeetupView>, ReadError> {
        let wanted: BTreeSet<EventId> = records.ids().collect();
        let question = match wanted.is_empty() {
            true => search.meetup_question(),
            false => Question::new(filters_of_communities(&records), search.window()),
        };
        let Fetched {
            found, mut silent, ..
        } = self.find(&question).await.answered()?;
        let views = self
            .judged(found, &BTreeSet::new(), &mut records, search)
            .await?;
        merge(&mut silent, &records.silent);
        let is_wanted = |view: &MeetupView| wanted.is_empty() || view.is_of_any(&wanted);
        let found = views.into_iter().filter(is_wanted).collect();
        Ok(Listing { found, silent })
    }

    /// Of notes that some relay has, the meetups that a list shows, by start: in their newest
    /// version, not taken back, of open communities, and really matching. Communities that are not
    /// in the records are read, and with them those that are wanted as well; and so is who did not
    /// answer.
    pub(crate) async fn judged(
        &self,
        found: Vec<Found>,
        wanted: &BTreeSet<EventId>,
        records: &mut Records,
        search: &Search,
    ) -> Result<Vec<MeetupView>, ReadError> {
        let found: Vec<Found> = found
            .into_iter()
            .filter(|found| may_match(found, search))
            .collect();
        let mut unknown = missing(&found, records);
        unknown.extend(wanted);
        let (found, others) = tokio::join!(
            self.current(found, &mut records.silent),
            self.records(&unknown)
        );
        records.add(others?);
        // A newer version may name a community that the older one did not.
        let unknown = missing(&found, records);
        records.add(self.records(&unknown).await?);
        let mut views: Vec<MeetupView> = found
            .into_iter()
            .filter_map(|found| self.listed(found, records, search))
            .collect();
        views.sort_by_key(|view| (view.starts_at(), view.id()));
        Ok(views)
    }

    /// A meetup with everything that was read to show it.
    pub(crate) async fn seen_meetup(
        &self,
        reference: &Reference,
    ) -> Result<SeenMeetup, LookupError> {
        let (found, versions) = self.newest_meetup(reference).await?;
        let read = Meetup::read(&found.event)
            .map_err(|_| wrong_kind("meetup", reference, found.event.kind()))?;
        let records = self.records(&candidates(&found.event)).await?;
        let communities = communities(&found, &read, &records);
        if communities.is_empty()
            && let Association::Known(known) = records.association(&found.event)
            && let Some(closed) = known.iter().find(|known| records.is_closed(known.id))
        {
            return Err(LookupError::Closed(closed.id));
        }
        if !read.is_visible_to(self.public_key()) {
            return Err(LookupError::NotFound {
                what: "meetup",
                reference: reference.short(),
                silent: records.silent,
            });
        }
        let view = MeetupView::new(read, communities, found.relays, None);
        let record = view
            .community()
            .and_then(|community| records.get(community.id))
            .cloned();
        Ok(SeenMeetup {
            view,
            versions,
            record,
        })
    }

    /// The newest version of the meetup that a reference names, and other versions that were seen.
    pub(crate) async fn newest_meetup(
        &self,
        reference: &Reference,
    ) -> Result<(Found, Vec<Published<Meetup>>), LookupError> {
        let named = self.note(reference, "meetup").await?;
        let kind = named.event.kind();
        let address = match named.event.address() {
            Some(address) if KINDS.contains(&kind) => address,
            _ => return Err(wrong_kind("meetup", reference, kind)),
        };
        let mut filters = addresses_filters(std::slice::from_ref(&address));
        filters.extend(deletion_filters(std::slice::from_ref(&named)));
        let fetched = self.fetch(filters).await.answered()?;
        let deletions = Deletions::read(fetched.found.iter().map(|found| &found.event));
        let versions: Vec<Found> = fetched
            .found
            .into_iter()
            .chain([named])
            .filter(|found| found.event.address().as_ref() == Some(&address))
            .collect();
        let read = versions
            .iter()
            .filter_map(|found| Meetup::read(&found.event).ok())
            .collect();
        match newest(versions).remove(&address) {
            Some(found) if !deletions.cover(&found.event) => Ok((found, read)),
            _ => Err(LookupError::Deleted(reference.short())),
        }
    }

    /// Of notes that some relay has, the versions that count today, without deleted ones.
    pub(crate) async fn current(&self, found: Vec<Found>, silent: &mut Vec<Refusal>) -> Vec<Found> {
        if found.is_empty() {
            return found;
        }
        let addresses: BTreeSet<Address> = found
            .iter()
            .filter_map(|found| found.event.address())
            .collect();
        let mut filters = deletion_filters(&found);
        if !self.is_one_relay() {
            let listed: Vec<Address> = addresses.iter().cloned().collect();
            filters.extend(addresses_filters(&listed));
        }
        let fetched = self.fetch(filters).await;
        merge(silent, &fetched.silent);
        let deletions = Deletions::read(fetched.found.iter().map(|found| &found.event));
        newest(found.into_iter().chain(fetched.found))
            .into_iter()
            .filter(|(address, found)| {
                addresses.contains(address) && !deletions.cover(&found.event)
            })
            .map(|(_, found)| found)
            .collect()
    }

    /// These notes as meetups in their newest version, of communities or of none, in no order. What is
    /// not for the user, of closed communities only, or by somebody muted there, is left out.
    pub(crate) async fn views_of(
        &self,
        found: Vec<Found>,
        silent: &mut Vec<Refusal>,
    ) -> Result<Vec<MeetupView>, ReadError> {
        let found = self.current(found, silent).await;
        let ids: BTreeSet<EventId> = found
            .iter()
            .flat_map(|found| candidates(&found.event))
            .collect();
        let ids: Vec<EventId> = ids.into_iter().collect();
        let records = self.records(&ids).await?;
        merge(silent, &records.silent);
        let views = found.into_iter().filter_map(|found| {
            let meetup = Meetup::read(&found.event).ok()?;
            let communities = communities(&found, &meetup, &records);
            let is_known = matches!(records.association(&found.event), Association::Known(_));
            let is_hidden = is_known && communities.is_empty();
            let is_shown = meetup.is_visible_to(self.public_key()) && !is_hidden;
            is_shown.then(|| MeetupView::new(meetup, communities, found.relays, None))
        });
        Ok(views.collect())
    }

    /// [`Kith::current`], but of one relay alone its own word is taken: it was told what was deleted
    /// there. For what is read often.
    pub(crate) async fn settled(&self, found: Vec<Found>, silent: &mut Vec<Refusal>) -> Vec<Found> {
        match self.is_one_relay() {
            true => newest(found).into_values().collect(),
            false => self.current(found, silent).await,
        }
    }

    fn listed(&self, found: Found, records: &Records, search: &Search) -> Option<MeetupView> {
        let meetup = Meetup::read(&found.event).ok()?;
        let is_wanted = meetup.is_visible_to(self.public_key())
            && search.matches(&meetup.location, &meetup.topics)
            && search.matches_time(meetup.when.as_ref());
        let communities = communities(&found, &meetup, records);
        if !is_wanted || communities.is_empty() {
            return None;
        }
        let distance_km = search.distance_km(&meetup.location);
        Some(MeetupView::new(
            meetup,
            communities,
            found.relays,
            distance_km,
        ))
    }
}

/// A meetup, the versions of it that some relay has, and its community.
pub(crate) struct SeenMeetup {
    pub(crate) view: MeetupView,
    pub(crate) versions: Vec<Published<Meetup>>,
    pub(crate) record: Option<Record>,
}

/// The communities that these may be of, as far as they are not in the records.
fn missing(found: &[Found], records: &Records) -> Vec<EventId> {
    let named = found.iter().flat_map(|found| candidates(&found.event));
    let missing: BTreeSet<EventId> = named.filter(|id| records.get(*id).is_none()).collect();
    missing.into_iter().collect()
}

/// The open communities that a meetup belongs to, and how it stands there. What a muted person
/// publishes is in none.
fn communities(
    found: &Found,
    meetup: &Published<Meetup>,
    records: &Records,
) -> Vec<MeetupCommunity> {
    let known = match records.association(&found.event) {
        Association::Known(known) => known,
        Association::Unknown(_) | Association::Conflict | Association::None => Vec::new(),
    };
    let standing_in = |known: KnownCommunity| {
        let record = records.get(known.id).filter(|record| !record.is_closed)?;
        let standing = standing(meetup, known, record.calendar.as_ref());
        let is_shown = !record.mutes(meetup.author);
        is_shown.then(|| MeetupCommunity::new(record, standing))
    };
    known.into_iter().filter_map(standing_in).collect()
}

/// Notes of the kinds that may be in a list; they are judged again in their newest version.
fn may_match(found: &Found, search: &Search) -> bool {
    Meetup::read(&found.event).is_ok_and(|meetup| {
        search.matches(&meetup.location, &meetup.topics)
            && search.matches_time(meetup.when.as_ref())
    })
}

/// Everything that can be a meetup of these communities: by an owner, with or without `e` (LBC-24),
/// by others with `e`, and what an owner's calendar lists.
pub(crate) fn filters_of_communities(records: &Records) -> Vec<Filter> {
    let known: Vec<KnownCommunity> = records.open().map(Record::known).collect();
    let ids = known.iter().map(|community| community.id.to_string());
    let calendars = records.open().filter_map(|record| record.calendar.as_ref());
    let listed: Vec<Address> = calendars.flat_map(|calendar| calendar.meetups()).collect();
    let owners: BTreeSet<PublicKey> = known.iter().map(|community| community.owner).collect();
    let owners: Vec<PublicKey> = owners.into_iter().collect();
    let by_owner = owners
        .chunks(FILTER_VALUES_MAX)
        .map(|chunk| kinds_filter(&KINDS).authors(authors(chunk.iter().copied())));
    by_owner
        .chain(tag_filters(&KINDS, tag(Alphabet::E), ids.collect()))
        .chain(addresses_filters(&listed))
        .collect()
}
