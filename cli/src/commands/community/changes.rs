//! What an edit changes of a community, and the relays that carry it.

use kith_client::RelayUrl;
use kith_nips::lbc::{COMMUNITY_RELAYS_MAX, CommunityMetadata, Location, Topic};

use crate::errors::CliError;
use crate::settings::relay_url;

/// What an edit replaces; everything else stays.
#[derive(Default, PartialEq)]
pub(super) struct Changes<'a> {
    pub(super) title: Option<&'a str>,
    pub(super) description: Option<String>,
    pub(super) image: Option<Option<String>>,
    pub(super) location: Option<Location>,
    pub(super) topics: Option<Vec<Topic>>,
    pub(super) carried_by: Option<Vec<RelayUrl>>,
}

impl Changes<'_> {
    pub(super) fn apply(self, metadata: &mut CommunityMetadata) {
        if let Some(title) = self.title {
            metadata.title = title.to_owned();
        }
        if let Some(description) = self.description {
            metadata.description = description;
        }
        if let Some(image) = self.image {
            metadata.image = image;
        }
        if let Some(location) = self.location {
            metadata.location = location;
        }
        if let Some(topics) = self.topics {
            metadata.topics = topics;
        }
        if let Some(relays) = self.carried_by {
            metadata.set_carried_by(relays.iter().map(RelayUrl::as_str));
        }
    }
}

/// Relays that carry a community: such as other programs follow, and no more than are used.
pub(super) fn carriers(typed: &[String]) -> Result<Vec<RelayUrl>, CliError> {
    let mut relays = Vec::new();
    for text in typed {
        let relay = relay_url(text)?;
        let plain = relay.as_str().strip_prefix("ws://");
        let is_elsewhere = |host| relay_url(host).is_ok_and(|usual| usual != relay);
        if plain.is_some_and(is_elsewhere) {
            return Err(CliError::usage(
                format!("--carried-by: everybody on the way to {relay} can read along"),
                "name a relay whose address starts with wss://",
            ));
        }
        if !relays.contains(&relay) {
            relays.push(relay);
        }
    }
    match relays.len() > COMMUNITY_RELAYS_MAX {
        true => Err(CliError::usage(
            format!("--carried-by: {} relays", relays.len()),
            format!("other programs use {COMMUNITY_RELAYS_MAX} at most: name the most important"),
        )),
        false => Ok(relays),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_community_is_carried_by_few_relays_and_by_none_in_the_clear() {
        let relays = |typed: &[&str]| {
            let typed: Vec<String> = typed.iter().map(|&text| text.to_owned()).collect();
            carriers(&typed).map(|relays| relays.len())
        };
        let once = ["one.example", "wss://one.example", "ws://127.0.0.1:7447"];
        assert_eq!(relays(&once).unwrap(), 2);
        for wrong in [&["ws://one.example"][..], &["not a relay"]] {
            assert!(relays(wrong).is_err(), "{wrong:?}");
        }
        let five = [
            "a.example",
            "b.example",
            "c.example",
            "d.example",
            "e.example",
        ];
        assert_eq!(relays(&five[..4]).unwrap(), 4);
        assert!(relays(&five).is_err());
    }
}
