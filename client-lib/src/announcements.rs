//! Announcements: the same private message (NIP-17) to many people, each in a wrap of their own, so
//! that nobody learns who else has it. Who they are is in `announcements/audience.rs`, what is
//! remembered in `announcements/record.rs`, the work in `announcements/run.rs`.
//!
//! **Each recipient once.** A wrap is made once for each person and is on the disk before it is
//! sent. Whatever happens between sending it and noting the answer, what is sent again is the same
//! event, which relays and programs keep once. And the message inside has one time for the whole
//! announcement, so that its id would be the same in any wrap.

mod audience;
mod record;
mod run;

pub use audience::Recipients;
pub use kith_nips::lbc::Audience;
pub use record::{AnnouncementCounts, AnnouncementRecord};

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use kith_nips::PublicKey;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::fetch::ReadError;
use crate::inboxes::Delivery;
use crate::kith::Kith;
use crate::local::{Local, LocalError};
use crate::lookup::LookupError;
use crate::messages::{MessageError, check_text};
use crate::publish::PublishError;
use crate::reference::Reference;
use crate::refusal::Refusal;

use self::record::Entry;
use self::run::Run;

/// People to whom one announcement may go.
pub const ANNOUNCEMENT_PEOPLE_MAX: usize = 50_000;

/// Outcomes that may wait to be taken; then the work waits.
const OUTCOMES_MAX: usize = 256;

/// Something to be told to many.
///
/// ```
/// use kith_client::{Audience, NewAnnouncement, Reference};
///
/// let meetup: Reference =
///     "31923:79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798:chess".parse()?;
/// let announcement = NewAnnouncement::new(meetup, Audience::Silent, "Will you come on Friday?");
/// assert!(!announcement.again);
/// # Ok::<(), kith_client::ReferenceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAnnouncement {
    /// The community, or one of its meetups.
    pub about: Reference,
    /// To whom.
    pub audience: Audience,
    /// Plain text.
    pub text: String,
    /// Say it once more to those whom an earlier announcement with the same words reached. Without
    /// this, it goes to those who were not reached yet.
    pub again: bool,
}

impl NewAnnouncement {
    /// A text for an audience, for the first time.
    pub fn new(
        about: impl Into<Reference>,
        audience: Audience,
        text: impl Into<String>,
    ) -> NewAnnouncement {
        NewAnnouncement {
            about: about.into(),
            audience,
            text: text.into(),
            again: false,
        }
    }
}

/// What became of an announcement for one person.
///
/// ```no_run
/// # fn example(told: kith_client::Told) {
/// println!("{}: {}", told.person, told.delivery);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told {
    /// Who.
    pub person: PublicKey,
    /// What became of it. It is on the disk already.
    pub delivery: Delivery,
}

/// Why an announcement did not begin, or could not go on.
///
/// ```
/// use kith_client::{AnnouncementError, Audience};
///
/// let error = AnnouncementError::NotAMeetup(Audience::Silent);
/// assert_eq!(error.to_string(), "those who are silent are those of a meetup; name one");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnnouncementError {
    /// Community or meetup is not there.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// Only owners and organizers write to everybody.
    #[error("only the owner of \"{0}\" can announce something there, or who organizes the meetup")]
    NotYours(String),
    /// The audience is one of a meetup, and a community was named.
    #[error("those who are {} are those of a meetup; name one", .0.as_str())]
    NotAMeetup(Audience),
    /// More than [`ANNOUNCEMENT_PEOPLE_MAX`].
    #[error("{0} people are too many, at most {ANNOUNCEMENT_PEOPLE_MAX} are possible")]
    TooMany(usize),
    /// The text cannot be sent, or the signer does not seal it.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// What was done could not be read or noted; nothing is sent that is not noted.
    #[error(transparent)]
    Local(#[from] LocalError),
}

impl From<ReadError> for AnnouncementError {
    fn from(error: ReadError) -> Self {
        AnnouncementError::Lookup(error.into())
    }
}

impl From<PublishError> for AnnouncementError {
    fn from(error: PublishError) -> Self {
        AnnouncementError::Message(error.into())
    }
}

/// An announcement that is under way: a stream of what becomes of it, for each person who was not
/// reached before. Dropping it stops the work; the next time it goes on with those who are left.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith, local: kith_client::Local, announcement: kith_client::NewAnnouncement) -> Result<(), kith_client::AnnouncementError> {
/// let mut announcing = kith.announce(&local, &announcement).await?;
/// println!("{} people, {} of them were reached before", announcing.people(), announcing.reached_before());
/// while let Some(told) = announcing.next().await {
///     let told = told?;
///     println!("{}: {}", told.person, told.delivery);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Announcing {
    recipients: Recipients,
    reached_before: usize,
    silent: Vec<Refusal>,
    outcomes: mpsc::Receiver<Result<Told, AnnouncementError>>,
    _tasks: JoinSet<()>,
}

