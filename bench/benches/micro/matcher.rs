//! One event against one filter, and one event against everybody who listens.

use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput};
use kith_bench::micro::audience::{Audience, filter};
use kith_bench::micro::notes::notes;
use kith_nips::{Event, Filter};

const NOTES: usize = 100;
/// Every tenth of them is a list of follows, which nobody subscribes to.
const NOTES_FOR_NOBODY: usize = 1_000;
/// Filters of the mix that people keep open.
const FILTERS: usize = 40;
const SUBSCRIPTIONS: [usize; 3] = [100, 2_000, 20_000];

fn fixed_notes(count: usize) -> Vec<Arc<Event>> {
    notes(count).unwrap().into_iter().map(Arc::new).collect()
}

/// [`Filter::matches`], for a mix of filters and of notes.
pub fn one_filter(criterion: &mut Criterion) {
    let notes = fixed_notes(NOTES);
    let filters: Vec<Filter> = (0..FILTERS)
        .map(|number| filter(number, &notes).unwrap())
        .collect();
    let mut group = criterion.benchmark_group("matcher");
    group.throughput(Throughput::Elements((FILTERS * NOTES) as u64));
    group.bench_function("one filter", |bencher| {
        let matching = |note: &Event| {
            filters
                .iter()
                .filter(|filter| filter.matches(note, 0))
                .count()
        };
        bencher.iter(|| notes.iter().map(|note| matching(note)).sum::<usize>());
    });
    group.finish();
}

/// The time grows with the deliveries, and they with the subscriptions. "nobody" is what it takes to
/// find out that there is nothing to deliver.
pub fn live(criterion: &mut Criterion) {
    let notes = fixed_notes(NOTES);
    let follows = fixed_notes(NOTES_FOR_NOBODY)
        .into_iter()
        .skip(9)
        .step_by(10);
    let unheard: Vec<_> = follows.collect();
    let mut group = criterion.benchmark_group("live");
    for subscriptions in SUBSCRIPTIONS {
        let audience = Audience::new(subscriptions, &notes).unwrap();
        let heard = audience.tell(&notes).unwrap();
        group.throughput(Throughput::Elements(notes.len() as u64));
        let mix = BenchmarkId::new(format!("mix, {heard} deliveries"), subscriptions);
        group.bench_function(mix, |bencher| {
            bencher.iter(|| audience.tell(&notes).unwrap())
        });
        assert_eq!(audience.tell(&unheard).unwrap(), 0);
        group.throughput(Throughput::Elements(unheard.len() as u64));
        let nobody = BenchmarkId::new("nobody", subscriptions);
        group.bench_function(nobody, |bencher| {
            bencher.iter(|| audience.tell(&unheard).unwrap())
        });
    }
    group.finish();
}

/// Meetups, for people who watch their surroundings: what it takes beside the deliveries should not
/// grow with those who are elsewhere.
pub fn places(criterion: &mut Criterion) {
    let notes = fixed_notes(NOTES);
    let mut group = criterion.benchmark_group("live");
    group.throughput(Throughput::Elements(notes.len() as u64));
    for subscriptions in SUBSCRIPTIONS {
        let audience = Audience::of_places(subscriptions).unwrap();
        let heard = audience.tell(&notes).unwrap();
        let places = BenchmarkId::new(format!("places, {heard} deliveries"), subscriptions);
        group.bench_function(places, |bencher| {
            bencher.iter(|| audience.tell(&notes).unwrap())
        });
    }
    group.finish();
}
