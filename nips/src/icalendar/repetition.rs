//! How often something is repeated, as programs and forms say it, made into a rule (`RRULE`, RFC 5545
//! §3.3.10). How people type it is the command line's; which dates come of it is `rule`'s.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

use super::rule::{Rule, RuleError};
use crate::nip52::When;

/// How often something takes place.
///
/// ```
/// use jiff::civil::Weekday;
/// use kith_nips::icalendar::{Frequency, OnDays, Repetition, RuleEnd};
/// let repetition = Repetition {
///     every: 2,
///     on: OnDays::Weekdays(vec![Weekday::Thursday]),
///     end: Some(RuleEnd::Times(12)),
///     ..Repetition::new(Frequency::Weekly)
/// };
/// let rule = repetition.rule()?;
/// assert_eq!(rule.to_string(), "FREQ=WEEKLY;COUNT=12;INTERVAL=2;BYDAY=TH");
/// # Ok::<(), kith_nips::icalendar::RuleError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repetition {
    /// What is counted.
    pub frequency: Frequency,
    /// Each, each second, each third …; 0 is each as well.
    pub every: u16,
    /// Which days of it.
    pub on: OnDays,
    /// When it ends, if it does.
    pub end: Option<RuleEnd>,
}

/// What a repetition counts.
///
/// ```
/// use kith_nips::icalendar::Frequency;
/// assert_eq!(Frequency::Weekly.to_string(), "WEEKLY");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// Days.
    Daily,
    /// Weeks.
    Weekly,
    /// Months.
    Monthly,
    /// Years.
    Yearly,
}

/// The days of a week or month on which something is repeated.
///
/// ```
/// use jiff::civil::{Weekday, date};
/// use kith_nips::icalendar::OnDays;
/// let third_thursday = OnDays::nth_weekday_of(date(2026, 12, 17));
/// assert_eq!(third_thursday, OnDays::Nth(vec![3], vec![Weekday::Thursday]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnDays {
    /// As the first one.
    AsTheFirst,
    /// On these days of the week.
    Weekdays(Vec<Weekday>),
    /// On the first (1), second …, or last (−1) of such days of the month.
    Nth(Vec<i8>, Vec<Weekday>),
    /// On these days of the month; −1 is its last.
    OfMonth(Vec<i8>),
}

/// When a repetition ends.
///
/// ```
/// use kith_nips::icalendar::{Rule, RuleEnd};
/// let rule: Rule = "FREQ=WEEKLY".parse()?;
/// let ends = rule.ending(RuleEnd::Day(jiff::civil::date(2027, 6, 30)))?;
/// assert_eq!(ends.to_string(), "FREQ=WEEKLY;UNTIL=20270630");
/// # Ok::<(), kith_nips::icalendar::RuleError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleEnd {
    /// After so many, the first one included.
    Times(u16),
    /// The last day on which one can be.
    Day(Date),
    /// The last moment at which one can be.
    Moment(Timestamp),
}

impl Repetition {
    /// Each day, week, month or year, as the first one, without end.
    pub fn new(frequency: Frequency) -> Repetition {
        Repetition {
            frequency,
            every: 1,
            on: OnDays::AsTheFirst,
            end: None,
        }
    }

    /// The rule that says so.
    ///
    /// # Errors
    /// [`RuleError::Form`]: days or numbers that no rule has.
    pub fn rule(&self) -> Result<Rule, RuleError> {
        let every = match self.every {
            0 | 1 => String::new(),
            every => format!(";INTERVAL={every}"),
        };
        let rule: Rule = format!("FREQ={}{every}{}", self.frequency, self.on).parse()?;
        match self.end {
            Some(end) => rule.ending(end),
            None => Ok(rule),
        }
    }
}

impl Rule {
    /// The same, with an end.
    ///
    /// # Errors
    /// [`RuleError::Form`]: it says already when it ends.
    pub fn ending(&self, end: RuleEnd) -> Result<Rule, RuleError> {
        let ended = format!("{self};{end}");
        match self.is_bounded() {
            true => Err(RuleError::Form(ended)),
            false => ended.parse(),
        }
    }
}

impl OnDays {
    /// The same weekday of each month as this day: its first Monday, its second …
    pub fn nth_weekday_of(day: Date) -> OnDays {
        OnDays::Nth(vec![(day.day() - 1) / 7 + 1], vec![day.weekday()])
    }

