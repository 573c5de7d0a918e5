//! `search`: communities and meetups in one list.

use axum::extract::State;
use kith_nips::lbc::Topic;

use super::Api;
use super::answer::{Answer, Asked, ListOf};
use super::listing::Wanted;
use super::model::FoundItem;
use super::parameter::{Needed, parameters};
use super::problem::{Problem, Problems};
use super::values::{CursorText, InCity, Limit, Near, Radius, Topics, Words};

parameters! {
    /// What a search takes.
    struct SearchParameters {
        /// The words; in quotes they stand together. They must be there.
        q: Needed<Words>,
        /// Near this place: `latitude,longitude`, a geohash, or the name of a city.
        near: Option<Near>,
        /// How far "near" is, in km.
        radius: Option<Radius>,
        /// In this city: `CC:Name`, or its name.
        city: Option<InCity>,
        /// About this topic. May be repeated.
        topic: Vec<Topic>,
        /// Whether one of several topics is enough.
        topics: Option<Topics>,
        /// Items on a page.
        limit: Option<Limit>,
        /// `next` of the page before.
        cursor: Option<CursorText>,
    }
}

/// Communities and meetups by words.
///
/// The best fit first; with `near` the nearest. Meetups that are over are left out.
#[utoipa::path(
    get,
    path = "/search",
    operation_id = "search",
    tag = "places",
    params(SearchParameters),
    responses(
        (status = 200, description = "A page of communities and meetups", body = ListOf<FoundItem>),
        Problems,
    )
)]
pub(super) async fn list(
    State(api): State<Api>,
    asked: Asked,
    parameters: SearchParameters,
) -> Result<Answer, Problem> {
    let wanted = Wanted {
        near: parameters.near,
        radius: parameters.radius,
        city: parameters.city,
        topic: parameters.topic,
        topics: parameters.topics,
        q: Some(parameters.q.0),
        limit: parameters.limit,
        cursor: parameters.cursor,
        ..Wanted::default()
    };
    let listing = wanted.listing(&asked, api.searches())?;
    let page = api.reading()?.search(&listing).await?;
    Ok(asked.answer(&asked.list(page, FoundItem::of)))
}
