//! What a community is called, where it is and what it is about (kind 30037).

use super::community::{CommunityReference, short_id};
use super::location::DiscoveryReader;
use super::tag_list::{element, not_taken, tag};
use super::{
    BuildError, Community, Location, Note, Published, ReadError, Topic, Versioned, newest, of_kind,
};
use crate::nip01::Draft;
use crate::{Address, Event, EventId, Kind};

/// Relays of one community that are used.
pub const COMMUNITY_RELAYS_MAX: usize = 4;

/// Names a relay where the community is (`nips/extensions.md`).
const RELAY_TAG: &str = "relay";

/// Metadata of a community (kind 30037, LBC-07).
///
/// Counts only if its author owns the community (D4, D5): see [`CommunityMetadata::current`].
///
/// ```
/// use kith_nips::lbc::{CommunityMetadata, CommunityReference, Note};
/// use kith_nips::{EventId, PublicKey};
/// # let keys = nostr::Keys::generate();
/// let community = CommunityReference::new(EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// let mut metadata = CommunityMetadata::new(community, "Brighton Chess");
/// metadata.description = "Boards on the *beach*".to_owned();
/// let event = metadata.draft()?.sign(&keys, 1_700_000_000)?;
/// assert_eq!(CommunityMetadata::read(&event)?.note, metadata);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommunityMetadata {
    identifier: String,
    /// The community that it describes.
    pub community: CommunityReference,
    /// Its name; blank when the note has none ([`CommunityMetadata::display_title`]).
    pub title: String,
    /// Markdown; empty = the description in the 1037 counts (LBC-08).
    pub description: String,
    /// Address of a picture.
    pub image: Option<String>,
    /// Where it is.
    pub location: Location,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// Tags that LBC does not know, in order; an edit preserves them (LBC-14).
    pub other_tags: Vec<Vec<String>>,
}

impl CommunityMetadata {
    /// Metadata with a title and nothing else.
    pub fn new(community: CommunityReference, title: impl Into<String>) -> CommunityMetadata {
        CommunityMetadata {
            identifier: community.id.to_string(),
            community,
            title: title.into(),
            description: String::new(),
            image: None,
            location: Location::default(),
            topics: Vec::new(),
            other_tags: Vec::new(),
        }
    }

    /// The community that a kind 30037 is about: its `d` if that is an event id, else its first
    /// usable `e` (D6). Reads nothing else.
    pub fn community_of(event: &Event) -> Option<EventId> {
        event.identifier().parse().ok().or_else(|| {
            event
                .tags()
                .named("e")
                .find_map(|tag| tag.value()?.parse().ok())
        })
    }

    /// Reads a kind 30037.
    ///
    /// # Errors
    /// Another kind; no community named (D6).
    pub fn read(event: &Event) -> Result<Published<CommunityMetadata>, ReadError> {
        of_kind(event, Kind::COMMUNITY_METADATA, "30037")?;
        let id = CommunityMetadata::community_of(event).ok_or(ReadError::NoCommunity)?;
        let community = CommunityReference {
            id,
            relay: None,
            owner: None,
        };
        let mut metadata = CommunityMetadata::new(community, "");
        metadata.identifier = event.identifier().to_owned();
        metadata.description = event.content().to_owned();
        metadata.title = event
            .tags()
            .first_value("title")
            .unwrap_or_default()
            .to_owned();
        let mut discovery = DiscoveryReader::default();
        metadata.other_tags = not_taken(event, |tag| match tag.name() {
            "d" | "title" => true,
            "image" => {
                metadata.image = metadata.image.take().or_else(|| element(tag, 1));
                true
            }
            "e" => match CommunityReference::read(tag).filter(|reference| reference.id == id) {
                Some(reference) => {
                    let community = &mut metadata.community;
                    community.relay = community.relay.take().or(reference.relay);
                    community.owner = community.owner.or(reference.owner);
                    true
                }
                None => false,
            },
            _ => discovery.take(tag),
        });
        // Metadata counts only if its author is the owner, so that is what its author claims.
        metadata.community.owner = metadata.community.owner.or(Some(event.pubkey()));
        metadata.location = discovery.location.finish();
        metadata.topics = discovery.topics;
        Ok(Published::of(event, metadata))
    }

