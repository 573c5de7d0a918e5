//! What every backend must do. Each test runs against events that were only just committed and
//! against events that went through a restart, so that neither the tail nor the index can be
//! right alone.

use std::path::Path;
use std::sync::Arc;

use kith_nips::nip01::TagName;
use kith_nips::{Event, EventId, Filter, Kind};

use super::{Completeness, Facet, FacetsOf, Outcome, Record, ScanOptions, Store};

mod addresses;
mod answers;
mod communities;
mod completeness;
mod deletions;
mod discovering;
mod durability;
mod expirations;
mod model;
mod operating;
mod searching;
mod vanishing;
mod writing;

pub(crate) use writing::{key, signed};

/// A backend under test.
pub(crate) trait Backend {
    /// Opens the store in this folder.
    fn open(folder: &Path) -> Box<dyn Store>;
}

/// The embedded store; its tail is never indexed before the store is closed.
pub(crate) struct Sqlite;

impl Backend for Sqlite {
    fn open(folder: &Path) -> Box<dyn Store> {
        let mut options = super::sqlite::SqliteOptions::new(folder);
        options.index_after_ms = 3_600_000;
        // Restarts are clean here; what survives a crash is tested with real processes.
        options.synchronous = super::sqlite::Synchronous::Normal;
        options.clock = || NOW;
        let (feed, _) = crate::feed::channel();
        Box::new(super::SqliteStore::open(&options, feed).unwrap())
    }
}

/// The time that every contract test lives at.
pub(crate) const NOW: u64 = 1_700_000_000;

/// Whether the store is restarted after every write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Never: everything stays in the tail.
    Running,
    /// Always: everything comes from the disk.
    Restarted,
}

/// A store in a folder of its own, driven step by step.
pub(crate) struct Bench<B: Backend> {
    folder: tempfile::TempDir,
    store: Option<Box<dyn Store>>,
    mode: Mode,
    written: bool,
    runtime: tokio::runtime::Runtime,
    backend: std::marker::PhantomData<B>,
}

