//! Everything on the relay's port that is not a WebSocket: the relay information document
//! (NIP-11), management (NIP-86 and beside it), the file of names (NIP-05), the API, the pages for people, and what surrounds them. Knows the
//! configuration and asks the store how much it holds; knows no session.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW,
    CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};

use kith_nips::nip86::MEDIA_TYPE;

use crate::config::Live;
use crate::management::Management;
use crate::management::membership::Members;
use crate::management::names::GivenNames;
use crate::store::Store;

mod administrators;
mod announcing;
mod api;
mod body;
mod console;
mod nip11;
mod nip86;
mod nostr_json;
mod pages;

use administrators::Replays;
pub(crate) use announcing::announce_pages;
pub(crate) use api::{Api, ClientAddress, ROOT};
use console::Watching;
pub(crate) use console::{Measured, Stopping};
pub use nip11::{information, supported_nips};
pub(crate) use nostr_json::is_file_of_names;

/// What can be done with a page or document here.
const READING: &str = "GET, HEAD, OPTIONS";
/// The same where administrators may manage the relay.
const READING_AND_MANAGING: &str = "GET, HEAD, POST, OPTIONS";

/// What the answers are made from.
#[derive(Clone)]
pub(crate) struct Sources {
    /// The configuration in force.
    config: Live,
    /// Where the events are.
    store: Arc<dyn Store>,
    /// What administrators change.
    management: Management,
    /// Who belongs to the relay.
    members: Members,
    /// Who has a name here.
    names: GivenNames,
    /// Where the relay listens.
    listening: SocketAddr,
    /// What is counted while it runs.
    measured: Measured,
    replays: Arc<Replays>,
    watching: Watching,
}

impl Sources {
    /// These, for a relay that listens on `listening`.
    pub(crate) fn new(
        config: Live,
        store: Arc<dyn Store>,
        management: Management,
        members: Members,
        names: GivenNames,
        listening: SocketAddr,
        measured: Measured,
    ) -> Self {
        Sources {
            config,
            store,
            management,
            members,
            names,
            listening,
            measured,
            replays: Arc::default(),
            watching: Watching::default(),
        }
    }
}

/// Whether a request is one of those that administrators send.
pub(crate) fn is_management(method: &Method, headers: &HeaderMap) -> bool {
    nip86::is_asked_for(method, headers) || console::is_asked_for(method, headers)
}

/// The routes: the relay itself at its own path, the file of names, the API, and the pages everywhere else.
pub(crate) fn router(relay_path: &str, sources: Sources, api: Api) -> Router {
    let at = At {
        path: relay_path.into(),
        sources: sources.clone(),
    };
    let router = Router::new()
        .route(nostr_json::PATH, nostr_json::route(&sources, &api))
        .fallback_service(pages::router(sources, api.clone()));
    let is_taken = Path::new(relay_path).starts_with(ROOT);
    let router = match is_taken {
        // The operator gave this place to the relay itself.
        true => router,
        false => router.nest_service(ROOT, api::router(api)),
    };
    router.layer(middleware::from_fn_with_state(at, relay))
}

/// The relay at its path.
#[derive(Clone)]
struct At {
    path: Arc<str>,
    sources: Sources,
}

/// What every page of another site may read, whatever it says.
pub(crate) fn readable_everywhere(response: &mut Response) {
    insert(response, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
}

/// A short answer in plain text.
pub(crate) fn plain_text(status: StatusCode, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Answers what is asked of the relay itself; who wants to read gets a page.
async fn relay(State(at): State<At>, mut request: Request, next: Next) -> Response {
    if request.uri().path() != &*at.path {
        return next.run(request).await;
    }
    let sources = at.sources;
    let config = sources.config.current();
    let methods = match config.features.management {
        true => READING_AND_MANAGING,
        false => READING,
    };
    match *request.method() {
        Method::GET | Method::HEAD => {}
        Method::OPTIONS => return preflight(methods),
        Method::POST
            if config.features.management && is_management(request.method(), request.headers()) =>
        {
            return managed(&sources, request).await;
        }
        _ => return method_not_allowed(methods),
    }
    if nip11::is_asked_for(request.headers()) {
        let standing = sources.management.standing();
        let relay_key = sources.members.relay_key();
        return nip11::document(&config, &standing, relay_key);
    }
    if !config.http.page {
        return plain_text(
            StatusCode::OK,
            "This is a Nostr relay. Connect with a Nostr client.\n",
        );
    }
    if &*at.path != "/" {
        *request.uri_mut() = Uri::from_static(pages::ABOUT);
    }
    next.run(request).await
}

/// Answers an administrator.
async fn managed(sources: &Sources, request: Request) -> Response {
    let is_console = console::is_asked_for(request.method(), request.headers());
    let media_type = match is_console {
        true => console::MEDIA_TYPE,
        false => MEDIA_TYPE,
    };
    match administrators::asked(sources, media_type, request).await {
        Ok(asked) if is_console => console::answer(sources, asked).await,
        Ok(asked) => nip86::answer(sources, &asked).await,
        Err(refused) => refused,
    }
}

async fn not_found() -> Response {
    plain_text(StatusCode::NOT_FOUND, "There is nothing here.\n")
}

fn method_not_allowed(methods: &'static str) -> Response {
    let mut response = plain_text(StatusCode::METHOD_NOT_ALLOWED, "This can only be read.\n");
    insert(&mut response, ALLOW, methods);
    response
}

/// What a browser asks before it lets a page of another site read a document or manage the relay.
fn preflight(methods: &'static str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    allow_every_origin(&mut response);
    insert(&mut response, ACCESS_CONTROL_ALLOW_METHODS, methods);
    insert(&mut response, ALLOW, methods);
    response
}

fn allow_every_origin(response: &mut Response) {
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        // The star does not stand for the first of these (Fetch standard, CORS protocol).
        (
            ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, accept, *",
        ),
        (ACCESS_CONTROL_ALLOW_METHODS, READING),
    ] {
        insert(response, name, value);
    }
}

fn insert(response: &mut Response, name: HeaderName, value: &'static str) {
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}
