//! Kinds that NIPs use for something outside the relay, and for which it has no rule of its own.

use serde_json::json;

use crate::events::{Forged, note, now};
use crate::harness::TestRelay;

/// NIP-98: an event that belongs into the head of an HTTP request.
const HTTP_AUTH: u16 = 27_235;

#[tokio::test]
async fn nip98_05_an_authorisation_sent_as_an_event_is_passed_on_and_not_kept() {
    let mut relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut listener = relay.connect().await;
    listener.req("live", json!({"kinds": [HTTP_AUTH]})).await;
    let authorisation = |tags: bool| {
        let note = note(1).kind(HTTP_AUTH).at(now());
        match tags {
            true => note
                .tag(&["u", "https://relay.example.com/"])
                .tag(&["method", "POST"]),
            false => note,
        }
    };
    // Its tags mean nothing here, and neither does their absence.
    for event in [authorisation(true).signed(), authorisation(false).signed()] {
        socket.accept(&event).await;
        assert_eq!(listener.expect_event("live").await, event);
        for filter in [json!({"ids": [event.id()]}), json!({"kinds": [HTTP_AUTH]})] {
            assert_eq!(socket.query(filter.clone()).await, []);
            assert_eq!(socket.count(filter).await, 0);
        }
        // What was not kept cannot be a duplicate.
        socket.accept(&event).await;
        assert_eq!(listener.expect_event("live").await, event);
    }
    // It authenticates nobody, not even its author.
    let protected = note(1).tag(&["-"]).signed();
    socket.event(&protected).await.refused_with("auth-required");
    drop((socket, listener));
    relay.restart().await;
    assert_eq!(relay.connect().await.count(json!({})).await, 0);
}

#[tokio::test]
async fn nip98_05_it_must_be_a_valid_event_all_the_same() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut listener = relay.connect().await;
    listener.req("live", json!({"kinds": [HTTP_AUTH]})).await;
    let event = note(1).kind(HTTP_AUTH).content("signed").signed();
    let forged = Forged::of(&event).with("content", "\"changed\"");
    socket.send_text(forged.message()).await;
    socket.expect_ok(event.id()).await.refused_with("invalid");
    listener.nothing_delivered().await;
}
