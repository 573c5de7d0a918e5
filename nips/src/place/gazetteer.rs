//! Finding cities: by a name a person typed, by a near spelling, by position.
//!
//! Owns: how a typed name is read and how answers are ranked. It must not know coordinates or
//! geohashes as text; [`parse_place`](super::parse_place) does.

use std::cmp::Reverse;

use super::city::City;
use super::city_tag::CountryCode;
use super::fold::{fold, fold_into, folds_to};
use super::point::{EARTH_RADIUS_KM, Point, distance_km};
use super::spelling::edit_distance;
use super::world::{self, Qualifier};

/// Most bytes of a typed place; longer texts are not looked up.
pub const QUERY_BYTES_MAX: usize = 200;

/// Most cities in one answer of [`Gazetteer::resolve`].
pub const CITIES_PER_ANSWER_MAX: usize = 50;

/// Most cities in one answer of [`Gazetteer::around`].
pub const CITIES_AROUND_MAX: usize = 100;

/// Most cities in one answer of [`Gazetteer::suggest`].
pub const SUGGESTIONS_MAX: usize = 5;

/// [`Gazetteer::city_at`] has no city that is further away than this, in km.
pub const CITY_NEAR_KM_MAX: f64 = 25.0;

/// A city that merely also has the name ranks as if so many times fewer people lived there.
const OTHER_NAME_DIVISOR: u32 = 50;

/// Words that a qualifier without a comma may have ("United States of America").
const QUALIFIER_WORDS_MAX: usize = 4;

/// The cities of the world of 15,000 people or more (GeoNames `cities15000`, CC-BY 4.0), compiled
/// in.
///
/// ```
/// use kith_nips::place::Gazetteer;
///
/// let tag = |text: &str| Gazetteer::resolve(text).first().map(|city| city.tag().to_string());
/// assert_eq!(tag("brighton").as_deref(), Some("GB:Brighton"));
/// assert_eq!(tag("Brighton, Australia").as_deref(), Some("AU:Brighton"));
/// assert_eq!(tag("MUENCHEN").as_deref(), Some("DE:Munich"));
/// assert_eq!(tag("no such city"), None);
/// ```
///
/// There is one table and nothing to construct: the type only holds the questions together.
#[derive(Debug)]
pub enum Gazetteer {}

impl Gazetteer {
    /// All of them, grouped by country, in the order of the table: for whoever spreads things over a
    /// map.
    ///
    /// ```
    /// use kith_nips::place::Gazetteer;
    ///
    /// let austrian = Gazetteer::cities().filter(|city| city.country().as_str() == "AT");
    /// let largest = austrian.max_by_key(|city| city.population());
    /// assert_eq!(largest.map(|city| city.name()), Some("Vienna"));
    /// ```
    pub fn cities() -> impl ExactSizeIterator<Item = City> + Clone {
        world::cities()
    }

    /// The cities that a person may mean, likeliest first, at most [`CITIES_PER_ANSWER_MAX`].
    ///
    /// Accepted: a name ("Brighton"); a city tag in any case ("GB:Brighton", "uk: brighton"); a
    /// name and where it is, after a comma, in brackets or after a space ("Brighton, GB",
    /// "Portland, Oregon, USA", "Brighton (England)", "Paris Texas"), as the country's English or
    /// own name or its code of two or three letters, or as the name or code of a state, province
    /// or nation in AU, CA, GB and US. Of several qualifiers all that are known must hold, and the
    /// last must be known.
    ///
    /// Capitals, accents, punctuation and spaces do not count; "ü" may be "u" or "ue", "Saint"
    /// may be "St". The name must be complete: [`suggest`](Self::suggest) is for the rest. The
    /// whole text is tried as a name before it is taken apart ("Washington, D.C.").
    ///
    /// Order: the most populous first. A city whose main or own name it is counts in full, one
    /// that is only also called so counts as a fiftieth: so "Roma" is Rome, "York" is not New
    /// York and "Salisbury" is not Harare, which once had the name.
    pub fn resolve(text: &str) -> Vec<City> {
        let text = text.trim();
        if text.len() > QUERY_BYTES_MAX {
            return Vec::new();
        }
        if let Some((country, name)) = tag_parts(text) {
            return named(name, &[vec![Qualifier::Country(country)]]);
        }
        let whole = named(text, &[]);
        if !whole.is_empty() {
            return whole;
        }
        match split_at_marks(text) {
            Some((name, qualifiers)) => named(name, &qualifiers),
            None => split_at_words(text)
                .map(|(name, qualifier)| named(name, &[qualifier]))
                .find(|cities| !cities.is_empty())
                .unwrap_or_default(),
        }
    }

