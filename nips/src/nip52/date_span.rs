//! Spans of whole days (kind 31922).

use std::ops::RangeInclusive;

use jiff::civil::Date;

use super::{SECONDS_PER_DAY, TimeError};

/// Days from 0001-01-01 are not needed: NIP-52 all-day dates are used from 1970 on.
const FIRST_YEAR: i16 = 1970;

/// Whole days `[start, end)`, not bound to a time zone; without an end, one day (NIP52-06).
///
/// ```
/// use jiff::civil::date;
/// use kith_nips::nip52::DateSpan;
/// let weekend = DateSpan::new(date(2026, 12, 5), Some(date(2026, 12, 7)))?;
/// assert_eq!(weekend.last_day(), date(2026, 12, 6));
/// assert_eq!(weekend.days().count(), 2);
/// # Ok::<(), kith_nips::nip52::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateSpan {
    start: Date,
    end: Option<Date>,
}

impl DateSpan {
    /// A span of whole days; `end` is exclusive.
    ///
    /// # Errors
    /// `end` not after `start`, or a start before 1970 (NIP52-06).
    pub fn new(start: Date, end: Option<Date>) -> Result<DateSpan, TimeError> {
        if start.year() < FIRST_YEAR {
            return Err(TimeError::OutOfRange(start.to_string()));
        }
        match end {
            Some(end) if end <= start => Err(TimeError::EndNotAfterStart {
                start: start.to_string(),
                end: end.to_string(),
            }),
            _ => Ok(DateSpan { start, end }),
        }
    }

    /// Reads the values of a `start` and an `end` tag, `YYYY-MM-DD` each. `None` without a usable
    /// start (NIP52-09); an unusable end is dropped (NIP52-04).
    ///
    /// ```
    /// use kith_nips::nip52::DateSpan;
    /// let day = DateSpan::read("2026-12-05", Some("2026-12-05")).expect("a date");
    /// assert_eq!(day.end(), None);
    /// assert_eq!(DateSpan::read("5 December", None), None);
    /// ```
    pub fn read(start: &str, end: Option<&str>) -> Option<DateSpan> {
        let start = read_date(start)?;
        let end = end.and_then(read_date);
        DateSpan::new(start, end)
            .or_else(|_| DateSpan::new(start, None))
            .ok()
    }

    /// The first day.
    pub fn start(&self) -> Date {
        self.start
    }

    /// The first day that is no longer part of it; `None` = one day.
    pub fn end(&self) -> Option<Date> {
        self.end
    }

    /// The last day that is part of it.
    pub fn last_day(&self) -> Date {
        self.end
            .and_then(|end| end.yesterday().ok())
            .unwrap_or(self.start)
    }

    /// The UTC day numbers covered (days since 1970-01-01).
    pub fn days(&self) -> RangeInclusive<u64> {
        day_number(self.start)..=day_number(self.last_day())
    }

    /// Whether the days, taken in UTC, overlap the half-open window `[from, to)` of Unix seconds.
    pub fn overlaps(&self, from: u64, to: u64) -> bool {
        let (start, end) = self.utc_seconds();
        start < to && end > from
    }

    /// The days in UTC as Unix seconds `[start, end)`.
    pub fn utc_seconds(&self) -> (u64, u64) {
        let days = self.days();
        (
            days.start() * SECONDS_PER_DAY,
            (days.end() + 1) * SECONDS_PER_DAY,
        )
    }
}

fn day_number(date: Date) -> u64 {
    let epoch = Date::constant(FIRST_YEAR, 1, 1);
    // Not negative: `new` refuses earlier starts, and the last day is never before the start.
    u64::try_from(date.duration_since(epoch).as_hours() / 24).unwrap_or(0)
}

fn read_date(text: &str) -> Option<Date> {
    let date: Date = text.parse().ok()?;
    // The parser also takes other ISO 8601 forms; NIP-52 has this one only.
    (date.to_string() == text).then_some(date)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn nip52_06_end_is_exclusive_and_missing_end_is_one_day() {
        let one = DateSpan::read("2026-12-03", None).unwrap();
        assert_eq!(one.days(), 20_790..=20_790);
        assert_eq!(one.utc_seconds(), (20_790 * 86_400, 20_791 * 86_400));
        let two = DateSpan::read("2026-12-03", Some("2026-12-05")).unwrap();
        assert_eq!(two.days(), 20_790..=20_791);
        assert_eq!(two.last_day(), date(2026, 12, 4));
    }

    #[test]
    fn nip52_06_end_must_be_after_start() {
        let day = date(2026, 12, 3);
        assert!(matches!(
            DateSpan::new(day, Some(day)),
            Err(TimeError::EndNotAfterStart { .. })
        ));
        assert_eq!(
            DateSpan::read("2026-12-03", Some("2026-12-02"))
                .unwrap()
                .end(),
            None
        );
    }

    #[test]
    fn nip52_06_only_the_written_form_is_a_date() {
        for text in [
            "20261203",
            "2026-12-3",
            "2026-12-03T10:00:00",
            "2026-02-30",
            "",
            "1796322600",
        ] {
            assert_eq!(DateSpan::read(text, None), None, "{text:?}");
        }
    }

    #[test]
    fn the_last_date_of_the_calendar_does_not_overflow() {
        let last = DateSpan::read("9999-12-31", None).unwrap();
        assert!(last.utc_seconds().0 < last.utc_seconds().1);
        assert!(DateSpan::new(date(1969, 12, 31), None).is_err());
    }

    #[test]
    fn all_day_dates_cover_their_days_in_utc() {
        let day = DateSpan::read("2026-12-03", None).unwrap();
        let (start, end) = day.utc_seconds();
        assert!(day.overlaps(end - 1, end));
        assert!(!day.overlaps(end, end + 1));
        assert!(!day.overlaps(start - 1, start));
    }
}
