//! A meetup of a community (kind 31923, or 31922 when it was read as whole days): what it is and
//! how it is written. How it is read is in `meetup_read`; to which community it belongs, in
//! `association`.

use super::community::CommunityReference;
use super::tag_list::tag;
use super::{BuildError, Location, Note, Published, Slug, Summary, Topic, Versioned, address};
use crate::nip01::Draft;
use crate::nip52::When;
use crate::{Address, EventId, Kind, PublicKey};

/// The label namespace and label that mark a calendar event as a meetup (D21).
pub(crate) const LABEL_NAMESPACE: &str = "kind";
pub(crate) const LABEL: &str = "meetup";

/// A meetup of a community (kind 31923, LBC-22 to LBC-34).
///
/// One meetup is one note: there are no recurrence rules (NIP52-19). `identifier` never changes;
/// an edit is a new version at the same address.
///
/// ```
/// use kith_nips::lbc::{CommunityReference, Meetup, Note, Slug};
/// use kith_nips::nip52::{TimeSpan, When, Zone};
/// use kith_nips::{EventId, PublicKey};
/// # let keys = nostr::Keys::generate();
/// let community = CommunityReference::new(EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// let when = When::timed(TimeSpan::new(1_796_322_600, Some(1_796_335_200))?)
///     .in_zone(Zone::new("Europe/London")?);
/// let slug: Slug = "2026-12-meetup".parse()?;
/// let meetup = Meetup::new(community, &slug, "Winter chess", when);
/// let event = meetup.draft()?.sign(&keys, 1_700_000_000)?;
///
/// let mut read = Meetup::read(&event)?;
/// assert_eq!(read.title, "Winter chess");
/// read.cancel();
/// let cancelled = read.replacement(1_700_000_000)?;
/// assert!(cancelled.tags.contains(&vec!["status".to_owned(), "cancelled".to_owned()]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meetup {
    pub(crate) identifier: String,
    /// The communities that the note names in `e` tags, in order; empty when an older note names
    /// its community in `d` only (LBC-24).
    pub communities: Vec<CommunityReference>,
    /// What it is called (`title` and `name`, D13). Blank if the note had no name.
    pub title: String,
    /// In short (`summary` and `brief`, D13).
    pub summary: Summary,
    /// Markdown: the content.
    pub description: String,
    /// When it happens; `None` if the note has no usable start (NIP52-09).
    pub when: Option<When>,
    /// Whether it takes place (D22).
    pub status: MeetupStatus,
    /// Where it is in words, most important first (NIP52-08).
    pub places: Vec<String>,
    /// Where it is on the map, and its cities.
    pub location: Location,
    /// Address of a picture.
    pub image: Option<String>,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// People with a part in it, in order (`p`, NIP52-08).
    pub participants: Vec<Participant>,
    /// Links, in order (`r`, NIP52-08).
    pub links: Vec<String>,
    /// Calendars that are asked to list it (`a`, NIP52-11, LBC-28).
    pub calendar_requests: Vec<CalendarRequest>,
    /// Tags that LBC does not know, in order; an edit preserves them (LBC-14).
    pub other_tags: Vec<Vec<String>>,
}

/// Whether a meetup takes place (D22).
///
/// ```
/// use kith_nips::lbc::MeetupStatus;
/// assert_eq!(MeetupStatus::read("cancelled"), MeetupStatus::Cancelled);
/// assert_eq!(MeetupStatus::read("anything else"), MeetupStatus::Published);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MeetupStatus {
    /// It takes place. Also what a missing or unknown status means (LBC-32).
    #[default]
    Published,
    /// It does not take place; no answers are taken (LBC-32).
    Cancelled,
    /// Not yet for anybody but its author. Read, because an old client sent such notes; never
    /// written (D22).
    Draft,
}

impl MeetupStatus {
    /// The status that a `status` tag's value means.
    pub fn read(value: &str) -> MeetupStatus {
        match value {
            "cancelled" => MeetupStatus::Cancelled,
            "draft" => MeetupStatus::Draft,
            _ => MeetupStatus::Published,
        }
    }
}

/// A person with a part in a meetup: `["p", key, relay, role]` (NIP-52).
///
/// ```
/// use kith_nips::{PublicKey, lbc::Participant};
/// let speaker = Participant { person: PublicKey::from_bytes([1; 32]), relay: None, role: Some("speaker".into()) };
/// assert_eq!(speaker.role.as_deref(), Some("speaker"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Participant {
    /// Who.
    pub person: PublicKey,
    /// A relay that has their notes.
    pub relay: Option<String>,
    /// As what, in free words.
    pub role: Option<String>,
}

/// A calendar that is asked to list a meetup: `["a", "31924:…", relay]` (NIP52-11).
///
/// ```
/// use kith_nips::lbc::{CalendarRequest, address};
/// use kith_nips::{EventId, PublicKey};
/// let calendar = address::calendar(PublicKey::from_bytes([2; 32]), EventId::from_bytes([1; 32]));
/// let request = CalendarRequest { calendar, relay: None };
/// assert_eq!(request.calendar.kind.as_u16(), 31924);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CalendarRequest {
    /// Address of the kind 31924.
    pub calendar: Address,
    /// A relay that has it.
    pub relay: Option<String>,
}

