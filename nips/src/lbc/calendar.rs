//! Calendars (kind 31924): ordered lists of meetups. The owner's calendar at the community id
//! makes meetups official (LBC-27). Edited in place, as every list.

use super::tag_list::{TagList, tag};
use super::{BuildError, Note, Published, ReadError, Versioned, of_kind};
use crate::nip01::Draft;
use crate::{Address, Event, EventId, Kind};

/// A calendar (kind 31924): a NIP-51 set and a NIP-52 calendar at once (NIP51-09).
///
/// ```
/// use kith_nips::lbc::{Calendar, Note};
/// use kith_nips::{Address, EventId, Kind, PublicKey};
/// let community = EventId::from_bytes([1; 32]);
/// let meetup = Address { kind: Kind::MEETUP, pubkey: PublicKey::from_bytes([2; 32]), identifier: "a:b".into() };
/// let mut calendar = Calendar::of_community(community, "Brighton Chess");
/// assert!(calendar.list(&meetup, None));
/// assert!(calendar.lists(&meetup));
/// assert_eq!(calendar.draft()?.tags.len(), 3);
/// # Ok::<(), kith_nips::lbc::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    identifier: String,
    tags: TagList,
    description: String,
}

impl Calendar {
    /// The calendar of a community: `d` = community id (LBC-27).
    pub fn of_community(community: EventId, title: &str) -> Calendar {
        Calendar::new(community.to_string(), title)
    }

    /// A calendar at any identifier.
    pub fn new(identifier: impl Into<String>, title: &str) -> Calendar {
        let identifier = identifier.into();
        let tags = TagList::new(vec![tag(["d", &identifier]), tag(["title", title])]);
        Calendar {
            identifier,
            tags,
            description: String::new(),
        }
    }

    /// Reads a kind 31924.
    ///
    /// # Errors
    /// Another kind.
    pub fn read(event: &Event) -> Result<Published<Calendar>, ReadError> {
        of_kind(event, Kind::CALENDAR, "31924")?;
        let calendar = Calendar {
            identifier: event.identifier().to_owned(),
            tags: TagList::of(event),
            description: event.content().to_owned(),
        };
        Ok(Published::of(event, calendar))
    }

    /// The `d` value.
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// What it is called.
    pub fn title(&self) -> &str {
        self.tags.values("title").next().unwrap_or_default()
    }

    /// Renames it.
    pub fn set_title(&mut self, title: &str) {
        self.tags.set("title", title);
    }

    /// The content.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Replaces the content.
    pub fn set_description(&mut self, description: impl Into<String>) {
        self.description = description.into();
    }

    /// The meetups in it (kinds 31922 and 31923), in order, each once.
    pub fn meetups(&self) -> Vec<Address> {
        let mut meetups: Vec<Address> = Vec::new();
        for address in self
            .tags
            .values("a")
            .filter_map(|value| value.parse::<Address>().ok())
        {
            if is_meetup(address.kind) && !meetups.contains(&address) {
                meetups.push(address);
            }
        }
        meetups
    }

    /// Whether it has this meetup.
    pub fn lists(&self, meetup: &Address) -> bool {
        is_meetup(meetup.kind) && self.tags.contains("a", &meetup.to_string())
    }

    /// Appends a meetup unless it is there; `relay` is a hint where it is. Whether it changed:
    /// what is no meetup is not listed (NIP52-12).
    pub fn list(&mut self, meetup: &Address, relay: Option<&str>) -> bool {
        is_meetup(meetup.kind)
            && self
                .tags
                .append(tag(["a", &meetup.to_string(), relay.unwrap_or_default()]))
    }

    /// Takes a meetup out. Whether it changed.
    pub fn unlist(&mut self, meetup: &Address) -> bool {
        self.tags.remove("a", &meetup.to_string())
    }

    /// All tags as they would be written, unknown ones included.
    pub fn tags(&self) -> Vec<Vec<String>> {
        self.tags.to_vec()
    }
}

