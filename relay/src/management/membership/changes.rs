//! What changes who belongs to the relay: joining, leaving, inviting (NIP-43), and roles (NIP-86),
//! one function each. Repeating a change does nothing and succeeds. Knows neither who may ask nor
//! in which words.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kith_nips::PublicKey;
use kith_nips::nip43::Role;
use serde::Serialize;

use super::invites::{Fingerprint, Invite, InviteCode};
use super::{INVITES, INVITES_MAX, MEMBERS, MEMBERS_MAX, ROLES, ROLES_MAX, SIGNED_BY};
use crate::management::{Change, Management, ManagementError};

/// What became of a request to join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joining {
    /// The code is used up, and its user a member.
    Joined,
    /// Was a member before; no code was used up.
    AlreadyMember,
    /// No code was given.
    NoCode,
    /// Never given out, or used, or its giver is no member any more.
    UnknownCode,
    /// Given out too long ago.
    ExpiredCode,
    /// There are [`MEMBERS_MAX`] members.
    NoRoom,
}

/// What became of a request for an invite code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inviting {
    /// The code is good.
    Invited,
    /// Too many codes wait to be used, of this member or of all.
    TooMany,
}

impl Management {
    /// Makes `key` a member if `claim` is a code that is good at `now` (Unix seconds). A code is
    /// good once.
    ///
    /// # Errors
    /// [`ManagementError`], as of every change here; nothing has changed then.
    pub async fn join(
        &self,
        key: PublicKey,
        claim: Option<&str>,
        now: u64,
    ) -> Result<Joining, ManagementError> {
        self.change(|change| {
            let membership = &change.standing.membership;
            if membership.is_member(&key) {
                return Ok(Joining::AlreadyMember);
            }
            let Some(claim) = claim else {
                return Ok(Joining::NoCode);
            };
            let fingerprint = Fingerprint::of(claim);
            match membership.invites.get(&fingerprint) {
                None => return Ok(Joining::UnknownCode),
                Some(invite) if invite.expires_at <= now => return Ok(Joining::ExpiredCode),
                Some(_) if membership.members.len() >= MEMBERS_MAX => return Ok(Joining::NoRoom),
                Some(_) => {}
            }
            take_back(change, &[fingerprint]);
            set_roles(change, key, BTreeSet::new());
            Ok(Joining::Joined)
        })
        .await
    }

    /// `key` is no member any more, if it was one, and its roles and the codes that it gave out
    /// are gone.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn leave(&self, key: PublicKey) -> Result<(), ManagementError> {
        self.change(|change| {
            if change.standing.membership.is_member(&key) {
                end_membership(change, key);
            }
            Ok(())
        })
        .await
    }

    /// Lets whoever comes with `code` before `expires_at` join; `now` and `expires_at` are Unix
    /// seconds. At most `invites_per_member_max` codes of `by` may wait to be used.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn invite(
        &self,
        by: PublicKey,
        code: &InviteCode,
        now: u64,
        expires_at: u64,
        invites_per_member_max: usize,
    ) -> Result<Inviting, ManagementError> {
        self.change(|change| {
            let invites = &change.standing.membership.invites;
            let expired = fingerprints(invites, |invite| invite.expires_at <= now);
            take_back(change, &expired);
            let invites = &mut change.standing.membership.invites;
            let own = invites.values().filter(|invite| invite.by == by).count();
            if own >= invites_per_member_max || invites.len() >= INVITES_MAX {
                return Ok(Inviting::TooMany);
            }
            let fingerprint = Fingerprint::of(code.as_str());
            let invite = Invite { by, expires_at };
            Arc::make_mut(invites).insert(fingerprint, invite);
            change.put(INVITES, fingerprint, json(&invite)?);
            Ok(Inviting::Invited)
        })
        .await
    }

    /// The code with this SHA-256 hash, in hexadecimal, is good no longer.
    ///
    /// # Errors
    /// [`ManagementError`], also when that is no hash.
    pub async fn revoke_invite(&self, code_hash: &str) -> Result<(), ManagementError> {
        let fingerprint = Fingerprint::read(code_hash)
            .ok_or_else(|| invalid("a code is named by its hash of 64 hexadecimal digits"))?;
        self.change(|change| {
            let invites = &change.standing.membership.invites;
            if invites.contains_key(&fingerprint) {
                take_back(change, &[fingerprint]);
            }
            Ok(())
        })
        .await
    }

    /// There is a new role.
    ///
    /// # Errors
    /// [`ManagementError`], also when another role has this id.
    pub async fn create_role(&self, role: Role) -> Result<(), ManagementError> {
        self.change(|change| {
            let roles = &change.standing.membership.roles;
            match roles.get(role.id()) {
                Some(known) if *known == role => Ok(()),
                Some(_) => Err(invalid("there is another role with this id")),
                None if roles.len() >= ROLES_MAX => Err(ManagementError::Invalid(format!(
                    "there are {ROLES_MAX} roles, which is as many as there may be"
                ))),
                None => put_role(change, role),
            }
        })
        .await
    }

    /// The role with the id of `role` is described by `role` from now on.
    ///
    /// # Errors
    /// [`ManagementError`], also when there is none with this id.
    pub async fn edit_role(&self, role: Role) -> Result<(), ManagementError> {
        self.change(|change| {
            let known = change.standing.membership.roles.get(role.id());
            match known {
                Some(known) if *known == role => Ok(()),
                Some(_) => put_role(change, role),
                None => Err(no_such_role()),
            }
        })
        .await
    }

    /// There is no such role any more, and nobody has it.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn delete_role(&self, id: &str) -> Result<(), ManagementError> {
        self.change(|change| {
            let membership = &mut change.standing.membership;
            if !membership.roles.contains_key(id) {
                return Ok(());
            }
            Arc::make_mut(&mut membership.roles).remove(id);
            let holders: Vec<(PublicKey, BTreeSet<String>)> = membership
                .members()
                .filter(|(_, roles)| roles.contains(id))
                .map(|(key, roles)| (key, roles.clone()))
                .collect();
            change.remove(ROLES, id);
            for (key, mut roles) in holders {
                roles.remove(id);
                set_roles(change, key, roles);
            }
            Ok(())
        })
        .await
    }

    /// `key` has the role from now on. Whoever is given a role is a member.
    ///
    /// # Errors
    /// [`ManagementError`], also when there is no such role, or `key` is banned.
    pub async fn assign_role(&self, key: PublicKey, id: &str) -> Result<(), ManagementError> {
        self.change(|change| {
            let membership = &change.standing.membership;
            if !membership.roles.contains_key(id) {
                return Err(no_such_role());
            }
            if change.standing.banned_keys.contains(&key) {
                return Err(invalid("this key is banned"));
            }
            let mut roles = match membership.members.get(&key) {
                Some(roles) if roles.contains(id) => return Ok(()),
                Some(roles) => roles.clone(),
                None if membership.members.len() >= MEMBERS_MAX => {
                    return Err(ManagementError::Invalid(format!(
                        "there are {MEMBERS_MAX} members, which is as many as there may be"
                    )));
                }
                None => BTreeSet::new(),
            };
            roles.insert(id.to_owned());
            set_roles(change, key, roles);
            Ok(())
        })
        .await
    }

    /// `key` does not have the role any more; it stays a member.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn unassign_role(&self, key: PublicKey, id: &str) -> Result<(), ManagementError> {
        self.change(|change| {
            let members = &change.standing.membership.members;
            if let Some(roles) = members.get(&key).filter(|roles| roles.contains(id)) {
                let mut roles = roles.clone();
                roles.remove(id);
                set_roles(change, key, roles);
            }
            Ok(())
        })
        .await
    }
}

