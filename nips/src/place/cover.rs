//! The cells that a search asks for: NIP-01 filters are exact, so a search around a point lists
//! the cells of one prefix length that cover the circle, and measures distances afterwards
//! (LBC-41).
//!
//! Owns: which cells, and how many. It must not know filters or cities.
//!
//! Notes carry the prefixes of 3 to 6 characters of their geohash (LBC-39), so only these lengths
//! can be asked for. A longer prefix brings fewer notes that are too far away, and costs more
//! values in the filter. At the equator a cell of 3 characters is 156 km wide and high, of 4 is
//! 39 by 20 km, of 5 is 5 by 5 km, of 6 is 1.2 by 0.6 km; towards the poles they get narrower.

use std::ops::RangeInclusive;

use super::cell::{Cell, Grid};
use super::point::{BoundingBox, EARTH_RADIUS_KM, Point};

/// Most cells in a cover of 4, 5 or 6 characters. 100 values are within what relays accept in one
/// filter, and let a circle of 100 km at the latitude of London use cells of 4 characters.
pub const CELLS_PER_COVER_MAX: usize = 100;

/// Most cells in a cover of 3 characters, the coarsest there is: enough for 1,000 km up to 65°
/// north or south, and for 25 km at a pole. Still only 3 kB of filter.
pub const CELLS_PER_COARSE_COVER_MAX: usize = 500;

/// Lengths of the prefixes that notes publish and a cover can use (LBC-39, LBC-41).
pub const COVER_LENGTHS: RangeInclusive<usize> = 3..=6;

/// What rounding may move an edge by, in radians (6 mm); covers are widened by it.
const ROUNDING: f64 = 1e-9;

/// The cells of one length that together hold every point within `radius_km` of `centre`, sorted.
/// The length is the longest of [`COVER_LENGTHS`] that needs no more than [`CELLS_PER_COVER_MAX`]
/// cells; for 3 characters [`CELLS_PER_COARSE_COVER_MAX`] are allowed. Every cell touches the
/// circle, so none is further away than the circle's edge.
///
/// # Errors
/// If the radius is negative or not a number, or if it is too large; then the error says the
/// largest possible one around this centre.
///
/// ```
/// use kith_nips::place::{Point, cells_covering_circle};
///
/// let cells = cells_covering_circle(Point::new(50.8225, -0.1372)?, 5.0)?;
/// assert!(cells.iter().all(|cell| cell.length() == 5));
/// assert!(cells.iter().any(|cell| cell.as_str() == "gcpch"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn cells_covering_circle(centre: Point, radius_km: f64) -> Result<Vec<Cell>, CoverError> {
    if !radius_km.is_finite() || radius_km < 0.0 {
        return Err(CoverError::Radius(radius_km));
    }
    finest_cover(|grid, cells_max| circle_cover(centre, radius_km, grid, cells_max)).ok_or_else(
        || CoverError::CircleTooLarge {
            radius_km,
            radius_km_max: largest_radius_km(centre, radius_km),
        },
    )
}

/// The cells of `length` characters that together hold every point within `radius_km` of `centre`,
/// sorted; `None` if they are more than `cells_max`. For whoever chooses the length: events do not
/// publish every length, so this is not for `#g`.
///
/// ```
/// use kith_nips::place::{Point, cells_in_circle};
///
/// let brighton = Point::new(50.8225, -0.1372)?;
/// assert_eq!(cells_in_circle(brighton, 25.0, 2, 4).map(|cells| cells.len()), Some(4));
/// assert_eq!(cells_in_circle(brighton, 25.0, 6, 1_000), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn cells_in_circle(
    centre: Point,
    radius_km: f64,
    length: usize,
    cells_max: usize,
) -> Option<Vec<Cell>> {
    circle_cover(centre, radius_km, Grid::of(length), cells_max)
}

/// The same for a box, edges included.
///
/// ```
/// use kith_nips::place::{BoundingBox, cells_in_box};
///
/// let sussex = BoundingBox::new(-0.9, 50.7, 0.9, 51.2)?;
/// assert_eq!(cells_in_box(&sussex, 3, 10).map(|cells| cells.len()), Some(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn cells_in_box(area: &BoundingBox, length: usize, cells_max: usize) -> Option<Vec<Cell>> {
    box_cover(area, Grid::of(length), cells_max)
}

