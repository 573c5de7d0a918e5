//! What is written, read back by `calcard`'s parser and by the reader of RFC 5545 in `reading`.

use super::*;
use crate::Kind;
use crate::lbc::testing::{COMMUNITY, publish, tags};

mod foreign;
mod properties;
mod reading;

use reading::{Read, Time};

/// A meetup of second 1,790,000,000 with these tags beside `d`, `title` and `e`.
fn meetup(kind: Kind, title: &str, more: &[&[&str]], content: &str) -> Published<Meetup> {
    let mut list = tags(&[&["d", "x"], &["title", title], &["e", COMMUNITY]]);
    list.extend(tags(more));
    let draft = crate::nip01::Draft {
        kind,
        created_at: Some(1_790_000_000),
        tags: list,
        content: content.to_owned(),
    };
    Meetup::read(&publish(&draft, 1, 0)).unwrap()
}

fn timed(title: &str, more: &[&[&str]]) -> Published<Meetup> {
    let mut all: Vec<&[&str]> = vec![&["start", "1796322600"], &["end", "1796335200"]];
    all.extend(more);
    meetup(Kind::MEETUP, title, &all, "")
}

fn write(meetups: &[Published<Meetup>]) -> String {
    let mut calendar = Calendar::new("Test");
    let entries = meetups.iter();
    calendar.entries = entries
        .map(|meetup| Entry::new(meetup, Standing::Official))
        .collect();
    calendar.write()
}

/// The only event of a calendar with this meetup alone.
fn read_one(meetup: &Published<Meetup>) -> Read {
    let text = write(std::slice::from_ref(meetup));
    let mut events = reading::events(&text);
    assert_eq!(events.len(), 1, "{text}");
    events.remove(0)
}

#[test]
fn a_meetup_is_written_with_all_it_says() {
    let meetup = meetup(
        Kind::MEETUP,
        "Chess; boards, clocks\\pieces",
        &[
            &["start", "1796322600"],
            &["end", "1796335200"],
            &["start_tzid", "Europe/London"],
            &["summary", "For everybody"],
            &["location", "The Hope, Queens Road"],
            &["location", "2nd floor"],
            &["g", "gcpchgune", "geohash"],
            &["t", "chess"],
            &["t", "a, b"],
            &["image", "https://img.example/a,b.png"],
        ],
        "# Rules\n\n* be *kind*",
    );
    let mut calendar = Calendar::new("Brighton, chess");
    calendar.description = "All of it".to_owned();
    calendar.url = Some("https://chess.example/".to_owned());
    calendar.source = Some("https://relay.example/c.ics".to_owned());
    calendar.refresh_minutes = Some(90);
    let mut entry = Entry::new(&meetup, Standing::Official);
    entry.community = Some("Brighton Chess".to_owned());
    entry.link = Some("https://chess.example/m?a=1".to_owned());
    calendar.entries.push(entry);
    let uid = uid(&meetup.address());
    let expected = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        concat!("PRODID:-//Kith//kith ", env!("CARGO_PKG_VERSION"), "//EN"),
        "CALSCALE:GREGORIAN",
        "NAME:Brighton\\, chess",
        "X-WR-CALNAME:Brighton\\, chess",
        "DESCRIPTION:All of it",
        "X-WR-CALDESC:All of it",
        "URL:https://chess.example/",
        "SOURCE;VALUE=URI:https://relay.example/c.ics",
        "REFRESH-INTERVAL;VALUE=DURATION:PT90M",
        "X-PUBLISHED-TTL:PT90M",
        "BEGIN:VTIMEZONE",
        "TZID:Europe/London",
        "BEGIN:STANDARD",
        "DTSTART:20251026T020000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0000",
        "TZNAME:GMT",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:20260329T010000",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0100",
        "TZNAME:BST",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20261025T020000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0000",
        "TZNAME:GMT",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        &format!("UID:{uid}"),
        "DTSTAMP:20260921T141320Z",
        "LAST-MODIFIED:20260921T141320Z",
        "SEQUENCE:212163200",
        "DTSTART;TZID=Europe/London:20261203T183000",
        "DTEND;TZID=Europe/London:20261203T220000",
        "STATUS:CONFIRMED",
        "SUMMARY:Chess\\; boards\\, clocks\\\\pieces",
        "DESCRIPTION:For everybody\\n\\n# Rules\\n\\n* be *kind*\\n\\nBrighton Chess\\nhttps://chess.example/m?a=1",
        "LOCATION:The Hope\\, Queens Road\\, 2nd floor",
        "GEO:50.822518;-0.137179",
        "CATEGORIES:chess,a\\, b",
        "URL:https://chess.example/m?a=1",
        "IMAGE;DISPLAY=BADGE;VALUE=URI:https://img.example/a%2Cb.png",
        "END:VEVENT",
        "END:VCALENDAR",
    ];
    assert_eq!(reading::lines(&calendar.write()), expected);
    assert_eq!(calendar.write(), calendar.write());
}

