//! Which reports are about a community, and about what in it. Pure; asks nobody.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use kith_nips::lbc::{ChannelMessage, Membership, Published};
use kith_nips::nip22::{Comment, Item};
use kith_nips::nip56::{Report, Reported};
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
    people: BTreeSet<PublicKey>,
    notes: BTreeMap<EventId, Found>,
}

/// What a thing is named by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Person(PublicKey),
    Note(EventId),
    Meetup(Address),
}

impl Sorter {
    pub(super) fn new(record: Record, around: Surroundings, notes: Vec<Found>) -> Sorter {
        let notes = notes.into_iter().map(|found| (found.event.id(), found));
        Sorter {
            people: around.people(),
            notes: notes.collect(),
            record,
            around,
        }
    }

    /// What was reported last comes first.
    pub(super) fn sort(&self, mut reports: Vec<Published<Report>>) -> Vec<ReportedThing> {
        reports.sort_by_key(|report| Reverse((report.created_at, report.id)));
        let mut things: BTreeMap<Name, ReportedThing> = BTreeMap::new();
        let mut told: BTreeSet<(Name, PublicKey)> = BTreeSet::new();
        for report in reports {
            let state = self.state(report.author);
            let Some((name, subject)) = self.subject(&report) else {
                continue;
            };
            // Of one person the newest report counts.
            if state == Membership::Muted || !told.insert((name.clone(), report.author)) {
                continue;
            }
            let thing = things.entry(name).or_insert_with(|| ReportedThing {
                subject,
                person: report.person,
                name: None,
                state: self.state(report.person),
                by_members: Vec::new(),
                by_others: Vec::new(),
            });
            let reports = match state.is_member() {
                true => &mut thing.by_members,
                false => &mut thing.by_others,
            };
            reports.push(ReportOfSomebody {
                id: report.id,
                reporter: report.author,
                name: None,
                state,
                report_type: report.report_type,
                text: report.note.text,
                created_at: report.created_at,
            });
        }
        let mut things: Vec<ReportedThing> = things.into_values().collect();
        things.sort_by_key(|thing| {
            let reports = thing.by_members.iter().chain(&thing.by_others);
            Reverse(reports.map(|report| report.created_at).max())
        });
        things
    }

    fn state(&self, person: PublicKey) -> Membership {
        let follows = self.around.followers.contains(&person);
        self.record.membership(person, follows)
    }

    /// What in the community a report is about. Whoever names somebody else as the author of a note is
    /// not believed.
    fn subject(&self, report: &Published<Report>) -> Option<(Name, ReportSubject)> {
        match &report.reported {
            Reported::Person => {
                let is_known = self.people.contains(&report.person);
                is_known.then(|| (Name::Person(report.person), ReportSubject::Person))
            }
            Reported::Versions(address, _) => self.meetup(address),
            Reported::Event(id) | Reported::File { event: id, .. } => {
                let found = self.notes.get(id)?;
                if found.event.pubkey() != report.person {
                    return None;
                }
                self.note(found)
            }
        }
    }

    fn note(&self, found: &Found) -> Option<(Name, ReportSubject)> {
        let id = found.event.id();
        if let Ok(message) = ChannelMessage::read(&found.event) {
            let text = found.event.content().to_owned();
            let is_ours = self.around.rooms.contains(&message.channel);
            return is_ours.then_some((Name::Note(id), ReportSubject::Message { id, text }));
        }
        if let Ok(comment) = Comment::read(&found.event) {
            let Item::Address { address, .. } = &comment.root.item else {
                return None;
            };
            let text = comment.text.clone();
            let is_ours = self.around.meetups.contains_key(address);
            return is_ours.then_some((Name::Note(id), ReportSubject::Comment { id, text }));
        }
        self.meetup(&found.event.address()?)
    }

    fn meetup(&self, address: &Address) -> Option<(Name, ReportSubject)> {
        let meetup = self.around.meetups.get(address)?;
        let subject = ReportSubject::Meetup {
            address: address.clone(),
            title: meetup.display_title(),
        };
        Some((Name::Meetup(address.clone()), subject))
    }
}
