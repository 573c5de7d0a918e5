//! What waits in the queue and what leaves it, in a file.

use kith_nips::nip01::Draft;
use nostr_sdk::Keys;

use super::*;

const NOW: u64 = 1_796_322_600;

fn event(keys: &Keys, kind: Kind, tags: &[[&str; 2]], created_at: u64, text: &str) -> Event {
    let draft = Draft {
        kind,
        created_at: Some(created_at),
        tags: tags
            .iter()
            .map(|tag| tag.map(str::to_owned).to_vec())
            .collect(),
        content: text.to_owned(),
    };
    draft.sign(keys, created_at).unwrap()
}

async fn local() -> (tempfile::TempDir, Local) {
    let folder = tempfile::tempdir().unwrap();
    let local = Local::open(folder.path().join("local.db")).await.unwrap();
    (folder, local)
}

fn url(name: &str) -> RelayUrl {
    RelayUrl::parse(&format!("wss://{name}.example.com")).unwrap()
}

async fn ids(local: &Local) -> Vec<EventId> {
    let queued = local.queued().await.unwrap().into_iter();
    queued.map(|note| note.event.id()).collect()
}

async fn put(local: &Local, event: &Event) {
    local
        .queue(event.clone(), vec![url("a"), url("b")], NOW)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_note_stays_until_the_last_relay_answered() {
    let (_folder, local) = local().await;
    let note = event(&Keys::generate(), Kind::TEXT_NOTE, &[], NOW, "hello");
    put(&local, &note).await;
    let answer = |relay: &str, answer| vec![(url(relay), answer)];
    let id = note.id();
    let taken = answer("a", Answer::Taken);
    local
        .cross_off(id, taken, Listener::Present, NOW)
        .await
        .unwrap();
    let later = answer("b", Answer::Later("rate-limited: x".to_owned()));
    local
        .cross_off(id, later, Listener::Present, NOW)
        .await
        .unwrap();
    let queued = local.queued().await.unwrap();
    let states: Vec<QueueState> = queued[0].relays.iter().map(|relay| relay.state).collect();
    assert_eq!(states, [QueueState::Taken, QueueState::Waiting]);
    assert_eq!(
        queued[0].relays[1].reason.as_deref(),
        Some("rate-limited: x")
    );

    // Who does not want to wait need not.
    let at_once = local.due(NOW, Later::IsNow, 10).await.unwrap();
    assert_eq!(at_once[0].relays, [url("b")]);
    // "Later" is later; then only the relay that waits is asked.
    assert!(local.due(NOW, Later::Counts, 10).await.unwrap().is_empty());
    let due = local
        .due(NOW + LATER_SECONDS, Later::Counts, 10)
        .await
        .unwrap();
    assert_eq!(due[0].relays, [url("b")]);
    local
        .cross_off(id, answer("b", Answer::Taken), Listener::Absent, NOW)
        .await
        .unwrap();
    assert!(ids(&local).await.is_empty());
}

#[tokio::test]
async fn what_every_relay_refused_unheard_stays_to_be_seen() {
    let (_folder, local) = local().await;
    let keys = Keys::generate();
    for (listener, remains) in [(Listener::Present, 0), (Listener::Absent, 1)] {
        let note = event(&keys, Kind::TEXT_NOTE, &[], NOW, &format!("{remains}"));
        put(&local, &note).await;
        let refused = ["a", "b"].map(|relay| {
            let answer = Answer::Refused("blocked: you".to_owned());
            (url(relay), answer)
        });
        local
            .cross_off(note.id(), refused.to_vec(), listener, NOW)
            .await
            .unwrap();
        assert_eq!(ids(&local).await.len(), remains);
    }
    assert!(local.due(NOW, Later::Counts, 10).await.unwrap().is_empty());
    let left = ids(&local).await;
    assert_eq!(local.drop_queued(&left).await.unwrap(), left);
    assert!(local.drop_queued(&left).await.unwrap().is_empty());
}

#[tokio::test]
async fn nip01_104_of_several_versions_the_newest_waits_and_of_equals_the_lowest_id() {
    let (_folder, local) = local().await;
    let keys = Keys::generate();
    let list = |at, text: &str| event(&keys, Kind::COMMUNITY_FOLLOWS, &[], at, text);
    let (old, one, two) = (list(NOW, "a"), list(NOW + 1, "b"), list(NOW + 1, "c"));
    let lowest = one.id().min(two.id());
    for order in [[&old, &one, &two], [&two, &one, &old], [&one, &old, &two]] {
        for version in order {
            put(&local, version).await;
        }
        assert_eq!(ids(&local).await, [lowest]);
        local.drop_queued(&[lowest]).await.unwrap();
    }
    // Another's list is another list.
    put(&local, &one).await;
    let others = event(&Keys::generate(), Kind::COMMUNITY_FOLLOWS, &[], NOW, "");
    put(&local, &others).await;
    assert_eq!(ids(&local).await.len(), 2);
}

#[tokio::test]
async fn what_is_taken_back_or_expired_is_not_sent() {
    let (_folder, local) = local().await;
    let keys = Keys::generate();
    let note = event(&keys, Kind::TEXT_NOTE, &[], NOW, "oops");
    let meetup = event(&keys, Kind::MEETUP, &[["d", "x"]], NOW, "");
    let expiring = (NOW + 10).to_string();
    let brief = event(
        &keys,
        Kind::TEXT_NOTE,
        &[["expiration", &expiring]],
        NOW,
        "",
    );
    for event in [&note, &meetup, &brief] {
        put(&local, event).await;
    }
    let (id, address) = (note.id().to_string(), meetup.address().unwrap().to_string());
    let tags = [["e", id.as_str()], ["a", address.as_str()]];
    // Nobody takes back what somebody else wrote.
    let others = event(&Keys::generate(), Kind::DELETION, &tags, NOW, "");
    put(&local, &others).await;
    assert_eq!(ids(&local).await.len(), 4);
    let own = event(&keys, Kind::DELETION, &tags, NOW, "");
    put(&local, &own).await;
    assert_eq!(ids(&local).await, [brief.id(), others.id(), own.id()]);
    let due = local.due(NOW + 11, Later::Counts, 10).await.unwrap();
    let due: Vec<EventId> = due.iter().map(|due| due.event.id()).collect();
    assert_eq!(due, [others.id(), own.id()]);
}

#[tokio::test]
async fn a_full_queue_says_so_and_old_notes_are_given_up() {
    let (_folder, local) = local().await;
    let keys = Keys::generate();
    let large = "x".repeat(QUEUED_BYTES_MAX as usize);
    let large = event(&keys, Kind::TEXT_NOTE, &[], NOW, &large);
    let error = local.queue(large, vec![url("a")], NOW).await.unwrap_err();
    assert_eq!(error, QueueError::TooLarge);
    assert!(ids(&local).await.is_empty());

    put(&local, &event(&keys, Kind::TEXT_NOTE, &[], NOW, "old")).await;
    let later = NOW + QUEUED_FOR_MAX.as_secs() + 1;
    assert!(
        local
            .due(later, Later::Counts, 10)
            .await
            .unwrap()
            .is_empty()
    );
    let queued = local.queued().await.unwrap();
    assert_eq!(queued[0].relays[0].state, QueueState::Refused);
}
