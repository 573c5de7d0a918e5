//! Meetups and series from forms, and what becomes of them when they are changed.

use kith_nips::Kind;
use kith_nips::extensions::{InSeries, hosts};
use kith_nips::lbc::MeetupStatus;
use kith_nips::nip22::Comment;
use nostr::ToBech32;
use nostr::nips::nip19::Nip19Profile;

use super::super::edit::{Editing, cancel, edit};
use super::super::testing::{NOW, fields, keys, sign};
use super::*;
use crate::language::Language;

const SAYER: Sayer = Sayer(Language::English);
const OWNER: u8 = 3;

fn community() -> Published<Community> {
    Community::read(&sign(&Community::new("").draft().unwrap(), OWNER)).unwrap()
}

const CHESS: [(&str, &str); 12] = [
    ("title", "Chess by the sea"),
    ("summary", "Boards are there"),
    ("description", "Bring *tea*."),
    ("day", "2026-12-03"),
    ("begins", "19:00"),
    ("ends", "22:00"),
    ("place", "The Black Lion"),
    ("city", "Brighton"),
    ("topics", "chess"),
    ("links", "https://example.com/chess"),
    ("capacity", "12"),
    ("answer_by", "2026-12-02T18:00"),
];

/// The form, with some fields filled in otherwise.
fn with(form: &[(&'static str, &'static str)]) -> Form {
    let mut all: Vec<(&str, &str)> = CHESS.to_vec();
    all.retain(|(name, _)| form.iter().all(|(other, _)| other != name));
    all.extend(form);
    fields(&all)
}

fn planned(form: &Form, author: u8, used: &BTreeSet<String>) -> Result<Drafted, Problems> {
    let community = community();
    let planning = Planning {
        community: &community,
        home: None,
        author: keys(author).public_key().into(),
        used,
        relay: Some("wss://r.example"),
        now: NOW,
    };
    meetup(form, &planning, SAYER)
}

fn read(drafted: &Drafted, author: u8) -> Vec<Published<Meetup>> {
    let drafts = drafted.drafts.iter();
    drafts
        .map(|draft| Meetup::read(&sign(draft, author)).unwrap())
        .collect()
}

fn series() -> Vec<Published<Meetup>> {
    let form = with(&[("repeat", "weekly"), ("every", "2"), ("count", "4")]);
    read(&planned(&form, OWNER, &BTreeSet::new()).unwrap(), OWNER)
}

fn editing<'a>(meetup: &'a Published<Meetup>, series: &'a [Published<Meetup>]) -> Editing<'a> {
    Editing {
        meetup,
        series,
        relay: None,
        now: NOW,
    }
}

#[test]
fn a_meetup_is_what_was_filled_in() {
    let meetups = read(
        &planned(&with(&[]), OWNER, &BTreeSet::new()).unwrap(),
        OWNER,
    );
    let meetup = &meetups[0];
    assert_eq!(meetups.len(), 1);
    assert_eq!(meetup.title, "Chess by the sea");
    assert_eq!(meetup.description, "Bring *tea*.");
    assert_eq!(meetup.places, ["The Black Lion"]);
    assert_eq!(meetup.location.cities[0].to_string(), "GB:Brighton");
    // 19:00 in Brighton, because it is there.
    assert_eq!(meetup.when.as_ref().unwrap().starts_at(), 1_796_324_400);
    assert_eq!(
        meetup.when.as_ref().unwrap().start_zone().name(),
        "Europe/London"
    );
    let terms = Terms::read(meetup);
    assert_eq!(terms.capacity, Some(12));
    assert_eq!(terms.answer_by, Some(1_796_234_400));
    assert_eq!(terms.published_at, Some(NOW));
    assert!(meetup.calendar_requests.is_empty());
    // By anybody else it asks to be included.
    let proposal = read(&planned(&with(&[]), 9, &BTreeSet::new()).unwrap(), 9);
    assert_eq!(proposal[0].calendar_requests.len(), 1);
}

#[test]
fn what_the_fields_show_is_what_they_say() {
    let meetups = read(
        &planned(&with(&[]), OWNER, &BTreeSet::new()).unwrap(),
        OWNER,
    );
    let values = meetup_values(&meetups[0]);
    for (name, value) in CHESS {
        match name {
            "city" => assert_eq!(values.get(name), "Brighton, GB"),
            _ => assert_eq!(values.get(name), value, "{name}"),
        }
    }
    let names = CHESS.map(|(name, _)| name);
    let mut form: Vec<(&str, &str)> = names.iter().map(|name| (*name, values.get(name))).collect();
    form.extend(["latitude", "longitude", "zone"].map(|name| (name, values.get(name))));
    let unchanged = edit(&fields(&form), &editing(&meetups[0], &[]), SAYER).unwrap_err();
    assert_eq!(unchanged.0[0].field, "");
    form.retain(|(name, _)| *name != "title");
    form.push(("title", "Go by the sea"));
    let edited = edit(&fields(&form), &editing(&meetups[0], &[]), SAYER).unwrap();
    let mut expected = meetups[0].note.clone();
    expected.title = "Go by the sea".to_owned();
    assert_eq!(read(&edited, OWNER)[0].note, expected);
}

