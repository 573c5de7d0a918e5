//! Where events are kept: the [`Store`] trait, its outcomes as values, and the shape of answers.
//!
//! A backend knows nothing of sockets, of the keys on a connection, or of policy; nothing above
//! this trait knows a row, a statement or a transaction. Every backend passes the tests of
//! `store/contract.rs`.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use kith_nips::nip01::TagName;
use kith_nips::nip50::Rank;
use kith_nips::{Address, Event, EventId, Filter, Kind, PublicKey};

#[cfg(test)]
pub(crate) mod contract;
mod spread;
pub mod sqlite;

pub use spread::{Spread, Spreading};
pub use sqlite::SqliteStore;

/// A place in the log: greater means committed later; 0 is before everything.
pub type Sequence = u64;

/// What became of an event that was offered to the store. All of these are expected; what is
/// broken is a [`StoreError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Durable, at this place in the log.
    Saved(Sequence),
    /// The same id is stored already; nothing was written.
    Duplicate,
    /// A newer version of this replaceable or addressable event is (or was) stored (NIP-01).
    Superseded,
    /// Its author asked for its deletion, before or after it came (NIP-09).
    Deleted,
    /// Community metadata by somebody who does not own the community (LBC, decision D5).
    NotOwner,
    /// Its author, or whom it is wrapped for, asked to vanish at its time or later (NIP-62).
    Vanished,
}

/// The store cannot do its work. The text is for the operator's log, not for the wire.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The backend failed.
    #[error("{what}: {reason}")]
    Backend {
        /// What was being done, with the file concerned.
        what: String,
        /// What the backend said.
        reason: String,
    },
}

/// Decides whether one client may see one event.
pub type Visible = Arc<dyn Fn(&Event) -> bool + Send + Sync>;

/// How a [`Store::scan`] reads.
#[derive(Clone)]
pub struct ScanOptions {
    /// Events per filter when the filter names no limit.
    pub limit_default: usize,
    /// Events per filter at most; `usize::MAX` for no cap.
    pub limit_max: usize,
    /// Whether the answer looks one event beyond its limits, to tell whether it was cut (NIP-67).
    pub completeness: bool,
    /// Unix seconds; events that expired by then are hidden (NIP-40).
    pub now: u64,
    /// Hides events that the reader may not see; hidden events use up no limit.
    pub visible: Visible,
    /// Leaves out, of filters that search, what does not stand behind this in the order of the
    /// answer: how an answer that was cut goes on, whatever was stored meanwhile.
    pub after: Option<Rank>,
    /// Takes, of filters whose answers are in the order of starts, no more than this of each stretch.
    pub spread: Option<Spread>,
}

impl ScanOptions {
    /// Everything that is stored and not expired, without any limit but the filters' own.
    pub fn everything(now: u64) -> Self {
        ScanOptions {
            limit_default: usize::MAX,
            limit_max: usize::MAX,
            completeness: false,
            now,
            visible: Arc::new(|_| true),
            after: None,
            spread: None,
        }
    }

    /// The number of events that `filter` may bring.
    pub fn limit_of(&self, filter: &Filter) -> usize {
        filter
            .limit
            .unwrap_or(self.limit_default)
            .min(self.limit_max)
    }

    /// Whether the reader may see `event` now.
    pub fn shows(&self, event: &Event) -> bool {
        event.expiration().is_none_or(|at| at > self.now) && (self.visible)(event)
    }
}

impl fmt::Debug for ScanOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ScanOptions")
            .field("limit_default", &self.limit_default)
            .field("limit_max", &self.limit_max)
            .field("completeness", &self.completeness)
            .field("now", &self.now)
            .field("after", &self.after)
            .field("spread", &self.spread)
            .finish_non_exhaustive()
    }
}

/// A part of an answer: the next events by (`created_at` descending, id ascending) over all
/// filters, each event once. May be empty although more follow: a page also ends when its slice
/// of time is used up.
#[derive(Debug, Default)]
pub struct Page {
    /// The events, in order.
    pub events: Vec<Arc<Event>>,
    /// On the last page: whether the answer holds everything that there is to see.
    pub completeness: Option<Completeness>,
}

/// Whether an answer was cut by a limit (NIP-67).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// No filter was cut: everything stored that matches and may be seen is in the answer.
    Complete,
    /// At least one filter has more to bring.
    Cut,
    /// A limit was reached and looking further would have taken too long.
    Unknown,
}