impl Management {
    /// From now on `key` signs what is published about the members.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub(super) async fn signed_by(&self, key: PublicKey) -> Result<(), ManagementError> {
        self.change(|change| {
            let signed_by = &mut change.standing.membership.signed_by;
            if *signed_by != Some(key) {
                *signed_by = Some(key);
                change.put(SIGNED_BY, "key", key.to_string());
            }
            Ok(())
        })
        .await
    }
}

/// `key` belongs to the relay no longer: neither as a member nor through codes that it gave out.
pub(in crate::management) fn end_membership(change: &mut Change, key: PublicKey) {
    let membership = &mut change.standing.membership;
    let given_out = fingerprints(&membership.invites, |invite| invite.by == key);
    if membership.is_member(&key) {
        Arc::make_mut(&mut membership.members).remove(&key);
        change.remove(MEMBERS, key);
    }
    take_back(change, &given_out);
}

/// Makes `key` a member with these roles.
fn set_roles(change: &mut Change, key: PublicKey, roles: BTreeSet<String>) {
    change.put(MEMBERS, key, serde_json::json!(roles).to_string());
    let members = &mut change.standing.membership.members;
    Arc::make_mut(members).insert(key, roles);
}

fn put_role(change: &mut Change, role: Role) -> Result<(), ManagementError> {
    change.put(ROLES, role.id(), json(&role)?);
    let roles = &mut change.standing.membership.roles;
    Arc::make_mut(roles).insert(role.id().to_owned(), role);
    Ok(())
}

/// These codes are good no longer.
fn take_back(change: &mut Change, codes: &[Fingerprint]) {
    if codes.is_empty() {
        return;
    }
    let invites = Arc::make_mut(&mut change.standing.membership.invites);
    for fingerprint in codes {
        invites.remove(fingerprint);
    }
    for fingerprint in codes {
        change.remove(INVITES, fingerprint);
    }
}

fn fingerprints(
    invites: &BTreeMap<Fingerprint, Invite>,
    wanted: impl Fn(&Invite) -> bool,
) -> Vec<Fingerprint> {
    let wanted = invites.iter().filter(|(_, invite)| wanted(invite));
    wanted.map(|(fingerprint, _)| *fingerprint).collect()
}

fn json(value: &impl Serialize) -> Result<String, ManagementError> {
    serde_json::to_string(value).map_err(|error| ManagementError::Invalid(error.to_string()))
}

fn no_such_role() -> ManagementError {
    invalid("there is no such role")
}

fn invalid(reason: &str) -> ManagementError {
    ManagementError::Invalid(reason.to_owned())
}
