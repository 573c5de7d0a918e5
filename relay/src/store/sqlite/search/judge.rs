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
        let Some(event) = self.load(sequence)? else {
            return Ok(None);
        };
        self.note_examined();
        let Some(setting) = self.admitted(&event) else {
            return Ok(None);
        };
        let text = OnceCell::new();
        let text = || text.get_or_init(|| SearchedText::of(&event));
        if !self.search.is_in(&event, text) || !self.is_grounded(&event)? {
            return Ok(None);
        }
        let rank = self.search.rank(&event, text, &setting);
        Ok(self.is_behind(rank).then_some(Found {
            rank,
            sequence,
            event,
        }))
    }

    /// Whether the event at a place of the log is where it is asked for, without loading it.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn is_there(&self, sequence: Sequence) -> Result<bool, StoreError> {
        let discovery = self.search.discovery();
        if !discovery.has_place() {
            return Ok(true);
        }
        let cell = self.context.reader.index.cell_of(sequence)?;
        Ok(discovery.admits_position(cell.map(|cell| cell.centre())))
    }

    fn load(&self, sequence: Sequence) -> Result<Option<Arc<Event>>, StoreError> {
        let context = self.context;
        if sequence > self.indexed_upto || context.is_hidden(sequence) {
            return Ok(None);
        }
        context.reader.index.load(sequence)
    }

    fn note_examined(&self) {
        let examined = &self.context.counters.examined;
        examined.fetch_add(1, Ordering::Relaxed);
    }

    /// The setting of an event that answers but for its text.
    fn admitted(&self, event: &Event) -> Option<Setting> {
        let options = self.context.options;
        if !self.filter.matches_without_search(event) || !options.shows(event) {
            return None;
        }
        let setting = self.search.setting_of(event);
        let discovery = self.search.discovery();
        let is_admitted = !self.search.is_empty()
            && (discovery.is_empty() || discovery.admits(&setting, options.now));
        is_admitted.then_some(setting)
    }

    fn is_grounded(&self, event: &Event) -> Result<bool, StoreError> {
        Ok(!self.context.enforce_owner || self.context.is_grounded(event)?)
    }

    fn is_behind(&self, rank: Rank) -> bool {
        let after = self.context.options.after;
        after.is_none_or(|after| rank > after)
    }
}