#[test]
fn hosts_are_named_kept_and_let_go() {
    let person = |number: u8| keys(number).public_key();
    let hosts = |meetup: &Meetup| -> Vec<PublicKey> {
        let hosts = hosts(meetup).into_iter();
        hosts.map(|host| host.person).collect()
    };
    let (npub, hex) = (person(5).to_bech32().unwrap(), person(6).to_hex());
    let named: &'static str = format!("{npub}\r\n\r\n {hex}\n{npub}").leak();
    let drafted = planned(&with(&[("hosts", named)]), OWNER, &BTreeSet::new()).unwrap();
    let first = &read(&drafted, OWNER)[0];
    assert_eq!(hosts(first), [person(5).into(), person(6).into()]);
    let values = meetup_values(first);
    let both = format!("{npub}\n{}", person(6).to_bech32().unwrap());
    assert_eq!(values.get("hosts"), both);
    let changed = |form: &[(&'static str, &'static str)]| {
        let drafted = edit(&with(form), &editing(first, &[]), SAYER).unwrap();
        read(&drafted, OWNER).remove(0)
    };
    // Another title leaves them alone, with the field and without it.
    let known: &'static str = both.leak();
    let title = ("title", "Go by the sea");
    assert_eq!(
        changed(&[title, ("hosts", known)]).participants,
        first.participants
    );
    assert_eq!(changed(&[title]).participants, first.participants);
    let other: &'static str = format!("{hex}\nnostr:{}", person(7).to_bech32().unwrap()).leak();
    assert_eq!(
        hosts(&changed(&[("hosts", other)])),
        [person(6).into(), person(7).into()]
    );
    assert!(hosts(&changed(&[("hosts", "")])).is_empty());
}

#[test]
fn nip19_a_profile_says_where_notes_of_a_host_are() {
    let relay = nostr::RelayUrl::parse("wss://ben.example.com").unwrap();
    let ben = Nip19Profile::new(keys(5).public_key(), [relay]);
    let named: &'static str = ben.to_bech32().unwrap().leak();
    let drafted = planned(&with(&[("hosts", named)]), OWNER, &BTreeSet::new()).unwrap();
    let first = &read(&drafted, OWNER)[0];
    let relays = |meetup: &Meetup| -> Vec<Option<String>> {
        let hosts = hosts(meetup).into_iter();
        hosts.map(|host| host.relay).collect()
    };
    assert_eq!(relays(first), [Some("wss://ben.example.com".to_owned())]);
    // The field shows the key alone; what is known of it stays.
    let values = meetup_values(first);
    assert_eq!(
        values.get("hosts"),
        keys(5).public_key().to_bech32().unwrap()
    );
    let known: &'static str = values.get("hosts").to_owned().leak();
    let form = with(&[("title", "Go by the sea"), ("hosts", known)]);
    let changed = edit(&form, &editing(first, &[]), SAYER).unwrap();
    assert_eq!(read(&changed, OWNER)[0].participants, first.participants);
}

#[test]
fn lbc_26_no_meetup_takes_the_place_of_another() {
    let first = read(
        &planned(&with(&[]), OWNER, &BTreeSet::new()).unwrap(),
        OWNER,
    );
    let used = BTreeSet::from([first[0].identifier().to_owned()]);
    let second = read(&planned(&with(&[]), OWNER, &used).unwrap(), OWNER);
    assert_ne!(first[0].identifier(), second[0].identifier());
    let of_series = series();
    let used = of_series
        .iter()
        .map(|meetup| meetup.identifier().to_owned())
        .collect();
    let form = with(&[("repeat", "weekly"), ("every", "2"), ("count", "4")]);
    let again = read(&planned(&form, OWNER, &used).unwrap(), OWNER);
    assert!(
        again
            .iter()
            .all(|meetup| !used.contains(meetup.identifier()))
    );
}

#[test]
fn series_are_by_their_rule() {
    let days = |form: &[(&'static str, &'static str)]| -> Vec<String> {
        let drafted = planned(&with(form), OWNER, &BTreeSet::new()).unwrap();
        let meetups = read(&drafted, OWNER);
        meetups
            .iter()
            .map(|meetup| InSeries::read(meetup).unwrap().day.to_string())
            .collect()
    };
    assert_eq!(
        days(&[("repeat", "weekly"), ("every", "2"), ("count", "3")]),
        ["2026-12-03", "2026-12-17", "2026-12-31"]
    );
    assert_eq!(
        days(&[("repeat", "monthly-day"), ("until", "2027-02-03")]),
        ["2026-12-03", "2027-01-03", "2027-02-03"]
    );
    assert_eq!(
        days(&[("repeat", "monthly-weekday"), ("count", "2")]),
        ["2026-12-03", "2027-01-07"]
    );
    assert_eq!(
        days(&[
            ("repeat", "monthly-last"),
            ("day", "2026-12-31"),
            ("count", "2")
        ]),
        ["2026-12-31", "2027-01-28"]
    );
}

