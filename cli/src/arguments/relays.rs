//! `kith relays …` as typed.

use clap::{Args, Subcommand};

use crate::radius::Radius;

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
    /// Say which relays you write to and read from, so that others find you (kind 10002, NIP-65)
    #[command(
        after_help = "Examples:\n  kith relays publish\n  kith relays publish wss://both.example.com --write wss://mine.example.com"
    )]
    Publish {
        /// Relays for both; those of the configuration when none is named at all
        #[arg(value_name = "URL")]
        urls: Vec<String>,
        /// Only your own notes are there; can be repeated
        #[arg(long, value_name = "URL")]
        write: Vec<String>,
        /// Others write to you there; can be repeated
        #[arg(long, value_name = "URL")]
        read: Vec<String>,
        /// What is to be done when not every relay tells what it has
        #[command(flatten)]
        list: super::ListRewrite,
    },
    /// Show which relays somebody says they use
    #[command(after_help = "Examples:\n  kith relays show\n  kith relays show npub1…")]
    Show {
        /// npub1… or bob@example.com; yourself when nobody is named
        person: Option<String>,
    },
    /// Remove relays from the configuration
    #[command(after_help = "Example:\n  kith relays remove wss://relay.example.com")]
    Remove {
        /// ws:// or wss:// address
        #[arg(required = true, value_name = "URL")]
        urls: Vec<String>,
    },
    /// Find relays near a place, by the word of monitors (NIP-66); none is added
    #[command(
        after_help = "Examples:\n  kith relays find Brighton\n  kith relays find \"Brighton, GB\" --radius 200km --nip 50 --nip 45"
    )]
    Find(Find),
}

/// `kith relays find`.
#[derive(Debug, Args)]
pub struct Find {
    /// A city ("Brighton", "Brighton, GB") or "latitude,longitude"
    #[arg(allow_hyphen_values = true)]
    pub place: String,
    /// How far away: "200km", "100 miles"
    #[arg(long, value_name = "DISTANCE", default_value = "500km")]
    pub radius: Radius,
    /// Only relays that support this NIP; can be repeated, all of them are needed
    #[arg(long = "nip", value_name = "NUMBER")]
    pub nips: Vec<u16>,
    /// How many to show
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub limit: u16,
}
