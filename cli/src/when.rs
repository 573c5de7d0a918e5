//! Dates and times as people type them ("next friday 19:00", "+7d", "2026-12").
//!
//! Pure: the current moment and the time zone come in as `now`. It knows
//! nothing of meetups; whether a date may lie in the past is the caller's
//! decision.
//!
//! Where a local time does not exist because clocks go forward, the time moves
//! forward by the length of the gap (01:30 becomes 02:30); where it happens
//! twice because clocks go back, the first of the two is meant. That is what
//! RFC 5545 says too.

mod phrase;
#[cfg(test)]
mod tests;
mod words;

pub use words::weekday;

use jiff::{Span, Timestamp, ToSpan, Zoned, civil, tz::TimeZone};
use phrase::{Day, Period, Phrase, Which};

/// Longest text that is looked at, in bytes.
const TEXT_BYTES_MAX: usize = 120;
/// How many years ahead "29 feb" is looked for.
const LEAP_DAY_YEARS_MAX: i16 = 8;

/// The forms that are understood, for hints and help.
pub const ACCEPTED_FORMS: &str = "try \"next friday 19:00\", \"tomorrow 18:30\", \"3 Dec 19:00\", \
     \"2026-12-03 18:30\", \"2026-12-03 18:30 Europe/London\", \"in 2 weeks\" or \"+7d\"";

/// Why a text is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// Nothing was typed.
    #[error("the date is empty")]
    Empty,
    /// More than [`TEXT_BYTES_MAX`] bytes.
    #[error("the date is longer than {TEXT_BYTES_MAX} bytes")]
    TooLong,
    /// A word that means nothing here.
    #[error("\"{word}\" in \"{text}\" is not part of a date that I know")]
    Unknown {
        /// The first word that was not understood.
        word: String,
        /// The whole text.
        text: String,
    },
    /// Two days, two times or two zones.
    #[error("\"{text}\" names two {what}")]
    Twice {
        /// What came twice.
        what: &'static str,
        /// The whole text.
        text: String,
    },
    /// A day without a time of day.
    #[error("\"{text}\" has no time of day")]
    NoTime {
        /// The whole text.
        text: String,
    },
    /// A month, a week or a weekend where a moment is needed.
    #[error("\"{text}\" is a stretch of time, not a moment")]
    NotAMoment {
        /// The whole text.
        text: String,
    },
    /// 03/12/2026 is March to some and December to others.
    #[error("\"{text}\" can be read as two different days")]
    DayOrMonth {
        /// The whole text.
        text: String,
    },
    /// The day or the moment is not in the calendar.
    #[error("there is no such date as \"{text}\"")]
    NoSuchDate {
        /// The whole text.
        text: String,
    },
    /// The weekday and the date in the text do not fit.
    #[error("\"{text}\" is a {weekday}")]
    OtherWeekday {
        /// The whole text.
        text: String,
        /// The weekday of the date.
        weekday: String,
    },
    /// Not a length of time.
    #[error("\"{text}\" is not a length of time")]
    Duration {
        /// The whole text.
        text: String,
    },
    /// Not an IANA time zone.
    #[error("\"{name}\" is not a time zone")]
    Zone {
        /// The name as typed.
        name: String,
    },
}

impl WhenError {
    /// What to type instead.
    pub fn hint(&self) -> String {
        match self {
            Self::NoTime { text } => format!("add one: \"{} 19:00\"", text.trim()),
            Self::NotAMoment { .. } => "name a day and a time: \"2026-12-03 19:00\"".to_owned(),
            Self::DayOrMonth { .. } => "write the year first: \"2026-12-03\"".to_owned(),
            Self::Duration { .. } => "try \"2h\", \"90m\", \"1h 30m\" or \"2 days\"".to_owned(),
            Self::Zone { .. } => {
                "use an IANA name such as Europe/London, America/New_York or UTC".to_owned()
            }
            Self::OtherWeekday { .. } => "leave the weekday out, or change the date".to_owned(),
            _ => ACCEPTED_FORMS.to_owned(),
        }
    }
}

/// A stretch of time, the end not included. A moment has `start == end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The first moment.
    pub start: Zoned,
    /// The first moment after it.
    pub end: Zoned,
}

