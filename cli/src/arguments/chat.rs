//! `kith chat` as typed.

use clap::{Args, ValueEnum};

/// Examples below the help of `kith chat`.
pub const EXAMPLES: &str = "\
Examples:
  kith chat \"Brighton Rust\"
  kith chat \"Brighton Rust\" \"See you on Thursday\"
  kith chat \"Brighton Rust\" \"Me too\" --reply-to 3f2a9c01
  kith chat \"Brighton Rust\" --follow
  kith chat \"Brighton Rust\" --follow --json | while read -r line; do …; done
  date | kith chat \"Brighton Rust\" -

With --follow on a terminal it fills the screen: type and press Enter; Page Up and
Page Down scroll; Esc or Ctrl-C ends it. Elsewhere it prints a line for each message
until Ctrl-C; with --json one object a line: first the room, then one for each
message, for each that is shown no more, and for each change of the connections.";

/// `kith chat`.
#[derive(Debug, Args)]
pub struct Chat {
    /// The community: title, id, start of an id that was listed, or nostr: link
    pub community: String,
    /// What to say; - reads it from standard input. Without it the last messages are shown
    pub text: Option<String>,
    /// Go on showing what is said
    #[arg(long, short, conflicts_with_all = ["text", "hide", "hide_person"])]
    pub follow: bool,
    /// How many of the last messages to show
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u16).range(0..=1000))]
    pub limit: u16,
    /// Whose messages to show
    #[arg(long, value_enum, default_value_t = View::Followers)]
    pub view: View,
    /// Another room than the main one: its name, its id or the start of it
    #[arg(long, value_name = "ROOM")]
    pub room: Option<String>,
    /// The message that this answers: its id or the start of it
    #[arg(long, value_name = "MESSAGE", requires = "text")]
    pub reply_to: Option<String>,
    /// Hide a message: for everybody in your own community, else for you
    #[arg(long, value_name = "MESSAGE", conflicts_with_all = ["text", "hide_person"])]
    pub hide: Option<String>,
    /// Hide all that somebody says: for everybody in your own community, else for you
    #[arg(long, value_name = "PERSON", conflicts_with = "text")]
    pub hide_person: Option<String>,
    /// Why something is hidden; everybody can read it
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
}

/// Whose messages are shown (LBC-55).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum View {
    /// Of the owner and the members
    Members,
    /// Of these and of followers
    Followers,
    /// Of everybody who is not muted
    Everybody,
}
