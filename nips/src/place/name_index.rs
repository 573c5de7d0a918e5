//! From a folded name to the cities that may have it.
//!
//! Owns: in which order names are looked at, and when. It must not know how they are ranked.
//!
//! To fold the names of all cities takes longer than everything else that a program does which looks
//! for one city. So names are told apart by their first letters to begin with, and only those that
//! begin like a name that is looked for are folded, once.

use std::hash::{DefaultHasher, Hasher};
use std::sync::OnceLock;

use super::city::City;
use super::fold::{first_letter, fold_digraphs_into, fold_into};

/// Number of groups of first letters: those of a script do not share one.
const GROUPS: usize = 64;

/// The index; empty until it is asked.
#[derive(Default)]
pub(super) struct NameIndex(OnceLock<Vec<Group>>);

/// The names of a few first letters.
#[derive(Clone, Default)]
struct Group {
    /// Places of the cities that have such a name.
    places: Vec<u16>,
    /// Hashes of the names and places of their cities, in order; once it is asked.
    hashed: OnceLock<Vec<(u32, u16)>>,
}

impl NameIndex {
    /// The places of the cities that may have a name that folds to `folded`, each once.
    pub(super) fn places(&self, folded: &str, cities: &[City]) -> impl Iterator<Item = u16> {
        let groups = self.0.get_or_init(|| grouped(cities));
        let number = folded.chars().next().map(group);
        let hashed = number.and_then(|number| {
            let group = groups.get(number)?;
            Some(group.hashed.get_or_init(|| group.hash(number, cities)))
        });
        let names = hashed.map(Vec::as_slice).unwrap_or_default();
        let wanted = hash(folded);
        let start = names.partition_point(|(hash, _)| *hash < wanted);
        let rest = names.get(start..).unwrap_or_default().iter();
        rest.take_while(move |(hash, _)| *hash == wanted)
            .map(|(_, place)| *place)
    }
}

impl Group {
    fn hash(&self, number: usize, cities: &[City]) -> Vec<(u32, u16)> {
        let mut hashed = Vec::new();
        let mut folded = String::new();
        for place in &self.places {
            let city = cities.get(usize::from(*place));
            let names = city.into_iter().flat_map(City::names);
            for name in names.filter(|name| first_letter(name).map(group) == Some(number)) {
                fold_into(name, &mut folded);
                hashed.push((hash(&folded), *place));
                if fold_digraphs_into(name, &mut folded) {
                    hashed.push((hash(&folded), *place));
                }
            }
        }
        hashed.sort_unstable();
        hashed.dedup();
        hashed
    }
}

fn grouped(cities: &[City]) -> Vec<Group> {
    let mut groups = vec![Group::default(); GROUPS];
    for (place, city) in (0..=u16::MAX).zip(cities) {
        for letter in city.names().filter_map(first_letter) {
            if let Some(Group { places, .. }) = groups.get_mut(group(letter))
                && places.last() != Some(&place)
            {
                places.push(place);
            }
        }
    }
    groups
}

fn group(letter: char) -> usize {
    u32::from(letter) as usize % GROUPS
}

fn hash(folded: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    hasher.write(folded.as_bytes());
    // The lower half is as good as the whole: who is found is compared.
    hasher.finish() as u32
}
