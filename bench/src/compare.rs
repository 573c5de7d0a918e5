//! Relays side by side: the same work for each, in turns, each time on an empty folder and with
//! another world; medians, ranges and ratios of what was measured.
//!
//! The first relay of the file is the one that the others are compared with.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};

use crate::ingest::verifications_per_second;
use crate::markdown::write_between_marks;
use crate::questions::Class;
use crate::relays::{self, Relay};
use crate::world::{Size, World};
use crate::{conns, fanout, ingest, query, scan};

pub(crate) mod figure;
mod report;
mod round;

use report::Report;
use round::{Material, Round};

/// Measure relays in turns and compare them.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    size: Size,
    /// How often each relay has its turn
    #[arg(long, default_value_t = 3)]
    rounds: u64,
    /// Only these parts; without ingest, of relays that have the world already
    #[arg(long, value_delimiter = ',', default_values = ["ingest", "query", "fanout", "conns"])]
    only: Vec<Part>,
    /// Seconds for the mix of questions, and for each class
    #[arg(long, default_value_t = 5.0)]
    query_seconds: f64,
    /// Connections with one subscription each, for fan-out
    #[arg(long, default_value_t = 2_000)]
    subscribers: usize,
    /// Idle connections
    #[arg(long, default_value_t = 10_000)]
    idle_connections: usize,
    /// Write everything that was measured to this file, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// Write the table to this file, as Markdown: between its marks if it has them
    #[arg(long)]
    markdown: Option<PathBuf>,
    /// The file that names relays
    relays: PathBuf,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// How fast events are taken, and what they take on the disk
    Ingest,
    /// How fast questions are answered
    Query,
    /// How fast new events are handed on
    Fanout,
    /// How long simple questions wait beside heavy ones
    Scan,
    /// How long a start takes on what was taken, and what an idle connection costs then
    Conns,
}

/// Measures, prints, writes.
///
/// # Errors
/// A file that cannot be read or written. A relay that fails is named in the report instead.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let relays = relays::read(&arguments.relays)?;
    ensure!(!relays.is_empty(), "no relays");
    let mut rounds = Vec::new();
    for number in 0..arguments.rounds {
        let material = arguments.material(number)?;
        for relay in &relays {
            println!("round {}: {}", number + 1, relay.name);
            let round = round::measure(relay, &material, &arguments.only);
            println!("{round}");
            rounds.push(round);
        }
    }
    let report = Report::of(arguments.size.events, &names(&relays), rounds);
    println!("{}", report.markdown());
    if let Some(file) = &arguments.json {
        let text = serde_json::to_string_pretty(&report)?;
        fs::write(file, text).with_context(|| file.display().to_string())?;
    }
    match &arguments.markdown {
        Some(file) => write_between_marks(file, "compare", &report.markdown()),
        None => Ok(()),
    }
}

impl Arguments {
    /// What all relays get in one round: another world each time, so that one that was not emptied
    /// has new work.
    fn material(&self, round: u64) -> anyhow::Result<Material> {
        let size = Size {
            seed: self.size.seed + round,
            ..self.size
        };
        let world = World::new(size)?;
        let lines = world.lines()?;
        let classes: Vec<Class> = query::with_mix(&world)?;
        Ok(Material {
            number: round + 1,
            verifications_per_second: verifications_per_second(&lines)?,
            lines,
            classes,
            ingest: ingest::Options::default(),
            query: query::Options {
                seconds: self.query_seconds,
                ..query::Options::default()
            },
            fanout: fanout::Options {
                subscribers: self.subscribers,
                ..fanout::Options::default()
            },
            conns: conns::Options {
                connections: self.idle_connections,
                ..conns::Options::default()
            },
            scan: scan::Options::default(),
        })
    }
}

fn names(relays: &[Relay]) -> Vec<String> {
    relays.iter().map(|relay| relay.name.clone()).collect()
}
