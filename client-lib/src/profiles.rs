//! What people call themselves (kind 0). Knows names, nothing of communities.

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::{Address, Kind, PublicKey, nip24};

use crate::fetch::Fetched;
use crate::filters::addresses_filters;
use crate::kith::Kith;
use crate::refusal::Refusal;

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
            let name = nip24::name(found.event.content())?;
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
