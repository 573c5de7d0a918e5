//! What must be there, may be there, and must not be there, computed from nothing but what was
//! sent and how it was answered. An event that got no answer may have been stored and may have
//! ended others; everything else is certain.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use kith_nips::lbc::CommunityMetadata;
use kith_nips::{Address, Event, EventId, Kind, PublicKey, nip09};

use crate::harness::Answer;

/// One event on its way to the relay, and what came back.
pub(super) struct Offer {
    pub(super) event: Event,
    pub(super) answer: Option<Answered>,
}

/// An answer, with the time by which it was there.
pub(super) struct Answered {
    pub(super) answer: Answer,
    pub(super) before: u64,
}

impl Offer {
    pub(super) fn new(event: Event) -> Self {
        Offer {
            event,
            answer: None,
        }
    }
}

/// How much is known of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stored {
    No,
    /// It got no answer and was not seen, and something may have ended it since.
    Maybe,
    Yes,
}

struct Entry {
    event: Event,
    stored: Stored,
}

/// Everything that was sent to one data folder.
#[derive(Default)]
pub(super) struct Ledger {
    entries: BTreeMap<EventId, Entry>,
    refused: Vec<(EventId, Answered)>,
    /// Where to look for what ends an event.
    versions: HashMap<Address, Vec<EventId>>,
    requests_by_id: HashMap<EventId, Vec<EventId>>,
    requests_by_address: HashMap<Address, Vec<EventId>>,
    vanishing: HashMap<PublicKey, Vec<EventId>>,
}

impl Ledger {
    /// How many events were sent.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Takes down what one writer sent.
    pub(super) fn note(&mut self, offers: Vec<Offer>) {
        for offer in offers {
            let id = offer.event.id();
            if !self.entries.contains_key(&id) {
                self.add(offer.event);
            }
            let Some(entry) = self.entries.get_mut(&id) else {
                continue;
            };
            match offer.answer {
                None => entry.stored = entry.stored.max(Stored::Maybe),
                Some(answered) if answered.answer.accepted => entry.stored = Stored::Yes,
                Some(answered) => self.refused.push((id, answered)),
            }
        }
    }

    fn add(&mut self, event: Event) {
        let id = event.id();
        if let Some(address) = event.address() {
            self.versions.entry(address).or_default().push(id);
        }
        if event.kind() == Kind::VANISH {
            self.vanishing.entry(event.pubkey()).or_default().push(id);
        }
        let targets = nip09::deletion_targets(&event);
        for target in targets.ids {
            self.requests_by_id.entry(target).or_default().push(id);
        }
        for address in targets.addresses {
            self.requests_by_address
                .entry(address)
                .or_default()
                .push(id);
        }
        let stored = Stored::No;
        self.entries.insert(id, Entry { event, stored });
    }

    /// What is wrong with an answer to a question for everything, asked from `began` to `ended`.
    /// Nothing was sent meanwhile, so that what is unknown is settled as far as it can be.
    pub(super) fn complaints(&mut self, served: &[Event], began: u64, ended: u64) -> Vec<String> {
        let seen: HashSet<EventId> = served.iter().map(Event::id).collect();
        let mut complaints: Vec<String> = served
            .iter()
            .filter(|event| !self.entries.contains_key(&event.id()))
            .map(|event| format!("nobody sent this: {}", event.json()))
            .collect();
        if seen.len() < served.len() {
            complaints.push("something was served twice".to_owned());
        }
        self.settle(&seen, ended);
        for entry in self.entries.values() {
            let event = &entry.event;
            let is_there = seen.contains(&event.id());
            let sure = self.is_ended_for_sure(event, began);
            let complaint = match (is_there, entry.stored) {
                (true, Stored::No) => Some("there, and was not accepted"),
                (true, _) if sure => Some("there, and ended"),
                (false, Stored::Yes) if !self.may_be_ended(event, ended) => {
                    Some("lost, and nothing ended it")
                }
                _ => None,
            };
            complaints.extend(complaint.map(|text| {
                let by: Vec<&str> = self.enders(event).map(|by| by.event.json()).collect();
                format!("{text}: {}, ended by {by:?}", event.json())
            }));
        }
        for (id, answered) in std::mem::take(&mut self.refused) {
            if !self.is_excused(&id, &answered) {
                complaints.push(format!("refused without a reason: {:?}", answered.answer));
            }
        }
        complaints
    }

    /// Decides about events that got no answer: what is there was stored; what is not there and
    /// cannot have been ended was not.
    fn settle(&mut self, seen: &HashSet<EventId>, now: u64) {
        let mut open = Vec::new();
        for (id, entry) in &mut self.entries {
            if entry.stored == Stored::Maybe {
                if seen.contains(id) {
                    entry.stored = Stored::Yes;
                } else {
                    open.push(*id);
                }
            }
        }
        // One that was not stored ended nothing, which may settle others.
        loop {
            let not_stored: Vec<EventId> = open
                .iter()
                .filter(|id| !self.may_be_ended(&self.entries[id].event, now))
                .copied()
                .collect();
            if not_stored.is_empty() {
                return;
            }
            open.retain(|id| !not_stored.contains(id));
            for id in not_stored {
                if let Some(entry) = self.entries.get_mut(&id) {
                    entry.stored = Stored::No;
                }
            }
        }
    }

