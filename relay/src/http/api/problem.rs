//! What went wrong, as RFC 9457 says it: `application/problem+json`, naming the parameter.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use tracing::error;
use utoipa::openapi::response::Response as OpenApiResponse;
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::store::StoreError;

/// The media type of a problem.
pub(super) const MEDIA_TYPE: &str = "application/problem+json";

/// When to try again, in seconds.
const RETRY_AFTER_SECONDS: u16 = 1;

/// A request that was not answered as it asked (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemDetails {
    /// Always `about:blank`: the status says what sort of problem it is.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    kind: &'static str,
    /// The words of the status.
    #[schema(example = "Bad Request")]
    title: &'static str,
    /// The status of the answer.
    #[schema(example = 400, minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong, for people.
    #[schema(example = "latitude 91 is not between -90 and 90")]
    detail: String,
    /// The parameter that is wrong, in the query or the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "near")]
    parameter: Option<String>,
    /// Of an event that was not taken: the second element of its OK message (NIP-01).
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<bool>,
    /// The id of that event, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// The first word of its OK message.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "invalid")]
    prefix: Option<String>,
}

/// A request that was not answered as it asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct Problem(Box<ProblemDetails>);

impl Problem {
    /// The status of the answer.
    pub(in crate::http) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// A problem without more to it.
    pub(in crate::http) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Problem(Box::new(ProblemDetails {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: detail.into(),
            parameter: None,
            accepted: None,
            id: None,
            prefix: None,
        }))
    }

    /// A parameter has a value that it cannot have.
    pub(in crate::http) fn parameter(name: impl Into<String>, detail: impl Into<String>) -> Self {
        let mut problem = Problem::new(StatusCode::BAD_REQUEST, detail);
        problem.0.parameter = Some(name.into());
        problem
    }

    /// There is no such thing.
    pub(in crate::http) fn not_found(what: &str) -> Self {
        Problem::new(StatusCode::NOT_FOUND, format!("there is no such {what}"))
    }

    /// An event was not taken.
    pub(super) fn refused(
        status: StatusCode,
        message: String,
        id: Option<String>,
        prefix: Option<String>,
    ) -> Self {
        let mut problem = Problem::new(status, message);
        problem.0.accepted = Some(false);
        problem.0.id = id;
        problem.0.prefix = prefix;
        problem
    }
}

/// The problems of questions, for OpenAPI.
pub(super) struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<OpenApiResponse>> {
        let problem = |about: &str| {
            let content = Content::new(Some(Ref::from_schema_name("Problem")));
            let response = ResponseBuilder::new()
                .description(about)
                .content(MEDIA_TYPE, content);
            RefOr::T(response.build())
        };
        let unchanged =
            ResponseBuilder::new().description("As before: If-None-Match names this answer");
        [
            ("304", RefOr::T(unchanged.build())),
            ("400", problem("A parameter is wrong; `parameter` names it")),
            (
                "403",
                problem("The relay answers only after authentication"),
            ),
            ("404", problem("There is no such thing")),
            (
                "429",
                problem("Too many requests at once from this address"),
            ),
            ("503", problem("The relay cannot answer now")),
            ("default", problem("Any other problem")),
        ]
        .map(|(status, response)| (status.to_owned(), response))
        .into()
    }
}

/// The operator reads more in the log.
impl From<StoreError> for Problem {
    fn from(failure: StoreError) -> Self {
        error!(%failure, "a question to the API could not be answered");
        let detail = "the store could not answer, try again";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        // Nothing in it can fail to serialise; the status says the most important anyway.
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
        ) {
            headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        response
    }
}
