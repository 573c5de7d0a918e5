//! NIP-56, reports, as far as they concern a relay.

use serde_json::{Value, json};

use crate::events::{note, pubkey};
use crate::harness::TestRelay;
use crate::management::{change, manage, managed_with};

const MODERATOR: u32 = 7;
const STRANGER: u32 = 8;

/// What waits for a decision.
async fn waiting(relay: &TestRelay) -> Value {
    manage(relay, "listeventsneedingmoderation", json!([])).await
}

#[tokio::test]
async fn nip56_03_and_nip86_14_reports_of_moderators_wait_for_a_decision() {
    let mut relay = managed_with(|config| {
        config.policy.moderators = vec![pubkey(MODERATOR)];
    })
    .await;
    let mut socket = relay.connect().await;
    let notes = [1, 2, 3].map(|key| note(key).content("a note").signed());
    socket.accept_all(&notes).await;
    let report = |key, number: usize, what: &str, words: &str| {
        let id = notes[number].id().to_string();
        let author = notes[number].pubkey().to_string();
        note(key)
            .kind(1_984)
            .tag(&["e", &id, what])
            .tag(&["p", &author])
            .content(words)
            .signed()
    };
    let reports = [
        report(MODERATOR, 0, "spam", "ten times a day"),
        report(MODERATOR, 1, "", ""),
        report(STRANGER, 2, "illegal", "I do not like it"),
    ];
    socket.accept_all(&reports).await;
    // Reports are stored like anything else, and nothing happens to what they are about.
    assert_eq!(socket.count(json!({"kinds": [1_984]})).await, 3);
    assert_eq!(socket.count(json!({"kinds": [1]})).await, 3);
    let mut expected = vec![
        json!({"id": notes[0].id(), "reason": "spam: ten times a day"}),
        json!({"id": notes[1].id(), "reason": ""}),
    ];
    expected.sort_by_key(|entry| entry["id"].as_str().unwrap().to_owned());
    assert_eq!(waiting(&relay).await, json!(expected));

    change(&relay, "banevent", json!([notes[0].id()])).await;
    let rest = json!([{"id": notes[1].id(), "reason": ""}]);
    assert_eq!(waiting(&relay).await, rest);
    drop(socket);
    relay.restart().await;
    assert_eq!(waiting(&relay).await, rest);
    change(&relay, "allowevent", json!([notes[1].id()])).await;
    assert_eq!(waiting(&relay).await, json!([]));
    let mut socket = relay.connect().await;
    assert_eq!(socket.count(json!({"kinds": [1]})).await, 2);
}
