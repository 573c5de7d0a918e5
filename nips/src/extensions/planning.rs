//! From what an organizer says of a meetup to its note: the first version, the next one, and what it is
//! called. Pure; what is stored already is passed in.

use jiff::civil::Date;

use super::attendance::Terms;
use super::{Host, InSeries, expire_after_end, follow_move, set_host};
use crate::lbc::{BuildError, Community, Location, Meetup, Published, Slug, Summary, Topic};
use crate::nip01::Draft;
use crate::nip52::When;
use crate::{Event, Kind, PublicKey, nip09};

/// What an organizer says of a meetup beside its time.
///
/// ```
/// use kith_nips::extensions::{Plan, Setting};
/// use kith_nips::lbc::{Community, Note};
/// use kith_nips::nip52::{TimeSpan, When};
/// # let keys = nostr::Keys::generate();
/// let community = Community::read(&Community::new("").draft()?.sign(&keys, 1_700_000_000)?)?;
/// let setting = Setting {
///     community: &community,
///     author: community.owner(),
///     relay: None,
///     now: 1_700_000_000,
/// };
/// let plan = Plan {
///     places: vec!["The Black Lion".to_owned()],
///     ..Plan::new("Chess by the sea")
/// };
/// let when = When::timed(TimeSpan::new(1_796_322_600, None)?);
/// let meetup = plan.note(&setting, &"chess".parse()?, when)?;
/// assert_eq!(Plan::of(&meetup).title, plan.title);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// What it is called.
    pub title: String,
    /// In short, at most 280 characters.
    pub summary: String,
    /// Markdown.
    pub description: String,
    /// Where, in words, most important first.
    pub places: Vec<String>,
    /// Where on the map, and in which cities.
    pub location: Location,
    /// Address of a picture.
    pub image: Option<String>,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// Links.
    pub links: Vec<String>,
    /// Seats, guests, the last moment to answer. When it was published is filled in.
    pub terms: Terms,
    /// People who run it too.
    pub hosts: Vec<Host>,
    /// Whether its note expires some time after the end (NIP-40), as those of meetups that begin now
    /// do.
    pub expires: bool,
}

/// Who plans where and when.
///
/// ```
/// fn is_proposal(setting: &kith_nips::extensions::Setting<'_>) -> bool {
///     setting.author != setting.community.owner()
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The community that it is for.
    pub community: &'a Published<Community>,
    /// Whose meetup it is. By anybody but the owner it is a proposal.
    pub author: PublicKey,
    /// A relay that has the community.
    pub relay: Option<&'a str>,
    /// Now, Unix seconds.
    pub now: u64,
}

/// Why a meetup cannot be changed so.
///
/// ```
/// use kith_nips::extensions::EditError;
/// assert!(EditError::KindOfTime.to_string().starts_with("a meetup keeps its kind of time"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// A meetup with a time of day cannot become one of whole days, or the other way round: it
    /// would be another note at another address.
    #[error("a meetup keeps its kind of time; cancel it and schedule another one")]
    KindOfTime,
    /// The note cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
}

impl Plan {
    /// A plan of which only the title is known.
    pub fn new(title: impl Into<String>) -> Plan {
        Plan {
            title: title.into(),
            ..Plan::default()
        }
    }

    /// What a meetup says now.
    pub fn of(meetup: &Meetup) -> Plan {
        Plan {
            title: meetup.title.clone(),
            summary: meetup.summary.as_str().to_owned(),
            description: meetup.description.clone(),
            places: meetup.places.clone(),
            location: meetup.location.clone(),
            image: meetup.image.clone(),
            topics: meetup.topics.clone(),
            links: meetup.links.clone(),
            terms: Terms::read(meetup),
            hosts: super::hosts(meetup),
            expires: super::expires_at(meetup).is_some(),
        }
    }

    /// The first version of its note, with this slug and time.
    ///
    /// # Errors
    /// A summary that is too long.
    pub fn note(
        &self,
        setting: &Setting<'_>,
        slug: &Slug,
        when: When,
    ) -> Result<Meetup, BuildError> {
        let reference = setting.community.reference();
        let reference = match setting.relay {
            Some(relay) => reference.at(relay),
            None => reference,
        };
        let mut meetup = Meetup::new(reference, slug, &self.title, when);
        self.say(&mut meetup)?;
        let terms = Terms {
            published_at: Some(setting.now),
            ..self.terms
        };
        terms.write(&mut meetup);
        for host in &self.hosts {
            let relay = host.relay.as_deref().or(setting.relay);
            set_host(&mut meetup, host.person, true, relay);
        }
        if self.expires {
            expire_after_end(&mut meetup);
        }
        let owner = setting.community.owner();
        if owner != setting.author {
            meetup.request_inclusion(owner, setting.community.id, setting.relay);
        }
        Ok(meetup)
    }

    /// What it says beside its time and its seats, instead of what a note said before.
    ///
    /// # Errors
    /// A summary that is too long.
    pub fn say(&self, meetup: &mut Meetup) -> Result<(), BuildError> {
        meetup.title.clone_from(&self.title);
        meetup.summary = Summary::new(&self.summary)?;
        meetup.description.clone_from(&self.description);
        meetup.places.clone_from(&self.places);
        meetup.location.clone_from(&self.location);
        meetup.image.clone_from(&self.image);
        meetup.topics.clone_from(&self.topics);
        meetup.links.clone_from(&self.links);
        Ok(())
    }
}

impl From<&str> for Plan {
    fn from(title: &str) -> Plan {
        Plan::new(title)
    }
}

impl From<String> for Plan {
    fn from(title: String) -> Plan {
        Plan::new(title)
    }
}

/// The next version of one meetup, that goes its own way if it is one of a series; `None` if the edit
/// changes nothing. Its address, what is not known of it, and what the edit does not touch stay as they
/// are (LBC-14, LBC-22).
///
/// # Errors
/// [`EditError`]
pub fn edited(
    meetup: &Published<Meetup>,
    now: u64,
    edit: impl FnOnce(&mut Meetup),
) -> Result<Option<Draft>, EditError> {
    let mut next = meetup.clone();
    edit(&mut next.note);
    follow_move(&meetup.note, &mut next.note);
    if next.note != meetup.note {
        InSeries::set_apart(&mut next.note);
    }
    next_version(&next, &meetup.note, now)
}

/// The draft of a meetup that was changed from `before`, if it says anything new.
///
/// # Errors
/// [`EditError`]
pub fn next_version(
    meetup: &Published<Meetup>,
    before: &Meetup,
    now: u64,
) -> Result<Option<Draft>, EditError> {
    if meetup.note == *before {
        return Ok(None);
    }
    let draft = meetup.replacement(now)?;
    match draft.kind == meetup.kind {
        true => Ok(Some(draft)),
        false => Err(EditError::KindOfTime),
    }
}

/// The `d` values that a meetup has, or that a deletion request ends: what a new meetup of the same
/// author must not be called (LBC-22, LBC-26).
pub fn identifiers_used(event: &Event) -> Vec<String> {
    match event.kind() {
        Kind::DELETION => nip09::deletion_targets(event)
            .addresses
            .into_iter()
            .map(|address| address.identifier)
            .collect(),
        _ => vec![event.identifier().to_owned()],
    }
}

/// The day on which a meetup begins, on the clock of its place.
pub fn first_day(when: &When) -> Date {
    match when {
        When::Timed { span, .. } => span.start_in(&when.start_zone()).date(),
        When::AllDay(span) => span.start(),
    }
}
