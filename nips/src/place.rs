//! Places: positions, distances, geohash cells, cities, and what a person types for any of them.
//!
//! Owns geometry on the globe, the cells that a search lists in `#g` (LBC-39 to LBC-41), the
//! spelling of city tags (LBC-42, LBC-43) and the table of cities. It must not know events, tags
//! of an event, filters or anything that does input or output: callers put cells and city tags
//! into tags themselves, and the table is compiled in.
//!
//! ```
//! use kith_nips::place::{Cell, cells_covering_circle, parse_place};
//!
//! let brighton = parse_place("brighton, uk")?;
//! assert_eq!(brighton.city.map(|city| city.tag().to_string()), Some("GB:Brighton".to_owned()));
//! assert_eq!(brighton.timezone, Some("Europe/London"));
//!
//! // What to ask for in `#g`, to find everything within 25 km.
//! let cells = cells_covering_circle(brighton.point, 25.0)?;
//! assert!(cells.contains(&Cell::of(brighton.point, 4)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cell;
mod city;
mod city_tag;
mod cover;
mod fold;
mod gazetteer;
mod parse;
mod point;
mod spelling;
mod table;
mod tile;
mod world;

pub use cell::{CELL_LENGTH_MAX, Cell, CellError};
pub use city::City;
pub use city_tag::{CityTag, CityTagError, CountryCode, looks_like_city};
pub use cover::{
    CELLS_PER_COARSE_COVER_MAX, CELLS_PER_COVER_MAX, COVER_LENGTHS, CoverError, cells_covering_box,
    cells_covering_circle, cells_in_box, cells_in_circle,
};
pub use gazetteer::{
    CITIES_AROUND_MAX, CITIES_PER_ANSWER_MAX, CITY_NEAR_KM_MAX, Gazetteer, QUERY_BYTES_MAX,
    SUGGESTIONS_MAX,
};
pub use parse::{Place, PlaceError, TIMEZONE_NEAR_KM_MAX, parse_place};
pub use point::{BoundingBox, EARTH_RADIUS_KM, Point, PointError, distance_km};
pub use tile::{TILE_LENGTH_MAX, Tile, tiles_covering};

#[cfg(test)]
mod real_data;
