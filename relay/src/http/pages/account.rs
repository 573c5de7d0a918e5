//! Who is signed in on a browser. The relay does not know it: the page is the same for everybody.

use axum::response::Response;
use kith_web::pages::Account;

use super::signed;
use super::visit::Visit;

/// Where the page is.
const ACCOUNT: &str = "/account";

pub(super) async fn show(visit: Visit) -> Response {
    signed(&Account {
        frame: visit.unlisted(ACCOUNT),
    })
}
