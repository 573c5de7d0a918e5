//! One city of the table.
//!
//! Owns: what is known of a city and its tags (LBC-42). It must not know how cities are found.

use super::city_tag::{CityTag, CountryCode};
use super::point::Point;
use super::world;

/// A city of GeoNames' `cities15000`: every city of about 15,000 people or more. Found through
/// [`Gazetteer`](super::Gazetteer).
///
/// ```
/// use kith_nips::place::Gazetteer;
///
/// let munich = Gazetteer::resolve("münchen").first().copied().expect("a city");
/// assert_eq!(munich.name(), "Munich");
/// assert_eq!(munich.country().as_str(), "DE");
/// assert_eq!(munich.country_name(), "Germany");
/// assert_eq!(munich.timezone(), "Europe/Berlin");
/// assert!(munich.population() > 1_000_000);
/// assert_eq!(munich.tag().to_string(), "DE:Munich");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct City {
    /// Name, then own names, then other names, with tabs between them.
    pub(super) names: &'static str,
    pub(super) own_names: u8,
    pub(super) country: CountryCode,
    /// 0 = none, else 1 + its place in the table of regions.
    pub(super) region: u8,
    /// Its place in the table of time zones.
    pub(super) timezone: u16,
    pub(super) population: u32,
    /// In 1e-4 degrees.
    pub(super) latitude: i32,
    /// In 1e-4 degrees.
    pub(super) longitude: i32,
}

impl City {
    /// What stands for a city if there is no table, which a test excludes.
    pub(super) const NOWHERE: Self = Self {
        names: "",
        own_names: 0,
        country: CountryCode::NONE,
        region: 0,
        timezone: 0,
        population: 0,
        latitude: 0,
        longitude: 0,
    };

    /// The main name in GeoNames, which is the canonical one in tags.
    pub fn name(&self) -> &'static str {
        self.names.split('\t').next().unwrap_or_default()
    }

    /// Names that count as much as the main one: that of the people who live there, and the usual
    /// English one. Mostly empty.
    ///
    /// ```
    /// use kith_nips::place::Gazetteer;
    ///
    /// let vienna = Gazetteer::resolve("Wien").first().copied().expect("a city");
    /// assert_eq!(vienna.name(), "Vienna");
    /// assert_eq!(vienna.own_names().collect::<Vec<_>>(), ["Wien"]);
    /// ```
    pub fn own_names(&self) -> impl Iterator<Item = &'static str> {
        self.names
            .split('\t')
            .skip(1)
            .take(usize::from(self.own_names))
    }

    /// All names, the main one first, then the own names, then others by which it is found.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.split('\t')
    }

    /// The country.
    pub fn country(&self) -> CountryCode {
        self.country
    }

    /// The English name of the country.
    pub fn country_name(&self) -> &'static str {
        world::country_name(self.country)
    }

    /// The state, province or nation within the country, in Australia, Canada, the United Kingdom
    /// and the United States, where people say it; otherwise `None`.
    ///
    /// ```
    /// use kith_nips::place::Gazetteer;
    ///
    /// let portland = Gazetteer::resolve("Portland, OR").first().copied().expect("a city");
    /// assert_eq!(portland.region_name(), Some("Oregon"));
    /// assert_eq!(portland.label(), "Portland, Oregon, US");
    /// ```
    pub fn region_name(&self) -> Option<&'static str> {
        world::region_name(self.region)
    }

    /// The number of people who live there; 0 if GeoNames does not know.
    pub fn population(&self) -> u32 {
        self.population
    }

    /// The time zone, an IANA name.
    pub fn timezone(&self) -> &'static str {
        world::timezone(self.timezone)
    }

    /// The position, to 1e-4 degrees (about 11 m).
    pub fn point(&self) -> Point {
        Point::from_ten_thousandths(self.latitude, self.longitude)
    }

    /// The city for people who must choose: name, region if there is one, and country. The
    /// gazetteer finds the city by it again.
    pub fn label(&self) -> String {
        match self.region_name() {
            Some(region) => format!("{}, {region}, {}", self.name(), self.country),
            None => format!("{}, {}", self.name(), self.country),
        }
    }

    /// The canonical city tag (LBC-42).
    pub fn tag(&self) -> CityTag {
        CityTag::from_table(self.country, self.name())
    }

    /// The canonical city tag and one for each of the own names (LBC-42), for the `g` tags of a
    /// note: people filter by either.
    ///
    /// ```
    /// use kith_nips::place::Gazetteer;
    ///
    /// let munich = Gazetteer::resolve("Munich").first().copied().expect("a city");
    /// let tags: Vec<String> = munich.tags().iter().map(|tag| tag.to_string()).collect();
    /// assert_eq!(tags, ["DE:Munich", "DE:München"]);
    /// ```
    pub fn tags(&self) -> Vec<CityTag> {
        std::iter::once(self.name())
            .chain(self.own_names())
            .map(|name| CityTag::from_table(self.country, name))
            .collect()
    }
}
