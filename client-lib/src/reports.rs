//! Reports (NIP-56): writing one, and what was reported in a community, for its owner. A report is the
//! word of one person: those of members stand apart from those of others, and nothing is done by itself.

mod sorting;

use std::collections::BTreeSet;

use kith_nips::lbc::{BuildError, Membership, Note, Published};
use kith_nips::nip56::{Report, ReportType, Reported};
use kith_nips::{Address, EventId, Kind, PublicKey, StorageClass};
use nostr_sdk::Alphabet;

use crate::communities::NamedCommunity;
use crate::fetch::{Found, ReadError};
use crate::filters::{ids_filters, kinds_filter, tag, tag_filters};
use crate::kith::Kith;
use crate::lookup::LookupError;
use crate::publish::{self, PublishError};
use crate::records::Record;
use crate::reference::Reference;
use crate::refusal::{Refusal, merge};
use crate::search::Search;

use self::sorting::{Sorter, Surroundings};

/// Reports that are looked at, the newest ones.
const REPORTS_MAX: usize = 5_000;

/// People of a community whose reports are asked for.
const PEOPLE_MAX: usize = 5_000;

/// Messages of a chat that are known without being reported, the newest ones.
const MESSAGES_MAX: usize = 500;

/// Reported notes that are looked up.
const NOTES_MAX: usize = 1_000;

/// What was reported in a community.
///
/// ```no_run
/// use kith_client::{Kith, Reference};
/// # async fn example(kith: Kith, community: Reference) -> Result<(), kith_client::ReportError> {
/// for thing in kith.reports(&community).await?.things {
///     println!("{:?}: {} members, {} others", thing.subject, thing.by_members.len(), thing.by_others.len());
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reports {
    /// The community.
    pub community: NamedCommunity,
    /// What was reported last comes first.
    pub things: Vec<ReportedThing>,
    /// Relays that did not answer: what only they know is missing.
    pub silent: Vec<Refusal>,
}

/// One thing, with everything that was reported about it.
///
/// ```no_run
/// # fn example(thing: &kith_client::ReportedThing) {
/// for report in &thing.by_members {
///     println!("{}: {}", report.report_type, report.text);
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportedThing {
    /// What.
    pub subject: ReportSubject,
    /// Who that is, or who wrote it.
    pub person: PublicKey,
    /// What they call themselves (kind 0).
    pub name: Option<String>,
    /// What they are to the community.
    pub state: Membership,
    /// By the owner and members, newest first, one of each.
    pub by_members: Vec<ReportOfSomebody>,
    /// By everybody else who is not muted, newest first, one of each.
    pub by_others: Vec<ReportOfSomebody>,
}

/// What is reported.
///
/// ```
/// assert_eq!(kith_client::ReportSubject::Person, kith_client::ReportSubject::Person);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportSubject {
    /// Somebody.
    Person,
    /// A meetup of the community.
    Meetup {
        /// Where it lives.
        address: Address,
        /// Its title now.
        title: String,
    },
    /// A message in its chat.
    Message {
        /// The message.
        id: EventId,
        /// Plain text of a stranger.
        text: String,
    },
    /// A comment below one of its meetups.
    Comment {
        /// The comment.
        id: EventId,
        /// Plain text of a stranger.
        text: String,
    },
}

/// What one person reported.
///
/// ```no_run
/// # fn example(report: &kith_client::ReportOfSomebody) {
/// println!("{} reports {}: {}", report.reporter, report.report_type, report.text);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportOfSomebody {
    /// The report.
    pub id: EventId,
    /// Who reports.
    pub reporter: PublicKey,
    /// What they call themselves (kind 0).
    pub name: Option<String>,
    /// What they are to the community.
    pub state: Membership,
    /// Of which type.
    pub report_type: ReportType,
    /// Plain text of a stranger.
    pub text: String,
    /// When, in Unix seconds.
    pub created_at: u64,
}

