//! The table of cities.
//!
//! Owns: how the table that is compiled in is read (its layout is in [`super::table`]), and what its
//! countries and regions are called. It must not know what a person typed or how answers are ranked.
//!
//! The table is read where it lies in the program: nothing is unpacked, and a city is read when
//! somebody asks for it.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::city::City;
use super::city_tag::CountryCode;
use super::fold::fold;
use super::table::{RECORD_BYTES, bucket};

/// GeoNames `cities15000`, CC-BY 4.0; see NOTICE. Unpacked by `build.rs`.
const RECORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cities.records"));
const NAMES: &str = include_str!(concat!(env!("OUT_DIR"), "/cities.names"));
const BUCKETS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cities.buckets"));
const NAMED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cities.named"));
const BY_LATITUDE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cities.by-latitude"));
const COUNTRIES: &str = include_str!(concat!(env!("OUT_DIR"), "/countries.txt"));
const REGIONS: &str = include_str!(concat!(env!("OUT_DIR"), "/regions.txt"));
const TIMEZONES: &str = include_str!(concat!(env!("OUT_DIR"), "/timezones.txt"));

/// All cities, grouped by country.
pub(super) fn cities() -> impl ExactSizeIterator<Item = City> + Clone {
    RECORDS.as_chunks().0.iter().map(read)
}

/// Cities that may have a name that folds to `folded`. There are others among them: compare.
pub(super) fn cities_perhaps_named(folded: &str) -> impl Iterator<Item = City> {
    let beginnings = BUCKETS.as_chunks().0;
    let beginning = |bucket: usize| Some(u32::from_le_bytes(*beginnings.get(bucket)?) as usize);
    let bucket = bucket(folded);
    let entries = beginning(bucket).zip(beginning(bucket + 1));
    let named = entries.and_then(|(from, to)| NAMED.as_chunks().0.get(from..to));
    named.unwrap_or_default().iter().filter_map(city_of)
}

/// The cities south of a latitude in 1e-4 degrees, northernmost first, and those not south of it,
/// southernmost first.
pub(super) fn cities_around(
    latitude: i32,
) -> (impl Iterator<Item = City>, impl Iterator<Item = City>) {
    let places = BY_LATITUDE.as_chunks().0;
    let middle =
        places.partition_point(|place| city_of(place).is_some_and(|city| city.latitude < latitude));
    let (south, north) = places.split_at(middle);
    (
        south.iter().rev().filter_map(city_of),
        north.iter().filter_map(city_of),
    )
}

pub(super) fn country_name(code: CountryCode) -> &'static str {
    let countries = &tables().countries;
    let found = countries.binary_search_by_key(&code, |(code, _)| *code);
    let country = found.ok().and_then(|place| countries.get(place));
    country.map_or("", |(_, name)| name)
}

pub(super) fn region_name(region: u8) -> Option<&'static str> {
    let place = usize::from(region).checked_sub(1)?;
    tables().regions.get(place).copied()
}

pub(super) fn timezone(line: u16) -> &'static str {
    let zone = tables().timezones.get(usize::from(line));
    zone.copied().unwrap_or_default()
}

/// What may stand after the name of a city.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Qualifier {
    Country(CountryCode),
    /// A region as in [`City`].
    Region(u8),
}

impl Qualifier {
    pub(super) fn holds(self, city: &City) -> bool {
        match self {
            Self::Country(code) => city.country == code,
            Self::Region(region) => city.region == region,
        }
    }
}

/// Countries and regions that are called or abbreviated so.
pub(super) fn qualifiers(text: &str) -> &'static [Qualifier] {
    static QUALIFIERS: LazyLock<HashMap<String, Vec<Qualifier>>> = LazyLock::new(all_qualifiers);
    let meanings = QUALIFIERS.get(&fold(text));
    meanings.map_or(&[], Vec::as_slice)
}

fn city_of(place: &[u8; 2]) -> Option<City> {
    let place = usize::from(u16::from_le_bytes(*place));
    RECORDS.as_chunks().0.get(place).map(read)
}

fn read(record: &[u8; RECORD_BYTES]) -> City {
    let [
        names_at,
        latitude,
        longitude,
        population,
        [length_low, length_high, zone_low, zone_high],
        [country_1, country_2, region, own_names],
    ] = *record.as_chunks().0
    else {
        return City::NOWHERE;
    };
    let names_at = u32::from_le_bytes(names_at) as usize;
    let names_end = names_at + usize::from(u16::from_le_bytes([length_low, length_high]));
    City {
        names: NAMES.get(names_at..names_end).unwrap_or_default(),
        own_names,
        country: CountryCode::from_table([country_1, country_2]),
        region,
        timezone: u16::from_le_bytes([zone_low, zone_high]),
        population: u32::from_le_bytes(population),
        latitude: i32::from_le_bytes(latitude),
        longitude: i32::from_le_bytes(longitude),
    }
}

