//! Somebody who writes while others ask: new events of the same style as the world, dated now, so many
//! a second on one connection.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use kith_nips::Event;

use super::Options;
use super::expected::Meetup;
use crate::client::{Connection, Ear, Target, refusal, unless_silent};
use crate::latency::Latency;
use crate::publisher::{Frames, Watch, publish_paced};
use crate::world::{DiscoveryWorld, Size};

/// Events that are made as one small world, so that each second has some of all kinds.
const EVENTS_PER_BATCH: u64 = 1_000;

/// New events, and which of them the relay has.
pub struct Fresh {
    frames: Frames,
    /// The meetups among them, each with its place among all.
    pub meetups: Vec<(usize, Meetup)>,
    taken: Taken,
}

/// Which events got their `OK`, by place.
pub struct Taken(Vec<AtomicBool>);

/// What was written.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// Events a second.
    pub events_per_second: f64,
    /// From sending an event to its `OK`.
    pub time_to_ok: Latency,
}

/// Makes as many events as will be written beside one class, by people that no relay has seen.
///
/// # Errors
/// A note that cannot be written; a clock before 1970.
pub fn make(options: Options) -> anyhow::Result<Fresh> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let (now, run) = (since_1970.as_secs(), since_1970.as_nanos() as u64);
    let wanted = (f64::from(options.rate) * options.seconds).ceil() as u64;
    let mut fresh = Fresh {
        frames: Frames::default(),
        meetups: Vec::new(),
        taken: Taken((0..wanted).map(|_| AtomicBool::new(false)).collect()),
    };
    for batch in 0..wanted.div_ceil(EVENTS_PER_BATCH) {
        let size = Size {
            events: EVENTS_PER_BATCH.min(wanted - batch * EVENTS_PER_BATCH),
            seed: run.wrapping_add(batch),
        };
        for line in DiscoveryWorld::fresh(size, now)?.lines()? {
            let event = Event::parse(&line).context("a fresh event")?;
            if matches!(event.kind().as_u16(), 31_922 | 31_923) {
                let place = fresh.frames.len();
                fresh.meetups.push((place, Meetup::of(event)));
            }
            fresh.frames.push(&line)?;
        }
    }
    Ok(fresh)
}

impl Fresh {
    /// Takes it apart: what is written, and what is asked for meanwhile.
    pub fn split(self) -> (Frames, Vec<(usize, Meetup)>, Taken) {
        (self.frames, self.meetups, self.taken)
    }
}

impl Taken {
    /// Whether the event at this place got its `OK`.
    pub fn has(&self, place: usize) -> bool {
        let taken = self.0.get(place);
        taken.is_some_and(|taken| taken.load(Ordering::Acquire))
    }
}

/// Publishes the events at a fixed rate until all are answered. To be run on a thread of its own.
///
/// # Errors
/// A relay that is not there or does not take an event.
pub async fn write(
    relay: &str,
    frames: Frames,
    rate: u32,
    taken: &Taken,
) -> anyhow::Result<Written> {
    let (target, ear) = (Target::find(relay).await?, Ear::new());
    let events = frames.len();
    let mut connection = Connection::open(&target, None).await?;
    let mut clerk = Clerk {
        taken,
        sent_at: Vec::with_capacity(events),
        waits: Vec::with_capacity(events),
        refusal: None,
    };
    let begun = Instant::now();
    if events > 0 {
        let publishing = publish_paced(&mut connection, frames, &ear, &mut clerk, rate);
        unless_silent(&ear, publishing).await?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    match clerk.refusal {
        Some(refusal) => Err(refusal),
        None => Ok(Written {
            events_per_second: events as f64 / seconds,
            time_to_ok: Latency::of(&mut clerk.waits),
        }),
    }
}

/// Notes what the relay took, and when.
struct Clerk<'a> {
    taken: &'a Taken,
    sent_at: Vec<Instant>,
    waits: Vec<Duration>,
    refusal: Option<anyhow::Error>,
}

impl Watch for Clerk<'_> {
    fn sent(&mut self, _: usize) {
        self.sent_at.push(Instant::now());
    }

    fn answered(&mut self, number: usize, accepted: bool, message: &[u8]) {
        let sent_at = self.sent_at.get(number);
        self.waits.extend(sent_at.map(Instant::elapsed));
        if !accepted {
            self.refusal = Some(refusal(message));
        } else if let Some(taken) = self.taken.0.get(number) {
            taken.store(true, Ordering::Release);
        }
    }
}
