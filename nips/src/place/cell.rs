//! Geohash cells.
//!
//! Owns: what a valid geohash is (LBC-39, LBC-40) and its neighbours. The encoding itself is the
//! `geohash` crate. It must not know circles, boxes of a search, or cities.

use std::fmt;
use std::str::FromStr;

use super::point::{BoundingBox, Point};

/// Characters of the longest geohash: 12 (about 4 cm by 2 cm).
pub const CELL_LENGTH_MAX: usize = 12;

/// Lengths of the prefixes that are published beside a geohash (LBC-39).
const PREFIX_LENGTHS: std::ops::RangeInclusive<usize> = 3..=6;

/// A geohash: lower-case base32 without `a`, `i`, `l` and `o`, 1 to 12 characters (LBC-39). Every
/// `Cell` is valid. Cells are ordered as their text.
///
/// ```
/// use kith_nips::place::{Cell, Point};
///
/// let cell = Cell::of(Point::new(50.8225, -0.1372)?, 9);
/// assert_eq!(cell.as_str(), "gcpchgune");
/// let prefixes: Vec<String> = cell.prefixes().map(|prefix| prefix.to_string()).collect();
/// assert_eq!(prefixes, ["gcp", "gcpc", "gcpch", "gcpchg"]);
/// # Ok::<(), kith_nips::place::PointError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// Unused characters are 0, so that the derived order is that of the text.
    text: [u8; CELL_LENGTH_MAX],
    length: u8,
}

