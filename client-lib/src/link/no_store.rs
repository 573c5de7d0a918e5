//! What the client pool takes for its database: nothing is in it. What is worth keeping, `cache.rs`
//! keeps.
//!
//! Every event counts as known. So the pool hands each over once, as the message that it came in, and
//! not a second time as news of its database.

use nostr_sdk::prelude::{
    Backend, DatabaseError, DatabaseEventStatus, Events, NostrDatabase, RejectedReason,
    SaveEventStatus,
};
use nostr_sdk::util::BoxedFuture;
use nostr_sdk::{Event, EventId, Filter};

/// A database that is never asked for anything that it was given.
#[derive(Debug)]
pub(crate) struct NoStore;

impl NostrDatabase for NoStore {
    fn backend(&self) -> Backend {
        Backend::Custom("none".to_owned())
    }

    fn save_event<'a>(
        &'a self,
        _: &'a Event,
    ) -> BoxedFuture<'a, Result<SaveEventStatus, DatabaseError>> {
        let status = SaveEventStatus::Rejected(RejectedReason::Duplicate);
        Box::pin(async move { Ok(status) })
    }

    fn check_id<'a>(
        &'a self,
        _: &'a EventId,
    ) -> BoxedFuture<'a, Result<DatabaseEventStatus, DatabaseError>> {
        Box::pin(async { Ok(DatabaseEventStatus::Saved) })
    }

    fn event_by_id<'a>(
        &'a self,
        _: &'a EventId,
    ) -> BoxedFuture<'a, Result<Option<Event>, DatabaseError>> {
        Box::pin(async { Ok(None) })
    }

    fn count(&self, _: Filter) -> BoxedFuture<'_, Result<usize, DatabaseError>> {
        Box::pin(async { Ok(0) })
    }

    fn query(&self, filter: Filter) -> BoxedFuture<'_, Result<Events, DatabaseError>> {
        Box::pin(async move { Ok(Events::new(&filter)) })
    }

    fn delete(&self, _: Filter) -> BoxedFuture<'_, Result<(), DatabaseError>> {
        Box::pin(async { Ok(()) })
    }

    fn wipe(&self) -> BoxedFuture<'_, Result<(), DatabaseError>> {
        Box::pin(async { Ok(()) })
    }
}
