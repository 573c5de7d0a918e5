//! Tiles: the cells of the geohash grids as numbers, for looking for what is near. A tile knows its
//! distance from a point and the tiles that it is made of; an area is covered by few of them.
//!
//! Owns: the geometry of tiles. What lies in them, an index knows.

use super::cell::Cell;
use super::point::{BoundingBox, EARTH_RADIUS_KM, Point, distance_km};

/// The longest tiles, in characters of a geohash: 153 m by 153 m at the equator.
pub const TILE_LENGTH_MAX: u8 = 7;

/// What is lost by rounding, in km: distances of tiles are understated by so much, so that no point in
/// a tile is nearer than the tile.
const ROUNDING_KM: f64 = 1e-6;

/// A cell of a geohash grid; of length 0, the whole Earth.
///
/// ```
/// use kith_nips::place::{Point, Tile};
/// let berlin = Point::new(52.52, 13.405)?;
/// let tile = Tile::of(berlin, 3);
/// assert!(tile.children().any(|child| child == Tile::of(berlin, 4)));
/// assert_eq!(tile.distance_km(berlin), 0.0);
/// # Ok::<(), kith_nips::place::PointError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    length: u8,
    row: u32,
    column: u32,
}

impl Tile {
    /// The whole Earth.
    pub const EARTH: Tile = Tile {
        length: 0,
        row: 0,
        column: 0,
    };

    /// The tile that holds a point. Lengths above [`TILE_LENGTH_MAX`] are taken as that.
    pub fn of(point: Point, length: u8) -> Self {
        let length = length.min(TILE_LENGTH_MAX);
        if length == 0 {
            return Tile::EARTH;
        }
        let (column, row) = Cell::of(point, usize::from(length)).position();
        // Of 7 characters there are at most 2^18 of each.
        Tile {
            length,
            row: row as u32,
            column: column as u32,
        }
    }

    /// Its length in characters of a geohash.
    pub fn length(self) -> u8 {
        self.length
    }

    /// Its row, from the south.
    pub fn row(self) -> u32 {
        self.row
    }

    /// Its column, from the west.
    pub fn column(self) -> u32 {
        self.column
    }

    /// A number that no other tile has; less than 2^40.
    pub fn number(self) -> u64 {
        u64::from(self.length) << 36 | u64::from(self.row) << 18 | u64::from(self.column)
    }

    /// Where it is; the whole Earth from −180 to 180.
    pub fn bounds(self) -> BoundingBox {
        let (columns, rows) = sides(self.length);
        let (width, height) = (360.0 / f64::from(columns), 180.0 / f64::from(rows));
        let (row, column) = (f64::from(self.row), f64::from(self.column));
        BoundingBox::from_edges(
            column * width - 180.0,
            row * height - 90.0,
            (column + 1.0) * width - 180.0,
            (row + 1.0) * height - 90.0,
        )
    }

    /// The 32 tiles it is made of; none at [`TILE_LENGTH_MAX`].
    pub fn children(self) -> impl Iterator<Item = Tile> {
        let length = self.length + 1;
        let ((columns, rows), (child_columns, child_rows)) = (sides(self.length), sides(length));
        let (wide, high) = match length <= TILE_LENGTH_MAX {
            true => (child_columns / columns, child_rows / rows),
            false => (0, 0),
        };
        (0..high).flat_map(move |row| {
            (0..wide).map(move |column| Tile {
                length,
                row: self.row * high + row,
                column: self.column * wide + column,
            })
        })
    }

    /// The tile of this length that it lies in; `None` when it is larger itself.
    pub fn ancestor(self, length: u8) -> Option<Tile> {
        if length > self.length {
            return None;
        }
        let ((columns, rows), (fewer_columns, fewer_rows)) = (sides(self.length), sides(length));
        Some(Tile {
            length,
            row: self.row / (rows / fewer_rows),
            column: self.column / (columns / fewer_columns),
        })
    }

    /// How far the nearest point of the tile is from a point, in km: never more than that.
    pub fn distance_km(self, from: Point) -> f64 {
        if self.length == 0 {
            return 0.0;
        }
        let area = self.bounds();
        let (latitude, longitude) = (from.latitude(), from.longitude());
        let is_between = |west: f64, east: f64| (west..=east).contains(&longitude);
        if is_between(area.west(), area.east()) {
            let north_south = (area.south() - latitude).max(latitude - area.north());
            let distance = north_south.max(0.0).to_radians() * EARTH_RADIUS_KM;
            return (distance - ROUNDING_KM).max(0.0);
        }
        let edges = [area.west(), area.east()];
        let nearest = edges.map(|edge| distance_to_meridian(from, edge, area));
        (nearest[0].min(nearest[1]) - ROUNDING_KM).max(0.0)
    }

