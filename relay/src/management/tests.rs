//! Changes hold at once and after a start, or not at all.

use std::sync::Arc;

use kith_nips::{Kind, PublicKey};

use super::{LoadError, Management, ManagementError, REASON_CHARS_MAX};
use crate::session::fake_store::{ALICE, BOB, FakeStore, event};
use crate::store::{Record, Store};
use crate::subscriptions::Subscriptions;

fn store() -> Arc<FakeStore> {
    Arc::new(FakeStore::new(Arc::new(Subscriptions::new())))
}

fn key(secret_key: &str) -> PublicKey {
    event(secret_key, 1, &[], "").pubkey()
}

fn record(collection: &str, key: &str, value: Option<&str>) -> Record {
    Record {
        collection: collection.to_owned(),
        key: key.to_owned(),
        value: value.map(str::to_owned),
    }
}

#[tokio::test]
async fn nip86_08_to_15_every_change_is_there_after_a_start() {
    let store = store();
    let management = Management::new(store.clone());
    let note = event(BOB, 1, &[], "");
    management.ban_key(key(ALICE), "spam").await.unwrap();
    management.allow_key(key(BOB), "").await.unwrap();
    management.ban_event(note.id(), "rude").await.unwrap();
    management
        .allow_event(event(BOB, 7, &[], "").id(), "fine")
        .await
        .unwrap();
    management.disallow_kind(Kind::new(7)).await.unwrap();
    management.allow_kind(Kind::new(1)).await.unwrap();
    management
        .block_address("::ffff:192.0.2.1".parse().unwrap(), "flood")
        .await
        .unwrap();
    management.change_name("Chess").await.unwrap();
    management
        .change_description("Chess players of Brighton")
        .await
        .unwrap();
    management
        .change_icon("https://example.com/chess.png")
        .await
        .unwrap();
    let standing = management.standing();
    assert!(standing.banned_keys.contains(&key(ALICE)));
    assert!(standing.blocks("192.0.2.1".parse().unwrap()));
    assert!(standing.allows(&key(BOB)) && !standing.allows(&key(ALICE)));
    let again = Management::load(store).await.unwrap();
    assert_eq!(again.standing(), standing);
}

#[tokio::test]
async fn nip86_08_and_09_a_key_is_banned_or_allowed_never_both() {
    let management = Management::new(store());
    let alice = key(ALICE);
    management.ban_key(alice, "").await.unwrap();
    management.allow_key(alice, "").await.unwrap();
    let standing = management.standing();
    assert!(standing.banned_keys.is_empty() && standing.allowed_keys.contains(&alice));
    management.ban_key(alice, "").await.unwrap();
    let standing = management.standing();
    assert!(standing.allowed_keys.is_empty() && standing.banned_keys.contains(&alice));
}

#[tokio::test]
async fn nip86_17_repeating_changes_nothing() {
    let management = Management::new(store());
    management.ban_key(key(ALICE), "spam").await.unwrap();
    let mut follower = management.subscribe();
    follower.mark_unchanged();
    management.ban_key(key(ALICE), "spam").await.unwrap();
    management.unban_key(key(BOB)).await.unwrap();
    management.change_name("").await.unwrap();
    assert!(!follower.has_changed().unwrap());
    management.unban_key(key(ALICE)).await.unwrap();
    assert!(follower.has_changed().unwrap());
}

#[tokio::test]
async fn what_cannot_be_written_has_no_effect() {
    let store = store();
    let management = Management::new(store.clone());
    store.fail();
    let failed = management.ban_key(key(ALICE), "").await;
    assert!(matches!(failed, Err(ManagementError::Store(_))));
    assert!(management.standing().banned_keys.is_empty());
}

#[tokio::test]
async fn nip86_16_what_makes_no_sense_has_no_effect() {
    let management = Management::new(store());
    let long = "x".repeat(REASON_CHARS_MAX + 1);
    let refused = [
        management.ban_key(key(ALICE), &long).await,
        management.change_name(&"x".repeat(30)).await,
        management.change_icon("javascript:alert(1)").await,
    ];
    for result in refused {
        assert!(matches!(result, Err(ManagementError::Invalid(_))));
    }
    assert_eq!(*management.standing(), super::Standing::default());
}

#[tokio::test]
async fn records_of_others_stay_and_broken_ones_are_named() {
    let store = store();
    let foreign = record("weather", "brighton", Some("rain"));
    store.put_records(vec![foreign.clone()]).await.unwrap();
    Management::load(store.clone()).await.unwrap();
    assert_eq!(store.records().await.unwrap(), [foreign]);
    let broken = record("banned-keys", "alice", Some(""));
    store.put_records(vec![broken]).await.unwrap();
    let failed = Management::load(store).await.unwrap_err();
    assert!(matches!(failed, LoadError::Unreadable { .. }));
    assert!(failed.to_string().contains("banned-keys/alice"), "{failed}");
}

#[tokio::test]
async fn nip86_11_a_ban_that_was_interrupted_is_carried_out_at_the_start() {
    let store = store();
    let note = event(ALICE, 1, &[], "hello");
    store.commit(&note);
    let ban = record("banned-events", &note.id().to_string(), Some(""));
    store.put_records(vec![ban]).await.unwrap();
    let management = Management::load(store.clone()).await.unwrap();
    management.remove_banned_events().await.unwrap();
    assert!(!store.holds(note.id()));
}
