//! The 103 real communities of tests/data: created through the library on our relay, and found
//! where they are. What must be found is computed here from the file, by brute force and with a
//! formula of its own. The oddities of the file (tests/data/README.md) are kept and named.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use kith_client::lbc::{Location, Topic};
use kith_client::place::{CityTag, CountryCode, Gazetteer, Point};
use kith_client::{EventId, Kith, NewCommunity, Search};
use serde_json::{Value, json};

use crate::harness::TestRelay;
use crate::library::{city, person, reader};

const FILE: &str = include_str!("../../data/meetups-real.json");

/// Nothing may lie this close to the edge of a search: a position is written to about five metres.
const EDGE_KM: f64 = 0.05;

#[derive(Debug)]
struct Real {
    name: String,
    country: String,
    city: String,
    latitude: f64,
    longitude: f64,
    url: String,
}

impl Real {
    /// The city as the organizers wrote it.
    fn city_tag(&self) -> CityTag {
        CityTag::new(CountryCode::parse(&self.country).unwrap(), &self.city).unwrap()
    }

    /// What an organizer would publish: the position, and the city in every spelling that is known.
    fn community(&self) -> NewCommunity {
        let tag = self.city_tag();
        let position = Location::at(Point::new(self.latitude, self.longitude).unwrap());
        let known = Gazetteer::resolve(&tag.to_string())
            .first()
            .map(|city| city.tags());
        let location = [tag].into_iter().chain(known.unwrap_or_default());
        NewCommunity {
            description: format!("See {}", self.url),
            location: location.fold(position, Location::in_city),
            topics: Topic::new("bitcoin").into_iter().collect(),
            ..NewCommunity::new(&self.name)
        }
    }

    /// Great-circle kilometres (haversine, the same sphere as in the checklist).
    fn distance_km(&self, latitude: f64, longitude: f64) -> f64 {
        let (here, there) = (self.latitude.to_radians(), latitude.to_radians());
        let half_latitude = (there - here) / 2.0;
        let half_longitude = (longitude - self.longitude).to_radians() / 2.0;
        let chord =
            half_latitude.sin().powi(2) + here.cos() * there.cos() * half_longitude.sin().powi(2);
        2.0 * 6_371.008_8 * chord.sqrt().asin()
    }
}

fn real() -> Vec<Real> {
    let entries: Vec<Value> = serde_json::from_str(FILE).unwrap();
    assert_eq!(entries.len(), 103);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let read = |entry: &Value| Real {
        name: text(&entry["name"]),
        country: text(&entry["country"]),
        city: text(&entry["city"]),
        latitude: entry["latitude"].as_f64().unwrap(),
        longitude: entry["longitude"].as_f64().unwrap(),
        url: text(&entry["url"]),
    };
    entries.iter().map(read).collect()
}

/// The names within a circle, by the file alone.
fn near(real: &[Real], latitude: f64, longitude: f64, km: f64) -> BTreeSet<String> {
    let distance = |of: &&Real| of.distance_km(latitude, longitude);
    let edge = real.iter().find(|of| (distance(of) - km).abs() < EDGE_KM);
    assert!(
        edge.is_none(),
        "{edge:?} is on the edge, choose another radius"
    );
    real.iter()
        .filter(|of| distance(of) < km)
        .map(|of| of.name.clone())
        .collect()
}

/// The names in a city, by the file alone.
fn within(real: &[Real], country: &str, city: &str) -> BTreeSet<String> {
    let there = real
        .iter()
        .filter(|of| of.country == country && of.city == city);
    there.map(|of| of.name.clone()).collect()
}

async fn found(kith: &Kith, search: &Search) -> BTreeSet<String> {
    let listing = kith.communities(search).await.unwrap();
    assert_eq!(listing.silent, []);
    let names: Vec<String> = listing.found.iter().map(|view| view.title()).collect();
    let unique: BTreeSet<String> = names.iter().cloned().collect();
    assert_eq!(unique.len(), names.len(), "each once: {names:?}");
    unique
}