impl Meetup {
    /// A new meetup with `d` = `<community id>:<slug>` (D2). For a proposal to somebody else's
    /// community add [`Meetup::request_inclusion`].
    pub fn new(
        community: CommunityReference,
        slug: &Slug,
        title: impl Into<String>,
        when: When,
    ) -> Meetup {
        let identifier = slug.identifier(community.id);
        let mut meetup = Meetup::empty(identifier);
        meetup.communities.push(community);
        meetup.title = title.into();
        meetup.when = Some(when);
        meetup
    }

    pub(crate) fn empty(identifier: String) -> Meetup {
        Meetup {
            identifier,
            communities: Vec::new(),
            title: String::new(),
            summary: Summary::default(),
            description: String::new(),
            when: None,
            status: MeetupStatus::Published,
            places: Vec::new(),
            location: Location::default(),
            image: None,
            topics: Vec::new(),
            participants: Vec::new(),
            links: Vec::new(),
            calendar_requests: Vec::new(),
            other_tags: Vec::new(),
        }
    }

    /// The `d` value. An edit keeps it (LBC-22), whatever form it has (D2).
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// Asks the owner of a community to list this meetup, which makes it official (LBC-27, LBC-28).
    /// What everybody but the owner writes.
    pub fn request_inclusion(&mut self, owner: PublicKey, community: EventId, relay: Option<&str>) {
        let calendar = address::calendar(owner, community);
        if self
            .calendar_requests
            .iter()
            .all(|request| request.calendar != calendar)
        {
            self.calendar_requests.push(CalendarRequest {
                calendar,
                relay: relay.map(str::to_owned),
            });
        }
    }

    /// Calls it off (D22).
    pub fn cancel(&mut self) {
        self.status = MeetupStatus::Cancelled;
    }

    /// Whether answers are taken: not when it is cancelled or a draft (LBC-32).
    pub fn takes_answers(&self) -> bool {
        self.status == MeetupStatus::Published
    }

    /// Whether it is neither cancelled nor over at `now` (Unix seconds). Without a time it is not
    /// open (NIP52-09).
    pub fn is_open(&self, now: u64) -> bool {
        self.takes_answers() && self.when.as_ref().is_some_and(|when| !when.is_over(now))
    }

    /// Whether somebody who answered `earlier` might answer otherwise now: the time or the place
    /// differ (NIP52-15).
    pub fn moved_since(&self, earlier: &Meetup) -> bool {
        self.when != earlier.when
            || self.places != earlier.places
            || self.location != earlier.location
    }

    fn text_tags(&self) -> Vec<Vec<String>> {
        let mut tags = vec![tag(["title", &self.title]), tag(["name", &self.title])];
        if !self.summary.is_empty() {
            tags.push(tag(["summary", self.summary.as_str()]));
            tags.push(tag(["brief", self.summary.as_str()]));
        }
        tags.extend(self.image.as_deref().map(|image| tag(["image", image])));
        tags
    }
}

impl Note for Meetup {
    /// Refuses what would not be a meetup: no title, no start, an end before the start (by type),
    /// the status `draft` (NIP52-02, NIP52-04, D22).
    fn draft(&self) -> Result<Draft, BuildError> {
        if self.title.trim().is_empty() {
            return Err(BuildError::Blank("title"));
        }
        let status = match self.status {
            MeetupStatus::Published => "published",
            MeetupStatus::Cancelled => "cancelled",
            MeetupStatus::Draft => return Err(BuildError::DraftStatus),
        };
        let when = self.when.as_ref().ok_or(BuildError::NoStart)?;
        let mut tags = vec![tag(["d", &self.identifier])];
        tags.extend(self.text_tags());
        tags.push(tag(["status", status]));
        tags.extend(when.tags()?);
        tags.extend(self.places.iter().map(|place| tag(["location", place])));
        tags.extend(self.location.tags());
        tags.extend(self.topics.iter().map(Topic::tag));
        tags.extend(self.communities.iter().map(CommunityReference::tag));
        tags.push(tag(["L", LABEL_NAMESPACE]));
        tags.push(tag(["l", LABEL, LABEL_NAMESPACE]));
        tags.extend(self.calendar_requests.iter().map(CalendarRequest::tag));
        tags.extend(self.participants.iter().map(Participant::tag));
        tags.extend(self.links.iter().map(|link| tag(["r", link])));
        tags.extend(self.other_tags.iter().cloned());
        Ok(Draft {
            kind: when.kind(),
            created_at: None,
            tags,
            content: self.description.clone(),
        })
    }
}

impl Versioned for Meetup {}

impl Published<Meetup> {
    /// Where this meetup lives: what RSVPs and calendars name.
    pub fn address(&self) -> Address {
        self.address_of(&self.note.identifier)
    }

    /// Whether `viewer` may see it: a draft only its author (LBC-32).
    pub fn is_visible_to(&self, viewer: Option<PublicKey>) -> bool {
        self.status != MeetupStatus::Draft || viewer == Some(self.author)
    }

    /// Whether it is an all-day meetup (kind 31922, LBC-33).
    pub fn is_all_day(&self) -> bool {
        self.kind == Kind::DATE_MEETUP
    }
}

impl Participant {
    fn tag(&self) -> Vec<String> {
        let relay = self.relay.as_deref().unwrap_or_default();
        tag([
            "p",
            &self.person.to_string(),
            relay,
            self.role.as_deref().unwrap_or_default(),
        ])
    }
}

impl CalendarRequest {
    fn tag(&self) -> Vec<String> {
        tag([
            "a",
            &self.calendar.to_string(),
            self.relay.as_deref().unwrap_or_default(),
        ])
    }
}

#[cfg(test)]
mod tests;
