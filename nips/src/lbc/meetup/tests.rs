//! Meetups: how they are written, read and edited.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::lbc::testing::{
    self, COMMUNITY, OWNER, community, event, id, key, owner, publish, tags,
};
use crate::nip52::{DateSpan, TimeError, TimeSpan, Zone};
use crate::place::{CityTag, Point};

fn evening() -> When {
    let span = TimeSpan::new(1_796_322_600, Some(1_796_335_200)).unwrap();
    When::timed(span).in_zone(Zone::new("Europe/London").unwrap())
}

fn meetup() -> Meetup {
    let reference = CommunityReference::new(community(), owner()).at("wss://relay.example");
    Meetup::new(
        reference,
        &"2026-12-meetup".parse().unwrap(),
        "Winter chess",
        evening(),
    )
}

fn read(list: &[&[&str]]) -> Published<Meetup> {
    Meetup::read(&event(Kind::MEETUP, tags(list), "")).unwrap()
}

fn values(draft: &Draft, name: &str) -> Vec<String> {
    draft
        .tags
        .iter()
        .filter(|tag| tag[0] == name)
        .map(|tag| tag[1].clone())
        .collect()
}

#[test]
fn lbc_31_everything_that_a_meetup_has_is_written() {
    let mut meetup = meetup();
    meetup.summary = Summary::new("Boards are there").unwrap();
    meetup.description = "Come **all**".to_owned();
    meetup.places = vec!["The Lion, 12 High Street".to_owned()];
    meetup.location = Location::at(Point::new(50.8225, -0.1372).unwrap())
        .in_city(CityTag::parse("GB:Brighton").unwrap());
    meetup.image = Some("https://example.com/a.png".to_owned());
    meetup.topics = vec![Topic::new("Chess").unwrap()];
    meetup.participants.push(Participant {
        person: key(5),
        relay: None,
        role: Some("host".to_owned()),
    });
    meetup.links.push("https://example.com".to_owned());
    let draft = meetup.draft().unwrap();
    assert_eq!(
        (draft.kind, draft.content.as_str()),
        (Kind::MEETUP, "Come **all**")
    );
    assert_eq!(
        draft.tags,
        tags(&[
            &["d", &format!("{COMMUNITY}:2026-12-meetup")],
            &["title", "Winter chess"],
            &["name", "Winter chess"],
            &["summary", "Boards are there"],
            &["brief", "Boards are there"],
            &["image", "https://example.com/a.png"],
            &["status", "published"],
            &["start", "1796322600"],
            &["end", "1796335200"],
            &["D", "20790"],
            &["start_tzid", "Europe/London"],
            &["location", "The Lion, 12 High Street"],
            &["g", "gcpchgune", "geohash"],
            &["g", "gcp", "geohash"],
            &["g", "gcpc", "geohash"],
            &["g", "gcpch", "geohash"],
            &["g", "gcpchg", "geohash"],
            &["g", "GB:Brighton", "city"],
            &["t", "chess"],
            &["e", COMMUNITY, "wss://relay.example", OWNER],
            &["L", "kind"],
            &["l", "meetup", "kind"],
            &["p", &key(5).to_string(), "", "host"],
            &["r", "https://example.com"],
        ])
    );
}

#[test]
fn nip52_02_title_and_start_are_needed() {
    let mut untitled = meetup();
    untitled.title = "  ".to_owned();
    assert_eq!(untitled.draft(), Err(BuildError::Blank("title")));
    let mut timeless = meetup();
    timeless.when = None;
    assert_eq!(timeless.draft(), Err(BuildError::NoStart));
    let draft = meetup().draft().unwrap();
    assert_eq!(draft.content, "", "content may be empty");
    for name in ["d", "title", "start", "D"] {
        assert!(!values(&draft, name).is_empty(), "{name}");
    }
}

#[test]
fn nip52_03_too_many_days_are_refused() {
    let mut long = meetup();
    long.when = Some(When::timed(TimeSpan::new(0, Some(400 * 86_400)).unwrap()));
    assert_eq!(
        long.draft(),
        Err(BuildError::Time(TimeError::TooLong { days: 400 }))
    );
}

#[test]
fn nip52_04_an_end_before_the_start_is_shown_without_end() {
    let found = read(&[
        &["d", "x"],
        &["title", "T"],
        &["start", "100"],
        &["end", "100"],
    ]);
    assert_eq!(found.when.as_ref().unwrap().ends_at(), None);
    assert!(values(&found.draft().unwrap(), "end").is_empty());
}

