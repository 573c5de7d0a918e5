//! The directory: communities, meetups, answers and people as typed answers.
//!
//! Everything is derived from stored events, by the pure functions of `kith-nips`, at the moment of the
//! question: there is nothing here that could be out of date or lost. What is remembered from one question
//! to the next (`remembered.rs`) counts only while the store says that nothing of it changed. Knows the
//! [`Store`] and what a note means; knows nothing of HTTP, SQL, or who may write.
//!
//! A list is a [`Page`] over one order, read in bounded steps, so that the cost follows the answer and
//! not what is stored. What the reader may not see, closed communities, descriptions by others than the
//! owner and notes by people whom the owner muted are in no answer (LBC-08, LBC-38, LBC-59).

use std::fmt;
use std::sync::Arc;

use crate::store::{Store, Visible};
use remembered::Remembered;

mod agenda;
mod audience;
mod chat;
mod comments;
mod communities;
mod following;
mod lookup;
mod meetups;
mod names;
mod organizing;
mod page;
mod people;
mod query;
mod reading;
mod records;
mod remembered;
mod reports;
mod rsvps;
mod search;
mod similar;
#[cfg(test)]
mod tests;
mod upcoming;

pub use agenda::{AGENDA_MEETUPS_MAX, AgendaEntry};
pub use audience::People;
pub use chat::Messages;
pub use comments::Comments;
pub use communities::{CommunityCounts, CommunityView, Totals};
pub use lookup::{CommunityReference, Subject};
pub use meetups::{FEED_MEETUPS_MAX, MeetupCommunity, MeetupView};
pub use page::{Page, Place};
pub use people::{Member, PersonCommunity, PersonView};
pub use query::{Listing, TopicMatch};
pub use reading::Reading;
pub use records::CommunityRecord;
pub use reports::ReportedView;
pub use rsvps::{RSVPS_PER_MEETUP_MAX, Rsvps};
pub use search::Found;
pub use similar::CANDIDATES_MAX;

/// Answers questions about communities and meetups.
#[derive(Clone)]
pub struct Directory {
    store: Arc<dyn Store>,
    remembered: Arc<Remembered>,
}

impl Directory {
    /// Over everything in `store`.
    pub fn new(store: Arc<dyn Store>) -> Self {
        let remembered = Arc::default();
        Directory { store, remembered }
    }

    /// One reader's view at `now` (Unix seconds). `visible` decides what the reader may see.
    pub fn reading(&self, visible: Visible, now: u64) -> Reading {
        let (store, remembered) = (Arc::clone(&self.store), Arc::clone(&self.remembered));
        Reading::new(store, remembered, visible, now)
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Directory").finish_non_exhaustive()
    }
}
