//! Channels and what changes about them (kinds 40 and 41), and which channels are a community's own.

use super::ChannelProfile;
use crate::lbc::community::{CommunityReference, short_id};
use crate::lbc::tag_list::{element, not_taken, tag};
use crate::lbc::{BuildError, Note, Published, ReadError, Versioned, newest, of_kind};
use crate::nip01::Draft;
use crate::{Event, EventId, Kind, PublicKey, Tag};

/// A channel (kind 40, NIP28-01, LBC-52). Its id is the channel's id.
///
/// ```
/// use kith_nips::lbc::{Channel, ChannelProfile, CommunityReference, Note};
/// use kith_nips::EventId;
/// # let keys = nostr::Keys::generate();
/// let community = CommunityReference::new(EventId::from_bytes([1; 32]), keys.public_key().into());
/// let channel = Channel::of_community(community, ChannelProfile::named("Brighton Chess"));
/// let event = channel.draft()?.sign(&keys, 1_700_000_000)?;
/// assert_eq!(Channel::read(&event)?.display_name(None), "Brighton Chess");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// What it is called.
    pub profile: ChannelProfile,
    /// The communities that it names.
    pub communities: Vec<CommunityReference>,
    /// Tags that NIP-28 does not know, in order.
    pub other_tags: Vec<Vec<String>>,
}

impl Channel {
    /// The chat of a community (LBC-52).
    pub fn of_community(community: CommunityReference, profile: ChannelProfile) -> Channel {
        Channel {
            profile,
            communities: vec![community],
            other_tags: Vec::new(),
        }
    }

    /// Reads a kind 40; invalid content is an empty profile (NIP28-07).
    ///
    /// # Errors
    /// Another kind.
    pub fn read(event: &Event) -> Result<Published<Channel>, ReadError> {
        of_kind(event, Kind::CHANNEL, "40")?;
        let mut communities = Vec::new();
        let other_tags = not_taken(event, |tag| {
            let reference = CommunityReference::read(tag);
            let is_community = reference.is_some();
            communities.extend(reference);
            is_community
        });
        let profile = ChannelProfile::read(event.content());
        Ok(Published::of(
            event,
            Channel {
                profile,
                communities,
                other_tags,
            },
        ))
    }
}

impl Note for Channel {
    fn draft(&self) -> Result<Draft, BuildError> {
        let mut tags: Vec<Vec<String>> = self
            .communities
            .iter()
            .map(CommunityReference::tag)
            .collect();
        tags.extend(self.other_tags.iter().cloned());
        Ok(Draft {
            kind: Kind::CHANNEL,
            created_at: None,
            tags,
            content: self.profile.to_json(),
        })
    }
}

impl Published<Channel> {
    /// What to call the channel: the name in its current metadata, in its creation, or its short id
    /// (NIP28-07).
    pub fn display_name(&self, metadata: Option<&ChannelMetadata>) -> String {
        metadata
            .and_then(|metadata| metadata.profile.name.clone())
            .or_else(|| self.profile.name.clone())
            .unwrap_or_else(|| short_id(self.id))
    }
}

/// A change of a channel's profile (kind 41, NIP28-02).
///
/// ```
/// use kith_nips::lbc::{ChannelMetadata, ChannelProfile, Note};
/// use kith_nips::EventId;
/// let channel = EventId::from_bytes([1; 32]);
/// let draft = ChannelMetadata::new(channel, ChannelProfile::named("New name")).draft()?;
/// assert_eq!(draft.tags, [["e".to_owned(), channel.to_string(), String::new(), "root".to_owned()]]);
/// # Ok::<(), kith_nips::lbc::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelMetadata {
    /// The channel: id of its kind 40.
    pub channel: EventId,
    /// A relay that has the channel.
    pub relay: Option<String>,
    /// The profile from now on.
    pub profile: ChannelProfile,
    /// Tags that NIP-28 does not know, in order; an edit preserves them.
    pub other_tags: Vec<Vec<String>>,
}

impl ChannelMetadata {
    /// New metadata for a channel.
    pub fn new(channel: EventId, profile: ChannelProfile) -> ChannelMetadata {
        ChannelMetadata {
            channel,
            relay: None,
            profile,
            other_tags: Vec::new(),
        }
    }