    /// Cities with a name like the one typed, for "did you mean": at most [`SUGGESTIONS_MAX`].
    /// First those with one letter wrong, then those that begin so, then those with two letters
    /// wrong; among them the most populous first. A country or region that was typed is kept to.
    /// Reads the whole table, some tens of milliseconds: for a person who waits for a hint, not
    /// for every request that a server gets.
    ///
    /// ```
    /// use kith_nips::place::Gazetteer;
    ///
    /// let near: Vec<String> = Gazetteer::suggest("Brigton, UK")
    ///     .iter()
    ///     .map(|city| city.label())
    ///     .collect();
    /// assert_eq!(near.first().map(String::as_str), Some("Brighton, England, GB"));
    /// ```
    pub fn suggest(text: &str) -> Vec<City> {
        let text = text.trim();
        if text.len() > QUERY_BYTES_MAX {
            return Vec::new();
        }
        let (name, qualifiers) = if let Some((country, name)) = tag_parts(text) {
            (name, vec![vec![Qualifier::Country(country)]])
        } else if let Some(parts) = split_at_marks(text) {
            parts
        } else {
            (
                text.split([',', '(']).next().unwrap_or_default(),
                Vec::new(),
            )
        };
        let mut near = near_spellings(&fold(name), &qualifiers);
        near.sort_by_key(|(likeness, weight, _)| (*likeness, Reverse(*weight)));
        near.truncate(SUGGESTIONS_MAX);
        near.into_iter().map(|(_, _, city)| city).collect()
    }

    /// Whether some city is spelled like `text` but for one or two letters.
    pub(super) fn is_nearly_a_city(text: &str) -> bool {
        near_spellings(&fold(text), &[])
            .iter()
            .any(|(likeness, _, _)| !matches!(likeness, Likeness::Prefix))
    }

    /// The city that people would say a position is in, or `None` if none is within
    /// [`CITY_NEAR_KM_MAX`]. Not always the nearest: the table has districts of large cities, so a
    /// city's pull grows with the square root of its people and falls with the distance.
    ///
    /// ```
    /// use kith_nips::place::{Gazetteer, Point};
    ///
    /// let alexanderplatz = Point::new(52.5219, 13.4132)?;
    /// let city = Gazetteer::city_at(alexanderplatz).map(|city| city.tag().to_string());
    /// assert_eq!(city.as_deref(), Some("DE:Berlin"));
    /// assert!(Gazetteer::city_at(Point::new(-45.0, -130.0)?).is_none());
    /// # Ok::<(), kith_nips::place::PointError>(())
    /// ```
    pub fn city_at(point: Point) -> Option<City> {
        /// Added to every distance, so that the middle of a district is not all its own.
        const BLUR_KM: f64 = 1.0;
        let (south, north) = world::cities_around(ten_thousandths(point.latitude()));
        let pull = |city: &City| {
            let distance = distance_km(point, city.point());
            let people = f64::from(city.population().max(1));
            (distance <= CITY_NEAR_KM_MAX).then(|| people.sqrt() / (distance + BLUR_KM))
        };
        let is_near = |city: &City| north_km(point, city).abs() <= CITY_NEAR_KM_MAX;
        south
            .take_while(is_near)
            .chain(north.take_while(is_near))
            .filter_map(|city| Some((pull(&city)?, city)))
            .max_by(|one, other| one.0.total_cmp(&other.0))
            .map(|(_, city)| city)
    }

