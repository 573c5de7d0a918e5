//! What search engines should read.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use futures_util::future::BoxFuture;
use kith_nips::nip50::Search;
use kith_web::Frame;
use kith_web::pages::{Sitemap, SitemapIndex};
use tokio::sync::Mutex;

use super::visit::Visit;
use super::{ABOUT, Pages, kept, stopping, views, written};
use crate::directory::{Listing, Page, Reading};
use crate::http::api::problem::Problem;
use crate::store::{FacetsOf, StoreError};

/// Cities and topics, each.
const FACETS_MAX: usize = 500;
/// Links in one sitemap (<https://www.sitemaps.org/protocol.html>).
const LINKS_PER_SITEMAP_MAX: usize = 50_000;
/// Communities, and coming meetups, each.
const LISTED_MAX: usize = 75_000;
/// Of them, those that are read at a time.
const READ_AT_ONCE: usize = 500;
/// How long the links are kept, in seconds.
const KEPT_SECONDS: u64 = 600;

const MEDIA_TYPE: &str = "application/xml; charset=utf-8";

/// The links that were collected last.
#[derive(Clone, Default)]
pub(super) struct Links(Arc<Mutex<Option<Collected>>>);

struct Collected {
    at: u64,
    paths: Arc<[String]>,
}

pub(super) async fn robots(visit: Visit) -> Response {
    let sitemap = visit.frame("").whole("/sitemap.xml");
    let hidden = ["/api/", "/search", "/calendar"].map(|path| format!("Disallow: {path}\n"));
    let text = format!("User-agent: *\n{}Sitemap: {sitemap}\n", hidden.concat());
    kept(text, "text/plain; charset=utf-8")
}

/// Everything, or where its parts are.
pub(super) async fn sitemap(State(pages): State<Pages>, visit: Visit) -> Result<Response, Problem> {
    let paths = paths(&pages).await?;
    Ok(whole_or_index(&paths, &visit.frame("/")))
}

/// A part, counted from 1.
pub(super) async fn part(
    State(pages): State<Pages>,
    Path(number): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("sitemap");
    let number: usize = number.parse().map_err(|_| missing())?;
    let paths = paths(&pages).await?;
    let mut parts = paths.chunks(LINKS_PER_SITEMAP_MAX);
    let part = number.checked_sub(1).and_then(|at| parts.nth(at));
    Ok(sitemap_of(part.ok_or_else(missing)?, &visit.frame("/")))
}

fn whole_or_index(paths: &[String], frame: &Frame) -> Response {
    let parts = paths.len().div_ceil(LINKS_PER_SITEMAP_MAX);
    if parts <= 1 {
        return sitemap_of(paths, frame);
    }
    let part = |number| frame.whole(&format!("/sitemap/{number}"));
    let addresses = (1..=parts).map(part).collect();
    written(&SitemapIndex { addresses }, MEDIA_TYPE)
}

fn sitemap_of(paths: &[String], frame: &Frame) -> Response {
    let addresses = paths.iter().map(|path| frame.whole(path)).collect();
    written(&Sitemap { addresses }, MEDIA_TYPE)
}

/// Where everything is, collected lately or now; who asks meanwhile waits for it.
async fn paths(pages: &Pages) -> Result<Arc<[String]>, Problem> {
    let reading = pages.api.reading()?;
    let mut links = Arc::clone(&pages.links.0).lock_owned().await;
    let now = reading.now();
    if let Some(known) = links.as_ref()
        && now
            .checked_sub(known.at)
            .is_some_and(|age| age < KEPT_SECONDS)
    {
        return Ok(Arc::clone(&known.paths));
    }
    // It goes on when nobody waits for it any more, so that the next one finds it.
    let collecting = tokio::spawn(async move {
        let paths: Arc<[String]> = collected(&reading).await?.into();
        *links = Some(Collected {
            at: now,
            paths: Arc::clone(&paths),
        });
        Ok::<_, StoreError>(paths)
    });
    Ok(collecting.await.map_err(|_| stopping())??)
}

async fn collected(reading: &Reading) -> Result<Vec<String>, StoreError> {
    let mut paths = vec!["/".to_owned(), ABOUT.to_owned()];
    let (cities, topics) = tokio::try_join!(
        reading.facets(FacetsOf::Cities, FACETS_MAX),
        reading.facets(FacetsOf::Topics, FACETS_MAX),
    )?;
    let cities = views::counted_cities(cities);
    paths.extend(cities.iter().map(|city| city.of.path()));
    let topics = views::counted_topics(topics);
    paths.extend(topics.iter().map(|topic| topic.of.path()));
    let communities = Listing {
        limit: READ_AT_ONCE,
        ..Listing::default()
    };
    let communities = whole(communities, |listing| {
        Box::pin(async move { reading.community_records(&listing).await })
    })
    .await?;
    paths.extend(communities.iter().map(|record| views::link(record).path()));
    let coming = Listing {
        search: Search::parse(&format!("from:{} sort:start", reading.now())).ok(),
        limit: READ_AT_ONCE,
        ..Listing::default()
    };
    let meetups = whole(coming, |listing| {
        Box::pin(async move { reading.meetups_without_answers(&listing).await })
    })
    .await?;
    paths.extend(meetups.iter().map(views::meetup_path));
    Ok(paths)
}

/// A list from its first page to its last, or to [`LISTED_MAX`].
async fn whole<'a, T>(
    mut listing: Listing,
    read: impl Fn(Listing) -> BoxFuture<'a, Result<Page<T>, StoreError>>,
) -> Result<Vec<T>, StoreError> {
    let mut all = Vec::new();
    loop {
        let page = read(listing.clone()).await?;
        all.extend(page.items);
        listing.after = page.next;
        if listing.after.is_none() || all.len() >= LISTED_MAX {
            all.truncate(LISTED_MAX);
            return Ok(all);
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use kith_web::{Language, Site, Text};

    use super::*;

    async fn text_of(links: usize) -> String {
        let frame = Frame {
            site: Site {
                name: Text::default(),
                origin: "https://kith.example".to_owned(),
                relay: "wss://kith.example".to_owned(),
                pictures: false,
                searches: false,
                api: false,
                tiles: None,
            },
            language: Language::default(),
            is_chosen: false,
            path: "/".to_owned(),
            is_listed: true,
        };
        let paths: Vec<String> = (0..links)
            .map(|number| format!("/topic/{number}"))
            .collect();
        let body = whole_or_index(&paths, &frame).into_body();
        let bytes = body.collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_sitemap_that_would_be_too_long_is_in_parts() {
        let whole = text_of(LINKS_PER_SITEMAP_MAX).await;
        assert_eq!(whole.matches("<url>").count(), LINKS_PER_SITEMAP_MAX);
        let index = text_of(LINKS_PER_SITEMAP_MAX + 1).await;
        assert!(index.contains("<sitemapindex"));
        assert!(index.contains("<loc>https://kith.example/sitemap/2</loc>"));
        assert_eq!(index.matches("<sitemap>").count(), 2);
    }
}
