//! A filter that searches (NIP-50): the index of words gives candidates, the event itself says
//! whether and how well it fits. All candidates are looked at before the first is answered,
//! because the best may come last; of each only its place and its rank are kept.

use std::cell::OnceCell;
use std::collections::VecDeque;
use std::sync::Arc;

use kith_nips::discovery::Setting;
use kith_nips::lbc::CommunityMetadata;
use kith_nips::nip50::{Rank, Search, SearchedText};
use kith_nips::{Event, EventId, Filter, Kind, PublicKey};
use roaring::{RoaringTreemap, treemap};

use super::context::Context;
use super::index::Index;
use super::keys::word_keys;
use super::reader::Reader;
use super::runs::{Entry, Group};
use super::stream::Step;
use super::tail::{Tail, TailState};
use crate::store::{ScanOptions, Sequence, StoreError};

/// Entries that a word is weighed by at most.
const ENTRIES_WEIGHED_MAX: usize = 1024;
/// With so few candidates it is no use to read of other words who has them.
const CANDIDATES_FEW: u64 = 64;
/// Entries that are read between two looks at the clock.
const ENTRIES_PER_LOOK: usize = 256;

/// One filter's part of an answer, when it searches.
pub struct SearchWalk {
    filter: Filter,
    search: Search,
    remaining: usize,
    candidates: Candidates,
    /// What lies above was captured with the tail.
    indexed_upto: Sequence,
    found: Vec<(Rank, Sequence)>,
    ranked: Option<VecDeque<Sequence>>,
    cut: bool,
}

/// Places that may fit, still to be looked at.
struct Candidates {
    recent: VecDeque<Sequence>,
    indexed: Indexed,
}

/// What of the index may fit.
enum Indexed {
    Gathering(Gathering),
    Gathered(Box<treemap::IntoIter>),
}

/// Keys of the words that begin with a searched one.
type WordKeys = (i64, i64);

/// The places that have every word, in the making: first each word is weighed, then their places
/// are read, those of the rarest first, and only what all of them share is kept.
#[derive(Default)]
struct Gathering {
    everything: bool,
    unweighed: Vec<WordKeys>,
    /// With the number of its entries, as far as they were counted.
    weighed: Vec<(usize, WordKeys)>,
    /// Weighed words whose places were not read, the rarest last.
    unread: Vec<WordKeys>,
    /// The word that is read, from where on.
    reading: Option<(Entry, i64)>,
    /// Its places so far.
    places: RoaringTreemap,
    /// The places that all words read before share.
    shared: Option<RoaringTreemap>,
}

impl SearchWalk {
    /// Fixes what the answer covers.
    pub fn capture(
        filter: &Filter,
        search: &Search,
        options: &ScanOptions,
        state: &TailState,
    ) -> Self {
        let hidden = state.layer.hidden();
        let mut gathering = Gathering::default();
        let mut recent = VecDeque::new();
        if !filter.matches_nothing() {
            let words = search.words().iter();
            gathering.everything = search.words().is_empty();
            gathering
                .unweighed
                .extend(words.map(|word| word_keys(word)));
            recent.extend(
                state
                    .layer
                    .events()
                    .filter(|(sequence, event)| {
                        !hidden.contains(sequence) && filter.matches_without_search(event)
                    })
                    .map(|(sequence, _)| *sequence),
            );
        }
        SearchWalk {
            filter: filter.clone(),
            search: search.clone(),
            remaining: options.limit_of(filter),
            candidates: Candidates {
                recent,
                indexed: Indexed::Gathering(gathering),
            },
            indexed_upto: state.indexed_upto,
            found: Vec::new(),
            ranked: None,
            cut: false,
        }
    }

    /// Whether the limit left something out.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// The next event by rank.
    pub fn next(&mut self, context: &Context<'_>) -> Result<Step<Arc<Event>>, StoreError> {
        if self.ranked.is_none() {
            loop {
                match self.candidates.next(self.indexed_upto, context.reader)? {
                    Step::Item(sequence) => self.consider(sequence, context)?,
                    Step::End => break,
                    Step::OutOfTime => return Ok(Step::OutOfTime),
                }
                if context.reader.is_out_of_time() {
                    return Ok(Step::OutOfTime);
                }
            }
            self.rank();
        }
        while let Some(sequence) = self.ranked.as_mut().and_then(VecDeque::pop_front) {
            // It may have ended since it was looked at.
            if !context.is_hidden(sequence)
                && let Some(event) = context.reader.index.load(sequence)?
                && context.options.shows(&event)
            {
                return Ok(Step::Item(event));
            }
        }
        Ok(Step::End)
    }

    fn consider(&mut self, sequence: Sequence, context: &Context<'_>) -> Result<(), StoreError> {
        if context.is_hidden(sequence) {
            return Ok(());
        }
        let Some(event) = context.reader.index.load(sequence)? else {
            return Ok(());
        };
        let text = OnceCell::new();
        let text = || text.get_or_init(|| SearchedText::of(&event));
        let setting = Setting::of(&event);
        if self.filter.matches_without_search(&event)
            && context.options.shows(&event)
            && self
                .search
                .finds(&event, text, || setting, context.options.now)
            && (!context.enforce_owner || is_grounded(&event, context.tail, &context.reader.index)?)
        {
            let rank = self.search.rank(&event, text, &setting);
            if context.options.after.is_none_or(|after| rank > after) {
                self.found.push((rank, sequence));
                self.forget_the_worst();
            }
        }
        Ok(())
    }

