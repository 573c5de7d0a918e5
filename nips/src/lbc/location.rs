//! Places in notes: `g` tags with geohashes and cities (LBC-39 to LBC-43). What a geohash or a
//! city tag is, `place` knows.

use super::Topic;
use super::tag_list::tag;
use crate::place::{Cell, CityTag, Point, looks_like_city};
use crate::{Event, Tag};

/// The longest geohash that is written: about 5 m, a venue (LBC-39).
pub const POSITION_CHARACTERS_MAX: usize = 9;

/// Where something is: a position, and the cities under which it is found.
///
/// Reading decides by the third element of a `g` tag, or by pattern when that says nothing (D15).
/// Writing adds the prefixes of the position that exact filters can find (D16).
///
/// ```
/// use kith_nips::lbc::Location;
/// use kith_nips::place::{CityTag, Point};
/// let brighton = Location::at(Point::new(50.8225, -0.1372)?).in_city(CityTag::parse("GB:Brighton")?);
/// let values: Vec<String> = brighton.tags().into_iter().map(|tag| tag[1].clone()).collect();
/// assert_eq!(values, ["gcpchgune", "gcp", "gcpc", "gcpch", "gcpchg", "GB:Brighton"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// The position: on reading the longest valid geohash (LBC-40).
    pub position: Option<Cell>,
    /// Cities, the canonical name first, alternatives after it (D17).
    pub cities: Vec<CityTag>,
    /// Other valid geohashes of the note that are no prefix of the position.
    pub further_cells: Vec<Cell>,
}

impl Location {
    /// At this point, as exact as a venue is written.
    pub fn at(point: Point) -> Location {
        Location {
            position: Some(Cell::of(point, POSITION_CHARACTERS_MAX)),
            ..Location::default()
        }
    }

    /// The same, also found under this city.
    #[must_use]
    pub fn in_city(mut self, city: CityTag) -> Location {
        if !self.cities.contains(&city) {
            self.cities.push(city);
        }
        self
    }

    /// Reads all `g` tags of an event; what is neither geohash nor city is ignored (LBC-40).
    pub fn read(event: &Event) -> Location {
        let mut reader = LocationReader::default();
        for tag in event.tags().named("g") {
            reader.take(&tag);
        }
        reader.finish()
    }

    /// The `g` tags: the position, its prefixes of 3 to 6 characters, further cells, cities, each
    /// with its third element (LBC-39, LBC-42).
    pub fn tags(&self) -> Vec<Vec<String>> {
        let mut cells: Vec<Cell> = Vec::new();
        if let Some(position) = self.written_position() {
            cells.push(position);
            cells.extend(position.prefixes());
        }
        for cell in &self.further_cells {
            if !cells.contains(cell) {
                cells.push(*cell);
            }
        }
        let cells = cells
            .iter()
            .map(|cell| tag(["g", cell.as_str(), "geohash"]));
        cells.chain(self.city_tags()).collect()
    }

    /// The city part only: what a person's own note may say (LBC-19).
    pub(crate) fn city_tags(&self) -> impl Iterator<Item = Vec<String>> + '_ {
        self.cities.iter().map(city_tag)
    }

    /// The centre of the position.
    pub fn point(&self) -> Option<Point> {
        self.position.as_ref().map(Cell::centre)
    }

    /// Whether nothing is known about the place.
    pub fn is_empty(&self) -> bool {
        self.position.is_none() && self.cities.is_empty() && self.further_cells.is_empty()
    }

    /// The place in the words of NIP-73 (External Content IDs), for an optional extra `i` tag each;
    /// they never stand in for `g` (LBC-46).
    ///
    /// ```
    /// use kith_nips::lbc::Location;
    /// use kith_nips::place::Point;
    /// let location = Location::at(Point::new(50.8225, -0.1372)?);
    /// assert_eq!(location.external_ids(), ["geo:gcpchgune"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn external_ids(&self) -> Vec<String> {
        let position = self
            .written_position()
            .map(|cell| format!("geo:{}", cell.as_str()));
        let mut ids: Vec<String> = position.into_iter().collect();
        for city in &self.cities {
            let id = format!("iso3166:{}", city.country());
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// The position, shortened to what a venue needs.
    fn written_position(&self) -> Option<Cell> {
        let cell = self.position.as_ref()?;
        let short: String = cell
            .as_str()
            .chars()
            .take(POSITION_CHARACTERS_MAX)
            .collect();
        Cell::parse(&short).ok()
    }
}

