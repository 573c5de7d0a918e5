//! Who was reached, as it is remembered in a file.

use nostr_sdk::{EventBuilder, Keys};

use super::*;

fn entry(text: &str) -> Entry {
    Entry {
        account: PublicKey::from_bytes([1; 32]),
        target: "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9".to_owned(),
        audience: Audience::Members,
        text: text.to_owned(),
        begun_at: 1_000,
    }
}

fn wrap(text: &str) -> Event {
    let wrap = EventBuilder::text_note(text);
    wrap.sign_with_keys(&Keys::generate()).unwrap()
}

async fn local(folder: &tempfile::TempDir) -> Local {
    Local::open(folder.path().join("local.db")).await.unwrap()
}

fn told(person: PublicKey, delivery: Delivery) -> Vec<Told> {
    vec![Told { person, delivery }]
}

fn reached() -> Delivery {
    Delivery::Reached {
        relays: vec![],
        refused: vec![],
    }
}

#[tokio::test]
async fn the_first_wrap_for_somebody_is_the_only_one_until_they_have_it() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (local(&folder).await, local(&folder).await);
    let id = one.begin_announcement(entry("x"), false).await.unwrap().id;
    let person = PublicKey::from_bytes([2; 32]);
    let (first, second) = (wrap("first"), wrap("second"));
    let made = |wrap: &Event| BTreeMap::from([(person, wrap.clone())]);
    assert_eq!(
        one.store_wraps(id, made(&first)).await.unwrap(),
        made(&first)
    );
    let stored = other.store_wraps(id, made(&second)).await.unwrap();
    assert_eq!(stored, made(&first), "two programs at once send the same");

    let failed = told(person, Delivery::Failed(vec![]));
    one.note(id, &failed).await.unwrap();
    let kept = one.wraps(id, vec![person]).await.unwrap();
    assert_eq!(kept, made(&first), "what failed is sent again as it is");
    one.note(id, &told(person, reached())).await.unwrap();
    assert_eq!(one.reached(id).await.unwrap(), HashSet::from([person]));
    assert!(one.wraps(id, vec![person]).await.unwrap().is_empty());
    let late = other.store_wraps(id, made(&second)).await.unwrap();
    assert!(
        late.is_empty(),
        "nobody is written to who was reached meanwhile"
    );
    // Another program may note late that it failed.
    other.note(id, &failed).await.unwrap();
    assert_eq!(one.reached(id).await.unwrap(), HashSet::from([person]));
}

#[tokio::test]
async fn the_same_words_are_the_same_announcement_until_they_are_said_again() {
    let folder = tempfile::tempdir().unwrap();
    let local = local(&folder).await;
    let begin = async |text: &str, again| local.begin_announcement(entry(text), again).await;
    let first = begin("x", false).await.unwrap();
    let later = Entry {
        begun_at: 2_000,
        ..entry("x")
    };
    let resumed = local.begin_announcement(later, true).await.unwrap();
    assert_eq!(
        (resumed.id, resumed.begun_at),
        (first.id, 1_000),
        "it is not finished"
    );
    let person = PublicKey::from_bytes([2; 32]);
    local
        .note(first.id, &told(person, reached()))
        .await
        .unwrap();
    local
        .finish_announcement(first.id, Some(3_000))
        .await
        .unwrap();
    let records = local.announcements(entry("x").account).await.unwrap();
    assert_eq!((records.len(), records[0].counts.reached), (1, 1));
    assert_eq!(records[0].finished_at, Some(3_000));

    let again = begin("x", true).await.unwrap();
    assert_ne!(again.id, first.id);
    assert!(local.reached(again.id).await.unwrap().is_empty());
    assert_eq!(begin("x", false).await.unwrap().id, again.id);
    assert_ne!(begin("y", false).await.unwrap().id, again.id);
    let nobody = PublicKey::from_bytes([9; 32]);
    assert_eq!(local.announcements(nobody).await, Ok(vec![]));
}
