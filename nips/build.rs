//! Unpacks `data/cities.bin` (its format is described in `data/make-cities.py`) into the layout that
//! `src/place/table.rs` describes, and makes the indexes, so that no program does it when it starts.
//!
//! Writes into `OUT_DIR`: `cities.records`; `cities.names`, the text of all names;
//! `cities.buckets`, where each bucket begins in `cities.named`, and its end; `cities.named`, the
//! places of cities that have a name in a bucket; `cities.by-latitude`, places from south to north;
//! `countries.txt`, `regions.txt` and `timezones.txt`, the lines of the file.

use std::error::Error;
use std::path::PathBuf;

#[path = "src/place/fold.rs"]
#[allow(dead_code, reason = "the library looks names up with the rest")]
mod fold;
#[path = "src/place/table.rs"]
mod table;

use fold::{fold_digraphs_into, fold_into};
use table::{BUCKETS, RECORD_BYTES, bucket};

const PACKED: &str = "data/cities.bin";
const FORMAT: &[u8] = b"kith cities 1";

/// Most bytes that the file may unpack to.
const INFLATED_BYTES_MAX: usize = 4_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={PACKED}");
    println!("cargo::rerun-if-changed=src/place/fold.rs");
    println!("cargo::rerun-if-changed=src/place/table.rs");
    let packed = std::fs::read(PACKED)?;
    let inflated =
        miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&packed, INFLATED_BYTES_MAX)
            .map_err(|error| format!("{PACKED}: {error}"))?;
    let source = Source::read(&inflated).ok_or("data/cities.bin is cut off")?;
    let cities = source.cities()?;

    let folder = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes);
    write("countries.txt", source.countries.as_bytes())?;
    write("regions.txt", source.regions.as_bytes())?;
    write("timezones.txt", source.timezones.as_bytes())?;
    write("cities.names", source.names.as_bytes())?;
    let records: Vec<u8> = cities.iter().flat_map(|city| city.record).collect();
    write("cities.records", &records)?;
    let (buckets, named) = by_name(&cities);
    write("cities.buckets", &buckets)?;
    write("cities.named", &named)?;
    write("cities.by-latitude", &by_latitude(&cities))?;
    Ok(())
}

/// The blocks of the file.
struct Source<'a> {
    countries: &'a str,
    regions: &'a str,
    timezones: &'a str,
    cities_per_country: &'a [u8],
    region_of: &'a [u8],
    timezone_of: &'a [u8],
    latitudes: &'a [u8],
    longitudes: &'a [u8],
    populations: &'a [u8],
    own_names: &'a [u8],
    names: &'a str,
}

/// A city, and what it is sorted by.
struct City<'a> {
    place: u16,
    names: &'a str,
    latitude: i32,
    record: [u8; RECORD_BYTES],
}

impl<'a> Source<'a> {
    fn read(mut rest: &'a [u8]) -> Option<Self> {
        let mut block = || {
            let (length, after) = rest.split_first_chunk()?;
            let block;
            (block, rest) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            Some(block)
        };
        if block()? != FORMAT {
            return None;
        }
        let text = |block| std::str::from_utf8(block).ok();
        let source = Self {
            countries: text(block()?)?,
            regions: text(block()?)?,
            timezones: text(block()?)?,
            cities_per_country: block()?,
            region_of: block()?,
            timezone_of: block()?,
            latitudes: block()?,
            longitudes: block()?,
            populations: block()?,
            own_names: block()?,
            names: text(block()?)?,
        };
        rest.is_empty().then_some(source)
    }

    fn cities(&self) -> Result<Vec<City<'a>>, Box<dyn Error>> {
        let codes = self.countries.lines().map(|line| line.get(..2));
        let mut codes = codes
            .zip(varints(self.cities_per_country))
            .flat_map(|(code, cities)| std::iter::repeat_n(code, cities as usize));
        let (mut region_of, mut timezone_of) = (varints(self.region_of), varints(self.timezone_of));
        let (mut latitudes, mut longitudes) = (deltas(self.latitudes), deltas(self.longitudes));
        let mut populations = varints(self.populations);
        let mut own_names = varints(self.own_names);
        let mut names_at = 0;
        let mut cities = Vec::new();
        for (place, names) in self.names.lines().enumerate() {
            let missing = || format!("no data of {names}");
            let latitude = latitudes.next().ok_or_else(missing)?;
            let longitude = longitudes.next().ok_or_else(missing)?;
            let population = populations.next().ok_or_else(missing)?;
            let timezone = u16::try_from(timezone_of.next().ok_or_else(missing)?)?;
            let region = u8::try_from(region_of.next().ok_or_else(missing)?)?;
            let own_names = u8::try_from(own_names.next().ok_or_else(missing)?)?;
            let country = codes.next().flatten().ok_or_else(missing)?;
            let record = [
                &u32::try_from(names_at)?.to_le_bytes()[..],
                &latitude.to_le_bytes(),
                &longitude.to_le_bytes(),
                &population.to_le_bytes(),
                &u16::try_from(names.len())?.to_le_bytes(),
                &timezone.to_le_bytes(),
                country.as_bytes(),
                &[region, own_names],
            ]
            .concat();
            cities.push(City {
                place: place.try_into()?,
                names,
                latitude,
                record: record.try_into().map_err(|_| missing())?,
            });
            names_at += names.len() + 1;
        }
        Ok(cities)
    }
}

/// The beginnings of the buckets, and the places of the cities in them, each once.
fn by_name(cities: &[City<'_>]) -> (Vec<u8>, Vec<u8>) {
    let mut entries: Vec<(usize, u16)> = Vec::new();
    let mut folded = String::new();
    for city in cities {
        for name in city.names.split('\t') {
            fold_into(name, &mut folded);
            entries.push((bucket(&folded), city.place));
            if fold_digraphs_into(name, &mut folded) {
                entries.push((bucket(&folded), city.place));
            }
        }
    }
    entries.sort_unstable();
    entries.dedup();
    let beginnings = (0..=BUCKETS).flat_map(|bucket| {
        let before = entries.partition_point(|(other, _)| *other < bucket);
        (before as u32).to_le_bytes()
    });
    let places = entries.iter().flat_map(|(_, place)| place.to_le_bytes());
    (beginnings.collect(), places.collect())
}

fn by_latitude(cities: &[City<'_>]) -> Vec<u8> {
    let mut cities: Vec<&City<'_>> = cities.iter().collect();
    cities.sort_by_key(|city| city.latitude);
    let places = cities.iter().flat_map(|city| city.place.to_le_bytes());
    places.collect()
}

/// LEB128 numbers, up to the first that is malformed.
fn varints(block: &[u8]) -> impl Iterator<Item = u32> {
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
fn deltas(block: &[u8]) -> impl Iterator<Item = i32> {
    varints(block).scan(0_i32, |sum, number| {
        let difference = (number >> 1) as i32 ^ -((number & 1) as i32);
        *sum = sum.wrapping_add(difference);
        Some(*sum)
    })
}