#[test]
fn the_name_is_of_the_address_and_the_revision_of_the_version() {
    let first = timed("Chess", &[]);
    let mut second = timed("Chess again", &[]);
    second.created_at += 1;
    let (old, new) = (read_one(&first), read_one(&second));
    assert_eq!(old.value("UID"), new.value("UID"));
    assert_eq!(old.value("SEQUENCE"), "212163200");
    assert_eq!(new.value("SEQUENCE"), "212163201");
    let mut other = timed("Chess", &[]);
    other.author = crate::lbc::testing::key(2);
    assert_ne!(read_one(&other).value("UID"), old.value("UID"));
}

#[test]
fn status_tells_official_from_proposal_from_cancelled() {
    for (status, standing, expected) in [
        ("published", Standing::Official, "CONFIRMED"),
        ("published", Standing::Proposal, "TENTATIVE"),
        ("cancelled", Standing::Official, "CANCELLED"),
        ("cancelled", Standing::Proposal, "CANCELLED"),
    ] {
        let meetup = timed("Chess", &[&["status", status]]);
        let mut calendar = Calendar::default();
        calendar.entries.push(Entry::new(&meetup, standing));
        let events = reading::events(&calendar.write());
        assert_eq!(events[0].value("STATUS"), expected);
    }
}

#[test]
fn lbc_32_nip52_09_drafts_and_meetups_without_a_start_are_not_written() {
    let draft = timed("Secret", &[&["status", "draft"]]);
    let timeless = meetup(Kind::MEETUP, "Timeless", &[], "");
    let text = write(&[draft, timeless]);
    assert!(reading::events(&text).is_empty());
    assert!(!text.contains("Secret") && !text.contains("Timeless"));
    // What is left is still a calendar: it has a component.
    assert!(text.contains("BEGIN:VTIMEZONE\r\nTZID:UTC\r\n"), "{text}");
}

#[test]
fn of_several_versions_the_first_is_written() {
    let mut old = timed("Old", &[]);
    old.created_at -= 1;
    let events = reading::events(&write(&[timed("New", &[]), old]));
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].value("SUMMARY"), "New");
}

#[test]
fn all_day_ends_on_the_day_after() {
    let days = |start: &str, end: Option<&str>| {
        let mut list = vec![vec!["start", start]];
        list.extend(end.map(|end| vec!["end", end]));
        let list: Vec<&[&str]> = list.iter().map(Vec::as_slice).collect();
        let read = read_one(&meetup(Kind::DATE_MEETUP, "Fair", &list, ""));
        (read.lines_of("DTSTART"), read.lines_of("DTEND"))
    };
    let line = |text: &str| vec![text.to_owned()];
    assert_eq!(
        days("2026-12-31", None),
        (
            line("DTSTART;VALUE=DATE:20261231"),
            line("DTEND;VALUE=DATE:20270101")
        )
    );
    assert_eq!(
        days("2026-12-03", Some("2026-12-05")),
        (
            line("DTSTART;VALUE=DATE:20261203"),
            line("DTEND;VALUE=DATE:20261205")
        )
    );
    assert_eq!(
        days("9999-12-31", None),
        (line("DTSTART;VALUE=DATE:99991231"), vec![])
    );
}

