//! The machine-readable words before the colon in `OK`, `CLOSED` (NIP-01, NIP-42) and `NEG-ERR`
//! (NIP-77). What they mean for a retry is the reader's business.

use std::fmt;

/// Why a relay answered as it did.
///
/// ```
/// use kith_nips::Prefix;
/// assert_eq!(Prefix::of("duplicate: already here"), (Prefix::Duplicate, "already here"));
/// // Without a known word it is an error, and the text is kept whole.
/// assert_eq!(Prefix::of("ERROR: bad req"), (Prefix::Error, "ERROR: bad req"));
/// assert_eq!(format!("{}: too fast", Prefix::RateLimited), "rate-limited: too fast");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Prefix {
    /// The relay has this event, or a newer version of it.
    Duplicate,
    /// Too little proof of work (NIP-13).
    Pow,
    /// Not wanted, whoever asks.
    Blocked,
    /// Too much at once.
    RateLimited,
    /// Not what the protocol says.
    Invalid,
    /// Not for this key.
    Restricted,
    /// Nobody was there to hear an ephemeral event.
    Mute,
    /// The relay failed; also every text without a known word.
    Error,
    /// Would be answered after authentication (NIP-42).
    AuthRequired,
    /// A filter member or extension that this relay does not know.
    Unsupported,
    /// Nothing went wrong; the text says more.
    Info,
    /// A comparison of sets is over, or was never open (NIP-77).
    Closed,
}

impl Prefix {
    /// Every prefix.
    pub const ALL: [Self; 12] = [
        Self::Duplicate,
        Self::Pow,
        Self::Blocked,
        Self::RateLimited,
        Self::Invalid,
        Self::Restricted,
        Self::Mute,
        Self::Error,
        Self::AuthRequired,
        Self::Unsupported,
        Self::Info,
        Self::Closed,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Pow => "pow",
            Self::Blocked => "blocked",
            Self::RateLimited => "rate-limited",
            Self::Invalid => "invalid",
            Self::Restricted => "restricted",
            Self::Mute => "mute",
            Self::Error => "error",
            Self::AuthRequired => "auth-required",
            Self::Unsupported => "unsupported",
            Self::Info => "info",
            Self::Closed => "closed",
        }
    }

    /// The prefix of a relay's text and what follows it. A text without a known prefix is
    /// [`Prefix::Error`] and comes back whole.
    pub fn of(text: &str) -> (Self, &str) {
        text.split_once(':')
            .and_then(|(word, rest)| {
                let prefix = Self::ALL
                    .into_iter()
                    .find(|prefix| prefix.as_str() == word)?;
                Some((prefix, rest.trim_start()))
            })
            .unwrap_or((Self::Error, text))
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pfx_01_every_word_is_lower_case_and_comes_back() {
        for prefix in Prefix::ALL {
            let word = prefix.to_string();
            assert!(
                word.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{word}"
            );
            assert_eq!(Prefix::of(&format!("{word}: why")), (prefix, "why"));
        }
    }

    #[test]
    fn pfx_03_unknown_texts_are_errors_and_kept_raw() {
        for text in [
            "",
            "no",
            "ERROR: bad req: x",
            "replaced: newer",
            "Invalid: x",
            " invalid: x",
        ] {
            assert_eq!(Prefix::of(text), (Prefix::Error, text));
        }
    }

    #[test]
    fn pfx_04_and_05_duplicate_and_mute_are_told_apart() {
        assert_eq!(Prefix::of("duplicate:").0, Prefix::Duplicate);
        assert_eq!(Prefix::of("mute: nobody listens").0, Prefix::Mute);
    }
}