/// Reads a moment. Times without a zone are in the zone of `now`; a zone in the
/// text wins and stays on the answer; an offset fixes the moment, which is then
/// given in the zone of `now`.
pub fn parse(text: &str, now: &Zoned) -> Result<Zoned, WhenError> {
    let phrase = phrase::read(text, now.time_zone())?;
    moment(&phrase, text, now)
}

/// Reads a stretch of time: a moment, a day ("today"), a week, a weekend, a
/// month ("2026-12", "december") or a year.
pub fn parse_stretch(text: &str, now: &Zoned) -> Result<Stretch, WhenError> {
    let phrase = phrase::read(text, now.time_zone())?;
    let here = now.with_time_zone(phrase.zone.clone());
    let (first, after) = match (&phrase.day, phrase.time) {
        (Some(Day::Period(period)), None) => period_days(*period, here.date(), text)?,
        (Some(Day::Instant(_) | Day::Later(_)), _) | (_, Some(_)) => {
            let start = moment(&phrase, text, now)?;
            return Ok(Stretch {
                end: start.clone(),
                start,
            });
        }
        (Some(day), None) => {
            let date = day_date(day, None, &here, text)?;
            check_weekday(&phrase, date, text)?;
            (date, date.tomorrow().map_err(|_| no_such(text))?)
        }
        (None, None) => return Err(WhenError::Empty),
    };
    Ok(Stretch {
        start: at_midnight(first, &here, text)?,
        end: at_midnight(after, &here, text)?,
    })
}

/// Reads a length of time ("2h", "90m", "1h 30m", "2 days"); zero is refused.
pub fn parse_duration(text: &str) -> Result<Span, WhenError> {
    let wrong = || WhenError::Duration {
        text: text.trim().to_owned(),
    };
    if text.len() > TEXT_BYTES_MAX {
        return Err(wrong());
    }
    let span: Span = text.trim().to_lowercase().parse().map_err(|_| wrong())?;
    if span.is_negative() || span.is_zero() {
        return Err(wrong());
    }
    Ok(span)
}

/// Reads the name of a time zone, in any case.
pub fn parse_zone(name: &str) -> Result<TimeZone, WhenError> {
    words::zone(name).ok_or_else(|| WhenError::Zone {
        name: name.to_owned(),
    })
}

fn moment(phrase: &Phrase, text: &str, now: &Zoned) -> Result<Zoned, WhenError> {
    // A wall clock with an offset is read at that offset, whatever the zone says.
    let clock = phrase
        .offset
        .map_or_else(|| phrase.zone.clone(), TimeZone::fixed);
    let here = now.with_time_zone(clock);
    let zoned = match (&phrase.day, phrase.time) {
        (None, None) => return Err(WhenError::Empty),
        (Some(Day::Period(_)), _) => {
            return Err(WhenError::NotAMoment {
                text: text.trim().to_owned(),
            });
        }
        (Some(Day::Instant(timestamp)), None) => timestamp.to_zoned(phrase.zone.clone()),
        (Some(Day::Later(span)), None) => {
            let later = here.checked_add(*span).map_err(|_| no_such(text))?;
            let whole_minute = civil::time(later.hour(), later.minute(), 0, 0);
            later
                .with()
                .time(whole_minute)
                .build()
                .map_err(|_| no_such(text))?
        }
        (Some(_), None) => {
            return Err(WhenError::NoTime {
                text: text.trim().to_owned(),
            });
        }
        (None, Some(time)) => {
            let today = on(here.date(), time, &here, text)?;
            if today >= here {
                today
            } else {
                on(tomorrow(&here, text)?, time, &here, text)?
            }
        }
        (Some(day), Some(time)) => {
            let date = day_date(day, Some(time), &here, text)?;
            check_weekday(phrase, date, text)?;
            on(date, time, &here, text)?
        }
    };
    if zoned.timestamp() < Timestamp::UNIX_EPOCH {
        return Err(no_such(text));
    }
    Ok(zoned.with_time_zone(phrase.zone.clone()))
}

/// "Friday 4 December": the date decides, but it has to be a Friday.
fn check_weekday(phrase: &Phrase, date: civil::Date, text: &str) -> Result<(), WhenError> {
    match phrase.weekday {
        Some(weekday) if weekday != date.weekday() => Err(WhenError::OtherWeekday {
            text: text.trim().to_owned(),
            weekday: date.strftime("%A").to_string(),
        }),
        _ => Ok(()),
    }
}

