//! What can be wrong with a configuration, and where. All problems are told at once.

use std::fmt;
use std::path::PathBuf;

/// A configuration that cannot be used: at least one problem, all of them listed.
#[derive(Debug, thiserror::Error)]
pub struct ConfigError {
    /// What is wrong, in the order in which it was found.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            write!(formatter, "{problem}")?;
        }
        Ok(())
    }
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        ConfigError {
            problems: vec![problem],
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The file cannot be read.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file is not TOML.
    #[error("{at}: {message}")]
    Syntax {
        /// Where.
        at: Place,
        /// What the parser said.
        message: String,
    },
    /// The file has a key or section that means nothing.
    #[error("{at}: unknown key {key}{}", suggestion(nearest.as_deref()))]
    UnknownKey {
        /// Where.
        at: Place,
        /// The key, with its section.
        key: String,
        /// A known key that is spelt like it.
        nearest: Option<String>,
    },
    /// An environment variable looks like a setting but is none.
    #[error("unknown environment variable {name}{}", suggestion(nearest.as_deref()))]
    UnknownVariable {
        /// The variable.
        name: String,
        /// A known variable that is spelt like it.
        nearest: Option<String>,
    },
    /// A known key has a value that it cannot have.
    #[error("{origin}: {key}: {reason}")]
    Value {
        /// Where the value came from: a place in a file, a variable or a flag.
        origin: String,
        /// The key, with its section.
        key: String,
        /// What was expected and what was found.
        reason: String,
    },
}

/// A place in a file, counted from 1; columns count characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { path, line, column } = self;
        write!(formatter, "{}:{line}:{column}", path.display())
    }
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean {name}?"))
}