    fn may_be_ended(&self, event: &Event, now: u64) -> bool {
        is_expired(event, now) || self.enders(event).next().is_some()
    }

    fn is_ended_for_sure(&self, event: &Event, now: u64) -> bool {
        is_expired(event, now)
            || self.enders(event).any(|ender| {
                ender.stored == Stored::Yes && !self.may_be_forgotten(&ender.event, event)
            })
    }

    /// What is stored, or may be, and ends `event` whichever of the two comes first.
    fn enders<'a>(&'a self, event: &'a Event) -> impl Iterator<Item = &'a Entry> {
        let address = event.address();
        let in_list = |list: Option<&'a Vec<EventId>>| list.into_iter().flatten().copied();
        let keys = std::iter::once(event.pubkey()).chain(recipients(event));
        in_list(address.as_ref().and_then(|at| self.versions.get(at)))
            .chain(in_list(self.requests_by_id.get(&event.id())))
            .chain(in_list(
                address
                    .as_ref()
                    .and_then(|at| self.requests_by_address.get(at)),
            ))
            .chain(keys.flat_map(move |key| in_list(self.vanishing.get(&key))))
            .chain(community_of(event))
            .filter_map(|id| self.entries.get(&id))
            .filter(move |ender| ender.stored > Stored::No && ends(&ender.event, event))
    }

    /// Whether the effect of `ender` on `event` may be gone, so that `event` could come back.
    fn may_be_forgotten(&self, ender: &Event, event: &Event) -> bool {
        if ender.kind() == Kind::COMMUNITY {
            // A community that is gone bars nobody.
            return self.enders(ender).next().is_some();
        }
        // Who vanishes takes the requests of the time before along, also those that name what is
        // dated later.
        ender.kind() == Kind::DELETION
            && self
                .enders(ender)
                .any(|by| event.created_at() > by.event.created_at())
    }

    fn is_excused(&self, id: &EventId, answered: &Answered) -> bool {
        let event = &self.entries[id].event;
        let message = &answered.answer.message;
        let by =
            |kinds: fn(Kind) -> bool| self.enders(event).any(|ender| kinds(ender.event.kind()));
        match message.split(':').next() {
            Some("invalid") => is_expired(event, answered.before),
            Some("blocked") => by(|kind| kind == Kind::DELETION || kind == Kind::VANISH),
            Some("restricted") => by(|kind| kind == Kind::COMMUNITY),
            Some("duplicate") => {
                by(
                    |kind| {
                        kind != Kind::DELETION && kind != Kind::VANISH && kind != Kind::COMMUNITY
                    },
                )
            }
            _ => false,
        }
    }
}

/// Whether `ender`, once stored, leaves no room for `event` (NIP-01, NIP-09, NIP-62, LBC-10).
fn ends(ender: &Event, event: &Event) -> bool {
    let lasting = event.kind() == Kind::DELETION || event.kind() == Kind::VANISH;
    let not_later = event.created_at() <= ender.created_at();
    match ender.kind() {
        _ if ender.id() == event.id() => false,
        Kind::VANISH => {
            let mut keys = std::iter::once(event.pubkey()).chain(recipients(event));
            not_later && keys.any(|key| key == ender.pubkey())
        }
        Kind::DELETION => {
            let targets = nip09::deletion_targets(ender);
            let mut entitled = std::iter::once(event.pubkey()).chain(recipients(event));
            let by_id =
                targets.ids.contains(&event.id()) && entitled.any(|key| key == ender.pubkey());
            let by_address = event
                .address()
                .is_some_and(|address| not_later && targets.addresses.contains(&address));
            !lasting && (by_id || by_address)
        }
        Kind::COMMUNITY => {
            community_of(event) == Some(ender.id()) && event.pubkey() != ender.pubkey()
        }
        _ => {
            event.address().is_some()
                && event.address() == ender.address()
                && (Reverse(ender.created_at()), ender.id())
                    < (Reverse(event.created_at()), event.id())
        }
    }
}

fn community_of(event: &Event) -> Option<EventId> {
    (event.kind() == Kind::COMMUNITY_METADATA)
        .then(|| CommunityMetadata::community_of(event))
        .flatten()
}

/// For whom a wrap is: they may delete it, and it goes with them (NIP-59, NIP-62).
fn recipients(event: &Event) -> impl Iterator<Item = PublicKey> + '_ {
    event
        .tags()
        .named("p")
        .filter(|_| event.kind() == Kind::GIFT_WRAP)
        .filter_map(|tag| PublicKey::from_hex(tag.value()?).ok())
}

fn is_expired(event: &Event, now: u64) -> bool {
    event.expiration().is_some_and(|at| at <= now)
}
