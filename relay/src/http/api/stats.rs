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
    /// Meetups that are not called off and begin this week (from Monday, UTC) or later.
    upcoming_meetups: u64,
    /// What searches cost.
    search: SearchStats,
}

/// What searches of places, dates and words cost since the relay was started.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SearchStats {
    /// Events that were looked at.
    rows_examined: u64,
    /// Events that were answered.
    rows_returned: u64,
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
    let status = api.store.status().await?;
    Ok(Answer::json(&Stats {
        events: status.events,
        search: SearchStats {
            rows_examined: status.search_rows_examined,
            rows_returned: status.search_rows_returned,
        },
        communities: totals.communities,
        upcoming_meetups: totals.upcoming_meetups,
    }))
}
