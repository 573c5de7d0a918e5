//! Tables: what is typed, and what it means on Saturday 21 November 2026, 10:15.

use jiff::Zoned;

use super::*;

const LONDON_NOW: &str = "2026-11-21T10:15:30+00:00[Europe/London]";

fn now(text: &str) -> Zoned {
    text.parse().unwrap()
}

#[track_caller]
fn check(text: &str, expect: &str) {
    check_at(LONDON_NOW, text, expect);
}

#[track_caller]
fn check_at(at: &str, text: &str, expect: &str) {
    let found = match parse(text, &now(at)) {
        Ok(zoned) => zoned.to_string(),
        Err(error) => panic!("{text:?}: {error}"),
    };
    assert_eq!(found, expect, "{text:?}");
}

#[track_caller]
fn check_stretch(text: &str, start: &str, end: &str) {
    let found = match parse_stretch(text, &now(LONDON_NOW)) {
        Ok(stretch) => stretch,
        Err(error) => panic!("{text:?}: {error}"),
    };
    let short = |zoned: &Zoned| zoned.strftime("%Y-%m-%d %H:%M").to_string();
    assert_eq!(
        (short(&found.start), short(&found.end)),
        (start.to_owned(), end.to_owned()),
        "{text:?}"
    );
}

#[track_caller]
fn check_error(text: &str, expect: &str) {
    match parse(text, &now(LONDON_NOW)) {
        Ok(zoned) => panic!("{text:?} was read as {zoned}"),
        Err(error) => {
            assert_eq!(error.to_string(), expect);
            assert!(!error.hint().is_empty());
        }
    }
}

#[test]
fn weekdays() {
    check("friday 7pm", "2026-11-27T19:00:00+00:00[Europe/London]");
    check(
        "next friday 19:00",
        "2026-11-27T19:00:00+00:00[Europe/London]",
    );
    check("Fri, 19:00", "2026-11-27T19:00:00+00:00[Europe/London]");
    // Today is Saturday: the plain word may mean today, "next" never does.
    check("saturday 19:00", "2026-11-21T19:00:00+00:00[Europe/London]");
    check(
        "this saturday at 19:00",
        "2026-11-21T19:00:00+00:00[Europe/London]",
    );
    check("saturday 9am", "2026-11-28T09:00:00+00:00[Europe/London]");
    check(
        "next saturday 19:00",
        "2026-11-28T19:00:00+00:00[Europe/London]",
    );
}

#[test]
fn days_near_today() {
    check("tomorrow 18:30", "2026-11-22T18:30:00+00:00[Europe/London]");
    check("18:30 tomorrow", "2026-11-22T18:30:00+00:00[Europe/London]");
    check("tonight 8pm", "2026-11-21T20:00:00+00:00[Europe/London]");
    check("today at noon", "2026-11-21T12:00:00+00:00[Europe/London]");
    check(
        "the day after tomorrow 12:00",
        "2026-11-23T12:00:00+00:00[Europe/London]",
    );
    check("19:00", "2026-11-21T19:00:00+00:00[Europe/London]");
    check("09:00", "2026-11-22T09:00:00+00:00[Europe/London]");
    check("now", "2026-11-21T10:15:00+00:00[Europe/London]");
}

#[test]
fn dates() {
    check(
        "2026-12-03 18:30",
        "2026-12-03T18:30:00+00:00[Europe/London]",
    );
    check(
        "2026-12-03T18:30",
        "2026-12-03T18:30:00+00:00[Europe/London]",
    );
    check(
        "2026/12/03 18:30",
        "2026-12-03T18:30:00+00:00[Europe/London]",
    );
    check(
        "3.12.2026 18:30",
        "2026-12-03T18:30:00+00:00[Europe/London]",
    );
    check("3 Dec 19:00", "2026-12-03T19:00:00+00:00[Europe/London]");
    check("Dec 3rd, 7 pm", "2026-12-03T19:00:00+00:00[Europe/London]");
    check(
        "3 december 2027 7:30pm",
        "2027-12-03T19:30:00+00:00[Europe/London]",
    );
    check(
        "Thursday 3 Dec 19h",
        "2026-12-03T19:00:00+00:00[Europe/London]",
    );
    check("3. Dec 19h30", "2026-12-03T19:30:00+00:00[Europe/London]");
    // Over for this year: the next one.
    check("1 Nov 19:00", "2027-11-01T19:00:00+00:00[Europe/London]");
    check("21 Nov 9:00", "2027-11-21T09:00:00+00:00[Europe/London]");
    check("29 Feb 19:00", "2028-02-29T19:00:00+00:00[Europe/London]");
}

