//! Asking the domain of an identifier for its file (NIP-05): which hosts are asked, how long, how much is
//! read, and which answers decide. Knows files, not people.

use std::net::SocketAddr;
use std::time::Duration;

use http::header::ACCEPT;
use http::{Request, StatusCode};
use hyper::body::Bytes;
use kith_nips::nip05::{Entry, Identifier};
use nostr_sdk::Url;

use super::{IdentifierInvalid, IdentifierUnknown};
use crate::public_ip::is_public;
use crate::web::{self, Answer, WebError};

/// How long the file may take, from the name of the host to its last byte.
const FETCH_TIME_MAX: Duration = Duration::from_secs(5);

/// A longer file is not read.
const FILE_BYTES_MAX: usize = 256 * 1024;

/// Which hosts may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hosts {
    /// Those of the public network.
    Public,
    /// Also those whose name says that they are this machine ([`Identifier::is_loopback`]).
    AndLoopback,
}

/// Why an identifier leads to no key.
#[derive(Debug)]
pub(super) enum NoEntry {
    /// The domain decided.
    Invalid(IdentifierInvalid),
    /// It did not.
    Unknown(IdentifierUnknown),
}

impl From<IdentifierUnknown> for NoEntry {
    fn from(unknown: IdentifierUnknown) -> NoEntry {
        NoEntry::Unknown(unknown)
    }
}

impl From<WebError> for NoEntry {
    fn from(error: WebError) -> NoEntry {
        NoEntry::Unknown(match error {
            WebError::TooLarge(_) => IdentifierUnknown::TooLarge,
            error => IdentifierUnknown::Unreachable(error.to_string()),
        })
    }
}

/// What the file of its domain says of an identifier.
pub(super) async fn ask(identifier: &Identifier, hosts: Hosts) -> Result<Entry, NoEntry> {
    let asking = tokio::time::timeout(FETCH_TIME_MAX, fetch(identifier, hosts));
    let answer = asking.await.map_err(|_| IdentifierUnknown::TooSlow)??;
    read(identifier, &answer)
}

async fn fetch(identifier: &Identifier, hosts: Hosts) -> Result<Answer, NoEntry> {
    if identifier.is_loopback() && hosts == Hosts::Public {
        return Err(IdentifierUnknown::NotPublic.into());
    }
    let url = Url::parse(&identifier.url());
    let url = url.map_err(|error| IdentifierUnknown::Unreachable(error.to_string()))?;
    let found = web::addresses(&url).await?;
    // What was looked at is what is connected to: asked again, the name may lead elsewhere.
    let addresses = permitted(found, identifier.is_loopback())?;
    let request = Request::builder().header(ACCEPT, "application/json");
    let asking = web::exchange_at(&url, &addresses, request, Bytes::new(), FILE_BYTES_MAX);
    Ok(asking.await?)
}

/// All of these addresses, or none when one of them is where nobody else may lead us.
fn permitted(
    found: Vec<SocketAddr>,
    is_loopback: bool,
) -> Result<Vec<SocketAddr>, IdentifierUnknown> {
    let is_permitted = |address: &SocketAddr| match is_loopback {
        true => address.ip().is_loopback(),
        false => is_public(address.ip()),
    };
    match found.iter().all(is_permitted) {
        true => Ok(found),
        false => Err(IdentifierUnknown::NotPublic),
    }
}

/// An answer decides when it is the file, or says that there is none here: a redirect is not followed, so
/// that a site that lets people redirect lets nobody name themselves (NIP-05).
fn read(identifier: &Identifier, answer: &Answer) -> Result<Entry, NoEntry> {
    let status = answer.status.as_u16();
    match answer.status {
        StatusCode::OK => Entry::read(&answer.body, identifier.name())
            .map_err(|error| NoEntry::Invalid(IdentifierInvalid::File(error))),
        redirect if redirect.is_redirection() => {
            Err(NoEntry::Invalid(IdentifierInvalid::Redirected(status)))
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            Err(NoEntry::Invalid(IdentifierInvalid::NoFile))
        }
        _ => Err(IdentifierUnknown::Status(status).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        let read = |text: &&str| SocketAddr::new(text.parse().unwrap(), 443);
        texts.iter().map(read).collect()
    }

    #[test]
    fn nip05_09_one_private_address_among_public_ones_is_enough_to_ask_nobody() {
        let public = addresses(&["1.1.1.1", "2606:4700:4700::1111"]);
        assert_eq!(permitted(public.clone(), false), Ok(public));
        for private in ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1"] {
            let both = addresses(&["1.1.1.1", private]);
            let answer = permitted(both, false);
            assert_eq!(answer, Err(IdentifierUnknown::NotPublic), "{private}");
        }
        // Who tries things out on this machine gets no further than this machine.
        let here = addresses(&["127.0.0.1", "::1"]);
        assert_eq!(permitted(here.clone(), true), Ok(here));
        for elsewhere in ["10.1.2.3", "1.1.1.1"] {
            let answer = permitted(addresses(&["127.0.0.1", elsewhere]), true);
            assert_eq!(answer, Err(IdentifierUnknown::NotPublic), "{elsewhere}");
        }
    }
}
