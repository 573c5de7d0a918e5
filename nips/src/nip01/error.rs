//! Why a text is no acceptable event. The wire prefix `invalid: ` is put before by whoever answers.

use std::fmt;

use super::NESTING_LEVELS_MAX;

/// One of the seven members of an event (NIP-01).
///
/// ```
/// use kith_nips::nip01::Member;
/// assert_eq!(Member::CreatedAt.to_string(), "created_at");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Member {
    /// `id`
    Id,
    /// `pubkey`
    Pubkey,
    /// `created_at`
    CreatedAt,
    /// `kind`
    Kind,
    /// `tags`
    Tags,
    /// `content`
    Content,
    /// `sig`
    Sig,
}

impl Member {
    /// What the value has to be.
    const fn expected(self) -> &'static str {
        match self {
            Self::Id | Self::Pubkey => "64 lower-case hex characters",
            Self::CreatedAt => "an integer from 0 to 9007199254740991",
            Self::Kind => "an integer from 0 to 65535",
            Self::Tags => "an array of non-empty arrays of strings",
            Self::Content => "a string",
            Self::Sig => "128 lower-case hex characters",
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Id => "id",
            Self::Pubkey => "pubkey",
            Self::CreatedAt => "created_at",
            Self::Kind => "kind",
            Self::Tags => "tags",
            Self::Content => "content",
            Self::Sig => "sig",
        })
    }
}

/// Why an event is refused. The text is what follows `invalid: ` in the answer.
///
/// ```
/// use kith_nips::Event;
/// let error = Event::parse(r#"{"kind":1.0}"#).unwrap_err();
/// assert_eq!(error.to_string(), "kind must be an integer from 0 to 65535");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// Not JSON, raw control characters and lone surrogates included.
    #[error("the event is not JSON (near character {column} of line {line})")]
    NotJson {
        /// Line of the text, from 1.
        line: usize,
        /// Byte of that line, from 1.
        column: usize,
    },
    /// JSON, but no object.
    #[error("the event is not an object")]
    NotAnObject,
    /// A member is not there.
    #[error("{0} is missing")]
    Missing(Member),
    /// A member is there twice.
    #[error("{0} is repeated")]
    Repeated(Member),
    /// A member has the wrong type or an impossible value.
    #[error("{0} must be {expected}", expected = .0.expected())]
    Malformed(Member),
    /// A tag is not a non-empty array of strings.
    #[error("tags[{0}] must be a non-empty array of strings")]
    Tag(usize),
    /// A `\u` escape is half of a surrogate pair, in a member that is dropped. (In the seven
    /// members this is [`EventError::NotJson`].)
    #[error("a \\u escape is half of a surrogate pair")]
    LoneSurrogate,
    /// More levels of arrays and objects than [`NESTING_LEVELS_MAX`].
    #[error("nested deeper than {most} levels", most = NESTING_LEVELS_MAX)]
    TooDeep,
    /// Two gibibytes or more.
    #[error("the event is too long")]
    TooLong,
    /// The first `expiration` tag is not a decimal integer (NIP-40).
    #[error("expiration must be a decimal integer")]
    Expiration,
    /// The id is not the hash of the event.
    #[error("id is not the hash of this event")]
    WrongId,
    /// The public key is no point of the curve.
    #[error("pubkey is not on the curve")]
    WrongPublicKey,
    /// The signature is not by this key over this id.
    #[error("sig is not a signature of id by pubkey")]
    WrongSignature,
}

impl From<super::canonical::TooLong> for EventError {
    fn from(_: super::canonical::TooLong) -> Self {
        Self::TooLong
    }
}
