//! What `kith doctor` says.

use serde::Serialize;

/// Everything that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doctor {
    /// In the order in which things depend on each other.
    pub checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What it is: "key", "clock", the address of a relay.
    pub subject: String,
    /// How it is.
    pub health: Health,
    /// What was found.
    pub finding: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// As it should be.
    Well,
    /// It works; something about it is worth knowing.
    Doubtful,
    /// It does not work.
    Wrong,
}

impl Check {
    /// As it should be.
    pub fn well(subject: &str, finding: String) -> Self {
        Self {
            subject: subject.to_owned(),
            health: Health::Well,
            finding,
            remedy: None,
        }
    }

    /// It works; something about it is worth knowing.
    pub fn doubtful(subject: &str, finding: String, remedy: &str) -> Self {
        Self {
            health: Health::Doubtful,
            remedy: Some(remedy.to_owned()).filter(|remedy| !remedy.is_empty()),
            ..Self::well(subject, finding)
        }
    }

    /// It does not work.
    pub fn wrong(subject: &str, finding: String, remedy: &str) -> Self {
        Self {
            health: Health::Wrong,
            ..Self::doubtful(subject, finding, remedy)
        }
    }
}
