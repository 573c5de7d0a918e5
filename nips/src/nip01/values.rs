//! The JSON values that events and filters share, read strictly.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};

use super::hex;

/// Characters of foreign text repeated in an error.
const ECHO_CHARACTERS_MAX: usize = 80;

/// `N` bytes in lower-case hex.
#[derive(Clone, Copy)]
pub(super) struct Hex<const N: usize>;

impl<'de, const N: usize> DeserializeSeed<'de> for Hex<N> {
    type Value = [u8; N];

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<const N: usize> Visitor<'_> for Hex<N> {
    type Value = [u8; N];

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} lower-case hex characters", 2 * N)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        hex::decode(text.as_bytes()).ok_or_else(|| not_hex(text, 2 * N))
    }
}

/// A plain integer token from 0 to `max`. Fractions and exponents come as floats and are refused.
#[derive(Clone, Copy)]
pub(super) struct Integer {
    pub max: u64,
}

impl<'de> DeserializeSeed<'de> for Integer {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_u64(self)
    }
}

impl Visitor<'_> for Integer {
    type Value = u64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a non-negative integer")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
        if number > self.max {
            return Err(E::custom(format_args!("{number} is above {}", self.max)));
        }
        Ok(number)
    }
}

/// The error for a text that is not hex as it should be.
pub(super) fn not_hex<E: Error>(text: &str, characters: usize) -> E {
    let quoted = quote(text);
    E::custom(format_args!(
        "{quoted} is not {characters} lower-case hex characters"
    ))
}

/// Foreign text in quotes, cut when long.
pub(super) fn quote(text: &str) -> String {
    format!("{:?}", shorten(text, ECHO_CHARACTERS_MAX))
}

/// At most this many characters.
pub(super) fn shorten(text: &str, characters_max: usize) -> String {
    match text.char_indices().nth(characters_max) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
