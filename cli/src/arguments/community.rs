//! `kith community …`, `kith follow` and `kith leave` as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ListRewrite;
use crate::radius::Radius;

/// Help of every argument that names a community.
const REFERENCE_HELP: &str = "Title of a community that you own or follow, id, start of an id that was listed, or nostr: link";

/// Start, change, show, list or close a community.
#[derive(Debug, Subcommand)]
pub enum Community {
    /// Start a community; it belongs to your key
    #[command(
        after_help = "Examples:\n  kith community create \"Brighton Rust\" --place Brighton --topic rust\n  kith community create \"Chess am See\" --place Zürich --description-file about.md"
    )]
    Create(Create),
    /// Change what is said about your community; what is not named stays
    #[command(
        after_help = "Examples:\n  kith community edit \"Brighton Rust\" --title \"Rust in Brighton\"\n  kith community edit \"Brighton Rust\" --topic rust --topic wasm\n  kith community edit \"Brighton Rust\" --carried-by relay.example.com"
    )]
    Edit(Edit),
    /// Show a community and its next meetups
    #[command(after_help = "Example:\n  kith community show \"Brighton Rust\"")]
    Show(Reference),
    /// Count followers, members and answers on all relays, without fetching many
    #[command(after_help = "Example:\n  kith community count \"Brighton Rust\"")]
    Count(Reference),
    /// List communities: yours and those that you follow, or by place and topic
    #[command(
        after_help = "Examples:\n  kith community list\n  kith community list --place Brighton --radius 50km --topic rust"
    )]
    List(List),
    /// Close your community for good
    #[command(
        after_help = "Example:\n  kith community close \"Brighton Rust\"\n\nRelays are asked to delete it. Deletion cannot be guaranteed: a relay may keep it, and so may\nwhoever has a copy."
    )]
    Close(Close),
}

/// One community.
#[derive(Debug, Args)]
pub struct Reference {
    #[arg(value_name = "COMMUNITY", help = REFERENCE_HELP)]
    pub community: String,
}

/// `kith community close`.
#[derive(Debug, Args)]
pub struct Close {
    #[arg(value_name = "COMMUNITY", help = REFERENCE_HELP)]
    pub community: String,
    /// A last word, for everybody to read
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// `kith community create`.
#[derive(Debug, Args)]
pub struct Create {
    /// Title
    pub title: String,
    /// Where it meets: a city ("Brighton", "Brighton, GB") or "latitude,longitude"
    #[arg(long, allow_hyphen_values = true)]
    pub place: Option<String>,
    /// What it is about, one word; can be repeated
    #[arg(long = "topic", value_name = "TOPIC")]
    pub topics: Vec<String>,
    #[command(flatten)]
    pub description: Description,
    /// Address of a picture
    #[arg(long, value_name = "URL")]
    pub image: Option<String>,
    /// Relay that carries it, beside yours; can be repeated, the most important first, 4 at most
    #[arg(long = "carried-by", value_name = "RELAY")]
    pub carried_by: Vec<String>,
    /// Complete a community whose creation was interrupted, instead of making a second one
    #[arg(long, value_name = "ID")]
    pub finish: Option<String>,
}

/// `kith community edit`.
#[derive(Debug, Args)]
pub struct Edit {
    #[arg(value_name = "COMMUNITY", help = REFERENCE_HELP)]
    pub community: String,
    /// New title
    #[arg(long)]
    pub title: Option<String>,
    /// New place
    #[arg(long, allow_hyphen_values = true, conflicts_with = "no_place")]
    pub place: Option<String>,
    /// Remove the place
    #[arg(long)]
    pub no_place: bool,
    /// New topics, instead of all old ones; can be repeated
    #[arg(long = "topic", value_name = "TOPIC", conflicts_with = "no_topics")]
    pub topics: Vec<String>,
    /// Remove all topics
    #[arg(long)]
    pub no_topics: bool,
    #[command(flatten)]
    pub description: Description,
    /// Address of a new picture
    #[arg(long, value_name = "URL", conflicts_with = "no_image")]
    pub image: Option<String>,
    /// Remove the picture
    #[arg(long)]
    pub no_image: bool,
    /// New relay that carries it, instead of all old ones; can be repeated, the most important first,
    /// 4 at most
    #[arg(
        long = "carried-by",
        value_name = "RELAY",
        conflicts_with = "no_carried_by"
    )]
    pub carried_by: Vec<String>,
    /// Name no relays that carry it
    #[arg(long)]
    pub no_carried_by: bool,
    #[command(flatten)]
    pub list: ListRewrite,
}

/// A longer text, given here or in a file.
#[derive(Debug, Args)]
pub struct Description {
    /// Description (Markdown)
    #[arg(long, value_name = "TEXT", conflicts_with = "description_file")]
    pub description: Option<String>,
    /// File that holds the description; - is standard input
    #[arg(long, value_name = "FILE")]
    pub description_file: Option<PathBuf>,
}

/// `kith community list`.
#[derive(Debug, Args)]
pub struct List {
    /// Only communities that you own
    #[arg(long, conflicts_with_all = ["followed", "place", "topics"])]
    pub owned: bool,
    /// Only communities that you follow
    #[arg(long, conflicts_with_all = ["place", "topics"])]
    pub followed: bool,
    /// Communities near this place
    #[arg(long, allow_hyphen_values = true)]
    pub place: Option<String>,
    /// How far away, with --place
    #[arg(long, value_name = "DISTANCE", requires = "place")]
    pub radius: Option<Radius>,
    /// Communities about this topic; can be repeated, one of them is enough
    #[arg(long = "topic", value_name = "TOPIC")]
    pub topics: Vec<String>,
}

/// `kith follow` and `kith leave`.
#[derive(Debug, Args)]
pub struct Follow {
    #[arg(value_name = "COMMUNITY", help = REFERENCE_HELP)]
    pub community: String,
    #[command(flatten)]
    pub list: ListRewrite,
}
