//! `kith meetup series`, seats and the waiting list, `kith meetup now` and `hosts`, on our relay.

use std::time::Duration;

use kith_nips::Event;
use serde_json::{Value, json};

use super::{Person, party, text};
use crate::events::now;
use crate::harness::{TestRelay, within_deadline};

const SERIES: [&str; 12] = [
    "meetup",
    "series",
    "create",
    "Brighton Chess",
    "Blitz",
    "--start",
    "2031-03-13 19:00",
    "--repeat",
    "every 2nd thursday",
    "--times",
    "3",
    "--duration=2h",
];

/// Over the beginning of summer time in Brighton, on 30 March.
const STARTS: [&str; 3] = [
    "2031-03-13T19:00:00+00:00[Europe/London]",
    "2031-03-27T19:00:00+00:00[Europe/London]",
    "2031-04-10T19:00:00+01:00[Europe/London]",
];

fn column(answer: &Value, name: &str) -> Vec<String> {
    let meetups = answer["meetups"].as_array().unwrap().iter();
    meetups.map(|meetup| text(&meetup[name])).collect()
}

async fn of_series(organizer: &Person) -> Vec<Value> {
    let shown = organizer.json(["meetup", "series", "show", "blitz"]).await;
    shown["meetups"].as_array().unwrap().clone()
}

fn with<'a>(words: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    words.iter().chain(more).copied().collect()
}

#[tokio::test]
async fn a_series_keeps_its_time_of_day_and_is_not_made_twice() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = party(&relay).await;
    let first = organizer.json(SERIES).await;
    assert_eq!(first["rule"], "FREQ=WEEKLY;COUNT=3;INTERVAL=2;BYDAY=TH");
    assert_eq!(column(&first, "action"), ["created"; 3]);
    assert_eq!(column(&first, "start"), STARTS);

    // One signed note each, found by one filter, and a plain meetup to everybody else.
    let mut socket = relay.connect().await;
    let filter = json!({"kinds": [31923], "#l": ["blitz"]});
    let notes = socket.query(filter.clone()).await;
    assert_eq!(notes.len(), 3);
    let tagged = |note: &Event, name: &str| -> Vec<Vec<String>> {
        let tags = note.tags();
        let named = tags.named(name);
        named
            .map(|tag| tag.iter().map(str::to_owned).collect())
            .collect()
    };
    for note in &notes {
        let series = tagged(note, "series");
        let day = series[0][2].as_str();
        let rule = "FREQ=WEEKLY;COUNT=3;INTERVAL=2;BYDAY=TH";
        assert_eq!(series, [["series", "blitz", day, rule]]);
        let identifier = note.identifier();
        assert!(
            identifier.ends_with(&format!(":blitz-{day}")),
            "{identifier}"
        );
        assert_eq!(tagged(note, "published_at").len(), 1);
    }

    let again = organizer.json(SERIES).await;
    assert_eq!(column(&again, "action"), ["unchanged"; 3]);
    assert_eq!(column(&again, "link"), column(&first, "link"));
    // Another time of day and one more: the same notes, and a new one.
    let mut later = SERIES.map(str::to_owned);
    later[6] = "2031-03-13 20:00".to_owned();
    later[10] = "4".to_owned();
    let longer = organizer.json(later).await;
    let actions = ["updated", "updated", "updated", "created"];
    assert_eq!(column(&longer, "action"), actions);
    assert_eq!(socket.query(filter).await.len(), 4);
    // A shorter one says what it leaves.
    let shorter = organizer.json(SERIES).await;
    let actions = ["updated", "updated", "updated", "beyond"];
    assert_eq!(column(&shorter, "action"), actions);

    let listed = organizer.json(["meetup", "series", "list"]).await;
    let series = &listed["series"][0];
    assert_eq!(
        (&series["id"], &series["coming"]),
        (&json!("blitz"), &json!(4))
    );
    // For somebody else it is a proposal under their own key.
    guest.done(["near", "Brighton, GB"]).await;
    let proposed = guest.run(SERIES).await;
    assert_eq!(proposed.code, 0, "{proposed:?}");
    assert!(proposed.stderr.contains("proposal"), "{proposed:?}");
}

