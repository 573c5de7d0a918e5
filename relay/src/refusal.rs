//! A refusal as a value: the word that machines read and the reason for people. It becomes text on
//! the wire in `admit/answer.rs` and `session/`, nowhere else.

use std::borrow::Cow;
use std::fmt;

use kith_nips::Prefix;

/// Why something is refused: what the client reads is `<prefix>: <reason>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The machine-readable word (NIP-01).
    pub prefix: Prefix,
    /// For people.
    pub reason: Cow<'static, str>,
}

impl Refusal {
    /// A refusal of this kind for this reason.
    pub fn new(prefix: Prefix, reason: impl Into<Cow<'static, str>>) -> Self {
        Refusal {
            prefix,
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.prefix, self.reason)
    }
}
