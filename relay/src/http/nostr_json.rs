//! `/.well-known/nostr.json`: who has which name at the host of the relay (NIP-05). One name is asked for at
//! a time; the names of everybody are in no answer. Knows neither who may have a name nor how one is asked for.
//!
//! Browsers ask from the pages of other sites and follow no redirect here: there is none, and the server lets
//! every page read every answer of this path, whatever it is.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, Method};
use kith_nips::PublicKey;
use kith_nips::nip05::{FILE_RELAYS_MAX, ROOT_NAME};
use nostr::RelayUrl;
use serde_json::json;
use tracing::error;

use super::api::site::Site;
use super::{Api, READING, Sources, insert, method_not_allowed, preflight};
use crate::config::Config;

/// Where it is.
pub(super) const PATH: &str = "/.well-known/nostr.json";

/// Names change hands seldom, and a new one should be found soon.
const FRESH: &str = "public, max-age=60";

/// What a query asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// Nobody in particular: the host itself.
    Host,
    /// One name, as it was written.
    Name(String),
    /// Something that no name can be.
    Malformed,
}

/// Whether a path is that of the file of names, or as near to it as people write it.
pub(crate) fn is_file_of_names(path: &str) -> bool {
    path.trim_end_matches('/') == PATH
}

/// What answers there, within the same bounds as the API and the pages.
pub(super) fn route(sources: &Sources, api: &Api) -> MethodRouter {
    let from = (sources.clone(), api.clone());
    any(answer)
        .layer(middleware::from_fn_with_state(api.clone(), bounded))
        .with_state(from)
}

async fn bounded(State(api): State<Api>, request: Request, next: Next) -> Response {
    let answered = api.within_bounds(request, next).await;
    answered.unwrap_or_else(IntoResponse::into_response)
}

async fn answer(State((sources, api)): State<(Sources, Api)>, request: Request) -> Response {
    match *request.method() {
        Method::GET | Method::HEAD => {}
        Method::OPTIONS => return preflight(READING),
        _ => return method_not_allowed(READING),
    }
    let config = sources.config.current();
    let found = match Asked::read(request.uri().query().unwrap_or_default()) {
        Asked::Malformed => None,
        Asked::Host => Some((ROOT_NAME.to_owned(), host_key(&sources, &config))),
        Asked::Name(name) if name == ROOT_NAME => Some((name, host_key(&sources, &config))),
        Asked::Name(name) => sources.names.holder(&name).map(|holder| (name, holder)),
    };
    let file = match found {
        None => json!({ "names": {} }),
        Some((name, key)) => {
            let relays = relays(&api, &config, request.headers(), key).await;
            let key = key.to_string();
            json!({ "names": { name: key }, "relays": { key: relays } })
        }
    };
    let mut response = Response::new(Body::from(file.to_string()));
    for (name, value) in [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, FRESH),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        insert(&mut response, name, value);
    }
    response
}

impl Asked {
    /// A name is the same in lower case only, so nothing is changed about it (NIP-05).
    fn read(query: &str) -> Asked {
        let pairs = form_urlencoded::parse(query.as_bytes());
        let mut names = pairs.filter(|(parameter, _)| parameter == "name");
        match (names.next(), names.next()) {
            (None, _) => Asked::Host,
            (Some((_, name)), None) if !name.is_empty() => Asked::Name(name.into_owned()),
            _ => Asked::Malformed,
        }
    }
}

/// Who speaks for the host: the key that the relay announces as its own, else the operator's.
fn host_key(sources: &Sources, config: &Config) -> PublicKey {
    let own = sources.members.relay_key();
    match config.info.pubkey {
        Some(operator) if !config.features.has_members() => operator,
        _ => own,
    }
}

/// Where somebody with a name is found: here, and where they say that they write (NIP-65).
async fn relays(api: &Api, config: &Config, headers: &HeaderMap, key: PublicKey) -> Vec<String> {
    let here = Site::asked(config, headers).relay(config);
    // A relay that strangers may not read says no more about anybody.
    let said = match api.reading() {
        Ok(reading) => reading.write_relays(key, FILE_RELAYS_MAX).await,
        Err(_) => Ok(Vec::new()),
    };
    let said = said.unwrap_or_else(|failure| {
        error!(%failure, "the relays of somebody with a name cannot be read");
        Vec::new()
    });
    let own = RelayUrl::parse(&here).ok();
    let others = said.into_iter().filter(|relay| Some(relay) != own.as_ref());
    let mut relays = vec![here];
    relays.extend(others.map(|relay| relay.to_string()));
    relays.truncate(FILE_RELAYS_MAX);
    relays
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Asked {
        Asked::Name(text.to_owned())
    }

    #[test]
    fn nip05_13_14_one_name_is_asked_for_or_none() {
        for (query, expected) in [
            ("", Asked::Host),
            ("lang=de", Asked::Host),
            ("name=bob", name("bob")),
            ("x=1&name=b%6fb", name("bob")),
            ("name=Bob", name("Bob")),
            ("name=bob+smith", name("bob smith")),
            ("name=%ff", name("\u{fffd}")),
            ("name=", Asked::Malformed),
            ("name", Asked::Malformed),
            ("name=bob&name=ada", Asked::Malformed),
        ] {
            assert_eq!(Asked::read(query), expected, "{query}");
        }
    }

    #[test]
    fn nip05_12_the_path_is_known_with_a_slash_too() {
        assert!(is_file_of_names("/.well-known/nostr.json"));
        assert!(is_file_of_names("/.well-known/nostr.json/"));
        assert!(!is_file_of_names("/.well-known/nostr.jsonp"));
    }
}