#[tokio::test]
async fn one_meetup_of_a_series_those_after_it_or_all_are_changed() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = party(&relay).await;
    let made = organizer
        .json(with(&SERIES, &["--answer-by", "1 day before"]))
        .await;
    let links = column(&made, "link");
    let edit = ["meetup", "series", "edit"];

    let only = [links[1].as_str(), "--only", "--start", "2031-03-28 18:00"];
    let changed = organizer.json(with(&edit, &only)).await;
    assert_eq!(column(&changed, "action"), ["updated"]);
    let following = [links[1].as_str(), "--following", "--where", "The Hope"];
    let changed = organizer.json(with(&edit, &following)).await;
    assert_eq!(column(&changed, "action"), ["updated"; 2]);
    // The second was moved on its own: the new time is for the others.
    let all = [links[0].as_str(), "--all", "--start", "2031-03-13 20:00"];
    let changed = organizer.json(with(&edit, &all)).await;
    assert_eq!(
        column(&changed, "action"),
        ["updated", "unchanged", "updated"]
    );

    let meetups = of_series(&organizer).await;
    let starts: Vec<String> = meetups
        .iter()
        .map(|meetup| text(&meetup["start"]))
        .collect();
    let expected = [
        "2031-03-13T20:00:00+00:00[Europe/London]",
        "2031-03-28T18:00:00+00:00[Europe/London]",
        "2031-04-10T20:00:00+01:00[Europe/London]",
    ];
    assert_eq!(starts, expected);
    let last = |index: usize| text(&meetups[index]["answer_by"]);
    assert_eq!(last(0), "2031-03-12T20:00:00+00:00[Europe/London]");
    assert_eq!(last(1), "2031-03-27T18:00:00+00:00[Europe/London]");
    assert_eq!(last(2), "2031-04-09T20:00:00+01:00[Europe/London]");
    let places: Vec<&Value> = meetups.iter().map(|meetup| &meetup["where"]).collect();
    assert_eq!(
        places,
        [&json!([]), &json!(["The Hope"]), &json!(["The Hope"])]
    );
    assert_eq!(meetups[1]["series"]["apart"], true);

    let cancel = ["meetup", "series", "cancel", links[2].as_str(), "--only"];
    let cancelled = organizer.json(cancel).await;
    assert_eq!(column(&cancelled, "action"), ["cancelled"]);
    // Making it again leaves alone what went its own way.
    let again = organizer.json(SERIES).await;
    assert_eq!(column(&again, "action"), ["updated", "kept", "kept"]);
    let all = organizer
        .json(["meetup", "series", "cancel", "Blitz", "--all"])
        .await;
    assert_eq!(
        column(&all, "action"),
        ["cancelled", "cancelled", "unchanged"]
    );

    // What belongs to somebody else, or to no series.
    let theirs = ["meetup", "series", "cancel", links[0].as_str(), "--all"];
    guest.fails(theirs, 4, "only its author", "keys show").await;
    let single = ["meetup", "series", "show", "Opening night"];
    let ended = organizer.run(single).await;
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("not in a series"), "{ended:?}");
}

#[tokio::test]
async fn the_last_day_of_a_series_is_of_the_place_and_may_have_one() {
    let relay = TestRelay::start().await;
    let (organizer, _) = party(&relay).await;
    let mut until = SERIES.map(str::to_owned);
    until[9] = "--until".to_owned();
    until[10] = "2031-04-10".to_owned();
    let made = organizer.json(until).await;
    assert_eq!(column(&made, "start"), STARTS);
    // The end of that day in Brighton, in UTC (RFC 5545 section 3.3.10).
    let rule = "FREQ=WEEKLY;UNTIL=20310410T225959Z;INTERVAL=2;BYDAY=TH";
    assert_eq!(made["rule"], rule);
}

