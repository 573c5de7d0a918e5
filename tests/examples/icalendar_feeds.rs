//! Writes calendars (`kith_nips::icalendar`), and what a foreign reader must find in them, for
//! `tests/foreign/icalendar/check.py`.
//!
//!     cargo run --example icalendar_feeds FOLDER
//!
//! FOLDER gets `*.ics` and `expected.json`. What is expected is said from the meetups, not from
//! the calendars.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "meetups that cannot be written are a failure"
)]

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use kith_nips::icalendar::{Calendar, Entry};
use kith_nips::lbc::{CommunityReference, Meetup, MeetupStatus, Note, Published, Standing, Topic};
use kith_nips::nip52::{DateSpan, TimeSpan, When, Zone};
use kith_nips::place::Point;
use kith_nips::{EventId, PublicKey};
use nostr::Keys;
use serde_json::{Value, json};

/// Zones with changes of an hour, of half an hour, of two hours, four times a year, the other way
/// round, no longer, never, and with offsets of all sorts.
const ZONES: [&str; 20] = [
    "Africa/Casablanca",
    "America/Argentina/Buenos_Aires",
    "America/Asuncion",
    "America/New_York",
    "America/Nuuk",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Etc/GMT+5",
    "Europe/Berlin",
    "Europe/Dublin",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
];
/// Seconds around a change of the clocks.
const AROUND_A_CHANGE: [i64; 9] = [-7_200, -5_400, -1_800, -1, 0, 1_800, 3_599, 3_600, 10_800];
const CHANGES_PER_ZONE: usize = 12;
/// 2009-01-01T00:00:00Z: from here on the rules of some of the zones have changed.
const CHANGES_FROM: i64 = 1_230_768_000;
const CREATED_AT: u64 = 1_790_000_000;
const LINK: &str = "https://kith.example/m/1?a=b,c;d#e";

fn main() {
    let folder = std::env::args().nth(1).expect("FOLDER");
    let mut feeds = Feeds::default();
    feeds.write(Path::new(&folder), "zones.ics", &zones());
    feeds.write(Path::new(&folder), "sorts.ics", &sorts());
    feeds.write(Path::new(&folder), "texts.ics", &texts());
    feeds.write(Path::new(&folder), "empty.ics", &[]);
    let expected = serde_json::to_string_pretty(&feeds.expected).unwrap();
    std::fs::write(Path::new(&folder).join("expected.json"), expected).expect("a folder");
}

/// A meetup, whose it is, and what must be read beside what every meetup has.
struct Sample {
    meetup: Published<Meetup>,
    standing: Standing,
    expected: Value,
}

#[derive(Default)]
struct Feeds {
    expected: BTreeMap<String, Value>,
}

impl Feeds {
    fn write(&mut self, folder: &Path, file: &str, samples: &[Sample]) {
        let name = format!("Kith; {file}, \\ äöü 🎲");
        let mut calendar = Calendar::new(&name);
        calendar.refresh_minutes = Some(90);
        for sample in samples {
            let mut entry = Entry::new(&sample.meetup, sample.standing);
            entry.link = Some(LINK.to_owned());
            entry.community = Some("Brighton; Chess".to_owned());
            calendar.entries.push(entry);
        }
        std::fs::write(folder.join(file), calendar.write()).expect("a folder");
        let events = samples.iter().filter(|sample| !sample.expected.is_null());
        let events: Vec<Value> = events.map(expected).collect();
        let expected = json!({ "name": name, "refresh_minutes": 90, "events": events });
        self.expected.insert(file.to_owned(), expected);
    }
}

fn expected(sample: &Sample) -> Value {
    let meetup = &sample.meetup;
    let (start, end) = match meetup.when.as_ref().expect("a time") {
        When::Timed { span, .. } => (json!(span.start()), json!(span.end())),
        When::AllDay(days) => {
            let end = days.end().or_else(|| days.start().tomorrow().ok());
            (
                json!(days.start().to_string()),
                json!(end.unwrap().to_string()),
            )
        }
    };
    let mut expected = json!({
        "address": meetup.address().to_string(),
        "created_at": meetup.created_at,
        "start": start,
        "end": end,
        "url": "https://kith.example/m/1?a=b%2Cc%3Bd#e",
    });
    let more = sample.expected.as_object().expect("an object").clone();
    expected.as_object_mut().unwrap().extend(more);
    expected
}

/// Meetups around changes of the clocks.
fn zones() -> Vec<Sample> {
    let mut samples = Vec::new();
    for name in ZONES {
        let zone = Zone::new(name).expect(name);
        let rules = zone.time_zone();
        let from = Timestamp::from_second(CHANGES_FROM).unwrap();
        let mut instants: Vec<i64> = rules
            .following(from)
            .step_by(3)
            .take(CHANGES_PER_ZONE)
            .flat_map(|change| {
                let at = change.timestamp().as_second();
                AROUND_A_CHANGE.map(|around| at + around)
            })
            .collect();
        instants.extend([1_796_322_600, 2_000_000_000]);
        for instant in instants {
            let start = u64::try_from(instant).unwrap();
            let span = TimeSpan::new(start, Some(start + 5_400)).unwrap();
            let when = When::timed(span).in_zone(zone.clone());
            let title = format!("{name} {start}");
            let number = samples.len();
            samples.push(sample(&format!("zone-{number}"), &title, when, |_| {}));
        }
    }
    samples
}

