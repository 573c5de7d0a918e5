//! Moves the tail into the index: a sorted run of entries, removals, heads and deletions, all in
//! one transaction, and goes on with merging runs. Also takes out what has expired. After a crash the tail is read from the log
//! again and this runs as ever; a dropped index is the same, from the beginning.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kith_nips::Kind;
use rusqlite::{Connection, Transaction, params};
use tokio::sync::{mpsc, oneshot};

use super::facets;
use super::index::load_event;
use super::keys::{AddressKey, Salt, signed};
use super::outdated::Indexed;
use super::rows::Rows;
use super::runs::{Changes, Entry, Merger};
use super::schema::{self, failed};
use super::tables;
use super::tail::{Effects, Kill, Tail, Unindexed};
use super::writer::WriterMessage;
use crate::store::{Sequence, StoreError};

/// Orders that may wait for the indexer; a full queue means that it is busy anyway.
const INDEXER_ORDERS_MAX: usize = 16;
/// How often expired events are looked for.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(1);
/// How long purged bytes may stay in the write-ahead file.
const CHECKPOINT_AFTER_PURGE: Duration = Duration::from_secs(30);
/// When nothing was written for so long, the write-ahead files are emptied: they can be larger than
/// a small store itself.
const CHECKPOINT_AFTER_REST: Duration = Duration::from_secs(1);
/// With four entries that are added so many are merged at each level: one each would just keep up.
const MERGED_PER_FOUR_ENTRIES: u64 = 5;
/// Entries that are merged in one step when there is nothing else to do.
const MERGED_AT_LEISURE: u64 = 65_536;
/// There is nothing else to do when nothing was committed for so long.
const LEISURE_AFTER: Duration = Duration::from_millis(100);
/// Merging at leisure rests so many times as long as it works: others may be asking.
const REST_AFTER_MERGE: u32 = 3;
/// After a failure merging rests.
const MERGE_AGAIN_AFTER: Duration = Duration::from_secs(10);
/// Expired events that one run takes out.
const EXPIRED_PER_RUN_MAX: usize = 4096;
/// How long the writer waits for a full tail before it refuses events. Whoever offers more waits
/// with it; only an indexer that fails takes longer.
const ROOM_WAIT_MAX: Duration = Duration::from_secs(60);

enum Order {
    Notify,
    Purged(Vec<Kill>),
    Settle(oneshot::Sender<()>),
    Stop,
}

/// The writer's way to the indexer.
#[derive(Clone)]
pub struct IndexerHandle {
    orders: SyncSender<Order>,
    tail: Arc<Tail>,
    room: Arc<(Mutex<()>, Condvar)>,
    tail_events_max: usize,
}

impl IndexerHandle {
    /// Says that the tail has grown.
    pub fn notify(&self) {
        // When the queue is full the indexer has enough reasons to run.
        let _ = self.orders.try_send(Order::Notify);
    }

    /// Says that these events have left the log.
    pub fn purged(&self, kills: Vec<Kill>) {
        if let Err(TrySendError::Full(_)) = self.orders.try_send(Order::Purged(kills)) {
            tracing::debug!("the list of purged events is cleaned at the next start");
        }
    }

    /// Asks to index all of the tail and to leave no merge for later; answers when that is done. Dropped
    /// when it fails, or when the indexer is stopped before.
    pub fn settle(&self, done: oneshot::Sender<()>) {
        let _ = self.orders.send(Order::Settle(done));
    }

    /// Asks for a last run and the end.
    pub fn stop(&self) {
        let _ = self.orders.send(Order::Stop);
    }

