//! Random meetups, written and read back.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::reading::{Time, events, lines, parse};
use super::*;
use crate::nip52::{DateSpan, TimeSpan, UNIX_SECONDS_MAX, When, Zone};

/// The properties that may stand in an event.
const PROPERTIES: [&str; 14] = [
    "UID",
    "DTSTAMP",
    "LAST-MODIFIED",
    "SEQUENCE",
    "DTSTART",
    "DTEND",
    "STATUS",
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "GEO",
    "CATEGORIES",
    "URL",
    "IMAGE",
];

/// Texts that want to be something else.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\r\n".to_owned()),
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just("\r\n ".to_owned()),
        Just("END:VEVENT".to_owned()),
        Just("BEGIN:VALARM\r\nACTION:EMAIL".to_owned()),
        Just("\u{85}ATTENDEE:mailto:a@b.example".to_owned()),
        Just("\u{2028}".to_owned()),
        Just("\\".to_owned()),
        Just("\\n".to_owned()),
        Just(";,:\"=^".to_owned()),
        Just("\u{0}\u{b}\u{c}\u{1c}\u{7f}".to_owned()),
        Just("https://a.example/".to_owned()),
        any::<char>().prop_map(String::from),
        "[äß€🎲a-z ]{0,60}",
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Every zone of the database.
fn zone() -> impl Strategy<Value = String> {
    let names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .collect();
    assert!(names.len() > 400);
    proptest::sample::select(names)
}

/// An instant anywhere, or within two hours of a change of the zone's clocks.
fn instant(zone: &str) -> impl Strategy<Value = u64> + use<> {
    let zone = TimeZone::get(zone).unwrap();
    let near_change = (0..4_102_444_800_i64, -7_200_i64..7_200).prop_map(move |(at, around)| {
        let at = Timestamp::from_second(at).unwrap();
        let change = zone.following(at).next();
        let change = change.map_or(at, |change| change.timestamp());
        u64::try_from(change.as_second() + around).unwrap_or(0)
    });
    prop_oneof![
        3 => near_change,
        1 => 0..4_102_444_800_u64,
        1 => 0..UNIX_SECONDS_MAX - 1_000_000,
    ]
}

fn timed_with_zones() -> impl Strategy<Value = (When, String, String)> {
    (zone(), zone()).prop_flat_map(|(start_zone, end_zone)| {
        let span = (instant(&start_zone), instant(&end_zone), any::<bool>());
        span.prop_map(move |(start, end, has_end)| {
            let end = if end > start { end } else { start + 5_400 };
            let when = When::Timed {
                span: TimeSpan::new(start, has_end.then_some(end)).unwrap(),
                start_zone: Some(Zone::read(&start_zone)),
                end_zone: Some(Zone::read(&end_zone)),
            };
            (when, start_zone.clone(), end_zone.clone())
        })
    })
}

fn with(when: When) -> Published<Meetup> {
    let mut meetup = timed("Chess", &[]);
    meetup.when = Some(when);
    meetup
}