    /// How far the furthest point of the tile is from a point, in km: never less than that.
    pub fn reach_km(self, from: Point) -> f64 {
        if self.length < 3 {
            // Edges of so large tiles bulge.
            return EARTH_RADIUS_KM * std::f64::consts::PI + ROUNDING_KM;
        }
        let area = self.bounds();
        let middle = Point::wrapped(
            area.south().midpoint(area.north()),
            area.west().midpoint(area.east()),
        );
        // A parallel is longest where it is nearest to the equator.
        let widest = area
            .south()
            .abs()
            .min(area.north().abs())
            .to_radians()
            .cos();
        let high = (area.north() - area.south()).to_radians() * EARTH_RADIUS_KM;
        let wide = area.width().to_radians() * EARTH_RADIUS_KM * widest;
        distance_km(from, middle) + (high + wide) / 2.0 + ROUNDING_KM
    }

    /// Whether it shares a point with a box, edges included.
    pub fn touches(self, other: &BoundingBox) -> bool {
        let area = self.bounds();
        // A box may be given to more places than a tile is computed to.
        let margin = 1e-9;
        if area.south() > other.north() + margin || area.north() < other.south() - margin {
            return false;
        }
        let overlaps =
            |west: f64, east: f64| area.west() <= east + margin && area.east() >= west - margin;
        let (west, east) = (other.west(), other.west() + other.width());
        overlaps(west, east)
            || overlaps(west - 360.0, east - 360.0)
            || overlaps(west + 360.0, east + 360.0)
    }
}

/// Columns and rows of the grid of a length.
fn sides(length: u8) -> (u32, u32) {
    let bits = u32::from(length) * 5;
    (1 << bits.div_ceil(2), 1 << (bits / 2))
}

/// The distance to the part of a meridian between two latitudes, in km.
fn distance_to_meridian(from: Point, longitude: f64, area: BoundingBox) -> f64 {
    let east = (longitude - from.longitude()).to_radians();
    let mut latitudes = vec![area.south(), area.north()];
    // The great circle through the point that meets the meridian at a right angle.
    let foot = from
        .latitude()
        .to_radians()
        .tan()
        .atan2(east.cos())
        .to_degrees();
    if (area.south()..=area.north()).contains(&foot) {
        latitudes.push(foot);
    }
    let distances = latitudes.into_iter();
    let distances =
        distances.map(|latitude| distance_km(from, Point::wrapped(latitude, longitude)));
    distances.fold(f64::INFINITY, f64::min)
}

