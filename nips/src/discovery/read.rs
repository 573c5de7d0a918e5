//! Reading the words of discovery.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{BoundingBox, Cell, Circle, Discovery, EARTH_RADIUS_KM, Point, RADIUS_KM_MAX, Sort};
use crate::place::PointError;

/// A word that is known has a value that is not. The text names the key.
///
/// ```
/// use kith_nips::nip50::Search;
/// let error = Search::parse("near:91,0,10").unwrap_err();
/// assert_eq!(error.to_string(), "near: latitude 91 is not between -90 and 90");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{key}: {reason}")]
pub struct DiscoveryError {
    /// Which key: one of [`SEARCH_EXTENSIONS`](super::SEARCH_EXTENSIONS).
    pub key: &'static str,
    /// What is wrong with its value.
    pub reason: String,
}

impl Discovery {
    /// Takes the word `key:value`; false when the key is none of discovery's.
    ///
    /// # Errors
    /// A key that was given before, or a value that it cannot have.
    pub(crate) fn take(&mut self, key: &str, value: &str) -> Result<bool, DiscoveryError> {
        match key {
            "near" => set("near", &mut self.near, value, circle),
            "bbox" => set("bbox", &mut self.within, value, bounding_box),
            "from" => set("from", &mut self.from, value, read_time),
            "to" => set("to", &mut self.to, value, read_time),
            "sort" => set("sort", &mut self.sort, value, sort),
            _ => return Ok(false),
        }?;
        Ok(true)
    }

    /// What no word shows by itself.
    ///
    /// # Errors
    /// Words that contradict each other.
    pub fn check(&self) -> Result<(), DiscoveryError> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && to <= from
        {
            return Err(error("to", format!("{to} is not after from:{from}")));
        }
        if self.sort == Some(Sort::Distance) && self.near.is_none() {
            return Err(error("sort", "distance needs near"));
        }
        Ok(())
    }

    /// A circle from `<lat>,<lon>,<km>` or `<geohash>,<km>`.
    ///
    /// # Errors
    /// A value that is no circle.
    pub fn read_near(value: &str) -> Result<Circle, DiscoveryError> {
        circle(value).map_err(|reason| error("near", reason))
    }

    /// A box from `<west>,<south>,<east>,<north>`.
    ///
    /// # Errors
    /// A value that is no box.
    pub fn read_bbox(value: &str) -> Result<BoundingBox, DiscoveryError> {
        bounding_box(value).map_err(|reason| error("bbox", reason))
    }
}

fn error(key: &'static str, reason: impl Into<String>) -> DiscoveryError {
    let reason = reason.into();
    DiscoveryError { key, reason }
}

fn set<T>(
    key: &'static str,
    place: &mut Option<T>,
    value: &str,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Result<(), DiscoveryError> {
    if place.is_some() {
        return Err(error(key, "given twice"));
    }
    *place = Some(read(value).map_err(|reason| error(key, reason))?);
    Ok(())
}

fn circle(value: &str) -> Result<Circle, String> {
    let shape = || format!("{value:?} is neither <lat>,<lon>,<km> nor <geohash>,<km>");
    let (place, radius) = value.rsplit_once(',').ok_or_else(shape)?;
    let centre = match place.split_once(',') {
        Some((latitude, longitude)) => point(latitude, longitude)?,
        None => Cell::parse(place)
            .map_err(|error| error.to_string())?
            .centre(),
    };
    let radius_km = number(radius)?;
    check_radius(radius_km)?;
    Ok(Circle { centre, radius_km })
}

fn check_radius(radius_km: f64) -> Result<(), String> {
    match radius_km > 0.0 && radius_km <= RADIUS_KM_MAX {
        true => Ok(()),
        false => Err(format!(
            "{radius_km} km is not a radius (more than 0, at most {RADIUS_KM_MAX})"
        )),
    }
}

impl Circle {
    /// A circle whose radius is checked.
    ///
    /// # Errors
    /// A radius that is not more than 0 km or more than [`RADIUS_KM_MAX`].
    pub fn new(centre: Point, radius_km: f64) -> Result<Self, DiscoveryError> {
        check_radius(radius_km).map_err(|reason| error("near", reason))?;
        Ok(Circle { centre, radius_km })
    }
}

fn point(latitude: &str, longitude: &str) -> Result<Point, String> {
    let point = Point::new(number(latitude)?, number(longitude)?);
    point.map_err(|error: PointError| error.to_string())
}

fn bounding_box(value: &str) -> Result<BoundingBox, String> {
    let edges: Vec<&str> = value.split(',').collect();
    let [west, south, east, north] = edges[..] else {
        return Err(format!("{value:?} is not <west>,<south>,<east>,<north>"));
    };
    let area = BoundingBox::new(number(west)?, number(south)?, number(east)?, number(north)?);
    area.map_err(|error| error.to_string())
}

/// Plain decimal numbers: neither `inf` nor `1e9`.
fn number(text: &str) -> Result<f64, String> {
    let is_plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
    let number = text.parse().ok().filter(|_| text.chars().all(is_plain));
    number.ok_or_else(|| format!("{text:?} is not a decimal number"))
}

fn sort(value: &str) -> Result<Sort, String> {
    Sort::read(value)
        .ok_or_else(|| format!("{value:?} is none of start, distance, relevance and new"))
}

/// A moment in Unix seconds: itself, the beginning of a date in UTC, or a date and time with an
/// offset (RFC 3339).
///
/// ```
/// use kith_nips::discovery::read_time;
/// assert_eq!(read_time("1796342400"), Ok(1_796_342_400));
/// assert_eq!(read_time("2026-12-04"), Ok(1_796_342_400));
/// assert_eq!(read_time("2026-12-04T01:00:00+01:00"), Ok(1_796_342_400));
/// assert!(read_time("2026-02-30").is_err());
/// ```
///
/// # Errors
/// What is none of these, or before 1970.
pub fn read_time(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is neither Unix seconds nor a date nor a date and time");
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = text.parse::<u64>().map_err(|_| wrong())?;
        return match i64::try_from(seconds) {
            Ok(_) => Ok(seconds),
            Err(_) => Err(wrong()),
        };
    }
    let is_date = text.len() == 10;
    let moment = match is_date {
        true => {
            let date: Date = text.parse().map_err(|_| wrong())?;
            let begun = date.to_zoned(TimeZone::UTC).map_err(|_| wrong())?;
            begun.timestamp()
        }
        false => text.parse::<Timestamp>().map_err(|_| wrong())?,
    };
    u64::try_from(moment.as_second()).map_err(|_| format!("{text} is before 1970"))
}

/// The longest way between two places must be allowed.
const _: () = assert!(RADIUS_KM_MAX >= std::f64::consts::PI * EARTH_RADIUS_KM);
