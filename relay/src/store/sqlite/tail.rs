//! What is committed and not yet indexed: kept in memory, found by the same matcher that serves
//! live subscriptions.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use kith_nips::{Event, EventId, PublicKey};

use super::keys::AddressKey;
use crate::store::Sequence;

/// The newest version of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its time.
    pub created_at: u64,
    /// Its id, which breaks ties: the lowest wins.
    pub id: EventId,
    /// Where it is; `None` when it is gone and only bars older versions.
    pub sequence: Option<Sequence>,
}

/// An event that a later one ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kill {
    /// What is no longer to be found.
    pub victim: Sequence,
    /// Whether its effects must outlive its content (see `husk` in the log).
    pub husk: bool,
}

/// What accepting one event changes, beside adding it.
#[derive(Debug, Default)]
pub struct Effects {
    /// Events that it ends.
    pub kills: Vec<Kill>,
    /// Addresses whose newest version changes.
    pub heads: Vec<(AddressKey, Head)>,
    /// Ids that this author no longer wants.
    pub deleted_ids: Vec<(EventId, PublicKey)>,
    /// Addresses that are deleted up to and including a time.
    pub deleted_addresses: Vec<(AddressKey, u64)>,
}

/// Events and effects in commit order: the tail itself, or a batch on its way into it.
#[derive(Debug, Default)]
pub struct Layer {
    events: VecDeque<(Sequence, Arc<Event>)>,
    by_id: HashMap<EventId, Sequence>,
    heads: HashMap<AddressKey, (Sequence, Head)>,
    deleted_ids: HashMap<(EventId, PublicKey), Sequence>,
    deleted_addresses: HashMap<AddressKey, (Sequence, u64)>,
    kills: Vec<(Sequence, Kill)>,
    hidden: Arc<HashSet<Sequence>>,
}

impl Layer {
    /// Adds an accepted event with its effects.
    pub fn push(&mut self, sequence: Sequence, event: Arc<Event>, effects: Effects) {
        self.by_id.insert(event.id(), sequence);
        self.events.push_back((sequence, event));
        for (address, head) in effects.heads {
            self.heads.insert(address, (sequence, head));
        }
        for deleted in effects.deleted_ids {
            self.deleted_ids.insert(deleted, sequence);
        }
        for (address, until) in effects.deleted_addresses {
            let entry = self.deleted_addresses.entry(address).or_insert((0, 0));
            *entry = (sequence, entry.1.max(until));
        }
        if !effects.kills.is_empty() {
            Arc::make_mut(&mut self.hidden).extend(effects.kills.iter().map(|kill| kill.victim));
            self.kills
                .extend(effects.kills.into_iter().map(|kill| (sequence, kill)));
        }
    }

    /// Adds everything of a later layer.
    fn append(&mut self, later: Layer) {
        self.events.extend(later.events);
        self.by_id.extend(later.by_id);
        self.heads.extend(later.heads);
        self.deleted_ids.extend(later.deleted_ids);
        for (address, (sequence, until)) in later.deleted_addresses {
            let entry = self.deleted_addresses.entry(address).or_insert((0, 0));
            *entry = (sequence, entry.1.max(until));
        }
        self.kills.extend(later.kills);
        if !later.hidden.is_empty() {
            Arc::make_mut(&mut self.hidden).extend(later.hidden.iter());
        }
    }

    /// Forgets what is in the index by now.
    fn trim(&mut self, indexed_upto: Sequence) {
        while let Some((sequence, event)) = self.events.front() {
            if *sequence > indexed_upto {
                break;
            }
            self.by_id.remove(&event.id());
            self.events.pop_front();
        }
        self.heads.retain(|_, (at, _)| *at > indexed_upto);
        self.deleted_ids.retain(|_, at| *at > indexed_upto);
        self.deleted_addresses
            .retain(|_, (at, _)| *at > indexed_upto);
        self.kills.retain(|(at, _)| *at > indexed_upto);
        self.hidden = Arc::new(self.kills.iter().map(|(_, kill)| kill.victim).collect());
    }

