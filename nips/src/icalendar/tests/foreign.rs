//! Calendars of other programs, in the manner of each: what they say and how they say it.

use super::super::*;
use crate::nip52::{When, Zone};

fn window() -> Window {
    Window {
        zone: Zone::new("Europe/Berlin").unwrap(),
        from: 0,
        to: 1_893_456_000,
    }
}

fn read_all(events: &str) -> ReadCalendar {
    let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n");
    super::super::read(&text.replace('\n', "\r\n"), &window()).unwrap()
}

/// Starts and ends on the clock where they are.
fn times(calendar: &ReadCalendar) -> Vec<String> {
    let events = calendar.events.iter();
    let times = events.map(|event| match &event.when {
        When::Timed { span, .. } => {
            let start = span.start_in(&event.when.start_zone());
            let end = span.end_in(&event.when.end_zone());
            let end = end.map(|end| end.strftime("%H:%M").to_string());
            format!(
                "{} {}",
                start.strftime("%Y-%m-%d %H:%M %Q"),
                end.unwrap_or_default()
            )
        }
        When::AllDay(days) => format!("{} to {}", days.start(), days.last_day()),
    });
    times.map(|time| time.trim_end().to_owned()).collect()
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:one@example\n{lines}END:VEVENT\n")
}

#[test]
fn a_weekly_meetup_with_changed_and_dropped_days() {
    // In the manner of Google: the end of the rule is in UTC, the changed day has a SEQUENCE of its own.
    let calendar = read_all(
        "X-WR-CALNAME:Chess\nX-WR-TIMEZONE:Europe/Berlin\nBEGIN:VEVENT\nUID:abc@google.com\n\
         DTSTART;TZID=Europe/Berlin:20261015T190000\nDTEND;TZID=Europe/Berlin:20261015T213000\n\
         RRULE:FREQ=WEEKLY;UNTIL=20261112T225959Z;BYDAY=TH\nEXDATE;TZID=Europe/Berlin:20261105T190000\n\
         SEQUENCE:2\nSUMMARY:Chess night\nLOCATION:Café König\\, Königstraße 1\\, Lübeck\nSTATUS:CONFIRMED\n\
         END:VEVENT\nBEGIN:VEVENT\nUID:abc@google.com\nRECURRENCE-ID;TZID=Europe/Berlin:20261022T190000\n\
         DTSTART;TZID=Europe/Berlin:20261023T200000\nDTEND;TZID=Europe/Berlin:20261023T220000\nSEQUENCE:5\n\
         SUMMARY:Chess on a Friday\nEND:VEVENT\n",
    );
    assert_eq!(calendar.name.as_deref(), Some("Chess"));
    assert_eq!(
        times(&calendar),
        [
            "2026-10-15 19:00 Europe/Berlin 21:30",
            "2026-10-23 20:00 Europe/Berlin 22:00",
            // The clocks went back on the 25th.
            "2026-10-29 19:00 Europe/Berlin 21:30",
            "2026-11-12 19:00 Europe/Berlin 21:30",
        ]
    );
    assert_eq!(calendar.events[1].title, "Chess on a Friday");
    assert_eq!(
        calendar.events[0].place.as_deref(),
        Some("Café König, Königstraße 1, Lübeck")
    );
    let occurrences = calendar
        .events
        .iter()
        .map(|event| event.source.occurrence.as_deref());
    // The changed one is still the 22nd.
    assert_eq!(
        occurrences.collect::<Vec<_>>(),
        [
            "20261015T170000Z",
            "20261022T170000Z",
            "20261029T180000Z",
            "20261112T180000Z"
        ]
        .map(Some)
    );
    assert_eq!(calendar.skipped, []);
}

