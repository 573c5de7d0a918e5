//! Changing a meetup, the following ones of its series or all of them, and calling them off.

use kith_nips::extensions::attendance::Terms;
use kith_nips::extensions::{
    EditError, InSeries, Move, Plan, Scope, edit_one, edited, is_meant, next_version,
};
use kith_nips::lbc::{BuildError, Meetup, Note, Published, SUMMARY_CHARACTERS_MAX};
use kith_nips::nip01::Draft;
use kith_nips::nip22::{Comment, Root};
use kith_nips::nip52::When;

use super::TEXT_CHARACTERS_MAX;
use super::form::Form;
use super::hosts;
use super::meetup::{Said, said};
use super::said::{Drafted, Problems, Sayer};

/// What `scope` may say, and the message that says it to people.
pub const SCOPES: [(&str, &str); 3] = [
    ("only", "scope-only"),
    ("following", "scope-following"),
    ("all", "scope-all"),
];

/// A meetup that is changed.
#[derive(Debug)]
pub struct Editing<'a> {
    /// The meetup, in its newest version.
    pub meetup: &'a Published<Meetup>,
    /// All meetups of its series by the same author, in their newest versions.
    pub series: &'a [Published<Meetup>],
    /// A relay that has it.
    pub relay: Option<&'a str>,
    /// Now, Unix seconds.
    pub now: u64,
}

/// The next versions: the fields of a new meetup, and `scope` (`only`, `following`, `all`) if it is one of a
/// series. Of the others only what was changed of this one is changed.
///
/// # Errors
/// What is wrong with the form.
pub fn edit(form: &Form, editing: &Editing<'_>, sayer: Sayer) -> Result<Drafted, Problems> {
    let scope = scope(form, sayer)?;
    let before = &editing.meetup.note;
    let new = said(form, Some(before), None, sayer)?;
    let time = Some(&new.when).filter(|when| Some(*when) != before.when.as_ref());
    let change = |meetup: &mut Meetup| new.change(before, meetup);
    let drafts = editing
        .changed(scope, time, change)
        .map_err(|error| problem(&error, sayer))?;
    if drafts.is_empty() {
        return Err(Problems::one("", sayer.say("nothing-changed")));
    }
    let shown = sayer.say_counted("signs-edit", &new.plan.title, drafts.len() as u64);
    Ok(Drafted::new(drafts, shown))
}

/// Calls meetups off: fields `scope`, and `note` for a word about it, which becomes a comment.
///
/// # Errors
/// What is wrong with the form.
pub fn cancel(form: &Form, editing: &Editing<'_>, sayer: Sayer) -> Result<Drafted, Problems> {
    let scope = scope(form, sayer)?;
    let mut problems = Problems::default();
    let note = sayer.optional(form, "note", TEXT_CHARACTERS_MAX, &mut problems);
    problems.none()?;
    let cancelled = editing.changed(scope, None, Meetup::cancel);
    let mut drafts = cancelled.map_err(|error| problem(&error, sayer))?;
    if drafts.is_empty() {
        return Err(Problems::one("", sayer.say("nothing-changed")));
    }
    let title = &editing.meetup.title;
    let shown = sayer.say_counted("signs-cancel", title, drafts.len() as u64);
    if !note.is_empty() {
        let root = Root::meetup(editing.meetup, editing.relay.map(str::to_owned));
        drafts.extend(Comment::new(root, note).draft());
    }
    Ok(Drafted::new(drafts, shown))
}

/// The meetup as the form would have it.
///
/// # Errors
/// What is wrong with the form.
pub fn preview_edit(form: &Form, editing: &Editing<'_>, sayer: Sayer) -> Result<Meetup, Problems> {
    let before = &editing.meetup.note;
    let new = said(form, Some(before), None, sayer)?;
    let mut after = before.clone();
    new.change(before, &mut after);
    after.when = Some(new.when);
    Ok(after)
}

impl Editing<'_> {
    fn changed(
        &self,
        scope: Scope,
        time: Option<&When>,
        change: impl Fn(&mut Meetup),
    ) -> Result<Vec<Draft>, EditError> {
        let place = InSeries::read(self.meetup);
        let (Some(named), false) = (&place, scope == Scope::Only) else {
            let edit = |meetup: &mut Meetup| {
                change(meetup);
                if let Some(time) = time {
                    meetup.when = Some(time.clone());
                }
            };
            return Ok(edited(self.meetup, self.now, edit)?.into_iter().collect());
        };
        let mut drafts = Vec::new();
        for known in self.series {
            let Some(place) = InSeries::read(known).filter(|place| place.id == named.id) else {
                continue;
            };
            if !is_meant(scope, (self.meetup, named), (known, &place), self.now) {
                continue;
            }
            let mut next = known.clone();
            edit_one(&mut next.note, &place, named, (scope, time), &change)?;
            drafts.extend(next_version(&next, &known.note, self.now)?);
        }
        Ok(drafts)
    }
}

impl Said {
    /// Changes a meetup as `before` was changed, and leaves the rest of it alone.
    fn change(&self, before: &Meetup, meetup: &mut Meetup) {
        let (old, new) = (Plan::of(before), &self.plan);
        let mut plan = Plan::of(meetup);
        take(&mut plan.title, &old.title, &new.title);
        take(&mut plan.summary, &old.summary, &new.summary);
        take(&mut plan.description, &old.description, &new.description);
        take(&mut plan.places, &old.places, &new.places);
        take(&mut plan.location, &old.location, &new.location);
        take(&mut plan.image, &old.image, &new.image);
        take(&mut plan.topics, &old.topics, &new.topics);
        take(&mut plan.links, &old.links, &new.links);
        hosts::change(meetup, &old.hosts, &new.hosts);
        // The form has read the summary within its bounds.
        let _ = plan.say(meetup);
        let mut terms = Terms::read(meetup);
        take(
            &mut terms.capacity,
            &old.terms.capacity,
            &new.terms.capacity,
        );
        take(
            &mut terms.guests_max,
            &old.terms.guests_max,
            &new.terms.guests_max,
        );
        if old.terms.answer_by != new.terms.answer_by {
            // As long before the start of each.
            let moved = meetup
                .when
                .as_ref()
                .and_then(|at| Move::between(&self.when, at));
            let at = new.terms.answer_by;
            terms.answer_by = at.and_then(|at| moved?.moment(&self.when, at)).or(at);
        }
        if terms != Terms::read(meetup) {
            terms.write(meetup);
        }
    }
}

fn take<T: Clone + PartialEq>(field: &mut T, old: &T, new: &T) {
    if old != new {
        field.clone_from(new);
    }
}

fn scope(form: &Form, sayer: Sayer) -> Result<Scope, Problems> {
    match form.text("scope") {
        None | Some("only") => Ok(Scope::Only),
        Some("following") => Ok(Scope::Following),
        Some("all") => Ok(Scope::All),
        Some(_) => Err(Problems::one("scope", sayer.say("field-choose"))),
    }
}

fn problem(error: &EditError, sayer: Sayer) -> Problems {
    match error {
        EditError::KindOfTime => Problems::one("begins", sayer.say("field-kind-of-time")),
        EditError::Build(BuildError::TooLong { .. }) => Problems::one(
            "summary",
            sayer.count("field-too-long", SUMMARY_CHARACTERS_MAX),
        ),
        _ => Problems::one("day", sayer.say("field-date")),
    }
}
