//! One community.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;
use kith_nips::discovery::Sort;
use kith_web::Markdown;
use kith_web::pages::Community;
use kith_web::views::MeetupCard;

use super::views::{self, Names};
use super::visit::Visit;
use super::{Pages, shown};
use crate::directory::{CommunityRecord, Reading};
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
    let past = past(&pages, &reading, &record, &visit).await?;
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
        past,
    }))
}

/// Of the meetups that are over, those that were written last; the latest first.
async fn past(
    pages: &Pages,
    reading: &Reading,
    record: &CommunityRecord,
    visit: &Visit,
) -> Result<Vec<MeetupCard>, Problem> {
    let over = Wanted {
        from: Some(Moment(0)),
        to: Some(Moment(reading.now())),
        sort: Some(Sort::New),
        limit: Some(Limit::of(2 * PAST_MAX)),
        ..Wanted::default()
    };
    let over = over.listing(&visit.list(""), pages.api.searches())?;
    let found = reading.meetups_of(record, &over).await?;
    let cards = found.items.iter();
    let mut cards: Vec<MeetupCard> = cards
        .map(|view| views::meetup(view, reading.now(), visit.site()))
        .filter(|card| card.is_over)
        .collect();
    cards.sort_by_key(|card| std::cmp::Reverse(card.when.as_ref().map(|when| when.starts_at())));
    cards.truncate(PAST_MAX);
    Ok(cards)
}
