//! What people say of themselves (kind 0). Knows profiles, nothing of communities.

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::nip24::Profile;
use kith_nips::{Address, Kind, PublicKey};

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

/// The profiles of people; those who have none are missing.
#[derive(Debug)]
pub(crate) struct Profiles {
    pub(crate) profiles: BTreeMap<PublicKey, Profile>,
    pub(crate) silent: Vec<Refusal>,
}

impl Kith {
    /// What these people call themselves.
    pub(crate) async fn names(&self, people: &BTreeSet<PublicKey>) -> Names {
        let Profiles { profiles, silent } = self.profiles(people).await;
        let named = |(person, profile): (PublicKey, Profile)| Some((person, profile.name?));
        Names {
            names: profiles.into_iter().filter_map(named).collect(),
            silent,
        }
    }

    /// The newest profiles of these people.
    pub(crate) async fn profiles(&self, people: &BTreeSet<PublicKey>) -> Profiles {
        let addresses: Vec<Address> = people.iter().copied().map(profile).collect();
        let fetched = self.fetch(addresses_filters(&addresses)).await;
        let Fetched {
            found, mut silent, ..
        } = fetched;
        // What one relay was told to delete, another still has.
        let found = self.settled(found, &mut silent).await.into_iter();
        let read = found.map(|found| (found.event.pubkey(), Profile::read(found.event.content())));
        Profiles {
            profiles: read.collect(),
            silent,
        }
    }
}

/// The address of what a person says of themselves.
pub(crate) fn profile(person: PublicKey) -> Address {
    Address {
        kind: Kind::PROFILE,
        pubkey: person,
        identifier: String::new(),
    }
}
