//! Management over HTTP (NIP-86): what is asked is executed in `calls`, who may ask is decided in
//! `administrators`. Knows the shape of requests and answers, not what a method does.

use axum::response::Response;
use http::{HeaderMap, Method, StatusCode};
use kith_nips::nip86::MEDIA_TYPE;
use serde_json::json;

use super::Sources;
use super::administrators::{Asked, failed, is_of, respond};

mod calls;

/// Whether a request asks for management.
pub(super) fn is_asked_for(method: &Method, headers: &HeaderMap) -> bool {
    is_of(MEDIA_TYPE, method, headers)
}

/// Executes what an administrator asked for.
pub(super) async fn answer(sources: &Sources, asked: &Asked) -> Response {
    match calls::execute(sources, &asked.body).await {
        Ok(result) => respond(MEDIA_TYPE, StatusCode::OK, &json!({ "result": result })),
        Err(reason) => failed(MEDIA_TYPE, StatusCode::OK, &reason),
    }
}
