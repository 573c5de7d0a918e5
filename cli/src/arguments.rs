//! The command line as typed. Nothing is resolved here: places, dates and
//! references stay text until [`crate::commands`] knows what they stand for.

pub mod admin;
pub mod agenda;
pub mod announce;
pub mod calendar;
pub mod chat;
pub mod comment;
pub mod community;
pub mod dm;
pub mod doctor;
pub mod friends;
pub mod invite;
pub mod keys;
pub mod login;
pub mod meetup;
pub mod members;
pub mod mute;
pub mod near;
pub mod one_meetup;
pub mod outbox;
pub mod profile;
pub mod relays;
pub mod report;
pub mod series;
pub mod vanish;
pub mod watch;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::exit_code::exit_codes_help;

const ABOUT: &str = "Communities, meetups and answers on Nostr";
const LONG_ABOUT: &str = "\
Communities, meetups and answers on Nostr.

Make a key, start a community, invite people to a meetup; find communities and
meetups near you, follow them, and say whether you come. Everything is stored
on the relays that you choose, and belongs to your key.";

const AFTER_HELP: &str = "\
Examples:
  kith keys new
  kith near Brighton
  kith community create \"Brighton Rust\" --place Brighton --topic rust
  kith meetup create \"Brighton Rust\" \"Rust and chips\" \\
       --start \"next friday 19:00\" --where \"The Hope, Queens Road\"
  kith rsvp \"Rust and chips\" yes
  kith agenda

`kith help exit-codes` explains the exit codes; `kith help environment` the
variables that scripts can set.";

const ENVIRONMENT_HELP: &str = "\
Environment:
  KITH_CONFIG_DIR  folder of the key, the relays, what was listed last, and
                   local.db, which is in the user's data folder otherwise
  KITH_KEY         secret key to use instead of the key file: nsec, 64
                   hexadecimal digits, or ncryptsec with a password
  KITH_PASSWORD    password of the key
  KITH_RELAYS      relays to use instead of the configured ones, separated by
                   commas
  NO_COLOR         set to anything: no bold text, no colours

