//! Why one relay did not do what it was asked: the same few reasons for a note that was not taken
//! and for a question that got no definite answer. Knows nothing of communities.

use std::fmt;
use std::time::Duration;

use kith_nips::Prefix;
use kith_nips::nip11::BrokenLimit;
use nostr_sdk::RelayUrl;

/// How relays name the time of a note: strfry, nostr-rs-relay, khatru and ours.
const TIME_WORDS: [&str; 5] = [
    "created_at",
    "timestamp",
    "in the future",
    "too old",
    "clock",
];

/// One relay and why it did not take a note, or did not answer a question.
///
/// ```
/// use kith_client::{Prefix, Reason, Refusal, RelayUrl};
///
/// let refusal = Refusal {
///     relay: RelayUrl::parse("wss://relay.example.com")?,
///     reason: Reason::refused("restricted: members only"),
/// };
/// assert_eq!(refusal.prefix(), Some(Prefix::Restricted));
/// assert_eq!(refusal.to_string(), "wss://relay.example.com: restricted: members only");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The relay.
    pub relay: RelayUrl,
    /// Why.
    pub reason: Reason,
}

impl Refusal {
    /// The machine-readable prefix, when the relay itself refused (NIP-01).
    pub fn prefix(&self) -> Option<Prefix> {
        match &self.reason {
            Reason::Refused { prefix, .. } => Some(*prefix),
            _ => None,
        }
    }

    /// The relay's own words, prefix included, when it refused.
    pub fn message(&self) -> Option<&str> {
        match &self.reason {
            Reason::Refused { message, .. } => Some(message),
            _ => None,
        }
    }

    /// Whether the relay does not believe the time that a note bears. Then either its clock is wrong
    /// or ours: [`crate::Kith::check_relays`] compares them. Relays have no word for it, so this goes
    /// by what they write.
    ///
    /// ```
    /// use kith_client::{Reason, Refusal, RelayUrl};
    ///
    /// let refusal = Refusal {
    ///     relay: RelayUrl::parse("wss://relay.example.com")?,
    ///     reason: Reason::refused("invalid: created_at is more than 900 seconds in the future"),
    /// };
    /// assert!(refusal.is_about_time());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_about_time(&self) -> bool {
        let text = match &self.reason {
            Reason::Refused { message, .. } | Reason::Authentication(message) => message,
            _ => return false,
        };
        let text = text.to_lowercase();
        TIME_WORDS.iter().any(|word| text.contains(word))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.relay, self.reason)
    }
}

/// What went wrong at one relay.
///
/// ```
/// use kith_client::{Prefix, Reason};
///
/// // A text without a known prefix is an error, and the text is kept.
/// let reason = Reason::refused("ERROR: bad req: too many");
/// assert!(matches!(&reason, Reason::Refused { prefix: Prefix::Error, .. }));
/// assert_eq!(reason.to_string(), "ERROR: bad req: too many");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// It was not asked, because the user wants no relay to be ([`crate::KithBuilder::offline`]).
    #[error("not asked, for nothing is while offline")]
    Offline,
    /// No connection could be made.
    #[error("not reachable: {0}")]
    Unreachable(String),
    /// Nothing was heard for this long. A note may be sent again unchanged.
    #[error("no answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    /// The connection ended before the answer came.
    #[error("the connection was lost before it answered")]
    ConnectionLost,
    /// The relay said no, with OK false or with CLOSED.
    #[error("{}", explain(.prefix, .message))]
    Refused {
        /// What kind of no (NIP-01, NIP-42); unknown words are [`Prefix::Error`].
        prefix: Prefix,
        /// The relay's own words, prefix included.
        message: String,
    },
    /// It was not asked: it announces a limit that the note does not keep (NIP-11).
    #[error("not sent, its {0}")]
    Limit(BrokenLimit),
    /// It was not asked: it does not say that people can become its members (NIP-43).
    #[error("not asked, it does not announce that people can become members (NIP-43)")]
    NoMembers,
    /// The relay asks who we are and did not accept our answer, or there is no key to sign one.
    #[error("the relay asks for authentication: {0}")]
    Authentication(String),
    /// The relay sent notes faster than they could be taken in, so some may be missing.
    #[error("answers came faster than they could be read")]
    Overrun,
    /// The relay has more than [`crate::EVENTS_PER_ANSWER_MAX`] matching notes.
    #[error(
        "more than {} notes match; narrow the question",
        crate::EVENTS_PER_ANSWER_MAX
    )]
    TooMany,
    /// More notes of one second match than the relay gives at a time, so some of them are missing. What
    /// came is kept.
    #[error(
        "more notes of one second match than it gives at a time, so some are missing; narrow the question"
    )]
    TooManyAtOnce,
}

impl Reason {
    /// Whether the relay answered all the same, though not completely.
    pub(crate) fn is_partial(&self) -> bool {
        matches!(self, Reason::TooManyAtOnce)
    }

    /// Classifies the text of an `OK` false or a `CLOSED`.
    pub fn refused(message: impl Into<String>) -> Reason {
        let message = message.into();
        let (prefix, _) = Prefix::of(&message);
        Reason::Refused { prefix, message }
    }
}

/// An older version is the one refusal that people misread: the relay already has something newer.
fn explain(prefix: &Prefix, message: &str) -> String {
    match (prefix, message.is_empty()) {
        (_, true) => "refused without a reason".to_owned(),
        (Prefix::Duplicate, _) => {
            format!("not stored, the relay has this or something newer ({message})")
        }
        _ => message.to_owned(),
    }
}

/// `a, b and c` for error texts.
pub(crate) fn joined(refusals: &[Refusal]) -> String {
    let texts: Vec<String> = refusals.iter().map(Refusal::to_string).collect();
    texts.join("; ")
}

/// Adds the relays that are not named yet.
pub(crate) fn merge(silent: &mut Vec<Refusal>, more: &[Refusal]) {
    for refusal in more {
        if silent.iter().all(|known| known.relay != refusal.relay) {
            silent.push(refusal.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pfx_03_unknown_words_are_errors_and_the_text_is_kept() {
        for text in [
            "ERROR: bad req: x",
            "no colon at all",
            "replaced: have newer",
            "",
        ] {
            match Reason::refused(text) {
                Reason::Refused { prefix, message } => {
                    assert_eq!(prefix, Prefix::Error, "{text}");
                    assert_eq!(message, text);
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn pfx_04_an_older_version_is_explained() {
        let reason = Reason::refused("duplicate: a newer version is stored");
        assert!(reason.to_string().starts_with("not stored, the relay has"));
    }
}