impl Announcing {
    /// To how many people it goes, those included who were reached before.
    pub fn people(&self) -> usize {
        self.recipients.people.len()
    }

    /// To whom it goes, and what it is about.
    pub fn recipients(&self) -> &Recipients {
        &self.recipients
    }

    /// How many of them have it already.
    pub fn reached_before(&self) -> usize {
        self.reached_before
    }

    /// Relays that did not answer: some people, or inboxes, may be missing.
    pub fn silent(&self) -> &[Refusal] {
        &self.silent
    }

    /// The next outcome; `None` when it is done. After an error nothing more comes. Nothing is lost
    /// when this is cancelled.
    pub async fn next(&mut self) -> Option<Result<Told, AnnouncementError>> {
        self.outcomes.recv().await
    }
}

impl Stream for Announcing {
    type Item = Result<Told, AnnouncementError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.outcomes.poll_recv(context)
    }
}

impl Kith {
    /// Announces something to many people: to each who is in the audience now, is not muted, and was
    /// not reached by the same announcement before. So a run that was stopped goes on when it is
    /// begun again, in this process or another one.
    ///
    /// ```no_run
    /// use kith_client::{Audience, Kith, Local, NewAnnouncement, Reference};
    /// # async fn example(kith: Kith, local: Local, meetup: Reference) -> Result<(), kith_client::AnnouncementError> {
    /// let question = NewAnnouncement::new(meetup, Audience::Silent, "Will you come on Friday?");
    /// let mut announcing = kith.announce(&local, &question).await?;
    /// while let Some(told) = announcing.next().await {
    ///     println!("{}", told?.delivery);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`AnnouncementError`]. What becomes of it for each person is no error.
    pub async fn announce(
        &self,
        local: &Local,
        new: &NewAnnouncement,
    ) -> Result<Announcing, AnnouncementError> {
        let me = self.author()?;
        check_text(&new.text)?;
        let recipients = self.recipients(&new.about, new.audience).await?;
        if recipients.people.len() > ANNOUNCEMENT_PEOPLE_MAX {
            return Err(AnnouncementError::TooMany(recipients.people.len()));
        }
        let entry = Entry {
            account: me,
            target: recipients.target.clone(),
            audience: new.audience,
            text: new.text.clone(),
            begun_at: self.now(),
        };
        let begun = local.begin_announcement(entry, new.again).await?;
        let reached = local.reached(begun.id).await?;
        let waiting = recipients.people.iter().copied();
        let waiting: Vec<PublicKey> = waiting.filter(|person| !reached.contains(person)).collect();
        let inboxes = self.inboxes(&waiting.iter().copied().collect()).await?;
        let unknown = inboxes.unknown(waiting.iter().copied());
        if !unknown.is_empty() {
            return Err(MessageError::InboxUnknown(unknown).into());
        }
        let mut silent = recipients.silent.clone();
        crate::refusal::merge(&mut silent, &inboxes.silent);
        let reached_before = recipients.people.len() - waiting.len();
        let (sender, outcomes) = mpsc::channel(OUTCOMES_MAX);
        let run = Run {
            kith: self.clone(),
            local: local.clone(),
            announcement: begun,
            text: new.text.clone(),
        };
        Ok(Announcing {
            reached_before,
            silent,
            outcomes,
            _tasks: run.start(waiting, inboxes.relays, sender)?,
            recipients,
        })
    }

    /// Goes on with an announcement that was not finished ([`Local::announcements`]).
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith, local: kith_client::Local) -> Result<(), Box<dyn std::error::Error>> {
    /// let me = kith.public_key().ok_or("no key")?;
    /// for record in local.announcements(me).await? {
    ///     if !record.is_finished() {
    ///         let mut announcing = kith.resume_announcement(&local, &record).await?;
    ///         while let Some(told) = announcing.next().await {
    ///             println!("{}", told?.delivery);
    ///         }
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Kith::announce`].
    pub async fn resume_announcement(
        &self,
        local: &Local,
        record: &AnnouncementRecord,
    ) -> Result<Announcing, AnnouncementError> {
        let about = record.about().map_err(|_| LookupError::NotFound {
            what: "community",
            reference: record.target.clone(),
            silent: Vec::new(),
        })?;
        let new = NewAnnouncement::new(about, record.audience, &record.text);
        self.announce(local, &new).await
    }
}
