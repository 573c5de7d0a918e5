//! From what was typed about the time of a meetup to its time. Pure: no relay
//! is asked.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use kith_nips::nip52::{TimeError, TimeSpan, When, Zone};

use crate::errors::CliError;
use crate::when;

/// Hours that a meetup takes when nobody says how long.
const HOURS_DEFAULT: i64 = 2;

/// What was typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct TypedTimes<'a> {
    /// `--start`.
    pub start: Option<&'a str>,
    /// `--end`.
    pub end: Option<&'a str>,
    /// `--duration`.
    pub duration: Option<&'a str>,
    /// `--timezone`.
    pub timezone: Option<&'a str>,
    /// `--allow-past`.
    pub allow_past: bool,
}

impl TypedTimes<'_> {
    /// Whether anything about the time was typed.
    pub fn is_empty(&self) -> bool {
        [self.start, self.end, self.duration, self.timezone]
            .iter()
            .all(Option::is_none)
    }

    /// The time of a new meetup. `place_zone` is the zone where it happens.
    pub fn of_new_meetup(&self, place_zone: &TimeZone, now: &Zoned) -> Result<When, CliError> {
        let zone = self.zone()?.unwrap_or_else(|| place_zone.clone());
        let start = self
            .start(&now.with_time_zone(zone), now)?
            .ok_or_else(no_start)?;
        let end = match self.end(&start)? {
            Some(end) => end,
            None => start
                .checked_add(HOURS_DEFAULT.hours())
                .map_err(|_| out_of_range("--start"))?,
        };
        time(&start, Some(&end))
    }

    /// The time of an edited meetup; `None` when it stays as it is.
    pub fn of_edited_meetup(&self, old: &When, now: &Zoned) -> Result<Option<When>, CliError> {
        if self.is_empty() {
            return Ok(None);
        }
        let When::Timed { span, .. } = old else {
            return Err(CliError::usage(
                "the time of an all-day meetup cannot be changed here",
                "cancel it and announce another one",
            ));
        };
        let zone = self.zone()?.unwrap_or_else(|| old.start_zone().time_zone());
        let old_start = moment(span.start(), &zone)?;
        let typed = self.start(&now.with_time_zone(zone.clone()), now)?;
        let start = typed.unwrap_or_else(|| old_start.clone());
        let end = match (self.end(&start)?, span.end()) {
            (Some(end), _) => Some(end),
            (None, Some(old_end)) => {
                let length = old_end.saturating_sub(span.start());
                let length = SignedDuration::from_secs(i64::try_from(length).unwrap_or_default());
                Some(
                    start
                        .checked_add(length)
                        .map_err(|_| out_of_range("--start"))?,
                )
            }
            (None, None) => None,
        };
        time(&start, end.as_ref()).map(Some)
    }

    fn zone(&self) -> Result<Option<TimeZone>, CliError> {
        let zone = self.timezone.map(when::parse_zone).transpose();
        zone.map_err(|error| CliError::from(error).about("--timezone"))
    }

    fn start(&self, here: &Zoned, now: &Zoned) -> Result<Option<Zoned>, CliError> {
        let Some(text) = self.start else {
            return Ok(None);
        };
        let start =
            when::parse(text, here).map_err(|error| CliError::from(error).about("--start"))?;
        if start.timestamp() < now.timestamp() && !self.allow_past {
            let shown = start.strftime("%a %-d %b %Y, %H:%M (%Q)");
            return Err(CliError::usage(
                format!("--start: {shown} is over"),
                "name a later time, or add --allow-past to record a meetup that has been",
            ));
        }
        Ok(Some(start))
    }

    /// Words like "21:00" and "+3h" count from the start.
    fn end(&self, start: &Zoned) -> Result<Option<Zoned>, CliError> {
        let (end, argument) = match (self.end, self.duration) {
            (Some(text), _) => {
                let end = when::parse(text, start);
                (
                    end.map_err(|error| CliError::from(error).about("--end"))?,
                    "--end",
                )
            }
            (None, Some(text)) => {
                let length = when::parse_duration(text)
                    .map_err(|error| CliError::from(error).about("--duration"))?;
                let end = start
                    .checked_add(length)
                    .map_err(|_| out_of_range("--duration"))?;
                (end, "--duration")
            }
            (None, None) => return Ok(None),
        };
        if end.timestamp() <= start.timestamp() {
            return Err(CliError::usage(
                format!("{argument}: the meetup would end before it starts"),
                "give an end after the start, or a --duration",
            ));
        }
        Ok(Some(end))
    }
}

