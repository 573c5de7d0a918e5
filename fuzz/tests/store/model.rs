//! What a store must do, in lists that are gone through for every question (NIP-01, NIP-09,
//! NIP-40, NIP-62, LBC-09 to LBC-11).

use std::cmp::Reverse;
use std::collections::BTreeSet;

use kith_nips::lbc::CommunityMetadata;
use kith_nips::{Address, Event, EventId, Filter, Kind, PublicKey, nip09};
use kith_relay::store::Outcome;

/// An outcome without its place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    Saved,
    Duplicate,
    Superseded,
    Deleted,
    NotOwner,
    Vanished,
}

impl Judged {
    pub fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Saved(_) => Judged::Saved,
            Outcome::Duplicate => Judged::Duplicate,
            Outcome::Superseded => Judged::Superseded,
            Outcome::Deleted => Judged::Deleted,
            Outcome::NotOwner => Judged::NotOwner,
            Outcome::Vanished => Judged::Vanished,
        }
    }
}

#[derive(Default)]
pub struct Model {
    live: Vec<Event>,
    /// The place in time of an address without a live version.
    floors: Vec<(Address, u64, EventId)>,
    deleted_ids: Vec<(EventId, PublicKey, u64)>,
    deleted_addresses: Vec<(Address, u64)>,
    vanished: Vec<(PublicKey, u64)>,
}

impl Model {
    pub fn save(&mut self, event: &Event) -> Judged {
        if self.live.iter().any(|known| known.id() == event.id()) {
            return Judged::Duplicate;
        }
        if let Some(refused) = self.refusal(event) {
            return refused;
        }
        if let Some(address) = event.address() {
            self.live
                .retain(|known| known.address().as_ref() != Some(&address));
            self.floors.retain(|(floor, ..)| *floor != address);
        }
        match event.kind() {
            Kind::DELETION => self.delete(event),
            Kind::VANISH => self.vanish(event),
            Kind::COMMUNITY => self.end_foreign_descriptions(event),
            _ => {}
        }
        self.live.push(event.clone());
        Judged::Saved
    }

    fn refusal(&self, event: &Event) -> Option<Judged> {
        let at = event.created_at();
        let vanished = |(key, until): &(PublicKey, u64)| at <= *until && is_by_or_for(event, *key);
        if self.vanished.iter().any(vanished) {
            return Some(Judged::Vanished);
        }
        let named = |(id, by, _): &(EventId, PublicKey, u64)| {
            *id == event.id() && is_by_or_for(event, *by) && is_deletable(event)
        };
        if self.deleted_ids.iter().any(named) {
            return Some(Judged::Deleted);
        }
        let community = community_of(event);
        let foreign = |known: &Event| {
            known.kind() == Kind::COMMUNITY
                && Some(known.id()) == community
                && known.pubkey() != event.pubkey()
        };
        if self.live.iter().any(foreign) {
            return Some(Judged::NotOwner);
        }
        let address = event.address()?;
        let deleted = |(deleted, until): &(Address, u64)| *deleted == address && at <= *until;
        if self.deleted_addresses.iter().any(deleted) {
            return Some(Judged::Deleted);
        }
        let is_own_floor = |(.., id): &(Address, u64, EventId)| *id == event.id();
        if self.floors.iter().any(is_own_floor) {
            return None;
        }
        let (newest, id) = self.head(&address)?;
        ((Reverse(newest), id) <= (Reverse(at), event.id())).then_some(Judged::Superseded)
    }

    fn head(&self, address: &Address) -> Option<(u64, EventId)> {
        let live = self
            .live
            .iter()
            .find(|known| known.address().as_ref() == Some(address));
        let floor = self.floors.iter().find(|(floor, ..)| floor == address);
        live.map(|known| (known.created_at(), known.id()))
            .or(floor.map(|(_, at, id)| (*at, *id)))
    }

