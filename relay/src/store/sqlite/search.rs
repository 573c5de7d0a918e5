//! A filter that searches (NIP-50 and `nips/discovery.md`): one of three ways through the index names
//! events in the order of the answer or all at once, and the event itself says whether it fits.
//! What is not indexed yet is looked at beside.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use kith_nips::discovery::Sort;
use kith_nips::lbc::CommunityMetadata;
use kith_nips::nip50::Search;
use kith_nips::{Event, Filter, Kind, PublicKey};

use super::context::{Communities, Context};
use super::index::Index;
use super::stream::Step;
use super::tail::TailState;
use crate::store::{ScanOptions, Sequence, Spreading, StoreError};

mod gathering;
mod judge;
mod nearest;
mod ranked;
mod sieve;
mod soonest;
mod ways;

use judge::{Found, Judge};
use nearest::Nearest;
use ranked::Ranked;
use soonest::Soonest;

/// One filter's part of an answer, when it searches.
pub struct SearchWalk {
    filter: Filter,
    search: Search,
    remaining: usize,
    /// What was not indexed when the answer began, in the order of the answer.
    recent: VecDeque<Found>,
    way: Way,
    /// The next that the way brings.
    next: Option<Found>,
    /// What lies above was captured with the tail.
    indexed_upto: Sequence,
    spreading: Spreading,
    cut: bool,
}

/// How events are found in the index.
enum Way {
    /// Not chosen yet.
    Unknown,
    /// By looking at everything first.
    Ranked(Ranked),
    /// From the soonest on.
    Soonest(Soonest),
    /// From the nearest on.
    Nearest(Box<Nearest>),
    /// There is nothing more.
    Done,
}

impl SearchWalk {
    /// Fixes what the answer covers.
    pub fn capture(
        filter: &Filter,
        search: &Search,
        options: &ScanOptions,
        state: &TailState,
    ) -> Self {
        let remaining = options.limit_of(filter);
        let is_read = !filter.matches_nothing() && (remaining > 0 || options.completeness);
        let mut recent = Vec::new();
        if is_read {
            let hidden = state.layer.hidden();
            let events = state.layer.candidates(filter);
            let shown = events.filter(|(sequence, event)| {
                !hidden.contains(sequence)
                    && filter.matches(event, options.now)
                    && options.shows(event)
            });
            recent.extend(shown.map(|(sequence, event)| Found::of(search, *sequence, event)));
            recent.retain(|found| options.after.is_none_or(|after| found.rank > after));
            recent.sort_unstable_by_key(|found| found.rank);
        }
        SearchWalk {
            filter: filter.clone(),
            search: search.clone(),
            remaining,
            recent: recent.into(),
            way: match is_read {
                true => Way::Unknown,
                false => Way::Done,
            },
            next: None,
            indexed_upto: state.indexed_upto,
            spreading: Spreading::default(),
            cut: false,
        }
    }

    /// Whether the limit left something out.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// The next event in the order of the answer.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn next(&mut self, context: &Context<'_>) -> Result<Step<Arc<Event>>, StoreError> {
        if self.remaining == 0 && !context.options.completeness {
            return Ok(Step::End);
        }
        let found = loop {
            match self.next_found(context)? {
                Step::Item(found) if self.takes(&found, context) => break found,
                Step::Item(_) => {}
                Step::End => return Ok(Step::End),
                Step::OutOfTime => return Ok(Step::OutOfTime),
            }
        };
        if self.remaining == 0 {
            self.cut = true;
            self.recent.clear();
            self.way = Way::Done;
            return Ok(Step::End);
        }
        self.remaining -= 1;
        context.counters.returned.fetch_add(1, Ordering::Relaxed);
        Ok(Step::Item(found.event))
    }

    /// Whether an event of the answer stays in it when it is spread over time. If it is the last of its
    /// stretch, the rest of that is passed over.
    fn takes(&mut self, found: &Found, context: &Context<'_>) -> bool {
        let Some(spread) = &context.options.spread else {
            return true;
        };
        if self.search.order() != Sort::Start {
            return true;
        }
        let is_taken = self.spreading.takes(found.rank.0, spread);
        if let Some(start) = self.spreading.goes_on_at()
            && let Way::Soonest(soonest) = &mut self.way
        {
            soonest.go_on_at(start);
        }
        is_taken
    }

    /// The next of what is indexed and what is not.
    fn next_found(&mut self, context: &Context<'_>) -> Result<Step<Found>, StoreError> {
        if self.next.is_none() {
            match self.next_indexed(context)? {
                Step::Item(found) => self.next = Some(found),
                Step::End => self.way = Way::Done,
                Step::OutOfTime => return Ok(Step::OutOfTime),
            }
        }
        while let Some(recent) = self.recent.front()
            && self
                .next
                .as_ref()
                .is_none_or(|next| recent.rank < next.rank)
            && let Some(recent) = self.recent.pop_front()
        {
            if self.still_stands(&recent, context)? {
                return Ok(Step::Item(recent));
            }
        }
        Ok(self.next.take().map_or(Step::End, Step::Item))
    }

    fn next_indexed(&mut self, context: &Context<'_>) -> Result<Step<Found>, StoreError> {
        if matches!(self.way, Way::Unknown) {
            self.way = ways::choose(&self.filter, &self.search, self.remaining, context)?;
        }
        let judge = Judge {
            filter: &self.filter,
            search: &self.search,
            indexed_upto: self.indexed_upto,
            context,
        };
        match &mut self.way {
            Way::Ranked(ranked) => ranked.next(&judge),
            Way::Soonest(soonest) => soonest.next(&judge),
            Way::Nearest(nearest) => nearest.next(&judge),
            Way::Unknown | Way::Done => Ok(Step::End),
        }
    }

    /// Whether what was captured has not ended since, and stands on its owner's community.
    fn still_stands(&self, found: &Found, context: &Context<'_>) -> Result<bool, StoreError> {
        Ok(!context.is_hidden(found.sequence)
            && context.options.shows(&found.event)
            && (!context.enforce_owner || context.is_grounded(&found.event)?))
    }
}

/// LBC-10: whether a community's description stands on a stored community of the same owner; so
/// do all other events. `communities` are those of the tail, as they were before the index came to its
/// present state: what the indexer moves in between is in both.
///
/// # Errors
/// [`StoreError`] when the store cannot tell.
pub fn is_grounded(
    event: &Event,
    communities: &Communities,
    is_hidden: impl Fn(Sequence) -> bool,
    index: &Index,
) -> Result<bool, StoreError> {
    if event.kind() != Kind::COMMUNITY_METADATA {
        return Ok(true);
    }
    let Some(community) = CommunityMetadata::community_of(event) else {
        return Ok(false);
    };
    let is_owner = |owner: PublicKey| owner == event.pubkey();
    if let Some((sequence, owner)) = communities.get(&community) {
        return Ok(!is_hidden(*sequence) && is_owner(*owner));
    }
    let place = index.sequence_of(&community)?;
    let Some(sequence) = place.filter(|sequence| !is_hidden(*sequence)) else {
        return Ok(false);
    };
    let found = index.load(sequence)?;
    let found = found.filter(|event| event.kind() == Kind::COMMUNITY);
    Ok(found.is_some_and(|event| is_owner(event.pubkey())))
}

impl Context<'_> {
    fn is_grounded(&self, event: &Event) -> Result<bool, StoreError> {
        let is_hidden = |sequence| self.is_hidden(sequence);
        is_grounded(event, self.communities, is_hidden, &self.reader.index)
    }
}
