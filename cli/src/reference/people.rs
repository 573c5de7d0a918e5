//! People as they are typed where they may be asked for: what [`person`] takes, or an identifier
//! (NIP-05). It knows nothing of what is done with whom was named.

use kith_client::{Identifier, Kith};
use kith_nips::PublicKey;

use super::{is_secret, person};
use crate::errors::CliError;

/// Somebody, before anybody was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypedPerson {
    /// It says itself who.
    Key(PublicKey),
    /// Who that is, its domain and their profile say.
    Named(Identifier),
}

impl TypedPerson {
    /// Reads the text; a secret key is an error that does not repeat it.
    pub fn parse(text: &str) -> Result<Self, CliError> {
        let error = match person(text) {
            Ok(key) => return Ok(Self::Key(key)),
            Err(error) => error,
        };
        match is_secret(text) {
            true => Err(error),
            false => text.parse().map(Self::Named).map_err(|_| error),
        }
    }

    /// Those of these texts.
    pub fn parse_all<'a>(
        texts: impl IntoIterator<Item = &'a String>,
    ) -> Result<Vec<Self>, CliError> {
        let texts = texts.into_iter();
        texts.map(|text| Self::parse(text)).collect()
    }

    /// Whether it is plain from the text alone that a person is meant: only identifiers have an `@`.
    pub fn is_meant(text: &str) -> bool {
        text.contains('@') && text.parse::<Identifier>().is_ok()
    }

    /// Who it is.
    pub async fn find(&self, kith: &Kith) -> Result<PublicKey, CliError> {
        match self {
            Self::Key(key) => Ok(*key),
            Self::Named(identifier) => Ok(kith.person_by_identifier(identifier).await?.person),
        }
    }

    /// Who these are, in the same order.
    pub async fn find_all(typed: &[Self], kith: &Kith) -> Result<Vec<PublicKey>, CliError> {
        let mut people = Vec::with_capacity(typed.len());
        for one in typed {
            people.push(one.find(kith).await?);
        }
        Ok(people)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit_code::ExitCode;

    const KEY: &str = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

    #[test]
    fn nip05_02_what_is_neither_a_key_nor_an_identifier_is_an_error_before_anybody_is_asked() {
        let typed = TypedPerson::parse(KEY).unwrap();
        assert_eq!(typed, TypedPerson::Key(KEY.parse().unwrap()));
        for (text, shown) in [
            (" Bob@Example.com ", "bob@example.com"),
            ("_@example.com", "example.com"),
            ("example.com", "example.com"),
        ] {
            let typed = TypedPerson::parse(text).unwrap();
            assert_eq!(typed, TypedPerson::Named(shown.parse().unwrap()), "{text}");
        }
        for text in ["bob", "", "bob+1@example.com", "@example.com", "npub1xyz"] {
            let error = TypedPerson::parse(text).unwrap_err();
            assert_eq!(error.code, ExitCode::Usage, "{text}");
        }
        let secret = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5";
        for text in [secret.to_owned(), format!("{secret}@example.com")] {
            let error = TypedPerson::parse(&text).unwrap_err();
            assert!(!format!("{error:?}").contains("vl029"), "{error:?}");
        }
        for (text, is_meant) in [
            ("bob@example.com", true),
            ("example.com", false),
            ("Beer @ 7", false),
            (KEY, false),
        ] {
            assert_eq!(TypedPerson::is_meant(text), is_meant, "{text}");
        }
    }
}
