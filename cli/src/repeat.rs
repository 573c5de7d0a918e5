//! How often something is repeated, as people type it ("every 2nd thursday", "monthly on the last
//! friday") or as programs do (`FREQ=WEEKLY;…`, RFC 5545). Pure; which dates come of it is
//! `kith_nips::icalendar`'s.

use jiff::civil::Weekday;
use kith_nips::icalendar::{Rule, RuleError};

use crate::errors::CliError;
use crate::when::weekday;

/// Longest text that is looked at, in bytes.
const TEXT_BYTES_MAX: usize = 400;

/// The forms that are understood, for hints and help.
pub const ACCEPTED_FORMS: &str = "try \"weekly\", \"every 2nd thursday\", \"every 3 weeks\", \
     \"monthly on the last friday\", \"2nd and 4th tuesday of the month\", \"weekly, 12 times\" or \
     \"FREQ=MONTHLY;BYMONTHDAY=15\"";

/// When a series ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// `--times`.
    Times(u16),
    /// `--until`: the last day on which one can be.
    Until(jiff::civil::Date),
}

/// Reads what was typed, with its end.
pub fn parse(text: &str, ending: Option<Ending>) -> Result<Rule, CliError> {
    let typed = text.trim();
    if typed.len() > TEXT_BYTES_MAX {
        let message = format!("--repeat: longer than {TEXT_BYTES_MAX} bytes");
        return Err(CliError::usage(message, ACCEPTED_FORMS));
    }
    let rule = match typed.contains('=') {
        true => typed.to_owned(),
        false => phrase(typed)?,
    };
    let rule: Rule = rule.parse().map_err(|error: RuleError| {
        CliError::usage(format!("--repeat: {error}"), ACCEPTED_FORMS)
    })?;
    let end = match ending {
        Some(_) if rule.is_bounded() => {
            return Err(CliError::usage(
                "--repeat: the rule says itself when it ends",
                "leave out --times and --until",
            ));
        }
        Some(Ending::Times(times)) => format!(";COUNT={times}"),
        Some(Ending::Until(day)) => format!(";UNTIL={}", day.strftime("%Y%m%d")),
        None => String::new(),
    };
    format!("{rule}{end}")
        .parse()
        .map_err(|error: RuleError| CliError::usage(format!("--repeat: {error}"), ACCEPTED_FORMS))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
    Year,
}

/// The words of a phrase, gathered.
#[derive(Default)]
struct Phrase {
    unit: Option<Unit>,
    interval: Option<u16>,
    /// "2nd", "last" (-1).
    ordinals: Vec<i8>,
    weekdays: Vec<Weekday>,
    /// After so many it ends.
    times: Option<u16>,
}

fn phrase(text: &str) -> Result<String, CliError> {
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
    phrase.rule(text)
}

impl Phrase {
    /// Whether the word says anything here.
    fn take(&mut self, word: &str) -> bool {
        let unit = match word {
            "every" | "each" | "on" | "the" | "of" | "and" | "a" | "in" => return true,
            "daily" => Some((Unit::Day, None)),
            "weekly" => Some((Unit::Week, None)),
            "fortnightly" | "biweekly" => Some((Unit::Week, Some(2))),
            "monthly" | "month" | "months" => Some((Unit::Month, None)),
            "quarterly" => Some((Unit::Month, Some(3))),
            "yearly" | "annually" | "year" | "years" => Some((Unit::Year, None)),
            "week" | "weeks" => Some((Unit::Week, None)),
            "day" | "days" => Some((Unit::Day, None)),
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

    fn take_unit(&mut self, unit: Unit, interval: Option<u16>) -> bool {
        // "every 2nd week" is every 2 weeks; "the last day of the month" is no repetition of days.
        match (unit, self.ordinals.as_slice(), self.unit) {
            (Unit::Day, [_, ..], None | Some(Unit::Month)) => return true,
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

    fn rule(mut self, text: &str) -> Result<String, CliError> {
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
                ([1 | -1], _) => self.unit = Some(Unit::Month),
                _ => {
                    return wrong(
                        "can be read in two ways",
                        "say \"every 3 weeks on thursday\" or \"monthly on the 3rd thursday\"",
                    );
                }
            }
        }
        let unit = self.unit.unwrap_or(Unit::Week);
        let days: Vec<&str> = self.weekdays.iter().map(|day| code(*day)).collect();
        let numbers: Vec<String> = self.ordinals.iter().map(ToString::to_string).collect();
        let by = match (unit, numbers.is_empty(), days.is_empty()) {
            (_, true, true) => String::new(),
            (Unit::Week, true, false) => format!(";BYDAY={}", days.join(",")),
            (Unit::Month, false, true) => format!(";BYMONTHDAY={}", numbers.join(",")),
            (Unit::Month, false, false) => {
                if self.ordinals.iter().any(|number| *number > 5) {
                    return wrong("names a weekday that no month has", ACCEPTED_FORMS);
                }
                let each = numbers.iter();
                let each =
                    each.flat_map(|number| days.iter().map(move |day| format!("{number}{day}")));
                format!(";BYDAY={}", each.collect::<Vec<_>>().join(","))
            }
            (Unit::Month, true, false) => {
                return wrong(
                    "does not say which one of the month",
                    "try \"monthly on the last friday\"",
                );
            }
            _ => return wrong("does not go together", ACCEPTED_FORMS),
        };
        let frequency = match unit {
            Unit::Day => "DAILY",
            Unit::Week => "WEEKLY",
            Unit::Month => "MONTHLY",
            Unit::Year => "YEARLY",
        };
        let interval = self.interval.filter(|interval| *interval > 1);
        let interval = interval.map(|every| format!(";INTERVAL={every}"));
        let times = self.times.map(|times| format!(";COUNT={times}"));
        Ok(format!(
            "FREQ={frequency}{}{by}{}",
            interval.unwrap_or_default(),
            times.unwrap_or_default()
        ))
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
            assert_eq!(parse(text, None).unwrap().to_string(), rule, "{text}");
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
            let error = parse(text, None).unwrap_err();
            assert!(error.message.contains(message), "{text}: {}", error.message);
            assert!(error.hint.unwrap_or_default().contains(hint), "{text}");
        }
    }

    #[test]
    fn an_end_is_said_once() {
        let times = Some(Ending::Times(12));
        let rule = parse("weekly", times).unwrap();
        assert_eq!(rule.to_string(), "FREQ=WEEKLY;COUNT=12");
        let until = Some(Ending::Until(jiff::civil::date(2027, 6, 30)));
        let rule = parse("weekly", until).unwrap();
        assert_eq!(rule.to_string(), "FREQ=WEEKLY;UNTIL=20270630");
        assert!(parse("FREQ=WEEKLY;COUNT=3", times).is_err());
    }
}
