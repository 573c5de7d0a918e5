//! A filter that searches (NIP-50): the full-text index gives candidates, the event itself says
//! whether and how well it fits. All candidates are looked at before the first is answered,
//! because the best may come last; of each only its place and its rank are kept.

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::sync::Arc;

use kith_nips::lbc::CommunityMetadata;
use kith_nips::nip50::{Search, SearchedText};
use kith_nips::{Event, EventId, Filter, Kind, PublicKey};
use rusqlite::params;

use super::context::Context;
use super::index::Index;
use super::keys::signed;
use super::schema::failed;
use super::stream::Step;
use super::tail::{Tail, TailState};
use crate::store::{ScanOptions, Sequence, StoreError};

/// Places that one look into the full-text index brings.
const PLACES_PER_LOOK_MAX: usize = 65_536;

/// What an answer to a search is ordered by: the best fit first, then the newest, then by id.
type Rank = (Reverse<u32>, Reverse<u64>, EventId);

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
    waiting: VecDeque<Sequence>,
    /// Where the full-text index was left; `None` once it was read to its end.
    after: Option<Sequence>,
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
        let mut candidates = Candidates {
            waiting: VecDeque::new(),
            after: None,
        };
        if !filter.matches_nothing() {
            candidates.after = Some(0);
            candidates.waiting.extend(
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
            candidates,
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
            while let Some(sequence) = self.next_candidate(context)? {
                self.consider(sequence, context)?;
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

    fn next_candidate(&mut self, context: &Context<'_>) -> Result<Option<Sequence>, StoreError> {
        loop {
            if let Some(sequence) = self.candidates.waiting.pop_front() {
                return Ok(Some(sequence));
            }
            let Some(after) = self.candidates.after else {
                return Ok(None);
            };
            let places = look_up(
                &self.search,
                after,
                self.indexed_upto,
                &context.reader.index,
            )?;
            self.candidates.after = match places.len() < PLACES_PER_LOOK_MAX {
                true => None,
                false => places.last().copied(),
            };
            self.candidates.waiting = places.into();
        }
    }

    fn consider(&mut self, sequence: Sequence, context: &Context<'_>) -> Result<(), StoreError> {
        if context.is_hidden(sequence) {
            return Ok(());
        }
        let Some(event) = context.reader.index.load(sequence)? else {
            return Ok(());
        };
        if self.filter.matches_without_search(&event)
            && context.options.shows(&event)
            && let Some(score) = self.search.score(&SearchedText::of(&event))
            && (!context.enforce_owner || is_grounded(&event, context.tail, &context.reader.index)?)
        {
            let rank = (Reverse(score), Reverse(event.created_at()), event.id());
            self.found.push((rank, sequence));
            self.forget_the_worst();
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

/// Places above `after` and up to `upto` whose text has a word beginning with each word.
fn look_up(
    search: &Search,
    after: Sequence,
    upto: Sequence,
    index: &Index,
) -> Result<Vec<Sequence>, StoreError> {
    let what = "searching the texts";
    // Folded words have neither quotes nor anything else that means something here.
    let wanted: Vec<String> = search
        .words()
        .iter()
        .map(|word| format!("\"{word}\"*"))
        .collect();
    let mut statement = index
        .tables
        .prepare_cached(
            "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid > ?2 AND rowid <= ?3
             ORDER BY rowid LIMIT ?4",
        )
        .map_err(failed(what))?;
    let places = statement
        .query_map(
            params![
                wanted.join(" "),
                signed(after),
                signed(upto),
                PLACES_PER_LOOK_MAX
            ],
            |row| row.get(0),
        )
        .map_err(failed(what))?;
    places.collect::<Result<_, _>>().map_err(failed(what))
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
