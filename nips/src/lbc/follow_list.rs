//! Which communities a person follows, and what the person says about themselves to be found
//! (kind 10037). The list is edited in place: nothing is lost that this file does not know.

use super::location::{city_of, city_tag};
use super::tag_list::{TagList, tag};
use super::{BuildError, Note, Published, ReadError, Topic, Versioned, of_kind};
use crate::nip01::Draft;
use crate::place::CityTag;
use crate::{Address, Event, EventId, Kind};

/// The multi-letter tag of the draft; filters cannot ask for it (LBC-18).
const RESIDENCE_TAG: &str = "locationStatus";

/// The communities that a person follows (kind 10037, LBC-15 to LBC-19).
///
/// An unrelated proposal of 2025 uses the same number: such an event reads as a list without
/// communities (LBC-02), and its tags survive a rewrite like all others.
///
/// ```
/// use kith_nips::lbc::{FollowList, Note};
/// use kith_nips::EventId;
/// let community = EventId::from_bytes([1; 32]);
/// let mut list = FollowList::new();
/// assert!(list.follow(community));
/// assert!(!list.follow(community), "only once");
/// assert_eq!(list.draft()?.tags, [["e".to_owned(), community.to_string()]]);
/// assert!(list.leave(community));
/// # Ok::<(), kith_nips::lbc::BuildError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowList {
    tags: TagList,
    status: String,
}

/// Whether a person lives in the cities of their list or visits them (LBC-18).
///
/// ```
/// use kith_nips::lbc::{FollowList, Residence};
/// let mut list = FollowList::new();
/// list.set_residence(Some(Residence::Visiting));
/// assert_eq!(list.residence(), Some(Residence::Visiting));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Residence {
    /// `living`
    Living,
    /// `visiting`
    Visiting,
}

impl FollowList {
    /// An empty list, for a person who has none yet.
    pub fn new() -> FollowList {
        FollowList::default()
    }

    /// Reads a kind 10037; an empty list is valid (LBC-17).
    ///
    /// # Errors
    /// Another kind.
    pub fn read(event: &Event) -> Result<Published<FollowList>, ReadError> {
        of_kind(event, Kind::COMMUNITY_FOLLOWS, "10037")?;
        let list = FollowList {
            tags: TagList::of(event),
            status: event.content().to_owned(),
        };
        Ok(Published::of(event, list))
    }

