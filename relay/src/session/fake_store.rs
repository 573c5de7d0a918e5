//! A store in memory for tests: as slow, and as broken, as a test wants it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use kith_nips::nip01::Draft;
use kith_nips::nip01::TagName;
use kith_nips::{Address, Event, EventId, Filter, Kind, PublicKey};
use tokio::sync::Semaphore;

use crate::clock::unix_now;
use crate::feed::Committed;
use crate::store::{
    Completeness, Cursor, CursorPage, Facet, FacetsOf, Outcome, Page, Record, Scan, ScanOptions,
    Store, StoreError, StoreStatus,
};
use crate::subscriptions::Subscriptions;

/// Secret keys of three people.
pub(crate) const ALICE: &str = "0000000000000000000000000000000000000000000000000000000000000001";
pub(crate) const BOB: &str = "0000000000000000000000000000000000000000000000000000000000000002";
pub(crate) const CAROL: &str = "0000000000000000000000000000000000000000000000000000000000000003";

/// Passes so often that nothing waits.
const FREELY: usize = 1_000_000;

/// A signed event of now.
pub(crate) fn event(secret_key: &str, kind: u16, tags: &[&[&str]], content: &str) -> Arc<Event> {
    event_at(secret_key, kind, tags, content, unix_now())
}

/// A signed event.
pub(crate) fn event_at(
    secret_key: &str,
    kind: u16,
    tags: &[&[&str]],
    content: &str,
    created_at: u64,
) -> Arc<Event> {
    let draft = Draft {
        kind: Kind::new(kind),
        created_at: Some(created_at),
        tags: tags
            .iter()
            .map(|tag| tag.iter().map(|text| (*text).to_owned()).collect())
            .collect(),
        content: content.to_owned(),
    };
    let event = draft.sign(&secret_key.parse().unwrap(), created_at);
    Arc::new(event.unwrap())
}

/// The store. Commits are delivered to the subscriptions at once, or when the test says so.
pub(crate) struct FakeStore {
    subscriptions: Arc<Subscriptions>,
    log: Mutex<Vec<Committed>>,
    records: Mutex<BTreeMap<(String, String), String>>,
    failing: Mutex<bool>,
    completeness: Mutex<Completeness>,
    scans_begun: AtomicUsize,
    scans_asked: AtomicUsize,
    /// Each scan takes a permit to begin, each page one to be read, each save one.
    pub(crate) scans: Arc<Semaphore>,
    pub(crate) pages: Arc<Semaphore>,
    pub(crate) saves: Arc<Semaphore>,
    page_events: usize,
}

impl FakeStore {
    pub(crate) fn new(subscriptions: Arc<Subscriptions>) -> Self {
        FakeStore {
            subscriptions,
            log: Mutex::default(),
            records: Mutex::default(),
            failing: Mutex::default(),
            completeness: Mutex::new(Completeness::Unknown),
            scans_begun: AtomicUsize::new(0),
            scans_asked: AtomicUsize::new(0),
            scans: Arc::new(Semaphore::new(FREELY)),
            pages: Arc::new(Semaphore::new(FREELY)),
            saves: Arc::new(Semaphore::new(FREELY)),
            page_events: 3,
        }
    }

    /// From now on nothing works.
    pub(crate) fn fail(&self) {
        *self.failing.lock().unwrap() = true;
    }

    /// What every answer from now on claims to be.
    pub(crate) fn claim(&self, completeness: Completeness) {
        *self.completeness.lock().unwrap() = completeness;
    }

    /// Commits without telling the subscribers.
    pub(crate) fn commit(&self, event: &Arc<Event>) -> Committed {
        let mut log = self.log.lock().unwrap();
        let committed = Committed {
            sequence: log.len() as u64 + 1,
            event: Arc::clone(event),
            searchable: true,
        };
        log.push(committed.clone());
        committed
    }

    /// Commits and tells the subscribers.
    pub(crate) fn publish(&self, event: &Arc<Event>) {
        let committed = self.commit(event);
        self.subscriptions.deliver(&[committed]);
    }

    /// Scans whose answer is fixed.
    pub(crate) fn scans_begun(&self) -> usize {
        self.scans_begun.load(Ordering::SeqCst)
    }

    /// Scans that were asked for, begun or not.
    pub(crate) fn scans_asked(&self) -> usize {
        self.scans_asked.load(Ordering::SeqCst)
    }

    pub(crate) fn holds(&self, id: EventId) -> bool {
        let log = self.log.lock().unwrap();
        log.iter().any(|committed| committed.event.id() == id)
    }

    fn works(&self) -> Result<(), StoreError> {
        match *self.failing.lock().unwrap() {
            true => Err(StoreError::Closed),
            false => Ok(()),
        }
    }

    fn matching(&self, filters: &[Filter], options: &ScanOptions) -> Vec<Arc<Event>> {
        let log = self.log.lock().unwrap();
        let mut found: Vec<Arc<Event>> = Vec::new();
        for filter in filters {
            let mut matching: Vec<Arc<Event>> = log
                .iter()
                .map(|committed| &committed.event)
                .filter(|event| filter.matches(event, options.now) && options.shows(event))
                .cloned()
                .collect();
            matching.sort_by_key(order);
            matching.truncate(options.limit_of(filter));
            found.extend(matching);
        }
        found.sort_by_key(order);
        found.dedup_by_key(|event| event.id());
        found
    }
}

fn order(event: &Arc<Event>) -> (Reverse<u64>, EventId) {
    (Reverse(event.created_at()), event.id())
}