#[test]
fn nip52_05_an_unknown_zone_survives_an_edit_with_a_note() {
    let list: &[&[&str]] = &[
        &["title", "T"],
        &["start", "100"],
        &["end", "200"],
        &["start_tzid", "Mars/Olympus"],
        &["end_tzid", "UTC"],
    ];
    let found = read(list);
    let zone = found.when.as_ref().unwrap().start_zone();
    assert!(zone.note().is_some());
    assert_eq!(
        values(&found.draft().unwrap(), "start_tzid"),
        ["Mars/Olympus"]
    );
    assert_eq!(values(&found.draft().unwrap(), "end_tzid"), ["UTC"]);
}

#[test]
fn lbc_29_title_before_name_and_summary_before_brief() {
    let both = read(&[
        &["name", "old"],
        &["title", "new"],
        &["brief", "short"],
        &["summary", "longer"],
    ]);
    assert_eq!(
        (both.title.as_str(), both.summary.as_str()),
        ("new", "longer")
    );
    let old = read(&[&["name", "old"], &["brief", "short"], &["title", " "]]);
    assert_eq!((old.title.as_str(), old.summary.as_str()), ("old", "short"));
}

#[test]
fn nip52_07_name_is_read_when_the_title_is_missing() {
    assert_eq!(read(&[&["name", "old"]]).title, "old");
    assert_eq!(read(&[]).title, "");
}

#[test]
fn lbc_29_a_longer_summary_of_another_client_survives_an_edit() {
    let long = "x".repeat(500);
    let mut found = read(&[&["title", "T"], &["start", "100"], &["summary", &long]]);
    found.cancel();
    assert_eq!(values(&found.draft().unwrap(), "summary"), [long]);
}

#[test]
fn nip52_08_repeated_tags_are_kept_in_order() {
    let (one, two) = (key(1).to_string(), key(2).to_string());
    let list: &[&[&str]] = &[
        &["title", "T"],
        &["start", "100"],
        &["location", "b"],
        &["r", "2"],
        &["p", &two],
        &["location", "a"],
        &["r", "1"],
        &["p", &one, "", "speaker"],
        &["t", "b"],
        &["t", "a"],
    ];
    let draft = read(list).draft().unwrap();
    assert_eq!(values(&draft, "location"), ["b", "a"]);
    assert_eq!(values(&draft, "r"), ["2", "1"]);
    assert_eq!(values(&draft, "p"), [two, one]);
    assert_eq!(values(&draft, "t"), ["b", "a"]);
}

#[test]
fn nip52_09_without_a_start_there_is_no_time_and_it_is_not_open() {
    for list in [
        &[&["title", "T"][..]][..],
        &[&["title", "T"], &["start", "soon"]],
    ] {
        let found = read(list);
        assert_eq!(found.when, None);
        assert!(!found.is_open(0));
    }
}

#[test]
fn nip52_19_one_occurrence_one_note() {
    let draft = meetup().draft().unwrap();
    assert!(
        draft
            .tags
            .iter()
            .all(|tag| !["rrule", "rdate", "repeat"].contains(&tag[0].as_str()))
    );
}

#[test]
fn lbc_22_an_edit_keeps_the_identifier_whatever_form_it_has() {
    for identifier in [COMMUNITY, "1698431400", &format!("{COMMUNITY}:slug")] {
        let mut found = read(&[
            &["d", identifier],
            &["e", COMMUNITY],
            &["title", "T"],
            &["start", "100"],
        ]);
        found.title = "Other".to_owned();
        let again = Meetup::read(&publish(&found.replacement(0).unwrap(), 1, 0)).unwrap();
        assert_eq!(again.address(), found.address());
        assert_eq!(again.created_at, found.created_at + 1);
    }
}

#[test]
fn lbc_26_another_slug_is_another_meetup() {
    let reference = CommunityReference::new(community(), owner());
    let other = Meetup::new(
        reference,
        &"2027-01-meetup".parse().unwrap(),
        "T",
        evening(),
    );
    assert_ne!(other.identifier(), meetup().identifier());
}

#[test]
fn lbc_32_a_cancelled_meetup_is_written_as_such() {
    let mut cancelled = meetup();
    cancelled.cancel();
    assert_eq!(values(&cancelled.draft().unwrap(), "status"), ["cancelled"]);
    assert!(!cancelled.takes_answers());
}