/// What a `g` tag says.
enum Place {
    Cell(Cell),
    City(CityTag),
}

/// Collects the `g` tags of a note one by one.
#[derive(Default)]
pub(crate) struct LocationReader {
    cells: Vec<Cell>,
    cities: Vec<CityTag>,
}

impl LocationReader {
    /// Takes a `g` tag that names a place; others are left to the caller (who preserves them).
    pub(crate) fn take(&mut self, tag: &Tag<'_>) -> bool {
        match place(tag) {
            Some(Place::Cell(cell)) if !self.cells.contains(&cell) => self.cells.push(cell),
            Some(Place::City(city)) if !self.cities.contains(&city) => self.cities.push(city),
            Some(_) => {}
            None => return false,
        }
        true
    }

    pub(crate) fn finish(self) -> Location {
        // Of several equally long ones the first: max_by_key alone would take the last.
        let position = self
            .cells
            .iter()
            .rev()
            .max_by_key(|cell| cell.length())
            .copied();
        let mut further_cells = self.cells;
        if let Some(position) = &position {
            let prefixes: Vec<Cell> = position.prefixes().collect();
            further_cells.retain(|cell| cell != position && !prefixes.contains(cell));
        }
        Location {
            position,
            cities: self.cities,
            further_cells,
        }
    }
}

/// Takes the `g` and `t` tags of a note that has both.
#[derive(Default)]
pub(crate) struct DiscoveryReader {
    pub(crate) location: LocationReader,
    pub(crate) topics: Vec<Topic>,
}

impl DiscoveryReader {
    pub(crate) fn take(&mut self, tag: &Tag<'_>) -> bool {
        match tag.name() {
            "g" => self.location.take(tag),
            "t" => Topic::collect(&mut self.topics, tag.value()),
            _ => false,
        }
    }
}

pub(crate) fn city_tag(city: &CityTag) -> Vec<String> {
    tag(["g", &city.to_string(), "city"])
}

/// The city that a `g` tag names, if it names one.
pub(crate) fn city_of(name: &str, value: &str, sort: Option<&str>) -> Option<CityTag> {
    match read_place(name, value, sort)? {
        Place::City(city) => Some(city),
        Place::Cell(_) => None,
    }
}

fn place(tag: &Tag<'_>) -> Option<Place> {
    read_place(tag.name(), tag.value()?, tag.get(2))
}

