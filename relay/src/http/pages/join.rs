//! Becoming a member of the relay. The page is the same for everybody.

use axum::extract::State;
use axum::response::Response;
use kith_web::pages::Join;

use super::visit::Visit;
use super::{Pages, signed};
use crate::http::api::problem::Problem;

/// Where the page is.
const JOIN: &str = "/join";

pub(super) async fn show(State(pages): State<Pages>, visit: Visit) -> Result<Response, Problem> {
    if !pages.has_members() {
        return Err(Problem::not_found("page"));
    }
    Ok(signed(&Join {
        frame: visit.unlisted(JOIN),
    }))
}