#[test]
fn lengths_from_now() {
    check("+7d", "2026-11-28T10:15:00+00:00[Europe/London]");
    check("+7d 19:00", "2026-11-28T19:00:00+00:00[Europe/London]");
    check("+90m", "2026-11-21T11:45:00+00:00[Europe/London]");
    check("in 2 weeks", "2026-12-05T10:15:00+00:00[Europe/London]");
    check(
        "in a week at 19:00",
        "2026-11-28T19:00:00+00:00[Europe/London]",
    );
    check(
        "in 1 month 19:00",
        "2026-12-21T19:00:00+00:00[Europe/London]",
    );
    check("+1h30m", "2026-11-21T11:45:00+00:00[Europe/London]");
}

#[test]
fn zones_and_offsets() {
    check(
        "2026-12-03 18:30 Europe/Berlin",
        "2026-12-03T18:30:00+01:00[Europe/Berlin]",
    );
    check(
        "2026-12-03 18:30 europe/berlin",
        "2026-12-03T18:30:00+01:00[Europe/Berlin]",
    );
    check("2026-12-03 18:30 UTC", "2026-12-03T18:30:00+00:00[UTC]");
    check(
        "2026-12-03T18:30[America/New_York]",
        "2026-12-03T18:30:00-05:00[America/New_York]",
    );
    // An offset fixes the moment; the zone stays the place's.
    check(
        "2026-12-03T18:30:00Z",
        "2026-12-03T18:30:00+00:00[Europe/London]",
    );
    check(
        "2026-12-03T18:30:00+02:00",
        "2026-12-03T16:30:00+00:00[Europe/London]",
    );
    check(
        "2026-12-03 18:30 +02:00",
        "2026-12-03T16:30:00+00:00[Europe/London]",
    );
    check(
        "2026-07-03 18:30 -0330",
        "2026-07-03T23:00:00+01:00[Europe/London]",
    );
    check("@1796315400", "2026-12-03T16:30:00+00:00[Europe/London]");
    // "tomorrow" is tomorrow there: it is already Sunday in Auckland.
    check(
        "tomorrow 09:00 Pacific/Auckland",
        "2026-11-22T09:00:00+13:00[Pacific/Auckland]",
    );
    check_at(
        "2026-11-21T20:00:00+00:00[Europe/London]",
        "tomorrow 09:00 Pacific/Auckland",
        "2026-11-23T09:00:00+13:00[Pacific/Auckland]",
    );
}

#[test]
fn a_time_in_a_gap_moves_forward() {
    check(
        "2027-03-28 01:30",
        "2027-03-28T02:30:00+01:00[Europe/London]",
    );
    check(
        "2027-03-14 02:30 America/New_York",
        "2027-03-14T03:30:00-04:00[America/New_York]",
    );
}

#[test]
fn a_time_that_happens_twice_is_the_first() {
    check(
        "2027-10-31 01:30",
        "2027-10-31T01:30:00+01:00[Europe/London]",
    );
    check(
        "2027-11-07 01:30 America/New_York",
        "2027-11-07T01:30:00-04:00[America/New_York]",
    );
    check(
        "2027-10-31 01:30 +00:00",
        "2027-10-31T01:30:00+00:00[Europe/London]",
    );
}

#[test]
fn days_keep_the_wall_clock_over_a_clock_change() {
    check_at(
        "2027-03-25T19:00:00+00:00[Europe/London]",
        "+7d",
        "2027-04-01T19:00:00+01:00[Europe/London]",
    );
}

#[test]
fn stretches() {
    check_stretch("today", "2026-11-21 00:00", "2026-11-22 00:00");
    check_stretch("tomorrow", "2026-11-22 00:00", "2026-11-23 00:00");
    check_stretch("friday", "2026-11-27 00:00", "2026-11-28 00:00");
    check_stretch("saturday", "2026-11-21 00:00", "2026-11-22 00:00");
    check_stretch("3 dec", "2026-12-03 00:00", "2026-12-04 00:00");
    check_stretch("2026-12-03", "2026-12-03 00:00", "2026-12-04 00:00");
    check_stretch("2026-12", "2026-12-01 00:00", "2027-01-01 00:00");
    check_stretch("december", "2026-12-01 00:00", "2027-01-01 00:00");
    check_stretch("december 2027", "2027-12-01 00:00", "2028-01-01 00:00");
    check_stretch("february", "2027-02-01 00:00", "2027-03-01 00:00");
    check_stretch("this weekend", "2026-11-21 00:00", "2026-11-23 00:00");
    check_stretch("next weekend", "2026-11-28 00:00", "2026-11-30 00:00");
    check_stretch("this week", "2026-11-16 00:00", "2026-11-23 00:00");
    check_stretch("next week", "2026-11-23 00:00", "2026-11-30 00:00");
    check_stretch("this month", "2026-11-01 00:00", "2026-12-01 00:00");
    check_stretch("next month", "2026-12-01 00:00", "2027-01-01 00:00");
    check_stretch("next year", "2027-01-01 00:00", "2028-01-01 00:00");
    check_stretch("2027", "2027-01-01 00:00", "2028-01-01 00:00");
    check_stretch("+7d", "2026-11-28 10:15", "2026-11-28 10:15");
    check_stretch("2026-12-03 18:30", "2026-12-03 18:30", "2026-12-03 18:30");
}