/// The last moment to say yes (Unix seconds): "2 days before" the start, or a moment of its own.
pub fn answer_by(text: &str, when: &When, now: &Zoned) -> Result<u64, CliError> {
    let wrong = |error: when::WhenError| CliError::from(error).about("--answer-by");
    let zone = when.start_zone().time_zone();
    let start = moment(when.starts_at(), &zone)?;
    let last = match text.trim().strip_suffix("before") {
        Some(length) => {
            let length = when::parse_duration(length).map_err(wrong)?;
            let last = start.checked_sub(length);
            last.map_err(|_| out_of_range("--answer-by"))?
        }
        None => when::parse(text, &now.with_time_zone(zone)).map_err(wrong)?,
    };
    match last.timestamp() > start.timestamp() {
        false => Ok(unix(&last)),
        true => Err(CliError::usage(
            "--answer-by: the meetup has begun by then",
            "name a moment before the start, or \"2 days before\"",
        )),
    }
}

impl From<TimeError> for CliError {
    fn from(error: TimeError) -> Self {
        Self::usage(error.to_string(), when::ACCEPTED_FORMS)
    }
}

fn time(start: &Zoned, end: Option<&Zoned>) -> Result<When, CliError> {
    let span = TimeSpan::new(unix(start), end.map(unix))?;
    let when = When::timed(span);
    // The zone of a machine may have no name; then the moment is all there is.
    Ok(match start.time_zone().iana_name() {
        Some(name) => when.in_zone(Zone::new(name)?),
        None => when,
    })
}

fn unix(zoned: &Zoned) -> u64 {
    u64::try_from(zoned.timestamp().as_second()).unwrap_or_default()
}

fn moment(unix: u64, zone: &TimeZone) -> Result<Zoned, CliError> {
    i64::try_from(unix)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map(|timestamp| timestamp.to_zoned(zone.clone()))
        .ok_or_else(|| out_of_range("the start of the meetup"))
}

fn no_start() -> CliError {
    CliError::usage("--start: the meetup needs a start", when::ACCEPTED_FORMS)
}

