//! Where the relay listens, under which names it is known, and where its data is.

use std::net::IpAddr;
use std::path::PathBuf;

use super::section::section;

section! {
    /// The socket and the addresses by which people reach the relay.
    pub struct Server = "server" {
        /// HOST:PORT to listen on. `0.0.0.0:7447` or `[::]:7447` listens on every interface.
        restart listen: String = "127.0.0.1:7447".to_owned(), check check_listen;
        /// The path of the relay on its host; WebSocket upgrades on other paths are refused.
        restart path: String = "/".to_owned(), check check_path;
        /// The address that clients use, such as `wss://relay.example.com`. Set it when a proxy
        /// or another name stands in front: authentication (NIP-42) compares against it.
        live public_url: Option<String> = None, check check_relay_url;
        /// Other addresses of this same relay, accepted in authentication events too.
        live aliases: Vec<String> = Vec::new(), check check_relay_urls;
        /// Proxies whose `X-Forwarded-For` names the real client, for the ceiling of connections
        /// per address and for blocked addresses.
        live trusted_proxies: Vec<IpAddr> = Vec::new();
        /// The head of an HTTP request must have arrived within this many seconds.
        restart request_head_timeout_seconds: u64 = 10, in 1..=600;
        /// The largest accepted head of an HTTP request, in bytes.
        restart request_head_bytes_max: usize = 16_384, in 8_192..=1_048_576;
        /// On shutdown, open connections get this many seconds to take leave.
        live shutdown_grace_seconds: u64 = 5, in 0..=3_600;
    }
}

section! {
    /// Where everything that must last is kept.
    pub struct Data = "data" {
        /// The data folder, created when missing. A relative path is taken from the folder in
        /// which the relay is started. One relay at a time may use it.
        restart folder: PathBuf = PathBuf::from("./kith-data");
        /// A file with the relay's own secret key (NIP-11 `self`), in hexadecimal or as nsec1….
        /// When it is not set, the relay makes a key and keeps it in the data folder.
        restart key_file: Option<String> = None;
    }
}

fn check_listen(listen: &str) -> Result<(), String> {
    let port = listen
        .rsplit_once(':')
        .filter(|(host, _)| !host.is_empty() && (!host.contains(':') || host.ends_with(']')))
        .and_then(|(_, port)| port.parse::<u16>().ok());
    match port {
        Some(_) => Ok(()),
        None => Err(format!(
            "expected HOST:PORT such as \"127.0.0.1:7447\", found \"{listen}\""
        )),
    }
}

fn check_path(path: &str) -> Result<(), String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    if path.starts_with('/') && path.bytes().all(plain) {
        return Ok(());
    }
    Err(format!(
        "expected a path such as \"/\" or \"/relay\", of letters, digits and -._~, found \"{path}\""
    ))
}

fn check_relay_url(url: &Option<String>) -> Result<(), String> {
    url.as_deref().map_or(Ok(()), relay_url)
}

fn check_relay_urls(urls: &[String]) -> Result<(), String> {
    urls.iter().try_for_each(|url| relay_url(url))
}

fn relay_url(url: &str) -> Result<(), String> {
    let has_host = url.parse::<http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("ws" | "wss")) && uri.host().is_some_and(|h| !h.is_empty())
    });
    if has_host {
        return Ok(());
    }
    Err(format!(
        "expected a relay address such as \"wss://relay.example.com\", found \"{url}\""
    ))
}