/// Few tiles that together hold every point of an area. `touches` says whether a tile has a point of
/// the area; a tile that touches it must be in one that does. At most `tiles_max` tiles, if the area
/// touches so few of the first; as small as that allows.
///
/// ```
/// use kith_nips::place::{Point, Tile, tiles_covering};
/// let berlin = Point::new(52.52, 13.405)?;
/// let tiles = tiles_covering(48, |tile| tile.distance_km(berlin) <= 10.0);
/// assert!(tiles.len() <= 48 && tiles.iter().all(|tile| tile.length() >= 4));
/// # Ok::<(), kith_nips::place::PointError>(())
/// ```
pub fn tiles_covering(tiles_max: usize, touches: impl Fn(Tile) -> bool) -> Vec<Tile> {
    let mut tiles = vec![Tile::EARTH];
    let mut opened: Vec<(Tile, Vec<Tile>)>;
    // All of them, level by level, while that is few enough…
    loop {
        let open = |tile: &Tile| {
            let parts = tile.children().filter(|child| touches(*child));
            (*tile, parts.collect())
        };
        opened = tiles.iter().map(open).collect();
        let smaller: usize = opened.iter().map(|(_, parts)| parts.len()).sum();
        let is_last = tiles.iter().all(|tile| tile.length >= TILE_LENGTH_MAX);
        if is_last || smaller > tiles_max {
            break;
        }
        tiles = opened.into_iter().flat_map(|(_, parts)| parts).collect();
    }
    // … then those of which the most is outside.
    opened.retain(|(tile, _)| tile.length < TILE_LENGTH_MAX);
    opened.sort_unstable_by_key(|(tile, parts)| (parts.len(), *tile));
    for (tile, parts) in opened {
        if tiles.len() - 1 + parts.len() > tiles_max {
            break;
        }
        tiles.retain(|kept| *kept != tile);
        tiles.extend(parts);
    }
    tiles.sort_unstable();
    tiles
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn anywhere() -> impl Strategy<Value = Point> {
        let latitude =
            prop_oneof![4 => -90.0..=90.0, 1 => Just(90.0), 1 => Just(-90.0), 1 => Just(0.0)];
        let longitude =
            prop_oneof![4 => -180.0..=180.0, 1 => Just(180.0), 1 => Just(-180.0), 1 => Just(0.0)];
        (latitude, longitude)
            .prop_map(|(latitude, longitude)| Point::new(latitude, longitude).unwrap())
    }

    /// A point in a tile, by two numbers from 0 to 1.
    fn inside(tile: Tile, north: f64, east: f64) -> Point {
        let area = tile.bounds();
        Point::wrapped(
            area.south() + (area.north() - area.south()) * north,
            area.west() + area.width() * east,
        )
    }

    proptest! {
        #[test]
        fn no_point_of_a_tile_is_nearer_or_further_than_the_tile(
            of in anywhere(), from in anywhere(), length in 1..=TILE_LENGTH_MAX, north in 0.0..=1.0, east in 0.0..=1.0,
        ) {
            let tile = Tile::of(of, length);
            let distance = distance_km(from, inside(tile, north, east));
            prop_assert!(tile.distance_km(from) <= distance, "{} {distance}", tile.distance_km(from));
            prop_assert!(tile.reach_km(from) >= distance, "{} {distance}", tile.reach_km(from));
        }

        #[test]
        fn a_tile_is_not_nearer_than_its_nearest_point(of in anywhere(), from in anywhere(), length in 1..=TILE_LENGTH_MAX) {
            let tile = Tile::of(of, length);
            let grid = (0..=40).flat_map(|north| (0..=40).map(move |east| (north, east)));
            let nearest = grid
                .map(|(north, east)| distance_km(from, inside(tile, f64::from(north) / 40.0, f64::from(east) / 40.0)))
                .fold(f64::INFINITY, f64::min);
            let size = distance_km(inside(tile, 0.0, 0.0), inside(tile, 1.0, 0.0))
                + distance_km(inside(tile, 0.5, 0.0), inside(tile, 0.5, 0.5)) * 2.0;
            prop_assert!(nearest - tile.distance_km(from) <= size / 10.0 + 0.01, "{nearest} {}", tile.distance_km(from));
        }

        #[test]
        fn covers_hold_every_point_of_a_circle(
            centre in anywhere(), radius in 0.1..5_000.0, point in anywhere(), near in 0.0..=1.0, tiles_max in 8_usize..80,
        ) {
            let tiles = tiles_covering(tiles_max, |tile| tile.distance_km(centre) <= radius);
            prop_assert!(tiles.len() <= tiles_max.max(32));
            // Somewhere between the two, to be in the circle often.
            let between = Point::wrapped(
                centre.latitude() + (point.latitude() - centre.latitude()) * near * radius / 20_000.0,
                centre.longitude() + (point.longitude() - centre.longitude()) * near * radius / 20_000.0,
            );
            for point in [point, between] {
                let is_covered = tiles.iter().any(|tile| *tile == Tile::of(point, tile.length()));
                prop_assert!(is_covered || distance_km(centre, point) > radius);
            }
        }

        #[test]
        fn covers_hold_every_point_of_a_box(west in anywhere(), east in anywhere(), point in anywhere()) {
            let (south, north) = (west.latitude().min(east.latitude()), west.latitude().max(east.latitude()));
            let area = BoundingBox::new(west.longitude(), south, east.longitude(), north).unwrap();
            let tiles = tiles_covering(48, |tile| tile.touches(&area));
            for point in [point, west, east] {
                let is_covered = tiles.iter().any(|tile| *tile == Tile::of(point, tile.length()));
                prop_assert!(is_covered || !area.contains(point));
            }
        }
    }

    #[test]
    fn a_tile_lies_in_that_of_each_of_its_points() {
        let (one, other) = (
            Point::new(-33.9, 151.2).unwrap(),
            Point::new(90.0, -180.0).unwrap(),
        );
        for point in [one, other] {
            for (length, outer) in
                (0..=TILE_LENGTH_MAX).flat_map(|to| (0..=to).map(move |of| (to, of)))
            {
                let tile = Tile::of(point, length);
                assert_eq!(tile.ancestor(outer), Some(Tile::of(point, outer)));
                assert_eq!(
                    Tile::of(point, outer).ancestor(length),
                    (outer == length).then_some(tile)
                );
            }
        }
    }

    #[test]
    fn tiles_are_made_of_tiles() {
        for length in 0..TILE_LENGTH_MAX {
            let tile = Tile::of(Point::new(-33.9, 151.2).unwrap(), length);
            let children: Vec<Tile> = tile.children().collect();
            assert_eq!(children.len(), 32);
            for child in children {
                let area = child.bounds();
                let middle = Point::wrapped(
                    area.south().midpoint(area.north()),
                    area.west().midpoint(area.east()),
                );
                assert_eq!(Tile::of(middle, length), tile);
                assert_eq!(Tile::of(middle, length + 1), child);
            }
        }
        assert_eq!(
            Tile::of(Point::new(0.0, 0.0).unwrap(), TILE_LENGTH_MAX)
                .children()
                .count(),
            0
        );
    }

    #[test]
    fn a_circle_around_a_city_takes_few_small_tiles() {
        let berlin = Point::new(52.52, 13.405).unwrap();
        let tiles = tiles_covering(64, |tile| tile.distance_km(berlin) <= 10.0);
        let area: f64 = tiles
            .iter()
            .map(|tile| {
                let area = tile.bounds();
                let high = (area.north() - area.south()) * 111.2;
                high * area.width() * 111.2 * 52.52_f64.to_radians().cos()
            })
            .sum();
        assert!(area < 1.8 * 314.0, "{area} km² in {} tiles", tiles.len());
    }
}