#[tokio::test]
async fn what_makes_no_series_is_refused_before_anything_is_published() {
    let relay = TestRelay::start().await;
    let (organizer, _) = party(&relay).await;
    let create = ["meetup", "series", "create", "Brighton Chess", "Blitz"];
    for (options, error, hint) in [
        (
            &["2031-03-13 19:00", "--repeat", "weekly"][..],
            "no end",
            "--times",
        ),
        (
            &[
                "2031-03-13 19:00",
                "--repeat",
                "daily",
                "--until",
                "2039-01-01",
            ],
            "more than 500",
            "--times",
        ),
        (
            &[
                "2031-03-12 19:00",
                "--repeat",
                "every thursday",
                "--times",
                "3",
            ],
            "would be 2031-03-13T19:00:00",
            "--start",
        ),
        (
            &[
                "2031-03-13 19:00",
                "--repeat",
                "now and then",
                "--times",
                "3",
            ],
            "\"now\"",
            "weekly",
        ),
    ] {
        let words: Vec<&str> = with(&create, &with(&["--start"], options));
        organizer.fails(words, 2, error, hint).await;
    }
    let mut socket = relay.connect().await;
    let found = socket
        .query(json!({"kinds": [31923], "#l": ["blitz"]}))
        .await;
    assert!(found.is_empty(), "{found:?}");

    // Two titles that make one id.
    organizer.done(SERIES).await;
    let mut other = SERIES;
    other[4] = "Blitz!";
    organizer.fails(other, 2, "another title", "--id").await;
    let named = organizer.json(with(&other, &["--id", "blitz-2"])).await;
    assert_eq!(column(&named, "action"), ["created"; 3]);
}

/// Waits until answers have a later `created_at`.
async fn next_second() {
    let began = now();
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let passed = async {
        while now() == began {
            ticks.tick().await;
        }
    };
    within_deadline("the next second", passed).await;
}

/// What is shown of each answer, by person: seat, place on the waiting list, guests, their seat.
fn seats(shown: &Value, people: &[&str]) -> Vec<Value> {
    let answers = shown["answers"].as_array().unwrap();
    let of = |npub: &&str| {
        let mut answers = answers.iter();
        let answer = answers.find(|answer| answer["npub"] == **npub).unwrap();
        json!([
            answer["seat"],
            answer["waiting"],
            answer["guests"],
            answer["guests_seat"]
        ])
    };
    people.iter().map(of).collect()
}

#[tokio::test]
async fn whoever_answers_too_late_for_a_seat_waits_until_somebody_declines() {
    let relay = TestRelay::start().await;
    let organizer = Person::with_key(&relay.url(), 1);
    super::prepare(&organizer).await;
    let small = [
        "meetup",
        "edit",
        "Opening night",
        "--capacity",
        "3",
        "--guests-max",
        "1",
    ];
    organizer.done(small).await;
    let mut people = Vec::new();
    let mut npubs = Vec::new();
    for number in 2..6 {
        let person = Person::with_key(&relay.url(), number);
        person.done(["near", "Brighton, GB"]).await;
        npubs.push(text(&person.json(["keys", "show"]).await["npub"]));
        people.push(person);
    }
    let npubs: Vec<&str> = npubs.iter().map(String::as_str).collect();
    let yes = ["rsvp", "Opening night", "yes"];
    people[0].done(yes).await;
    people[1].done(with(&yes, &["--guests", "1"])).await;
    next_second().await;
    let said = people[2].json(yes).await;
    assert_eq!(
        (&said["seat"], &said["waiting"]),
        (&json!("waiting"), &json!(1))
    );
    next_second().await;
    people[3]
        .done(with(&yes, &["--note", "if there is room"]))
        .await;
    let show = ["meetup", "show", "Opening night"];
    let shown = organizer.json(show).await;
    assert_eq!(shown["meetup"]["capacity"], 3);
    let (going, waiting) = (json!("going"), json!("waiting"));
    let alone = |seat: &Value, place: Value| json!([seat, place, 0, null]);
    let paired = json!([going, null, 1, going]);
    let expected = [
        alone(&going, Value::Null),
        paired.clone(),
        alone(&waiting, json!(1)),
        alone(&waiting, json!(2)),
    ];
    assert_eq!(seats(&shown, &npubs), expected);
    let page = organizer.done(show).await;
    assert!(page.contains("3 with a seat, 2 waiting"), "{page}");
    assert!(page.contains("waiting, number 1"), "{page}");

    // A changed word costs nobody their place.
    next_second().await;
    people[0].done(with(&yes, &["--note", "a bit late"])).await;
    people[2].done(with(&yes, &["--note", "me too"])).await;
    let shown = organizer.json(["attendees", "Opening night"]).await;
    assert_eq!(seats(&shown, &npubs), expected);

    // Somebody declines: the next one moves up.
    people[0].done(["rsvp", "Opening night", "no"]).await;
    let shown = organizer.json(["attendees", "Opening night"]).await;
    let promoted = [
        json!([null, null, 0, null]),
        paired,
        alone(&going, Value::Null),
        alone(&waiting, json!(1)),
    ];
    assert_eq!(seats(&shown, &npubs), promoted);
    let values = organizer
        .done(["attendees", "Opening night", "--csv"])
        .await;
    let header = "npub,answer,member,answered_at,basis,seat,waiting,guests,guests_seat,note";
    assert_eq!(values.lines().next(), Some(header));
    assert!(
        values.contains(",waiting,1,0,,if there is room"),
        "{values}"
    );

    let many = ["rsvp", "Opening night", "yes", "--guests", "2"];
    let ended = people[3].run(many).await;
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("at most 1 guests"), "{ended:?}");
}

