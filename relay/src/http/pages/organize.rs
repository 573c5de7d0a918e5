//! Pages of organizers. Whoever opens one gets the form; whose signature counts is judged by the relay when a
//! note comes.

mod announce;
mod import;
mod people;
mod reports;

pub(super) use announce::{announce, is_first};
pub(super) use import::{import, import_read};
pub(super) use people::{attendees, attendees_csv, members, proposals};
pub(super) use reports::reports;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use kith_nips::lbc::Location;
use kith_web::drafts::{Values, community_values, meetup_values, new_meetup_values};
use kith_web::pages::{CommunityForm, MeetupForm, Organizing, Tab};
use kith_web::path;

use super::named::{community, meetup};
use super::visit::Visit;
use super::{Pages, signed, views};
use crate::directory::{CommunityRecord, MeetupView};
use crate::http::api::problem::Problem;

/// Founding a community.
pub(super) async fn new_community(visit: Visit) -> Response {
    signed(&CommunityForm {
        frame: visit.unlisted("/new/community"),
        about: None,
        values: Values::default(),
    })
}

/// Describing a community.
pub(super) async fn edit_community(
    State(pages): State<Pages>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let (_, record) = community(&pages, &id).await?;
    let metadata = record.metadata.as_ref().map(|metadata| &metadata.note);
    Ok(signed(&CommunityForm {
        values: community_values(&record.community, metadata),
        frame: visit.unlisted(path_of(&record, "edit")),
        about: Some(about(&record, &visit, "edit-community", Tab::Edit)),
    }))
}

/// Planning a meetup.
pub(super) async fn new_meetup(
    State(pages): State<Pages>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let (_, record) = community(&pages, &id).await?;
    Ok(signed(&MeetupForm {
        frame: visit.unlisted(path_of(&record, "new")),
        about: about(&record, &visit, "new-meetup", Tab::NewMeetup),
        meetup: None,
        series: 0,
        values: new_meetup_values(home(&record)),
    }))
}

/// Changing a meetup, or calling it off.
pub(super) async fn edit_meetup(
    State(pages): State<Pages>,
    Path(naddr): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let (reading, view) = meetup(&pages, &naddr).await?;
    let card = views::meetup(&view, reading.now(), visit.site());
    let record = first(&view)?;
    let series = reading.series(&view.meetup).await?;
    Ok(signed(&MeetupForm {
        frame: visit.unlisted(path(&["m", &card.naddr, "edit"])),
        about: Organizing {
            owner: view.meetup.author.to_string(),
            ..about(&record, &visit, "edit-meetup", Tab::Meetup)
        },
        series: series.len(),
        values: meetup_values(&view.meetup),
        meetup: Some(card),
    }))
}

/// The community that a meetup is organized with.
pub(super) fn first(view: &MeetupView) -> Result<Arc<CommunityRecord>, Problem> {
    let first = view.communities.first();
    let record = first.map(|community| Arc::clone(&community.record));
    record.ok_or_else(|| Problem::not_found("community"))
}

/// Where a community is.
pub(super) fn home(record: &CommunityRecord) -> Option<&Location> {
    record.metadata.as_ref().map(|about| &about.location)
}

/// What a page is about.
pub(super) fn about(
    record: &CommunityRecord,
    visit: &Visit,
    heading: &str,
    tab: Tab,
) -> Organizing {
    Organizing {
        community: views::link(record),
        owner: record.owner().to_string(),
        heading: visit.sayer().say(heading),
        tab,
    }
}

/// Where a page of a community is.
pub(super) fn path_of(record: &CommunityRecord, page: &str) -> String {
    path(&["c", &record.id().to_string(), page])
}
