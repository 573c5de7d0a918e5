//! How a meetup is repeated: fields `repeat`, `every`, `count`, `until`.

use jiff::civil::Date;
use kith_nips::extensions::{SeriesError, first_day};
use kith_nips::icalendar::{Rule, RuleError};
use kith_nips::nip52::When;

use super::form::Form;
use super::said::{Problems, Sayer};

/// Meetups of a series that is made on a page: each is signed on its own.
pub const DATES_MAX: u32 = 60;
/// Weeks or months from one to the next.
const EVERY_MAX: u32 = 52;

/// What `repeat` may say, beside nothing, and the message that says it to people.
pub const REPEATS: [(&str, &str); 4] = [
    ("weekly", "repeat-weekly"),
    ("monthly-day", "repeat-monthly-day"),
    ("monthly-weekday", "repeat-monthly-weekday"),
    ("monthly-last", "repeat-monthly-last"),
];

/// The rule; `None` when it is not repeated.
pub(super) fn rule(form: &Form, first: &When, sayer: Sayer) -> Result<Option<Rule>, Problems> {
    let Some(repeat) = form.text("repeat") else {
        return Ok(None);
    };
    let mut problems = Problems::default();
    let every = sayer.number(form, "every", EVERY_MAX, &mut problems);
    let count = sayer.number(form, "count", DATES_MAX, &mut problems);
    let until = form.text("until").map(|text| text.parse::<Date>().ok());
    if until == Some(None) {
        problems.add("until", sayer.say("field-date"));
    }
    if count.is_none() && until.is_none() && problems.0.is_empty() {
        problems.add("count", sayer.say("field-repeat-end"));
    }
    let day = first_day(first);
    if until.flatten().is_some_and(|until| until < day) {
        problems.add("until", sayer.say("field-date"));
    }
    let by_day = weekday(day);
    let how = match repeat {
        "weekly" => "FREQ=WEEKLY".to_owned(),
        "monthly-day" => "FREQ=MONTHLY".to_owned(),
        "monthly-weekday" => format!("FREQ=MONTHLY;BYDAY={}{by_day}", (day.day() - 1) / 7 + 1),
        "monthly-last" => format!("FREQ=MONTHLY;BYDAY=-1{by_day}"),
        _ => {
            problems.add("repeat", sayer.say("field-choose"));
            String::new()
        }
    };
    problems.none()?;
    let every = every.unwrap_or(1).max(1);
    let end = match (count, until.flatten()) {
        (Some(count), _) => format!("COUNT={}", count.max(1)),
        (None, Some(until)) => format!("UNTIL={}", last_moment(until, first)),
        (None, None) => String::new(),
    };
    let rule = format!("{how};INTERVAL={every};{end}").parse();
    let rule: Rule = rule.map_err(|_| Problems::one("repeat", sayer.say("field-repeat")))?;
    match rule.expand(first, DATES_MAX as usize) {
        Ok(_) => Ok(Some(rule)),
        Err(error) => Err(problem(&error.into(), sayer)),
    }
}

/// What to say of a rule that makes no series.
pub(super) fn problem(error: &SeriesError, sayer: Sayer) -> Problems {
    match error {
        SeriesError::Rule(RuleError::TooMany(_)) => Problems::one(
            "until",
            sayer.count("field-repeat-many", DATES_MAX as usize),
        ),
        SeriesError::Rule(RuleError::FirstNotByRule(_)) => {
            Problems::one("day", sayer.say("field-repeat-first"))
        }
        SeriesError::Rule(RuleError::Never) => Problems::one("until", sayer.say("field-repeat")),
        _ => Problems::one("repeat", sayer.say("field-repeat")),
    }
}

/// The end of a day, as a rule for such times says it (RFC 5545 §3.3.10).
fn last_moment(day: Date, first: &When) -> String {
    match first {
        When::AllDay(_) => day.strftime("%Y%m%d").to_string(),
        When::Timed { .. } => {
            let zone = first.start_zone().time_zone();
            let end = day
                .at(23, 59, 59, 0)
                .to_zoned(zone)
                .map(|end| end.timestamp());
            let end = end.map(|end| end.strftime("%Y%m%dT%H%M%SZ").to_string());
            end.unwrap_or_else(|_| day.strftime("%Y%m%d").to_string())
        }
    }
}

fn weekday(day: Date) -> &'static str {
    use jiff::civil::Weekday;
    match day.weekday() {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}
