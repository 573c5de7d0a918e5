//! What people call themselves (kind 0). Knows names, nothing of communities.

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::{Address, Kind, PublicKey};
use nostr_sdk::{JsonUtil, Metadata};

use crate::fetch::Fetched;
use crate::filters::addresses_filters;
use crate::kith::Kith;
use crate::refusal::Refusal;

/// Longer names are cut, in characters.
const NAME_CHARACTERS_MAX: usize = 64;

/// The names of people; those who have none are missing.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) names: BTreeMap<PublicKey, String>,
    pub(crate) silent: Vec<Refusal>,
}

impl Kith {
    /// What these people call themselves.
    pub(crate) async fn names(&self, people: &BTreeSet<PublicKey>) -> Names {
        let addresses: Vec<Address> = people.iter().copied().map(profile).collect();
        let fetched = self.fetch(addresses_filters(&addresses)).await;
        let Fetched {
            found, mut silent, ..
        } = fetched;
        // What one relay was told to delete, another still has.
        let profiles = self.settled(found, &mut silent).await;
        let names = profiles.into_iter().filter_map(|found| {
            let name = name(found.event.content())?;
            Some((found.event.pubkey(), name))
        });
        Names {
            names: names.collect(),
            silent,
        }
    }
}

fn profile(person: PublicKey) -> Address {
    Address {
        kind: Kind::PROFILE,
        pubkey: person,
        identifier: String::new(),
    }
}

/// `display_name`, else `name`; `None` when neither says anything.
fn name(content: &str) -> Option<String> {
    let profile = Metadata::from_json(content).ok()?;
    let names = [profile.display_name, profile.name].into_iter().flatten();
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
        let blank = r#"{"name":"alice","display_name":"  "}"#;
        assert_eq!(name(blank).as_deref(), Some("alice"));
        let long = format!(r#"{{"name":"{}"}}"#, "ü".repeat(500));
        assert_eq!(name(&long).unwrap().chars().count(), NAME_CHARACTERS_MAX);
        for content in ["", "[]", "{}", r#"{"name":7}"#, r#"{"name":" "}"#] {
            assert_eq!(name(content), None, "{content}");
        }
    }
}
