//! What was read lately of communities, of who follows what, and of coming meetups. Nothing here is ever
//! out of date: it counts only while the store says that nothing of it changed since before it was read.

use std::sync::Arc;

use kith_nips::discovery::Setting;
use kith_nips::{Event, EventId, PublicKey};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::meetups::KINDS as MEETUP_KINDS;
use super::records::CommunityRecord;
use crate::store::{Facet, FacetsOf, Stamp};

/// Bytes of communities that are kept, about.
const RECORD_BYTES_MAX: u64 = 48 * 1024 * 1024;
/// Assumed size of a community when the cache sizes its tables.
const RECORD_BYTES_TYPICAL: usize = 8 * 1024;
/// Bytes of lists of follows that are kept, about.
const FOLLOWS_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Assumed size of a list when the cache sizes its tables.
const FOLLOWS_BYTES_TYPICAL: usize = 1024;
/// Bytes of coming meetups that are kept, about.
const UPCOMING_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Assumed size of those of a community when the cache sizes its tables.
const UPCOMING_BYTES_TYPICAL: usize = 8 * 1024;
/// Answers to what there is how much of that are kept.
const FACETS_MAX: usize = 256;
/// What an entry costs beside what is in it, roughly.
const ENTRY_BYTES: u64 = 128;

/// The events that a community is made of, whoever may see them.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// The 1037.
    pub community: Vec<Arc<Event>>,
    /// What is at the addresses that follow from its id.
    pub addressed: Vec<Arc<Event>>,
    /// Descriptions of old form.
    pub others: Vec<Arc<Event>>,
}

impl Parts {
    /// All of them.
    pub fn events(&self) -> impl Iterator<Item = &Arc<Event>> {
        let rest = self.addressed.iter().chain(&self.others);
        self.community.iter().chain(rest)
    }

    /// Only what `shows` says.
    pub fn shown(&self, shows: impl Fn(&Event) -> bool) -> Parts {
        let only = |events: &[Arc<Event>]| {
            let events = events.iter().filter(|event| shows(event));
            events.cloned().collect()
        };
        Parts {
            community: only(&self.community),
            addressed: only(&self.addressed),
            others: only(&self.others),
        }
    }
}

/// A community as it was read.
#[derive(Debug, Clone)]
pub(super) struct KnownRecord {
    /// Of its owner, from before it was read.
    pub stamp: Stamp,
    /// The moment for which it was read, Unix seconds: what was over then is not in it.
    pub read_at: u64,
    /// What it is made of.
    pub parts: Arc<Parts>,
    /// What all of that makes.
    pub record: Arc<CommunityRecord>,
}

/// A person's list of follows as it was read.
#[derive(Debug, Clone)]
pub(super) struct KnownFollows {
    /// Of the person, from before it was read.
    pub stamp: Stamp,
    /// The moment for which it was read, Unix seconds: what was over then is not in it.
    pub read_at: u64,
    /// The list, and what it names; `None` when there is none.
    pub list: Option<(Arc<Event>, Arc<[EventId]>)>,
}

/// The meetups of a community that were coming when they were read.
#[derive(Debug, Clone)]
pub(super) struct KnownUpcoming {
    /// Of what names the community, kind by kind, from before they were read.
    pub named: [Stamp; MEETUP_KINDS.len()],
    /// The moment for which they were read, Unix seconds: what was over then is not among them.
    pub read_at: u64,
    /// All of them.
    pub meetups: Arc<[KnownMeetup]>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct KnownMeetup {
    /// The meetup.
    pub event: Arc<Event>,
    /// When it is.
    pub setting: Setting,
    /// Of its author.
    pub stamp: Stamp,
}

/// How much there is of something, as it was read.
#[derive(Debug, Clone)]
pub(super) struct KnownFacets {
    /// From before it was read.
    pub stamp: Stamp,
    /// The moment for which it was read, Unix seconds: later some meetups are over.
    pub read_at: u64,
    /// The most first.
    pub facets: Arc<[Facet]>,
}

/// What was read lately, bounded by bytes; of facets, by their number.
pub(super) struct Remembered {
    /// By the id of the community.
    pub records: Cache<EventId, KnownRecord, Bytes>,
    /// By person.
    pub follows: Cache<PublicKey, KnownFollows, Bytes>,
    /// By the id of the community.
    pub upcoming: Cache<EventId, KnownUpcoming, Bytes>,
    /// By what is counted, and how many names at most.
    pub facets: Cache<(FacetsOf, usize), KnownFacets>,
}

impl Default for Remembered {
    fn default() -> Self {
        let items = |bytes_max: u64, typical: usize| {
            usize::try_from(bytes_max).unwrap_or(usize::MAX) / typical
        };
        let records = items(RECORD_BYTES_MAX, RECORD_BYTES_TYPICAL);
        let follows = items(FOLLOWS_BYTES_MAX, FOLLOWS_BYTES_TYPICAL);
        let upcoming = items(UPCOMING_BYTES_MAX, UPCOMING_BYTES_TYPICAL);
        Remembered {
            records: Cache::with_weighter(records, RECORD_BYTES_MAX, Bytes),
            follows: Cache::with_weighter(follows, FOLLOWS_BYTES_MAX, Bytes),
            upcoming: Cache::with_weighter(upcoming, UPCOMING_BYTES_MAX, Bytes),
            facets: Cache::new(FACETS_MAX),
        }
    }
}

/// What things weigh.
#[derive(Clone)]
pub(super) struct Bytes;

impl Weighter<EventId, KnownRecord> for Bytes {
    fn weight(&self, _: &EventId, known: &KnownRecord) -> u64 {
        // What is read of an event is about as large again.
        let events = known.parts.events();
        let bytes: usize = events.map(|event| 2 * event.memory_bytes()).sum();
        bytes as u64 + ENTRY_BYTES
    }
}

impl Weighter<PublicKey, KnownFollows> for Bytes {
    fn weight(&self, _: &PublicKey, known: &KnownFollows) -> u64 {
        let list = known.list.as_ref();
        let bytes = list.map_or(0, |(event, named)| {
            event.memory_bytes() + size_of_val::<[EventId]>(named)
        });
        bytes as u64 + ENTRY_BYTES
    }
}

impl Weighter<EventId, KnownUpcoming> for Bytes {
    fn weight(&self, _: &EventId, known: &KnownUpcoming) -> u64 {
        let events = known.meetups.iter();
        let bytes: usize = events.map(|meetup| meetup.event.memory_bytes()).sum();
        bytes as u64 + size_of_val::<[_]>(&known.meetups) as u64 + ENTRY_BYTES
    }
}