/// The cells of one length that together hold every point of `area`, edges included, sorted. The
/// length is chosen as for [`cells_covering_circle`].
///
/// # Errors
/// If the box needs more than [`CELLS_PER_COARSE_COVER_MAX`] cells of 3 characters.
///
/// ```
/// use kith_nips::place::{BoundingBox, cells_covering_box};
///
/// let sussex = BoundingBox::new(-0.9, 50.7, 0.9, 51.2)?;
/// assert_eq!(cells_covering_box(&sussex)?.len(), 24);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn cells_covering_box(area: &BoundingBox) -> Result<Vec<Cell>, CoverError> {
    finest_cover(|grid, cells_max| box_cover(area, grid, cells_max)).ok_or(CoverError::BoxTooLarge)
}

/// Why an area cannot be covered.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CoverError {
    /// The radius, in km, is negative or not a number.
    #[error("{0} is not a radius in km")]
    Radius(f64),
    /// The circle needs more cells than allowed.
    #[error("{radius_km} km is too far to search; the most around here is {radius_km_max} km")]
    CircleTooLarge {
        /// The radius that was asked for, in km.
        radius_km: f64,
        /// The largest radius that can be covered around the same centre, in whole km.
        radius_km_max: f64,
    },
    /// The box needs more cells than allowed.
    #[error("the box is too large to search; make it smaller")]
    BoxTooLarge,
}

/// One row of a grid, in degrees of latitude.
#[derive(Clone, Copy)]
struct Row {
    south: f64,
    north: f64,
}

/// A stretch of longitudes in degrees, `from <= to`; it may go past ±180.
#[derive(Clone, Copy)]
struct Span {
    from: f64,
    to: f64,
}

impl Span {
    fn widened(self, degrees: f64) -> Self {
        Self {
            from: self.from - degrees,
            to: self.to + degrees,
        }
    }

    /// The columns it touches, as first column and number of columns.
    fn columns(self, grid: Grid) -> (i64, i64) {
        let column = |longitude: f64| ((longitude + 180.0) / grid.width()).floor() as i64;
        let first = column(self.from);
        (first, (column(self.to) - first + 1).clamp(1, grid.columns))
    }
}

/// The cover of the longest length that is within the bounds; `cover` gives that of a grid, unless
/// it has more cells than allowed.
fn finest_cover(cover: impl Fn(Grid, usize) -> Option<Vec<Cell>>) -> Option<Vec<Cell>> {
    COVER_LENGTHS.rev().find_map(|length| {
        let cells_max = match length == *COVER_LENGTHS.start() {
            true => CELLS_PER_COARSE_COVER_MAX,
            false => CELLS_PER_COVER_MAX,
        };
        cover(Grid::of(length), cells_max)
    })
}

fn circle_cover(centre: Point, radius_km: f64, grid: Grid, cells_max: usize) -> Option<Vec<Cell>> {
    let reach = (radius_km / EARTH_RADIUS_KM + ROUNDING).to_degrees();
    let rows = Row {
        south: centre.latitude() - reach,
        north: centre.latitude() + reach,
    };
    cover(grid, cells_max, rows, |row| {
        circle_in_row(centre, radius_km, row)
    })
}

fn box_cover(area: &BoundingBox, grid: Grid, cells_max: usize) -> Option<Vec<Cell>> {
    let margin = ROUNDING.to_degrees();
    let rows = Row {
        south: area.south() - margin,
        north: area.north() + margin,
    };
    let span = Span {
        from: area.west(),
        to: area.west() + area.width(),
    };
    cover(grid, cells_max, rows, |row| {
        let is_inside = row.north >= rows.south && row.south <= rows.north;
        is_inside.then(|| span.widened(margin))
    })
}

