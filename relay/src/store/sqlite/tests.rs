//! What only this backend can get wrong: the seam between tail and index.

use std::sync::Arc;

use kith_nips::{Event, EventId, Filter};

use super::{SqliteOptions, SqliteStore};
use crate::store::contract::{NOW, signed};
use crate::store::{Outcome, Scan, ScanOptions, Store};

/// Events after which the indexer runs.
const INDEX_AFTER_EVENTS: u64 = 10;

fn open(folder: &std::path::Path) -> SqliteStore {
    let mut options = SqliteOptions::new(folder);
    options.synchronous = super::Synchronous::Normal;
    options.index_after_ms = 3_600_000;
    options.index_after_events = usize::try_from(INDEX_AFTER_EVENTS).unwrap();
    options.page_bytes_max = 1;
    options.clock = || NOW;
    let (feed, _) = crate::feed::channel();
    SqliteStore::open(&options, feed).unwrap()
}

async fn save(store: &SqliteStore, event: Event) {
    let outcome = store.save(Arc::new(event)).await.unwrap();
    assert!(matches!(outcome, Outcome::Saved(_)), "{outcome:?}");
}

async fn indexed(store: &SqliteStore) {
    while store.source.tail.read().layer.len() > 0 {
        tokio::task::yield_now().await;
    }
}

async fn begin(store: &SqliteStore, filter: &str) -> Scan {
    let filters = Arc::from([Filter::parse(filter).unwrap()]);
    store
        .scan(filters, ScanOptions::everything(NOW))
        .await
        .unwrap()
}

async fn rest(store: &SqliteStore, scan: Scan) -> Vec<EventId> {
    let mut ids = Vec::new();
    let mut next = Some(scan);
    while let Some(scan) = next {
        let (page, further) = store.next_page(scan).await.unwrap();
        ids.extend(page.events.iter().map(|event| event.id()));
        next = further;
    }
    ids
}

#[tokio::test]
async fn nip01_50_a_scan_that_rests_does_not_bring_back_what_was_replaced_before_it() {
    for filter in ["{}", r#"{"search":"chess"}"#] {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        let old = signed(1, 0, NOW - 1_000, &[], "chess");
        save(&store, old.clone()).await;
        for second in 1..INDEX_AFTER_EVENTS {
            save(&store, signed(1, 1, NOW - second, &[], "chess")).await;
        }
        indexed(&store).await;
        // The old version is in memory now, so that it could be served once its bytes are gone.
        let all = rest(&store, begin(&store, filter).await).await;
        assert!(all.contains(&old.id()));

        save(&store, signed(1, 0, NOW - 999, &[], "go")).await;
        let scan = begin(&store, filter).await;
        let (_, scan) = store.next_page(scan).await.unwrap();
        for second in 1..INDEX_AFTER_EVENTS {
            save(&store, signed(1, 1, NOW + second, &[], "later")).await;
        }
        indexed(&store).await;
        let found = rest(&store, scan.unwrap()).await;
        assert!(!found.contains(&old.id()), "{filter}");
        tokio::task::spawn_blocking(move || store.close())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn nip01_34_events_that_are_offered_together_are_judged_in_order_within_every_bound() {
    for (commit, queue) in [(1, 1), (3, 100), (512, 2_048)] {
        let folder = tempfile::tempdir().unwrap();
        let mut options = SqliteOptions::new(folder.path());
        options.group_commit_events_max = commit;
        options.writer_queue_events_max = queue;
        options.clock = || NOW;
        let (feed, mut committed) = crate::feed::channel();
        let store = SqliteStore::open(&options, feed).unwrap();
        let event = |number: u64| Arc::new(signed(1, 1, NOW - number, &[], "chess"));
        let mut events: Vec<_> = (0..40).map(event).collect();
        events.insert(20, events[5].clone());
        let outcomes = store.save_all(events).await.unwrap();
        let expected = (1..=40).map(Outcome::Saved).collect::<Vec<_>>();
        assert_eq!(outcomes[20], Outcome::Duplicate);
        assert_eq!([&outcomes[..20], &outcomes[21..]].concat(), expected);
        let mut announced = 0;
        while announced < 40 {
            let batch = committed.next().await.unwrap();
            assert!(batch.len() <= commit);
            announced += batch.len();
        }
        tokio::task::spawn_blocking(move || store.close())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn nip62_02_a_husk_that_came_just_before_its_author_vanished_is_forgotten_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let note = signed(1, 30_023, NOW - 9, &[&["d", "a"]], "");
    save(&store, note.clone()).await;
    let id = note.id().to_string();
    save(&store, signed(1, 5, NOW - 8, &[&["e", &id]], "")).await;
    save(
        &store,
        signed(1, 62, NOW - 7, &[&["relay", "ALL_RELAYS"]], ""),
    )
    .await;
    // All of it went into the index in one run.
    tokio::task::spawn_blocking(move || store.close())
        .await
        .unwrap();
    let index = super::schema::open_index(folder.path()).unwrap();
    let runs = super::Runs::open(&index, 0, 0).unwrap();
    let mut entries = runs
        .manifest()
        .scan(super::Entry::FIRST, runs.blocks(&index));
    while let Some(entry) = entries.next().unwrap() {
        assert_ne!(entry.group.table.name(), "by_address", "{entry}");
    }
}

#[tokio::test]
async fn a_store_that_settled_has_indexed_everything_and_left_nothing_to_merge() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let more = INDEX_AFTER_EVENTS / 2;
    for second in 0..7 * INDEX_AFTER_EVENTS + more {
        save(&store, signed(1, 1, NOW - second, &[], "chess")).await;
    }
    store.settle().await.unwrap();
    assert_eq!(store.source.tail.read().layer.len(), 0);
    let runs = store.runs.manifest().runs().len();
    assert!((1..4).contains(&runs), "{runs} runs");
    let found = rest(&store, begin(&store, "{}").await).await;
    assert_eq!(found.len() as u64, 7 * INDEX_AFTER_EVENTS + more);

    let closing = Arc::new(store);
    let closed = closing.clone();
    tokio::task::spawn_blocking(move || closed.close())
        .await
        .unwrap();
    assert!(matches!(
        closing.settle().await,
        Err(crate::store::StoreError::Closed)
    ));
}
