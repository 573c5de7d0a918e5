//! Addresses of replaceable and addressable events (NIP-01). Knows nothing of events.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Kind, PublicKey};

/// `kind:pubkey:identifier`: names the newest event of an author, kind and identifier (NIP-01).
///
/// Plain replaceable events have an empty identifier and keep the trailing colon.
///
/// ```
/// use kith_nips::{Address, Kind};
/// let key = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
/// let address: Address = format!("30000:{key}:list:blocked").parse()?;
/// assert_eq!(address.kind, Kind::PEOPLE_SET);
/// assert_eq!(address.identifier, "list:blocked");
/// assert_eq!(address.to_string(), format!("30000:{key}:list:blocked"));
/// # Ok::<(), kith_nips::nip01::AddressError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// Kind of the event.
    pub kind: Kind,
    /// Author of the event.
    pub pubkey: PublicKey,
    /// Value of its first `d` tag; empty for plain replaceable kinds.
    pub identifier: String,
}

/// Why a text is no address.
///
/// ```
/// use kith_nips::Address;
/// let error = "31923".parse::<Address>().unwrap_err();
/// assert_eq!(error.to_string(), "an address is kind:pubkey:identifier");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Fewer than two colons.
    #[error("an address is kind:pubkey:identifier")]
    Parts,
    /// The part before the first colon.
    #[error("the kind of an address is a plain decimal number up to 65535")]
    Kind,
    /// The part between the first two colons.
    #[error("the public key of an address is 64 lower-case hex characters")]
    PublicKey,
}

impl Address {
    /// The parts of an address without a copy: kind, author, identifier.
    pub(crate) fn split(text: &str) -> Result<(Kind, PublicKey, &str), AddressError> {
        let (kind, rest) = text.split_once(':').ok_or(AddressError::Parts)?;
        let (pubkey, identifier) = rest.split_once(':').ok_or(AddressError::Parts)?;
        let kind = Kind::from_decimal(kind).ok_or(AddressError::Kind)?;
        let pubkey = PublicKey::from_hex(pubkey).map_err(|_| AddressError::PublicKey)?;
        Ok((kind, pubkey, identifier))
    }
}

impl FromStr for Address {
    type Err = AddressError;

    /// Splits at the first two colons only; everything after is the identifier.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (kind, pubkey, identifier) = Self::split(text)?;
        Ok(Self {
            kind,
            pubkey,
            identifier: identifier.to_owned(),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}:{}:{}",
            self.kind, self.pubkey, self.identifier
        )
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

    #[test]
    fn nip01_110_plain_replaceable_addresses_keep_the_colon() {
        let address = Address {
            kind: Kind::COMMUNITY_FOLLOWS,
            pubkey: KEY.parse().unwrap(),
            identifier: String::new(),
        };
        assert_eq!(address.to_string(), format!("10037:{KEY}:"));
        assert_eq!(address.to_string().parse(), Ok(address));
    }

    #[test]
    fn nip01_111_split_at_the_first_two_colons_only() {
        let id = "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9";
        let address: Address = format!("30000:{KEY}:{id}:blocked").parse().unwrap();
        assert_eq!(address.identifier, format!("{id}:blocked"));
        let colons: Address = format!("30000:{KEY}:::").parse().unwrap();
        assert_eq!(colons.identifier, "::");
    }

    #[test]
    fn malformed_addresses_are_refused() {
        let upper = KEY.to_uppercase();
        for (text, error) in [
            (String::new(), AddressError::Parts),
            (format!("10037:{KEY}"), AddressError::Parts),
            (format!("x:{KEY}:"), AddressError::Kind),
            (format!("+1:{KEY}:"), AddressError::Kind),
            (format!("65536:{KEY}:"), AddressError::Kind),
            (format!("1:{upper}:"), AddressError::PublicKey),
            ("1::".to_owned(), AddressError::PublicKey),
        ] {
            assert_eq!(text.parse::<Address>(), Err(error), "{text}");
        }
    }
}
