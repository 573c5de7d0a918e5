//! What becomes of an event, decided from the batch before it, the tail and the index: duplicates,
//! versions of an address (NIP-01), deletions (NIP-09), keys that vanished (NIP-62) and ownership
//! of communities (LBC).
//!
//! Deciding reads and never writes. Deciding again, from the log, gives the same kills: this is
//! how the tail comes back after a crash.

use std::collections::HashSet;
use std::sync::Arc;

use kith_nips::lbc::CommunityMetadata;
use kith_nips::nip01::TagName;
use kith_nips::{Event, EventId, Kind, PublicKey, nip09};

use super::index::Index;
use super::keys::{AddressKey, tag_key};
use super::tail::{Effects, Head, Kill, Layer, Place};
use crate::store::{Outcome, Sequence, StoreError};

/// The state before an event: later layers hide earlier ones.
pub struct State<'a> {
    /// Accepted in this batch, not yet committed.
    pub batch: &'a Layer,
    /// Committed, not yet indexed.
    pub tail: &'a Layer,
    /// Indexed.
    pub index: &'a Index,
    /// Whether only the owner of a known community may describe it (LBC-09, LBC-11).
    pub enforce_owner: bool,
}

/// Whether `event` may be stored.
///
/// # Errors
/// [`StoreError`] when the index cannot be read: then nothing may be stored.
pub fn refusal(state: &State<'_>, event: &Event) -> Result<Option<Outcome>, StoreError> {
    if state.sequence_of(&event.id())?.is_some() {
        return Ok(Some(Outcome::Duplicate));
    }
    if state.is_vanished(event)? {
        return Ok(Some(Outcome::Vanished));
    }
    if state.is_deleted(event)? {
        return Ok(Some(Outcome::Deleted));
    }
    if state.enforce_owner
        && let Some(community) = described_community(event)
        && let Some(owner) = state.owner_of(community)?
        && owner != event.pubkey()
    {
        return Ok(Some(Outcome::NotOwner));
    }
    if let Some(address) = event.address() {
        let key = AddressKey::of(&state.index.salt, &address);
        if state
            .deleted_until(&key, &event.pubkey())?
            .is_some_and(|until| event.created_at() <= until)
        {
            return Ok(Some(Outcome::Deleted));
        }
        if state
            .head(&key, &event.pubkey())?
            .is_some_and(|head| !supersedes(event, &head))
        {
            return Ok(Some(Outcome::Superseded));
        }
    }
    Ok(None)
}

/// What storing `event` at `sequence` changes.
///
/// # Errors
/// [`StoreError`] when the index cannot be read: then nothing may be stored.
pub fn effects(
    state: &State<'_>,
    event: &Event,
    sequence: Sequence,
) -> Result<Effects, StoreError> {
    let mut effects = Effects::default();
    if let Some(address) = event.address() {
        let key = AddressKey::of(&state.index.salt, &address);
        match state.head(&key, &event.pubkey())?.map(|head| head.place) {
            Some(Place::Event(victim)) => effects.kills.push(Kill {
                victim,
                husk: false,
            }),
            // The newer version bars what the husk barred.
            Some(Place::Husk(husk)) => effects.husks.push(husk),
            None => {}
        }
        let head = Head {
            created_at: event.created_at(),
            id: event.id(),
            place: Place::Event(sequence),
        };
        effects.heads.push((key, Some(head)));
    }
    match event.kind() {
        Kind::DELETION => state.delete(event, &mut effects)?,
        Kind::VANISH => state.vanish(event, &mut effects)?,
        _ => {}
    }
    if state.enforce_owner && event.kind() == Kind::COMMUNITY {
        state.end_foreign_descriptions(event, &mut effects)?;
    }
    // A request may name the same event by id and by address.
    effects.kills.sort_by_key(|kill| (kill.victim, kill.husk));
    effects.kills.dedup_by_key(|kill| kill.victim);
    Ok(effects)
}

/// What taking the event `id` off changes; `None` when it is not there.
///
/// # Errors
/// [`StoreError`] when the index cannot be read: then nothing is taken off.
pub fn removal(state: &State<'_>, id: &EventId) -> Result<Option<Effects>, StoreError> {
    let Some((sequence, event)) = state.find(id)? else {
        return Ok(None);
    };
    let mut effects = Effects::default();
    // What a request did outlives the request.
    let husk = event.address().is_some() || !is_deletable(&event);
    state.end_version(sequence, &event, husk, &mut effects);
    Ok(Some(effects))
}

/// NIP-01: the newer version wins; of two at the same second, the one with the lowest id. What
/// was taken off may come again itself.
fn supersedes(event: &Event, head: &Head) -> bool {
    let is_own_husk = event.id() == head.id && head.event().is_none();
    is_own_husk
        || event.created_at() > head.created_at
        || (event.created_at() == head.created_at && event.id() < head.id)
}

