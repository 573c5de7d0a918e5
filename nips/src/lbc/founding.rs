//! The notes that make a community, in the order in which they are published (LBC-57).

use super::{
    BuildError, Channel, ChannelProfile, CommunityMetadata, CommunityReference, Location,
    MemberList, Note, Topic,
};
use crate::PublicKey;
use crate::nip01::Draft;

/// What an owner says of a community.
///
/// ```
/// use kith_nips::lbc::{CommunityProfile, CommunityReference};
/// use kith_nips::{EventId, PublicKey};
/// let owner = PublicKey::from_bytes([2; 32]);
/// let community = CommunityReference::new(EventId::from_bytes([1; 32]), owner);
/// let profile = CommunityProfile { title: "Brighton Chess".to_owned(), ..CommunityProfile::default() };
/// assert_eq!(profile.metadata(community).title, "Brighton Chess");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CommunityProfile {
    /// Its name.
    pub title: String,
    /// Markdown.
    pub description: String,
    /// Address of a picture.
    pub image: Option<String>,
    /// Position and cities.
    pub location: Location,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// Addresses of the relays that carry it (`nips/extensions.md`); `None` leaves those that were named
    /// before.
    pub carried_by: Option<Vec<String>>,
}

impl CommunityProfile {
    /// Its description.
    pub fn metadata(&self, community: CommunityReference) -> CommunityMetadata {
        let mut metadata = CommunityMetadata::new(community, "");
        self.say(&mut metadata);
        metadata
    }

    /// What it says, instead of what a description said before.
    pub fn say(&self, metadata: &mut CommunityMetadata) {
        metadata.title.clone_from(&self.title);
        metadata.description.clone_from(&self.description);
        metadata.image.clone_from(&self.image);
        metadata.location.clone_from(&self.location);
        metadata.topics.clone_from(&self.topics);
        if let Some(relays) = &self.carried_by {
            metadata.set_carried_by(relays.iter().map(String::as_str));
        }
    }

    /// What follows the kind 1037 of `owner` at `now` (Unix seconds): the description, the member list with
    /// the owner on it, the chat.
    pub fn founding(
        &self,
        community: &CommunityReference,
        owner: PublicKey,
        now: u64,
    ) -> [Result<Draft, BuildError>; 3] {
        let mut members = MemberList::new(community.id);
        members.add(owner);
        let chat = Channel::of_community(community.clone(), ChannelProfile::named(&self.title));
        let dated = |draft: Result<Draft, BuildError>| {
            draft.map(|draft| Draft {
                created_at: Some(now),
                ..draft
            })
        };
        [
            dated(self.metadata(community.clone()).draft()),
            dated(members.draft()),
            dated(chat.draft()),
        ]
    }
}
