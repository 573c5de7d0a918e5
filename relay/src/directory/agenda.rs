//! Where a person is going: the meetups that they accepted, may come to, or organize.

use std::collections::BTreeMap;
use std::sync::Arc;

use kith_nips::lbc::{Answer, Published, Rsvp, newest};
use kith_nips::nip50::Rank;
use kith_nips::{Address, Event, Filter, Kind, PublicKey};

use super::following::PeopleOf;
use super::meetups::{MeetupView, any_meetup};
use super::page::{Page, Place, page_of};
use super::query::Listing;
use super::reading::{Reading, kinds};
use crate::store::StoreError;

/// Answers of a person, and meetups by a person, that are looked at: the newest answers, and the first
/// meetups in the time that is asked about.
pub const AGENDA_MEETUPS_MAX: usize = 500;

/// A meetup in somebody's agenda.
#[derive(Debug, Clone, PartialEq)]
pub struct AgendaEntry {
    /// The meetup.
    pub view: MeetupView,
    /// What the person answered, if they did.
    pub answer: Option<Answer>,
    /// Whether it is theirs.
    pub organizes: bool,
}

impl Reading {
    /// A page of a person's agenda, by start. The search of `listing` says from when to when.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn agenda(
        &self,
        person: PublicKey,
        listing: &Listing,
    ) -> Result<Page<AgendaEntry>, StoreError> {
        let answers = Filter {
            authors: Some(vec![person]),
            ..kinds(&[Kind::RSVP])
        };
        let organized = Filter {
            authors: Some(vec![person]),
            search: listing.search.clone(),
            ..any_meetup()
        };
        let (answers, organized) = tokio::try_join!(
            self.scan(answers, AGENDA_MEETUPS_MAX),
            self.scan(organized, AGENDA_MEETUPS_MAX),
        )?;
        let cut = answers.len() >= AGENDA_MEETUPS_MAX || organized.len() >= AGENDA_MEETUPS_MAX;
        let answers = newest_answers(&answers);
        let mut events = self.find_addresses(answers.keys().cloned()).await?;
        let in_time = |event: &Arc<Event>| {
            let filter = Filter {
                search: listing.search.clone(),
                ..any_meetup()
            };
            filter.matches(event, self.now())
        };
        events.retain(in_time);
        for event in organized {
            if events.iter().all(|other| other.id() != event.id()) {
                events.push(event);
            }
        }
        let views = self.meetup_views(&events).await?.into_iter().flatten();
        let placed = views.filter_map(|view| {
            let entry = entry(view, person, &answers)?;
            let meetup = &entry.view.meetup;
            let start = meetup.when.as_ref()?.starts_at();
            Some((Place::at(Rank(start, 0, meetup.id)), entry))
        });
        let mut page = page_of(placed.collect(), listing.after, listing.limit);
        page.cut = cut;
        Ok(page)
    }
}

/// What a person answered last to each meetup.
fn newest_answers(events: &[Arc<Event>]) -> BTreeMap<Address, Published<Rsvp>> {
    let mut answers: BTreeMap<Address, Vec<Published<Rsvp>>> = BTreeMap::new();
    for rsvp in events.iter().filter_map(|event| Rsvp::read(event).ok()) {
        answers.entry(rsvp.meetup.clone()).or_default().push(rsvp);
    }
    let newest = answers
        .into_iter()
        .filter_map(|(meetup, versions)| Some((meetup, newest(&versions)?.clone())));
    newest.collect()
}

/// The entry, if the person comes, may come, or organizes it. An answer to an earlier meetup at the same
/// address, or by somebody who is muted, counts for nothing (LBC-36, LBC-38).
fn entry(
    view: MeetupView,
    person: PublicKey,
    answers: &BTreeMap<Address, Published<Rsvp>>,
) -> Option<AgendaEntry> {
    let rsvp = answers.get(&view.meetup.address());
    // Whether they are a member plays no part.
    let tally = view.tally_of(rsvp, &PeopleOf::new());
    let answer = tally.attendees.first().map(|attendee| attendee.answer);
    let answer = answer.filter(|answer| *answer != Answer::Declined);
    let organizes = view.meetup.author == person;
    (organizes || answer.is_some()).then_some(AgendaEntry {
        view,
        answer,
        organizes,
    })
}
