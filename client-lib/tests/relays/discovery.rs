//! Near a place, asked in words (`nips/discovery.md`) where a relay announces them and by cells
//! elsewhere: the same answers, and none that a relay makes up.

use kith_client::lbc::{
    Community, CommunityMetadata, CommunityReference, Location, Meetup, Note, Topic,
};
use kith_client::nip52::{TimeSpan, When};
use kith_client::place::{Cell, CityTag, Point};
use kith_client::{Draft, Event, EventId, Keys, Kith, Search};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::map_relay::{Announcement, MapRelay, Temper, announcing_all};
use crate::support::{EVENING, TIMEOUT};

const FOUNDED: u64 = 1_700_000_000;

const HOUR: u64 = 3_600;

/// A city, both sides of the antimeridian, and the poles.
const PLACES: [(&str, f64, f64); 6] = [
    ("Brighton", 50.8225, -0.1372),
    ("Hove", 50.8280, -0.1710),
    ("Taveuni", -16.8, 179.97),
    ("Rabi", -16.8, -179.97),
    ("North", 89.95, 10.0),
    ("South", -89.95, -170.0),
];

pub fn point(latitude: f64, longitude: f64) -> Point {
    Point::new(latitude, longitude).unwrap()
}

pub fn signed(note: &impl Note, keys: &Keys, created_at: u64) -> Event {
    let draft = Draft {
        created_at: Some(created_at),
        ..note.draft().unwrap()
    };
    draft.sign(keys, created_at).unwrap()
}

/// A community here: what it is, and how it is described.
pub fn community(keys: &Keys, title: &str, location: &Location) -> [Event; 2] {
    let founded = signed(&Community::new(title), keys, FOUNDED);
    let reference = CommunityReference::new(founded.id(), keys.public_key().into());
    let mut metadata = CommunityMetadata::new(reference, title);
    metadata.location = location.clone();
    metadata.topics = vec![Topic::new("chess").unwrap()];
    let described = signed(&metadata, keys, FOUNDED + 1);
    [founded, described]
}

pub fn meetup(
    community: EventId,
    keys: &Keys,
    slug: &str,
    location: &Location,
    span: TimeSpan,
) -> Meetup {
    let reference = CommunityReference::new(community, keys.public_key().into());
    let mut meetup = Meetup::new(reference, &slug.parse().unwrap(), slug, When::timed(span));
    meetup.location = location.clone();
    meetup.topics = vec![Topic::new("chess").unwrap()];
    meetup
}

pub fn span(start: u64, end: Option<u64>) -> TimeSpan {
    TimeSpan::new(start, end).unwrap()
}

/// Some communities and meetups at each of the places.
fn world(keys: &Keys) -> Vec<Event> {
    let mut events = Vec::new();
    for (index, (name, latitude, longitude)) in PLACES.into_iter().enumerate() {
        let here = Location::at(point(latitude, longitude));
        let notes = community(keys, name, &here);
        let id = notes[0].id();
        events.extend(notes);
        let day = EVENING + index as u64 * 24 * HOUR;
        for (slug, span) in [
            ("evening", span(day, Some(day + 3 * HOUR))),
            ("twin", span(day, Some(day + HOUR))),
            ("instant", span(day + 2 * HOUR, None)),
            ("fortnight", span(day - 200 * HOUR, Some(day + 136 * HOUR))),
        ] {
            let slug = format!("{name}-{slug}").to_lowercase();
            let note = meetup(id, keys, &slug, &here, span);
            events.push(signed(&note, keys, FOUNDED + 2));
        }
    }
    events
}

pub async fn visitor(relays: &[&MapRelay]) -> Kith {
    let urls = relays.iter().map(|relay| relay.url.clone());
    Kith::builder()
        .relays(urls)
        .timeout(TIMEOUT)
        .connect()
        .await
        .unwrap()
}

