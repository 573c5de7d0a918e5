//! The fixed-size values of an event: its id, its author, its signature. Only bytes and their hex
//! spelling; whether they are right is the business of `verify`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hex;

/// A text that is not the lower-case hex that was asked for.
///
/// ```
/// use kith_nips::EventId;
/// let error = EventId::from_hex("npub1xyz").unwrap_err();
/// assert_eq!(error.to_string(), "not 64 lower-case hex characters");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not {characters} lower-case hex characters")]
pub struct HexError {
    /// How many characters were expected.
    pub characters: usize,
}

macro_rules! fixed_bytes {
    ($(#[$documentation:meta])* $name:ident, $size:literal) => {
        $(#[$documentation])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $size]);

        impl $name {
            /// Wraps the bytes as they are.
            pub const fn from_bytes(bytes: [u8; $size]) -> Self {
                Self(bytes)
            }

            /// Reads lower-case hex; no other spelling is accepted (NIP-01).
            pub fn from_hex(text: &str) -> Result<Self, HexError> {
                hex::decode(text.as_bytes())
                    .map(Self)
                    .ok_or(HexError { characters: $size * 2 })
            }

            /// The bytes.
            pub const fn as_bytes(&self) -> &[u8; $size] {
                &self.0
            }

            /// The lower-case hex spelling.
            pub fn to_hex(&self) -> String {
                hex::encode(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.to_hex())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}({})", stringify!($name), self.to_hex())
            }
        }

        impl FromStr for $name {
            type Err = HexError;

            fn from_str(text: &str) -> Result<Self, HexError> {
                Self::from_hex(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.to_hex())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                Self::from_hex(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

fixed_bytes! {
    /// The id of an event: SHA-256 of its canonical serialisation (NIP-01).
    ///
    /// Ordered by bytes, which is the order of the hex spelling too.
    ///
    /// ```
    /// use kith_nips::EventId;
    /// let id = EventId::from_hex("002f000000000000000000000000000000000000000000000000000000000000")?;
    /// assert_eq!(id.difficulty(), 10);
    /// assert_eq!(EventId::from_hex(&id.to_string())?, id);
    /// # Ok::<(), kith_nips::nip01::HexError>(())
    /// ```
    EventId, 32
}

fixed_bytes! {
    /// The public key of an author: the x coordinate of a curve point (BIP-340, NIP-01).
    ///
    /// Any 32 bytes fit: whether there is such a point shows when a signature is checked, or when
    /// the value is turned into a [`nostr::PublicKey`].
    ///
    /// ```
    /// use kith_nips::PublicKey;
    /// let hex = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    /// let key: PublicKey = hex.parse()?;
    /// assert_eq!(key.to_string(), hex);
    /// assert!(hex.to_uppercase().parse::<PublicKey>().is_err());
    /// # Ok::<(), kith_nips::nip01::HexError>(())
    /// ```
    PublicKey, 32
}

fixed_bytes! {
    /// A BIP-340 signature over the bytes of an event id (NIP-01).
    ///
    /// ```
    /// use kith_nips::Signature;
    /// let signature = Signature::from_bytes([7; 64]);
    /// assert_eq!(signature.to_hex().len(), 128);
    /// ```
    Signature, 64
}

impl EventId {
    /// Number of leading zero bits: the proof of work in this id (NIP-13).
    pub fn difficulty(&self) -> u32 {
        let zero_bytes = self.0.iter().take_while(|byte| **byte == 0).count();
        let partial = self
            .0
            .get(zero_bytes)
            .map_or(0, |byte| byte.leading_zeros());
        // At most 32 whole bytes, so the product fits.
        zero_bytes as u32 * 8 + partial
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_starting(start: &str) -> EventId {
        EventId::from_hex(&format!("{start:0<64}")).unwrap()
    }

    #[test]
    fn nip13_01_difficulty_is_the_number_of_leading_zero_bits() {
        assert_eq!(id_starting("000000000e9d97a1").difficulty(), 36);
        assert_eq!(id_starting("002f").difficulty(), 10);
        assert_eq!(id_starting("000006d8c378").difficulty(), 21);
        assert_eq!(id_starting("8").difficulty(), 0);
        assert_eq!(id_starting("").difficulty(), 256);
    }

    #[test]
    fn nip01_24_only_lower_case_hex_of_the_right_length() {
        let good = "a".repeat(64);
        assert!(PublicKey::from_hex(&good).is_ok());
        for bad in [
            &good[1..],
            &format!("{good}a"),
            &good.to_uppercase(),
            &"g".repeat(64),
        ] {
            assert!(PublicKey::from_hex(bad).is_err(), "{bad}");
        }
        assert!(Signature::from_hex(&good).is_err());
        assert!(Signature::from_hex(&good.repeat(2)).is_ok());
    }

    #[test]
    fn serde_uses_the_hex_spelling() {
        let id = id_starting("ab");
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{id}\""));
        assert_eq!(serde_json::from_str::<EventId>(&json).unwrap(), id);
        assert!(serde_json::from_str::<EventId>("\"ab\"").is_err());
    }
}
