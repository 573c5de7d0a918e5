//! Text to client messages and relay messages to text, without a socket.

use criterion::{Criterion, Throughput};
use kith_bench::micro::frames::{client_message, read};
use kith_bench::micro::notes::notes;
use kith_nips::nip01::EoseHint;
use kith_nips::{RelayMessage, SubscriptionId};

const NOTES: usize = 100;

/// Every tenth message is of the same sort.
const SORTS: [(&str, usize); 5] = [
    ("REQ of a place", 0),
    ("REQ of two filters", 1),
    ("COUNT", 3),
    ("CLOSE", 4),
    ("EVENT", 5),
];

/// Client messages.
pub fn reading(criterion: &mut Criterion) {
    let notes = notes(NOTES).unwrap();
    let mut group = criterion.benchmark_group("read");
    for (name, sort) in SORTS {
        let of_sort = notes.iter().enumerate().skip(sort).step_by(10);
        let messages: Vec<String> = of_sort
            .map(|(number, note)| client_message(number, note))
            .collect();
        group.throughput(Throughput::Elements(messages.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| read(&messages).unwrap()));
    }
    group.finish();
}

/// Relay messages.
pub fn writing(criterion: &mut Criterion) {
    let notes = notes(NOTES).unwrap();
    let subscription = &SubscriptionId::new("near").unwrap();
    let mut group = criterion.benchmark_group("write");
    group.throughput(Throughput::Elements(NOTES as u64));
    group.bench_function("EVENT", |bencher| {
        let message = |event| RelayMessage::Event {
            subscription,
            event,
        };
        bencher.iter(|| {
            notes
                .iter()
                .map(|note| message(note).to_json().len())
                .sum::<usize>()
        });
    });
    group.bench_function("OK", |bencher| {
        let message = |id| RelayMessage::Ok {
            id,
            accepted: true,
            message: "",
        };
        bencher.iter(|| {
            notes
                .iter()
                .map(|note| message(note.id()).to_json().len())
                .sum::<usize>()
        });
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("EOSE", |bencher| {
        let message = RelayMessage::Eose {
            subscription,
            hint: Some(EoseHint::More),
        };
        bencher.iter(|| message.to_json());
    });
    group.finish();
}
