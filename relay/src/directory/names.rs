//! What people call themselves, and say of themselves (kind 0).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kith_nips::{Address, Event, Kind, PublicKey, nip24};

use super::reading::Reading;
use crate::store::StoreError;

impl Reading {
    /// What somebody says of themselves.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn profile(&self, person: PublicKey) -> Result<Option<Arc<Event>>, StoreError> {
        self.find_address(address(person)).await
    }

    /// What these people call themselves; those who say nothing are missing.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn names(
        &self,
        people: BTreeSet<PublicKey>,
    ) -> Result<BTreeMap<PublicKey, String>, StoreError> {
        let profiles = self.find_addresses(people.into_iter().map(address)).await?;
        let names = profiles
            .iter()
            .filter_map(|event| Some((event.pubkey(), nip24::name(event.content())?)));
        Ok(names.collect())
    }
}

/// Where the profile of somebody is.
fn address(person: PublicKey) -> Address {
    Address {
        kind: Kind::PROFILE,
        pubkey: person,
        identifier: String::new(),
    }
}