/// What was found, in order: communities, then meetups, with their distances.
async fn found(kith: &Kith, search: &Search) -> Vec<(String, Option<f64>)> {
    let communities = kith.communities(search).await.unwrap();
    let meetups = kith.meetups(search).await.unwrap();
    assert_eq!((communities.silent, meetups.silent), (vec![], vec![]));
    let communities = communities.found.iter();
    let communities = communities.map(|found| (found.title(), found.distance_km()));
    let meetups = meetups.found.iter();
    let meetups = meetups.map(|found| (found.title().to_owned(), found.distance_km()));
    communities.chain(meetups).collect()
}

pub fn near(latitude: f64, longitude: f64, km: f64) -> Search {
    Search::new().near(point(latitude, longitude), km).unwrap()
}

fn searches() -> Vec<Search> {
    let around = |(_, latitude, longitude)| {
        let near = |km| near(latitude, longitude, km);
        [
            near(1.0),
            near(5.0).from(EVENING + 25 * HOUR),
            near(12.0).from(EVENING).to(EVENING + 49 * HOUR),
            near(20.0).topic("CHESS"),
            near(20.0).topic("go").to(EVENING),
        ]
    };
    PLACES.into_iter().flat_map(around).collect()
}

#[tokio::test]
async fn lbc_41_words_and_cells_find_the_same_in_the_same_order() {
    let events = world(&Keys::generate());
    let (words, cells) = (MapRelay::honest().await, MapRelay::plain().await);
    words.hold(events.clone());
    cells.hold(events);
    let by_words = visitor(&[&words]).await;
    let by_cells = visitor(&[&cells]).await;
    let by_both = visitor(&[&words, &cells]).await;
    let mut most = 0;
    let window = Search::new().topic("chess").from(EVENING).to(EVENING + 1);
    assert_eq!(
        found(&by_words, &window).await,
        found(&by_cells, &window).await
    );
    for search in searches() {
        let expected = found(&by_cells, &search).await;
        assert_eq!(found(&by_words, &search).await, expected, "{search:?}");
        assert_eq!(found(&by_both, &search).await, expected, "{search:?}");
        most = most.max(expected.len());
    }
    assert_eq!(most, 10, "two communities and their meetups");
    assert!(words.searches().iter().any(|text| text.contains("from:")));
    let tags = |filter: &serde_json::Value| filter.get("#g").is_some();
    assert!(!words.asked().iter().any(tags), "no cells");
    assert_eq!(cells.searches(), [""; 0]);
}

#[tokio::test]
async fn a_note_without_the_prefixes_of_its_geohash_is_found_only_with_words() {
    let keys = Keys::generate();
    let here = point(50.8225, -0.1372);
    let [founded, described] = community(&keys, "Chess", &Location::at(here));
    let long_only = Draft {
        kind: described.kind(),
        created_at: None,
        tags: vec![
            vec!["d".to_owned(), founded.id().to_string()],
            vec!["title".to_owned(), "Chess".to_owned()],
            vec!["e".to_owned(), founded.id().to_string()],
            vec!["g".to_owned(), Cell::of(here, 9).to_string()],
        ],
        content: String::new(),
    };
    let long_only = long_only.sign(&keys, FOUNDED + 1).unwrap();
    let (words, cells) = (MapRelay::honest().await, MapRelay::plain().await);
    for relay in [&words, &cells] {
        relay.hold([founded.clone(), long_only.clone()]);
    }
    let around = near(50.8225, -0.1372, 5.0);
    let by_cells = visitor(&[&cells]).await;
    assert_eq!(found(&by_cells, &around).await, []);
    for relays in [&[&words][..], &[&cells, &words]] {
        let titles = found(&visitor(relays).await, &around).await;
        assert_eq!(titles.len(), 1);
    }
}

