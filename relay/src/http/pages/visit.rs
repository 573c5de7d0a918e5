//! Who asks for a page: in which language, by which address, with which parameters.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;
use kith_nips::discovery::Sort;
use kith_web::drafts::Sayer;
use kith_web::{Frame, Language, Site, Text, Tiles, address};

use super::Pages;
use crate::http::api::answer::{Asked, ListOf};
use crate::http::api::listing::Wanted;
use crate::http::api::site::Site as Origin;
use crate::http::api::values::{CursorText, Limit, Moment};
use crate::http::nip11;

/// Characters of the name of a relay.
const NAME_CHARACTERS_MAX: usize = 80;
/// Characters of whose map it is.
const ATTRIBUTION_CHARACTERS_MAX: usize = 200;
/// Parameters that are looked at.
const PARAMETERS_MAX: usize = 20;

/// A request for a page.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    site: Site,
    language: Language,
    is_chosen: bool,
    path: String,
    pairs: Vec<(String, String)>,
}

impl Pages {
    /// Who asks, as the request says it.
    pub(super) fn visit(&self, request: &Request) -> Visit {
        let config = self.sources.config.current();
        let standing = self.sources.management.standing();
        let query = request.uri().query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        let pairs: Vec<(String, String)> = pairs.take(PARAMETERS_MAX).collect();
        let value = |wanted| pairs.iter().find(|(name, _)| name == wanted);
        let chosen = value("lang").and_then(|(_, code)| Language::named(code));
        let accepted = request.headers().get(ACCEPT_LANGUAGE);
        let accepted = accepted
            .and_then(|accepted| accepted.to_str().ok())
            .and_then(Language::accepted);
        let name = nip11::words(&config, &standing).name;
        let origin = Origin::asked(&config, request.headers());
        Visit {
            site: Site {
                name: Text::line(name, NAME_CHARACTERS_MAX),
                relay: origin.relay(&config),
                origin: origin.address(""),
                pictures: config.http.pictures,
                searches: config.features.search,
                api: config.http.api,
                tiles: config.http.map_tiles.as_ref().map(|address| Tiles {
                    address: address.clone(),
                    attribution: Text::line(
                        &config.http.map_attribution,
                        ATTRIBUTION_CHARACTERS_MAX,
                    ),
                }),
            },
            language: chosen.or(accepted).unwrap_or_default(),
            is_chosen: chosen.is_some(),
            path: request.uri().path().to_owned(),
            pairs,
        }
    }
}

impl Visit {
    /// The address of the relay for clients: the public one, or how this very request found it.
    pub(super) fn relay(&self) -> &str {
        &self.site.relay
    }

    /// The language of whoever asks.
    pub(super) fn sayer(&self) -> Sayer {
        Sayer(self.language)
    }

    /// The relay.
    pub(super) fn site(&self) -> &Site {
        &self.site
    }

    /// What surrounds the page that is known under `path`.
    pub(super) fn frame(&self, path: impl Into<String>) -> Frame {
        Frame {
            site: self.site.clone(),
            language: self.language,
            is_chosen: self.is_chosen,
            path: path.into(),
            is_listed: self.value("cursor").is_none(),
        }
    }

    /// The same for a page that search engines should not list.
    pub(super) fn unlisted(&self, path: impl Into<String>) -> Frame {
        Frame {
            is_listed: false,
            ..self.frame(path)
        }
    }

    /// The path that was asked for.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// What a parameter says; a field of a form that was left empty says nothing.
    pub(super) fn value(&self, wanted: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(name, _)| name == wanted);
        let value = found.map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty())
    }

    /// What is on from a moment on, the soonest first; further on than that where the visitor comes from the
    /// page before.
    pub(super) fn coming(&self, from: u64, limit: usize) -> Wanted {
        let cursor = self.value("cursor");
        Wanted {
            from: Some(Moment(from)),
            sort: Some(Sort::Start),
            limit: Some(Limit::of(limit)),
            cursor: cursor.map(|cursor| CursorText(cursor.to_owned())),
            ..Wanted::default()
        }
    }

    /// The list on the page that is known under this path, which cursors belong to.
    pub(super) fn list(&self, known: &str) -> Asked {
        Asked::of(known.to_owned(), Vec::new())
    }

    /// Where the next page of a list is.
    pub(super) fn next<T>(&self, known: &str, list: &ListOf<T>) -> Option<String> {
        let cursor = list.next.as_deref()?;
        let next = address(known, &[("cursor", cursor)]);
        Some(self.frame(known).to(&next))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // `serve` has put it there.
        Ok(parts
            .extensions
            .get::<Visit>()
            .cloned()
            .unwrap_or_else(|| Visit {
                site: Site {
                    name: Text::default(),
                    origin: String::new(),
                    relay: String::new(),
                    pictures: false,
                    searches: false,
                    api: false,
                    tiles: None,
                },
                language: Language::default(),
                is_chosen: false,
                path: parts.uri.path().to_owned(),
                pairs: Vec::new(),
            }))
    }
}
