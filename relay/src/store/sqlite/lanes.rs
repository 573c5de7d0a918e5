//! Where a question is answered: small ones on the thread that asks, others by reader threads.

use kith_nips::Filter;
use kith_nips::discovery::Sort;

/// Questions of at most this many filters are small…
const SMALL_FILTERS_MAX: usize = 4;
/// … when their lists have at most this many values together.
const SMALL_VALUES_MAX: usize = 128;
/// … and when what is not indexed yet takes at most this many comparisons with the filters.
const SMALL_COMPARISONS_MAX: usize = 16_384;
/// A search for places and dates is small when it asks for at most so many events.
const SMALL_LIMIT_MAX: usize = 500;

/// Where a job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// At once, on the thread that asks: a look-up, or a question that is known to be small.
    Here,
    /// A question that was just asked and may be large, or the next pages of a short answer.
    Fresh,
    /// A further page of a long answer.
    Continued,
}

/// Small questions are answered where they are asked.
pub fn lane_of(filters: &[Filter], unindexed_events: usize) -> Lane {
    let values: usize = filters.iter().map(Filter::value_count).sum();
    let is_small = filters.len() <= SMALL_FILTERS_MAX
        && values <= SMALL_VALUES_MAX
        && unindexed_events.saturating_mul(filters.len()) <= SMALL_COMPARISONS_MAX
        && filters.iter().all(is_small_search);
    match is_small {
        true => Lane::Here,
        false => Lane::Fresh,
    }
}

/// What is answered in the order of the index ends when there is enough.
fn is_small_search(filter: &Filter) -> bool {
    filter.search.as_ref().is_none_or(|search| {
        let is_ordered = matches!(search.order(), Sort::Start | Sort::Distance);
        let is_cut = filter.limit.is_some_and(|limit| limit <= SMALL_LIMIT_MAX);
        is_ordered && is_cut
    })
}
