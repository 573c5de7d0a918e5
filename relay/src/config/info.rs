//! What the relay says about itself (NIP-11).

use kith_nips::PublicKey;

use super::section::section;

/// A name has fewer characters than this (NIP-11).
const NAME_CHARS_BELOW: usize = 30;

section! {
    /// What the relay says about itself, in its NIP-11 document and on its page.
    pub struct Info = "info" {
        /// The name, of fewer than 30 characters.
        live name: String = "Kith".to_owned(), check check_name;
        /// What this relay is for, in plain text.
        live description: Option<String> =
            Some("A Nostr relay for local communities and their meetups.".to_owned());
        /// How to reach the operator: a URI such as `mailto:you@example.com`.
        live contact: Option<String> = None, check check_uri;
        /// The operator's public key, in hexadecimal.
        live pubkey: Option<PublicKey> = None;
        /// Address of a square picture.
        live icon: Option<String> = None, check check_optional_address;
        /// Address of a wide picture.
        live banner: Option<String> = None, check check_optional_address;
        /// Address of the terms of service.
        live terms_of_service: Option<String> = None, check check_optional_address;
    }
}

/// Whether the relay may have this name (NIP-11).
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    match name.chars().count() {
        0 => Err("expected a name, found \"\"".to_owned()),
        count if count < NAME_CHARS_BELOW => Ok(()),
        count => Err(format!(
            "expected fewer than {NAME_CHARS_BELOW} characters, found {count}"
        )),
    }
}

fn check_uri(uri: &Option<String>) -> Result<(), String> {
    let Some(uri) = uri else { return Ok(()) };
    let is_uri = uri.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && !rest.is_empty()
            && !uri.contains(char::is_whitespace)
    });
    if is_uri {
        return Ok(());
    }
    Err(format!(
        "expected a URI such as \"mailto:you@example.com\", found \"{uri}\""
    ))
}

fn check_optional_address(address: &Option<String>) -> Result<(), String> {
    address.as_deref().map_or(Ok(()), check_web_address)
}

/// Whether this is an address on the web.
pub(crate) fn check_web_address(address: &str) -> Result<(), String> {
    let is_web = address
        .parse::<http::Uri>()
        .is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")));
    if is_web {
        return Ok(());
    }
    Err(format!(
        "expected an address such as \"https://example.com/icon.png\", found \"{address}\""
    ))
}