#[test]
fn an_event_of_luma_has_its_page_for_a_place() {
    let calendar = read_all(&event(
        "DTSTART:20270105T180000Z\nDTEND:20270105T200000Z\nSUMMARY:Rust & Chips\n\
         LOCATION:https://luma.com/event/evt-AbC\nGEO:50.82253;-0.13716\n\
         DESCRIPTION:Get up-to-date information at: https://luma.com/rust\\n\\nAddress:\\nBrighton\nSTATUS:CONFIRMED\n",
    ));
    let [event] = calendar.events.as_slice() else {
        panic!("{calendar:?}");
    };
    assert_eq!(event.place, None);
    assert_eq!(event.links, ["https://luma.com/event/evt-AbC"]);
    let position = event.position.unwrap();
    assert_eq!(
        (position.latitude(), position.longitude()),
        (50.82253, -0.13716)
    );
    assert!(
        event
            .description
            .ends_with("https://luma.com/rust\n\nAddress:\nBrighton")
    );
    assert_eq!(event.source.occurrence, None);
    assert_eq!(times(&calendar), ["2027-01-05 18:00 UTC 20:00"]);
}

#[test]
fn an_event_of_mobilizon_has_a_picture_and_topics() {
    let calendar = read_all(&event(
        "DTSTART;TZID=Europe/Paris:20270301T193000\nDTEND;TZID=Europe/Paris:20270301T223000\nSUMMARY:Atelier vélo\n\
         URL:https://mobilizon.example/events/5f1c\nCATEGORIES:Vélo,repair café\n\
         ATTACH;FMTTYPE=image/jpeg:https://mobilizon.example/media/1.jpg\nLOCATION:Maison du vélo\nSTATUS:CANCELLED\n",
    ));
    let event = &calendar.events[0];
    assert_eq!(
        event.image.as_deref(),
        Some("https://mobilizon.example/media/1.jpg")
    );
    assert_eq!(event.links, ["https://mobilizon.example/events/5f1c"]);
    let topics: Vec<&str> = event.topics.iter().map(|topic| topic.as_str()).collect();
    assert_eq!(topics, ["vélo", "repair café"]);
    assert!(event.is_cancelled);
}

fn description(event_lines: &str) -> String {
    let calendar = read_all(&event(&format!(
        "DTSTART:20270105T180000Z\nSUMMARY:Chess\n{event_lines}"
    )));
    let [event] = calendar.events.as_slice() else {
        panic!("{calendar:?}");
    };
    event.description.clone()
}

#[test]
fn descriptions_in_html_are_read_as_markdown() {
    // In the manner of Google: escaped and folded like any text.
    assert_eq!(
        description(
            "DESCRIPTION:<p>Bring a <b>board</b>\\, please&nbsp\\;:</p><ul><li>One</li><li>t\n wo</li></ul>\
             <a href=\"https://chess.example/rules\">Rules</a>\\nand tea\n"
        ),
        "Bring a **board**, please :\n\n- One\n- two\n\n[Rules](https://chess.example/rules) and tea"
    );
    // In that of Outlook: both, and the plain one has lost the link.
    assert_eq!(
        description(
            "DESCRIPTION:Rules here\\n\nX-ALT-DESC;FMTTYPE=text/html:<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2//EN\">\
             \\n<HTML>\\n<HEAD>\\n<TITLE>x</TITLE>\\n</HEAD>\\n<BODY>\\n<P>Rules <A HREF=\"https://chess.example/r\">\
             here</A>\\, all of them\\; really</P>\\n</BODY>\\n</HTML>\n"
        ),
        "Rules [here](https://chess.example/r), all of them; really"
    );
    // By RFC 9073, and not of another type.
    assert_eq!(
        description(
            "DESCRIPTION:Plain\nSTYLED-DESCRIPTION;VALUE=TEXT;FMTTYPE=text/html:<p>Styled</p>\n"
        ),
        "Styled"
    );
    assert_eq!(
        description(
            "DESCRIPTION:Plain\nSTYLED-DESCRIPTION;VALUE=TEXT;FMTTYPE=application/rtf:{x}\n"
        ),
        "Plain"
    );
    // In that of Mobilizon, of Meetup (Markdown) and of Luma (plain).
    assert_eq!(
        description("DESCRIPTION:<p>Atelier</p><p><strong>Vélo</strong> <br/>et café</p>\n"),
        "Atelier\n\n**Vélo**\net café"
    );
    for plain in [
        "Brighton Rust\nTuesday, 5 January at 18:00\n\n**Agenda**\n- talks < 20 min\n- R&amp;D",
        "Get up-to-date information at: https://luma.com/rust\n\nHosted by Ada <ada@rust.example>",
    ] {
        let escaped = plain.replace(',', "\\,").replace('\n', "\\n");
        assert_eq!(description(&format!("DESCRIPTION:{escaped}\n")), plain);
    }
}