#[test]
fn without_an_end_there_is_none() {
    let read = read_one(&meetup(
        Kind::MEETUP,
        "Chess",
        &[&["start", "1796322600"]],
        "",
    ));
    assert_eq!(read.start(), Time::Instant(1_796_322_600));
    assert_eq!(read.end(), None);
}

#[test]
fn start_and_end_have_their_own_zones() {
    let read = read_one(&timed(
        "Flight",
        &[
            &["start_tzid", "Europe/Berlin"],
            &["end_tzid", "America/New_York"],
        ],
    ));
    assert_eq!(
        read.lines_of("DTSTART"),
        ["DTSTART;TZID=Europe/Berlin:20261203T193000"]
    );
    assert_eq!(
        read.lines_of("DTEND"),
        ["DTEND;TZID=America/New_York:20261203T170000"]
    );
}

/// Berlin, 2026-10-25: 03:00 is 02:00 again at 01:00 UTC (1,792,890,000).
#[test]
fn the_second_of_two_equal_local_times_is_written_in_utc() {
    for (seconds, expected) in [
        (1_792_888_200, "DTSTART;TZID=Europe/Berlin:20261025T023000"),
        (1_792_889_999, "DTSTART;TZID=Europe/Berlin:20261025T025959"),
        (1_792_890_000, "DTSTART:20261025T010000Z"),
        (1_792_891_800, "DTSTART:20261025T013000Z"),
        (1_792_893_600, "DTSTART;TZID=Europe/Berlin:20261025T030000"),
    ] {
        let start = seconds.to_string();
        let meetup = meetup(
            Kind::MEETUP,
            "Early",
            &[&["start", &start], &["start_tzid", "Europe/Berlin"]],
            "",
        );
        let read = read_one(&meetup);
        assert_eq!(read.lines_of("DTSTART"), [expected]);
        assert_eq!(read.start(), Time::Instant(seconds));
    }
}

/// Berlin, 2026-03-29: 02:00 is 03:00 at 01:00 UTC (1,774,746,000).
#[test]
fn around_a_gap_local_times_jump() {
    for (seconds, expected) in [
        (1_774_745_999, "DTSTART;TZID=Europe/Berlin:20260329T015959"),
        (1_774_746_000, "DTSTART;TZID=Europe/Berlin:20260329T030000"),
    ] {
        let start = seconds.to_string();
        let meetup = meetup(
            Kind::MEETUP,
            "Early",
            &[&["start", &start], &["start_tzid", "Europe/Berlin"]],
            "",
        );
        assert_eq!(read_one(&meetup).lines_of("DTSTART"), [expected]);
        assert_eq!(read_one(&meetup).start(), Time::Instant(seconds));
    }
}

#[test]
fn what_no_zone_can_say_is_in_utc() {
    for zone in [
        "Mars/Olympus",
        "UTC",
        "Etc/GMT",
        "Europe/Berlin\r\nATTENDEE:mailto:a@b.example",
        "../../etc/passwd",
        "",
    ] {
        let text = write(&[timed("Chess", &[&["start_tzid", zone]])]);
        assert!(text.contains("\r\nDTSTART:20261203T183000Z\r\n"), "{text}");
        assert!(!text.contains("VTIMEZONE") && !text.contains("TZID"));
    }
    // Liberia was 44 minutes and 30 seconds behind until 1972.
    let meetup = meetup(
        Kind::MEETUP,
        "Old",
        &[&["start", "31536000"], &["start_tzid", "Africa/Monrovia"]],
        "",
    );
    assert_eq!(
        read_one(&meetup).lines_of("DTSTART"),
        ["DTSTART:19710101T000000Z"]
    );
}

