//! The owner's two lists of people (kind 30000, a NIP-51 set): members and muted. One
//! implementation, two types, so that the one is never written in place of the other.

use std::collections::HashSet;
use std::marker::PhantomData;

use super::address::BLOCKED_SUFFIX;
use super::tag_list::{TagList, tag};
use super::{BuildError, Note, Published, ReadError, Versioned, newest, of_kind};
use crate::nip01::Draft;
use crate::{Address, Event, EventId, Kind, PublicKey};

/// The members of a community: `d` = community id (LBC-47).
///
/// ```
/// use kith_nips::lbc::{MemberList, Note};
/// use kith_nips::{EventId, PublicKey};
/// let community = EventId::from_bytes([1; 32]);
/// let person = PublicKey::from_bytes([3; 32]);
/// let mut members = MemberList::new(community);
/// assert!(members.add(person));
/// assert_eq!(members.people(), [person]);
/// assert_eq!(members.draft()?.tags[0], ["d".to_owned(), community.to_string()]);
/// # Ok::<(), kith_nips::lbc::BuildError>(())
/// ```
pub type MemberList = PeopleList<Members>;

/// The muted of a community, its block list: `d` = `<community id>:blocked` (LBC-47).
///
/// ```
/// use kith_nips::lbc::MuteList;
/// use kith_nips::EventId;
/// let community = EventId::from_bytes([1; 32]);
/// assert_eq!(MuteList::new(community).identifier(), format!("{community}:blocked"));
/// ```
pub type MuteList = PeopleList<Muted>;

/// The role of [`MemberList`].
///
/// ```
/// use kith_nips::lbc::{Members, PeopleList};
/// let list: PeopleList<Members> = PeopleList::new(kith_nips::EventId::from_bytes([1; 32]));
/// assert!(list.people().is_empty());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Members {}

/// The role of [`MuteList`].
///
/// ```
/// use kith_nips::lbc::{Muted, PeopleList};
/// let list: PeopleList<Muted> = PeopleList::new(kith_nips::EventId::from_bytes([1; 32]));
/// assert!(list.people().is_empty());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Muted {}

/// What a list is for: [`Members`] or [`Muted`]. There are no others.
///
/// ```
/// use kith_nips::lbc::{ListRole, PeopleList};
/// fn size<R: ListRole>(list: &PeopleList<R>) -> usize {
///     list.people().len()
/// }
/// ```
pub trait ListRole: sealed::Role {}

impl ListRole for Members {}
impl ListRole for Muted {}

/// Where the reason stands in an entry: behind the relay and the name that NIP-51 may have there.
const REASON_PLACE: usize = 4;

mod sealed {
    /// What differs between the lists.
    pub trait Role {
        /// What the `d` has after the community id.
        const SUFFIX: &'static str;
        /// The form of the `d`, for errors.
        const FORM: &'static str;
        /// The title that clients without LBC show (LBC-47).
        const TITLE: &'static str;
    }
}

impl sealed::Role for Members {
    const SUFFIX: &'static str = "";
    const FORM: &'static str = "a community id";
    const TITLE: &'static str = "Members";
}

impl sealed::Role for Muted {
    const SUFFIX: &'static str = BLOCKED_SUFFIX;
    const FORM: &'static str = "a community id followed by `:blocked`";
    const TITLE: &'static str = "Blocked";
}

/// A list of people of a community (kind 30000): see [`MemberList`] and [`MuteList`].
///
/// ```
/// use kith_nips::lbc::{MemberList, MuteList, Note};
/// # let keys = nostr::Keys::generate();
/// let members = MemberList::new(kith_nips::EventId::from_bytes([1; 32]));
/// let event = members.draft()?.sign(&keys, 1_700_000_000)?;
/// assert!(MemberList::read(&event).is_ok());
/// assert!(MuteList::read(&event).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeopleList<R: ListRole> {
    /// The community that the list is about.
    community: EventId,
    tags: TagList,
    /// Private entries, encrypted by somebody's client: kept, never read (LBC-48).
    content: String,
    role: PhantomData<R>,
}