#[test]
fn lbc_28_a_proposal_asks_the_owners_calendar() {
    let mut proposal = meetup();
    proposal.request_inclusion(owner(), community(), Some("wss://r.example"));
    proposal.request_inclusion(owner(), community(), None);
    let draft = proposal.draft().unwrap();
    let requests: Vec<_> = draft.tags.iter().filter(|tag| tag[0] == "a").collect();
    assert_eq!(
        requests,
        [&[
            "a".to_owned(),
            format!("31924:{OWNER}:{COMMUNITY}"),
            "wss://r.example".to_owned()
        ]]
    );
    let found = Meetup::read(&publish(&draft, 9, 5)).unwrap();
    assert_eq!(found.calendar_requests, proposal.calendar_requests);
}

#[test]
fn lbc_30_label_is_checked_with_its_namespace() {
    let labelled = |list: &[&[&str]]| Meetup::has_label(&event(Kind::MEETUP, tags(list), ""));
    assert!(labelled(&[&["L", "kind"], &["l", "meetup", "kind"]]));
    assert!(!labelled(&[&["l", "meetup", "com.example"]]));
    assert!(!labelled(&[&["l", "meetup"]]));
    assert!(Meetup::has_label(&publish(
        &meetup().draft().unwrap(),
        1,
        5
    )));
}

#[test]
fn lbc_30_foreign_labels_survive_and_ours_is_not_repeated() {
    let list: &[&[&str]] = &[
        &["title", "T"],
        &["start", "1"],
        &["L", "kind"],
        &["l", "meetup", "kind"],
        &["L", "org"],
        &["l", "meetup", "org"],
    ];
    let draft = read(list).draft().unwrap();
    assert_eq!(values(&draft, "L"), ["kind", "org"]);
    assert!(
        draft
            .tags
            .contains(&vec!["l".into(), "meetup".into(), "org".into()])
    );
    assert_eq!(values(&draft, "l").len(), 2);
}

#[test]
fn lbc_32_status_decides_what_is_shown_and_answered() {
    let with = |status: &str| read(&[&["title", "T"], &["start", "100"], &["status", status]]);
    assert!(!with("cancelled").takes_answers() && with("cancelled").is_visible_to(None));
    assert!(with("confirmed").takes_answers());
    let draft = with("draft");
    assert!(!draft.is_visible_to(None) && !draft.is_visible_to(Some(key(2))));
    assert!(draft.is_visible_to(Some(draft.author)));
    assert_eq!(draft.draft(), Err(BuildError::DraftStatus));
}

#[test]
fn lbc_32_open_means_neither_cancelled_nor_over() {
    let mut meetup = meetup();
    assert!(meetup.is_open(1_796_335_199) && !meetup.is_open(1_796_335_200));
    meetup.cancel();
    assert!(!meetup.is_open(0));
}

#[test]
fn lbc_33_all_day_meetups_are_read_and_edited_as_such() {
    let list: &[&[&str]] = &[
        &["d", "x"],
        &["title", "T"],
        &["e", COMMUNITY],
        &["start", "2026-12-03"],
        &["end", "2026-12-05"],
    ];
    let mut found = Meetup::read(&event(Kind::DATE_MEETUP, tags(list), "")).unwrap();
    assert!(found.is_all_day());
    assert_eq!(
        found.when,
        Some(When::all_day(
            DateSpan::new(date(2026, 12, 3), Some(date(2026, 12, 5))).unwrap()
        ))
    );
    found.cancel();
    let draft = found.draft().unwrap();
    assert_eq!(draft.kind, Kind::DATE_MEETUP);
    assert_eq!(values(&draft, "start"), ["2026-12-03"]);
    assert!(values(&draft, "D").is_empty());
    assert_eq!(
        meetup().draft().unwrap().kind,
        Kind::MEETUP,
        "not written by default"
    );
}

#[test]
fn lbc_23_hosting_communities_keep_their_order_and_hints() {
    let other = id(9).to_string();
    let found = read(&[
        &["title", "T"],
        &["start", "1"],
        &["e", COMMUNITY, "wss://r", OWNER],
        &["e", "x"],
        &["e", &other],
    ]);
    assert_eq!(found.communities.len(), 2);
    assert_eq!(
        found.communities[0],
        CommunityReference::new(community(), owner()).at("wss://r")
    );
    let draft = found.draft().unwrap();
    assert!(draft.tags.contains(&vec![
        "e".into(),
        COMMUNITY.into(),
        "wss://r".into(),
        OWNER.into()
    ]));
    assert!(
        draft.tags.ends_with(&tags(&[&["e", "x"]])),
        "what names nothing is kept"
    );
}

