//! `kith doctor` as typed.

use clap::Args;

/// Examples below the help of `kith doctor`.
pub const EXAMPLES: &str = "\
Examples:
  kith doctor
  kith doctor --write
  kith doctor --json --relay wss://relay.example.com";

/// `kith doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Also write to every relay, and ask for what was written: a small note that
    /// no program shows, and that expires after a day
    #[arg(long)]
    pub write: bool,
}
