//! Requests of administrators: who asks is told by NIP-98. Knows the shape of answers, not what is
//! asked for.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode};
use kith_nips::PublicKey;
use kith_nips::nip86::same_address;
use kith_nips::nip98::{self, HttpAuth, HttpRequest};
use serde_json::{Value, json};

use super::{Sources, allow_every_origin, body, insert};
use crate::clock::unix_now;

mod replays;

use replays::Refused;
pub(super) use replays::Replays;

/// The longest body of a request, in bytes.
const BODY_BYTES_MAX: usize = 65_536;

/// What an administrator asks.
#[derive(Debug)]
pub(super) struct Asked {
    /// Who.
    pub(super) by: PublicKey,
    /// What, as it was sent.
    pub(super) body: Bytes,
    /// What the server knows of the request.
    pub(super) extensions: Extensions,
}

/// Whether a request brings something of this media type.
pub(super) fn is_of(media_type: &str, method: &Method, headers: &HeaderMap) -> bool {
    let named = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next());
    method == Method::POST && named.is_some_and(|name| name.trim().eq_ignore_ascii_case(media_type))
}

/// Reads a request, if an administrator sent it.
///
/// # Errors
/// The answer to anybody else, of this media type.
pub(super) async fn asked(
    sources: &Sources,
    media_type: &'static str,
    request: Request,
) -> Result<Asked, Response> {
    let (head, body) = request.into_parts();
    let read = body::read(body, BODY_BYTES_MAX).await;
    let body = read.map_err(|(status, reason)| failed(media_type, status, &reason))?;
    let by = may_manage(sources, &head.headers, &body)
        .map_err(|(status, reason)| failed(media_type, status, &reason))?;
    Ok(Asked {
        by,
        body,
        extensions: head.extensions,
    })
}

/// Whether the request comes from an administrator, and for the first time.
fn may_manage(
    sources: &Sources,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<PublicKey, (StatusCode, String)> {
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
    match sources.replays.first_use(&auth, now) {
        Ok(()) => Ok(auth.pubkey),
        Err(Refused::UsedBefore) => Err((
            StatusCode::UNAUTHORIZED,
            "this authorization was used before".to_owned(),
        )),
        Err(Refused::TooMany) => Err((
            StatusCode::TOO_MANY_REQUESTS,
            "too many requests in one minute".to_owned(),
        )),
    }
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

/// The answer to what had no effect.
pub(super) fn failed(media_type: &'static str, status: StatusCode, reason: &str) -> Response {
    let mut response = respond(media_type, status, &json!({ "error": reason }));
    if status == StatusCode::UNAUTHORIZED {
        insert(&mut response, WWW_AUTHENTICATE, "Nostr");
    }
    response
}

/// An answer.
pub(super) fn respond(media_type: &'static str, status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let media_type = HeaderValue::from_static(media_type);
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    allow_every_origin(&mut response);
    response
}