/// Why nothing was reported, or no reports are shown.
///
/// ```
/// use kith_client::{PublishError, ReportError};
///
/// let error = ReportError::from(PublishError::ReadOnly);
/// assert_eq!(error.to_string(), "there is no key to sign with");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The community or the note is not there.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// Reports are for whoever decides (NIP56-04).
    #[error("only its owner reads what was reported in {0}")]
    NotOwner(NamedCommunity),
    /// The report cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No relay took it, or there is no key.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl From<ReadError> for ReportError {
    fn from(error: ReadError) -> Self {
        ReportError::Lookup(error.into())
    }
}

impl Kith {
    /// Reports a person. Everybody can read it, and nobody has to act on it.
    ///
    /// ```no_run
    /// use kith_client::nip56::ReportType;
    /// # async fn example(kith: kith_client::Kith, person: kith_client::PublicKey) -> Result<(), kith_client::ReportError> {
    /// kith.report_person(person, ReportType::Impersonation, "is not Ada").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReportError::Build`], [`ReportError::Publish`].
    pub async fn report_person(
        &self,
        person: PublicKey,
        report_type: ReportType,
        text: impl Into<String>,
    ) -> Result<publish::Published, ReportError> {
        let report = Report::new(person, Reported::Person, report_type, text);
        Ok(self.publish(&report.draft()?).await?)
    }

    /// Reports a note: a message, a comment, a meetup in its newest version. Everybody can read it, and
    /// nobody has to act on it.
    ///
    /// ```no_run
    /// use kith_client::{Reference, nip56::ReportType};
    /// # async fn example(kith: kith_client::Kith, note: Reference) -> Result<(), kith_client::ReportError> {
    /// kith.report_note(&note, ReportType::Spam, "sells watches").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReportError`]
    pub async fn report_note(
        &self,
        note: impl Into<Reference>,
        report_type: ReportType,
        text: impl Into<String>,
    ) -> Result<publish::Published, ReportError> {
        self.author()?;
        let event = self.note(&note.into(), "note").await?.event;
        let is_addressable = event.kind().storage_class() == StorageClass::Addressable;
        let reported = match event.address().filter(|_| is_addressable) {
            Some(address) => Reported::Versions(address, event.id()),
            None => Reported::Event(event.id()),
        };
        let report = Report::new(event.pubkey(), reported, report_type, text);
        Ok(self.publish(&report.draft()?).await?)
    }

    /// What was reported about the people of the user's community, its meetups, its chat and comments.
    /// What reports say about other things that these people wrote is left out, and so are reports by
    /// those who are muted.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, community: Reference) -> Result<(), kith_client::ReportError> {
    /// println!("{} things", kith.reports(&community).await?.things.len());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReportError`]
    pub async fn reports(&self, community: impl Into<Reference>) -> Result<Reports, ReportError> {
        let me = self.author()?;
        let record = self.record(&community.into()).await?;
        if record.community.owner() != me {
            return Err(ReportError::NotOwner(record.named()));
        }
        let mut silent = record.silent.clone();
        let surroundings = self.surroundings(&record, &mut silent).await?;
        let reports = self.reports_around(&surroundings, &mut silent).await?;
        let notes = self
            .reported_notes(&surroundings, &reports, &mut silent)
            .await;
        let named = record.named();
        let sorter = Sorter::new(record, surroundings, notes);
        let mut things = sorter.sort(reports);
        self.name_all(&mut things, &mut silent).await;
        Ok(Reports {
            community: named,
            things,
            silent,
        })
    }

