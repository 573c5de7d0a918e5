//! `events`: a signed event, on the same road as those of a socket, with the same answer.

use axum::body::Body;
use axum::extract::{Request, State};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use kith_nips::Prefix;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::parameter::Query;
use super::problem::{Problem, ProblemDetails};
use super::{Api, client_address};
use crate::admit::{Decision, Verdict};
use crate::http::body;
use crate::store::Outcome;

mod rates;

pub(super) use rates::Rates;

/// A signed event (NIP-01).
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only describes what the parser of events reads")]
pub(super) struct SignedEvent {
    /// SHA-256 of the event, in hex.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    id: String,
    /// The key of the author, in hex.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pubkey: String,
    /// Unix seconds.
    created_at: u64,
    /// What sort of event it is.
    #[schema(maximum = 65535)]
    kind: u16,
    /// What else it says.
    tags: Vec<Vec<String>>,
    /// What it says.
    content: String,
    /// The signature of the id (BIP-340), in hex.
    #[schema(pattern = "^[0-9a-f]{128}$")]
    sig: String,
}

/// An event that was taken: what its OK message says.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Accepted {
    /// The id of the event.
    id: String,
    /// Always true; of an event that was not taken it is in the problem, and false.
    accepted: bool,
    /// The words of the OK message; mostly none.
    #[schema(example = "duplicate: this event is stored already")]
    message: String,
    /// The first of them, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "duplicate")]
    prefix: Option<String>,
}

/// Publish a signed event.
///
/// Everything that holds for `EVENT` on the relay's socket holds here, of a client that did not authenticate.
#[utoipa::path(
    post,
    path = "/events",
    operation_id = "publishEvent",
    tag = "events",
    request_body = SignedEvent,
    responses(
        (status = 201, description = "Stored", body = Accepted),
        (status = 200, description = "Taken, and nothing new was stored", body = Accepted),
        (status = 400, description = "No event, or not a right one", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Not wanted here, or not by this author", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "A newer version is stored", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Too long", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 415, description = "No JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "Too many events", body = ProblemDetails, content_type = "application/problem+json"),
        (status = "default", description = "Any other problem", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(super) async fn publish(State(api): State<Api>, request: Request) -> Result<Answer, Problem> {
    let (head, body) = request.into_parts();
    Query::of(&head)?.finish()?;
    if !is_json(&head.headers) {
        let detail = "an event is application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let text = text_of(&api, body).await?;
    let limits = &api.config.current().limits;
    let rate = u32::try_from(limits.events_per_second_max).unwrap_or(u32::MAX);
    if !api.rates.take(client_address(&head.extensions), rate) {
        let message = format!(
            "{}: more than {rate} events per second",
            Prefix::RateLimited
        );
        let verdict = Verdict::Unidentified(message.clone());
        api.admission.tally().count(&verdict);
        let prefix = Some(Prefix::RateLimited.to_string());
        return Err(Problem::refused(
            StatusCode::TOO_MANY_REQUESTS,
            message,
            None,
            prefix,
        ));
    }
    let verdict = api.admission.admit(&text, &[]).await;
    api.admission.tally().count(&verdict);
    answer(verdict)
}

async fn text_of(api: &Api, body: Body) -> Result<String, Problem> {
    let bytes_max = api.config.current().limits.max_message_length_bytes;
    let read = body::read(body, bytes_max).await;
    let bytes = read.map_err(|(status, reason)| Problem::new(status, reason))?;
    String::from_utf8(bytes.into())
        .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the body is not UTF-8"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next());
    media_type.is_some_and(|name| name.trim().eq_ignore_ascii_case("application/json"))
}

fn answer(verdict: Verdict) -> Result<Answer, Problem> {
    let (id, decision) = match verdict {
        Verdict::Event { id, decision } => (id.to_string(), decision),
        Verdict::Unidentified(reason) => {
            let prefix = Some(Prefix::of(&reason).0.to_string());
            return Err(Problem::refused(
                StatusCode::BAD_REQUEST,
                reason,
                None,
                prefix,
            ));
        }
    };
    let message = decision.message().into_owned();
    let prefix = (!message.is_empty()).then(|| Prefix::of(&message).0);
    let word = prefix.map(|prefix| prefix.to_string());
    if !decision.accepted() {
        let status = status_of(prefix.unwrap_or(Prefix::Error));
        return Err(Problem::refused(status, message, Some(id), word));
    }
    let accepted = Accepted {
        id,
        accepted: true,
        message,
        prefix: word,
    };
    let status = match decision {
        Decision::Judged(Outcome::Saved(_)) | Decision::Unnamed(_) => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    Ok(Answer::json(&accepted).with_status(status))
}

/// The status of an answer to an event that was not taken.
fn status_of(prefix: Prefix) -> StatusCode {
    match prefix {
        Prefix::Blocked | Prefix::Restricted | Prefix::AuthRequired => StatusCode::FORBIDDEN,
        Prefix::Duplicate | Prefix::Mute => StatusCode::CONFLICT,
        Prefix::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Prefix::Error => StatusCode::SERVICE_UNAVAILABLE,
        Prefix::Invalid | Prefix::Pow | Prefix::Unsupported | Prefix::Info | Prefix::Closed => {
            StatusCode::BAD_REQUEST
        }
    }
}
