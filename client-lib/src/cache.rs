//! What relays told is kept on this machine, so that the same questions have an answer when no relay
//! gives one. Writing waits in memory and happens beside the answer; how old an answer is, is said
//! with it ([`Freshness`]). Knows events and filters, not what notes are about. Private messages
//! are never kept.

mod announced;
mod find;
mod names;
mod table;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use kith_nips::{EventId, Kind, StorageClass};
use nostr_sdk::Filter;
use tokio::sync::Notify;

use crate::fetch::Found;
use crate::kith::{Inner, Kith};
use crate::local::{Local, LocalError};

pub use names::KnownName;

pub(crate) use find::Remembered;

/// Notes that are kept, sealed ones aside; those that were not used for longest go first.
pub const CACHED_NOTES_MAX: u32 = 50_000;

/// Bytes of these notes, as JSON: 64 MiB.
pub const CACHED_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Sealed notes (private messages, kind 1059) that are kept beside the others: anybody can send
/// them, and many of them push out nothing but each other.
pub const CACHED_SEALED_NOTES_MAX: u32 = 10_000;

/// Bytes of all sealed notes that are kept, as JSON: 32 MiB.
pub const CACHED_SEALED_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Notes that wait in memory to be written; more than these are not kept.
const PENDING_NOTES_MAX: usize = 20_000;

/// What was heard is written after this long, together with what was heard meanwhile.
const WRITE_AFTER: Duration = Duration::from_millis(500);

/// Where answers came from, and of when they are.
///
/// ```
/// use kith_client::Freshness;
///
/// assert!(Freshness::Relays < Freshness::Cache { as_of: Some(1_796_322_600) });
/// assert!(Freshness::Relays.is_from_relays());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Freshness {
    /// Every question was answered by at least one relay, now.
    #[default]
    Relays,
    /// Some question was answered by no relay, but from what was read before.
    Cache {
        /// When the oldest part of that answer was last told by a relay, Unix seconds; `None` when
        /// nothing was known.
        as_of: Option<u64>,
    },
}

impl Freshness {
    /// Whether relays answered everything.
    pub fn is_from_relays(self) -> bool {
        self == Freshness::Relays
    }

    /// Of two answers together: the older one counts.
    fn and(self, other: Freshness) -> Freshness {
        match (self, other) {
            (Freshness::Relays, known) | (known, Freshness::Relays) => known,
            (Freshness::Cache { as_of: one }, Freshness::Cache { as_of: other }) => {
                Freshness::Cache {
                    as_of: one.into_iter().chain(other).min(),
                }
            }
        }
    }
}

/// What was heard and is not written yet.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    pending: Mutex<BTreeMap<EventId, Found>>,
    has_more: Notify,
    writing: tokio::sync::Mutex<()>,
}

impl Cache {
    fn pending(&self) -> MutexGuard<'_, BTreeMap<EventId, Found>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what waits.
    pub(crate) async fn write(&self, local: &Local, now: u64) -> Result<(), LocalError> {
        let _turn = self.writing.lock().await;
        let pending = std::mem::take(&mut *self.pending());
        match pending.is_empty() {
            true => Ok(()),
            false => local.remember(pending.into_values().collect(), now).await,
        }
    }
}

impl Kith {
    /// How fresh everything is that was read through this handle and its clones, since it was made
    /// or since [`Kith::with_own_freshness`]: the oldest answer counts.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) -> Result<(), Box<dyn std::error::Error>> {
    /// use kith_client::{Freshness, Search};
    /// let meetups = kith.meetups(&Search::new().topic("rust")).await?;
    /// if let Freshness::Cache { as_of } = kith.freshness() {
    ///     println!("no relay answered; this is of {as_of:?}");
    /// }
    /// # Ok(()) }
    /// ```
    pub fn freshness(&self) -> Freshness {
        *self.reads()
    }

    /// The same connections, with a freshness of its own: for one read among many.
    #[must_use]
    pub fn with_own_freshness(&self) -> Kith {
        self.apart()
    }

