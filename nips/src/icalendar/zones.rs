//! Times in their zones, and the definitions (`VTIMEZONE`) of the zones that a calendar uses.
//!
//! Owns: how an instant is written so that it can be read without a database of time zones. The
//! rules are jiff's, as everywhere in this crate.
//!
//! A definition has every change of the clocks in the years (UTC) in which the calendar uses the
//! zone, one by one, and the last change before each: whoever reads needs the latest one before
//! an instant, and no recurrence rule has to be found that fits the past. An instant is written in
//! UTC instead when its zone cannot say it: the second of two equal local times, offsets with
//! seconds (`calcard` cannot write them; Liberia had one until 1972), a zone that is unknown.

use std::collections::{BTreeMap, BTreeSet};

use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendarComponent, ICalendarComponentType, ICalendarParameter, ICalendarProperty,
};
use jiff::civil::{Date, DateTime};
use jiff::tz::{Dst, Offset, TimeZone, TimeZoneTransition};
use jiff::{SignedDuration, Timestamp};

use crate::nip52::{UNIX_SECONDS_MAX, Zone};

/// The most changes of the clocks in a year that are written; no zone had more than six.
const CHANGES_PER_YEAR_MAX: usize = 16;

/// When a zone's offset begins of which no change is known: before every instant in a note.
const BEGINNING: Date = Date::constant(1969, 1, 1);

const UTC: &str = "UTC";

/// The zones of one calendar.
#[derive(Default)]
pub(super) struct Zones {
    /// By the database's spelling of the name.
    used: BTreeMap<String, Used>,
}

#[derive(Default)]
struct Used {
    /// Whether the times of a year can be written in this zone.
    years: BTreeMap<i16, bool>,
    observances: BTreeSet<Observance>,
}

/// An offset from a moment on (RFC 5545 §3.6.5).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Observance {
    /// In the offset before it.
    onset: DateTime,
    from: Offset,
    to: Offset,
    is_daylight: bool,
    name: String,
}

impl Zones {
    /// Adds the instant as this property, in its zone if that can say it.
    pub(super) fn add_instant(
        &mut self,
        component: &mut ICalendarComponent,
        property: ICalendarProperty,
        seconds: u64,
        zone: &Zone,
    ) {
        let instant = timestamp(seconds);
        match self.local(instant, zone) {
            Some((name, local)) => {
                let zone = ICalendarParameter::tzid(name);
                component.add_property_with_params(property, [zone], date_time(local));
            }
            None => component.add_property(property, utc(seconds)),
        }
    }

    /// Defines UTC.
    pub(super) fn add_utc(&mut self) {
        let used = self.used.entry(UTC.to_owned()).or_default();
        used.observances
            .insert(Observance::unchanging(Offset::UTC, UTC));
    }

    /// The definitions, each with its observances.
    pub(super) fn into_components(
        self,
    ) -> impl Iterator<Item = (ICalendarComponent, Vec<ICalendarComponent>)> {
        let zones = self.used.into_iter();
        let zones = zones.filter(|(_, used)| !used.observances.is_empty());
        zones.map(|(name, used)| {
            let mut zone = ICalendarComponent::new(ICalendarComponentType::VTimezone);
            zone.add_property(ICalendarProperty::Tzid, name);
            let observances = used.observances.into_iter();
            (zone, observances.map(Observance::into_component).collect())
        })
    }

    fn local(&mut self, instant: Timestamp, zone: &Zone) -> Option<(String, DateTime)> {
        let zone = zone.time_zone();
        let name = zone.iana_name().filter(|name| is_plain(name))?.to_owned();
        if is_utc(&zone) {
            return None;
        }
        let local = zone.to_datetime(instant);
        let read_again = zone.to_timestamp(local).ok()?;
        if read_again != instant {
            return None;
        }
        let year = Offset::UTC.to_datetime(instant).year();
        let used = self.used.entry(name.clone()).or_default();
        used.covers(&zone, year).then_some((name, local))
    }
}

impl Used {
    /// Takes in the changes of this year; whether all of them can be written.
    fn covers(&mut self, zone: &TimeZone, year: i16) -> bool {
        if let Some(covered) = self.years.get(&year) {
            return *covered;
        }
        let found = observances(zone, year);
        self.years.insert(year, found.is_some());
        match found {
            Some(found) => {
                self.observances.extend(found);
                true
            }
            None => false,
        }
    }
}

