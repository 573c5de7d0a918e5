//! The embedded backend: two SQLite files, log first, indexes after.
//!
//! An event is durable once it is appended to `log.db`, and found at once, in the tail. The
//! indexer moves the tail into `index.db` in sorted runs. Nothing outside this folder
//! knows a table, a row or a statement.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use futures_util::future::BoxFuture;
use kith_nips::nip01::TagName;
use kith_nips::{Address, Event, EventId, Filter, Kind, PublicKey};
use tokio::sync::{mpsc, oneshot};

use crate::feed::FeedPublisher;
use crate::store::{
    Facet, FacetsOf, Outcome, Record, Scan, ScanOptions, Sequence, Stamp, StampOf, Store,
    StoreError, StoreStatus,
};

mod cache;
pub mod check;
mod context;
mod cursor;
mod decide;
mod facets;
mod filter_walk;
mod index;
mod indexer;
mod keys;
mod lanes;
mod options;
mod outdated;
mod placed;
mod plan;
mod reader;
mod recover;
mod respell;
mod rows;
mod runs;
mod schema;
mod search;
mod stamps;
mod stream;
mod tables;
mod tail;
mod writer;

pub use options::SqliteOptions;
pub use schema::Synchronous;

use cache::EventCache;
use cursor::{Answer, AnswerCursor, Source};
use index::Index;
use indexer::{Indexer, IndexerHandle, IndexerLimits};
use keys::AddressKey;
use lanes::{Lane, lane_of};
use reader::{ReadPool, Reader};
use runs::{Entry, Merger, Runs};
use stamps::Stamps;
use tail::{Place, Tail};
use writer::{Writer, WriterMessage};

/// The embedded store.
pub struct SqliteStore {
    writer: mpsc::Sender<WriterMessage>,
    source: Source,
    events_per_message_max: usize,
    runs: Arc<Runs>,
    events: Arc<AtomicU64>,
    stamps: Arc<Stamps>,
    clock: fn() -> u64,
    threads: Mutex<Option<Threads>>,
}

struct Threads {
    writer: JoinHandle<()>,
    indexer: JoinHandle<()>,
    indexer_handle: IndexerHandle,
    readers: Vec<JoinHandle<()>>,
}

impl SqliteStore {
    /// Opens the store in its folder, creating or recovering it: what was committed and not
    /// indexed is read from the log again.
    ///
    /// # Errors
    /// [`StoreError`] naming the file that cannot be used.
    pub fn open(options: &SqliteOptions, feed: FeedPublisher) -> Result<Self, StoreError> {
        SqliteStore::start(options, feed, false)
    }

    /// Opens the store, which nobody may have open, after everything that is derived from its log was
    /// deleted and made anew.
    ///
    /// # Errors
    /// [`StoreError`] naming the file that cannot be used. What is missing then, the next
    /// [`SqliteStore::open`] makes.
    pub fn rebuild(options: &SqliteOptions, feed: FeedPublisher) -> Result<Self, StoreError> {
        schema::remove_index(&options.folder)?;
        SqliteStore::start(options, feed, true)
    }

    /// Waits until everything that was written is indexed and no merge is left for later. Takes the disk
    /// and a processor for itself, so it is for stores that serve nobody yet.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be written, or the store was closed.
    pub async fn settle(&self) -> Result<(), StoreError> {
        let (done, settled) = oneshot::channel();
        let indexer = {
            let threads = self.threads.lock();
            let threads = threads.unwrap_or_else(PoisonError::into_inner);
            let threads = threads.as_ref().ok_or(StoreError::Closed)?;
            threads.indexer_handle.clone()
        };
        // The queue of orders may be full.
        let asking = tokio::task::spawn_blocking(move || indexer.settle(done));
        asking.await.map_err(|_| StoreError::Closed)?;
        settled.await.map_err(|_| StoreError::Closed)
    }

