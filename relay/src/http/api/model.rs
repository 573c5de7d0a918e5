//! What the API says of communities, meetups and people, in JSON. Every text in it was written by
//! somebody: whoever shows it escapes it.

use kith_nips::lbc::Location;
use kith_nips::place::Point;
use serde::Serialize;
use utoipa::ToSchema;

mod city;
mod community;
mod meetup;
mod people;

pub(super) use city::CityOfWorld;
pub(super) use community::Community;
pub(super) use meetup::{AgendaItem, FoundItem, Meetup, Rsvp};
pub(super) use people::{CommunityMember, CommunityOfPerson};

/// The longest description in a list, in characters; in the answer about one thing it is whole.
const LISTED_DESCRIPTION_CHARACTERS_MAX: usize = 1_000;

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// In a list: descriptions are cut after a thousand characters.
    Listed,
    /// Everything.
    Whole,
}

impl Detail {
    fn cut(self, text: &str) -> String {
        let end = text.char_indices().nth(LISTED_DESCRIPTION_CHARACTERS_MAX);
        match (self, end) {
            (Detail::Listed, Some((end, _))) => {
                let begin = text.split_at_checked(end).map_or(text, |(begin, _)| begin);
                format!("{begin}…")
            }
            _ => text.to_owned(),
        }
    }
}

/// A position, in degrees (WGS 84).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Position {
    /// North of the equator.
    #[schema(example = 52.52)]
    latitude: f64,
    /// East of Greenwich.
    #[schema(example = 13.405)]
    longitude: f64,
    /// The geohash that it is the middle of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "u33db2m3e")]
    geohash: Option<String>,
}

impl Position {
    fn of(point: Point) -> Self {
        Position {
            latitude: point.latitude(),
            longitude: point.longitude(),
            geohash: None,
        }
    }

    fn read(location: &Location) -> Option<Self> {
        let cell = location.position.as_ref()?;
        Some(Position {
            geohash: Some(cell.to_string()),
            ..Position::of(cell.centre())
        })
    }
}

fn cities(location: Option<&Location>) -> Vec<String> {
    let cities = location.map(|location| location.cities.as_slice());
    texts(cities.unwrap_or_default())
}

/// Each as text.
pub(super) fn texts<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(T::to_string).collect()
}