impl Note for Calendar {
    fn draft(&self) -> Result<Draft, BuildError> {
        if self.title().trim().is_empty() {
            return Err(BuildError::Blank("title"));
        }
        Ok(Draft {
            kind: Kind::CALENDAR,
            created_at: None,
            tags: self.tags.to_vec(),
            content: self.description.clone(),
        })
    }
}

impl Versioned for Calendar {}

impl Published<Calendar> {
    /// Where this calendar lives.
    pub fn address(&self) -> Address {
        self.address_of(&self.identifier)
    }
}

fn is_meetup(kind: Kind) -> bool {
    matches!(kind, Kind::MEETUP | Kind::DATE_MEETUP)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lbc::testing::{self, COMMUNITY, community, event, key, publish, tags};

    fn address(kind: Kind, identifier: &str) -> Address {
        Address {
            kind,
            pubkey: key(1),
            identifier: identifier.to_owned(),
        }
    }

    #[test]
    fn nip52_12_d_title_and_ordered_meetups() {
        let mut calendar = Calendar::of_community(community(), "Chess");
        let (b, a) = (
            address(Kind::MEETUP, "b:1"),
            address(Kind::DATE_MEETUP, "a"),
        );
        assert!(calendar.list(&b, Some("wss://r")) && calendar.list(&a, None));
        assert!(!calendar.list(&b, None), "no duplicates");
        assert!(
            !calendar.list(&address(Kind::COMMUNITY_METADATA, "x"), None),
            "meetups only"
        );
        assert_eq!(
            calendar.draft().unwrap().tags,
            tags(&[
                &["d", COMMUNITY],
                &["title", "Chess"],
                &["a", &b.to_string(), "wss://r"],
                &["a", &a.to_string()]
            ])
        );
        assert_eq!(calendar.meetups(), [b.clone(), a.clone()]);
        assert!(calendar.unlist(&b) && !calendar.unlist(&b));
        assert_eq!(calendar.meetups(), [a]);
    }

    #[test]
    fn nip51_09_a_calendar_is_a_set_with_image_and_description_tags_kept() {
        let list: &[&[&str]] = &[
            &["d", "c"],
            &["title", "T"],
            &["image", "i"],
            &["description", "x"],
        ];
        let calendar = Calendar::read(&event(Kind::CALENDAR, tags(list), "")).unwrap();
        assert_eq!(calendar.tags(), tags(list));
    }

    #[test]
    fn nip51_03_an_edit_keeps_everything_else() {
        let first = address(Kind::MEETUP, "1").to_string();
        let list: &[&[&str]] = &[
            &["x"],
            &["a", &first, "", "odd"],
            &["d", "cal"],
            &["title", "T"],
            &["a", "30023:rubbish"],
        ];
        let mut calendar = Calendar::read(&event(Kind::CALENDAR, tags(list), "text")).unwrap();
        assert_eq!(calendar.address().identifier, "cal");
        calendar.list(&address(Kind::MEETUP, "2"), None);
        let draft = calendar.replacement(0).unwrap();
        assert!(draft.tags.starts_with(&tags(list)));
        assert_eq!((draft.tags.len(), draft.content.as_str()), (6, "text"));
        assert_eq!(calendar.meetups().len(), 2);
    }

    #[test]
    fn nip51_04_a_calendar_needs_a_title() {
        assert_eq!(
            Calendar::new("x", " ").draft(),
            Err(BuildError::Blank("title"))
        );
    }

    proptest! {
        #[test]
        fn build_read_build(
            identifier in testing::text(), title in testing::title(), meetups in proptest::collection::vec(testing::text(), 0..5),
            unknown in testing::unknown_tags(), description in testing::text(),
        ) {
            let mut calendar = Calendar::new(identifier, &title);
            for meetup in &meetups {
                calendar.list(&address(Kind::MEETUP, meetup), None);
            }
            for tag in unknown {
                calendar.tags.append(tag);
            }
            calendar.set_description(description);
            let draft = calendar.draft().unwrap();
            let read = Calendar::read(&publish(&draft, 1, 5)).unwrap();
            prop_assert_eq!(&read.note, &calendar);
            prop_assert_eq!(read.draft().unwrap(), draft);
        }
    }
}
