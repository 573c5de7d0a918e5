//! One meetup as a `VEVENT` (RFC 5545 §3.6.1).

use calcard::icalendar::{
    ICalendarComponent, ICalendarComponentType, ICalendarDisplayType, ICalendarEntry,
    ICalendarParameter, ICalendarProperty, ICalendarStatus, ICalendarValue, ICalendarValueType,
    Uri,
};
use sha2::{Digest, Sha256};

use super::zones::{self, Zones};
use super::{Entry, PLACES_MAX, TOPICS_MAX, text};
use crate::Address;
use crate::lbc::{Meetup, MeetupStatus, Standing};
use crate::nip52::{DateSpan, When};
use crate::place::Point;

/// 2020-01-01T00:00:00Z in Unix seconds, from where [`sequence`] counts: before any meetup of LBC.
const SEQUENCE_BEGINS_AT: u64 = 1_577_836_800;

/// The name of a meetup in calendars: `<SHA-256 of the address, 64 hex digits>@kith`. It stays the
/// same when the meetup is edited, and is safe to write whatever the address has in its `d`.
///
/// ```
/// use kith_nips::{Address, icalendar};
/// let key = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
/// let address: Address = format!("31923:{key}:2026-12\r\nEND:VEVENT").parse()?;
/// let uid = icalendar::uid(&address);
/// assert!(uid.ends_with("@kith") && uid.len() == 69 && uid.is_ascii());
/// assert_eq!(uid, icalendar::uid(&address));
/// # Ok::<(), kith_nips::nip01::AddressError>(())
/// ```
pub fn uid(address: &Address) -> String {
    let mut uid = String::with_capacity(69);
    for byte in Sha256::digest(address.to_string()) {
        uid.push_str(&format!("{byte:02x}"));
    }
    uid.push_str("@kith");
    uid
}

