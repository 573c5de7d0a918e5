//! `kith mute` and `kith unmute` as typed.

use clap::Args;

use super::ListRewrite;

/// Examples below the help of `kith mute`.
pub const EXAMPLES: &str = "\
Examples:
  kith mute
  kith mute npub1…
  kith mute --word giveaway --topic crypto --private
  kith mute nevent1…

What you mute, you do not see in chats and below meetups; others do. Everybody can
read what is in the list, except what is added with --private. Reading never asks for
a password: what is private is left out where the key is not locked, or the password
is given. To mute people in your community, for all: `kith members mute`.";

/// Examples below the help of `kith unmute`.
pub const UNDO_EXAMPLES: &str = "\
Examples:
  kith unmute npub1…
  kith unmute --word giveaway";

/// What is named.
#[derive(Debug, Args)]
pub struct Things {
    /// People (npub, nprofile), or notes with what answers them (nevent, note)
    #[arg(value_name = "WHO-OR-WHAT")]
    pub things: Vec<String>,
    /// A word, or several that stand together; can be repeated
    #[arg(long = "word", value_name = "WORD")]
    pub words: Vec<String>,
    /// A topic; can be repeated
    #[arg(long = "topic", value_name = "TOPIC")]
    pub topics: Vec<String>,
}

/// `kith mute`.
#[derive(Debug, Args)]
pub struct Mute {
    /// What; nothing lists what is muted.
    #[command(flatten)]
    pub things: Things,
    /// Let nobody else read that it is muted
    #[arg(long)]
    pub private: bool,
    /// Whether the list may be written without knowing all of it.
    #[command(flatten)]
    pub list: ListRewrite,
}

/// `kith unmute`.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub struct Unmute {
    /// What.
    #[command(flatten)]
    pub things: Things,
    /// Whether the list may be written without knowing all of it.
    #[command(flatten)]
    pub list: ListRewrite,
}
