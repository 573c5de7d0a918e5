//! `kith meetup import` and `export`, `kith agenda --ics` and `kith attendees`: calendars in and out.

use std::fs;

use serde_json::{Value, json};

use super::{party, text};
use crate::harness::TestRelay;

/// Every second Thursday in the evening, one of them moved; beside it a day, and something private.
fn calendar(title: &str, third: &str) -> String {
    let events = format!(
        "BEGIN:VEVENT\nUID:series@example\nDTSTART;TZID=Europe/London:20270107T190000\n\
         DTEND;TZID=Europe/London:20270107T213000\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3\nSUMMARY:{title}\n\
         LOCATION:The Hope\\, Queens Road\nGEO:50.8291;-0.1413\nURL:https://example.com/series\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:series@example\nRECURRENCE-ID;TZID=Europe/London:20270121T190000\nSEQUENCE:3\n\
         DTSTART;TZID=Europe/London:20270122T190000\nSUMMARY:{title} on a Friday\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:fair@example\nDTSTART;VALUE=DATE:20270213\nSUMMARY:Fair\n{third}END:VEVENT\n\
         BEGIN:VEVENT\nUID:doctor@example\nDTSTART:20270301T100000Z\nCLASS:PRIVATE\nSUMMARY:Doctor\nEND:VEVENT\n"
    );
    let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\nX-WR-CALNAME:Club\n{events}END:VCALENDAR\n");
    text.replace('\n', "\r\n")
}

fn actions(import: &Value) -> Vec<(String, String, String)> {
    let meetups = import["meetups"].as_array().unwrap().iter();
    meetups
        .map(|meetup| {
            let start = text(&meetup["start"]);
            (text(&meetup["action"]), text(&meetup["title"]), start)
        })
        .collect()
}

#[tokio::test]
async fn nip48_01_and_04_a_calendar_is_imported_again_and_again_without_duplicates() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = party(&relay).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("club.ics");
    let path = file.to_str().unwrap();
    let import = ["meetup", "import", "Brighton Chess", path, "--days", "999"];

    fs::write(&file, calendar("Blitz", "")).unwrap();
    let tried = organizer.json(import.iter().chain(&["--dry-run"])).await;
    let expected = |first: &str, third: &str, fair: &str| {
        let row = |action: &str, title: &str, start: &str| {
            (action.to_owned(), title.to_owned(), start.to_owned())
        };
        let on_friday = format!("{third} on a Friday");
        [
            row(first, third, "2027-01-07T19:00:00+00:00[Europe/London]"),
            row(
                first,
                &on_friday,
                "2027-01-22T19:00:00+00:00[Europe/London]",
            ),
            row(first, third, "2027-02-04T19:00:00+00:00[Europe/London]"),
            row(fair, "Fair", "2027-02-13"),
        ]
    };
    assert_eq!(actions(&tried), expected("read", "Blitz", "read"));
    assert_eq!(tried["skipped"][0]["what"], "Doctor");
    let before = organizer.json(["meetup", "list", "Brighton Chess"]).await;
    assert_eq!(before["meetups"].as_array().unwrap().len(), 1, "{before}");

    let first = organizer.json(import).await;
    assert_eq!(actions(&first), expected("created", "Blitz", "created"));
    let again = organizer.json(import).await;
    assert_eq!(actions(&again), expected("unchanged", "Blitz", "unchanged"));
    fs::write(&file, calendar("Rapid", "STATUS:CANCELLED\n")).unwrap();
    let changed = organizer.json(import).await;
    assert_eq!(actions(&changed), expected("updated", "Rapid", "updated"));
    assert_eq!(changed["meetups"][0]["link"], first["meetups"][0]["link"]);

    let listed = organizer.json(["meetup", "list", "Brighton Chess"]).await;
    let listed = listed["meetups"].as_array().unwrap();
    assert_eq!(listed.len(), 1 + 4, "{listed:?}");
    let fair = listed
        .iter()
        .find(|meetup| meetup["title"] == "Fair")
        .unwrap();
    assert_eq!(fair["status"], "cancelled");
    let rapid = listed
        .iter()
        .find(|meetup| meetup["title"] == "Rapid")
        .unwrap();
    assert_eq!(rapid["where"], json!(["The Hope, Queens Road"]));
    assert_eq!(rapid["timezone"], "Europe/London");

    // By somebody else it is proposed.
    guest.done(["near", "Brighton, GB"]).await;
    let proposed = guest.json(import).await;
    assert_eq!(actions(&proposed)[0].0, "created");

    // What is exported is read again, by us and by other programs' rules (tests/foreign).
    let out = folder.path().join("out.ics");
    let out = out.to_str().unwrap();
    organizer
        .done([
            "meetup",
            "export",
            "--community",
            "Brighton Chess",
            "--out",
            out,
        ])
        .await;
    let exported = fs::read_to_string(out).unwrap();
    assert_eq!(
        exported.matches("BEGIN:VEVENT").count(),
        1 + 4 + 3,
        "{exported}"
    );
    assert!(exported.contains("DTSTART;TZID=Europe/London:20270107T190000"));
    let one = organizer.done(["meetup", "export", "Opening night"]).await;
    assert!(one.starts_with("BEGIN:VCALENDAR"), "{one}");

    let missing = ["meetup", "import", "Brighton Chess", "/nowhere.ics"];
    assert_eq!(organizer.run(missing).await.code, 1);
    fs::write(&file, "<html>").unwrap();
    organizer
        .fails(import, 2, "not an iCalendar file", "exports .ics")
        .await;
}

