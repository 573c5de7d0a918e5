//! `nostr-sdk` syncs with the relay on 100,000 events (NIP77-14).

use std::collections::HashSet;
use std::thread;
use std::time::Duration;

use kith_nips::nip01::Draft;
use kith_nips::{Event, Kind};
use nostr_sdk::prelude::{
    Client, EventId, Filter, MemoryDatabase, MemoryDatabaseOptions, NostrDatabase, SyncDirection,
    SyncOptions, Timestamp,
};

use crate::events::{MOMENT, keys};
use crate::harness::TestRelay;

/// Events that one side or both have.
const EVENTS: u64 = 100_000;
/// Events that each side lacks.
const LACKING: usize = 1_000;

/// Signed on all processors: it is most of the work.
fn signed() -> Vec<Event> {
    let author = keys(1);
    let sign = |number: u64| {
        let draft = Draft {
            kind: Kind::TEXT_NOTE,
            // A few at each moment.
            created_at: Some(MOMENT + number / 3),
            tags: Vec::new(),
            content: number.to_string(),
        };
        draft.sign(&author, MOMENT).unwrap()
    };
    let threads = thread::available_parallelism().unwrap().get() as u64;
    thread::scope(|scope| {
        let parts: Vec<_> = (0..threads)
            .map(|part| {
                let numbers = (EVENTS * part / threads)..(EVENTS * (part + 1) / threads);
                scope.spawn(move || numbers.map(sign).collect::<Vec<Event>>())
            })
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap())
            .collect()
    })
}

fn items(events: &[Event]) -> Vec<(EventId, Timestamp)> {
    let item = |event: &Event| (event.id().into(), Timestamp::from(event.created_at()));
    events.iter().map(item).collect()
}

fn ids(events: &[Event]) -> HashSet<EventId> {
    events.iter().map(|event| event.id().into()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nip77_14_nostr_sdk_syncs_100_000_events_both_ways() {
    let all = signed();
    let (only_client, others) = all.split_at(LACKING);
    let only_relay = &others[others.len() - LACKING..];
    let clients = &all[..all.len() - LACKING];
    let relay = TestRelay::start_holding(others).await;

    let database = MemoryDatabase::with_opts(MemoryDatabaseOptions {
        events: true,
        max_events: None,
    });
    // Of what both have, the client needs no more than id and time.
    for event in only_client {
        let event = nostr_sdk::Event::try_from(event).unwrap();
        database.save_event(&event).await.unwrap();
    }
    let client = Client::builder().database(database).build();
    client.add_relay(relay.url()).await.unwrap();
    client.connect().await;
    client.wait_for_connection(Duration::from_secs(20)).await;
    let theirs = client.relay(relay.url()).await.unwrap();

    let options = SyncOptions::new()
        .direction(SyncDirection::Both)
        .initial_timeout(Duration::from_secs(60));
    let filter = Filter::new().kind(nostr_sdk::Kind::TextNote);
    let synced = theirs
        .sync_with_items(filter.clone(), items(clients), &options)
        .await
        .unwrap();
    assert_eq!(synced.local, ids(only_client));
    assert_eq!(synced.remote, ids(only_relay));
    assert_eq!(synced.sent, ids(only_client));
    assert_eq!(synced.received, ids(only_relay));
    assert!(synced.send_failures.is_empty());
    let stored = client.database().query(filter.clone()).await.unwrap();
    let stored: HashSet<EventId> = stored.into_iter().map(|event| event.id).collect();
    assert_eq!(stored, &ids(only_client) | &ids(only_relay));

    let again = theirs
        .sync_with_items(filter, items(&all), &options)
        .await
        .unwrap();
    assert!(again.local.is_empty() && again.remote.is_empty());
    client.shutdown().await;
}
