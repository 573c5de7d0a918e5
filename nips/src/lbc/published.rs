//! What every note has beside its content: id, author, time; and which of several versions counts.
//! Knows nothing of any single note.

use std::cmp::Reverse;
use std::ops::{Deref, DerefMut};

use super::BuildError;
use crate::nip01::Draft;
use crate::{Address, Event, EventId, Kind, PublicKey};

/// A note that can be written: its content and tags, complete, still without author and time.
///
/// ```
/// use kith_nips::lbc::{Community, Note};
/// let draft = Community::new("Open-air chess").draft()?;
/// assert_eq!(draft.kind.as_u16(), 1037);
/// # Ok::<(), kith_nips::lbc::BuildError>(())
/// ```
pub trait Note {
    /// The event to sign; `created_at` is left open ("now") unless the note demands a time.
    ///
    /// # Errors
    /// What the note needs and does not have.
    fn draft(&self) -> Result<Draft, BuildError>;
}

/// A note of which only the newest version counts: replaceable and addressable kinds (NIP-01), and
/// the metadata of a channel (NIP28-02).
///
/// ```
/// use kith_nips::lbc::{BuildError, Published, Versioned};
/// use kith_nips::nip01::Draft;
/// fn next<T: Versioned>(current: &Published<T>, now: u64) -> Result<Draft, BuildError> {
///     current.replacement(now)
/// }
/// ```
pub trait Versioned: Note {}

/// A note as it was read from an event. Behaves as the note itself; beside it stand the facts of
/// the event.
///
/// ```
/// use kith_nips::lbc::{FollowList, Note};
/// # let keys = nostr::Keys::generate();
/// let event = FollowList::new().draft()?.sign(&keys, 1_700_000_000)?;
/// let mut follows = FollowList::read(&event)?;
/// assert_eq!(follows.created_at, 1_700_000_000);
/// follows.set_status("back in town");
/// // The clock of this machine is behind: the new version wins all the same (NIP01-108).
/// assert_eq!(follows.replacement(1_600_000_000)?.created_at, Some(1_700_000_001));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published<T> {
    /// Id of the event: the version of the note.
    pub id: EventId,
    /// Who signed it.
    pub author: PublicKey,
    /// Unix seconds.
    pub created_at: u64,
    /// The event's kind.
    pub kind: Kind,
    /// The note.
    pub note: T,
}

impl<T> Published<T> {
    pub(crate) fn of(event: &Event, note: T) -> Published<T> {
        Published {
            id: event.id(),
            author: event.pubkey(),
            created_at: event.created_at(),
            kind: event.kind(),
            note,
        }
    }

    pub(crate) fn address_of(&self, identifier: &str) -> Address {
        Address {
            kind: self.kind,
            pubkey: self.author,
            identifier: identifier.to_owned(),
        }
    }

    /// Whether this version takes the place of `other` (same address assumed): newer, or of the
    /// same second with the lower id (NIP01-50, NIP01-52).
    pub fn replaces(&self, other: &Published<T>) -> bool {
        self.rank() > other.rank()
    }

    fn rank(&self) -> (u64, Reverse<EventId>) {
        (self.created_at, Reverse(self.id))
    }
}

impl<T: Versioned> Published<T> {
    /// The draft of the next version, dated max(`now`, this version + 1) so that it wins
    /// (NIP01-108). `now` in Unix seconds.
    ///
    /// # Errors
    /// As [`Note::draft`].
    pub fn replacement(&self, now: u64) -> Result<Draft, BuildError> {
        let mut draft = self.note.draft()?;
        draft.created_at = Some(created_at_after(self.created_at, now));
        Ok(draft)
    }
}

impl<T> Deref for Published<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.note
    }
}

impl<T> DerefMut for Published<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.note
    }
}

/// The version that counts among versions of one address (NIP01-104), whatever their order.
///
/// ```
/// use kith_nips::lbc::{FollowList, Note, newest};
/// # let keys = nostr::Keys::generate();
/// let draft = FollowList::new().draft()?;
/// let old = FollowList::read(&draft.sign(&keys, 1_700_000_000)?)?;
/// let new = FollowList::read(&draft.sign(&keys, 1_700_000_001)?)?;
/// assert_eq!(newest([&new, &old]), Some(&new));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn newest<'a, T>(
    versions: impl IntoIterator<Item = &'a Published<T>>,
) -> Option<&'a Published<T>> {
    versions.into_iter().max_by_key(|version| version.rank())
}

/// The time of a version that must win against one made at `previous`: max(now, previous + 1)
/// (NIP01-108). Unix seconds.
///
/// ```
/// use kith_nips::lbc::created_at_after;
/// assert_eq!(created_at_after(100, 200), 200);
/// assert_eq!(created_at_after(200, 200), 201);
/// ```
pub fn created_at_after(previous: u64, now: u64) -> u64 {
    now.max(previous.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::FollowList;
    use crate::lbc::testing::publish;

    #[test]
    fn nip01_108_a_replacement_is_newer_than_what_it_replaces() {
        for (previous, now, expected) in [
            (100, 50, 101),
            (100, 100, 101),
            (100, 101, 101),
            (100, 500, 500),
        ] {
            let list = publish(&FollowList::new().draft().unwrap(), 1, previous);
            let list = FollowList::read(&list).unwrap();
            assert_eq!(list.replacement(now).unwrap().created_at, Some(expected));
        }
    }

    #[test]
    fn nip01_104_newest_version_counts_and_ties_go_to_the_lowest_id() {
        let version = |created_at, id: u8| Published {
            id: EventId::from_bytes([id; 32]),
            author: PublicKey::from_bytes([1; 32]),
            created_at,
            kind: Kind::COMMUNITY_FOLLOWS,
            note: (),
        };
        let (old, low, high) = (version(1, 0), version(2, 1), version(2, 2));
        for order in [
            [&old, &low, &high],
            [&high, &low, &old],
            [&low, &old, &high],
        ] {
            assert_eq!(newest(order).unwrap().id, low.id);
        }
        assert!(low.replaces(&high) && high.replaces(&old) && !low.replaces(&low));
    }
}
