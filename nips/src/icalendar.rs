//! Meetups as iCalendar text (RFC 5545, with the properties of RFC 7986): feeds that calendar
//! programs subscribe to, and files that they import.
//!
//! Owns: which property says what of a meetup. The form of lines (order of parts, escaping,
//! folding at 75 octets) is the crate `calcard`'s; `text.rs` gives it only what it writes right.
//! Must not know where meetups come from, nor what time it is: the same entries always give the
//! same text, so that its hash can serve as an entity tag.
//!
//! Decisions:
//! - There is no `METHOD`: this is published, nobody is invited. There is no `ORGANIZER`, which
//!   needs a mail address.
//! - `UID` is `<SHA-256 of the address, hex>@kith` ([`uid`]): the same for all versions of a
//!   meetup, whatever characters its `d` has, and the same from every relay.
//! - `SEQUENCE` is [`sequence`]: it grows from version to version though only one is known.
//! - Drafts, and meetups without a usable start (NIP52-09), are not written.
//! - A local time that comes twice (clocks go back) means the first of the two (RFC 5545
//!   §3.3.5); for the second the instant is written in UTC.

use std::collections::HashSet;

use calcard::common::CalendarScale;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarDuration, ICalendarEntry,
    ICalendarParameter, ICalendarProperty, ICalendarValueType,
};

use crate::lbc::{Meetup, Published, Standing};
use crate::place::Point;

mod event;
mod html;
mod occurrences;
mod properties;
mod reading;
mod repetition;
mod rule;
mod text;
mod times;
mod zones;

pub use event::{sequence, uid};
pub use properties::People;
pub use reading::{
    CALENDAR_BYTES_MAX, EVENTS_MAX, ReadCalendar, ReadCalendarError, ReadEvent, SkipReason,
    Skipped, Source, Window, read,
};
pub use repetition::{Frequency, OnDays, Repetition, RuleEnd};
pub use rule::{RULE_BYTES_MAX, Rule, RuleError};
use zones::Zones;

/// The longest text on one line: title, place, topic, name of the calendar. In characters; what is
/// longer ends with an ellipsis.
pub const LINE_CHARACTERS_MAX: usize = 500;

/// The longest description, in characters; what is longer ends with an ellipsis.
pub const DESCRIPTION_CHARACTERS_MAX: usize = 8_000;

/// The most topics that one meetup shows.
pub const TOPICS_MAX: usize = 30;

/// The most places that one meetup shows.
pub const PLACES_MAX: usize = 10;

/// The longest address of a page or picture, in bytes; longer ones are left out.
pub const URI_BYTES_MAX: usize = 2_000;

/// The shortest geohash whose centre is written as `GEO`: 5 characters are a field of 5 km, and a
/// pin in the middle of a larger one would send people to the wrong place.
pub const GEO_CELL_CHARACTERS_MIN: usize = 5;

const PRODUCT: &str = concat!("-//Kith//kith ", env!("CARGO_PKG_VERSION"), "//EN");
const VERSION: &str = "2.0";

/// A calendar to be written.
///
/// ```
/// use kith_nips::icalendar::{Calendar, Entry};
/// use kith_nips::lbc::{CommunityReference, Meetup, Note, Standing};
/// use kith_nips::nip52::{TimeSpan, When, Zone};
/// use kith_nips::{EventId, PublicKey};
/// # let keys = nostr::Keys::generate();
/// let community = CommunityReference::new(EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// let when = When::timed(TimeSpan::new(1_796_322_600, Some(1_796_335_200))?)
///     .in_zone(Zone::new("Europe/London")?);
/// let draft = Meetup::new(community, &"winter".parse()?, "Winter chess", when).draft()?;
/// let meetup = Meetup::read(&draft.sign(&keys, 1_790_000_000)?)?;
///
/// let mut calendar = Calendar::new("Brighton Chess");
/// calendar.refresh_minutes = Some(60);
/// let mut entry = Entry::new(&meetup, Standing::Official);
/// entry.link = Some("https://chess.example/winter".to_owned());
/// calendar.entries.push(entry);
/// let text = calendar.write();
/// assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
/// assert!(text.contains("\r\nDTSTART;TZID=Europe/London:20261203T183000\r\n"));
/// assert!(text.contains("\r\nSUMMARY:Winter chess\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Calendar<'a> {
    /// What a calendar program shows as its name.
    pub name: String,
    /// What is in it; not written when blank.
    pub description: String,
    /// Address of a page for people (`http` or `https`).
    pub url: Option<String>,
    /// Address of this calendar itself, to ask again for it (`http` or `https`).
    pub source: Option<String>,
    /// How often to ask again at most, in minutes. Zero counts as one.
    pub refresh_minutes: Option<u32>,
    /// The meetups, in the order in which they are written. Of several versions of one meetup the
    /// first is written.
    pub entries: Vec<Entry<'a>>,
}