    /// `merges` says to leave no merge for later.
    fn start(
        options: &SqliteOptions,
        feed: FeedPublisher,
        merges: bool,
    ) -> Result<Self, StoreError> {
        create_folder(&options.folder)?;
        let mut log = schema::open_log(&options.folder, options.synchronous)?;
        let tables = schema::open_index(&options.folder)?;
        let salt = schema::read_salt(&tables)?;
        let cache = Arc::new(EventCache::new(options.cache_bytes_max));
        let runs = Arc::new(Runs::open(
            &tables,
            options.index_cache_bytes_max,
            options.index_filter_bytes_max,
        )?);
        let merger = Merger::open(runs.clone(), &tables)?;
        let open_index = || Index::open(&options.folder, salt, cache.clone(), runs.clone());

        let tail = Arc::new(Tail::new(schema::read_indexed_upto(&tables)?));
        let limits = IndexerLimits {
            index_after_events: options.index_after_events,
            index_after: Duration::from_millis(options.index_after_ms),
            tail_events_max: options.tail_events_max,
            clock: options.clock,
        };
        let log_beside = schema::open_log_beside(&options.folder)?;
        let (mut indexer, indexer_handle) =
            Indexer::new(tables, merger, log_beside, salt, tail.clone(), limits);
        let index = open_index()?;
        let events = recover::recover(&mut log, &mut indexer, &tail, &index, options)?;
        if merges {
            indexer.merge_all()?;
        }
        let events = Arc::new(AtomicU64::new(events));

        let open_readers = |count: usize| -> Result<Vec<Reader>, StoreError> {
            let slice = Duration::from_millis(options.scan_slice_ms);
            (0..count.max(1))
                .map(|_| Ok(Reader::new(open_index()?, slice)))
                .collect()
        };
        // As many as there are threads that may ask at once.
        let processors = std::thread::available_parallelism().map_or(1, |count| count.get());
        let desks = open_readers(processors.min(DESKS_MAX))?;
        let (readers, reader_threads) = ReadPool::start(desks, open_readers(options.readers)?)?;
        // What is offered at once must fit into the queue and into one commit.
        let events_per_message_max = EVENTS_PER_MESSAGE_MAX
            .min(options.group_commit_events_max)
            .min(options.writer_queue_events_max)
            .max(1);
        let queue = options.writer_queue_events_max / events_per_message_max;
        let (writer, messages) = mpsc::channel(queue.max(1));
        let stamps = Arc::new(Stamps::default());
        let work = Writer {
            log,
            index,
            tail: tail.clone(),
            feed,
            indexer: indexer_handle.clone(),
            events: events.clone(),
            stamps: stamps.clone(),
            group_commit_events_max: options.group_commit_events_max.max(1),
            enforce_owner: options.enforce_owner,
        };
        let writer_thread = spawn("kith-writer", move || work.run(messages))?;
        let to_writer = writer.clone();
        let indexer_thread = spawn("kith-indexer", move || indexer.run(to_writer))?;
        Ok(SqliteStore {
            writer,
            source: Source {
                readers,
                tail,
                page_bytes_max: options.page_bytes_max,
                counters: Arc::default(),
                enforce_owner: options.enforce_owner,
            },
            events_per_message_max,
            runs,
            events,
            stamps,
            clock: options.clock,
            threads: Mutex::new(Some(Threads {
                writer: writer_thread,
                indexer: indexer_thread,
                indexer_handle,
                readers: reader_threads,
            })),
        })
    }

    async fn ask_writer<T>(
        &self,
        message: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> WriterMessage,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.writer
            .send(message(reply))
            .await
            .map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    async fn begin(
        &self,
        lane: Lane,
        filters: Arc<[Filter]>,
        options: ScanOptions,
    ) -> Result<Answer, StoreError> {
        let tail = self.source.tail.clone();
        self.source
            .readers
            .run(lane, move |_| Ok(Answer::begin(&filters, options, &tail)))
            .await
    }

    fn unindexed_events(&self) -> usize {
        self.source.tail.read().layer.len()
    }

    /// Where the event with this id is, if it is stored.
    fn place_of(&self, id: &EventId) -> Result<Option<Found>, StoreError> {
        // First the tail, then the index: what the indexer moves in between is in both.
        let hidden = {
            let state = self.source.tail.read();
            let layer = &state.layer;
            if let Some(sequence) = layer.sequence_of(id) {
                let is_there = !layer.hidden().contains(&sequence);
                let event = layer.event(sequence).filter(|_| is_there);
                return Ok(event.cloned().map(Found::InTail));
            }
            layer.hidden().clone()
        };
        if !self.runs.manifest().may_have(&Entry::of_id(id, 0)) {
            return Ok(None);
        }
        let readers = &self.source.readers;
        let indexed = readers.run_here(|reader| reader.index.sequence_of(id))?;
        Ok(indexed
            .filter(|sequence| !hidden.contains(sequence))
            .map(Found::Indexed))
    }

    fn is_over(&self, event: &Event) -> bool {
        event.expiration().is_some_and(|at| at <= (self.clock)())
    }
}

/// Events in one message to the writer at most.
const EVENTS_PER_MESSAGE_MAX: usize = 16;

/// Where a stored event was found.
enum Found {
    InTail(Arc<Event>),
    Indexed(Sequence),
}

/// Pairs of connections for small questions at most.
const DESKS_MAX: usize = 16;

/// Events with one tag that are counted at most.
const TAGGED_COUNTED_MAX: u64 = 100_000;

impl Store for SqliteStore {
    fn save_all(&self, events: Vec<Arc<Event>>) -> BoxFuture<'_, Result<Vec<Outcome>, StoreError>> {
        Box::pin(async move {
            let mut outcomes = Vec::with_capacity(events.len());
            // One message never holds more than its share of the writer's queue.
            for some in events.chunks(self.events_per_message_max) {
                let some = some.to_vec();
                let judged = self.ask_writer(move |reply| WriterMessage::Save(some, reply));
                outcomes.extend(judged.await?);
            }
            Ok(outcomes)
        })
    }

