//! `kith friends …` and `kith feed` as typed.

use clap::{Args, Subcommand, ValueEnum};

use super::ListRewrite;

/// Examples below the help of `kith friends`.
pub const FRIENDS_EXAMPLES: &str = "\
Examples:
  kith friends
  kith friends --identifiers
  kith friends add npub1…
  kith friends add bob@example.com
  kith friends remove npub1…

Friends are people who follow each other. Whom you follow, everybody can read.

An identifier (NIP-05) leads to a person when the file at its domain and their profile
name each other. Followed is the person: when the identifier becomes another's, it is
no longer shown. --identifiers asks the domains of all whom you follow, which learn
that somebody asked.";

/// Examples below the help of `kith feed`.
pub const FEED_EXAMPLES: &str = "\
Examples:
  kith feed
  kith feed --follow --limit 5
  kith feed --of following --json

The newest comes first. With --follow the last ones come first, the oldest of them
at the top, then everything as it comes, until Ctrl-C; with --json one object a line:
first whose feed it is, then one for each item and for each change of the connections.";

/// `kith friends`.
#[derive(Debug, Args)]
pub struct Friends {
    /// Also show the identifiers of people (bob@example.com) that their domains confirm now
    #[arg(long)]
    pub identifiers: bool,
    /// What to do; without it everybody whom you follow is listed, friends first
    #[command(subcommand)]
    pub action: Option<FriendsAction>,
}

/// Change whom you follow.
#[derive(Debug, Subcommand)]
pub enum FriendsAction {
    /// Follow people
    #[command(after_help = "Example:\n  kith friends add npub1…")]
    Add(FriendsChange),
    /// Stop following people
    #[command(after_help = "Example:\n  kith friends remove npub1…")]
    Remove(FriendsChange),
}

/// People.
#[derive(Debug, Args)]
pub struct FriendsChange {
    /// People: npub, nprofile, identifier (bob@example.com) or 64 hexadecimal digits
    #[arg(required = true, value_name = "PERSON")]
    pub people: Vec<String>,
    #[command(flatten)]
    pub list: ListRewrite,
}

/// `kith feed`.
#[derive(Debug, Args)]
pub struct Feed {
    /// Go on showing what comes
    #[arg(long, short)]
    pub follow: bool,
    /// How many of the newest items to show
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u16).range(0..=1000))]
    pub limit: u16,
    /// Whose
    #[arg(long, value_enum, default_value_t = FeedOf::Friends)]
    pub of: FeedOf,
}

/// Whose notes a feed has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FeedOf {
    /// Of those whom you follow and who follow you
    Friends,
    /// Of everybody whom you follow
    Following,
}
