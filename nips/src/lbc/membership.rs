//! What a person is to a community, from the owner's lists and the person's own follow list, and
//! what the owner can do about it. Pure functions; who fetches the lists is not known here.

use super::{MemberList, MuteList};
use crate::PublicKey;

/// What a person is to a community (LBC-50, D7 to D10).
///
/// ```
/// use kith_nips::lbc::{Membership, membership};
/// assert_eq!(membership(false, false, true, true), Membership::Member);
/// assert!(!Membership::Lapsed.is_member());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Membership {
    /// Signed the community. Always this, whatever the lists say (D10).
    Owner,
    /// On the block list: this wins over everything else, following or not (D7, D8).
    Muted,
    /// On the member list and following.
    Member,
    /// On the member list, not (or no longer) following: not counted as a member (D9).
    Lapsed,
    /// Following only.
    Follower,
    /// None of these.
    Visitor,
}

impl Membership {
    /// Whether the person counts as a member: owner or member (D9, D10).
    pub fn is_member(self) -> bool {
        matches!(self, Membership::Owner | Membership::Member)
    }
}

/// The state of one person. A list that is missing means "not on it" (LBC-50).
///
/// ```
/// use kith_nips::lbc::{Membership, membership};
/// // Unfollowing does not unmute.
/// assert_eq!(membership(false, true, true, false), Membership::Muted);
/// ```
pub fn membership(
    is_owner: bool,
    on_block_list: bool,
    on_member_list: bool,
    follows: bool,
) -> Membership {
    match (is_owner, on_block_list, on_member_list, follows) {
        (true, _, _, _) => Membership::Owner,
        (false, true, _, _) => Membership::Muted,
        (false, false, true, true) => Membership::Member,
        (false, false, true, false) => Membership::Lapsed,
        (false, false, false, true) => Membership::Follower,
        (false, false, false, false) => Membership::Visitor,
    }
}

/// The lists that an action of the owner changes, as they are to be written. `None` = as before:
/// do not write it (LBC-51).
///
/// ```
/// use kith_nips::lbc::{MemberList, MuteList, mute};
/// use kith_nips::{EventId, PublicKey};
/// let community = EventId::from_bytes([1; 32]);
/// let person = PublicKey::from_bytes([3; 32]);
/// let changes = mute(person, &MemberList::new(community), &MuteList::new(community));
/// assert!(changes.members.is_none(), "was no member");
/// assert!(changes.muted.expect("changed").contains(person));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListChanges {
    /// The new member list.
    pub members: Option<MemberList>,
    /// The new block list.
    pub muted: Option<MuteList>,
}

impl ListChanges {
    /// Whether nothing has to be written.
    pub fn is_empty(&self) -> bool {
        self.members.is_none() && self.muted.is_none()
    }
}

/// Makes a person a member: adds to the member list, nothing else. A muted person stays muted (D8)
/// until they are unmuted. Like its siblings it takes lists in their newest versions (LBC-51).
///
/// ```
/// use kith_nips::lbc::{MemberList, approve};
/// use kith_nips::{EventId, PublicKey};
/// let members = MemberList::new(EventId::from_bytes([1; 32]));
/// let changes = approve(PublicKey::from_bytes([3; 32]), &members);
/// assert!(changes.members.is_some() && changes.muted.is_none());
/// ```
pub fn approve(person: PublicKey, members: &MemberList) -> ListChanges {
    ListChanges {
        members: with(members, |list| list.add(person)),
        muted: None,
    }
}

/// Ends a membership: removes from the member list, nothing else.
///
/// ```
/// use kith_nips::lbc::{MemberList, remove};
/// use kith_nips::{EventId, PublicKey};
/// let members = MemberList::new(EventId::from_bytes([1; 32]));
/// let changes = remove(PublicKey::from_bytes([3; 32]), &members);
/// assert!(changes.is_empty(), "was no member");
/// ```
pub fn remove(person: PublicKey, members: &MemberList) -> ListChanges {
    ListChanges {
        members: with(members, |list| list.remove(person)),
        muted: None,
    }
}

/// Mutes a person: adds to the block list and removes from the member list.
///
/// ```
/// use kith_nips::lbc::{MemberList, MuteList, mute};
/// use kith_nips::{EventId, PublicKey};
/// let community = EventId::from_bytes([1; 32]);
/// let person = PublicKey::from_bytes([3; 32]);
/// let mut members = MemberList::new(community);
/// members.add(person);
/// let changes = mute(person, &members, &MuteList::new(community));
/// assert!(changes.members.is_some() && changes.muted.is_some());
/// ```
pub fn mute(person: PublicKey, members: &MemberList, muted: &MuteList) -> ListChanges {
    ListChanges {
        members: with(members, |list| list.remove(person)),
        muted: with(muted, |list| list.add(person)),
    }
}

