//! Scheduling, editing and cancelling meetups.

use std::collections::HashSet;

use kith_nips::Kind;
use kith_nips::extensions::{
    EditError, Plan, SeriesError, SeriesId, Setting, edited, first_day, identifiers_used,
    next_version,
};
use kith_nips::lbc::{self, BuildError, Meetup, Note, Slug};
use kith_nips::nip52::When;
use nostr_sdk::Alphabet;

use super::KINDS;
use super::view::title_or_slug;
use crate::communities::NamedCommunity;
use crate::filters::{authors, kinds_filter, tag, tag_filters};
use crate::kith::Kith;
use crate::lists::{Change, ListUnavailable};
use crate::lookup::{LookupError, wrong_kind};
use crate::publish::{self, PublishError};
use crate::records::Record;
use crate::reference::Reference;

/// A meetup to be scheduled.
///
/// ```
/// use kith_client::{NewMeetup, Plan, Reference};
/// use kith_client::lbc::Location;
/// use kith_client::nip52::{TimeSpan, When, Zone};
/// use kith_client::place::Point;
///
/// let community: Reference =
///     "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9".parse()?;
/// let when = When::timed(TimeSpan::new(1_796_322_600, Some(1_796_335_200))?)
///     .in_zone(Zone::new("Europe/London")?);
/// let plan = Plan {
///     description: "Bring a board.".to_owned(),
///     places: vec!["The Black Lion, Brighton".to_owned()],
///     location: Location::at(Point::new(50.8225, -0.1372)?),
///     ..Plan::new("Chess by the sea")
/// };
/// let meetup = NewMeetup::new(community.clone(), plan, when.clone());
/// assert_eq!(meetup.plan.title, "Chess by the sea");
///
/// // A title will do.
/// let meetup = NewMeetup::new(community, "Chess by the sea", when);
/// assert!(meetup.plan.places.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NewMeetup {
    /// The community it is for. By anybody but the owner it is a proposal.
    pub community: Reference,
    /// What it is: title, place, seats …
    pub plan: Plan,
    /// When it happens.
    pub when: When,
    /// What tells it apart from the other meetups of the community; made of day and title when it
    /// is `None`.
    pub slug: Option<Slug>,
}

impl NewMeetup {
    /// A meetup of a plan, or of nothing but a title, at a time.
    pub fn new(community: impl Into<Reference>, plan: impl Into<Plan>, when: When) -> Self {
        NewMeetup {
            community: community.into(),
            plan: plan.into(),
            when,
            slug: None,
        }
    }
}

/// Why a meetup could not be scheduled or changed.
///
/// ```
/// use kith_client::MeetupError;
///
/// let error = MeetupError::NotAuthor("Winter chess".into());
/// assert_eq!(error.to_string(), "only its author can change the meetup \"Winter chess\"");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MeetupError {
    /// The meetup or its community is not there.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// The meetup with this title is somebody else's.
    #[error("only its author can change the meetup \"{0}\"")]
    NotAuthor(String),
    /// Official meetups are the owner's.
    #[error("only its owner can make meetups official in {0}")]
    NotOwner(NamedCommunity),
    /// The community has muted this key.
    #[error("the owner of {0} has muted you, so it would not be shown")]
    Muted(NamedCommunity),
    /// The slug belongs to another meetup of this community, which would be replaced.
    #[error("the community already has a meetup {0} of yours; choose another slug")]
    SlugTaken(Slug),
    /// Another series of this author in this community has the id that the title makes.
    #[error("you already have a series \"{0}\" with another title; give this one an id of its own")]
    SeriesTaken(SeriesId),
    /// The meetup with this title is not one of several.
    #[error("the meetup \"{0}\" is not in a series")]
    NotInSeries(String),
    /// The rule makes no series.
    #[error(transparent)]
    Series(#[from] SeriesError),
    /// A meetup with a time of day cannot become one of whole days, or the other way round: it
    /// would be another note at another address.
    #[error("a meetup keeps its kind of time; cancel it and schedule another one")]
    KindOfTime,
    /// Not every relay said which version it has; nothing was changed.
    #[error(transparent)]
    ListUnavailable(#[from] ListUnavailable),
    /// The note cannot be written: no title, a summary that is too long, …
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No relay took it, or there is no key.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl From<EditError> for MeetupError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Build(error) => MeetupError::Build(error),
            _ => MeetupError::KindOfTime,
        }
    }
}

impl Kith {
    /// Publishes a meetup of a community. By the owner it is official; by anybody else it is a
    /// proposal that asks to be included (LBC-27, LBC-28).
    ///
    /// ```no_run
    /// use kith_client::{Kith, NewMeetup};
    /// # async fn example(kith: Kith, meetup: NewMeetup) -> Result<(), Box<dyn std::error::Error>> {
    /// let scheduled = kith.schedule_meetup(&meetup).await?;
    /// println!("share {}", scheduled.reference);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MeetupError`]
    pub async fn schedule_meetup(&self, new: &NewMeetup) -> Result<Scheduled, MeetupError> {
        let me = self.author()?;
        let _turn = self.turn().await;
        let record = self.record(&new.community).await?;
        if record.mutes(me) {
            return Err(MeetupError::Muted(record.named()));
        }
        let slug = self.slug(new, &record).await?;
        let hint = self.relay_hint().to_string();
        let setting = self.setting(&record, &hint)?;
        let meetup = new.plan.note(&setting, &slug, new.when.clone())?;
        let published = self.publish(&meetup.draft()?).await?;
        let address = kith_nips::Address {
            kind: new.when.kind(),
            pubkey: me,
            identifier: meetup.identifier().to_owned(),
        };
        let reference = Reference {
            target: address.into(),
            relays: published.accepted.clone(),
        };
        Ok(Scheduled {
            reference,
            published,
        })
    }

