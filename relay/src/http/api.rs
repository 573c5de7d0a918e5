//! The HTTP API under [`ROOT`]: the directory for people and programs without a WebSocket, and a way in
//! for signed events. One file for each resource.
//!
//! Everything is asked for as a reader whom the relay does not know: what the gate hides from such a
//! reader, no answer shows. Events go through the same admission as those of a socket.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW,
};
use http::{Extensions, HeaderValue, Method, StatusCode};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{insert, not_found};
use crate::admit::Admission;
use crate::config::Live;
use crate::directory::{Directory, Reading};
use crate::gate::Gate;
use crate::server::{Ceiling, Full};
use crate::store::Store;

pub(super) mod answer;
mod atom;
mod communities;
mod cursor;
mod events;
mod facets;
mod feeds;
mod format;
mod geojson;
pub(super) mod listing;
mod meetups;
mod model;
mod openapi;
pub(super) mod parameter;
mod people;
mod places;
pub(super) mod problem;
pub(super) mod reference;
mod search;
pub(super) mod site;
mod stats;
pub(super) mod values;
mod writing;

use answer::Answer;
use events::Rates;
use feeds::Feeds;
use format::Format;
use parameter::NoParameters;
use problem::Problem;

/// Where the API is.
pub(crate) const ROOT: &str = "/api/v1";

/// Requests that are worked on at once.
const REQUESTS_IN_FLIGHT_MAX: usize = 128;

/// The same from one address.
const REQUESTS_IN_FLIGHT_PER_ADDRESS_MAX: usize = 16;

/// The longest that an answer may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// For how long a browser may remember that another site may ask, in seconds.
const PREFLIGHT_SECONDS: &str = "86400";

/// The address of the client, as the server found it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

/// What the API answers from.
#[derive(Clone)]
pub(crate) struct Api {
    config: Live,
    store: Arc<dyn Store>,
    directory: Directory,
    admission: Arc<Admission>,
    gate: Gate,
    in_flight: Arc<Ceiling>,
    rates: Arc<Rates>,
    feeds: Arc<Feeds>,
}

impl Api {
    /// Over this store, for readers whom `gate` lets in and events that `admission` does.
    pub(crate) fn new(
        config: Live,
        store: Arc<dyn Store>,
        admission: Arc<Admission>,
        gate: Gate,
    ) -> Self {
        Api {
            config,
            directory: Directory::new(Arc::clone(&store)),
            store,
            admission,
            gate,
            in_flight: Arc::default(),
            rates: Arc::default(),
            feeds: Arc::default(),
        }
    }

    /// The directory as somebody sees it whom the relay does not know, now.
    pub(super) fn reading(&self) -> Result<Reading, Problem> {
        self.may_read()?;
        let anybody = self.gate.reader([]).scan_options(0, 0);
        Ok(self.directory.reading(anybody.visible, anybody.now))
    }

    /// Answers a request of the API or for a page, of which only so many are answered at once.
    pub(super) async fn within_bounds(
        &self,
        request: Request,
        next: Next,
    ) -> Result<Response, Problem> {
        let _place = self
            .in_flight
            .take(
                client_address(request.extensions()),
                REQUESTS_IN_FLIGHT_MAX,
                REQUESTS_IN_FLIGHT_PER_ADDRESS_MAX,
            )
            .map_err(too_many)?;
        let answer = tokio::time::timeout(ANSWER_TIME_MAX, next.run(request)).await;
        answer.map_err(|_| {
            let detail = "the answer would have taken too long";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
        })
    }

    fn may_read(&self) -> Result<(), Problem> {
        match self.admission.policy().auth_required {
            false => Ok(()),
            true => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "this relay answers only after authentication (NIP-42), on its WebSocket",
            )),
        }
    }

    /// Whether texts are searched.
    pub(super) fn searches(&self) -> bool {
        self.config.current().features.search
    }
}

/// The routes, below [`ROOT`].
pub(crate) fn router(api: Api) -> Router {
    let (router, description) = OpenApiRouter::with_openapi(openapi::description())
        .routes(routes!(communities::list))
        .routes(routes!(communities::one))
        .routes(routes!(communities::members))
        .routes(routes!(communities::meetups))
        .routes(routes!(meetups::list))
        .routes(routes!(meetups::one))
        .routes(routes!(meetups::rsvps))
        .routes(routes!(people::agenda))
        .routes(routes!(people::communities))
        .routes(routes!(places::list))
        .routes(routes!(facets::topics))
        .routes(routes!(facets::cities))
        .routes(routes!(search::list))
        .routes(routes!(stats::show))
        .routes(routes!(events::publish))
        .split_for_parts();
    let description = openapi::written(&description);
    let describe = async move |_: NoParameters| {
        Answer::of(Format::Json.media_type(), description.clone()).lasting()
    };
    let routes = router
        .route(openapi::PATH, get(describe))
        .fallback(async || Problem::not_found("resource"))
        .with_state(api.clone());
    // The layers of a router are inside of its choice of a route and of what it says of other methods;
    // these must be outside.
    Router::new()
        .fallback_service(routes)
        .layer(middleware::from_fn_with_state(api, serve))
        .layer(middleware::map_request(format::take_ending))
}

/// What surrounds every answer.
async fn serve(State(api): State<Api>, request: Request, next: Next) -> Response {
    let config = api.config.current();
    if !config.http.api {
        return not_found().await;
    }
    let method = request.method().clone();
    let headers = request.headers().clone();
    let answered = api.within_bounds(request, next).await;
    let mut response = answered.unwrap_or_else(Problem::into_response);
    if method == Method::OPTIONS {
        response = preflight(response);
    } else if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response = method_not_allowed(response);
    } else {
        answer::leave_out_known(&method, &headers, &mut response);
    }
    insert(&mut response, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    insert(
        &mut response,
        ACCESS_CONTROL_EXPOSE_HEADERS,
        "etag, link, retry-after",
    );
    response
}

/// Whose request it is.
fn client_address(extensions: &Extensions) -> IpAddr {
    match extensions.get() {
        Some(ClientAddress(address)) => *address,
        None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    }
}

fn too_many(full: Full) -> Problem {
    match full {
        Full::Relay => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the relay answers as many requests as it can",
        ),
        Full::Address => Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too many requests from your address at once",
        ),
    }
}

/// What may be done, as the routes know it.
fn allowed(response: &Response) -> HeaderValue {
    let methods = response
        .headers()
        .get(ALLOW)
        .and_then(|methods| methods.to_str().ok())
        .unwrap_or_default();
    HeaderValue::try_from(format!("{methods},OPTIONS"))
        .unwrap_or(HeaderValue::from_static("OPTIONS"))
}

/// What a browser asks before it lets a page of another site ask.
fn preflight(response: Response) -> Response {
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let allowed = allowed(&response);
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(ALLOW, allowed.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, allowed);
    insert(
        &mut response,
        ACCESS_CONTROL_ALLOW_HEADERS,
        "accept, content-type, if-none-match",
    );
    insert(&mut response, ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
    response
}

fn method_not_allowed(response: Response) -> Response {
    let allowed = allowed(&response);
    let detail = "this cannot be done here; Allow says what can";
    let mut response = Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail).into_response();
    response.headers_mut().insert(ALLOW, allowed);
    response
}

#[cfg(test)]
mod tests;
