//! `kith comment` as typed.

use clap::Args;

/// Examples below the help of `kith comment`.
pub const EXAMPLES: &str = "\
Examples:
  kith comment \"Rust and chips\"
  kith comment \"Rust and chips\" \"Is there a lift?\"
  kith comment \"Rust and chips\" \"Yes\" --reply-to 3f2a9c01
  kith comment nevent1… \"Me too\"

A link or id of a text note, such as `kith feed --json` has, is answered with a text note.";

/// `kith comment`.
#[derive(Debug, Args)]
pub struct Comment {
    /// The meetup: title, id, start of an id that was listed, or nostr: link; or a text note to answer:
    /// id or nostr: link
    pub meetup: String,
    /// What to write; - reads it from standard input. Without it the comments are shown
    pub text: Option<String>,
    /// The comment that this answers: its id or the start of it
    #[arg(long, value_name = "COMMENT", requires = "text")]
    pub reply_to: Option<String>,
}
