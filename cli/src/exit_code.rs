//! What the number that `kith` ends with means. Scripts rely on it: numbers are
//! never given a new meaning.

use serde::Serialize;

/// The end of a run, as a number for scripts and a word for `--json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ExitCode {
    /// It was done. Some relays may have refused; a warning says so.
    Done = 0,
    /// Something else failed: a file, the configuration, the terminal.
    Failure = 1,
    /// The command line, a date, a place or a length was not understood.
    Usage = 2,
    /// What was named does not exist, or several things have that name.
    NotFound = 3,
    /// There is no key, it cannot be unlocked, or it is not the one needed.
    Key = 4,
    /// No relay could be reached, or none answered in time.
    Unreachable = 5,
    /// Every relay that answered refused.
    Refused = 6,
    /// It is signed and in the queue, and on no relay yet.
    Queued = 7,
}

impl ExitCode {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::Failure,
        Self::Usage,
        Self::NotFound,
        Self::Key,
        Self::Unreachable,
        Self::Refused,
        Self::Queued,
    ];

    /// The number.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// One line for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done; relays that refused are named in a warning",
            Self::Failure => "something failed: a file, the configuration, the terminal",
            Self::Usage => "the command line, a date, a place or a length was not understood",
            Self::NotFound => "what was named does not exist, or several things have that name",
            Self::Key => "no key, wrong password, or not the key that may do this",
            Self::Unreachable => "no relay could be reached, or none answered in time",
            Self::Refused => "every relay that answered refused",
            Self::Queued => "signed and queued, on no relay yet; it goes out when one is back",
        }
    }
}

/// The table that `kith help exit-codes` and the man page print.
pub fn exit_codes_help() -> String {
    let lines = ExitCode::ALL
        .iter()
        .map(|code| format!("\n  {}  {}", code.number(), code.meaning()));
    format!("Exit codes:{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_code_once_and_in_order() {
        let help = exit_codes_help();
        assert_eq!(help.lines().count(), 1 + ExitCode::ALL.len());
        for (number, code) in (0_u8..).zip(ExitCode::ALL) {
            assert_eq!(code.number(), number);
            assert!(help.contains(&format!("  {number}  {}", code.meaning())));
        }
    }
}
