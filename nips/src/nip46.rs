//! NIP-46: a key that is elsewhere signs. Addresses, requests and answers.
//!
//! Owns: `bunker://` and `nostrconnect://`, and what the two sides say to each other in the clear. Must
//! not know how it is encrypted or sent.

use std::fmt;
use std::str::FromStr;

use nostr::{RelayUrl, Url};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::PublicKey;

const BUNKER_SCHEME: &str = "bunker";
const CLIENT_SCHEME: &str = "nostrconnect";

/// Relays that an address may name.
pub const ADDRESS_RELAYS_MAX: usize = 16;

/// Where a signer waits for programs that it signs for: `bunker://…` (NIP46-02).
///
/// ```
/// use kith_nips::nip46::BunkerAddress;
///
/// let text = "bunker://3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d\
///             ?relay=wss%3A%2F%2Frelay.example.com&secret=once";
/// let address: BunkerAddress = text.parse()?;
/// assert_eq!(address.relays[0].as_str(), "wss://relay.example.com");
/// assert_eq!(address.secret.as_deref(), Some("once"));
/// # Ok::<(), kith_nips::nip46::AddressError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BunkerAddress {
    /// The key that the signer answers with; not that of the user (NIP46-04).
    pub signer: PublicKey,
    /// Where it listens; at least one.
    pub relays: Vec<RelayUrl>,
    /// What tells it that the user gave us the address; good for once.
    pub secret: Option<String>,
}

impl fmt::Debug for BunkerAddress {
    /// Without the secret: it must not get into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BunkerAddress")
            .field("signer", &self.signer)
            .field("relays", &self.relays)
            .finish_non_exhaustive()
    }
}

/// What is wrong with the address of a signer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// It is no `bunker://` address at all.
    #[error("this is not an address of a signer: it begins with bunker://")]
    NotABunker,
    /// What stands behind `bunker://` is no public key.
    #[error(
        "the address does not name the key of a signer: 64 hexadecimal digits stand behind bunker://"
    )]
    NoKey,
    /// It names no relay.
    #[error("the address names no relay on which the signer listens")]
    NoRelay,
    /// More than [`ADDRESS_RELAYS_MAX`].
    #[error("the address names {0} relays; at most {ADDRESS_RELAYS_MAX} are possible")]
    TooManyRelays(usize),
    /// One of the relays is none.
    #[error("{relay:?} in the address is not a relay: {reason}")]
    NotARelay {
        /// As it is written.
        relay: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl FromStr for BunkerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text.trim()).map_err(|_| AddressError::NotABunker)?;
        if url.scheme() != BUNKER_SCHEME {
            return Err(AddressError::NotABunker);
        }
        let signer = url.host_str().and_then(|host| host.parse().ok());
        let signer = signer.ok_or(AddressError::NoKey)?;
        let mut relays: Vec<RelayUrl> = Vec::new();
        let mut secret = None;
        for (name, value) in url.query_pairs() {
            match &*name {
                "relay" => {
                    let relay =
                        RelayUrl::parse(&value).map_err(|error| AddressError::NotARelay {
                            relay: value.to_string(),
                            reason: error.to_string(),
                        })?;
                    if !relays.contains(&relay) {
                        relays.push(relay);
                    }
                }
                "secret" => secret = Some(value.to_string()).filter(|secret| !secret.is_empty()),
                // Of later versions.
                _ => {}
            }
        }
        match relays.len() {
            0 => Err(AddressError::NoRelay),
            count if count > ADDRESS_RELAYS_MAX => Err(AddressError::TooManyRelays(count)),
            _ => Ok(BunkerAddress {
                signer,
                relays,
                secret,
            }),
        }
    }
}

