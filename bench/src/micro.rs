//! Five fixed pieces of work on the paths that every message takes. They need no socket, no clock
//! and no chance, so that the instructions of one run can be compared with those of another.
//!
//! Nothing here measures: `guard` counts, and the benches take the time of smaller pieces.

use std::sync::Arc;

use anyhow::ensure;
use clap::{Args, ValueEnum};
use kith_nips::Event;

pub mod audience;
pub mod disk;
pub mod frames;
pub mod notes;
pub mod questions;

use audience::Audience;
use disk::Disk;
use notes::notes;
use questions::questions;

/// Notes that are parsed in one round.
const PARSED_NOTES: usize = 1_000;
/// Client messages that are read, and notes that are written as frames, in one round.
const FRAMED_NOTES: usize = 1_000;
/// Notes that are delivered in one round, and how many at once.
const DELIVERED_NOTES: usize = 500;
const DELIVERED_AT_ONCE: usize = 100;
/// Live subscriptions that they are delivered to, one filter each.
const LIVE_SUBSCRIPTIONS: usize = 2_000;
/// Notes that are stored and indexed in one round, and that questions are asked about.
const STORED_NOTES: usize = 2_000;
/// Questions in one round.
const QUESTIONS: usize = 200;

/// Do one fixed piece of work, for `guard` or a profiler to look at.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Which
    workload: Workload,
    /// How often; 0 only prepares
    #[arg(long, default_value_t = 1)]
    rounds: usize,
}

/// Runs the subcommand.
///
/// # Errors
/// As [`Workload::run`].
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    println!("{}", arguments.workload.run(arguments.rounds)?);
    Ok(())
}

/// One piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Workload {
    /// JSON text to events
    Parse,
    /// Client messages to verbs and filters, answers and events to JSON
    Frames,
    /// New events to live subscriptions
    Match,
    /// Events to the disk and into its index
    Store,
    /// Filters to stored events
    Scan,
}

/// What is done in each round; gives the number of things that came of it.
type Work = Box<dyn FnMut() -> anyhow::Result<usize>>;

impl Workload {
    /// All of them, in the order of the road of an event.
    pub const ALL: [Workload; 5] = [
        Workload::Parse,
        Workload::Frames,
        Workload::Match,
        Workload::Store,
        Workload::Scan,
    ];

    /// The name on the command line and in the baseline.
    pub fn name(self) -> &'static str {
        match self {
            Workload::Parse => "parse",
            Workload::Frames => "frames",
            Workload::Match => "match",
            Workload::Store => "store",
            Workload::Scan => "scan",
        }
    }

    /// Prepares the work and does it so often; gives the number of things that came of it: events,
    /// messages, deliveries. No round at all only prepares.
    ///
    /// # Errors
    /// The work cannot be done, or nothing comes of it.
    pub fn run(self, rounds: usize) -> anyhow::Result<usize> {
        let mut work = match self {
            Workload::Parse => parse()?,
            Workload::Frames => frames()?,
            Workload::Match => deliver()?,
            Workload::Store => store()?,
            Workload::Scan => scan()?,
        };
        let mut results = 0;
        for _ in 0..rounds {
            results += work()?;
        }
        ensure!(
            rounds == 0 || results > 0,
            "{} came to nothing",
            self.name()
        );
        Ok(results)
    }
}

fn parse() -> anyhow::Result<Work> {
    let notes = notes(PARSED_NOTES)?;
    Ok(Box::new(move || {
        let mut parsed = 0;
        for note in &notes {
            parsed += usize::from(Event::parse(note.json())? == *note);
        }
        Ok(parsed)
    }))
}

fn frames() -> anyhow::Result<Work> {
    let notes = notes(FRAMED_NOTES)?;
    let messages = frames::client_messages(&notes);
    Ok(Box::new(move || {
        let read = frames::read(&messages)?;
        Ok(read + frames::write(&notes)?)
    }))
}

fn deliver() -> anyhow::Result<Work> {
    let notes: Vec<_> = notes(DELIVERED_NOTES)?.into_iter().map(Arc::new).collect();
    let audience = Audience::new(LIVE_SUBSCRIPTIONS, &notes)?;
    Ok(Box::new(move || {
        notes
            .chunks(DELIVERED_AT_ONCE)
            .map(|batch| audience.tell(batch))
            .sum()
    }))
}

fn store() -> anyhow::Result<Work> {
    let notes: Vec<_> = notes(STORED_NOTES)?.into_iter().map(Arc::new).collect();
    Ok(Box::new(move || {
        let disk = Disk::new()?;
        let saved = disk.save(&notes)?;
        // Closing moves everything into the index.
        disk.close();
        Ok(saved)
    }))
}

fn scan() -> anyhow::Result<Work> {
    let notes: Vec<_> = notes(STORED_NOTES)?.into_iter().map(Arc::new).collect();
    let questions = questions(QUESTIONS, &notes)?;
    let disk = Disk::indexed(&notes)?;
    Ok(Box::new(move || {
        questions.iter().map(|question| disk.ask(question)).sum()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_comes_of_every_round() {
        for workload in Workload::ALL {
            let once = workload.run(1).unwrap();
            assert_eq!(workload.run(2).unwrap(), 2 * once, "{workload:?}");
            assert_eq!(workload.run(0).unwrap(), 0, "{workload:?}");
        }
    }

    #[test]
    fn a_name_is_what_the_command_line_takes() {
        for workload in Workload::value_variants() {
            assert_eq!(Workload::from_str(workload.name(), false), Ok(*workload));
        }
        assert_eq!(Workload::value_variants(), Workload::ALL);
    }
}
