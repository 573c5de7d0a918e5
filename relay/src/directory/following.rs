//! Who follows which community, for many people and communities at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kith_nips::{Event, EventId, Filter, Kind, PublicKey};

use super::reading::{Reading, kinds};
use super::remembered::KnownFollows;
use crate::store::{StampOf, StoreError};

/// People whose lists are read at once: few enough to be answered where it is asked.
const PEOPLE_PER_SCAN_MAX: usize = 100;

/// Some people of each community.
pub(super) type PeopleOf = BTreeMap<EventId, BTreeSet<PublicKey>>;

impl Reading {
    /// Those of the people who follow the community that they stand by (LBC-20).
    pub(super) async fn following(&self, asked: &PeopleOf) -> Result<PeopleOf, StoreError> {
        let people: BTreeSet<PublicKey> = asked.values().flatten().copied().collect();
        let mut following = PeopleOf::new();
        let mut take = |person: PublicKey, known: &KnownFollows| {
            let list = known.list.as_ref();
            let Some((_, named)) = list.filter(|(list, _)| self.shows(list)) else {
                return;
            };
            for id in named.iter() {
                let asked = asked.get(id);
                if asked.is_some_and(|people| people.contains(&person)) {
                    following.entry(*id).or_default().insert(person);
                }
            }
        };
        let mut unknown = Vec::new();
        for person in people {
            let stamp = self.stamp(StampOf::Author(&person));
            let known = self.remembered().follows.get(&person);
            let is_current =
                |known: &KnownFollows| stamp == Some(known.stamp) && known.read_at <= self.now();
            match known.filter(is_current) {
                Some(known) => take(person, &known),
                None => unknown.push((person, stamp)),
            }
        }
        for some in unknown.chunks(PEOPLE_PER_SCAN_MAX) {
            // Most of them follow what they are asked about: it is not worth looking that up too.
            let filter = Filter {
                authors: Some(some.iter().map(|(person, _)| *person).collect()),
                ..kinds(&[Kind::COMMUNITY_FOLLOWS])
            };
            let lists = self.of_everything().scan(filter, some.len()).await?;
            let mut lists: BTreeMap<PublicKey, Arc<Event>> = lists
                .into_iter()
                .map(|list| (list.pubkey(), list))
                .collect();
            for (person, stamp) in some {
                let list = lists.remove(person);
                let list = list.map(|list| {
                    let named = named_in_e(&list).collect();
                    (list, named)
                });
                let known = KnownFollows {
                    stamp: stamp.unwrap_or_default(),
                    read_at: self.now(),
                    list,
                };
                take(*person, &known);
                if stamp.is_some() {
                    self.remembered().follows.insert(*person, known);
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