impl Cell {
    /// Reads a geohash.
    ///
    /// # Errors
    /// If the text is empty, longer than 12 characters, or has a character that is not lower-case
    /// geohash base32.
    ///
    /// ```
    /// use kith_nips::place::Cell;
    ///
    /// assert!(Cell::parse("gcpchg").is_ok());
    /// assert!(Cell::parse("GCPCHG").is_err());
    /// assert!(Cell::parse("brighton").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, CellError> {
        if let Some(wrong) = text.chars().find(|character| !is_base32(*character)) {
            return Err(CellError::Character(wrong));
        }
        Self::from_base32(text.as_bytes()).ok_or(CellError::Length(text.len()))
    }

    /// The cell of `length` characters that holds `point`. Lengths outside 1..=12 are taken as 1
    /// or 12. A point on an edge belongs to the cell north or east of it; the north pole belongs
    /// to the northernmost row and longitude 180 is −180.
    ///
    /// ```
    /// use kith_nips::place::{Cell, Point};
    ///
    /// assert_eq!(Cell::of(Point::new(57.64911, 10.40744)?, 11).as_str(), "u4pruydqqvj");
    /// # Ok::<(), kith_nips::place::PointError>(())
    /// ```
    pub fn of(point: Point, length: usize) -> Self {
        /// The encoder takes latitude 90 for −90; this is less than half a cell of 12 below it.
        const NORTHERNMOST: f64 = 90.0 - 1e-8;
        let length = length.clamp(1, CELL_LENGTH_MAX);
        let longitude = if point.longitude() >= 180.0 {
            -180.0
        } else {
            point.longitude()
        };
        let coordinates = geohash::Coord {
            x: longitude,
            y: point.latitude().min(NORTHERNMOST),
        };
        geohash::encode(coordinates, length)
            .ok()
            .and_then(|text| Self::from_base32(text.as_bytes()))
            .unwrap_or(SOUTH_WEST)
    }

    /// The longest valid geohash among `values`, the first of them if several are as long; that
    /// is the position of a note (LBC-40). Values that are not geohashes are ignored.
    ///
    /// ```
    /// use kith_nips::place::Cell;
    ///
    /// let longest = Cell::longest(["gcp", "GB:Brighton", "gcpchgune", "gcpchg"]);
    /// assert_eq!(longest.map(|cell| cell.to_string()), Some("gcpchgune".to_owned()));
    /// ```
    pub fn longest<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut longest: Option<Self> = None;
        for cell in values
            .into_iter()
            .filter_map(|value| Self::parse(value).ok())
        {
            if longest.is_none_or(|current| cell.length > current.length) {
                longest = Some(cell);
            }
        }
        longest
    }

    /// The geohash.
    pub fn as_str(&self) -> &str {
        self.text
            .get(..self.length())
            .and_then(|text| std::str::from_utf8(text).ok())
            .unwrap_or_default()
    }

    /// Number of characters, 1..=12.
    pub fn length(&self) -> usize {
        usize::from(self.length)
    }

    /// The middle of the cell.
    ///
    /// ```
    /// use kith_nips::place::{Cell, distance_km, Point};
    ///
    /// let centre = Cell::parse("gcpchgune")?.centre();
    /// assert!(distance_km(centre, Point::new(50.8225, -0.1372)?) < 0.005);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn centre(&self) -> Point {
        let (column, row) = self.position();
        let grid = Grid::of(self.length());
        Point::wrapped(
            (row as f64 + 0.5) * grid.height() - 90.0,
            (column as f64 + 0.5) * grid.width() - 180.0,
        )
    }

    /// The box of the cell; never across the ±180° meridian.
    ///
    /// ```
    /// use kith_nips::place::Cell;
    ///
    /// let bounds = Cell::parse("u")?.bounds();
    /// assert_eq!((bounds.west(), bounds.south()), (0.0, 45.0));
    /// assert_eq!((bounds.east(), bounds.north()), (45.0, 90.0));
    /// # Ok::<(), kith_nips::place::CellError>(())
    /// ```
    pub fn bounds(&self) -> BoundingBox {
        let (column, row) = self.position();
        let grid = Grid::of(self.length());
        BoundingBox::from_edges(
            column as f64 * grid.width() - 180.0,
            row as f64 * grid.height() - 90.0,
            (column + 1) as f64 * grid.width() - 180.0,
            (row + 1) as f64 * grid.height() - 90.0,
        )
    }

    /// The shorter cells, of 3 to 6 characters, that are published beside this one (LBC-39),
    /// shortest first. None for a cell of 3 characters or fewer.
    pub fn prefixes(&self) -> impl Iterator<Item = Cell> + use<> {
        let cell = *self;
        PREFIX_LENGTHS
            .filter(move |length| *length < cell.length())
            .filter_map(move |length| Self::from_base32(cell.text.get(..length)?))
    }

    /// The cells of the same length around this one, from the north clockwise: eight, or five in
    /// the rows at the poles. Across the ±180° meridian they continue on the other side.
    ///
    /// ```
    /// use kith_nips::place::Cell;
    ///
    /// let around: Vec<String> =
    ///     Cell::parse("gcpc")?.neighbours().iter().map(|cell| cell.to_string()).collect();
    /// assert_eq!(around, ["gcpf", "u104", "u101", "u100", "gcpb", "gcp8", "gcp9", "gcpd"]);
    /// # Ok::<(), kith_nips::place::CellError>(())
    /// ```
    pub fn neighbours(&self) -> Vec<Cell> {
        const AROUND: [(i64, i64); 8] = [
            (0, 1),
            (1, 1),
            (1, 0),
            (1, -1),
            (0, -1),
            (-1, -1),
            (-1, 0),
            (-1, 1),
        ];
        let (column, row) = self.position();
        let grid = Grid::of(self.length());
        AROUND
            .iter()
            .map(|(east, north)| (column + east, row + north))
            .filter(|(_, row)| (0..grid.rows).contains(row))
            .map(|(column, row)| grid.cell(column, row))
            .collect()
    }

    /// The cell as a number, no two the same: five bits for each character, and its length in the last four.
    ///
    /// ```
    /// use kith_nips::place::Cell;
    ///
    /// let cell = Cell::parse("gcpchgune")?;
    /// assert_eq!(Cell::from_number(cell.number()), Some(cell));
    /// assert_eq!(Cell::from_number(0), None);
    /// # Ok::<(), kith_nips::place::CellError>(())
    /// ```
    pub fn number(&self) -> u64 {
        let characters = self.as_str().bytes().map(base32_value);
        let bits = characters.fold(0, |bits, value| bits << 5 | value);
        bits << 4 | u64::from(self.length)
    }

    /// The cell of a [`Cell::number`]; `None` for other numbers.
    pub fn from_number(number: u64) -> Option<Self> {
        let length = usize::try_from(number & 15).ok()?;
        let mut text = [0; CELL_LENGTH_MAX];
        let mut bits = number >> 4;
        for character in text.get_mut(..length)?.iter_mut().rev() {
            *character = *BASE32.get(usize::try_from(bits & 31).ok()?)?;
            bits >>= 5;
        }
        let cell = Self::from_base32(text.get(..length)?);
        cell.filter(|_| bits == 0)
    }

    /// Column from the west and row from the south in the grid of this length.
    pub(super) fn position(&self) -> (i64, i64) {
        let (mut column, mut row) = (0, 0);
        let mut is_longitude = true;
        for byte in self.as_str().bytes() {
            let value = base32_value(byte).cast_signed();
            for bit in (0..5).rev() {
                let axis = if is_longitude { &mut column } else { &mut row };
                *axis = (*axis << 1) | ((value >> bit) & 1);
                is_longitude = !is_longitude;
            }
        }
        (column, row)
    }

    fn from_base32(bytes: &[u8]) -> Option<Self> {
        let mut text = [0; CELL_LENGTH_MAX];
        text.get_mut(..bytes.len())?.copy_from_slice(bytes);
        let length = u8::try_from(bytes.len()).ok()?;
        (length > 0).then_some(Self { text, length })
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Cell({self})")
    }
}