impl<R: ListRole> PeopleList<R> {
    /// An empty list, for a community that has none yet.
    pub fn new(community: EventId) -> PeopleList<R> {
        let identifier = identifier::<R>(community);
        PeopleList {
            community,
            tags: TagList::new(vec![tag(["d", &identifier]), tag(["title", R::TITLE])]),
            content: String::new(),
            role: PhantomData,
        }
    }

    /// Reads a kind 30000 whose `d` is exactly that of this role (LBC-48). The deprecated mute list
    /// `d` = `mute` is none (NIP51-07). Whether the author is the community's owner is for
    /// [`PeopleList::current`].
    ///
    /// # Errors
    /// Another kind; another `d`.
    pub fn read(event: &Event) -> Result<Published<PeopleList<R>>, ReadError> {
        of_kind(event, Kind::PEOPLE_SET, "30000")?;
        let not_the_list = || ReadError::NotTheList {
            expected: R::FORM,
            identifier: event.identifier().to_owned(),
        };
        let community = event
            .identifier()
            .strip_suffix(R::SUFFIX)
            .ok_or_else(not_the_list)?;
        let list = PeopleList {
            community: community.parse().map_err(|_| not_the_list())?,
            tags: TagList::of(event),
            content: event.content().to_owned(),
            role: PhantomData,
        };
        Ok(Published::of(event, list))
    }

    /// The version that counts: by the owner, of this community, the newest; never a union of
    /// versions (LBC-48). Lists by others have no effect (LBC-49).
    pub fn current<'a>(
        owner: PublicKey,
        community: EventId,
        versions: impl IntoIterator<Item = &'a Published<PeopleList<R>>>,
    ) -> Option<&'a Published<PeopleList<R>>>
    where
        R: 'a,
    {
        newest(
            versions
                .into_iter()
                .filter(|list| list.author == owner && list.community == community),
        )
    }

    /// The community that the list is about.
    pub fn community(&self) -> EventId {
        self.community
    }

    /// The `d` value.
    pub fn identifier(&self) -> String {
        identifier::<R>(self.community)
    }

    /// The people in it, in order, each once; what is no public key is ignored (LBC-48).
    pub fn people(&self) -> Vec<PublicKey> {
        let mut seen: HashSet<PublicKey> = HashSet::new();
        self.tags
            .values("p")
            .filter_map(|value| value.parse().ok())
            .filter(|person| seen.insert(*person))
            .collect()
    }

    /// Whether this person is in it.
    pub fn contains(&self, person: PublicKey) -> bool {
        self.tags.contains("p", &person.to_string())
    }

    /// Appends a person at the end unless they are there (NIP51-03). Whether it changed.
    pub fn add(&mut self, person: PublicKey) -> bool {
        self.tags.append(tag(["p", &person.to_string()]))
    }

    /// Removes exactly this person. Whether it changed.
    pub fn remove(&mut self, person: PublicKey) -> bool {
        self.tags.remove("p", &person.to_string())
    }

    /// What the list is called in other clients.
    pub fn title(&self) -> &str {
        self.tags.values("title").next().unwrap_or_default()
    }

    /// Renames it, e.g. to the name of the community.
    pub fn set_title(&mut self, title: &str) {
        self.tags.set("title", title);
    }

    /// All tags as they would be written, unknown ones included.
    pub fn tags(&self) -> Vec<Vec<String>> {
        self.tags.to_vec()
    }
}

