//! When events of a foreign calendar are: which zone a time is in, and on which days a rule falls.

use std::collections::HashMap;

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarPeriod,
    ICalendarProperty, ICalendarRecurrenceRule, ICalendarValue,
};
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::reading::{SkipReason, Window};
use crate::nip52::{DateSpan, TimeError, TimeSpan, When, Zone};

/// Days on which a rule falls that are looked at, from its beginning on: those before the window too.
const OCCURRENCES_LOOKED_AT_MAX: usize = 20_000;

/// The zones that a calendar defines, by what it calls them.
pub(super) struct ZonesRead {
    named: HashMap<String, Named>,
    default: Zone,
}

/// A zone of a calendar.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// `None` when it is only an offset.
    zone: Option<Zone>,
    time_zone: TimeZone,
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
    fn read(entry: &ICalendarEntry, time: &PartialDateTime, zones: &ZonesRead) -> Option<Moment> {
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
    seconds: Option<i64>,
    /// Where it ends, when that was said.
    end_zone: Option<Named>,
}

/// One time that an event takes place.
#[derive(Debug, Clone)]
pub(super) struct Occurrence {
    /// When it was to begin by the rule.
    pub planned: Moment,
    /// When it begins.
    pub start: Moment,
    /// How long it lasts.
    pub length: Length,
    /// Whether it is one of several.
    pub is_repeated: bool,
}

impl Occurrence {
    /// Moves with a change that holds from another occurrence on.
    pub(super) fn follow(&mut self, from: &Moment, change: &ICalendarComponent, zones: &ZonesRead) {
        let Some(changed) = Moment::of_start(change, zones) else {
            return;
        };
        let moved = changed.local().duration_since(from.local());
        let local = self.planned.local().checked_add(moved);
        if let Some(start) = local.ok().and_then(|local| changed.at_local(local)) {
            self.length = changed.length_of(change, zones);
            self.start = start;
        }
    }
}

/// The span of an occurrence.
pub(super) fn span_of(occurrence: &Occurrence) -> Result<When, TimeError> {
    let length = &occurrence.length;
    match &occurrence.start {
        Moment::Day(day) => {
            let days = length.seconds.unwrap_or_default() / 86_400;
            let end = day
                .checked_add(SignedDuration::from_hours(days.max(1) * 24))
                .ok();
            // One day needs no end.
            let end = end.filter(|_| days > 1);
            Ok(When::all_day(DateSpan::new(*day, end)?))
        }
        Moment::Time { at, named } => {
            let range = || TimeError::OutOfRange(at.to_string());
            let seconds = |second: i64| u64::try_from(second).map_err(|_| range());
            let start = seconds(at.as_second())?;
            let lasts = length.seconds.filter(|lasts| *lasts > 0);
            let end = lasts
                .map(|lasts| seconds(at.as_second().saturating_add(lasts)))
                .transpose()?;
            let mut when = When::timed(TimeSpan::new(start, end)?);
            if let Some(zone) = &named.zone {
                when = when.in_zone(zone.clone());
            }
            let end_zone = length
                .end_zone
                .as_ref()
                .and_then(|named| named.zone.clone());
            if let When::Timed {
                end_zone: ends_in, ..
            } = &mut when
                && end_zone.is_some()
                && end_zone != named.zone
            {
                *ends_in = end_zone;
            }
            Ok(when)
        }
    }
}

/// Each time that an event takes place, in the window or not far from it.
pub(super) fn expanded(
    event: &ICalendarComponent,
    zones: &ZonesRead,
    window: &Window,
) -> Result<Vec<Occurrence>, SkipReason> {
    let start = Moment::of_start(event, zones).ok_or(SkipReason::NoStart)?;
    let length = start.length_of(event, zones);
    let is_repeated = event.is_recurrent();
    let occurrence = |start: Moment| Occurrence {
        planned: start.clone(),
        start,
        length: length.clone(),
        is_repeated,
    };
    if !is_repeated {
        return Ok(vec![occurrence(start)]);
    }
    let mut moments = ruled(event, &start, window)?;
    moments.extend(listed(event, &ICalendarProperty::Rdate, zones));
    let left_out = listed(event, &ICalendarProperty::Exdate, zones);
    let is_left_out = |moment: &Moment| {
        left_out.iter().any(|other| match other {
            // Some programs leave out days, whatever the time.
            Moment::Day(day) => *day == moment.local().date(),
            Moment::Time { .. } => other.seconds() == moment.seconds(),
        })
    };
    moments.retain(|moment| !is_left_out(moment));
    moments.sort_by_key(Moment::seconds);
    moments.dedup_by_key(|moment| moment.seconds());
    Ok(moments.into_iter().map(occurrence).collect())
}

