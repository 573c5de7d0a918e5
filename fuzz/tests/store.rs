//! Histories of a store: every outcome and every answer agrees with a model that is a few lists,
//! over restarts, whatever is in the tail and what in the index; and at the end log and index
//! agree.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a target that cannot go on panics, also in what tests share"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bolero::{TypeGenerator, check};
use futures_util::future::join_all;
use kith_nips::{Event, EventId, Filter};
use kith_relay::feed;
use kith_relay::store::sqlite::{SqliteOptions, Synchronous, check};
use kith_relay::store::{Completeness, Record, ScanOptions, SqliteStore, Store};
use tokio::runtime::{Builder, Runtime};

#[path = "store/model.rs"]
mod store_model;
#[path = "store/words.rs"]
mod store_words;

use store_model::Model;
use store_words::{ANote, AQuestion};

/// What `cargo test` tries: every one opens a store several times.
const ITERATIONS: usize = 40;
/// Steps of one history.
const STEPS_MAX: usize = 60;

/// The time that the store goes by; steps move it.
static CLOCK: AtomicU64 = AtomicU64::new(0);

/// One step of a history.
#[derive(Debug, Clone, TypeGenerator)]
enum Step {
    /// Offers an event, together with the next one or alone.
    Save(ANote, bool),
    /// The same, which comes up more often than the rest.
    SaveToo(ANote, bool),
    /// Offers an earlier event once more.
    Again(u8),
    /// Takes an earlier event off.
    Remove(u8),
    /// Asks for everything that there is a way to ask for.
    Ask(AQuestion),
    /// Writes or takes away a record.
    Record(u8, Option<u8>),
    /// Time goes on.
    Later,
    /// One in eight is a restart.
    Restart(u8),
}

#[test]
fn histories() {
    let runtime = Builder::new_current_thread().build().unwrap();
    check!()
        .with_iterations(ITERATIONS)
        .with_type::<(u8, Vec<Step>, Vec<Step>, Vec<Step>)>()
        .for_each(|(settings, first, second, third)| {
            CLOCK.store(store_words::NOW, Ordering::Relaxed);
            let folder = tempfile::tempdir().unwrap();
            let mut history = History::new(&runtime, options(folder.path(), *settings));
            let steps = first.iter().chain(second).chain(third);
            for step in steps.take(STEPS_MAX) {
                history.take(step);
            }
            history.end(folder.path());
        });
}

/// Settings under which events move on after every few, at once, or at the end.
fn options(folder: &Path, settings: u8) -> SqliteOptions {
    let pick = |list: [usize; 4], shift: u8| list[usize::from(settings >> shift & 3)];
    let mut options = SqliteOptions::new(folder.join("data"));
    options.synchronous = Synchronous::Normal;
    options.index_after_events = pick([1, 3, 10, 1_000], 0);
    options.index_after_ms = 3_600_000;
    options.group_commit_events_max = pick([1, 2, 5, 100], 2);
    options.page_bytes_max = pick([1, 500, 2_000, 100_000], 4);
    options.scan_slice_ms = u64::try_from(pick([1, 1, 10, 10], 6)).unwrap();
    options.readers = 1;
    options.clock = || CLOCK.load(Ordering::Relaxed);
    options
}

/// A store and what it should be.
struct History<'a> {
    runtime: &'a Runtime,
    options: SqliteOptions,
    store: Option<SqliteStore>,
    model: Model,
    offered: Vec<Event>,
    /// Offered at the same moment as what comes next.
    waiting: Vec<Event>,
    records: BTreeMap<String, String>,
}

impl<'a> History<'a> {
    fn new(runtime: &'a Runtime, options: SqliteOptions) -> Self {
        History {
            runtime,
            store: Some(open(&options)),
            options,
            model: Model::default(),
            offered: Vec::new(),
            waiting: Vec::new(),
            records: BTreeMap::new(),
        }
    }

