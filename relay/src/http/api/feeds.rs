//! Calendars and feeds that were written, for those who ask for the same again: many programs subscribe
//! to the feed of one community, and writing it takes longer than finding what is in it.

use bytes::Bytes;
use kith_nips::EventId;
use quick_cache::{Weighter, sync::Cache};
use sha2::{Digest, Sha256};

use super::format::Format;
use crate::directory::MeetupView;

/// Bytes of written feeds in memory.
const FEEDS_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Assumed size of a feed when the cache sizes its tables.
const FEED_BYTES_TYPICAL: u64 = 64 * 1024;

/// Stands for everything that a feed is written from.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FeedKey([u8; 32]);

impl FeedKey {
    /// The key of a feed of these meetups in this format, under this address and title. A note never
    /// changes under its id.
    pub(super) fn of(format: Format, address: &str, title: &str, views: &[MeetupView]) -> Self {
        let mut hasher = Sha256::new();
        for text in [format.name(), address, title] {
            hasher.update((text.len() as u64).to_le_bytes());
            hasher.update(text);
        }
        for view in views {
            let host = view.communities.first().map(|host| &host.record);
            let described = host.and_then(|record| record.metadata.as_ref());
            let ids = [
                Some(view.meetup.id),
                host.map(|record| record.id()),
                described.map(|metadata| metadata.id),
            ];
            for id in ids {
                hasher.update(id.as_ref().map_or(&[0; 32], EventId::as_bytes));
            }
            hasher.update([u8::from(view.is_official())]);
        }
        FeedKey(hasher.finalize().into())
    }
}

/// The feeds, the least asked for forgotten first.
pub(super) struct Feeds(Cache<FeedKey, Bytes, Weight>);

#[derive(Clone)]
struct Weight;

impl Weighter<FeedKey, Bytes> for Weight {
    fn weight(&self, _: &FeedKey, feed: &Bytes) -> u64 {
        feed.len() as u64 + 64
    }
}

impl Default for Feeds {
    fn default() -> Self {
        let feeds = (FEEDS_BYTES_MAX / FEED_BYTES_TYPICAL) as usize;
        Feeds(Cache::with_weighter(feeds, FEEDS_BYTES_MAX, Weight))
    }
}

impl Feeds {
    /// The feed under this key, written now if it was not.
    ///
    /// # Errors
    /// What `write` gives.
    pub(super) fn get<E>(
        &self,
        key: FeedKey,
        write: impl FnOnce() -> Result<String, E>,
    ) -> Result<Bytes, E> {
        if let Some(feed) = self.0.get(&key) {
            return Ok(feed);
        }
        let feed = Bytes::from(write()?);
        self.0.insert(key, feed.clone());
        Ok(feed)
    }
}
