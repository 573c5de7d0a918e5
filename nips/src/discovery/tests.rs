use proptest::prelude::*;

use super::*;
use crate::nip01::Draft;
use crate::nip50::{Search, SearchError};

fn parse(text: &str) -> Discovery {
    *Search::parse(text).unwrap().discovery()
}

fn refused(text: &str) -> String {
    Search::parse(text).unwrap_err().to_string()
}

fn event(kind: u16, tags: &[(&str, &str)]) -> Event {
    let tags = tags
        .iter()
        .map(|(name, value)| vec![(*name).to_owned(), (*value).to_owned()]);
    let draft = Draft {
        kind: Kind::new(kind),
        created_at: None,
        tags: tags.collect(),
        content: String::new(),
    };
    draft.sign(&nostr::Keys::generate(), 1).unwrap()
}

fn setting(kind: u16, tags: &[(&str, &str)]) -> Setting {
    Setting::of(&event(kind, tags))
}

#[test]
fn every_word_is_read() {
    let asked = parse(
        "near:52.52,13.405,10 bbox:9.9,53.4,10.2,53.7 from:2026-12-04 to:2026-12-05T12:00:00+01:00 sort:new open",
    );
    let near = asked.near.unwrap();
    assert_eq!(near.centre, Point::new(52.52, 13.405).unwrap());
    assert_eq!(near.radius_km, 10.0);
    assert_eq!(asked.within.unwrap().north(), 53.7);
    assert_eq!(asked.from, Some(1_796_342_400));
    assert_eq!(asked.to, Some(1_796_342_400 + 35 * 3_600));
    assert_eq!(asked.sort, Some(Sort::New));
    assert!(asked.open);
    let cell = parse("near:u33db,2.5").near.unwrap();
    assert_eq!(cell.centre, Cell::parse("u33db").unwrap().centre());
}

