//! How often something is repeated, as people type it ("every 2nd thursday", "monthly on the last
//! friday") or as programs do (`FREQ=WEEKLY;…`, RFC 5545). Pure; which dates come of it is
//! `kith_nips::icalendar`'s.

use jiff::civil::{Date, Weekday};
use kith_nips::icalendar::{Frequency, OnDays, Repetition, Rule, RuleEnd, RuleError};
use kith_nips::nip52::When;

use crate::errors::CliError;
use crate::when::weekday;

/// Longest text that is looked at, in bytes.
const TEXT_BYTES_MAX: usize = 400;

/// The forms that are understood, for hints and help.
pub const ACCEPTED_FORMS: &str = "try \"weekly\", \"every 2nd thursday\", \"every 3 weeks\", \
     \"monthly on the last friday\", \"2nd and 4th tuesday of the month\", \"weekly, 12 times\" or \
     \"FREQ=MONTHLY;BYMONTHDAY=15\"";

/// What was typed, before it is known when the first one is.
#[derive(Debug)]
pub struct Repeat {
    rule: Rule,
    until: Option<Date>,
}

impl Repeat {
    /// Reads how often, and how many times or until which day, if it does not say so itself.
    pub fn parse(text: &str, times: Option<u16>, until: Option<Date>) -> Result<Self, CliError> {
        let typed = text.trim();
        if typed.len() > TEXT_BYTES_MAX {
            let message = format!("--repeat: longer than {TEXT_BYTES_MAX} bytes");
            return Err(CliError::usage(message, ACCEPTED_FORMS));
        }
        let rule = match typed.contains('=') {
            true => typed.parse(),
            false => phrase(typed)?.rule(),
        };
        let rule = rule.map_err(refused)?;
        if rule.is_bounded() && (times.is_some() || until.is_some()) {
            return Err(CliError::usage(
                "--repeat: the rule says itself when it ends",
                "leave out --times and --until",
            ));
        }
        let rule = match times {
            Some(times) => rule.ending(RuleEnd::Times(times)).map_err(refused)?,
            None => rule,
        };
        Ok(Repeat { rule, until })
    }

    /// The rule for a first one at this time.
    pub fn beginning(&self, first: &When) -> Result<Rule, CliError> {
        match self.until {
            Some(day) => self.rule.ending(RuleEnd::on(day, first)).map_err(refused),
            None => Ok(self.rule.clone()),
        }
    }
}

fn refused(error: RuleError) -> CliError {
    CliError::usage(format!("--repeat: {error}"), ACCEPTED_FORMS)
}

/// The words of a phrase, gathered.
#[derive(Default)]
struct Phrase {
    unit: Option<Frequency>,
    interval: Option<u16>,
    /// "2nd", "last" (-1).
    ordinals: Vec<i8>,
    weekdays: Vec<Weekday>,
    /// After so many it ends.
    times: Option<u16>,
}

fn phrase(text: &str) -> Result<Repetition, CliError> {
    let lower = text.to_lowercase();
    let mut phrase = Phrase::default();
    let mut words = lower
        .split([' ', ',', '\t'])
        .filter(|word| !word.is_empty())
        .peekable();
    while let Some(word) = words.next() {
        if let Ok(times) = word.parse()
            && words.next_if_eq(&"times").is_some()
        {
            phrase.times = Some(times);
            continue;
        }
        if !phrase.take(word) {
            let message = format!("--repeat: \"{word}\" in \"{text}\" is not part of a repetition");
            return Err(CliError::usage(message, ACCEPTED_FORMS));
        }
    }
    phrase.repetition(text)
}

impl Phrase {
    /// Whether the word says anything here.
    fn take(&mut self, word: &str) -> bool {
        let unit = match word {
            "every" | "each" | "on" | "the" | "of" | "and" | "a" | "in" => return true,
            "daily" => Some((Frequency::Daily, None)),
            "weekly" => Some((Frequency::Weekly, None)),
            "fortnightly" | "biweekly" => Some((Frequency::Weekly, Some(2))),
            "monthly" | "month" | "months" => Some((Frequency::Monthly, None)),
            "quarterly" => Some((Frequency::Monthly, Some(3))),
            "yearly" | "annually" | "year" | "years" => Some((Frequency::Yearly, None)),
            "week" | "weeks" => Some((Frequency::Weekly, None)),
            "day" | "days" => Some((Frequency::Daily, None)),
            "weekday" | "weekdays" => {
                let week = [
                    Weekday::Monday,
                    Weekday::Tuesday,
                    Weekday::Wednesday,
                    Weekday::Thursday,
                    Weekday::Friday,
                ];
                self.weekdays.extend(week);
                return true;
            }
            _ => None,
        };
        if let Some((unit, interval)) = unit {
            return self.take_unit(unit, interval);
        }
        let single = word.strip_suffix('s').unwrap_or(word);
        if let Some(day) = weekday(word).or_else(|| weekday(single)) {
            self.weekdays.push(day);
        } else if let Some(ordinal) = ordinal(word) {
            self.ordinals.push(ordinal);
        } else if let Ok(interval) = word.parse() {
            return interval > 0 && self.interval.replace(interval).is_none();
        } else {
            return false;
        }
        true
    }

