//! Places as people type them, and what becomes of them in notes: position,
//! city tags, time zone. The gazetteer itself is in `kith_nips::place`.

use jiff::tz::TimeZone;
use kith_nips::lbc::Location;
use kith_nips::place::{Cell, Place, PlaceError, parse_place};

use crate::errors::CliError;
use crate::output::views::PlaceView;

/// Characters of the geohash of a city: about a kilometre, because the middle
/// of a city is no venue.
const CITY_CELL_LENGTH: usize = 6;
/// Cities of the same name that a warning names.
const OTHERS_NAMED_MAX: usize = 3;

/// A place that was understood.
#[derive(Debug, Clone)]
pub struct TypedPlace {
    place: Place,
    /// It was given as coordinates or geohash, so it is as exact as a venue.
    exact: bool,
}

impl TypedPlace {
    /// Reads what was typed.
    pub fn parse(text: &str) -> Result<Self, CliError> {
        let place = parse_place(text)?;
        // A city is at its own point; anything else was given by its position.
        let exact = place.city.is_none_or(|city| city.point() != place.point);
        Ok(Self { place, exact })
    }

    /// What the gazetteer says about it.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What goes into a note: the position and the names of the city.
    pub fn location(&self) -> Location {
        let mut location = Location::at(self.place.point);
        if !self.exact {
            location.position = Some(Cell::of(self.place.point, CITY_CELL_LENGTH));
        }
        let names = self.place.city.map(|city| city.tags()).unwrap_or_default();
        names.into_iter().fold(location, Location::in_city)
    }

    /// The zone of the place.
    pub fn time_zone(&self) -> Option<TimeZone> {
        self.place
            .timezone
            .and_then(|name| TimeZone::get(name).ok())
    }

    /// "This is Brighton, England, GB; …", when there are others of that name.
    pub fn warning(&self) -> Option<String> {
        let others: Vec<String> = self
            .place
            .others
            .iter()
            .take(OTHERS_NAMED_MAX)
            .map(|city| city.label())
            .collect();
        if others.is_empty() {
            return None;
        }
        let more = if self.place.others.len() > others.len() {
            ", …"
        } else {
            ""
        };
        Some(format!(
            "this is {}; there are also {}{more}",
            self.place.label,
            others.join("; ")
        ))
    }

    /// For the answer.
    pub fn view(&self) -> PlaceView {
        PlaceView {
            name: self.place.label.clone(),
            city: self.place.city.map(|city| city.tag().to_string()),
            latitude: Some(self.place.point.latitude()),
            longitude: Some(self.place.point.longitude()),
            geohash: self
                .location()
                .position
                .map(|cell| cell.as_str().to_owned()),
        }
    }
}

/// The place of a note, for the answer; `None` when it has none.
pub fn location_view(location: &Location) -> Option<PlaceView> {
    if location.is_empty() {
        return None;
    }
    let point = location.point();
    let city = location.cities.first();
    let name = match (city, point) {
        (Some(city), _) => format!("{}, {}", city.name(), city.country()),
        (None, Some(point)) => format!("{:.4},{:.4}", point.latitude(), point.longitude()),
        (None, None) => String::new(),
    };
    Some(PlaceView {
        name,
        city: city.map(ToString::to_string),
        latitude: point.map(|point| point.latitude()),
        longitude: point.map(|point| point.longitude()),
        geohash: location
            .position
            .as_ref()
            .map(|cell| cell.as_str().to_owned()),
    })
}

/// The zone of the place of a note: that of its city, else of the nearest one.
pub fn location_zone(location: &Location) -> Option<TimeZone> {
    let city = location.cities.iter().map(ToString::to_string);
    let point = location.point().map(|point| point.to_string());
    let zone = city
        .chain(point)
        .find_map(|text| parse_place(&text).ok()?.timezone)?;
    TimeZone::get(zone).ok()
}

impl From<PlaceError> for CliError {
    fn from(error: PlaceError) -> Self {
        let hint = "type a city (\"Brighton\", \"Brighton, GB\") or \"latitude,longitude\"";
        Self::usage(error.to_string(), hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_is_a_kilometre_wide_and_has_its_zone() {
        let brighton = TypedPlace::parse("Brighton, GB").unwrap();
        let location = brighton.location();
        assert_eq!(
            location.position.as_ref().unwrap().as_str().len(),
            CITY_CELL_LENGTH
        );
        assert!(
            location
                .cities
                .iter()
                .any(|city| city.to_string() == "GB:Brighton")
        );
        assert_eq!(
            brighton.time_zone().unwrap().iana_name(),
            Some("Europe/London")
        );
        assert_eq!(
            location_zone(&location).unwrap().iana_name(),
            Some("Europe/London")
        );
        assert_eq!(location_view(&location).unwrap().name, "Brighton, GB");
    }

    #[test]
    fn coordinates_are_as_exact_as_a_venue() {
        let venue = TypedPlace::parse("50.8225,-0.1372").unwrap();
        let location = venue.location();
        assert_eq!(location.position.as_ref().unwrap().as_str(), "gcpchgune");
        assert_eq!(
            location_zone(&location).unwrap().iana_name(),
            Some("Europe/London")
        );
    }

    #[test]
    fn several_cities_of_one_name_are_said() {
        let warning = TypedPlace::parse("Brighton").unwrap().warning().unwrap();
        assert!(
            warning.starts_with("this is Brighton, England, GB; there are also Brighton"),
            "{warning}"
        );
    }

    #[test]
    fn what_is_no_place_has_a_hint() {
        let error = TypedPlace::parse("Nowhereville-on-Sea").unwrap_err();
        assert_eq!(error.code, crate::exit_code::ExitCode::Usage);
        assert!(error.hint.is_some());
        assert!(TypedPlace::parse("91,0").is_err());
        assert!(location_view(&Location::default()).is_none());
    }
}