/// The lines that cities refer to.
struct Tables {
    countries: Vec<(CountryCode, &'static str)>,
    regions: Vec<&'static str>,
    timezones: Vec<&'static str>,
}

fn tables() -> &'static Tables {
    static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
        countries: countries()
            .map(|(code, mut names)| (code, names.next().unwrap_or_default()))
            .collect(),
        regions: regions().map(|(_, name)| name).collect(),
        timezones: TIMEZONES.lines().collect(),
    });
    &TABLES
}

/// Codes and names; the English name is first, further names and codes follow.
fn countries() -> impl Iterator<Item = (CountryCode, std::str::Split<'static, char>)> {
    COUNTRIES.lines().filter_map(|line| {
        let (code, names) = line.split_once('\t')?;
        Some((CountryCode::parse(code)?, names.split('\t')))
    })
}

/// Codes and English names.
fn regions() -> impl Iterator<Item = (&'static str, &'static str)> {
    REGIONS.lines().filter_map(|line| {
        let (_, region) = line.split_once('\t')?;
        region.split_once('\t')
    })
}

fn all_qualifiers() -> HashMap<String, Vec<Qualifier>> {
    let mut qualifiers: HashMap<String, Vec<Qualifier>> = HashMap::new();
    let mut add = |name: &str, meaning: Qualifier| {
        let meanings = qualifiers.entry(fold(name)).or_default();
        if !meanings.contains(&meaning) {
            meanings.push(meaning);
        }
    };
    for (code, names) in countries() {
        for name in names {
            add(name, Qualifier::Country(code));
        }
        add(code.as_str(), Qualifier::Country(code));
    }
    for (number, (code, name)) in (1..=u8::MAX).zip(regions()) {
        add(code, Qualifier::Region(number));
        add(name, Qualifier::Region(number));
    }
    qualifiers
}

#[cfg(test)]
mod tests {
    use super::super::city_tag::CityTag;
    use super::super::table;
    use super::*;

    /// What `make-cities.py` prints.
    const CITIES: usize = 34_006;
    const PACKED_BYTES_MAX: usize = 1_200_000;

    #[test]
    fn the_table_is_whole() {
        assert!(include_bytes!("../../data/cities.bin").len() <= PACKED_BYTES_MAX);
        assert_eq!(RECORDS.len(), CITIES * RECORD_BYTES);
        assert_eq!(cities().len(), CITIES);
        assert_eq!(BY_LATITUDE.len(), CITIES * 2);
        assert_eq!(BUCKETS.len(), (table::BUCKETS + 1) * 4);
        let names: usize = cities().map(|city| city.names.len() + 1).sum();
        assert_eq!(names, NAMES.len());
        assert!(tables().countries.is_sorted());
        assert_eq!(tables().regions.len(), REGIONS.lines().count());
        assert_eq!(tables().timezones.len(), 356);
    }

    #[test]
    fn every_city_is_usable() {
        for city in cities() {
            let tag = city.tag();
            assert!(!city.country_name().is_empty(), "{tag}");
            assert!(city.timezone().contains('/'), "{tag}");
            let point = city.point();
            assert!(super::super::Point::new(point.latitude(), point.longitude()).is_ok());
            assert!(usize::from(city.own_names) < city.names().count(), "{tag}");
            assert!(city.names().all(|name| !fold(name).is_empty()), "{tag}");
        }
    }

    #[test]
    fn lbc_42_names_of_the_table_are_canonical() {
        for city in cities() {
            for tag in city.tags() {
                assert_eq!(CityTag::parse(&tag.to_string()).unwrap(), tag);
            }
        }
    }

    #[test]
    fn latitudes_are_in_order() {
        let (south, north) = cities_around(0);
        let south: Vec<i32> = south.map(|city| city.latitude).collect();
        let north: Vec<i32> = north.map(|city| city.latitude).collect();
        assert_eq!(south.len() + north.len(), CITIES);
        assert!(south.is_sorted_by(|one, next| one >= next) && south[0] < 0);
        assert!(north.is_sorted() && north[0] >= 0);
    }
}
