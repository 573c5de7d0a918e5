//! Series of meetups: one note for each occurrence, linked by a tag. Which occurrences a rule makes,
//! what they are called, and what an edit of several moves. How rules are read is `icalendar`'s.

mod planning;

pub use planning::{SeriesPlan, edit_one, is_meant};

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::is_named;
use crate::icalendar::{Rule, RuleError};
use crate::lbc::{Meetup, SLUG_CHARACTERS_MAX, SLUG_CHARACTERS_WRITTEN_MAX, Slug};
use crate::nip52::{DateSpan, TimeError, TimeSpan, When, Zone};

const TAG: &str = "series";
/// The namespace of the label by which relays find a series (NIP-32).
const NAMESPACE: &str = "series";
/// Marks an occurrence that was changed on its own.
const APART: &str = "apart";

/// Characters of a day in a slug, with the hyphen before it: `-2026-12-03`.
const DAY_CHARACTERS: usize = 11;

/// The longest id of a series: with a day behind it, it is a slug.
pub const SERIES_ID_CHARACTERS_MAX: usize = SLUG_CHARACTERS_MAX - DAY_CHARACTERS;

/// The longest id that is made of a title.
const ID_CHARACTERS_WRITTEN_MAX: usize = SLUG_CHARACTERS_WRITTEN_MAX - DAY_CHARACTERS;

/// The most occurrences that a series is created with.
pub const OCCURRENCES_MAX: usize = 500;

/// What tells a series apart from the others of its author in its community: `[a-z0-9-]{1,53}`.
///
/// ```
/// use jiff::civil::date;
/// use kith_nips::extensions::SeriesId;
/// let id = SeriesId::from_title("Rust & Chips");
/// assert_eq!(id.as_str(), "rust-chips");
/// assert_eq!(id.slug(date(2026, 12, 3)).as_str(), "rust-chips-2026-12-03");
/// assert!("Not an id".parse::<SeriesId>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesId(String);

impl SeriesId {
    /// An id from what the series is called; of a title without plain letters, from its hash.
    pub fn from_title(title: &str) -> SeriesId {
        let mut words = Slug::plain_words(title);
        words.truncate(ID_CHARACTERS_WRITTEN_MAX);
        let words = words.trim_end_matches('-');
        match words.is_empty() {
            false => SeriesId(words.to_owned()),
            true => {
                let hash = Sha256::digest(title.trim().as_bytes());
                let slug = Slug::of_hash("series", &hash, ID_CHARACTERS_WRITTEN_MAX);
                SeriesId(slug.as_str().to_owned())
            }
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The slug of the occurrence that the rule has on this day: the same whenever it is made.
    pub fn slug(&self, day: Date) -> Slug {
        Slug::of_series(&self.0, day)
    }
}

impl FromStr for SeriesId {
    type Err = SeriesError;

    fn from_str(text: &str) -> Result<SeriesId, SeriesError> {
        match text.parse::<Slug>() {
            Ok(slug) if slug.as_str().len() <= SERIES_ID_CHARACTERS_MAX => {
                Ok(SeriesId(text.to_owned()))
            }
            _ => Err(SeriesError::Id(text.to_owned())),
        }
    }
}

impl fmt::Display for SeriesId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Why a series cannot be made.
///
/// ```
/// use kith_nips::extensions::{SeriesError, SeriesId};
/// let error = "A b".parse::<SeriesId>().unwrap_err();
/// assert_eq!(error, SeriesError::Id("A b".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeriesError {
    /// Outside `[a-z0-9-]{1,53}`.
    #[error("\"{0}\" is not the id of a series: 1 to 53 characters of a-z, 0-9 and -")]
    Id(String),
    /// The rule cannot be followed.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// An occurrence is told apart by its day.
    #[error("the rule has two meetups on {0}; a series has one a day at most")]
    TwiceOnADay(Date),
}

/// What a meetup says of the series that it is in: `["series", id, day, rule]` and, when it was
/// changed on its own, `apart`; found by `["l", id, "series"]`.
///
/// ```
/// use jiff::civil::date;
/// use kith_nips::extensions::{InSeries, SeriesId};
/// # use kith_nips::lbc::{CommunityReference, Meetup};
/// # use kith_nips::nip52::{TimeSpan, When};
/// # use kith_nips::{EventId, PublicKey};
/// # let community = CommunityReference::new(EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// # let when = When::timed(TimeSpan::new(1_796_322_600, None)?);
/// # let mut meetup = Meetup::new(community, &"chess-2026-12-03".parse()?, "Chess", when);
/// let place = InSeries {
///     id: "chess".parse()?,
///     day: date(2026, 12, 3),
///     rule: "FREQ=WEEKLY;COUNT=12".to_owned(),
///     is_apart: false,
/// };
/// place.write(&mut meetup);
/// assert_eq!(InSeries::read(&meetup), Some(place));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InSeries {
    /// Which series of its author and community.
    pub id: SeriesId,
    /// The day that the rule gave it, on the clock of the place: it stays when the meetup is moved.
    pub day: Date,
    /// The rule that it came from, as `RRULE` of RFC 5545; for people and calendars only.
    pub rule: String,
    /// Whether it was changed on its own, so that making the series again leaves it alone.
    pub is_apart: bool,
}