    /// What belongs to the community.
    async fn surroundings(
        &self,
        record: &Record,
        silent: &mut Vec<Refusal>,
    ) -> Result<Surroundings, ReportError> {
        let id = record.community.id;
        let search = Search::new().community(id);
        let (followers, rooms, meetups) = tokio::join!(
            self.followers_of(id),
            self.rooms_of(record),
            self.meetups(&search)
        );
        let (followers, rooms, meetups) = (followers?, rooms?, meetups?);
        merge(silent, &followers.silent);
        merge(silent, &meetups.silent);
        let rooms: BTreeSet<EventId> = rooms.iter().map(|room| room.id).collect();
        let mut messages = Vec::new();
        if !rooms.is_empty() {
            let filter = kinds_filter(&[Kind::CHANNEL_MESSAGE])
                .custom_tags(tag(Alphabet::E), rooms.iter().map(ToString::to_string))
                .limit(MESSAGES_MAX);
            let page = self.fetch_page(&filter).await.answered()?;
            merge(silent, &page.silent);
            messages = page.found;
        }
        let listed = record.members.iter().flat_map(|list| list.people());
        let muted = record.muted.iter().flat_map(|list| list.people());
        let owner = [record.community.owner()];
        Ok(Surroundings {
            listed: listed.chain(muted).chain(owner).collect(),
            followers: followers.found.into_iter().collect(),
            rooms,
            meetups: meetups
                .found
                .into_iter()
                .map(|meetup| (meetup.address(), meetup))
                .collect(),
            messages,
        })
    }

    /// Reports of people and notes of the community, the newest ones.
    async fn reports_around(
        &self,
        around: &Surroundings,
        silent: &mut Vec<Refusal>,
    ) -> Result<Vec<Published<Report>>, ReportError> {
        let people = around.people().into_iter().take(PEOPLE_MAX);
        let people = people.map(|person| person.to_string()).collect();
        let meetups = around.meetups.values().map(|meetup| meetup.id());
        let messages = around.messages.iter().map(|found| found.event.id());
        let ids = meetups.chain(messages).map(|id| id.to_string()).collect();
        let addresses = around.meetups.keys().map(ToString::to_string).collect();
        let kinds = [Kind::REPORT];
        let mut filters = tag_filters(&kinds, tag(Alphabet::P), people);
        filters.extend(tag_filters(&kinds, tag(Alphabet::E), ids));
        filters.extend(tag_filters(&kinds, tag(Alphabet::A), addresses));
        let fetched = self.fetch(filters).await.answered()?;
        merge(silent, &fetched.silent);
        let mut found = fetched.found;
        found.sort_by_key(|found| std::cmp::Reverse((found.event.created_at(), found.event.id())));
        found.truncate(REPORTS_MAX);
        let found = self.standing(found, silent).await;
        let reports = found.iter();
        Ok(reports
            .filter_map(|found| Report::read(&found.event).ok())
            .collect())
    }

    /// The notes that reports name and that are not known yet.
    async fn reported_notes(
        &self,
        around: &Surroundings,
        reports: &[Published<Report>],
        silent: &mut Vec<Refusal>,
    ) -> Vec<Found> {
        let known = around.messages.iter().map(|found| found.event.id());
        let known: BTreeSet<EventId> = known.collect();
        let named = reports.iter().filter_map(|report| report.reported.event());
        let named: BTreeSet<EventId> = named.filter(|id| !known.contains(id)).collect();
        let named: Vec<EventId> = named.into_iter().take(NOTES_MAX).collect();
        let fetched = self.fetch(ids_filters(&named)).await;
        merge(silent, &fetched.silent);
        let messages = around.messages.iter().cloned();
        let found = fetched.found.into_iter().chain(messages).collect();
        self.standing(found, silent).await
    }

    async fn name_all(&self, things: &mut [ReportedThing], silent: &mut Vec<Refusal>) {
        let people = things.iter().flat_map(|thing| {
            let reports = thing.by_members.iter().chain(&thing.by_others);
            reports.map(|report| report.reporter).chain([thing.person])
        });
        let names = self.names(&people.collect()).await;
        merge(silent, &names.silent);
        for thing in things {
            thing.name = names.names.get(&thing.person).cloned();
            for report in thing.by_members.iter_mut().chain(&mut thing.by_others) {
                report.name = names.names.get(&report.reporter).cloned();
            }
        }
    }
}
