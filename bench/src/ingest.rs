//! How fast a relay takes events: so many connections, so many events under way on each.
//!
//! Frames are made before the clock starts. A connection that hears an `OK` sends the next event;
//! what can be sent at once leaves in one write.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use kith_nips::Event;
use serde::Serialize;

use crate::client::{Connection, Ear, Target};
use crate::latency::Latency;
use crate::publisher::{self, Frames, Watch};
use crate::spread::spread;

/// Events whose signatures are verified to know what a core can do.
const VERIFIED_EVENTS_MAX: usize = 20_000;

/// Publish a file of events to a relay.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The relay, as ws://host:port
    #[arg(long, default_value = "ws://127.0.0.1:7447")]
    relay: String,
    #[command(flatten)]
    options: Options,
    /// JSON lines, such as `world` writes
    file: PathBuf,
}

/// How events are published.
#[derive(Debug, Clone, Copy, Args)]
pub struct Options {
    /// Connections that publish
    #[arg(long, default_value_t = Options::default().connections)]
    pub connections: usize,
    /// Events under way on each connection
    #[arg(long, default_value_t = Options::default().outstanding)]
    pub outstanding: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            connections: 8,
            outstanding: 256,
        }
    }
}

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// Events published.
    pub events: usize,
    /// Events that the relay did not take.
    pub refused: usize,
    /// What it said about the first of them.
    pub first_refusal: Option<String>,
    /// From the first event to the last answer.
    pub seconds: f64,
    /// Answers a second.
    pub oks_per_second: f64,
    /// From sending an event to its answer.
    pub time_to_ok: Latency,
}

/// Measures and prints.
///
/// # Errors
/// A file that cannot be read; a relay that does not answer.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let (prepared, verified) = read(&arguments.file, arguments.options)?;
    let outcome = crate::block_on(publish(&arguments.relay, prepared))?;
    println!("{outcome}");
    println!("{}", Share::of(&outcome, verified));
    Ok(())
}

/// The frames of a file, and what one core verifies of it. The text is not kept.
fn read(file: &Path, options: Options) -> anyhow::Result<(Prepared, f64)> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let lines: Vec<&str> = text.lines().collect();
    let prepared = Prepared::new(&lines, options);
    let prepared = prepared.with_context(|| file.display().to_string())?;
    Ok((prepared, verifications_per_second(&lines)?))
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "published {} events in {:.2} s: {:.0} OK/s, {} refused\ntime to OK: {}",
            self.events, self.seconds, self.oks_per_second, self.refused, self.time_to_ok
        )?;
        match &self.first_refusal {
            Some(refusal) => write!(out, "\nthe first refusal: {refusal}"),
            None => Ok(()),
        }
    }
}

/// What the signatures alone would allow.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Share {
    /// Ids and Schnorr signatures that one core verifies a second.
    pub verifications_per_second: f64,
    /// Cores of this machine.
    pub cores: usize,
    /// The relay's `OK` a second, as a share of what all cores could verify.
    pub share: f64,
}

impl Share {
    /// Compares.
    pub fn of(outcome: &Outcome, verifications_per_second: f64) -> Share {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Share {
            verifications_per_second,
            cores,
            share: outcome.oks_per_second / (verifications_per_second * cores as f64),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "one core verifies {:.0} events/s; OK/s is {:.0} % of what {} cores verify",
            self.verifications_per_second,
            self.share * 100.0,
            self.cores
        )
    }
}

/// How many ids and signatures one core verifies a second, measured on this thread.
///
/// # Errors
/// An event that is not valid.
pub fn verifications_per_second(lines: &[impl AsRef<str>]) -> anyhow::Result<f64> {
    let events = lines.iter().take(VERIFIED_EVENTS_MAX);
    let events = events
        .map(|line| Event::parse(line.as_ref()))
        .collect::<Result<Vec<Event>, _>>()?;
    let begun = Instant::now();
    for event in &events {
        event.verify()?;
    }
    Ok(events.len() as f64 / begun.elapsed().as_secs_f64())
}

/// Events as frames, one share for each connection.
pub struct Prepared {
    shares: Vec<Frames>,
    outstanding: usize,
    events: usize,
}

impl Prepared {
    /// Deals the events out one by one, so that they arrive about in the order of the lines.
    ///
    /// # Errors
    /// A line without an id; no lines.
    pub fn new(lines: &[impl AsRef<str>], options: Options) -> anyhow::Result<Prepared> {
        ensure!(!lines.is_empty(), "there are no events");
        let connections = options.connections.clamp(1, lines.len());
        let mut shares: Vec<Frames> = Vec::new();
        shares.resize_with(connections, Frames::default);
        for (number, line) in lines.iter().enumerate() {
            let share = shares.get_mut(number % connections).context("a share")?;
            let pushed = share.push(line.as_ref());
            pushed.with_context(|| format!("line {}", number + 1))?;
        }
        Ok(Prepared {
            shares,
            outstanding: options.outstanding,
            events: lines.len(),
        })
    }
}

/// Publishes everything. To be run on one thread.
///
/// # Errors
/// A relay that is not there, ends a connection or is silent for too long.
pub async fn publish(relay: &str, prepared: Prepared) -> anyhow::Result<Outcome> {
    let (target, ear) = (Target::find(relay).await?, Ear::new());
    let mut writers = Vec::with_capacity(prepared.shares.len());
    for frames in prepared.shares {
        writers.push((Connection::open(&target, None).await?, frames));
    }
    let begun = Instant::now();
    let done = spread(writers, &ear, |(mut connection, frames), ear| async move {
        let mut heard = Heard::of(frames.len());
        let publishing = publisher::publish(
            &mut connection,
            frames,
            prepared.outstanding,
            &ear,
            &mut heard,
        );
        publishing.await?;
        Ok(heard)
    });
    let done = done.await?;
    let seconds = begun.elapsed().as_secs_f64();
    let refused = done.iter().map(|heard| heard.refused).sum();
    let mut first_refusals = done.iter().map(|heard| heard.first_refusal.clone());
    let first_refusal = first_refusals.find_map(|refusal| refusal);
    let mut waits: Vec<Duration> = done.into_iter().flat_map(|heard| heard.waits).collect();
    Ok(Outcome {
        events: prepared.events,
        refused,
        first_refusal,
        seconds,
        oks_per_second: waits.len() as f64 / seconds,
        time_to_ok: Latency::of(&mut waits),
    })
}

/// What one connection heard.
struct Heard {
    /// When each event was sent.
    sent_at: Vec<Instant>,
    waits: Vec<Duration>,
    refused: usize,
    first_refusal: Option<String>,
}

impl Heard {
    fn of(events: usize) -> Heard {
        Heard {
            sent_at: Vec::with_capacity(events),
            waits: Vec::with_capacity(events),
            refused: 0,
            first_refusal: None,
        }
    }
}

impl Watch for Heard {
    fn sent(&mut self, _: usize) {
        self.sent_at.push(Instant::now());
    }

    fn answered(&mut self, number: usize, accepted: bool, message: &[u8]) {
        let sent_at = self.sent_at.get(number);
        self.waits.extend(sent_at.map(Instant::elapsed));
        if !accepted {
            self.refused += 1;
            let refusal = || String::from_utf8_lossy(message).into_owned();
            self.first_refusal.get_or_insert_with(refusal);
        }
    }
}
