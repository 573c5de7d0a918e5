//! When a meetup is, in words: in the time zone of its place, with the instant for machines.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use kith_nips::nip52::When;
use kith_nips::place::{Gazetteer, Point};

use crate::formats;
use crate::language::Language;

/// What lasts longer is on more than one day.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// When a meetup is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    /// The start for machines: an instant in UTC, or a date.
    pub start: String,
    /// The end for machines.
    pub end: Option<String>,
    /// The day in words: `Saturday, 5 December 2026`.
    pub day: String,
    /// The same on a card: `5 Dec`.
    pub short_day: String,
    /// `Sat`.
    pub weekday: String,
    /// The start in words; `None` for whole days.
    pub start_time: Option<String>,
    /// The end in words: a time of the same day, or of another with its day.
    pub until: Option<String>,
    /// The time zone: `CET`.
    pub zone: Option<String>,
}

impl Times {
    /// In this language. A meetup that names no zone is shown in the zone of its place, else in UTC.
    pub(crate) fn of(when: &When, place: Option<Point>, language: Language) -> Option<Times> {
        match when {
            When::AllDay(days) => {
                let (first, last) = (days.start(), days.last_day());
                let until = (last != first).then(|| formats::day(language, last));
                Some(Times {
                    start: first.to_string(),
                    end: Some(last.to_string()),
                    day: formats::day(language, first),
                    short_day: formats::day_of_year(language, first),
                    weekday: formats::weekday(language, first),
                    start_time: None,
                    until,
                    zone: None,
                })
            }
            When::Timed { .. } => {
                let start = local_start(when, place)?;
                let end = when.ends_at().and_then(instant);
                let local_end = end.map(|end| end.to_zoned(end_zone(when, &start)));
                let until = local_end.as_ref().map(|end| {
                    let time = formats::time(language, end.time());
                    match end.date() == start.date() {
                        true => time,
                        false => format!("{} {time}", formats::day(language, end.date())),
                    }
                });
                Some(Times {
                    start: start.timestamp().to_string(),
                    end: end.map(|end| end.to_string()),
                    day: formats::day(language, start.date()),
                    short_day: formats::day_of_year(language, start.date()),
                    weekday: formats::weekday(language, start.date()),
                    start_time: Some(formats::time(language, start.time())),
                    until,
                    zone: Some(zone_name(&start)),
                })
            }
        }
    }
}

/// The start with its offset, as search engines want it; a date for whole days.
pub(crate) fn with_offset(when: &When, place: Option<Point>) -> Option<(String, Option<String>)> {
    let written = |moment: &Zoned| moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    match when {
        When::AllDay(days) => Some((days.start().to_string(), Some(days.last_day().to_string()))),
        When::Timed { .. } => {
            let start = local_start(when, place)?;
            let end = when.ends_at().and_then(instant);
            let end = end.map(|end| written(&end.to_zoned(end_zone(when, &start))));
            Some((written(&start), end))
        }
    }
}

/// The start where the meetup is.
pub(crate) fn local_start(when: &When, place: Option<Point>) -> Option<Zoned> {
    let start = instant(when.starts_at())?;
    let zone = match (when, place) {
        (
            When::Timed {
                start_zone: Some(zone),
                ..
            },
            _,
        ) if zone.is_known() => zone.time_zone(),
        (When::Timed { .. }, Some(place)) => zone_of(place),
        _ => TimeZone::UTC,
    };
    Some(start.to_zoned(zone))
}

/// The first and the last day where the meetup is. Of less than a whole day it is the day of its start:
/// an evening that ends past midnight is on one day.
pub(crate) fn local_days(when: &When, place: Option<Point>) -> Option<(Date, Date)> {
    if let When::AllDay(days) = when {
        return Some((days.start(), days.last_day()));
    }
    let start = local_start(when, place)?;
    let end = when.ends_at().and_then(instant);
    let end = end.map(|end| end.to_zoned(end_zone(when, &start)));
    let last = end.filter(|end| end.duration_since(&start) > DAY);
    // What ends at midnight is not on the day that begins then.
    let last = last.and_then(|end| end.checked_sub(1.second()).ok());
    Some((start.date(), last.map_or(start.date(), |last| last.date())))
}

/// The instant of Unix seconds.
pub(crate) fn instant(seconds: u64) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(seconds).ok()?).ok()
}

fn end_zone(when: &When, start: &Zoned) -> TimeZone {
    match when {
        When::Timed {
            end_zone: Some(zone),
            ..
        } if zone.is_known() => zone.time_zone(),
        _ => start.time_zone().clone(),
    }
}

fn zone_of(place: Point) -> TimeZone {
    let city = Gazetteer::nearest(place);
    TimeZone::get(city.timezone()).unwrap_or(TimeZone::UTC)
}

/// `CET`, or the offset where the zone has no letters.
fn zone_name(moment: &Zoned) -> String {
    let name = moment.strftime("%Z").to_string();
    match name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => name,
        false => format!("UTC{}", moment.strftime("%:z")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_nips::nip52::{DateSpan, TimeSpan, Zone};

    fn timed(start: u64, end: u64) -> When {
        When::timed(TimeSpan::new(start, Some(end)).unwrap())
    }

    #[test]
    fn a_meetup_is_shown_in_its_own_zone() {
        let when = timed(1_796_322_600, 1_796_335_200).in_zone(Zone::new("Europe/Berlin").unwrap());
        let times = Times::of(&when, None, Language::German).unwrap();
        assert_eq!(times.start, "2026-12-03T18:30:00Z");
        assert_eq!(times.start_time.as_deref(), Some("19:30"));
        assert_eq!(times.until.as_deref(), Some("23:00"));
        assert_eq!(times.zone.as_deref(), Some("CET"));
        assert_eq!(times.day, "Donnerstag, 3. Dezember 2026");
        let (start, end) = with_offset(&when, None).unwrap();
        assert_eq!(start, "2026-12-03T19:30:00+01:00");
        assert_eq!(end.as_deref(), Some("2026-12-03T23:00:00+01:00"));
    }

    #[test]
    fn without_a_zone_its_place_has_one() {
        let tokyo = Point::new(35.68, 139.69).unwrap();
        let times = |place| {
            Times::of(
                &timed(1_796_322_600, 1_796_335_200),
                place,
                Language::English,
            )
        };
        let there = times(Some(tokyo)).unwrap();
        assert_eq!(there.start_time.as_deref(), Some("03:30"));
        assert_eq!(there.zone.as_deref(), Some("JST"));
        assert_eq!(times(None).unwrap().zone.as_deref(), Some("UTC"));
    }

    #[test]
    fn an_end_on_another_day_says_which() {
        let when = timed(1_796_322_600, 1_796_350_000).in_zone(Zone::new("Asia/Dubai").unwrap());
        let times = Times::of(&when, None, Language::English).unwrap();
        assert_eq!(
            times.until.as_deref(),
            Some("Friday, 4 December 2026 06:06")
        );
        assert_eq!(times.zone.as_deref(), Some("UTC+04:00"));
    }

    #[test]
    fn whole_days_have_no_zone() {
        let days = DateSpan::read("2026-12-05", Some("2026-12-07")).unwrap();
        let times = Times::of(&When::all_day(days), None, Language::English).unwrap();
        assert_eq!(times.start, "2026-12-05");
        assert_eq!(times.until.as_deref(), Some("Sunday, 6 December 2026"));
        assert_eq!((times.start_time, times.zone), (None, None));
    }
}