/// The times by the rule, the first one among them.
fn ruled(
    event: &ICalendarComponent,
    start: &Moment,
    window: &Window,
) -> Result<Vec<Moment>, SkipReason> {
    let Some(rules) = event.property(&ICalendarProperty::Rrule) else {
        return Ok(vec![start.clone()]);
    };
    let rule = rules.values.iter().find_map(|value| match value {
        ICalendarValue::RecurrenceRule(rule) => Some(rule.clone()),
        _ => None,
    });
    let Some(rule) = rule else {
        return Err(SkipReason::Rule("it is empty".to_owned()));
    };
    let to = i64::try_from(window.to).unwrap_or(i64::MAX);
    ruled_by(rule, start, to).map_err(SkipReason::Rule)
}

/// The times by this rule that are before `to` (Unix seconds); why it cannot be followed.
pub(super) fn ruled_by(
    mut rule: Box<ICalendarRecurrenceRule>,
    start: &Moment,
    to: i64,
) -> Result<Vec<Moment>, String> {
    let mut plain = ICalendarComponent::new(ICalendarComponentType::VEvent);
    plain.add_property(ICalendarProperty::Dtstart, floating(start.local()));
    // The end of a rule is in UTC, its times are on the clock of the place.
    if let Some(until) = &rule.until {
        let last = local(until).map(|last| match (until.tz_hour, start, until.hour) {
            (Some(_), Moment::Time { named, .. }, Some(_)) => {
                let last = Offset::UTC.to_timestamp(last).ok();
                last.map_or(DateTime::MAX, |last| named.time_zone.to_datetime(last))
            }
            // The whole of the last day.
            (_, _, None) => last.date().at(23, 59, 59, 0),
            _ => last,
        });
        rule.until = last.map(floating);
    }
    plain.entries.push(
        ICalendarEntry::new(ICalendarProperty::Rrule)
            .with_value(ICalendarValue::RecurrenceRule(rule)),
    );
    let calendar = ICalendar {
        components: vec![plain],
    };
    let expand = calendar.expand_dates(Tz::Floating, OCCURRENCES_LOOKED_AT_MAX);
    if let Some(error) = expand.errors.first() {
        return Err(error.error.to_string());
    }
    let is_cut = expand.events.len() >= OCCURRENCES_LOOKED_AT_MAX;
    let mut moments = Vec::new();
    for found in expand.events {
        // On a clock without a zone, as if it were UTC.
        let seconds = found.start.naive_local().and_utc().timestamp();
        let moment = Timestamp::from_second(seconds).ok();
        let moment = moment.and_then(|at| start.at_local(Offset::UTC.to_datetime(at)));
        match moment {
            Some(moment) if moment.seconds() < to => moments.push(moment),
            _ => return Ok(moments),
        }
    }
    match is_cut {
        true => Err(format!("it has more than {OCCURRENCES_LOOKED_AT_MAX} days")),
        false => Ok(moments),
    }
}

/// Times that are listed one by one.
fn listed(
    event: &ICalendarComponent,
    property: &ICalendarProperty,
    zones: &ZonesRead,
) -> Vec<Moment> {
    let mut moments = Vec::new();
    for entry in event.properties(property) {
        for value in &entry.values {
            let time = match value {
                ICalendarValue::PartialDateTime(time) => Some(time.as_ref()),
                ICalendarValue::Period(
                    ICalendarPeriod::Range { start, .. } | ICalendarPeriod::Duration { start, .. },
                ) => Some(start),
                _ => None,
            };
            moments.extend(time.and_then(|time| Moment::read(entry, time, zones)));
        }
    }
    moments
}

fn local(time: &PartialDateTime) -> Option<DateTime> {
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

fn floating(local: DateTime) -> PartialDateTime {
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
