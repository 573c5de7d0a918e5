//! Management over HTTP (NIP-86): who asks is told by NIP-98, what is asked is executed in
//! `calls`. Knows the shape of requests and answers, not what a method does.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use kith_nips::nip86::{MEDIA_TYPE, same_address};
use kith_nips::nip98::{self, HttpAuth, HttpRequest};
use serde_json::{Value, json};

use super::{Sources, allow_every_origin, body, insert};
use crate::clock::unix_now;

mod calls;
mod replays;

use replays::Refused;
pub(super) use replays::Replays;

/// The longest body of a request, in bytes.
const BODY_BYTES_MAX: usize = 65_536;

/// Whether a request asks for management.
pub(crate) fn is_asked_for(method: &Method, headers: &HeaderMap) -> bool {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next());
    method == Method::POST
        && media_type.is_some_and(|name| name.trim().eq_ignore_ascii_case(MEDIA_TYPE))
}

/// Executes a request, if an administrator sent it.
pub(super) async fn answer(sources: &Sources, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = match body::read(body, BODY_BYTES_MAX).await {
        Ok(body) => body,
        Err((status, reason)) => return failed(status, &reason),
    };
    if let Err((status, reason)) = may_manage(sources, &head.headers, &body) {
        return failed(status, &reason);
    }
    match calls::execute(sources, &body).await {
        Ok(result) => respond(StatusCode::OK, &json!({ "result": result })),
        Err(reason) => failed(StatusCode::OK, &reason),
    }
}

/// Whether the request comes from an administrator, and for the first time.
fn may_manage(
    sources: &Sources,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), (StatusCode, String)> {
    let config = sources.config.current();
    let now = unix_now();
    let auth = authorized(
        headers,
        body,
        &config.relay_urls(Some(sources.listening)),
        now,
    )
    .map_err(|reason| (StatusCode::UNAUTHORIZED, reason))?;
    if !config.policy.administrators.contains(&auth.pubkey) {
        let reason = "this key is no administrator of this relay";
        return Err((StatusCode::FORBIDDEN, reason.to_owned()));
    }
    // After the check of the key: strangers cannot fill the memory.
    sources
        .replays
        .first_use(&auth, now)
        .map_err(|refused| match refused {
            Refused::UsedBefore => (
                StatusCode::UNAUTHORIZED,
                "this authorization was used before".to_owned(),
            ),
            Refused::TooMany => (
                StatusCode::TOO_MANY_REQUESTS,
                "too many requests in one minute".to_owned(),
            ),
        })
}

/// Who sends the request. The addresses are those of the configuration: what the client says in
/// `Host` counts for nothing.
fn authorized(
    headers: &HeaderMap,
    body: &[u8],
    relay_urls: &[String],
    now: u64,
) -> Result<HttpAuth, String> {
    let header = headers
        .get(AUTHORIZATION)
        .ok_or("an Authorization header is needed (NIP-98)")?;
    let header = header
        .to_str()
        .map_err(|_| "the Authorization header is no text")?;
    let request = HttpRequest {
        method: "POST",
        body,
        payload_optional: false,
    };
    let is_url = |url: &str| relay_urls.iter().any(|own| same_address(own, url));
    nip98::check(header, &request, is_url, now).map_err(|wrong| wrong.to_string())
}

fn failed(status: StatusCode, reason: &str) -> Response {
    let mut response = respond(status, &json!({ "error": reason }));
    if status == StatusCode::UNAUTHORIZED {
        insert(&mut response, WWW_AUTHENTICATE, "Nostr");
    }
    response
}

fn respond(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let media_type = HeaderValue::from_static(MEDIA_TYPE);
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    allow_every_origin(&mut response);
    response
}
