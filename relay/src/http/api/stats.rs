//! `stats`: how much there is.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::answer::Answer;
use super::parameter::NoParameters;
use super::problem::{Problem, Problems};

/// How much the relay holds.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Stats {
    /// Events of all kinds.
    events: u64,
    /// Descriptions of communities (kind 30037).
    communities: u64,
    /// Meetups that are neither called off nor over.
    upcoming_meetups: u64,
}

/// Numbers.
#[utoipa::path(
    get,
    path = "/stats",
    operation_id = "showStats",
    tag = "places",
    params(NoParameters),
    responses(
        (status = 200, description = "Numbers", body = Stats),
        Problems,
    )
)]
pub(super) async fn show(State(api): State<Api>, _: NoParameters) -> Result<Answer, Problem> {
    let reading = api.reading()?;
    let totals = reading.totals().await?;
    let events = api.store.status().await?.events;
    Ok(Answer::json(&Stats {
        events,
        communities: totals.communities,
        upcoming_meetups: totals.upcoming_meetups,
    }))
}
