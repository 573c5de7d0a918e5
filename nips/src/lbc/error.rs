//! Why a note of LBC cannot be read or cannot be built. One enum each; the texts say what is wrong
//! and where, and are shown to people as they are.

use crate::nip52::TimeError;
use crate::{Event, Kind};

/// Why an event is not the note it was read as.
///
/// ```
/// use kith_nips::lbc::ReadError;
/// use kith_nips::Kind;
/// let error = ReadError::Kind { expected: "1037", found: Kind::MEETUP };
/// assert_eq!(error.to_string(), "kind 31923 instead of 1037");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Another kind.
    #[error("kind {found} instead of {expected}")]
    Kind {
        /// The kinds that would do.
        expected: &'static str,
        /// The event's kind.
        found: Kind,
    },
    /// Neither `d` nor `e` is an event id (D6).
    #[error("no community: neither the `d` tag nor an `e` tag is an event id")]
    NoCommunity,
    /// A kind 30000 whose `d` is not that of a community list of the role asked for (LBC-47).
    #[error("`d` is `{identifier}`, not {expected}")]
    NotTheList {
        /// The form that was expected.
        expected: &'static str,
        /// The `d` that was found.
        identifier: String,
    },
    /// An RSVP without an `a` tag that names a calendar event (NIP52-13).
    #[error("no `a` tag names a meetup (31923:<author>:<identifier>)")]
    NoMeetup,
    /// An RSVP whose status is missing or none of accepted, declined, tentative (NIP52-14).
    #[error("the status `{0}` is none of accepted, declined, tentative")]
    Status(String),
    /// A channel note that does not name its channel (NIP-28).
    #[error("no `e` tag names the channel")]
    NoChannel,
    /// A report without a `p` tag (NIP56-01).
    #[error("no `p` tag names who is reported")]
    NobodyReported,
    /// A kind 43 without `e`, or a kind 44 without `p` (NIP28-05).
    #[error("no `{tag}` tag names what is hidden")]
    NothingHidden {
        /// The tag that is missing.
        tag: &'static str,
    },
}

/// Goes on only with an event of this kind; `number` is the same, for people.
pub(crate) fn of_kind(event: &Event, kind: Kind, number: &'static str) -> Result<(), ReadError> {
    match event.kind() == kind {
        true => Ok(()),
        false => Err(ReadError::Kind {
            expected: number,
            found: event.kind(),
        }),
    }
}

/// Why a note cannot be written.
///
/// ```
/// use kith_nips::lbc::BuildError;
/// assert_eq!(BuildError::Blank("title").to_string(), "the title is empty");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A text that must not be blank.
    #[error("the {0} is empty")]
    Blank(&'static str),
    /// A text above its limit.
    #[error("the {what} has {characters} characters; at most {characters_max} are possible")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// Its length in characters (code points).
        characters: usize,
        /// The limit.
        characters_max: usize,
    },
    /// A meetup without a start (NIP52-02).
    #[error("the meetup has no start")]
    NoStart,
    /// The time of a meetup.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// Drafts of meetups are never sent to relays (D22).
    #[error("a meetup with the status `draft` is never published")]
    DraftStatus,
    /// A slug outside `[a-z0-9-]{1,64}` (LBC-22).
    #[error("`{0}` is not a slug: 1 to 64 characters of a-z, 0-9 and -")]
    Slug(String),
    /// A text note is answered with a text note (NIP-10), never with a comment (NIP22-01).
    #[error("a note of kind 1 is answered with a note, not with a comment")]
    CommentOnNote,
}
