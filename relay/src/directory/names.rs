//! What people call themselves (kind 0).

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::{Address, Kind, PublicKey};
use serde::Deserialize;

use super::reading::Reading;
use crate::store::StoreError;

/// The parts of a profile that name its person (NIP-01, NIP-24).
#[derive(Deserialize)]
struct Profile {
    display_name: Option<String>,
    name: Option<String>,
}

impl Reading {
    /// What these people call themselves; those who say nothing are missing.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn names(
        &self,
        people: BTreeSet<PublicKey>,
    ) -> Result<BTreeMap<PublicKey, String>, StoreError> {
        let addresses = people.into_iter().map(|pubkey| Address {
            kind: Kind::PROFILE,
            pubkey,
            identifier: String::new(),
        });
        let profiles = self.find_addresses(addresses).await?;
        let names = profiles
            .iter()
            .filter_map(|event| Some((event.pubkey(), name(event.content())?)));
        Ok(names.collect())
    }
}

/// `display_name`, else `name`; `None` when neither says anything.
fn name(content: &str) -> Option<String> {
    let profile: Profile = serde_json::from_str(content).ok()?;
    let names = [profile.display_name, profile.name].into_iter().flatten();
    names
        .map(|name| name.trim().to_owned())
        .find(|name| !name.is_empty())
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
        for content in ["", "[]", "{}", r#"{"name":7}"#, r#"{"name":" "}"#] {
            assert_eq!(name(content), None, "{content}");
        }
    }
}