    /// Reads a kind 41. The channel is the `e` marked `root`, or the first.
    ///
    /// # Errors
    /// Another kind; no channel named.
    pub fn read(event: &Event) -> Result<Published<ChannelMetadata>, ReadError> {
        of_kind(event, Kind::CHANNEL_METADATA, "41")?;
        let root = root(event).ok_or(ReadError::NoChannel)?;
        let other_tags = not_taken(event, |tag| event_id(tag) == Some(root.id));
        let profile = ChannelProfile::read(event.content());
        let metadata = ChannelMetadata {
            channel: root.id,
            relay: root.relay,
            profile,
            other_tags,
        };
        Ok(Published::of(event, metadata))
    }

    /// The metadata that counts: by the channel's author, the newest (NIP28-02).
    pub fn current<'a>(
        channel: &Published<Channel>,
        versions: impl IntoIterator<Item = &'a Published<ChannelMetadata>>,
    ) -> Option<&'a Published<ChannelMetadata>> {
        newest(
            versions.into_iter().filter(|version| {
                version.author == channel.author && version.channel == channel.id
            }),
        )
    }
}

impl Note for ChannelMetadata {
    fn draft(&self) -> Result<Draft, BuildError> {
        let mut tags = vec![marked(self.channel, self.relay.as_deref(), "root")];
        tags.extend(self.other_tags.iter().cloned());
        Ok(Draft {
            kind: Kind::CHANNEL_METADATA,
            created_at: None,
            tags,
            content: self.profile.to_json(),
        })
    }
}

impl Versioned for ChannelMetadata {}

/// The channels that are a community's own: kinds 40 by its owner that name it, the oldest first
/// (tie: lowest id). The first is the main room; what other keys open is not official (LBC-52, D4).
///
/// ```
/// use kith_nips::lbc::official_channels;
/// use kith_nips::{EventId, PublicKey};
/// let rooms = official_channels(PublicKey::from_bytes([2; 32]), EventId::from_bytes([1; 32]), []);
/// assert!(rooms.is_empty());
/// ```
pub fn official_channels<'a>(
    owner: PublicKey,
    community: EventId,
    channels: impl IntoIterator<Item = &'a Published<Channel>>,
) -> Vec<&'a Published<Channel>> {
    let names_it = |channel: &Channel| {
        channel
            .communities
            .iter()
            .any(|reference| reference.id == community)
    };
    let mut rooms: Vec<_> = channels
        .into_iter()
        .filter(|channel| channel.author == owner && names_it(channel))
        .collect();
    rooms.sort_by_key(|channel| (channel.created_at, channel.id));
    rooms.dedup_by_key(|channel| channel.id);
    rooms
}

/// An `e` tag's event with its relay hint.
pub(super) struct Pointer {
    pub(super) id: EventId,
    pub(super) relay: Option<String>,
}

/// The channel of a kind 41 or 42: the `e` marked `root`; without any markers, the first `e`.
pub(super) fn root(event: &Event) -> Option<Pointer> {
    marked_pointer(event, "root").or_else(|| {
        let is_marked = event
            .tags()
            .named("e")
            .any(|tag| matches!(tag.get(3), Some("root" | "reply")));
        if is_marked {
            None
        } else {
            event.tags().named("e").find_map(|tag| pointer(&tag))
        }
    })
}

pub(super) fn marked_pointer(event: &Event, marker: &str) -> Option<Pointer> {
    event
        .tags()
        .named("e")
        .filter(|tag| tag.get(3) == Some(marker))
        .find_map(|tag| pointer(&tag))
}

pub(super) fn pointer(tag: &Tag<'_>) -> Option<Pointer> {
    Some(Pointer {
        id: event_id(tag)?,
        relay: element(tag, 2),
    })
}

pub(super) fn event_id(tag: &Tag<'_>) -> Option<EventId> {
    if tag.name() == "e" {
        tag.value()?.parse().ok()
    } else {
        None
    }
}

