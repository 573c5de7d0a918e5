//! One community.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use kith_nips::discovery::Sort;
use kith_web::Markdown;
use kith_web::pages::Community;

use super::views::{self, Names};
use super::visit::Visit;
use super::{Pages, shown};
use crate::http::api::listing::Wanted;
use crate::http::api::problem::Problem;
use crate::http::api::reference;
use crate::http::api::values::{CursorText, Limit, Moment};

/// Coming meetups on a page.
const UPCOMING_MAX: usize = 10;
/// Past meetups on the page.
const PAST_MAX: usize = 6;
/// Members who are named.
const MEMBERS_MAX: usize = 48;

pub(super) async fn show(
    State(pages): State<Pages>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("community");
    let wanted = reference::community(&id).map_err(|_| missing())?;
    let reading = pages.api.reading()?;
    let record = reading.community_at(&wanted).await?.ok_or_else(missing)?;
    let (now, site) = (reading.now(), visit.site());
    let known = views::link(&record).path();
    let list = visit.list(&known);
    let coming = Wanted {
        from: Some(Moment(now)),
        sort: Some(Sort::Start),
        limit: Some(Limit::of(UPCOMING_MAX)),
        cursor: visit
            .value("cursor")
            .map(|cursor| CursorText(cursor.to_owned())),
        ..Wanted::default()
    };
    let coming = coming.listing(&list, pages.api.searches())?;
    let upcoming = reading.meetups_of(&record, &coming).await?;
    let upcoming = list.list(upcoming, |view| views::meetup(view, now, site));
    let past = reading.past_of(&record, PAST_MAX).await?;
    let past = past.iter().map(|view| views::meetup(view, now, site));
    let members = reading.members(&record, None, MEMBERS_MAX).await?.items;
    let owner = record.owner();
    let people = members.iter().map(|member| member.person);
    let names = Names::of(&reading, people.collect::<BTreeSet<_>>()).await?;
    let view = reading.community(record).await?;
    Ok(shown(&Community {
        frame: visit.frame(known.as_str()),
        card: views::community(&view, site),
        description: Markdown::read(view.record.description(), site.pictures),
        owner: names.person(owner),
        members: members
            .iter()
            .filter(|member| !member.is_owner)
            .map(|member| names.person(member.person))
            .collect(),
        next: visit.next(&known, &upcoming),
        upcoming: upcoming.items,
        past: past.collect(),
    }))
}
