//! The community itself (kind 1037), the anchor of everything else, and the tag that refers to it.
//!
//! A community is one immutable event: its id is the community id, its author the owner, for good.
//! There is no transfer of ownership; a new 1037 is a new community (D20). Name, place and picture
//! are in its [metadata](super::CommunityMetadata).

use super::tag_list::{element, tag};
use super::{BuildError, Note, Published, ReadError, of_kind};
use crate::nip01::Draft;
use crate::{Event, EventId, Kind, PublicKey, Tag};

/// A community (kind 1037).
///
/// ```
/// use kith_nips::lbc::{Community, Note};
/// # let keys = nostr::Keys::generate();
/// let event = Community::new("Open-air chess").draft()?.sign(&keys, 1_700_000_000)?;
/// let community = Community::read(&event)?;
/// assert_eq!(community.id, event.id());
/// assert_eq!(community.description, "Open-air chess");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Community {
    /// The event's content; shown while the metadata has none (LBC-08). May be empty.
    pub description: String,
}

impl Community {
    /// A community with this description.
    pub fn new(description: impl Into<String>) -> Community {
        Community {
            description: description.into(),
        }
    }

    /// Reads a kind 1037.
    ///
    /// # Errors
    /// Another kind.
    pub fn read(event: &Event) -> Result<Published<Community>, ReadError> {
        of_kind(event, Kind::COMMUNITY, "1037")?;
        Ok(Published::of(event, Community::new(event.content())))
    }

    /// The draft dated `now` (Unix seconds), or later if one of the owner's `earlier` communities
    /// has the same text and second: two communities must not have the same id (LBC-04).
    ///
    /// ```
    /// use kith_nips::lbc::Community;
    /// # let keys = nostr::Keys::generate();
    /// let community = Community::new("");
    /// let first = Community::read(&community.draft_beside(&[], 1_700_000_000)?.sign(&keys, 0)?)?;
    /// let second = community.draft_beside(&[first], 1_700_000_000)?;
    /// assert_eq!(second.created_at, Some(1_700_000_001));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Note::draft`]; none at present.
    pub fn draft_beside(
        &self,
        earlier: &[Published<Community>],
        now: u64,
    ) -> Result<Draft, BuildError> {
        let mut taken: Vec<u64> = earlier
            .iter()
            .filter(|other| other.note == *self && other.created_at >= now)
            .map(|other| other.created_at)
            .collect();
        taken.sort_unstable();
        let created_at = taken
            .into_iter()
            .fold(now, |free, used| if used == free { free + 1 } else { free });
        Ok(Draft {
            created_at: Some(created_at),
            ..self.draft()?
        })
    }
}

impl Note for Community {
    /// Kind 1037 with no tags at all (LBC-03).
    fn draft(&self) -> Result<Draft, BuildError> {
        Ok(Draft {
            kind: Kind::COMMUNITY,
            created_at: None,
            tags: Vec::new(),
            content: self.description.clone(),
        })
    }
}

impl Published<Community> {
    /// Who decides about the community: the author of its 1037 (D4).
    pub fn owner(&self) -> PublicKey {
        self.author
    }

    /// The tag value with which other notes refer to it.
    pub fn reference(&self) -> CommunityReference {
        CommunityReference::new(self.id, self.author)
    }
}

/// How a note names a community: `["e", id, relay, owner]` (LBC-07, LBC-23).
///
/// ```
/// use kith_nips::lbc::CommunityReference;
/// use kith_nips::{EventId, PublicKey};
/// let id = EventId::from_bytes([1; 32]);
/// let owner = PublicKey::from_bytes([2; 32]);
/// let reference = CommunityReference::new(id, owner).at("wss://relay.example");
/// assert_eq!(reference.relay.as_deref(), Some("wss://relay.example"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CommunityReference {
    /// The community id: id of the 1037.
    pub id: EventId,
    /// A relay that has it.
    pub relay: Option<String>,
    /// The author of the 1037, if the writer said it. A claim: only the 1037 itself proves it.
    pub owner: Option<PublicKey>,
}