/// The cells of `grid` that the area touches, sorted. `latitudes` says where the area is at all,
/// `span_in_row` which longitudes it has in a row of cells, `None` if it has none.
fn cover(
    grid: Grid,
    cells_max: usize,
    latitudes: Row,
    span_in_row: impl Fn(Row) -> Option<Span>,
) -> Option<Vec<Cell>> {
    let row = |latitude: f64| ((latitude + 90.0) / grid.height()).floor() as i64;
    // One row more on both sides: dividing rounds too.
    let first = (row(latitudes.south) - 1).clamp(0, grid.rows - 1);
    let last = (row(latitudes.north) + 1).clamp(0, grid.rows - 1);
    let mut runs = Vec::new();
    let mut count = 0;
    for row in first..=last {
        let latitudes = Row {
            south: row as f64 * grid.height() - 90.0,
            north: (row + 1) as f64 * grid.height() - 90.0,
        };
        let Some(span) = span_in_row(latitudes) else {
            continue;
        };
        let (first, columns) = span.columns(grid);
        count += usize::try_from(columns).ok()?;
        if count > cells_max {
            return None;
        }
        runs.push((row, first, columns));
    }
    let mut cells: Vec<Cell> = runs
        .into_iter()
        .flat_map(|(row, first, columns)| {
            (first..first + columns).map(move |column| grid.cell(column, row))
        })
        .collect();
    cells.sort_unstable();
    Some(cells)
}

/// The longitudes of a circle in a row, exact but for [`ROUNDING`].
fn circle_in_row(centre: Point, radius_km: f64, row: Row) -> Option<Span> {
    let angle = (radius_km / EARTH_RADIUS_KM + ROUNDING).min(std::f64::consts::PI);
    let latitude = centre.latitude().to_radians();
    let (south, north) = (row.south.to_radians(), row.north.to_radians());
    if north < latitude - angle || south > latitude + angle {
        return None;
    }
    let half = half_width(latitude, angle, south, north).to_degrees();
    let span = Span {
        from: centre.longitude(),
        to: centre.longitude(),
    };
    Some(span.widened(half + ROUNDING.to_degrees()))
}

/// How far a circle reaches east and west of its centre between two latitudes, in radians; π if
/// it goes all the way round.
fn half_width(latitude: f64, angle: f64, south: f64, north: f64) -> f64 {
    use std::f64::consts::{FRAC_PI_2, PI};
    // A pole inside the circle: beyond the latitude where the circle comes down on the other side
    // of the pole, every longitude is in it. More than a hemisphere is never covered anyway.
    let over_north = latitude + angle - FRAC_PI_2;
    let over_south = angle - latitude - FRAC_PI_2;
    if angle >= FRAC_PI_2
        || (over_north >= 0.0 && north >= FRAC_PI_2 - over_north)
        || (over_south >= 0.0 && south <= over_south - FRAC_PI_2)
    {
        return PI;
    }
    // The circle is widest where a meridian touches it, and gets narrower on both sides.
    let widest = (latitude.sin() / angle.cos()).clamp(-1.0, 1.0).asin();
    let (lowest, highest) = (south.max(latitude - angle), north.min(latitude + angle));
    [lowest, highest, widest.clamp(lowest, highest.max(lowest))]
        .into_iter()
        .map(|at| half_width_at(latitude, angle, at))
        .fold(0.0, f64::max)
}

/// The same on one parallel (spherical law of cosines).
fn half_width_at(latitude: f64, angle: f64, at: f64) -> f64 {
    let flat = latitude.cos() * at.cos();
    if flat <= f64::EPSILON {
        return std::f64::consts::PI;
    }
    let cosine = (angle.cos() - latitude.sin() * at.sin()) / flat;
    cosine.clamp(-1.0, 1.0).acos()
}

