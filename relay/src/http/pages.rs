//! The pages for people: reads the directory as the API does, and gives `kith-web` plain data to write.
//! One file for each page. Knows no HTML.
//!
//! Every page is complete without scripts, says what may be in it (Content Security Policy), and has a tag
//! by which a browser asks again only for what changed.

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, REFERRER_POLICY, RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, StatusCode};
use kith_web::{assets, pages};
use tower_http::compression::CompressionLayer;

use super::api::answer::{entity_tag, leave_out_known};
use super::api::problem::Problem;
use super::{Api, Sources, insert, not_found};

mod about;
mod account;
mod admin;
mod agenda;
mod calendar;
mod community;
mod drafts;
mod home;
mod join;
mod lists;
mod meetup;
mod mentions;
mod named;
mod organize;
mod policy;
mod preview;
mod robots;
mod search;
mod views;
mod visit;

use visit::Visit;

/// Where the page about the relay itself is.
pub(super) const ABOUT: &str = "/about";

/// How long pages may be kept, in seconds: what is in them changes at any time.
const FRESH: &str = "public, max-age=30";

/// Assets have another path when they change.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// When to try again, in seconds.
const RETRY_AFTER_SECONDS: u16 = 1;

/// What the pages are made from.
#[derive(Clone)]
pub(super) struct Pages {
    api: Api,
    sources: Sources,
    links: robots::Links,
    pictures: preview::Pictures,
}

impl Pages {
    /// Whether somebody can become a member of the relay (NIP-43).
    fn has_members(&self) -> bool {
        self.sources.members.policy().on
    }
}

/// The routes of all pages.
pub(super) fn router(sources: Sources, api: Api) -> Router {
    let pages = Pages {
        api,
        sources,
        links: robots::Links::default(),
        pictures: preview::Pictures::default(),
    };
    let routes = Router::new()
        .route("/", get(home::show))
        .route("/search", get(search::show))
        .route("/agenda/{npub}", get(agenda::show))
        .route("/calendar", get(calendar::current))
        .route("/calendar/{month}", get(calendar::month))
        .route("/m/{naddr}", get(meetup::show))
        .route("/m/{naddr}/preview.png", get(preview::show))
        .route("/c/{id}", get(community::show))
        .route("/city/{country}/{name}", get(lists::city))
        .route("/topic/{topic}", get(lists::topic))
        .route("/p/{npub}", get(lists::person))
        .route(ABOUT, get(about::show))
        .route("/account", get(account::show))
        .route("/draft/{what}", post(drafts::draft))
        .route("/draft/{what}/preview", post(drafts::preview))
        .route("/new/community", get(organize::new_community))
        .route("/c/{id}/edit", get(organize::edit_community))
        .route("/c/{id}/new", get(organize::new_meetup))
        .route("/c/{id}/members", get(organize::members))
        .route("/c/{id}/announce", get(organize::announce))
        .route(
            "/c/{id}/import",
            get(organize::import).post(organize::import_read),
        )
        .route("/c/{id}/proposals", get(organize::proposals))
        .route("/c/{id}/reports", get(organize::reports))
        .route("/m/{naddr}/edit", get(organize::edit_meetup))
        .route("/m/{naddr}/attendees", get(organize::attendees))
        .route("/m/{naddr}/attendees.csv", get(organize::attendees_csv))
        .route("/join", get(join::show))
        .route("/admin", get(admin::show))
        .route("/sitemap.xml", get(robots::sitemap))
        .route("/sitemap/{number}", get(robots::part))
        .route("/robots.txt", get(robots::robots))
        .fallback(async || Problem::not_found("page"))
        .with_state(pages.clone());
    // The layers of a router are inside of its choice of a route; these must be outside.
    Router::new()
        .route("/assets/{hash}/{*name}", get(asset))
        .fallback_service(
            Router::new()
                .fallback_service(routes)
                .layer(middleware::from_fn_with_state(pages.clone(), serve)),
        )
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(pages, is_on))
}