#[test]
fn lbc_14_single_values_that_are_cleared_do_not_come_back() {
    let mut found = read(&[
        &["title", "T"],
        &["start", "1"],
        &["image", "a"],
        &["image", "b"],
        &["summary", "s"],
        &["brief", "t"],
    ]);
    found.image = None;
    found.summary = Summary::default();
    let again = Meetup::read(&publish(&found.draft().unwrap(), 1, 5)).unwrap();
    assert_eq!((again.image.clone(), again.summary.as_str()), (None, ""));
}

#[test]
fn other_kinds_are_no_meetup() {
    assert!(Meetup::read(&event(Kind::CALENDAR, Vec::new(), "")).is_err());
}

fn when() -> impl Strategy<Value = When> {
    let timed = (
        0..4_000_000_000u64,
        proptest::option::of(1..5_000_000u64),
        proptest::option::of("[A-Z][a-z]{1,5}/[A-Z][a-z]{1,5}"),
    )
        .prop_map(|(start, length, zone)| {
            let when =
                When::timed(TimeSpan::new(start, length.map(|length| start + length)).unwrap());
            zone.map_or(when.clone(), |zone| when.in_zone(Zone::read(&zone)))
        });
    let all_day = (1970..9000i16, 1..=12i8, 1..=28i8).prop_map(|(year, month, day)| {
        When::all_day(DateSpan::new(date(year, month, day), None).unwrap())
    });
    prop_oneof![timed, all_day]
}

fn participant() -> impl Strategy<Value = Participant> {
    (
        testing::keys(),
        testing::relay(),
        proptest::option::of("[a-z]{1,6}"),
    )
        .prop_map(|(person, relay, role)| Participant {
            person,
            relay,
            role,
        })
}

proptest! {
    #[test]
    fn build_read_build(
        id in testing::ids(), relay in testing::relay(), title in testing::title(), summary in testing::title(),
        description in testing::text(), when in when(), cancelled: bool, places in proptest::collection::vec(testing::title(), 0..3),
        lat in -89.0..89.0, lon in -179.0..179.0, participants in proptest::collection::vec(participant(), 0..3),
        links in proptest::collection::vec("https://[a-z]{1,8}", 0..3), requested: bool, other_tags in testing::unknown_tags(),
    ) {
        let reference = CommunityReference { relay, ..CommunityReference::new(id, key(1)) };
        let slug = Slug::from_title(&title, date(2026, 1, 1));
        let mut meetup = Meetup::new(reference, &slug, title, when);
        meetup.summary = Summary::new(&summary).unwrap();
        meetup.description = description;
        if cancelled {
            meetup.cancel();
        }
        if requested {
            meetup.request_inclusion(key(1), id, None);
        }
        meetup.places = places;
        meetup.location = Location::at(Point::new(lat, lon).unwrap());
        meetup.participants = participants;
        meetup.links = links;
        meetup.other_tags = other_tags;
        let draft = meetup.draft().unwrap();
        let read = Meetup::read(&publish(&draft, 1, 5)).unwrap();
        prop_assert_eq!(&read.note, &meetup);
        prop_assert_eq!(read.draft().unwrap(), draft);
    }

    #[test]
    fn any_tags_can_be_read_and_what_is_read_is_stable(
        list in proptest::collection::vec((
            prop_oneof![
                Just("d"), Just("e"), Just("a"), Just("g"), Just("t"), Just("l"), Just("L"), Just("start"), Just("end"), Just("D"),
                Just("title"), Just("name"), Just("status"), Just("image"), Just("p"), Just("r"), Just("location"), Just("unknown"),
            ],
            proptest::collection::vec(prop_oneof![
                Just(COMMUNITY.to_owned()), Just(format!("31924:{OWNER}:x")), Just("100".to_owned()), Just("gcpc".to_owned()),
                Just("GB:Brighton".to_owned()), Just("kind".to_owned()), Just("meetup".to_owned()), Just("geohash".to_owned()),
                testing::text(),
            ], 0..4),
        ), 0..20)
    ) {
        let list: Vec<Vec<String>> = list.into_iter().map(|(name, mut values)| {
            values.insert(0, name.to_owned());
            values
        }).collect();
        let mut found = Meetup::read(&event(Kind::MEETUP, list.clone(), "")).unwrap();
        let unknown = |tags: &[Vec<String>]| tags.iter().filter(|tag| tag[0] == "unknown").cloned().collect::<Vec<_>>();
        found.title = "T".to_owned();
        found.status = MeetupStatus::Published;
        found.when = Some(evening());
        let draft = found.draft().unwrap();
        prop_assert_eq!(unknown(&draft.tags), unknown(&list));
        let again = Meetup::read(&publish(&draft, 1, 5)).unwrap();
        prop_assert_eq!(again.draft().unwrap(), draft);
    }
}
