//! `kith report` and `kith reports` as typed.

use clap::Args;
use kith_nips::nip56::ReportType;

/// Examples below the help of `kith report`.
pub const EXAMPLES: &str = "\
Examples:
  kith report npub1… impersonation \"This is not Ada\"
  kith report \"Rust and chips\" spam
  kith report nevent1… illegal
  kith report 3f2a9c01 profanity --chat \"Brighton Rust\"

A type is one of nudity, malware, profanity, illegal, spam, impersonation, other.
Everybody can read a report, and nobody has to act on it.";

/// Examples below the help of `kith reports`.
pub const READING_EXAMPLES: &str = "\
Examples:
  kith reports \"Brighton Rust\"
  kith reports \"Brighton Rust\" --json

What to do about them: `kith members mute`, `kith chat --hide`.";

/// `kith report`.
#[derive(Debug, Args)]
pub struct Report {
    /// A person (npub, nprofile, bob@example.com), a meetup (title, id, link), or any note (id, link)
    pub what: String,
    /// Of which type
    #[arg(value_name = "TYPE")]
    pub report_type: ReportType,
    /// In your own words
    #[arg(default_value = "")]
    pub text: String,
    /// WHAT is the id of a message in the chat of this community, or the start of it
    #[arg(long, value_name = "COMMUNITY")]
    pub chat: Option<String>,
}