/// Whether there are pages at all.
async fn is_on(State(pages): State<Pages>, request: Request, next: Next) -> Response {
    match pages.sources.config.current().http.page {
        true => next.run(request).await,
        false => not_found().await,
    }
}

/// What surrounds every page.
async fn serve(State(pages): State<Pages>, mut request: Request, next: Next) -> Response {
    let visit = pages.visit(&request);
    let (method, headers) = (request.method().clone(), request.headers().clone());
    request.extensions_mut().insert(visit.clone());
    let answered = pages.api.within_bounds(request, next).await;
    let mut response = answered.unwrap_or_else(Problem::into_response);
    let status = response.status();
    let is_draft = visit.path().starts_with(drafts::ROOT);
    // What is wrong with a form it says itself.
    let is_said = is_draft && status == StatusCode::UNPROCESSABLE_ENTITY;
    if (status.is_client_error() || status.is_server_error()) && !is_said {
        response = match is_draft {
            true => drafts::problem(&visit, status, &response),
            false => problem(&visit, status, response),
        };
    }
    leave_out_known(&method, &headers, &mut response);
    policy::insert(&mut response, visit.site());
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (VARY, "Accept, Accept-Language"),
    ] {
        insert(&mut response, name, value);
    }
    response
}

/// A file that pages need, which no other file has the path of.
async fn asset(Path((hash, name)): Path<(String, String)>) -> Response {
    let Some(asset) = assets::find(&hash, &name) else {
        return not_found().await;
    };
    let mut response = Response::new(Body::from(asset.content.into_owned()));
    for (name, value) in [
        (CONTENT_TYPE, asset.media_type),
        (CACHE_CONTROL, FOR_EVER),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        insert(&mut response, name, value);
    }
    response
}

/// The page for people in place of what the API would say of a problem.
fn problem(visit: &Visit, status: StatusCode, given: Response) -> Response {
    let page = pages::Problem {
        frame: visit.unlisted(visit.path()),
        status: status.as_u16(),
    };
    let mut response = match page.render() {
        Ok(html) => Response::new(Body::from(html)),
        Err(error) => cannot_write(&error),
    };
    *response.status_mut() = status;
    insert(&mut response, CONTENT_TYPE, "text/html; charset=utf-8");
    insert(&mut response, CACHE_CONTROL, "no-store");
    let headers = response.headers_mut();
    if let Some(allowed) = given.headers().get(http::header::ALLOW) {
        headers.insert(http::header::ALLOW, allowed.clone());
    }
    if given.headers().contains_key(RETRY_AFTER) {
        headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
    }
    response
}

/// What becomes of a question when the relay stops meanwhile.
fn stopping() -> Problem {
    let detail = "the relay is stopping";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
}

/// A page as an answer.
fn shown(page: &impl Template) -> Response {
    written(page, "text/html; charset=utf-8")
}

/// A page on which people sign.
fn signed(page: &impl Template) -> Response {
    let mut response = shown(page);
    response.extensions_mut().insert(policy::Signs);
    response
}

/// What a template writes as an answer of a media type.
fn written(page: &impl Template, media_type: &'static str) -> Response {
    let text = match page.render() {
        Ok(text) => text,
        Err(error) => return cannot_write(&error),
    };
    kept(text, media_type)
}

/// What may be kept for a little while.
fn kept(content: impl Into<Bytes>, media_type: &'static str) -> Response {
    let content = content.into();
    // Compressed or not it is the same page.
    let tag = format!("W/\"{}\"", entity_tag(&content));
    let mut response = Response::new(Body::from(content));
    insert(&mut response, CONTENT_TYPE, media_type);
    insert(&mut response, CACHE_CONTROL, FRESH);
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

fn cannot_write(error: &askama::Error) -> Response {
    tracing::error!(%error, "a page cannot be written");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
