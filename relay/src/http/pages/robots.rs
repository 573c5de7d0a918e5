//! What search engines should read.

use axum::extract::State;
use axum::response::Response;
use kith_nips::discovery::Sort;
use kith_web::pages::Sitemap;

use super::visit::Visit;
use super::{ABOUT, Pages, kept, views, written};
use crate::directory::{Listing, Reading};
use crate::http::api::listing::Wanted;
use crate::http::api::problem::Problem;
use crate::http::api::values::{LIMIT_MAX, Limit, Moment};
use crate::store::FacetsOf;

/// Cities and topics, each.
const FACETS_MAX: usize = 500;
/// Pages of a hundred communities, and of as many coming meetups.
const LIST_PAGES_MAX: usize = 10;

pub(super) async fn robots(visit: Visit) -> Response {
    let sitemap = visit.frame("").whole("/sitemap.xml");
    let text = format!("User-agent: *\nDisallow: /api/\nDisallow: /search\nSitemap: {sitemap}\n");
    kept(text, "text/plain; charset=utf-8")
}

pub(super) async fn sitemap(State(pages): State<Pages>, visit: Visit) -> Result<Response, Problem> {
    let reading = pages.api.reading()?;
    let (cities, topics) = tokio::try_join!(
        reading.facets(FacetsOf::Cities, FACETS_MAX),
        reading.facets(FacetsOf::Topics, FACETS_MAX),
    )?;
    let mut paths = vec!["/".to_owned(), ABOUT.to_owned()];
    let cities = views::counted_cities(cities);
    paths.extend(cities.iter().map(|city| city.of.path()));
    let topics = views::counted_topics(topics);
    paths.extend(topics.iter().map(|topic| topic.of.path()));
    let searching = pages.api.searches();
    let most = Wanted {
        limit: Some(Limit::of(LIMIT_MAX)),
        ..Wanted::default()
    };
    let most = most.listing(&visit.list(""), searching)?;
    paths.extend(communities(&reading, most, &visit).await?);
    let coming = Wanted {
        from: Some(Moment(reading.now())),
        sort: Some(Sort::Start),
        limit: Some(Limit::of(LIMIT_MAX)),
        ..Wanted::default()
    };
    let coming = coming.listing(&visit.list(""), searching)?;
    paths.extend(meetups(&reading, coming, &visit).await?);
    let frame = visit.frame("/");
    let addresses = paths.iter().map(|path| frame.whole(path)).collect();
    Ok(written(
        &Sitemap { addresses },
        "application/xml; charset=utf-8",
    ))
}

async fn communities(
    reading: &Reading,
    mut listing: Listing,
    visit: &Visit,
) -> Result<Vec<String>, Problem> {
    let mut paths = Vec::new();
    for _ in 0..LIST_PAGES_MAX {
        let page = reading.communities(&listing).await?;
        let views = page.items.iter();
        paths.extend(views.map(|view| views::community(view, visit.site()).link.path()));
        listing.after = page.next;
        if listing.after.is_none() {
            break;
        }
    }
    Ok(paths)
}

async fn meetups(
    reading: &Reading,
    mut listing: Listing,
    visit: &Visit,
) -> Result<Vec<String>, Problem> {
    let mut paths = Vec::new();
    for _ in 0..LIST_PAGES_MAX {
        let page = reading.meetups(&listing).await?;
        let cards = page.items.iter();
        paths.extend(cards.map(|view| views::meetup(view, reading.now(), visit.site()).path()));
        listing.after = page.next;
        if listing.after.is_none() {
            break;
        }
    }
    Ok(paths)
}
