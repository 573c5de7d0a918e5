//! Answers: a body that is complete, with what a cache needs to know about it.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LINK, VARY};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::cursor::{self, ListId};
use super::parameter::Query;
use super::problem::Problem;
use super::values::CursorText;
use super::{ROOT, format::Format};
use crate::directory::{Page, Place};

/// How long lists and notes may be kept, in seconds: what is in them changes at any time.
const FRESH: &str = "public, max-age=30";

/// How long may be kept what changes with the program only.
const LASTING: &str = "public, max-age=3600";

/// Bytes of the hash in an entity tag.
const TAG_BYTES: usize = 16;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ListOf<T> {
    /// What is on this page. There may be fewer than were asked for although more follow.
    pub(in crate::http) items: Vec<T>,
    /// The `cursor` of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::http) next: Option<String>,
    /// Whether a bound of the relay left something out that no further page has.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) cut: bool,
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// A list as it was asked for: which one it is, and how to ask for its next page.
#[derive(Debug, Clone)]
pub(in crate::http) struct Asked {
    path: String,
    pairs: Vec<(String, String)>,
    list: ListId,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let path = parts.uri.path().to_owned();
        Ok(Asked::of(path, Query::of(parts)?.pairs().to_vec()))
    }
}

impl Asked {
    /// The list at `path` with these parameters.
    pub(in crate::http) fn of(path: String, pairs: Vec<(String, String)>) -> Self {
        let list = ListId::of(&path, &pairs);
        Asked { path, pairs, list }
    }

    /// The place where the page begins.
    pub(in crate::http) fn place(
        &self,
        cursor: Option<&CursorText>,
    ) -> Result<Option<Place>, Problem> {
        let read = |CursorText(text): &CursorText| {
            cursor::read(text, self.list).map_err(|wrong| Problem::parameter("cursor", wrong))
        };
        cursor.map(read).transpose()
    }

    /// Where this very answer is, in this format.
    pub(super) fn itself(&self, format: Format) -> String {
        let others = self.pairs.iter().filter(|(name, _)| name != "format");
        let pairs: Vec<_> = others.cloned().collect();
        match format {
            Format::Json => address(&self.path, &pairs),
            _ => address(&format!("{}.{}", self.path, format.name()), &pairs),
        }
    }

    /// A page as it is written.
    pub(in crate::http) fn list<T, U>(&self, page: Page<T>, write: impl Fn(&T) -> U) -> ListOf<U> {
        ListOf {
            items: page.items.iter().map(write).collect(),
            next: page.next.map(|place| cursor::write(place, self.list)),
            cut: page.cut,
        }
    }

    /// A page in JSON, with a link to the next.
    pub(super) fn answer<T: Serialize>(&self, list: &ListOf<T>) -> Answer {
        Answer::json(list).linked(self.next_page(list.next.as_deref()))
    }

    /// Where the next page is.
    pub(super) fn next_page(&self, cursor: Option<&str>) -> Option<String> {
        let cursor = cursor?;
        let others = self.pairs.iter().filter(|(name, _)| name != "cursor");
        let next = ("cursor".to_owned(), cursor.to_owned());
        let pairs: Vec<_> = others.cloned().chain([next]).collect();
        Some(address(&self.path, &pairs))
    }
}

fn address(path: &str, pairs: &[(String, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    match query.finish() {
        empty if empty.is_empty() => format!("{ROOT}{path}"),
        query => format!("{ROOT}{path}?{query}"),
    }
}

/// A complete answer.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    media_type: &'static str,
    body: Bytes,
    next_page: Option<String>,
    kept: Option<&'static str>,
}

impl Answer {
    /// 200 with a value in JSON.
    pub(super) fn json<T: Serialize>(value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Answer::of(Format::Json.media_type(), body),
            // Only keys that are no text cannot be written, and there are none.
            Err(_) => Answer {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                ..Answer::of(Format::Json.media_type(), Vec::new())
            },
        }
    }

    /// 200 with a body of some media type.
    pub(super) fn of(media_type: &'static str, body: impl Into<Bytes>) -> Self {
        Answer {
            status: StatusCode::OK,
            media_type,
            body: body.into(),
            next_page: None,
            kept: Some(FRESH),
        }
    }

    /// The same with a link to the next page.
    pub(super) fn linked(self, next_page: Option<String>) -> Self {
        Answer { next_page, ..self }
    }

    /// The same under another media type.
    pub(super) fn typed(self, media_type: &'static str) -> Self {
        Answer { media_type, ..self }
    }

    /// The same, to be kept longer.
    pub(super) fn lasting(self) -> Self {
        Answer {
            kept: Some(LASTING),
            ..self
        }
    }

    /// The same with another status, to be kept by nobody.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Answer {
            status,
            kept: None,
            ..self
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let tag = entity_tag(&self.body);
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        headers.insert(VARY, HeaderValue::from_static("Accept"));
        match self.kept {
            Some(kept) => {
                headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
                if let Ok(tag) = HeaderValue::try_from(format!("\"{tag}\"")) {
                    headers.insert(ETAG, tag);
                }
            }
            None => {
                headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
        }
        if let Some(next_page) = self.next_page
            && let Ok(link) = HeaderValue::try_from(format!("<{next_page}>; rel=\"next\""))
        {
            headers.insert(LINK, link);
        }
        response
    }
}

/// What changes with a body and only with it.
pub(in crate::http) fn entity_tag(body: &[u8]) -> String {
    let hash: [u8; 32] = Sha256::digest(body).into();
    let bytes = hash.iter().take(TAG_BYTES);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// Leaves the body out if the client of a GET or HEAD has it already (RFC 9110 §13.1.2).
pub(in crate::http) fn leave_out_known(
    method: &Method,
    request: &HeaderMap,
    response: &mut Response,
) {
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    if is_read && is_known(request, response.headers()) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(CONTENT_TYPE);
        response.headers_mut().remove(CONTENT_LENGTH);
    }
}

fn is_known(request: &HeaderMap, response: &HeaderMap) -> bool {
    let Some(tag) = response.get(ETAG).and_then(|tag| tag.to_str().ok()) else {
        return false;
    };
    // The comparison is the weak one: a tag means the same with and without `W/`.
    let strong = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    let tag = strong(tag);
    let given = request.get_all(IF_NONE_MATCH).iter();
    let mut given = given
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim);
    given.any(|given| given == "*" || strong(given) == tag)
}
