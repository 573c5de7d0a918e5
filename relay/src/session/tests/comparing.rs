//! NEG-OPEN, NEG-MSG, NEG-CLOSE on one connection.

use super::*;

/// "I have nothing": the answer lists everything.
const NOTHING_HERE: &str = "6100000200";

fn list(events: &[Arc<Event>]) -> String {
    let mut ids: Vec<String> = events.iter().map(|event| event.id().to_string()).collect();
    ids.sort_unstable();
    format!("61000002{:02x}{}", ids.len(), ids.concat())
}

/// Notes of one second, so that their order is that of their ids.
fn notes_at_once(count: usize) -> Vec<Arc<Event>> {
    (0..count)
        .map(|number| event_at(ALICE, 1, &[], &format!("note {number}"), 1_000))
        .collect()
}

#[tokio::test]
async fn nip77_01_opening_going_on_and_closing() {
    let relay = plain();
    let notes = notes_at_once(7);
    for note in &notes {
        relay.store.commit(note);
    }
    let mut client = relay.connect().await;
    client
        .send(&json!(["NEG-OPEN", "a", {"kinds": [1]}, NOTHING_HERE]))
        .await;
    client.expect(json!(["NEG-MSG", "a", list(&notes)])).await;
    // The set stays what it was.
    relay.store.commit(&event_at(BOB, 1, &[], "new", 1_000));
    for _ in 0..3 {
        client.send(&json!(["NEG-MSG", "a", NOTHING_HERE])).await;
        client.expect(json!(["NEG-MSG", "a", list(&notes)])).await;
    }
    client.send(&json!(["NEG-CLOSE", "a"])).await;
    client.send(&json!(["NEG-CLOSE", "a"])).await;
    client.expect_silence().await;
    client.send(&json!(["NEG-MSG", "a", NOTHING_HERE])).await;
    client
        .expect_refusal(&[json!("NEG-ERR"), json!("a")], "closed")
        .await;
}

#[tokio::test]
async fn nip77_02_the_later_of_two_with_one_id_is_answered() {
    let relay = plain();
    let notes = notes_at_once(2);
    for note in &notes {
        relay.store.commit(note);
    }
    relay.store.pages.forget_permits(usize::MAX);
    let mut client = relay.connect().await;
    let open = |filter: Value| json!(["NEG-OPEN", "a", filter, NOTHING_HERE]);
    for (begun, kind) in [(1, 7), (2, 1)] {
        client.send(&open(json!({"kinds": [kind]}))).await;
        while relay.store.scans_begun() < begun {
            tokio::task::yield_now().await;
        }
    }
    relay.store.pages.add_permits(10);
    client.expect(json!(["NEG-MSG", "a", list(&notes)])).await;
    client.expect_silence().await;
}

#[tokio::test]
async fn nip77_04_nothing_is_read_for_a_comparison_that_was_closed() {
    let relay = plain();
    for note in notes_at_once(20) {
        relay.store.commit(&note);
    }
    relay.store.pages.forget_permits(usize::MAX);
    let mut client = relay.connect().await;
    client
        .send(&json!(["NEG-OPEN", "a", {}, NOTHING_HERE]))
        .await;
    while relay.store.scans_begun() == 0 {
        tokio::task::yield_now().await;
    }
    client.send(&json!(["NEG-CLOSE", "a"])).await;
    client.send(&json!(["COUNT", "fence", {}])).await;
    client.next().await;
    relay.store.pages.add_permits(10);
    client.expect_silence().await;
    // One page was for the fence.
    assert_eq!(relay.store.pages.available_permits(), 9);
}

#[tokio::test]
async fn nip77_03_a_message_before_the_answer_ends_the_comparison() {
    let relay = plain();
    relay.store.pages.forget_permits(usize::MAX);
    let mut client = relay.connect().await;
    client
        .send(&json!(["NEG-OPEN", "a", {}, NOTHING_HERE]))
        .await;
    client.send(&json!(["NEG-MSG", "a", NOTHING_HERE])).await;
    client
        .expect_refusal(&[json!("NEG-ERR"), json!("a")], "invalid")
        .await;
    relay.store.pages.add_permits(10);
    client.expect_silence().await;
}

#[tokio::test]
async fn nip77_03_too_many_at_once_and_failures() {
    let relay = relay(
        SessionLimits {
            negentropy_sessions_max: 2,
            ..SessionLimits::default()
        },
        AdmissionPolicy::default(),
    );
    let mut client = relay.connect().await;
    let open = |id: &str| json!(["NEG-OPEN", id, {}, NOTHING_HERE]);
    // Opening one again opens no further one.
    for id in ["a", "b", "a", "b"] {
        client.send(&open(id)).await;
        client.expect(json!(["NEG-MSG", id, NOTHING_HERE])).await;
    }
    client.send(&open("c")).await;
    client
        .expect_refusal(&[json!("NEG-ERR"), json!("c")], "rate-limited")
        .await;
    client.send(&json!(["NEG-CLOSE", "a"])).await;
    relay.store.fail();
    client.send(&open("c")).await;
    client
        .expect_refusal(&[json!("NEG-ERR"), json!("c")], "error")
        .await;
}

#[tokio::test]
async fn a_comparison_counts_among_the_questions_until_it_is_answered() {
    let relay = relay(
        SessionLimits {
            queries_in_flight_max: 1,
            ..SessionLimits::default()
        },
        AdmissionPolicy::default(),
    );
    relay.store.pages.forget_permits(usize::MAX);
    let mut client = relay.connect().await;
    client
        .send(&json!(["NEG-OPEN", "a", {}, NOTHING_HERE]))
        .await;
    client.send(&json!(["COUNT", "b", {}])).await;
    while relay.store.scans_begun() == 0 {
        tokio::task::yield_now().await;
    }
    relay.store.pages.add_permits(1);
    client.expect(json!(["NEG-MSG", "a", NOTHING_HERE])).await;
    assert_eq!(client.next().await[0], "COUNT");
}

#[tokio::test]
async fn open_comparisons_are_told_that_the_relay_stops() {
    let relay = plain();
    let mut client = relay.connect().await;
    client
        .send(&json!(["NEG-OPEN", "a", {}, NOTHING_HERE]))
        .await;
    client.expect(json!(["NEG-MSG", "a", NOTHING_HERE])).await;
    relay.shutdown.send_replace(true);
    client
        .expect_refusal(&[json!("NEG-ERR"), json!("a")], "closed")
        .await;
    assert_eq!(client.close_code().await, 1_001);
}