    /// Waits while the tail is full.
    ///
    /// # Errors
    /// [`StoreError`] when the indexer does not catch up.
    pub fn wait_for_room(&self) -> Result<(), StoreError> {
        let full = || self.tail.read().layer.len() >= self.tail_events_max;
        let deadline = Instant::now() + ROOM_WAIT_MAX;
        let (lock, indexed) = &*self.room;
        let mut guard = lock.lock().unwrap_or_else(PoisonError::into_inner);
        while full() {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                return Err(StoreError::Backend {
                    what: "waiting for the index".into(),
                    reason: "it does not keep up with what is written".into(),
                });
            };
            guard = indexed
                .wait_timeout(guard, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        Ok(())
    }
}

/// The indexer's state; it lives on a thread of its own.
pub struct Indexer {
    tables: Connection,
    merger: Merger,
    /// The log, beside its writer.
    log: Connection,
    salt: Salt,
    tail: Arc<Tail>,
    writer: Option<mpsc::Sender<WriterMessage>>,
    orders: Receiver<Order>,
    room: Arc<(Mutex<()>, Condvar)>,
    limits: IndexerLimits,
    checkpoint_due: Option<Instant>,
    /// When it last wrote, until the write-ahead files are empty.
    written_at: Option<Instant>,
    /// Not before may runs be merged for their own sake.
    merge_at: Instant,
    /// Who waits until nothing is left to merge.
    settling: Vec<oneshot::Sender<()>>,
}

/// When the indexer runs.
#[derive(Debug, Clone, Copy)]
pub struct IndexerLimits {
    /// Runs at once when the tail holds this many events.
    pub index_after_events: usize,
    /// Runs at the latest this long after something was written.
    pub index_after: Duration,
    /// Holds the writer back when the tail is this long.
    pub tail_events_max: usize,
    /// Gives the time, in Unix seconds.
    pub clock: fn() -> u64,
}

impl Indexer {
    /// An indexer over an opened index, and the handle to it.
    pub fn new(
        tables: Connection,
        merger: Merger,
        log: Connection,
        salt: Salt,
        tail: Arc<Tail>,
        limits: IndexerLimits,
    ) -> (Self, IndexerHandle) {
        let (orders, receiver) = sync_channel(INDEXER_ORDERS_MAX);
        let room = Arc::new((Mutex::new(()), Condvar::new()));
        let handle = IndexerHandle {
            orders,
            tail: tail.clone(),
            room: room.clone(),
            tail_events_max: limits.tail_events_max,
        };
        let indexer = Indexer {
            tables,
            merger,
            log,
            salt,
            tail,
            writer: None,
            orders: receiver,
            room,
            limits,
            checkpoint_due: None,
            written_at: None,
            merge_at: Instant::now(),
            settling: Vec::new(),
        };
        (indexer, handle)
    }

    /// Works until told to stop, then once more, so that the next start has nothing to read again.
    pub fn run(mut self, writer: mpsc::Sender<WriterMessage>) {
        self.writer = Some(writer);
        let mut due: Option<Instant> = None;
        let mut expiry = Instant::now();
        let mut stopping = false;
        while !stopping {
            let mut wake = due.map_or(expiry, |due| due.min(expiry));
            if self.merger.has_work() {
                wake = wake.min(self.merge_at);
            }
            if !self.settling.is_empty() {
                wake = Instant::now();
            }
            match self
                .orders
                .recv_timeout(wake.saturating_duration_since(Instant::now()))
            {
                Ok(Order::Notify) => {
                    if !self.merger.is_behind() {
                        self.merge_at = self.merge_at.max(Instant::now() + LEISURE_AFTER);
                    }
                    due.get_or_insert_with(|| Instant::now() + self.limits.index_after);
                    if self.tail.read().layer.len() >= self.limits.index_after_events {
                        due = Some(Instant::now());
                    }
                }
                Ok(Order::Purged(kills)) => self.report(|this| this.forget(&kills)),
                Ok(Order::Settle(done)) => self.settling.push(done),
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => stopping = true,
                Err(RecvTimeoutError::Timeout) => {}
            }
            let now = Instant::now();
            if stopping || due.is_some_and(|due| due <= now) {
                due = None;
                self.report(|this| this.index_tail());
            }
            if expiry <= now && !stopping {
                expiry = now + EXPIRY_INTERVAL;
                self.report(Self::expire);
                self.forget_purged(now);
                self.rest(now);
                if self.written_at.is_some() {
                    schema::checkpoint_beside(&self.log);
                }
            }
            if self.merge_at <= now && !stopping && self.merger.has_work() {
                // Put off before it is tried: it may fail.
                self.merge_at = now + MERGE_AGAIN_AFTER;
                self.report(Self::merge);
            }
            if !self.settling.is_empty() && !stopping {
                self.report(Self::settle);
            }
        }
        schema::checkpoint(&self.log);
        schema::checkpoint(&self.tables);
    }

    /// One transaction with all of the tail.
    ///
    /// # Errors
    /// [`StoreError`] when the index is unchanged.
    pub fn index_tail(&mut self) -> Result<(), StoreError> {
        let Some(unindexed) = self.tail.unindexed() else {
            return Ok(());
        };
        self.write(&unindexed)?;
        self.tail.trim(unindexed.upto);
        self.announce_room();
        self.ask_to_purge(unindexed.purges());
        Ok(())
    }

