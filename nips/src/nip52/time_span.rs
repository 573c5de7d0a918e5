//! Spans between two instants (kind 31923) and the UTC days they touch.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use super::{SECONDS_PER_DAY, TimeError, UNIX_SECONDS_MAX, Zone};

/// The UTC day numbers that `[start, end)` touches, the values of `D` tags (NIP52-03):
/// `floor(start / 86400)` to `floor((end − 1) / 86400)`. Without an end, or with one that is not
/// after the start, only the start's day.
///
/// ```
/// use kith_nips::nip52::days;
/// assert_eq!(days(1_796_322_600, Some(1_796_335_200)), 20_790..=20_790);
/// assert_eq!(days(1_796_322_600, Some(1_796_344_200)), 20_790..=20_791);
/// ```
pub fn days(start: u64, end: Option<u64>) -> RangeInclusive<u64> {
    let last = match end {
        Some(end) if end > start => end - 1,
        _ => start,
    };
    start / SECONDS_PER_DAY..=last / SECONDS_PER_DAY
}

/// A half-open span `[start, end)` in Unix seconds; without an end it is the instant `start`.
///
/// ```
/// use kith_nips::nip52::TimeSpan;
/// let evening = TimeSpan::new(1_796_322_600, Some(1_796_335_200))?;
/// assert!(evening.overlaps(1_796_335_199, 1_796_400_000));
/// assert!(!evening.overlaps(1_796_335_200, 1_796_400_000));
/// assert!(TimeSpan::new(1_796_322_600, Some(1_796_322_600)).is_err());
/// # Ok::<(), kith_nips::nip52::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeSpan {
    start: u64,
    end: Option<u64>,
}

impl TimeSpan {
    /// A span of Unix seconds.
    ///
    /// # Errors
    /// `end` not after `start` (NIP52-04), or a time after the year 9999.
    pub fn new(start: u64, end: Option<u64>) -> Result<TimeSpan, TimeError> {
        let latest = end.unwrap_or(start).max(start);
        if latest > UNIX_SECONDS_MAX {
            return Err(TimeError::OutOfRange(latest.to_string()));
        }
        match end {
            Some(end) if end <= start => Err(TimeError::EndNotAfterStart {
                start: start.to_string(),
                end: end.to_string(),
            }),
            _ => Ok(TimeSpan { start, end }),
        }
    }

    /// Reads the values of a `start` and an `end` tag. `None` when the start is missing or not an
    /// integer (NIP52-09); an unusable end is dropped (NIP52-04).
    ///
    /// ```
    /// use kith_nips::nip52::TimeSpan;
    /// assert_eq!(TimeSpan::read("100", Some("90")), TimeSpan::new(100, None).ok());
    /// assert_eq!(TimeSpan::read("tomorrow", None), None);
    /// ```
    pub fn read(start: &str, end: Option<&str>) -> Option<TimeSpan> {
        let start = read_seconds(start)?;
        let end = end.and_then(read_seconds);
        TimeSpan::new(start, end)
            .or_else(|_| TimeSpan::new(start, None))
            .ok()
    }

    /// The whole of a local day, 00:00 to the next 00:00 in `zone`. Its [`TimeSpan::days`] are the
    /// `#D` values of a day view (NIP52-10); what they find is then kept if it
    /// [overlaps](TimeSpan::overlaps) the span.
    ///
    /// ```
    /// use jiff::civil::date;
    /// use kith_nips::nip52::{TimeSpan, Zone};
    /// let day = TimeSpan::of_local_day(date(2026, 12, 3), &Zone::new("Europe/Berlin")?)?;
    /// assert_eq!(day.days(), 20_789..=20_790);
    /// # Ok::<(), kith_nips::nip52::TimeError>(())
    /// ```
    ///
    /// # Errors
    /// A day before 1970 or after the year 9999.
    pub fn of_local_day(day: Date, zone: &Zone) -> Result<TimeSpan, TimeError> {
        let out_of_range = || TimeError::OutOfRange(day.to_string());
        let midnight = |day: Date| {
            let zoned = day.to_zoned(zone.time_zone()).ok()?;
            u64::try_from(zoned.timestamp().as_second()).ok()
        };
        let start = midnight(day).ok_or_else(out_of_range)?;
        let tomorrow = day.tomorrow().map_err(|_| out_of_range())?;
        TimeSpan::new(start, midnight(tomorrow))
    }

    /// The start in Unix seconds.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// The end in Unix seconds, exclusive.
    pub fn end(&self) -> Option<u64> {
        self.end
    }

    /// The UTC day numbers touched: the values of `D` tags ([`days`]).
    pub fn days(&self) -> RangeInclusive<u64> {
        days(self.start, self.end)
    }