#[tokio::test]
async fn nip67_08_a_search_goes_past_what_a_relay_gives_at_once() {
    const MEETUPS: u64 = 60;
    let keys = Keys::generate();
    let here = Location::at(point(53.8655, 10.6866));
    let [founded, described] = community(&keys, "Chess", &here);
    let mut events = vec![founded.clone(), described];
    for number in 0..MEETUPS {
        // Those that were written last begin first; three at a time have the same timestamp.
        let start = EVENING + (MEETUPS - number) * HOUR;
        let slug = format!("number-{number}");
        let long = span(start, Some(start + 1_000 * HOUR));
        let note = meetup(founded.id(), &keys, &slug, &here, long);
        events.push(signed(&note, &keys, FOUNDED + 2 + number / 3));
    }
    let search = near(53.8655, 10.6866, 5.0).from(EVENING);
    for announced in [None, Some(7)] {
        let relay = MapRelay::start(announcing_all(announced), Temper::Honest, 7).await;
        relay.hold(events.clone());
        let meetups = visitor(&[&relay]).await.meetups(&search).await.unwrap();
        assert_eq!(meetups.silent, []);
        let starts: Vec<_> = meetups.found.iter().map(|view| view.starts_at()).collect();
        assert_eq!(starts.len(), MEETUPS as usize);
        assert!(starts.is_sorted());
        let first = relay.searches().swap_remove(0);
        assert!(first.ends_with("sort:start"), "{first}");
    }
    // What fits into one answer is asked for once.
    let relay = MapRelay::honest().await;
    relay.hold(events);
    let meetups = visitor(&[&relay]).await.meetups(&search).await.unwrap();
    assert_eq!(meetups.found.len(), MEETUPS as usize);
    assert_eq!(relay.searches().len(), 1);
}

#[tokio::test]
async fn nip50_09_what_a_relay_makes_up_is_sorted_out() {
    let keys = Keys::generate();
    let events = world(&keys);
    let plain = MapRelay::plain().await;
    plain.hold(events.clone());
    let honest = visitor(&[&plain]).await;
    let deaf = MapRelay::start(announcing_all(Some(500)), Temper::Deaf, 500).await;
    let perverse = MapRelay::start(announcing_all(Some(500)), Temper::Perverse, 500).await;
    deaf.hold(events.clone());
    perverse.hold(events);
    let deaf_only = visitor(&[&deaf]).await;
    let perverse_only = visitor(&[&perverse]).await;
    let all = visitor(&[&perverse, &plain, &deaf]).await;
    for search in searches() {
        let expected = found(&honest, &search).await;
        assert_eq!(found(&deaf_only, &search).await, expected, "{search:?}");
        assert_eq!(found(&all, &search).await, expected, "{search:?}");
        // It keeps back what is there, and what it gives instead is not shown.
        assert_eq!(found(&perverse_only, &search.topic("chess")).await, []);
    }
}