impl Store for FakeStore {
    fn save_all(&self, events: Vec<Arc<Event>>) -> BoxFuture<'_, Result<Vec<Outcome>, StoreError>> {
        Box::pin(async move {
            let mut outcomes = Vec::new();
            for event in events {
                self.saves.acquire().await.unwrap().forget();
                self.works()?;
                if self.holds(event.id()) {
                    outcomes.push(Outcome::Duplicate);
                    continue;
                }
                let committed = self.commit(&event);
                outcomes.push(Outcome::Saved(committed.sequence));
                self.subscriptions.deliver(&[committed]);
            }
            Ok(outcomes)
        })
    }

    fn holds(&self, id: EventId) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move { Ok(self.find(id).await?.is_some()) })
    }

    fn find(&self, id: EventId) -> BoxFuture<'_, Result<Option<Arc<Event>>, StoreError>> {
        Box::pin(async move {
            self.works()?;
            let log = self.log.lock().unwrap();
            let mut events = log.iter().map(|committed| &committed.event);
            Ok(events.find(|event| event.id() == id).cloned())
        })
    }

    fn find_address(
        &self,
        address: Address,
    ) -> BoxFuture<'_, Result<Option<Arc<Event>>, StoreError>> {
        Box::pin(async move {
            self.works()?;
            let log = self.log.lock().unwrap();
            Ok(log
                .iter()
                .map(|committed| &committed.event)
                .filter(|event| event.address().as_ref() == Some(&address))
                .min_by_key(|event| order(event))
                .cloned())
        })
    }

    fn scan(
        &self,
        filters: Arc<[Filter]>,
        options: ScanOptions,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        Box::pin(async move {
            self.scans_asked.fetch_add(1, Ordering::SeqCst);
            self.scans.acquire().await.unwrap().forget();
            self.works()?;
            let upto = self.log.lock().unwrap().len() as u64;
            let cursor = FakeCursor {
                events: self.matching(&filters, &options),
                completeness: *self.completeness.lock().unwrap(),
                page_events: self.page_events,
                pages: Arc::clone(&self.pages),
            };
            self.scans_begun.fetch_add(1, Ordering::SeqCst);
            Ok(Scan::new(upto, Box::new(cursor)))
        })
    }

    fn count(
        &self,
        filters: Arc<[Filter]>,
        options: ScanOptions,
    ) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async move {
            self.works()?;
            Ok(self.matching(&filters, &options).len() as u64)
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
        self.count(Arc::new([filter]), ScanOptions::everything(0))
    }

    fn facets(
        &self,
        _of: FacetsOf,
        _now: u64,
        _limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Facet>, StoreError>> {
        Box::pin(async move {
            self.works()?;
            Ok(Vec::new())
        })
    }

    fn respelled(
        &self,
        filters: Arc<[Filter]>,
    ) -> BoxFuture<'_, Result<Arc<[Filter]>, StoreError>> {
        Box::pin(async move {
            self.works()?;
            Ok(filters)
        })
    }

    fn vanished_until(&self, author: PublicKey) -> BoxFuture<'_, Result<Option<u64>, StoreError>> {
        Box::pin(async move {
            self.works()?;
            let log = self.log.lock().unwrap();
            let requests = log
                .iter()
                .map(|committed| &committed.event)
                .filter(|event| event.kind() == Kind::VANISH && event.pubkey() == author);
            Ok(requests.map(|event| event.created_at()).max())
        })
    }

    fn remove(&self, id: EventId) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            self.works()?;
            let mut log = self.log.lock().unwrap();
            let before = log.len();
            log.retain(|committed| committed.event.id() != id);
            Ok(log.len() < before)
        })
    }

    fn put_records(&self, records: Vec<Record>) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            self.works()?;
            let mut kept = self.records.lock().unwrap();
            for Record {
                collection,
                key,
                value,
            } in records
            {
                match value {
                    Some(value) => kept.insert((collection, key), value),
                    None => kept.remove(&(collection, key)),
                };
            }
            Ok(())
        })
    }

    fn records(&self) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        Box::pin(async move {
            self.works()?;
            let kept = self.records.lock().unwrap();
            let records = kept.iter().map(|((collection, key), value)| Record {
                collection: collection.clone(),
                key: key.clone(),
                value: Some(value.clone()),
            });
            Ok(records.collect())
        })
    }

    fn status(&self) -> BoxFuture<'_, Result<StoreStatus, StoreError>> {
        Box::pin(async move {
            let log = self.log.lock().unwrap();
            Ok(StoreStatus {
                search_rows_examined: 0,
                search_rows_returned: 0,
                events: log.len() as u64,
                last_sequence: log.len() as u64,
            })
        })
    }

    fn close(&self) {}
}

struct FakeCursor {
    events: Vec<Arc<Event>>,
    completeness: Completeness,
    page_events: usize,
    pages: Arc<Semaphore>,
}

impl Cursor for FakeCursor {
    fn next_page(mut self: Box<Self>) -> BoxFuture<'static, CursorPage> {
        Box::pin(async move {
            self.pages.acquire().await.unwrap().forget();
            let rest = self
                .events
                .split_off(self.page_events.min(self.events.len()));
            let events = std::mem::replace(&mut self.events, rest);
            let page = Page {
                events,
                completeness: self.events.is_empty().then_some(self.completeness),
            };
            let rest: Option<Box<dyn Cursor>> = match self.events.is_empty() {
                true => None,
                false => Some(self),
            };
            Ok((page, rest))
        })
    }
}
