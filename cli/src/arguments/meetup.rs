//! `kith meetup …` and `kith rsvp` as typed.

use clap::{Args, Subcommand, ValueEnum};

use kith_nips::extensions::attendance::GUESTS_MAX;

use super::calendar::{EXPORT_EXAMPLES, Export, IMPORT_EXAMPLES, Import};
use super::one_meetup::{Cancel, Change, Create, Edit, REFERENCE_HELP, Reference};
use super::series::{HOSTS_EXAMPLES, Hosts, NOW_EXAMPLES, Now, Series};

/// Announce, change, cancel, show or list meetups.
#[derive(Debug, Subcommand)]
pub enum Meetup {
    /// Announce a meetup of a community
    ///
    /// Without --duration or --end it takes two hours. Times are those of the
    /// place, unless --timezone says otherwise.
    #[command(
        after_help = "Examples:\n  kith meetup create \"Brighton Rust\" \"Rust and chips\" \\\n       --start \"next friday 19:00\" --where \"The Hope, Queens Road\"\n  kith meetup create 3f2a9c01 \"Hack day\" --start \"2026-12-03 10:00\" --duration 8h \\\n       --place \"50.8225,-0.1372\""
    )]
    Create(Box<Create>),
    /// Change a meetup; what is not named stays
    #[command(
        after_help = "Examples:\n  kith meetup edit \"Rust and chips\" --start \"friday 20:00\"\n  kith meetup edit \"Rust and chips\" --where \"The Basketmakers Arms\""
    )]
    Edit(Box<Edit>),
    /// Cancel a meetup; it stays visible as cancelled, and all who answered are told
    #[command(
        after_help = "Examples:\n  kith meetup cancel \"Rust and chips\"\n  kith meetup cancel \"Rust and chips\" --tell \"The pub is flooded. See you in January\""
    )]
    Cancel(Cancel),
    /// Make a meetup that somebody proposed an official one of your community
    #[command(after_help = "Example:\n  kith meetup adopt naddr1…")]
    Adopt(Change),
    /// Take an adopted meetup out of the calendar of your community again
    #[command(after_help = "Example:\n  kith meetup release naddr1…")]
    Release(Change),
    /// Show a meetup and who comes
    #[command(after_help = "Example:\n  kith meetup show \"Rust and chips\"")]
    Show(Reference),
    /// List the meetups of a community, or of all that you own or follow
    #[command(
        after_help = "Examples:\n  kith meetup list\n  kith meetup list \"Brighton Rust\" --past"
    )]
    List(List),
    /// Announce, list, change or cancel meetups that are repeated
    #[command(subcommand)]
    Series(Series),
    /// Announce a meetup that begins now; its note expires an hour after the end
    #[command(after_help = NOW_EXAMPLES)]
    Now(Now),
    /// Show who runs a meetup, and name people who run it with you
    #[command(after_help = HOSTS_EXAMPLES)]
    Hosts(Hosts),
    /// Announce the events of an iCalendar file as meetups of a community
    ///
    /// Events that were imported before are changed, and not announced again.
    /// Repeated events become one meetup for each date, descriptions in HTML become
    /// Markdown. People named there have no keys: they are counted, and not taken over.
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(Import),
    /// Write a meetup, or all of a community, as an iCalendar file
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(Export),
}

/// `kith meetup list`.
#[derive(Debug, Args)]
pub struct List {
    /// The community; without it, all that you own or follow
    pub community: Option<String>,
    /// Meetups that are over, newest first
    #[arg(long)]
    pub past: bool,
}

/// `kith rsvp`.
#[derive(Debug, Args)]
pub struct Rsvp {
    #[arg(value_name = "MEETUP", help = REFERENCE_HELP)]
    pub meetup: String,
    /// Whether you come
    #[arg(value_enum)]
    pub answer: Answer,
    /// A line for the organiser; everybody can read it
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// How many others you bring
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = clap::value_parser!(u32).range(..=i64::from(GUESTS_MAX))
    )]
    pub guests: u32,
}

/// Whether somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Answer {
    /// I come
    #[value(alias = "accepted")]
    Yes,
    /// I do not come
    #[value(alias = "declined")]
    No,
    /// I do not know yet
    #[value(alias = "tentative")]
    Maybe,
}