#[test]
fn people_of_calendars_are_counted_and_not_their_rooms() {
    let calendar = read_all(&event(
        "DTSTART:20270105T180000Z\nSUMMARY:Chess\nRRULE:FREQ=WEEKLY;COUNT=2\n\
         ORGANIZER;CN=Ada Lovelace:mailto:ada@chess.example\n\
         ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Ben;X-NUM-GUESTS=0:mailto:ben@chess.example\n\
         ATTENDEE;PARTSTAT=accepted:mailto:cleo@chess.example\n\
         ATTENDEE;PARTSTAT=TENTATIVE;CN=\"Dan, of the club\":mailto:dan@chess.example\n\
         ATTENDEE;PARTSTAT=DECLINED:mailto:eve@chess.example\n\
         ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:finn@chess.example\nATTENDEE:mailto:gwen@chess.example\n\
         ATTENDEE;CUTYPE=ROOM;PARTSTAT=ACCEPTED:mailto:hall@chess.example\n",
    ));
    assert_eq!(calendar.events.len(), 2);
    for event in &calendar.events {
        let people = &event.people;
        assert_eq!(people.organizer.as_deref(), Some("Ada Lovelace"));
        assert_eq!(
            (
                people.going,
                people.maybe,
                people.not_going,
                people.unanswered
            ),
            (2, 1, 1, 2)
        );
        assert_eq!(people.attendees(), 6);
    }
    let nameless = read_all(&event(
        "DTSTART:20270105T180000Z\nSUMMARY:Chess\nORGANIZER:MAILTO:ada@chess.example\n",
    ));
    let people = &nameless.events[0].people;
    assert_eq!(people.organizer.as_deref(), Some("ada@chess.example"));
    assert_eq!(people.attendees(), 0);
}

#[test]
fn zones_are_found_under_the_names_that_programs_give_them() {
    // In the manner of Meetup (a definition of its own) and of Outlook (names of Windows).
    let calendar = read_all(
        "BEGIN:VTIMEZONE\nTZID:Somewhere\nX-LIC-LOCATION:America/New_York\nBEGIN:STANDARD\nDTSTART:20261101T020000\n\
         TZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD\nEND:VTIMEZONE\n\
         BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Somewhere:20270107T180000\nSUMMARY:A\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:b\nDTSTART;TZID=W. Europe Standard Time:20270108T180000\nSUMMARY:B\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:c\nDTSTART:20270109T180000\nSUMMARY:C\nEND:VEVENT\n",
    );
    assert_eq!(
        times(&calendar),
        [
            "2027-01-07 18:00 America/New_York",
            "2027-01-08 18:00 Europe/Berlin",
            // Of no zone: that of the window.
            "2027-01-09 18:00 Europe/Berlin",
        ]
    );
}

