//! One meetup as typed: which one, and what it should be. Knows no commands.

use clap::Args;
use kith_nips::extensions::attendance::{CAPACITY_MAX, GUESTS_MAX};

use super::ListRewrite;
use super::community::Description;

/// Help of every argument that names a meetup.
pub(super) const REFERENCE_HELP: &str =
    "Title of a meetup of your communities, naddr, nostr: link, or start of an id that was listed";

/// One meetup.
#[derive(Debug, Args)]
pub struct Reference {
    #[arg(value_name = "MEETUP", help = REFERENCE_HELP)]
    pub meetup: String,
}

/// A meetup that is changed as it is.
#[derive(Debug, Args)]
pub struct Change {
    #[arg(value_name = "MEETUP", help = REFERENCE_HELP)]
    pub meetup: String,
    #[command(flatten)]
    pub list: ListRewrite,
}

/// `kith meetup cancel`.
#[derive(Debug, Args)]
pub struct Cancel {
    #[arg(value_name = "MEETUP", help = REFERENCE_HELP)]
    pub meetup: String,
    #[command(flatten)]
    pub telling: Telling,
    #[command(flatten)]
    pub list: ListRewrite,
}

/// What is said to those who answered a meetup that is cancelled.
#[derive(Debug, Clone, Default, Args)]
pub struct Telling {
    /// What to tell those who answered, beside that it is cancelled
    #[arg(long, value_name = "TEXT", conflicts_with = "tell_nobody")]
    pub tell: Option<String>,
    /// Send no private messages to those who answered
    #[arg(long)]
    pub tell_nobody: bool,
}

/// Where a new meetup is.
#[derive(Debug, Clone, Default, Args)]
pub struct Venue {
    /// Venue and address, for people
    #[arg(long = "where", value_name = "TEXT")]
    pub location: Option<String>,
    /// Place for the map and for searches: a city or "latitude,longitude"; without it, that of
    /// the community
    #[arg(long, allow_hyphen_values = true)]
    pub place: Option<String>,
}

/// `kith meetup create`.
#[derive(Debug, Args)]
pub struct Create {
    /// The community: title, id, start of an id that was listed, or nostr: link
    pub community: String,
    /// Title of the meetup
    pub title: String,
    /// When it starts: "next friday 19:00", "2026-12-03 18:30"
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    pub start: String,
    /// When it ends; "21:00" and "+2h" count from the start
    #[arg(long, value_name = "WHEN", conflicts_with = "duration")]
    pub end: Option<String>,
    /// How long it takes: "2h", "90m"
    #[arg(long, value_name = "LENGTH")]
    pub duration: Option<String>,
    /// Time zone (IANA name) instead of that of the place
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    #[command(flatten)]
    pub venue: Venue,
    /// One sentence, at most 280 characters
    #[arg(long, value_name = "TEXT")]
    pub summary: Option<String>,
    #[command(flatten)]
    pub description: Description,
    /// What it is about, one word; can be repeated; without it, the topics of the community
    #[arg(long = "topic", value_name = "TOPIC")]
    pub topics: Vec<String>,
    /// Address of a picture
    #[arg(long, value_name = "URL")]
    pub image: Option<String>,
    #[command(flatten)]
    pub terms: Terms,
    /// Somebody who runs it too (npub or nprofile); can be repeated
    #[arg(long = "host", value_name = "PERSON")]
    pub hosts: Vec<String>,
    /// Allow a start that is over already
    #[arg(long)]
    pub allow_past: bool,
}

/// `kith meetup edit`.
#[derive(Debug, Args)]
pub struct Edit {
    #[arg(value_name = "MEETUP", help = REFERENCE_HELP)]
    pub meetup: String,
    /// New title
    #[arg(long)]
    pub title: Option<String>,
    /// New start; the length stays, unless it is given too
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    pub start: Option<String>,
    /// New end; "21:00" and "+2h" count from the start
    #[arg(long, value_name = "WHEN", conflicts_with = "duration")]
    pub end: Option<String>,
    /// New length: "2h", "90m"
    #[arg(long, value_name = "LENGTH")]
    pub duration: Option<String>,
    /// New time zone (IANA name); the moment stays, unless --start is given
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// New venue and address
    #[arg(long = "where", value_name = "TEXT", conflicts_with = "no_location")]
    pub location: Option<String>,
    /// Remove venue and address
    #[arg(long = "no-where")]
    pub no_location: bool,
    /// New place for the map and for searches
    #[arg(long, allow_hyphen_values = true, conflicts_with = "no_place")]
    pub place: Option<String>,
    /// Remove the place
    #[arg(long)]
    pub no_place: bool,
    /// New summary
    #[arg(long, value_name = "TEXT", conflicts_with = "no_summary")]
    pub summary: Option<String>,
    /// Remove the summary
    #[arg(long)]
    pub no_summary: bool,
    #[command(flatten)]
    pub description: Description,
    /// New topics, instead of all old ones; can be repeated
    #[arg(long = "topic", value_name = "TOPIC", conflicts_with = "no_topics")]
    pub topics: Vec<String>,
    /// Remove all topics
    #[arg(long)]
    pub no_topics: bool,
    /// Address of a new picture
    #[arg(long, value_name = "URL", conflicts_with = "no_image")]
    pub image: Option<String>,
    /// Remove the picture
    #[arg(long)]
    pub no_image: bool,
    #[command(flatten)]
    pub terms: Terms,
    /// Remove the limit of seats
    #[arg(long, conflicts_with = "capacity")]
    pub no_capacity: bool,
    /// Remove the last moment to say yes
    #[arg(long, conflicts_with = "answer_by")]
    pub no_answer_by: bool,
    /// Take a cancellation back
    #[arg(long)]
    pub reopen: bool,
    /// Allow a start that is over already
    #[arg(long)]
    pub allow_past: bool,
    #[command(flatten)]
    pub list: ListRewrite,
}

/// Seats, guests and the last moment to answer.
#[derive(Debug, Clone, Default, Args)]
pub struct Terms {
    /// How many people can come, guests counted; whoever answers later is on a waiting list
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=i64::from(CAPACITY_MAX))
    )]
    pub capacity: Option<u32>,
    /// How many guests each may bring, instead of 9
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(..=i64::from(GUESTS_MAX))
    )]
    pub guests_max: Option<u32>,
    /// Until when a yes counts: "2026-12-01 18:00", "2 days before"
    #[arg(long, value_name = "WHEN")]
    pub answer_by: Option<String>,
}