/// The community that a description is about, if it can be told (decision D6).
fn described_community(event: &Event) -> Option<EventId> {
    (event.kind() == Kind::COMMUNITY_METADATA)
        .then(|| CommunityMetadata::community_of(event))
        .flatten()
}

impl State<'_> {
    fn is_hidden(&self, sequence: Sequence) -> bool {
        self.batch.hidden().contains(&sequence) || self.tail.hidden().contains(&sequence)
    }

    fn sequence_of(&self, id: &EventId) -> Result<Option<Sequence>, StoreError> {
        let found = match self.batch.sequence_of(id).or(self.tail.sequence_of(id)) {
            Some(sequence) => Some(sequence),
            None => self.index.sequence_of(id)?,
        };
        Ok(found.filter(|sequence| !self.is_hidden(*sequence)))
    }

    fn load(&self, sequence: Sequence) -> Result<Option<Arc<Event>>, StoreError> {
        match self.batch.event(sequence).or(self.tail.event(sequence)) {
            Some(event) => Ok(Some(event.clone())),
            None => self.index.load(sequence),
        }
    }

    fn find(&self, id: &EventId) -> Result<Option<(Sequence, Arc<Event>)>, StoreError> {
        let Some(sequence) = self.sequence_of(id)? else {
            return Ok(None);
        };
        Ok(self.load(sequence)?.map(|event| (sequence, event)))
    }

    /// The newest version of an address of `author`.
    fn head(&self, address: &AddressKey, author: &PublicKey) -> Result<Option<Head>, StoreError> {
        let head = match self.batch.head(address).or(self.tail.head(address)) {
            Some(head) => head,
            None => self.index.head(address)?,
        };
        self.unless_vanished(head, author, |head| head.created_at)
    }

    fn deleted_until(
        &self,
        address: &AddressKey,
        author: &PublicKey,
    ) -> Result<Option<u64>, StoreError> {
        let recent = self
            .batch
            .deleted_until(address)
            .max(self.tail.deleted_until(address));
        let until = recent.max(self.index.deleted_until(address)?);
        self.unless_vanished(until, author, |until| *until)
    }

    fn deletes_id(&self, id: EventId, by: PublicKey) -> Result<bool, StoreError> {
        let recent = self
            .batch
            .deleted_at(id, by)
            .max(self.tail.deleted_at(id, by));
        let at = recent.max(self.index.deleted_at(id, by)?);
        Ok(self.unless_vanished(at, &by, |at| *at)?.is_some())
    }

    fn vanished_until(&self, author: &PublicKey) -> Result<Option<u64>, StoreError> {
        let recent = self
            .batch
            .vanished_until(author)
            .max(self.tail.vanished_until(author));
        Ok(recent.max(self.index.vanished_until(author)?))
    }

    /// NIP-62: what was remembered of an author up to its request to vanish is forgotten.
    fn unless_vanished<T>(
        &self,
        remembered: Option<T>,
        author: &PublicKey,
        time: impl Fn(&T) -> u64,
    ) -> Result<Option<T>, StoreError> {
        let Some(remembered) = remembered else {
            return Ok(None);
        };
        let until = self.vanished_until(author)?;
        Ok(until
            .is_none_or(|until| time(&remembered) > until)
            .then_some(remembered))
    }

    /// NIP-62: whether its author, or somebody for whom it is wrapped, vanished at its time or
    /// later.
    fn is_vanished(&self, event: &Event) -> Result<bool, StoreError> {
        for key in std::iter::once(event.pubkey()).chain(recipients(event)) {
            let until = self.vanished_until(&key)?;
            if until.is_some_and(|until| event.created_at() <= until) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_deleted(&self, event: &Event) -> Result<bool, StoreError> {
        if !is_deletable(event) {
            return Ok(false);
        }
        if self.deletes_id(event.id(), event.pubkey())? {
            return Ok(true);
        }
        for recipient in recipients(event) {
            if self.deletes_id(event.id(), recipient)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn owner_of(&self, community: EventId) -> Result<Option<PublicKey>, StoreError> {
        Ok(self
            .find(&community)?
            .filter(|(_, event)| event.kind() == Kind::COMMUNITY)
            .map(|(_, event)| event.pubkey()))
    }

    /// NIP-09: ends what the request names and bars it from coming back.
    fn delete(&self, request: &Event, effects: &mut Effects) -> Result<(), StoreError> {
        let author = request.pubkey();
        let targets = nip09::deletion_targets(request);
        for id in targets.ids {
            effects.deleted_ids.push((id, author, request.created_at()));
            let Some((sequence, target)) = self.find(&id)? else {
                continue;
            };
            let entitled =
                target.pubkey() == author || recipients(&target).any(|key| key == author);
            if entitled && is_deletable(&target) {
                let husk = target.address().is_some();
                self.end_version(sequence, &target, husk, effects);
            }
        }
        for address in targets.addresses {
            let key = AddressKey::of(&self.index.salt, &address);
            effects.deleted_addresses.push((key, request.created_at()));
            let Some(head) = self.head(&key, &address.pubkey)? else {
                continue;
            };
            if head.created_at <= request.created_at() {
                match head.place {
                    Place::Event(victim) => effects.kills.push(Kill {
                        victim,
                        husk: false,
                    }),
                    Place::Husk(husk) => effects.husks.push(husk),
                }
                effects.heads.push((key, None));
            }
        }
        Ok(())
    }

    /// Ends one event. Of an address, the place in time remains with its husk (NIP09-16).
    fn end_version(&self, victim: Sequence, target: &Event, husk: bool, effects: &mut Effects) {
        effects.kills.push(Kill { victim, husk });
        if let Some(address) = target.address() {
            let head = husk.then_some(Head {
                created_at: target.created_at(),
                id: target.id(),
                place: Place::Husk(victim),
            });
            let key = AddressKey::of(&self.index.salt, &address);
            effects.heads.push((key, head));
        }
    }

    /// NIP-62: ends all that the author of the request wrote up to its time, and what is wrapped
    /// for it, and what was left of either.
    fn vanish(&self, request: &Event, effects: &mut Effects) -> Result<(), StoreError> {
        let (author, until) = (request.pubkey(), request.created_at());
        effects.vanished.push((author, until));
        let concerned = |event: &Event| {
            event.created_at() <= until
                && event.id() != request.id()
                && (event.pubkey() == author || recipients(event).any(|key| key == author))
        };
        for sequence in self.places_concerning(&author, until)? {
            if !self.is_hidden(sequence)
                && let Some(event) = self.load(sequence)?
                && concerned(&event)
            {
                self.end_version(sequence, &event, false, effects);
            }
        }
        for (sequence, husk) in self.husks()? {
            if concerned(&husk) {
                effects.husks.push(sequence);
            }
        }
        Ok(())
    }

    /// Every place that may hold an event by or for `author` up to `until`.
    fn places_concerning(
        &self,
        author: &PublicKey,
        until: u64,
    ) -> Result<HashSet<Sequence>, StoreError> {
        let mut places = HashSet::new();
        for layer in [self.batch, self.tail] {
            places.extend(layer.events().map(|(sequence, _)| *sequence));
        }
        places.extend(self.index.written_by(author, until)?);
        if let Some(name) = TagName::new('p') {
            let tag = tag_key(&self.index.salt, name, &author.to_string());
            places.extend(self.index.tagged(tag, Kind::GIFT_WRAP.as_u16())?);
        }
        Ok(places)
    }

    /// All husks, and all events that are to become one.
    fn husks(&self) -> Result<Vec<(Sequence, Arc<Event>)>, StoreError> {
        let mut husks: Vec<_> = self
            .index
            .husks()?
            .into_iter()
            .map(|(sequence, event)| (sequence, Arc::new(event)))
            .collect();
        let ended = self.batch.kills().chain(self.tail.kills());
        let to_be = ended
            .filter(|kill| kill.husk)
            .map(|kill| kill.victim)
            .chain(self.index.husks_to_be()?);
        for sequence in to_be {
            husks.extend(self.load(sequence)?.map(|event| (sequence, event)));
        }
        Ok(husks)
    }

    /// LBC-10: descriptions by others that came before the community itself.
    fn end_foreign_descriptions(
        &self,
        community: &Event,
        effects: &mut Effects,
    ) -> Result<(), StoreError> {
        let mut sequences = HashSet::new();
        for layer in [self.batch, self.tail] {
            sequences.extend(
                layer
                    .events()
                    .filter(|(_, event)| described_community(event) == Some(community.id()))
                    .map(|(sequence, _)| *sequence),
            );
        }
        let id = community.id().to_string();
        for name in ['d', 'e'].into_iter().filter_map(TagName::new) {
            let tag = tag_key(&self.index.salt, name, &id);
            sequences.extend(self.index.tagged(tag, Kind::COMMUNITY_METADATA.as_u16())?);
        }
        for sequence in sequences {
            if !self.is_hidden(sequence)
                && let Some(event) = self.load(sequence)?
                && described_community(&event) == Some(community.id())
                && event.pubkey() != community.pubkey()
            {
                // The community itself bars it from now on, but not what was there before it.
                self.end_version(sequence, &event, true, effects);
            }
        }
        Ok(())
    }
}

/// NIP-09 and NIP-62: requests to delete and to vanish cannot themselves be deleted.
fn is_deletable(event: &Event) -> bool {
    event.kind() != Kind::DELETION && event.kind() != Kind::VANISH
}

/// NIP-59: whoever a wrap is for may delete it like its author.
fn recipients(event: &Event) -> impl Iterator<Item = PublicKey> + '_ {
    let wrapped = event.kind() == Kind::GIFT_WRAP;
    event
        .tags()
        .named("p")
        .filter(move |_| wrapped)
        .filter_map(|tag| PublicKey::from_hex(tag.value()?).ok())
}