#[test]
fn rules_are_followed_on_the_clock_of_the_place() {
    let second_thursdays = read_all(&event(
        "DTSTART;TZID=Europe/London:20270114T190000\nDURATION:PT2H\nRRULE:FREQ=MONTHLY;BYDAY=2TH;COUNT=4\n\
         RDATE;TZID=Europe/London:20270120T120000\nSUMMARY:Series\n",
    ));
    assert_eq!(
        times(&second_thursdays),
        [
            "2027-01-14 19:00 Europe/London 21:00",
            "2027-01-20 12:00 Europe/London 14:00",
            "2027-02-11 19:00 Europe/London 21:00",
            "2027-03-11 19:00 Europe/London 21:00",
            "2027-04-08 19:00 Europe/London 21:00",
        ]
    );
    // In Tokyo it is morning when the day of the end is still the day before in UTC.
    let until = read_all(&event(
        "DTSTART;TZID=Asia/Tokyo:20261230T080000\nRRULE:FREQ=DAILY;UNTIL=20261231T235959Z\nSUMMARY:Early\n",
    ));
    assert_eq!(until.events.len(), 3, "{:?}", times(&until));
    let days = read_all(&event(
        "DTSTART;VALUE=DATE:20270501\nDTEND;VALUE=DATE:20270503\nRRULE:FREQ=YEARLY;UNTIL=20280501\nSUMMARY:Fair\n",
    ));
    assert_eq!(
        times(&days),
        ["2027-05-01 to 2027-05-02", "2028-05-01 to 2028-05-02"]
    );
    assert_eq!(
        days.events[0].source.occurrence.as_deref(),
        Some("20270501")
    );
    // Every night, also when 02:30 does not exist, or comes twice.
    let nights = read_all(&event(
        "DTSTART;TZID=Europe/Berlin:20270327T023000\nRRULE:FREQ=DAILY;COUNT=3\nSUMMARY:Night\n",
    ));
    assert_eq!(
        times(&nights),
        [
            "2027-03-27 02:30 Europe/Berlin",
            "2027-03-28 03:30 Europe/Berlin",
            "2027-03-29 02:30 Europe/Berlin",
        ]
    );
}

#[test]
fn a_change_may_hold_for_all_that_follow() {
    let calendar = read_all(
        "BEGIN:VEVENT\nUID:s\nDTSTART;TZID=Europe/Berlin:20270107T190000\nDURATION:PT1H\n\
         RRULE:FREQ=WEEKLY;COUNT=4\nSUMMARY:Old\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:s\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20270121T190000\n\
         DTSTART;TZID=Europe/Berlin:20270122T200000\nDURATION:PT2H\nSUMMARY:New\nEND:VEVENT\n",
    );
    assert_eq!(
        times(&calendar),
        [
            "2027-01-07 19:00 Europe/Berlin 20:00",
            "2027-01-14 19:00 Europe/Berlin 20:00",
            "2027-01-22 20:00 Europe/Berlin 22:00",
            "2027-01-29 20:00 Europe/Berlin 22:00",
        ]
    );
    let titles = calendar.events.iter().map(|event| event.title.as_str());
    assert_eq!(titles.collect::<Vec<_>>(), ["Old", "Old", "New", "New"]);
}

#[test]
fn what_is_not_read_says_why() {
    let calendar = read_all(
        "BEGIN:VEVENT\nUID:a\nDTSTART:20270101T100000Z\nCLASS:PRIVATE\nSUMMARY:Doctor\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:b\nSUMMARY:Some day\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:c\nDTSTART:20270101T100000Z\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:d\nDTSTART:19690101T100000Z\nSUMMARY:Moon\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:e\nDTSTART:20270101T100000Z\nRRULE:FREQ=SECONDLY\nSUMMARY:Too often\nEND:VEVENT\n",
    );
    assert_eq!(calendar.events, []);
    let said = calendar
        .skipped
        .iter()
        .map(|skipped| (skipped.what.as_str(), skipped.reason.clone()));
    let said: Vec<_> = said.collect();
    assert_eq!(said[0], ("Doctor", SkipReason::Private));
    assert_eq!(said[1], ("Some day", SkipReason::NoStart));
    assert_eq!(said[2], ("c", SkipReason::NoTitle));
    assert!(
        matches!(&said[3], ("Moon", SkipReason::Time(_))),
        "{said:?}"
    );
    assert!(
        matches!(&said[4], ("Too often", SkipReason::Rule(_))),
        "{said:?}"
    );

    let read = |text: &str| super::super::read(text, &window()).unwrap_err();
    assert_eq!(read("<html>"), ReadCalendarError::NoCalendar);
    let cut = read("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\n");
    assert!(matches!(cut, ReadCalendarError::CutOff(_)), "{cut}");
    let long = read(&"x".repeat(CALENDAR_BYTES_MAX + 1));
    assert_eq!(long, ReadCalendarError::TooLong(CALENDAR_BYTES_MAX + 1));
}