/// D15, LBC-43: the third element decides; without a usable one the pattern does.
fn read_place(name: &str, value: &str, sort: Option<&str>) -> Option<Place> {
    if name != "g" {
        return None;
    }
    let is_city = match sort {
        Some("city") => true,
        Some("geohash") => false,
        _ => looks_like_city(value),
    };
    if is_city {
        CityTag::parse(value).ok().map(Place::City)
    } else {
        Cell::parse(value).ok().map(Place::Cell)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Kind;
    use crate::lbc::testing::{event, tags};

    fn read(list: &[&[&str]]) -> Location {
        Location::read(&event(Kind::COMMUNITY_METADATA, tags(list), ""))
    }

    fn cell(text: &str) -> Cell {
        Cell::parse(text).unwrap()
    }

    fn city(text: &str) -> CityTag {
        CityTag::parse(text).unwrap()
    }

    #[test]
    fn lbc_39_position_then_prefixes_of_3_to_6() {
        let location = Location::at(Point::new(50.8225, -0.1372).unwrap());
        assert_eq!(
            location.tags(),
            tags(&[
                &["g", "gcpchgune", "geohash"],
                &["g", "gcp", "geohash"],
                &["g", "gcpc", "geohash"],
                &["g", "gcpch", "geohash"],
                &["g", "gcpchg", "geohash"],
            ])
        );
    }

    #[test]
    fn lbc_39_nothing_longer_than_9_characters_is_written() {
        let location = Location {
            position: Some(cell("u4pruydqqvj")),
            ..Location::default()
        };
        assert_eq!(location.tags()[0], ["g", "u4pruydqq", "geohash"]);
        let short = Location {
            position: Some(cell("gcpc")),
            ..Location::default()
        };
        assert_eq!(
            short.tags(),
            tags(&[&["g", "gcpc", "geohash"], &["g", "gcp", "geohash"]])
        );
    }

    #[test]
    fn nip52_18_geohashes_are_lower_case() {
        let location = Location::at(Point::new(57.64911, 10.40744).unwrap());
        assert_eq!(location.tags()[0], ["g", "u4pruydqq", "geohash"]);
        assert!(read(&[&["g", "U4PRU", "geohash"]]).is_empty());
    }

    #[test]
    fn lbc_40_the_longest_valid_geohash_is_the_position() {
        let location = read(&[
            &["g", "gcp", "geohash"],
            &["g", "gcpchgune", "geohash"],
            &["g", "gcpch", "geohash"],
            &["g", "GCPCHGUNEGCP", "geohash"],
            &["g", "ailo", "geohash"],
            &["g", ""],
            &["g"],
        ]);
        assert_eq!(location.position, Some(cell("gcpchgune")));
        assert!(location.further_cells.is_empty() && location.cities.is_empty());
    }

    #[test]
    fn lbc_40_other_cells_are_kept_but_are_not_the_position() {
        let location = read(&[
            &["g", "u4pru"],
            &["g", "gcpch"],
            &["g", "u4p"],
            &["g", "gcp"],
        ]);
        assert_eq!(
            location.position,
            Some(cell("u4pru")),
            "of equal length, the first"
        );
        assert_eq!(location.further_cells, [cell("gcpch"), cell("gcp")]);
    }

    #[test]
    fn lbc_42_cities_are_normalised() {
        let location = read(&[&["g", "UK:Brighton", "city"], &["g", "GB:Brighton", "city"]]);
        assert_eq!(location.cities, [city("GB:Brighton")]);
        assert_eq!(location.tags(), tags(&[&["g", "GB:Brighton", "city"]]));
    }

    #[test]
    fn lbc_43_without_third_element_the_pattern_decides() {
        let location = read(&[
            &["g", "DE:München"],
            &["g", "u281z", "place"],
            &["g", "DE:Munich", ""],
            &["g", "DE:"],
        ]);
        assert_eq!(location.cities, [city("DE:München"), city("DE:Munich")]);
        assert_eq!(location.position, Some(cell("u281z")));
    }

    #[test]
    fn lbc_43_the_third_element_wins_over_the_pattern() {
        let location = read(&[&["g", "DE:München", "geohash"], &["g", "u281z", "city"]]);
        assert!(location.is_empty());
    }

    #[test]
    fn lbc_46_external_ids_name_position_and_country() {
        let location = Location::at(Point::new(50.8225, -0.1372).unwrap())
            .in_city(city("GB:Brighton"))
            .in_city(city("GB:Hove"));
        assert_eq!(location.external_ids(), ["geo:gcpchgune", "iso3166:GB"]);
    }

    proptest! {
        #[test]
        fn lbc_40_reading_never_panics(list in proptest::collection::vec(("[a-zA-Z0-9:]{0,13}", ".{0,8}"), 0..8)) {
            let list = list.into_iter().map(|(value, sort)| vec!["g".to_owned(), value, sort]).collect();
            let location = Location::read(&event(Kind::MEETUP, list, ""));
            let again = Location::read(&event(Kind::MEETUP, location.tags(), ""));
            prop_assert_eq!(again.tags(), location.tags());
        }
    }
}
