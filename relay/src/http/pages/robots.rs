//! What search engines should read.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use futures_util::future::BoxFuture;
use kith_nips::nip50::Search;
use kith_web::Frame;
use kith_web::pages::{Sitemap, SitemapIndex, SitemapLink};
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
    links: Arc<[SitemapLink]>,
}

pub(super) async fn robots(visit: Visit) -> Response {
    let sitemap = visit.frame("").whole("/sitemap.xml");
    let hidden = ["/api/", "/search", "/calendar"].map(|path| format!("Disallow: {path}\n"));
    let text = format!("User-agent: *\n{}Sitemap: {sitemap}\n", hidden.concat());
    kept(text, "text/plain; charset=utf-8")
}

/// Everything, or where its parts are.
pub(super) async fn sitemap(State(pages): State<Pages>, visit: Visit) -> Result<Response, Problem> {
    let links = links(&pages).await?;
    Ok(whole_or_index(&links, &visit.frame("/")))
}

/// A part, counted from 1.
pub(super) async fn part(
    State(pages): State<Pages>,
    Path(number): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("sitemap");
    let number: usize = number.parse().map_err(|_| missing())?;
    let links = links(&pages).await?;
    let mut parts = links.chunks(LINKS_PER_SITEMAP_MAX);
    let part = number.checked_sub(1).and_then(|at| parts.nth(at));
    Ok(sitemap_of(part.ok_or_else(missing)?, &visit.frame("/")))
}

fn whole_or_index(links: &[SitemapLink], frame: &Frame) -> Response {
    if links.len() <= LINKS_PER_SITEMAP_MAX {
        return sitemap_of(links, frame);
    }
    let parts = links.chunks(LINKS_PER_SITEMAP_MAX).zip(1..);
    let parts = parts.map(|(links, number)| SitemapLink {
        path: format!("/sitemap/{number}"),
        changed_at: links.iter().filter_map(|link| link.changed_at).max(),
    });
    let parts = parts.collect();
    written(&SitemapIndex { frame, parts }, MEDIA_TYPE)
}

fn sitemap_of(links: &[SitemapLink], frame: &Frame) -> Response {
    written(&Sitemap { frame, links }, MEDIA_TYPE)
}

/// Where everything is, collected lately or now; who asks meanwhile waits for it.
async fn links(pages: &Pages) -> Result<Arc<[SitemapLink]>, Problem> {
    let reading = pages.api.reading()?;
    let mut known = Arc::clone(&pages.links.0).lock_owned().await;
    let now = reading.now();
    if let Some(collected) = known.as_ref()
        && now
            .checked_sub(collected.at)
            .is_some_and(|age| age < KEPT_SECONDS)
    {
        return Ok(Arc::clone(&collected.links));
    }
    // It goes on when nobody waits for it any more, so that the next one finds it.
    let collecting = tokio::spawn(async move {
        let links: Arc<[SitemapLink]> = collected(&reading).await?.into();
        *known = Some(Collected {
            at: now,
            links: Arc::clone(&links),
        });
        Ok::<_, StoreError>(links)
    });
    Ok(collecting.await.map_err(|_| stopping())??)
}

async fn collected(reading: &Reading) -> Result<Vec<SitemapLink>, StoreError> {
    let mut links: Vec<SitemapLink> = ["/", ABOUT].map(SitemapLink::of_many).into();
    let (cities, topics) = tokio::try_join!(
        reading.facets(FacetsOf::Cities, FACETS_MAX),
        reading.facets(FacetsOf::Topics, FACETS_MAX),
    )?;
    let cities = views::counted_cities(cities).into_iter();
    links.extend(cities.map(|city| SitemapLink::of_many(city.of.path())));
    let topics = views::counted_topics(topics).into_iter();
    links.extend(topics.map(|topic| SitemapLink::of_many(topic.of.path())));
    let communities = Listing {
        limit: READ_AT_ONCE,
        ..Listing::default()
    };
    let read = |listing| -> BoxFuture<'_, _> {
        Box::pin(async move { reading.community_records(&listing).await })
    };
    add_all(&mut links, communities, read, |record| SitemapLink {
        path: views::link(record).path(),
        changed_at: Some(record.changed_at()),
    })
    .await?;
    let coming = Listing {
        search: Search::parse(&format!("from:{} sort:start", reading.now())).ok(),
        limit: READ_AT_ONCE,
        ..Listing::default()
    };
    let read = |listing| -> BoxFuture<'_, _> {
        Box::pin(async move { reading.meetups_without_answers(&listing).await })
    };
    add_all(&mut links, coming, read, |view| SitemapLink {
        path: views::meetup_path(view),
        changed_at: Some(view.meetup.created_at),
    })
    .await?;
    Ok(links)
}

/// Adds a list from its first page to its last, or to [`LISTED_MAX`]. Of what is read only one page is in
/// memory at a time.
async fn add_all<'a, T>(
    links: &mut Vec<SitemapLink>,
    mut listing: Listing,
    read: impl Fn(Listing) -> BoxFuture<'a, Result<Page<T>, StoreError>>,
    link: impl Fn(&T) -> SitemapLink,
) -> Result<(), StoreError> {
    let most = links.len().saturating_add(LISTED_MAX);
    loop {
        let page = read(listing.clone()).await?;
        links.extend(page.items.iter().map(&link));
        listing.after = page.next;
        if listing.after.is_none() || links.len() >= most {
            links.truncate(most);
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use kith_web::{Language, Site, Text};

    use super::*;

    async fn text_of(links: u64) -> String {
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
        let links: Vec<SitemapLink> = (0..links)
            .map(|number| SitemapLink {
                path: format!("/topic/{number}"),
                changed_at: Some(1_796_322_600 + number),
            })
            .collect();
        let body = whole_or_index(&links, &frame).into_body();
        let bytes = body.collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_sitemap_that_would_be_too_long_is_in_parts() {
        let whole = text_of(LINKS_PER_SITEMAP_MAX as u64).await;
        assert_eq!(whole.matches("<url>").count(), LINKS_PER_SITEMAP_MAX);
        let index = text_of(LINKS_PER_SITEMAP_MAX as u64 + 1).await;
        assert!(index.contains("<sitemapindex"));
        // A part is as new as the newest page in it.
        let second = "<loc>https://kith.example/sitemap/2</loc><lastmod>2026-12-04T08:23:20Z";
        assert!(index.contains(second), "{index}");
        assert_eq!(index.matches("<sitemap>").count(), 2);
    }
}
