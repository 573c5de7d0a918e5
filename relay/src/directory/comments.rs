//! What people say of a meetup (NIP-22).

use kith_nips::lbc::Published;
use kith_nips::nip22::{Comment, Item};
use kith_nips::{EventId, Kind};

use super::meetups::MeetupView;
use super::reading::{Reading, kinds, tagged};
use crate::store::StoreError;

/// The newest comments on something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comments {
    /// The oldest of them first, without those by people who are muted.
    pub comments: Vec<Published<Comment>>,
    /// Whether there are older ones.
    pub has_more: bool,
}

impl Reading {
    /// The newest comments on a meetup, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn comments(&self, view: &MeetupView, limit: usize) -> Result<Comments, StoreError> {
        let address = view.meetup.address();
        let filter = tagged(kinds(&[Kind::COMMENT]), 'A', [address.to_string()]);
        let events = self.scan(filter, limit.saturating_add(1)).await?;
        let has_more = events.len() > limit;
        let is_muted = |comment: &Published<Comment>| {
            let mut communities = view.communities.iter();
            communities.any(|community| community.record.mutes(comment.author))
        };
        let read = events.iter().take(limit).filter_map(|event| {
            let comment = Comment::read(event).ok()?;
            let is_of_it =
                matches!(&comment.root.item, Item::Address { address: of, .. } if *of == address);
            (is_of_it && !is_muted(&comment)).then_some(comment)
        });
        let mut comments: Vec<_> = read.collect();
        comments.reverse();
        Ok(Comments { comments, has_more })
    }

    /// One comment on a meetup.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn comment(
        &self,
        view: &MeetupView,
        id: EventId,
    ) -> Result<Option<Published<Comment>>, StoreError> {
        let address = view.meetup.address();
        let found = self.find(id).await?;
        let comment = found.and_then(|event| Comment::read(&event).ok());
        Ok(comment.filter(|comment| {
            matches!(&comment.root.item, Item::Address { address: of, .. } if *of == address)
        }))
    }
}
