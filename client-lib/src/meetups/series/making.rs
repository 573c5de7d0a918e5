//! One meetup of a series: made, written again, or left alone because somebody changed it.

use kith_nips::Address;
use kith_nips::extensions::{InSeries, Occurrence, SeriesId, SeriesPlan};
use kith_nips::lbc::{Meetup, Note, Published as Note31923};

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
        let series = SeriesPlan {
            plan: &self.new.meetup.plan,
            first: &self.new.meetup.when,
            rule: &self.new.rule,
            id: self.id,
        };
        let hint = self.kith.relay_hint().to_string();
        let setting = self.kith.setting(self.record, &hint)?;
        let fresh = series.note(&setting, occurrence)?;
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
            return Err(MeetupError::SlugTaken(self.id.slug(occurrence.day)));
        };
        let said = known.meetup.note.clone();
        match series.renew(occurrence, &mut known.meetup, self.kith.now())? {
            true => self.kith.rewritten(known, &said).await,
            false => Ok(known.item(SeriesOutcome::Kept)),
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