    /// The cities whose middle is within so many kilometres of a position, the nearest first; at most
    /// [`CITIES_AROUND_MAX`], the most populous of them.
    ///
    /// ```
    /// use kith_nips::place::{Gazetteer, Point};
    ///
    /// let pier = Point::new(50.8167, -0.1367)?;
    /// let names: Vec<&str> = Gazetteer::around(pier, 8.0).iter().map(|city| city.name()).collect();
    /// assert_eq!(names.first(), Some(&"Brighton"));
    /// assert!(names.contains(&"Hove"));
    /// # Ok::<(), kith_nips::place::PointError>(())
    /// ```
    pub fn around(point: Point, km: f64) -> Vec<City> {
        let (south, north) = world::cities_around(ten_thousandths(point.latitude()));
        let is_near = |city: &City| north_km(point, city).abs() <= km;
        let all = south.take_while(is_near).chain(north.take_while(is_near));
        let mut found: Vec<(f64, City)> = all
            .map(|city| (distance_km(point, city.point()), city))
            .filter(|(distance, _)| *distance <= km)
            .collect();
        found.sort_by_key(|(_, city)| Reverse(city.population()));
        found.truncate(CITIES_AROUND_MAX);
        found.sort_by(|one, other| one.0.total_cmp(&other.0));
        found.into_iter().map(|(_, city)| city).collect()
    }

    /// The city nearest to a position, wherever that is: at sea it may be far.
    ///
    /// ```
    /// use kith_nips::place::{Gazetteer, Point};
    ///
    /// let pier = Point::new(50.8167, -0.1367)?;
    /// assert_eq!(Gazetteer::nearest(pier).name(), "Brighton");
    /// # Ok::<(), kith_nips::place::PointError>(())
    /// ```
    pub fn nearest(point: Point) -> City {
        let (south, north) = world::cities_around(ten_thousandths(point.latitude()));
        let mut best = (City::NOWHERE, f64::INFINITY);
        nearer(point, south, &mut best);
        nearer(point, north, &mut best);
        best.0
    }
}

/// Takes the nearest of `cities`, which go away from the point's latitude, into `best`; stops
/// when the latitude alone is further than the best so far.
fn nearer(point: Point, cities: impl Iterator<Item = City>, best: &mut (City, f64)) {
    for city in cities {
        if north_km(point, &city).abs() > best.1 {
            return;
        }
        let distance = distance_km(point, city.point());
        if distance < best.1 {
            *best = (city, distance);
        }
    }
}

/// How far north of a point a city is: never more than the distance.
fn north_km(point: Point, city: &City) -> f64 {
    (city.point().latitude() - point.latitude()).to_radians() * EARTH_RADIUS_KM
}

fn ten_thousandths(degrees: f64) -> i32 {
    (degrees * 1e4).round() as i32
}

/// Each entry is what one qualifier may mean; one meaning of each must hold.
type Qualifiers = Vec<Vec<Qualifier>>;

fn is_in(city: &City, qualifiers: &[Vec<Qualifier>]) -> bool {
    qualifiers
        .iter()
        .all(|meanings| meanings.iter().any(|meaning| meaning.holds(city)))
}

/// The cities with exactly this name once folded, in order.
fn named(name: &str, qualifiers: &[Vec<Qualifier>]) -> Vec<City> {
    let wanted = fold(name);
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut folded = String::new();
    let mut found: Vec<(u32, City)> = world::cities_perhaps_named(&wanted)
        .filter(|city| is_in(city, qualifiers))
        .filter_map(|city| {
            let place = city
                .names()
                .position(|name| folds_to(name, &wanted, &mut folded))?;
            Some((weight(&city, place), city))
        })
        .collect();
    found.sort_by_key(|(weight, _)| Reverse(*weight));
    found.truncate(CITIES_PER_ANSWER_MAX);
    found.into_iter().map(|(_, city)| city).collect()
}