    fn take_unit(&mut self, unit: Frequency, interval: Option<u16>) -> bool {
        // "every 2nd week" is every 2 weeks; "the last day of the month" is no repetition of days.
        match (unit, self.ordinals.as_slice(), self.unit) {
            (Frequency::Daily, [_, ..], None | Some(Frequency::Monthly)) => return true,
            (_, [every], None) if *every > 0 && self.weekdays.is_empty() => {
                self.interval = u16::try_from(*every).ok();
                self.ordinals.clear();
            }
            _ => {}
        }
        if interval.is_some() {
            self.interval = interval;
        }
        match self.unit {
            // "every month on the 3rd thursday of the month".
            Some(before) => before == unit,
            None => {
                self.unit = Some(unit);
                true
            }
        }
    }

    fn repetition(mut self, text: &str) -> Result<Repetition, CliError> {
        let wrong = |message: &str, hint: &str| {
            Err(CliError::usage(
                format!("--repeat: \"{text}\" {message}"),
                hint,
            ))
        };
        if self.unit.is_none() {
            match (self.ordinals.as_slice(), self.weekdays.is_empty()) {
                (_, true) => return wrong("does not say how often", ACCEPTED_FORMS),
                ([], _) => {}
                ([2], _) if self.interval.is_none() => {
                    self.interval = Some(2);
                    self.ordinals.clear();
                }
                ([1 | -1], _) => self.unit = Some(Frequency::Monthly),
                _ => {
                    return wrong(
                        "can be read in two ways",
                        "say \"every 3 weeks on thursday\" or \"monthly on the 3rd thursday\"",
                    );
                }
            }
        }
        let unit = self.unit.unwrap_or(Frequency::Weekly);
        let (ordinals, weekdays) = (self.ordinals, self.weekdays);
        let on = match (unit, ordinals.is_empty(), weekdays.is_empty()) {
            (_, true, true) => OnDays::AsTheFirst,
            (Frequency::Weekly, true, false) => OnDays::Weekdays(weekdays),
            (Frequency::Monthly, false, true) => OnDays::OfMonth(ordinals),
            (Frequency::Monthly, false, false) => {
                if ordinals.iter().any(|number| *number > 5) {
                    return wrong("names a weekday that no month has", ACCEPTED_FORMS);
                }
                OnDays::Nth(ordinals, weekdays)
            }
            (Frequency::Monthly, true, false) => {
                return wrong(
                    "does not say which one of the month",
                    "try \"monthly on the last friday\"",
                );
            }
            _ => return wrong("does not go together", ACCEPTED_FORMS),
        };
        Ok(Repetition {
            frequency: unit,
            every: self.interval.unwrap_or(1),
            on,
            end: self.times.map(RuleEnd::Times),
        })
    }
}

