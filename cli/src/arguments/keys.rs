//! `kith keys …` as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Make, import or show your key.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a new key and write it, encrypted, into the configuration folder
    #[command(after_help = "Example:\n  kith keys new\n  KITH_PASSWORD=… kith keys new --json")]
    New {
        /// How it is kept
        #[command(flatten)]
        kept: Kept,
    },
    /// Import a key that you have: nsec, 64 hexadecimal digits, or ncryptsec
    ///
    /// The key is read from FILE, from standard input when that is not a
    /// terminal, or asked for without being shown. It is never an argument,
    /// because other programs can see those.
    #[command(
        after_help = "Examples:\n  kith keys import\n  kith keys import key.txt\n  pass show nostr | kith keys import"
    )]
    Import {
        /// File that holds the key
        file: Option<PathBuf>,
        /// How it is kept
        #[command(flatten)]
        kept: Kept,
    },
    /// Show your public key
    #[command(
        after_help = "Examples:\n  kith keys show\n  kith keys show --secret --encrypted\n  kith keys show --secret"
    )]
    Show(Show),
}

/// How a new key is kept.
#[derive(Debug, Args)]
pub struct Kept {
    /// Replace the key that is there; a copy of it is kept beside
    #[arg(long)]
    pub force: bool,
    /// Keep it in the keyring of the system, without a password, instead of an encrypted file
    #[arg(long, hide = cfg!(not(feature = "keyring")))]
    pub keyring: bool,
}

/// `kith keys show`.
#[derive(Debug, Args)]
pub struct Show {
    /// Show the secret key as well, after asking
    #[arg(long)]
    pub secret: bool,
    /// With --secret: show it encrypted (ncryptsec), as it is in the file
    #[arg(long, requires = "secret")]
    pub encrypted: bool,
    /// Do not ask before showing the secret key
    #[arg(long, requires = "secret")]
    pub yes: bool,
}
