//! Addresses of relays as people type them.

use nostr::RelayUrl;

use super::{RELAYS_MAX, SettingsError};

/// Reads the address of a relay. Without a scheme it is `ws` for this machine
/// and `wss` for all others.
pub fn relay_url(text: &str) -> Result<RelayUrl, SettingsError> {
    let wrong = || SettingsError::Relay {
        text: text.to_owned(),
    };
    let typed = text.trim();
    let full = match typed.split_once("://") {
        Some(("ws" | "wss", _)) => typed.to_owned(),
        Some(_) => return Err(wrong()),
        None if ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| {
            typed
                .strip_prefix(host)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
        }) =>
        {
            format!("ws://{typed}")
        }
        None => format!("wss://{typed}"),
    };
    if full.contains(char::is_whitespace) {
        return Err(wrong());
    }
    RelayUrl::parse(&full).map_err(|_| wrong())
}

/// Reads the addresses of several relays, separated by spaces or commas.
pub fn relay_urls(typed: &str) -> Result<Vec<RelayUrl>, SettingsError> {
    parse_all(&split(typed))
}

pub(super) fn split(list: &str) -> Vec<String> {
    list.split([',', ' ', '\n', '\t'])
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

pub(super) fn parse_all(texts: &[String]) -> Result<Vec<RelayUrl>, SettingsError> {
    let mut urls: Vec<RelayUrl> = Vec::new();
    for text in texts {
        let url = relay_url(text)?;
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    if urls.len() > RELAYS_MAX {
        return Err(SettingsError::TooManyRelays);
    }
    Ok(urls)
}
