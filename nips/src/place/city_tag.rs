//! City tags, `GB:Brighton`: how they are spelled and recognised.
//!
//! Owns: LBC-42 and LBC-43 on a single text. It must not know which cities exist; the gazetteer
//! knows that, and gives the canonical spelling of a name.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

/// Whether a `g` value without a third element is a city: `^[A-Z]{2}:.+` (LBC-43). Otherwise it is
/// a geohash, if it is valid.
///
/// ```
/// use kith_nips::place::looks_like_city;
///
/// assert!(looks_like_city("GB:Brighton"));
/// assert!(!looks_like_city("gb:Brighton"));
/// assert!(!looks_like_city("gcpchgune"));
/// ```
pub fn looks_like_city(value: &str) -> bool {
    match value.as_bytes() {
        [first, second, b':', rest @ ..] => {
            first.is_ascii_uppercase()
                && second.is_ascii_uppercase()
                && rest.first().is_some_and(|byte| *byte != b'\n')
        }
        _ => false,
    }
}

/// A country: two upper-case letters of ISO 3166-1 alpha-2 (or the `XK` in use for Kosovo).
///
/// ```
/// use kith_nips::place::CountryCode;
///
/// let country = CountryCode::parse("uk").map(|code| code.to_string());
/// assert_eq!(country, Some("GB".to_owned()));
/// assert_eq!(CountryCode::parse("England"), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// `ZZ`, which ISO 3166-1 leaves to users: no country.
    pub(super) const NONE: Self = Self(*b"ZZ");

    /// Letters of the table of cities.
    pub(super) const fn from_table(letters: [u8; 2]) -> Self {
        Self(letters)
    }

    /// Reads two letters in any case; `UK` becomes `GB` (LBC-42). Whether the country exists is
    /// not checked.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; 2] = text.as_bytes().try_into().ok()?;
        let letters = letters.map(|letter| letter.to_ascii_uppercase());
        if !letters.iter().all(u8::is_ascii_uppercase) {
            return None;
        }
        Some(if letters == *b"UK" {
            Self(*b"GB")
        } else {
            Self(letters)
        })
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CountryCode({self})")
    }
}

/// The value of a city tag: country and name, in the one spelling that exact filters need
/// (LBC-42).
///
/// The name is in NFC, trimmed, with single spaces. Its capitals are kept as they are: the
/// gazetteer's spelling is what [`City::tag`](super::City::tag) gives.
///
/// ```
/// use kith_nips::place::CityTag;
///
/// let tag = CityTag::parse(" uk:  Stratford-upon-Avon ")?;
/// assert_eq!(tag.to_string(), "GB:Stratford-upon-Avon");
/// assert_eq!(tag.country().as_str(), "GB");
/// assert_eq!(tag.name(), "Stratford-upon-Avon");
/// # Ok::<(), kith_nips::place::CityTagError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CityTag {
    country: CountryCode,
    name: String,
}

impl CityTag {
    /// Reads `CC:Name`, split at the first colon, and puts it into the canonical form.
    ///
    /// # Errors
    /// If there is no colon, the country is not two letters, or the name is empty or has control
    /// characters.
    pub fn parse(text: &str) -> Result<Self, CityTagError> {
        let (country, name) = text.split_once(':').ok_or(CityTagError::Colon)?;
        let country = CountryCode::parse(country.trim()).ok_or(CityTagError::Country)?;
        Self::new(country, name)
    }

    /// The tag of a name in a country.
    ///
    /// # Errors
    /// If the name is empty or has control characters.
    pub fn new(country: CountryCode, name: &str) -> Result<Self, CityTagError> {
        let words: Vec<&str> = name.split_whitespace().collect();
        let name: String = words.join(" ").nfc().collect();
        if name.is_empty() {
            return Err(CityTagError::Name);
        }
        if name.chars().any(char::is_control) {
            return Err(CityTagError::ControlCharacter);
        }
        Ok(Self { country, name })
    }

    /// From the table of cities, where names have the canonical form already (a test checks it).
    pub(super) fn from_table(country: CountryCode, name: &str) -> Self {
        Self {
            country,
            name: name.to_owned(),
        }
    }

    /// The country.
    pub fn country(&self) -> CountryCode {
        self.country
    }

    /// The name of the city.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for CityTag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.country, self.name)
    }
}

impl FromStr for CityTag {
    type Err = CityTagError;

    fn from_str(text: &str) -> Result<Self, CityTagError> {
        Self::parse(text)
    }
}

/// Why a text is not a city tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CityTagError {
    /// There is no colon.
    #[error("a city is written like GB:Brighton")]
    Colon,
    /// What is before the first colon is not two letters.
    #[error("a city begins with a country of two letters, like GB:Brighton")]
    Country,
    /// There is nothing after the colon.
    #[error("a city needs a name, like GB:Brighton")]
    Name,
    /// The name has a control character.
    #[error("the name of a city cannot have control characters")]
    ControlCharacter,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(input: &str, expected: &str) {
        assert_eq!(CityTag::parse(input).unwrap().to_string(), expected);
    }

    #[test]
    fn lbc_42_one_spelling() {
        check("GB:Brighton", "GB:Brighton");
        check("UK:Brighton", "GB:Brighton");
        check("gb: Brighton", "GB:Brighton");
        check("Uk:Brighton", "GB:Brighton");
        check(" de :\u{a0}Frankfurt  am\tMain ", "DE:Frankfurt am Main");
        check("DE:Mu\u{308}nchen", "DE:M\u{fc}nchen");
        check("US:A:B", "US:A:B");
    }

    #[test]
    fn lbc_42_what_is_not_a_city_is_refused() {
        for text in [
            "",
            "Brighton",
            "GBR:Brighton",
            "G:Brighton",
            "1A:B",
            "GB:",
            "GB:  ",
            "É:B",
        ] {
            assert!(CityTag::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            CityTag::parse("GB:Brigh\u{7}ton"),
            Err(CityTagError::ControlCharacter)
        );
    }

    #[test]
    fn lbc_43_cities_are_told_from_geohashes() {
        for value in ["GB:Brighton", "DE:München", "XX:x", "GB: ", "US:A:B"] {
            assert!(looks_like_city(value), "{value}");
        }
        for value in [
            "gb:Brighton",
            "GB:",
            "GB",
            "gcpchgune",
            "GBR:Brighton",
            "",
            "ÄÖ:x",
            "GB:\nx",
        ] {
            assert!(!looks_like_city(value), "{value}");
        }
    }

    proptest! {
        #[test]
        fn lbc_42_normalisation_is_stable(text in "\\PC{0,4}:?[\\PC\\s]{0,20}") {
            if let Ok(tag) = CityTag::parse(&text) {
                let written = tag.to_string();
                prop_assert!(looks_like_city(&written));
                prop_assert_eq!(CityTag::parse(&written).unwrap(), tag);
            }
        }
    }
}