    /// Whether this overlaps the half-open window `[from, to)`. Without an end only the instant
    /// `start` counts.
    pub fn overlaps(&self, from: u64, to: u64) -> bool {
        self.start < to && self.end.map_or(self.start >= from, |end| end > from)
    }

    /// The start as a clock on the wall of `zone` shows it.
    ///
    /// ```
    /// use kith_nips::nip52::{TimeSpan, Zone};
    /// let span = TimeSpan::new(1_796_322_600, None)?;
    /// let zoned = span.start_in(&Zone::new("Europe/Berlin")?);
    /// assert_eq!(zoned.strftime("%F %H:%M").to_string(), "2026-12-03 19:30");
    /// # Ok::<(), kith_nips::nip52::TimeError>(())
    /// ```
    pub fn start_in(&self, zone: &Zone) -> Zoned {
        zoned(self.start, zone)
    }

    /// The end as a clock on the wall of `zone` shows it.
    pub fn end_in(&self, zone: &Zone) -> Option<Zoned> {
        self.end.map(|end| zoned(end, zone))
    }
}

fn zoned(seconds: u64, zone: &Zone) -> Zoned {
    // Checked against UNIX_SECONDS_MAX when the span was made, so neither fallback is ever taken.
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds)
        .unwrap_or(Timestamp::MAX)
        .to_zoned(zone.time_zone())
}

fn read_seconds(text: &str) -> Option<u64> {
    let is_integer = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_integer.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nip52_03_d_tags_end_exclusive() {
        let start = 1_796_322_600; // 2026-12-03 18:30Z
        assert_eq!(days(start, Some(1_796_335_200)), 20_790..=20_790);
        assert_eq!(days(start, Some(1_796_344_200)), 20_790..=20_791);
        assert_eq!(
            days(start, Some(1_796_342_400)),
            20_790..=20_790,
            "midnight is exclusive"
        );
        assert_eq!(days(start, None), 20_790..=20_790);
    }

    #[test]
    fn nip52_04_end_must_be_after_start() {
        assert!(matches!(
            TimeSpan::new(10, Some(10)),
            Err(TimeError::EndNotAfterStart { .. })
        ));
        assert!(matches!(
            TimeSpan::new(10, Some(9)),
            Err(TimeError::EndNotAfterStart { .. })
        ));
        assert!(TimeSpan::new(10, Some(11)).is_ok());
    }

    #[test]
    fn nip52_04_unusable_end_is_dropped_on_reading() {
        for end in [
            "10",
            "9",
            "",
            "soon",
            "-1",
            "11.5",
            "999999999999999999999999",
        ] {
            assert_eq!(
                TimeSpan::read("10", Some(end)),
                Some(TimeSpan {
                    start: 10,
                    end: None
                }),
                "{end}"
            );
        }
    }

    #[test]
    fn nip52_09_start_must_be_an_integer() {
        for start in [
            "",
            " 5",
            "+5",
            "5.0",
            "1e3",
            "2026-12-03",
            "-5",
            "99999999999999999999",
        ] {
            assert_eq!(TimeSpan::read(start, None), None, "{start:?}");
        }
    }

    #[test]
    fn nip52_10_local_days_cover_their_utc_days() {
        let cases = [
            ("UTC", date(2026, 12, 3), 20_790..=20_790),
            ("Asia/Tokyo", date(2026, 12, 3), 20_789..=20_790),
            ("America/Los_Angeles", date(2026, 12, 3), 20_790..=20_791),
        ];
        for (zone, day, expected) in cases {
            let zone = Zone::new(zone).unwrap();
            assert_eq!(
                TimeSpan::of_local_day(day, &zone).unwrap().days(),
                expected,
                "{zone}"
            );
        }
    }

    #[test]
    fn nip52_10_a_day_of_clock_change_has_its_real_length() {
        let berlin = Zone::new("Europe/Berlin").unwrap();
        let day = TimeSpan::of_local_day(date(2026, 3, 29), &berlin).unwrap();
        assert_eq!(day.end().unwrap() - day.start(), 23 * 3_600);
    }

    proptest! {
        #[test]
        fn nip52_03_every_second_of_the_span_is_on_a_listed_day(
            start in 0..UNIX_SECONDS_MAX - 1_000_000, length in 1..1_000_000u64, offset in 0..1_000_000u64
        ) {
            let span = TimeSpan::new(start, Some(start + length)).unwrap();
            prop_assert!(span.days().contains(&((start + offset % length) / SECONDS_PER_DAY)));
            let touched = span.days().end() - span.days().start() + 1;
            prop_assert!(touched <= length / SECONDS_PER_DAY + 2);
        }

        #[test]
        fn reading_never_panics(start in ".*", end in proptest::option::of(".*")) {
            let _ = TimeSpan::read(&start, end.as_deref());
        }
    }
}