/// The offset at the beginning of the year, and every change in it; `None` when one of them cannot
/// be written.
fn observances(zone: &TimeZone, year: i16) -> Option<Vec<Observance>> {
    let start = start_of(year)?;
    let end = start_of(year.saturating_add(1)).unwrap_or(Timestamp::MAX);
    let before = start.checked_sub(SignedDuration::from_secs(1)).ok()?;
    let last_change = zone.preceding(start).next();
    let first = match last_change.and_then(|change| Observance::of(zone, &change)) {
        Some(observance) => observance,
        None => {
            let info = zone.to_offset_info(before);
            let offset = Some(info.offset()).filter(is_whole)?;
            Observance::unchanging(offset, info.abbreviation())
        }
    };
    let mut found = vec![first];
    let changes = zone.following(before);
    for change in changes.take_while(|change| change.timestamp() < end) {
        if found.len() > CHANGES_PER_YEAR_MAX {
            return None;
        }
        found.push(Observance::of(zone, &change)?);
    }
    Some(found)
}

impl Observance {
    fn of(zone: &TimeZone, change: &TimeZoneTransition<'_>) -> Option<Observance> {
        let at = change.timestamp();
        let before = at.checked_sub(SignedDuration::from_secs(1)).ok()?;
        let (from, to) = (zone.to_offset(before), change.offset());
        (is_whole(&from) && is_whole(&to)).then(|| Observance {
            onset: from.to_datetime(at),
            from,
            to,
            is_daylight: change.dst() == Dst::Yes,
            name: change.abbreviation().to_owned(),
        })
    }

    fn unchanging(offset: Offset, name: &str) -> Observance {
        Observance {
            onset: BEGINNING.at(0, 0, 0, 0),
            from: offset,
            to: offset,
            is_daylight: false,
            name: name.to_owned(),
        }
    }

    fn into_component(self) -> ICalendarComponent {
        let mut component = ICalendarComponent::new(match self.is_daylight {
            true => ICalendarComponentType::Daylight,
            false => ICalendarComponentType::Standard,
        });
        component.add_property(ICalendarProperty::Dtstart, date_time(self.onset));
        component.add_property(ICalendarProperty::Tzoffsetfrom, offset(self.from));
        component.add_property(ICalendarProperty::Tzoffsetto, offset(self.to));
        component.add_property(ICalendarProperty::Tzname, super::text::line(&self.name));
        component
    }
}

/// The date alone.
pub(super) fn date(date: Date) -> PartialDateTime {
    PartialDateTime {
        year: u16::try_from(date.year()).ok(),
        month: u8::try_from(date.month()).ok(),
        day: u8::try_from(date.day()).ok(),
        ..PartialDateTime::default()
    }
}

/// The instant in UTC.
pub(super) fn utc(seconds: u64) -> PartialDateTime {
    PartialDateTime {
        tz_hour: Some(0),
        tz_minute: Some(0),
        ..date_time(Offset::UTC.to_datetime(timestamp(seconds)))
    }
}

fn date_time(local: DateTime) -> PartialDateTime {
    PartialDateTime {
        hour: u8::try_from(local.hour()).ok(),
        minute: u8::try_from(local.minute()).ok(),
        second: u8::try_from(local.second()).ok(),
        ..date(local.date())
    }
}

fn offset(offset: Offset) -> PartialDateTime {
    let minutes = offset.seconds().unsigned_abs() / 60;
    PartialDateTime {
        tz_hour: u8::try_from(minutes / 60).ok(),
        tz_minute: u8::try_from(minutes % 60).ok(),
        tz_minus: offset.is_negative(),
        ..PartialDateTime::default()
    }
}

/// Times beyond the calendar of this crate count as its last second: `created_at` has no bound.
fn timestamp(seconds: u64) -> Timestamp {
    i64::try_from(seconds.min(UNIX_SECONDS_MAX))
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

fn start_of(year: i16) -> Option<Timestamp> {
    let day = Date::new(year, 1, 1).ok()?;
    Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
}

fn is_whole(offset: &Offset) -> bool {
    offset.seconds() % 60 == 0
}

/// Whether it is UTC under this or another name.
fn is_utc(zone: &TimeZone) -> bool {
    zone.to_offset(Timestamp::UNIX_EPOCH).is_zero()
        && zone.preceding(Timestamp::MAX).next().is_none()
}

/// The database is files on this machine: nothing says what their names may be.
fn is_plain(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/_-+".contains(&byte))
}
