//! What the operator decided about membership. Values only.

use kith_nips::PublicKey;

/// Rules of membership (NIP-43).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MembershipPolicy {
    /// Whether the relay has members at all.
    pub on: bool,
    /// Whether only members and administrators may write.
    pub members_only: bool,
    /// Who may invite people without being a member.
    pub administrators: Vec<PublicKey>,
    /// How long an invite code is good, in seconds.
    pub invite_seconds: u64,
    /// Invite codes of one person that may wait to be used.
    pub invites_per_member_max: usize,
}