/// Mutes a person as [`mute`] does, and says why (`nips/extensions.md`). Of somebody who is muted already
/// the reason changes.
///
/// ```
/// use kith_nips::lbc::{MemberList, MuteList, mute_because};
/// use kith_nips::{EventId, PublicKey};
/// let community = EventId::from_bytes([1; 32]);
/// let (members, muted) = (MemberList::new(community), MuteList::new(community));
/// let person = PublicKey::from_bytes([3; 32]);
/// let changes = mute_because(person, "spam", &members, &muted);
/// assert_eq!(changes.muted.expect("changed").reason(person), Some("spam"));
/// ```
pub fn mute_because(
    person: PublicKey,
    reason: &str,
    members: &MemberList,
    muted: &MuteList,
) -> ListChanges {
    ListChanges {
        members: with(members, |list| list.remove(person)),
        muted: with(muted, |list| {
            let is_new = list.add(person);
            list.set_reason(person, reason) || is_new
        }),
    }
}

/// Unmutes a person: removes from the block list only. They are what they follow again, not a
/// member.
///
/// ```
/// use kith_nips::lbc::{MuteList, unmute};
/// use kith_nips::{EventId, PublicKey};
/// let person = PublicKey::from_bytes([3; 32]);
/// let mut muted = MuteList::new(EventId::from_bytes([1; 32]));
/// muted.add(person);
/// let changes = unmute(person, &muted);
/// assert!(changes.members.is_none() && changes.muted.is_some());
/// ```
pub fn unmute(person: PublicKey, muted: &MuteList) -> ListChanges {
    ListChanges {
        members: None,
        muted: with(muted, |list| list.remove(person)),
    }
}

/// The list after the change, if there was one.
fn with<L: Clone>(list: &L, change: impl FnOnce(&mut L) -> bool) -> Option<L> {
    let mut changed = list.clone();
    change(&mut changed).then_some(changed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lbc::testing::{community, key};

    #[test]
    fn lbc_50_all_16_combinations() {
        use Membership::{Follower, Lapsed, Member, Muted, Owner, Visitor};
        // Written out from the table: bits are owner, block list, member list, follows.
        let expected = [
            Visitor, Follower, Lapsed, Member, Muted, Muted, Muted, Muted, // not the owner
            Owner, Owner, Owner, Owner, Owner, Owner, Owner, Owner,
        ];
        for (bits, expected) in expected.into_iter().enumerate() {
            let bit = |position: usize| bits >> position & 1 == 1;
            let found = membership(bit(3), bit(2), bit(1), bit(0));
            assert_eq!(
                found,
                expected,
                "owner {} blocked {} member {} follows {}",
                bit(3),
                bit(2),
                bit(1),
                bit(0)
            );
        }
    }

    #[test]
    fn lbc_51_each_action_changes_the_fewest_lists() {
        let person = key(5);
        let (mut members, mut muted) = (MemberList::new(community()), MuteList::new(community()));
        let lists = |changes: &ListChanges| (changes.members.is_some(), changes.muted.is_some());

        let approved = approve(person, &members);
        assert_eq!(lists(&approved), (true, false));
        members = approved.members.unwrap();
        assert!(approve(person, &members).is_empty(), "a member already");
        assert_eq!(lists(&remove(person, &members)), (true, false));

        let both = mute(person, &members, &muted);
        assert_eq!(lists(&both), (true, true));
        (members, muted) = (both.members.unwrap(), both.muted.unwrap());
        assert!(!members.contains(person) && muted.contains(person));
        assert!(mute(person, &members, &muted).is_empty(), "muted already");
        assert!(remove(person, &members).is_empty());

        let unmuted = unmute(person, &muted);
        assert_eq!(lists(&unmuted), (false, true));
        assert!(!unmuted.muted.unwrap().contains(person));
    }

    #[derive(Clone, Copy, Debug)]
    enum Action {
        Approve,
        Remove,
        Mute,
        Unmute,
    }

    proptest! {
        #[test]
        fn lbc_50_block_list_wins_and_owner_always_wins(owner: bool, blocked: bool, member: bool, follows: bool) {
            let state = membership(owner, blocked, member, follows);
            prop_assert_eq!(state == Membership::Owner, owner);
            prop_assert_eq!(state == Membership::Muted, !owner && blocked);
            prop_assert_eq!(state.is_member(), owner || (!blocked && member && follows));
        }

        #[test]
        fn lbc_51_any_sequence_of_actions_ends_in_the_last_ones_state(
            actions in proptest::collection::vec((prop_oneof![
                Just(Action::Approve), Just(Action::Remove), Just(Action::Mute), Just(Action::Unmute)
            ], 0..3u8), 0..30)
        ) {
            let (mut members, mut muted) = (MemberList::new(community()), MuteList::new(community()));
            for (action, person) in actions {
                let person = key(person);
                let apply = |members: &MemberList, muted: &MuteList| match action {
                    Action::Approve => approve(person, members),
                    Action::Remove => remove(person, members),
                    Action::Mute => mute(person, members, muted),
                    Action::Unmute => unmute(person, muted),
                };
                let changes = apply(&members, &muted);
                members = changes.members.unwrap_or(members);
                muted = changes.muted.unwrap_or(muted);
                let holds = match action {
                    Action::Approve => members.contains(person),
                    Action::Remove => !members.contains(person),
                    Action::Mute => muted.contains(person) && !members.contains(person),
                    Action::Unmute => !muted.contains(person),
                };
                prop_assert!(holds, "{:?}", action);
                prop_assert!(apply(&members, &muted).is_empty(), "the same again changes nothing");
            }
        }
    }
}
