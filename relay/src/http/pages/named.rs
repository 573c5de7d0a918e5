//! What identifiers name, in paths and where somebody searches, and where the page of it is.

use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};
use kith_web::path;

use super::visit::Visit;
use super::{Pages, views};
use crate::directory::{CommunityRecord, MeetupView, Reading, Subject};
use crate::http::api::problem::Problem;
use crate::http::api::reference::{self, Named};
use crate::store::StoreError;

/// The community that a path names.
pub(super) async fn community(
    pages: &Pages,
    id: &str,
) -> Result<(Reading, Arc<CommunityRecord>), Problem> {
    let reading = pages.api.reading()?;
    let record = community_in(&reading, id).await?;
    Ok((reading, record))
}

/// The community that a text names.
pub(super) async fn community_in(
    reading: &Reading,
    id: &str,
) -> Result<Arc<CommunityRecord>, Problem> {
    let missing = || Problem::not_found("community");
    let wanted = reference::community(id).map_err(|_| missing())?;
    reading.community_at(&wanted).await?.ok_or_else(missing)
}

/// The meetup that a path names.
pub(super) async fn meetup(pages: &Pages, naddr: &str) -> Result<(Reading, MeetupView), Problem> {
    let missing = || Problem::not_found("meetup");
    let address = reference::meetup(naddr).map_err(|_| missing())?;
    let reading = pages.api.reading()?;
    let view = reading.meetup(&address).await?.ok_or_else(missing)?;
    Ok((reading, view))
}

/// Goes to the page of what a path names, where that has another page than the one that was asked for.
pub(super) async fn elsewhere(
    pages: &Pages,
    visit: &Visit,
    text: &str,
    problem: Problem,
) -> Result<Response, Problem> {
    let reading = pages.api.reading()?;
    match page_of(&reading, text).await? {
        Some(page) if page != visit.path() => Ok(to(visit, &page)),
        _ => Err(problem),
    }
}

/// Goes to a page, in the language that was chosen.
pub(super) fn to(visit: &Visit, page: &str) -> Response {
    Redirect::to(&visit.frame("/").to(page)).into_response()
}

/// Where the page is of what an identifier (NIP-19) names; `None` if it is none, or of nothing that is here.
pub(super) async fn page_of(reading: &Reading, text: &str) -> Result<Option<String>, StoreError> {
    let subject = match reference::named(text) {
        None => None,
        Some(Named::Person(person)) => Some(Subject::Person(person)),
        Some(Named::Event(id)) => reading.subject_of(id).await?,
        Some(Named::Address(address)) => reading.subject_at(&address).await?,
    };
    Ok(subject.map(|subject| match subject {
        Subject::Person(person) => path(&["p", &reference::npub(person)]),
        Subject::Meetup(address) => path(&["m", &reference::naddr(&address)]),
        Subject::Community(record) => views::link(&record).path(),
    }))
}
