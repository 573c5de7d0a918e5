//! What is wrong with a message of a client.

/// What is wrong with a message, and where the answer must go. Texts carry their prefix.
///
/// ```
/// use kith_nips::{ClientMessage, nip01::{FilterLimits, MessageError}};
/// let error = ClientMessage::parse(r#"["HELLO"]"#, &FilterLimits::default()).unwrap_err();
/// assert_eq!(error, MessageError::Notice("invalid: unknown verb \"HELLO\"".into()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Cannot be tied to an event or subscription: answer `NOTICE`.
    #[error("{0}")]
    Notice(String),
    /// Answer `CLOSED` for this subscription; one that is open under the id ends.
    #[error("{reason}")]
    Closed {
        /// The id as the client wrote it, possibly longer than ids may be.
        subscription: String,
        /// The whole text, prefix included.
        reason: String,
    },
    /// Answer `CLOSED` for this COUNT; subscriptions are not touched, also one of the same id
    /// (NIP-45).
    #[error("{reason}")]
    Uncounted {
        /// The id as the client wrote it, possibly longer than ids may be.
        query: String,
        /// The whole text, prefix included.
        reason: String,
    },
    /// Answer `NEG-ERR` for this comparison; one that is open under the id ends (NIP-77).
    #[error("{reason}")]
    Unsynced {
        /// The id as the client wrote it, possibly longer than ids may be.
        subscription: String,
        /// The whole text, prefix included.
        reason: String,
    },
}

impl MessageError {
    /// The same mistake in a COUNT.
    pub(super) fn in_count(self) -> Self {
        match self {
            Self::Closed {
                subscription: query,
                reason,
            } => Self::Uncounted { query, reason },
            other => other,
        }
    }

    /// The same mistake in a comparison of sets.
    pub(super) fn in_sync(self) -> Self {
        match self {
            Self::Closed {
                subscription,
                reason,
            } => Self::Unsynced {
                subscription,
                reason,
            },
            other => other,
        }
    }

    /// The same mistake where nothing can be open under the id.
    pub(super) fn without_id(self) -> Self {
        match self {
            Self::Closed { reason, .. } => Self::Notice(reason),
            other => other,
        }
    }
}
