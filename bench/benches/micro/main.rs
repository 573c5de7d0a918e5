//! The time that small pieces of work take, one file for each part of the relay. The instructions of
//! larger ones are counted by `kith-bench guard`. One program, because linking takes longest.

#![expect(
    clippy::unwrap_used,
    reason = "what cannot be prepared cannot be measured"
)]

use criterion::Criterion;

mod codec;
mod event;
mod matcher;
mod planner;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    event::event(&mut criterion);
    codec::reading(&mut criterion);
    codec::writing(&mut criterion);
    matcher::one_filter(&mut criterion);
    matcher::live(&mut criterion);
    matcher::places(&mut criterion);
    planner::planner(&mut criterion);
    criterion.final_summary();
}
