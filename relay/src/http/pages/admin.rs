//! The page of administrators. It knows nobody: what it shows is public, and the rest the browser asks for
//! with signed requests (NIP-86).

use axum::extract::State;
use axum::response::Response;
use kith_web::pages::Admin;

use super::visit::Visit;
use super::{Pages, signed};
use crate::http::nip11;

/// Where the page is.
const ADMIN: &str = "/admin";

pub(super) async fn show(State(pages): State<Pages>, visit: Visit) -> Response {
    let sources = &pages.sources;
    let (config, standing) = (sources.config.current(), sources.management.standing());
    let description = nip11::words(&config, &standing).description;
    let totals = match pages.api.reading() {
        Ok(reading) => reading.totals().await.ok(),
        Err(_) => None,
    };
    let status = sources.store.status().await.ok();
    signed(&Admin {
        frame: visit.unlisted(ADMIN),
        is_on: config.features.management,
        description: description.unwrap_or_default().to_owned(),
        events: status.map(|status| status.events),
        communities: totals.map(|totals| totals.communities),
        meetups: totals.map(|totals| totals.upcoming_meetups),
        membership: pages
            .has_members()
            .then(|| sources.members.relay_key().to_string()),
    })
}