impl InSeries {
    /// The series that a meetup says it is in; `None` when it is in none, or the tag is unusable.
    pub fn read(meetup: &Meetup) -> Option<InSeries> {
        let mut tags = meetup.other_tags.iter();
        let tag = tags.find(|tag| is_named(tag, TAG))?;
        let text = |index: usize| tag.get(index).map(String::as_str).unwrap_or_default();
        Some(InSeries {
            id: text(1).parse().ok()?,
            day: text(2).parse().ok()?,
            rule: text(3).to_owned(),
            is_apart: text(4) == APART,
        })
    }

    /// Says so in a meetup, instead of what it said before.
    pub fn write(&self, meetup: &mut Meetup) {
        let tags = &mut meetup.other_tags;
        let is_label = |tag: &Vec<String>| {
            let namespace = tag.get(2).map(String::as_str);
            is_named(tag, "l") && namespace == Some(NAMESPACE)
        };
        let is_namespace = |tag: &Vec<String>| {
            is_named(tag, "L") && tag.get(1).map(String::as_str) == Some(NAMESPACE)
        };
        tags.retain(|tag| !is_label(tag) && !is_namespace(tag) && !is_named(tag, TAG));
        let mut tag = vec![TAG, self.id.as_str()];
        let day = self.day.to_string();
        tag.extend([day.as_str(), self.rule.as_str()]);
        if self.is_apart {
            tag.push(APART);
        }
        let owned = |tag: Vec<&str>| tag.into_iter().map(str::to_owned).collect::<Vec<_>>();
        // The label first: relays with eventstore (khatru's) find a value by the first tag that has it.
        tags.push(owned(vec!["L", NAMESPACE]));
        tags.push(owned(vec!["l", self.id.as_str(), NAMESPACE]));
        tags.push(owned(tag));
    }

    /// After an edit of one meetup on its own: it goes its own way from now on.
    pub fn set_apart(meetup: &mut Meetup) {
        if let Some(place) = InSeries::read(meetup).filter(|place| !place.is_apart) {
            let place = InSeries {
                is_apart: true,
                ..place
            };
            place.write(meetup);
        }
    }
}

/// One meetup that a rule makes.
///
/// ```
/// use kith_nips::extensions::Occurrence;
/// fn slug(occurrence: &Occurrence, series: &kith_nips::extensions::SeriesId) -> String {
///     series.slug(occurrence.day).to_string()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Its day on the clock of the place.
    pub day: Date,
    /// When it takes place.
    pub when: When,
}

/// The meetups that a rule makes of the first one, that included, in order.
///
/// ```
/// use kith_nips::extensions::occurrences;
/// use kith_nips::nip52::{TimeSpan, When, Zone};
/// let first = When::timed(TimeSpan::new(1_796_322_600, None)?).in_zone(Zone::new("Europe/London")?);
/// let found = occurrences(&"FREQ=WEEKLY;COUNT=12".parse()?, &first)?;
/// assert_eq!(found.len(), 12);
/// assert_eq!(found[1].day.to_string(), "2026-12-10");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SeriesError`]: a rule without end, more than [`OCCURRENCES_MAX`], two on one day.
pub fn occurrences(rule: &Rule, first: &When) -> Result<Vec<Occurrence>, SeriesError> {
    let mut found: Vec<Occurrence> = Vec::new();
    for when in rule.expand(first, OCCURRENCES_MAX)? {
        let day = local_start(&when).0.date();
        if found.last().is_some_and(|last| last.day == day) {
            return Err(SeriesError::TwiceOnADay(day));
        }
        found.push(Occurrence { day, when });
    }
    Ok(found)
}

/// Which occurrences a change is for.
///
/// ```
/// use jiff::civil::date;
/// use kith_nips::extensions::Scope;
/// assert!(Scope::Following.covers(date(2026, 12, 10), date(2026, 12, 3)));
/// assert!(!Scope::Only.covers(date(2026, 12, 10), date(2026, 12, 3)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The one that is named.
    Only,
    /// That one, and those that the rule has after it.
    Following,
    /// All of the series.
    All,
}

