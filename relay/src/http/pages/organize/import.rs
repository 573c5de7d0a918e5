//! A calendar of another program, shown as what could become meetups.

use axum::extract::{Path, State};
use axum::response::Response;
use http::header::CACHE_CONTROL;
use kith_nips::icalendar::ReadEvent;
use kith_web::Text;
use kith_web::drafts::{pick_of, read_calendar};
use kith_web::pages::{CalendarEvent, ImportPage, Tab};

use super::{about, community, path_of};
use crate::http::api::problem::Problem;
use crate::http::insert;
use crate::http::pages::drafts::Filled;
use crate::http::pages::visit::Visit;
use crate::http::pages::{Pages, signed};

/// Characters of a title or a place.
const CHARACTERS_MAX: usize = 160;

/// An empty page.
pub(in crate::http::pages) async fn import(
    State(pages): State<Pages>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let (_, record) = community(&pages, &id).await?;
    Ok(signed(&ImportPage {
        frame: visit.unlisted(path_of(&record, "import")),
        about: about(&record, &visit, "import-title", Tab::Import),
        calendar: String::new(),
        is_read: false,
        problems: Vec::new(),
        events: Vec::new(),
    }))
}

/// What is in the calendar that was filled in.
pub(in crate::http::pages) async fn import_read(
    State(pages): State<Pages>,
    Path(id): Path<String>,
    visit: Visit,
    form: Filled,
) -> Result<Response, Problem> {
    let (reading, record) = community(&pages, &id).await?;
    let metadata = record.metadata.as_ref().map(|about| &about.note);
    let read = read_calendar(&form.0, metadata, reading.now(), visit.sayer());
    let (calendar, problems) = match read {
        Ok(calendar) => (calendar, Vec::new()),
        Err(problems) => (Default::default(), problems.0),
    };
    // Mostly it is the owner who reads it.
    let used = reading
        .identifiers_used(record.owner(), record.id())
        .await?;
    let frame = visit.unlisted(path_of(&record, "import"));
    let event = |event: &ReadEvent| CalendarEvent {
        pick: pick_of(event),
        title: Text::line(&event.title, CHARACTERS_MAX),
        day: frame.when(&event.when),
        place: Text::line(event.place.as_deref().unwrap_or_default(), CHARACTERS_MAX),
        is_new: !used.contains(&event.source.slug().identifier(record.id())),
    };
    let mut response = signed(&ImportPage {
        about: about(&record, &visit, "import-title", Tab::Import),
        calendar: form.0.text("calendar").unwrap_or_default().to_owned(),
        is_read: problems.is_empty(),
        problems,
        events: calendar.events.iter().map(event).collect(),
        frame: frame.clone(),
    });
    insert(&mut response, CACHE_CONTROL, "no-store");
    Ok(response)
}
