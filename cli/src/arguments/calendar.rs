//! `kith meetup import`, `kith meetup export` and `kith attendees` as typed.

use std::path::PathBuf;

use clap::Args;

use super::ListRewrite;

/// Furthest that an import looks ahead, in days.
const DAYS_MAX: i64 = 3_660;

/// Examples below the help of `kith meetup import`.
pub const IMPORT_EXAMPLES: &str = "\
Examples:
  kith meetup import \"Brighton Rust\" events.ics --dry-run
  kith meetup import \"Brighton Rust\" events.ics
  curl -s https://example.com/events.ics | kith meetup import \"Brighton Rust\" -";

/// Examples below the help of `kith meetup export`.
pub const EXPORT_EXAMPLES: &str = "\
Examples:
  kith meetup export \"Rust and chips\" --out rust.ics
  kith meetup export --community \"Brighton Rust\" --out brighton.ics";

/// `kith meetup import`.
#[derive(Debug, Args)]
pub struct Import {
    /// The community: title, id, start of an id that was listed, or nostr: link
    pub community: String,
    /// iCalendar file (.ics); - is standard input
    pub file: PathBuf,
    /// Only what begins within so many days
    #[arg(
        long,
        value_name = "N",
        default_value_t = 366,
        value_parser = clap::value_parser!(i64).range(1..=DAYS_MAX)
    )]
    pub days: i64,
    /// Also what is over
    #[arg(long)]
    pub past: bool,
    /// Time zone (IANA name) of times that name none, instead of that of the community
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// Only show what is in the file
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub list: ListRewrite,
}

/// `kith meetup export`.
#[derive(Debug, Args)]
pub struct Export {
    /// Title of a meetup of your communities, naddr, nostr: link, or start of an id that was listed
    #[arg(required_unless_present = "community")]
    pub meetup: Option<String>,
    /// All meetups of this community, also those that are over
    #[arg(long, conflicts_with = "meetup")]
    pub community: Option<String>,
    /// File to write, instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `kith attendees`.
#[derive(Debug, Args)]
pub struct Attendees {
    /// Title of a meetup of your communities, naddr, nostr: link, or start of an id that was listed
    pub meetup: String,
    /// Print comma-separated values for spreadsheets
    #[arg(long)]
    pub csv: bool,
    /// File to write them into, instead of standard output
    #[arg(long, value_name = "FILE", requires = "csv")]
    pub out: Option<PathBuf>,
}
