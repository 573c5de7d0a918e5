//! Meetups of a series as notes: made, made again, and changed together.

use super::{InSeries, Move, Occurrence, Scope, SeriesId};
use crate::extensions::attendance::Terms;
use crate::extensions::{Plan, Setting, follow_move};
use crate::icalendar::Rule;
use crate::lbc::{BuildError, Meetup, MeetupStatus, Published};
use crate::nip52::When;

/// What a series is made of.
///
/// ```
/// use kith_nips::extensions::{SeriesPlan, occurrences};
/// fn dates(series: &SeriesPlan<'_>) -> usize {
///     occurrences(series.rule, series.first).map_or(0, |found| found.len())
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct SeriesPlan<'a> {
    /// The first one; the others are as it is, at their own times.
    pub plan: &'a Plan,
    /// When the first one is.
    pub first: &'a When,
    /// When it is repeated.
    pub rule: &'a Rule,
    /// Which series of this author and community.
    pub id: &'a SeriesId,
}

impl SeriesPlan<'_> {
    /// The first version of one of its meetups.
    ///
    /// # Errors
    /// As [`Plan::note`].
    pub fn note(
        &self,
        setting: &Setting<'_>,
        occurrence: &Occurrence,
    ) -> Result<Meetup, BuildError> {
        let slug = self.id.slug(occurrence.day);
        let mut fresh = self.plan.note(setting, &slug, occurrence.when.clone())?;
        self.place(occurrence).write(&mut fresh);
        self.terms(occurrence, &fresh).write(&mut fresh);
        Ok(fresh)
    }

    /// Brings one of its meetups that is there already up to date. Says whether it may be changed: what
    /// was changed on its own, called off, or is over, is left alone.
    ///
    /// # Errors
    /// As [`Plan::say`].
    pub fn renew(
        &self,
        occurrence: &Occurrence,
        known: &mut Published<Meetup>,
        now: u64,
    ) -> Result<bool, BuildError> {
        let place = InSeries::read(known);
        let is_apart = place.as_ref().is_some_and(|place| place.is_apart);
        let is_over = known.when.as_ref().is_some_and(|when| when.is_over(now));
        if is_apart || is_over || known.status == MeetupStatus::Cancelled {
            return Ok(false);
        }
        let terms = self.terms(occurrence, &known.note);
        let note = &mut known.note;
        self.plan.say(note)?;
        note.when = Some(occurrence.when.clone());
        terms.write(note);
        let new = self.place(occurrence);
        if place.as_ref() != Some(&new) {
            new.write(note);
        }
        Ok(true)
    }

    fn place(&self, occurrence: &Occurrence) -> InSeries {
        InSeries {
            id: self.id.clone(),
            day: occurrence.day,
            rule: self.rule.to_string(),
            is_apart: false,
        }
    }

    /// The terms of the first one, the last moment to answer as long before the start.
    fn terms(&self, occurrence: &Occurrence, said: &Meetup) -> Terms {
        let moved = Move::between(self.first, &occurrence.when);
        let answer_by = self.plan.terms.answer_by;
        let answer_by = answer_by.and_then(|at| moved?.moment(self.first, at));
        Terms {
            answer_by,
            published_at: Terms::read(said).published_at,
            ..self.plan.terms
        }
    }
}

/// Whether an edit of `named` concerns another meetup of its series at `now`: those that are over stay
/// as they are, unless they are named alone.
pub fn is_meant(
    scope: Scope,
    (named, named_place): (&Published<Meetup>, &InSeries),
    (known, known_place): (&Published<Meetup>, &InSeries),
    now: u64,
) -> bool {
    let is_named = known.address() == named.address();
    let is_over = known.when.as_ref().is_some_and(|when| when.is_over(now));
    match scope {
        Scope::Only => is_named,
        _ => scope.covers(known_place.day, named_place.day) && (is_named || !is_over),
    }
}

/// Changes one meetup of a series by an edit of `named`. With a `time`, the one that is named takes
/// place then, and the others at the same time of their own days, on the clock of the place; those that
/// were changed on their own keep their times.
///
/// # Errors
/// A time outside the calendar.
pub fn edit_one(
    known: &mut Meetup,
    place: &InSeries,
    named: &InSeries,
    (scope, time): (Scope, Option<&When>),
    edit: impl FnOnce(&mut Meetup),
) -> Result<(), BuildError> {
    let before = known.clone();
    let is_named = place.day == named.day;
    if let Some(when) = time
        && (is_named || !place.is_apart)
    {
        let moved = Move::days(named.day, place.day).apply(when);
        known.when = Some(moved?);
    }
    follow_move(&before, known);
    edit(known);
    if *known != before && scope == Scope::Only {
        InSeries::set_apart(known);
    }
    Ok(())
}
