//! `kith-bench world` writes a world of communities as JSON lines; `kith-bench load` publishes
//! such a file to any relay and asks it what people ask; `kith-bench hostile` asks it beside others
//! who ask too much. Figures are printed, never asserted. `kith-bench guard` is the exception: it
//! counts instructions, which are the same on a busy machine.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use kith_bench::micro::Workload;

mod client;
mod guard;
mod hostile;
mod latency;
mod load;
mod world;

#[derive(Parser)]
#[command(about, version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write signed events of a made-up world, the same for the same seed
    World {
        /// How many events
        #[arg(long, default_value_t = 50_000)]
        events: usize,
        /// Another seed is another world
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The file to write
        file: PathBuf,
    },
    /// Publish a world to a relay, then ask it questions
    Load {
        /// The relay, as ws://host:port
        #[arg(long, default_value = "ws://127.0.0.1:7447")]
        relay: String,
        /// Connections that publish
        #[arg(long, default_value_t = 8)]
        writers: usize,
        /// Events under way on each connection
        #[arg(long, default_value_t = 64)]
        in_flight: usize,
        /// How often each question is asked
        #[arg(long, default_value_t = 500)]
        questions: usize,
        /// The file that `world` wrote
        file: PathBuf,
    },
    /// Ask a relay simple questions while others ask the most expensive ones
    Hostile {
        /// The relay, as ws://host:port, which has the events of the file
        #[arg(long, default_value = "ws://127.0.0.1:7447")]
        relay: String,
        /// Connections that ask expensive questions
        #[arg(long, default_value_t = 8)]
        attackers: usize,
        /// Expensive questions under way on each
        #[arg(long, default_value_t = 4)]
        in_flight: usize,
        /// Simple questions in each phase, at least
        #[arg(long, default_value_t = 400)]
        questions: usize,
        /// Seconds that each phase takes, at least
        #[arg(long, default_value_t = 5)]
        seconds: u64,
        /// The file that `load` published
        file: PathBuf,
    },
    /// Do one fixed piece of work, for `guard` or a profiler to look at
    Micro {
        /// Which
        workload: Workload,
        /// How often; 0 only prepares
        #[arg(long, default_value_t = 1)]
        rounds: usize,
    },
    /// Count the instructions of the fixed pieces of work and compare them with the baseline
    Guard {
        /// Write the baseline instead
        #[arg(long)]
        write: bool,
        /// Where the baseline is
        #[arg(long, default_value = "bench/instructions.toml")]
        baseline: PathBuf,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::World { events, seed, file } => world::write(&file, events, seed),
        Command::Load {
            relay,
            writers,
            in_flight,
            questions,
            file,
        } => runtime()?.block_on(load::run(&load::Load {
            relay,
            writers,
            in_flight,
            questions,
            file,
        })),
        Command::Hostile {
            relay,
            attackers,
            in_flight,
            questions,
            seconds,
            file,
        } => runtime()?.block_on(hostile::run(&hostile::Hostile {
            relay,
            attackers,
            in_flight,
            questions,
            seconds,
            file,
        })),
        Command::Micro { workload, rounds } => {
            println!("{}", workload.run(rounds)?);
            Ok(())
        }
        Command::Guard { write, baseline } => match write {
            true => guard::write(&baseline),
            false => guard::compare(&baseline),
        },
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}
