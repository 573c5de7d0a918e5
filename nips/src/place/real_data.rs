//! The gazetteer against a list of real communities (see tests/data/README.md).

use super::{CityTag, CountryCode, Gazetteer, Point, distance_km};

const COMMUNITIES: &str = include_str!("../../../tests/data/meetups-real.json");

#[derive(serde::Deserialize)]
struct Community {
    country: String,
    city: String,
    latitude: f64,
    longitude: f64,
}

fn communities() -> Vec<Community> {
    serde_json::from_str(COMMUNITIES).unwrap()
}

fn tag(community: &Community) -> CityTag {
    let country = CountryCode::parse(&community.country).unwrap();
    CityTag::new(country, &community.city).unwrap()
}

#[test]
fn lbc_42_cities_of_real_communities_are_known() {
    let communities = communities();
    assert_eq!(communities.len(), 103);
    let mut unknown: Vec<String> = communities
        .iter()
        .map(|community| tag(community).to_string())
        .filter(|tag| Gazetteer::resolve(tag).is_empty())
        .collect();
    unknown.sort();
    unknown.dedup();
    assert_eq!(unknown, UNKNOWN);
}

#[test]
fn real_communities_meet_near_their_city() {
    let communities = communities();
    let mut known = 0;
    let near = communities
        .iter()
        .filter_map(|community| {
            let city = Gazetteer::resolve(&tag(community).to_string())
                .first()
                .copied()?;
            known += 1;
            let point = Point::new(community.latitude, community.longitude).unwrap();
            Some(distance_km(point, city.point()) < 25.0)
        })
        .filter(|near| *near)
        .count();
    assert!(known >= 70 && near + 10 >= known, "{near} of {known}");
}

/// Regions and countries, but for three places too small for the table: Herrsching, Pfarrkirchen
/// and Wacken.
const UNKNOWN: &[&str] = &[
    "AT:Nordburgenland",
    "AT:Styria",
    "AT:Tirol",
    "AT:Vorarlberg",
    "CH:Ostschweiz",
    "CH:Schweiz",
    "CH:Thurgau",
    "DE:Elbe-Elster",
    "DE:Franken",
    "DE:Herrsching",
    "DE:Hochtaunuskreis",
    "DE:OWL",
    "DE:Oberland",
    "DE:Pfalz",
    "DE:Pfarrkirchen",
    "DE:Rhoihesse",
    "DE:Saarland",
    "DE:Sachsen",
    "DE:Sauerland",
    "DE:Thüringen",
    "DE:Unterfranken",
    "DE:Wacken",
    "ES:Gran Canaria",
    "IT:Südtirol",
    "LI:Liechtenstein",
    "PT:Portugal",
];
