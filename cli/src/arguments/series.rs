//! `kith meetup series …`, `kith meetup now` and `kith meetup hosts` as typed.

use clap::{ArgGroup, Args, Subcommand};

use super::ListRewrite;
use super::one_meetup::{Create, Edit, REFERENCE_HELP, Reference, Telling, Venue};

const CREATE_EXAMPLES: &str = "\
Examples:
  kith meetup series create \"Brighton Rust\" \"Rust and chips\" --start \"thursday 19:00\" \\
       --repeat \"every 2nd thursday\" --times 12 --where \"The Hope, Queens Road\"
  kith meetup series create \"Brighton Rust\" \"Demo night\" --start \"2027-01-29 19:00\" \\
       --repeat \"monthly on the last friday\" --until 2027-12-31
  kith meetup series create \"Brighton Rust\" \"Book club\" --start \"2027-01-05 18:30\" \\
       --repeat \"FREQ=MONTHLY;BYDAY=1TU;COUNT=6\"";

const EDIT_EXAMPLES: &str = "\
Examples:
  kith meetup series edit \"Rust and chips\" --all --where \"The Basketmakers Arms\"
  kith meetup series edit 3f2a9c01 --following --start \"thursday 20:00\"
  kith meetup series edit 3f2a9c01 --only --start \"friday 19:00\"";

const CANCEL_EXAMPLES: &str = "\
Examples:
  kith meetup series cancel 3f2a9c01 --only
  kith meetup series cancel \"Rust and chips\" --all";

/// Examples below the help of `kith meetup now`.
pub const NOW_EXAMPLES: &str = "\
Example:
  kith meetup now \"Brighton Rust\" \"Coffee and code\" --for 1h --where \"The Hope\"";

/// Examples below the help of `kith meetup hosts`.
pub const HOSTS_EXAMPLES: &str = "\
Examples:
  kith meetup hosts \"Rust and chips\"
  kith meetup hosts \"Rust and chips\" --add npub1…";

/// Announce, list, change or cancel meetups that are repeated.
#[derive(Debug, Subcommand)]
pub enum Series {
    /// Announce a meetup for each date; typed again, those are changed and none is added twice
    ///
    /// "every 2nd thursday" is every two weeks; "every 2nd thursday of the month"
    /// is monthly. The time of day stays when the clocks change. What was changed
    /// or cancelled on its own is left alone when the series is typed again.
    #[command(after_help = CREATE_EXAMPLES)]
    Create(Box<SeriesCreate>),
    /// List the series of a community, or of all that you own or follow
    #[command(after_help = "Example:\n  kith meetup series list \"Brighton Rust\"")]
    List(SeriesList),
    /// Show the meetups of a series
    #[command(after_help = "Example:\n  kith meetup series show \"Rust and chips\"")]
    Show(Reference),
    /// Change one meetup of a series, that one and those after it, or all to come
    #[command(after_help = EDIT_EXAMPLES)]
    Edit(Box<SeriesEdit>),
    /// Cancel one meetup of a series, that one and those after it, or all to come
    #[command(after_help = CANCEL_EXAMPLES)]
    Cancel(SeriesCancel),
}

/// `kith meetup series create`.
#[derive(Debug, Args)]
pub struct SeriesCreate {
    #[command(flatten)]
    pub meetup: Create,
    /// How often: "weekly", "every 2nd thursday", "monthly on the last friday", or an RRULE
    #[arg(long, value_name = "HOW")]
    pub repeat: String,
    /// How many meetups
    #[arg(
        long,
        value_name = "N",
        conflicts_with = "until",
        value_parser = clap::value_parser!(u16).range(1..=500)
    )]
    pub times: Option<u16>,
    /// The last day on which there can be one
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// What tells it apart from your other series of the community, instead of its title: letters
    /// a-z, digits and hyphens
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    #[command(flatten)]
    pub list: ListRewrite,
}

/// `kith meetup series list`.
#[derive(Debug, Args)]
pub struct SeriesList {
    /// The community; without it, all that you own or follow
    pub community: Option<String>,
}

/// `kith meetup series edit`.
#[derive(Debug, Args)]
pub struct SeriesEdit {
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub edit: Edit,
}

/// `kith meetup series cancel`.
#[derive(Debug, Args)]
pub struct SeriesCancel {
    #[arg(value_name = "MEETUP", help = REFERENCE_HELP)]
    pub meetup: String,
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub telling: Telling,
    #[command(flatten)]
    pub list: ListRewrite,
}

/// Which meetups of a series.
#[derive(Debug, Clone, Copy, Args)]
#[command(group(ArgGroup::new("which").required(true).args(["only", "following", "all"])))]
pub struct Which {
    /// This one
    #[arg(long)]
    pub only: bool,
    /// This one and those after it
    #[arg(long)]
    pub following: bool,
    /// All that are not over
    #[arg(long)]
    pub all: bool,
}

/// `kith meetup now`.
#[derive(Debug, Args)]
pub struct Now {
    /// The community: title, id, start of an id that was listed, or nostr: link
    pub community: String,
    /// Title of the meetup
    pub title: String,
    /// How long: "1h", "90m"
    #[arg(long = "for", value_name = "LENGTH", default_value = "1h")]
    pub length: String,
    #[command(flatten)]
    pub venue: Venue,
    /// One sentence, at most 280 characters
    #[arg(long, value_name = "TEXT")]
    pub summary: Option<String>,
    /// How many people can come, guests counted
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub capacity: Option<u32>,
}

/// `kith meetup hosts`.
#[derive(Debug, Args)]
pub struct Hosts {
    #[arg(value_name = "MEETUP", help = REFERENCE_HELP)]
    pub meetup: String,
    /// Somebody who runs it too (npub or nprofile); can be repeated
    #[arg(long, value_name = "PERSON")]
    pub add: Vec<String>,
    /// Somebody who does not run it any more; can be repeated
    #[arg(long, value_name = "PERSON")]
    pub remove: Vec<String>,
    #[command(flatten)]
    pub list: ListRewrite,
}