    fn holds(&self, id: EventId) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let place = self.place_of(&id)?;
            Ok(place.is_some())
        })
    }

    fn find(&self, id: EventId) -> BoxFuture<'_, Result<Option<Arc<Event>>, StoreError>> {
        Box::pin(async move {
            let found = match self.place_of(&id)? {
                Some(Found::InTail(event)) => Some(event),
                Some(Found::Indexed(sequence)) => {
                    let readers = &self.source.readers;
                    readers.run_here(|reader| reader.index.load(sequence))?
                }
                None => None,
            };
            Ok(found.filter(|event| !self.is_over(event)))
        })
    }

    fn find_address(
        &self,
        address: Address,
    ) -> BoxFuture<'_, Result<Option<Arc<Event>>, StoreError>> {
        Box::pin(async move {
            let found = self.source.readers.run_here(|reader| {
                let key = AddressKey::of(&reader.index.salt, &address);
                {
                    let state = self.source.tail.read();
                    if let Some(head) = state.layer.head(&key) {
                        let sequence = head.and_then(|head| head.event());
                        let event = sequence.and_then(|sequence| state.layer.event(sequence));
                        return Ok(event.cloned());
                    }
                }
                match reader.index.place_of_head(&key)? {
                    Some(Place::Event(sequence)) => reader.index.load(sequence),
                    Some(Place::Husk(_)) | None => Ok(None),
                }
            })?;
            Ok(found.filter(|event| !self.is_over(event)))
        })
    }

    fn stamp(&self, of: StampOf<'_>) -> Option<Stamp> {
        Some(self.stamps.of(of))
    }

    fn scan(
        &self,
        filters: Arc<[Filter]>,
        options: ScanOptions,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        Box::pin(async move {
            let lane = lane_of(&filters, self.unindexed_events());
            let answer = self.begin(lane, filters, options).await?;
            Ok(Scan::new(
                answer.upto(),
                Box::new(AnswerCursor {
                    answer,
                    source: self.source.clone(),
                    lane,
                    pages: 0,
                }),
            ))
        })
    }

    fn count(
        &self,
        filters: Arc<[Filter]>,
        mut options: ScanOptions,
    ) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async move {
            options.limit_default = usize::MAX;
            options.limit_max = usize::MAX;
            let unlimited: Arc<[Filter]> = filters
                .iter()
                .map(|filter| Filter {
                    limit: None,
                    ..filter.clone()
                })
                .collect();
            let mut lane = lane_of(&unlimited, self.unindexed_events());
            let mut answer = self.begin(lane, unlimited, options).await?;
            let mut total = 0;
            loop {
                let source = self.source.clone();
                let (counted, rest) = self
                    .source
                    .readers
                    .run(lane, move |reader| {
                        let mut counted = 0_u64;
                        let more = answer.read(&source, reader, |_| {
                            counted += 1;
                            true
                        })?;
                        Ok((counted, more.then_some(answer)))
                    })
                    .await?;
                total += counted;
                lane = Lane::Continued;
                match rest {
                    Some(rest) => answer = rest,
                    None => return Ok(total),
                }
            }
        })
    }

    fn count_tagged(
        &self,
        kind: Kind,
        name: TagName,
        value: &str,
    ) -> BoxFuture<'_, Result<u64, StoreError>> {
        let mut filter = Filter {
            kinds: Some(vec![kind]),
            ..Filter::default()
        };
        filter.tags.insert(name, vec![value.to_owned()]);
        let value = value.to_owned();
        Box::pin(async move {
            self.source.readers.run_here(|reader| {
                // First the tail, then the index: what the indexer moves in between is in both.
                let (recent, upto, hidden) = {
                    let state = self.source.tail.read();
                    let hidden = state.layer.hidden().clone();
                    let events = state.layer.candidates(&filter);
                    let recent = events.filter(|(sequence, event)| {
                        !hidden.contains(sequence) && filter.matches_without_search(event)
                    });
                    (recent.count() as u64, state.indexed_upto, hidden)
                };
                let tag = keys::tag_key(&reader.index.salt, name, &value);
                let index = &reader.index;
                let indexed =
                    index.count_tagged(tag, kind.as_u16(), upto, &hidden, TAGGED_COUNTED_MAX)?;
                Ok(recent + indexed)
            })
        })
    }

    fn facets(
        &self,
        of: FacetsOf,
        now: u64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Facet>, StoreError>> {
        Box::pin(async move {
            let tail = self.source.tail.clone();
            let count =
                move |reader: &mut Reader| facets::read(&of, now, limit, &reader.index, &tail);
            self.source.readers.run(Lane::Fresh, count).await
        })
    }

    fn respelled(
        &self,
        filters: Arc<[Filter]>,
    ) -> BoxFuture<'_, Result<Arc<[Filter]>, StoreError>> {
        Box::pin(async move {
            let has_words = |filter: &Filter| {
                filter
                    .search
                    .as_ref()
                    .is_some_and(|s| !s.words().is_empty())
            };
            if !filters.iter().any(has_words) {
                return Ok(filters);
            }
            let tail = self.source.tail.clone();
            let unknown = self.source.readers.run_here(|reader| {
                let searches = filters.iter().map(|filter| match &filter.search {
                    Some(search) => respell::unknown_words(search, &reader.index),
                    None => Ok(Vec::new()),
                });
                searches.collect::<Result<Vec<_>, _>>()
            })?;
            if unknown.iter().all(Vec::is_empty) {
                return Ok(filters);
            }
            let respell = move |reader: &mut Reader| {
                let mut changed = filters.to_vec();
                for (filter, unknown) in changed.iter_mut().zip(unknown) {
                    if let Some(search) = filter.search.as_mut().filter(|_| !unknown.is_empty()) {
                        respell::respell(search, unknown, &reader.index, &tail)?;
                    }
                }
                Ok(changed.into())
            };
            self.source.readers.run(Lane::Fresh, respell).await
        })
    }

    fn vanished_until(&self, author: PublicKey) -> BoxFuture<'_, Result<Option<u64>, StoreError>> {
        Box::pin(async move {
            self.source.readers.run_here(|reader| {
                // First the tail, then the index: what the indexer moves in between is in both.
                let recent = self.source.tail.read().layer.vanished_until(&author);
                Ok(recent.max(reader.index.vanished_until(&author)?))
            })
        })
    }

    fn remove(&self, id: EventId) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(self.ask_writer(move |reply| WriterMessage::Remove(id, reply)))
    }

    fn put_records(&self, records: Vec<Record>) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.ask_writer(move |reply| WriterMessage::Records(records, reply)))
    }

    fn records(&self) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        Box::pin(
            self.source
                .readers
                .run(Lane::Fresh, |reader| reader.index.records()),
        )
    }

    fn status(&self) -> BoxFuture<'_, Result<StoreStatus, StoreError>> {
        Box::pin(async move {
            let counters = &self.source.counters;
            Ok(StoreStatus {
                search_rows_examined: counters.examined.load(Ordering::Relaxed),
                search_rows_returned: counters.returned.load(Ordering::Relaxed),
                events: self.events.load(Ordering::Relaxed),
                last_sequence: self.source.tail.read().last,
            })
        })
    }

    fn close(&self) {
        let threads = self
            .threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(threads) = threads else {
            return;
        };
        // In the direction of the data: what is accepted is committed, then indexed.
        let stopped = self.writer.blocking_send(WriterMessage::Stop);
        if stopped.is_err() {
            tracing::error!("the writer ended before it was told to");
        }
        join(threads.writer);
        threads.indexer_handle.stop();
        join(threads.indexer);
        self.source.readers.close();
        threads.readers.into_iter().for_each(join);
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // A store that was not closed: the threads end by themselves, in the same order.
        if let Some(threads) = self
            .threads
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            let _ = self.writer.try_send(WriterMessage::Stop);
            self.source.readers.close();
            drop(threads);
        }
    }
}

fn join(thread: JoinHandle<()>) {
    if thread.join().is_err() {
        tracing::error!("a thread of the store ended by a fault");
    }
}

fn create_folder(folder: &Path) -> Result<(), StoreError> {
    std::fs::create_dir_all(folder).map_err(|error| StoreError::Backend {
        what: format!("creating the data folder {}", folder.display()),
        reason: error.to_string(),
    })
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|error| StoreError::Backend {
            what: format!("starting the thread {name}"),
            reason: error.to_string(),
        })
}

#[cfg(test)]
mod tests;
