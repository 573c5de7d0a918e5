//! NIP-05: names such as `bob@example.com`, and the file at the domain that says whose they are. Owns the
//! form of a name, the address of its file and what the file says. Must not know how it is fetched, nor
//! whether somebody calls themselves so.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use nostr::{RelayUrl, Url};
use serde_json::{Map, Value};

use crate::PublicKey;

/// The name of the domain itself.
pub const ROOT_NAME: &str = "_";

/// Longest name before the `@`, in bytes.
pub const NAME_BYTES_MAX: usize = 64;

/// Longest domain, in bytes (RFC 1035 §2.3.4).
pub const DOMAIN_BYTES_MAX: usize = 253;

/// Relays that are taken from a file for one key.
pub const FILE_RELAYS_MAX: usize = 8;

/// Entries of one list of relays that are looked at.
const LIST_ENTRIES_MAX: usize = 64;

/// Longest address that is taken from a file, in bytes.
const ADDRESS_BYTES_MAX: usize = 512;

/// A name at a domain, in lower case (NIP-05).
///
/// ```
/// use kith_nips::nip05::Identifier;
///
/// let bob: Identifier = "Bob@Example.com".parse()?;
/// assert_eq!((bob.name(), bob.domain()), ("bob", "example.com"));
/// assert_eq!(bob.url(), "https://example.com/.well-known/nostr.json?name=bob");
///
/// // A domain has a name too, which is not shown.
/// let site: Identifier = "_@example.com".parse()?;
/// assert_eq!(site.to_string(), "example.com");
/// assert_eq!("example.com".parse::<Identifier>()?, site);
/// # Ok::<(), kith_nips::nip05::IdentifierFormError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    name: String,
    domain: String,
    is_loopback: bool,
}

/// Whether a site may give somebody this name: in lower case, as it stands in its file (NIP-05).
///
/// ```
/// use kith_nips::nip05::is_name;
/// assert!(is_name("bob") && is_name("j.r_r-7"));
/// assert!(!is_name("Bob") && !is_name("") && !is_name("bob smith"));
/// ```
pub fn is_name(text: &str) -> bool {
    let is_letter = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
    !text.is_empty() && text.len() <= NAME_BYTES_MAX && text.bytes().all(is_letter)
}

/// Why a text is no identifier.
///
/// ```
/// use kith_nips::nip05::{Identifier, IdentifierFormError};
///
/// let error = "bob smith@example.com".parse::<Identifier>().unwrap_err();
/// assert!(matches!(error, IdentifierFormError::Name(_)));
/// assert_eq!(error.to_string(), "\"bob smith\" is not a name: a-z, 0-9, -, _ and . are possible, at most 64");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentifierFormError {
    /// What stands before the `@`.
    #[error("{0:?} is not a name: a-z, 0-9, -, _ and . are possible, at most {NAME_BYTES_MAX}")]
    Name(String),
    /// What stands behind it.
    #[error("{0:?} is not a domain, such as example.com")]
    Domain(String),
    /// Longer than a name and a domain can be.
    #[error("{0} bytes are too long for an identifier")]
    TooLong(usize),
}

impl FromStr for Identifier {
    type Err = IdentifierFormError;

    fn from_str(text: &str) -> Result<Self, IdentifierFormError> {
        let text = text.trim();
        if text.len() > NAME_BYTES_MAX + 1 + DOMAIN_BYTES_MAX {
            return Err(IdentifierFormError::TooLong(text.len()));
        }
        let (typed, domain) = text.split_once('@').unwrap_or((ROOT_NAME, text));
        let name = typed.to_ascii_lowercase();
        if !is_name(&name) {
            return Err(IdentifierFormError::Name(typed.to_owned()));
        }
        let read = domain_of(domain);
        let (domain, is_loopback) =
            read.ok_or_else(|| IdentifierFormError::Domain(domain.to_owned()))?;
        Ok(Identifier {
            name,
            domain,
            is_loopback,
        })
    }
}

impl fmt::Display for Identifier {
    /// The domain alone for [`ROOT_NAME`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.as_str() {
            ROOT_NAME => f.write_str(&self.domain),
            name => write!(f, "{name}@{}", self.domain),
        }
    }
}

impl Identifier {
    /// What stands before the `@`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands behind it: the name of a host as it is asked for (an international one in ASCII), with
    /// a port only for [`Identifier::is_loopback`].
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether it is the name of a host that is always this machine: `localhost`, or an address of
    /// 127.0.0.0/8. For those who try things out: it may have a port, and is asked without encryption.
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// Where the file is that says whose it is.
    pub fn url(&self) -> String {
        let scheme = if self.is_loopback { "http" } else { "https" };
        let Identifier { name, domain, .. } = self;
        format!("{scheme}://{domain}/.well-known/nostr.json?name={name}")
    }
}

/// The host of a typed domain as it is asked for, and whether that is this machine.
fn domain_of(typed: &str) -> Option<(String, bool)> {
    let is_plain = |letter: char| {
        let is_of_a_url = matches!(letter, '/' | '?' | '#' | '@' | '\\' | '%' | '[' | ']');
        !is_of_a_url && !letter.is_whitespace() && !letter.is_control()
    };
    if typed.is_empty() || !typed.chars().all(is_plain) {
        return None;
    }
    let url = Url::parse(&format!("http://{typed}/")).ok()?;
    let host = url.host_str()?;
    let address: Option<Ipv4Addr> = host.parse().ok();
    let is_loopback = host == "localhost" || address.is_some_and(|address| address.is_loopback());
    // A port says that somebody runs it for themselves; the web has none in its names.
    let domain = match url.port() {
        Some(port) if is_loopback => format!("{host}:{port}"),
        _ if typed.contains(':') && !is_loopback => return None,
        _ => host.to_owned(),
    };
    let is_a_domain = is_loopback || (host.contains('.') && !host.ends_with('.'));
    (is_a_domain && domain.len() <= DOMAIN_BYTES_MAX).then_some((domain, is_loopback))
}

