//! The chat of a community (NIP-28): its rooms, and one message.

use std::sync::Arc;

use kith_nips::lbc::{Channel, ChannelMessage, Published, official_channels};
use kith_nips::{Event, EventId, Kind};

use super::reading::{Reading, kinds, tagged};
use super::records::CommunityRecord;
use crate::store::StoreError;

/// Channels that are looked at.
const CHANNELS_MAX: usize = 50;

impl Reading {
    /// The main room of a community: the first that its owner made (LBC-52).
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn room(&self, record: &CommunityRecord) -> Result<Option<EventId>, StoreError> {
        let mut filter = tagged(kinds(&[Kind::CHANNEL]), 'e', [record.id().to_string()]);
        filter.authors = Some(vec![record.owner()]);
        let found = self.scan(filter, CHANNELS_MAX).await?;
        let read = found.iter().filter_map(|event| Channel::read(event).ok());
        let channels: Vec<Published<Channel>> = read.collect();
        let rooms = official_channels(record.owner(), record.id(), &channels);
        Ok(rooms.first().map(|room| room.id))
    }

    /// A message of a room.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn message(
        &self,
        room: EventId,
        id: EventId,
    ) -> Result<Option<Published<ChannelMessage>>, StoreError> {
        let found: Option<Arc<Event>> = self.find(id).await?;
        let message = found.and_then(|event| ChannelMessage::read(&event).ok());
        Ok(message.filter(|message| message.channel == room))
    }
}