#[tokio::test]
async fn html_of_a_calendar_is_markdown_here_and_its_people_are_counted() {
    let relay = TestRelay::start().await;
    let (organizer, _) = party(&relay).await;
    let event = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:talk@example\nDTSTART:20270107T190000Z\n\
         RRULE:FREQ=WEEKLY;COUNT=2\nSUMMARY:Talk\nDESCRIPTION:Plain\n\
         X-ALT-DESC;FMTTYPE=text/html:<p>Bring a <b>board</b>:</p><p><a href=\"https://example.com/\">rules</a></p>\n\
         ORGANIZER;CN=Ada:mailto:ada@example.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ben@example.com\n\
         ATTENDEE;PARTSTAT=ACCEPTED:mailto:cai@example.com\nATTENDEE:mailto:dan@example.com\nEND:VEVENT\nEND:VCALENDAR\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.ics");
    fs::write(&file, event.replace('\n', "\r\n")).unwrap();
    let path = file.to_str().unwrap();
    let import = ["meetup", "import", "Brighton Chess", path, "--days", "999"];
    let tried = organizer.done(import.iter().chain(&["--dry-run"])).await;
    for line in [
        "2 going, 1 without an answer in the calendar: without keys, not imported",
        "organized in the calendar by Ada: here by whoever imports",
    ] {
        assert!(tried.lines().any(|printed| printed == line), "{tried}");
    }
    let done = organizer.json(import).await;
    let people = json!({
        "going": 2, "maybe": 0, "not_going": 0, "unanswered": 1, "organizers": ["Ada"],
    });
    assert_eq!(done["people"], people);
    let link = text(&done["meetups"][0]["link"]);
    let shown = organizer.json(["meetup", "show", &link]).await;
    let markdown = "Bring a **board**:\n\n[rules](https://example.com/)";
    assert_eq!(shown["meetup"]["description"], markdown, "{shown}");
}

#[tokio::test]
async fn who_comes_goes_into_a_spreadsheet_and_the_agenda_into_a_calendar() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = party(&relay).await;
    guest.done(["near", "Brighton, GB"]).await;
    guest.done(["follow", "Brighton Chess"]).await;
    let note = "=HYPERLINK(\"https://evil.example\"), with a comma";
    guest
        .done(["rsvp", "Opening night", "yes", "--note", note])
        .await;
    let people = organizer.json(["attendees", "Opening night"]).await;
    assert_eq!(people["answers"].as_array().unwrap().len(), 1);
    let values = organizer
        .done(["attendees", "Opening night", "--csv"])
        .await;
    let lines: Vec<&str> = values.lines().collect();
    assert_eq!(
        lines[0],
        "npub,answer,member,answered_at,basis,seat,waiting,guests,guests_seat,note"
    );
    assert!(
        lines[1].starts_with("npub1") && lines[1].contains(",accepted,no,"),
        "{values}"
    );
    assert!(
        lines[1].ends_with("\"'=HYPERLINK(\"\"https://evil.example\"\"), with a comma\""),
        "{values}"
    );

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("agenda.ics");
    guest
        .done(["agenda", "--ics", file.to_str().unwrap()])
        .await;
    let agenda = fs::read_to_string(&file).unwrap();
    assert!(agenda.contains("SUMMARY:Opening night"), "{agenda}");
}
