//! Drafts: what somebody filled into a form, as the notes to sign (`POST /draft/<what>`). The browser signs
//! and publishes them; nothing is stored here, so that nothing can be done in the name of somebody else.
//!
//! Reads what is stored and public; what a draft says is decided in `kith-web`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use kith_nips::{EventId, PublicKey};
use kith_web::drafts::{Drafted, Form, Problems, Sayer};
use serde_json::Value;

use super::visit::Visit;
use super::{Pages, RETRY_AFTER_SECONDS, insert};
use crate::directory::{CommunityRecord, MeetupView, Reading};
use crate::http::api::problem::Problem;
use crate::http::api::reference;
use crate::http::body;
use crate::store::StoreError;

mod announcing;
mod importing;
mod organizing;
mod preview;
mod profile;
mod running;
mod talking;

pub(super) use preview::preview;

/// Where drafts are.
pub(super) const ROOT: &str = "/draft/";

/// The longest form, in bytes.
const FORM_BYTES_MAX: usize = 262_144;

/// What became of a form.
type Drafting = Result<Drafted, Refused>;

/// Why there are no drafts.
#[derive(Debug)]
pub(super) enum Refused {
    /// Something is wrong with the form.
    Form(Problems),
    /// Something else.
    Other(Problem),
}

/// Who fills in what, and what it is about.
struct Desk<'a> {
    reading: Reading,
    form: &'a Form,
    visit: &'a Visit,
    sayer: Sayer,
}

/// Notes to sign, of the sort that the path names.
pub(super) async fn draft(
    State(pages): State<Pages>,
    Path(what): Path<String>,
    visit: Visit,
    form: Filled,
) -> Response {
    let drafting = async {
        let desk = Desk {
            reading: pages.api.reading()?,
            form: &form.0,
            visit: &visit,
            sayer: visit.sayer(),
        };
        match what.as_str() {
            "rsvp" => talking::rsvp(&desk).await,
            "comment" => talking::comment(&desk).await,
            "chat" => talking::chat(&desk).await,
            "community" => organizing::community(&desk).await,
            "meetup" => organizing::meetup(&desk).await,
            "meetup-edit" => organizing::edit(&desk).await,
            "meetup-cancel" => organizing::cancel(&desk).await,
            "import" => importing::import(&desk).await,
            "members" => running::members(&desk).await,
            "calendar" => running::calendar(&desk).await,
            "announce" => announcing::announce(&desk).await,
            "hide" => running::hide(&desk).await,
            "hide-person" => running::hide_person(&desk).await,
            "report" => talking::report(&desk).await,
            "join" => talking::join(&pages, &desk),
            "profile" => profile::profile(&desk).await,
            _ => Err(Problem::not_found("draft").into()),
        }
    };
    match drafting.await {
        Ok(drafted) => json(StatusCode::OK, &drafted.to_json()),
        Err(Refused::Form(problems)) => json(StatusCode::UNPROCESSABLE_ENTITY, &problems.to_json()),
        Err(Refused::Other(problem)) => problem.into_response(),
    }
}

/// What the API would say of a problem, as forms say it, in the language of the visitor.
pub(super) fn problem(visit: &Visit, status: StatusCode, given: &Response) -> Response {
    let sayer = visit.sayer();
    let message = match status {
        StatusCode::NOT_FOUND => sayer.say("problem-missing"),
        StatusCode::FORBIDDEN => sayer.say("problem-closed"),
        StatusCode::TOO_MANY_REQUESTS => sayer.say("problem-busy"),
        status if status.is_client_error() => sayer.say("form-unread"),
        _ => sayer.say("problem-broken"),
    };
    let mut response = json(status, &Problems::one("", message).to_json());
    let headers = response.headers_mut();
    if let Some(allowed) = given.headers().get(http::header::ALLOW) {
        headers.insert(http::header::ALLOW, allowed.clone());
    }
    if given.headers().contains_key(RETRY_AFTER) {
        headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
    }
    response
}

fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    insert(&mut response, CONTENT_TYPE, "application/json");
    insert(&mut response, CACHE_CONTROL, "no-store");
    response
}

/// A form as it arrived.
pub(super) struct Filled(pub(super) Form);

impl<S: Send + Sync> FromRequest<S> for Filled {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (head, body) = request.into_parts();
        let media_type = head.headers.get(CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|value| value.split(';').next());
        let is_form = media_type.is_some_and(|name| {
            name.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
        if !is_form {
            let detail = "a form is application/x-www-form-urlencoded";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        let read = body::read(body, FORM_BYTES_MAX).await;
        let body = read.map_err(|(status, reason)| Problem::new(status, reason))?;
        Ok(Filled(Form::read(&body)))
    }
}

impl Desk<'_> {
    /// One problem with the form.
    fn wrong(&self, field: &'static str, message: &str) -> Refused {
        Refused::Form(Problems::one(field, self.sayer.say(message)))
    }

    /// The meetup that the form names.
    async fn meetup(&self) -> Result<MeetupView, Refused> {
        let missing = || self.wrong("", "missing-meetup");
        let named = self.form.text("meetup").unwrap_or_default();
        let address = reference::meetup(named).map_err(|_| missing())?;
        let view = self.reading.meetup(&address).await?;
        view.ok_or_else(missing)
    }

    /// The community that the form names.
    async fn community(&self) -> Result<Arc<CommunityRecord>, Refused> {
        let missing = || self.wrong("", "missing-community");
        let named = self.form.text("community").unwrap_or_default();
        let wanted = reference::community(named).map_err(|_| missing())?;
        let record = self.reading.community_at(&wanted).await?;
        record.ok_or_else(missing)
    }

    /// The same, if whoever signs owns it.
    async fn own_community(&self) -> Result<Arc<CommunityRecord>, Refused> {
        let record = self.community().await?;
        match self.author()? {
            Some(author) if author != record.owner() => Err(self.not_yours(&record.title())),
            _ => Ok(record),
        }
    }

    /// What is somebody else's cannot be changed: the relay would take no such note.
    fn not_yours(&self, title: &str) -> Refused {
        Refused::Form(Problems::one("", self.sayer.say_of("not-yours", title)))
    }

    /// Who will sign: what is written depends on it.
    fn signer(&self) -> Result<PublicKey, Refused> {
        let author = self.author()?;
        author.ok_or_else(|| self.wrong("", "sign-in-first"))
    }

    /// Who will sign, if the browser says so.
    fn author(&self) -> Result<Option<PublicKey>, Refused> {
        let Some(named) = self.form.text("pubkey") else {
            return Ok(None);
        };
        let author = reference::person(named);
        author
            .map(Some)
            .map_err(|_| self.wrong("pubkey", "missing-person"))
    }

    /// What is answered, if anything is.
    fn parent(&self) -> Result<Option<EventId>, Refused> {
        let Some(named) = self.form.text("parent") else {
            return Ok(None);
        };
        let parent = EventId::from_hex(named);
        parent
            .map(Some)
            .map_err(|_| self.wrong("", "missing-parent"))
    }

    /// This relay, as a hint where notes are.
    fn relay(&self) -> Option<String> {
        Some(self.visit.relay().to_owned())
    }
}

impl From<Problems> for Refused {
    fn from(problems: Problems) -> Self {
        Refused::Form(problems)
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Refused::Other(problem)
    }
}

impl From<StoreError> for Refused {
    fn from(failure: StoreError) -> Self {
        Refused::Other(failure.into())
    }
}
