//! Everything on the relay's port that is not a WebSocket: the relay information document
//! (NIP-11), management (NIP-86), the API, the page for people, and what surrounds them. Knows the
//! configuration and asks the store how much it holds; knows no session.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW,
    CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method, StatusCode};

use crate::config::Live;
use crate::management::Management;
use crate::management::membership::Members;
use crate::store::Store;

mod api;
mod body;
mod nip11;
mod nip86;
mod pages;

pub(crate) use api::{Api, ClientAddress, ROOT};
pub use nip11::{information, supported_nips};
use nip86::Replays;
pub(crate) use nip86::is_asked_for as is_management;

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
    /// Where the relay listens.
    listening: SocketAddr,
    replays: Arc<Replays>,
}

impl Sources {
    /// These, for a relay that listens on `listening`.
    pub(crate) fn new(
        config: Live,
        store: Arc<dyn Store>,
        management: Management,
        members: Members,
        listening: SocketAddr,
    ) -> Self {
        Sources {
            config,
            store,
            management,
            members,
            listening,
            replays: Arc::default(),
        }
    }
}

/// The routes: the relay's own path, the style sheet of its page, and the API.
pub(crate) fn router(relay_path: &str, sources: Sources, api: Api) -> Router {
    let router = Router::new()
        .route(relay_path, any(relay))
        .route(pages::STYLE_PATH, any(style))
        .fallback(not_found)
        .with_state(sources);
    let is_taken = Path::new(relay_path).starts_with(ROOT);
    match is_taken {
        // The operator gave this place to the relay itself.
        true => router,
        false => router.nest_service(ROOT, api::router(api)),
    }
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

async fn relay(State(sources): State<Sources>, request: Request) -> Response {
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
            return nip86::answer(&sources, request).await;
        }
        _ => return method_not_allowed(methods),
    }
    let standing = sources.management.standing();
    if nip11::is_asked_for(request.headers()) {
        let relay_key = sources.members.relay_key();
        return nip11::document(&config, &standing, relay_key);
    }
    if !config.http.page {
        return plain_text(
            StatusCode::OK,
            "This is a Nostr relay. Connect with a Nostr client.\n",
        );
    }
    let events = match sources.store.status().await {
        Ok(status) => Some(status.events),
        Err(error) => {
            tracing::warn!(%error, "the page cannot say how many events there are");
            None
        }
    };
    pages::relay(&config, &standing, request.headers(), events).into_response()
}

async fn style(request: Request) -> Response {
    match *request.method() {
        Method::GET | Method::HEAD => pages::style(),
        _ => method_not_allowed(READING),
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