#[test]
fn nip48_04_the_same_event_has_the_same_slug_whenever_it_is_read() {
    let lines = "DTSTART:20270101T100000Z\nRRULE:FREQ=DAILY;COUNT=3\nSUMMARY:";
    let one = read_all(&event(&format!("{lines}One\n")));
    let other = read_all(&event(&format!("{lines}Renamed\nSEQUENCE:7\n")));
    let slugs = |calendar: &ReadCalendar| -> Vec<String> {
        let events = calendar.events.iter();
        events
            .map(|event| event.source.slug().to_string())
            .collect()
    };
    assert_eq!(slugs(&one), slugs(&other));
    let mut distinct = slugs(&one);
    distinct.dedup();
    assert_eq!(distinct.len(), 3);
    assert!(
        distinct
            .iter()
            .all(|slug| slug.starts_with("ical-") && slug.len() == 35)
    );
}

#[test]
fn the_window_leaves_out_what_is_over_and_what_is_far() {
    let daily = event("DTSTART:20200101T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nSUMMARY:Daily\n");
    let text = format!(
        "BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n",
        daily.replace('\n', "\r\n")
    );
    let from = 1_798_797_600 + 1_800;
    let window = Window {
        from,
        to: from + 3 * 86_400,
        ..window()
    };
    let read = super::super::read(&text, &window).unwrap();
    let starts: Vec<u64> = read
        .events
        .iter()
        .map(|event| event.when.starts_at())
        .collect();
    // The one that is on, and three more.
    let first = from - 1_800;
    assert_eq!(
        starts,
        [
            first,
            first + 86_400,
            first + 2 * 86_400,
            first + 3 * 86_400
        ]
    );
}

#[test]
fn what_is_written_here_is_read_here() {
    let written = [
        super::timed("Winter chess", &[&["start_tzid", "Europe/London"]]),
        super::meetup(
            crate::Kind::DATE_MEETUP,
            "Fair",
            &[&["start", "2027-05-01"], &["end", "2027-05-03"]],
            "",
        ),
    ];
    let read = super::super::read(&super::write(&written), &window()).unwrap();
    assert_eq!(read.skipped, []);
    for (meetup, event) in written.iter().zip(&read.events) {
        assert_eq!(meetup.when.as_ref(), Some(&event.when));
        assert_eq!(meetup.title, event.title);
        assert_eq!(event.source.uid, uid(&meetup.address()));
    }
}

proptest::proptest! {
    #[test]
    fn whatever_is_read_gives_an_answer(text in "(BEGIN:V(CALENDAR|EVENT)\r\n|END:V(CALENDAR|EVENT)\r\n|DTSTART(;TZID=[A-Za-z/]{0,9})?:[0-9TZ]{0,16}\r\n|RRULE:(FREQ=(DAILY|MONTHLY|YEARLY))?;?(COUNT=[0-9]{0,3})?;?(BYDAY=[-0-9A-Z,]{0,6})?\r\n|DURATION:-?P[0-9DTHM]{0,6}\r\n|RECURRENCE-ID:[0-9TZ]{8,16}\r\n|SUMMARY:.{0,9}\r\n|(DESCRIPTION|X-ALT-DESC;FMTTYPE=text/html):(<[a-z/]{0,3}[ >].{0,9}){0,4}\r\n|(ATTENDEE|ORGANIZER);(PARTSTAT|CN|CUTYPE)=.{0,9}:.{0,9}\r\n){0,24}") {
        let _ = super::super::read(&text, &window());
    }
}
