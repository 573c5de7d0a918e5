//! `kith relays …` as typed.

use clap::Subcommand;

/// Choose the relays.
#[derive(Debug, Subcommand)]
pub enum Relays {
    /// List the relays that would be used, and where they were named
    List,
    /// Add relays to the configuration
    #[command(after_help = "Example:\n  kith relays add wss://relay.example.com")]
    Add {
        /// ws:// or wss:// address
        #[arg(required = true, value_name = "URL")]
        urls: Vec<String>,
    },
    /// Remove relays from the configuration
    #[command(after_help = "Example:\n  kith relays remove wss://relay.example.com")]
    Remove {
        /// ws:// or wss:// address
        #[arg(required = true, value_name = "URL")]
        urls: Vec<String>,
    },
}