/// What we show a signer so that it comes to us: `nostrconnect://…` (NIP46-03).
///
/// ```
/// use kith_nips::nip46::ClientAddress;
/// use nostr::RelayUrl;
///
/// let key = "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d";
/// let address = ClientAddress {
///     client: key.parse()?,
///     relays: vec![RelayUrl::parse("wss://relay.example.com")?],
///     secret: "once".to_owned(),
///     name: "Kith".to_owned(),
/// };
/// assert_eq!(
///     address.to_string(),
///     format!("nostrconnect://{key}?relay=wss%3A%2F%2Frelay.example.com&secret=once&name=Kith"),
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ClientAddress {
    /// The key that was made for this.
    pub client: PublicKey,
    /// Where we listen; at least one.
    pub relays: Vec<RelayUrl>,
    /// What the signer has to say: who does not know it was not shown the address.
    pub secret: String,
    /// What the signer calls us.
    pub name: String,
}

impl fmt::Debug for ClientAddress {
    /// Without the secret: it must not get into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientAddress")
            .field("client", &self.client)
            .field("relays", &self.relays)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let relays = self
            .relays
            .iter()
            .map(|relay| ("relay", relay.as_str_without_trailing_slash()));
        let rest = [("secret", self.secret.as_str()), ("name", &self.name)];
        write!(f, "{CLIENT_SCHEME}://{}", self.client)?;
        for (place, (name, value)) in relays.chain(rest).enumerate() {
            let mark = if place == 0 { '?' } else { '&' };
            write!(f, "{mark}{name}=")?;
            for byte in value.bytes() {
                match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                        write!(f, "{}", char::from(byte))?;
                    }
                    _ => write!(f, "%{byte:02X}")?,
                }
            }
        }
        Ok(())
    }
}

/// Who a program says it is; signers show it and trust it in nothing (NIP46-11).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ClientMetadata {
    /// What it is called.
    pub name: String,
    /// Its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What a signer is asked for (NIP46-06).
///
/// ```
/// use kith_nips::nip46::Request;
/// let request = Request { id: "7".to_owned(), method: "ping", params: vec![] };
/// assert_eq!(request.to_json(), r#"{"id":"7","method":"ping","params":[]}"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Comes back in the answer.
    pub id: String,
    /// What to do.
    pub method: &'static str,
    /// With what; texts only.
    pub params: Vec<String>,
}

impl Request {
    /// `connect`: the signer, the secret or nothing, no permissions, and who we are, in the fourth place
    /// (NIP46-02).
    pub fn connect(
        id: String,
        signer: PublicKey,
        secret: Option<&str>,
        metadata: &ClientMetadata,
    ) -> Self {
        let metadata = serde_json::to_string(metadata).unwrap_or_default();
        let secret = secret.unwrap_or_default().to_owned();
        Request {
            id,
            method: "connect",
            params: vec![signer.to_string(), secret, String::new(), metadata],
        }
    }

    /// As it is encrypted.
    pub fn to_json(&self) -> String {
        // Texts alone always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What a signer says.
///
/// ```
/// use kith_nips::nip46::{Outcome, Response};
/// let response = Response::read(r#"{"id":"7","result":"pong"}"#)?;
/// assert_eq!(response.outcome, Outcome::Result("pong".to_owned()));
/// let response = Response::read(r#"{"id":"7","result":"auth_url","error":"https://s.example/7"}"#)?;
/// assert_eq!(response.outcome, Outcome::AskedToVisit("https://s.example/7".to_owned()));
/// # Ok::<(), kith_nips::nip46::ResponseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// That of the request.
    pub id: String,
    /// How it went.
    pub outcome: Outcome,
}

/// How a request went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done; what came of it. Anything but a text is given as JSON, and nothing as the empty text.
    Result(String),
    /// It was not; what the signer says of it.
    Error(String),
    /// The user has to say yes on this page first; then the answer comes (NIP46-07).
    AskedToVisit(String),
}

/// It is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not what a signer answers: {0}")]
pub struct ResponseError(String);

