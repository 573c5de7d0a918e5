//! The JSON in the content of kinds 40 and 41: what a channel is called.

use serde_json::{Map, Value};

/// Name, description, picture and relays of a channel (NIP28-01).
///
/// ```
/// use kith_nips::lbc::ChannelProfile;
/// let profile = ChannelProfile::read(r#"{"name":"Chess","colour":"green"}"#);
/// assert_eq!(profile.name.as_deref(), Some("Chess"));
/// assert_eq!(profile.to_json(), r#"{"colour":"green","name":"Chess"}"#);
/// assert_eq!(ChannelProfile::read("no JSON"), ChannelProfile::default());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelProfile {
    /// What the channel is called.
    pub name: Option<String>,
    /// What it is about.
    pub about: Option<String>,
    /// Address of a picture.
    pub picture: Option<String>,
    /// Relays where its messages are.
    pub relays: Vec<String>,
    /// Members that NIP-28 does not know; an edit preserves them (NIP28-01).
    pub other_members: Map<String, Value>,
}

impl ChannelProfile {
    /// A profile with a name.
    pub fn named(name: impl Into<String>) -> ChannelProfile {
        ChannelProfile {
            name: Some(name.into()),
            ..ChannelProfile::default()
        }
    }

    /// Reads the content of a kind 40 or 41. What is no JSON object is an empty profile (NIP28-07);
    /// a member of the wrong type counts as missing.
    pub fn read(content: &str) -> ChannelProfile {
        let Ok(mut members) = serde_json::from_str::<Map<String, Value>>(content) else {
            return ChannelProfile::default();
        };
        let mut text = |name: &str| match members.remove(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text),
            _ => None,
        };
        let (name, about, picture) = (text("name"), text("about"), text("picture"));
        let relays = match members.remove("relays") {
            Some(Value::Array(relays)) => relays
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        };
        ChannelProfile {
            name,
            about,
            picture,
            relays,
            other_members: members,
        }
    }

    /// The content of a kind 40 or 41.
    pub fn to_json(&self) -> String {
        let mut members = self.other_members.clone();
        let texts = [
            ("name", &self.name),
            ("about", &self.about),
            ("picture", &self.picture),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                members.insert(name.to_owned(), Value::from(text.as_str()));
            }
        }
        if !self.relays.is_empty() {
            members.insert("relays".to_owned(), Value::from(self.relays.clone()));
        }
        Value::Object(members).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nip28_01_all_members_and_unknown_ones() {
        let content =
            r#"{"about":"b","name":"a","picture":"https://c","relays":["wss://d"],"x":{"y":[1]}}"#;
        let profile = ChannelProfile::read(content);
        assert_eq!(profile.relays, ["wss://d"]);
        assert_eq!(profile.to_json(), content);
    }

    #[test]
    fn nip28_07_invalid_content_is_an_empty_profile() {
        for content in [
            "",
            "[]",
            "\"name\"",
            "{",
            "null",
            "{\"name\":5,\"relays\":\"x\"}",
            "{\"name\":\" \"}",
        ] {
            assert_eq!(ChannelProfile::read(content).name, None, "{content}");
        }
    }
}