Flags come before the environment, the environment before files, files before
defaults.";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "kith",
    version,
    about = ABOUT,
    long_about = LONG_ABOUT,
    after_help = AFTER_HELP,
    after_long_help = format!("{AFTER_HELP}\n\n{}\n\n{ENVIRONMENT_HELP}", exit_codes_help()),
    propagate_version = true,
    infer_subcommands = false,
    arg_required_else_help = true
)]
pub struct Arguments {
    /// What every command understands.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Print JSON for programs; errors and warnings too, on standard error
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub json: bool,
    /// Print the answer alone: no progress, no warnings, nothing about what to do next
    #[arg(
        long,
        short,
        global = true,
        conflicts_with = "verbose",
        help_heading = "Everywhere"
    )]
    pub quiet: bool,
    /// Relay to use instead of the configured ones; can be repeated
    #[arg(
        long = "relay",
        value_name = "URL",
        global = true,
        help_heading = "Everywhere"
    )]
    pub relays: Vec<String>,
    /// File whose first line is the password of the key
    #[arg(long, value_name = "FILE", global = true, help_heading = "Everywhere")]
    pub password_file: Option<PathBuf>,
    /// Seconds that a relay may stay silent
    #[arg(
        long,
        value_name = "SECONDS",
        global = true,
        default_value_t = 10,
        value_parser = clap::value_parser!(u64).range(1..=600),
        help_heading = "Everywhere"
    )]
    pub timeout: u64,
    /// Ask no relay: answer from what was read before, keep for later what is written
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub offline: bool,
    /// Show what the relays are told and answer, on standard error
    #[arg(long, short, global = true, help_heading = "Everywhere")]
    pub verbose: bool,
    /// The moment that "tomorrow" and "+7d" count from; for tests
    #[arg(long, value_name = "MOMENT", global = true, hide = true)]
    pub now: Option<String>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make, import or show your key
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Let a signer elsewhere sign: a phone, a bunker (NIP-46)
    #[command(after_help = login::EXAMPLES)]
    Login(login::Login),
    /// Use the key file again, and not a signer elsewhere
    #[command(after_help = "Example:\n  kith logout")]
    Logout,
    /// Choose the relays
    #[command(subcommand)]
    Relays(relays::Relays),
    /// Start, change, show, list or close a community
    #[command(subcommand)]
    Community(community::Community),
    /// Follow a community
    #[command(after_help = "Example:\n  kith follow \"Brighton Rust\"\n  kith follow 3f2a9c01")]
    Follow(community::Follow),
    /// Stop following a community
    #[command(after_help = "Example:\n  kith leave \"Brighton Rust\"")]
    Leave(community::Follow),
    /// Announce, change, cancel, show or list meetups
    #[command(subcommand)]
    Meetup(meetup::Meetup),
    /// Say whether you come to a meetup
    #[command(
        after_help = "Examples:\n  kith rsvp \"Rust and chips\" yes\n  kith rsvp naddr1… maybe --note \"A bit late\""
    )]
    Rsvp(meetup::Rsvp),
    /// Show who comes to a meetup, also for spreadsheets
    #[command(
        after_help = "Examples:\n  kith attendees \"Rust and chips\"\n  kith attendees \"Rust and chips\" --csv --out people.csv"
    )]
    Attendees(calendar::Attendees),
    /// Find communities and meetups near a place
    #[command(after_help = near::EXAMPLES)]
    Near(near::Near),
    /// Print communities and meetups near a place as they are announced
    #[command(after_help = watch::EXAMPLES)]
    Watch(watch::Watch),
    /// Read and write the chat of a community
    #[command(after_help = chat::EXAMPLES)]
    Chat(chat::Chat),
    /// Read and write what is below a meetup
    #[command(after_help = comment::EXAMPLES)]
    Comment(comment::Comment),
    /// Make a link and a QR code that lead to a community or a meetup
    #[command(after_help = invite::EXAMPLES)]
    Invite(invite::Invite),
    /// Show what is coming up for you, with your answers
    #[command(after_help = agenda::EXAMPLES)]
    Agenda(agenda::Agenda),
    /// Show and manage the members of a community
    #[command(subcommand)]
    Members(members::Members),
    /// Show what waits to be sent, send it, or drop it
    #[command(after_help = outbox::EXAMPLES)]
    Outbox(outbox::Outbox),
    /// Look at the key, the relays and the clock: what is wrong, and how to mend it
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(doctor::Doctor),
    /// Write to the members of a community, or to those who come to a meetup
    #[command(after_help = announce::EXAMPLES)]
    Announce(announce::Announce),
    /// Write and read private messages
    #[command(after_help = dm::EXAMPLES)]
    Dm(dm::Dm),
    /// Show and change whom you follow; those who follow you back are friends
    #[command(after_help = friends::FRIENDS_EXAMPLES)]
    Friends(friends::Friends),
    /// Show what your friends wrote, announced and answered
    #[command(after_help = friends::FEED_EXAMPLES)]
    Feed(friends::Feed),
    /// Show what people say of themselves, and change what you say
    #[command(subcommand)]
    Profile(profile::Profile),
    /// Show and change what you do not want to hear, anywhere (NIP-51)
    #[command(after_help = mute::EXAMPLES)]
    Mute(mute::Mute),
    /// Hear somebody or something again
    #[command(after_help = mute::UNDO_EXAMPLES)]
    Unmute(mute::Unmute),
    /// Ask relays to delete all that your key wrote, for good (NIP-62)
    #[command(after_help = vanish::EXAMPLES)]
    Vanish(vanish::Vanish),
    /// Report a person, a meetup or a note (NIP-56)
    #[command(after_help = report::EXAMPLES)]
    Report(report::Report),
    /// Read what was reported in your community
    #[command(after_help = report::READING_EXAMPLES)]
    Reports(community::Reference),
    /// Manage a relay: people, events, kinds, addresses, its name (NIP-86)
    #[command(subcommand, after_help = admin::EXAMPLES)]
    Admin(admin::Admin),
    /// Print a completion script for a shell
    #[command(
        after_help = "Example:\n  kith completions bash > ~/.local/share/bash-completion/completions/kith\n\nCommunities and meetups that were listed or read before are completed by name."
    )]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the man page, or write the pages of all commands
    #[command(after_help = "Example:\n  kith man --out ~/.local/share/man/man1")]
    Man {
        /// Folder to write one page for each command into
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Explain the exit codes
    #[command(after_help = exit_codes_help())]
    ExitCodes,
    /// Explain the environment variables
    #[command(after_help = ENVIRONMENT_HELP)]
    Environment,
}

/// The text of `kith environment`.
pub fn environment_help() -> &'static str {
    ENVIRONMENT_HELP
}

/// Confirmation for replacing what could not be read everywhere.
#[derive(Debug, Clone, Copy, Args)]
pub struct ListRewrite {
    /// Write a new version even though not every relay told what it has; what
    /// only the silent relays know is lost
    #[arg(long)]
    pub force_new_list: bool,
}

#[cfg(test)]
mod tests;
