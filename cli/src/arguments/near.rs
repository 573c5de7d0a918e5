//! `kith near` as typed.

use clap::Args;

use crate::radius::Radius;

/// Examples below the help of `kith near`.
pub const EXAMPLES: &str = "\
Examples:
  kith near Brighton
  kith near \"Brighton, GB\" --radius 10km --topic rust
  kith near 50.82,-0.13 --from today --to 2026-12
  kith near Brighton --on \"this weekend\"";

/// `kith near`.
#[derive(Debug, Args)]
pub struct Near {
    /// A city ("Brighton", "Brighton, GB") or "latitude,longitude"; without it, where you live
    #[arg(allow_hyphen_values = true)]
    pub place: Option<String>,
    /// How far away: "25km", "10 miles"
    #[arg(long, value_name = "DISTANCE", default_value = "25km")]
    pub radius: Radius,
    /// Meetups from this day or moment on; without it, from now on
    #[arg(long, value_name = "WHEN")]
    pub from: Option<String>,
    /// Meetups up to the end of this day, month or moment
    #[arg(long, value_name = "WHEN")]
    pub to: Option<String>,
    /// Meetups on this day, weekend, week or month
    #[arg(long, value_name = "WHEN", conflicts_with_all = ["from", "to"])]
    pub on: Option<String>,
    /// About this topic; can be repeated, one of them is enough
    #[arg(long = "topic", value_name = "TOPIC")]
    pub topics: Vec<String>,
}
