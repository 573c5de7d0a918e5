//! The one shape in which every failure reaches the person or the program that
//! ran `kith`: a line, a hint, an exit code. Modules have their own error
//! enums; this file only says what each becomes. It knows nothing of how it is
//! printed.

use std::path::PathBuf;

use serde::Serialize;

use crate::exit_code::ExitCode;
use crate::keystore::KeystoreError;
use crate::prompt::PromptError;
use crate::radius::RadiusError;
use crate::settings::SettingsError;
use crate::when::WhenError;

/// What went wrong, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CliError {
    /// The number that the program ends with.
    pub code: ExitCode,
    /// One line, without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// What a name could have meant.
    pub candidates: Vec<Candidate>,
}

/// One thing that an ambiguous name could mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// The id as it is listed: what a person types instead.
    pub id: String,
    /// What a program uses instead: a whole id or address.
    pub reference: String,
    /// What it is, for people.
    pub description: String,
}

impl CliError {
    /// An error with a hint.
    pub fn new(code: ExitCode, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: Some(hint.into()),
            candidates: Vec::new(),
        }
    }

    /// An error that speaks for itself.
    pub fn plain(code: ExitCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            candidates: Vec::new(),
        }
    }

    /// What was typed is wrong.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(ExitCode::Usage, message, hint)
    }

    /// A file could not be read or written.
    pub fn file(doing: &str, path: impl Into<PathBuf>, error: &std::io::Error) -> Self {
        Self::plain(
            ExitCode::Failure,
            format!("cannot {doing} {}: {error}", path.into().display()),
        )
    }

    /// The same error about a named argument ("--start: …").
    pub fn about(mut self, argument: &str) -> Self {
        self.message = format!("{argument}: {}", self.message);
        self
    }
}

impl From<WhenError> for CliError {
    fn from(error: WhenError) -> Self {
        Self::usage(error.to_string(), error.hint())
    }
}

impl From<RadiusError> for CliError {
    fn from(error: RadiusError) -> Self {
        Self::usage(error.to_string(), "try \"25km\", \"10 miles\" or \"500m\"")
    }
}

impl From<PromptError> for CliError {
    fn from(error: PromptError) -> Self {
        let code = match error {
            PromptError::NoTerminal { .. } => ExitCode::Usage,
            PromptError::Cancelled | PromptError::Failed(_) => ExitCode::Failure,
        };
        Self {
            hint: error.hint(),
            ..Self::plain(code, error.to_string())
        }
    }
}

impl From<SettingsError> for CliError {
    fn from(error: SettingsError) -> Self {
        let code = match error {
            SettingsError::Relay { .. }
            | SettingsError::TooManyRelays
            | SettingsError::Now { .. } => ExitCode::Usage,
            SettingsError::NoSuchRelay { .. } => ExitCode::NotFound,
            _ => ExitCode::Failure,
        };
        Self {
            hint: error.hint(),
            ..Self::plain(code, error.to_string())
        }
    }
}

impl From<KeystoreError> for CliError {
    fn from(error: KeystoreError) -> Self {
        Self {
            hint: error.hint(),
            ..Self::plain(ExitCode::Key, error.to_string())
        }
    }
}
