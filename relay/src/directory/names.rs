//! What people call themselves (kind 0).

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::{Address, Kind, PublicKey, nip24};

use super::reading::Reading;
use crate::store::StoreError;

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
            .filter_map(|event| Some((event.pubkey(), nip24::name(event.content())?)));
        Ok(names.collect())
    }
}
