//! When something is: fields `day`, `begins`, `ends`, `last_day`, `zone`. Without `begins` it is whole days.

use jiff::civil::{Date, DateTime, Time};
use kith_nips::nip52::{DateSpan, TimeSpan, When, Zone};

use super::form::Form;
use super::said::{Problems, Sayer};
use super::values::Values;

/// Days that one meetup lasts.
const DAYS_MAX: i32 = 30;

/// Reads the fields. Without `zone` the place says it.
pub(super) fn when(
    form: &Form,
    zone: Option<&str>,
    sayer: Sayer,
    problems: &mut Problems,
) -> Option<When> {
    let day = date(form, "day", sayer, problems);
    let begins = time(form, "begins", sayer, problems);
    let ends = time(form, "ends", sayer, problems);
    let last = date(form, "last_day", sayer, problems);
    if form.text("day").is_none() {
        problems.add("day", sayer.say("field-needed"));
    }
    if begins.is_none() && ends.is_some() && form.text("begins").is_none() {
        problems.add("begins", sayer.say("field-begins"));
    }
    let day = day?;
    if let Some(last) = last
        && (last < day || (last - day).get_days() > DAYS_MAX)
    {
        problems.add("last_day", sayer.count("field-last-day", DAYS_MAX as usize));
        return None;
    }
    match begins {
        Some(begins) => {
            let zone = zone_of(form, zone, sayer, problems)?;
            timed(day.to_datetime(begins), ends, last, zone, sayer, problems)
        }
        None => {
            let after = last.filter(|last| *last > day).map(|last| last.tomorrow());
            let span = DateSpan::new(day, after.transpose().ok()?);
            known(span, sayer, problems).map(When::all_day)
        }
    }
}

/// A moment on the clock of the same place (`2026-12-01T18:00`), Unix seconds.
pub(super) fn moment(
    form: &Form,
    field: &'static str,
    when: &When,
    sayer: Sayer,
    problems: &mut Problems,
) -> Option<u64> {
    let text = form.text(field)?;
    let read = text.parse::<DateTime>().ok();
    let seconds = read.and_then(|local| seconds(local, &when.start_zone()));
    if seconds.is_none() {
        problems.add(field, sayer.say("field-date"));
    }
    seconds
}

/// Writes a time into the fields.
pub(super) fn fill(values: &mut Values, when: &When) {
    match when {
        When::AllDay(span) => {
            values.set("day", span.start().to_string());
            if span.last_day() != span.start() {
                values.set("last_day", span.last_day().to_string());
            }
        }
        When::Timed { span, .. } => {
            let zone = when.start_zone();
            let start = span.start_in(&zone);
            values.set("day", start.date().to_string());
            values.set("begins", clock(start.time()));
            values.set("zone", zone.name());
            if let Some(end) = span.end_in(&zone) {
                values.set("ends", clock(end.time()));
                let is_next = start.date().tomorrow().is_ok_and(|next| next == end.date());
                let is_night = is_next && end.time() < start.time();
                if end.date() != start.date() && !is_night {
                    values.set("last_day", end.date().to_string());
                }
            }
        }
    }
}

/// A moment as its field shows it.
pub(super) fn fill_moment(values: &mut Values, field: &'static str, at: u64, when: &When) {
    if let Ok(span) = TimeSpan::new(at, None) {
        let local = span.start_in(&when.start_zone()).datetime();
        values.set(field, format!("{}T{}", local.date(), clock(local.time())));
    }
}

