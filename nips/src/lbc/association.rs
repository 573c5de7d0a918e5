//! To which community a calendar event belongs (LBC-23 to LBC-25, D2, D3), and whether it is
//! official there (LBC-27, D4). Pure: what is known about communities and calendars is passed in.

use super::{Calendar, Meetup, Published, address};
use crate::{Event, EventId, PublicKey};

/// A community whose 1037 is known, with the owner that it proves.
///
/// ```
/// use kith_nips::{EventId, PublicKey, lbc::KnownCommunity};
/// let known = KnownCommunity { id: EventId::from_bytes([1; 32]), owner: PublicKey::from_bytes([2; 32]) };
/// assert_ne!(known.id.to_string(), known.owner.to_string());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KnownCommunity {
    /// The community id.
    pub id: EventId,
    /// The author of its 1037.
    pub owner: PublicKey,
}

/// To which communities a calendar event belongs.
///
/// ```
/// use kith_nips::lbc::{Association, association};
/// use kith_nips::{EventId, Kind, PublicKey, nip01::Draft};
/// # let keys = nostr::Keys::generate();
/// let (community, owner) = (EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// let tags = vec![vec!["d".into(), "1698431400".into()], vec!["e".into(), community.to_string()]];
/// let draft = Draft { kind: Kind::MEETUP, created_at: None, tags, content: String::new() };
/// let event = draft.sign(&keys, 1_700_000_000)?;
/// let found = association(&event, |id| (id == community).then_some(owner));
/// assert_eq!(found.community(), Some(community));
/// assert_eq!(association(&event, |_| None), Association::Unknown(community));
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Association {
    /// To these, at least one: every `e` that names a known 1037 (D3), or the `d` when there is no
    /// `e` at all (LBC-24).
    Known(Vec<KnownCommunity>),
    /// It names this one, whose 1037 is not known (yet).
    Unknown(EventId),
    /// Its `d` starts with a known community that no `e` names, while an `e` names another one: it
    /// belongs to neither (LBC-25).
    Conflict,
    /// It names no community.
    None,
}

impl Association {
    /// The first community, known or not.
    pub fn community(&self) -> Option<EventId> {
        match self {
            Association::Known(communities) => communities.first().map(|community| community.id),
            Association::Unknown(id) => Some(*id),
            Association::Conflict | Association::None => None,
        }
    }

    /// Whether it belongs to this community.
    pub fn includes(&self, community: EventId) -> bool {
        match self {
            Association::Known(communities) => {
                communities.iter().any(|known| known.id == community)
            }
            Association::Unknown(id) => *id == community,
            Association::Conflict | Association::None => false,
        }
    }
}

/// To which communities `event` belongs. `owner_of` gives the author of a 1037 that is known.
///
/// An `e` counts before the `d`: by D2 the `d` may have any form. Order of arrival does not matter:
/// the same event with the same known communities always gives the same answer.
///
/// ```
/// use kith_nips::lbc::{Association, association};
/// use kith_nips::{EventId, Kind, PublicKey, nip01::Draft};
/// # let keys = nostr::Keys::generate();
/// // The `d` names one community, the `e` another: it belongs to neither.
/// let (one, two) = (EventId::from_bytes([1; 32]), EventId::from_bytes([2; 32]));
/// let tags = vec![vec!["d".into(), format!("{one}:chess")], vec!["e".into(), two.to_string()]];
/// let draft = Draft { kind: Kind::MEETUP, created_at: None, tags, content: String::new() };
/// let event = draft.sign(&keys, 1_700_000_000)?;
/// let found = association(&event, |_| Some(PublicKey::from_bytes([3; 32])));
/// assert_eq!(found, Association::Conflict);
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
pub fn association(event: &Event, owner_of: impl Fn(EventId) -> Option<PublicKey>) -> Association {
    let named: Vec<EventId> = event
        .tags()
        .named("e")
        .filter_map(|tag| tag.value()?.parse().ok())
        .collect();
    let in_identifier = address::community_in_identifier(event.identifier());
    let Some(first) = named.first() else {
        return match in_identifier {
            Some(id) => owner_of(id).map_or(Association::Unknown(id), |owner| {
                Association::Known(vec![KnownCommunity { id, owner }])
            }),
            None => Association::None,
        };
    };
    let is_conflict =
        in_identifier.is_some_and(|id| !named.contains(&id) && owner_of(id).is_some());
    if is_conflict {
        return Association::Conflict;
    }
    let mut known: Vec<KnownCommunity> = Vec::new();
    for id in &named {
        let is_new = known.iter().all(|community| community.id != *id);
        known.extend(
            owner_of(*id)
                .filter(|_| is_new)
                .map(|owner| KnownCommunity { id: *id, owner }),
        );
    }
    if known.is_empty() {
        Association::Unknown(*first)
    } else {
        Association::Known(known)
    }
}