fn day_date(
    day: &Day,
    time: Option<civil::Time>,
    here: &Zoned,
    text: &str,
) -> Result<civil::Date, WhenError> {
    let today = here.date();
    let wrong = || no_such(text);
    let date = match day {
        Day::Exact(date) => *date,
        Day::FromToday(days) => today
            .checked_add(i64::from(*days).days())
            .map_err(|_| wrong())?,
        Day::Later(span) => {
            if span.get_hours() != 0 || span.get_minutes() != 0 || span.get_seconds() != 0 {
                return Err(WhenError::Twice {
                    what: "times",
                    text: text.trim().to_owned(),
                });
            }
            today.checked_add(*span).map_err(|_| wrong())?
        }
        Day::Weekday(weekday, which) => {
            let after_today = today.nth_weekday(1, *weekday).map_err(|_| wrong())?;
            let may_be_today = *which == Which::Nearest && today.weekday() == *weekday;
            if may_be_today && time.is_none_or(|time| time >= here.time()) {
                today
            } else {
                after_today
            }
        }
        Day::OfYear { month, day } => next_of_year(*month, *day, time, here, text)?,
        Day::Instant(_) | Day::Period(_) => {
            return Err(WhenError::Twice {
                what: "days or times",
                text: text.trim().to_owned(),
            });
        }
    };
    Ok(date)
}

/// The first such day that is not over: in this year, else in the next one that
/// has it (29 February).
fn next_of_year(
    month: i8,
    day: i8,
    time: Option<civil::Time>,
    here: &Zoned,
    text: &str,
) -> Result<civil::Date, WhenError> {
    for year in 0..=LEAP_DAY_YEARS_MAX {
        let Ok(date) = civil::Date::new(here.year().saturating_add(year), month, day) else {
            continue;
        };
        let over = date < here.date()
            || (date == here.date() && time.is_some_and(|time| time < here.time()));
        if !over {
            return Ok(date);
        }
    }
    Err(no_such(text))
}

/// First day, and the first day after, of a named period.
fn period_days(
    period: Period,
    today: civil::Date,
    text: &str,
) -> Result<(civil::Date, civil::Date), WhenError> {
    let wrong = |_: jiff::Error| no_such(text);
    let days_from_monday = i64::from(today.weekday().to_monday_zero_offset());
    let monday = today.checked_sub(days_from_monday.days()).map_err(wrong)?;
    let (first, length) = match period {
        Period::Week(weeks) => (
            monday
                .checked_add(i64::from(weeks).weeks())
                .map_err(wrong)?,
            1.week(),
        ),
        Period::Weekend(weeks) => {
            let saturday = monday.checked_add(5.days()).map_err(wrong)?;
            (
                saturday
                    .checked_add(i64::from(weeks).weeks())
                    .map_err(wrong)?,
                2.days(),
            )
        }
        Period::MonthFromNow(months) => {
            let first = today.first_of_month();
            (
                first
                    .checked_add(i64::from(months).months())
                    .map_err(wrong)?,
                1.month(),
            )
        }
        Period::NextMonth(month) => {
            let year = if month < today.month() {
                today.year().saturating_add(1)
            } else {
                today.year()
            };
            (civil::Date::new(year, month, 1).map_err(wrong)?, 1.month())
        }
        Period::Month { year, month } => {
            (civil::Date::new(year, month, 1).map_err(wrong)?, 1.month())
        }
        Period::Year(year) => (civil::Date::new(year, 1, 1).map_err(wrong)?, 1.year()),
        Period::YearFromNow(years) => {
            let year = today.year().saturating_add(years);
            (civil::Date::new(year, 1, 1).map_err(wrong)?, 1.year())
        }
    };
    Ok((first, first.checked_add(length).map_err(wrong)?))
}

fn on(date: civil::Date, time: civil::Time, here: &Zoned, text: &str) -> Result<Zoned, WhenError> {
    date.to_datetime(time)
        .to_zoned(here.time_zone().clone())
        .map_err(|_| no_such(text))
}

fn at_midnight(date: civil::Date, here: &Zoned, text: &str) -> Result<Zoned, WhenError> {
    on(date, civil::Time::midnight(), here, text)
}

fn tomorrow(here: &Zoned, text: &str) -> Result<civil::Date, WhenError> {
    here.date().tomorrow().map_err(|_| no_such(text))
}

fn no_such(text: &str) -> WhenError {
    WhenError::NoSuchDate {
        text: text.trim().to_owned(),
    }
}
