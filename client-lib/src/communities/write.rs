//! Editing and closing a community of one's own.

use kith_nips::lbc::{BuildError, CommunityMetadata, DatedAddress, close_community};
use nostr_sdk::RelayUrl;

use super::{IncompleteCommunity, NamedCommunity};
use crate::kith::Kith;
use crate::lists::{Change, ListUnavailable, OwnNote};
use crate::lookup::LookupError;
use crate::publish::{PublishError, Published};
use crate::records::Record;
use crate::reference::Reference;
use crate::refusal::{Refusal, merge};
use crate::search::Search;

/// Why a community could not be created, edited or closed.
///
/// ```
/// use kith_client::{CommunityError, EventId, NamedCommunity};
///
/// let title = "Brighton Chess".to_owned();
/// let error = CommunityError::NotOwner(NamedCommunity { id: EventId::from_bytes([1; 32]), title });
/// assert_eq!(error.to_string(), "only its owner can change the community \"Brighton Chess\"");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommunityError {
    /// The community is not there.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// The community is somebody else's.
    #[error("only its owner can change the community {0}")]
    NotOwner(NamedCommunity),
    /// The community exists, but not all of it could be published.
    #[error(transparent)]
    Incomplete(Box<IncompleteCommunity>),
    /// Not every relay said which version it has; nothing was changed.
    #[error(transparent)]
    ListUnavailable(#[from] ListUnavailable),
    /// The note cannot be written: no title, …
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No relay took it, or there is no key.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// A community that was closed.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith, id: kith_client::EventId) -> Result<(), kith_client::CommunityError> {
/// let closed = kith.close_community(id, "We moved").await?;
/// for refusal in closed.published.refused.iter().chain(&closed.silent) {
///     eprintln!("it may still be seen on {refusal}");
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClosedCommunity {
    /// The deletion request.
    pub published: Published,
    /// Relays that did not say which meetups they have; such meetups are not deleted there.
    pub silent: Vec<Refusal>,
}

impl Kith {
    /// Changes the description of a community of one's own. What it does not know, and what the
    /// edit does not touch, stays as it is (LBC-14).
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, community: Reference) -> Result<(), kith_client::CommunityError> {
    /// kith
    ///     .edit_community(&community, |metadata| metadata.title = "Brighton & Hove Chess".to_owned())
    ///     .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`CommunityError`]; above all [`CommunityError::ListUnavailable`], when a relay did not say
    /// which version it has.
    pub async fn edit_community(
        &self,
        community: impl Into<Reference>,
        edit: impl FnOnce(&mut CommunityMetadata),
    ) -> Result<Change, CommunityError> {
        let reference = community.into();
        let _turn = self.turn().await;
        let record = self.owned(&reference).await?;
        self.demand_all(&record.silent, "the description of the community")?;
        let is_first = record.metadata.is_none();
        let community = record.community.reference().at(self.relay_hint());
        let first = || CommunityMetadata::new(community, "");
        let (id, owner) = (record.community.id, record.community.owner());
        let mut own = OwnNote::known(record.metadata, first, self.now());
        let before = own.note.clone();
        edit(&mut own.note);
        let carriers = new_carriers(&before, &own.note);
        if !carriers.is_empty() {
            self.carry(id, owner, &carriers).await?;
        }
        self.publish_edited(own, |metadata| is_first || *metadata != before)
            .await
    }

    /// Closes a community of one's own for good: one request deletes the community, its
    /// description, lists, calendar and the owner's meetups (LBC-06). What others wrote stays.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, community: Reference) -> Result<(), kith_client::CommunityError> {
    /// kith.close_community(&community, "Thank you all").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`CommunityError`]
    pub async fn close_community(
        &self,
        community: impl Into<Reference>,
        reason: &str,
    ) -> Result<ClosedCommunity, CommunityError> {
        let record = self.owned(&community.into()).await?;
        let id = record.community.id;
        let meetups = self.meetups(&Search::new().community(id)).await?;
        let mut silent = record.silent.clone();
        merge(&mut silent, &meetups.silent);
        let mut notes = lists(&record);
        notes.extend(
            meetups
                .found
                .iter()
                .map(|view| DatedAddress::from(view.meetup())),
        );
        let draft = close_community(&record.community, &notes, reason, self.now());
        let published = self.publish(&draft).await?;
        Ok(ClosedCommunity { published, silent })
    }

    async fn owned(&self, community: &Reference) -> Result<Record, CommunityError> {
        let me = self.author()?;
        let record = self.record(community).await?;
        match record.community.owner() == me {
            true => Ok(record),
            false => Err(CommunityError::NotOwner(record.named())),
        }
    }
}

/// The relays that carry it from now on, and did not before.
fn new_carriers(before: &CommunityMetadata, now: &CommunityMetadata) -> Vec<RelayUrl> {
    let before = before.relays();
    let new = now.relays().into_iter();
    let new = new.filter(|relay| !before.contains(relay));
    new.filter_map(|relay| RelayUrl::parse(relay).ok())
        .collect()
}

/// The owner's notes with their times: a deletion must not be older than what it deletes.
fn lists(record: &Record) -> Vec<DatedAddress> {
    let dated = |address, created_at| DatedAddress {
        address,
        created_at,
    };
    let metadata = record
        .metadata
        .iter()
        .map(|note| dated(note.address(), note.created_at));
    let members = record
        .members
        .iter()
        .map(|note| dated(note.address(), note.created_at));
    let muted = record
        .muted
        .iter()
        .map(|note| dated(note.address(), note.created_at));
    let calendar = record
        .calendar
        .iter()
        .map(|note| dated(note.address(), note.created_at));
    metadata
        .chain(members)
        .chain(muted)
        .chain(calendar)
        .collect()
}