/// Whether a meetup is the community's own or somebody's suggestion (D4).
///
/// ```
/// assert_ne!(kith_nips::lbc::Standing::Official, kith_nips::lbc::Standing::Proposal);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// By the owner, or listed in the owner's calendar.
    Official,
    /// By somebody else, and not (or no longer) listed.
    Proposal,
}

/// The standing of a meetup that [belongs](association) to `community`. `calendar` is the newest
/// kind 31924 at [`address::calendar`]; one by another author or of another identifier counts for
/// nothing. Taken from the list again, a meetup is a proposal again (LBC-27).
///
/// ```
/// use kith_nips::lbc::{CommunityReference, KnownCommunity, Meetup, Note, Standing, standing};
/// use kith_nips::nip52::{TimeSpan, When};
/// use kith_nips::EventId;
/// # let keys = nostr::Keys::generate();
/// let owner = keys.public_key().into();
/// let community = KnownCommunity { id: EventId::from_bytes([1; 32]), owner };
/// let when = When::timed(TimeSpan::new(1_796_322_600, None)?);
/// let reference = CommunityReference::new(community.id, owner);
/// let draft = Meetup::new(reference, &"chess".parse()?, "Chess", when).draft()?;
/// let meetup = Meetup::read(&draft.sign(&keys, 1_700_000_000)?)?;
/// assert_eq!(standing(&meetup, community, None), Standing::Official);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn standing(
    meetup: &Published<Meetup>,
    community: KnownCommunity,
    calendar: Option<&Published<Calendar>>,
) -> Standing {
    let is_listed = calendar.is_some_and(|calendar| {
        calendar.address() == address::calendar(community.owner, community.id)
            && calendar.lists(&meetup.address())
    });
    if meetup.author == community.owner || is_listed {
        Standing::Official
    } else {
        Standing::Proposal
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;
    use crate::lbc::testing::{event, id, key, publish_by};
    use crate::lbc::{CommunityReference, Note};
    use crate::nip52::{TimeSpan, When};

    /// Communities 1 and 2 are known, owned by keys 11 and 12.
    fn owner_of(community: EventId) -> Option<PublicKey> {
        [(id(1), key(11)), (id(2), key(12))]
            .into_iter()
            .find(|(id, _)| *id == community)
            .map(|(_, owner)| owner)
    }

    fn known(numbers: &[u8]) -> Association {
        let communities = numbers.iter().map(|number| KnownCommunity {
            id: id(*number),
            owner: key(10 + number),
        });
        Association::Known(communities.collect())
    }

    fn check(identifier: &str, references: &[EventId], expected: Association) {
        let mut tags = vec![vec!["d".to_owned(), identifier.to_owned()]];
        tags.extend(
            references
                .iter()
                .map(|id| vec!["e".to_owned(), id.to_string()]),
        );
        let found = association(&event(Kind::MEETUP, tags, ""), owner_of);
        assert_eq!(found, expected, "{identifier} {references:?}");
    }

    #[test]
    fn lbc_23_the_e_tag_is_the_association_whatever_d_is() {
        check("1698431400", &[id(1)], known(&[1]));
        check(&format!("{}:a", id(1)), &[id(1)], known(&[1]));
        check("", &[id(9)], Association::Unknown(id(9)));
    }

    #[test]
    fn lbc_23_every_known_e_counts_else_the_first() {
        check("x", &[id(9), id(2), id(1), id(2)], known(&[2, 1]));
        check("x", &[id(9), id(8)], Association::Unknown(id(9)));
    }

    #[test]
    fn lbc_24_without_e_the_identifier_names_it() {
        check(&id(1).to_string(), &[], known(&[1]));
        check(&format!("{}:slug", id(1)), &[], known(&[1]));
        check(&format!("{}:slug", id(9)), &[], Association::Unknown(id(9)));
        check("slug", &[], Association::None);
    }

    #[test]
    fn lbc_25_d_and_e_that_disagree_belong_to_nothing() {
        check(&format!("{}:slug", id(1)), &[id(2)], Association::Conflict);
        check(&id(1).to_string(), &[id(2)], Association::Conflict);
        check(&id(1).to_string(), &[id(9)], Association::Conflict);
        check(&format!("{}:slug", id(1)), &[id(2), id(1)], known(&[2, 1]));
        check(&format!("{}:slug", id(9)), &[id(2)], known(&[2]));
        assert_eq!(Association::Conflict.community(), None);
    }

    #[test]
    fn lbc_25_malformed_e_names_nothing() {
        let tags = vec![
            vec!["d".to_owned(), id(1).to_string()],
            vec!["e".to_owned(), "rubbish".to_owned()],
            vec!["e".to_owned()],
        ];
        assert_eq!(
            association(&event(Kind::MEETUP, tags, ""), owner_of),
            known(&[1])
        );
    }

    fn meetup_by(author: u8) -> Published<Meetup> {
        let when = When::timed(TimeSpan::new(100, Some(200)).unwrap());
        let meetup = Meetup::new(
            CommunityReference::new(id(1), key(11)),
            &"slug".parse().unwrap(),
            "Chess",
            when,
        );
        Meetup::read(&publish_by(&meetup.draft().unwrap(), key(author), 5)).unwrap()
    }

    fn calendar_by(
        author: u8,
        community: EventId,
        listed: &[&Published<Meetup>],
    ) -> Published<Calendar> {
        let mut calendar = Calendar::of_community(community, "Calendar");
        for meetup in listed {
            calendar.list(&meetup.address(), None);
        }
        Calendar::read(&publish_by(&calendar.draft().unwrap(), key(author), 5)).unwrap()
    }

    #[test]
    fn nip52_11_a_request_for_inclusion_alone_makes_nothing_official() {
        let community = KnownCommunity {
            id: id(1),
            owner: key(11),
        };
        let mut asking = meetup_by(20);
        asking.request_inclusion(key(11), id(1), None);
        let asking = Meetup::read(&publish_by(&asking.draft().unwrap(), key(20), 6)).unwrap();
        let empty = calendar_by(11, id(1), &[]);
        assert_eq!(
            standing(&asking, community, Some(&empty)),
            Standing::Proposal
        );
        let listing = calendar_by(11, id(1), &[&asking]);
        assert_eq!(
            standing(&asking, community, Some(&listing)),
            Standing::Official
        );
    }

    #[test]
    fn lbc_27_owner_official_others_by_the_owners_calendar() {
        let community = KnownCommunity {
            id: id(1),
            owner: key(11),
        };
        let proposal = meetup_by(20);
        assert_eq!(
            standing(&meetup_by(11), community, None),
            Standing::Official
        );
        assert_eq!(standing(&proposal, community, None), Standing::Proposal);
        let cases = [
            (calendar_by(11, id(1), &[&proposal]), Standing::Official),
            (calendar_by(11, id(1), &[]), Standing::Proposal),
            (calendar_by(20, id(1), &[&proposal]), Standing::Proposal),
            (calendar_by(11, id(2), &[&proposal]), Standing::Proposal),
        ];
        for (calendar, expected) in cases {
            assert_eq!(standing(&proposal, community, Some(&calendar)), expected);
        }
    }
}
