//! Kinds and how each is kept (NIP-01). Knows nothing of the events of a kind.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of an event (NIP-01).
///
/// ```
/// use kith_nips::{Kind, StorageClass};
/// assert_eq!(Kind::MEETUP.as_u16(), 31923);
/// assert_eq!(Kind::MEETUP.storage_class(), StorageClass::Addressable);
/// assert_eq!(Kind::new(1).storage_class(), StorageClass::Regular);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Kind(u16);

/// What a relay keeps of the events of a kind (NIP-01).
///
/// ```
/// use kith_nips::{Kind, StorageClass};
/// assert_eq!(Kind::COMMUNITY_FOLLOWS.storage_class(), StorageClass::Replaceable);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StorageClass {
    /// Every event is kept. Kinds outside all ranges of NIP-01 count as regular.
    Regular,
    /// The newest event of an author and kind is kept; `d` tags mean nothing.
    Replaceable,
    /// Passed on to whoever listens, never kept.
    Ephemeral,
    /// The newest event of an author, kind and identifier (first `d` tag) is kept.
    Addressable,
}

impl Kind {
    /// Profile (NIP-01).
    pub const PROFILE: Self = Self(0);
    /// Text note (NIP-10).
    pub const TEXT_NOTE: Self = Self(1);
    /// Follow list (NIP-02).
    pub const FOLLOW_LIST: Self = Self(3);
    /// Private message of the old form (NIP-04).
    pub const ENCRYPTED_MESSAGE: Self = Self(4);
    /// Deletion request (NIP-09).
    pub const DELETION: Self = Self(5);
    /// Repost of a text note (NIP-18).
    pub const REPOST: Self = Self(6);
    /// Seal of a private message (NIP-59); it travels inside a gift wrap only.
    pub const SEAL: Self = Self(13);
    /// Private message (NIP-17); it travels inside a gift wrap only.
    pub const PRIVATE_MESSAGE: Self = Self(14);
    /// File sent as a private message (NIP-17); it travels inside a gift wrap only.
    pub const FILE_MESSAGE: Self = Self(15);
    /// Repost of anything but a text note (NIP-18).
    pub const GENERIC_REPOST: Self = Self(16);
    /// Channel creation (NIP-28).
    pub const CHANNEL: Self = Self(40);
    /// Channel metadata (NIP-28).
    pub const CHANNEL_METADATA: Self = Self(41);
    /// Channel message (NIP-28).
    pub const CHANNEL_MESSAGE: Self = Self(42);
    /// Hide a channel message (NIP-28).
    pub const CHANNEL_HIDE_MESSAGE: Self = Self(43);
    /// Mute a user in a channel (NIP-28).
    pub const CHANNEL_MUTE_USER: Self = Self(44);
    /// Request to vanish (NIP-62).
    pub const VANISH: Self = Self(62);
    /// Community (LBC).
    pub const COMMUNITY: Self = Self(1037);
    /// Gift wrap (NIP-59).
    pub const GIFT_WRAP: Self = Self(1059);
    /// Comment (NIP-22).
    pub const COMMENT: Self = Self(1111);
    /// A relay has a new member (NIP-43).
    pub const MEMBER_ADDED: Self = Self(8000);
    /// A relay has lost a member (NIP-43).
    pub const MEMBER_REMOVED: Self = Self(8001);
    /// Report about an event or a person (NIP-56).
    pub const REPORT: Self = Self(1984);
    /// What a person muted for themselves (NIP-51).
    pub const MUTE_LIST: Self = Self(10000);
    /// Favourite sets of people (NIP-51), and identities elsewhere (NIP-39).
    pub const FAVOURITE_SETS: Self = Self(10011);
    /// Communities that a person follows (LBC).
    pub const COMMUNITY_FOLLOWS: Self = Self(10037);
    /// What a monitor of relays says about itself (NIP-66).
    pub const RELAY_MONITOR: Self = Self(10166);
    /// Relays where somebody receives private messages (NIP-17).
    pub const INBOX_RELAYS: Self = Self(10050);
    /// Relays that somebody writes to and reads from (NIP-65).
    pub const RELAY_LIST: Self = Self(10002);
    /// The members of a relay (NIP-43).
    pub const RELAY_MEMBERS: Self = Self(13534);
    /// Gift wrap that is not kept (NIP-59).
    pub const EPHEMERAL_GIFT_WRAP: Self = Self(21059);
    /// Authentication of a client to a relay (NIP-42).
    pub const AUTHENTICATION: Self = Self(22242);
    /// Request to become a member of a relay (NIP-43).
    pub const JOIN_REQUEST: Self = Self(28934);
    /// Invite code of a relay (NIP-43).
    pub const INVITE: Self = Self(28935);
    /// Request to be a member of a relay no longer (NIP-43).
    pub const LEAVE_REQUEST: Self = Self(28936);
    /// Authorization of an HTTP request (NIP-98).
    pub const HTTP_AUTH: Self = Self(27235);
    /// Named list of people (NIP-51).
    pub const PEOPLE_SET: Self = Self(30000);
    /// What a monitor says about a relay (NIP-66).
    pub const RELAY_DISCOVERY: Self = Self(30166);
    /// Metadata of a community (LBC).
    pub const COMMUNITY_METADATA: Self = Self(30037);
    /// Meetup on whole days (NIP-52, date-based calendar event).
    pub const DATE_MEETUP: Self = Self(31922);
    /// Meetup at a time (NIP-52, time-based calendar event).
    pub const MEETUP: Self = Self(31923);
    /// Calendar (NIP-52).
    pub const CALENDAR: Self = Self(31924);
    /// Answer to a meetup (NIP-52).
    pub const RSVP: Self = Self(31925);
    /// A role that members of a relay may have (NIP-43).
    pub const RELAY_ROLE: Self = Self(33534);

