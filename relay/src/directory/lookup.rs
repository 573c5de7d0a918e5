//! From what people paste to what is meant: the community (LBC-60), the meetup, the person.

use std::sync::Arc;

use kith_nips::lbc::{CommunityMetadata, Rsvp};
use kith_nips::nip22::{Comment, Item};
use kith_nips::{Address, Event, EventId, Kind, PublicKey};

use super::reading::Reading;
use super::records::CommunityRecord;
use crate::store::StoreError;

/// What may stand for a community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommunityReference {
    /// The id of its 1037, or of one version of its description.
    Id(EventId),
    /// The address of its description or calendar.
    Address(Address),
}

/// What a note is part of.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A community.
    Community(Arc<CommunityRecord>),
    /// A meetup, by its address.
    Meetup(Address),
    /// A person.
    Person(PublicKey),
}

impl Reading {
    /// What the event with this id is, or is about.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn subject_of(&self, id: EventId) -> Result<Option<Subject>, StoreError> {
        match self.find(id).await? {
            Some(event) => self.subject(&event).await,
            None => Ok(None),
        }
    }

    /// What is at this address.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn subject_at(&self, address: &Address) -> Result<Option<Subject>, StoreError> {
        let reference = CommunityReference::Address(address.clone());
        if let Some(record) = self.community_at(&reference).await? {
            return Ok(Some(Subject::Community(record)));
        }
        match self.find_address(address.clone()).await? {
            Some(event) => self.subject(&event).await,
            None => Ok(None),
        }
    }

    async fn subject(&self, event: &Event) -> Result<Option<Subject>, StoreError> {
        match event.kind() {
            Kind::PROFILE => return Ok(Some(Subject::Person(event.pubkey()))),
            Kind::MEETUP | Kind::DATE_MEETUP => return Ok(event.address().map(Subject::Meetup)),
            Kind::COMMENT => return Ok(commented(event).map(Subject::Meetup)),
            Kind::RSVP => return Ok(answered(event).map(Subject::Meetup)),
            _ => {}
        }
        match described_by(event) {
            Some(id) => Ok(self.record_of(id).await?.map(Subject::Community)),
            None => Ok(None),
        }
    }

    /// The community that a reference leads to.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn community_at(
        &self,
        reference: &CommunityReference,
    ) -> Result<Option<Arc<CommunityRecord>>, StoreError> {
        let id = match reference {
            CommunityReference::Id(id) => match self.find(*id).await? {
                Some(event) => described_by(&event),
                None => None,
            },
            CommunityReference::Address(address) => self.described_at(address).await?,
        };
        match id {
            Some(id) => self.record_of(id).await,
            None => Ok(None),
        }
    }

    async fn described_at(&self, address: &Address) -> Result<Option<EventId>, StoreError> {
        let is_known = matches!(address.kind, Kind::COMMUNITY_METADATA | Kind::CALENDAR);
        match address.identifier.parse() {
            Ok(id) if is_known => Ok(Some(id)),
            _ => {
                let event = self.find_address(address.clone()).await?;
                Ok(event.and_then(|event| described_by(&event)))
            }
        }
    }
}

/// The meetup that a comment is below.
fn commented(event: &Event) -> Option<Address> {
    let comment = Comment::read(event).ok()?;
    match &comment.root.item {
        Item::Address { address, .. }
            if matches!(address.kind, Kind::MEETUP | Kind::DATE_MEETUP) =>
        {
            Some(address.clone())
        }
        _ => None,
    }
}

/// The meetup that was answered.
fn answered(event: &Event) -> Option<Address> {
    Some(Rsvp::read(event).ok()?.meetup.clone())
}

fn described_by(event: &Event) -> Option<EventId> {
    match event.kind() {
        Kind::COMMUNITY => Some(event.id()),
        Kind::COMMUNITY_METADATA => CommunityMetadata::community_of(event),
        _ => None,
    }
}
