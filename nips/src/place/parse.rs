//! What a person types for a place.
//!
//! Owns: telling coordinates, geohashes, city tags and names apart. It must not know how cities
//! are stored or ranked.

use super::cell::Cell;
use super::city::City;
use super::gazetteer::{Gazetteer, QUERY_BYTES_MAX};
use super::point::{Point, PointError, distance_km};

/// A position without a name gets the time zone of the nearest city if that is no further away
/// than this, in km.
pub const TIMEZONE_NEAR_KM_MAX: f64 = 250.0;

/// Fewest characters of a geohash that is taken for one without `geohash:` before it.
const BARE_GEOHASH_LENGTH_MIN: usize = 4;

/// A place that a person named. See [`parse_place`].
#[derive(Clone, Debug)]
pub struct Place {
    /// The position: that of the city, the middle of the geohash cell, or the coordinates.
    pub point: Point,
    /// What to call it: the label of the city ("Brighton, England, GB"), the geohash, or the
    /// coordinates.
    pub label: String,
    /// The city that was named; for coordinates and geohashes the city they are in, see
    /// [`Gazetteer::city_at`].
    pub city: Option<City>,
    /// The IANA time zone of the city; for coordinates and geohashes that of the nearest city
    /// within [`TIMEZONE_NEAR_KM_MAX`], which near a border may be the neighbour's.
    pub timezone: Option<&'static str>,
    /// The other cities of the same name, likeliest first, so that one can ask "or did you mean".
    pub others: Vec<City>,
}

/// Reads a place as people write them. The first of these that fits is taken:
///
/// 1. coordinates: `50.82,-0.137`, `50.82 -0.137`, `geo:50.82,-0.137` (RFC 5870; altitude and
///    parameters are ignored), latitude first
/// 2. a geohash with its name before it: `geohash:gcpchg`, or `geo:gcpchg` as in NIP-73
/// 3. a city: `Brighton`, `Brighton, UK`, `GB:Brighton`; see [`Gazetteer::resolve`]. Of several
///    the likeliest is taken, and the others are in [`Place::others`]
/// 4. a geohash of 4 to 12 characters in any case, `gcpchg`, if it has a digit, or if no city is
///    spelled nearly like it. So "Bern" is the city, and "Stuttgrt" is a slip, though both could be
///    geohashes.
///
/// # Errors
/// If the text is empty or too long, the coordinates are out of range, or nothing fits; then the
/// error has near spellings.
///
/// ```
/// use kith_nips::place::parse_place;
///
/// assert_eq!(parse_place("Brighton")?.label, "Brighton, England, GB");
/// assert_eq!(parse_place("geo:50.82,-0.137;u=35")?.label, "50.82,-0.137");
/// assert_eq!(parse_place("gcpchg")?.label, "gcpchg");
/// let error = parse_place("Stuttgrt").map_err(|error| error.to_string());
/// assert_eq!(error.err().as_deref(), Some("no place called \"Stuttgrt\"; did you mean Stuttgart, DE?"));
/// # Ok::<(), kith_nips::place::PlaceError>(())
/// ```
pub fn parse_place(text: &str) -> Result<Place, PlaceError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(PlaceError::Empty);
    }
    if text.len() > QUERY_BYTES_MAX {
        return Err(PlaceError::TooLong);
    }
    if let Some(uri) = without_prefix(text, "geo:") {
        let coordinates = coordinates_of_uri(uri).transpose()?;
        return coordinates
            .map(|point| at_point(point, point.to_string()))
            .or_else(|| geohash(uri))
            .ok_or_else(|| unknown(text));
    }
    if let Some(hash) = without_prefix(text, "geohash:") {
        return geohash(hash).ok_or_else(|| unknown(text));
    }
    if let Some(point) = coordinates(text) {
        let point = point?;
        return Ok(at_point(point, point.to_string()));
    }
    if let Some(place) = city(text) {
        return Ok(place);
    }
    bare_geohash(text).ok_or_else(|| unknown(text))
}

/// Why a text is not a place.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlaceError {
    /// There is nothing to read.
    #[error("no place was given")]
    Empty,
    /// Longer than [`QUERY_BYTES_MAX`].
    #[error("a place has at most {QUERY_BYTES_MAX} bytes")]
    TooLong,
    /// The coordinates cannot be.
    #[error(transparent)]
    Coordinates(#[from] PointError),
    /// No city, geohash or position.
    #[error("no place called {text:?}{}", did_you_mean(suggestions))]
    Unknown {
        /// What was typed.
        text: String,
        /// Labels of cities that are spelled nearly so, likeliest first; often none.
        suggestions: Vec<String>,
    },
}

fn did_you_mean(suggestions: &[String]) -> String {
    if suggestions.is_empty() {
        return String::new();
    }
    format!("; did you mean {}?", suggestions.join(" or "))
}

fn unknown(text: &str) -> PlaceError {
    PlaceError::Unknown {
        text: text.to_owned(),
        suggestions: Gazetteer::suggest(text)
            .iter()
            .map(|city| city.label())
            .collect(),
    }
}

