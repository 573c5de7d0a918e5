//! `topics` and `cities`: what there is to choose from, with numbers.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::answer::Answer;
use super::parameter::parameters;
use super::problem::{Problem, Problems};
use super::values::{InCity, Limit};
use crate::store::{Facet, FacetsOf};

parameters! {
    /// What the list of topics takes.
    struct TopicsParameters {
        /// Of what is in this city: `CC:Name`, or its name.
        city: Option<InCity>,
        /// Topics in the answer.
        limit: Option<Limit>,
    }
}

parameters! {
    /// What the list of cities takes.
    struct CitiesParameters {
        /// Cities in the answer.
        limit: Option<Limit>,
    }
}

/// Names with numbers, those that are on most first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Facets {
    items: Vec<FacetCount>,
}

/// A topic or city, and how much there is of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FacetCount {
    /// The topic, or the city as `CC:Name`.
    #[schema(example = "chess")]
    name: String,
    /// Communities.
    communities: u64,
    /// Meetups of this week or later that were not called off.
    meetups: u64,
}

impl Facets {
    fn of(facets: Vec<Facet>) -> Self {
        let items = facets.into_iter().map(|facet| FacetCount {
            name: facet.name,
            communities: facet.communities,
            meetups: facet.meetups,
        });
        Facets {
            items: items.collect(),
        }
    }
}

/// Topics.
#[utoipa::path(
    get,
    path = "/topics",
    operation_id = "listTopics",
    tag = "places",
    params(TopicsParameters),
    responses(
        (status = 200, description = "Topics", body = Facets),
        Problems,
    )
)]
pub(super) async fn topics(
    State(api): State<Api>,
    parameters: TopicsParameters,
) -> Result<Answer, Problem> {
    let of = match parameters
        .city
        .and_then(|InCity(tags)| tags.into_iter().next())
    {
        Some(city) => FacetsOf::TopicsIn(city.to_string()),
        None => FacetsOf::Topics,
    };
    let facets = api
        .reading()?
        .facets(of, Limit::or_default(parameters.limit))
        .await?;
    Ok(Answer::json(&Facets::of(facets)))
}

/// Cities.
#[utoipa::path(
    get,
    path = "/cities",
    operation_id = "listCities",
    tag = "places",
    params(CitiesParameters),
    responses(
        (status = 200, description = "Cities", body = Facets),
        Problems,
    )
)]
pub(super) async fn cities(
    State(api): State<Api>,
    parameters: CitiesParameters,
) -> Result<Answer, Problem> {
    let limit = Limit::or_default(parameters.limit);
    let facets = api.reading()?.facets(FacetsOf::Cities, limit).await?;
    Ok(Answer::json(&Facets::of(facets)))
}
