//! What holds: one immutable value, replaced as a whole. Only questions and reading; what changes
//! it is in `moderation`, `membership` and `names`.

use std::net::IpAddr;

use kith_nips::{EventId, Kind, PublicKey};

use super::listing::List;
use super::{Listing, Membership, Names};

pub(super) const BANNED_KEYS: List<PublicKey> = List {
    collection: "banned-keys",
    of: |standing| &mut standing.banned_keys,
};
pub(super) const ALLOWED_KEYS: List<PublicKey> = List {
    collection: "allowed-keys",
    of: |standing| &mut standing.allowed_keys,
};
pub(super) const BANNED_EVENTS: List<EventId> = List {
    collection: "banned-events",
    of: |standing| &mut standing.banned_events,
};
pub(super) const ALLOWED_EVENTS: List<EventId> = List {
    collection: "allowed-events",
    of: |standing| &mut standing.allowed_events,
};
pub(super) const DISALLOWED_KINDS: List<Kind> = List {
    collection: "disallowed-kinds",
    of: |standing| &mut standing.disallowed_kinds,
};
pub(super) const ALLOWED_KINDS: List<Kind> = List {
    collection: "allowed-kinds",
    of: |standing| &mut standing.allowed_kinds,
};
pub(super) const BLOCKED_ADDRESSES: List<IpAddr> = List {
    collection: "blocked-addresses",
    of: |standing| &mut standing.blocked_addresses,
};

/// Texts about the relay that administrators changed.
pub(super) const RELAY: &str = "relay";
pub(super) const NAME: &str = "name";
pub(super) const DESCRIPTION: &str = "description";
pub(super) const ICON: &str = "icon";

/// Everything that was changed while the relay ran. Clones are cheap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// People whose events are neither taken nor shown.
    pub banned_keys: Listing<PublicKey>,
    /// When there are any, only they and members may write.
    pub allowed_keys: Listing<PublicKey>,
    /// Events that are neither taken nor shown.
    pub banned_events: Listing<EventId>,
    /// Events that a moderator reported and an administrator found to be in order.
    pub allowed_events: Listing<EventId>,
    /// Kinds that are not taken.
    pub disallowed_kinds: Listing<Kind>,
    /// Kinds that were allowed; with `policy.listed_kinds_only` no others are taken.
    pub allowed_kinds: Listing<Kind>,
    /// Addresses that may not connect, in canonical form.
    pub blocked_addresses: Listing<IpAddr>,
    /// In place of `info.name`.
    pub name: Option<String>,
    /// In place of `info.description`.
    pub description: Option<String>,
    /// In place of `info.icon`.
    pub icon: Option<String>,
    /// Who belongs to the relay (NIP-43).
    pub membership: Membership,
    /// Who has which name at its host (NIP-05).
    pub names: Names,
}

impl Standing {
    /// Whether `key` may write as far as the list of allowed keys goes.
    pub fn allows(&self, key: &PublicKey) -> bool {
        self.allowed_keys.is_empty()
            || self.allowed_keys.contains(key)
            || self.membership.is_member(key)
    }

    /// Whether nobody at `address` may connect; an IPv4 address and its IPv6 form are the same.
    pub fn blocks(&self, address: IpAddr) -> bool {
        self.blocked_addresses.contains(&address.to_canonical())
    }

    /// Takes one record. Those of unknown collections are somebody else's.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(&mut self, collection: &str, key: &str, value: &str) -> Result<(), String> {
        match collection {
            name if name == BANNED_KEYS.collection => BANNED_KEYS.read(self, key, value),
            name if name == ALLOWED_KEYS.collection => ALLOWED_KEYS.read(self, key, value),
            name if name == BANNED_EVENTS.collection => BANNED_EVENTS.read(self, key, value),
            name if name == ALLOWED_EVENTS.collection => ALLOWED_EVENTS.read(self, key, value),
            name if name == DISALLOWED_KINDS.collection => DISALLOWED_KINDS.read(self, key, value),
            name if name == ALLOWED_KINDS.collection => ALLOWED_KINDS.read(self, key, value),
            name if name == BLOCKED_ADDRESSES.collection => {
                BLOCKED_ADDRESSES.read(self, key, value)
            }
            RELAY => self.read_text(key, value),
            _ => {
                self.membership.read(collection, key, value)?;
                self.names.read(collection, key, value)
            }
        }
    }

    fn read_text(&mut self, key: &str, value: &str) -> Result<(), String> {
        match self.text(key) {
            Some(text) => {
                *text = Some(value.to_owned());
                Ok(())
            }
            None => Err("there is no such text about the relay".to_owned()),
        }
    }

    /// The text that is kept under this key.
    pub(super) fn text(&mut self, key: &str) -> Option<&mut Option<String>> {
        match key {
            NAME => Some(&mut self.name),
            DESCRIPTION => Some(&mut self.description),
            ICON => Some(&mut self.icon),
            _ => None,
        }
    }
}
