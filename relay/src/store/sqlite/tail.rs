//! What is committed and not yet indexed: kept in memory, found by the same matcher that serves
//! live subscriptions.

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ahash::HashMap;
use kith_nips::{Event, EventId, Filter, Kind, PublicKey};

use super::keys::AddressKey;
use crate::store::Sequence;

/// The newest version of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its time.
    pub created_at: u64,
    /// Its id, which breaks ties: the lowest wins.
    pub id: EventId,
    /// Where it is.
    pub place: Place,
}

/// Where the newest version of an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It can be found there.
    Event(Sequence),
    /// It is gone; its husk there bars older versions.
    Husk(Sequence),
}

impl Head {
    /// Where the version is that can be found, if there is one.
    pub fn event(&self) -> Option<Sequence> {
        match self.place {
            Place::Event(sequence) => Some(sequence),
            Place::Husk(_) => None,
        }
    }
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
    /// Husks that are needed no longer.
    pub husks: Vec<Sequence>,
    /// Addresses whose newest version changes; `None` when not even its place in time remains.
    pub heads: Vec<(AddressKey, Option<Head>)>,
    /// Ids that this author no longer wants, with the time of the request.
    pub deleted_ids: Vec<(EventId, PublicKey, u64)>,
    /// Addresses that are deleted up to and including a time.
    pub deleted_addresses: Vec<(AddressKey, u64)>,
    /// Keys that vanished up to and including a time.
    pub vanished: Vec<(PublicKey, u64)>,
}

/// An event and its place in the log.
pub type Placed = (Sequence, Arc<Event>);

/// Events and effects in commit order: the tail itself, or a batch on its way into it.
#[derive(Debug, Default)]
pub struct Layer {
    events: VecDeque<Placed>,
    by_kind: HashMap<Kind, VecDeque<Placed>>,
    by_id: HashMap<EventId, Sequence>,
    heads: HashMap<AddressKey, (Sequence, Option<Head>)>,
    deleted_ids: HashMap<(EventId, PublicKey), (Sequence, u64)>,
    deleted_addresses: HashMap<AddressKey, (Sequence, u64)>,
    vanished: HashMap<PublicKey, (Sequence, u64)>,
    husks: Vec<(Sequence, Sequence)>,
    kills: Vec<(Sequence, Kill)>,
    hidden: Arc<HashSet<Sequence>>,
}

impl Layer {
    /// Adds an accepted event with its effects.
    pub fn push(&mut self, sequence: Sequence, event: Arc<Event>, effects: Effects) {
        self.by_id.insert(event.id(), sequence);
        let of_kind = self.by_kind.entry(event.kind()).or_default();
        of_kind.push_back((sequence, event.clone()));
        self.events.push_back((sequence, event));
        self.push_effects(sequence, effects);
    }

    /// Adds effects that come from no event, at a place in the order of their own.
    pub fn push_effects(&mut self, sequence: Sequence, effects: Effects) {
        for (address, head) in effects.heads {
            self.heads.insert(address, (sequence, head));
        }
        for (id, author, at) in effects.deleted_ids {
            raise(&mut self.deleted_ids, (id, author), (sequence, at));
        }
        for (address, until) in effects.deleted_addresses {
            raise(&mut self.deleted_addresses, address, (sequence, until));
        }
        for (author, until) in effects.vanished {
            raise(&mut self.vanished, author, (sequence, until));
        }
        self.husks
            .extend(effects.husks.into_iter().map(|husk| (sequence, husk)));
        if !effects.kills.is_empty() {
            Arc::make_mut(&mut self.hidden).extend(effects.kills.iter().map(|kill| kill.victim));
            self.kills
                .extend(effects.kills.into_iter().map(|kill| (sequence, kill)));
        }
    }