fn around(latitude: f64, longitude: f64, km: f64) -> Search {
    Search::new()
        .near(Point::new(latitude, longitude).unwrap(), km)
        .unwrap()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn real_communities_are_created_and_found_where_they_are() {
    let real = real();
    let relay = TestRelay::start().await;
    let started = Instant::now();
    let ids = create(&relay, &real).await;
    let created = started.elapsed();

    let kith = reader(&[&relay]).await;
    let started = Instant::now();
    near_three_cities(&kith, &real).await;
    by_city(&kith, &real).await;
    hamburg(&kith, &real).await;
    let searches = everything(&kith, &real, &ids).await;
    let searched = started.elapsed();
    println!(
        "created 103 communities in {created:?} ({:?} each); {searches} searches in {searched:?} \
         ({:?} each)",
        created / 103,
        searched / searches
    );

    let mut socket = relay.connect().await;
    for kind in [1037, 30037, 30000, 40] {
        assert_eq!(
            socket.count(json!({"kinds": [kind]})).await,
            103,
            "kind {kind}"
        );
    }
    assert_eq!(socket.count(json!({})).await, 4 * 103);
}

async fn create(relay: &TestRelay, real: &[Real]) -> BTreeMap<EventId, String> {
    let owner = person(1, &[relay]).await;
    let mut ids = BTreeMap::new();
    for of in real {
        let created = owner.create_community(&of.community()).await.unwrap();
        ids.insert(created.id, of.name.clone());
    }
    assert_eq!(ids.len(), 103, "lbc_04");
    ids
}

async fn near_three_cities(kith: &Kith, real: &[Real]) {
    // As `kith near` would look: around the middle of the city.
    for (text, nearest) in [
        ("Husum", "Einundzwanzig Nordfriesland"),
        ("Lübeck", "Einundzwanzig Lübeck"),
        ("Munich", "Bitcoin München"),
    ] {
        let centre = Gazetteer::resolve(&format!("{text}, DE"))[0].point();
        let (latitude, longitude) = (centre.latitude(), centre.longitude());
        for km in [5.0, 25.0, 50.0, 120.0, 300.0] {
            let expected = near(real, latitude, longitude, km);
            assert!(expected.contains(nearest), "{text}, {km} km: {expected:?}");
            let search = around(latitude, longitude, km);
            assert_eq!(found(kith, &search).await, expected, "{text}, {km} km");
        }
        let listed = kith
            .communities(&around(latitude, longitude, 300.0))
            .await
            .unwrap()
            .found;
        let distances: Vec<f64> = listed
            .iter()
            .filter_map(|view| view.distance_km())
            .collect();
        assert_eq!(
            (distances.len(), listed[0].title().as_str()),
            (listed.len(), nearest)
        );
        assert!(distances.is_sorted(), "nearest first: {distances:?}");
    }
    // Written out once, so that the brute force is checked too.
    let husum = Gazetteer::resolve("Husum, DE")[0].point();
    let expected = names(&["Einundzwanzig Nordfriesland"]);
    assert_eq!(
        near(real, husum.latitude(), husum.longitude(), 25.0),
        expected
    );
}

async fn by_city(kith: &Kith, real: &[Real]) {
    for (tag, expected) in [
        ("DE:Husum", within(real, "DE", "Husum")),
        ("DE:Lübeck", within(real, "DE", "Lübeck")),
        ("DE:München", within(real, "DE", "München")),
        // Under its English name too.
        ("DE:Munich", within(real, "DE", "München")),
        ("AT:Wien", within(real, "AT", "Wien")),
        ("AT:Vienna", within(real, "AT", "Wien")),
        ("CH:Zürich", within(real, "CH", "Zürich")),
        ("DE:Berlin", within(real, "DE", "Berlin")),
        // No city of the gazetteer: found as it was written.
        ("DE:Sauerland", within(real, "DE", "Sauerland")),
        ("DE:Wacken", within(real, "DE", "Wacken")),
        ("IT:Südtirol", within(real, "IT", "Südtirol")),
    ] {
        assert!(!expected.is_empty(), "{tag}");
        let search = Search::new().city(city(tag));
        assert_eq!(found(kith, &search).await, expected, "{tag}");
    }
    assert_eq!(
        within(real, "DE", "Husum"),
        names(&["Einundzwanzig Nordfriesland"])
    );
    assert_eq!(
        within(real, "DE", "Lübeck"),
        names(&["Einundzwanzig Lübeck"])
    );
    assert_eq!(within(real, "DE", "München"), names(&["Bitcoin München"]));
    let there_is_none = Search::new().city(city("DE:Kiel"));
    assert_eq!(found(kith, &there_is_none).await, BTreeSet::new());
}

/// In the file both communities of Hamburg have their latitude for a longitude: they lie in Russia,
/// 2,800 km from Hamburg. Nobody corrects that: they are not near Hamburg, but under its name.
async fn hamburg(kith: &Kith, real: &[Real]) {
    let both = names(&["Bitcoin Hamburg", "Einundzwanzig Hamburg"]);
    assert_eq!(within(real, "DE", "Hamburg"), both);
    for of in real.iter().filter(|of| of.city == "Hamburg") {
        assert_eq!((of.latitude, of.longitude), (53.550341, 53.550341));
        assert!(of.distance_km(53.550341, 9.993682) > 2_500.0);
    }
    let near_hamburg = found(kith, &around(53.550341, 9.993682, 40.0)).await;
    assert_eq!(near_hamburg, near(real, 53.550341, 9.993682, 40.0));
    assert!(near_hamburg.is_disjoint(&both), "{near_hamburg:?}");
    assert_eq!(
        found(kith, &Search::new().city(city("DE:Hamburg"))).await,
        both
    );
    assert_eq!(found(kith, &around(53.550341, 53.550341, 10.0)).await, both);
}

/// Every one of them is found at its own position, under its own city, by topic, and by id. Gives
/// the number of searches.
async fn everything(kith: &Kith, real: &[Real], ids: &BTreeMap<EventId, String>) -> u32 {
    let all: BTreeSet<String> = real.iter().map(|of| of.name.clone()).collect();
    assert_eq!(all.len(), 103);
    assert_eq!(found(kith, &Search::new().topic("Bitcoin")).await, all);
    assert_eq!(found(kith, &Search::new()).await, all);

    let (mut at_home, mut in_city) = (BTreeSet::new(), BTreeSet::new());
    for of in real {
        let here = found(kith, &around(of.latitude, of.longitude, 0.5)).await;
        assert!(
            here.contains(&of.name),
            "{} at its position: {here:?}",
            of.name
        );
        at_home.extend(here);
        let there = found(kith, &Search::new().city(of.city_tag())).await;
        let expected = within(real, &of.country, &of.city);
        assert!(there.is_superset(&expected), "{}: {there:?}", of.city);
        in_city.extend(there);
    }
    assert_eq!((at_home, in_city), (all.clone(), all));

    for (id, name) in ids {
        let view = kith.community(*id).await.unwrap();
        let of = real.iter().find(|of| of.name == *name).unwrap();
        assert_eq!(
            (&view.title(), view.description()),
            (name, &*format!("See {}", of.url))
        );
        let point = view.point().unwrap();
        let moved = of.distance_km(point.latitude(), point.longitude());
        assert!(moved < 0.005, "{name} is {moved} km from where it was put");
        assert!(view.location().cities.contains(&of.city_tag()), "{name}");
    }
    let searches = 2 * real.len() + 2 + 15 + 12 + 3;
    u32::try_from(searches).unwrap()
}
