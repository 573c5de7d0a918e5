//! Pages: what they are, where one ends, and how they are filled in bounded steps.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use kith_nips::nip50::Rank;
use kith_nips::{Event, EventId, Filter};

use super::reading::Reading;
use crate::store::StoreError;

/// Steps in which a page is read at most. A page may be short of its limit although more follow.
const STEPS_PER_PAGE_MAX: usize = 8;

/// Events that a further step reads at least: most of them may be of closed communities.
const STEP_EVENTS_MIN: usize = 32;

/// A part of a list, in its order.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page begins; `None` when this was the last.
    pub next: Option<Place>,
    /// Whether a bound left something out that no further page has.
    pub cut: bool,
}

impl<T> Page<T> {
    /// The same page of other things.
    pub(super) fn with<U>(self, items: Vec<U>) -> Page<U> {
        Page {
            items,
            next: self.next,
            cut: self.cut,
        }
    }
}

/// A place in a list: what stands behind it has not been shown. It stays right whatever is stored
/// meanwhile, because it depends on nothing but the last thing shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Greater is further behind; 0 in lists that are not ordered by likeness.
    pub unlikeness: u64,
    /// The place among what is as alike.
    pub rank: Rank,
}

impl Place {
    /// A place in a list that has one order.
    pub fn at(rank: Rank) -> Self {
        Place {
            unlikeness: 0,
            rank,
        }
    }

    /// A place in a list of things that have a key of 32 bytes, in groups.
    pub(super) fn of_key(group: u64, key: [u8; 32]) -> Self {
        Place::at(Rank(group, 0, EventId::from_bytes(key)))
    }
}

/// What is made of events, one for each, in order; `None` for what is not shown.
pub(super) type Judged<'a, T> = BoxFuture<'a, Result<Vec<Option<T>>, StoreError>>;

impl Reading {
    /// Reads a page of what `judge` makes of the events that match any of `filters`, which all have
    /// the same search.
    pub(super) async fn page<'a, T>(
        &'a self,
        filters: &[Filter],
        after: Option<Rank>,
        limit: usize,
        judge: impl Fn(Vec<Arc<Event>>) -> Judged<'a, T>,
    ) -> Result<Page<T>, StoreError> {
        let mut items = Vec::new();
        let mut last = after;
        for number in 0..STEPS_PER_PAGE_MAX {
            let missing = limit.saturating_sub(items.len());
            // Mostly all of them are shown.
            let least = if number == 0 { 0 } else { STEP_EVENTS_MIN };
            let step = missing.saturating_add(1).max(least);
            let found = self.ranked(filters, last, step).await?;
            let is_end = found.len() < step;
            let (ranks, events): (Vec<Rank>, Vec<_>) = found.into_iter().unzip();
            let mut judged = ranks.into_iter().zip(judge(events).await?);
            for (rank, item) in judged.by_ref() {
                last = Some(rank);
                items.extend(item);
                if items.len() >= limit {
                    break;
                }
            }
            let is_full = items.len() >= limit;
            let has_more = !is_end || judged.any(|(_, item)| item.is_some());
            if is_full || is_end {
                let next = last.filter(|_| has_more).map(Place::at);
                return Ok(Page {
                    items,
                    next,
                    cut: false,
                });
            }
        }
        let next = last.map(Place::at);
        Ok(Page {
            items,
            next,
            cut: false,
        })
    }
}

/// A page of what is in memory as a whole, each with its place, in any order.
pub(super) fn page_of<T>(
    mut placed: Vec<(Place, T)>,
    after: Option<Place>,
    limit: usize,
) -> Page<T> {
    placed.retain(|(place, _)| after.is_none_or(|after| *place > after));
    placed.sort_by_key(|(place, _)| *place);
    let has_more = placed.len() > limit;
    placed.truncate(limit);
    let next = placed.last().map(|(place, _)| *place);
    Page {
        items: placed.into_iter().map(|(_, item)| item).collect(),
        next: next.filter(|_| has_more),
        cut: false,
    }
}
