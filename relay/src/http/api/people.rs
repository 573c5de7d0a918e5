//! `people`: where they go, and what they belong to. Of where they live, the cities that they named.

use axum::extract::State;
use kith_nips::discovery::Sort;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Answer, Asked, ListOf};
use super::format::{Format, Preference};
use super::listing::Wanted;
use super::meetups::from_or_now;
use super::model::{AgendaItem, CommunityOfPerson, texts};
use super::parameter::{InPath, parameters};
use super::problem::{Problem, Problems};
use super::site::Site;
use super::values::{CursorText, Limit, Moment, OneFormat, Status};
use super::writing::{Appointments, Facts, Written};
use super::{Api, reference};

parameters! {
    /// What an agenda takes.
    struct AgendaParameters {
        /// Not over before: Unix seconds, a date (00:00 UTC), or RFC 3339. Now, if nothing is said.
        from: Option<Moment>,
        /// Begun before: as `from`.
        to: Option<Moment>,
        /// `open`: neither called off nor over. `all` (the default): also those that were called off.
        status: Option<Status>,
        /// Items on a page.
        limit: Option<Limit>,
        /// `next` of the page before.
        cursor: Option<CursorText>,
        /// The format, if the path has no ending and `Accept` does not say it.
        format: Option<OneFormat<Appointments>>,
    }
}

parameters! {
    /// What the list of the communities of a person takes.
    struct CommunitiesOfPerson {
        /// Items on a page.
        limit: Option<Limit>,
        /// `next` of the page before.
        cursor: Option<CursorText>,
    }
}

/// A person's communities, and what they say to be found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PersonsCommunities {
    /// The cities that the person named, as `CC:Name`.
    cities: Vec<String>,
    /// What the person is interested in.
    topics: Vec<String>,
    #[serde(flatten)]
    communities: ListOf<CommunityOfPerson>,
}

/// The meetups of a person.
///
/// Those that they accepted, may come to, or published, by start. Also as iCalendar (`agenda.ics`).
#[utoipa::path(
    get,
    path = "/people/{npub}/agenda",
    operation_id = "showAgenda",
    tag = "people",
    params(
        ("npub" = String, Path, description = "npub1…, nprofile1…, or the key in hex"),
        AgendaParameters,
    ),
    responses(
        (status = 200, description = "A page of meetups", content(
            (ListOf<AgendaItem> = "application/json"),
            (String = "text/calendar"),
        )),
        Problems,
    )
)]
pub(super) async fn agenda(
    State(api): State<Api>,
    InPath(npub): InPath,
    asked: Asked,
    site: Site,
    preference: Preference,
    parameters: AgendaParameters,
) -> Result<Answer, Problem> {
    let person = reference::person(&npub).map_err(|wrong| Problem::parameter("npub", wrong))?;
    let format = preference.choose(parameters.format)?;
    let reading = api.reading()?;
    let wanted = Wanted {
        from: Some(from_or_now(parameters.from, parameters.to, reading.now())?),
        to: parameters.to,
        status: parameters.status,
        sort: Some(Sort::Start),
        limit: parameters.limit,
        cursor: parameters.cursor,
        ..Wanted::default()
    };
    let listing = wanted.written_as(format).listing(&asked, api.searches())?;
    let page = reading.agenda(person, &listing).await?;
    match format {
        Format::ICalendar => {
            let views: Vec<_> = page.items.into_iter().map(|entry| entry.view).collect();
            Written::of(format, &asked, &site, "Agenda", &listing).all_meetups(&views, &api.feeds)
        }
        _ => Ok(asked.answer(&asked.list(page, AgendaItem::of))),
    }
}

/// The communities of a person.
///
/// Owned first, then followed, then those of which they are a member without following.
#[utoipa::path(
    get,
    path = "/people/{npub}/communities",
    operation_id = "listCommunitiesOfPerson",
    tag = "people",
    params(
        ("npub" = String, Path, description = "npub1…, nprofile1…, or the key in hex"),
        CommunitiesOfPerson,
    ),
    responses(
        (status = 200, description = "A page of communities", body = PersonsCommunities),
        Problems,
    )
)]
pub(super) async fn communities(
    State(api): State<Api>,
    InPath(npub): InPath,
    asked: Asked,
    preference: Preference,
    parameters: CommunitiesOfPerson,
) -> Result<Answer, Problem> {
    // A path that ends in a format that this has not leads nowhere.
    preference.choose::<Facts>(None)?;
    let person = reference::person(&npub).map_err(|wrong| Problem::parameter("npub", wrong))?;
    let after = asked.place(parameters.cursor.as_ref())?;
    let limit = Limit::or_default(parameters.limit);
    let view = api.reading()?.person(person, after, limit).await?;
    let answer = PersonsCommunities {
        cities: texts(&view.cities),
        topics: texts(&view.topics),
        communities: asked.list(view.communities, CommunityOfPerson::of),
    };
    let next = asked.next_page(answer.communities.next.as_deref());
    Ok(Answer::json(&answer).linked(next))
}
