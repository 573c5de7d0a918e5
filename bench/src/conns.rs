//! What an idle connection with one subscription costs a relay in memory.

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use serde_json::json;
use tokio::task::LocalSet;

use crate::client::{Ear, Target};
use crate::crowd::{Crowd, OnEvent};
use crate::process::{self, Usage};

/// Connections that are open before anything is measured: what the relay needs once, it has then.
const WARM_UP_CONNECTIONS: usize = 100;

/// Hold many idle connections with one subscription each.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The relay, as ws://host:port
    #[arg(long, default_value = "ws://127.0.0.1:7447")]
    relay: String,
    /// The relay's process on this machine
    #[arg(long)]
    pid: u32,
    #[command(flatten)]
    options: Options,
}

/// How many.
#[derive(Debug, Clone, Copy, Args)]
pub struct Options {
    /// Idle connections
    #[arg(
        id = "idle-connections",
        long = "connections",
        default_value_t = 10_000
    )]
    pub connections: usize,
    /// Seconds that the relay gets, before each look at it, to put away what it needed only once
    #[arg(long, default_value_t = Options::default().rest_seconds)]
    pub rest_seconds: f64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            connections: 10_000,
            rest_seconds: 2.0,
        }
    }
}

/// What was measured.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Outcome {
    /// Idle connections.
    pub connections: usize,
    /// Private memory of the relay for each.
    pub private_bytes_per_connection: f64,
    /// The relay without them.
    pub before: Usage,
    /// The relay with them.
    pub after: Usage,
}

/// Measures and prints.
///
/// # Errors
/// A relay that does not take them, or is not that process.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let Arguments {
        relay,
        pid,
        options,
    } = arguments;
    println!("{}", crate::block_on(hold(relay, *pid, *options))?);
    Ok(())
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kilobytes = |bytes: u64| bytes / 1_024;
        write!(
            out,
            "{} idle connections: {:.2} kB of private memory each ({} kB before, {} kB with them)",
            self.connections,
            self.private_bytes_per_connection / 1_024.0,
            kilobytes(self.before.private_bytes),
            kilobytes(self.after.private_bytes),
        )
    }
}

/// Opens them, looks at the process, and closes them. To be run on one thread.
///
/// # Errors
/// As [`run`].
pub async fn hold(relay: &str, pid: u32, options: Options) -> anyhow::Result<Outcome> {
    let target = Target::find(relay).await?;
    let ear = Ear::new();
    let ignore: OnEvent = Rc::new(|_| {});
    let work = async {
        let warm = filters(0, WARM_UP_CONNECTIONS);
        let mut warm = Crowd::gather(&target, warm, &ear, &ignore).await?;
        let before = settled(pid, &mut warm, options).await?;
        let many = filters(WARM_UP_CONNECTIONS, options.connections);
        let mut many = Crowd::gather(&target, many, &ear, &ignore).await?;
        let after = settled(pid, &mut many, options).await?;
        let more = after.private_bytes as f64 - before.private_bytes as f64;
        Ok(Outcome {
            connections: options.connections,
            private_bytes_per_connection: more / options.connections.max(1) as f64,
            before,
            after,
        })
    };
    LocalSet::new().run_until(work).await
}

async fn settled(pid: u32, crowd: &mut Crowd, options: Options) -> anyhow::Result<Usage> {
    let rest = Duration::from_secs_f64(options.rest_seconds);
    tokio::select! {
        () = tokio::time::sleep(rest) => process::usage(pid),
        lost = crowd.lost() => Err(lost),
    }
}

/// The chat of a community each, of communities that there are not.
fn filters(first: usize, count: usize) -> Vec<String> {
    (first..first + count)
        .map(|number| {
            json!({"kinds": [42], "#e": [format!("{number:064x}")], "limit": 1}).to_string()
        })
        .collect()
}
