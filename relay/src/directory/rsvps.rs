//! The answers to meetups, added up and listed (LBC-35 to LBC-38).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use kith_nips::extensions::attendance::{Seating, Terms, seating};
use kith_nips::lbc::{
    Attendee, Group, Meetup, Membership, Published, Rsvp, Tally, TallyContext, membership, tally,
};
use kith_nips::nip50::Rank;
use kith_nips::{Event, EventId, Kind, PublicKey};

use super::following::PeopleOf;
use super::meetups::MeetupView;
use super::page::{Page, Place, page_of};
use super::reading::{Reading, kinds, tagged};
use super::records::CommunityRecord;
use crate::store::StoreError;

/// Answers to one meetup that are read: the newest.
pub const RSVPS_PER_MEETUP_MAX: usize = 2_000;

/// Answers of one person to one meetup that are read.
const RSVPS_PER_PERSON_MAX: usize = 20;

/// The answers to one meetup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rsvps {
    /// One answer per person, without people who are muted.
    pub tally: Tally,
    /// Who of those who come has a seat; `None` where the meetup says nothing of seats.
    pub seating: Option<Seating>,
    /// Whether there are more than [`RSVPS_PER_MEETUP_MAX`], so that older ones are not counted.
    pub cut: bool,
}

impl Reading {
    /// A page of the answers to a meetup that was read with them: members first, then others, each in
    /// the order of answering.
    pub fn rsvps(&self, view: &MeetupView, after: Option<Place>, limit: usize) -> Page<Attendee> {
        let rsvps = view.rsvps.clone().unwrap_or_default();
        let placed = rsvps.tally.attendees.into_iter().map(|attendee| {
            let group = match attendee.group {
                Group::Members => 0,
                Group::Others => 1,
            };
            let person = EventId::from_bytes(*attendee.person.as_bytes());
            let place = Place {
                unlikeness: group,
                rank: Rank(attendee.answered_at, 0, person),
            };
            (place, attendee)
        });
        let mut page = page_of(placed.collect(), after, limit);
        page.cut = rsvps.cut;
        page
    }

    /// What one person answered to a meetup: mostly one note.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn answers_of(
        &self,
        view: &MeetupView,
        person: PublicKey,
    ) -> Result<Vec<Published<Rsvp>>, StoreError> {
        let meetup = view.meetup.address();
        let mut filter = tagged(kinds(&[Kind::RSVP]), 'a', names_of(&view.meetup));
        filter.authors = Some(vec![person]);
        let found = self.scan(filter, RSVPS_PER_PERSON_MAX).await?;
        let read = found.iter().filter_map(read);
        Ok(read.filter(|rsvp| rsvp.meetup == meetup).collect())
    }

    /// Gives meetups their answers.
    pub(super) async fn add_rsvps<'a>(
        &self,
        views: impl IntoIterator<Item = &'a mut MeetupView, IntoIter: Send>,
    ) -> Result<(), StoreError> {
        let views: Vec<&mut MeetupView> = views.into_iter().collect();
        let meetups: Vec<_> = views.iter().map(|view| &view.meetup).collect();
        let answers = self.answers_to(&meetups).await?;
        let following = self.following(&listed_authors(&views, &answers)).await?;
        for (view, answers) in views.into_iter().zip(answers) {
            let cut = answers.len() > RSVPS_PER_MEETUP_MAX;
            let counted = answers.iter().take(RSVPS_PER_MEETUP_MAX);
            let tally = view.tally_of(counted, &following);
            let seating = view.seating_of(&tally, &answers);
            view.rsvps = Some(Rsvps {
                tally,
                seating,
                cut,
            });
        }
        Ok(())
    }

    /// The answers to each meetup, in order, the newest first: at most one more than count.
    async fn answers_to(
        &self,
        meetups: &[&Published<Meetup>],
    ) -> Result<Vec<Vec<Published<Rsvp>>>, StoreError> {
        let names: Vec<[String; 2]> = meetups.iter().map(|meetup| names_of(meetup)).collect();
        let events = self.naming(names.iter().flatten()).await?;
        if events.len() <= RSVPS_PER_MEETUP_MAX {
            return Ok(distributed(&events, &names));
        }
        // Together they are more than one meetup may have.
        let mut answers = Vec::with_capacity(names.len());
        for names in &names {
            let events = self.naming(names).await?;
            answers.push(events.iter().filter_map(read).collect());
        }
        Ok(answers)
    }

    /// Answers that name one of these in `a`.
    async fn naming<'a>(
        &self,
        names: impl IntoIterator<Item = &'a String>,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        let filter = tagged(kinds(&[Kind::RSVP]), 'a', names.into_iter().cloned());
        self.scan(filter, RSVPS_PER_MEETUP_MAX + 1).await
    }
}

