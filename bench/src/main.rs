//! The command line of `kith-bench`: arguments, then one `match`. Measures nothing itself.

use clap::{Parser, Subcommand};
use kith_bench::{hostile, ingest, world};

#[derive(Parser)]
#[command(about, version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    World(world::Arguments),
    Ingest(ingest::Arguments),
    Hostile(hostile::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::World(arguments) => world::run(&arguments),
        Command::Ingest(arguments) => ingest::run(&arguments),
        Command::Hostile(arguments) => hostile::run(&arguments),
    }
}