#[test]
fn what_is_in_quotes_or_unknown_means_nothing_else() {
    let search = Search::parse(r#""open" "near:1,2" far:3 Near:4 opening"#).unwrap();
    assert!(search.discovery().is_empty());
    assert_eq!(search.words(), ["1", "2", "near", "open", "opening"]);
    assert_eq!(Search::parse("open source").unwrap().words(), ["source"]);
    assert!(Search::parse("sort:new").unwrap().is_empty());
    assert!(!Search::parse("sort:start").unwrap().is_empty());
    assert_eq!(Search::parse("a \"b c").unwrap().words(), ["a", "b", "c"]);
}

#[test]
fn mistakes_name_their_key() {
    for (text, expected) in [
        (
            "near:91,0,10",
            "near: latitude 91 is not between -90 and 90",
        ),
        (
            "near:0,181,10",
            "near: longitude 181 is not between -180 and 180",
        ),
        ("near:52.5,13.4", "near: "),
        (
            "near:",
            "near: \"\" is neither <lat>,<lon>,<km> nor <geohash>,<km>",
        ),
        ("near:aaa,2", "near: "),
        (
            "near:1,2,0",
            "near: 0 km is not a radius (more than 0, at most 20016)",
        ),
        ("near:1,2,-1", "near: -1 km"),
        ("near:1,2,20017", "near: 20017 km"),
        ("near:1,2,inf", "near: \"inf\" is not a decimal number"),
        ("near:1,2,NaN", "near: \"NaN\" is not a decimal number"),
        ("near:1,2,1e3", "near: \"1e3\" is not a decimal number"),
        ("near:1,2,3 near:1,2,3", "near: given twice"),
        (
            "bbox:1,2,3",
            "bbox: \"1,2,3\" is not <west>,<south>,<east>,<north>",
        ),
        (
            "bbox:1,3,3,2",
            "bbox: the north edge 2 is south of the south edge 3",
        ),
        (
            "from:tomorrow",
            "from: \"tomorrow\" is neither Unix seconds nor a date nor a date and time",
        ),
        ("from:2026-02-30", "from: "),
        ("from:1969-12-31", "from: 1969-12-31 is before 1970"),
        ("to:99999999999999999999", "to: "),
        ("from:5 to:5", "to: 5 is not after from:5"),
        (
            "sort:best",
            "sort: \"best\" is none of start, distance, relevance and new",
        ),
        ("sort:distance", "sort: distance needs near"),
    ] {
        let message = refused(text);
        assert!(message.starts_with(expected), "{text}: {message}");
    }
    assert_eq!(
        Search::parse(&"x".repeat(1_001)).unwrap_err(),
        SearchError::TooLong
    );
}

#[test]
fn the_order_follows_from_what_is_asked() {
    for (text, expected) in [
        ("near:1,2,3", Sort::Distance),
        ("near:1,2,3 chess from:5", Sort::Distance),
        ("chess open", Sort::Relevance),
        ("open", Sort::Start),
        ("bbox:1,2,3,4 to:7", Sort::Start),
        ("bbox:1,2,3,4", Sort::New),
        ("near:1,2,3 sort:new", Sort::New),
    ] {
        assert_eq!(Search::parse(text).unwrap().order(), expected, "{text}");
    }
}

#[test]
fn people_and_private_notes_have_no_position() {
    for kind in [0, 3, 4, 13, 1059, 10_037, 19_999, 20_001, 21_059] {
        assert_eq!(setting(kind, &[("g", "u33db")]).cell, None, "{kind}");
    }
    for kind in [1, 1037, 30_037, 31_922, 31_923, 30_402] {
        assert!(setting(kind, &[("g", "u33db")]).cell.is_some(), "{kind}");
    }
    let cell = |tags: &[(&str, &str)]| setting(1, tags).cell.map(|cell| cell.to_string());
    assert_eq!(
        cell(&[("g", "u33"), ("g", "u33db"), ("g", "u33dc")]).as_deref(),
        Some("u33db")
    );
    assert_eq!(cell(&[("g", "DE:Berlin"), ("g", "U33DB"), ("g", "")]), None);
}

#[test]
fn times_are_those_of_calendar_events() {
    let timed = setting(31_923, &[("start", "100"), ("end", "200")]);
    assert_eq!((timed.start, timed.end), (Some(100), Some(200)));
    let instant = setting(31_923, &[("start", "100"), ("end", "100")]);
    assert_eq!((instant.start, instant.end), (Some(100), None));
    let days = setting(31_922, &[("start", "1970-01-02"), ("end", "1970-01-04")]);
    assert_eq!((days.start, days.end), (Some(86_400), Some(3 * 86_400)));
    let day = setting(31_922, &[("start", "1970-01-02")]);
    assert_eq!((day.start, day.end), (Some(86_400), Some(2 * 86_400)));
    assert_eq!(setting(1, &[("start", "100")]).start, None);
    assert_eq!(setting(31_923, &[("start", "soon")]).start, None);
}

#[test]
fn windows_are_half_open() {
    let admits = |text: &str, setting: &Setting| parse(text).admits(setting, 150);
    let timed = setting(31_923, &[("start", "100"), ("end", "200")]);
    for (text, expected) in [
        ("from:199", true),
        ("from:200", false),
        ("to:101", true),
        ("to:100", false),
        ("from:150 to:151", true),
        ("open", true),
        ("sort:start", true),
    ] {
        assert_eq!(admits(text, &timed), expected, "{text}");
    }
    let instant = setting(31_923, &[("start", "100")]);
    for (text, expected) in [
        ("from:100", true),
        ("from:101", false),
        ("from:1 to:100", false),
        ("open", false),
    ] {
        assert_eq!(admits(text, &instant), expected, "instant {text}");
    }
    assert!(parse("open").admits(&instant, 99));
    for status in ["cancelled", "draft"] {
        let off = setting(31_923, &[("start", "300"), ("status", status)]);
        assert!(!admits("open", &off) && admits("from:1", &off), "{status}");
    }
    for text in ["from:0", "to:9", "open", "sort:start"] {
        assert!(!admits(text, &setting(30_037, &[("g", "u33db")])), "{text}");
    }
}

#[test]
fn phrases_stand_in_one_field() {
    let draft = |content: &str| Draft {
        kind: Kind::MEETUP,
        created_at: None,
        tags: vec![vec!["title".into(), "Chess for Beginners".into()]],
        content: content.into(),
    };
    let event = draft("and others, in Lübeck")
        .sign(&nostr::Keys::generate(), 1)
        .unwrap();
    let finds = |text: &str| {
        let filter = crate::Filter {
            search: Some(Search::parse(text).unwrap()),
            ..crate::Filter::default()
        };
        filter.matches(&event, 0)
    };
    assert!(finds("\"for beginners\" che"));
    assert!(finds("\"IN LUBECK\""));
    assert!(!finds("\"for beginner\""), "words of a phrase are whole");
    assert!(!finds("\"beginners and\""), "fields are apart");
    assert!(!finds("\"beginners for\""));
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        near in proptest::option::of((-90.0..=90.0, -180.0..=180.0, 0.001..20_000.0)),
        within in proptest::option::of((-180.0..=180.0, -90.0..0.0, -180.0..=180.0, 0.0..90.0)),
        from in proptest::option::of(0_u64..1_000_000),
        to in proptest::option::of(1_000_000_u64..2_000_000),
        open: bool,
    ) {
        let written = Discovery {
            near: near.map(|(latitude, longitude, radius_km)| Circle {
                centre: Point::new(latitude, longitude).unwrap(),
                radius_km,
            }),
            within: within.map(|(west, south, east, north)| BoundingBox::new(west, south, east, north).unwrap()),
            from,
            to,
            sort: near.map(|_| Sort::Distance),
            open,
        };
        prop_assert_eq!(parse(&written.to_string()), written);
    }

    #[test]
    fn no_text_is_too_strange_to_be_read(text in "((near|bbox|from|to|sort|open|x):?[-0-9.,a-z:+TZ]{0,20}|\"|\\PC| ){0,12}") {
        let _ = Search::parse(&text);
    }
}
