//! Closing a community and deleting a meetup: the deletion requests (kind 5, NIP-09) that say so.

use std::collections::BTreeSet;

use super::tag_list::tag;
use super::{Community, Meetup, Published, address};
use crate::nip01::Draft;
use crate::{Address, Kind};

/// An addressable note that is to be deleted, with the time of its newest version: a request only
/// covers versions up to its own time (NIP-09).
///
/// ```
/// use kith_nips::lbc::{DatedAddress, address};
/// use kith_nips::{EventId, PublicKey};
/// let address = address::calendar(PublicKey::from_bytes([2; 32]), EventId::from_bytes([1; 32]));
/// let dated = DatedAddress { address, created_at: 1_700_000_000 };
/// assert_eq!(dated.created_at, 1_700_000_000);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedAddress {
    /// What is to be deleted.
    pub address: Address,
    /// Time of its newest version, Unix seconds.
    pub created_at: u64,
}

impl From<&Published<Meetup>> for DatedAddress {
    fn from(meetup: &Published<Meetup>) -> DatedAddress {
        DatedAddress {
            address: meetup.address(),
            created_at: meetup.created_at,
        }
    }
}

/// The request that closes a community (LBC-06): `e` for the 1037, `a` for metadata, both lists,
/// the calendar, and the owner's own notes in `notes` (official meetups above all), one `k` per
/// kind (NIP09-15). Notes of other people are not the owner's to delete and are left out. `now` in
/// Unix seconds.
///
/// ```
/// use kith_nips::lbc::{Community, Note, close_community};
/// # let keys = nostr::Keys::generate();
/// let community = Community::read(&Community::new("").draft()?.sign(&keys, 1_700_000_000)?)?;
/// let request = close_community(&community, &[], "We moved", 1_700_000_500);
/// assert_eq!(request.kind.as_u16(), 5);
/// assert_eq!(request.tags[0], ["e".to_owned(), community.id.to_string()]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn close_community(
    community: &Published<Community>,
    notes: &[DatedAddress],
    reason: &str,
    now: u64,
) -> Draft {
    let (owner, id) = (community.owner(), community.id);
    let mut addresses = vec![
        address::metadata(owner, id),
        address::member_list(owner, id),
        address::mute_list(owner, id),
        address::calendar(owner, id),
    ];
    let mut created_at = now.max(community.created_at);
    for note in notes.iter().filter(|note| note.address.pubkey == owner) {
        created_at = created_at.max(note.created_at);
        if !addresses.contains(&note.address) {
            addresses.push(note.address.clone());
        }
    }
    let mut kinds = BTreeSet::from([Kind::COMMUNITY]);
    kinds.extend(addresses.iter().map(|address| address.kind));
    let mut tags = vec![tag(["e", &id.to_string()])];
    tags.extend(
        addresses
            .iter()
            .map(|address| tag(["a", &address.to_string()])),
    );
    tags.extend(kinds.iter().map(|kind| tag(["k", &kind.to_string()])));
    Draft {
        kind: Kind::DELETION,
        created_at: Some(created_at),
        tags,
        content: reason.to_owned(),
    }
}

/// The request that deletes a meetup: by address and by version, with its kind (NIP52-20). People
/// who answered see a cancelled meetup more clearly: see [`Meetup::cancel`]. `now` in Unix seconds.
///
/// ```
/// use kith_nips::lbc::{CommunityReference, Meetup, Note, delete_meetup};
/// use kith_nips::nip52::{TimeSpan, When};
/// # let keys = nostr::Keys::generate();
/// let community = CommunityReference::new(kith_nips::EventId::from_bytes([1; 32]), keys.public_key().into());
/// let when = When::timed(TimeSpan::new(1_796_322_600, None)?);
/// let draft = Meetup::new(community, &"chess".parse()?, "Chess", when).draft()?;
/// let meetup = Meetup::read(&draft.sign(&keys, 1_700_000_000)?)?;
/// let request = delete_meetup(&meetup, "", 1_700_000_500);
/// assert_eq!(request.tags[0], ["a".to_owned(), meetup.address().to_string()]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn delete_meetup(meetup: &Published<Meetup>, reason: &str, now: u64) -> Draft {
    let tags = vec![
        tag(["a", &meetup.address().to_string()]),
        tag(["e", &meetup.id.to_string()]),
        tag(["k", &meetup.kind.to_string()]),
    ];
    Draft {
        kind: Kind::DELETION,
        created_at: Some(now.max(meetup.created_at)),
        tags,
        content: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::testing::{key, publish, tags};
    use crate::lbc::{CommunityReference, Note, Slug};
    use crate::nip52::{TimeSpan, When};

    fn meetup_by(
        author: u8,
        community: &Published<Community>,
        created_at: u64,
    ) -> Published<Meetup> {
        let slug: Slug = "slug".parse().unwrap();
        let when = When::timed(TimeSpan::new(9_000, None).unwrap());
        let reference = CommunityReference::new(community.id, community.owner());
        let draft = Meetup::new(reference, &slug, "Chess", when)
            .draft()
            .unwrap();
        Meetup::read(&publish(&draft, author, created_at)).unwrap()
    }

    #[test]
    fn lbc_06_closing_names_everything_of_the_owner_and_nothing_of_others() {
        let community =
            Community::read(&publish(&Community::new("").draft().unwrap(), 1, 5)).unwrap();
        let (own, foreign) = (meetup_by(1, &community, 700), meetup_by(2, &community, 900));
        let notes = [
            DatedAddress::from(&own),
            DatedAddress::from(&foreign),
            DatedAddress::from(&own),
        ];
        let request = close_community(&community, &notes, "moved", 600);
        let (id, owner) = (community.id.to_string(), key(1).to_string());
        assert_eq!(
            request.tags,
            tags(&[
                &["e", &id],
                &["a", &format!("30037:{owner}:{id}")],
                &["a", &format!("30000:{owner}:{id}")],
                &["a", &format!("30000:{owner}:{id}:blocked")],
                &["a", &format!("31924:{owner}:{id}")],
                &["a", &format!("31923:{owner}:{id}:slug")],
                &["k", "1037"],
                &["k", "30000"],
                &["k", "30037"],
                &["k", "31923"],
                &["k", "31924"],
            ])
        );
        assert_eq!(request.content, "moved");
        assert_eq!(
            request.created_at,
            Some(700),
            "covers the version that is newer than the clock"
        );
    }

    #[test]
    fn nip52_20_a_meetup_is_deleted_by_address_and_version() {
        let community =
            Community::read(&publish(&Community::new("").draft().unwrap(), 1, 5)).unwrap();
        let meetup = meetup_by(1, &community, 700);
        let request = delete_meetup(&meetup, "", 800);
        let (address, id) = (meetup.address().to_string(), meetup.id.to_string());
        assert_eq!(
            request.tags,
            tags(&[&["a", &address], &["e", &id], &["k", "31923"]])
        );
        assert_eq!(request.created_at, Some(800));
    }
}
