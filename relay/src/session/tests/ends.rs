//! How sessions end.

use super::*;

#[tokio::test]
async fn nip01_12_subscriptions_vanish_with_their_connection() {
    let relay = plain();
    let mut client = relay.connect().await;
    client.subscribe("a", json!({})).await;
    client.subscribe("b", json!({})).await;
    assert_eq!(relay.context.subscriptions.len(), 2);
    client.socket.close(None).await.unwrap();
    assert!(matches!(client.frame().await, Some(Message::Close(_))));
    assert_eq!(client.ending().await, Ending::ClosedByClient);
    assert!(relay.context.subscriptions.is_empty());
    let mut client = relay.connect().await;
    client.subscribe("a", json!({})).await;
    assert_eq!(client.ending().await, Ending::ClosedByClient);
    assert!(relay.context.subscriptions.is_empty());
}

#[tokio::test]
async fn nip01_95_a_slow_reader_is_dropped_and_the_others_are_served() {
    let limits = SessionLimits {
        outbox_bytes_max: 200_000,
        leave_timeout_ms: 50,
        ..SessionLimits::default()
    };
    let relay = relay(limits, AdmissionPolicy::default());
    let (mut slow, mut quick) = (relay.connect().await, relay.connect().await);
    slow.subscribe("all", json!({})).await;
    quick.subscribe("all", json!({})).await;
    let long = "x".repeat(10_000);
    for number in 0..100 {
        let note = event(ALICE, 1, &[&["n", &number.to_string()]], &long);
        relay.store.publish(&note);
        quick.expect_event("all", &note).await;
    }
    assert_eq!(slow.dropped().await, Ending::TooSlow);
    assert_eq!(relay.context.subscriptions.len(), 1);
}

#[tokio::test]
async fn nip01_95_a_slow_reader_of_stored_events_costs_no_memory() {
    let relay = plain();
    let long = "x".repeat(10_000);
    for number in 0..200 {
        relay
            .store
            .commit(&event(ALICE, 1, &[&["n", &number.to_string()]], &long));
    }
    let permits = relay.store.pages.available_permits();
    let mut client = relay.connect().await;
    client.send(&json!(["REQ", "a", {}])).await;
    client.send(&json!(["REQ", "b", {}])).await;
    // Both have begun when the first event arrives; then nobody reads for a while.
    assert_eq!(client.next().await[0], "EVENT");
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    let read = permits - relay.store.pages.available_permits();
    assert!(
        read < 12,
        "{read} pages were read for a client that does not read"
    );
    let mut events = 1;
    for _ in 0..401 {
        if client.next().await[0] == "EVENT" {
            events += 1;
        }
    }
    assert_eq!(events, 400);
}

#[tokio::test]
async fn nip01_99_a_shutdown_answers_closes_and_says_goodbye() {
    let relay = plain();
    let mut client = relay.connect().await;
    client.subscribe("a", json!({"kinds": [7]})).await;
    client.subscribe("b", json!({"kinds": [7]})).await;
    relay.store.saves.forget_permits(usize::MAX);
    let note = event(ALICE, 1, &[], "at the last moment");
    client.publish(&note).await;
    // Answered after the event was taken on.
    client.send(&json!(["COUNT", "a", {"kinds": [7]}])).await;
    client.expect(json!(["COUNT", "a", {"count": 0}])).await;
    relay.shutdown.send_replace(true);
    relay.store.saves.add_permits(1);
    client.expect_ok(&note).await;
    let mut closed = Vec::new();
    for _ in 0..2 {
        let message = client.next().await;
        assert_eq!(message[0], "CLOSED");
        assert!(message[2].as_str().unwrap().starts_with("error: "));
        closed.push(message[1].as_str().unwrap().to_owned());
    }
    closed.sort();
    assert_eq!(closed, ["a", "b"]);
    assert_eq!(client.close_code().await, 1001);
    assert_eq!(client.ending().await, Ending::ShutDown);
}

#[tokio::test]
async fn nip01_99_a_shutdown_does_not_wait_for_ever() {
    let limits = SessionLimits {
        leave_timeout_ms: 20,
        ..SessionLimits::default()
    };
    let relay = relay(limits, AdmissionPolicy::default());
    relay.store.saves.forget_permits(usize::MAX);
    let mut client = relay.connect().await;
    client
        .publish(&event(ALICE, 1, &[], "never answered"))
        .await;
    client.expect_silence().await;
    relay.shutdown.send_replace(true);
    assert_eq!(client.dropped().await, Ending::ShutDown);
}
