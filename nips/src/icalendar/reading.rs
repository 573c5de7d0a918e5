//! Calendars that other programs wrote, read as meetups (RFC 5545): repeated events are expanded,
//! times keep their zones, and each occurrence has a name that stays from one reading to the next.
//!
//! Decisions:
//! - Rules are expanded by the crate `calcard`, on the clock of their zone; everything else about
//!   time is done here, so that a change of the clocks moves no meetup, that a time that comes twice
//!   means the first of the two, and that one that does not exist is moved forward by the gap
//!   (RFC 5545 §3.3.5).
//! - An occurrence that was changed on its own (`RECURRENCE-ID`) replaces the one that it names,
//!   whatever their `SEQUENCE`s are; with `RANGE=THISANDFUTURE` also those after it.
//! - What is `PRIVATE` or `CONFIDENTIAL` is for nobody else, and is left out.
//! - What cannot be read is in [`ReadCalendar::skipped`], with the reason.

use std::collections::{BTreeMap, HashSet};

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarStatus,
};
use calcard::{Entry, Parser};
use sha2::{Digest, Sha256};

use super::occurrences::{Occurrence, expanded, span_of};
use super::properties::{
    People, description_of, has_range, image_of, is_private, people_of, position_of, text_of,
    topics_of, uid_of,
};
use super::times::{Moment, ZonesRead};
use crate::lbc::{SLUG_CHARACTERS_WRITTEN_MAX, Slug, Topic};
use crate::nip52::{When, Zone};
use crate::place::Point;

/// The longest calendar that is read, in bytes.
pub const CALENDAR_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The most events that are read from one calendar, occurrences of repeated ones counted.
pub const EVENTS_MAX: usize = 5_000;

/// What is read of a calendar.
///
/// ```
/// use kith_nips::icalendar::Window;
/// use kith_nips::nip52::Zone;
/// let window = Window { zone: Zone::new("Europe/Berlin")?, from: 1_796_000_000, to: 1_827_000_000 };
/// # assert!(window.from < window.to);
/// # Ok::<(), kith_nips::nip52::TimeError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The zone of times that name none.
    pub zone: Zone,
    /// What is over by then is left out (Unix seconds).
    pub from: u64,
    /// What begins then or later is left out (Unix seconds): rules may go on for ever.
    pub to: u64,
}

/// A calendar that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadCalendar {
    /// What it calls itself.
    pub name: Option<String>,
    /// What takes place in the window, by start.
    pub events: Vec<ReadEvent>,
    /// What was left out though it may be meant, and why.
    pub skipped: Vec<Skipped>,
}

/// Something in a calendar that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its title, or its `UID` if it has none.
    pub what: String,
    /// Why.
    pub reason: SkipReason,
}

/// Why something in a calendar is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SkipReason {
    /// `CLASS` is not `PUBLIC`.
    #[error("it is marked private")]
    Private,
    /// It has no usable `DTSTART`.
    #[error("it has no start that can be read")]
    NoStart,
    /// It has no title.
    #[error("it has no title")]
    NoTitle,
    /// Its times are not in order, or of impossible years.
    #[error("{0}")]
    Time(String),
    /// Its rule says nothing, or too much.
    #[error("its rule of repetition cannot be followed: {0}")]
    Rule(String),
    /// There were [`EVENTS_MAX`] before it.
    #[error("there are more than {EVENTS_MAX} events")]
    TooMany,
}

/// Why a calendar cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadCalendarError {
    /// Longer than [`CALENDAR_BYTES_MAX`].
    #[error("the calendar has {0} bytes; at most {CALENDAR_BYTES_MAX} are read")]
    TooLong(usize),
    /// There is no `VCALENDAR` in it.
    #[error("this is not an iCalendar file: there is no BEGIN:VCALENDAR")]
    NoCalendar,
    /// A component has no end, or the end of another.
    #[error("the calendar is cut off: {0}")]
    CutOff(String),
}

/// Which event of a calendar something is, whenever the calendar is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// `UID`.
    pub uid: String,
    /// Of a repeated event, when this occurrence was to begin by the rule: `20261203T183000Z`, or
    /// `20261203` of whole days.
    pub occurrence: Option<String>,
}

impl Source {
    /// The slug of its meetup: the same whenever it is read (NIP48-04).
    pub fn slug(&self) -> Slug {
        let mut hash = Sha256::new();
        hash.update(self.uid.as_bytes());
        if let Some(occurrence) = &self.occurrence {
            hash.update([0]);
            hash.update(occurrence.as_bytes());
        }
        Slug::of_hash("ical", &hash.finalize(), SLUG_CHARACTERS_WRITTEN_MAX)
    }
}

