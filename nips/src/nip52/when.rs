//! The time of a calendar event of either kind, read from its tags and written to them.

use super::{DAYS_PER_EVENT_MAX, DateSpan, TimeError, TimeSpan, Zone};
use crate::{Event, Kind};

/// The tags that [`When`] reads and writes; an edit replaces all of them.
pub(crate) const WHEN_TAGS: [&str; 5] = ["start", "end", "D", "start_tzid", "end_tzid"];

/// When a calendar event happens (NIP-52).
///
/// ```
/// use kith_nips::nip52::{TimeSpan, When, Zone};
/// let when = When::timed(TimeSpan::new(1_796_322_600, Some(1_796_344_200))?)
///     .in_zone(Zone::new("Europe/London")?);
/// assert_eq!(when.kind().as_u16(), 31923);
/// assert_eq!(when.tags()?, [
///     vec!["start".to_owned(), "1796322600".to_owned()],
///     vec!["end".to_owned(), "1796344200".to_owned()],
///     vec!["D".to_owned(), "20790".to_owned()],
///     vec!["D".to_owned(), "20791".to_owned()],
///     vec!["start_tzid".to_owned(), "Europe/London".to_owned()],
/// ]);
/// # Ok::<(), kith_nips::nip52::TimeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// Between two instants: kind 31923.
    Timed {
        /// From when to when.
        span: TimeSpan,
        /// Zone in which the start is shown (`start_tzid`).
        start_zone: Option<Zone>,
        /// Zone in which the end is shown (`end_tzid`); `None` = as the start.
        end_zone: Option<Zone>,
    },
    /// Whole days: kind 31922.
    AllDay(DateSpan),
}

impl When {
    /// Between two instants, in no particular zone.
    pub fn timed(span: TimeSpan) -> When {
        When::Timed {
            span,
            start_zone: None,
            end_zone: None,
        }
    }

    /// Whole days.
    pub fn all_day(span: DateSpan) -> When {
        When::AllDay(span)
    }

    /// The same time, shown in `zone` from start to end. Whole days have no zone.
    #[must_use]
    pub fn in_zone(self, zone: Zone) -> When {
        match self {
            When::Timed { span, .. } => When::Timed {
                span,
                start_zone: Some(zone),
                end_zone: None,
            },
            When::AllDay(span) => When::AllDay(span),
        }
    }

