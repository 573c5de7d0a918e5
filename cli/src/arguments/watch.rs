//! `kith watch` as typed.

use clap::Args;

use crate::radius::Radius;

/// Examples below the help of `kith watch`.
pub const EXAMPLES: &str = "\
Examples:
  kith watch Brighton
  kith watch \"Brighton, GB\" --radius 10km --topic rust --topic chess
  kith watch 50.82,-0.13 --json | while read -r line; do …; done

It goes on until Ctrl-C. With --json it prints one object a line: first what is
watched, then one for each announcement.";

/// `kith watch`.
#[derive(Debug, Args)]
pub struct Watch {
    /// A city ("Brighton", "Brighton, GB") or "latitude,longitude"; without it, where you live
    #[arg(allow_hyphen_values = true)]
    pub place: Option<String>,
    /// How far away: "25km", "10 miles"
    #[arg(long, value_name = "DISTANCE", default_value = "25km")]
    pub radius: Radius,
    /// About this topic; can be repeated, one of them is enough
    #[arg(long = "topic", value_name = "TOPIC")]
    pub topics: Vec<String>,
}