    /// Changes a meetup of one's own. Its address, what it does not know, and what the edit does
    /// not touch stay as they are (LBC-14, LBC-22).
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, meetup: Reference) -> Result<(), kith_client::MeetupError> {
    /// kith
    ///     .edit_meetup(&meetup, |meetup| meetup.places = vec!["The Hope, Brighton".to_owned()])
    ///     .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MeetupError`]; above all [`MeetupError::ListUnavailable`], when a relay did not say which
    /// version it has.
    pub async fn edit_meetup(
        &self,
        meetup: impl Into<Reference>,
        edit: impl FnOnce(&mut Meetup),
    ) -> Result<Change, MeetupError> {
        let reference = meetup.into();
        let me = self.author()?;
        let _turn = self.turn().await;
        let (named, _) = self.newest_meetup(&reference).await?;
        if named.event.pubkey() != me {
            let title = Meetup::read(&named.event).map(|meetup| meetup.note.title);
            let title = title_or_slug(&title.unwrap_or_default(), &reference);
            return Err(MeetupError::NotAuthor(title));
        }
        let address = named.event.address();
        let newest = match &address {
            Some(address) => {
                let newest = self.newest_for_rewrite(address, "the meetup").await?;
                if newest.found.is_none() && newest.taken_back_at.is_some() {
                    return Err(LookupError::Deleted(reference.short()).into());
                }
                newest.found
            }
            None => None,
        };
        let found = newest.unwrap_or(named);
        let meetup = Meetup::read(&found.event)
            .map_err(|_| wrong_kind("meetup", &reference, found.event.kind()))?;
        match edited(&meetup, self.now(), edit)? {
            Some(draft) => Ok(Change::Published(self.publish(&draft).await?)),
            None => Ok(Change::Unchanged),
        }
    }

    /// Publishes the next version of a meetup, if it says anything new.
    pub(super) async fn publish_next(
        &self,
        meetup: &lbc::Published<Meetup>,
        before: &Meetup,
    ) -> Result<Change, MeetupError> {
        match next_version(meetup, before, self.now())? {
            Some(draft) => Ok(Change::Published(self.publish(&draft).await?)),
            None => Ok(Change::Unchanged),
        }
    }

    /// Where the user plans something now.
    pub(super) fn setting<'a>(
        &self,
        record: &'a Record,
        relay: &'a str,
    ) -> Result<Setting<'a>, PublishError> {
        Ok(Setting {
            community: &record.community,
            author: self.author()?,
            relay: Some(relay),
            now: self.now(),
        })
    }

    /// Calls a meetup off. It stays visible as cancelled and takes no more answers (LBC-32).
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, meetup: Reference) -> Result<(), kith_client::MeetupError> {
    /// kith.cancel_meetup(&meetup).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Kith::edit_meetup`].
    pub async fn cancel_meetup(&self, meetup: impl Into<Reference>) -> Result<Change, MeetupError> {
        self.edit_meetup(meetup, Meetup::cancel).await
    }

    /// A slug that no meetup of this author in this community has or had: one used again would
    /// replace the other meetup (LBC-26), or be covered by the request that deleted it (LBC-22).
    async fn slug(&self, new: &NewMeetup, record: &Record) -> Result<Slug, MeetupError> {
        let me = self.author()?;
        let community = record.community.id;
        let mut filters = tag_filters(&KINDS, tag(Alphabet::E), vec![community.to_string()]);
        filters.push(kinds_filter(&[Kind::DELETION]));
        let filters = filters
            .into_iter()
            .map(|filter| filter.authors(authors([me])))
            .collect();
        let fetched = self
            .fetch(filters)
            .await
            .answered()
            .map_err(LookupError::from)?;
        let used: HashSet<String> = fetched
            .found
            .iter()
            .flat_map(|found| identifiers_used(&found.event))
            .collect();
        let is_used = |slug: &Slug| used.contains(&slug.identifier(community));
        match &new.slug {
            Some(slug) if is_used(slug) => Err(MeetupError::SlugTaken(slug.clone())),
            Some(slug) => Ok(slug.clone()),
            None => {
                let day = first_day(&new.when);
                Ok(Slug::unused(&new.plan.title, day, is_used))
            }
        }
    }
}

/// A meetup that was published.
///
/// ```no_run
/// # fn example(scheduled: &kith_client::Scheduled) {
/// println!("{} on {} relays", scheduled.reference, scheduled.published.accepted.len());
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scheduled {
    /// What to share, and what the other methods take.
    pub reference: Reference,
    /// The first version, and which relays took it.
    pub published: publish::Published,
}