#[test]
fn zones_in_any_spelling_are_defined_once() {
    let mut second = timed("B", &[&["start_tzid", "europe/BERLIN"]]);
    second.author = crate::lbc::testing::key(2);
    let text = write(&[timed("A", &[&["start_tzid", "Europe/Berlin"]]), second]);
    assert_eq!(text.matches("BEGIN:VTIMEZONE").count(), 1);
    assert_eq!(text.matches(";TZID=Europe/Berlin:").count(), 4);
}

#[test]
fn zones_that_never_change_are_defined_too() {
    let text = write(&[timed("A", &[&["start_tzid", "Etc/GMT+5"]])]);
    assert!(text.contains(
        "TZID:Etc/GMT+5\r\nBEGIN:STANDARD\r\nDTSTART:19690101T000000\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0500\r\n"
    ));
    assert!(text.contains("DTSTART;TZID=Etc/GMT+5:20261203T133000"));
}

#[test]
fn coarse_positions_are_no_pins_and_cities_stand_for_missing_places() {
    let coarse = timed(
        "Chess",
        &[&["g", "gcpc", "geohash"], &["g", "GB:Brighton", "city"]],
    );
    let read = read_one(&coarse);
    assert_eq!(read.lines_of("GEO"), Vec::<String>::new());
    assert_eq!(read.value("LOCATION"), "Brighton");
}

#[test]
fn positions_are_plain_decimals() {
    let meetup = timed("Chess", &[]);
    for (latitude, longitude, expected) in [
        (0.0, -0.0, "GEO:0;0"),
        (-0.000_000_1, 0.000_000_4, "GEO:0;0"),
        (-89.999_999_9, 180.0, "GEO:-90;180"),
        (0.000_001, -0.1372, "GEO:0.000001;-0.1372"),
    ] {
        let mut entry = Entry::new(&meetup, Standing::Official);
        entry.position = Some(Point::new(latitude, longitude).unwrap());
        let mut calendar = Calendar::default();
        calendar.entries.push(entry);
        assert_eq!(
            reading::events(&calendar.write())[0].lines_of("GEO"),
            [expected]
        );
    }
}

#[test]
fn blank_texts_are_left_out() {
    let meetup = meetup(
        Kind::MEETUP,
        " \u{7} ",
        &[&["start", "1"], &["location", "\r\n"], &["image", "x"]],
        " \n",
    );
    let mut calendar = Calendar::new("\t");
    calendar.url = Some("ftp://a.example".to_owned());
    calendar
        .entries
        .push(Entry::new(&meetup, Standing::Official));
    let names = reading::names(&calendar.write());
    for name in [
        "NAME",
        "X-WR-CALNAME",
        "URL",
        "SUMMARY",
        "LOCATION",
        "DESCRIPTION",
        "IMAGE",
        "DTEND",
    ] {
        assert!(!names.contains(name), "{name}");
    }
}

#[test]
fn a_summary_that_the_text_begins_with_stands_once() {
    let meetup = meetup(
        Kind::MEETUP,
        "Chess",
        &[&["start", "1"], &["summary", "Boards are there"]],
        "Boards are there. Bring clocks.",
    );
    assert_eq!(
        read_one(&meetup).value("DESCRIPTION"),
        "Boards are there. Bring clocks."
    );
}

#[test]
fn versions_from_any_time_have_a_stamp() {
    for (created_at, stamp, sequence) in [
        (0, "19700101T000000Z", "0"),
        (u64::MAX, "99991230T220000Z", "2147483647"),
    ] {
        let mut meetup = timed("Chess", &[]);
        meetup.created_at = created_at;
        let read = read_one(&meetup);
        assert_eq!(read.value("DTSTAMP"), stamp);
        assert_eq!(read.value("SEQUENCE"), sequence);
    }
}