    /// The ids in the list, in order, each once. Some may be no community (any more): see
    /// [`FollowList::known`].
    pub fn communities(&self) -> Vec<EventId> {
        let mut ids: Vec<EventId> = Vec::new();
        for id in self.tags.values("e").filter_map(|value| value.parse().ok()) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// The ids of the list that are communities; others are skipped (LBC-17, LBC-61).
    pub fn known(&self, is_community: impl Fn(EventId) -> bool) -> Vec<EventId> {
        let mut ids = self.communities();
        ids.retain(|id| is_community(*id));
        ids
    }

    /// Whether the list has this community.
    pub fn follows(&self, community: EventId) -> bool {
        self.tags.contains("e", &community.to_string())
    }

    /// Appends the community at the end unless it is there (LBC-15, LBC-16). Whether it changed.
    pub fn follow(&mut self, community: EventId) -> bool {
        self.tags.append(tag(["e", &community.to_string()]))
    }

    /// Removes exactly this community (LBC-15). Whether it changed.
    pub fn leave(&mut self, community: EventId) -> bool {
        self.tags.remove("e", &community.to_string())
    }

    /// What the person says in free text: the content (LBC-18).
    pub fn status(&self) -> &str {
        &self.status
    }

    /// Replaces the status text.
    pub fn set_status(&mut self, status: impl Into<String>) {
        self.status = status.into();
    }

    /// Whether the person lives in or visits their cities; other values say nothing (LBC-18).
    pub fn residence(&self) -> Option<Residence> {
        self.tags
            .values(RESIDENCE_TAG)
            .find_map(|value| match value {
                "living" => Some(Residence::Living),
                "visiting" => Some(Residence::Visiting),
                _ => None,
            })
    }

    /// Sets or removes the residence.
    pub fn set_residence(&mut self, residence: Option<Residence>) {
        self.tags.remove_where(|tag| is_named(tag, RESIDENCE_TAG));
        let value = match residence {
            Some(Residence::Living) => "living",
            Some(Residence::Visiting) => "visiting",
            None => return,
        };
        self.tags.append(tag([RESIDENCE_TAG, value]));
    }

    /// The cities that the person named.
    pub fn cities(&self) -> Vec<CityTag> {
        let mut cities: Vec<CityTag> = Vec::new();
        for city in self.tags.named("g").filter_map(city_in) {
            if !cities.contains(&city) {
                cities.push(city);
            }
        }
        cities
    }

    /// Names the person's cities. Call it only after the person agreed to publish them; a position
    /// is never written here (LBC-19). Other `g` tags stay as they are.
    pub fn set_cities(&mut self, cities: &[CityTag]) {
        self.tags.remove_where(|tag| city_in(tag).is_some());
        for city in cities {
            self.tags.append(city_tag(city));
        }
    }

    /// What the person is interested in.
    pub fn topics(&self) -> Vec<Topic> {
        let mut topics = Vec::new();
        for value in self.tags.values("t") {
            Topic::collect(&mut topics, Some(value));
        }
        topics
    }

    /// Replaces the topics.
    pub fn set_topics(&mut self, topics: &[Topic]) {
        self.tags.remove_where(|tag| is_named(tag, "t"));
        for topic in topics {
            self.tags.append(topic.tag());
        }
    }

    /// All tags as they would be written, unknown ones included.
    pub fn tags(&self) -> Vec<Vec<String>> {
        self.tags.to_vec()
    }
}

impl Note for FollowList {
    fn draft(&self) -> Result<Draft, BuildError> {
        Ok(Draft {
            kind: Kind::COMMUNITY_FOLLOWS,
            created_at: None,
            tags: self.tags.to_vec(),
            content: self.status.clone(),
        })
    }
}

impl Versioned for FollowList {}

impl Published<FollowList> {
    /// Where this list lives: `10037:<author>:`.
    pub fn address(&self) -> Address {
        self.address_of("")
    }
}

fn is_named(tag: &[String], name: &str) -> bool {
    tag.first().is_some_and(|found| found == name)
}

fn city_in(tag: &[String]) -> Option<CityTag> {
    match tag {
        [name, value, rest @ ..] => city_of(name, value, rest.first().map(String::as_str)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lbc::testing::{self, event, id, key, publish, tags};

    fn read(list: &[&[&str]], content: &str) -> Published<FollowList> {
        FollowList::read(&event(Kind::COMMUNITY_FOLLOWS, tags(list), content)).unwrap()
    }

    #[test]
    fn lbc_02_a_foreign_10037_is_an_empty_list() {
        let list = read(
            &[&["app", "something"], &["e", "not-an-id"], &["e"]],
            "{\"a\":1}",
        );
        assert!(list.communities().is_empty());
    }

    #[test]
    fn lbc_15_follow_appends_and_leave_removes_exactly_that_e() {
        let (one, two) = (id(1).to_string(), id(2).to_string());
        let before: &[&[&str]] = &[
            &["e", &one, "wss://r"],
            &["t", "Chess"],
            &["e", "broken"],
            &["unknown", "x", ""],
            &["e", &two],
        ];
        let mut list = read(before, "hello");
        assert!(list.follow(id(3)));
        let mut expected = tags(before);
        expected.push(vec!["e".into(), id(3).to_string()]);
        assert_eq!(list.tags(), expected);
        assert!(list.leave(id(2)) && !list.leave(id(2)));
        expected.remove(4);
        assert_eq!(list.draft().unwrap().tags, expected);
        assert_eq!(list.draft().unwrap().content, "hello");
    }

    #[test]
    fn lbc_16_no_community_is_in_the_list_twice() {
        let one = id(1).to_string();
        let mut list = read(&[&["e", &one, "wss://relay"], &["e", &one]], "");
        assert!(!list.follow(id(1)));
        assert_eq!(list.communities(), [id(1)]);
        assert!(list.leave(id(1)));
        assert!(list.tags().is_empty());
    }

    #[test]
    fn lbc_17_ids_that_are_no_community_are_skipped() {
        let (one, two) = (id(1).to_string(), id(2).to_string());
        let list = read(&[&["e", &one], &["e", &two]], "");
        assert_eq!(list.known(|community| community == id(2)), [id(2)]);
    }

    #[test]
    fn lbc_18_suggested_extras_are_read() {
        let list = read(
            &[
                &["locationStatus", "sleeping"],
                &["locationStatus", "living"],
                &["t", "Chess"],
                &["g", "GB:Brighton", "city"],
            ],
            "hi",
        );
        assert_eq!(list.residence(), Some(Residence::Living));
        assert_eq!(list.topics(), [Topic::new("chess").unwrap()]);
        assert_eq!(list.cities(), [CityTag::parse("GB:Brighton").unwrap()]);
        assert_eq!(list.status(), "hi");
        assert_eq!(read(&[&["locationStatus", "moving"]], "").residence(), None);
    }

    #[test]
    fn lbc_19_only_cities_are_written_and_foreign_geohashes_stay() {
        let mut list = read(
            &[&["g", "gcpch", "geohash"], &["g", "GB:London", "city"]],
            "",
        );
        list.set_cities(&[CityTag::parse("GB:Brighton").unwrap()]);
        assert_eq!(
            list.tags(),
            tags(&[&["g", "gcpch", "geohash"], &["g", "GB:Brighton", "city"]])
        );
        list.set_cities(&[]);
        list.set_residence(Some(Residence::Living));
        list.set_residence(None);
        assert_eq!(list.tags(), tags(&[&["g", "gcpch", "geohash"]]));
    }

    #[test]
    fn nip51_03_content_is_kept_unchanged() {
        let content = "AhkR9…?iv=notforus==";
        let mut list = read(&[], content);
        list.follow(id(1));
        assert_eq!(list.replacement(5_000).unwrap().content, content);
        assert_eq!(list.address().to_string(), format!("10037:{}:", key(1)));
    }

    proptest! {
        #[test]
        fn build_read_build(
            communities in proptest::collection::btree_set(testing::ids(), 0..5),
            unknown in testing::unknown_tags(), status in testing::text(), added in testing::ids(),
        ) {
            let mut list = FollowList::read(&event(Kind::COMMUNITY_FOLLOWS, unknown.clone(), &status)).unwrap().note;
            for community in &communities {
                list.follow(*community);
            }
            let draft = list.draft().unwrap();
            let mut read = FollowList::read(&publish(&draft, 1, 5)).unwrap();
            prop_assert_eq!(&read.note, &list);
            prop_assert_eq!(read.draft().unwrap(), draft.clone());
            prop_assert!(draft.tags.starts_with(&unknown));
            let was_in = communities.contains(&added);
            prop_assert_eq!(read.follow(added), !was_in);
            read.leave(added);
            if !was_in {
                prop_assert_eq!(read.draft().unwrap(), draft);
            }
        }
    }
}
