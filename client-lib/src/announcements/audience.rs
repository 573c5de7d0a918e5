//! Who an announcement is for. Muted people and the sender are in no audience.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use kith_nips::PublicKey;
use kith_nips::lbc::{Answer, Membership};

use super::AnnouncementError;
use crate::kith::Kith;
use crate::meetups::SeenMeetup;
use crate::records::Record;
use crate::reference::Reference;
use crate::refusal::{Refusal, merge};

/// The people of a community or of a meetup.
///
/// ```
/// use kith_client::Audience;
///
/// let audience: Audience = "silent".parse()?;
/// assert_eq!(audience, Audience::Silent);
/// assert!(audience.is_of_meetup());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Audience {
    /// The owner and the members of the community.
    Members,
    /// Everybody who follows the community, members among them.
    Followers,
    /// Who comes to the meetup.
    Going,
    /// Who may come.
    Maybe,
    /// Who does not come.
    Declined,
    /// Everybody who answered the meetup, whatever they said.
    Answered,
    /// The owner and the members who have not answered the meetup.
    Silent,
}

impl Audience {
    /// All of them.
    pub const ALL: [Audience; 7] = [
        Audience::Members,
        Audience::Followers,
        Audience::Going,
        Audience::Maybe,
        Audience::Declined,
        Audience::Answered,
        Audience::Silent,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Audience::Members => "members",
            Audience::Followers => "followers",
            Audience::Going => "going",
            Audience::Maybe => "maybe",
            Audience::Declined => "declined",
            Audience::Answered => "answered",
            Audience::Silent => "silent",
        }
    }

    /// Whether only a meetup has it.
    pub fn is_of_meetup(self) -> bool {
        !matches!(self, Audience::Members | Audience::Followers)
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Audience {
    type Err = String;

    fn from_str(text: &str) -> Result<Audience, String> {
        let named = |audience: &Audience| audience.as_str() == text;
        let found = Audience::ALL.into_iter().find(named);
        found.ok_or_else(|| format!("\"{text}\" is no audience"))
    }
}

/// To whom an announcement goes.
///
/// ```no_run
/// use kith_client::{Audience, Kith, Reference};
/// # async fn example(kith: Kith, meetup: Reference) -> Result<(), kith_client::AnnouncementError> {
/// let recipients = kith.recipients(&meetup, Audience::Going).await?;
/// println!("{}: {} people", recipients.title, recipients.people.len());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recipients {
    /// The community or the meetup, as people call it.
    pub title: String,
    /// The community id, or the address of the meetup.
    pub target: String,
    /// Each once, in the order of their keys.
    pub people: Vec<PublicKey>,
    /// Relays that did not answer: somebody may be missing, or may have answered there, or was muted
    /// there only.
    pub silent: Vec<Refusal>,
}

impl Kith {
    /// Who is in an audience now, without the user and without those who are muted. Nothing is sent.
    ///
    /// ```no_run
    /// use kith_client::{Audience, Kith, Reference};
    /// # async fn example(kith: Kith, community: Reference) -> Result<(), kith_client::AnnouncementError> {
    /// let recipients = kith.recipients(&community, Audience::Followers).await?;
    /// println!("{} people", recipients.people.len());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`AnnouncementError`]: it is not there, it is not yours, it is no meetup.
    pub async fn recipients(
        &self,
        about: &Reference,
        audience: Audience,
    ) -> Result<Recipients, AnnouncementError> {
        let me = self.author()?;
        let mut recipients = match audience.is_of_meetup() {
            true => self.of_meetup(about, audience, me).await?,
            false => self.of_community(about, audience, me).await?,
        };
        recipients.people.retain(|person| *person != me);
        Ok(recipients)
    }

    async fn of_community(
        &self,
        about: &Reference,
        audience: Audience,
        me: PublicKey,
    ) -> Result<Recipients, AnnouncementError> {
        let record = self.record(about).await?;
        let named = record.named();
        if record.community.owner() != me {
            return Err(AnnouncementError::NotYours(named.title));
        }
        let (people, silent) = self.people(&record).await?;
        let wanted = |state: Membership| match audience {
            Audience::Followers => is_listed(state) || state == Membership::Follower,
            _ => is_listed(state),
        };
        let people = people.into_iter().filter(|(_, state)| wanted(*state));
        Ok(Recipients {
            title: named.title,
            target: named.id.to_string(),
            people: people.map(|(person, _)| person).collect(),
            silent,
        })
    }

    async fn of_meetup(
        &self,
        about: &Reference,
        audience: Audience,
        me: PublicKey,
    ) -> Result<Recipients, AnnouncementError> {
        let not_a_meetup = |error| match error {
            crate::LookupError::WrongKind { .. } => AnnouncementError::NotAMeetup(audience),
            error => error.into(),
        };
        let SeenMeetup { view, record, .. } =
            self.seen_meetup(about).await.map_err(not_a_meetup)?;
        let owner = record.as_ref().map(|record| record.community.owner());
        if view.author() != me && owner != Some(me) {
            return Err(AnnouncementError::NotYours(view.display_title()));
        }
        let attendance = self.attendees(&Reference::from(&view)).await?;
        let mut silent = attendance.silent;
        let tally = attendance.tally;
        let with = |answer| tally.with(answer).map(|attendee| attendee.person).collect();
        let mut people: BTreeSet<PublicKey> = match audience {
            Audience::Going => with(Answer::Accepted),
            Audience::Maybe => with(Answer::Tentative),
            Audience::Declined => with(Answer::Declined),
            Audience::Answered => {
                let attendees = tally.attendees.iter();
                attendees.map(|attendee| attendee.person).collect()
            }
            _ => BTreeSet::new(),
        };
        if let (Audience::Silent, Some(record)) = (audience, &record) {
            let (everybody, more) = self.people(record).await?;
            merge(&mut silent, &more);
            let answered = tally.attendees.iter();
            let answered: BTreeSet<PublicKey> = answered.map(|answer| answer.person).collect();
            let members = everybody.into_iter().filter(|(_, state)| is_listed(*state));
            people = members
                .map(|(person, _)| person)
                .filter(|person| !answered.contains(person))
                .collect();
        }
        if let Some(record) = &record {
            people.retain(|person| !record.mutes(*person));
        }
        Ok(Recipients {
            title: view.display_title(),
            target: view.address().to_string(),
            people: people.into_iter().collect(),
            silent,
        })
    }

    /// Everybody who is something to a community, by key.
    async fn people(
        &self,
        record: &Record,
    ) -> Result<(Vec<(PublicKey, Membership)>, Vec<Refusal>), AnnouncementError> {
        let followers = self.followers_of(record.community.id).await?;
        let mut silent = record.silent.clone();
        merge(&mut silent, &followers.silent);
        let owner = record.community.owner();
        let people: BTreeSet<PublicKey> = followers.found.into_iter().chain([owner]).collect();
        let stated = people.into_iter();
        let stated = stated.map(|person| (person, record.membership(person, true)));
        Ok((stated.collect(), silent))
    }
}

/// The owner counts as a member (LBC-38).
fn is_listed(state: Membership) -> bool {
    matches!(state, Membership::Owner | Membership::Member)
}