/// A meetup in a [`Calendar`], with what stands beside it in other notes.
///
/// ```
/// use kith_nips::icalendar::Entry;
/// use kith_nips::lbc::{Meetup, Published, Standing};
/// fn entry<'a>(meetup: &'a Published<Meetup>, community: &str) -> Entry<'a> {
///     let mut entry = Entry::new(meetup, Standing::Proposal);
///     entry.community = Some(community.to_owned());
///     entry
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// What takes place.
    pub meetup: &'a Published<Meetup>,
    /// Title of its community.
    pub community: Option<String>,
    /// Address of a page about it (`http` or `https`), or its `nostr:` address.
    pub link: Option<String>,
    /// A proposal is `TENTATIVE`.
    pub standing: Standing,
    /// Where it is on the map.
    pub position: Option<Point>,
}

impl<'a> Entry<'a> {
    /// Only what the meetup itself says. Its position counts if it is exact enough
    /// ([`GEO_CELL_CHARACTERS_MIN`]).
    pub fn new(meetup: &'a Published<Meetup>, standing: Standing) -> Entry<'a> {
        let cell = meetup.location.position;
        let exact = cell.filter(|cell| cell.length() >= GEO_CELL_CHARACTERS_MIN);
        Entry {
            meetup,
            community: None,
            link: None,
            standing,
            position: exact.map(|cell| cell.centre()),
        }
    }
}

impl Calendar<'_> {
    /// An empty calendar.
    pub fn new(name: impl Into<String>) -> Self {
        Calendar {
            name: name.into(),
            ..Calendar::default()
        }
    }

    /// The whole text, lines ending with CR LF. As long as the meetups' texts together, and a few
    /// hundred bytes for each: whoever collects the entries bounds their number.
    pub fn write(&self) -> String {
        let mut zones = Zones::default();
        let mut written = HashSet::new();
        let events: Vec<ICalendarComponent> = self
            .entries
            .iter()
            .filter(|entry| event::is_written(entry) && written.insert(entry.meetup.address()))
            .filter_map(|entry| event::component(entry, &mut zones))
            .collect();
        if events.is_empty() {
            // A calendar must have a component (RFC 5545 §3.6).
            zones.add_utc();
        }
        let mut calendar = ICalendar {
            components: vec![self.root()],
        };
        for (zone, observances) in zones.into_components() {
            let parent = attach(&mut calendar, 0, zone);
            for observance in observances {
                attach(&mut calendar, parent, observance);
            }
        }
        for event in events {
            attach(&mut calendar, 0, event);
        }
        calendar.to_string()
    }

    fn root(&self) -> ICalendarComponent {
        let mut root = ICalendarComponent::new(ICalendarComponentType::VCalendar);
        root.add_property(ICalendarProperty::Version, VERSION);
        root.add_property(ICalendarProperty::Prodid, PRODUCT);
        root.add_property(ICalendarProperty::Calscale, CalendarScale::Gregorian);
        let name = text::line(&self.name);
        if !name.is_empty() {
            root.add_property(ICalendarProperty::Name, name.as_str());
            // Before RFC 7986 gave them names, these were in use, and most programs read no other.
            root.add_property(extension("X-WR-CALNAME"), name);
        }
        let description = text::paragraphs(&self.description);
        if !description.is_empty() {
            root.add_property(ICalendarProperty::Description, description.as_str());
            root.add_property(extension("X-WR-CALDESC"), description);
        }
        if let Some(url) = self.url.as_deref().and_then(text::web_address) {
            root.add_property(ICalendarProperty::Url, url);
        }
        if let Some(source) = self.source.as_deref().and_then(text::web_address) {
            let uri = ICalendarParameter::value(ICalendarValueType::Uri);
            root.add_property_with_params(ICalendarProperty::Source, [uri], source);
        }
        if let Some(minutes) = self.refresh_minutes {
            // Minutes alone: larger units may not be mixed freely (RFC 5545 §3.3.6).
            let interval = ICalendarDuration {
                minutes: minutes.max(1),
                ..ICalendarDuration::default()
            };
            let duration = ICalendarParameter::value(ICalendarValueType::Duration);
            root.entries.push(
                ICalendarEntry::new(ICalendarProperty::RefreshInterval)
                    .with_param(duration)
                    .with_value(interval.clone()),
            );
            root.add_property(extension("X-PUBLISHED-TTL"), interval);
        }
        root
    }
}

fn extension(name: &str) -> ICalendarProperty {
    ICalendarProperty::Other(name.to_owned())
}

/// Puts a component under another; gives its place in the list. There are far fewer than 2^32.
fn attach(calendar: &mut ICalendar, parent: usize, component: ICalendarComponent) -> usize {
    let place = calendar.components.len();
    if let (Ok(id), Some(parent)) = (u32::try_from(place), calendar.components.get_mut(parent)) {
        parent.component_ids.push(id);
        calendar.components.push(component);
    }
    place
}

#[cfg(test)]
mod tests;