    /// Whether this is worth keeping, and may be kept.
    pub(crate) fn remember<'a>(&self, found: impl IntoIterator<Item = &'a Found>) {
        if self.local().is_none() {
            return;
        }
        let cache = self.cache();
        let mut pending = cache.pending();
        for found in found {
            if !may_be_kept(found.event.kind()) || pending.len() >= PENDING_NOTES_MAX {
                continue;
            }
            let known = pending
                .entry(found.event.id())
                .or_insert_with(|| found.clone());
            for relay in &found.relays {
                if !known.relays.contains(relay) {
                    known.relays.push(relay.clone());
                }
            }
        }
        if !pending.is_empty() {
            cache.has_more.notify_one();
        }
    }

    /// What is known of this from before; `None` when nothing at all is, or when it is of a sort
    /// that is not kept.
    pub(crate) async fn remembered(&self, filters: Vec<Filter>) -> Option<Remembered> {
        let local = self.local()?;
        if !filters.iter().all(may_be_known) {
            return None;
        }
        let now = self.now();
        let written = self.cache().write(local, now).await;
        let remembered = match written {
            Ok(()) => local.recall(filters, now).await,
            Err(error) => Err(error),
        };
        match remembered {
            Ok(remembered) => remembered,
            Err(error) => {
                tracing::warn!(%error, "what was read before cannot be used");
                None
            }
        }
    }

    /// Notes that were read before and may help to ask better; whether they still count, relays say.
    pub(crate) async fn recalled(&self, filters: Vec<Filter>) -> Vec<Found> {
        let Some(local) = self.local().filter(|_| !filters.is_empty()) else {
            return Vec::new();
        };
        match local.recall(filters, self.now()).await {
            Ok(remembered) => remembered.unwrap_or_default().into_found(),
            Err(error) => {
                tracing::warn!(%error, "what was read before cannot be used");
                Vec::new()
            }
        }
    }

    /// Says that an answer came from the cache.
    pub(crate) fn note_freshness(&self, freshness: Freshness) {
        let mut reads = self.reads();
        *reads = reads.and(freshness);
    }
}

impl Local {
    /// How many notes are kept that relays told.
    ///
    /// ```no_run
    /// # async fn example(local: kith_client::Local) -> Result<(), kith_client::LocalError> {
    /// let can_answer_offline = local.cached_notes().await? > 0;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`LocalError`]
    pub async fn cached_notes(&self) -> Result<u32, LocalError> {
        self.look(table::count).await
    }
}

/// Writes what is heard, a little later, until nobody has the handle any more.
pub(crate) async fn write_while_connected(inner: Weak<Inner>, cache: Arc<Cache>, local: Local) {
    loop {
        cache.has_more.notified().await;
        tokio::time::sleep(WRITE_AFTER).await;
        let Some(kith) = inner.upgrade().map(Kith::of) else {
            return;
        };
        if let Err(error) = cache.write(&local, kith.now()).await {
            tracing::warn!(%error, "what was read is not kept");
        }
    }
}

/// Public, or sealed for its reader, and of use later. A wrap (NIP-59) can be opened with the key alone.
fn may_be_kept(kind: Kind) -> bool {
    let is_private = matches!(
        kind,
        Kind::SEAL
            | Kind::PRIVATE_MESSAGE
            | Kind::FILE_MESSAGE
            | Kind::ENCRYPTED_MESSAGE
            | Kind::AUTHENTICATION
    );
    !is_private && kind.storage_class() != StorageClass::Ephemeral
}

fn may_be_known(filter: &Filter) -> bool {
    let kinds = filter.kinds.iter().flatten();
    let mut kinds = kinds.map(|kind| Kind::new(kind.as_u16()));
    kinds.all(may_be_kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_of_two_answers_counts() {
        let cache = |as_of| Freshness::Cache { as_of };
        let relays = Freshness::Relays;
        assert_eq!(relays.and(relays), relays);
        assert_eq!(relays.and(cache(Some(5))), cache(Some(5)));
        assert_eq!(cache(Some(9)).and(cache(Some(5))), cache(Some(5)));
        // A part of which nothing was known has no age; the others have.
        assert_eq!(cache(None).and(cache(Some(5))), cache(Some(5)));
        assert_eq!(cache(None).and(relays), cache(None));
    }

    #[test]
    fn nip17_private_messages_are_kept_in_their_wraps_alone() {
        for kind in [4, 13, 14, 15, 21_059, 22_242].map(Kind::new) {
            assert!(!may_be_kept(kind), "{kind}");
            let filter = Filter::new();
            assert!(may_be_known(&filter));
            assert!(!may_be_known(&filter.kind(kind.into())), "{kind}");
        }
        for kind in [0, 3, 5, 42, 62, 1037, 1059, 10_050, 31_923].map(Kind::new) {
            assert!(may_be_kept(kind), "{kind}");
        }
    }
}
