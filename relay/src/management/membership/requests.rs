//! What people ask of the relay about membership (NIP-43): to join, to leave, to be given an
//! invite code. Brings together what holds, the relay's key and what is published. Knows no socket
//! and no wording of an answer.

use std::fmt;
use std::sync::Arc;

use kith_nips::{Event, Filter, Kind, PublicKey, nip43};
use tokio::sync::watch;
use tracing::error;

use super::{Announcer, InviteCode, Inviting, Joining, MembershipPolicy};
use crate::identity::Identity;
use crate::management::{Management, ManagementError};

/// The members of a running relay. Clones share everything.
#[derive(Clone)]
pub struct Members {
    management: Management,
    identity: Arc<Identity>,
    announcer: Announcer,
    policy: watch::Receiver<Arc<MembershipPolicy>>,
}

/// The answer to whoever asks for an invite code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invitation {
    /// Kind 28935 with a fresh code.
    Fresh(Arc<Event>),
    /// None for this person, or for this question.
    None,
    /// As many codes as may wait to be used do so.
    TooMany,
}

impl Members {
    /// The members that `management` knows.
    pub fn new(
        management: Management,
        identity: Arc<Identity>,
        announcer: Announcer,
        policy: watch::Receiver<Arc<MembershipPolicy>>,
    ) -> Self {
        Members {
            management,
            identity,
            announcer,
            policy,
        }
    }

    /// The rules as they are now.
    pub fn policy(&self) -> Arc<MembershipPolicy> {
        Arc::clone(&self.policy.borrow())
    }

    /// The relay's own key.
    pub fn relay_key(&self) -> PublicKey {
        self.identity.public_key()
    }

    /// Waits until everything that holds now is published.
    pub async fn settled(&self) {
        self.announcer.settled().await;
    }

    /// Lets `key` in if `claim` is a good code at `now` (Unix seconds). When this returns, the
    /// list of members says so.
    ///
    /// # Errors
    /// [`ManagementError`]; nothing has changed then.
    pub async fn join(
        &self,
        key: PublicKey,
        claim: Option<&str>,
        now: u64,
    ) -> Result<Joining, ManagementError> {
        let joining = self.management.join(key, claim, now).await?;
        if joining == Joining::Joined {
            self.settled().await;
        }
        Ok(joining)
    }

    /// Lets `key` go, if it was a member. When this returns, the list of members says so.
    ///
    /// # Errors
    /// [`ManagementError`]; nothing has changed then.
    pub async fn leave(&self, key: PublicKey) -> Result<(), ManagementError> {
        self.management.leave(key).await?;
        self.settled().await;
        Ok(())
    }

    /// Makes an invite code for a connection on which `keys` authenticated and which asked for
    /// `filters`, if one of them asks for kind 28935 by its number and one of `keys` may invite.
    /// It is good when this returns. `now` is Unix seconds.
    ///
    /// # Errors
    /// [`ManagementError`]; there is no code then.
    pub async fn invite(
        &self,
        keys: &[PublicKey],
        filters: &[Filter],
        now: u64,
    ) -> Result<Invitation, ManagementError> {
        let policy = self.policy();
        let Some(by) = self.inviting(keys, &policy) else {
            return Ok(Invitation::None);
        };
        let Some((code, event)) = self.fresh(now) else {
            return Ok(Invitation::None);
        };
        // What the client did not ask for it is not sent.
        let asks = |filter: &Filter| asks_for_invites(filter) && filter.matches(&event, now);
        if !filters.iter().any(asks) {
            return Ok(Invitation::None);
        }
        let expires_at = now.saturating_add(policy.invite_seconds);
        let max = policy.invites_per_member_max;
        let inviting = self.management.invite(by, &code, now, expires_at, max);
        Ok(match inviting.await? {
            Inviting::Invited => Invitation::Fresh(Arc::new(event)),
            Inviting::TooMany => Invitation::TooMany,
        })
    }

    /// The first of `keys` that may invite.
    fn inviting(&self, keys: &[PublicKey], policy: &MembershipPolicy) -> Option<PublicKey> {
        if !policy.on {
            return None;
        }
        let standing = self.management.standing();
        let mut keys = keys.iter().copied();
        keys.find(|key| standing.membership.is_member(key) || policy.administrators.contains(key))
    }

    fn fresh(&self, now: u64) -> Option<(InviteCode, Event)> {
        let code = InviteCode::new()
            .inspect_err(|failure| error!(%failure, "nobody can be invited"))
            .ok()?;
        let draft = nip43::invite(code.as_str());
        // A code has no character that an event may not have.
        let event = self.identity.sign(&draft, now).ok()?;
        Some((code, event))
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Members")
            .field("policy", &self.policy())
            .finish_non_exhaustive()
    }
}

/// Whether a filter asks for stored events of kind 28935 by its number.
pub fn asks_for_invites(filter: &Filter) -> bool {
    let kinds = filter.kinds.iter().flatten();
    filter.limit != Some(0) && kinds.into_iter().any(|kind| *kind == Kind::INVITE)
}

/// Whether filters ask for invite codes and nothing else.
pub fn only_invites(filters: &[Filter]) -> bool {
    let only = |filter: &Filter| filter.kinds.as_deref() == Some(&[Kind::INVITE]);
    !filters.is_empty() && filters.iter().all(only)
}
