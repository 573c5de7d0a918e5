//! The command line of `kith-bench`: arguments, then one `match`. Measures nothing itself.

use clap::{Parser, Subcommand};
use kith_bench::{
    announce, compare, conns, crash, discovery, fanout, guard, hostile, ingest, micro, pages,
    query, scan, watch, world,
};

#[derive(Parser)]
#[command(about, version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Announce(announce::Arguments),
    World(world::Arguments),
    Ingest(ingest::Arguments),
    Query(query::Arguments),
    Fanout(fanout::Arguments),
    Conns(conns::Arguments),
    Scan(scan::Arguments),
    Crash(crash::Arguments),
    Discovery(discovery::Arguments),
    Compare(compare::Arguments),
    Hostile(hostile::Arguments),
    Micro(micro::Arguments),
    Guard(guard::Arguments),
    Watch(watch::Arguments),
    Pages(pages::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Announce(arguments) => announce::run(&arguments),
        Command::World(arguments) => world::run(&arguments),
        Command::Ingest(arguments) => ingest::run(&arguments),
        Command::Query(arguments) => query::run(&arguments),
        Command::Fanout(arguments) => fanout::run(&arguments),
        Command::Conns(arguments) => conns::run(&arguments),
        Command::Scan(arguments) => scan::run(&arguments),
        Command::Crash(arguments) => crash::run(&arguments),
        Command::Discovery(arguments) => discovery::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Hostile(arguments) => hostile::run(&arguments),
        Command::Micro(arguments) => micro::run(&arguments),
        Command::Guard(arguments) => guard::run(&arguments),
        Command::Watch(arguments) => watch::run(&arguments),
        Command::Pages(arguments) => pages::run(&arguments),
    }
}