/// One event, or one occurrence of a repeated one.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadEvent {
    /// Which one it is.
    pub source: Source,
    /// `SUMMARY`.
    pub title: String,
    /// `X-ALT-DESC` or `STYLED-DESCRIPTION` if that is HTML, or else `DESCRIPTION`. HTML is given as
    /// Markdown, anything else as it is.
    pub description: String,
    /// When.
    pub when: When,
    /// `STATUS:CANCELLED`.
    pub is_cancelled: bool,
    /// `LOCATION`, if that is not an address of a page.
    pub place: Option<String>,
    /// `GEO`.
    pub position: Option<Point>,
    /// `CATEGORIES`.
    pub topics: Vec<Topic>,
    /// `IMAGE`, or an attached picture.
    pub image: Option<String>,
    /// Pages: `URL`, and a `LOCATION` that is one.
    pub links: Vec<String>,
    /// `ATTENDEE` and `ORGANIZER`.
    pub people: People,
}

/// Reads a calendar.
///
/// ```
/// use kith_nips::icalendar::{self, Window};
/// use kith_nips::nip52::Zone;
/// let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:chess\r\n\
///     DTSTART;TZID=Europe/London:20261203T183000\r\nDURATION:PT3H\r\n\
///     RRULE:FREQ=WEEKLY;COUNT=2\r\nSUMMARY:Winter chess\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
/// let window = Window { zone: Zone::utc(), from: 0, to: u64::MAX };
/// let read = icalendar::read(text, &window)?;
/// let starts: Vec<u64> = read.events.iter().map(|event| event.when.starts_at()).collect();
/// assert_eq!(starts, [1_796_322_600, 1_796_927_400]);
/// assert_ne!(read.events[0].source.slug(), read.events[1].source.slug());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ReadCalendarError`]: when it is not a calendar. What cannot be read in one is in
/// [`ReadCalendar::skipped`].
pub fn read(text: &str, window: &Window) -> Result<ReadCalendar, ReadCalendarError> {
    if text.len() > CALENDAR_BYTES_MAX {
        return Err(ReadCalendarError::TooLong(text.len()));
    }
    let count = |wanted: &str| {
        let lines = text.lines().map(str::trim);
        lines
            .filter(|line| line.eq_ignore_ascii_case(wanted))
            .count()
    };
    // The parser forgives a missing end: half a file would be taken for a whole one.
    if count("END:VCALENDAR") < count("BEGIN:VCALENDAR") {
        let what = "END:VCALENDAR is missing".to_owned();
        return Err(ReadCalendarError::CutOff(what));
    }
    let mut read = ReadCalendar::default();
    let mut is_calendar = false;
    let mut parser = Parser::new(text);
    loop {
        match parser.entry() {
            Entry::ICalendar(calendar) => {
                is_calendar = true;
                read.take(&calendar, window);
            }
            Entry::UnterminatedComponent(what) => {
                return Err(ReadCalendarError::CutOff(format!("{what} has no end")));
            }
            Entry::UnexpectedComponentEnd { expected, found } => {
                let (expected, found) = (expected.as_str(), found.as_str());
                let what = format!("{found} ends where {expected} should");
                return Err(ReadCalendarError::CutOff(what));
            }
            Entry::TooManyComponents => {
                return Err(ReadCalendarError::TooLong(text.len()));
            }
            Entry::Eof => break,
            // Address cards, and lines between calendars.
            _ => {}
        }
    }
    if !is_calendar {
        return Err(ReadCalendarError::NoCalendar);
    }
    read.events
        .sort_by(|one, other| one.order().cmp(&other.order()));
    Ok(read)
}

/// Everything in a calendar that has the same `UID`.
#[derive(Default)]
struct Group<'a> {
    /// Mostly one.
    events: Vec<&'a ICalendarComponent>,
    /// Changes of one occurrence.
    changes: Vec<&'a ICalendarComponent>,
}

impl ReadCalendar {
    fn take(&mut self, calendar: &ICalendar, window: &Window) {
        let zones = ZonesRead::of(calendar, &window.zone);
        if let Some(root) = calendar.components.first() {
            let names = [ICalendarProperty::Name, super::extension("X-WR-CALNAME")];
            let name = names.iter().find_map(|name| text_of(root, name));
            self.name = self.name.take().or(name);
        }
        let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
        let events = calendar
            .components
            .iter()
            .filter(|component| component.component_type == ICalendarComponentType::VEvent);
        for (number, event) in events.enumerate() {
            // Without a UID it is what it says.
            let uid = event.uid().filter(|uid| !uid.trim().is_empty());
            let uid = uid.map_or_else(|| uid_of(event, number), |uid| uid.trim().to_owned());
            let group = groups.entry(uid).or_default();
            match event.is_recurrence_override() {
                true => group.changes.push(event),
                false => group.events.push(event),
            }
        }
        for (uid, group) in groups {
            self.take_group(&uid, &group, &zones, window);
        }
    }

