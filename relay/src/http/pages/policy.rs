//! What a page may load, and with whom it may speak (Content Security Policy).

use axum::response::Response;
use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;
use kith_web::Site;

/// Marks a page on which people sign: their signer may be at any relay (NIP-46), so it may speak with all of them
/// by WebSocket. Other pages speak with nobody but this relay.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs;

/// Says it: scripts and style of our own only, and pictures from wherever their authors keep them, if the operator
/// wants that.
pub(super) fn insert(response: &mut Response, site: &Site) {
    let signs = response.extensions().get::<Signs>().is_some();
    if let Ok(policy) = HeaderValue::try_from(policy(site, signs)) {
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}

fn policy(site: &Site, signs: bool) -> String {
    let pictures = if site.pictures { " https:" } else { "" };
    let tiles = site.tiles.as_ref().map(|tiles| origin(&tiles.address));
    let tiles = tiles.map_or_else(String::new, |tiles| format!(" {tiles}"));
    let relay = origin(&site.relay);
    let signers = match signs {
        true if relay.starts_with("ws://") => " wss: ws:",
        true => " wss:",
        false => "",
    };
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'{pictures}{tiles}; \
         connect-src 'self' {relay}{signers}; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    )
}

/// Scheme, host and port of an address, as far as they can stand in a policy.
pub(super) fn origin(address: &str) -> String {
    let end = |rest: &str| rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let found = address.split_once("://").map(|(scheme, rest)| {
        let host = rest.get(..end(rest)).unwrap_or_default();
        format!("{scheme}://{host}")
    });
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ":/.-[]_".contains(c);
    found
        .filter(|origin| origin.chars().all(is_plain))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use kith_web::{Text, Tiles};

    use super::*;

    fn site(relay: &str, pictures: bool) -> Site {
        Site {
            name: Text::default(),
            origin: String::new(),
            relay: relay.to_owned(),
            pictures,
            searches: true,
            api: true,
            tiles: None,
        }
    }

    #[test]
    fn pages_speak_with_this_relay_and_only_where_people_sign_with_others() {
        let secure = site("wss://kith.example/relay", true);
        assert!(policy(&secure, false).contains("connect-src 'self' wss://kith.example; "));
        assert!(policy(&secure, true).contains("connect-src 'self' wss://kith.example wss:; "));
        let local = site("ws://[::1]:7447", false);
        assert!(policy(&local, true).contains("connect-src 'self' ws://[::1]:7447 wss: ws:; "));
        assert!(policy(&local, true).contains("img-src 'self'; "));
    }

    #[test]
    fn the_tiles_of_maps_are_pictures_and_nothing_else() {
        let mut site = site("wss://kith.example", false);
        site.tiles = Some(Tiles {
            address: "https://tiles.example/a/{z}/{x}/{y}.png".to_owned(),
            attribution: Text::default(),
        });
        let policy = policy(&site, false);
        assert!(policy.contains("img-src 'self' https://tiles.example; "));
        assert_eq!(policy.matches("tiles.example").count(), 1);
    }

    #[test]
    fn a_host_that_somebody_made_up_changes_nothing() {
        for host in ["ws://a; script-src *", "ws://a\nb", "nothing", "ws://é"] {
            assert!(
                policy(&site(host, true), true).contains("connect-src 'self' "),
                "{host}"
            );
            assert_eq!(origin(host), "", "{host}");
        }
    }
}
