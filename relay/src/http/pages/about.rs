//! The relay itself, for people: what the relay information document says (NIP-11).

use axum::extract::State;
use axum::response::Response;
use kith_web::pages::{About, Nip};
use kith_web::{Text, WebLink};

use super::visit::Visit;
use super::{ABOUT, Pages, shown};
use crate::http::nip11;

/// Characters of what a relay says of itself.
const DESCRIPTION_CHARACTERS_MAX: usize = 1_000;
/// Characters of an address.
const ADDRESS_CHARACTERS_MAX: usize = 300;

pub(super) async fn show(State(pages): State<Pages>, visit: Visit) -> Response {
    page(&pages, &visit).await
}

/// The page.
pub(super) async fn page(pages: &Pages, visit: &Visit) -> Response {
    let sources = &pages.sources;
    let (config, standing) = (sources.config.current(), sources.management.standing());
    let words = nip11::words(&config, &standing);
    let status = sources.store.status().await;
    if let Err(error) = &status {
        tracing::warn!(%error, "the page cannot say how many events there are");
    }
    let totals = match pages.api.reading() {
        Ok(reading) => reading.totals().await.ok(),
        Err(_) => None,
    };
    let description = |text| Text::line(text, DESCRIPTION_CHARACTERS_MAX);
    let link = |text: &Option<String>| {
        let text = text.as_deref()?;
        WebLink::read(text).or_else(|| WebLink::mail(text))
    };
    shown(&About {
        frame: visit.frame(ABOUT),
        description: words.description.map(description),
        icon: words
            .icon
            .and_then(WebLink::secure)
            .filter(|_| visit.site().pictures),
        contact: link(&config.info.contact),
        terms: link(&config.info.terms_of_service),
        address: Text::line(visit.relay(), ADDRESS_CHARACTERS_MAX),
        events: status.ok().map(|status| status.events),
        communities: totals.map(|totals| totals.communities),
        meetups: totals.map(|totals| totals.upcoming_meetups),
        nips: nip11::supported_nips(&config)
            .into_iter()
            .map(Nip)
            .collect(),
        software: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
    })
}