    fn store(&self) -> &SqliteStore {
        self.store.as_ref().unwrap()
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Save(note, together) | Step::SaveToo(note, together) => {
                let event = note.event(&self.offered, now());
                self.offered.push(event.clone());
                self.waiting.push(event);
                if !together {
                    self.save();
                }
            }
            Step::Again(number) => {
                if let Some(event) = self.earlier(*number).filter(is_lasting) {
                    self.waiting.push(event);
                    self.save();
                }
            }
            other => {
                self.save();
                self.do_alone(other);
            }
        }
    }

    fn do_alone(&mut self, step: &Step) {
        match step {
            Step::Remove(number) => {
                if let Some(event) = self.earlier(*number).filter(is_lasting) {
                    let removed = self.runtime.block_on(self.store().remove(event.id()));
                    assert_eq!(removed.unwrap(), self.model.remove(event.id()));
                }
            }
            Step::Ask(question) => self.ask(&question.filters(&self.offered)),
            Step::Record(key, value) => {
                let key = (key % 3).to_string();
                let value = value.map(|value| value.to_string());
                match &value {
                    Some(value) => self.records.insert(key.clone(), value.clone()),
                    None => self.records.remove(&key),
                };
                let collection = "facts".to_owned();
                let record = Record {
                    collection,
                    key,
                    value,
                };
                let put = self.store().put_records(vec![record]);
                self.runtime.block_on(put).unwrap();
            }
            Step::Later => {
                CLOCK.fetch_add(1, Ordering::Relaxed);
            }
            Step::Restart(0..32) => {
                self.store.take().unwrap().close();
                self.store = Some(open(&self.options));
            }
            Step::Restart(_) | Step::Save(..) | Step::SaveToo(..) | Step::Again(_) => {}
        }
    }

    /// Offers what is waiting; the outcomes are those of the model, one after the other.
    fn save(&mut self) {
        let offers = self.waiting.iter().cloned().map(Arc::new);
        let saving = join_all(offers.map(|event| self.store().save(event)));
        let outcomes = self.runtime.block_on(saving);
        for (event, outcome) in std::mem::take(&mut self.waiting).iter().zip(outcomes) {
            let expected = self.model.save(event);
            assert_eq!(
                store_model::Judged::of(outcome.unwrap()),
                expected,
                "{}",
                event.json()
            );
        }
    }

    fn ask(&self, filters: &[Filter]) {
        let now = now();
        let (expected, cut) = self.model.answer(filters, now);
        let (found, completeness) = self.answer(filters);
        assert_eq!(found, expected, "{filters:?}");
        match completeness {
            Completeness::Complete => assert!(!cut, "{filters:?}"),
            Completeness::Cut => assert!(cut, "{filters:?}"),
            Completeness::Unknown => {}
        }
        let count = self
            .store()
            .count(filters.into(), ScanOptions::everything(now));
        let count = self.runtime.block_on(count).unwrap();
        assert_eq!(count, self.model.count(filters, now), "{filters:?}");
    }

    fn answer(&self, filters: &[Filter]) -> (Vec<EventId>, Completeness) {
        let options = ScanOptions {
            completeness: true,
            ..ScanOptions::everything(now())
        };
        self.runtime.block_on(async {
            let mut scan = self.store().scan(filters.into(), options).await.unwrap();
            let mut found = Vec::new();
            loop {
                let (page, rest) = self.store().next_page(scan).await.unwrap();
                found.extend(page.events.iter().map(|event| event.id()));
                match rest {
                    Some(rest) => scan = rest,
                    None => return (found, page.completeness.unwrap()),
                }
            }
        })
    }

    fn earlier(&self, number: u8) -> Option<Event> {
        let number = usize::from(number).checked_rem(self.offered.len())?;
        self.offered.get(number).cloned()
    }

    /// Everything once more, before and after a last start; then the operator's check.
    fn end(mut self, folder: &Path) {
        self.save();
        self.look_everywhere();
        self.take(&Step::Restart(0));
        self.look_everywhere();
        self.store.take().unwrap().close();
        let scratch = folder.join("scratch");
        let report = check::check(&self.options, &scratch, false).unwrap();
        assert!(report.agrees(), "{:?}", report.findings);
    }

    fn look_everywhere(&self) {
        self.ask(&[Filter::default()]);
        for event in &self.offered {
            let expected = self.model.find(event.id(), now());
            let found = self
                .runtime
                .block_on(self.store().find(event.id()))
                .unwrap();
            assert_eq!(found.as_deref(), expected, "{}", event.json());
            if let Some(address) = event.address() {
                let expected = self.model.find_address(&address, now());
                let found = self.store().find_address(address);
                let found = self.runtime.block_on(found).unwrap();
                assert_eq!(found.as_deref(), expected, "{}", event.json());
            }
        }
        let records = self.runtime.block_on(self.store().records()).unwrap();
        let records: BTreeMap<_, _> = records
            .into_iter()
            .map(|record| (record.key, record.value.unwrap()))
            .collect();
        assert_eq!(records, self.records);
    }
}

/// Whether it has not expired: when the last traces of one that has go is not said.
fn is_lasting(event: &Event) -> bool {
    event.expiration().is_none_or(|at| at > now())
}

fn now() -> u64 {
    CLOCK.load(Ordering::Relaxed)
}

fn open(options: &SqliteOptions) -> SqliteStore {
    let (publisher, _) = feed::channel();
    SqliteStore::open(options, publisher).unwrap()
}
