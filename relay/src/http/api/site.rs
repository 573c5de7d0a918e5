//! Under which address the API is found: for formats that must name themselves.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::HOST;
use http::request::Parts;

use super::Api;
use crate::config::Config;

/// The beginning of addresses on this relay, such as `https://relay.example`.
#[derive(Debug, Clone)]
pub(in crate::http) struct Site(String);

impl Site {
    /// The whole address of a path.
    pub(in crate::http) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// What to paste into a client: the public address, or how this very request found the relay.
    pub(in crate::http) fn relay(&self, config: &Config) -> String {
        let server = &config.server;
        if let Some(url) = &server.public_url {
            return url.clone();
        }
        let host = self.0.split_once("://").map_or(&*self.0, |(_, host)| host);
        format!("ws://{host}{}", server.path.trim_end_matches('/'))
    }

    /// As somebody found the relay with these headers, unless the operator says where it is.
    pub(in crate::http) fn asked(config: &Config, headers: &HeaderMap) -> Self {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let server = &config.server;
        Site::of(server.public_url.as_deref(), host, &server.listen)
    }

    /// Beside the address at which clients find the relay.
    pub(in crate::http) fn public(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let scheme = match scheme {
            "ws" => "http",
            _ => "https",
        };
        let host = rest.split_once('/').map_or(rest, |(host, _)| host);
        Some(Site(format!("{scheme}://{host}")))
    }

    fn of(public_url: Option<&str>, host: Option<&str>, listen: &str) -> Self {
        if let Some(site) = public_url.and_then(Site::public) {
            return site;
        }
        let is_host = |host: &&str| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte);
            !host.is_empty() && host.bytes().all(is_plain)
        };
        Site(format!("http://{}", host.filter(is_host).unwrap_or(listen)))
    }
}

impl FromRequestParts<Api> for Site {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Infallible> {
        Ok(Site::asked(&api.config.current(), &parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operators_address_counts_before_what_the_client_says() {
        let site = |url, host| Site::of(url, host, "127.0.0.1:7447").0;
        let public = Some("wss://kith.example/relay");
        assert_eq!(site(public, Some("evil.example")), "https://kith.example");
        assert_eq!(site(Some("ws://kith.example"), None), "http://kith.example");
        assert_eq!(site(None, Some("[::1]:7447")), "http://[::1]:7447");
        for wrong in [None, Some(""), Some("a.example/?x="), Some("<b>")] {
            assert_eq!(site(None, wrong), "http://127.0.0.1:7447");
        }
    }
}