/// How likely a city is meant by the name at `place` among its names.
fn weight(city: &City, place: usize) -> u32 {
    if place <= usize::from(city.own_names) {
        city.population
    } else {
        city.population / OTHER_NAME_DIVISOR
    }
}

/// In the order in which suggestions are made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    OneLetter,
    Prefix,
    TwoLetters,
}

/// Fewest bytes of a beginning that is completed.
const PREFIX_BYTES_MIN: usize = 3;

fn near_spellings(wanted: &str, qualifiers: &[Vec<Qualifier>]) -> Vec<(Likeness, u32, City)> {
    let distance_max = match wanted.chars().count() {
        0..=3 => 0,
        4 => 1,
        _ => 2,
    };
    let (mut folded, mut row) = (String::new(), Vec::new());
    let mut likeness = |name: &str| {
        fold_into(name, &mut folded);
        match edit_distance(wanted, &folded, distance_max, &mut row) {
            Some(0 | 1) => Some(Likeness::OneLetter),
            _ if wanted.len() >= PREFIX_BYTES_MIN && folded.starts_with(wanted) => {
                Some(Likeness::Prefix)
            }
            Some(_) => Some(Likeness::TwoLetters),
            None => None,
        }
    };
    world::cities()
        .filter(|city| is_in(city, qualifiers))
        .filter_map(|city| {
            let best = city
                .names()
                .enumerate()
                .filter_map(|(place, name)| Some((likeness(name)?, Reverse(weight(&city, place)))))
                .min()?;
            Some((best.0, best.1.0, city))
        })
        .collect()
}

/// `GB:Brighton`, in any case.
fn tag_parts(text: &str) -> Option<(CountryCode, &str)> {
    let (country, name) = text.split_once(':')?;
    Some((CountryCode::parse(country.trim())?, name))
}

/// A name and its qualifiers, with commas or brackets between them. `None` if there are none, or
/// the last is not known.
fn split_at_marks(text: &str) -> Option<(&str, Qualifiers)> {
    let mut parts = text.split([',', '(']);
    let name = parts.next()?;
    let mut qualifiers: Vec<Vec<Qualifier>> = parts
        .map(|part| world::qualifiers(part.trim_end_matches([')', ' '])).to_vec())
        .collect();
    if qualifiers.last()?.is_empty() {
        return None;
    }
    qualifiers.retain(|meanings| !meanings.is_empty());
    Some((name, qualifiers))
}

