//! Cities of the world.

use kith_nips::place::City;
use serde::Serialize;
use utoipa::ToSchema;

use super::Position;

/// A city of the world.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::api) struct CityOfWorld {
    /// For people who must choose.
    #[schema(example = "Portland, Oregon, US")]
    label: String,
    /// The value of `city`, and of `g` tags.
    #[schema(example = "US:Portland")]
    city: String,
    /// Its name.
    name: String,
    /// Two letters (ISO 3166-1).
    country: String,
    /// The English name of the country.
    country_name: String,
    /// State, province or nation, where people say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    /// IANA.
    timezone: String,
    /// How many people live there; 0 if nobody knows.
    population: u32,
    /// Its middle.
    position: Position,
}

impl CityOfWorld {
    pub(in crate::http::api) fn of(city: City) -> Self {
        CityOfWorld {
            label: city.label(),
            city: city.tag().to_string(),
            name: city.name().to_owned(),
            country: city.country().to_string(),
            country_name: city.country_name().to_owned(),
            region: city.region_name().map(str::to_owned),
            timezone: city.timezone().to_owned(),
            population: city.population(),
            position: Position::of(city.point()),
        }
    }
}
