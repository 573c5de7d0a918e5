//! Measures relays: a made-up world, a client that loads any relay with it over plain NIP-01, and
//! comparisons. One file for each subcommand of `kith-bench`. Figures are printed, never asserted;
//! only `guard` fails, on counts of instructions, which are the same on a busy machine.

pub mod announce;
mod answer;
mod client;
pub mod compare;
pub mod conns;
pub mod crash;
mod crowd;
pub mod discovery;
pub mod fanout;
mod frame;
pub mod guard;
pub mod hostile;
pub mod ingest;
mod latency;
mod machine;
mod markdown;
pub mod micro;
pub mod pages;
mod process;
mod publisher;
pub mod query;
mod questions;
mod relays;
pub mod scan;
mod spread;
pub mod watch;
mod web;
pub mod world;

pub use latency::Latency;

/// Runs on one thread: the relay has the others.
///
/// # Errors
/// What the work says, or that there is no runtime.
pub fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(work)
}
