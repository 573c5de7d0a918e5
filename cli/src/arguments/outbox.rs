//! `kith outbox …` as typed.

use clap::{Args, Subcommand};

pub const EXAMPLES: &str = "Examples:
  kith outbox
  kith outbox send
  kith outbox drop 3f2a9c01";

/// Show what waits to be sent, send it, or drop it.
#[derive(Debug, Args)]
pub struct Outbox {
    /// What to do; without it, what waits is listed.
    #[command(subcommand)]
    pub action: Option<OutboxAction>,
}

/// What to do with it.
#[derive(Debug, Subcommand)]
pub enum OutboxAction {
    /// Send now what waits
    Send,
    /// Take notes out of the queue; they are not sent
    #[command(after_help = "Examples:\n  kith outbox drop 3f2a9c01\n  kith outbox drop --all")]
    Drop {
        /// Ids, or their beginnings, as they are listed
        #[arg(value_name = "ID", required_unless_present = "all")]
        ids: Vec<String>,
        /// Everything
        #[arg(long, conflicts_with = "ids")]
        all: bool,
    },
}