    /// The last such weekday of each month.
    pub fn last_weekday_of(day: Date) -> OnDays {
        OnDays::Nth(vec![-1], vec![day.weekday()])
    }
}

impl RuleEnd {
    /// The end of this day, as a rule for a first one at this time says it: a day for days, and a moment
    /// for moments (RFC 5545 §3.3.10).
    pub fn on(day: Date, first: &When) -> RuleEnd {
        let end = match first {
            When::AllDay(_) => None,
            When::Timed { .. } => {
                let zone = first.start_zone().time_zone();
                day.at(23, 59, 59, 0).to_zoned(zone).ok()
            }
        };
        end.map_or(RuleEnd::Day(day), |end| RuleEnd::Moment(end.timestamp()))
    }
}

impl fmt::Display for Frequency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Frequency::Daily => "DAILY",
            Frequency::Weekly => "WEEKLY",
            Frequency::Monthly => "MONTHLY",
            Frequency::Yearly => "YEARLY",
        })
    }
}

impl fmt::Display for OnDays {
    /// The part of a rule that says so, with the semicolon before it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (part, days): (_, Vec<String>) = match self {
            OnDays::AsTheFirst => return Ok(()),
            OnDays::Weekdays(days) => (
                "BYDAY",
                days.iter().map(|day| code(*day).to_owned()).collect(),
            ),
            OnDays::Nth(which, days) => {
                let each = which
                    .iter()
                    .flat_map(|which| days.iter().map(move |day| format!("{which}{}", code(*day))));
                ("BYDAY", each.collect())
            }
            OnDays::OfMonth(days) => ("BYMONTHDAY", days.iter().map(i8::to_string).collect()),
        };
        match days.is_empty() {
            true => Ok(()),
            false => write!(formatter, ";{part}={}", days.join(",")),
        }
    }
}

impl fmt::Display for RuleEnd {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleEnd::Times(times) => write!(formatter, "COUNT={}", (*times).max(1)),
            RuleEnd::Day(day) => write!(formatter, "UNTIL={}", day.strftime("%Y%m%d")),
            RuleEnd::Moment(at) => write!(formatter, "UNTIL={}", at.strftime("%Y%m%dT%H%M%SZ")),
        }
    }
}

/// A day of the week in a rule (`weekday`, RFC 5545 §3.3.10).
fn code(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::nip52::{DateSpan, TimeSpan, Zone};

    fn monthly(on: OnDays) -> String {
        let repetition = Repetition {
            on,
            ..Repetition::new(Frequency::Monthly)
        };
        repetition.rule().unwrap().to_string()
    }

    #[test]
    fn days_of_months_are_written_as_rules_have_them() {
        let last_day_of_may = date(2027, 5, 31);
        assert_eq!(monthly(OnDays::AsTheFirst), "FREQ=MONTHLY");
        assert_eq!(
            monthly(OnDays::nth_weekday_of(last_day_of_may)),
            "FREQ=MONTHLY;BYDAY=5MO"
        );
        assert_eq!(
            monthly(OnDays::last_weekday_of(last_day_of_may)),
            "FREQ=MONTHLY;BYDAY=-1MO"
        );
        assert_eq!(
            monthly(OnDays::OfMonth(vec![1, -1])),
            "FREQ=MONTHLY;BYMONTHDAY=1,-1"
        );
        // No days at all say nothing of days.
        assert_eq!(monthly(OnDays::OfMonth(vec![])), "FREQ=MONTHLY");
    }

    #[test]
    fn an_end_is_of_the_kind_of_the_first_one_and_said_once() {
        let day = date(2027, 6, 30);
        let days = When::all_day(DateSpan::new(date(2027, 1, 29), None).unwrap());
        let zone = Zone::new("Asia/Tokyo").unwrap();
        let evening = When::timed(TimeSpan::new(1_796_322_600, None).unwrap()).in_zone(zone);
        let weekly: Rule = "FREQ=WEEKLY".parse().unwrap();
        let until = |first: &When| weekly.ending(RuleEnd::on(day, first)).unwrap();
        assert_eq!(until(&days).to_string(), "FREQ=WEEKLY;UNTIL=20270630");
        let until = until(&evening);
        assert_eq!(until.to_string(), "FREQ=WEEKLY;UNTIL=20270630T145959Z");
        assert!(until.ending(RuleEnd::Times(3)).is_err());
    }
}