fn clock(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

/// Of times without a last day the end is on the same day, or in the night after it.
fn timed(
    start: DateTime,
    ends: Option<Time>,
    last: Option<Date>,
    zone: Zone,
    sayer: Sayer,
    problems: &mut Problems,
) -> Option<When> {
    let end = ends.and_then(|ends| match last {
        Some(last) => Some(last.to_datetime(ends)),
        None if ends < start.time() => Some(start.date().tomorrow().ok()?.to_datetime(ends)),
        None => Some(start.date().to_datetime(ends)),
    });
    let end = end.map(|end| seconds(end, &zone));
    let Some(start) = seconds(start, &zone) else {
        problems.add("day", sayer.say("field-date"));
        return None;
    };
    match TimeSpan::new(start, end.flatten()) {
        Ok(span) => Some(When::timed(span).in_zone(zone)),
        Err(_) => {
            problems.add("ends", sayer.say("field-ends"));
            None
        }
    }
}

fn seconds(local: DateTime, zone: &Zone) -> Option<u64> {
    let zoned = local.to_zoned(zone.time_zone()).ok()?;
    u64::try_from(zoned.timestamp().as_second()).ok()
}

fn zone_of(
    form: &Form,
    of_place: Option<&str>,
    sayer: Sayer,
    problems: &mut Problems,
) -> Option<Zone> {
    let named = form.text("zone");
    let zone = named.or(of_place).and_then(|name| Zone::new(name).ok());
    if zone.is_none() {
        problems.add("zone", sayer.say("field-zone"));
    }
    zone
}

fn date(form: &Form, field: &'static str, sayer: Sayer, problems: &mut Problems) -> Option<Date> {
    read(form, field, sayer, problems)
}

fn time(form: &Form, field: &'static str, sayer: Sayer, problems: &mut Problems) -> Option<Time> {
    read(form, field, sayer, problems)
}

fn read<T: std::str::FromStr>(
    form: &Form,
    field: &'static str,
    sayer: Sayer,
    problems: &mut Problems,
) -> Option<T> {
    let read = form.text(field)?.parse().ok();
    if read.is_none() {
        problems.add(field, sayer.say("field-date"));
    }
    read
}

fn known<T, E>(read: Result<T, E>, sayer: Sayer, problems: &mut Problems) -> Option<T> {
    if read.is_err() {
        problems.add("day", sayer.say("field-date"));
    }
    read.ok()
}

#[cfg(test)]
mod tests {
    use super::super::testing::fields;
    use super::*;
    use crate::language::Language;

    fn read_when(form: &[(&str, &str)]) -> Result<When, Vec<&'static str>> {
        let mut problems = Problems::default();
        let sayer = Sayer(Language::English);
        let found = when(&fields(form), Some("Europe/Berlin"), sayer, &mut problems);
        match problems.0.is_empty() {
            true => Ok(found.unwrap()),
            false => Err(problems.0.iter().map(|problem| problem.field).collect()),
        }
    }

    #[test]
    fn times_are_read_as_they_are_shown() {
        for form in [
            vec![("day", "2026-12-05"), ("begins", "19:00")],
            vec![
                ("day", "2026-12-05"),
                ("begins", "19:00"),
                ("ends", "21:30"),
            ],
            // Until two at night.
            vec![
                ("day", "2026-12-05"),
                ("begins", "19:00"),
                ("ends", "02:00"),
            ],
            vec![
                ("day", "2026-12-05"),
                ("begins", "10:00"),
                ("ends", "16:00"),
                ("last_day", "2026-12-07"),
                ("zone", "America/New_York"),
            ],
            vec![("day", "2026-12-05")],
            vec![("day", "2026-12-05"), ("last_day", "2026-12-06")],
        ] {
            let read = read_when(&form).unwrap();
            let mut values = Values::default();
            fill(&mut values, &read);
            let names = ["day", "begins", "ends", "last_day"];
            for name in names {
                let said = form.iter().find(|(field, _)| *field == name);
                assert_eq!(
                    values.get(name),
                    said.map_or("", |(_, value)| value),
                    "{form:?}"
                );
            }
            let shown = ["day", "begins", "ends", "last_day", "zone"];
            let shown = shown.map(|name| (name, values.get(name)));
            assert_eq!(read_when(&shown).unwrap(), read);
        }
    }

    #[test]
    fn what_is_at_no_time_is_wrong() {
        for (form, wrong) in [
            (vec![], vec!["day"]),
            (vec![("day", "tomorrow")], vec!["day"]),
            (vec![("day", "1960-01-01")], vec!["day"]),
            (
                vec![("day", "2026-12-05"), ("begins", "25:00")],
                vec!["begins"],
            ),
            (
                vec![("day", "2026-12-05"), ("ends", "20:00")],
                vec!["begins"],
            ),
            (
                vec![
                    ("day", "2026-12-05"),
                    ("begins", "20:00"),
                    ("ends", "20:00"),
                ],
                vec!["ends"],
            ),
            (
                vec![
                    ("day", "2026-12-05"),
                    ("begins", "20:00"),
                    ("zone", "Mars/Olympus"),
                ],
                vec!["zone"],
            ),
            (
                vec![("day", "2026-12-05"), ("last_day", "2026-12-01")],
                vec!["last_day"],
            ),
            (
                vec![("day", "2026-12-05"), ("last_day", "2036-12-01")],
                vec!["last_day"],
            ),
        ] {
            assert_eq!(read_when(&form).unwrap_err(), wrong, "{form:?}");
        }
    }
}
