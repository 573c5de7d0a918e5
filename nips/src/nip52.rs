//! NIP-52 calendar time: when a calendar event happens and which days it touches.
//!
//! Owns the time part that date-based (31922) and time-based (31923) calendar events share:
//! half-open spans, all-day dates, `D` day numbers and time-zone names. Must not know communities,
//! RSVPs or places; those are LBC's ([`crate::lbc`]).
//!
//! All instants are Unix seconds (UTC), all spans are half open: `[start, end)`.

mod date_span;
mod time_span;
mod when;
mod zone;

pub use date_span::DateSpan;
pub use time_span::{TimeSpan, days};
pub(crate) use when::WHEN_TAGS;
pub use when::When;
pub use zone::Zone;

/// Length of the UTC days that NIP-52 counts in `D` tags.
pub const SECONDS_PER_DAY: u64 = 86_400;

/// The last instant that has a date in the proleptic calendar of this crate, in Unix seconds
/// (end of the year 9999). Times after it are refused.
pub const UNIX_SECONDS_MAX: u64 = 253_402_207_200;

/// The most `D` tags that one calendar event gets: a span of more days is refused when writing.
pub const DAYS_PER_EVENT_MAX: u64 = 366;

/// Why a time cannot be used in a calendar event (NIP-52).
///
/// ```
/// use kith_nips::nip52::TimeSpan;
/// let error = TimeSpan::new(200, Some(100)).unwrap_err();
/// assert_eq!(error.to_string(), "the end (100) must be after the start (200)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// `end` is not after `start` (NIP52-04, NIP52-06).
    #[error("the end ({end}) must be after the start ({start})")]
    EndNotAfterStart {
        /// The start as it would be written.
        start: String,
        /// The end as it would be written.
        end: String,
    },
    /// Before 1970 or after the year 9999.
    #[error("the time {0} is outside the years 1970 to 9999")]
    OutOfRange(String),
    /// More than [`DAYS_PER_EVENT_MAX`] days.
    #[error("the event lasts {days} days; at most {DAYS_PER_EVENT_MAX} are possible")]
    TooLong {
        /// UTC days that the event touches.
        days: u64,
    },
    /// Not a name of the IANA time-zone database.
    #[error("`{0}` is not an IANA time zone such as Europe/London")]
    UnknownZone(String),
}
