//! Messages about sets (NIP-77): whatever they are, they are refused or answered, and the answer
//! is a message again, within its bound. Two sides that only follow the protocol find out what
//! each of them lacks.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a target that cannot go on panics, also in what tests share"
)]

use std::collections::BTreeSet;
use std::sync::Arc;

use bolero::{TypeGenerator, check};
use kith_fuzz::{Edit, corpus};
use kith_nips::Event;
use kith_nips::nip77::Message;
use kith_relay::reconcile::{
    ANSWER_BYTES_MIN, ReconcileError, Reconciler, RecordBounds, RecordSet,
};
use negentropy::{Id, Negentropy, NegentropyStorageVector};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

/// What `cargo test` tries beside the corpus.
const ITERATIONS: usize = 6_000;
/// Conversations are longer than single messages.
const CONVERSATIONS: usize = 150;
/// Messages in one conversation at most; every one must bring the two sides closer.
const MESSAGES_MAX: usize = 100;
/// Records of the larger sets.
const RECORDS: u64 = 2_000;

const WORDS: [&str; 8] = [
    "\u{0}",
    "\u{1}",
    "\u{2}",
    "\u{0}\u{0}\u{0}",
    "\u{1}\u{0}\u{2}\u{0}",
    "\u{7f}",
    "a\u{0}",
    "\u{0}\u{0}\u{2}\u{1}",
];

/// A message or what nearly is one: from the corpus, or the first one of a set of so many records.
#[derive(Debug, Clone, TypeGenerator)]
enum Origin {
    Kept(u8),
    Begun(u8),
}

#[test]
fn messages_about_sets() {
    let runtime = runtime();
    let corpus: Vec<Vec<u8>> = corpus("negentropy")
        .unwrap()
        .iter()
        .map(|text| bytes(text))
        .collect();
    let relay = sets(&runtime);
    for input in &corpus {
        answer(&runtime, &relay, input);
    }
    check!()
        .with_iterations(ITERATIONS)
        .with_type::<(Origin, Vec<Edit>)>()
        .for_each(|(origin, edits)| {
            let mut input = match origin {
                Origin::Kept(number) => corpus[usize::from(*number) % corpus.len()].clone(),
                Origin::Begun(records) => first_message(u64::from(*records) * 8),
            };
            for edit in edits.iter().take(4) {
                edit.apply(&mut input, &WORDS);
            }
            answer(&runtime, &relay, &input);
        });
}

#[test]
fn two_sides_find_what_they_lack() {
    let runtime = runtime();
    check!()
        .with_iterations(CONVERSATIONS)
        .with_type::<(Vec<(u8, u8)>, u8, u16)>()
        .for_each(|(gaps, times, answer_bytes)| {
            // Ranges of records that one side lacks, both sides, and what many share: the time.
            let all: Vec<(u64, u64)> = (0..300)
                .map(|number| (number % (u64::from(*times) + 1), number))
                .collect();
            let lacks = |side: usize, number: u64| {
                gaps.iter().enumerate().any(|(index, (from, length))| {
                    let from = u64::from(*from);
                    index % 2 == side && (from..from + u64::from(*length % 64)).contains(&number)
                })
            };
            let of = |side| -> BTreeSet<(u64, u64)> {
                all.iter()
                    .filter(|(_, number)| !lacks(side, *number))
                    .copied()
                    .collect()
            };
            converse(&runtime, &of(0), &of(1), usize::from(*answer_bytes));
        });
}

