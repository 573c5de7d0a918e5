//! One world on two relays, of which one announces the words of `nips/discovery.md`: whichever way
//! somebody looks, they find the same. The world is that of the real communities of tests/data,
//! with meetups, and some where maps end.

use std::collections::BTreeSet;

use kith_client::lbc::{
    Community, CommunityMetadata, CommunityReference, Location, Meetup, MeetupStatus, Note, Topic,
};
use kith_client::nip52::{DateSpan, TimeSpan, When};
use kith_client::place::{CityTag, CountryCode, Point};
use kith_client::{Draft, Kith, Search};
use kith_nips::Event;
use serde_json::{Value, json};

use super::{EVENING, reader};
use crate::command_line::Person;
use crate::events::{MOMENT, keys};
use crate::harness::TestRelay;

const REAL: &str = include_str!("../../../data/meetups-real.json");

const HOUR: u64 = 3_600;

/// Both sides of the antimeridian, and the poles.
const EDGES: [(&str, f64, f64); 7] = [
    ("Taveuni", -16.8, 179.97),
    ("Rabi", -16.8, -179.97),
    ("On the line", -16.9, 180.0),
    ("North", 89.95, 10.0),
    ("Far north", 89.9, -170.0),
    ("South", -89.95, -170.0),
    ("Pole", -90.0, 0.0),
];

/// Where people look from.
const CENTRES: [(f64, f64, f64); 12] = [
    (48.137, 11.575, 25.0),
    (48.137, 11.575, 300.0),
    (53.550341, 9.993682, 60.0),
    (53.550341, 53.550341, 5.0),
    (47.3769, 8.5417, 40.0),
    (52.52, 13.405, 10.0),
    (-16.85, 179.99, 15.0),
    (-16.85, -179.99, 100.0),
    (90.0, 0.0, 20.0),
    (89.93, 150.0, 12.0),
    (-90.0, 77.0, 20.0),
    (0.0, 0.0, 100.0),
];

/// A relay that announces the words, and one that does not, with the same notes.
pub(crate) async fn both() -> [TestRelay; 2] {
    let words = TestRelay::start().await;
    let cells = TestRelay::start_with(|config| config.features.search = false).await;
    let events = world();
    for relay in [&words, &cells] {
        relay.connect().await.accept_all(&events).await;
    }
    [words, cells]
}

/// A community and a meetup for every line of the file, and at every edge.
fn world() -> Vec<Event> {
    let entries: Vec<Value> = serde_json::from_str(REAL).unwrap();
    let mut places: Vec<(String, Location)> = Vec::new();
    for entry in &entries {
        let text = |name: &str| entry[name].as_str().unwrap().to_owned();
        let degrees = |name: &str| entry[name].as_f64().unwrap();
        let country = CountryCode::parse(&text("country")).unwrap();
        let city = CityTag::new(country, &text("city")).unwrap();
        let point = Point::new(degrees("latitude"), degrees("longitude")).unwrap();
        places.push((text("name"), Location::at(point).in_city(city)));
    }
    for (name, latitude, longitude) in EDGES {
        let point = Point::new(latitude, longitude).unwrap();
        places.push((name.to_owned(), Location::at(point)));
    }
    let somewhere = CityTag::parse("DE:Munich").unwrap();
    let somewhere = Location::default().in_city(somewhere);
    places.push(("Somewhere in Munich".to_owned(), somewhere));
    let places = places.iter().enumerate();
    places
        .flat_map(|(index, (name, location))| party(index, name, location))
        .collect()
}

