//! What was reported in a community (NIP-56), for its owner. Which reports are about it is decided in
//! `kith-nips`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kith_nips::lbc::{
    ChannelMessage, Meetup, Published, ReportScope, ReportSubject, ReportedThing,
};
use kith_nips::nip56::Report;
use kith_nips::{Address, Event, EventId, Kind, PublicKey};

use super::following::PeopleOf;
use super::meetups::any_meetup;
use super::reading::{Reading, give_way, kinds, tagged};
use super::records::CommunityRecord;
use crate::store::StoreError;

/// Reports that are looked at, the newest ones of people, notes and meetups each.
const REPORTS_MAX: usize = 1_000;
/// People of a community whose reports are asked for.
const PEOPLE_MAX: usize = 2_000;
/// Meetups whose reports are asked for, the newest ones.
const MEETUPS_MAX: usize = 500;
/// Messages of a chat that are known without being reported, the newest ones.
const MESSAGES_MAX: usize = 500;
/// Reported notes that are looked up.
const NOTES_MAX: usize = 500;

/// A thing that was reported, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedView {
    /// What, and by whom.
    pub thing: ReportedThing,
    /// What was written, or the title of a meetup; empty for a person.
    pub text: String,
    /// Whether the owner hid it from everybody (LBC-52).
    pub is_hidden: bool,
}

/// What belongs to a community.
struct Around {
    people: BTreeSet<PublicKey>,
    rooms: Vec<EventId>,
    meetups: BTreeMap<Address, Published<Meetup>>,
    messages: Vec<Arc<Event>>,
}

impl Reading {
    /// What was reported about the people of a community, its meetups, its chat and comments; what was
    /// reported last comes first. What the reports are about and is not here any more is left out.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn reports(&self, record: &CommunityRecord) -> Result<Vec<ReportedView>, StoreError> {
        let around = self.around(record).await?;
        let reports = self.reports_about(&around).await?;
        let notes = self.reported_notes(&around, &reports).await?;
        let (rooms, meetups) = (around.rooms.iter(), around.meetups.keys());
        let people = around.people.iter().copied();
        let mut scope = ReportScope::new(people, rooms.copied(), meetups.cloned());
        for note in notes.values() {
            scope.add(note);
        }
        let reporters = reports.iter().map(|report| report.author).collect();
        let asked = PeopleOf::from([(record.id(), reporters)]);
        let following = self.following(&asked).await?;
        let following = following.get(&record.id());
        let state = |person| {
            let follows = following.is_some_and(|people| people.contains(&person));
            record.membership(person, follows)
        };
        let things = scope.sort(reports, state);
        let hidden = self.hidden(record).await?;
        let view = |thing: ReportedThing| {
            let note = match &thing.subject {
                ReportSubject::Message(id) | ReportSubject::Comment(id) => notes.get(id),
                _ => None,
            };
            let title = match &thing.subject {
                ReportSubject::Meetup(address) => around.meetups.get(address),
                _ => None,
            };
            let text = note.map(|note| note.content().to_owned());
            let text = text.or_else(|| title.map(|meetup| meetup.title.clone()));
            ReportedView {
                is_hidden: note.is_some_and(|note| hidden.hides(record, note)),
                text: text.unwrap_or_default(),
                thing,
            }
        };
        Ok(things.into_iter().map(view).collect())
    }

    async fn around(&self, record: &CommunityRecord) -> Result<Around, StoreError> {
        let id = record.id().to_string();
        let follows = tagged(kinds(&[Kind::COMMUNITY_FOLLOWS]), 'e', [id.clone()]);
        let meetups = tagged(any_meetup(), 'e', [id]);
        let (follows, meetups, rooms) = tokio::try_join!(
            self.scan(follows, PEOPLE_MAX),
            self.scan(meetups, MEETUPS_MAX),
            self.rooms(record),
        )?;
        let messages = match rooms.is_empty() {
            true => Vec::new(),
            false => {
                let rooms = rooms.iter().map(ToString::to_string);
                let messages = tagged(kinds(&[Kind::CHANNEL_MESSAGE]), 'e', rooms);
                self.scan(messages, MESSAGES_MAX).await?
            }
        };
        let read = meetups.iter().filter_map(|event| Meetup::read(event).ok());
        let meetups: BTreeMap<_, _> = read.map(|meetup| (meetup.address(), meetup)).collect();
        let listed = record.members.iter().flat_map(|list| list.people());
        let muted = record.muted.iter().flat_map(|list| list.people());
        let people = [record.owner()].into_iter().chain(listed).chain(muted);
        let followers = follows.iter().map(|list| list.pubkey());
        let authors = meetups.values().map(|meetup| meetup.author);
        let said = messages.iter().map(|event| event.pubkey());
        Ok(Around {
            people: people.chain(followers).chain(authors).chain(said).collect(),
            rooms,
            messages,
            meetups,
        })
    }

    async fn reports_about(&self, around: &Around) -> Result<Vec<Published<Report>>, StoreError> {
        let people = around
            .people
            .iter()
            .take(PEOPLE_MAX)
            .map(ToString::to_string);
        let meetups = around.meetups.values().map(|meetup| meetup.id);
        let messages = around.messages.iter().map(|event| event.id());
        let notes = meetups.chain(messages).map(|id| id.to_string());
        let addresses = around.meetups.keys().map(ToString::to_string);
        let about = |letter, values: Vec<String>| tagged(kinds(&[Kind::REPORT]), letter, values);
        let (people, notes, meetups) = tokio::try_join!(
            self.scan(about('p', people.collect()), REPORTS_MAX),
            self.scan(about('e', notes.collect()), REPORTS_MAX),
            self.scan(about('a', addresses.collect()), REPORTS_MAX),
        )?;
        let all = people.into_iter().chain(notes).chain(meetups);
        let once: BTreeMap<EventId, Arc<Event>> = all.map(|event| (event.id(), event)).collect();
        let read = once.values().filter_map(|event| Report::read(event).ok());
        Ok(read.collect())
    }

    /// The notes that are reported, and messages of the chat.
    async fn reported_notes(
        &self,
        around: &Around,
        reports: &[Published<Report>],
    ) -> Result<BTreeMap<EventId, Arc<Event>>, StoreError> {
        let known = around.messages.iter();
        let mut notes: BTreeMap<EventId, Arc<Event>> =
            known.map(|event| (event.id(), Arc::clone(event))).collect();
        let named = reports.iter().filter_map(|report| report.reported.event());
        let unknown: BTreeSet<EventId> = named.filter(|id| !notes.contains_key(id)).collect();
        for (turn, id) in unknown.into_iter().take(NOTES_MAX).enumerate() {
            give_way(turn).await;
            notes.extend(self.find(id).await?.map(|event| (id, event)));
        }
        Ok(notes)
    }
}

impl super::chat::Hidden {
    fn hides(&self, record: &CommunityRecord, note: &Event) -> bool {
        let message = ChannelMessage::read(note);
        message.is_ok_and(|message| self.is_hidden(&message, record))
    }
}