impl PeopleList<Muted> {
    /// Why this person is muted, as everybody can read (`nips/extensions.md`).
    ///
    /// ```
    /// use kith_nips::lbc::MuteList;
    /// use kith_nips::{EventId, PublicKey};
    /// let person = PublicKey::from_bytes([3; 32]);
    /// let mut muted = MuteList::new(EventId::from_bytes([1; 32]));
    /// muted.add(person);
    /// assert!(muted.set_reason(person, "spam"));
    /// assert_eq!(muted.reason(person), Some("spam"));
    /// ```
    pub fn reason(&self, person: PublicKey) -> Option<&str> {
        let person = person.to_string();
        let mut entries = self.tags.named("p");
        let entry = entries.find(|tag| tag.get(1) == Some(&person))?;
        let reason = entry.get(REASON_PLACE).map(|reason| reason.trim());
        reason.filter(|reason| !reason.is_empty())
    }

    /// Says why this person is muted, or nothing more; what else their entry has stays. Whether it
    /// changed.
    pub fn set_reason(&mut self, person: PublicKey, reason: &str) -> bool {
        let person = person.to_string();
        let reason = reason.trim();
        self.tags.edit("p", &person, |entry| {
            let is_same = entry.get(REASON_PLACE).map_or("", String::as_str) == reason;
            if is_same {
                return false;
            }
            let length = entry.len().max(REASON_PLACE + 1);
            entry.resize(length, String::new());
            if let Some(place) = entry.get_mut(REASON_PLACE) {
                reason.clone_into(place);
            }
            true
        })
    }
}

impl<R: ListRole> Note for PeopleList<R> {
    fn draft(&self) -> Result<Draft, BuildError> {
        Ok(Draft {
            kind: Kind::PEOPLE_SET,
            created_at: None,
            tags: self.tags.to_vec(),
            content: self.content.clone(),
        })
    }
}

impl<R: ListRole> Versioned for PeopleList<R> {}

impl<R: ListRole> Published<PeopleList<R>> {
    /// Where this list lives.
    pub fn address(&self) -> Address {
        self.address_of(&self.identifier())
    }
}