/// Every sort of meetup.
fn sorts() -> Vec<Sample> {
    let evening = || When::timed(TimeSpan::new(1_796_322_600, Some(1_796_335_200)).unwrap());
    let days = |start: &str, end| When::all_day(DateSpan::read(start, end).unwrap());
    let open = When::timed(TimeSpan::new(1_796_322_600, None).unwrap());
    let lost = evening().in_zone(Zone::read("Mars/Olympus"));
    let nothing = |_: &mut Meetup| {};
    let mut samples = vec![
        sample("evening", "Evening", evening(), nothing),
        sample("open-end", "Open end", open, nothing),
        sample("lost", "Lost", lost, nothing),
        sample("day", "Day", days("2026-12-31", None), nothing),
        sample(
            "days",
            "Days",
            days("2027-02-27", Some("2027-03-02")),
            nothing,
        ),
        sample("cancelled", "Cancelled", evening(), Meetup::cancel),
        sample("proposal", "Proposal", evening(), nothing),
        sample("draft", "Draft", evening(), nothing),
    ];
    for sample in &mut samples {
        sample.expected["status"] = match sample.meetup.title.as_str() {
            "Cancelled" => json!("CANCELLED"),
            "Proposal" => {
                sample.standing = Standing::Proposal;
                json!("TENTATIVE")
            }
            _ => json!("CONFIRMED"),
        };
        if sample.meetup.title == "Draft" {
            sample.meetup.status = MeetupStatus::Draft;
            sample.expected = Value::Null;
        }
    }
    samples
}

/// Texts that want to be something else, and what they are.
fn texts() -> Vec<Sample> {
    let when = When::timed(TimeSpan::new(1_796_322_600, None).unwrap());
    let long = "Gemütliches Spielen 🎲🎲 für alle, ".repeat(9);
    let long = long.trim_end();
    let hostile = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTENDEE:mailto:a@b.example";
    let mut samples = vec![sample(
        "escapes",
        "a, b; c\\n \"d\": e",
        when.clone(),
        |meetup| {
            meetup.description =
                "# Title\n\n* one, two; three\\four\n* \\n \\, \"five\"".to_owned();
            meetup.places = vec!["The Hope, Queens Road".to_owned(), "2; \\ 3".to_owned()];
            meetup.topics = ["a, b", "c;d"]
                .iter()
                .filter_map(|topic| Topic::new(topic))
                .collect();
            meetup.image = Some("https://img.example/a,b;c.png".to_owned());
            meetup.location.position = None;
        },
    )];
    samples[0].expected = json!({
        "summary": "a, b; c\\n \"d\": e",
        "description": format!(
            "# Title\n\n* one, two; three\\four\n* \\n \\, \"five\"\n\nBrighton; Chess\nhttps://kith.example/m/1?a=b%2Cc%3Bd#e"
        ),
        "location": "The Hope, Queens Road, 2; \\ 3",
        "categories": ["a, b", "c;d"],
        "image": "https://img.example/a%2Cb%3Bc.png",
        "geo": null,
    });
    samples.push(sample("long", long, when.clone(), |meetup| {
        meetup.places = vec![long.to_owned()];
        meetup.description = long.to_owned();
    }));
    samples[1].expected =
        json!({ "summary": long, "location": long, "geo": [50.822518, -0.137179] });
    samples.push(sample("hostile", "Hostile", when, |meetup| {
        meetup.title = hostile.to_owned();
        meetup.places = vec![hostile.to_owned(), "\u{85}\u{2028}\u{0}".to_owned()];
        meetup.image = Some(format!("https://img.example/{hostile}"));
        meetup.description = format!("{hostile}\u{b}\u{1c}{hostile}");
    }));
    let line = "x END:VEVENT BEGIN:VEVENT ATTENDEE:mailto:a@b.example";
    samples[2].expected = json!({ "summary": line, "location": line, "image": null });
    samples
}

fn sample(slug: &str, title: &str, when: When, change: impl FnOnce(&mut Meetup)) -> Sample {
    let keys = Keys::parse(&"1".repeat(64)).unwrap();
    let owner: PublicKey = keys.public_key().into();
    let community = CommunityReference::new(EventId::from_bytes([1; 32]), owner);
    let mut meetup = Meetup::new(community, &slug.parse().unwrap(), title, when);
    let brighton = Point::new(50.8225, -0.1372).unwrap();
    meetup.location = kith_nips::lbc::Location::at(brighton);
    let draft = meetup.draft().expect("a meetup");
    let event = draft.sign(&keys, CREATED_AT).expect("a key");
    let mut meetup = Meetup::read(&event).expect("a meetup");
    // Afterwards: other programs write what ours refuses to.
    change(&mut meetup);
    Sample {
        meetup,
        standing: Standing::Official,
        expected: json!({ "summary": title }),
    }
}
