//! NIP-24: the further fields of a profile (kind 0, NIP-01). Owns what a person is called, and what they
//! say that their identifier is (NIP-05); the rest of a profile is for others.

use serde_json::{Map, Value};

use crate::nip05::Identifier;

/// Longer names are cut, in characters.
pub const NAME_CHARACTERS_MAX: usize = 64;

/// What somebody says of themselves (kind 0). Everything is a text of a stranger: make it harmless before
/// it is shown, and ask before it is believed.
///
/// ```
/// use kith_nips::nip24::Profile;
///
/// let profile = Profile::read(r#"{"name":"bob","nip05":"bob@example.com"}"#);
/// assert_eq!(profile.name.as_deref(), Some("bob"));
/// assert_eq!(profile.identifier, "bob@example.com".parse().ok());
/// // What is no profile says nothing.
/// assert_eq!(Profile::read("not a profile"), Profile::default());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Profile {
    /// What they call themselves: `display_name`, else `name`, without spaces around it and at most
    /// [`NAME_CHARACTERS_MAX`] characters long.
    pub name: Option<String>,
    /// Which identifier they say is theirs (`nip05`); the file at its domain has the word.
    pub identifier: Option<Identifier>,
}

impl Profile {
    /// Reads the content of a kind 0. What is not a JSON object is an empty profile, and so is each
    /// member that is not as it should be.
    pub fn read(content: &str) -> Profile {
        let fields = fields(content);
        let identifier = fields.get("nip05").and_then(Value::as_str);
        Profile {
            name: name_in(&fields),
            identifier: identifier.and_then(|identifier| identifier.parse().ok()),
        }
    }
}

/// What the author of a profile with this content calls themselves, as [`Profile::name`].
///
/// ```
/// use kith_nips::nip24::name;
/// assert_eq!(name(r#"{"name":"alice","display_name":"Alice B."}"#).as_deref(), Some("Alice B."));
/// assert_eq!(name("not a profile"), None);
/// ```
pub fn name(content: &str) -> Option<String> {
    name_in(&fields(content))
}

fn fields(content: &str) -> Map<String, Value> {
    serde_json::from_str(content).unwrap_or_default()
}

fn name_in(fields: &Map<String, Value>) -> Option<String> {
    let text = |field: &str| fields.get(field).and_then(Value::as_str);
    let names = ["display_name", "name"].into_iter().filter_map(text);
    names
        .map(|name| name.trim().chars().take(NAME_CHARACTERS_MAX).collect())
        .find(|name: &String| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_name_comes_first_and_nonsense_is_no_name() {
        let both = r#"{"name":"alice","display_name":" Alice of Brighton "}"#;
        assert_eq!(name(both).as_deref(), Some("Alice of Brighton"));
        for blank in [r#""  ""#, "null", "7"] {
            let blank = format!(r#"{{"name":"alice","display_name":{blank}}}"#);
            assert_eq!(name(&blank).as_deref(), Some("alice"), "{blank}");
        }
        let long = format!(r#"{{"name":"{}"}}"#, "ü".repeat(500));
        assert_eq!(name(&long).unwrap().chars().count(), NAME_CHARACTERS_MAX);
        for content in ["{}", r#"{"name":7}"#, r#"{"name":" "}"#] {
            assert_eq!(name(content), None, "{content}");
        }
    }

    #[test]
    fn nip01_109_content_that_cannot_be_parsed_is_an_empty_profile() {
        let object = Profile::read(r#"{"name":"bob","nip05":"Bob@example.com","about":[]}"#);
        assert_eq!(object.name.as_deref(), Some("bob"));
        assert_eq!(object.identifier, "bob@example.com".parse().ok());
        let string = serde_json::json!(r#"{"name":"bob"}"#).to_string();
        let deep = "[".repeat(100_000);
        for content in [
            "",
            "bob",
            "[]",
            "null",
            "7",
            "{",
            r#"{"name":"bob"}}"#,
            &string,
            &deep,
        ] {
            assert_eq!(Profile::read(content), Profile::default());
        }
        // A member that is no text, or no identifier, takes nothing else with it.
        for broken in ["7", "null", "{}", r#""bob smith@example.com""#, r#""bob""#] {
            let content = format!(r#"{{"name":"bob","nip05":{broken}}}"#);
            let profile = Profile::read(&content);
            assert_eq!(
                (profile.name.as_deref(), profile.identifier),
                (Some("bob"), None)
            );
        }
    }
}
