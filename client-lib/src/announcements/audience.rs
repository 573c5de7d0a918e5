//! Who an announcement is for: reads what an audience is made of. Who is in it is decided in `kith-nips`.

use std::collections::BTreeSet;

use kith_nips::PublicKey;
use kith_nips::lbc::{Audience, Membership, Tally};

use super::AnnouncementError;
use crate::kith::Kith;
use crate::meetups::SeenMeetup;
use crate::records::Record;
use crate::reference::Reference;
use crate::refusal::{Refusal, merge};

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
        match audience.is_of_meetup() {
            true => self.of_meetup(about, audience, me).await,
            false => self.of_community(about, audience, me).await,
        }
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
        let people = audience.people(me, people, &Tally::default());
        Ok(Recipients {
            title: named.title,
            target: named.id.to_string(),
            people: people.into_iter().collect(),
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
        let mut people = Vec::new();
        if let (true, Some(record)) = (audience.is_of_community(), &record) {
            let (everybody, more) = self.people(record).await?;
            merge(&mut silent, &more);
            people = everybody;
        }
        let people = audience.people(me, people, &attendance.tally);
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