fn out_of_range(argument: &str) -> CliError {
    CliError::usage(
        format!("{argument}: not in the calendar"),
        when::ACCEPTED_FORMS,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Zoned {
        "2026-11-21T10:15:30+01:00[Europe/Berlin]".parse().unwrap()
    }

    fn london() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    fn shown(when: &When) -> (String, String) {
        let zone = when.start_zone().time_zone();
        let text = |seconds| moment(seconds, &zone).unwrap().to_string();
        (
            text(when.starts_at()),
            when.ends_at().map(text).unwrap_or_default(),
        )
    }

    #[track_caller]
    fn check(typed: TypedTimes<'_>, start: &str, end: &str) {
        let when = typed.of_new_meetup(&london(), &now()).unwrap();
        assert_eq!(shown(&when), (start.to_owned(), end.to_owned()));
    }

    #[test]
    fn times_are_those_of_the_place() {
        check(
            TypedTimes {
                start: Some("next friday 19:00"),
                ..TypedTimes::default()
            },
            "2026-11-27T19:00:00+00:00[Europe/London]",
            "2026-11-27T21:00:00+00:00[Europe/London]",
        );
        check(
            TypedTimes {
                start: Some("next friday 19:00"),
                timezone: Some("europe/paris"),
                ..TypedTimes::default()
            },
            "2026-11-27T19:00:00+01:00[Europe/Paris]",
            "2026-11-27T21:00:00+01:00[Europe/Paris]",
        );
        check(
            TypedTimes {
                start: Some("2026-12-03 18:30 America/New_York"),
                ..TypedTimes::default()
            },
            "2026-12-03T18:30:00-05:00[America/New_York]",
            "2026-12-03T20:30:00-05:00[America/New_York]",
        );
    }

    #[test]
    fn the_end_counts_from_the_start() {
        let start = Some("2026-12-03 19:00");
        check(
            TypedTimes {
                start,
                end: Some("21:30"),
                ..TypedTimes::default()
            },
            "2026-12-03T19:00:00+00:00[Europe/London]",
            "2026-12-03T21:30:00+00:00[Europe/London]",
        );
        check(
            TypedTimes {
                start,
                end: Some("1:00"),
                ..TypedTimes::default()
            },
            "2026-12-03T19:00:00+00:00[Europe/London]",
            "2026-12-04T01:00:00+00:00[Europe/London]",
        );
        check(
            TypedTimes {
                start,
                duration: Some("90m"),
                ..TypedTimes::default()
            },
            "2026-12-03T19:00:00+00:00[Europe/London]",
            "2026-12-03T20:30:00+00:00[Europe/London]",
        );
        // Over the end of summer time: two hours are two hours.
        check(
            TypedTimes {
                start: Some("2027-10-31 00:30"),
                ..TypedTimes::default()
            },
            "2027-10-31T00:30:00+01:00[Europe/London]",
            "2027-10-31T01:30:00+00:00[Europe/London]",
        );
    }

    #[test]
    fn what_cannot_be_is_refused_with_a_hint() {
        let refused = |typed: TypedTimes<'_>| {
            let error = typed.of_new_meetup(&london(), &now()).unwrap_err();
            assert!(error.hint.is_some());
            error.message
        };
        let start = Some("2026-12-03 19:00");
        let end = TypedTimes {
            start,
            end: Some("2026-12-03 18:00"),
            ..TypedTimes::default()
        };
        assert_eq!(refused(end), "--end: the meetup would end before it starts");
        let past = TypedTimes {
            start: Some("2026-11-20 19:00"),
            ..TypedTimes::default()
        };
        assert_eq!(
            refused(past),
            "--start: Fri 20 Nov 2026, 19:00 (Europe/London) is over"
        );
        assert!(
            TypedTimes {
                allow_past: true,
                ..past
            }
            .of_new_meetup(&london(), &now())
            .is_ok()
        );
        let zone = TypedTimes {
            start,
            timezone: Some("Mars"),
            ..TypedTimes::default()
        };
        assert_eq!(refused(zone), "--timezone: \"Mars\" is not a time zone");
        let day = TypedTimes {
            start: Some("friday"),
            ..TypedTimes::default()
        };
        assert_eq!(refused(day), "--start: \"friday\" has no time of day");
    }

    #[test]
    fn lbc_33_the_days_of_an_all_day_meetup_stay() {
        let start = "2026-12-05".parse().unwrap();
        let old = When::AllDay(kith_nips::nip52::DateSpan::new(start, None).unwrap());
        let edit = |typed: TypedTimes<'_>| typed.of_edited_meetup(&old, &now());
        assert_eq!(edit(TypedTimes::default()).unwrap(), None);
        for typed in [
            TypedTimes {
                start: Some("2026-12-06 10:00"),
                ..TypedTimes::default()
            },
            TypedTimes {
                timezone: Some("Europe/London"),
                ..TypedTimes::default()
            },
        ] {
            let error = edit(typed).unwrap_err();
            assert_eq!(
                error.message,
                "the time of an all-day meetup cannot be changed here"
            );
            assert!(error.hint.is_some());
        }
    }

    #[test]
    fn an_edit_keeps_what_is_not_named() {
        let old = TypedTimes {
            start: Some("2026-12-03 19:00"),
            duration: Some("3h"),
            ..TypedTimes::default()
        }
        .of_new_meetup(&london(), &now())
        .unwrap();
        let edit = |typed: TypedTimes<'_>| typed.of_edited_meetup(&old, &now()).unwrap();
        assert_eq!(edit(TypedTimes::default()), None);
        let moved = edit(TypedTimes {
            start: Some("4 Dec 20:00"),
            ..TypedTimes::default()
        })
        .unwrap();
        assert_eq!(shown(&moved).0, "2026-12-04T20:00:00+00:00[Europe/London]");
        assert_eq!(shown(&moved).1, "2026-12-04T23:00:00+00:00[Europe/London]");
        let longer = edit(TypedTimes {
            duration: Some("4h"),
            ..TypedTimes::default()
        })
        .unwrap();
        assert_eq!(shown(&longer).1, "2026-12-03T23:00:00+00:00[Europe/London]");
        let elsewhere = edit(TypedTimes {
            timezone: Some("Europe/Berlin"),
            ..TypedTimes::default()
        })
        .unwrap();
        assert_eq!(elsewhere.starts_at(), old.starts_at());
        assert_eq!(
            shown(&elsewhere).0,
            "2026-12-03T20:00:00+01:00[Europe/Berlin]"
        );
    }
}
