//! `kith profile …` as typed.

use clap::{Args, Subcommand};

use super::ListRewrite;

/// Examples below the help of `kith profile show`.
pub const SHOW_EXAMPLES: &str = "\
Examples:
  kith profile show
  kith profile show npub1…
  kith profile show bob@example.com

The domain of an identifier (NIP-05) is asked whether it is theirs, and learns that
somebody asked.";

/// Examples below the help of `kith profile set`.
pub const SET_EXAMPLES: &str = "\
Examples:
  kith profile set --name Ben --about \"Chess and chips\"
  kith profile set --website https://ben.example.com --identifier ben@example.com
  kith profile set --picture \"\"

What is not named stays as it is, also what only other programs know; \"\" removes. An
identifier is shown to others when the file at its domain names your key.";

/// Show a profile, change yours.
#[derive(Debug, Subcommand)]
pub enum Profile {
    /// Show what somebody says of themselves
    #[command(after_help = SHOW_EXAMPLES)]
    Show {
        /// npub1… or bob@example.com; yourself when nobody is named
        person: Option<String>,
    },
    /// Change what you say of yourself; everybody can read it
    #[command(after_help = SET_EXAMPLES)]
    Set(ProfileSet),
}

/// `kith profile set`.
#[derive(Debug, Args)]
pub struct ProfileSet {
    /// What others call you
    #[arg(long)]
    pub name: Option<String>,
    /// A few words about you
    // Its id is not that of an argument that names a meetup, which is completed.
    #[arg(long = "about", value_name = "TEXT")]
    pub words: Option<String>,
    /// Address of your picture, https:// or http://
    #[arg(long, value_name = "URL")]
    pub picture: Option<String>,
    /// Address of your page, https:// or http://
    #[arg(long, value_name = "URL")]
    pub website: Option<String>,
    /// Your name at a domain that names your key (NIP-05)
    #[arg(long, value_name = "NAME@HOST")]
    pub identifier: Option<String>,
    /// Whether the profile may be written without knowing all of it.
    #[command(flatten)]
    pub list: ListRewrite,
}