/// A community with a meetup. They differ in how, when and whether they take place.
fn party(index: usize, name: &str, location: &Location) -> [Event; 3] {
    let owner = keys(1);
    let signed = |draft: Draft, later: u64| {
        // A community is what it says and when: two of one name must not be one.
        let at = MOMENT + 10 * index as u64 + later;
        let created_at = Some(at);
        Draft {
            created_at,
            ..draft
        }
        .sign(&owner, at)
        .unwrap()
    };
    let topic = if index.is_multiple_of(2) {
        "bitcoin"
    } else {
        "chess"
    };
    let topics = vec![Topic::new(topic).unwrap()];
    let founded = signed(Community::new(name).draft().unwrap(), 0);
    let reference = CommunityReference::new(founded.id(), owner.public_key().into());
    let mut metadata = CommunityMetadata::new(reference.clone(), name);
    metadata.location = location.clone();
    metadata.topics = topics.clone();
    let described = signed(metadata.draft().unwrap(), 1);

    // Several at a time, so that ids decide about the order.
    let start = EVENING + (index as u64 / 4) * 12 * HOUR;
    let span = |start, end| When::timed(TimeSpan::new(start, end).unwrap());
    let when = match index % 5 {
        0 => span(start, None),
        1 => span(start - 400 * HOUR, Some(start + 100 * HOUR)),
        2 => When::AllDay(DateSpan::new("2030-10-05".parse().unwrap(), None).unwrap()),
        _ => span(start, Some(start + 3 * HOUR)),
    };
    let slug = format!("meetup-{index}").parse().unwrap();
    let mut meetup = Meetup::new(reference, &slug, format!("Meetup {index}"), when);
    meetup.location = location.clone();
    meetup.topics = topics;
    if index % 7 == 3 {
        meetup.status = MeetupStatus::Cancelled;
    }
    let announced = signed(meetup.draft().unwrap(), 2);
    [founded, described, announced]
}

/// What somebody finds, in order.
async fn found(kith: &Kith, search: &Search) -> Vec<(String, Option<f64>)> {
    let communities = kith.communities(search).await.unwrap();
    let meetups = kith.meetups(search).await.unwrap();
    assert_eq!((communities.silent, meetups.silent), (vec![], vec![]));
    let communities = communities.found.iter();
    let communities = communities.map(|view| (view.id().to_string(), view.distance_km()));
    let meetups = meetups.found.iter();
    let meetups = meetups.map(|view| (view.id().to_string(), view.distance_km()));
    communities.chain(meetups).collect()
}

#[tokio::test]
async fn lbc_41_a_relay_with_words_and_one_without_give_the_same_answers() {
    let [words, cells] = both().await;
    let by_words = reader(&[&words]).await;
    let by_cells = reader(&[&cells]).await;
    let by_both = reader(&[&cells, &words]).await;
    let mut sizes = BTreeSet::new();
    for (latitude, longitude, km) in CENTRES {
        let centre = Point::new(latitude, longitude).unwrap();
        let around = Search::new().near(centre, km).unwrap();
        for search in [
            around.clone(),
            around.clone().from(EVENING).to(EVENING + 72 * HOUR),
            around.clone().from(EVENING + 150 * HOUR).topic("chess"),
            around
                .to(EVENING + 30 * HOUR)
                .or_in_city(CityTag::parse("DE:Munich").unwrap()),
        ] {
            let expected = found(&by_cells, &search).await;
            assert_eq!(found(&by_words, &search).await, expected, "{search:?}");
            assert_eq!(found(&by_both, &search).await, expected, "{search:?}");
            sizes.insert(expected.len());
        }
    }
    assert!(sizes.len() >= 10 && sizes.contains(&0), "{sizes:?}");
}

/// What a program reads, but for the relays that are named in links.
async fn shown(person: &Person, words: &[&str]) -> Value {
    let mut near = person.json(words).await;
    for list in ["communities", "meetups"] {
        for view in near[list].as_array_mut().unwrap() {
            view["link"] = json!("");
        }
    }
    near
}

#[tokio::test]
async fn lbc_41_near_prints_the_same_whatever_the_relay_announces() {
    let [words, cells] = both().await;
    let moment = "2030-10-01T10:00:00+00:00[UTC]";
    let by_words = Person::new(&words.url()).with("KITH_NOW", moment);
    let by_cells = Person::new(&cells.url()).with("KITH_NOW", moment);
    for (line, communities, meetups) in [
        (&["near", "Munich", "--radius", "100km"][..], 8, 8),
        (&["near", "Munich", "--radius", "1km"], 2, 2),
        (
            &["near", "Munich", "--radius", "500km", "--topic", "chess"],
            43,
            43,
        ),
        (&["near", "-16.85,179.99", "--radius", "20km"], 3, 3),
        (
            &["near", "90,0", "--radius", "15km", "--to", "2030-10-16"],
            2,
            2,
        ),
    ] {
        let expected = shown(&by_cells, line).await;
        assert_eq!(shown(&by_words, line).await, expected, "{line:?}");
        let number = |list: &str| expected[list].as_array().unwrap().len();
        assert_eq!(
            (number("communities"), number("meetups")),
            (communities, meetups),
            "{line:?}"
        );
    }
}