fn converse(
    runtime: &Runtime,
    ours: &BTreeSet<(u64, u64)>,
    theirs: &BTreeSet<(u64, u64)>,
    answer_bytes: usize,
) {
    let reconciler = Reconciler::new();
    let mut records = reconciler.begin(BOUNDS);
    let events: Vec<Arc<Event>> = theirs
        .iter()
        .map(|(at, number)| event(*at, *number))
        .collect();
    records.add(&events).unwrap();
    let storage = storage(ours);
    let mut client = Negentropy::owned(storage, 0).unwrap();
    let first = Message::from_bytes(client.initiate().unwrap()).unwrap();
    let (mut set, mut answer) = runtime
        .block_on(reconciler.open(records, first, answer_bytes))
        .unwrap();
    let (mut have, mut need) = (Vec::new(), Vec::new());
    for _ in 0..MESSAGES_MAX {
        assert!(answer.len() <= answer_bytes.max(ANSWER_BYTES_MIN));
        let Some(next) = client
            .reconcile_with_ids(&answer, &mut have, &mut need)
            .unwrap()
        else {
            let only = |one: &BTreeSet<_>, other| -> BTreeSet<Id> {
                one.difference(other)
                    .map(|(_, number)| id(*number))
                    .collect()
            };
            assert_eq!(
                have.into_iter().collect::<BTreeSet<_>>(),
                only(ours, theirs)
            );
            assert_eq!(
                need.into_iter().collect::<BTreeSet<_>>(),
                only(theirs, ours)
            );
            return;
        };
        let next = Message::from_bytes(next).unwrap();
        (set, answer) = runtime
            .block_on(reconciler.answer(set, next, answer_bytes))
            .unwrap();
    }
    panic!("no end after {MESSAGES_MAX} messages");
}

/// What the relay does with bytes that a client sent.
fn answer(runtime: &Runtime, relay: &[(Reconciler, Arc<RecordSet>)], input: &[u8]) {
    let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
    let message = Message::from_bytes(input.to_vec());
    assert_eq!(Message::from_hex(&hex), message);
    assert_eq!(Message::from_hex(&hex.to_uppercase()), message);
    let Ok(message) = message else {
        return;
    };
    assert_eq!(message.as_bytes(), input);
    for (reconciler, set) in relay {
        let work = reconciler.answer(Arc::clone(set), message.clone(), ANSWER_BYTES_MIN);
        match runtime.block_on(work) {
            Ok((_, answer)) => {
                assert!(answer.len() <= ANSWER_BYTES_MIN, "{hex}");
                assert!(Message::from_bytes(answer).is_ok(), "{hex}");
            }
            Err(ReconcileError::Protocol(_)) => {}
            // As after a panic.
            Err(error @ ReconcileError::Unfinished) => panic!("{error}: {hex}"),
        }
    }
}

const BOUNDS: RecordBounds = RecordBounds {
    set_max: 1_000_000,
    total_max: 1_000_000,
};

/// A set without records, one with one, one with many.
fn sets(runtime: &Runtime) -> Vec<(Reconciler, Arc<RecordSet>)> {
    [0, 1, RECORDS]
        .into_iter()
        .map(|size| {
            let reconciler = Reconciler::new();
            let mut records = reconciler.begin(BOUNDS);
            let events: Vec<_> = (0..size).map(|number| event(number / 3, number)).collect();
            records.add(&events).unwrap();
            let first = Message::from_bytes(first_message(0)).unwrap();
            let opening = reconciler.open(records, first, ANSWER_BYTES_MIN);
            let (set, _) = runtime.block_on(opening).unwrap();
            (reconciler, set)
        })
        .collect()
}

fn first_message(records: u64) -> Vec<u8> {
    let records = (0..records).map(|number| (number / 3, number)).collect();
    Negentropy::owned(storage(&records), 0)
        .unwrap()
        .initiate()
        .unwrap()
}

fn storage(records: &BTreeSet<(u64, u64)>) -> NegentropyStorageVector {
    let mut storage = NegentropyStorageVector::new();
    for (at, number) in records {
        storage.insert(*at, id(*number)).unwrap();
    }
    storage.seal().unwrap();
    storage
}

fn id(number: u64) -> Id {
    Id::from_byte_array(id_bytes(number))
}

/// Spread over all ids, as hashes are.
fn id_bytes(number: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bytes[..8].copy_from_slice(&spread.to_be_bytes());
    bytes[24..].copy_from_slice(&number.to_be_bytes());
    bytes
}

fn event(created_at: u64, number: u64) -> Arc<Event> {
    let id: String = id_bytes(number)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let json = json!({
        "id": id, "pubkey": "0".repeat(64), "created_at": created_at, "kind": 1, "tags": [],
        "content": "", "sig": "0".repeat(128),
    });
    Arc::new(Event::parse(&json.to_string()).unwrap())
}

/// Hex that is kept in the corpus.
fn bytes(hex: &[u8]) -> Vec<u8> {
    let hex = std::str::from_utf8(hex).unwrap();
    (0..hex.len() / 2)
        .map(|index| u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).unwrap())
        .collect()
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}