impl<B: Backend> Bench<B> {
    pub(crate) fn new(mode: Mode) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Bench {
            store: Some(B::open(folder.path())),
            folder,
            mode,
            written: false,
            runtime: tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap(),
            backend: std::marker::PhantomData,
        }
    }

    pub(crate) fn restart(&mut self) {
        self.store.take().unwrap().close();
        self.store = Some(B::open(self.folder.path()));
    }

    /// Starts again with nothing but the log.
    pub(crate) fn rebuild(&mut self) {
        self.store.take().unwrap().close();
        std::fs::remove_file(self.folder.path().join("index.db")).unwrap();
        self.store = Some(B::open(self.folder.path()));
    }

    fn step(&mut self) -> &dyn Store {
        if self.mode == Mode::Restarted && std::mem::take(&mut self.written) {
            self.restart();
        }
        self.store.as_deref().unwrap()
    }

    pub(crate) fn save(&mut self, event: &Event) -> Outcome {
        self.step();
        self.written = true;
        let event = Arc::new(event.clone());
        let store = self.store.as_deref().unwrap();
        self.runtime.block_on(store.save(event)).unwrap()
    }

    pub(crate) fn saves(&mut self, event: &Event) {
        let outcome = self.save(event);
        assert!(
            matches!(outcome, Outcome::Saved(_)),
            "{outcome:?}: {}",
            event.json()
        );
    }

    pub(crate) fn remove(&mut self, event: &Event) -> bool {
        self.step();
        self.written = true;
        let store = self.store.as_deref().unwrap();
        self.runtime.block_on(store.remove(event.id())).unwrap()
    }

    pub(crate) fn put_records(&mut self, records: &[Record]) {
        self.step();
        self.written = true;
        let store = self.store.as_deref().unwrap();
        self.runtime
            .block_on(store.put_records(records.to_vec()))
            .unwrap();
    }

    pub(crate) fn records(&mut self) -> Vec<Record> {
        self.step();
        let store = self.store.as_deref().unwrap();
        self.runtime.block_on(store.records()).unwrap()
    }

    pub(crate) fn answer_with(&mut self, filters: &[Filter], options: ScanOptions) -> Vec<Event> {
        self.answer_and_completeness(filters, options).0
    }

    pub(crate) fn answer_and_completeness(
        &mut self,
        filters: &[Filter],
        options: ScanOptions,
    ) -> (Vec<Event>, Completeness) {
        self.step();
        let store = self.store.as_deref().unwrap();
        self.runtime.block_on(async {
            let mut next = Some(store.scan(filters.into(), options).await.unwrap());
            let mut events = Vec::new();
            let mut completeness = None;
            while let Some(scan) = next {
                let (page, rest) = store.next_page(scan).await.unwrap();
                events.extend(page.events.iter().map(|event| Event::clone(event)));
                assert_eq!(page.completeness.is_some(), rest.is_none());
                completeness = page.completeness;
                next = rest;
            }
            (events, completeness.unwrap())
        })
    }

    pub(crate) fn answer(&mut self, filters: &[&str]) -> Vec<EventId> {
        self.answer_with(&parsed(filters), ScanOptions::everything(NOW))
            .iter()
            .map(Event::id)
            .collect()
    }

    pub(crate) fn count(&mut self, filters: &[&str]) -> u64 {
        self.step();
        let store = self.store.as_deref().unwrap();
        let filters: Arc<[Filter]> = parsed(filters).into();
        self.runtime
            .block_on(store.count(filters, ScanOptions::everything(NOW)))
            .unwrap()
    }

    pub(crate) fn facets(&mut self, of: FacetsOf) -> Vec<Facet> {
        self.step();
        let store = self.store.as_deref().unwrap();
        self.runtime.block_on(store.facets(of, NOW, 10)).unwrap()
    }

    pub(crate) fn count_tagged(&mut self, kind: u16, name: char, value: &str) -> u64 {
        self.step();
        let store = self.store.as_deref().unwrap();
        let name = TagName::new(name).unwrap();
        let counted = store.count_tagged(Kind::new(kind), name, value);
        self.runtime.block_on(counted).unwrap()
    }

    pub(crate) fn respelled(&mut self, filter: &str) -> Filter {
        self.step();
        let store = self.store.as_deref().unwrap();
        let filters: Arc<[Filter]> = parsed(&[filter]).into();
        let respelled = self.runtime.block_on(store.respelled(filters)).unwrap();
        respelled[0].clone()
    }

    /// Whether the event is found in every way there is.
    #[track_caller]
    pub(crate) fn has(&mut self, event: &Event, expected: bool) {
        let id = event.id();
        let ways = [
            format!(r#"{{"ids":["{id}"]}}"#),
            format!(r#"{{"authors":["{}"]}}"#, event.pubkey()),
            format!(r#"{{"kinds":[{}]}}"#, event.kind().as_u16()),
            "{}".to_owned(),
        ];
        for way in ways {
            assert_eq!(self.answer(&[&way]).contains(&id), expected, "{way}");
        }
        let by_id = format!(r#"{{"ids":["{id}"]}}"#);
        assert_eq!(self.count(&[&by_id]), u64::from(expected));
        let store = self.store.as_deref().unwrap();
        let found = self.runtime.block_on(store.find(id)).unwrap();
        assert_eq!(found.is_some(), expected, "find");
        if let Some(address) = event.address() {
            let found = self.runtime.block_on(store.find_address(address)).unwrap();
            let is_it = found.is_some_and(|found| found.id() == id);
            assert_eq!(is_it, expected, "find_address");
        }
    }

    pub(crate) fn events(&mut self) -> u64 {
        self.step();
        let store = self.store.as_deref().unwrap();
        self.runtime.block_on(store.status()).unwrap().events
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl<B: Backend> Drop for Bench<B> {
    fn drop(&mut self) {
        if let Some(store) = self.store.take() {
            store.close();
        }
    }
}

/// Filters as clients write them.
pub(crate) fn parsed(filters: &[&str]) -> Vec<Filter> {
    filters
        .iter()
        .map(|filter| Filter::parse(filter).unwrap())
        .collect()
}

/// Runs a contract in both modes.
pub(crate) fn in_both_modes(contract: impl Fn(&mut Bench<Sqlite>)) {
    for mode in [Mode::Running, Mode::Restarted] {
        contract(&mut Bench::new(mode));
    }
}

/// A kind by its number.
pub(crate) fn kind(number: u16) -> Kind {
    Kind::new(number)
}