fn identifier<R: ListRole>(community: EventId) -> String {
    format!("{community}{}", R::SUFFIX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lbc::testing::{self, COMMUNITY, community, event, id, key, publish, tags};

    fn set(list: &[&[&str]]) -> Event {
        event(Kind::PEOPLE_SET, tags(list), "")
    }

    #[test]
    fn the_reason_stands_behind_what_others_write() {
        let person = key(3);
        let hex = person.to_string();
        let list = format!("{COMMUNITY}:blocked");
        let before: &[&[&str]] = &[&["d", &list], &["p", &hex, "wss://r", "cai", "", "more"]];
        let mut muted = MuteList::read(&set(before)).unwrap().note;
        assert_eq!(muted.reason(person), None);
        assert!(muted.set_reason(person, " spam "));
        assert!(!muted.set_reason(person, "spam"));
        assert_eq!(muted.reason(person), Some("spam"));
        let entry = ["p", &hex, "wss://r", "cai", "spam", "more"];
        assert_eq!(muted.tags()[1], entry);
        assert!(
            muted.contains(person),
            "a relay that knows nothing of it mutes all the same"
        );
        assert!(!muted.set_reason(key(4), "who?"));
        muted.add(key(4));
        assert!(muted.set_reason(key(4), "rude"));
        assert_eq!(muted.tags()[2][1..], [&key(4).to_string(), "", "", "rude"]);
    }

    #[test]
    fn lbc_47_members_and_muted_have_their_own_identifiers_and_titles() {
        let mut members = MemberList::new(community());
        members.add(key(7));
        assert_eq!(
            members.tags(),
            tags(&[
                &["d", COMMUNITY],
                &["title", "Members"],
                &["p", &key(7).to_string()]
            ])
        );
        let muted = MuteList::new(community());
        let blocked = format!("{COMMUNITY}:blocked");
        assert_eq!(
            muted.tags(),
            tags(&[&["d", &blocked], &["title", "Blocked"]])
        );
    }

    #[test]
    fn lbc_48_only_the_exact_identifier_is_a_list_of_its_role() {
        let blocked = format!("{COMMUNITY}:blocked");
        let upper = COMMUNITY.to_uppercase();
        for (identifier, is_members, is_muted) in [
            (COMMUNITY, true, false),
            (&blocked, false, true),
            (&format!("{blocked} "), false, false),
            (&format!("{COMMUNITY}:"), false, false),
            (&upper, false, false),
            (":blocked", false, false),
            ("", false, false),
        ] {
            let event = set(&[&["d", identifier]]);
            assert_eq!(MemberList::read(&event).is_ok(), is_members, "{identifier}");
            assert_eq!(MuteList::read(&event).is_ok(), is_muted, "{identifier}");
        }
    }

    #[test]
    fn nip51_07_the_deprecated_mute_list_is_no_community_list() {
        let event = set(&[&["d", "mute"], &["p", &key(1).to_string()]]);
        assert!(MemberList::read(&event).is_err() && MuteList::read(&event).is_err());
    }

    #[test]
    fn lbc_48_invalid_and_repeated_people_are_ignored() {
        let (one, two) = (key(1).to_string(), key(2).to_string());
        let list = MemberList::read(&set(&[
            &["p", &two],
            &["d", COMMUNITY],
            &["p", "npub1x"],
            &["p"],
            &["p", &one],
            &["p", &two, "wss://r"],
        ]));
        assert_eq!(list.unwrap().people(), [key(2), key(1)]);
    }

    #[test]
    fn lbc_48_only_the_owners_newest_version_counts_never_the_union() {
        let version = |author, created_at, person| {
            let mut list = MemberList::new(community());
            list.add(key(person));
            MemberList::read(&publish(&list.draft().unwrap(), author, created_at)).unwrap()
        };
        let versions = [version(1, 10, 5), version(1, 20, 6), version(2, 30, 7)];
        let current = MemberList::current(key(1), community(), &versions).unwrap();
        assert_eq!(current.people(), [key(6)]);
        assert_eq!(MemberList::current(key(1), id(9), &versions), None);
    }

    #[test]
    fn lbc_49_the_same_list_by_another_key_has_no_effect() {
        let list = MuteList::new(community()).draft().unwrap();
        let foreign = [MuteList::read(&publish(&list, 2, 10)).unwrap()];
        assert_eq!(MuteList::current(key(1), community(), &foreign), None);
    }

    #[test]
    fn lbc_48_encrypted_content_and_unknown_tags_survive() {
        let first = key(1).to_string();
        let before: &[&[&str]] = &[
            &["p", &first, "wss://r", "petname"],
            &["word", "x"],
            &["d", COMMUNITY],
        ];
        let event = event(Kind::PEOPLE_SET, tags(before), "secret?iv=abc");
        let mut list = MemberList::read(&event).unwrap();
        assert!(!list.add(key(1)), "is there, with a hint");
        list.add(key(2));
        let draft = list.replacement(0).unwrap();
        assert_eq!(draft.content, "secret?iv=abc");
        assert!(draft.tags.starts_with(&tags(before)));
        assert!(list.remove(key(2)));
        assert_eq!(list.tags(), tags(before));
    }

    proptest! {
        #[test]
        fn build_read_build(
            id in testing::ids(), people in proptest::collection::vec(testing::keys(), 0..8),
            unknown in testing::unknown_tags(),
        ) {
            let mut list = MuteList::new(id);
            for person in &people {
                list.add(*person);
            }
            for tag in unknown {
                list.tags.append(tag);
            }
            let draft = list.draft().unwrap();
            let read = MuteList::read(&publish(&draft, 1, 5)).unwrap();
            prop_assert_eq!(&read.note, &list);
            prop_assert_eq!(read.draft().unwrap(), draft);
            prop_assert_eq!(read.address(), super::super::address::mute_list(key(1), id));
        }
    }
}
