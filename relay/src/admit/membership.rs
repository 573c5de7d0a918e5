//! Requests to join and to leave (NIP-43): which are well formed, and what becomes of them. They
//! are for the relay alone, so they are neither stored nor passed on. Who is a member is decided
//! in `management`.

use kith_nips::nip43::Request;
use kith_nips::{Event, Kind, Prefix};

use super::{Context, Decision};
use crate::management::ManagementError;
use crate::management::membership::{Joining, Members};
use crate::refusal::Refusal;

/// What the relay says about its members.
const RELAY_KINDS: [Kind; 5] = [
    Kind::RELAY_MEMBERS,
    Kind::RELAY_ROLE,
    Kind::MEMBER_ADDED,
    Kind::MEMBER_REMOVED,
    Kind::INVITE,
];

/// A request is recent, and nobody but its author can send one to leave.
pub(super) fn well_formed(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    match Request::read(event, context.now) {
        Ok(None) => Ok(()),
        _ if !context.membership.on => {
            Err(Refusal::new(Prefix::Blocked, "this relay has no members"))
        }
        Ok(Some(_)) => Ok(()),
        Err(wrong) => Err(Refusal::new(Prefix::Invalid, wrong.to_string())),
    }
}

/// What the relay says in its own name nobody else says, not even an operator with the same key:
/// it would be taken for what holds.
pub(super) fn not_in_the_relays_name(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    let is_own = context.relay_key == Some(event.pubkey());
    match is_own && RELAY_KINDS.contains(&event.kind()) {
        true => Err(Refusal::new(
            Prefix::Blocked,
            "the relay itself writes events of this kind",
        )),
        false => Ok(()),
    }
}

/// Does what a verified event asks for, if it is a request. `now` is Unix seconds.
pub(super) async fn carried_out(event: &Event, members: &Members, now: u64) -> Option<Decision> {
    let request = Request::read(event, now).transpose()?;
    let decided = match request {
        Ok(Request::Join { claim }) => join(event, claim.as_deref(), members, now).await,
        Ok(Request::Leave) => {
            let left = members.leave(event.pubkey()).await;
            left.map(|()| Decision::Left)
        }
        // It was recent when it came, and has waited for its turn since.
        Err(wrong) => Ok(Decision::Refused(Refusal::new(
            Prefix::Invalid,
            wrong.to_string(),
        ))),
    };
    Some(decided.unwrap_or_else(|_| {
        Decision::Refused(Refusal::new(
            Prefix::Error,
            "the request could not be carried out, try again",
        ))
    }))
}

/// Whoever has vanished (NIP-62) is no member and on no list any more.
pub(super) async fn after_saving(event: &Event, members: &Members) {
    if event.kind() == Kind::VANISH {
        // What cannot be changed is in the log; the request itself is stored.
        let _ = members.leave(event.pubkey()).await;
    }
}

async fn join(
    event: &Event,
    claim: Option<&str>,
    members: &Members,
    now: u64,
) -> Result<Decision, ManagementError> {
    let reason = match members.join(event.pubkey(), claim, now).await? {
        Joining::Joined => return Ok(Decision::Joined),
        Joining::AlreadyMember => return Ok(Decision::AlreadyMember),
        Joining::NoCode => "a request to join needs a claim tag with an invite code",
        Joining::UnknownCode => "that invite code is not valid",
        Joining::ExpiredCode => "that invite code has expired",
        Joining::NoRoom => "this relay has no room for more members",
    };
    Ok(Decision::Refused(Refusal::new(Prefix::Restricted, reason)))
}
