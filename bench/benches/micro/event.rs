//! What happens to every event before anybody asks whether it may come in: reading it, its id, its
//! signature. One note after the other of a fixed mix, so that a figure is the mean of the mix.

use criterion::{Criterion, Throughput};
use kith_bench::micro::notes::notes;
use kith_nips::Event;

const NOTES: usize = 100;

/// Text to events, and whether they are what they claim to be.
pub fn event(criterion: &mut Criterion) {
    let notes = notes(NOTES).unwrap();
    let mut group = criterion.benchmark_group("event");
    group.throughput(Throughput::Elements(NOTES as u64));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| {
            notes
                .iter()
                .map(|note| Event::parse(note.json()))
                .filter(Result::is_ok)
                .count()
        });
    });
    group.bench_function("parse_stored", |bencher| {
        bencher.iter(|| {
            notes
                .iter()
                .map(|note| Event::parse_stored(note.json()))
                .filter(Result::is_ok)
                .count()
        });
    });
    group.bench_function("id", |bencher| {
        bencher.iter(|| notes.iter().filter(|note| note.verify_id().is_ok()).count());
    });
    group.bench_function("verify", |bencher| {
        bencher.iter(|| {
            notes
                .iter()
                .filter(|note| note.verify_signature().is_ok())
                .count()
        });
    });
    group.finish();
}
