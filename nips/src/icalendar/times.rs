//! When something in a foreign calendar is: moments, and which zone they are in.

use std::collections::HashMap;

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarEntry, ICalendarProperty, ICalendarValue,
};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

use crate::nip52::{When, Zone};

/// The zones that a calendar defines, by what it calls them.
pub(super) struct ZonesRead {
    named: HashMap<String, Named>,
    default: Zone,
}

/// A zone of a calendar.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// `None` when it is only an offset.
    pub(super) zone: Option<Zone>,
    pub(super) time_zone: TimeZone,
}

impl Named {
    fn of(zone: Zone) -> Named {
        Named {
            time_zone: zone.time_zone(),
            zone: Some(zone),
        }
    }

    fn read(zone: Tz) -> Option<Named> {
        if zone.is_utc() {
            return Some(Named::of(Zone::utc()));
        }
        if let Tz::Fixed(offset) = zone {
            let offset = Offset::from_seconds(offset.local_minus_utc()).ok()?;
            let time_zone = TimeZone::fixed(offset);
            return Some(Named {
                zone: None,
                time_zone,
            });
        }
        Zone::new(&zone.name()?).ok().map(Named::of)
    }
}

impl ZonesRead {
    pub(super) fn of(calendar: &ICalendar, default: &Zone) -> Self {
        let zones = calendar.timezones().filter_map(|zone| zone.timezone());
        let named = zones.filter_map(|(name, zone)| Some((name.to_owned(), Named::read(zone)?)));
        let name = super::extension("X-WR-TIMEZONE");
        let own = calendar.components.first().and_then(|root| {
            let name = root.property(&name)?.values.first()?.as_text()?;
            Zone::new(name).ok()
        });
        ZonesRead {
            named: named.collect(),
            default: own.unwrap_or_else(|| default.clone()),
        }
    }

    /// The zone in which a time of this entry is.
    fn of_entry(&self, entry: &ICalendarEntry, time: &PartialDateTime) -> Named {
        if let Some(hours) = time.tz_hour {
            let minutes = i32::from(hours) * 60 + i32::from(time.tz_minute.unwrap_or_default());
            let seconds = minutes * if time.tz_minus { -60 } else { 60 };
            return match Offset::from_seconds(seconds) {
                Ok(offset) if seconds != 0 => Named {
                    zone: None,
                    time_zone: TimeZone::fixed(offset),
                },
                _ => Named::of(Zone::utc()),
            };
        }
        let named = entry.tz_id().and_then(|name| {
            let defined = self.named.get(name).cloned();
            defined.or_else(|| Named::read(name.parse().ok()?))
        });
        named.unwrap_or_else(|| Named::of(self.default.clone()))
    }
}

/// A day or a time as a calendar says it.
#[derive(Debug, Clone)]
pub(super) enum Moment {
    Day(Date),
    Time { at: Timestamp, named: Named },
}

/// `20261203T1830`: a time as it is written, whatever its zone.
pub(super) fn digits(time: &PartialDateTime) -> String {
    let small = |part: Option<u8>| part.unwrap_or_default();
    let (year, month, day) = (
        time.year.unwrap_or_default(),
        small(time.month),
        small(time.day),
    );
    let (hour, minute) = (small(time.hour), small(time.minute));
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}")
}

impl Moment {
    pub(super) fn read(
        entry: &ICalendarEntry,
        time: &PartialDateTime,
        zones: &ZonesRead,
    ) -> Option<Moment> {
        let local = local(time)?;
        if time.hour.is_none() {
            return Some(Moment::Day(local.date()));
        }
        let named = zones.of_entry(entry, time);
        let at = instant(local, &named.time_zone)?;
        Some(Moment::Time { at, named })
    }

    fn of(
        event: &ICalendarComponent,
        property: &ICalendarProperty,
        zones: &ZonesRead,
    ) -> Option<Moment> {
        let entry = event.property(property)?;
        let time = entry.values.first()?.as_partial_date_time()?;
        Moment::read(entry, time, zones)
    }

    pub(super) fn of_start(event: &ICalendarComponent, zones: &ZonesRead) -> Option<Moment> {
        Moment::of(event, &ICalendarProperty::Dtstart, zones)
    }

    pub(super) fn of_recurrence(event: &ICalendarComponent, zones: &ZonesRead) -> Option<Moment> {
        Moment::of(event, &ICalendarProperty::RecurrenceId, zones)
    }

