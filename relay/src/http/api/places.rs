//! `places`: the cities of the world by name or around a place, from the table that the relay carries.

use axum::extract::State;
use kith_nips::discovery::Circle;
use kith_nips::place::{City, Gazetteer};
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::answer::Answer;
use super::model::CityOfWorld;
use super::parameter::parameters;
use super::problem::{Problem, Problems};
use super::values::{Limit, Near, PlaceName, Radius};

parameters! {
    /// What a search for places takes.
    struct PlacesParameters {
        /// The name of a city, and where it is if there are several: `Portland, Oregon`. Needed, if there is no
        /// `near`.
        q: Option<PlaceName>,
        /// Instead of a name: the cities around a place, the nearest first.
        near: Option<Near>,
        /// How far around, in km.
        radius: Option<Radius>,
        /// Cities in the answer.
        limit: Option<Limit>,
    }
}

/// The cities that somebody may mean.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Places {
    /// Cities of this name, the likeliest first; or those around the place, the nearest first.
    items: Vec<CityOfWorld>,
    /// If there are none: cities with a name like it.
    suggestions: Vec<CityOfWorld>,
}

/// Cities by name, or around a place.
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
    let limit = Limit::or_default(parameters.limit);
    let wanted = match (parameters.q, parameters.near) {
        (Some(PlaceName(name)), None) => Wanted::Named(name),
        (None, Some(near)) => {
            let circle = Radius::around(near, parameters.radius);
            Wanted::Around(circle.map_err(|wrong| Problem::parameter("radius", wrong))?)
        }
        (Some(_), Some(_)) => return Err(Problem::parameter("near", "is instead of q")),
        (None, None) => return Err(Problem::parameter("q", "is missing")),
    };
    // The whole table is read for near spellings.
    let looking = tokio::task::spawn_blocking(move || look_up(&wanted, limit)).await;
    let places = looking.map_err(|_| {
        let stopping = "the relay is stopping";
        Problem::new(http::StatusCode::SERVICE_UNAVAILABLE, stopping)
    })?;
    Ok(Answer::json(&places).lasting())
}

/// What is looked for.
enum Wanted {
    Named(String),
    Around(Circle),
}

fn look_up(wanted: &Wanted, limit: usize) -> Places {
    let shown = |cities: Vec<City>| {
        let cities = cities.into_iter().take(limit);
        cities.map(CityOfWorld::of).collect::<Vec<_>>()
    };
    let name = match wanted {
        Wanted::Named(name) => name,
        Wanted::Around(circle) => {
            return Places {
                items: shown(Gazetteer::around(circle.centre, circle.radius_km)),
                suggestions: Vec::new(),
            };
        }
    };
    let items = shown(Gazetteer::resolve(name));
    let suggestions = match items.is_empty() {
        true => shown(Gazetteer::suggest(name)),
        false => Vec::new(),
    };
    Places { items, suggestions }
}
