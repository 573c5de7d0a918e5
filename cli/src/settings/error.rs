//! Why the settings cannot be used, and what to do about it.

use std::path::PathBuf;

use super::RELAYS_MAX;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The system names no home folder.
    #[error("this system names no configuration folder")]
    NoFolder,
    /// The file exists but cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write {}: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file is not TOML, or has a key that is not known.
    #[error("{}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line and reason.
        message: String,
    },
    /// Not the address of a relay.
    #[error("\"{text}\" is not the address of a relay")]
    Relay {
        /// As typed.
        text: String,
    },
    /// More than [`RELAYS_MAX`].
    #[error("more than {RELAYS_MAX} relays")]
    TooManyRelays,
    /// To be removed, but not in the list.
    #[error("{url} is not in the list of relays")]
    NoSuchRelay {
        /// The relay.
        url: String,
    },
    /// `KITH_NOW` or `--now` is no moment.
    #[error("\"{text}\" is not a moment with a time zone")]
    Now {
        /// As given.
        text: String,
    },
}

impl SettingsError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoFolder => "set KITH_CONFIG_DIR",
            Self::Relay { .. } => "relays look like wss://relay.example.com",
            Self::NoSuchRelay { .. } => "see `kith relays list`",
            Self::Syntax { .. } => {
                "the file holds relays = [\"wss://…\"], and home = \"your city\" relay_lists = false or work_bits_max = 20 if you like"
            }
            Self::Now { .. } => "write it as 2026-11-21T10:15:00+00:00[Europe/London]",
            Self::TooManyRelays => "remove some with `kith relays remove`",
            Self::Read { .. } | Self::Write { .. } => return None,
        };
        Some(hint.to_owned())
    }
}
