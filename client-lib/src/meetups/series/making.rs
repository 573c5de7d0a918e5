//! One meetup of a series: made, written again, or left alone because somebody changed it.

use kith_nips::Address;
use kith_nips::extensions::attendance::Terms;
use kith_nips::extensions::{InSeries, Move, Occurrence, SeriesId};
use kith_nips::lbc::{Meetup, MeetupStatus, Note, Published as Note31923};

use super::{NewSeries, SeriesItem, SeriesOutcome};
use crate::fetch::Found;
use crate::kith::Kith;
use crate::meetups::MeetupError;
use crate::meetups::import::Before;
use crate::records::Record;
use crate::reference::Reference;

/// A meetup of a series as it is stored.
pub(super) struct Known {
    pub(super) meetup: Note31923<Meetup>,
    pub(super) place: InSeries,
    found: Found,
}

impl Known {
    pub(super) fn read(found: Found) -> Option<Known> {
        let meetup = Meetup::read(&found.event).ok()?;
        let place = InSeries::read(&meetup)?;
        Some(Known {
            meetup,
            place,
            found,
        })
    }

    pub(super) fn item(self, outcome: SeriesOutcome) -> SeriesItem {
        let relays = match &outcome {
            SeriesOutcome::Created(published) | SeriesOutcome::Updated(published) => {
                published.accepted.clone()
            }
            _ => self.found.relays,
        };
        let target = self.meetup.address().into();
        item(&self.meetup.note, Reference { target, relays }, outcome)
    }
}

/// What a series is made of.
pub(super) struct Making<'a> {
    pub(super) kith: &'a Kith,
    pub(super) new: &'a NewSeries,
    pub(super) id: &'a SeriesId,
    pub(super) record: &'a Record,
}

impl Making<'_> {
    pub(super) async fn make(
        &self,
        occurrence: &Occurrence,
        address: &Address,
        before: Option<Before>,
    ) -> Result<SeriesItem, MeetupError> {
        let slug = self.id.slug(occurrence.day);
        let when = occurrence.when.clone();
        let mut fresh = self.new.meetup.note(self.kith, self.record, &slug, when)?;
        self.place(occurrence).write(&mut fresh);
        self.terms(occurrence, &fresh).write(&mut fresh);
        let reference = |relays| Reference {
            target: address.clone().into(),
            relays,
        };
        let found = match before {
            None => {
                let published = self.kith.publish(&fresh.draft()?).await?;
                let reference = reference(published.accepted.clone());
                return Ok(item(&fresh, reference, SeriesOutcome::Created(published)));
            }
            Some(Before::Deleted) => {
                return Ok(item(&fresh, reference(Vec::new()), SeriesOutcome::Deleted));
            }
            Some(Before::There(found)) => found,
        };
        let Some(mut known) = Known::read(*found) else {
            return Err(MeetupError::SlugTaken(slug));
        };
        let is_over = known.meetup.when.as_ref();
        let is_over = is_over.is_some_and(|when| when.is_over(self.kith.now()));
        if known.place.is_apart || is_over || known.meetup.status == MeetupStatus::Cancelled {
            return Ok(known.item(SeriesOutcome::Kept));
        }
        let said = known.meetup.note.clone();
        let note = &mut known.meetup.note;
        self.new.meetup.say(note)?;
        note.when = Some(occurrence.when.clone());
        self.terms(occurrence, &said).write(note);
        let place = self.place(occurrence);
        if InSeries::read(note).as_ref() != Some(&place) {
            place.write(note);
        }
        self.kith.rewritten(known, &said).await
    }

    fn place(&self, occurrence: &Occurrence) -> InSeries {
        InSeries {
            id: self.id.clone(),
            day: occurrence.day,
            rule: self.new.rule.to_string(),
            is_apart: false,
        }
    }

    /// The terms of the first one, the last moment to answer as long before the start.
    fn terms(&self, occurrence: &Occurrence, said: &Meetup) -> Terms {
        let first = &self.new.meetup;
        let moved = Move::between(&first.when, &occurrence.when);
        let answer_by = first.terms.answer_by;
        let answer_by = answer_by.and_then(|at| moved?.moment(&first.when, at));
        Terms {
            answer_by,
            published_at: Terms::read(said).published_at,
            ..first.terms
        }
    }
}

fn item(meetup: &Meetup, reference: Reference, outcome: SeriesOutcome) -> SeriesItem {
    SeriesItem {
        reference,
        title: meetup.title.clone(),
        when: meetup.when.clone(),
        places: meetup.places.clone(),
        outcome,
    }
}