    /// The version that counts for `community`: by its owner, about it, the newest (LBC-08,
    /// LBC-12). What other keys publish has no effect (D5).
    pub fn current<'a>(
        community: &Published<Community>,
        versions: impl IntoIterator<Item = &'a Published<CommunityMetadata>>,
    ) -> Option<&'a Published<CommunityMetadata>> {
        newest(versions.into_iter().filter(|version| {
            version.author == community.owner() && version.community.id == community.id
        }))
    }

    /// The `d` value: the community id, or what an older note had (D6).
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// Relays where the community is, as its owner names them: in `relay` tags
    /// (`nips/extensions.md`), then as the hint beside its own id. Each once, not checked, at most
    /// [`COMMUNITY_RELAYS_MAX`].
    ///
    /// ```
    /// use kith_nips::lbc::{CommunityMetadata, CommunityReference};
    /// use kith_nips::{EventId, PublicKey};
    /// let community = CommunityReference::new(EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
    /// let mut metadata = CommunityMetadata::new(community.at("wss://hint.example"), "Brighton Chess");
    /// assert_eq!(metadata.relays(), ["wss://hint.example"]);
    /// metadata.other_tags.push(vec!["relay".to_owned(), "wss://home.example".to_owned()]);
    /// assert_eq!(metadata.relays(), ["wss://home.example", "wss://hint.example"]);
    /// ```
    pub fn relays(&self) -> Vec<&str> {
        let mut relays = Vec::new();
        for relay in self.carried_by().chain(self.community.relay.as_deref()) {
            if !relays.contains(&relay) && relays.len() < COMMUNITY_RELAYS_MAX {
                relays.push(relay);
            }
        }
        relays
    }

    /// The relays of its `relay` tags alone, in order and not checked.
    pub fn carried_by(&self) -> impl Iterator<Item = &str> {
        self.other_tags.iter().filter_map(|tag| match &tag[..] {
            [name, relay, ..] if name == RELAY_TAG => Some(relay.as_str()),
            _ => None,
        })
    }

    /// Names these relays in `relay` tags, the most important first, instead of those before; none
    /// with none. Those behind the first [`COMMUNITY_RELAYS_MAX`] are not used.
    ///
    /// ```
    /// use kith_nips::lbc::{CommunityMetadata, CommunityReference};
    /// use kith_nips::EventId;
    /// let id = EventId::from_bytes([1; 32]);
    /// let community = CommunityReference { id, relay: None, owner: None };
    /// let mut metadata = CommunityMetadata::new(community, "Brighton Chess");
    /// metadata.set_carried_by(["wss://home.example", "wss://second.example"]);
    /// metadata.set_carried_by(["wss://home.example"]);
    /// assert_eq!(metadata.relays(), ["wss://home.example"]);
    /// ```
    pub fn set_carried_by<'a>(&mut self, relays: impl IntoIterator<Item = &'a str>) {
        let is_relay = |tag: &Vec<String>| tag.first().is_some_and(|name| name == RELAY_TAG);
        self.other_tags.retain(|tag| !is_relay(tag));
        let tags = relays.into_iter().map(|relay| tag([RELAY_TAG, relay]));
        self.other_tags.extend(tags);
    }

    /// The title, or the short id of a community that has none (LBC-08).
    pub fn display_title(&self) -> String {
        let title = self.title.trim();
        if title.is_empty() {
            short_id(self.community.id)
        } else {
            title.to_owned()
        }
    }

    /// The description, or the 1037's when this is empty (LBC-08).
    pub fn display_description<'a>(&'a self, community: &'a Community) -> &'a str {
        if self.description.is_empty() {
            &community.description
        } else {
            &self.description
        }
    }
}