#[test]
fn a_day_may_have_23_hours() {
    let stretch = parse_stretch("2027-03-28", &now(LONDON_NOW)).unwrap();
    assert_eq!(
        stretch.end.timestamp().as_second() - stretch.start.timestamp().as_second(),
        23 * 3600
    );
}

#[test]
fn errors_say_what_is_wrong() {
    check_error("", "the date is empty");
    check_error("  ,  ", "the date is empty");
    check_error(
        "soonish",
        "\"soonish\" in \"soonish\" is not part of a date that I know",
    );
    check_error(
        "next friday at the pub",
        "\"pub\" in \"next friday at the pub\" is not part of a date that I know",
    );
    check_error("next friday", "\"next friday\" has no time of day");
    check_error(
        "2026-02-30 19:00",
        "there is no such date as \"2026-02-30 19:00\"",
    );
    check_error("31 Feb 19:00", "there is no such date as \"31 Feb 19:00\"");
    check_error(
        "03/12/2026 19:00",
        "\"03/12/2026 19:00\" can be read as two different days",
    );
    check_error(
        "friday saturday 19:00",
        "\"friday saturday 19:00\" names two days",
    );
    check_error(
        "friday 19:00 20:00",
        "\"friday 19:00 20:00\" names two times",
    );
    check_error(
        "friday 19:00 UTC Europe/London",
        "\"friday 19:00 UTC Europe/London\" names two time zones",
    );
    check_error("2026-12", "\"2026-12\" is a stretch of time, not a moment");
    check_error(
        "this weekend 19:00",
        "\"this weekend 19:00\" is a stretch of time, not a moment",
    );
    check_error(
        "25:00 tomorrow",
        "\"25:00\" in \"25:00 tomorrow\" is not part of a date that I know",
    );
    check_error(
        "13pm tomorrow",
        "\"13pm\" in \"13pm tomorrow\" is not part of a date that I know",
    );
    check_error(
        "Friday 3 Dec 2026 19:00",
        "\"Friday 3 Dec 2026 19:00\" is a Thursday",
    );
    check_error(
        "tomorrow 19:00 Europe/Atlantis",
        "\"europe/atlantis\" in \"tomorrow 19:00 Europe/Atlantis\" is not part of a date that I know",
    );
    check_error(
        "1960-01-01 19:00",
        "\"1960-01-01\" in \"1960-01-01 19:00\" is not part of a date that I know",
    );
    check_error(&"x".repeat(200), "the date is longer than 120 bytes");
}

#[test]
fn durations() {
    let hours =
        |text: &str| parse_duration(text).map(|span| span.total(jiff::Unit::Minute).unwrap());
    assert_eq!(hours("2h"), Ok(120.0));
    assert_eq!(hours("90m"), Ok(90.0));
    assert_eq!(hours("90 minutes"), Ok(90.0));
    assert_eq!(hours("1h 30m"), Ok(90.0));
    assert_eq!(hours("1.5h"), Ok(90.0));
    assert!(parse_duration("2 days").is_ok());
    for wrong in ["", "2", "0h", "-2h", "long", "2h ago"] {
        assert!(parse_duration(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn nothing_typed_makes_it_panic() {
    let words = [
        "next",
        "this",
        "in",
        "+",
        "-",
        "@",
        "@99999999999999999999",
        "9999-12-31",
        "31",
        "dec",
        "2026",
        "+9999999d",
        "23:59",
        "am",
        "h",
        ":",
        "[",
        "2026-12-03t",
        "ö",
        "utc",
        "+99:99",
        "of",
    ];
    for first in words {
        for second in words {
            for third in words {
                let text = format!("{first} {second} {third}");
                let _ = parse(&text, &now(LONDON_NOW));
                let _ = parse_stretch(&text, &now(LONDON_NOW));
                let _ = parse_duration(&text);
            }
        }
    }
}
