//! What was reported in a community (NIP-56): which reports are about it, and about what in it. Who may
//! read that is the owner's alone (NIP56-04), and for whoever calls to see to.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{ChannelMessage, Membership, Published};
use crate::nip22::{Comment, Item};
use crate::nip56::{Report, Reported};
use crate::{Address, Event, EventId, PublicKey};

/// Something in a community that can be reported.
///
/// ```
/// use kith_nips::lbc::ReportSubject;
/// use kith_nips::PublicKey;
/// let ada = PublicKey::from_bytes([1; 32]);
/// assert!(ReportSubject::Person(ada) == ReportSubject::Person(ada));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportSubject {
    /// Somebody.
    Person(PublicKey),
    /// A message in its chat.
    Message(EventId),
    /// A comment below one of its meetups.
    Comment(EventId),
    /// One of its meetups, whatever version.
    Meetup(Address),
}

/// One thing, with everything that was reported about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedThing {
    /// What.
    pub subject: ReportSubject,
    /// Who that is, or who wrote it.
    pub person: PublicKey,
    /// By the owner and members, newest first, one of each.
    pub by_members: Vec<Published<Report>>,
    /// By everybody else who is not muted, newest first, one of each.
    pub by_others: Vec<Published<Report>>,
}

/// What belongs to a community.
///
/// ```
/// use kith_nips::PublicKey;
/// use kith_nips::lbc::{Membership, Note, ReportScope, ReportSubject};
/// use kith_nips::nip56::{Report, ReportType, Reported};
/// # let keys = nostr::Keys::generate();
/// let mallory = PublicKey::from_bytes([2; 32]);
/// let report = Report::new(mallory, Reported::Person, ReportType::Spam, "");
/// let report = Report::read(&report.draft()?.sign(&keys, 1_700_000_000)?)?;
/// let scope = ReportScope::new([mallory], [], []);
/// let things = scope.sort(vec![report], |_| Membership::Member);
/// assert_eq!(things[0].subject, ReportSubject::Person(mallory));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ReportScope {
    people: BTreeSet<PublicKey>,
    rooms: BTreeSet<EventId>,
    meetups: BTreeSet<Address>,
    notes: BTreeMap<EventId, (PublicKey, ReportSubject)>,
}

impl ReportScope {
    /// A community with these people (the owner, those who are listed or follow, announced something or
    /// said something), rooms of its chat, and meetups.
    pub fn new(
        people: impl IntoIterator<Item = PublicKey>,
        rooms: impl IntoIterator<Item = EventId>,
        meetups: impl IntoIterator<Item = Address>,
    ) -> ReportScope {
        ReportScope {
            people: people.into_iter().collect(),
            rooms: rooms.into_iter().collect(),
            meetups: meetups.into_iter().collect(),
            notes: BTreeMap::new(),
        }
    }

    /// Looks at a note that may have been reported. What does not belong to the community is left out.
    pub fn add(&mut self, note: &Event) {
        if let Some(subject) = self.subject_of(note) {
            self.notes.insert(note.id(), (note.pubkey(), subject));
        }
    }

    /// What is reported, with the reports about it; what was reported last comes first. `state` is what
    /// somebody is to the community. Reports of those who are muted are left out, and of one person the
    /// newest about a thing counts.
    pub fn sort(
        &self,
        mut reports: Vec<Published<Report>>,
        state: impl Fn(PublicKey) -> Membership,
    ) -> Vec<ReportedThing> {
        reports.sort_by_key(|report| Reverse((report.created_at, report.id)));
        let mut things: BTreeMap<ReportSubject, ReportedThing> = BTreeMap::new();
        let mut told: BTreeSet<(ReportSubject, PublicKey)> = BTreeSet::new();
        for report in reports {
            let Some(subject) = self.subject(&report) else {
                continue;
            };
            let state = state(report.author);
            if state == Membership::Muted || !told.insert((subject.clone(), report.author)) {
                continue;
            }
            let new = || ReportedThing {
                subject: subject.clone(),
                person: report.person,
                by_members: Vec::new(),
                by_others: Vec::new(),
            };
            let thing = things.entry(subject.clone()).or_insert_with(new);
            let reports = match state.is_member() {
                true => &mut thing.by_members,
                false => &mut thing.by_others,
            };
            reports.push(report);
        }
        let mut things: Vec<ReportedThing> = things.into_values().collect();
        things.sort_by_key(|thing| {
            let reports = thing.by_members.iter().chain(&thing.by_others);
            Reverse(reports.map(|report| report.created_at).max())
        });
        things
    }

