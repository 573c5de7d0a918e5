//! What was reported in a community, put together with what is known of it. Which reports are about it is
//! decided in `kith-nips`. Asks nobody.

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::lbc::{self, Membership, Published, ReportScope};
use kith_nips::nip56::Report;
use kith_nips::{Address, EventId, PublicKey};

use super::{ReportOfSomebody, ReportSubject, ReportedThing};
use crate::fetch::Found;
use crate::meetups::MeetupView;
use crate::records::Record;

/// What belongs to a community beside what its owner said.
pub(super) struct Surroundings {
    /// The owner, and those on the owner's lists.
    pub(super) listed: BTreeSet<PublicKey>,
    pub(super) followers: BTreeSet<PublicKey>,
    /// Rooms of its chat.
    pub(super) rooms: BTreeSet<EventId>,
    pub(super) meetups: BTreeMap<Address, MeetupView>,
    /// The newest messages of its chat.
    pub(super) messages: Vec<Found>,
}

impl Surroundings {
    /// Those who are listed or follow, announced something or said something.
    pub(super) fn people(&self) -> BTreeSet<PublicKey> {
        let authors = self.meetups.values().map(MeetupView::author);
        let said = self.messages.iter().map(|found| found.event.pubkey());
        let people = self.listed.iter().chain(&self.followers).copied();
        people.chain(authors).chain(said).collect()
    }
}

/// Sorts reports by what they are about.
pub(super) struct Sorter {
    record: Record,
    around: Surroundings,
    scope: ReportScope,
    notes: BTreeMap<EventId, Found>,
}

impl Sorter {
    pub(super) fn new(record: Record, around: Surroundings, notes: Vec<Found>) -> Sorter {
        let rooms = around.rooms.iter().copied();
        let meetups = around.meetups.keys().cloned();
        let mut scope = ReportScope::new(around.people(), rooms, meetups);
        for found in &notes {
            scope.add(&found.event);
        }
        let notes = notes.into_iter().map(|found| (found.event.id(), found));
        Sorter {
            notes: notes.collect(),
            scope,
            record,
            around,
        }
    }

    /// What was reported last comes first.
    pub(super) fn sort(&self, reports: Vec<Published<Report>>) -> Vec<ReportedThing> {
        let things = self.scope.sort(reports, |person| self.state(person));
        things
            .into_iter()
            .map(|thing| ReportedThing {
                subject: self.subject(thing.subject),
                person: thing.person,
                name: None,
                state: self.state(thing.person),
                by_members: self.reports(thing.by_members),
                by_others: self.reports(thing.by_others),
            })
            .collect()
    }

    fn state(&self, person: PublicKey) -> Membership {
        let follows = self.around.followers.contains(&person);
        self.record.membership(person, follows)
    }

    fn reports(&self, reports: Vec<Published<Report>>) -> Vec<ReportOfSomebody> {
        let of_somebody = |report: Published<Report>| ReportOfSomebody {
            id: report.id,
            reporter: report.author,
            name: None,
            state: self.state(report.author),
            report_type: report.report_type,
            created_at: report.created_at,
            text: report.note.text,
        };
        reports.into_iter().map(of_somebody).collect()
    }

    fn subject(&self, subject: lbc::ReportSubject) -> ReportSubject {
        let text = |id: &EventId| {
            let found = self.notes.get(id);
            found.map_or_else(String::new, |found| found.event.content().to_owned())
        };
        match subject {
            lbc::ReportSubject::Person(_) => ReportSubject::Person,
            lbc::ReportSubject::Message(id) => ReportSubject::Message {
                id,
                text: text(&id),
            },
            lbc::ReportSubject::Comment(id) => ReportSubject::Comment {
                id,
                text: text(&id),
            },
            lbc::ReportSubject::Meetup(address) => {
                let meetup = self.around.meetups.get(&address);
                let title = meetup.map_or_else(String::new, MeetupView::display_title);
                ReportSubject::Meetup { address, title }
            }
        }
    }
}
