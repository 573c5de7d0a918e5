//! Series of meetups (`nips/extensions.md`): one signed note for each occurrence, made from a rule,
//! and changed one by one, from one on, or all. Which occurrences there are and what they are called
//! is `kith_nips::extensions`'; here they are written.

mod making;

use kith_nips::extensions::{
    InSeries, Occurrence, Scope, SeriesId, edit_one, is_meant, occurrences,
};
use kith_nips::icalendar::Rule;
use kith_nips::lbc::{Meetup, address};
use kith_nips::nip52::When;
use kith_nips::{Address, EventId, PublicKey};
use nostr_sdk::Alphabet;

use self::making::{Known, Making};
use super::view::title_or_slug;
use super::{KINDS, MeetupError, NewMeetup};
use crate::filters::{authors, tag, tag_filters};
use crate::kith::Kith;
use crate::lists::Change;
use crate::lookup::{LookupError, wrong_kind};
use crate::publish::Published;
use crate::reference::Reference;

const WHAT: &str = "the series";

/// A series to be made.
///
/// ```
/// use kith_client::nip52::{TimeSpan, When, Zone};
/// use kith_client::{NewMeetup, NewSeries, Reference};
///
/// let community: Reference =
///     "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9".parse()?;
/// let first = When::timed(TimeSpan::new(1_796_322_600, Some(1_796_335_200))?)
///     .in_zone(Zone::new("Europe/London")?);
/// let series = NewSeries {
///     meetup: NewMeetup::new(community, "Chess by the sea", first),
///     rule: "FREQ=WEEKLY;INTERVAL=2;COUNT=12".parse()?,
///     id: None,
/// };
/// assert!(series.rule.is_bounded());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NewSeries {
    /// The first one; the others are as it is, at their own times. Its slug means nothing.
    pub meetup: NewMeetup,
    /// When it is repeated.
    pub rule: Rule,
    /// Which series of this community it is; made of the title when it is `None`.
    pub id: Option<SeriesId>,
}

/// What became of one meetup of a series.
///
/// ```no_run
/// # fn example(item: &kith_client::SeriesItem) {
/// println!("{} {:?}: {:?}", item.title, item.when, item.outcome);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SeriesItem {
    /// The meetup.
    pub reference: Reference,
    /// What it is called now.
    pub title: String,
    /// When it is now.
    pub when: Option<When>,
    /// Where, in words.
    pub places: Vec<String>,
    /// What was done.
    pub outcome: SeriesOutcome,
}

/// What was done with one meetup of a series.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SeriesOutcome {
    /// It is new.
    Created(Published),
    /// It has a new version.
    Updated(Published),
    /// It says all that already.
    Unchanged,
    /// It was changed on its own, called off, or is over: making the series again leaves it alone.
    Kept,
    /// It was deleted, and stays so.
    Deleted,
    /// It is of this series and takes place, though not by the rule of now; it was left alone.
    Beyond,
}

/// A new time of one meetup of a series, for others of the series as well.
///
/// ```
/// use kith_client::SeriesTime;
/// use kith_client::nip52::{TimeSpan, When};
/// let time = SeriesTime::from(When::timed(TimeSpan::new(1_796_322_600, None)?));
/// # let _ = time;
/// # Ok::<(), kith_client::nip52::TimeError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesTime(When);

impl From<When> for SeriesTime {
    /// When the one that is named takes place from now on. The others move to the same time of
    /// their own days.
    fn from(when: When) -> Self {
        SeriesTime(when)
    }
}

impl Kith {
    /// Publishes the meetups of a series. Made again, with the same id, it changes those that are
    /// there already instead of making more; what was changed on its own, called off or deleted is
    /// left alone. `each` is told after every meetup; what was done before a failure stays done, and
    /// making the series again goes on from there.
    ///
    /// The last of the answer are meetups that are [`SeriesOutcome::Beyond`] the rule.
    ///
    /// ```no_run
    /// use kith_client::{Kith, NewSeries};
    /// # async fn example(kith: Kith, series: NewSeries) -> Result<(), Box<dyn std::error::Error>> {
    /// for meetup in kith.create_series(&series, |_| {}).await? {
    ///     println!("{:?} {}", meetup.when, meetup.reference);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MeetupError`]: above all [`MeetupError::Series`], when the rule has no end or too many
    /// dates, and [`MeetupError::SeriesTaken`].
    pub async fn create_series(
        &self,
        new: &NewSeries,
        mut each: impl FnMut(&SeriesItem),
    ) -> Result<Vec<SeriesItem>, MeetupError> {
        let me = self.author()?;
        let planned = occurrences(&new.rule, &new.meetup.when)?;
        let _turn = self.turn().await;
        let record = self.record(&new.meetup.community).await?;
        if record.mutes(me) {
            return Err(MeetupError::Muted(record.named()));
        }
        let id = new.id.clone();
        let id = id.unwrap_or_else(|| SeriesId::from_title(&new.meetup.plan.title));
        let known = self.occurrences_of(me, record.community.id, &id).await?;
        if new.id.is_none()
            && !known.is_empty()
            && known
                .iter()
                .all(|known| known.meetup.title != new.meetup.plan.title)
        {
            return Err(MeetupError::SeriesTaken(id));
        }
        let address = |occurrence: &Occurrence| Address {
            kind: occurrence.when.kind(),
            pubkey: me,
            identifier: id.slug(occurrence.day).identifier(record.community.id),
        };
        let addresses: Vec<Address> = planned.iter().map(address).collect();
        let mut before = self.published_before(me, &addresses, WHAT).await?;
        let making = Making {
            kith: self,
            new,
            id: &id,
            record: &record,
        };
        let mut all = Vec::with_capacity(planned.len());
        for (occurrence, address) in planned.iter().zip(&addresses) {
            let item = making
                .make(occurrence, address, before.remove(address))
                .await?;
            each(&item);
            all.push(item);
        }
        let beyond = known.into_iter().filter(|known| {
            known.meetup.is_open(self.now()) && !addresses.contains(&known.meetup.address())
        });
        all.extend(beyond.map(|known| known.item(SeriesOutcome::Beyond)));
        Ok(all)
    }

