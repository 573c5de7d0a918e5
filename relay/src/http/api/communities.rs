//! `communities`: listed, one by one, and who belongs to them.

use std::sync::Arc;

use axum::extract::State;
use kith_nips::lbc::Topic;

use super::answer::{Answer, Asked, ListOf};
use super::format::Preference;
use super::listing::Wanted;
use super::meetups::MeetupsOfCommunity;
use super::model::{Community, CommunityMember, Detail, Meetup};
use super::parameter::{InPath, NoParameters, parameters};
use super::problem::{Problem, Problems};
use super::site::Site;
use super::values::{
    CommunityOrder, CursorText, InBox, InCity, Limit, Near, OneFormat, Person, Radius, Topics,
    Words,
};
use super::writing::{Communities, Written};
use super::{Api, reference};
use crate::directory::{CommunityRecord, CommunityView, Reading};

parameters! {
    /// What a list of communities takes.
    struct CommunitiesParameters {
        /// Near this place: `latitude,longitude`, a geohash, or the name of a city (`Brighton, UK`).
        near: Option<Near>,
        /// How far "near" is, in km.
        radius: Option<Radius>,
        /// In this box: `west,south,east,north` in degrees; `west` greater than `east` is a box across 180°.
        bbox: Option<InBox>,
        /// In this city: `CC:Name`, or its name.
        city: Option<InCity>,
        /// About this topic. May be repeated.
        topic: Vec<Topic>,
        /// Whether one of several topics is enough.
        topics: Option<Topics>,
        /// With these words, in title or description; in quotes they stand together.
        q: Option<Words>,
        /// Alike to what this person follows (`npub`): the most topics in common first, a followed community
        /// counts as one more. What has nothing in common is left out.
        like: Option<Person>,
        /// The order. By distance with `near`, by relevance with `q`, else the newest description first.
        sort: Option<CommunityOrder>,
        /// Items on a page.
        limit: Option<Limit>,
        /// `next` of the page before.
        cursor: Option<CursorText>,
        /// The format, if the path has no ending and `Accept` does not say it.
        format: Option<OneFormat<Communities>>,
    }
}

parameters! {
    /// What a list of people takes.
    struct MembersParameters {
        /// Items on a page.
        limit: Option<Limit>,
        /// `next` of the page before.
        cursor: Option<CursorText>,
    }
}

/// Communities.
///
/// Only those that are open and described by their owner. Also as GeoJSON (`communities.geojson`) and Atom
/// (`communities.atom`).
#[utoipa::path(
    get,
    path = "/communities",
    operation_id = "listCommunities",
    tag = "communities",
    params(CommunitiesParameters),
    responses(
        (status = 200, description = "A page of communities", content(
            (ListOf<Community> = "application/json"),
            (Value = "application/geo+json"),
            (String = "application/atom+xml"),
        )),
        Problems,
    )
)]
pub(super) async fn list(
    State(api): State<Api>,
    asked: Asked,
    site: Site,
    preference: Preference,
    parameters: CommunitiesParameters,
) -> Result<Answer, Problem> {
    let format = preference.choose(parameters.format)?;
    let wanted = Wanted {
        near: parameters.near,
        radius: parameters.radius,
        bbox: parameters.bbox,
        city: parameters.city,
        topic: parameters.topic,
        topics: parameters.topics,
        q: parameters.q,
        like: parameters.like,
        sort: parameters.sort.map(|CommunityOrder(sort)| sort),
        limit: parameters.limit,
        cursor: parameters.cursor,
        ..Wanted::default()
    };
    let listing = wanted.written_as(format).listing(&asked, api.searches())?;
    let page = api.reading()?.communities(&listing).await?;
    Written::of(format, &asked, &site, "Communities", &listing).communities(page)
}

/// One community.
#[utoipa::path(
    get,
    path = "/communities/{id}",
    operation_id = "showCommunity",
    tag = "communities",
    params(
        ("id" = String, Path, description = "The community id in hex, note1…, nevent1…, or naddr1… of its description"),
        NoParameters,
    ),
    responses(
        (status = 200, description = "The community", body = Community),
        Problems,
    )
)]
pub(super) async fn one(
    State(api): State<Api>,
    InPath(id): InPath,
    _: NoParameters,
) -> Result<Answer, Problem> {
    let view = find(&api.reading()?, &id).await?;
    Ok(Answer::json(&Community::of(&view, Detail::Whole)))
}

/// The members of a community.
///
/// The owner first, then everybody who is on the list of members, follows the community and is not muted, in
/// the order of their keys.
#[utoipa::path(
    get,
    path = "/communities/{id}/members",
    operation_id = "listMembers",
    tag = "communities",
    params(
        ("id" = String, Path, description = "The community id in hex, note1…, nevent1…, or naddr1… of its description"),
        MembersParameters,
    ),
    responses(
        (status = 200, description = "A page of members", body = ListOf<CommunityMember>),
        Problems,
    )
)]
pub(super) async fn members(
    State(api): State<Api>,
    InPath(id): InPath,
    asked: Asked,
    parameters: MembersParameters,
) -> Result<Answer, Problem> {
    let after = asked.place(parameters.cursor.as_ref())?;
    let reading = api.reading()?;
    let view = find(&reading, &id).await?;
    let limit = Limit::or_default(parameters.limit);
    let page = reading.members(&view.record, after, limit).await?;
    let list = asked.list(page, CommunityMember::of);
    Ok(asked.answer(&list))
}

/// The meetups of a community.
///
/// As `meetups`. As iCalendar or Atom (`meetups.ics`, `meetups.atom`) without `from` and `to` it is a feed:
/// past and coming meetups, cancelled ones too, those that were written last up to a thousand.
#[utoipa::path(
    get,
    path = "/communities/{id}/meetups",
    operation_id = "listMeetupsOfCommunity",
    tag = "communities",
    params(
        ("id" = String, Path, description = "The community id in hex, note1…, nevent1…, or naddr1… of its description"),
        MeetupsOfCommunity,
    ),
    responses(
        (status = 200, description = "A page of meetups", content(
            (ListOf<Meetup> = "application/json"),
            (Value = "application/geo+json"),
            (String = "text/calendar"),
            (String = "application/atom+xml"),
        )),
        Problems,
    )
)]
pub(super) async fn meetups(
    State(api): State<Api>,
    InPath(id): InPath,
    asked: Asked,
    site: Site,
    preference: Preference,
    parameters: MeetupsOfCommunity,
) -> Result<Answer, Problem> {
    let format = preference.choose(parameters.format)?;
    let reading = api.reading()?;
    let is_feed = parameters.is_feed(format);
    let wanted = parameters.wanted(reading.now())?.written_as(format);
    let listing = wanted.listing(&asked, api.searches())?;
    let record = find_record(&reading, &id).await?;
    let written = Written::of(format, &asked, &site, record.title(), &listing);
    match is_feed {
        true => written.all_meetups(&reading.feed_of(&record).await?, &api.feeds),
        false => written.meetups(reading.meetups_of(&record, &listing).await?),
    }
}

async fn find(reading: &Reading, id: &str) -> Result<CommunityView, Problem> {
    let record = find_record(reading, id).await?;
    Ok(reading.community(record).await?)
}

async fn find_record(reading: &Reading, id: &str) -> Result<Arc<CommunityRecord>, Problem> {
    let reference = reference::community(id).map_err(|wrong| Problem::parameter("id", wrong))?;
    let found = reading.community_at(&reference).await?;
    found.ok_or_else(|| Problem::not_found("community"))
}