    /// Adds everything of a later layer.
    fn append(&mut self, later: Layer) {
        self.events.extend(later.events);
        for (kind, events) in later.by_kind {
            self.by_kind.entry(kind).or_default().extend(events);
        }
        self.by_id.extend(later.by_id);
        self.heads.extend(later.heads);
        for (deleted, at) in later.deleted_ids {
            raise(&mut self.deleted_ids, deleted, at);
        }
        for (address, until) in later.deleted_addresses {
            raise(&mut self.deleted_addresses, address, until);
        }
        for (author, until) in later.vanished {
            raise(&mut self.vanished, author, until);
        }
        self.husks.extend(later.husks);
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
            // What was taken off may have come again, to another place.
            if self.by_id.get(&event.id()) == Some(sequence) {
                self.by_id.remove(&event.id());
            }
            self.events.pop_front();
        }
        self.by_kind.retain(|_, events| {
            while events.front().is_some_and(|(at, _)| *at <= indexed_upto) {
                events.pop_front();
            }
            !events.is_empty()
        });
        self.heads.retain(|_, (at, _)| *at > indexed_upto);
        self.deleted_ids.retain(|_, (at, _)| *at > indexed_upto);
        self.deleted_addresses
            .retain(|_, (at, _)| *at > indexed_upto);
        self.vanished.retain(|_, (at, _)| *at > indexed_upto);
        self.husks.retain(|(at, _)| *at > indexed_upto);
        self.kills.retain(|(at, _)| *at > indexed_upto);
        self.hidden = Arc::new(self.kills.iter().map(|(_, kill)| kill.victim).collect());
    }

    /// The events, oldest commit first, those that were ended among them.
    pub fn events(&self) -> impl Iterator<Item = &Placed> {
        self.events.iter()
    }

    /// The events of one kind, the same way.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Placed> {
        self.by_kind.get(&kind).into_iter().flatten()
    }

    /// The communities among them, with their places and owners.
    pub fn communities(&self) -> impl Iterator<Item = (EventId, (Sequence, PublicKey))> {
        let communities = self.of_kind(Kind::COMMUNITY);
        communities.map(|(sequence, event)| (event.id(), (*sequence, event.pubkey())))
    }

    /// The events that `filter` may match, those that were ended among them; each once, in no
    /// particular order.
    pub fn candidates<'a>(
        &'a self,
        filter: &'a Filter,
    ) -> Box<dyn Iterator<Item = &'a Placed> + 'a> {
        match (&filter.ids, &filter.kinds) {
            (Some(ids), _) => {
                let places = ids.iter();
                Box::new(places.filter_map(|id| self.at(self.sequence_of(id)?)))
            }
            (None, Some(kinds)) => Box::new(kinds.iter().flat_map(|kind| self.of_kind(*kind))),
            (None, None) => Box::new(self.events()),
        }
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
        self.at(sequence).map(|(_, event)| event)
    }

    fn at(&self, sequence: Sequence) -> Option<&Placed> {
        let index = self.events.binary_search_by_key(&sequence, |(at, _)| *at);
        index.ok().and_then(|index| self.events.get(index))
    }

    /// What became of the newest version of this address, if it changed here.
    pub fn head(&self, address: &AddressKey) -> Option<Option<Head>> {
        self.heads.get(address).map(|(_, head)| *head)
    }

    /// When `by` last asked here for the deletion of this id.
    pub fn deleted_at(&self, id: EventId, by: PublicKey) -> Option<u64> {
        self.deleted_ids.get(&(id, by)).map(|(_, at)| *at)
    }

    /// Up to when this key vanished here.
    pub fn vanished_until(&self, author: &PublicKey) -> Option<u64> {
        self.vanished.get(author).map(|(_, until)| *until)
    }

    /// What was ended here.
    pub fn kills(&self) -> impl Iterator<Item = &Kill> {
        self.kills.iter().map(|(_, kill)| kill)
    }

    /// The same: where it was decided, and what was ended.
    pub fn ended(&self) -> impl Iterator<Item = (Sequence, Sequence)> {
        self.kills.iter().map(|(at, kill)| (*at, kill.victim))
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

/// Keeps the latest time under a key, at the latest place in the order.
fn raise<K: Eq + Hash>(
    times: &mut HashMap<K, (Sequence, u64)>,
    key: K,
    (sequence, time): (Sequence, u64),
) {
    let entry = times.entry(key).or_insert((0, 0));
    *entry = (sequence.max(entry.0), time.max(entry.1));
}

/// Everything that one run of the indexer moves.
#[derive(Debug)]
pub struct Unindexed {
    /// The last commit among it.
    pub upto: Sequence,
    /// Events to be indexed, in commit order; those that were ended already are left out.
    pub events: Vec<(Sequence, Arc<Event>)>,
    /// New heads of addresses; `None` for those that have none any more.
    pub heads: Vec<(AddressKey, Option<Head>)>,
    /// Deletions by id, with the time of the request.
    pub deleted_ids: Vec<(EventId, PublicKey, u64)>,
    /// Deletions by address.
    pub deleted_addresses: Vec<(AddressKey, u64)>,
    /// Keys that vanished, and up to when.
    pub vanished: Vec<(PublicKey, u64)>,
    /// Events to be taken out, whether indexed or not.
    pub kills: Vec<Kill>,
    /// Husks to be taken off the log.
    pub husks: Vec<Sequence>,
}

impl Unindexed {
    /// Effects alone, in an index that reaches `upto`.
    pub fn of(effects: Effects, upto: Sequence) -> Self {
        Unindexed {
            upto,
            events: Vec::new(),
            heads: effects.heads,
            deleted_ids: effects.deleted_ids,
            deleted_addresses: effects.deleted_addresses,
            vanished: effects.vanished,
            kills: effects.kills,
            husks: effects.husks,
        }
    }

    /// All rows of the log that change once this is indexed, in the order of the changes.
    pub fn purges(&self) -> Vec<Kill> {
        let husks = self.husks.iter().map(|victim| Kill {
            victim: *victim,
            husk: false,
        });
        self.kills.iter().copied().chain(husks).collect()
    }
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
        if state.last <= state.indexed_upto {
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
            deleted_ids: layer
                .deleted_ids
                .iter()
                .map(|((id, author), (_, at))| (*id, *author, *at))
                .collect(),
            deleted_addresses: layer
                .deleted_addresses
                .iter()
                .map(|(key, (_, until))| (*key, *until))
                .collect(),
            vanished: layer
                .vanished
                .iter()
                .map(|(author, (_, until))| (*author, *until))
                .collect(),
            kills: layer.kills().copied().collect(),
            husks: layer.husks.iter().map(|(_, husk)| *husk).collect(),
        })
    }

    /// Forgets what the index holds by now.
    pub fn trim(&self, indexed_upto: Sequence) {
        let mut state = self.write();
        state.layer.trim(indexed_upto);
        state.indexed_upto = indexed_upto;
    }
}