    /// Takes events off the index that the operator had taken off before a crash.
    ///
    /// # Errors
    /// [`StoreError`] when the index is unchanged.
    pub fn take_off(&mut self, effects: Effects) -> Result<(), StoreError> {
        let upto = self.tail.read().indexed_upto;
        self.write(&Unindexed::of(effects, upto))
    }

    fn write(&mut self, unindexed: &Unindexed) -> Result<(), StoreError> {
        let upto = self.tail.read().indexed_upto;
        let indexed = self.indexed();
        let dead = indexed.dead_rows(&unindexed.kills, upto)?;
        let purges = unindexed.purges();
        let fresh: Vec<Rows> = unindexed
            .events
            .iter()
            .map(|(sequence, event)| Rows::of(&self.salt, event, *sequence))
            .collect();
        let mut changes = Changes::default();
        indexed.change_heads(unindexed, &mut changes)?;
        for row in &dead {
            row.mark(true, &mut changes);
        }
        for row in &fresh {
            row.mark(false, &mut changes);
        }
        self.commit(changes, |transaction| {
            tables::remove(transaction, &dead)?;
            tables::insert(transaction, &fresh)?;
            facets::write(transaction, &fresh, &dead)?;
            tables::insert_effects(transaction, unindexed)?;
            tables::remember_purges(transaction, &purges)?;
            transaction
                .prepare_cached("UPDATE state SET value = ?1 WHERE name = 'indexed_upto'")?
                .execute([signed(unindexed.upto)])?;
            Ok(())
        })
    }

    /// Adds a run of these changes in one transaction with what `write` does, and goes on merging
    /// in proportion.
    fn commit(
        &mut self,
        changes: Changes,
        write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let merged_max = changes.len() as u64 * MERGED_PER_FOUR_ENTRIES / 4;
        self.in_transaction(|merger, transaction| {
            merger.add(changes, transaction)?;
            merger.step(merged_max, transaction)?;
            write(transaction).map_err(failed("writing the index"))
        })
    }

    /// Merges until there is nothing left to merge.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read or written.
    pub fn merge_all(&mut self) -> Result<(), StoreError> {
        while self.merger.has_work() {
            self.in_transaction(|merger, transaction| {
                merger.step_at_leisure(MERGED_AT_LEISURE, transaction)
            })?;
        }
        Ok(())
    }

    /// Goes on merging when there is nothing else to do.
    fn merge(&mut self) -> Result<(), StoreError> {
        let began = Instant::now();
        self.in_transaction(|merger, transaction| {
            merger.step_at_leisure(MERGED_AT_LEISURE, transaction)
        })?;
        self.merge_at = Instant::now() + began.elapsed() * REST_AFTER_MERGE;
        Ok(())
    }

    /// A step towards nothing being left to index or to merge, at the expense of everybody else.
    fn settle(&mut self) -> Result<(), StoreError> {
        let step = self.index_tail().and_then(|()| {
            let merge = self.merger.has_work();
            if merge {
                self.in_transaction(|merger, transaction| {
                    merger.step_at_leisure(MERGED_AT_LEISURE, transaction)
                })?;
            }
            Ok(merge)
        });
        match step {
            Ok(true) => {}
            Ok(false) => self.settling.drain(..).for_each(|done| {
                // Who asked may be gone.
                let _ = done.send(());
            }),
            Err(_) => self.settling.clear(),
        }
        step.map(|_| ())
    }

    fn in_transaction(
        &mut self,
        work: impl FnOnce(&mut Merger, &Transaction<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let merger = &mut self.merger;
        let done = self
            .tables
            .transaction()
            .map_err(failed("writing the index"))
            .and_then(|transaction| {
                work(merger, &transaction)?;
                transaction.commit().map_err(failed("writing the index"))
            });
        match done {
            Ok(()) => merger.publish(),
            Err(_) => merger.abandon(),
        }
        self.written_at = Some(Instant::now());
        done
    }

    fn indexed(&self) -> Indexed<'_> {
        Indexed {
            tables: &self.tables,
            manifest: self.merger.manifest(),
            log: &self.log,
            salt: self.salt,
        }
    }

    /// Wakes a writer that waits for room. The lock makes sure that it is either still to look at
    /// the tail or already waiting, so that it cannot miss this.
    fn announce_room(&self) {
        let (lock, indexed) = &*self.room;
        let _guard = lock.lock().unwrap_or_else(PoisonError::into_inner);
        indexed.notify_all();
    }