    fn delete(&mut self, request: &Event) {
        let targets = nip09::deletion_targets(request);
        for id in targets.ids {
            self.deleted_ids
                .push((id, request.pubkey(), request.created_at()));
            let target = self.live.iter().find(|known| known.id() == id);
            if target.is_some_and(|target| {
                is_by_or_for(target, request.pubkey()) && is_deletable(target)
            }) {
                self.end(id);
            }
        }
        for address in targets.addresses {
            let until = request.created_at();
            if self
                .head(&address)
                .is_some_and(|(newest, _)| newest <= until)
            {
                self.live
                    .retain(|known| known.address().as_ref() != Some(&address));
                self.floors.retain(|(floor, ..)| *floor != address);
            }
            self.deleted_addresses.push((address, until));
        }
    }

    fn vanish(&mut self, request: &Event) {
        let (key, until) = (request.pubkey(), request.created_at());
        self.vanished.push((key, until));
        self.live
            .retain(|known| known.created_at() > until || !is_by_or_for(known, key));
        self.floors
            .retain(|(floor, at, _)| floor.pubkey != key || *at > until);
        self.deleted_ids
            .retain(|(_, by, at)| *by != key || *at > until);
        self.deleted_addresses
            .retain(|(floor, at)| floor.pubkey != key || *at > until);
    }

    fn end_foreign_descriptions(&mut self, community: &Event) {
        let foreign = |known: &&Event| {
            community_of(known) == Some(community.id()) && known.pubkey() != community.pubkey()
        };
        let ids: Vec<EventId> = self.live.iter().filter(foreign).map(Event::id).collect();
        for id in ids {
            self.end(id);
        }
    }

    /// Takes an event away; of an address its place in time remains, for all but itself.
    fn end(&mut self, id: EventId) {
        let ended = self.live.iter().position(|known| known.id() == id);
        if let Some(ended) = ended.map(|index| self.live.remove(index))
            && let Some(address) = ended.address()
        {
            self.floors.push((address, ended.created_at(), id));
        }
    }

    pub fn remove(&mut self, id: EventId) -> bool {
        let is_there = self.live.iter().any(|known| known.id() == id);
        self.end(id);
        is_there
    }

    /// Ids in the order of the answer, and whether a limit left something out.
    pub fn answer(&self, filters: &[Filter], now: u64) -> (Vec<EventId>, bool) {
        let mut found = BTreeSet::new();
        let mut cut = false;
        for filter in filters {
            let mut matching: Vec<_> = self
                .shown(now)
                .filter(|event| filter.matches(event, now))
                .map(|event| (Reverse(event.created_at()), event.id()))
                .collect();
            matching.sort_unstable();
            let limit = filter.limit.unwrap_or(usize::MAX);
            cut |= matching.len() > limit;
            found.extend(matching.into_iter().take(limit));
        }
        (found.into_iter().map(|(_, id)| id).collect(), cut)
    }

    pub fn count(&self, filters: &[Filter], now: u64) -> u64 {
        let matching = self
            .shown(now)
            .filter(|event| filters.iter().any(|filter| filter.matches(event, now)));
        matching.count().try_into().unwrap()
    }

    pub fn find(&self, id: EventId, now: u64) -> Option<&Event> {
        self.shown(now).find(|event| event.id() == id)
    }

    pub fn find_address(&self, address: &Address, now: u64) -> Option<&Event> {
        self.shown(now)
            .find(|event| event.address().as_ref() == Some(address))
    }

    fn shown(&self, now: u64) -> impl Iterator<Item = &Event> {
        let live = self.live.iter();
        live.filter(move |event| event.expiration().is_none_or(|at| at > now))
    }
}

fn is_deletable(event: &Event) -> bool {
    event.kind() != Kind::DELETION && event.kind() != Kind::VANISH
}

/// Whether `key` wrote it, or it is wrapped for `key` (NIP-59).
fn is_by_or_for(event: &Event, key: PublicKey) -> bool {
    let mut recipients = event.tags().named("p").filter_map(|tag| tag.value());
    event.pubkey() == key
        || event.kind() == Kind::GIFT_WRAP && recipients.any(|value| value == key.to_string())
}

fn community_of(event: &Event) -> Option<EventId> {
    (event.kind() == Kind::COMMUNITY_METADATA)
        .then(|| CommunityMetadata::community_of(event))
        .flatten()
}
