//! Where the communities of a world are: some cities, by how many people live there. Finds none by
//! itself: the gazetteer of `kith_nips` does.

use anyhow::{Context, anyhow};
use kith_nips::lbc::Location;
use kith_nips::place::{Cell, City, Gazetteer, Point};

use super::dice::Dice;

/// Few enough that a world of 50,000 events has the newest 50 meetups in most of them, so that
/// answers are as long as in a larger world.
const CITIES: [&str; 24] = [
    "Brighton, GB",
    "London, GB",
    "Manchester, GB",
    "Berlin, DE",
    "München, DE",
    "Hamburg, DE",
    "Lübeck, DE",
    "Wien, AT",
    "Zürich, CH",
    "Paris, FR",
    "Lyon, FR",
    "Madrid, ES",
    "Porto, PT",
    "Roma, IT",
    "Praha, CZ",
    "Kraków, PL",
    "Oslo, NO",
    "Nairobi, KE",
    "Accra, GH",
    "Sydney, AU",
    "Toronto, CA",
    "Austin, US",
    "Chicago, US",
    "Curitiba, BR",
];
/// Cells of this many characters are some 39 by 20 km: a city and what is around it.
const CITY_CELL_CHARACTERS: usize = 4;

/// The cities, each with the number of people in it and in all before it.
pub struct Places(Vec<(u64, City)>);

impl Places {
    /// Looks the cities up.
    ///
    /// # Errors
    /// A city that the gazetteer does not know.
    pub fn new() -> anyhow::Result<Places> {
        let city = |name: &&str| {
            let found = Gazetteer::resolve(name).first().copied();
            found.ok_or_else(|| anyhow!("{name} is in no table"))
        };
        let cities = CITIES.iter().map(city);
        Ok(Places::of(cities.collect::<anyhow::Result<Vec<_>>>()?))
    }

    /// All towns of the gazetteer in these countries.
    pub fn of_countries(countries: &[&str]) -> Places {
        let is_there = |city: &City| countries.contains(&city.country().as_str());
        Places::of(Gazetteer::cities().filter(is_there))
    }

    fn of(cities: impl IntoIterator<Item = City>) -> Places {
        let mut people = 0;
        let with_those_before = cities.into_iter().map(|city| {
            people += u64::from(city.population());
            (people, city)
        });
        Places(with_those_before.collect())
    }

    /// A city; twice the people, twice as often.
    ///
    /// # Errors
    /// There are none.
    pub fn throw(&self, dice: &mut Dice) -> anyhow::Result<City> {
        let people = self.0.last().map_or(0, |(people, _)| *people);
        let one = dice.below(people);
        let at = self.0.partition_point(|(until, _)| *until <= one);
        self.0.get(at).map(|(_, city)| *city).context("a city")
    }
}

/// Somewhere in a city.
///
/// # Errors
/// A city at the edge of the map.
pub fn somewhere_in(city: City, dice: &mut Dice) -> anyhow::Result<Location> {
    let mut shift = || (dice.below(2_000) as f64 - 1_000.0) / 20_000.0;
    let point = Point::new(
        city.point().latitude() + shift(),
        city.point().longitude() + shift(),
    )?;
    Ok(Location::at(point).in_city(city.tag()))
}

/// The cell that has the middle of a city.
pub fn cell_of(city: City) -> Cell {
    Cell::of(city.point(), CITY_CELL_CHARACTERS)
}
