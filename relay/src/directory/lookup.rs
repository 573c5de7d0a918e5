//! From what people paste to the community that is meant (LBC-60).

use std::sync::Arc;

use kith_nips::lbc::CommunityMetadata;
use kith_nips::{Address, Event, EventId, Kind};

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

impl Reading {
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

fn described_by(event: &Event) -> Option<EventId> {
    match event.kind() {
        Kind::COMMUNITY => Some(event.id()),
        Kind::COMMUNITY_METADATA => CommunityMetadata::community_of(event),
        _ => None,
    }
}
