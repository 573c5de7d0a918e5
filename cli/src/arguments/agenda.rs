//! `kith agenda` as typed.

use std::path::PathBuf;

use clap::Args;

use crate::radius::Radius;

/// Furthest that an agenda looks ahead, in days.
const DAYS_MAX: i64 = 3_660;

/// Examples below the help of `kith agenda`.
pub const EXAMPLES: &str = "\
Examples:
  kith agenda
  kith agenda --days 7
  kith agenda --place Brighton --radius 50km
  kith agenda --ics agenda.ics";

/// `kith agenda`.
#[derive(Debug, Args)]
pub struct Agenda {
    /// Only what begins within so many days
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(i64).range(1..=DAYS_MAX)
    )]
    pub days: Option<i64>,
    /// Only what is near a city ("Brighton", "Brighton, GB") or "latitude,longitude"
    #[arg(long, value_name = "PLACE", allow_hyphen_values = true)]
    pub place: Option<String>,
    /// How far away from it: "25km", "10 miles"
    #[arg(
        long,
        value_name = "DISTANCE",
        default_value = "25km",
        requires = "place"
    )]
    pub radius: Radius,
    /// Write it as an iCalendar file
    #[arg(long, value_name = "FILE")]
    pub ics: Option<PathBuf>,
}
