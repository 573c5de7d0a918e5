//! Who may do what, and which parts of the protocol are switched on.

use kith_nips::PublicKey;

use super::section::section;

section! {
    /// Who may read and write.
    pub struct Policy = "policy" {
        /// Whether clients must authenticate (NIP-42) before anything else.
        live auth_required: bool = false;
        /// Whether an ephemeral event that nobody received is answered `false` with `mute:`.
        live ephemeral_mute: bool = false;
        /// Public keys, in hexadecimal, of those who may manage the relay while it runs (NIP-86).
        live administrators: Vec<PublicKey> = Vec::new();
        /// Public keys, in hexadecimal, of those whose reports (kind 1984, NIP-56) administrators
        /// are asked to look at.
        live moderators: Vec<PublicKey> = Vec::new();
        /// Whether only the kinds are taken that an administrator allowed (NIP-86 `allowkind`).
        live listed_kinds_only: bool = false;
        /// Whether only members (NIP-43), administrators and keys that they allowed may write.
        live members_only: bool = false;
        /// How long an invite code is good (NIP-43), in seconds.
        live invite_seconds: u64 = 604_800, in 1..=31_536_000;
        /// Invite codes of one member or administrator that may wait to be used; 0 for none at
        /// all, so that only administrators make members (NIP-86).
        live invites_per_member_max: usize = 20, in 0..=1_000;
    }
}

section! {
    /// Rules of Location Based Communities (LBC, 2023 draft).
    pub struct Lbc = "lbc" {
        /// Whether only the owner of a community may write its metadata.
        restart enforce_owner: bool = true;
        /// Whether people whom a community's owner muted are refused in that community.
        live enforce_mute: bool = true;
    }
}

section! {
    /// Parts of the protocol that can be switched off; a part that is off is not announced.
    pub struct Features = "features" {
        /// Authentication of clients (NIP-42). Without it nobody can read private messages or
        /// write protected events (NIP-70).
        live auth: bool = true;
        /// Counting (NIP-45).
        live count: bool = true;
        /// Management by administrators over HTTP (NIP-86); announced when there are any.
        live management: bool = true;
        /// Saying at the end of stored events whether there are more (NIP-67).
        live eose_hint: bool = true;
        /// Comparing sets of events, so that programs fetch only what they miss (NIP-77).
        live negentropy: bool = true;
        /// Members, roles and invitations (NIP-43). Needs authentication and protected events.
        live membership: bool = true;
        /// Searching texts (NIP-50).
        live search: bool = true;
        /// Protected events (NIP-70); when off they are refused.
        live protected_events: bool = true;
    }
}

impl Features {
    /// Whether the relay has members: it must know who asks for a code (NIP-42), and who leaves
    /// sends a protected request (NIP-70).
    pub fn has_members(&self) -> bool {
        self.membership && self.auth && self.protected_events
    }
}
