//! Where something is: fields `city`, `latitude`, `longitude`. A map fills in the last two.

use kith_nips::lbc::Location;
use kith_nips::place::{Cell, Gazetteer, Place, Point, parse_place};

use super::form::Form;
use super::said::{Problems, Sayer};
use super::values::Values;

/// Characters of the geohash of a city: about a kilometre, because the middle of a city is no venue.
const CITY_CELL_LENGTH: usize = 6;

/// What was said of a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Placed {
    /// What goes into a note.
    pub(super) location: Location,
    /// The name of its time zone, if it is known.
    pub(super) zone: Option<&'static str>,
}

/// Reads the fields. Where they say what `before` says, it stays as exact as it was.
pub(super) fn placed(
    form: &Form,
    before: Option<&Location>,
    sayer: Sayer,
    problems: &mut Problems,
) -> Placed {
    if let Some(before) = before.filter(|before| is_as_before(form, before)) {
        let zone = before.point().and_then(Gazetteer::city_at);
        return Placed {
            location: before.clone(),
            zone: zone.map(|city| city.timezone()),
        };
    }
    // Who names another city and leaves the coordinates alone means the city.
    let is_old = before.is_some_and(|before| {
        form.text("city").is_some() && says(form, before, &["latitude", "longitude"])
    });
    let point = match is_old {
        true => None,
        false => point(form, sayer, problems),
    };
    let city = form.text("city").and_then(|text| match parse_place(text) {
        Ok(place) => Some(place),
        Err(_) => {
            problems.add("city", sayer.say("field-city"));
            None
        }
    });
    match (point, city) {
        (Some(point), city) => at(point, city),
        (None, Some(place)) => Placed {
            zone: place.timezone,
            location: of_city(&place),
        },
        (None, None) => Placed::default(),
    }
}

/// Writes a place into the fields.
pub(super) fn fill(values: &mut Values, location: &Location) {
    let city = location.cities.first();
    let city = city.map(|city| format!("{}, {}", city.name(), city.country()));
    values.set("city", city.unwrap_or_default());
    if let Some(point) = location.point() {
        values.set("latitude", degrees(point.latitude()));
        values.set("longitude", degrees(point.longitude()));
    }
}

fn is_as_before(form: &Form, before: &Location) -> bool {
    says(form, before, &["city", "latitude", "longitude"])
}

/// Whether these fields say what they say of a place.
fn says(form: &Form, place: &Location, names: &[&str]) -> bool {
    let mut values = Values::default();
    fill(&mut values, place);
    names
        .iter()
        .all(|name| form.text(name).unwrap_or_default() == values.get(name))
}

fn degrees(number: f64) -> String {
    format!("{number:.5}")
}

fn point(form: &Form, sayer: Sayer, problems: &mut Problems) -> Option<Point> {
    let read = |name| form.text(name).map(|text| text.parse::<f64>().ok());
    let (latitude, longitude) = (read("latitude"), read("longitude"));
    if latitude.is_none() && longitude.is_none() {
        return None;
    }
    let point = match (latitude.flatten(), longitude.flatten()) {
        (Some(latitude), Some(longitude)) => Point::new(latitude, longitude).ok(),
        _ => None,
    };
    if point.is_none() {
        problems.add("latitude", sayer.say("field-position"));
    }
    point
}

/// As exact as a venue; in the city that was named, else in the one that is there.
fn at(point: Point, city: Option<Place>) -> Placed {
    let there = Gazetteer::city_at(point);
    let named = city.and_then(|place| place.city).or(there);
    let names = named.map(|city| city.tags()).unwrap_or_default();
    Placed {
        location: names
            .into_iter()
            .fold(Location::at(point), Location::in_city),
        zone: there.or(named).map(|city| city.timezone()),
    }
}

fn of_city(place: &Place) -> Location {
    let mut location = Location::at(place.point);
    if place.city.is_some_and(|city| city.point() == place.point) {
        location.position = Some(Cell::of(place.point, CITY_CELL_LENGTH));
    }
    let names = place.city.map(|city| city.tags()).unwrap_or_default();
    names.into_iter().fold(location, Location::in_city)
}

#[cfg(test)]
mod tests {
    use super::super::testing::fields;
    use super::*;
    use crate::language::Language;

    fn read(form: &[(&str, &str)], before: Option<&Location>) -> (Placed, Vec<&'static str>) {
        let mut problems = Problems::default();
        let placed = placed(
            &fields(form),
            before,
            Sayer(Language::English),
            &mut problems,
        );
        let wrong = problems.0.iter().map(|problem| problem.field).collect();
        (placed, wrong)
    }

    fn values(location: &Location) -> Vec<String> {
        location
            .tags()
            .into_iter()
            .map(|tag| tag[1].clone())
            .collect()
    }

    #[test]
    fn a_city_is_a_city_and_a_pin_is_a_venue() {
        let (brighton, wrong) = read(&[("city", "Brighton")], None);
        assert!(wrong.is_empty());
        assert_eq!(brighton.zone, Some("Europe/London"));
        assert!(values(&brighton.location).contains(&"GB:Brighton".to_owned()));
        assert_eq!(brighton.location.position.unwrap().as_str().len(), 6);
        let (pin, _) = read(&[("latitude", "52.52"), ("longitude", "13.405")], None);
        assert_eq!(pin.zone, Some("Europe/Berlin"));
        assert_eq!(pin.location.position.unwrap().as_str().len(), 9);
        assert!(values(&pin.location).contains(&"DE:Berlin".to_owned()));
        // Nothing said is nothing written.
        assert!(read(&[], None).0.location.is_empty());
    }

    #[test]
    fn what_was_not_touched_stays_as_exact_as_it_was() {
        let (pin, _) = read(&[("latitude", "52.52"), ("longitude", "13.405")], None);
        let mut shown = Values::default();
        fill(&mut shown, &pin.location);
        let form = ["city", "latitude", "longitude"].map(|name| (name, shown.get(name)));
        let (again, _) = read(&form, Some(&pin.location));
        assert_eq!(again.location, pin.location);
        // Another city is there, wherever the old one was.
        let mut other = form;
        other[0].1 = "Brighton";
        let (brighton, _) = read(&other, Some(&pin.location));
        assert_eq!(
            brighton.location,
            read(&[("city", "Brighton")], None).0.location
        );
        // What was emptied is gone.
        assert!(read(&[], Some(&pin.location)).0.location.is_empty());
    }

    #[test]
    fn every_field_has_its_problem() {
        for (form, field) in [
            (vec![("city", "Nowhere at all, XX")], "city"),
            (vec![("latitude", "52")], "latitude"),
            (vec![("latitude", "91"), ("longitude", "0")], "latitude"),
            (vec![("latitude", "NaN"), ("longitude", "0")], "latitude"),
            (vec![("latitude", "x"), ("longitude", "0")], "latitude"),
        ] {
            assert_eq!(read(&form, None).1, [field], "{form:?}");
        }
    }
}
