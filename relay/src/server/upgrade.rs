//! The server's side of the WebSocket handshake (RFC 6455 §4.2): is this an upgrade, and is it a
//! right one? Knows nothing of connections or sessions.

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    ALLOW, CONNECTION, HeaderName, RETRY_AFTER, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version};
use sha1::{Digest, Sha1};

use crate::http::plain_text;

/// The version of the protocol in RFC 6455.
const WEBSOCKET_VERSION: &str = "13";
/// What a server hashes with the key, to show that it speaks the protocol.
const WEBSOCKET_GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// Base64 of the 16 bytes that a key is.
const KEY_CHARS: usize = 24;
/// When an address with too many connections may try again.
const RETRY_AFTER_SECONDS: &str = "30";

/// An upgrade that is not answered with 101, or a request from where none are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// No relay on this path (NIP-01).
    NoSuchPath,
    /// Not a GET.
    Method,
    /// Another version of the WebSocket protocol.
    Version,
    /// The key is missing or is not 16 bytes in base64.
    Key,
    /// An administrator blocked this address (NIP-86).
    Blocked,
    /// This address has too many connections.
    AddressFull,
    /// The relay has too many connections.
    RelayFull,
    /// The relay is stopping.
    Stopping,
}

/// Whether a request asks to become a WebSocket, rightly or wrongly.
pub(super) fn is_upgrade<B>(request: &Request<B>) -> bool {
    request.version() == Version::HTTP_11
        && has_token(request.headers(), &CONNECTION, "upgrade")
        && has_token(request.headers(), &UPGRADE, "websocket")
}

/// Checks an upgrade and gives the value of `Sec-WebSocket-Accept`.
pub(super) fn accept_key<B>(request: &Request<B>) -> Result<String, Refused> {
    if request.method() != Method::GET {
        return Err(Refused::Method);
    }
    let header = |name| request.headers().get(name).map(HeaderValue::as_bytes);
    if header(SEC_WEBSOCKET_VERSION) != Some(WEBSOCKET_VERSION.as_bytes()) {
        return Err(Refused::Version);
    }
    match header(SEC_WEBSOCKET_KEY) {
        Some(key) if is_key(key) => Ok(accept_value(key)),
        _ => Err(Refused::Key),
    }
}

/// 101.
pub(super) fn switching(accept_key: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(value) = HeaderValue::from_str(accept_key) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, value);
    }
    response
}

impl Refused {
    /// The answer in HTTP.
    pub(super) fn response(self) -> Response<Body> {
        let (status, text) = match self {
            Refused::NoSuchPath => (StatusCode::NOT_FOUND, "There is no relay on this path."),
            Refused::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                "A WebSocket begins with GET.",
            ),
            Refused::Version => (
                StatusCode::UPGRADE_REQUIRED,
                "This relay speaks version 13 of the WebSocket protocol.",
            ),
            Refused::Key => (
                StatusCode::BAD_REQUEST,
                "Sec-WebSocket-Key must be 16 bytes in base64.",
            ),
            Refused::Blocked => (StatusCode::FORBIDDEN, "Your address is blocked."),
            Refused::AddressFull => (
                StatusCode::TOO_MANY_REQUESTS,
                "Too many connections from your address.",
            ),
            Refused::RelayFull => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The relay has as many connections as it takes.",
            ),
            Refused::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "The relay is stopping."),
        };
        let mut response = plain_text(status, text);
        let mut add = |name: HeaderName, value| {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        };
        match self {
            Refused::Method => add(ALLOW, "GET"),
            Refused::Version => {
                add(SEC_WEBSOCKET_VERSION, WEBSOCKET_VERSION);
                add(UPGRADE, "websocket");
                add(CONNECTION, "Upgrade");
            }
            Refused::AddressFull | Refused::RelayFull => add(RETRY_AFTER, RETRY_AFTER_SECONDS),
            Refused::Blocked => add(CONNECTION, "close"),
            Refused::NoSuchPath | Refused::Key | Refused::Stopping => {}
        }
        response
    }
}

fn accept_value(key: &[u8]) -> String {
    let hash = Sha1::new().chain_update(key).chain_update(WEBSOCKET_GUID);
    STANDARD.encode(hash.finalize())
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|part| part.trim().eq_ignore_ascii_case(token))
}

fn is_key(key: &[u8]) -> bool {
    let Some((digits, padding)) = key.split_at_checked(KEY_CHARS - 2) else {
        return false;
    };
    padding == b"=="
        && digits
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'+' || *byte == b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(changes: &[(&'static str, Option<&'static str>)]) -> Request<()> {
        let mut request = Request::new(());
        let usual = [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        for (name, value) in usual {
            request
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        for (name, value) in changes {
            match value {
                Some(value) => {
                    request
                        .headers_mut()
                        .insert(*name, HeaderValue::from_static(value));
                }
                None => {
                    request.headers_mut().remove(*name);
                }
            }
        }
        request
    }

    #[test]
    fn the_example_of_rfc_6455_is_accepted() {
        let request = request(&[]);
        assert!(is_upgrade(&request));
        let key = accept_key(&request).unwrap();
        assert_eq!(key, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        let response = switching(&key);
        assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
        assert_eq!(response.headers()[SEC_WEBSOCKET_ACCEPT], key);
    }

    #[test]
    fn other_requests_are_not_upgrades() {
        assert!(!is_upgrade(&request(&[("upgrade", Some("h2c"))])));
        assert!(!is_upgrade(&request(&[("connection", Some("keep-alive"))])));
        assert!(!is_upgrade(&request(&[("upgrade", None)])));
    }

    #[test]
    fn wrong_handshakes_are_refused() {
        let refusal = |name, value| accept_key(&request(&[(name, value)])).unwrap_err();
        assert_eq!(
            refusal("sec-websocket-version", Some("8")),
            Refused::Version
        );
        assert_eq!(refusal("sec-websocket-version", None), Refused::Version);
        assert_eq!(refusal("sec-websocket-key", None), Refused::Key);
        assert_eq!(refusal("sec-websocket-key", Some("short")), Refused::Key);
        let mut post = request(&[]);
        *post.method_mut() = Method::POST;
        assert_eq!(accept_key(&post).unwrap_err(), Refused::Method);
        assert_eq!(
            Refused::Version.response().headers()[SEC_WEBSOCKET_VERSION],
            "13"
        );
    }
}