impl Note for CommunityMetadata {
    /// Both `d` and `e` name the community, so that readers of either find it (D6).
    fn draft(&self) -> Result<Draft, BuildError> {
        if self.title.trim().is_empty() {
            return Err(BuildError::Blank("title"));
        }
        let mut tags = vec![
            tag(["d", &self.identifier]),
            tag(["title", &self.title]),
            self.community.tag(),
        ];
        tags.extend(self.image.as_deref().map(|image| tag(["image", image])));
        tags.extend(self.location.tags());
        tags.extend(self.topics.iter().map(Topic::tag));
        tags.extend(self.other_tags.iter().cloned());
        Ok(Draft {
            kind: Kind::COMMUNITY_METADATA,
            created_at: None,
            tags,
            content: self.description.clone(),
        })
    }
}

impl Versioned for CommunityMetadata {}

impl Published<CommunityMetadata> {
    /// Where this note lives.
    pub fn address(&self) -> Address {
        self.address_of(&self.identifier)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lbc::testing::{
        self, COMMUNITY, OWNER, community, event, key, owner, publish, publish_by, tags,
    };
    use crate::place::{CityTag, Point};

    fn reference() -> CommunityReference {
        CommunityReference::new(community(), owner()).at("wss://relay.example")
    }

    fn read(list: &[&[&str]], content: &str) -> Published<CommunityMetadata> {
        CommunityMetadata::read(&event(Kind::COMMUNITY_METADATA, tags(list), content)).unwrap()
    }

    #[test]
    fn lbc_07_metadata_names_its_community_in_d_and_e() {
        let mut metadata = CommunityMetadata::new(reference(), "Brighton Chess");
        metadata.image = Some("https://example.com/a.png".to_owned());
        metadata.location = Location::default().in_city(CityTag::parse("GB:Brighton").unwrap());
        metadata.topics = vec![Topic::new("Chess").unwrap()];
        let draft = metadata.draft().unwrap();
        assert_eq!(draft.kind, Kind::COMMUNITY_METADATA);
        assert_eq!(
            draft.tags,
            tags(&[
                &["d", COMMUNITY],
                &["title", "Brighton Chess"],
                &["e", COMMUNITY, "wss://relay.example", OWNER],
                &["image", "https://example.com/a.png"],
                &["g", "GB:Brighton", "city"],
                &["t", "chess"],
            ])
        );
    }

    #[test]
    fn lbc_07_a_blank_title_is_refused() {
        let error = CommunityMetadata::new(reference(), " \t")
            .draft()
            .unwrap_err();
        assert_eq!(error, BuildError::Blank("title"));
    }

    #[test]
    fn lbc_08_id_from_d_else_from_e() {
        let other = "b".repeat(64);
        assert_eq!(
            read(&[&["e", &other], &["d", COMMUNITY]], "").community.id,
            community()
        );
        let old = read(
            &[&["d", "1698431400"], &["e", "rubbish"], &["e", COMMUNITY]],
            "",
        );
        assert_eq!(old.community.id, community());
        assert_eq!(
            old.address().identifier,
            "1698431400",
            "an edit stays at the same address"
        );
        let none = event(
            Kind::COMMUNITY_METADATA,
            tags(&[&["d", "x"], &["e", "y"]]),
            "",
        );
        assert_eq!(CommunityMetadata::read(&none), Err(ReadError::NoCommunity));
    }

    #[test]
    fn lbc_08_fallbacks_for_title_and_description() {
        let metadata = read(&[&["d", COMMUNITY], &["title", "  "]], "");
        assert_eq!(metadata.display_title(), "0dba6b25");
        assert_eq!(
            metadata.display_description(&Community::new("from the 1037")),
            "from the 1037"
        );
        assert_eq!(
            read(&[&["d", COMMUNITY]], "own").display_description(&Community::new("x")),
            "own"
        );
    }

    #[test]
    fn lbc_08_only_the_owners_newest_version_counts() {
        let community = publish(&Community::new("").draft().unwrap(), 1, 500);
        let community = Community::read(&community).unwrap();
        let version = |title: &str, author, created_at| {
            let draft = CommunityMetadata::new(community.reference(), title)
                .draft()
                .unwrap();
            CommunityMetadata::read(&publish_by(&draft, author, created_at)).unwrap()
        };
        let versions = [
            version("new", key(1), 2_000),
            version("old", key(1), 1_000),
            version("fake", key(2), 3_000),
        ];
        assert_eq!(
            CommunityMetadata::current(&community, &versions)
                .unwrap()
                .title,
            "new"
        );
        assert_eq!(CommunityMetadata::current(&community, &versions[2..]), None);
    }

    #[test]
    fn lbc_09_the_community_is_found_without_reading_the_rest() {
        let blank = event(Kind::COMMUNITY_METADATA, tags(&[&["d", COMMUNITY]]), "");
        assert_eq!(CommunityMetadata::community_of(&blank), Some(community()));
        let none = event(Kind::COMMUNITY_METADATA, tags(&[&["e", "x"], &["e"]]), "");
        assert_eq!(
            CommunityMetadata::community_of(&none),
            None,
            "LBC-10: invalid"
        );
    }

    #[test]
    fn lbc_08_a_missing_owner_is_the_author() {
        let found = read(&[&["d", COMMUNITY], &["e", COMMUNITY, "wss://r"]], "");
        assert_eq!(
            found.community,
            CommunityReference::new(community(), key(1)).at("wss://r")
        );
    }

    #[test]
    fn lbc_14_an_edit_preserves_what_it_does_not_know() {
        let mut metadata = read(
            &[
                &["x", "1", "2"],
                &["d", COMMUNITY],
                &["title", "a"],
                &["g", "not a place"],
                &["e", "rubbish"],
                &["t"],
                &["x"],
            ],
            "text",
        );
        metadata.title = "b".to_owned();
        metadata.location = Location::at(Point::new(1.0, 2.0).unwrap());
        let edited = metadata.replacement(1_000).unwrap();
        assert_eq!(edited.created_at, Some(1_001));
        let unknown = tags(&[
            &["x", "1", "2"],
            &["g", "not a place"],
            &["e", "rubbish"],
            &["t"],
            &["x"],
        ]);
        assert!(edited.tags.ends_with(&unknown), "{:?}", edited.tags);
        assert_eq!(edited.tags[1], ["title", "b"]);
    }

    proptest! {
        #[test]
        fn build_read_build(
            id in testing::ids(), relay in testing::relay(), title in testing::title(), description in testing::text(),
            image in proptest::option::of("https://[a-z]{1,9}/x\\.png"), lat in -89.0..89.0, lon in -179.0..179.0,
            topics in proptest::collection::btree_set("[a-z]{1,9}", 0..4), other_tags in testing::unknown_tags(),
        ) {
            let mut metadata = CommunityMetadata::new(CommunityReference { relay, ..CommunityReference::new(id, key(1)) }, title);
            metadata.description = description;
            metadata.image = image;
            metadata.location = Location::at(Point::new(lat, lon).unwrap()).in_city(CityTag::parse("DE:Berlin").unwrap());
            metadata.topics = topics.iter().filter_map(|topic| Topic::new(topic)).collect();
            metadata.other_tags = other_tags;
            let draft = metadata.draft().unwrap();
            let read = CommunityMetadata::read(&publish(&draft, 1, 5)).unwrap();
            prop_assert_eq!(&read.note, &metadata);
            prop_assert_eq!(read.draft().unwrap(), draft);
        }
    }
}