    /// What in the community a report is about. Whoever names somebody else as the author of a note is
    /// not believed.
    fn subject(&self, report: &Published<Report>) -> Option<ReportSubject> {
        match &report.reported {
            Reported::Person => {
                let person = report.person;
                let is_known = self.people.contains(&person);
                is_known.then_some(ReportSubject::Person(person))
            }
            Reported::Versions(address, _) => self.meetup(address),
            Reported::Event(id) | Reported::File { event: id, .. } => {
                let (author, subject) = self.notes.get(id)?;
                (*author == report.person).then(|| subject.clone())
            }
        }
    }

    fn subject_of(&self, note: &Event) -> Option<ReportSubject> {
        if let Ok(message) = ChannelMessage::read(note) {
            let is_ours = self.rooms.contains(&message.channel);
            return is_ours.then(|| ReportSubject::Message(note.id()));
        }
        if let Ok(comment) = Comment::read(note) {
            let Item::Address { address, .. } = &comment.root.item else {
                return None;
            };
            let is_ours = self.meetups.contains(address);
            return is_ours.then(|| ReportSubject::Comment(note.id()));
        }
        self.meetup(&note.address()?)
    }

    fn meetup(&self, address: &Address) -> Option<ReportSubject> {
        let is_ours = self.meetups.contains(address);
        is_ours.then(|| ReportSubject::Meetup(address.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::Note;
    use crate::lbc::testing::{id, key, publish};
    use crate::nip56::ReportType;

    fn report(author: u8, person: u8, reported: Reported, at: u64) -> Published<Report> {
        let report = Report::new(key(person), reported, ReportType::Spam, "");
        Report::read(&publish(&report.draft().unwrap(), author, at)).unwrap()
    }

    fn state(person: PublicKey) -> Membership {
        match person {
            person if person == key(3) => Membership::Member,
            person if person == key(9) => Membership::Muted,
            _ => Membership::Visitor,
        }
    }

    #[test]
    fn nip56_04_members_apart_from_others_and_the_muted_not_at_all() {
        let scope = ReportScope::new([key(2)], [], []);
        let person = |author, at| report(author, 2, Reported::Person, at);
        let reports = vec![person(3, 10), person(4, 20), person(9, 30), person(4, 15)];
        let things = scope.sort(reports, state);
        let [thing] = &things[..] else {
            panic!("{things:?}")
        };
        let times = |reports: &[Published<Report>]| -> Vec<u64> {
            reports.iter().map(|report| report.created_at).collect()
        };
        assert_eq!(times(&thing.by_members), [10]);
        assert_eq!(times(&thing.by_others), [20]);
        // Strangers are none of the community's business.
        let stranger = vec![report(3, 8, Reported::Person, 10)];
        assert_eq!(scope.sort(stranger, state), []);
    }

    #[test]
    fn nip56_04_whoever_lies_about_the_author_is_not_believed() {
        let say = |channel| {
            let message = ChannelMessage::new(channel, "Buy this");
            publish(&message.draft().unwrap(), 5, 5)
        };
        let (ours, elsewhere) = (say(id(1)), say(id(2)));
        let mut scope = ReportScope::new([], [id(1)], []);
        scope.add(&ours);
        scope.add(&elsewhere);
        let about = |person, note: &Event, at| {
            let reported = Reported::Event(note.id());
            scope.sort(vec![report(3, person, reported, at)], state)
        };
        assert_eq!(
            about(5, &ours, 1)[0].subject,
            ReportSubject::Message(ours.id())
        );
        assert_eq!(about(6, &ours, 1), []);
        assert_eq!(about(5, &elsewhere, 1), []);
    }

    #[test]
    fn what_was_reported_last_comes_first_and_versions_are_one_meetup() {
        let address = |name: &str| Address {
            kind: crate::Kind::MEETUP,
            pubkey: key(2),
            identifier: name.to_owned(),
        };
        let scope = ReportScope::new([key(2)], [], [address("night")]);
        let version = |name: &str, number| Reported::Versions(address(name), id(number));
        let reports = vec![
            report(3, 2, version("night", 1), 10),
            report(4, 2, version("night", 7), 30),
            report(4, 2, version("other", 8), 40),
            report(4, 2, Reported::Person, 20),
        ];
        let things = scope.sort(reports, state);
        let subjects: Vec<_> = things.iter().map(|thing| &thing.subject).collect();
        let person = ReportSubject::Person(key(2));
        assert_eq!(
            subjects,
            [&ReportSubject::Meetup(address("night")), &person]
        );
        assert_eq!(things[0].by_members.len() + things[0].by_others.len(), 2);
    }
}
