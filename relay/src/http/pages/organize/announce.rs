//! Saying something to many: to whom, and how many these are. The browser sends it.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use kith_nips::lbc::Audience;
use kith_web::pages::{AnnouncePage, Reach, Tab};

use super::{about, community, path_of};
use crate::directory::{CommunityRecord, MeetupView, Reading};
use crate::http::api::listing::Wanted;
use crate::http::api::problem::Problem;
use crate::http::api::reference;
use crate::http::api::values::{Limit, Moment};
use crate::http::pages::visit::Visit;
use crate::http::pages::{Pages, signed, views};
use crate::store::StoreError;

/// Coming meetups to choose from.
const COMING_MAX: usize = 50;
/// Meetups that are over to choose from.
const PAST_MAX: usize = 10;

/// A form with the number of people whom the address names: `?audience=silent&meetup=naddr1…`.
pub(in crate::http::pages) async fn announce(
    State(pages): State<Pages>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let (reading, record) = community(&pages, &id).await?;
    let audience = visit.value("audience").and_then(|word| word.parse().ok());
    let audience = audience.unwrap_or(Audience::Members);
    let chosen = chosen(&reading, &record, &visit).await?;
    let reach = reach(&reading, &record, audience, chosen.as_ref()).await?;
    let wanted = Wanted {
        from: Some(Moment(reading.now())),
        limit: Some(Limit::of(COMING_MAX)),
        ..Wanted::default()
    };
    let wanted = wanted.listing(&visit.list(""), pages.api.searches())?;
    let coming = reading.meetups_of(&record, &wanted).await?.items;
    let past = reading.past_of(&record, PAST_MAX).await?;
    let mut seen = BTreeSet::new();
    let views = chosen.iter().chain(&coming).chain(&past);
    let views = views.filter(|view| is_first(view, &record) && seen.insert(view.meetup.id));
    let cards = views.map(|view| views::meetup(view, reading.now(), visit.site()));
    Ok(signed(&AnnouncePage {
        meetups: cards.collect(),
        chosen: chosen.map(|view| reference::naddr(&view.meetup.address())),
        frame: visit.unlisted(path_of(&record, "announce")),
        about: about(&record, &visit, "announce-title", Tab::Announce),
        audience,
        reach,
    }))
}

/// Whether a meetup is one of the people of this community: the first that it belongs to, as for its answers.
pub(in crate::http::pages) fn is_first(view: &MeetupView, record: &CommunityRecord) -> bool {
    let first = view.communities.first();
    first.is_some_and(|community| community.record.id() == record.id())
}

async fn chosen(
    reading: &Reading,
    record: &CommunityRecord,
    visit: &Visit,
) -> Result<Option<MeetupView>, StoreError> {
    let named = visit.value("meetup").map(reference::meetup);
    let Some(Ok(address)) = named else {
        return Ok(None);
    };
    let view = reading.meetup(&address).await?;
    Ok(view.filter(|view| is_first(view, record)))
}

/// How many people the owner would reach; `None` where a meetup must be chosen first.
async fn reach(
    reading: &Reading,
    record: &CommunityRecord,
    audience: Audience,
    chosen: Option<&MeetupView>,
) -> Result<Option<Reach>, StoreError> {
    if audience.is_of_meetup() && chosen.is_none() {
        return Ok(None);
    }
    let answers = chosen.and_then(|view| view.rsvps.as_ref());
    let found = reading.audience(audience, record.owner(), record, answers);
    let found = found.await?;
    let inboxes = reading.inboxes(found.people.iter().copied()).await?;
    Ok(Some(Reach {
        all: found.people.len() as u64,
        without: found.people.len().saturating_sub(inboxes.len()) as u64,
        cut: found.cut,
    }))
}