pub(super) fn marked(id: EventId, relay: Option<&str>, marker: &str) -> Vec<String> {
    tag(["e", &id.to_string(), relay.unwrap_or_default(), marker])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lbc::testing::{
        self, COMMUNITY, OWNER, community, event, id, key, owner, publish, publish_by, tags,
    };

    fn channel_by(
        author: PublicKey,
        name: &str,
        created_at: u64,
        community: EventId,
    ) -> Published<Channel> {
        let reference = CommunityReference::new(community, owner());
        let draft = Channel::of_community(reference, ChannelProfile::named(name))
            .draft()
            .unwrap();
        Channel::read(&publish_by(&draft, author, created_at)).unwrap()
    }

    #[test]
    fn lbc_52_a_channel_names_its_community_and_owner() {
        let reference = CommunityReference::new(community(), owner()).at("wss://r.example");
        let draft = Channel::of_community(reference, ChannelProfile::named("Chat"))
            .draft()
            .unwrap();
        assert_eq!(draft.kind, Kind::CHANNEL);
        assert_eq!(
            draft.tags,
            tags(&[&["e", COMMUNITY, "wss://r.example", OWNER]])
        );
        assert_eq!(draft.content, r#"{"name":"Chat"}"#);
    }

    #[test]
    fn lbc_52_the_owners_oldest_channel_is_main_the_rest_are_rooms() {
        let channels = [
            channel_by(owner(), "second", 20, community()),
            channel_by(key(9), "fake", 1, community()),
            channel_by(owner(), "elsewhere", 1, id(9)),
            channel_by(owner(), "main", 10, community()),
            channel_by(owner(), "tie a", 30, community()),
            channel_by(owner(), "tie b", 30, community()),
        ];
        let rooms = official_channels(owner(), community(), &channels);
        assert_eq!(rooms[0].profile.name.as_deref(), Some("main"));
        assert_eq!(rooms[1].profile.name.as_deref(), Some("second"));
        assert!(rooms.len() == 4 && rooms[2].id < rooms[3].id);
    }

    #[test]
    fn nip28_02_only_the_authors_newest_metadata_counts() {
        let channel = channel_by(owner(), "old", 10, community());
        let update = |channel, author, name: &str, created_at| {
            let draft = ChannelMetadata::new(channel, ChannelProfile::named(name))
                .draft()
                .unwrap();
            ChannelMetadata::read(&publish_by(&draft, author, created_at)).unwrap()
        };
        let updates = [
            update(channel.id, owner(), "new", 30),
            update(channel.id, owner(), "older", 20),
            update(channel.id, key(9), "fake", 40),
            update(id(9), owner(), "elsewhere", 50),
        ];
        let current = ChannelMetadata::current(&channel, &updates).unwrap();
        assert_eq!(channel.display_name(Some(current)), "new");
        assert_eq!(channel.display_name(None), "old");
        assert_eq!(current.replacement(5).unwrap().created_at, Some(31));
    }

    #[test]
    fn nip28_02_metadata_without_a_channel_is_none() {
        let event = event(Kind::CHANNEL_METADATA, tags(&[&["e", "x"]]), "{}");
        assert_eq!(ChannelMetadata::read(&event), Err(ReadError::NoChannel));
    }

    #[test]
    fn nip28_07_a_channel_without_a_name_shows_its_short_id() {
        let channel = Channel::read(&event(Kind::CHANNEL, Vec::new(), "not json")).unwrap();
        assert_eq!(channel.display_name(None), short_id(channel.id));
    }

    fn profile() -> impl Strategy<Value = ChannelProfile> {
        let text = || proptest::option::of(testing::title());
        (
            text(),
            text(),
            text(),
            proptest::collection::vec("wss://[a-z]{1,5}", 0..3),
            testing::text(),
        )
            .prop_map(|(name, about, picture, relays, other)| {
                let other_members = [("x-other".to_owned(), other.into())].into_iter().collect();
                ChannelProfile {
                    name,
                    about,
                    picture,
                    relays,
                    other_members,
                }
            })
    }

    proptest! {
        #[test]
        fn build_read_build_channel(
            profile in profile(), community in testing::ids(), relay in testing::relay(), other_tags in testing::unknown_tags(),
        ) {
            let reference = CommunityReference { relay, ..CommunityReference::new(community, key(1)) };
            let channel = Channel { other_tags, ..Channel::of_community(reference, profile) };
            let draft = channel.draft().unwrap();
            let read = Channel::read(&publish(&draft, 1, 5)).unwrap();
            prop_assert_eq!(&read.note, &channel);
            prop_assert_eq!(read.draft().unwrap(), draft);
        }

        #[test]
        fn build_read_build_metadata(
            profile in profile(), channel in testing::ids(), relay in testing::relay(), other_tags in testing::unknown_tags(),
        ) {
            let metadata = ChannelMetadata { relay, other_tags, ..ChannelMetadata::new(channel, profile) };
            let draft = metadata.draft().unwrap();
            let read = ChannelMetadata::read(&publish(&draft, 1, 5)).unwrap();
            prop_assert_eq!(&read.note, &metadata);
            prop_assert_eq!(read.draft().unwrap(), draft);
        }
    }
}
