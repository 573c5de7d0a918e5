//! How fast a relay finds meetups by place, date and words, while somebody writes: one question at a
//! time, so that each wait is that of one question. Each answer is compared with the right one; a wrong
//! answer fails the run, a slow one does not.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;

use crate::ingest::{self, Prepared};
use crate::markdown::write_between_marks;
use crate::relays;
use crate::world::{DiscoveryWorld, Size, for_each_line};

mod asking;
mod expected;
mod fresh;
mod pages;
mod questions;
mod report;
mod stats;

pub use questions::{Class, Goal, classes};
pub use report::{Report, Row};

use expected::Expected;

/// Events that are made and published at once when a relay is filled.
const EVENTS_PER_FILLING: usize = 50_000;

/// Ask for meetups by place, date and words, beside a writer.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    size: Size,
    #[command(flatten)]
    options: Options,
    /// The relay has the world already: it is neither emptied nor filled
    #[arg(long)]
    filled: bool,
    /// Only this class of questions
    #[arg(long)]
    class: Option<String>,
    /// Write everything that was measured to this file, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// What --json wrote of another run, such as of a smaller world, to show the ratios
    #[arg(long)]
    beside: Option<PathBuf>,
    /// Write the table to this file, as Markdown: between its marks if it has them, which are others
    /// with --beside
    #[arg(long)]
    markdown: Option<PathBuf>,
    /// The relay, as ws://host:port, if no file names it
    #[arg(long, default_value = "ws://127.0.0.1:7447")]
    relay: String,
    /// Which relay of the file, if there are several
    #[arg(long, requires = "relays")]
    name: Option<String>,
    /// The file that names relays, as for `compare`: the relay is started on an empty folder
    relays: Option<PathBuf>,
}

/// How long, beside how much writing.
#[derive(Debug, Clone, Copy, Args)]
pub struct Options {
    /// Seconds for each class of questions
    #[arg(long, default_value_t = Options::default().seconds)]
    pub seconds: f64,
    /// New events a second, written meanwhile
    #[arg(long, default_value_t = Options::default().rate)]
    pub rate: u32,
    /// Seconds that the relay gets after it was filled
    #[arg(long, default_value_t = Options::default().rest_seconds)]
    pub rest_seconds: f64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            seconds: 10.0,
            rate: 1_000,
            rest_seconds: 3.0,
        }
    }
}

/// Fills, measures, prints, writes.
///
/// # Errors
/// A relay that does not answer; a wrong answer; a file that cannot be read or written.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let beside = arguments.beside.as_deref().map(Report::read).transpose()?;
    let world = DiscoveryWorld::new(arguments.size)?;
    let mut classes = classes(&world)?;
    if let Some(name) = &arguments.class {
        classes.retain(|class| class.name == name);
        ensure!(!classes.is_empty(), "no class {name}");
    }
    let rows = match &arguments.relays {
        None => arguments.measure(&arguments.relay, &world, &classes)?,
        Some(file) => {
            let relay = relays::named(file, arguments.name.as_deref())?;
            let running = match arguments.filled {
                true => relay.start()?,
                false => relay.start_fresh()?,
            };
            let rows = arguments.measure(&relay.url, &world, &classes)?;
            running.stop()?;
            rows
        }
    };
    let report = Report::of(arguments.size, arguments.options, rows);
    let table = report.markdown(beside.as_ref());
    println!("\n{table}");
    if let Some(file) = &arguments.json {
        let text = serde_json::to_string_pretty(&report)?;
        fs::write(file, text).with_context(|| file.display().to_string())?;
    }
    if let Some(file) = &arguments.markdown {
        let marks = match &beside {
            None => "discovery",
            Some(_) => "discovery-beside",
        };
        write_between_marks(file, marks, &table)?;
    }
    report.check()
}

impl Arguments {
    fn measure(
        &self,
        relay: &str,
        world: &DiscoveryWorld,
        classes: &[Class],
    ) -> anyhow::Result<Vec<Row>> {
        if !self.filled {
            let (begun, events) = (Instant::now(), fill(relay, world)?);
            let seconds = begun.elapsed().as_secs_f64();
            println!("filled with {events} events in {seconds:.0} s");
            std::thread::sleep(Duration::from_secs_f64(self.options.rest_seconds));
        }
        measure(relay, world, classes, self.options)
    }
}

/// Publishes a world.
///
/// # Errors
/// A relay that is not there, or does not take all of it.
pub fn fill(relay: &str, world: &DiscoveryWorld) -> anyhow::Result<usize> {
    let mut lines: Vec<String> = Vec::with_capacity(EVENTS_PER_FILLING);
    let mut events = 0;
    let mut publish = |lines: &mut Vec<String>| {
        if lines.is_empty() {
            return Ok(());
        }
        let prepared = Prepared::new(lines, ingest::Options::default())?;
        lines.clear();
        let outcome = crate::block_on(ingest::publish(relay, prepared))?;
        let refusal = outcome.first_refusal.unwrap_or_default();
        ensure!(outcome.refused == 0, "the relay refused: {refusal}");
        events += outcome.events;
        Ok(())
    };
    for_each_line(world, |line| {
        lines.push(line);
        match lines.len() {
            EVENTS_PER_FILLING => publish(&mut lines),
            _ => Ok(()),
        }
    })?;
    publish(&mut lines)?;
    Ok(events)
}

/// Asks the questions of each class, of a relay that has the world. Prints each row as it comes.
///
/// # Errors
/// A relay that does not answer, or refuses an event or a question.
pub fn measure(
    relay: &str,
    world: &DiscoveryWorld,
    classes: &[Class],
    options: Options,
) -> anyhow::Result<Vec<Row>> {
    let mut expected = Expected::of(world, classes)?;
    let mut rows = Vec::with_capacity(classes.len());
    for (number, class) in classes.iter().enumerate() {
        let fresh = fresh::make(options)?;
        let (row, written) =
            asking::measure(relay, class, expected.of_class(number), fresh, options)?;
        println!("{row}");
        rows.push(row);
        // What was written beside one class is stored when the next is asked.
        expected.add(classes, &written);
    }
    Ok(rows)
}
