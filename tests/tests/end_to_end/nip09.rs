//! NIP-09, deletion requests, line by line (the lines for clients are tested with the client
//! library).

use kith_nips::Event;
use serde_json::json;

use crate::events::{Note, note};
use crate::harness::Socket;

mod lasting;
mod order;
mod targets;

/// Begins a request by the key `number` that names these events.
fn request<'a>(number: u32, targets: impl IntoIterator<Item = &'a Event>) -> Note {
    targets
        .into_iter()
        .fold(note(number).kind(5), |request, target| {
            request.tag(&["e", &target.id().to_string()])
        })
}

/// Begins a request by the key `number` that names this address.
fn request_of_address(number: u32, address: &str) -> Note {
    note(number).kind(5).tag(&["a", address])
}

/// The address of a replaceable or addressable event, as tags write it.
fn address_of(event: &Event) -> String {
    event.address().unwrap().to_string()
}

/// Every way to ask for `event` brings it.
async fn is_there(socket: &mut Socket, event: &Event) {
    assert!(
        found_everywhere(socket, event).await,
        "gone: {}",
        event.json()
    );
}

/// No way to ask for `event` brings it.
async fn is_gone(socket: &mut Socket, event: &Event) {
    assert!(
        !found_everywhere(socket, event).await,
        "still there: {}",
        event.json()
    );
}

/// Whether every way to ask brings `event`; that some do and some do not is a failure.
async fn found_everywhere(socket: &mut Socket, event: &Event) -> bool {
    let by_id = json!({"ids": [event.id()]});
    let at = event.created_at();
    // With a second kind, because gift wraps alone may be asked for only by whom they are for.
    let like_it = json!({
        "authors": [event.pubkey()], "kinds": [event.kind(), 1], "since": at, "until": at,
    });
    let at_its_time = json!({"since": at, "until": at});
    let found = socket.count(by_id.clone()).await == 1;
    for filter in [by_id, like_it, at_its_time] {
        let brought = socket.query(filter.clone()).await;
        assert_eq!(brought.contains(event), found, "{filter}");
        assert_eq!(socket.count(filter).await, brought.len() as u64);
    }
    found
}