impl FromStr for Cell {
    type Err = CellError;

    fn from_str(text: &str) -> Result<Self, CellError> {
        Self::parse(text)
    }
}

impl AsRef<str> for Cell {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// Why a text is not a geohash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CellError {
    /// Empty or longer than [`CELL_LENGTH_MAX`]; the number of characters.
    #[error("a geohash has 1 to 12 characters, not {0}")]
    Length(usize),
    /// A character that geohashes do not have.
    #[error("{0:?} is not a character of a lower-case geohash")]
    Character(char),
}

/// All cells of one length: `columns` from −180° eastwards, `rows` from −90° northwards.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    length: usize,
    pub(super) columns: i64,
    pub(super) rows: i64,
}

impl Grid {
    pub(super) fn of(length: usize) -> Self {
        let length = length.clamp(1, CELL_LENGTH_MAX);
        let bits = length * 5;
        Self {
            length,
            columns: 1 << bits.div_ceil(2),
            rows: 1 << (bits / 2),
        }
    }

    /// Degrees of longitude of one cell.
    pub(super) fn width(self) -> f64 {
        360.0 / self.columns as f64
    }

    /// Degrees of latitude of one cell.
    pub(super) fn height(self) -> f64 {
        180.0 / self.rows as f64
    }

    /// The cell at a column, which may be any number of turns east or west, and a row.
    pub(super) fn cell(self, column: i64, row: i64) -> Cell {
        let middle = Point::wrapped(
            (row as f64 + 0.5) * self.height() - 90.0,
            (column as f64 + 0.5) * self.width() - 180.0,
        );
        Cell::of(middle, self.length)
    }
}

const BASE32: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";

