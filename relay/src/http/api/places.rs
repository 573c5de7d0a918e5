//! `places`: the cities of the world by name, from the table that the relay carries.

use axum::extract::State;
use kith_nips::place::{City, Gazetteer};
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::answer::Answer;
use super::model::CityOfWorld;
use super::parameter::{Needed, parameters};
use super::problem::{Problem, Problems};
use super::values::{Limit, PlaceName};

parameters! {
    /// What a search for places takes.
    struct PlacesParameters {
        /// The name of a city, and where it is if there are several: `Portland, Oregon`.
        q: Needed<PlaceName>,
        /// Cities in the answer.
        limit: Option<Limit>,
    }
}

/// The cities that somebody may mean.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Places {
    /// Cities of this name, the likeliest first.
    items: Vec<CityOfWorld>,
    /// If there are none: cities with a name like it.
    suggestions: Vec<CityOfWorld>,
}

/// Cities by name.
#[utoipa::path(
    get,
    path = "/places",
    operation_id = "findPlaces",
    tag = "places",
    params(PlacesParameters),
    responses(
        (status = 200, description = "Cities", body = Places),
        Problems,
    )
)]
pub(super) async fn list(
    State(_): State<Api>,
    parameters: PlacesParameters,
) -> Result<Answer, Problem> {
    let Needed(PlaceName(name)) = parameters.q;
    let limit = Limit::or_default(parameters.limit);
    // The whole table is read for near spellings.
    let looking = tokio::task::spawn_blocking(move || look_up(&name, limit)).await;
    let places = looking.map_err(|_| {
        let stopping = "the relay is stopping";
        Problem::new(http::StatusCode::SERVICE_UNAVAILABLE, stopping)
    })?;
    Ok(Answer::json(&places).lasting())
}

fn look_up(name: &str, limit: usize) -> Places {
    let shown = |cities: Vec<City>| {
        let cities = cities.into_iter().take(limit);
        cities.map(CityOfWorld::of).collect::<Vec<_>>()
    };
    let items = shown(Gazetteer::resolve(name));
    let suggestions = match items.is_empty() {
        true => shown(Gazetteer::suggest(name)),
        false => Vec::new(),
    };
    Places { items, suggestions }
}
