//! What administrators and members change while the relay runs: who is banned or allowed, which
//! events, kinds and addresses are not wanted, what the relay calls itself, who belongs to it, and who has which
//! name there.
//!
//! All of it is one immutable [`Standing`]. A change is written to the store first and shown to
//! everybody second; what cannot be written has no effect. Admission, the read gate, NIP-11, the
//! server and every session follow the same [`watch`] channel. Knows the store only as a place for
//! records; knows no socket, no HTTP and no SQL.

use std::fmt;
use std::sync::Arc;

use kith_nips::{Event, EventId, Filter};
use tokio::sync::{Mutex, watch};
use tracing::error;

use crate::store::{Record, ScanOptions, Store, StoreError};

mod listing;
pub mod membership;
mod moderation;
pub mod names;
mod reports;
mod standing;

pub use listing::{Entry, Listing};
pub use membership::Membership;
pub use names::Names;
pub use standing::Standing;

/// Entries that each of the lists may have.
pub const LIST_ENTRIES_MAX: usize = 100_000;

/// Characters that the reason of an entry may have.
pub const REASON_CHARS_MAX: usize = 500;

/// Banned events that are looked for at once.
const BANNED_EVENTS_AT_ONCE: usize = 500;

/// Why a change has no effect.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ManagementError {
    /// A list has as many entries as it may have.
    #[error("the list has {LIST_ENTRIES_MAX} entries, which is as many as it may have")]
    Full,
    /// What was asked for makes no sense; the text says why.
    #[error("{0}")]
    Invalid(String),
    /// The store did not take it.
    #[error("it could not be stored, so nothing was changed")]
    Store(#[from] StoreError),
    /// An event is banned and hidden, but still on the disk.
    #[error("the event is banned and hidden; it is removed from the disk at the next start")]
    NotRemoved,
}

/// What was kept cannot be read at the start.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LoadError {
    /// The store does not give its records.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record makes no sense.
    #[error("the record {collection}/{key} cannot be read: {reason}")]
    Unreadable {
        /// Its collection.
        collection: String,
        /// Its key.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// The one place where the [`Standing`] changes. Clones share it.
#[derive(Clone)]
pub struct Management {
    store: Arc<dyn Store>,
    standing: Arc<watch::Sender<Arc<Standing>>>,
    /// One change at a time, from its first look at the standing to its last effect.
    turn: Arc<Mutex<()>>,
}

/// A change in the making.
#[derive(Debug)]
pub struct Change {
    /// What will hold.
    pub(crate) standing: Standing,
    records: Vec<Record>,
}

impl Management {
    /// Nothing was ever changed.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self::with(store, Standing::default())
    }

    /// Goes on from what the store has kept. Records of unknown collections stay as they are.
    ///
    /// # Errors
    /// [`LoadError`]
    pub async fn load(store: Arc<dyn Store>) -> Result<Self, LoadError> {
        let mut standing = Standing::default();
        for record in store.records().await? {
            let Record {
                collection,
                key,
                value: Some(value),
            } = record
            else {
                continue;
            };
            standing
                .read(&collection, &key, &value)
                .map_err(|reason| LoadError::Unreadable {
                    collection,
                    key,
                    reason,
                })?;
        }
        Ok(Self::with(store, standing))
    }

    fn with(store: Arc<dyn Store>, standing: Standing) -> Self {
        Management {
            store,
            standing: Arc::new(watch::Sender::new(Arc::new(standing))),
            turn: Arc::default(),
        }
    }

    /// What holds now.
    pub fn standing(&self) -> Arc<Standing> {
        Arc::clone(&self.standing.borrow())
    }

    /// What holds, and tells of every change.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Standing>> {
        self.standing.subscribe()
    }

    /// Makes one change: `make` gets what holds now and says what will. Then the records are
    /// written, then everybody sees it. Without records nothing happens. What was begun is
    /// finished even if the returned future is dropped.
    ///
    /// # Errors
    /// [`ManagementError`]; nothing has changed then.
    pub async fn change<T>(
        &self,
        make: impl FnOnce(&mut Change) -> Result<T, ManagementError>,
    ) -> Result<T, ManagementError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let mut change = Change {
            standing: Standing::clone(&self.standing()),
            records: Vec::new(),
        };
        let made = make(&mut change)?;
        let Change { standing, records } = change;
        if records.is_empty() {
            return Ok(made);
        }
        let store = Arc::clone(&self.store);
        let sender = Arc::clone(&self.standing);
        let finishing = tokio::spawn(async move {
            let written = store.put_records(records).await;
            if written.is_ok() {
                sender.send_replace(Arc::new(standing));
            }
            drop(turn);
            written
        });
        let written = finishing.await.unwrap_or(Err(StoreError::Closed));
        match written {
            Ok(()) => Ok(made),
            Err(failure) => {
                error!(%failure, "a change by an administrator or member could not be stored");
                Err(failure.into())
            }
        }
    }

    /// Takes the events that are banned off the disk, if a ban was written and the relay ended
    /// before it was carried out. Call it once, before anybody is served.
    ///
    /// # Errors
    /// [`StoreError`] when one may still be there.
    pub async fn remove_banned_events(&self) -> Result<(), StoreError> {
        let standing = self.standing();
        let banned: Vec<EventId> = standing.banned_events.keys().copied().collect();
        for ids in banned.chunks(BANNED_EVENTS_AT_ONCE) {
            let filter = Filter {
                ids: Some(ids.to_vec()),
                ..Filter::default()
            };
            let mut there = Vec::new();
            // At the beginning of time nothing has expired: expired events are removed as well.
            self.each_stored(filter, 0, |event| there.push(event.id()))
                .await?;
            for id in there {
                self.store.remove(id).await?;
            }
        }
        Ok(())
    }

    /// Looks at every stored event that matches `filter` and has not expired at `now` (Unix
    /// seconds), newest first.
    async fn each_stored(
        &self,
        filter: Filter,
        now: u64,
        mut look: impl FnMut(&Event),
    ) -> Result<(), StoreError> {
        let options = ScanOptions::everything(now);
        let mut scan = Some(self.store.scan(Arc::from([filter]), options).await?);
        while let Some(current) = scan {
            let (page, rest) = self.store.next_page(current).await?;
            page.events.iter().for_each(|event| look(event));
            scan = rest;
        }
        Ok(())
    }
}

impl Change {
    /// Keeps `value` under `key` when the change is made.
    pub(crate) fn put(&mut self, collection: &str, key: impl ToString, value: impl Into<String>) {
        self.records.push(Record {
            collection: collection.to_owned(),
            key: key.to_string(),
            value: Some(value.into()),
        });
    }

    /// Forgets what is kept under `key` when the change is made.
    pub(crate) fn remove(&mut self, collection: &str, key: impl ToString) {
        self.records.push(Record {
            collection: collection.to_owned(),
            key: key.to_string(),
            value: None,
        });
    }
}

impl fmt::Debug for Management {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Management").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
