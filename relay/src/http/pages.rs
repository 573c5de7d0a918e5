//! The page that a browser gets on the relay's address. Its HTML is `templates/relay.html`; no
//! scripts, and nothing in it that the relay did not write or escape.

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, StatusCode};

use super::{insert, nip11, plain_text};
use crate::config::Config;
use crate::digits::grouped;
use crate::management::Standing;

/// Where the style sheet of the page is.
pub(super) const STYLE_PATH: &str = "/relay.css";

const STYLE: &str = include_str!("../../templates/relay.css");

/// Nothing but our own style, and pictures from wherever the operator keeps them.
const SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https: http:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "relay.html")]
struct RelayPage<'a> {
    name: &'a str,
    description: Option<&'a str>,
    icon: Option<&'a str>,
    contact: Option<&'a str>,
    terms: Option<&'a str>,
    address: String,
    events: Option<String>,
    nips: Vec<Nip>,
    software: &'static str,
    version: &'static str,
}

struct Nip {
    number: String,
    link: String,
    title: &'static str,
}

/// The page. `events` is how many events the store holds, if it can tell.
pub(super) fn relay(
    config: &Config,
    standing: &Standing,
    headers: &HeaderMap,
    events: Option<u64>,
) -> Response {
    let words = nip11::words(config, standing);
    let info = &config.info;
    let page = RelayPage {
        name: words.name,
        description: words.description,
        icon: words.icon,
        contact: info.contact.as_deref(),
        terms: info.terms_of_service.as_deref(),
        address: address(config, headers),
        events: events.map(grouped),
        nips: nip11::supported_nips(config).into_iter().map(nip).collect(),
        software: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
    };
    let html = match page.render() {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "the relay page cannot be written");
            return plain_text(
                StatusCode::INTERNAL_SERVER_ERROR,
                "This page cannot be shown.\n",
            );
        }
    };
    let mut response = Response::new(Body::from(html));
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, SECURITY_POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-cache"),
        (VARY, "Accept"),
    ] {
        insert(&mut response, name, value);
    }
    response
}

/// The style sheet of the page.
pub(super) fn style() -> Response {
    let mut response = Response::new(Body::from(STYLE));
    for (name, value) in [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "public, max-age=3600"),
    ] {
        insert(&mut response, name, value);
    }
    response
}

/// What to paste into a client: the public address, or how this very request found the relay.
fn address(config: &Config, headers: &HeaderMap) -> String {
    let server = &config.server;
    if let Some(url) = &server.public_url {
        return url.clone();
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let path = server.path.trim_end_matches('/');
    format!("ws://{}{path}", host.unwrap_or(&server.listen))
}

fn nip(number: u16) -> Nip {
    let title = match number {
        1 => "Basic protocol",
        2 => "Follow lists",
        9 => "Deletion requests",
        11 => "Relay information document",
        13 => "Proof of work",
        17 => "Private messages",
        40 => "Expiration",
        42 => "Authentication",
        43 => "Members",
        45 => "Counting",
        59 => "Gift wraps",
        65 => "Relay lists",
        70 => "Protected events",
        86 => "Management",
        _ => "",
    };
    let number = format!("{number:02}");
    Nip {
        link: format!("https://github.com/nostr-protocol/nips/blob/master/{number}.md"),
        number,
        title,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use http_body_util::BodyExt;

    async fn text(response: Response) -> String {
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn host(host: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))])
    }

    #[tokio::test]
    async fn the_page_says_what_the_relay_is() {
        let response = relay(
            &Config::default(),
            &Standing::default(),
            &host("relay.example:7447"),
            Some(1_234_567),
        );
        assert_eq!(response.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        assert!(response.headers().contains_key(CONTENT_SECURITY_POLICY));
        let page = text(response).await;
        for part in [
            "<h1>Kith</h1>",
            "<code>ws://relay.example:7447</code>",
            "1,234,567 events",
            "nips/blob/master/01.md\">NIP-01</a> Basic protocol",
            concat!("kith-relay ", env!("CARGO_PKG_VERSION")),
        ] {
            assert!(page.contains(part), "{part} is missing in {page}");
        }
        assert!(!page.contains("<script"));
    }

    #[tokio::test]
    async fn what_others_wrote_is_escaped() {
        let mut config = Config::default();
        config.info.name = "<b>Kith</b>".to_owned();
        config.info.description = Some("\"><script>alert(1)</script>".to_owned());
        let page = text(relay(
            &config,
            &Standing::default(),
            &host("<img>.example"),
            None,
        ))
        .await;
        assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("<img>"));
        assert!(!page.contains("It holds"));
    }

    #[tokio::test]
    async fn the_public_address_is_shown_when_there_is_one() {
        let mut config = Config::default();
        config.server.public_url = Some("wss://kith.example".to_owned());
        let page = text(relay(
            &config,
            &Standing::default(),
            &host("127.0.0.1:7447"),
            Some(1),
        ))
        .await;
        assert!(page.contains("<code>wss://kith.example</code>"));
        assert!(page.contains("It holds 1 event."));
    }
}
