//! The words of a date, in any order, gathered into one day, one time and one
//! zone. It knows nothing of today: [`super`] works out which day is meant.

use jiff::civil::{self, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

use super::words::{self, NoDate};
use super::{TEXT_BYTES_MAX, WhenError};

/// Most words of one length of time ("1 week 2 days and so on").
const SPAN_WORDS_MAX: usize = 6;

/// What was typed, not yet placed in the calendar.
#[derive(Debug)]
pub struct Phrase {
    pub day: Option<Day>,
    /// A weekday said beside a date.
    pub weekday: Option<Weekday>,
    pub time: Option<civil::Time>,
    /// The zone of the text, or of the caller when the text has none.
    pub zone: TimeZone,
    pub offset: Option<Offset>,
}

/// Which day.
#[derive(Debug)]
pub enum Day {
    Exact(civil::Date),
    FromToday(i8),
    Weekday(Weekday, Which),
    OfYear {
        month: i8,
        day: i8,
    },
    /// "+7d", "in 2 weeks".
    Later(Span),
    Instant(Timestamp),
    Period(Period),
}

/// "friday" may be today; "next friday" is after today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Nearest,
    Next,
}

/// A stretch of days. Numbers count from the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    Week(i8),
    Weekend(i8),
    MonthFromNow(i8),
    YearFromNow(i16),
    NextMonth(i8),
    Month { year: i16, month: i8 },
    Year(i16),
}

/// Reads the words of `text`; `zone` is used when it names none.
pub fn read(text: &str, zone: &TimeZone) -> Result<Phrase, WhenError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(WhenError::TooLong);
    }
    let plain = text.replace(',', " ").to_lowercase();
    let words: Vec<&str> = plain
        .split_whitespace()
        .filter(|word| !words::is_filler(word))
        .collect();
    if words.is_empty() {
        return Err(WhenError::Empty);
    }
    let mut reader = Reader {
        text,
        words: &words,
        day: None,
        weekday: None,
        time: None,
        zone: None,
        offset: None,
    };
    while !reader.words.is_empty() {
        reader.step()?;
    }
    Ok(Phrase {
        day: reader.day,
        weekday: reader.weekday,
        time: reader.time,
        zone: reader.zone.unwrap_or_else(|| zone.clone()),
        offset: reader.offset,
    })
}

struct Reader<'a> {
    text: &'a str,
    words: &'a [&'a str],
    day: Option<Day>,
    weekday: Option<Weekday>,
    time: Option<civil::Time>,
    zone: Option<TimeZone>,
    offset: Option<Offset>,
}

