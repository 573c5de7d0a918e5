//! Which of several versions counts, and what its author took back. Pure; the same answer whatever
//! the order of arrival.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};

use kith_nips::{Address, Event, EventId, Kind, PublicKey, nip09, nip40};
use nostr_sdk::RelayUrl;

use crate::fetch::Found;

/// NIP-01: of two versions the newer wins, and of equally old ones the one with the lowest id.
pub(crate) fn supersedes(new: &Event, old: &Event) -> bool {
    (new.created_at(), old.id()) > (old.created_at(), new.id())
}

/// The winning version of every address, whatever the order of arrival. Events without an address
/// are left out.
pub(crate) fn newest(found: impl IntoIterator<Item = Found>) -> BTreeMap<Address, Found> {
    let mut newest: BTreeMap<Address, Found> = BTreeMap::new();
    for candidate in found {
        let Some(address) = candidate.event.address() else {
            continue;
        };
        match newest.entry(address) {
            Entry::Vacant(entry) => {
                entry.insert(candidate);
            }
            Entry::Occupied(mut entry) => {
                if supersedes(&candidate.event, &entry.get().event) {
                    entry.insert(candidate);
                }
            }
        }
    }
    newest
}

/// What was found, each once. What has expired is left out, and so are older versions of it that some
/// relay still has (NIP40-03).
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    found: BTreeMap<EventId, Found>,
    expired: BTreeMap<Address, Event>,
}

impl Gathered {
    /// Takes in what a relay sent.
    pub(crate) fn add(&mut self, event: Event, relay: &RelayUrl, now: u64) {
        if nip40::is_expired(&event, now) {
            let Some(address) = event.address() else {
                return;
            };
            let is_newest = self.expired.get(&address);
            if is_newest.is_none_or(|known| supersedes(&event, known)) {
                self.expired.insert(address, event);
            }
            return;
        }
        let relays = vec![relay.clone()];
        self.found.insert(event.id(), Found { event, relays });
    }

    /// Whether this event is there already; then this relay has it as well.
    pub(crate) fn has(&mut self, id: EventId, relay: &RelayUrl) -> bool {
        let Some(found) = self.found.get_mut(&id) else {
            return false;
        };
        if !found.relays.contains(relay) {
            found.relays.push(relay.clone());
        }
        true
    }

    /// What is left, by id.
    pub(crate) fn into_found(self) -> Vec<Found> {
        let expired = self.expired;
        let is_over = |event: &Event| {
            let address = event.address();
            let ended = address.and_then(|address| expired.get(&address));
            ended.is_some_and(|ended| supersedes(ended, event))
        };
        let found = self.found.into_values();
        found.filter(|found| !is_over(&found.event)).collect()
    }
}

/// What authors took back (NIP-09): a relay that was never told still serves it.
#[derive(Debug, Default)]
pub(crate) struct Deletions {
    ids: HashSet<(PublicKey, EventId)>,
    addresses: BTreeMap<Address, u64>,
}

