//! The first page.

use axum::extract::State;
use axum::response::Response;
use kith_nips::discovery::Sort;
use kith_web::pages::{Home, Question};

use super::visit::Visit;
use super::{Pages, about, shown, views};
use crate::http::api::listing::Wanted;
use crate::http::api::problem::Problem;
use crate::http::api::values::{Limit, Moment, Status};
use crate::store::FacetsOf;

/// Meetups on the first page.
const MEETUPS_MAX: usize = 8;
/// Communities on the first page.
const COMMUNITIES_MAX: usize = 6;
/// Cities on the first page.
const CITIES_MAX: usize = 24;
/// Topics on the first page.
const TOPICS_MAX: usize = 30;

pub(super) async fn show(State(pages): State<Pages>, visit: Visit) -> Result<Response, Problem> {
    let Ok(reading) = pages.api.reading() else {
        // It answers nobody whom it does not know, but says what it is.
        return Ok(about::page(&pages, &visit).await);
    };
    let list = visit.list("/");
    let searching = pages.api.searches();
    let coming = Wanted {
        from: Some(Moment(reading.now())),
        status: Some(Status::Open),
        sort: Some(Sort::Start),
        limit: Some(Limit::of(MEETUPS_MAX)),
        ..Wanted::default()
    };
    let coming = coming.listing(&list, searching)?;
    let new = Wanted {
        limit: Some(Limit::of(COMMUNITIES_MAX)),
        ..Wanted::default()
    };
    let new = new.listing(&list, searching)?;
    let (meetups, communities) =
        tokio::try_join!(reading.meetups(&coming), reading.communities(&new))?;
    let (cities, topics) = tokio::try_join!(
        reading.facets(FacetsOf::Cities, CITIES_MAX),
        reading.facets(FacetsOf::Topics, TOPICS_MAX),
    )?;
    let (now, site) = (reading.now(), visit.site());
    let meetups = meetups.items.iter();
    let communities = communities.items.iter();
    Ok(shown(&Home {
        frame: visit.frame("/"),
        question: Question::default(),
        meetups: meetups.map(|view| views::meetup(view, now, site)).collect(),
        communities: communities
            .map(|view| views::community(view, site))
            .collect(),
        cities: views::counted_cities(cities),
        topics: views::counted_topics(topics),
    }))
}
