//! NIP-77, comparing sets of events, line by line. What messages look like inside (NIP77-07 to
//! NIP77-09) is tested beside the code; here a client that uses the `negentropy` crate compares
//! its events with the relay's, over a socket.

use std::collections::BTreeSet;

use kith_nips::{Event, EventId};
use negentropy::{Id, Negentropy, NegentropyStorageVector};
use serde_json::{Value, json};

use crate::events::hex;
use crate::harness::{Reply, Socket, assert_prefix};

mod messages;
mod second_library;
mod sets;
mod visibility;

/// "I have nothing": the answer lists everything.
const NOTHING_HERE: &str = "6100000200";

/// The longest message of the client, in bytes before they are spelled in hex.
const CLIENT_BYTES_MAX: u64 = 4_096;

/// More messages than any comparison of these tests needs.
const ROUNDS_MAX: usize = 1_000;

/// What a client learns from a comparison.
#[derive(Debug, PartialEq, Eq)]
struct Differences {
    /// What only the client has.
    have: BTreeSet<EventId>,
    /// What only the relay has.
    need: BTreeSet<EventId>,
    /// Answers that it took.
    rounds: usize,
}

/// Opens a comparison.
async fn open(socket: &mut Socket, id: &str, filter: &Value, message: &str) {
    socket.send(json!(["NEG-OPEN", id, filter, message])).await;
}

/// The next message is an answer in the comparison `id`.
async fn expect_answer(socket: &mut Socket, id: &str) -> String {
    match socket.receive().await {
        Reply::NegMsg {
            subscription,
            message,
        } if subscription == id => message,
        other => panic!("expected NEG-MSG for {id:?}, got {other:?}"),
    }
}

/// The next message is the end of the comparison `id`; gives the maximum that it names.
async fn expect_end(socket: &mut Socket, id: &str, prefix: &str) -> Option<u64> {
    match socket.receive().await {
        Reply::NegErr {
            subscription,
            message,
            records_max,
        } if subscription == id => {
            assert_prefix(&message, prefix);
            records_max
        }
        other => panic!("expected NEG-ERR for {id:?}, got {other:?}"),
    }
}

/// Nothing is open under this id.
async fn expect_unknown(socket: &mut Socket, id: &str) {
    socket.send(json!(["NEG-MSG", id, "61"])).await;
    assert_eq!(expect_end(socket, id, "closed").await, None);
}

/// Compares these events with those of the relay that match.
async fn compare(socket: &mut Socket, filter: &Value, events: &[Event]) -> Differences {
    let mut storage = NegentropyStorageVector::new();
    for event in events {
        let id = Id::from_byte_array(*event.id().as_bytes());
        storage.insert(event.created_at(), id).unwrap();
    }
    storage.seal().unwrap();
    let mut client = Negentropy::owned(storage, CLIENT_BYTES_MAX).unwrap();
    let (mut have, mut need) = (Vec::new(), Vec::new());
    let first = client.initiate().unwrap();
    open(socket, "compare", filter, &hex(&first)).await;
    for rounds in 1..ROUNDS_MAX {
        let answer = bytes(&expect_answer(socket, "compare").await);
        match client.reconcile_with_ids(&answer, &mut have, &mut need) {
            Ok(Some(next)) => {
                socket.send(json!(["NEG-MSG", "compare", hex(&next)])).await;
            }
            Ok(None) => {
                socket.send(json!(["NEG-CLOSE", "compare"])).await;
                return Differences {
                    have: event_ids(have),
                    need: event_ids(need),
                    rounds,
                };
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("no end of comparing");
}

/// What the relay has that matches, as a comparison sees it.
async fn everything(socket: &mut Socket, filter: &Value) -> BTreeSet<EventId> {
    compare(socket, filter, &[]).await.need
}

fn bytes(hex: &str) -> Vec<u8> {
    let lower_case = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    assert!(hex.bytes().all(lower_case), "{hex}");
    let (pairs, []) = hex.as_bytes().as_chunks::<2>() else {
        panic!("half a byte: {hex}");
    };
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap();
    pairs
        .iter()
        .map(|[high, low]| u8::try_from(digit(*high) * 16 + digit(*low)).unwrap())
        .collect()
}

fn event_ids(ids: Vec<Id>) -> BTreeSet<EventId> {
    ids.into_iter()
        .map(|id| EventId::from_bytes(id.to_bytes()))
        .collect()
}

fn ids_of<'a>(events: impl IntoIterator<Item = &'a Event>) -> BTreeSet<EventId> {
    events.into_iter().map(Event::id).collect()
}
