//! Where the notes of a community live: the addresses that follow from a community id and its
//! owner. Knows identifiers, not contents.

use crate::{Address, EventId, Kind, PublicKey};

/// What the `d` of the block list has after the community id (LBC-47).
pub(crate) const BLOCKED_SUFFIX: &str = ":blocked";

/// Address of the metadata (kind 30037, LBC-07).
///
/// ```
/// use kith_nips::{EventId, PublicKey, lbc::address};
/// let (id, owner) = (EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// assert_eq!(address::metadata(owner, id).to_string(), format!("30037:{owner}:{id}"));
/// ```
pub fn metadata(owner: PublicKey, community: EventId) -> Address {
    of(Kind::COMMUNITY_METADATA, owner, community.to_string())
}

/// Address of the member list (kind 30000, LBC-47).
///
/// ```
/// use kith_nips::{EventId, PublicKey, lbc::address};
/// let (id, owner) = (EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// assert_eq!(address::member_list(owner, id).to_string(), format!("30000:{owner}:{id}"));
/// ```
pub fn member_list(owner: PublicKey, community: EventId) -> Address {
    of(Kind::PEOPLE_SET, owner, community.to_string())
}

/// Address of the block list (kind 30000, LBC-47).
///
/// ```
/// use kith_nips::{EventId, PublicKey, lbc::address};
/// let (id, owner) = (EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// assert_eq!(address::mute_list(owner, id).to_string(), format!("30000:{owner}:{id}:blocked"));
/// ```
pub fn mute_list(owner: PublicKey, community: EventId) -> Address {
    of(
        Kind::PEOPLE_SET,
        owner,
        format!("{community}{BLOCKED_SUFFIX}"),
    )
}

/// Address of the calendar of official meetups (kind 31924, LBC-27, D4).
///
/// ```
/// use kith_nips::{EventId, PublicKey, lbc::address};
/// let (id, owner) = (EventId::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// assert_eq!(address::calendar(owner, id).to_string(), format!("31924:{owner}:{id}"));
/// ```
pub fn calendar(owner: PublicKey, community: EventId) -> Address {
    of(Kind::CALENDAR, owner, community.to_string())
}

/// Address of a person's list of followed communities (kind 10037); the identifier is empty
/// (NIP01-110).
///
/// ```
/// use kith_nips::{PublicKey, lbc::address};
/// let person = PublicKey::from_bytes([2; 32]);
/// assert_eq!(address::follow_list(person).to_string(), format!("10037:{person}:"));
/// ```
pub fn follow_list(person: PublicKey) -> Address {
    of(Kind::COMMUNITY_FOLLOWS, person, String::new())
}

/// The community id that a meetup's `d` names: the whole of it, or what stands before the first
/// colon (D2, LBC-24).
///
/// ```
/// use kith_nips::{EventId, lbc::address};
/// let id = EventId::from_bytes([1; 32]);
/// assert_eq!(address::community_in_identifier(&format!("{id}:2026-12-meetup")), Some(id));
/// assert_eq!(address::community_in_identifier(&id.to_string()), Some(id));
/// assert_eq!(address::community_in_identifier("1698431400"), None);
/// ```
pub fn community_in_identifier(identifier: &str) -> Option<EventId> {
    let start = identifier
        .split_once(':')
        .map_or(identifier, |(start, _)| start);
    start.parse().ok()
}

fn of(kind: Kind, pubkey: PublicKey, identifier: String) -> Address {
    Address {
        kind,
        pubkey,
        identifier,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::testing::{COMMUNITY, OWNER, community, owner};

    #[test]
    fn lbc_47_list_addresses() {
        assert_eq!(
            member_list(owner(), community()).to_string(),
            format!("30000:{OWNER}:{COMMUNITY}")
        );
        assert_eq!(
            mute_list(owner(), community()).to_string(),
            format!("30000:{OWNER}:{COMMUNITY}:blocked")
        );
    }

    #[test]
    fn nip01_110_follow_lists_keep_the_trailing_colon() {
        assert_eq!(follow_list(owner()).to_string(), format!("10037:{OWNER}:"));
    }

    #[test]
    fn lbc_24_identifiers_name_a_community_whole_or_before_the_colon() {
        let upper = COMMUNITY.to_uppercase();
        for (identifier, found) in [
            (COMMUNITY.to_owned(), true),
            (format!("{COMMUNITY}:"), true),
            (format!("{COMMUNITY}:a:b"), true),
            (format!("{COMMUNITY}-a"), false),
            (format!("x:{COMMUNITY}"), false),
            (upper, false),
            (String::new(), false),
        ] {
            assert_eq!(
                community_in_identifier(&identifier).is_some(),
                found,
                "{identifier}"
            );
        }
    }
}
