//! Who follows which community, for many people and communities at once.

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::{Event, EventId, Filter, Kind, PublicKey};

use super::reading::{Reading, kinds};
use crate::store::StoreError;

/// People whose lists are read at once: few enough to be answered where it is asked.
const PEOPLE_PER_SCAN_MAX: usize = 100;

/// Some people of each community.
pub(super) type PeopleOf = BTreeMap<EventId, BTreeSet<PublicKey>>;

impl Reading {
    /// Those of the people who follow the community that they stand by (LBC-20).
    pub(super) async fn following(&self, asked: &PeopleOf) -> Result<PeopleOf, StoreError> {
        let people: BTreeSet<PublicKey> = asked.values().flatten().copied().collect();
        let people: Vec<PublicKey> = people.into_iter().collect();
        let mut following = PeopleOf::new();
        for some in people.chunks(PEOPLE_PER_SCAN_MAX) {
            // Most of them follow what they are asked about: it is not worth looking that up too.
            let filter = Filter {
                authors: Some(some.to_vec()),
                ..kinds(&[Kind::COMMUNITY_FOLLOWS])
            };
            for list in self.scan(filter, some.len()).await? {
                let person = list.pubkey();
                for id in named_in_e(&list) {
                    if asked
                        .get(&id)
                        .is_some_and(|people| people.contains(&person))
                    {
                        following.entry(id).or_default().insert(person);
                    }
                }
            }
        }
        Ok(following)
    }
}

/// The events that an event names in `e`, each as often as it is named.
pub(super) fn named_in_e(event: &Event) -> impl Iterator<Item = EventId> {
    let tags = event.tags().named("e");
    tags.filter_map(|tag| tag.value()?.parse().ok())
}