impl Scope {
    /// Whether the occurrence of this day is meant when that of `named` was named.
    pub fn covers(self, day: Date, named: Date) -> bool {
        match self {
            Scope::Only => day == named,
            Scope::Following => day >= named,
            Scope::All => true,
        }
    }
}

/// What moves one occurrence from a time to another, on the clock: the same for all of a series, so
/// that 19:00 becomes 20:00 in summer and in winter.
///
/// ```
/// use kith_nips::extensions::Move;
/// use kith_nips::nip52::{TimeSpan, When, Zone};
/// let at = |start| -> Result<When, kith_nips::nip52::TimeError> {
///     Ok(When::timed(TimeSpan::new(start, None)?).in_zone(Zone::new("Europe/London")?))
/// };
/// let by_an_hour = Move::between(&at(1_796_322_600)?, &at(1_796_326_200)?).expect("of one kind");
/// assert_eq!(by_an_hour.apply(&at(1_810_000_000)?)?, at(1_810_003_600)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// How far the start goes on the clock.
    by: SignedDuration,
    /// The zone from now on; `None` = each keeps its own.
    zone: Option<Zone>,
    /// The length from now on, in seconds; `None` = each keeps its own.
    length: Option<Option<u64>>,
}

impl Move {
    /// What has to be done to the one to get the other; `None` when one is of whole days and the
    /// other is not.
    pub fn between(old: &When, new: &When) -> Option<Move> {
        if old.kind() != new.kind() {
            return None;
        }
        let ((from, old_zone), (to, new_zone)) = (local_start(old), local_start(new));
        let length = length_of(new);
        Some(Move {
            by: to.duration_since(from),
            zone: Some(new_zone).filter(|zone| *zone != old_zone),
            length: Some(length).filter(|length| *length != length_of(old)),
        })
    }

    /// From one day to another, at the same time of day.
    pub fn days(from: Date, to: Date) -> Move {
        Move {
            by: to.duration_since(from),
            zone: None,
            length: None,
        }
    }

    /// A moment (Unix seconds) that belongs to something at `when`, after the same move: on the
    /// clock, as the meetup itself. `None` outside the calendar.
    pub fn moment(&self, when: &When, moment: u64) -> Option<u64> {
        let alone = When::timed(TimeSpan::new(moment, None).ok()?).in_zone(when.start_zone());
        let without_length = Move {
            length: None,
            ..self.clone()
        };
        without_length
            .apply(&alone)
            .ok()
            .map(|moved| moved.starts_at())
    }

    /// The time of another occurrence after the same move.
    ///
    /// # Errors
    /// [`TimeError`]: it would be outside the calendar.
    pub fn apply(&self, when: &When) -> Result<When, TimeError> {
        let (from, own_zone) = local_start(when);
        let range = || TimeError::OutOfRange(from.to_string());
        let local = from.checked_add(self.by).map_err(|_| range())?;
        let length = self.length.unwrap_or_else(|| length_of(when));
        match when {
            When::AllDay(_) => {
                let days = length.unwrap_or_default() / 86_400;
                let days = i64::try_from(days).map_err(|_| range())?.max(1);
                let after = local
                    .date()
                    .checked_add(SignedDuration::from_hours(days * 24));
                let after = after.map_err(|_| range())?;
                let end = Some(after).filter(|_| days > 1);
                Ok(When::all_day(DateSpan::new(local.date(), end)?))
            }
            When::Timed {
                start_zone,
                end_zone,
                ..
            } => {
                let zone = self.zone.clone().unwrap_or(own_zone);
                let at = zone.time_zone().to_timestamp(local).map_err(|_| range())?;
                let start = u64::try_from(at.as_second()).map_err(|_| range())?;
                let end = length.map(|length| start.saturating_add(length));
                Ok(When::Timed {
                    span: TimeSpan::new(start, end)?,
                    start_zone: self.zone.clone().or_else(|| start_zone.clone()),
                    end_zone: end_zone.clone().filter(|_| self.zone.is_none()),
                })
            }
        }
    }
}

/// When something begins on the clock of its zone, and the zone.
fn local_start(when: &When) -> (DateTime, Zone) {
    match when {
        When::AllDay(days) => (days.start().at(0, 0, 0, 0), Zone::utc()),
        When::Timed { span, .. } => {
            let zone = when.start_zone();
            let at = i64::try_from(span.start()).ok();
            let at = at.and_then(|at| Timestamp::from_second(at).ok());
            let at = at.unwrap_or(Timestamp::UNIX_EPOCH);
            (zone.time_zone().to_datetime(at), zone)
        }
    }
}

fn length_of(when: &When) -> Option<u64> {
    when.ends_at().map(|end| end - when.starts_at())
}

#[cfg(test)]
mod tests;
