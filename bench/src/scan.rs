//! How long simple questions take while others read the whole store.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::sync::oneshot;

use crate::client::{Connection, Ear, Target};
use crate::latency::Latency;
use crate::query::{self, Options as QueryOptions};
pub use crate::questions::points;
use crate::questions::{Class, classes};
use crate::spread::spread;
use crate::world::{Size, World};

/// Questions that read everything, or much of it.
const HEAVY: [&str; 5] = [
    r#"{"limit":500000}"#,
    r#"{"kinds":[31925],"limit":500000}"#,
    r#"{"kinds":[0,42,10037,31923,31925],"limit":500000}"#,
    r#"{"since":1,"until":4000000000,"limit":500000}"#,
    r##"{"#t":["rust","bitcoin","hiking","chess","books","running","meetup"],"limit":500000}"##,
];
/// Given to the heavy questions to begin.
const HEAD_START: Duration = Duration::from_secs(1);

/// Ask simple questions in quiet, then beside many that read everything.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The relay, as ws://host:port, which has the world
    #[arg(long, default_value = "ws://127.0.0.1:7447")]
    relay: String,
    #[command(flatten)]
    size: Size,
    #[command(flatten)]
    options: Options,
}

/// How many, how long.
#[derive(Debug, Clone, Copy, Args)]
pub struct Options {
    /// Heavy questions at once, each on a connection of its own
    #[arg(long, default_value_t = Options::default().scans)]
    pub scans: usize,
    /// Seconds of each phase
    #[arg(long, default_value_t = Options::default().seconds)]
    pub seconds: f64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            scans: 20,
            seconds: 10.0,
        }
    }
}

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// Simple questions alone.
    pub quiet: Latency,
    /// Simple questions beside heavy ones.
    pub beside_scans: Latency,
    /// p99 beside heavy questions over p99 in quiet.
    pub ratio: f64,
    /// Events that the heavy questions got a second.
    pub scanned_events_per_second: f64,
}

/// Measures and prints.
///
/// # Errors
/// A relay that does not answer.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let points = points(&classes(&World::new(arguments.size)?)?);
    println!("{}", measure(&arguments.relay, &points, arguments.options)?);
    Ok(())
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "simple questions in quiet: {}\nbeside scans: {}; {:.2} times the quiet p99; \
             scans got {:.0} events/s",
            self.quiet, self.beside_scans, self.ratio, self.scanned_events_per_second
        )
    }
}

/// Both phases. The heavy questions have a thread of their own, so that reading their answers does
/// not make simple ones look slow.
///
/// # Errors
/// As [`run`].
pub fn measure(relay: &str, points: &Class, options: Options) -> anyhow::Result<Outcome> {
    let one_connection = QueryOptions {
        connections: 1,
        seconds: options.seconds,
    };
    let ask = || crate::block_on(query::ask(relay, points, one_connection));
    let quiet = ask()?.time_to_eose;
    let (stop, stopped) = oneshot::channel();
    thread::scope(|scope| {
        let scans = scope.spawn(|| crate::block_on(scan_until(relay, options.scans, stopped)));
        thread::sleep(HEAD_START);
        let beside = ask();
        drop(stop);
        let scanned = scans
            .join()
            .map_err(|_| anyhow::anyhow!("the scans failed"))??;
        let beside_scans = beside?.time_to_eose;
        let seconds = options.seconds + HEAD_START.as_secs_f64();
        Ok(Outcome {
            quiet,
            beside_scans,
            ratio: beside_scans.p99_ms / quiet.p99_ms,
            scanned_events_per_second: scanned as f64 / seconds,
        })
    })
}

/// Asks heavy questions again and again until `stopped`; how many events came.
async fn scan_until(
    relay: &str,
    scans: usize,
    stopped: oneshot::Receiver<()>,
) -> anyhow::Result<u64> {
    let target = Target::find(relay).await?;
    let ear = Ear::new();
    let events = Rc::new(Cell::new(0));
    let mut parts = Vec::with_capacity(scans);
    for filter in HEAVY.iter().cycle().take(scans) {
        let connection = Connection::open(&target, None).await?;
        parts.push((connection, *filter, Rc::clone(&events)));
    }
    let scanning = spread(
        parts,
        &ear,
        |(mut connection, filter, events), ear| async move {
            loop {
                let count = |_: &[u8]| events.set(events.get() + 1);
                connection.ask(&ear, filter, count).await?;
            }
        },
    );
    tokio::select! {
        failed = scanning => failed.map(|never: Vec<u64>| never.len() as u64),
        _ = stopped => Ok(events.get()),
    }
}
