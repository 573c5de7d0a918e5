//! How a meetup is repeated: fields `repeat`, `every`, `count`, `until`.

use jiff::civil::Date;
use kith_nips::extensions::{SeriesError, first_day};
use kith_nips::icalendar::{Frequency, OnDays, Repetition, Rule, RuleEnd, RuleError};
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
    let (frequency, on) = match repeat {
        "weekly" => (Frequency::Weekly, OnDays::AsTheFirst),
        "monthly-weekday" => (Frequency::Monthly, OnDays::nth_weekday_of(day)),
        "monthly-last" => (Frequency::Monthly, OnDays::last_weekday_of(day)),
        "monthly-day" => (Frequency::Monthly, OnDays::AsTheFirst),
        _ => return Err(Problems::one("repeat", sayer.say("field-choose"))),
    };
    problems.none()?;
    let every = every.and_then(|every| every.try_into().ok());
    let times = count.and_then(|count| count.try_into().ok());
    let until = until.flatten().map(|until| RuleEnd::on(until, first));
    let repetition = Repetition {
        frequency,
        every: every.unwrap_or(1),
        on,
        end: times.map(RuleEnd::Times).or(until),
    };
    let rule = repetition.rule();
    let rule = rule.map_err(|_| Problems::one("repeat", sayer.say("field-repeat")))?;
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