    /// The events, oldest commit first, those that were ended among them.
    pub fn events(&self) -> impl Iterator<Item = &(Sequence, Arc<Event>)> {
        self.events.iter()
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Where the event with this id is, also when it was ended.
    pub fn sequence_of(&self, id: &EventId) -> Option<Sequence> {
        self.by_id.get(id).copied()
    }

    /// The event at this place of the log.
    pub fn event(&self, sequence: Sequence) -> Option<&Arc<Event>> {
        let index = self.events.binary_search_by_key(&sequence, |(at, _)| *at);
        index
            .ok()
            .and_then(|index| self.events.get(index))
            .map(|(_, event)| event)
    }

    /// The newest version of this address, if it changed here.
    pub fn head(&self, address: &AddressKey) -> Option<Head> {
        self.heads.get(address).map(|(_, head)| *head)
    }

    /// Whether `by` asked here for the deletion of this id.
    pub fn deletes_id(&self, id: EventId, by: PublicKey) -> bool {
        self.deleted_ids.contains_key(&(id, by))
    }

    /// Up to when this address was deleted here.
    pub fn deleted_until(&self, address: &AddressKey) -> Option<u64> {
        self.deleted_addresses.get(address).map(|(_, until)| *until)
    }

    /// What was ended here, in this layer or below it.
    pub fn hidden(&self) -> &Arc<HashSet<Sequence>> {
        &self.hidden
    }
}

/// Everything that one run of the indexer moves.
#[derive(Debug)]
pub struct Unindexed {
    /// The last commit among it.
    pub upto: Sequence,
    /// Events to be indexed, in commit order; those that were ended already are left out.
    pub events: Vec<(Sequence, Arc<Event>)>,
    /// New heads of addresses.
    pub heads: Vec<(AddressKey, Head)>,
    /// Deletions by id.
    pub deleted_ids: Vec<(EventId, PublicKey)>,
    /// Deletions by address.
    pub deleted_addresses: Vec<(AddressKey, u64)>,
    /// Events to be taken out, whether indexed or not.
    pub kills: Vec<Kill>,
}

/// The layer above the index, with the numbers that join the two.
#[derive(Debug)]
pub struct TailState {
    /// What is not in the index.
    pub layer: Layer,
    /// What is at or below this is in the index.
    pub indexed_upto: Sequence,
    /// The last commit.
    pub last: Sequence,
}

/// The tail, shared by the writer, the indexer and the readers.
#[derive(Debug)]
pub struct Tail(RwLock<TailState>);

impl Tail {
    /// An empty tail above an index that reaches `indexed_upto`.
    pub fn new(indexed_upto: Sequence) -> Self {
        Tail(RwLock::new(TailState {
            layer: Layer::default(),
            indexed_upto,
            last: indexed_upto,
        }))
    }

    /// For reading; never hold it while waiting for anything.
    pub fn read(&self) -> RwLockReadGuard<'_, TailState> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, TailState> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a committed batch visible.
    pub fn append(&self, batch: Layer, last: Sequence) {
        let mut state = self.write();
        state.layer.append(batch);
        state.last = last;
    }

    /// A copy of all that is to be indexed now; `None` when there is nothing.
    pub fn unindexed(&self) -> Option<Unindexed> {
        let state = self.read();
        let layer = &state.layer;
        if layer.events.is_empty() {
            return None;
        }
        Some(Unindexed {
            upto: state.last,
            events: layer
                .events
                .iter()
                .filter(|(sequence, _)| !layer.hidden.contains(sequence))
                .cloned()
                .collect(),
            heads: layer
                .heads
                .iter()
                .map(|(key, (_, head))| (*key, *head))
                .collect(),
            deleted_ids: layer.deleted_ids.keys().copied().collect(),
            deleted_addresses: layer
                .deleted_addresses
                .iter()
                .map(|(key, (_, until))| (*key, *until))
                .collect(),
            kills: layer.kills.iter().map(|(_, kill)| *kill).collect(),
        })
    }

    /// Forgets what the index holds by now.
    pub fn trim(&self, indexed_upto: Sequence) {
        let mut state = self.write();
        state.layer.trim(indexed_upto);
        state.indexed_upto = indexed_upto;
    }
}
