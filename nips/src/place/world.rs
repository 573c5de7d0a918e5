//! The table of cities in memory.
//!
//! Owns: `data/cities.bin`, its format (described in `data/make-cities.py`) and the index by
//! latitude. It must not know what a person typed or how answers are ranked.
//!
//! Nothing is decoded before the first use, and no index is made that nobody asks: a program that
//! looks for one city ends sooner than all names could be sorted.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use super::city::City;
use super::city_tag::CountryCode;
use super::fold::fold;
use super::name_index::NameIndex;

/// GeoNames `cities15000`, CC-BY 4.0; see NOTICE.
const PACKED: &[u8] = include_bytes!("../../data/cities.bin");

/// Most bytes that the table may unpack to.
const INFLATED_BYTES_MAX: usize = 4_000_000;

const BLOCKS: usize = 12;
const FORMAT: &[u8] = b"kith cities 1";

/// The table. If it could not be decoded it is empty; a test decodes it.
pub(super) fn world() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(|| World::decode().unwrap_or_default());
    &WORLD
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

#[derive(Default)]
pub(super) struct World {
    /// Grouped by country.
    pub(super) cities: Vec<City>,
    countries: Vec<(CountryCode, &'static str)>,
    regions: Vec<&'static str>,
    timezones: Vec<&'static str>,
    qualifiers: HashMap<String, Vec<Qualifier>>,
    names: NameIndex,
    /// Places of cities in `cities`, from south to north; see [`World::by_latitude`].
    by_latitude: OnceLock<Vec<u16>>,
}

impl World {
    /// Cities that may have a name that folds to `folded`. There are others among them: compare.
    pub(super) fn cities_perhaps_named(&self, folded: &str) -> impl Iterator<Item = &City> {
        let places = self.names.places(folded, &self.cities);
        places.filter_map(|place| self.cities.get(usize::from(place)))
    }

    /// Countries and regions that are called or abbreviated so.
    pub(super) fn qualifiers(&self, text: &str) -> &[Qualifier] {
        self.qualifiers
            .get(&fold(text))
            .map_or(&[], |meanings| meanings.as_slice())
    }

    /// The cities south of a latitude in 1e-4 degrees, northernmost first, and those not south of
    /// it, southernmost first.
    pub(super) fn cities_around(
        &self,
        latitude: i32,
    ) -> (impl Iterator<Item = &City>, impl Iterator<Item = &City>) {
        let city = |place: &u16| self.cities.get(usize::from(*place));
        let by_latitude = self.by_latitude();
        let middle = by_latitude
            .partition_point(|place| city(place).is_some_and(|city| city.latitude < latitude));
        let (south, north) = by_latitude.split_at(middle);
        (
            south.iter().rev().filter_map(city),
            north.iter().filter_map(city),
        )
    }

    fn by_latitude(&self) -> &[u16] {
        self.by_latitude.get_or_init(|| {
            let mut places: Vec<u16> = (0..=u16::MAX).take(self.cities.len()).collect();
            let latitude = |place: u16| Some(self.cities.get(usize::from(place))?.latitude);
            places.sort_by_key(|place| latitude(*place));
            places
        })
    }

    pub(super) fn country_name(&self, code: CountryCode) -> &'static str {
        let found = self
            .countries
            .binary_search_by_key(&code, |(code, _)| *code);
        found
            .ok()
            .and_then(|place| self.countries.get(place))
            .map_or("", |(_, name)| name)
    }

