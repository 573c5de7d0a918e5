//! A meetup as it would look: the page of something that nobody has signed and that is stored nowhere.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use kith_nips::lbc::{Meetup, Published, Standing};
use kith_nips::{EventId, PublicKey};
use kith_web::drafts;
use kith_web::pages::FormProblems;

use super::organizing::{own_meetup, with_editing, with_planning};
use super::{Desk, Filled, Refused, Visit};
use crate::directory::{CommunityRecord, MeetupCommunity, MeetupView};
use crate::http::api::problem::Problem;
use crate::http::pages::{Pages, insert, meetup, shown};

/// The page of the meetup that a form would make or change.
pub(in crate::http::pages) async fn preview(
    State(pages): State<Pages>,
    Path(what): Path<String>,
    visit: Visit,
    form: Filled,
) -> Response {
    let drawing = async {
        let desk = Desk {
            reading: pages.api.reading()?,
            form: &form.0,
            visit: &visit,
            sayer: visit.sayer(),
        };
        let view = match what.as_str() {
            "meetup" => new(&desk).await?,
            "meetup-edit" => changed(&desk).await?,
            _ => return Err(Problem::not_found("draft").into()),
        };
        Ok(meetup::page(&desk.reading, &view, visit.unlisted(visit.path()), &visit).await?)
    };
    let mut response = match drawing.await {
        Ok(page) => page,
        Err(Refused::Form(problems)) => shown(&FormProblems {
            frame: visit.unlisted(visit.path()),
            problems: problems.0,
        }),
        Err(Refused::Other(problem)) => problem.into_response(),
    };
    insert(&mut response, CACHE_CONTROL, "no-store");
    response
}

async fn new(desk: &Desk<'_>) -> Result<MeetupView, Refused> {
    let record = desk.community().await?;
    let author = desk.author()?.unwrap_or(record.owner());
    let planned = with_planning(desk, &record, author, drafts::preview).await?;
    Ok(view(desk, planned, author, record))
}

async fn changed(desk: &Desk<'_>) -> Result<MeetupView, Refused> {
    let before = own_meetup(desk).await?;
    let note = with_editing(desk, &before, drafts::preview_edit).await?;
    let mut view = before;
    view.meetup.note = note;
    Ok(view)
}

fn view(
    desk: &Desk<'_>,
    note: Meetup,
    author: PublicKey,
    record: Arc<CommunityRecord>,
) -> MeetupView {
    let standing = match author == record.owner() {
        true => Standing::Official,
        false => Standing::Proposal,
    };
    let kind = note
        .when
        .as_ref()
        .map_or(kith_nips::Kind::MEETUP, |when| when.kind());
    MeetupView {
        meetup: Published {
            id: EventId::from_bytes([0; 32]),
            author,
            created_at: desk.reading.now(),
            kind,
            note,
        },
        communities: vec![MeetupCommunity { record, standing }],
        rsvps: None,
        distance_km: None,
    }
}