fn without_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Two numbers. `None` if the text is something else, an error if they are out of range.
fn coordinates(text: &str) -> Option<Result<Point, PointError>> {
    let numbers = text.split(|character: char| character == ',' || character.is_whitespace());
    let numbers: Vec<&str> = numbers.filter(|number| !number.is_empty()).collect();
    let [latitude, longitude] = numbers.as_slice() else {
        return None;
    };
    match format!("{latitude},{longitude}").parse() {
        Err(PointError::Malformed(_)) => None,
        result => Some(result),
    }
}

/// `50.82,-0.137`, `50.82,-0.137,12;u=35`: what follows `geo:`.
fn coordinates_of_uri(uri: &str) -> Option<Result<Point, PointError>> {
    let position = uri.split(';').next()?;
    let mut numbers = position.split(',');
    coordinates(&format!("{},{}", numbers.next()?, numbers.next()?))
}

fn city(text: &str) -> Option<Place> {
    let mut cities = Gazetteer::resolve(text).into_iter();
    let city = cities.next()?;
    Some(Place {
        point: city.point(),
        label: city.label(),
        city: Some(city),
        timezone: Some(city.timezone()),
        others: cities.collect(),
    })
}

fn geohash(text: &str) -> Option<Place> {
    let cell = Cell::parse(&text.trim().to_ascii_lowercase()).ok()?;
    Some(at_point(cell.centre(), cell.to_string()))
}

fn bare_geohash(text: &str) -> Option<Place> {
    if text.len() < BARE_GEOHASH_LENGTH_MIN {
        return None;
    }
    let place = geohash(text)?;
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    (has_digit || !Gazetteer::is_nearly_a_city(text)).then_some(place)
}

fn at_point(point: Point, label: String) -> Place {
    let nearest = Gazetteer::nearest(point);
    let away_km = distance_km(point, nearest.point());
    Place {
        point,
        label,
        city: Gazetteer::city_at(point),
        timezone: (away_km <= TIMEZONE_NEAR_KM_MAX).then(|| nearest.timezone()),
        others: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn label(text: &str) -> String {
        parse_place(text)
            .map(|place| place.label)
            .unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn every_form_is_read() {
        for (text, expected) in [
            ("Brighton", "Brighton, England, GB"),
            ("GB:Brighton", "Brighton, England, GB"),
            ("50.82,-0.137", "50.82,-0.137"),
            (" 50.82 , -0.137 ", "50.82,-0.137"),
            ("50.82 -0.137", "50.82,-0.137"),
            ("geo:50.82,-0.137", "50.82,-0.137"),
            ("GEO:50.82,-0.137,12;crs=wgs84;u=35", "50.82,-0.137"),
            ("geo:gcpchg", "gcpchg"),
            ("geohash:bern", "bern"),
            ("gcpchg", "gcpchg"),
            ("GCPCHGUNE", "gcpchgune"),
            ("u33db", "u33db"),
            ("u281", "u281"),
            ("bern", "Bern, CH"),
            ("Gent", "Gent, BE"),
        ] {
            assert_eq!(label(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_place_is_refused_with_a_hint() {
        assert_eq!(parse_place("  ").unwrap_err(), PlaceError::Empty);
        assert_eq!(
            parse_place(&"x".repeat(500)).unwrap_err(),
            PlaceError::TooLong
        );
        assert!(matches!(
            parse_place("91,0"),
            Err(PlaceError::Coordinates(_))
        ));
        assert!(matches!(
            parse_place("geo:0,181"),
            Err(PlaceError::Coordinates(_))
        ));
        assert!(label("Stuttgrt").contains("did you mean Stuttgart, DE"));
        assert!(label("Brighton, Narnia").contains("Brighton, England, GB"));
        for text in [
            "geo:",
            "geo:a",
            "geohash:",
            "geohash:aaa",
            "gcp",
            "1,2,3",
            "xyzzyxxyzzyx!",
        ] {
            assert!(
                matches!(parse_place(text), Err(PlaceError::Unknown { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn other_cities_of_the_name_are_offered() {
        let place = parse_place("Brighton").unwrap();
        assert!(
            place
                .others
                .iter()
                .any(|city| city.label() == "Brighton, Victoria, AU")
        );
        assert_eq!(place.timezone, Some("Europe/London"));
    }

    #[test]
    fn a_position_has_the_city_and_time_zone_nearby() {
        let place = parse_place("50.8225,-0.1372").unwrap();
        assert_eq!(place.city.map(|city| city.name()), Some("Brighton"));
        assert_eq!(place.timezone, Some("Europe/London"));
        let ocean = parse_place("-45,-130").unwrap();
        assert!(ocean.city.is_none() && ocean.timezone.is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn positions_are_kept(latitude in -90.0..=90.0, longitude in -180.0..=180.0) {
            let point = Point::new(latitude, longitude).unwrap();
            prop_assert_eq!(parse_place(&point.to_string()).unwrap().point, point);
        }

        #[test]
        fn any_text_is_read_without_panic(text in "(geo:|geohash:)?\\PC{0,12}") {
            let _ = parse_place(&text);
        }
    }
}
