//! The chat of a community (NIP-28): its rooms, and one message.

use std::sync::Arc;

use kith_nips::lbc::{
    Channel, ChannelHide, ChannelMessage, ChannelMute, ChatView, Published, is_hidden,
    official_channels,
};
use kith_nips::{Event, EventId, Kind};

use super::following::PeopleOf;
use super::reading::{Reading, kinds, tagged};
use super::records::CommunityRecord;
use crate::store::StoreError;

/// Messages that are read for a page of a chat: some may be hidden.
const MESSAGES_READ_MAX: usize = 200;
/// What an owner hid, at most: the newest.
const HIDDEN_MAX: usize = 500;
/// Channels that are looked at.
const CHANNELS_MAX: usize = 50;

/// A page of a chat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Messages {
    /// The oldest first, without those that the owner hid.
    pub messages: Vec<Published<ChannelMessage>>,
    /// Until which second older ones are read; `None` when there are none.
    pub before: Option<u64>,
}

/// What an owner hid.
pub(super) struct Hidden {
    hides: Vec<Published<ChannelHide>>,
    mutes: Vec<Published<ChannelMute>>,
}

impl Reading {
    /// The newest messages of a room by those who belong to the community or follow it (LBC-55), at most `limit`; of
    /// those until a second, when there is one.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn messages(
        &self,
        record: &CommunityRecord,
        room: EventId,
        until: Option<u64>,
        limit: usize,
    ) -> Result<Messages, StoreError> {
        let mut filter = tagged(kinds(&[Kind::CHANNEL_MESSAGE]), 'e', [room.to_string()]);
        filter.until = until;
        let found = self.scan(filter, MESSAGES_READ_MAX).await?;
        let hidden = self.hidden(record).await?;
        let authors = found.iter().map(|event| event.pubkey()).collect();
        let following = self
            .following(&PeopleOf::from([(record.id(), authors)]))
            .await?;
        let following = following.get(&record.id());
        let shown = found.iter().filter_map(|event| {
            let message = ChannelMessage::read(event).ok()?;
            let follows = following.is_some_and(|people| people.contains(&message.author));
            let state = record.membership(message.author, follows);
            let is_shown = message.channel == room
                && ChatView::default().shows(state)
                && !hidden.is_hidden(&message, record);
            is_shown.then_some(message)
        });
        let mut messages: Vec<_> = shown.take(limit).collect();
        let oldest = match messages.len() < limit {
            true => found.last().map(|event| event.created_at()),
            false => messages.last().map(|message| message.created_at),
        };
        let has_more = messages.len() >= limit || found.len() >= MESSAGES_READ_MAX;
        // The next page has this second again, so that nothing within it is left out, unless the second fills a page.
        let newest = found.first().map(|event| event.created_at());
        let before = oldest.filter(|_| has_more);
        let before = before.and_then(|at| match newest == Some(at) {
            true => at.checked_sub(1),
            false => Some(at),
        });
        messages.reverse();
        Ok(Messages { messages, before })
    }

    /// What the owner of a community hid from everybody (LBC-52).
    pub(super) async fn hidden(&self, record: &CommunityRecord) -> Result<Hidden, StoreError> {
        let mut filter = kinds(&[Kind::CHANNEL_HIDE_MESSAGE, Kind::CHANNEL_MUTE_USER]);
        filter.authors = Some(vec![record.owner()]);
        let found = self.scan(filter, HIDDEN_MAX).await?;
        let hides = found
            .iter()
            .filter_map(|event| ChannelHide::read(event).ok());
        let mutes = found
            .iter()
            .filter_map(|event| ChannelMute::read(event).ok());
        Ok(Hidden {
            hides: hides.collect(),
            mutes: mutes.collect(),
        })
    }

    /// The main room of a community: the first that its owner made (LBC-52).
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn room(&self, record: &CommunityRecord) -> Result<Option<EventId>, StoreError> {
        Ok(self.rooms(record).await?.first().copied())
    }

    /// The rooms of a community, the main one first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn rooms(&self, record: &CommunityRecord) -> Result<Vec<EventId>, StoreError> {
        let mut filter = tagged(kinds(&[Kind::CHANNEL]), 'e', [record.id().to_string()]);
        filter.authors = Some(vec![record.owner()]);
        let found = self.scan(filter, CHANNELS_MAX).await?;
        let read = found.iter().filter_map(|event| Channel::read(event).ok());
        let channels: Vec<Published<Channel>> = read.collect();
        let rooms = official_channels(record.owner(), record.id(), &channels);
        Ok(rooms.iter().map(|room| room.id).collect())
    }

    /// A message of one of these rooms.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn message(
        &self,
        rooms: &[EventId],
        id: EventId,
    ) -> Result<Option<Published<ChannelMessage>>, StoreError> {
        let found: Option<Arc<Event>> = self.find(id).await?;
        let message = found.and_then(|event| ChannelMessage::read(&event).ok());
        Ok(message.filter(|message| rooms.contains(&message.channel)))
    }
}

impl Hidden {
    /// Whether the owner hid a message from everybody.
    pub(super) fn is_hidden(
        &self,
        message: &Published<ChannelMessage>,
        record: &CommunityRecord,
    ) -> bool {
        is_hidden(message, None, record.owner(), &self.hides, &self.mutes)
    }
}