/// A small durable fact that the relay keeps about itself, beside the events: a ban, a member, a
/// name. The store does not know what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What kind of fact this is.
    pub collection: String,
    /// Names it within its collection.
    pub key: String,
    /// What is kept; `None` takes the record away.
    pub value: Option<String>,
}

/// An answer that was begun: it holds its place and costs the store nothing until asked again.
pub struct Scan {
    upto: Sequence,
    cursor: Box<dyn Cursor>,
}

impl Scan {
    /// Begins an answer that covers the log up to and including `upto`.
    pub fn new(upto: Sequence, cursor: Box<dyn Cursor>) -> Self {
        Scan { upto, cursor }
    }

    /// What this answer covers: every event with a sequence of at most this, none above it.
    /// Live delivery goes on from here without a gap or a repeat.
    pub fn upto(&self) -> Sequence {
        self.upto
    }
}

impl fmt::Debug for Scan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Scan")
            .field("upto", &self.upto)
            .finish_non_exhaustive()
    }
}

/// What [`Cursor::next_page`] gives: a page, and the cursor unless that page was the last.
pub type CursorPage = Result<(Page, Option<Box<dyn Cursor>>), StoreError>;

/// The backend's side of a [`Scan`].
pub trait Cursor: Send {
    /// Reads the next page.
    fn next_page(self: Box<Self>) -> BoxFuture<'static, CursorPage>;
}

/// Which names are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FacetsOf {
    /// Topics (`t`), of everything.
    Topics,
    /// Everything, under the name of the empty text.
    Everything,
    /// Topics of what names this city (`g`, as it is written there).
    TopicsIn(String),
    /// Cities (`g`, LBC-43).
    Cities,
}

/// A name, and how many communities and meetups have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// The topic or city as it is written.
    pub name: String,
    /// Descriptions of communities (kind 30037).
    pub communities: u64,
    /// Meetups (kinds 31922 and 31923) that are not called off and begin this week (from Monday, UTC) or
    /// later.
    pub meetups: u64,
}

/// What the store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreStatus {
    /// Events that can be found.
    pub events: u64,
    /// Events that searches looked at since the store was opened.
    pub search_rows_examined: u64,
    /// Events that searches answered with since then.
    pub search_rows_returned: u64,
    /// The last committed place in the log.
    pub last_sequence: Sequence,
}

