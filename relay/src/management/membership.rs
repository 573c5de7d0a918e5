//! Who belongs to the relay (NIP-43): members, the roles that they may have, and the invite codes
//! that wait to be used. One immutable value, a part of the standing. Knows no event: what is
//! published about it is made in `announcer`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kith_nips::PublicKey;
use kith_nips::nip43::Role;

mod announcer;
mod changes;
mod invites;
mod policy;
mod requests;

pub use announcer::Announcer;
pub use changes::{Inviting, Joining};
pub use invites::{InviteCode, NoRandomness, Waiting};
pub use policy::MembershipPolicy;
pub use requests::{Invitation, Members, asks_for_invites, only_invites};

pub(super) use changes::end_membership;
use invites::{Fingerprint, Invite};

/// Members that a relay may have: their list is one event, which clients must be able to take.
pub const MEMBERS_MAX: usize = 5_000;
/// Roles that a relay may have.
pub const ROLES_MAX: usize = 100;
/// Invite codes that may wait to be used, of all members together.
pub const INVITES_MAX: usize = 10_000;

/// By public key; the value is a list of the ids of the member's roles, in JSON.
const MEMBERS: &str = "members";
/// By id; the value is the role in JSON.
const ROLES: &str = "roles";
/// By the code's fingerprint; the value is who invites and how long, in JSON.
const INVITES: &str = "invites";
/// One record; the value is the key that signs what is published about members.
const SIGNED_BY: &str = "members-signed-by";

/// The members, their roles and open invitations. Clones are cheap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Membership {
    members: Arc<BTreeMap<PublicKey, BTreeSet<String>>>,
    roles: Arc<BTreeMap<String, Role>>,
    invites: Arc<BTreeMap<Fingerprint, Invite>>,
    /// The key that signed what is published about it.
    signed_by: Option<PublicKey>,
}

impl Membership {
    /// Whether `key` is a member.
    pub fn is_member(&self, key: &PublicKey) -> bool {
        self.members.contains_key(key)
    }

    /// Every member, in the order of their keys, with the ids of their roles.
    pub fn members(&self) -> impl ExactSizeIterator<Item = (PublicKey, &BTreeSet<String>)> {
        self.members.iter().map(|(key, roles)| (*key, roles))
    }

    /// Every role, in the order of their ids.
    pub fn roles(&self) -> impl ExactSizeIterator<Item = &Role> {
        self.roles.values()
    }

    /// The codes that can be used at `now` (Unix seconds), in the order of their hashes.
    pub fn invites(&self, now: u64) -> impl Iterator<Item = Waiting> {
        let good = move |(_, invite): &(&Fingerprint, &Invite)| invite.expires_at > now;
        let waiting = self.invites.iter().filter(good);
        waiting.map(|(fingerprint, invite)| Waiting {
            code_hash: fingerprint.to_string(),
            by: invite.by,
            expires_at: invite.expires_at,
        })
    }

    /// The key that signed what is published about the members, if anything is.
    pub(super) fn signed_by(&self) -> Option<PublicKey> {
        self.signed_by
    }

    /// Whether the same members have the same roles, which have the same names.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        self.members == other.members && self.roles == other.roles
    }

    /// Takes one record. Those of unknown collections are somebody else's.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(&mut self, collection: &str, key: &str, value: &str) -> Result<(), String> {
        let wrong = |error: serde_json::Error| error.to_string();
        match collection {
            MEMBERS => {
                let member = PublicKey::from_hex(key).map_err(|error| error.to_string())?;
                let roles = serde_json::from_str(value).map_err(wrong)?;
                Arc::make_mut(&mut self.members).insert(member, roles);
            }
            ROLES => {
                let role = serde_json::from_str(value).map_err(wrong)?;
                Arc::make_mut(&mut self.roles).insert(key.to_owned(), role);
            }
            INVITES => {
                let fingerprint = Fingerprint::read(key).ok_or("not the hash of a code")?;
                let invite = serde_json::from_str(value).map_err(wrong)?;
                Arc::make_mut(&mut self.invites).insert(fingerprint, invite);
            }
            SIGNED_BY => {
                let signed_by = PublicKey::from_hex(value).map_err(|error| error.to_string())?;
                self.signed_by = Some(signed_by);
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