impl Deletions {
    pub(crate) fn read<'a>(events: impl IntoIterator<Item = &'a Event>) -> Deletions {
        let mut deletions = Deletions::default();
        for event in events {
            if event.kind() != Kind::DELETION {
                continue;
            }
            let targets = nip09::deletion_targets(event);
            for id in targets.ids {
                deletions.ids.insert((event.pubkey(), id));
            }
            for address in targets.addresses {
                let upto = deletions.addresses.entry(address).or_default();
                *upto = (*upto).max(event.created_at());
            }
        }
        deletions
    }

    /// Whether this author took back the event with this id.
    pub(crate) fn cover_id(&self, author: PublicKey, id: EventId) -> bool {
        self.ids.contains(&(author, id))
    }

    /// Up to when everything at this address was taken back.
    pub(crate) fn upto(&self, address: &Address) -> Option<u64> {
        self.addresses.get(address).copied()
    }

    /// Whether what was at this address was taken back at some time.
    pub(crate) fn cover_address(&self, address: &Address) -> bool {
        self.addresses.contains_key(address)
    }

    /// Versions written after the deletion live on.
    pub(crate) fn cover(&self, event: &Event) -> bool {
        let by_id = self.cover_id(event.pubkey(), event.id());
        let by_address = event.address().is_some_and(|address| {
            self.addresses
                .get(&address)
                .is_some_and(|upto| event.created_at() <= *upto)
        });
        by_id || by_address
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_nips::lbc::{FollowList, Meetup, Note, Published, delete_meetup};
    use kith_nips::nip01::Draft;
    use nostr_sdk::Keys;

    fn found(draft: &Draft, keys: &Keys, created_at: u64) -> Found {
        let draft = Draft {
            created_at: Some(created_at),
            ..draft.clone()
        };
        Found {
            event: draft.sign(keys, created_at).unwrap(),
            relays: Vec::new(),
        }
    }

    fn list(status: &str, keys: &Keys, created_at: u64) -> Found {
        let mut list = FollowList::new();
        list.set_status(status);
        found(&list.draft().unwrap(), keys, created_at)
    }

    #[test]
    fn nip01_104_the_winner_does_not_depend_on_the_order() {
        let keys = Keys::generate();
        let versions = [
            list("a", &keys, 100),
            list("b", &keys, 200),
            list("c", &keys, 200),
        ];
        let lowest = versions[1].event.id().min(versions[2].event.id());
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
            let winners = newest(order.map(|index| versions[index].clone()));
            assert_eq!(winners.len(), 1);
            assert_eq!(winners.into_values().next().unwrap().event.id(), lowest);
        }
    }

    fn meetup(keys: &Keys, created_at: u64) -> Event {
        let draft = Draft {
            kind: Kind::MEETUP,
            created_at: None,
            tags: vec![vec!["d".to_owned(), "x".to_owned()]],
            content: String::new(),
        };
        found(&draft, keys, created_at).event
    }

    #[test]
    fn nip52_20_a_deletion_covers_versions_up_to_its_time() {
        let keys = Keys::generate();
        let old = meetup(&keys, 100);
        let read: Published<Meetup> = Meetup::read(&old).unwrap();
        let request = found(&delete_meetup(&read, "", 150), &keys, 150).event;
        let deletions = Deletions::read([&request, &old]);
        assert!(deletions.cover(&old));
        assert!(deletions.cover(&meetup(&keys, 150)));
        assert!(!deletions.cover(&meetup(&keys, 151)));
        assert!(deletions.cover_id(old.pubkey(), old.id()));
    }

    #[test]
    fn nip40_03_an_expired_version_ends_the_older_ones_in_any_order() {
        let keys = Keys::generate();
        let relay = RelayUrl::parse("wss://relay.example.com").unwrap();
        let expiring = |created_at: u64, identifier: &str| {
            let tag = |name: &str, value: &str| vec![name.to_owned(), value.to_owned()];
            let draft = Draft {
                kind: Kind::MEETUP,
                created_at: None,
                tags: vec![tag("d", identifier), tag("expiration", "500")],
                content: String::new(),
            };
            found(&draft, &keys, created_at).event
        };
        let of = |events: &[Event], now| {
            let mut gathered = Gathered::default();
            for event in events {
                gathered.add(event.clone(), &relay, now);
            }
            let found = gathered.into_found().into_iter();
            found
                .map(|found| found.event.created_at())
                .collect::<Vec<_>>()
        };
        let (old, over, new) = (meetup(&keys, 100), expiring(200, "x"), meetup(&keys, 300));
        assert_eq!(of(&[old.clone(), over.clone()], 600), [0; 0]);
        assert_eq!(of(&[over.clone(), old.clone()], 600), [0; 0]);
        assert_eq!(of(&[over.clone(), old.clone()], 400).len(), 2, "not yet");
        assert_eq!(of(&[over, new, old.clone()], 600), [300]);
        assert_eq!(of(&[expiring(200, "y"), old], 600), [100], "another meetup");
    }

    #[test]
    fn nobody_deletes_for_somebody_else() {
        let (keys, other) = (Keys::generate(), Keys::generate());
        let event = meetup(&keys, 100);
        let request = delete_meetup(&Meetup::read(&event).unwrap(), "", 150);
        let deletions = Deletions::read([&found(&request, &other, 150).event]);
        assert!(!deletions.cover(&event));
    }
}