/// A name and a qualifier with only a space between them: all ways to read it, the shortest name
/// first.
fn split_at_words(text: &str) -> impl Iterator<Item = (&str, Vec<Qualifier>)> {
    let mut spaces: Vec<usize> = text
        .rmatch_indices(char::is_whitespace)
        .map(|(at, _)| at)
        .take(QUALIFIER_WORDS_MAX)
        .collect();
    spaces.reverse();
    spaces.into_iter().filter_map(|space| {
        let (name, qualifier) = text.split_at_checked(space)?;
        let meanings = world::qualifiers(qualifier);
        (!meanings.is_empty()).then(|| (name, meanings.to_vec()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(text: &str) -> String {
        Gazetteer::resolve(text)
            .first()
            .map(|city| city.label())
            .unwrap_or_default()
    }

    fn check(expected: &str, texts: &[&str]) {
        for text in texts {
            assert_eq!(first(text), expected, "{text}");
        }
    }

    #[test]
    fn a_city_is_found_however_it_is_qualified() {
        check(
            "Brighton, England, GB",
            &[
                "Brighton",
                "brighton",
                " BRIGHTON ",
                "Brighton, GB",
                "Brighton,UK",
                "Brighton, uk",
                "Brighton, GBR",
                "Brighton, United Kingdom",
                "Brighton, England",
                "Brighton, England, UK",
                "Brighton, East Sussex, England",
                "Brighton (UK)",
                "Brighton UK",
                "Brighton England",
                "GB:Brighton",
                "uk: brighton",
            ],
        );
        check(
            "Brighton, Victoria, AU",
            &["AU:Brighton", "Brighton, VIC", "Brighton Australia"],
        );
        check(
            "Portland, Oregon, US",
            &["Portland", "Portland, OR", "Portland Oregon"],
        );
        check(
            "Portland, Maine, US",
            &["Portland, ME", "Portland, Maine, USA", "portland me"],
        );
        check(
            "Paris, Texas, US",
            &["Paris, Texas", "Paris TX", "Paris, TX, USA"],
        );
        check("Paris, FR", &["Paris", "Paris, France", "FR:PARIS"]);
        check(
            "Vancouver, British Columbia, CA",
            &["Vancouver", "Vancouver, CA", "Vancouver BC"],
        );
        check(
            "Los Angeles, California, US",
            &["Los Angeles, CA", "Los Angeles"],
        );
        check(
            "San José, CR",
            &["San Jose Costa Rica", "San José, Costa Rica"],
        );
        check(
            "New York City, New York, US",
            &["New York", "New York, NY", "nyc", "New York City"],
        );
        check(
            "Washington, District of Columbia, US",
            &["Washington, D.C.", "Washington DC"],
        );
    }

    #[test]
    fn a_city_is_found_by_each_of_its_names() {
        check(
            "Munich, DE",
            &[
                "München",
                "Munich",
                "munchen",
                "MUENCHEN",
                "Monaco di Baviera",
            ],
        );
        check(
            "Köln, DE",
            &["Köln", "Koeln", "koln", "Cologne", "Colonia, Germany"],
        );
        check(
            "Vienna, AT",
            &["Wien", "Vienna", "Vienne, AT", "WIEN, Österreich"],
        );
        check("Prague, CZ", &["Praha", "Prague", "Prag", "Praga"]);
        check(
            "The Hague, NL",
            &["Den Haag", "The Hague", "'s-Gravenhage", "La Haye, NL"],
        );
        check("Rome, IT", &["Roma", "Rome", "Rom, Italien"]);
        check(
            "Zürich, CH",
            &["Zürich", "Zurich", "Zuerich", "Zurigo", "Zürich, Schweiz"],
        );
        check(
            "Sankt Gallen, CH",
            &["St. Gallen", "St Gallen", "Sankt Gallen", "saint gallen"],
        );
        check("Athens, GR", &["Αθήνα", "ΑΘΗΝΑ", "Athens", "Athina"]);
        check("Moscow, RU", &["Москва", "Moskva", "москва"]);
        check("Tokyo, JP", &["東京", "Tokyo"]);
        check(
            "Frankfurt am Main, DE",
            &["Frankfurt", "Frankfurt am Main", "Frankfurt/Main"],
        );
        check(
            "Halle (Saale), DE",
            &["Halle, DE", "Halle (Saale)", "Halle Saale"],
        );
        check(
            "Stratford-upon-Avon, England, GB",
            &["stratford upon avon", "Stratford–upon–Avon"],
        );
        check(
            "Saint Ives, England, GB",
            &["St. Ives, GB", "Saint Ives, UK"],
        );
    }

    #[test]
    fn the_place_that_is_only_also_called_so_comes_later() {
        check("York, England, GB", &["York"]);
        check("Salisbury, England, GB", &["Salisbury"]);
        let cities = Gazetteer::resolve("Alexandria");
        assert_eq!(
            cities.first().map(|city| city.label()).unwrap(),
            "Alexandria, EG"
        );
        let populations: Vec<u32> = Gazetteer::resolve("Springfield")
            .iter()
            .filter(|city| city.name() == "Springfield")
            .map(|city| city.population())
            .collect();
        assert!(populations.len() >= 8 && populations.is_sorted_by(|a, b| a >= b));
    }

    #[test]
    fn every_city_is_found_by_its_names_and_tag() {
        for city in world::cities() {
            for tag in city.tags() {
                let found = Gazetteer::resolve(&tag.to_string());
                assert!(found.contains(&city), "{tag}");
            }
        }
        for city in world::cities().step_by(37) {
            for name in city.names() {
                let found = named(name, &[vec![Qualifier::Country(city.country())]]);
                assert!(found.contains(&city), "{name}");
            }
        }
    }

    #[test]
    fn the_unknown_is_not_guessed() {
        for text in [
            "",
            " ",
            ",",
            ":",
            "GB:",
            "xyzzyx",
            "Brighton, Narnia",
            "FR:Brighton",
            "…",
        ] {
            assert!(Gazetteer::resolve(text).is_empty(), "{text}");
        }
        assert!(Gazetteer::resolve(&"x".repeat(QUERY_BYTES_MAX + 1)).is_empty());
    }

    #[test]
    fn near_spellings_are_suggested() {
        let suggest = |text: &str| -> Vec<String> {
            Gazetteer::suggest(text)
                .iter()
                .map(|city| city.tag().to_string())
                .collect()
        };
        for (text, expected) in [
            ("Brigton", "GB:Brighton"),
            ("Brihgton, UK", "GB:Brighton"),
            ("GB:Brigh", "GB:Brighton"),
            ("Brighton, East Sussex", "GB:Brighton"),
            ("Stuttgrt", "DE:Stuttgart"),
            ("Müncen", "DE:Munich"),
            ("Amsterd", "NL:Amsterdam"),
        ] {
            let near = suggest(text);
            assert!(near.len() <= SUGGESTIONS_MAX);
            assert!(near.contains(&expected.to_owned()), "{text}: {near:?}");
        }
        assert!(suggest("").is_empty());
        assert!(suggest("qqqqqqqqqqqq").is_empty());
    }

    #[test]
    fn a_position_belongs_to_the_city_people_would_say() {
        let city = |latitude, longitude| {
            Gazetteer::city_at(Point::new(latitude, longitude).unwrap()).map(|city| city.name())
        };
        assert_eq!(city(52.53, 13.38), Some("Berlin"));
        assert_eq!(city(52.40, 13.06), Some("Potsdam"));
        assert_eq!(city(50.8309, -0.1672), Some("Hove"));
        assert_eq!(city(50.8225, -0.1372), Some("Brighton"));
        assert_eq!(city(47.37, 8.54), Some("Zürich"));
        assert_eq!(city(40.75, -73.99), Some("New York City"));
        assert_eq!(city(0.0, -30.0), None);
    }

    #[test]
    fn the_nearest_city_is_found_at_the_edges_of_the_map() {
        let nearest = |latitude, longitude| {
            Gazetteer::nearest(Point::new(latitude, longitude).unwrap()).label()
        };
        assert_eq!(nearest(48.137, 11.575), "Munich, DE");
        assert_eq!(nearest(-18.1, -179.9), "Nasinu, FJ");
        assert!(!nearest(90.0, 0.0).is_empty());
        assert!(!nearest(-90.0, 0.0).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn the_nearest_city_is_the_nearest(
            latitude in -90.0..=90.0,
            longitude in -180.0..=180.0,
        ) {
            let point = Point::new(latitude, longitude).unwrap();
            let found = distance_km(point, Gazetteer::nearest(point).point());
            let least = world::cities()
                .map(|city| distance_km(point, city.point()))
                .fold(f64::INFINITY, f64::min);
            prop_assert!((found - least).abs() < 1e-9);
        }

        #[test]
        fn any_text_is_looked_up_without_panic(text in "\\PC{0,5}[:,( ]?\\PC{0,12}") {
            prop_assert!(Gazetteer::resolve(&text).len() <= CITIES_PER_ANSWER_MAX);
        }
    }
}