/// The largest radius in whole km, below one that is too large, that can be covered.
fn largest_radius_km(centre: Point, too_large_km: f64) -> f64 {
    let grid = Grid::of(*COVER_LENGTHS.start());
    let fits = |km: f64| circle_cover(centre, km, grid, CELLS_PER_COARSE_COVER_MAX).is_some();
    let half_around_km = EARTH_RADIUS_KM * std::f64::consts::PI;
    let (mut low, mut high) = (0.0, too_large_km.min(half_around_km).ceil());
    while high - low > 1.0 {
        let middle = ((low + high) / 2.0_f64).floor();
        if fits(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::super::point::distance_km;
    use super::*;
    use proptest::prelude::*;

    fn point(latitude: f64, longitude: f64) -> Point {
        Point::new(latitude, longitude).unwrap()
    }

    /// The point at a distance and bearing, to test against.
    fn travelled(from: Point, distance_km: f64, bearing: f64) -> Point {
        let (angle, bearing) = (distance_km / EARTH_RADIUS_KM, bearing.to_radians());
        let latitude = from.latitude().to_radians();
        let north = latitude.sin() * angle.cos() + latitude.cos() * angle.sin() * bearing.cos();
        let north = north.clamp(-1.0, 1.0).asin();
        let east = (bearing.sin() * angle.sin() * latitude.cos())
            .atan2(angle.cos() - latitude.sin() * north.sin());
        Point::wrapped(north.to_degrees(), from.longitude() + east.to_degrees())
    }

    /// How far the nearest of many points of the cell's edge is.
    fn distance_to_cell_km(from: Point, cell: &Cell) -> f64 {
        let bounds = cell.bounds();
        if bounds.contains(from) {
            return 0.0;
        }
        let at = |low: f64, high: f64, step: u32| low + (high - low) * f64::from(step) / 64.0;
        (0..=64)
            .flat_map(|step| {
                let latitude = at(bounds.south(), bounds.north(), step);
                let longitude = at(bounds.west(), bounds.east(), step);
                [
                    point(latitude, bounds.west()),
                    point(latitude, bounds.east()),
                    point(bounds.south(), longitude),
                    point(bounds.north(), longitude),
                ]
            })
            .map(|edge| distance_km(from, edge))
            .fold(f64::INFINITY, f64::min)
    }

    fn cell_size_km(cell: &Cell) -> f64 {
        let bounds = cell.bounds();
        distance_km(
            point(bounds.south(), bounds.west()),
            point(bounds.north(), bounds.east()),
        )
    }

    #[test]
    fn lbc_41_usual_radii_are_covered_almost_everywhere() {
        for latitude in [-65.0, -33.9, 0.0, 25.0, 40.7, 50.8, 60.2, 65.0] {
            for radius_km in [0.0, 1.0, 5.0, 25.0, 100.0, 300.0, 1000.0] {
                let cells = cells_covering_circle(point(latitude, 13.4), radius_km);
                assert!(cells.is_ok(), "{latitude} {radius_km} {cells:?}");
            }
        }
    }

    #[test]
    fn lbc_41_the_length_follows_the_radius() {
        let length = |radius_km| {
            let cells = cells_covering_circle(point(50.8225, -0.1372), radius_km).unwrap();
            cells[0].length()
        };
        assert_eq!(
            [0.5, 2.0, 10.0, 25.0, 100.0, 300.0, 1000.0].map(length),
            [6, 6, 5, 4, 4, 3, 3]
        );
    }

    #[test]
    fn lbc_41_the_cover_continues_across_the_meridian() {
        let cells = cells_covering_circle(point(-17.8, 179.9), 30.0).unwrap();
        assert!(cells.iter().any(|cell| cell.bounds().east() == 180.0));
        assert!(cells.iter().any(|cell| cell.bounds().west() == -180.0));
        let fiji = BoundingBox::new(177.0, -19.0, -179.0, -16.0).unwrap();
        let cells = cells_covering_box(&fiji).unwrap();
        assert!(cells.iter().any(|cell| cell.bounds().west() == -180.0));
        assert!(cells.contains(&Cell::of(point(-17.8, 178.0), cells[0].length())));
    }

    #[test]
    fn lbc_41_a_circle_around_a_pole_has_every_longitude() {
        for latitude in [90.0, -90.0] {
            let cells = cells_covering_circle(point(latitude, 0.0), 25.0).unwrap();
            assert_eq!(cells.len(), 256);
        }
    }

    #[test]
    fn lbc_41_too_large_areas_are_refused_with_the_largest_radius() {
        let berlin = point(52.5, 13.4);
        let Err(CoverError::CircleTooLarge { radius_km_max, .. }) =
            cells_covering_circle(berlin, 20_000.0)
        else {
            panic!("covered the earth");
        };
        assert!(
            (1_000.0..2_000.0).contains(&radius_km_max),
            "{radius_km_max}"
        );
        assert!(cells_covering_circle(berlin, radius_km_max).is_ok());
        assert!(cells_covering_circle(berlin, radius_km_max + 1.0).is_err());
        for radius_km in [-1.0, f64::NAN, f64::INFINITY] {
            let refused = cells_covering_circle(berlin, radius_km);
            assert!(matches!(refused, Err(CoverError::Radius(_))));
        }
        let world = BoundingBox::new(-180.0, -90.0, 180.0, 90.0).unwrap();
        assert_eq!(cells_covering_box(&world), Err(CoverError::BoxTooLarge));
    }

    #[test]
    fn lbc_41_a_box_around_the_earth_lists_a_cell_once() {
        let equator = BoundingBox::new(-180.0, 0.1, 180.0, 0.2).unwrap();
        let cells = cells_covering_box(&equator).unwrap();
        assert_eq!(cells.len(), 256);
        assert!(cells.windows(2).all(|pair| pair[0] < pair[1]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn lbc_41_cells_cover_the_circle(
            latitude in prop_oneof![-90.0..=90.0, 85.0..=90.0, -90.0..=-85.0],
            longitude in prop_oneof![-180.0..=180.0, 179.0..=180.0, -180.0..=-179.0],
            radius_km in prop_oneof![0.0..=5.0, 5.0..=100.0, 100.0..=1200.0],
            share in prop_oneof![0.0..=1.0, Just(1.0)],
            bearing in 0.0..360.0,
        ) {
            let centre = point(latitude, longitude);
            match cells_covering_circle(centre, radius_km) {
                Ok(cells) => {
                    let there = travelled(centre, radius_km * share, bearing);
                    prop_assert!(distance_km(centre, there) <= radius_km + 1e-6);
                    let length = cells[0].length();
                    prop_assert!(COVER_LENGTHS.contains(&length));
                    prop_assert!(cells.iter().all(|cell| cell.length() == length));
                    prop_assert!(cells.contains(&Cell::of(there, length)), "{there} {cells:?}");
                    prop_assert!(cells.windows(2).all(|pair| pair[0] < pair[1]));
                }
                Err(CoverError::CircleTooLarge { radius_km_max, .. }) => {
                    prop_assert!(radius_km_max >= 80.0 && radius_km_max < radius_km);
                    prop_assert!(cells_covering_circle(centre, radius_km_max).is_ok());
                }
                Err(other) => prop_assert!(false, "{other}"),
            }
        }

        #[test]
        fn any_length_covers_any_circle(
            latitude in prop_oneof![-90.0..=90.0, 85.0..=90.0, Just(90.0), Just(-90.0)],
            longitude in prop_oneof![-180.0..=180.0, 179.0..=180.0, -180.0..=-179.0],
            radius_km in prop_oneof![0.0..=5.0, 5.0..=2_000.0, 2_000.0..=20_016.0],
            share in prop_oneof![0.0..=1.0, Just(1.0)],
            bearing in 0.0..360.0,
            length in 1_usize..=6,
        ) {
            let centre = point(latitude, longitude);
            let there = travelled(centre, radius_km * share, bearing);
            if let Some(cells) = cells_in_circle(centre, radius_km, length, 1_024) {
                prop_assert!(cells.len() <= 1_024);
                prop_assert!(cells.contains(&Cell::of(there, length)), "{there} {cells:?}");
            } else {
                prop_assert!(length > 2, "the whole Earth has 1,024 cells of 2 characters");
            }
        }

        #[test]
        fn lbc_41_no_cell_is_far_outside(
            latitude in -85.0..=85.0,
            longitude in -180.0..=180.0,
            radius_km in prop_oneof![0.0..=5.0, 5.0..=100.0, 100.0..=600.0],
        ) {
            let centre = point(latitude, longitude);
            if let Ok(cells) = cells_covering_circle(centre, radius_km) {
                for cell in &cells {
                    let away = distance_to_cell_km(centre, cell) - radius_km;
                    prop_assert!(away < cell_size_km(cell), "{cell} {away}");
                }
            }
        }

        #[test]
        fn lbc_41_cells_cover_the_box(
            west in -180.0..=180.0,
            south in -90.0_f64..=90.0,
            width in 0.0..=20.0,
            height in 0.0_f64..=10.0,
            share in (0.0..=1.0, 0.0..=1.0),
        ) {
            let north = (south + height).min(90.0);
            let east = Point::wrapped(south, west + width).longitude();
            let area = BoundingBox::new(west, south, east, north).unwrap();
            let cells = cells_covering_box(&area).unwrap();
            let there = Point::wrapped(
                south + (north - south) * share.0,
                west + area.width() * share.1,
            );
            prop_assert!(cells.contains(&Cell::of(there, cells[0].length())));
            prop_assert!(cells.len() <= CELLS_PER_COARSE_COVER_MAX);
        }
    }
}
