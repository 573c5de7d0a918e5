//! Questions on the terminal. Without a terminal nothing is asked: the error
//! says how a script gives the answer.

use std::fs::File;
use std::io::IsTerminal;

use inquire::{Confirm, InquireError, Password, PasswordDisplayMode};
use zeroize::Zeroizing;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// Nobody is there to answer.
    #[error("{question}: there is no terminal to ask on")]
    NoTerminal {
        /// What would have been asked.
        question: String,
        /// How to give the answer without a terminal.
        instead: &'static str,
    },
    /// The person said no, or pressed Escape or Ctrl-C.
    #[error("cancelled, nothing was changed")]
    Cancelled,
    /// The terminal failed.
    #[error("cannot ask on this terminal: {0}")]
    Failed(String),
}

impl PromptError {
    /// How to answer without a terminal.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoTerminal { instead, .. } => Some((*instead).to_owned()),
            Self::Cancelled | Self::Failed(_) => None,
        }
    }
}

/// Asks for a text that is not shown. `twice` asks again and compares.
pub fn secret(
    question: &str,
    twice: bool,
    instead: &'static str,
) -> Result<Zeroizing<String>, PromptError> {
    require_terminal(question, instead)?;
    let prompt = Password::new(question).with_display_mode(PasswordDisplayMode::Hidden);
    let prompt = if twice {
        prompt
    } else {
        prompt.without_confirmation()
    };
    prompt.prompt().map(Zeroizing::new).map_err(failed)
}

/// Asks yes or no; no is [`PromptError::Cancelled`]. With `yes` nothing is asked.
pub fn confirm(question: &str, yes: bool) -> Result<(), PromptError> {
    if yes {
        return Ok(());
    }
    require_terminal(question, "add --yes to confirm")?;
    match Confirm::new(question).with_default(false).prompt() {
        Ok(true) => Ok(()),
        Ok(false) => Err(PromptError::Cancelled),
        Err(error) => Err(failed(error)),
    }
}

fn require_terminal(question: &str, instead: &'static str) -> Result<(), PromptError> {
    if has_terminal() {
        return Ok(());
    }
    Err(PromptError::NoTerminal {
        question: question.to_owned(),
        instead,
    })
}

/// Questions are written to standard error. Answers are typed on standard
/// input, or on the terminal of the process when that is a pipe
/// (`pass show nostr | kith keys import`).
fn has_terminal() -> bool {
    let can_be_answered =
        std::io::stdin().is_terminal() || (cfg!(unix) && File::open("/dev/tty").is_ok());
    std::io::stderr().is_terminal() && can_be_answered
}

fn failed(error: InquireError) -> PromptError {
    match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => {
            PromptError::Cancelled
        }
        other => PromptError::Failed(other.to_string()),
    }
}
