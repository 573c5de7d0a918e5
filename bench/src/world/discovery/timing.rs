//! When things are written and when meetups begin. Knows no notes.

use anyhow::Context;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::world::{Dice, END};

/// A world is written period by period.
pub const PERIODS: u64 = 15;
/// What is yet to come is announced in the last of them.
const PERIODS_OF_ANNOUNCING: u64 = 4;
const DAY_SECONDS: u64 = 86_400;
/// Four weeks.
const PERIOD_SECONDS: u64 = 28 * DAY_SECONDS;
/// Meetups begin in the year before the end of the world and in the year behind it.
const DAYS_OF_MEETUPS: u64 = 730;

/// When a world is.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first note, Unix seconds.
    beginning: u64,
    period_seconds: u64,
    /// The first day with a meetup, since 1970.
    first_day: u64,
    days: u64,
}

/// When a meetup is announced, and on which day it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Number of the period.
    pub announced: u64,
    /// In the time zone of the meetup.
    pub day: Date,
}

impl Span {
    /// The one that all worlds of this style have, up to [`END`].
    pub fn of_world() -> Span {
        Span {
            beginning: END - PERIODS * PERIOD_SECONDS - 1,
            period_seconds: PERIOD_SECONDS,
            first_day: END / DAY_SECONDS + 1 - DAYS_OF_MEETUPS / 2,
            days: DAYS_OF_MEETUPS,
        }
    }

    /// Of some seconds up to `now`, with meetups in the year after.
    pub fn just_before(now: u64) -> Span {
        Span {
            beginning: now.saturating_sub(PERIODS),
            period_seconds: 1,
            first_day: now / DAY_SECONDS + 1,
            days: DAYS_OF_MEETUPS / 2,
        }
    }

    /// When one of so many groups writes in a period: from, and for how many seconds.
    pub fn window(&self, period: u64, group: u64, groups: u64) -> (u64, u64) {
        let from = |group: u64| group * self.period_seconds / groups.max(1);
        let begun = self.beginning + period * self.period_seconds + from(group);
        (begun, (from(group + 1) - from(group)).max(1))
    }

    /// When a meetup is, of so many of a community, which are spread over all days. It is announced
    /// four weeks before it begins, or earlier.
    ///
    /// # Errors
    /// A day behind the calendar; there is none.
    pub fn timing(&self, number: u64, meetups: u64, dice: &mut Dice) -> anyhow::Result<Timing> {
        let offset = |number: u64| number * self.days / meetups.max(1);
        let within = offset(number + 1) - offset(number);
        let day = self.first_day + offset(number) + dice.below(within);
        let ahead = (day * DAY_SECONDS).saturating_sub(self.beginning) / self.period_seconds;
        let announced = match ahead {
            ahead if ahead > PERIODS => PERIODS - 1 - dice.below(PERIODS_OF_ANNOUNCING),
            ahead => ahead.saturating_sub(2 + dice.below(2)),
        };
        let days = i64::try_from(day)?.days();
        let day = Date::constant(1970, 1, 1).checked_add(days);
        Ok(Timing {
            announced,
            day: day.context("a day")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_meetups_are_yet_to_come_and_all_are_announced_before() {
        let span = Span::of_world();
        for meetups in [10, 200] {
            for number in 0..meetups {
                let mut dice = Dice::of(&[number, meetups]);
                let Timing { announced, day } = span.timing(number, meetups, &mut dice).unwrap();
                let zone = jiff::tz::TimeZone::UTC;
                let day = day.to_zoned(zone).unwrap().timestamp().as_second() as u64;
                assert_eq!(day > END, number >= meetups / 2, "{number} of {meetups}");
                let (begun, seconds) = span.window(announced, 0, 1);
                assert!(begun + seconds <= END && begun + seconds <= day, "{number}");
            }
        }
    }
}