    /// When a meetup begins, and how long it lasts.
    pub(super) fn of_when(when: &When) -> Option<(Moment, Length)> {
        let (start, end_zone) = match when {
            When::AllDay(days) => (Moment::Day(days.start()), None),
            When::Timed {
                span,
                start_zone,
                end_zone,
            } => {
                let named = start_zone.clone().map_or_else(
                    || Named {
                        zone: None,
                        time_zone: TimeZone::UTC,
                    },
                    Named::of,
                );
                let at = Timestamp::from_second(i64::try_from(span.start()).ok()?).ok()?;
                (Moment::Time { at, named }, end_zone.clone().map(Named::of))
            }
        };
        let lasts = when.ends_at().map(|end| end - when.starts_at());
        let seconds = lasts.and_then(|lasts| i64::try_from(lasts).ok());
        Some((start, Length { seconds, end_zone }))
    }

    /// Unix seconds; of a day, its beginning in UTC.
    pub(super) fn seconds(&self) -> i64 {
        match self {
            Moment::Day(day) => beginning(*day).as_second(),
            Moment::Time { at, .. } => at.as_second(),
        }
    }

    /// `20261203T183000Z`, or `20261203` of a day.
    pub(super) fn name(&self) -> String {
        match self {
            Moment::Day(day) => day.strftime("%Y%m%d").to_string(),
            Moment::Time { at, .. } => {
                let utc = Offset::UTC.to_datetime(*at);
                utc.strftime("%Y%m%dT%H%M%SZ").to_string()
            }
        }
    }

    /// On the clock where it is.
    pub(super) fn local(&self) -> DateTime {
        match self {
            Moment::Day(day) => day.at(0, 0, 0, 0),
            Moment::Time { at, named } => named.time_zone.to_datetime(*at),
        }
    }

    /// The same sort of moment at another time of its clock.
    pub(super) fn at_local(&self, local: DateTime) -> Option<Moment> {
        match self {
            Moment::Day(_) => Some(Moment::Day(local.date())),
            Moment::Time { named, .. } => Some(Moment::Time {
                at: instant(local, &named.time_zone)?,
                named: named.clone(),
            }),
        }
    }

    /// How long what begins here lasts, by `DTEND` or `DURATION`.
    pub(super) fn length_of(&self, event: &ICalendarComponent, zones: &ZonesRead) -> Length {
        let end = Moment::of(event, &ICalendarProperty::Dtend, zones);
        if let Some(end) = end {
            let named = match (&end, self) {
                (Moment::Time { named, .. }, Moment::Time { .. }) => Some(named.clone()),
                _ => None,
            };
            return Length {
                seconds: Some(end.seconds().saturating_sub(self.seconds())),
                end_zone: named,
            };
        }
        let duration = event.property(&ICalendarProperty::Duration);
        let seconds = duration.and_then(|entry| match entry.values.first()? {
            ICalendarValue::Duration(duration) => Some(duration.as_seconds()),
            _ => None,
        });
        Length {
            seconds,
            end_zone: None,
        }
    }
}

/// How long something lasts.
#[derive(Debug, Clone)]
pub(super) struct Length {
    pub(super) seconds: Option<i64>,
    /// Where it ends, when that was said.
    pub(super) end_zone: Option<Named>,
}

/// A time without its zone.
pub(super) fn local(time: &PartialDateTime) -> Option<DateTime> {
    let small = |part: Option<u8>| i8::try_from(part.unwrap_or_default()).ok();
    let date = Date::new(
        i16::try_from(time.year?).ok()?,
        i8::try_from(time.month?).ok()?,
        i8::try_from(time.day?).ok()?,
    )
    .ok()?;
    // A leap second is the end of its minute.
    let second = small(time.second)?.min(59);
    let clock = jiff::civil::Time::new(small(time.hour)?, small(time.minute)?, second, 0).ok()?;
    Some(date.to_datetime(clock))
}

/// The first of two, and behind a gap (RFC 5545 §3.3.5).
fn instant(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

fn beginning(day: Date) -> Timestamp {
    Offset::UTC
        .to_timestamp(day.at(0, 0, 0, 0))
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The same as calendars write it.
pub(super) fn floating(local: DateTime) -> PartialDateTime {
    let part = |part: i8| u8::try_from(part).ok();
    PartialDateTime {
        year: u16::try_from(local.year()).ok(),
        month: u8::try_from(local.month()).ok(),
        day: u8::try_from(local.day()).ok(),
        hour: part(local.hour()),
        minute: part(local.minute()),
        second: part(local.second()),
        ..PartialDateTime::default()
    }
}