/// `0`, the cell that a point is in if the encoder ever refused one; its ranges are the same as
/// those of `Point`, so it does not.
const SOUTH_WEST: Cell = Cell {
    text: [b'0', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    length: 1,
};

/// What a character of a geohash stands for, 0 to 31; 0 for any other.
fn base32_value(character: u8) -> u64 {
    let place = BASE32.iter().position(|letter| *letter == character);
    place.unwrap_or_default() as u64
}

fn is_base32(character: char) -> bool {
    matches!(character, '0'..='9' | 'b'..='h' | 'j' | 'k' | 'm' | 'n' | 'p'..='z')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(latitude: f64, longitude: f64) -> Point {
        Point::new(latitude, longitude).unwrap()
    }

    fn cell(text: &str) -> Cell {
        Cell::parse(text).unwrap()
    }

    fn texts(cells: impl IntoIterator<Item = Cell>) -> Vec<String> {
        cells.into_iter().map(|cell| cell.to_string()).collect()
    }

    #[test]
    fn lbc_39_vectors() {
        assert_eq!(
            Cell::of(point(57.64911, 10.40744), 11).as_str(),
            "u4pruydqqvj"
        );
        let brighton = Cell::of(point(50.8225, -0.1372), 9);
        assert_eq!(brighton.as_str(), "gcpchgune");
        assert_eq!(
            texts(brighton.prefixes()),
            ["gcp", "gcpc", "gcpch", "gcpchg"]
        );
    }

    #[test]
    fn lbc_39_prefixes_are_shorter_than_the_cell() {
        assert_eq!(texts(cell("gcpch").prefixes()), ["gcp", "gcpc"]);
        assert!(texts(cell("gcp").prefixes()).is_empty());
        assert!(texts(cell("g").prefixes()).is_empty());
        assert_eq!(cell("gcpchgunebcd").prefixes().count(), 4);
    }

    #[test]
    fn lbc_39_only_lower_case_base32_is_valid() {
        for text in [
            "",
            "a",
            "i",
            "l",
            "o",
            "GCP",
            "gcp ",
            "gcpé",
            "gcp:",
            "0123456789bcd",
        ] {
            assert!(Cell::parse(text).is_err(), "{text}");
        }
        for text in ["0", "z", "0123456789bc", "defghjkmnpqr", "stuvwxyz"] {
            assert_eq!(cell(text).as_str(), text);
        }
    }

    #[test]
    fn lbc_40_the_longest_valid_geohash_is_the_position() {
        let longest = |values: &[&str]| Cell::longest(values.iter().copied());
        assert_eq!(
            longest(&["gcp", "GB:Brighton", "gcpch", "GCPCHGUNE"]),
            Some(cell("gcpch"))
        );
        assert_eq!(longest(&["gcpch", "u4pru"]), Some(cell("gcpch")));
        assert_eq!(longest(&["GB:Brighton", ""]), None);
    }

    #[test]
    fn the_poles_and_the_meridian_have_their_cells() {
        assert_eq!(Cell::of(point(90.0, -180.0), 3).as_str(), "bpb");
        assert_eq!(Cell::of(point(90.0, 180.0), 3).as_str(), "bpb");
        assert_eq!(Cell::of(point(-90.0, 179.999), 3).as_str(), "pbp");
        assert_eq!(
            Cell::of(point(90.0, 179.999_999_999_999_97), 12).length(),
            12
        );
        assert_eq!(Cell::of(point(0.0, 0.0), 99).length(), CELL_LENGTH_MAX);
        assert_eq!(Cell::of(point(0.0, 0.0), 0).length(), 1);
    }

    #[test]
    fn neighbours_wrap_around_and_stop_at_the_poles() {
        let around = cell("bpb").neighbours();
        assert_eq!(around.len(), 5);
        assert!(around.contains(&cell("zzz")));
        assert_eq!(cell("gcpchgune").neighbours().len(), 8);
    }

    #[test]
    fn cells_are_ordered_as_their_text() {
        assert!(cell("gcp") < cell("gcp0"));
        assert!(cell("gcpz") < cell("u"));
    }

    #[test]
    fn only_numbers_of_cells_are_cells() {
        let longest = cell("zzzzzzzzzzzz");
        assert_eq!(longest.number(), u64::MAX << 4 | 12);
        // No character, more of them than the length says, and lengths that no cell has.
        for number in [0, 16, 1 << 9 | 1, 13, 15, u64::MAX] {
            assert_eq!(Cell::from_number(number), None, "{number}");
        }
        assert_eq!(Cell::from_number(1), Some(cell("0")));
    }

    proptest! {
        #[test]
        fn a_cell_contains_its_point_and_agrees_with_the_encoder(
            latitude in -90.0..=90.0,
            longitude in -180.0..180.0,
            length in 1_usize..=12,
        ) {
            let here = point(latitude, longitude);
            let cell = Cell::of(here, length);
            let bounds = cell.bounds();
            prop_assert_eq!(cell.length(), length);
            prop_assert!(bounds.south() - 1e-7 <= latitude && latitude <= bounds.north() + 1e-7);
            prop_assert!(bounds.west() - 1e-7 <= longitude && longitude <= bounds.east() + 1e-7);
            prop_assert_eq!(Cell::of(cell.centre(), length), cell);
            prop_assert_eq!(Cell::parse(cell.as_str()).unwrap(), cell);
            prop_assert_eq!(Cell::from_number(cell.number()), Some(cell));
            let theirs = geohash::decode_bbox(cell.as_str()).unwrap();
            prop_assert!((theirs.min().x - bounds.west()).abs() < 1e-9);
            prop_assert!((theirs.max().y - bounds.north()).abs() < 1e-9);
        }

        #[test]
        fn neighbours_touch_and_are_mutual(
            latitude in -90.0..=90.0,
            longitude in -180.0..=180.0,
            length in 2_usize..=12,
        ) {
            let cell = Cell::of(point(latitude, longitude), length);
            for neighbour in cell.neighbours() {
                prop_assert_ne!(neighbour, cell);
                prop_assert!(neighbour.neighbours().contains(&cell));
            }
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,16}") {
            if let Ok(cell) = Cell::parse(&text) {
                prop_assert_eq!(cell.as_str(), text.as_str());
            }
        }
    }
}