/// The revision number of the version made at `created_at` (Unix seconds): the seconds since the
/// year 2020 began, at least 0 and at most 2^31 − 1 (reached in 2088; RFC 5545 §3.3.8).
///
/// A newer version has a higher number (NIP01-108 makes it at least a second newer), so a calendar
/// program takes the newest one, though whoever writes it knows no older ones to count. Only
/// versions of the same second share a number.
///
/// ```
/// use kith_nips::icalendar::sequence;
/// assert_eq!(sequence(1_790_000_000), 212_163_200);
/// assert_eq!((sequence(0), sequence(u64::MAX)), (0, i32::MAX));
/// ```
pub fn sequence(created_at: u64) -> i32 {
    let seconds = created_at.saturating_sub(SEQUENCE_BEGINS_AT);
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

/// Drafts are for nobody but their author (LBC-32).
pub(super) fn is_written(entry: &Entry<'_>) -> bool {
    entry.meetup.status != MeetupStatus::Draft && entry.meetup.when.is_some()
}

/// The meetup with everything known of it; `None` without a time.
pub(super) fn component(entry: &Entry<'_>, zones: &mut Zones) -> Option<ICalendarComponent> {
    let meetup = entry.meetup;
    let when = meetup.when.as_ref()?;
    let mut event = ICalendarComponent::new(ICalendarComponentType::VEvent);
    let revised = zones::utc(meetup.created_at);
    event.add_uid(&uid(&meetup.address()));
    // The same by RFC 5545 §3.8.7.2 where there is no METHOD.
    event.add_dtstamp(revised.clone());
    event.add_property(ICalendarProperty::LastModified, revised);
    event.add_sequence(i64::from(sequence(meetup.created_at)));
    add_time(&mut event, when, zones);
    event.add_property(ICalendarProperty::Status, status(entry));
    let link = entry.link.as_deref().and_then(text::link);
    for (property, text) in [
        (ICalendarProperty::Summary, text::line(&meetup.title)),
        (
            ICalendarProperty::Description,
            description(entry, link.as_ref()),
        ),
        (ICalendarProperty::Location, text::line(&place(meetup))),
    ] {
        if !text.is_empty() {
            event.add_property(property, text);
        }
    }
    if let Some(position) = entry.position {
        event.entries.push(geo(position));
    }
    event.entries.extend(categories(meetup));
    if let Some(link) = link {
        event.add_property(ICalendarProperty::Url, link);
    }
    if let Some(image) = meetup.image.as_deref().and_then(text::web_address) {
        let parameters = [
            ICalendarParameter::display(ICalendarDisplayType::Badge),
            ICalendarParameter::value(ICalendarValueType::Uri),
        ];
        event.add_property_with_params(ICalendarProperty::Image, parameters, image);
    }
    Some(event)
}

fn add_time(event: &mut ICalendarComponent, when: &When, zones: &mut Zones) {
    match when {
        When::Timed { span, .. } => {
            let (start, end) = (ICalendarProperty::Dtstart, ICalendarProperty::Dtend);
            zones.add_instant(event, start, span.start(), &when.start_zone());
            if let Some(seconds) = span.end() {
                zones.add_instant(event, end, seconds, &when.end_zone());
            }
        }
        When::AllDay(days) => add_days(event, days),
    }
}

/// The end is the first day that is no longer part of it, in both formats.
fn add_days(event: &mut ICalendarComponent, days: &DateSpan) {
    let start = Some(days.start());
    let end = days.end().or_else(|| days.start().tomorrow().ok());
    for (property, day) in [
        (ICalendarProperty::Dtstart, start),
        (ICalendarProperty::Dtend, end),
    ] {
        if let Some(day) = day {
            let date = ICalendarParameter::value(ICalendarValueType::Date);
            event.add_property_with_params(property, [date], zones::date(day));
        }
    }
}

fn status(entry: &Entry<'_>) -> ICalendarStatus {
    match (entry.meetup.status, entry.standing) {
        (MeetupStatus::Cancelled, _) => ICalendarStatus::Cancelled,
        (_, Standing::Proposal) => ICalendarStatus::Tentative,
        (_, Standing::Official) => ICalendarStatus::Confirmed,
    }
}

/// In short, at length, and in the last paragraph whose meetup it is and where to read more.
fn description(entry: &Entry<'_>, link: Option<&Uri>) -> String {
    let community = entry.community.as_deref().map(text::line);
    let link = link.and_then(Uri::as_str).map(str::to_owned);
    let origin: Vec<String> = community.into_iter().chain(link).collect();
    let summary = text::paragraphs(entry.meetup.summary.as_str());
    let content = text::paragraphs(&entry.meetup.description);
    let summary = match content.starts_with(&summary) {
        true => String::new(),
        false => summary,
    };
    let paragraphs = [summary, content, origin.join("\n").trim().to_owned()];
    let paragraphs: Vec<String> = paragraphs
        .into_iter()
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    paragraphs.join("\n\n")
}

/// The places in words; without any, the city.
fn place(meetup: &Meetup) -> String {
    let mut places: Vec<String> = Vec::new();
    let given = meetup.places.iter().take(PLACES_MAX);
    for place in given.map(|place| text::line(place)) {
        if !place.is_empty() && !places.contains(&place) {
            places.push(place);
        }
    }
    if places.is_empty() {
        let city = meetup.location.cities.first();
        places.extend(city.map(|city| city.name().to_owned()));
    }
    places.join(", ")
}

/// Latitude and longitude with six decimals (RFC 5545 §3.8.1.6).
fn geo(position: Point) -> ICalendarEntry {
    // Adding zero turns −0 into 0.
    let degrees = |value: f64| ICalendarValue::Float((value * 1e6).round() / 1e6 + 0.0);
    ICalendarEntry::new(ICalendarProperty::Geo).with_values(vec![
        degrees(position.latitude()),
        degrees(position.longitude()),
    ])
}

fn categories(meetup: &Meetup) -> Option<ICalendarEntry> {
    let topics = meetup.topics.iter().take(TOPICS_MAX);
    let topics = topics
        .map(|topic| text::line(topic.as_str()))
        .filter(|topic| !topic.is_empty());
    let topics: Vec<ICalendarValue> = topics.map(ICalendarValue::Text).collect();
    (!topics.is_empty())
        .then(|| ICalendarEntry::new(ICalendarProperty::Categories).with_values(topics))
}