    /// What an earlier run had no time to take off the log.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn left_to_purge(&self) -> Result<Vec<Kill>, StoreError> {
        let what = "reading what is left to purge";
        let mut statement = self
            .tables
            .prepare("SELECT sequence, husk FROM purge")
            .map_err(failed(what))?;
        let kills = statement
            .query_map([], |row| {
                Ok(Kill {
                    victim: row.get(0)?,
                    husk: row.get(1)?,
                })
            })
            .map_err(failed(what))?;
        kills.collect::<Result<_, _>>().map_err(failed(what))
    }

    /// Strikes events off the list of what is left to purge.
    ///
    /// # Errors
    /// [`StoreError`] when the list is unchanged.
    pub fn forget(&mut self, kills: &[Kill]) -> Result<(), StoreError> {
        let mut write = || -> rusqlite::Result<()> {
            let transaction = self.tables.transaction()?;
            for kill in kills {
                transaction
                    .prepare_cached("DELETE FROM purge WHERE sequence = ?1")?
                    .execute([signed(kill.victim)])?;
            }
            transaction.commit()
        };
        write().map_err(failed("cleaning the list of purged events"))
    }

    /// NIP-40: takes out what has expired. Readers hid it already.
    fn expire(&mut self) -> Result<(), StoreError> {
        let expired = self.expired()?;
        if expired.is_empty() {
            return Ok(());
        }
        let indexed = self.indexed();
        let mut rows = Vec::new();
        let mut kills = Vec::new();
        let mut changes = Changes::default();
        for sequence in expired {
            let event = load_event(&self.log, sequence)?;
            let keeps_effects = event.as_ref().is_some_and(|event| {
                matches!(event.kind(), Kind::DELETION | Kind::VANISH) || event.address().is_some()
            });
            kills.push(Kill {
                victim: sequence,
                husk: keeps_effects,
            });
            let Some(event) = event else {
                continue;
            };
            if let Some(address) = event.address() {
                let address = AddressKey::of(&self.salt, &address);
                let head = Entry::of_address(&address, signed(sequence));
                // Only where the expired version is still the newest.
                if indexed.is_there(head)? {
                    let floor = Entry::of_address(&address, -signed(sequence));
                    changes.take_away(head);
                    changes.add(floor);
                }
            }
            let row = Rows::of(&self.salt, &event, sequence);
            row.mark(true, &mut changes);
            rows.push(row);
        }
        self.commit(changes, |transaction| {
            tables::remove(transaction, &rows)?;
            facets::write(transaction, &[], &rows)?;
            tables::remember_purges(transaction, &kills)
        })?;
        self.ask_to_purge(kills);
        Ok(())
    }

    fn expired(&self) -> Result<Vec<Sequence>, StoreError> {
        let what = "looking for expired events";
        let mut statement = self
            .tables
            .prepare_cached("SELECT sequence FROM by_expiration WHERE at <= ?1 LIMIT ?2")
            .map_err(failed(what))?;
        let rows = statement
            .query_map(
                params![signed((self.limits.clock)()), EXPIRED_PER_RUN_MAX],
                |row| row.get(0),
            )
            .map_err(failed(what))?;
        rows.collect::<Result<_, _>>().map_err(failed(what))
    }

    fn ask_to_purge(&mut self, kills: Vec<Kill>) {
        if kills.is_empty() {
            return;
        }
        self.checkpoint_due
            .get_or_insert_with(|| Instant::now() + CHECKPOINT_AFTER_PURGE);
        if let Some(writer) = &self.writer {
            // A full queue or a stopped writer: the list in the index is worked off later.
            let _ = writer.try_send(WriterMessage::Purge(kills));
        }
    }

    /// Takes purged bytes out of the log's write-ahead file.
    fn forget_purged(&mut self, now: Instant) {
        if self.checkpoint_due.is_some_and(|due| due <= now) && schema::checkpoint(&self.log) {
            self.checkpoint_due = None;
        }
    }

    /// Empties the write-ahead files when nobody writes.
    fn rest(&mut self, now: Instant) {
        let rested =
            |written: Instant| now.saturating_duration_since(written) >= CHECKPOINT_AFTER_REST;
        if self.written_at.is_some_and(rested)
            && !self.merger.has_work()
            && schema::checkpoint(&self.log)
            && schema::checkpoint(&self.tables)
        {
            self.written_at = None;
        }
    }

    fn report(&mut self, work: impl FnOnce(&mut Self) -> Result<(), StoreError>) {
        if let Err(error) = work(self) {
            tracing::error!(%error, "the index is behind; the log is not affected");
        }
    }
}
