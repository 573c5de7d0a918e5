//! The short text of a meetup (`summary` and `brief`).

use super::BuildError;

/// The longest summary that is written (LBC-29), in characters (code points).
pub const SUMMARY_CHARACTERS_MAX: usize = 280;

/// A short description of a meetup: `summary` in NIP-52, `brief` in the draft (D13).
///
/// ```
/// use kith_nips::lbc::Summary;
/// assert_eq!(Summary::new("Boards are there")?.as_str(), "Boards are there");
/// assert!(Summary::new(&"x".repeat(281)).is_err());
/// # Ok::<(), kith_nips::lbc::BuildError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Summary(String);

impl Summary {
    /// A summary to be written.
    ///
    /// # Errors
    /// More than [`SUMMARY_CHARACTERS_MAX`] characters.
    pub fn new(text: &str) -> Result<Summary, BuildError> {
        let characters = text.chars().count();
        if characters > SUMMARY_CHARACTERS_MAX {
            return Err(BuildError::TooLong {
                what: "summary",
                characters,
                characters_max: SUMMARY_CHARACTERS_MAX,
            });
        }
        Ok(Summary(text.to_owned()))
    }

    /// A summary as somebody else wrote it: of any length, so that an edit of something else does
    /// not cut it.
    pub(crate) fn read(text: &str) -> Summary {
        Summary(text.to_owned())
    }

    /// The text; empty when there is none.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no summary.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lbc_29_a_summary_has_at_most_280_characters() {
        assert!(Summary::new(&"ä".repeat(280)).is_ok());
        let error = Summary::new(&"ä".repeat(281)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the summary has 281 characters; at most 280 are possible"
        );
    }
}
