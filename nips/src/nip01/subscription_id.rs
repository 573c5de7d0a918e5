//! Names that clients give to subscriptions and counts (NIP-01).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Longest subscription id, in Unicode code points (NIP-01).
pub const SUBSCRIPTION_ID_CHARACTERS_MAX: usize = 64;

/// A subscription id: 1 to 64 code points, compared exactly. Cheap to clone.
///
/// ```
/// use kith_nips::SubscriptionId;
/// let id = SubscriptionId::new("near me 🗺")?;
/// assert_eq!(id.as_str(), "near me 🗺");
/// assert!(SubscriptionId::new("").is_err());
/// # Ok::<(), kith_nips::nip01::SubscriptionIdError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId(Arc<str>);

/// Why a text is no subscription id.
///
/// ```
/// use kith_nips::{SubscriptionId, nip01::SubscriptionIdError};
/// assert_eq!(SubscriptionId::new("é".repeat(65)), Err(SubscriptionIdError::TooLong));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionIdError {
    /// No character at all.
    #[error("the subscription id is empty")]
    Empty,
    /// More than [`SUBSCRIPTION_ID_CHARACTERS_MAX`] code points.
    #[error("the subscription id is longer than 64 characters")]
    TooLong,
}

impl SubscriptionId {
    /// Checks the length.
    pub fn new(text: impl AsRef<str>) -> Result<Self, SubscriptionIdError> {
        let text = text.as_ref();
        if text.is_empty() {
            return Err(SubscriptionIdError::Empty);
        }
        if text.chars().nth(SUBSCRIPTION_ID_CHARACTERS_MAX).is_some() {
            return Err(SubscriptionIdError::TooLong);
        }
        Ok(Self(text.into()))
    }

    /// The id as the client wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for SubscriptionId {
    type Err = SubscriptionIdError;

    fn from_str(text: &str) -> Result<Self, SubscriptionIdError> {
        Self::new(text)
    }
}

impl std::borrow::Borrow<str> for SubscriptionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nip01_60_one_to_sixty_four_code_points() {
        for good in ["a", "\"\\", &"😀".repeat(64)] {
            assert_eq!(SubscriptionId::new(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn nip01_61_and_62_other_lengths_are_refused() {
        assert_eq!(
            "".parse::<SubscriptionId>(),
            Err(SubscriptionIdError::Empty)
        );
        assert_eq!(
            SubscriptionId::new("x".repeat(65)),
            Err(SubscriptionIdError::TooLong)
        );
    }
}
