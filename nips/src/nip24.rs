//! NIP-24: the further fields of a profile (kind 0, NIP-01). Owns what a person is called; the rest of a
//! profile is for others.

use serde_json::{Map, Value};

/// Longer names are cut, in characters.
pub const NAME_CHARACTERS_MAX: usize = 64;

/// What the author of a profile with this content calls themselves: its `display_name`, else its
/// `name`, without spaces around it and at most [`NAME_CHARACTERS_MAX`] characters long. `None` when
/// neither says anything. A text of a stranger: make it harmless before it is shown.
///
/// ```
/// use kith_nips::nip24::name;
/// assert_eq!(name(r#"{"name":"alice","display_name":"Alice B."}"#).as_deref(), Some("Alice B."));
/// assert_eq!(name("not a profile"), None);
/// ```
pub fn name(content: &str) -> Option<String> {
    let profile: Map<String, Value> = serde_json::from_str(content).ok()?;
    let fields = ["display_name", "name"].into_iter();
    let names = fields.filter_map(|field| profile.get(field)?.as_str());
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
        for content in ["", "[]", "{}", r#"{"name":7}"#, r#"{"name":" "}"#] {
            assert_eq!(name(content), None, "{content}");
        }
    }
}
