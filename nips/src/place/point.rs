//! Positions, boxes and great-circle distance.
//!
//! Owns: the validity of coordinates. It must not know geohashes or cities.

use std::fmt;
use std::str::FromStr;

/// Mean radius of the earth in kilometres: the sphere on which all distances are measured.
pub const EARTH_RADIUS_KM: f64 = 6_371.008_8;

/// A position on the globe, in degrees (WGS 84). Always finite and in range.
///
/// Its text form is `latitude,longitude`, the order people write.
///
/// ```
/// use kith_nips::place::Point;
///
/// let brighton = Point::new(50.8225, -0.1372)?;
/// assert_eq!(brighton.latitude(), 50.8225);
/// assert_eq!(brighton.longitude(), -0.1372);
/// assert_eq!("50.8225, -0.1372".parse::<Point>()?, brighton);
/// assert!(Point::new(90.5, 0.0).is_err());
/// # Ok::<(), kith_nips::place::PointError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    latitude: f64,
    longitude: f64,
}

impl Point {
    /// A position from degrees north and degrees east.
    ///
    /// # Errors
    /// If a number is not finite, the latitude is not in −90..=90 or the longitude is not in
    /// −180..=180.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, PointError> {
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(PointError::Latitude(latitude));
        }
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(PointError::Longitude(longitude));
        }
        Ok(Self {
            latitude,
            longitude,
        })
    }

    /// The nearest valid position: latitude cut off at the poles, longitude wrapped.
    pub(super) fn wrapped(latitude: f64, longitude: f64) -> Self {
        let longitude = if (-180.0..=180.0).contains(&longitude) {
            longitude
        } else {
            (longitude + 180.0).rem_euclid(360.0) - 180.0
        };
        Self {
            latitude: latitude.clamp(-90.0, 90.0),
            longitude,
        }
    }

    /// From the whole numbers of the table of cities, in 1e-4 degrees.
    pub(super) fn from_ten_thousandths(latitude: i32, longitude: i32) -> Self {
        Self::wrapped(f64::from(latitude) / 1e4, f64::from(longitude) / 1e4)
    }

    /// Degrees north of the equator, −90..=90.
    pub fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east of Greenwich, −180..=180.
    pub fn longitude(self) -> f64 {
        self.longitude
    }
}

impl fmt::Display for Point {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{},{}", self.latitude, self.longitude)
    }
}

impl FromStr for Point {
    type Err = PointError;

    /// Reads `latitude,longitude` in decimal degrees; spaces around the numbers are ignored.
    fn from_str(text: &str) -> Result<Self, PointError> {
        let malformed = || PointError::Malformed(text.to_owned());
        let (latitude, longitude) = text.split_once(',').ok_or_else(malformed)?;
        Self::new(
            degrees(latitude).ok_or_else(malformed)?,
            degrees(longitude).ok_or_else(malformed)?,
        )
    }
}

/// Why a position cannot be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PointError {
    /// Outside −90..=90, or not a number.
    #[error("latitude {0} is not between -90 and 90")]
    Latitude(f64),
    /// Outside −180..=180, or not a number.
    #[error("longitude {0} is not between -180 and 180")]
    Longitude(f64),
    /// The north edge of a box is south of its south edge.
    #[error("the north edge {north} is south of the south edge {south}")]
    Upside {
        /// South edge, in degrees.
        south: f64,
        /// North edge, in degrees.
        north: f64,
    },
    /// The text is not two decimal numbers with a comma between them.
    #[error("{0:?} is not `latitude,longitude`")]
    Malformed(String),
}

/// Great-circle distance in kilometres, on a sphere of [`EARTH_RADIUS_KM`] (haversine formula).
///
/// ```
/// use kith_nips::place::{Point, distance_km};
///
/// let brighton = Point::new(50.8225, -0.1372)?;
/// let london = Point::new(51.5074, -0.1278)?;
/// assert!((distance_km(brighton, london) - 76.16).abs() < 0.01);
/// # Ok::<(), kith_nips::place::PointError>(())
/// ```
pub fn distance_km(a: Point, b: Point) -> f64 {
    let (north_a, north_b) = (a.latitude.to_radians(), b.latitude.to_radians());
    let half_north = ((north_b - north_a) / 2.0).sin();
    let half_east = ((b.longitude - a.longitude).to_radians() / 2.0).sin();
    let square = half_north * half_north + north_a.cos() * north_b.cos() * half_east * half_east;
    2.0 * EARTH_RADIUS_KM * square.sqrt().clamp(0.0, 1.0).asin()
}

/// A box of latitudes and longitudes, edges included. If `west > east` it crosses the ±180°
/// meridian, as in GeoJSON (RFC 7946 §5.2).
///
/// ```
/// use kith_nips::place::{BoundingBox, Point};
///
/// let fiji = BoundingBox::new(176.0, -21.0, -178.0, -12.0)?;
/// assert!(fiji.contains(Point::new(-17.0, 179.9)?));
/// assert!(fiji.contains(Point::new(-17.0, -179.9)?));
/// assert!(!fiji.contains(Point::new(-17.0, 0.0)?));
/// # Ok::<(), kith_nips::place::PointError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundingBox {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