    fn take_group(&mut self, uid: &str, group: &Group<'_>, zones: &ZonesRead, window: &Window) {
        let mut occurrences: Vec<(Occurrence, &ICalendarComponent)> = Vec::new();
        for event in &group.events {
            match expanded(event, zones, window) {
                Ok(found) => {
                    occurrences.extend(found.into_iter().map(|occurrence| (occurrence, *event)));
                }
                Err(reason) => self.skip(event, uid, reason),
            }
        }
        let mut changes: Vec<_> = group
            .changes
            .iter()
            .filter_map(|change| Some((Moment::of_recurrence(change, zones)?, *change)))
            .collect();
        changes.sort_by_key(|(moment, _)| moment.seconds());
        for (moment, change) in changes {
            if has_range(change) {
                for (occurrence, component) in &mut occurrences {
                    if occurrence.planned.seconds() >= moment.seconds() {
                        occurrence.follow(&moment, change, zones);
                        *component = change;
                    }
                }
                continue;
            }
            occurrences.retain(|(occurrence, _)| occurrence.planned.seconds() != moment.seconds());
            match Moment::of_start(change, zones) {
                Some(start) => occurrences.push((
                    Occurrence {
                        length: start.length_of(change, zones),
                        is_repeated: true,
                        planned: moment,
                        start,
                    },
                    change,
                )),
                None => self.skip(change, uid, SkipReason::NoStart),
            }
        }
        let mut seen = HashSet::new();
        // Occurrences of one event follow each other: its texts are read once.
        let mut said: Option<(&ICalendarComponent, Said)> = None;
        for (occurrence, component) in occurrences {
            if !seen.insert(occurrence.planned.name()) {
                continue;
            }
            let said = match &mut said {
                Some((of, said)) if std::ptr::eq(*of, component) => said,
                said => &mut said.insert((component, Said::by(component))).1,
            };
            match ReadEvent::of(uid, &occurrence, component, said) {
                Ok(event) if !event.when.overlaps(window.from, window.to) => {}
                Ok(_) if self.events.len() >= EVENTS_MAX => {
                    return self.skip(component, uid, SkipReason::TooMany);
                }
                Ok(event) => self.events.push(event),
                Err(reason) => return self.skip(component, uid, reason),
            }
        }
    }

    fn skip(&mut self, event: &ICalendarComponent, uid: &str, reason: SkipReason) {
        let title = text_of(event, &ICalendarProperty::Summary);
        let what = title.unwrap_or_else(|| uid.to_owned());
        self.skipped.push(Skipped { what, reason });
    }
}

/// What is the same in all occurrences of an event, and takes long to read.
struct Said {
    description: String,
    people: People,
}

impl Said {
    fn by(event: &ICalendarComponent) -> Said {
        Said {
            description: description_of(event),
            people: people_of(event),
        }
    }
}

impl ReadEvent {
    fn of(
        uid: &str,
        occurrence: &Occurrence,
        event: &ICalendarComponent,
        said: &Said,
    ) -> Result<Self, SkipReason> {
        if is_private(event) {
            return Err(SkipReason::Private);
        }
        let title = text_of(event, &ICalendarProperty::Summary).ok_or(SkipReason::NoTitle)?;
        let location = text_of(event, &ICalendarProperty::Location);
        let is_page = |text: &String| super::text::web_address(text).is_some();
        let page = location.clone().filter(is_page);
        let url = text_of(event, &ICalendarProperty::Url).filter(is_page);
        let mut links: Vec<String> = url.into_iter().chain(page).collect();
        links.dedup();
        Ok(ReadEvent {
            source: Source {
                uid: uid.to_owned(),
                occurrence: occurrence.is_repeated.then(|| occurrence.planned.name()),
            },
            title,
            description: said.description.clone(),
            when: span_of(occurrence).map_err(|error| SkipReason::Time(error.to_string()))?,
            is_cancelled: event.status() == Some(&ICalendarStatus::Cancelled),
            place: location.filter(|text| !is_page(text)),
            position: position_of(event),
            topics: topics_of(event),
            image: image_of(event),
            links,
            people: said.people.clone(),
        })
    }

    fn order(&self) -> (u64, &Source) {
        (self.when.starts_at(), &self.source)
    }
}