    /// Changes meetups of a series of one's own: the one that is named, that one and those after
    /// it, or all. Those that are over stay as they are, unless they are named alone.
    ///
    /// With a `time`, the one that is named takes place then, and the others at the same time of
    /// their own days, on the clock of the place; those that were changed on their own keep their
    /// times. It may be done again after a failure: nothing is moved twice.
    ///
    /// ```no_run
    /// use kith_client::extensions::Scope;
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, meetup: Reference) -> Result<(), Box<dyn std::error::Error>> {
    /// let edit = |meetup: &mut kith_client::lbc::Meetup| {
    ///     meetup.places = vec!["The Hope, Brighton".to_owned()];
    /// };
    /// kith.edit_series(&meetup, Scope::Following, None, edit, |_| {})
    ///     .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MeetupError`]; above all [`MeetupError::NotInSeries`] and
    /// [`MeetupError::ListUnavailable`], when a relay did not say which versions it has.
    pub async fn edit_series(
        &self,
        meetup: impl Into<Reference>,
        scope: Scope,
        time: Option<SeriesTime>,
        edit: impl Fn(&mut Meetup),
        mut each: impl FnMut(&SeriesItem),
    ) -> Result<Vec<SeriesItem>, MeetupError> {
        let reference = meetup.into();
        let me = self.author()?;
        let _turn = self.turn().await;
        let (found, _) = self.newest_meetup(&reference).await?;
        let named = Meetup::read(&found.event)
            .map_err(|_| wrong_kind("meetup", &reference, found.event.kind()))?;
        let title = title_or_slug(&named.title, &reference);
        if named.author != me {
            return Err(MeetupError::NotAuthor(title));
        }
        let place = InSeries::read(&named);
        let community = address::community_in_identifier(named.identifier());
        let (Some(place), Some(community)) = (place, community) else {
            return Err(MeetupError::NotInSeries(title));
        };
        let all = self.occurrences_of(me, community, &place.id).await?;
        let now = self.now();
        let is_meant = |known: &Known| {
            let known = (&known.meetup, &known.place);
            is_meant(scope, (&named, &place), known, now)
        };
        let time = time.as_ref().map(|SeriesTime(when)| when);
        let mut done = Vec::new();
        for mut known in all.into_iter().filter(is_meant) {
            let before = known.meetup.note.clone();
            let note = &mut known.meetup.note;
            edit_one(note, &known.place, &place, (scope, time), &edit)?;
            let item = self.rewritten(known, &before).await?;
            each(&item);
            done.push(item);
        }
        Ok(done)
    }

    /// Calls meetups of a series off, as [`Kith::edit_series`] changes them.
    ///
    /// ```no_run
    /// use kith_client::extensions::Scope;
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, meetup: Reference) -> Result<(), kith_client::MeetupError> {
    /// kith.cancel_series(&meetup, Scope::All, |_| {}).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Kith::edit_series`].
    pub async fn cancel_series(
        &self,
        meetup: impl Into<Reference>,
        scope: Scope,
        each: impl FnMut(&SeriesItem),
    ) -> Result<Vec<SeriesItem>, MeetupError> {
        self.edit_series(meetup, scope, None, Meetup::cancel, each)
            .await
    }

    async fn rewritten(&self, known: Known, before: &Meetup) -> Result<SeriesItem, MeetupError> {
        let outcome = match self.publish_next(&known.meetup, before).await? {
            Change::Unchanged => SeriesOutcome::Unchanged,
            Change::Published(published) => SeriesOutcome::Updated(published),
        };
        Ok(known.item(outcome))
    }

    /// The meetups of a series in their newest versions, by day. Not those that were deleted.
    async fn occurrences_of(
        &self,
        author: PublicKey,
        community: EventId,
        id: &SeriesId,
    ) -> Result<Vec<Known>, MeetupError> {
        let filters = tag_filters(&KINDS, tag(Alphabet::L), vec![id.to_string()]);
        let by_author = filters
            .into_iter()
            .map(|filter| filter.authors(authors([author])));
        let fetched = self.fetch(by_author.collect()).await;
        let fetched = fetched.answered().map_err(LookupError::from)?;
        let mut silent = fetched.silent;
        let current = self.current(fetched.found, &mut silent).await;
        self.demand_all(&silent, WHAT)?;
        let mut known: Vec<Known> = current.into_iter().filter_map(Known::read).collect();
        known.retain(|known| {
            let named = address::community_in_identifier(known.meetup.identifier());
            known.place.id == *id && named == Some(community)
        });
        known.sort_by_key(|known| (known.place.day, known.meetup.id));
        Ok(known)
    }
}