impl BoundingBox {
    /// A box from its edges in degrees, in the order of GeoJSON: west, south, east, north.
    ///
    /// # Errors
    /// If an edge is not a valid coordinate, or `south > north`.
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Result<Self, PointError> {
        Point::new(south, west)?;
        Point::new(north, east)?;
        if south > north {
            return Err(PointError::Upside { south, north });
        }
        Ok(Self {
            west,
            south,
            east,
            north,
        })
    }

    /// A box from edges that are known to be valid and in order.
    pub(super) const fn from_edges(west: f64, south: f64, east: f64, north: f64) -> Self {
        Self {
            west,
            south,
            east,
            north,
        }
    }

    /// West edge, in degrees.
    pub fn west(&self) -> f64 {
        self.west
    }

    /// South edge, in degrees.
    pub fn south(&self) -> f64 {
        self.south
    }

    /// East edge, in degrees.
    pub fn east(&self) -> f64 {
        self.east
    }

    /// North edge, in degrees.
    pub fn north(&self) -> f64 {
        self.north
    }

    /// How many degrees of longitude it spans, 0..=360.
    pub fn width(&self) -> f64 {
        if self.west <= self.east {
            self.east - self.west
        } else {
            self.east - self.west + 360.0
        }
    }

    /// Whether `point` is inside or on an edge.
    pub fn contains(&self, point: Point) -> bool {
        let longitude = point.longitude;
        let in_longitude = if self.west <= self.east {
            (self.west..=self.east).contains(&longitude)
        } else {
            longitude >= self.west || longitude <= self.east
        };
        in_longitude && (self.south..=self.north).contains(&point.latitude)
    }
}

/// A plain decimal number: no exponent, no `inf`, no `nan`, which `f64` would also read.
fn degrees(text: &str) -> Option<f64> {
    let text = text.trim();
    let is_plain = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.'));
    if is_plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(latitude: f64, longitude: f64) -> Point {
        Point::new(latitude, longitude).unwrap()
    }

    #[test]
    fn coordinates_out_of_range_are_refused() {
        for (latitude, longitude) in [
            (90.1, 0.0),
            (-90.1, 0.0),
            (0.0, 180.1),
            (0.0, -180.1),
            (f64::NAN, 0.0),
            (0.0, f64::NAN),
            (f64::INFINITY, 0.0),
            (0.0, f64::NEG_INFINITY),
        ] {
            assert!(Point::new(latitude, longitude).is_err());
        }
        assert!(Point::new(90.0, 180.0).is_ok());
        assert!(Point::new(-90.0, -180.0).is_ok());
    }

    #[test]
    fn text_that_is_not_a_position_is_refused() {
        for text in [
            "", "1", "1,", ",1", "1,2,3", "nan,1", "inf,1", "1e1,1", "a,b", "1;2",
        ] {
            assert!(text.parse::<Point>().is_err(), "{text}");
        }
        assert_eq!(" +50.5 ,-0.5 ".parse::<Point>().unwrap(), point(50.5, -0.5));
    }

    #[test]
    fn distances_of_known_places() {
        let quarter = std::f64::consts::FRAC_PI_2 * EARTH_RADIUS_KM;
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} {b}");
        near(distance_km(point(0.0, 0.0), point(90.0, 17.0)), quarter);
        near(
            distance_km(point(0.0, 0.0), point(0.0, 180.0)),
            2.0 * quarter,
        );
        near(
            distance_km(point(90.0, 0.0), point(-90.0, 99.0)),
            2.0 * quarter,
        );
        near(
            distance_km(point(0.0, 179.5), point(0.0, -179.5)),
            quarter / 90.0,
        );
        near(distance_km(point(51.0, 5.0), point(51.0, 5.0)), 0.0);
    }

    #[test]
    fn boxes_keep_their_edges_and_cross_the_meridian() {
        assert!(BoundingBox::new(0.0, 1.0, 1.0, 0.0).is_err());
        assert!(BoundingBox::new(0.0, 0.0, 181.0, 1.0).is_err());
        let pacific = BoundingBox::new(170.0, -10.0, -170.0, 10.0).unwrap();
        assert_eq!(pacific.width(), 20.0);
        assert!(pacific.contains(point(10.0, 180.0)));
        assert!(pacific.contains(point(-10.0, -170.0)));
        assert!(!pacific.contains(point(0.0, 169.9)));
    }

    proptest! {
        #[test]
        fn distance_is_symmetric_and_bounded(
            a in (-90.0..=90.0, -180.0..=180.0),
            b in (-90.0..=90.0, -180.0..=180.0),
        ) {
            let (a, b) = (point(a.0, a.1), point(b.0, b.1));
            let there = distance_km(a, b);
            prop_assert!((there - distance_km(b, a)).abs() < 1e-6);
            prop_assert!((0.0..=EARTH_RADIUS_KM * std::f64::consts::PI + 1e-6).contains(&there));
            let north = (a.latitude() - b.latitude()).abs().to_radians() * EARTH_RADIUS_KM;
            prop_assert!(there >= north - 1e-6);
        }

        #[test]
        fn text_form_reads_back(latitude in -90.0..=90.0, longitude in -180.0..=180.0) {
            let here = point(latitude, longitude);
            prop_assert_eq!(here.to_string().parse::<Point>().unwrap(), here);
        }
    }
}
