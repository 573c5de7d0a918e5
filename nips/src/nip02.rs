//! NIP-02: whom a person follows (kind 3).
//!
//! Owns the list and how it is edited: nothing is lost that this file does not know. Must not know
//! who follows back; that is for whoever reads the lists of others.

use std::collections::HashSet;

use crate::lbc::tag_list::{TagList, tag};
use crate::lbc::{BuildError, Note, Published, ReadError, Versioned, of_kind};
use crate::nip01::Draft;
use crate::{Address, Event, Kind, PublicKey};

/// Whom a person follows (kind 3).
///
/// The content is of old clients, which kept their relays there; it and all tags survive a rewrite
/// (NIP02-02).
///
/// ```
/// use kith_nips::PublicKey;
/// use kith_nips::lbc::Note;
/// use kith_nips::nip02::FollowedPeople;
/// let ben = PublicKey::from_bytes([2; 32]);
/// let mut list = FollowedPeople::new();
/// assert!(list.follow(ben));
/// assert!(!list.follow(ben), "only once");
/// assert_eq!(list.draft()?.tags, [["p".to_owned(), ben.to_string()]]);
/// assert!(list.unfollow(ben));
/// # Ok::<(), kith_nips::lbc::BuildError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowedPeople {
    tags: TagList,
    content: String,
}

/// One entry of the list.
///
/// ```
/// use kith_nips::PublicKey;
/// use kith_nips::nip02::FollowedPeople;
/// let mut list = FollowedPeople::new();
/// list.follow(PublicKey::from_bytes([2; 32]));
/// assert_eq!(list.people()[0].petname, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Followed {
    /// Who.
    pub person: PublicKey,
    /// What the owner of the list calls them.
    pub petname: Option<String>,
}

impl FollowedPeople {
    /// An empty list, for somebody who has none yet.
    pub fn new() -> FollowedPeople {
        FollowedPeople::default()
    }

    /// Reads a kind 3; an empty list is valid.
    ///
    /// # Errors
    /// Another kind.
    pub fn read(event: &Event) -> Result<Published<FollowedPeople>, ReadError> {
        of_kind(event, Kind::FOLLOW_LIST, "3")?;
        let list = FollowedPeople {
            tags: TagList::of(event),
            content: event.content().to_owned(),
        };
        Ok(Published::of(event, list))
    }

    /// The people in it, in order, each once; what is no public key is skipped.
    pub fn people(&self) -> Vec<Followed> {
        let mut seen = HashSet::new();
        let entries = self.tags.named("p").filter_map(|tag| {
            let person: PublicKey = tag.get(1)?.parse().ok()?;
            let petname = tag.get(3).map(|name| name.trim());
            Some(Followed {
                person,
                petname: petname.filter(|name| !name.is_empty()).map(str::to_owned),
            })
        });
        entries.filter(|entry| seen.insert(entry.person)).collect()
    }

    /// Whether this person is in it.
    pub fn follows(&self, person: PublicKey) -> bool {
        self.tags.contains("p", &person.to_string())
    }

    /// Appends a person at the end unless they are there (NIP-02). Whether it changed.
    pub fn follow(&mut self, person: PublicKey) -> bool {
        self.tags.append(tag(["p", &person.to_string()]))
    }

    /// Removes exactly this person. Whether it changed.
    pub fn unfollow(&mut self, person: PublicKey) -> bool {
        self.tags.remove("p", &person.to_string())
    }
}

impl Note for FollowedPeople {
    fn draft(&self) -> Result<Draft, BuildError> {
        Ok(Draft {
            kind: Kind::FOLLOW_LIST,
            created_at: None,
            tags: self.tags.to_vec(),
            content: self.content.clone(),
        })
    }
}

impl Versioned for FollowedPeople {}

/// Where the list of a person lives: `3:<person>:`.
///
/// ```
/// use kith_nips::PublicKey;
/// let ada = PublicKey::from_bytes([1; 32]);
/// assert_eq!(kith_nips::nip02::address(ada).to_string(), format!("3:{ada}:"));
/// ```
pub fn address(person: PublicKey) -> Address {
    Address {
        kind: Kind::FOLLOW_LIST,
        pubkey: person,
        identifier: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lbc::testing::{event, key, tags};

    #[test]
    fn nip02_02_what_is_not_ours_survives_a_rewrite() {
        let (ada, ben) = (key(1).to_string(), key(2).to_string());
        let before = tags(&[
            &["p", &ada, "wss://relay.example.com", "ada"],
            &["p", "no key"],
            &["t", "chess"],
            &["p", &ben, "", "  "],
            &["p", &ada],
            &["p"],
        ]);
        let legacy = r#"{"wss://relay.example.com":{"read":true,"write":true}}"#;
        let list = event(Kind::FOLLOW_LIST, before.clone(), legacy);
        let mut list = FollowedPeople::read(&list).unwrap();
        let people = list.people();
        assert_eq!(people.len(), 2);
        assert_eq!(people[0].petname.as_deref(), Some("ada"));
        assert_eq!(people[1].petname, None);
        assert!(!list.follow(key(2)) && list.follow(key(3)));
        let draft = list.draft().unwrap();
        assert_eq!(draft.content, legacy);
        assert_eq!(draft.tags[..6], before[..]);
        assert_eq!(draft.tags[6], ["p", &key(3).to_string()]);
        assert!(list.unfollow(key(1)));
        assert_eq!(list.draft().unwrap().tags.len(), 5);
    }

    #[test]
    fn another_kind_is_no_follow_list() {
        let note = event(Kind::TEXT_NOTE, tags(&[]), "");
        assert!(FollowedPeople::read(&note).is_err());
    }

    proptest! {
        #[test]
        fn any_list_is_read_and_following_then_unfollowing_restores_it(
            list in proptest::collection::vec(
                proptest::collection::vec("[a-z]{1,3}", 1..5), 0..20
            )
        ) {
            let note = event(Kind::FOLLOW_LIST, list.clone(), "x");
            let mut read = FollowedPeople::read(&note).unwrap();
            prop_assert!(read.follow(key(9)) && read.unfollow(key(9)));
            prop_assert_eq!(read.draft().unwrap().tags, list);
        }
    }
}