    /// Reads the time of a kind 31922 or 31923 event; `None` without a usable `start` (NIP52-09)
    /// and for other kinds. An unusable end is dropped (NIP52-04), an unknown zone kept as UTC with
    /// a note (NIP52-05).
    ///
    /// ```
    /// use kith_nips::{Kind, nip01::Draft, nip52::When};
    /// # let keys = nostr::Keys::generate();
    /// let tags = vec![vec!["d".into(), "x".into()], vec!["start".into(), "1796322600".into()]];
    /// let draft = Draft { kind: Kind::MEETUP, created_at: None, tags, content: String::new() };
    /// let when = When::read(&draft.sign(&keys, 1_700_000_000)?).expect("a start");
    /// assert_eq!(when.starts_at(), 1_796_322_600);
    /// assert_eq!(when.ends_at(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(event: &Event) -> Option<When> {
        let tags = event.tags();
        let start = tags.first_value("start")?;
        let end = tags.first_value("end");
        match event.kind() {
            Kind::MEETUP => Some(When::Timed {
                span: TimeSpan::read(start, end)?,
                start_zone: tags
                    .first_value("start_tzid")
                    .filter(|name| !name.is_empty())
                    .map(Zone::read),
                end_zone: tags
                    .first_value("end_tzid")
                    .filter(|name| !name.is_empty())
                    .map(Zone::read),
            }),
            Kind::DATE_MEETUP => DateSpan::read(start, end).map(When::AllDay),
            _ => None,
        }
    }

    /// The tags `start`, `end`, `D`…, `start_tzid`, `end_tzid`; whole days have `start` and `end`
    /// only (NIP52-02, 03, 05, 06).
    ///
    /// # Errors
    /// [`TimeError::TooLong`] when more than [`DAYS_PER_EVENT_MAX`] `D` tags would be needed.
    pub fn tags(&self) -> Result<Vec<Vec<String>>, TimeError> {
        let tag = |name: &str, value: String| vec![name.to_owned(), value];
        match self {
            When::Timed {
                span,
                start_zone,
                end_zone,
            } => {
                let days = span.days();
                let count = days.end() - days.start() + 1;
                if count > DAYS_PER_EVENT_MAX {
                    return Err(TimeError::TooLong { days: count });
                }
                let mut tags = vec![tag("start", span.start().to_string())];
                tags.extend(span.end().map(|end| tag("end", end.to_string())));
                tags.extend(days.map(|day| tag("D", day.to_string())));
                tags.extend(
                    start_zone
                        .as_ref()
                        .map(|zone| tag("start_tzid", zone.to_string())),
                );
                tags.extend(
                    end_zone
                        .as_ref()
                        .map(|zone| tag("end_tzid", zone.to_string())),
                );
                Ok(tags)
            }
            When::AllDay(span) => {
                let mut tags = vec![tag("start", span.start().to_string())];
                tags.extend(span.end().map(|end| tag("end", end.to_string())));
                Ok(tags)
            }
        }
    }

    /// The kind that carries this sort of time.
    pub fn kind(&self) -> Kind {
        match self {
            When::Timed { .. } => Kind::MEETUP,
            When::AllDay(_) => Kind::DATE_MEETUP,
        }
    }

    /// The start in Unix seconds; for whole days, 00:00 UTC of the first.
    pub fn starts_at(&self) -> u64 {
        match self {
            When::Timed { span, .. } => span.start(),
            When::AllDay(span) => span.utc_seconds().0,
        }
    }

    /// The exclusive end in Unix seconds; for whole days, 24:00 UTC of the last.
    pub fn ends_at(&self) -> Option<u64> {
        match self {
            When::Timed { span, .. } => span.end(),
            When::AllDay(span) => Some(span.utc_seconds().1),
        }
    }

    /// Whether it overlaps the half-open window `[from, to)` of Unix seconds; without an end only
    /// the start counts, whole days are taken in UTC.
    pub fn overlaps(&self, from: u64, to: u64) -> bool {
        match self {
            When::Timed { span, .. } => span.overlaps(from, to),
            When::AllDay(span) => span.overlaps(from, to),
        }
    }

    /// Whether it is over at `now` (Unix seconds): its end has come, or without an end its start.
    pub fn is_over(&self, now: u64) -> bool {
        self.ends_at().unwrap_or_else(|| self.starts_at()) <= now
    }

    /// The zone in which the start is shown: UTC when none is named.
    pub fn start_zone(&self) -> Zone {
        match self {
            When::Timed {
                start_zone: Some(zone),
                ..
            } => zone.clone(),
            _ => Zone::utc(),
        }
    }

    /// The zone in which the end is shown: the start's when none is named (NIP52-05).
    pub fn end_zone(&self) -> Zone {
        match self {
            When::Timed {
                end_zone: Some(zone),
                ..
            } => zone.clone(),
            _ => self.start_zone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::testing::{event, tags};

    fn read(kind: Kind, list: &[&[&str]]) -> Option<When> {
        When::read(&event(kind, tags(list), ""))
    }

    #[test]
    fn nip52_05_end_zone_defaults_to_start_zone() {
        let when = read(
            Kind::MEETUP,
            &[&["start", "100"], &["start_tzid", "Asia/Tokyo"]],
        )
        .unwrap();
        assert_eq!(when.end_zone().name(), "Asia/Tokyo");
        assert_eq!(
            read(Kind::MEETUP, &[&["start", "100"]]).unwrap().end_zone(),
            Zone::utc()
        );
    }

    #[test]
    fn nip52_09_no_start_no_time() {
        assert_eq!(read(Kind::MEETUP, &[&["end", "100"]]), None);
        assert_eq!(read(Kind::MEETUP, &[&["start", "2026-12-03"]]), None);
        assert_eq!(read(Kind::DATE_MEETUP, &[&["start", "1796322600"]]), None);
    }

    #[test]
    fn nip52_03_spans_beyond_a_year_are_refused() {
        let long = When::timed(TimeSpan::new(0, Some(367 * 86_400)).unwrap());
        assert_eq!(long.tags(), Err(TimeError::TooLong { days: 367 }));
        let year = When::timed(TimeSpan::new(0, Some(366 * 86_400)).unwrap());
        assert_eq!(
            year.tags()
                .unwrap()
                .iter()
                .filter(|tag| tag[0] == "D")
                .count(),
            366
        );
    }

    #[test]
    fn nip52_06_all_day_is_written_as_dates() {
        let when = read(
            Kind::DATE_MEETUP,
            &[&["start", "2026-12-03"], &["end", "2026-12-05"]],
        )
        .unwrap();
        assert_eq!(
            when.tags().unwrap(),
            tags(&[&["start", "2026-12-03"], &["end", "2026-12-05"]])
        );
        assert_eq!(
            (when.starts_at(), when.ends_at()),
            (20_790 * 86_400, Some(20_792 * 86_400))
        );
    }

    #[test]
    fn over_means_the_end_has_come() {
        let when = When::timed(TimeSpan::new(100, Some(200)).unwrap());
        assert!(!when.is_over(199) && when.is_over(200));
        assert!(When::timed(TimeSpan::new(100, None).unwrap()).is_over(100));
    }
}