/// What the file of a domain says about one name (NIP-05).
///
/// ```
/// use kith_nips::nip05::Entry;
///
/// let key = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
/// let file = format!(
///     r#"{{"names":{{"bob":"{key}"}},"relays":{{"{key}":["wss://relay.example.com"]}}}}"#
/// );
/// let entry = Entry::read(file.as_bytes(), "bob")?;
/// assert_eq!(entry.pubkey.to_string(), key);
/// assert_eq!(entry.relays[0].as_str(), "wss://relay.example.com");
/// # Ok::<(), kith_nips::nip05::FileError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Whose name it is.
    pub pubkey: PublicKey,
    /// Where they may be found: at most [`FILE_RELAYS_MAX`]. Hints, no more.
    pub relays: Vec<RelayUrl>,
    /// The signer that the site announces beside the names (NIP-46). A hint, no more: who wants to use it
    /// has to find out first whether it is one.
    pub signer: Option<SignerHint>,
}

/// A signer that a site announces in the member `nip46` of its file (NIP-46).
///
/// ```
/// use kith_nips::nip05::Entry;
///
/// let key = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
/// let file = format!(
///     r#"{{"names":{{"_":"{key}"}},"nip46":{{"relays":["wss://relay.example.com"]}}}}"#
/// );
/// let signer = Entry::read(file.as_bytes(), "_")?.signer.ok_or("no signer")?;
/// assert_eq!(signer.relays.len(), 1);
/// assert_eq!(signer.nostrconnect_url, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignerHint {
    /// Where it is said to listen: at most [`FILE_RELAYS_MAX`].
    pub relays: Vec<RelayUrl>,
    /// A page that takes a `nostrconnect://` address in place of `<nostrconnect>`; HTTPS.
    pub nostrconnect_url: Option<String>,
}

/// Why the file of a domain names nobody.
///
/// ```
/// use kith_nips::nip05::{Entry, FileError};
/// assert_eq!(Entry::read(b"<html>", "bob"), Err(FileError::NotJson));
/// assert_eq!(Entry::read(br#"{"names":{}}"#, "bob"), Err(FileError::NotListed));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// It is no JSON object.
    #[error("its file is no JSON object")]
    NotJson,
    /// `names` is missing or no object.
    #[error("its file has no names")]
    NoNames,
    /// The name is not there.
    #[error("its file does not have this name")]
    NotListed,
    /// What it has is not 64 hexadecimal digits in lower case, or no key.
    #[error("its file does not have a key for this name: 64 hexadecimal digits in lower case")]
    NotAKey,
}

impl Entry {
    /// Reads what a file says about a name; the name as in [`Identifier::name`].
    ///
    /// # Errors
    /// [`FileError`] when it does not name a key. Relays and signers that are none are left out.
    pub fn read(file: &[u8], name: &str) -> Result<Entry, FileError> {
        let file: Map<String, Value> =
            serde_json::from_slice(file).map_err(|_| FileError::NotJson)?;
        let names = file.get("names").and_then(Value::as_object);
        let key = names.ok_or(FileError::NoNames)?.get(name);
        let key = key.ok_or(FileError::NotListed)?.as_str();
        let key = key.ok_or(FileError::NotAKey)?;
        // An npub or upper case is none (NIP-05).
        let pubkey = PublicKey::from_hex(key).map_err(|_| FileError::NotAKey)?;
        let relays = file.get("relays").and_then(|relays| relays.get(key));
        let signer = file.get("nip46").and_then(Value::as_object);
        Ok(Entry {
            pubkey,
            relays: relay_addresses(relays),
            signer: signer.and_then(SignerHint::read),
        })
    }
}

impl SignerHint {
    fn read(announced: &Map<String, Value>) -> Option<SignerHint> {
        let page = announced.get("nostrconnect_url").and_then(Value::as_str);
        let page = page.filter(|page| {
            page.len() <= ADDRESS_BYTES_MAX
                && Url::parse(page).is_ok_and(|url| url.scheme() == "https")
        });
        let hint = SignerHint {
            relays: relay_addresses(announced.get("relays")),
            nostrconnect_url: page.map(str::to_owned),
        };
        (!hint.relays.is_empty() || hint.nostrconnect_url.is_some()).then_some(hint)
    }
}

/// The `ws://` and `wss://` addresses of a list, each once.
fn relay_addresses(list: Option<&Value>) -> Vec<RelayUrl> {
    let entries = list.and_then(Value::as_array).into_iter().flatten();
    let texts = entries.take(LIST_ENTRIES_MAX).filter_map(Value::as_str);
    let mut relays = Vec::new();
    for text in texts.filter(|text| text.len() <= ADDRESS_BYTES_MAX) {
        if let Ok(relay) = RelayUrl::parse(text)
            && !relays.contains(&relay)
            && relays.len() < FILE_RELAYS_MAX
        {
            relays.push(relay);
        }
    }
    relays
}

#[cfg(test)]
mod tests;