fn read(event: &Arc<Event>) -> Option<Published<Rsvp>> {
    Rsvp::read(event).ok()
}

/// What an answer may call a meetup: its address, and as an old client wrote it, with the id of the
/// version in place of the kind (LBC-37).
fn names_of(meetup: &Published<Meetup>) -> [String; 2] {
    let address = meetup.address();
    let old_form = format!("{}:{}:{}", meetup.id, address.pubkey, address.identifier);
    [address.to_string(), old_form]
}

/// Each answer to each meetup that it names.
fn distributed(events: &[Arc<Event>], names: &[[String; 2]]) -> Vec<Vec<Published<Rsvp>>> {
    let mut answers = vec![Vec::new(); names.len()];
    let mut indices: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, names) in names.iter().enumerate() {
        for name in names {
            indices.entry(name).or_default().push(index);
        }
    }
    for event in events {
        let named = event.tags().named("a").filter_map(|tag| tag.value());
        let named = named.filter_map(|name| indices.get(name));
        let named: BTreeSet<usize> = named.flatten().copied().collect();
        for index in named {
            if let Some(answers) = answers.get_mut(index) {
                answers.extend(read(event));
            }
        }
    }
    answers
}

/// Who answered a meetup of a community and is on its list of members.
fn listed_authors(views: &[&mut MeetupView], answers: &[Vec<Published<Rsvp>>]) -> PeopleOf {
    let mut authors = BTreeMap::new();
    for (view, answers) in views.iter().zip(answers) {
        if let Some(first) = view.communities.first() {
            let record = &first.record;
            let (_, people) = authors
                .entry(record.id())
                .or_insert_with(|| (record, BTreeSet::new()));
            people.extend(answers.iter().map(|answer| answer.author));
        }
    }
    let listed = authors.into_iter().map(|(id, (record, authors))| {
        let listed = record.members.iter().flat_map(|list| list.people());
        (
            id,
            listed.filter(|person| authors.contains(person)).collect(),
        )
    });
    listed.collect()
}

impl CommunityRecord {
    /// What a person is to the community (LBC-50).
    pub fn membership(&self, person: PublicKey, follows: bool) -> Membership {
        membership(
            person == self.owner(),
            self.mutes(person),
            self.lists(person),
            follows,
        )
    }
}

impl MeetupView {
    fn seating_of(&self, tally: &Tally, answers: &[Published<Rsvp>]) -> Option<Seating> {
        let terms = Terms::read(&self.meetup);
        let is_limited = terms.capacity.is_some() || terms.answer_by.is_some();
        is_limited.then(|| seating(&self.meetup, tally, answers))
    }

    /// What answers add up to. Of those who are on the list of members, `following` has who follows.
    pub(super) fn tally_of<'a>(
        &self,
        answers: impl IntoIterator<Item = &'a Published<Rsvp>>,
        following: &PeopleOf,
    ) -> Tally {
        let record = self.communities.first().map(|first| &first.record);
        let following = record.and_then(|record| following.get(&record.id()));
        let follows = |person| following.is_some_and(|people| people.contains(&person));
        let context = TallyContext {
            meetup: &self.meetup,
            community: record.map(|record| record.id()),
            earlier_versions: &[],
            membership: |person| match record {
                Some(record) => record.membership(person, follows(person)),
                None => Membership::Visitor,
            },
        };
        tally(answers, &context)
    }
}
