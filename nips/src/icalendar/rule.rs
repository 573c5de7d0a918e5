//! Rules of repetition by themselves (`RRULE`, RFC 5545 §3.3.10): read, written, and the times that
//! they make of a first one. What is in calendars of other programs is `reading`'s.

use std::fmt;
use std::str::FromStr;

use calcard::icalendar::{
    ICalendarComponentType, ICalendarProperty, ICalendarRecurrenceRule, ICalendarValue,
};
use calcard::{Entry, Parser};

use super::occurrences::{Occurrence, ruled_by, span_of};
use super::times::Moment;
use crate::nip52::{TimeError, When};

/// The longest rule that is read, in bytes.
pub const RULE_BYTES_MAX: usize = 400;

/// A rule of repetition.
///
/// ```
/// use kith_nips::icalendar::Rule;
/// use kith_nips::nip52::{TimeSpan, When, Zone};
/// // Thursdays at 19:00, over the end of summer time.
/// let first = When::timed(TimeSpan::new(1_792_688_400, Some(1_792_695_600))?)
///     .in_zone(Zone::new("Europe/Berlin")?);
/// let rule: Rule = "FREQ=WEEKLY;COUNT=2".parse()?;
/// let starts: Vec<u64> = rule.expand(&first, 10)?.iter().map(When::starts_at).collect();
/// assert_eq!(starts, [1_792_688_400, 1_792_688_400 + 7 * 86_400 + 3_600]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Rule(Box<ICalendarRecurrenceRule>);

/// Why a rule is none, or cannot be followed.
///
/// ```
/// use kith_nips::icalendar::{Rule, RuleError};
/// assert_eq!("every week".parse::<Rule>(), Err(RuleError::Form("every week".into())));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// Not of the form of RFC 5545, or a part of it that is not known.
    #[error("\"{0}\" is not a rule of repetition (FREQ=…)")]
    Form(String),
    /// Neither `COUNT` nor `UNTIL`.
    #[error("the rule has no end: it needs COUNT or UNTIL")]
    Unbounded,
    /// More dates than the caller takes.
    #[error("the rule has more than {0} dates")]
    TooMany(usize),
    /// No date at all.
    #[error("the rule has no date")]
    Never,
    /// The first one is not by the rule.
    #[error("the first date is not by the rule; by the rule it would be {0}")]
    FirstNotByRule(jiff::civil::DateTime),
    /// It contradicts itself, or asks for too much.
    #[error("the rule cannot be followed: {0}")]
    Impossible(String),
    /// A date outside the calendar.
    #[error(transparent)]
    Time(#[from] TimeError),
}

impl Rule {
    /// Whether it says when it ends.
    pub fn is_bounded(&self) -> bool {
        self.0.count.is_some_and(|count| count > 0) || self.0.until.is_some()
    }

    /// The times that it makes of the first one, that included: on the clock of its zone, so that
    /// 19:00 stays 19:00 when the clocks change. A time that comes twice is the first of the two,
    /// and one that does not exist is moved forward by the gap (RFC 5545 §3.3.5).
    ///
    /// # Errors
    /// [`RuleError`]: without end, with more than `dates_max`, or the first is not by the rule.
    pub fn expand(&self, first: &When, dates_max: usize) -> Result<Vec<When>, RuleError> {
        if !self.is_bounded() {
            return Err(RuleError::Unbounded);
        }
        let count = self.0.count.and_then(|count| usize::try_from(count).ok());
        if count.is_some_and(|count| count > dates_max) {
            return Err(RuleError::TooMany(dates_max));
        }
        let range = || TimeError::OutOfRange(first.starts_at().to_string());
        let (start, length) = Moment::of_when(first).ok_or_else(range)?;
        let moments = ruled_by(self.0.clone(), &start, i64::MAX).map_err(RuleError::Impossible)?;
        match moments.first() {
            None => return Err(RuleError::Never),
            Some(found) if found.local() != start.local() => {
                return Err(RuleError::FirstNotByRule(found.local()));
            }
            Some(_) if moments.len() > dates_max => return Err(RuleError::TooMany(dates_max)),
            Some(_) => {}
        }
        let times = moments.into_iter().map(|moment| {
            Ok(span_of(&Occurrence {
                planned: moment.clone(),
                start: moment,
                length: length.clone(),
                is_repeated: true,
            })?)
        });
        times.collect()
    }
}

impl FromStr for Rule {
    type Err = RuleError;