/// What a [`Stamp`] stands for.
#[derive(Debug, Clone, Copy)]
pub enum StampOf<'a> {
    /// Everything.
    Everything,
    /// All that an author wrote.
    Author(&'a PublicKey),
    /// Events of this kind that name an event in `e`: that there are new ones. When one goes its author's
    /// tells.
    Naming(Kind, &'a EventId),
    /// What [`Store::facets`] counts.
    Facets,
}

/// As long as it is the same, nothing came or went of what it stands for, but for what expired.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stamp(pub u64, pub u64);

/// A place for events. Implementations answer from committed state only, and what was answered
/// with [`Outcome::Saved`] is seen by every read that begins afterwards.
pub trait Store: Send + Sync + 'static {
    /// Offers verified events of stored classes, and gives their outcomes in the same order. Resolves
    /// when all outcomes are durable: `Saved` survives a crash of the process and, with full
    /// synchronisation, of the machine. The events are judged one after the other, and stored even if
    /// the returned future is dropped.
    ///
    /// # Errors
    /// [`StoreError`] when nobody knows the outcomes. Of more than a few events some may be stored; offered
    /// again they are duplicates.
    fn save_all(&self, events: Vec<Arc<Event>>) -> BoxFuture<'_, Result<Vec<Outcome>, StoreError>>;

    /// Offers one event: see [`Store::save_all`].
    ///
    /// # Errors
    /// [`StoreError`] when it was not stored.
    fn save(&self, event: Arc<Event>) -> BoxFuture<'_, Result<Outcome, StoreError>> {
        Box::pin(async move {
            let outcomes = self.save_all(vec![event]).await?;
            outcomes.into_iter().next().ok_or(StoreError::Closed)
        })
    }

    /// Whether an event with this id is stored; it may have expired.
    ///
    /// # Errors
    /// [`StoreError`] when the backend cannot tell.
    fn holds(&self, id: EventId) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// The event with this id.
    ///
    /// # Errors
    /// [`StoreError`] when the backend cannot tell.
    fn find(&self, id: EventId) -> BoxFuture<'_, Result<Option<Arc<Event>>, StoreError>>;

    /// The current version at this address.
    ///
    /// # Errors
    /// [`StoreError`] when the backend cannot tell.
    fn find_address(
        &self,
        address: Address,
    ) -> BoxFuture<'_, Result<Option<Arc<Event>>, StoreError>>;

    /// What stands for some events; to be read before them. `None` when this store cannot tell.
    fn stamp(&self, of: StampOf<'_>) -> Option<Stamp> {
        let _ = of;
        None
    }

    /// Begins an answer to `filters` over what is committed now.
    ///
    /// # Errors
    /// [`StoreError`] when the backend cannot read.
    fn scan(
        &self,
        filters: Arc<[Filter]>,
        options: ScanOptions,
    ) -> BoxFuture<'_, Result<Scan, StoreError>>;

    /// Reads on; `None` beside the page when the answer is complete.
    ///
    /// # Errors
    /// [`StoreError`] when the backend cannot read.
    fn next_page(
        &self,
        scan: Scan,
    ) -> BoxFuture<'static, Result<(Page, Option<Scan>), StoreError>> {
        Box::pin(async move {
            let upto = scan.upto;
            let (page, cursor) = scan.cursor.next_page().await?;
            Ok((page, cursor.map(|cursor| Scan { upto, cursor })))
        })
    }

    /// The number of distinct events that match any filter; limits do not count (NIP-45).
    ///
    /// # Errors
    /// [`StoreError`] when the backend cannot read.
    fn count(
        &self,
        filters: Arc<[Filter]>,
        options: ScanOptions,
    ) -> BoxFuture<'_, Result<u64, StoreError>>;

    /// How many events of this kind have a tag with this first value, without looking at them: one that
    /// expired counts until it is taken out, and of very many not all are counted.
    ///
    /// # Errors
    /// [`StoreError`] when the backend cannot read.
    fn count_tagged(
        &self,
        kind: Kind,
        name: TagName,
        value: &str,
    ) -> BoxFuture<'_, Result<u64, StoreError>>;

    /// Counts names, those that are on most first, then by name. What expired counts until it is taken
    /// out (NIP-40).
    ///
    /// # Errors
    /// [`StoreError`] when the backend cannot read.
    fn facets(
        &self,
        of: FacetsOf,
        now: u64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Facet>, StoreError>>;

    /// The filters with every searched word that nothing stored has replaced by the word of a topic or
    /// city that is spelled much the same, if there is one (`nips/discovery.md`).
    ///
    /// # Errors
    /// [`StoreError`] when the backend cannot read.
    fn respelled(&self, filters: Arc<[Filter]>)
    -> BoxFuture<'_, Result<Arc<[Filter]>, StoreError>>;

    /// Up to when `author` vanished, inclusive, in Unix seconds (NIP-62). Stored classes need not
    /// be asked about: [`Store::save`] knows.
    ///
    /// # Errors
    /// [`StoreError`] when the backend cannot tell.
    fn vanished_until(&self, author: PublicKey) -> BoxFuture<'_, Result<Option<u64>, StoreError>>;

    /// Takes one event off for good, also from the disk; `true` if it was there. Nothing bars it
    /// from coming back, but older versions of its address stay out.
    ///
    /// # Errors
    /// [`StoreError`] when the event may still be there.
    fn remove(&self, id: EventId) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// Writes records, all in one commit, as durable as events.
    ///
    /// # Errors
    /// [`StoreError`] when none was written.
    fn put_records(&self, records: Vec<Record>) -> BoxFuture<'_, Result<(), StoreError>>;

    /// All records, ordered by collection and key; every one has a value.
    ///
    /// # Errors
    /// [`StoreError`] when the backend cannot read.
    fn records(&self) -> BoxFuture<'_, Result<Vec<Record>, StoreError>>;

    /// What the store holds now.
    ///
    /// # Errors
    /// [`StoreError`] when the store is closed.
    fn status(&self) -> BoxFuture<'_, Result<StoreStatus, StoreError>>;

    /// Finishes what was accepted, then lets go of the files. Later calls give
    /// [`StoreError::Closed`]. Blocks: call it from a thread that may wait.
    fn close(&self);
}
