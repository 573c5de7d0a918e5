//! `kith members …` as typed.

use clap::{Args, Subcommand};

use super::ListRewrite;
use super::community::Reference;

/// Show and manage the members of a community.
#[derive(Debug, Subcommand)]
pub enum Members {
    /// List the owner, members, followers and muted people
    #[command(after_help = "Example:\n  kith members list \"Brighton Rust\"")]
    List(Reference),
    /// Make people members of your community
    #[command(after_help = "Example:\n  kith members approve \"Brighton Rust\" npub1…")]
    Approve(Change),
    /// Take people off the member list
    #[command(after_help = "Example:\n  kith members remove \"Brighton Rust\" npub1…")]
    Remove(Change),
    /// Mute people: nothing they write counts in your community
    #[command(
        after_help = "Examples:\n  kith members mute \"Brighton Rust\" npub1…\n  kith members mute \"Brighton Rust\" npub1… --reason spam"
    )]
    Mute(Mute),
    /// Take people off the list of the muted
    #[command(after_help = "Example:\n  kith members unmute \"Brighton Rust\" npub1…")]
    Unmute(Change),
}

/// `kith members mute`.
#[derive(Debug, Args)]
pub struct Mute {
    #[command(flatten)]
    pub change: Change,
    /// Why; everybody can read it
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// People of one community.
#[derive(Debug, Args)]
pub struct Change {
    /// The community: title, id, start of an id that was listed, or nostr: link
    pub community: String,
    /// People: npub, nprofile, identifier (bob@example.com) or 64 hexadecimal digits
    #[arg(required = true, value_name = "PERSON")]
    pub people: Vec<String>,
    #[command(flatten)]
    pub list: ListRewrite,
}
