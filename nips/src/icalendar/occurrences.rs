//! How often an event of a foreign calendar takes place: by its rule, by lists of days, or once.

use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarPeriod,
    ICalendarProperty, ICalendarRecurrenceRule, ICalendarValue,
};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::reading::{SkipReason, Window};
use super::times::{Length, Moment, ZonesRead, floating, local};
use crate::nip52::{DateSpan, TimeError, TimeSpan, When};

/// Days on which a rule falls that are looked at, from its beginning on: those before the window too.
const OCCURRENCES_LOOKED_AT_MAX: usize = 20_000;

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