    pub(super) fn region_name(&self, region: u8) -> Option<&'static str> {
        self.regions
            .get(usize::from(region).checked_sub(1)?)
            .copied()
    }

    pub(super) fn timezone(&self, place: u16) -> &'static str {
        self.timezones
            .get(usize::from(place))
            .copied()
            .unwrap_or_default()
    }

    fn decode() -> Option<Self> {
        let [
            format,
            countries,
            regions,
            timezones,
            cities_per_country,
            region_of,
            timezone_of,
            latitudes,
            longitudes,
            populations,
            own_names,
            names,
        ] = blocks()?;
        if format != FORMAT {
            return None;
        }
        let mut world = Self {
            timezones: lines(timezones)?.collect(),
            ..Self::default()
        };
        world.read_countries(lines(countries)?)?;
        world.read_regions(lines(regions)?)?;

        let mut codes = world
            .countries
            .iter()
            .zip(varints(cities_per_country))
            .flat_map(|((code, _), cities)| std::iter::repeat_n(*code, cities as usize));
        let (mut region_of, mut timezone_of) = (varints(region_of), varints(timezone_of));
        let (mut latitudes, mut longitudes) = (deltas(latitudes), deltas(longitudes));
        let (mut populations, mut own_names) = (varints(populations), varints(own_names));
        let mut cities = Vec::new();
        for names in lines(names)? {
            cities.push(City {
                names,
                own_names: own_names.next()?.try_into().ok()?,
                country: codes.next()?,
                region: region_of.next()?.try_into().ok()?,
                timezone: timezone_of.next()?.try_into().ok()?,
                population: populations.next()?,
                latitude: latitudes.next()?,
                longitude: longitudes.next()?,
            });
        }
        cities.shrink_to_fit();
        // Places are numbers of two bytes.
        u16::try_from(cities.len()).ok()?;
        world.cities = cities;
        Some(world)
    }

    fn read_countries(&mut self, lines: impl Iterator<Item = &'static str>) -> Option<()> {
        for line in lines {
            let mut fields = line.split('\t');
            let code = fields.next()?;
            let country = CountryCode::parse(code)?;
            self.countries.push((country, fields.clone().next()?));
            for name in fields.chain([code]) {
                self.add_qualifier(name, Qualifier::Country(country));
            }
        }
        Some(())
    }

    fn read_regions(&mut self, lines: impl Iterator<Item = &'static str>) -> Option<()> {
        for line in lines {
            let mut fields = line.split('\t').skip(1);
            let (code, name) = (fields.next()?, fields.next()?);
            self.regions.push(name);
            let region = Qualifier::Region(u8::try_from(self.regions.len()).ok()?);
            self.add_qualifier(code, region);
            self.add_qualifier(name, region);
        }
        Some(())
    }

    fn add_qualifier(&mut self, name: &str, meaning: Qualifier) {
        let meanings = self.qualifiers.entry(fold(name)).or_default();
        if !meanings.contains(&meaning) {
            meanings.push(meaning);
        }
    }
}

fn blocks() -> Option<[&'static [u8]; BLOCKS]> {
    static INFLATED: LazyLock<Vec<u8>> = LazyLock::new(|| {
        use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
        decompress_to_vec_zlib_with_limit(PACKED, INFLATED_BYTES_MAX).unwrap_or_default()
    });
    let mut rest: &'static [u8] = &INFLATED;
    let mut blocks: [&'static [u8]; BLOCKS] = [&[]; BLOCKS];
    for block in &mut blocks {
        let (length, after) = rest.split_first_chunk()?;
        let length = u32::from_le_bytes(*length) as usize;
        (*block, rest) = after.split_at_checked(length)?;
    }
    rest.is_empty().then_some(blocks)
}

fn lines(block: &'static [u8]) -> Option<impl Iterator<Item = &'static str>> {
    std::str::from_utf8(block).ok().map(str::lines)
}

/// LEB128 numbers, up to the first that is malformed.
fn varints(block: &'static [u8]) -> impl Iterator<Item = u32> {
    let mut bytes = block.iter();
    std::iter::from_fn(move || {
        let mut value: u32 = 0;
        for shift in (0..32).step_by(7) {
            let byte = *bytes.next()?;
            value |= u32::from(byte & 127).checked_shl(shift)?;
            if byte < 128 {
                return Some(value);
            }
        }
        None
    })
}

/// Zigzag differences, added up.
fn deltas(block: &'static [u8]) -> impl Iterator<Item = i32> {
    varints(block).scan(0_i32, |sum, number| {
        let difference = (number >> 1) as i32 ^ -((number & 1) as i32);
        *sum = sum.wrapping_add(difference);
        Some(*sum)
    })
}

#[cfg(test)]
mod tests {
    use super::super::city_tag::CityTag;
    use super::*;

    /// What `make-cities.py` prints.
    const CITIES: usize = 34_006;
    const PACKED_BYTES_MAX: usize = 1_200_000;

    #[test]
    fn the_table_is_whole() {
        assert!(PACKED.len() <= PACKED_BYTES_MAX);
        let world = World::decode().unwrap();
        assert_eq!(world.cities.len(), CITIES);
        assert_eq!(world.by_latitude().len(), CITIES);
        assert!(world.countries.is_sorted());
        assert_eq!(world.timezones.len(), 356);
    }

    #[test]
    fn every_city_is_usable() {
        for city in &world().cities {
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
        for city in &world().cities {
            for tag in city.tags() {
                assert_eq!(CityTag::parse(&tag.to_string()).unwrap(), tag);
            }
        }
    }

    #[test]
    fn malformed_numbers_end_the_list() {
        assert_eq!(varints(&[5, 0x80, 1, 0x80]).collect::<Vec<_>>(), [5, 128]);
        assert_eq!(varints(&[0xff; 9]).count(), 0);
        assert_eq!(deltas(&[2, 1, 4]).collect::<Vec<_>>(), [1, 0, 2]);
    }
}