    /// Reads `FREQ=WEEKLY;…`, also with `RRULE:` before it. Whatever is not understood is an error:
    /// a part that is left out would make other dates.
    fn from_str(text: &str) -> Result<Rule, RuleError> {
        let wrong = || RuleError::Form(text.chars().take(RULE_BYTES_MAX).collect());
        let upper = text.trim().to_ascii_uppercase();
        let parts = upper.strip_prefix("RRULE:").unwrap_or(&upper);
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"=;,+-".contains(&byte);
        if parts.len() > RULE_BYTES_MAX || !parts.bytes().all(is_plain) {
            return Err(wrong());
        }
        let calendar = format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:{parts}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let Entry::ICalendar(calendar) = Parser::new(&calendar).entry() else {
            return Err(wrong());
        };
        let mut components = calendar.components.iter();
        let event =
            components.find(|component| component.component_type == ICalendarComponentType::VEvent);
        let entry = event.and_then(|event| event.property(&ICalendarProperty::Rrule));
        let rule = entry.and_then(|entry| match entry.values.first()? {
            ICalendarValue::RecurrenceRule(rule) => Some(Rule(rule.clone())),
            _ => None,
        });
        let rule = rule.ok_or_else(wrong)?;
        match said(parts) == said(&rule.to_string()) {
            true => Ok(rule),
            false => Err(wrong()),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

/// What a rule says, in any order and however its numbers are written.
fn said(rule: &str) -> Vec<(String, Vec<String>)> {
    let plain = |item: &str| {
        let item = item.strip_prefix('+').unwrap_or(item);
        item.trim_start_matches('0').to_owned()
    };
    let parts = rule.split(';').filter(|part| !part.is_empty());
    let mut parts: Vec<(String, Vec<String>)> = parts
        .map(|part| {
            let (name, items) = part.split_once('=').unwrap_or((part, ""));
            (name.to_owned(), items.split(',').map(plain).collect())
        })
        .collect();
    parts.sort();
    parts
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::nip52::{DateSpan, TimeSpan, Zone};

    fn first(text: &str, zone: &str) -> When {
        let zone = Zone::new(zone).unwrap();
        let local: jiff::civil::DateTime = text.parse().unwrap();
        let at = zone.time_zone().to_timestamp(local).unwrap();
        let start = u64::try_from(at.as_second()).unwrap();
        When::timed(TimeSpan::new(start, Some(start + 7_200)).unwrap()).in_zone(zone)
    }

    fn shown(times: &[When]) -> Vec<String> {
        let zoned = times.iter().map(|when| match when {
            When::Timed { span, .. } => span.start_in(&when.start_zone()).to_string(),
            When::AllDay(days) => days.start().to_string(),
        });
        zoned.collect()
    }

    #[test]
    fn a_series_keeps_its_time_of_day_when_the_clocks_change() {
        let rule: Rule = "freq=weekly;interval=2;byday=TH;count=3".parse().unwrap();
        let times = rule
            .expand(&first("2027-03-11T19:00", "Europe/London"), 500)
            .unwrap();
        let expected = [
            "2027-03-11T19:00:00+00:00[Europe/London]",
            "2027-03-25T19:00:00+00:00[Europe/London]",
            "2027-04-08T19:00:00+01:00[Europe/London]",
        ];
        assert_eq!(shown(&times), expected);
        assert!(
            times
                .iter()
                .all(|when| when.ends_at() == Some(when.starts_at() + 7_200))
        );
    }

    #[test]
    fn whole_days_and_last_days_of_months_repeat_too() {
        let days = When::all_day(DateSpan::new(date(2027, 1, 29), None).unwrap());
        let rule: Rule = "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270401".parse().unwrap();
        let expected = ["2027-01-29", "2027-02-26", "2027-03-26"];
        assert_eq!(shown(&rule.expand(&days, 3).unwrap()), expected);
        assert_eq!(rule.expand(&days, 2), Err(RuleError::TooMany(2)));
    }

    #[test]
    fn what_has_no_end_or_another_beginning_is_refused() {
        let thursday = first("2027-03-11T19:00", "Europe/London");
        let expand = |rule: &str| rule.parse::<Rule>().unwrap().expand(&thursday, 500);
        assert_eq!(expand("FREQ=WEEKLY"), Err(RuleError::Unbounded));
        assert_eq!(expand("FREQ=DAILY;COUNT=501"), Err(RuleError::TooMany(500)));
        let friday = date(2027, 3, 12).at(19, 0, 0, 0);
        let other = Err(RuleError::FirstNotByRule(friday));
        assert_eq!(expand("FREQ=WEEKLY;BYDAY=FR;COUNT=2"), other);
        let no_such_day = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2";
        assert_eq!(expand(no_such_day), Err(RuleError::Never));
        let over = expand("FREQ=DAILY;UNTIL=20200101");
        assert!(matches!(over, Err(RuleError::Impossible(_))), "{over:?}");
    }

    #[test]
    fn nothing_that_is_not_understood_is_left_out() {
        for rule in [
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,-1FR;COUNT=12",
            "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20271231T235959Z",
            "FREQ=YEARLY;BYMONTH=03;BYDAY=+2SU;COUNT=3;WKST=SU",
        ] {
            let read: Rule = rule.parse().unwrap();
            assert_eq!(read.to_string().parse(), Ok(read), "{rule}");
        }
        for wrong in [
            "",
            "weekly",
            "FREQ=FORTNIGHTLY",
            "FREQ=WEEKLY;BYDAY=XX",
            "FREQ=WEEKLY;BYMOON=1",
            "FREQ=WEEKLY;COUNT=many",
            "FREQ=WEEKLY\r\nSUMMARY:x",
            "FREQ=WEEKLY;INTERVAL=99999999",
            "INTERVAL=2",
        ] {
            assert!(wrong.parse::<Rule>().is_err(), "{wrong}");
        }
    }
}
