//! Where somebody goes.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use kith_nips::lbc::Answer;
use kith_web::pages::{Agenda, AgendaEntry, Part};

use super::views::{self, Names};
use super::visit::Visit;
use super::{Pages, shown};
use crate::directory;
use crate::http::api::problem::Problem;
use crate::http::api::reference;

/// Meetups on a page.
const MEETUPS_MAX: usize = 50;

pub(super) async fn show(
    State(pages): State<Pages>,
    Path(npub): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let person = reference::person(&npub).map_err(|_| Problem::not_found("person"))?;
    let reading = pages.api.reading()?;
    let (now, site) = (reading.now(), visit.site());
    let names = Names::of(&reading, BTreeSet::from([person])).await?;
    let shown_person = names.person(person);
    let known = shown_person.agenda();
    let list = visit.list(&known);
    let wanted = visit.coming(now, MEETUPS_MAX);
    let listing = wanted.listing(&list, pages.api.searches())?;
    let found = reading.agenda(person, &listing).await?;
    let found = list.list(found, |entry| AgendaEntry {
        card: views::meetup(&entry.view, now, site),
        part: part(entry),
    });
    Ok(shown(&Agenda {
        next: visit.next(&known, &found),
        // Where people go is not for search engines.
        frame: visit.unlisted(known),
        person: shown_person,
        entries: found.items,
    }))
}

fn part(entry: &directory::AgendaEntry) -> Part {
    match entry.answer {
        _ if entry.organizes => Part::Organizes,
        Some(Answer::Accepted) => Part::Comes,
        Some(Answer::Tentative | Answer::Declined) | None => Part::MayCome,
    }
}
