//! Questions on the terminal. Without a terminal nothing is asked: the error
//! says how a script gives the answer.

use std::fmt::Display;
use std::fs::File;
use std::io::{IsTerminal, Write};

use inquire::validator::Validation;
use inquire::{Confirm, InquireError, Password, PasswordDisplayMode, Select, Text};
use zeroize::Zeroizing;

use crate::output::plain;
use crate::progress::Waiting;

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

/// A question that is answered with a line.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The question.
    pub text: &'a str,
    /// What else to know, below it.
    pub help: &'a str,
    /// What Enter alone means.
    pub default: &'a str,
}

/// Who asks: whatever else is written to the terminal rests meanwhile.
#[derive(Debug, Clone, Default)]
pub struct Prompt {
    waiting: Waiting,
}

impl Prompt {
    /// Asks while `waiting` rests.
    pub fn new(waiting: Waiting) -> Self {
        Self { waiting }
    }

    /// Asks for a text that is not shown. `twice` asks again and compares.
    pub fn secret(
        &self,
        question: &str,
        twice: bool,
        instead: &'static str,
    ) -> Result<Zeroizing<String>, PromptError> {
        require_terminal(question, instead)?;
        let _resting = self.waiting.rest();
        let prompt = Password::new(question).with_display_mode(PasswordDisplayMode::Hidden);
        let prompt = match twice {
            // An empty password protects nothing.
            true => prompt.with_validator(|typed: &str| {
                Ok(match typed.is_empty() {
                    true => Validation::Invalid("choose one of some length".into()),
                    false => Validation::Valid,
                })
            }),
            false => prompt.without_confirmation(),
        };
        prompt.prompt().map(Zeroizing::new).map_err(failed)
    }

    /// Says why an answer is not taken.
    pub fn say(&self, text: &str) {
        let _resting = self.waiting.rest();
        // Nothing is left to do when standard error is closed.
        let _ = writeln!(std::io::stderr().lock(), "{}", plain(text));
    }

    /// Asks yes or no; no is [`PromptError::Cancelled`]. With `yes` nothing is asked.
    pub fn confirm(&self, question: &str, yes: bool) -> Result<(), PromptError> {
        if yes {
            return Ok(());
        }
        require_terminal(question, "add --yes to confirm")?;
        let _resting = self.waiting.rest();
        match Confirm::new(question).with_default(false).prompt() {
            Ok(true) => Ok(()),
            Ok(false) => Err(PromptError::Cancelled),
            Err(error) => Err(failed(error)),
        }
    }

    /// Asks which of these it should be.
    pub fn choice<T: Display>(
        &self,
        question: &str,
        choices: Vec<T>,
        instead: &'static str,
    ) -> Result<T, PromptError> {
        require_terminal(question, instead)?;
        let _resting = self.waiting.rest();
        let prompt = Select::new(question, choices).without_filtering();
        prompt.prompt().map_err(failed)
    }

    /// Asks for a line, again and again until `check` has nothing against it.
    pub fn line(
        &self,
        question: Question<'_>,
        check: impl Fn(&str) -> Result<(), String> + Clone + 'static,
        instead: &'static str,
    ) -> Result<String, PromptError> {
        require_terminal(question.text, instead)?;
        let _resting = self.waiting.rest();
        let prompt = Text::new(question.text).with_help_message(question.help);
        let prompt = prompt.with_validator(move |typed: &str| {
            Ok(match check(typed) {
                Ok(()) => Validation::Valid,
                Err(message) => Validation::Invalid(message.into()),
            })
        });
        let prompt = match question.default {
            "" => prompt,
            default => prompt.with_default(default),
        };
        let typed = prompt.prompt().map_err(failed)?;
        Ok(typed.trim().to_owned())
    }
}

fn require_terminal(question: &str, instead: &'static str) -> Result<(), PromptError> {
    if is_possible() {
        return Ok(());
    }
    Err(PromptError::NoTerminal {
        question: question.to_owned(),
        instead,
    })
}

/// Whether somebody is there to answer. Questions are written to standard error. Answers are typed on
/// standard input, or on the terminal of the process when that is a pipe
/// (`pass show nostr | kith keys import`).
pub fn is_possible() -> bool {
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