fn ordinal(word: &str) -> Option<i8> {
    match word {
        "last" => return Some(-1),
        "first" => return Some(1),
        "second" | "other" => return Some(2),
        "third" => return Some(3),
        "fourth" => return Some(4),
        "fifth" => return Some(5),
        _ => {}
    }
    let suffixes = ["st", "nd", "rd", "th", "."];
    let digits = suffixes.iter().find_map(|suffix| word.strip_suffix(suffix));
    let number: i8 = digits?.parse().ok()?;
    (1..=31).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use kith_nips::nip52::{DateSpan, TimeSpan, Zone};

    use super::*;

    #[test]
    fn phrases_are_rules() {
        for (text, rule) in [
            ("daily", "FREQ=DAILY"),
            ("every 3 days", "FREQ=DAILY;INTERVAL=3"),
            ("weekly", "FREQ=WEEKLY"),
            ("Every Week", "FREQ=WEEKLY"),
            ("every thursday", "FREQ=WEEKLY;BYDAY=TH"),
            ("tuesdays and thursdays", "FREQ=WEEKLY;BYDAY=TU,TH"),
            ("weekly on mon, wed", "FREQ=WEEKLY;BYDAY=MO,WE"),
            ("every 2nd thursday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"),
            ("every other week", "FREQ=WEEKLY;INTERVAL=2"),
            ("fortnightly on friday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
            (
                "every 3 weeks on thursday",
                "FREQ=WEEKLY;INTERVAL=3;BYDAY=TH",
            ),
            ("every 3rd week", "FREQ=WEEKLY;INTERVAL=3"),
            ("every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
            ("monthly", "FREQ=MONTHLY"),
            ("quarterly", "FREQ=MONTHLY;INTERVAL=3"),
            ("monthly on the last friday", "FREQ=MONTHLY;BYDAY=-1FR"),
            ("last friday of the month", "FREQ=MONTHLY;BYDAY=-1FR"),
            ("every first monday", "FREQ=MONTHLY;BYDAY=1MO"),
            (
                "2nd and 4th tuesday of the month",
                "FREQ=MONTHLY;BYDAY=2TU,4TU",
            ),
            ("every 2nd thursday of the month", "FREQ=MONTHLY;BYDAY=2TH"),
            (
                "every 2 months on the 3rd thursday",
                "FREQ=MONTHLY;INTERVAL=2;BYDAY=3TH",
            ),
            ("monthly on the 15th", "FREQ=MONTHLY;BYMONTHDAY=15"),
            ("last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1"),
            ("yearly", "FREQ=YEARLY"),
            (
                "every 2nd thursday of the month, 12 times",
                "FREQ=MONTHLY;COUNT=12;BYDAY=2TH",
            ),
            ("every 3 weeks, 4 times", "FREQ=WEEKLY;COUNT=4;INTERVAL=3"),
            ("rrule:freq=weekly;interval=2", "FREQ=WEEKLY;INTERVAL=2"),
        ] {
            let repeat = Repeat::parse(text, None, None).unwrap();
            assert_eq!(repeat.rule.to_string(), rule, "{text}");
        }
    }

    #[test]
    fn what_is_not_clear_is_refused_with_a_way_out() {
        for (text, message, hint) in [
            ("sometimes", "\"sometimes\"", "weekly"),
            ("every 3rd thursday", "two ways", "every 3 weeks"),
            ("monthly on friday", "which one", "last friday"),
            ("every 7th monday of the month", "no month", "weekly"),
            ("every", "how often", "weekly"),
            ("every 0 weeks", "\"0\"", "weekly"),
            ("daily weekly", "\"weekly\"", "weekly"),
            ("yearly on friday", "together", "weekly"),
            ("FREQ=NEVER", "not a rule", "weekly"),
        ] {
            let error = Repeat::parse(text, None, None).unwrap_err();
            assert!(error.message.contains(message), "{text}: {}", error.message);
            assert!(error.hint.unwrap_or_default().contains(hint), "{text}");
        }
    }

    #[test]
    fn an_end_is_said_once() {
        let of = |text, times, until, first: &When| {
            let rule = Repeat::parse(text, times, until)?.beginning(first)?;
            Ok::<_, CliError>(rule.to_string())
        };
        let days = When::all_day(DateSpan::read("2027-01-07", None).unwrap());
        let (times, until) = (Some(12), Some(jiff::civil::date(2027, 6, 30)));
        let rule = of("weekly", times, None, &days).unwrap();
        assert_eq!(rule, "FREQ=WEEKLY;COUNT=12");
        let rule = of("weekly", None, until, &days).unwrap();
        assert_eq!(rule, "FREQ=WEEKLY;UNTIL=20270630");
        // Of moments the end is one as well (RFC 5545 section 3.3.10), by the clocks of the first.
        let evening = When::Timed {
            span: TimeSpan::new(1_799_341_200, None).unwrap(),
            start_zone: Some(Zone::new("Europe/Berlin").unwrap()),
            end_zone: None,
        };
        let rule = of("weekly", None, until, &evening).unwrap();
        assert_eq!(rule, "FREQ=WEEKLY;UNTIL=20270630T215959Z");
        for (times, until) in [(times, None), (None, until)] {
            assert!(of("FREQ=WEEKLY;COUNT=3", times, until, &days).is_err());
        }
    }
}