    /// Keeps no more than twice what can be answered.
    fn forget_the_worst(&mut self) {
        if self.found.len() > self.remaining.saturating_mul(2).saturating_add(1) {
            self.keep_the_best();
        }
    }

    fn keep_the_best(&mut self) {
        if self.found.len() > self.remaining {
            self.found.select_nth_unstable(self.remaining);
            self.found.truncate(self.remaining);
            self.cut = true;
        }
    }

    fn rank(&mut self) {
        self.keep_the_best();
        let mut found = std::mem::take(&mut self.found);
        found.sort_unstable();
        self.ranked = Some(found.into_iter().map(|(_, sequence)| sequence).collect());
    }
}

impl Candidates {
    /// The next place to look at, first those that are not indexed yet.
    fn next(&mut self, upto: Sequence, reader: &Reader) -> Result<Step<Sequence>, StoreError> {
        if let Some(sequence) = self.recent.pop_front() {
            return Ok(Step::Item(sequence));
        }
        if let Indexed::Gathering(gathering) = &mut self.indexed {
            let Some(places) = gathering.proceed(upto, reader)? else {
                return Ok(Step::OutOfTime);
            };
            self.indexed = Indexed::Gathered(Box::new(places.into_iter()));
        }
        Ok(match &mut self.indexed {
            Indexed::Gathered(places) => places.next().map_or(Step::End, Step::Item),
            Indexed::Gathering(_) => Step::OutOfTime,
        })
    }
}

impl Gathering {
    /// The places up to `upto` that have every word; `None` when the time is up before they are
    /// known.
    fn proceed(
        &mut self,
        upto: Sequence,
        reader: &Reader,
    ) -> Result<Option<RoaringTreemap>, StoreError> {
        while let Some((first, last)) = self.unweighed.pop() {
            let mut scan = reader.index.scan_words(Entry::of_word(first, i64::MIN));
            let end = Entry::of_word(last, i64::MAX);
            let mut entries = 0;
            while entries < ENTRIES_WEIGHED_MAX && scan.next()?.is_some_and(|entry| entry <= end) {
                entries += 1;
            }
            self.weighed.push((entries, (first, last)));
            if self.unweighed.is_empty() {
                self.weighed.sort_unstable_by(|one, other| other.cmp(one));
                self.unread = self.weighed.drain(..).map(|(_, keys)| keys).collect();
            }
            if reader.is_out_of_time() {
                return Ok(None);
            }
        }
        if self.everything {
            let mut places = RoaringTreemap::new();
            let mut scan = reader.index.scan(Entry::beginning(Group::ALL_EVENTS));
            while let Some(entry) = scan.next()?
                && entry.group == Group::ALL_EVENTS
            {
                places.insert(entry.position.sequence.unsigned_abs());
            }
            return Ok(Some(places));
        }
        loop {
            if self.reading.is_none() {
                let is_enough = |places: &RoaringTreemap| places.len() <= CANDIDATES_FEW;
                match self.unread.pop() {
                    Some((first, last)) if !self.shared.as_ref().is_some_and(is_enough) => {
                        self.reading = Some((Entry::of_word(first, i64::MIN), last));
                    }
                    _ => return Ok(Some(self.shared.take().unwrap_or_default())),
                }
            }
            if !self.read(upto, reader)? {
                return Ok(None);
            }
        }
    }

    /// Goes on reading a word's places; false when the time is up before the last.
    fn read(&mut self, upto: Sequence, reader: &Reader) -> Result<bool, StoreError> {
        let Some((from, last)) = self.reading else {
            return Ok(true);
        };
        let end = Entry::of_word(last, i64::MAX);
        let mut scan = reader.index.scan_words(from);
        let mut looked_at = 0_usize;
        while let Some(entry) = scan.next()?
            && entry <= end
        {
            let sequence = entry.position.sequence.unsigned_abs();
            let is_shared = self
                .shared
                .as_ref()
                .is_none_or(|shared| shared.contains(sequence));
            if sequence <= upto && is_shared {
                self.places.insert(sequence);
            }
            looked_at += 1;
            if looked_at.is_multiple_of(ENTRIES_PER_LOOK) && reader.is_out_of_time() {
                let mut next = entry;
                next.position = next.position.next();
                self.reading = Some((next, last));
                return Ok(false);
            }
        }
        self.reading = None;
        self.shared = Some(std::mem::take(&mut self.places));
        Ok(true)
    }
}

/// LBC-10: whether a community's description stands on a stored community of the same owner; so
/// do all other events.
///
/// # Errors
/// [`StoreError`] when the store cannot tell.
pub fn is_grounded(event: &Event, tail: &Tail, index: &Index) -> Result<bool, StoreError> {
    if event.kind() != Kind::COMMUNITY_METADATA {
        return Ok(true);
    }
    let Some(community) = CommunityMetadata::community_of(event) else {
        return Ok(false);
    };
    Ok(owner_of(community, tail, index)? == Some(event.pubkey()))
}

fn owner_of(
    community: EventId,
    tail: &Tail,
    index: &Index,
) -> Result<Option<PublicKey>, StoreError> {
    // First the tail, then the index: what the indexer moves in between is in both.
    let (recent, hidden) = {
        let state = tail.read();
        (
            state.layer.sequence_of(&community),
            state.layer.hidden().clone(),
        )
    };
    let place = match recent {
        Some(sequence) => Some(sequence),
        None => index.sequence_of(&community)?,
    };
    let Some(sequence) = place.filter(|sequence| !hidden.contains(sequence)) else {
        return Ok(None);
    };
    Ok(index
        .load(sequence)?
        .filter(|event| event.kind() == Kind::COMMUNITY)
        .map(|event| event.pubkey()))
}
