//! Whether an event that the index named answers a search, and where it stands in the answer.

use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use kith_nips::discovery::Setting;
use kith_nips::nip50::{Rank, Search, SearchedText};
use kith_nips::{Event, Filter};

use crate::store::sqlite::context::Context;
use crate::store::{Sequence, StoreError};

/// An event of the answer.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where it stands; no two events of an answer stand on one place.
    pub rank: Rank,
    /// Where it is in the log.
    pub sequence: Sequence,
    /// The event.
    pub event: Arc<Event>,
}

impl Found {
    /// An event that `search` finds.
    pub fn of(search: &Search, sequence: Sequence, event: &Arc<Event>) -> Self {
        let text = || SearchedText::of(event);
        Found {
            rank: search.rank(event, text, &Setting::of(event)),
            sequence,
            event: event.clone(),
        }
    }
}

/// Looks at events for one filter.
pub struct Judge<'a> {
    /// What is asked.
    pub filter: &'a Filter,
    /// Its search.
    pub search: &'a Search,
    /// What lies above was captured with the tail.
    pub indexed_upto: Sequence,
    /// What is read with.
    pub context: &'a Context<'a>,
}

impl Judge<'_> {
    /// The event at a place of the log, if it answers and stands behind where the answer begins.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn look_at(&self, sequence: Sequence) -> Result<Option<Found>, StoreError> {
        let context = self.context;
        if sequence > self.indexed_upto || context.is_hidden(sequence) {
            return Ok(None);
        }
        let Some(event) = context.reader.index.load(sequence)? else {
            return Ok(None);
        };
        context.counters.examined.fetch_add(1, Ordering::Relaxed);
        self.judge(sequence, event)
    }

    fn judge(&self, sequence: Sequence, event: Arc<Event>) -> Result<Option<Found>, StoreError> {
        let context = self.context;
        if !self.filter.matches_without_search(&event) || !context.options.shows(&event) {
            return Ok(None);
        }
        let text = OnceCell::new();
        let text = || text.get_or_init(|| SearchedText::of(&event));
        let setting = Setting::of(&event);
        let now = context.options.now;
        if !self.search.finds(&event, text, || setting, now)
            || (context.enforce_owner && !context.is_grounded(&event)?)
        {
            return Ok(None);
        }
        let rank = self.search.rank(&event, text, &setting);
        let is_behind = context.options.after.is_none_or(|after| rank > after);
        Ok(is_behind.then_some(Found {
            rank,
            sequence,
            event,
        }))
    }
}