#[tokio::test]
async fn nip50_09_a_relay_that_announces_nothing_is_not_searched() {
    let events = world(&Keys::generate());
    let all = "near, bbox, from, to, sort, open";
    let long = " ".repeat(200 * 1024);
    for (document, words) in [
        ("<html>a page</html>", all),
        ("", all),
        ("{}", all),
        (r#"{"supported_nips":[1,11]}"#, all),
        (r#"{"supported_nips":[1,50]}"#, ""),
        (r#"{"supported_nips":[50]}"#, "near, from, to"),
        (&format!(r#"{{{long}"supported_nips":[50]}}"#), all),
    ] {
        let announcement = Announcement {
            document: document.to_owned(),
            words: words.to_owned(),
        };
        let relay = MapRelay::start(announcement, Temper::Unwilling, 500).await;
        relay.hold(events.clone());
        let kith = visitor(&[&relay]).await;
        assert_eq!(found(&kith, &near(50.8225, -0.1372, 1.0)).await.len(), 5);
        assert_eq!(
            relay.searches(),
            [""; 0],
            "{}",
            &document[..document.len().min(90)]
        );
    }
}

#[tokio::test]
async fn nip50_07_a_relay_that_refuses_what_it_announced_is_asked_by_cells() {
    let relay = MapRelay::start(announcing_all(None), Temper::Unwilling, 500).await;
    relay.hold(world(&Keys::generate()));
    let kith = visitor(&[&relay]).await;
    for _ in 0..3 {
        assert_eq!(found(&kith, &near(50.8225, -0.1372, 1.0)).await.len(), 5);
    }
    assert_eq!(relay.searches().len(), 1, "it is not asked again");
}

#[tokio::test]
async fn nip01_104_the_newest_version_wins_whichever_way_it_was_found() {
    let keys = Keys::generate();
    let (here, away) = (point(50.8225, -0.1372), point(48.137, 11.575));
    let [founded, described] = community(&keys, "Chess", &Location::at(here));
    let evening = span(EVENING, Some(EVENING + HOUR));
    let version = |title: &str, place: Point, created_at: u64| {
        let location = Location::at(place);
        let mut note = meetup(founded.id(), &keys, "evening", &location, evening);
        note.title = title.to_owned();
        signed(&note, &keys, created_at)
    };
    let old = version("Old", here, FOUNDED + 2);
    for (new, expected) in [
        (version("New", here, FOUNDED + 3), &["Chess", "New"][..]),
        (version("Gone", away, FOUNDED + 3), &["Chess"]),
    ] {
        for new_has_words in [true, false] {
            let (words, cells) = (MapRelay::honest().await, MapRelay::plain().await);
            for relay in [&words, &cells] {
                relay.hold([founded.clone(), described.clone()]);
            }
            let (with_new, with_old) = match new_has_words {
                true => (&words, &cells),
                false => (&cells, &words),
            };
            with_new.hold([new.clone()]);
            with_old.hold([old.clone()]);
            let kith = visitor(&[&words, &cells]).await;
            let names = found(&kith, &near(50.8225, -0.1372, 5.0)).await;
            let names: Vec<String> = names.into_iter().map(|(name, _)| name).collect();
            assert_eq!(names, expected, "words have the new one: {new_has_words}");
        }
    }
}

#[tokio::test]
async fn a_city_stands_in_for_a_missing_position_on_both_ways() {
    let keys = Keys::generate();
    let brighton = CityTag::parse("GB:Brighton").unwrap();
    let named = Location::default().in_city(brighton.clone());
    let far = Location::at(point(51.5074, -0.1278)).in_city(brighton.clone());
    let mut events = Vec::new();
    for (name, location) in [
        ("Here", &Location::at(point(50.8225, -0.1372))),
        ("Named", &named),
        ("Far", &far),
    ] {
        let [founded, described] = community(&keys, name, location);
        let slug = name.to_lowercase();
        let evening = span(EVENING, None);
        let note = meetup(founded.id(), &keys, &slug, location, evening);
        events.extend([founded, described, signed(&note, &keys, FOUNDED + 2)]);
    }
    let (words, cells) = (MapRelay::honest().await, MapRelay::plain().await);
    let search = near(50.8225, -0.1372, 25.0).or_in_city(brighton);
    for relay in [&words, &cells] {
        relay.hold(events.clone());
        let mut names = found(&visitor(&[relay]).await, &search).await;
        assert_eq!(names.remove(0).0, "Here");
        assert_eq!(names.remove(0), ("Named".to_owned(), None));
        assert_eq!(names.len(), 2, "two meetups");
    }
}

#[tokio::test]
async fn a_document_that_never_comes_does_not_hold_up_the_answer_for_long() {
    // It speaks WebSocket with those who ask for it, and says nothing to others.
    let relay = MapRelay::plain().await;
    relay.hold(world(&Keys::generate()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let behind = relay.url.trim_start_matches("ws://").to_owned();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let behind = behind.clone();
            tokio::spawn(async move {
                let mut head = [0; 4096];
                let read = stream.peek(&mut head).await.unwrap();
                let head = String::from_utf8_lossy(&head[..read]).to_lowercase();
                if head.contains("upgrade: websocket") {
                    let mut relay = tokio::net::TcpStream::connect(behind).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut relay).await;
                } else {
                    let _ = stream.read_to_end(&mut Vec::new()).await;
                }
            });
        }
    });
    let kith = Kith::builder()
        .relay(format!("ws://{address}"))
        .timeout(TIMEOUT)
        .connect()
        .await
        .unwrap();
    assert_eq!(found(&kith, &near(50.8225, -0.1372, 1.0)).await.len(), 5);
}
