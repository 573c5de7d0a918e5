//! How fast a relay takes events: so many connections, so many events under way on each.
//!
//! Frames are made before the clock starts. A connection that hears an `OK` sends the next event;
//! what can be sent at once leaves in one write.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use kith_nips::Event;
use serde::Serialize;

use crate::answer::{Answer, IdPrefix, event_id, id_prefix};
use crate::client::{Connection, Ear, Target};
use crate::frame;
use crate::latency::Latency;
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
    #[arg(long, default_value_t = 8)]
    pub connections: usize,
    /// Events under way on each connection
    #[arg(long, default_value_t = 256)]
    pub outstanding: usize,
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
    let file = &arguments.file;
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let lines: Vec<&str> = text.lines().collect();
    let verified = verifications_per_second(&lines)?;
    let prepared = Prepared::new(&lines, arguments.options)?;
    let outcome = crate::block_on(publish(&arguments.relay, prepared))?;
    println!("{outcome}");
    println!("{}", Share::of(&outcome, verified));
    Ok(())
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

/// What one connection sends.
#[derive(Default)]
struct Frames {
    bytes: Vec<u8>,
    /// Where each frame ends.
    ends: Vec<usize>,
    /// Which frame has the event of this id.
    by_id: HashMap<IdPrefix, usize>,
}

impl Prepared {
    /// Deals the events out one by one, so that they arrive about in the order of the lines.
    ///
    /// # Errors
    /// A line without an id.
    pub fn new(lines: &[impl AsRef<str>], options: Options) -> anyhow::Result<Prepared> {
        ensure!(!lines.is_empty(), "there are no events");
        let connections = options.connections.clamp(1, lines.len());
        let mut shares: Vec<Frames> = Vec::new();
        shares.resize_with(connections, Frames::default);
        let mut message = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            let line = line.as_ref().as_bytes();
            let share = shares.get_mut(number % connections).context("a share")?;
            let id = event_id(line).and_then(id_prefix);
            let id = id.with_context(|| format!("line {} has no id", number + 1))?;
            message.clear();
            message.extend_from_slice(br#"["EVENT","#);
            message.extend_from_slice(line);
            message.push(b']');
            frame::push_text(&mut share.bytes, &message);
            share.by_id.insert(id, share.ends.len());
            share.ends.push(share.bytes.len());
        }
        Ok(Prepared {
            shares,
            outstanding: options.outstanding.max(1),
            events: lines.len(),
        })
    }
}

/// Publishes everything. To be run on one thread.
///
/// # Errors
/// A relay that is not there, ends a connection or is silent for too long.
pub async fn publish(relay: &str, prepared: Prepared) -> anyhow::Result<Outcome> {
    let target = Target::find(relay).await?;
    let ear = Ear::new();
    let mut writers = Vec::with_capacity(prepared.shares.len());
    for frames in prepared.shares {
        let connection = Connection::open(&target, None).await?;
        writers.push(Writer::new(connection, frames, prepared.outstanding));
    }
    let begun = Instant::now();
    let done = spread(writers, &ear, Writer::run).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let answers: Vec<Answers> = done.into_iter().map(|writer| writer.answers).collect();
    let refused = answers.iter().map(|answers| answers.refused).sum();
    let mut first_refusals = answers.iter().map(|answers| answers.first_refusal.clone());
    let first_refusal = first_refusals.find_map(|refusal| refusal);
    let mut waits: Vec<Duration> = answers
        .into_iter()
        .flat_map(|answers| answers.waits)
        .collect();
    Ok(Outcome {
        events: prepared.events,
        refused,
        first_refusal,
        seconds,
        oks_per_second: waits.len() as f64 / seconds,
        time_to_ok: Latency::of(&mut waits),
    })
}

/// One connection that publishes.
struct Writer {
    connection: Connection,
    frames: Frames,
    outstanding: usize,
    /// Bytes sent.
    sent: usize,
    /// When each frame was sent, in order.
    sent_at: Vec<Instant>,
    answers: Answers,
}

/// What one connection heard.
struct Answers {
    /// Which frame has the event of this id, until it is answered.
    by_id: HashMap<IdPrefix, usize>,
    /// When the messages came that are being read.
    heard_at: Option<Instant>,
    waits: Vec<Duration>,
    refused: usize,
    first_refusal: Option<String>,
}

impl Writer {
    fn new(connection: Connection, mut frames: Frames, outstanding: usize) -> Writer {
        let by_id = std::mem::take(&mut frames.by_id);
        let events = frames.ends.len();
        Writer {
            connection,
            frames,
            outstanding,
            sent: 0,
            sent_at: Vec::with_capacity(events),
            answers: Answers {
                by_id,
                heard_at: None,
                waits: Vec::with_capacity(events),
                refused: 0,
                first_refusal: None,
            },
        }
    }

    async fn run(mut self, ear: Ear) -> anyhow::Result<Writer> {
        let events = self.frames.ends.len();
        while self.answers.waits.len() < events {
            self.feed()?;
            let is_waiting_for_room = self.sent < self.allowed();
            let (answers, sent_at) = (&mut self.answers, &self.sent_at);
            let take = |message: &[u8]| answers.take(message, sent_at);
            self.connection
                .hear(&ear, is_waiting_for_room, take)
                .await?;
            answers.heard_at = None;
            if self.is_between_frames() {
                self.connection.answer_pings().await?;
            }
        }
        Ok(self)
    }

    /// Where the bytes end that may be sent by now.
    fn allowed(&self) -> usize {
        let frames = (self.answers.waits.len() + self.outstanding).min(self.frames.ends.len());
        self.frames
            .ends
            .get(frames.wrapping_sub(1))
            .copied()
            .unwrap_or_default()
    }

    fn feed(&mut self) -> anyhow::Result<()> {
        let waiting = self
            .frames
            .bytes
            .get(self.sent..self.allowed())
            .unwrap_or_default();
        if waiting.is_empty() {
            return Ok(());
        }
        self.sent += self.connection.send_some(waiting)?;
        let now = Instant::now();
        while let Some(end) = self.frames.ends.get(self.sent_at.len())
            && *end <= self.sent
        {
            self.sent_at.push(now);
        }
        Ok(())
    }

    fn is_between_frames(&self) -> bool {
        let whole = self.sent_at.len();
        let end = self.frames.ends.get(whole.wrapping_sub(1));
        self.sent == end.copied().unwrap_or_default()
    }
}

impl Answers {
    fn take(&mut self, message: &[u8], sent_at: &[Instant]) {
        let Answer::Ok { id, accepted } = Answer::read(message) else {
            return;
        };
        let number = id_prefix(id).and_then(|id| self.by_id.remove(&id));
        let Some(sent_at) = number.and_then(|number| sent_at.get(number)) else {
            return;
        };
        let now = *self.heard_at.get_or_insert_with(Instant::now);
        self.waits.push(now - *sent_at);
        if !accepted {
            self.refused += 1;
            let refusal = || String::from_utf8_lossy(message).into_owned();
            self.first_refusal.get_or_insert_with(refusal);
        }
    }
}