#[tokio::test]
async fn after_the_last_moment_nobody_can_say_yes() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = party(&relay).await;
    guest.done(["near", "Brighton, GB"]).await;
    let late = [
        "meetup",
        "edit",
        "Opening night",
        "--answer-by",
        "2026-01-01 12:00",
    ];
    organizer.done(late).await;
    let yes = ["rsvp", "Opening night", "yes"];
    guest.fails(yes, 6, "took answers until", "maybe").await;
    guest.done(["rsvp", "Opening night", "maybe"]).await;
    organizer
        .done(["meetup", "edit", "Opening night", "--no-answer-by"])
        .await;
    guest.done(yes).await;
    let shown = organizer.json(["meetup", "show", "Opening night"]).await;
    assert_eq!(shown["answers"][0]["seat"], "going");
    assert_eq!(shown["meetup"]["answer_by"], Value::Null);
}

#[tokio::test]
async fn a_meetup_that_begins_now_expires_after_its_end() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = party(&relay).await;
    let now = ["meetup", "now", "Brighton Chess", "Coffee", "--for", "90m"];
    let made = organizer.json(with(&now, &["--where", "The pier"])).await;
    let meetup = &made["meetup"];
    let seconds = |name: &str| meetup[name].as_u64().unwrap();
    assert_eq!(seconds("end_unix") - seconds("start_unix"), 90 * 60);
    assert_eq!(seconds("expires_unix") - seconds("end_unix"), 3_600);
    assert_eq!(meetup["timezone"], "Europe/London");
    guest.done(["near", "Brighton, GB"]).await;
    guest.done(["rsvp", "Coffee", "yes"]).await;
    let mut socket = relay.connect().await;
    let answers = socket.query(json!({"kinds": [31925]})).await;
    let expiration = answers[0].tags().first_value("expiration");
    let expected = seconds("expires_unix").to_string();
    assert_eq!(expiration, Some(expected.as_str()));
    // It goes on for longer.
    let longer = ["meetup", "edit", "Coffee", "--duration", "2h"];
    let edited = organizer.json(longer).await;
    let later = seconds("expires_unix") + 30 * 60;
    assert_eq!(edited["meetup"]["expires_unix"], later);
}

#[tokio::test]
async fn a_meetup_names_those_who_run_it() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = party(&relay).await;
    let friend = text(&guest.json(["keys", "show"]).await["npub"]);
    let hosts = ["meetup", "hosts", "Opening night"];
    let named = organizer.json(with(&hosts, &["--add", &friend])).await;
    assert_eq!(named["meetup"]["hosts"], json!([friend]));
    let shown = organizer.done(hosts).await;
    assert!(shown.contains(&friend), "{shown}");
    let twice = organizer.json(with(&hosts, &["--add", &friend])).await;
    assert_eq!(twice["action"], "unchanged");
    let removed = organizer.json(with(&hosts, &["--remove", &friend])).await;
    assert_eq!(removed["meetup"]["hosts"], Value::Null);
    // A profile says where its notes are (the example of NIP-19), and the note says it too.
    let profile = "nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8gpp4mhxue69uhhytnc9e3k7mgp\
                   z4mhxue69uhkg6nzv9ejuumpv34kytnrdaksjlyr9p";
    organizer.done(with(&hosts, &["--add", profile])).await;
    let mut socket = relay.connect().await;
    let meetup = socket.query(json!({"kinds": [31923]})).await.remove(0);
    let mut people = meetup.tags().iter().filter(|tag| tag.name() == "p");
    let host = people.find(|tag| tag.get(3) == Some("host")).unwrap();
    assert_eq!(host.get(2), Some("wss://r.x.com"));
}
