//! Single words of a date: weekdays, months, times of day, zones.
//!
//! Each function looks at one lower-case word and says what it is, or `None`.

use jiff::civil::{self, Weekday};
use jiff::tz::{Offset, TimeZone};

/// Words that carry no meaning of their own.
pub fn is_filler(word: &str) -> bool {
    matches!(word, "at" | "on" | "@" | "the" | "of" | "o'clock" | "-")
}

/// "friday", "fri".
pub fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" | "weds" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

/// "december", "dec", "dec.": 1 to 12.
pub fn month(word: &str) -> Option<i8> {
    Some(match word.strip_suffix('.').unwrap_or(word) {
        "january" | "jan" => 1,
        "february" | "feb" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sept" | "sep" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

/// "3", "3rd", "3.": 1 to 31.
pub fn day_of_month(word: &str) -> Option<i8> {
    let digits = ["st", "nd", "rd", "th", "."]
        .iter()
        .find_map(|suffix| word.strip_suffix(suffix))
        .unwrap_or(word);
    number(digits, 2)
        .and_then(|day| i8::try_from(day).ok())
        .filter(|day| (1..=31).contains(day))
}

/// A year of four digits.
pub fn year(word: &str) -> Option<i16> {
    if word.len() != 4 {
        return None;
    }
    number(word, 4)
        .and_then(|year| i16::try_from(year).ok())
        .filter(|year| *year >= 1970)
}

/// "19:00", "19:00:30", "7pm", "7:30pm", "19h", "19h30", "noon". "midnight" is
/// not taken: it is the end of a day to some and its start to others.
pub fn time(word: &str) -> Option<civil::Time> {
    if matches!(word, "noon" | "midday") {
        return civil::Time::new(12, 0, 0, 0).ok();
    }
    let (clock, half) = match word
        .strip_suffix("am")
        .or_else(|| word.strip_suffix("a.m."))
    {
        Some(clock) => (clock, Some(Half::Morning)),
        None => match word
            .strip_suffix("pm")
            .or_else(|| word.strip_suffix("p.m."))
        {
            Some(clock) => (clock, Some(Half::Afternoon)),
            None => (word, None),
        },
    };
    let parts: Vec<&str> = match clock.split_once('h') {
        Some((hour, "")) if half.is_none() => vec![hour, "00"],
        Some((hour, minute)) if half.is_none() => vec![hour, minute],
        Some(_) => return None,
        None => clock.split(':').collect(),
    };
    let (hour, minute, second) = match parts.as_slice() {
        // A bare number is a time only with "am" or "pm".
        [hour] if half.is_some() => (number(hour, 2)?, 0, 0),
        [hour, minute] => (number(hour, 2)?, two_digits(minute)?, 0),
        [hour, minute, second] => (number(hour, 2)?, two_digits(minute)?, two_digits(second)?),
        _ => return None,
    };
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(Half::Morning) => hour % 12,
        Some(Half::Afternoon) => hour % 12 + 12,
    };
    civil::Time::new(
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        0,
    )
    .ok()
}

/// "europe/london", "utc", "z".
pub fn zone(word: &str) -> Option<TimeZone> {
    match word.to_ascii_lowercase().as_str() {
        "utc" | "z" | "gmt" => Some(TimeZone::UTC),
        _ if word.contains('/') => TimeZone::get(word).ok(),
        _ => None,
    }
}

/// "+01:00", "-0330".
pub fn offset(word: &str) -> Option<Offset> {
    let (sign, digits) = match (word.strip_prefix('+'), word.strip_prefix('-')) {
        (Some(digits), _) => (1, digits),
        (None, Some(digits)) => (-1, digits),
        (None, None) => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => return None,
    };
    let seconds = two_digits(hours)?.checked_mul(3600)? + two_digits(minutes)?.checked_mul(60)?;
    Offset::from_seconds(sign * i32::try_from(seconds).ok()?).ok()
}

/// "2026-12-03", "2026/12/03", "3.12.2026".
pub fn date(word: &str) -> Option<Result<civil::Date, NoDate>> {
    for separator in ['-', '/', '.'] {
        let parts: Vec<&str> = word.split(separator).collect();
        let [first, month, last] = parts.as_slice() else {
            continue;
        };
        if number(first, 4).is_none() || number(month, 2).is_none() || number(last, 4).is_none() {
            return None;
        }
        return Some(match (year(first), separator, year(last)) {
            (Some(year), _, None) => civil_date(year, month, last),
            (None, '.', Some(year)) => civil_date(year, month, first),
            (None, _, Some(_)) => Err(NoDate::DayOrMonth),
            _ => return None,
        });
    }
    None
}

/// Why digits in the shape of a date are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoDate {
    /// 2026-02-30.
    NotInCalendar,
    /// 03/12/2026.
    DayOrMonth,
}

/// "2026-12".
pub fn year_and_month(word: &str) -> Option<(i16, i8)> {
    let (first, second) = word.split_once('-')?;
    let month = i8::try_from(two_digits(second)?).ok()?;
    (1..=12).contains(&month).then_some((year(first)?, month))
}

/// Decimal digits only, at most `digits_max` of them.
pub fn number(word: &str, digits_max: usize) -> Option<u32> {
    let plain = !word.is_empty()
        && word.len() <= digits_max
        && word.bytes().all(|byte| byte.is_ascii_digit());
    if plain { word.parse().ok() } else { None }
}

#[derive(Clone, Copy)]
enum Half {
    Morning,
    Afternoon,
}

fn two_digits(word: &str) -> Option<u32> {
    if word.len() == 2 {
        number(word, 2)
    } else {
        None
    }
}

fn civil_date(year: i16, month: &str, day: &str) -> Result<civil::Date, NoDate> {
    let part = |text: &str| number(text, 2).and_then(|part| i8::try_from(part).ok());
    match (part(month), part(day)) {
        (Some(month), Some(day)) => {
            civil::Date::new(year, month, day).map_err(|_| NoDate::NotInCalendar)
        }
        _ => Err(NoDate::NotInCalendar),
    }
}
