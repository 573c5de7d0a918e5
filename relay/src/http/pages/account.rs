//! Who is signed in on a browser. The relay does not know it: the page is the same for everybody.

use axum::extract::State;
use axum::response::Response;
use kith_web::pages::{Account, NamesGiven};

use super::visit::Visit;
use super::{Pages, signed};
use crate::management::names::GivenTo;

/// Where the page is.
const ACCOUNT: &str = "/account";

pub(super) async fn show(State(pages): State<Pages>, visit: Visit) -> Response {
    let offer = pages.sources.names.offer();
    signed(&Account {
        frame: visit.unlisted(ACCOUNT),
        names: offer.map(|(host, to)| NamesGiven {
            host,
            to_members: to == GivenTo::Members,
        }),
    })
}