proptest! {
    #[test]
    fn instants_are_read_as_they_were_in_every_zone(
        several in proptest::collection::vec(timed_with_zones(), 1..5),
    ) {
        let mut meetups = Vec::new();
        for (number, (when, _, _)) in several.iter().enumerate() {
            let mut meetup = with(when.clone());
            meetup.author = crate::lbc::testing::key(number as u8);
            meetups.push(meetup);
        }
        let events = events(&write(&meetups));
        prop_assert_eq!(events.len(), several.len());
        for (read, (when, _, _)) in events.iter().zip(&several) {
            prop_assert_eq!(read.start(), Time::Instant(when.starts_at()), "{:?}", read);
            prop_assert_eq!(read.end(), when.ends_at().map(Time::Instant), "{:?}", read);
        }
    }

    /// A zone's definition says what jiff says, and is used but where it cannot be.
    #[test]
    fn definitions_agree_with_the_database((when, start_zone, _) in timed_with_zones()) {
        let read = read_one(&with(when.clone()));
        let zone = TimeZone::get(&start_zone).unwrap();
        let at = Timestamp::from_second(when.starts_at() as i64).unwrap();
        let is_second = zone.to_timestamp(zone.to_datetime(at)).unwrap() != at;
        let line = &read.lines_of("DTSTART")[0];
        if let Some(offset) = read.offset("DTSTART") {
            prop_assert_eq!(offset, i64::from(zone.to_offset(at).seconds()));
            prop_assert!(!is_second);
            prop_assert!(line.contains(&zone.to_datetime(at).strftime("%Y%m%dT%H%M%S").to_string()));
        } else {
            let is_utc = zone.to_offset(at).is_zero();
            let has_seconds = when.starts_at() < 94_694_400;
            prop_assert!(is_second || is_utc || has_seconds, "{} in {}", line, start_zone);
        }
    }

    #[test]
    fn all_day_is_read_as_it_was(first in 0..60_000_i32, days in proptest::option::of(1..400_i32)) {
        let epoch = jiff::civil::date(1970, 1, 1);
        let start = epoch.checked_add(jiff::Span::new().days(first)).unwrap();
        let end = days.map(|days| start.checked_add(jiff::Span::new().days(days)).unwrap());
        let mut meetup = meetup(Kind::DATE_MEETUP, "Fair", &[], "");
        meetup.when = Some(When::AllDay(DateSpan::new(start, end).unwrap()));
        let read = read_one(&meetup);
        let day = |day: jiff::civil::Date| Time::Day(day.strftime("%Y%m%d").to_string());
        prop_assert_eq!(read.start(), day(start));
        prop_assert_eq!(read.end(), Some(day(end.unwrap_or(start.tomorrow().unwrap()))));
    }

    #[test]
    fn no_text_becomes_anything_else(
        texts in proptest::collection::vec(hostile(), 10),
        topics in proptest::collection::vec(hostile(), 0..4),
    ) {
        let mut meetup = meetup(
            Kind::MEETUP,
            &texts[0],
            &[
                &["start", "1796322600"],
                &["start_tzid", &texts[1]],
                &["location", &texts[2]],
                &["location", &texts[3]],
                &["summary", &texts[4]],
                &["image", &format!("https://{}", texts[5])],
            ],
            &texts[6],
        );
        meetup.identifier = texts[7].clone();
        meetup.topics = topics.iter().filter_map(|topic| crate::lbc::Topic::new(topic)).collect();
        let mut calendar = Calendar::new(texts[8].clone());
        calendar.description = texts[6].clone();
        calendar.url = Some(format!("https://{}", texts[9]));
        calendar.source = Some(texts[5].clone());
        let mut entry = Entry::new(&meetup, Standing::Proposal);
        entry.community = Some(texts[8].clone());
        entry.link = Some(format!("nostr:{}", texts[9]));
        calendar.entries.push(entry);
        let text = calendar.write();

        let events = events(&text);
        prop_assert_eq!(events.len(), 1);
        let read = &events[0];
        let mut names = read.properties();
        for name in &names {
            prop_assert!(PROPERTIES.contains(name), "{}", name);
        }
        names.sort_unstable();
        names.dedup();
        prop_assert_eq!(names.len(), read.properties().len(), "each once");
        prop_assert_eq!(lines(&text).iter().filter(|line| line.starts_with("BEGIN:")).count(), 2);
        let summary = super::super::text::line(&texts[0]);
        if !summary.is_empty() {
            prop_assert_eq!(read.value("SUMMARY"), summary);
        }
        let content = super::super::text::paragraphs(&texts[6]);
        if !content.is_empty() {
            prop_assert!(read.value("DESCRIPTION").contains(&content));
        }
        // What calcard reads it writes the same again: nothing was lost or changed by its parser.
        prop_assert_eq!(parse(&text).to_string(), text);
    }
}