#[test]
fn one_the_following_or_all_are_changed() {
    let all = series();
    let change = |scope: &'static str| {
        let form = with(&[("title", "Go"), ("begins", "20:00"), ("scope", scope)]);
        // What is on the form is what the second one says, but for these.
        let values = meetup_values(&all[1]);
        let mut said: Vec<(&str, &str)> = ["day", "ends", "summary", "description", "place"]
            .iter()
            .chain(&[
                "city",
                "latitude",
                "longitude",
                "topics",
                "links",
                "capacity",
                "answer_by",
            ])
            .map(|name| (*name, values.get(name)))
            .collect();
        said.extend(["title", "begins", "scope"].map(|name| (name, form.text(name).unwrap())));
        let drafted = edit(&fields(&said), &editing(&all[1], &all), SAYER).unwrap();
        let edited = read(&drafted, OWNER);
        let starts = edited.iter().map(|meetup| {
            assert_eq!(meetup.title, "Go");
            assert_eq!(meetup.places, ["The Black Lion"]);
            let when = meetup.when.as_ref().unwrap();
            let values = meetup_values(meetup);
            assert_eq!(values.get("begins"), "20:00");
            (when.starts_at() - all[0].when.as_ref().unwrap().starts_at()) / 86_400
        });
        let starts: Vec<u64> = starts.collect();
        (starts, InSeries::read(&edited[0]).unwrap().is_apart)
    };
    assert_eq!(change("only"), (vec![14], true));
    assert_eq!(change("following"), (vec![14, 28, 42], false));
    assert_eq!(change("all"), (vec![0, 14, 28, 42], false));
}

#[test]
fn what_is_called_off_stays_visible_with_a_word() {
    let all = series();
    let form = fields(&[("scope", "following"), ("note", "The pub is closed")]);
    let drafted = cancel(&form, &editing(&all[2], &all), SAYER).unwrap();
    let (comment, cancelled) = drafted.drafts.split_last().unwrap();
    assert_eq!(cancelled.len(), 2);
    for draft in cancelled {
        let meetup = Meetup::read(&sign(draft, OWNER)).unwrap();
        assert_eq!(meetup.status, MeetupStatus::Cancelled);
    }
    assert_eq!(comment.kind, Kind::COMMENT);
    let comment = Comment::read(&sign(comment, OWNER)).unwrap();
    assert_eq!(comment.text, "The pub is closed");
    let alone = cancel(&Form::default(), &editing(&all[0], &all), SAYER).unwrap();
    assert_eq!(alone.drafts.len(), 1);
}

#[test]
fn every_field_has_its_problem() {
    let long: &'static str = "x".repeat(20_001).leak();
    let all = (1..=21).map(|number| keys(number).public_key().to_hex());
    let many: &'static str = all.collect::<Vec<_>>().join("\n").leak();
    for (form, wrong) in [
        (vec![("title", "")], "title"),
        (vec![("title", long)], "title"),
        (vec![("summary", long)], "summary"),
        (vec![("summary", "a\nb")], "summary"),
        (vec![("description", long)], "description"),
        (vec![("description", "\u{202e}\u{7}")], "description"),
        (vec![("place", long)], "place"),
        (vec![("city", "")], "zone"),
        (vec![("image", "ftp://example.com/x")], "image"),
        (
            vec![("links", "https://a.example\njavascript:alert(1)")],
            "links",
        ),
        (vec![("hosts", "npub1nobody")], "hosts"),
        (vec![("hosts", many)], "hosts"),
        (vec![("capacity", "-1")], "capacity"),
        (vec![("capacity", "many")], "capacity"),
        (vec![("guests_max", "10")], "guests_max"),
        (vec![("answer_by", "soon")], "answer_by"),
        (vec![("repeat", "hourly"), ("count", "2")], "repeat"),
        (vec![("repeat", "weekly")], "count"),
        (vec![("repeat", "weekly"), ("count", "61")], "count"),
        (vec![("repeat", "weekly"), ("until", "2036-01-01")], "until"),
        (vec![("repeat", "weekly"), ("until", "2020-01-01")], "until"),
        (vec![("repeat", "weekly"), ("until", "x")], "until"),
        (vec![("repeat", "monthly-last"), ("count", "2")], "day"),
    ] {
        let problems = planned(&with(&form), OWNER, &BTreeSet::new()).unwrap_err();
        let found: Vec<&str> = problems.0.iter().map(|problem| problem.field).collect();
        assert_eq!(found, [wrong], "{:.60}", format!("{form:?}"));
    }
    let meetups = read(
        &planned(&with(&[]), OWNER, &BTreeSet::new()).unwrap(),
        OWNER,
    );
    for (form, wrong) in [
        (vec![("scope", "some")], "scope"),
        (
            vec![("begins", ""), ("ends", ""), ("answer_by", "")],
            "begins",
        ),
    ] {
        let problems = edit(&with(&form), &editing(&meetups[0], &[]), SAYER).unwrap_err();
        assert_eq!(problems.0[0].field, wrong);
    }
}