impl Response {
    /// From the decrypted text.
    ///
    /// # Errors
    /// [`ResponseError`] when it is no JSON object with an id.
    pub fn read(text: &str) -> Result<Self, ResponseError> {
        #[derive(Deserialize)]
        struct Members {
            id: String,
            #[serde(default)]
            result: Value,
            #[serde(default)]
            error: Value,
        }
        let members: Members =
            serde_json::from_str(text).map_err(|error| ResponseError(error.to_string()))?;
        let words = |value: Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text,
            other => other.to_string(),
        };
        let (result, error) = (words(members.result), words(members.error));
        let outcome = match (result.as_str(), error.is_empty()) {
            ("auth_url", false) => Outcome::AskedToVisit(error),
            (_, false) => Outcome::Error(error),
            (_, true) => Outcome::Result(result),
        };
        let id = members.id;
        Ok(Response { id, outcome })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d";

    fn read(rest: &str) -> Result<BunkerAddress, AddressError> {
        format!("bunker://{KEY}{rest}").parse()
    }

    #[test]
    fn nip46_02_an_address_names_the_signer_and_its_relays() {
        let address = read(
            "?relay=wss://one.example&relay=wss%3A%2F%2Ftwo.example%2Fpath&later=1&secret=a%20b",
        );
        let address = address.unwrap();
        assert_eq!(address.signer.to_string(), KEY);
        let relays: Vec<&str> = address.relays.iter().map(RelayUrl::as_str).collect();
        assert_eq!(relays, ["wss://one.example", "wss://two.example/path"]);
        assert_eq!(address.secret.as_deref(), Some("a b"));
        assert!(!format!("{address:?}").contains("a b"));
        let once = read("?relay=wss://one.example&relay=wss://one.example&secret=").unwrap();
        assert_eq!((once.relays.len(), once.secret), (1, None));
    }

    #[test]
    fn what_is_wrong_with_an_address_is_said() {
        let error = |text: &str| text.parse::<BunkerAddress>().unwrap_err();
        assert_eq!(error("wss://relay.example"), AddressError::NotABunker);
        assert_eq!(error("hello"), AddressError::NotABunker);
        assert_eq!(
            error("bunker://npub1xyz?relay=wss://x"),
            AddressError::NoKey
        );
        assert_eq!(read("").unwrap_err(), AddressError::NoRelay);
        let many: String = (0..17).map(|nth| format!("&relay=wss://r{nth}")).collect();
        assert_eq!(
            read(&format!("?a=b{many}")).unwrap_err(),
            AddressError::TooManyRelays(17)
        );
        let error = read("?relay=https://one.example").unwrap_err();
        assert!(
            matches!(error, AddressError::NotARelay { relay, .. } if relay == "https://one.example")
        );
    }

    #[test]
    fn nip46_02_who_we_are_stands_in_the_fourth_place() {
        let metadata = ClientMetadata {
            name: "Kith".to_owned(),
            url: None,
        };
        let request = Request::connect("1".to_owned(), KEY.parse().unwrap(), None, &metadata);
        let params = vec![KEY, "", "", r#"{"name":"Kith"}"#];
        assert_eq!(request.params, params);
    }

    #[test]
    fn nip46_06_07_answers_are_results_errors_or_pages() {
        let outcome = |text: &str| Response::read(text).unwrap().outcome;
        let done = |text: &str| Outcome::Result(text.to_owned());
        assert_eq!(
            outcome(r#"{"id":"1","result":"ack","error":null}"#),
            done("ack")
        );
        assert_eq!(
            outcome(r#"{"id":"1","result":"ack","error":""}"#),
            done("ack")
        );
        assert_eq!(outcome(r#"{"id":"1","result":null}"#), done(""));
        assert_eq!(
            outcome(r#"{"id":"1","result":["wss://a"]}"#),
            done(r#"["wss://a"]"#)
        );
        let error = Outcome::Error("no".to_owned());
        assert_eq!(outcome(r#"{"id":"1","error":"no"}"#), error);
        assert_eq!(outcome(r#"{"id":"1","result":"x","error":"no"}"#), error);
        for text in ["", "[]", "{}", r#"{"id":1,"result":"x"}"#] {
            assert!(Response::read(text).is_err(), "{text}");
        }
    }
}