impl CommunityReference {
    /// A reference as we write it, with the owner.
    pub fn new(id: EventId, owner: PublicKey) -> CommunityReference {
        CommunityReference {
            id,
            relay: None,
            owner: Some(owner),
        }
    }

    /// The same with a relay hint.
    #[must_use]
    pub fn at(self, relay: impl Into<String>) -> CommunityReference {
        CommunityReference {
            relay: Some(relay.into()),
            ..self
        }
    }

    pub(crate) fn tag(&self) -> Vec<String> {
        let owner = self
            .owner
            .map(|owner| owner.to_string())
            .unwrap_or_default();
        tag([
            "e",
            &self.id.to_string(),
            self.relay.as_deref().unwrap_or_default(),
            &owner,
        ])
    }

    /// Reads an `e` tag whose value is an event id.
    pub(crate) fn read(tag: &Tag<'_>) -> Option<CommunityReference> {
        if tag.name() != "e" {
            return None;
        }
        Some(CommunityReference {
            id: tag.value()?.parse().ok()?,
            relay: element(tag, 2),
            owner: tag.get(3).and_then(|owner| owner.parse().ok()),
        })
    }
}

/// The short form of an id, for a community or channel without a name (LBC-08, NIP28-07): its
/// first 8 hex characters.
///
/// ```
/// use kith_nips::EventId;
/// assert_eq!(kith_nips::lbc::short_id(EventId::from_bytes([0xab; 32])), "abababab");
/// ```
pub fn short_id(id: EventId) -> String {
    id.to_string().chars().take(8).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lbc::testing::{COMMUNITY, event, publish, text};

    #[test]
    fn lbc_03_a_community_has_no_tags_and_the_vectors_id() {
        let keys = nostr::Keys::parse(&format!("{:064x}", 1)).unwrap();
        let draft = Community::default().draft().unwrap();
        assert!(draft.tags.is_empty());
        let event = draft.sign(&keys, 1_700_000_000).unwrap();
        assert_eq!(event.id().to_string(), COMMUNITY);
        assert!(event.json().contains(r#""tags":[]"#));
    }

    #[test]
    fn lbc_04_equal_communities_of_one_second_get_different_times() {
        let community = Community::new("same");
        let mut earlier: Vec<Published<Community>> = Vec::new();
        for expected in [1_000, 1_001, 1_002] {
            let draft = community.draft_beside(&earlier, 1_000).unwrap();
            assert_eq!(draft.created_at, Some(expected));
            earlier.insert(0, Community::read(&publish(&draft, 1, 0)).unwrap());
        }
        let other = Community::new("other")
            .draft_beside(&earlier, 1_000)
            .unwrap();
        assert_eq!(
            other.created_at,
            Some(1_000),
            "another text needs no other time"
        );
        let later = community.draft_beside(&earlier, 2_000).unwrap();
        assert_eq!(later.created_at, Some(2_000));
    }

    #[test]
    fn lbc_08_short_id_is_8_characters() {
        assert_eq!(short_id(COMMUNITY.parse().unwrap()), "0dba6b25");
    }

    #[test]
    fn other_kinds_are_no_community() {
        let error = Community::read(&event(Kind::MEETUP, Vec::new(), "")).unwrap_err();
        assert_eq!(
            error,
            ReadError::Kind {
                expected: "1037",
                found: Kind::MEETUP
            }
        );
    }

    proptest! {
        #[test]
        fn build_read_build(description in text()) {
            let community = Community::new(description);
            let draft = community.draft().unwrap();
            let read = Community::read(&publish(&draft, 1, 5)).unwrap();
            prop_assert_eq!(&read.note, &community);
            prop_assert_eq!(read.draft().unwrap(), draft);
        }
    }
}