impl Reader<'_> {
    /// Takes the next words that belong together.
    fn step(&mut self) -> Result<(), WhenError> {
        let Some(first) = self.words.first().copied() else {
            return Ok(());
        };
        let taken = if let Some((day, taken)) = self.relative_day(first) {
            self.set_day(day)?;
            taken
        } else if let Some((day, taken)) = self.calendar_day(first)? {
            self.set_day(day)?;
            taken
        } else if let Some((time, taken)) = self.time_of_day(first) {
            self.set_time(time)?;
            taken
        } else if let Some(zone) = words::zone(first) {
            if self.zone.replace(zone).is_some() || self.offset.is_some() {
                return Err(self.twice("time zones"));
            }
            1
        } else if let Some(offset) = words::offset(first) {
            if self.offset.replace(offset).is_some() || self.zone.is_some() {
                return Err(self.twice("time zones"));
            }
            1
        } else {
            self.machine_form(first)?;
            1
        };
        self.words = self.words.get(taken..).unwrap_or_default();
        Ok(())
    }

    /// "today", "next friday", "this weekend", "in 2 weeks", "+7d".
    fn relative_day(&self, first: &str) -> Option<(Day, usize)> {
        let second = self.words.get(1).copied().unwrap_or_default();
        let one = |day| Some((day, 1));
        match first {
            "now" => return one(Day::Later(Span::new())),
            "today" | "tonight" => return one(Day::FromToday(0)),
            "tomorrow" => return one(Day::FromToday(1)),
            "yesterday" => return one(Day::FromToday(-1)),
            "day" if self.words.starts_with(&["day", "after", "tomorrow"]) => {
                return Some((Day::FromToday(2), 3));
            }
            "weekend" => return one(Day::Period(Period::Weekend(0))),
            "in" => {
                return self
                    .span(1)
                    .map(|(span, taken)| (Day::Later(span), taken + 1));
            }
            "next" | "this" | "coming" => {
                let ahead = i8::from(first == "next");
                let which = if first == "next" {
                    Which::Next
                } else {
                    Which::Nearest
                };
                let day = match second {
                    "week" => Day::Period(Period::Week(ahead)),
                    "weekend" => Day::Period(Period::Weekend(ahead)),
                    "month" => Day::Period(Period::MonthFromNow(ahead)),
                    "year" => Day::Period(Period::YearFromNow(ahead.into())),
                    _ => Day::Weekday(words::weekday(second)?, which),
                };
                return Some((day, 2));
            }
            _ => {}
        }
        if let Some(weekday) = words::weekday(first) {
            return one(Day::Weekday(weekday, Which::Nearest));
        }
        if first.starts_with('+') && words::offset(first).is_none() {
            return self.span(0).map(|(span, taken)| (Day::Later(span), taken));
        }
        None
    }

    /// "2026-12-03", "3 dec 2026", "dec 3", "december", "2026-12", "2026".
    fn calendar_day(&self, first: &str) -> Result<Option<(Day, usize)>, WhenError> {
        if let Some(date) = words::date(first) {
            return match date {
                Ok(date) => Ok(Some((Day::Exact(date), 1))),
                Err(NoDate::DayOrMonth) => Err(WhenError::DayOrMonth { text: self.whole() }),
                Err(NoDate::NotInCalendar) => Err(WhenError::NoSuchDate { text: self.whole() }),
            };
        }
        if let Some((year, month)) = words::year_and_month(first) {
            return Ok(Some((Day::Period(Period::Month { year, month }), 1)));
        }
        let second = self.words.get(1).copied().unwrap_or_default();
        let third = self.words.get(2).copied().unwrap_or_default();
        let (month, day) = match (words::month(first), words::day_of_month(first)) {
            (Some(month), _) => (month, words::day_of_month(second)),
            (None, Some(day)) => match words::month(second) {
                Some(month) => (month, Some(day)),
                None => return Ok(None),
            },
            (None, None) => {
                return Ok(words::year(first).map(|year| (Day::Period(Period::Year(year)), 1)));
            }
        };
        Ok(Some(match (day, words::year(second), words::year(third)) {
            (None, Some(year), _) => (Day::Period(Period::Month { year, month }), 2),
            (None, None, _) => (Day::Period(Period::NextMonth(month)), 1),
            (Some(day), _, Some(year)) => {
                let date = civil::Date::new(year, month, day)
                    .map_err(|_| WhenError::NoSuchDate { text: self.whole() })?;
                (Day::Exact(date), 3)
            }
            (Some(day), _, None) => (Day::OfYear { month, day }, 2),
        }))
    }

    /// "19:00", "7pm", "7 pm".
    fn time_of_day(&self, first: &str) -> Option<(civil::Time, usize)> {
        if let Some(half @ ("am" | "pm")) = self.words.get(1).copied() {
            return words::time(&format!("{first}{half}")).map(|time| (time, 2));
        }
        words::time(first).map(|time| (time, 1))
    }

    /// "2026-12-03T18:30", with "Z", an offset or "[Europe/London]" behind it; "@1764786600".
    fn machine_form(&mut self, word: &str) -> Result<(), WhenError> {
        let unknown = || WhenError::Unknown {
            word: word.to_owned(),
            text: self.whole(),
        };
        if let Some(seconds) = word.strip_prefix('@') {
            let timestamp = seconds
                .parse()
                .ok()
                .and_then(|at| Timestamp::from_second(at).ok());
            return self.set_day(Day::Instant(timestamp.ok_or_else(unknown)?));
        }
        let upper = word.to_uppercase();
        if !upper.contains('T') || !word.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(unknown());
        }
        if let Some((_, zone)) = word.split_once('[') {
            let zone = words::zone(zone.trim_end_matches(']')).ok_or_else(unknown)?;
            if self.zone.replace(zone).is_some() {
                return Err(self.twice("time zones"));
            }
        }
        let plain = upper.split('[').next().unwrap_or_default();
        if let Ok(timestamp) = plain.parse::<Timestamp>() {
            return self.set_day(Day::Instant(timestamp));
        }
        let local: civil::DateTime = plain.parse().map_err(|_| WhenError::Unknown {
            word: word.to_owned(),
            text: self.whole(),
        })?;
        self.set_day(Day::Exact(local.date()))?;
        self.set_time(local.time())
    }

    /// The longest run of words from `from` that is a length of time.
    fn span(&self, from: usize) -> Option<(Span, usize)> {
        let rest = self.words.get(from..)?;
        let longest = rest
            .iter()
            .take(SPAN_WORDS_MAX)
            .position(|word| word.contains([':', '/']))
            .unwrap_or(rest.len().min(SPAN_WORDS_MAX));
        (1..=longest).rev().find_map(|taken| {
            let text = rest.get(..taken)?.join(" ");
            let text = text.strip_prefix('+').unwrap_or(&text);
            let text = match text.strip_prefix("a ").or_else(|| text.strip_prefix("an ")) {
                Some(unit) => format!("1 {unit}"),
                None => text.to_owned(),
            };
            let span: Span = text.parse().ok()?;
            (!span.is_negative()).then_some((span, taken))
        })
    }

    fn set_day(&mut self, day: Day) -> Result<(), WhenError> {
        match (&self.day, &day) {
            (None, _) => self.day = Some(day),
            (Some(Day::Weekday(weekday, Which::Nearest)), Day::Exact(_) | Day::OfYear { .. }) => {
                self.weekday = Some(*weekday);
                self.day = Some(day);
            }
            (Some(Day::Exact(_) | Day::OfYear { .. }), Day::Weekday(weekday, Which::Nearest)) => {
                self.weekday = Some(*weekday);
            }
            _ => return Err(self.twice("days")),
        }
        Ok(())
    }

    fn set_time(&mut self, time: civil::Time) -> Result<(), WhenError> {
        match self.time.replace(time) {
            None => Ok(()),
            Some(_) => Err(self.twice("times")),
        }
    }

    fn twice(&self, what: &'static str) -> WhenError {
        WhenError::Twice {
            what,
            text: self.whole(),
        }
    }

    fn whole(&self) -> String {
        self.text.trim().to_owned()
    }
}