    /// The kind with this number.
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn as_u16(self) -> u16 {
        self.0
    }

    /// What a relay keeps of events of this kind (NIP-01).
    pub const fn storage_class(self) -> StorageClass {
        match self.0 {
            0 | 3 | 10_000..=19_999 => StorageClass::Replaceable,
            20_000..=29_999 => StorageClass::Ephemeral,
            30_000..=39_999 => StorageClass::Addressable,
            _ => StorageClass::Regular,
        }
    }

    /// Reads a kind written as plain decimal digits: no sign, no leading zero, at most 65535.
    pub(crate) fn from_decimal(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'));
        if !plain {
            return None;
        }
        text.parse().ok().map(Self)
    }
}

impl From<u16> for Kind {
    fn from(number: u16) -> Self {
        Self(number)
    }
}

impl From<Kind> for u16 {
    fn from(kind: Kind) -> Self {
        kind.0
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(class: StorageClass, numbers: &[u16]) {
        for number in numbers {
            assert_eq!(Kind::new(*number).storage_class(), class, "kind {number}");
        }
    }

    #[test]
    fn nip01_43_regular_kinds() {
        check(
            StorageClass::Regular,
            &[1, 2, 4, 5, 40, 44, 1000, 1037, 1059, 9999],
        );
    }

    #[test]
    fn nip01_44_replaceable_kinds() {
        check(StorageClass::Replaceable, &[0, 3, 10_000, 10_037, 19_999]);
    }

    #[test]
    fn nip01_45_ephemeral_kinds() {
        check(StorageClass::Ephemeral, &[20_000, 21_059, 22_242, 29_999]);
    }

    #[test]
    fn nip01_46_addressable_kinds() {
        check(StorageClass::Addressable, &[30_000, 30_037, 31_923, 39_999]);
    }

    #[test]
    fn nip01_47_kinds_in_no_range_are_regular() {
        check(
            StorageClass::Regular,
            &[45, 54, 62, 64, 78, 443, 444, 445, 818, 999, 40_000, 65_535],
        );
    }

    #[test]
    fn nip02_01_follow_lists_are_replaceable() {
        check(StorageClass::Replaceable, &[Kind::FOLLOW_LIST.as_u16()]);
    }

    #[test]
    fn decimal_has_one_spelling() {
        assert_eq!(Kind::from_decimal("0"), Some(Kind::PROFILE));
        assert_eq!(Kind::from_decimal("65535"), Some(Kind::new(65_535)));
        for bad in ["", "+1", "-1", "01", "00", "65536", "1.0", " 1", "1e3"] {
            assert_eq!(Kind::from_decimal(bad), None, "{bad:?}");
        }
    }
}
