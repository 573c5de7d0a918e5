//! What administrators do not want (NIP-86). Whom they let write is in `writers`.
//!
//! A request to vanish is a person's right, whatever an administrator thinks of that person
//! (NIP-62).

use kith_nips::{Event, Kind, Prefix};

use super::Context;
use crate::refusal::Refusal;

/// What is asked of the relay itself needs to be on no list.
const REQUESTS: [Kind; 3] = [Kind::VANISH, Kind::JOIN_REQUEST, Kind::LEAVE_REQUEST];

/// Nothing by a banned key.
pub(super) fn key(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    let is_banned = context.standing.banned_keys.contains(&event.pubkey());
    match is_banned && event.kind() != Kind::VANISH {
        true => Err(blocked("this key is banned from this relay")),
        false => Ok(()),
    }
}

/// No banned event.
pub(super) fn event(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    match context.standing.banned_events.contains(&event.id()) {
        true => Err(blocked("this event is banned from this relay")),
        false => Ok(()),
    }
}

/// No event of a kind that is not wanted.
pub(super) fn kind(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    let (kind, standing) = (event.kind(), context.standing);
    let is_unlisted = context.policy.listed_kinds_only
        && !REQUESTS.contains(&kind)
        && !standing.allowed_kinds.contains(&kind);
    let is_unwanted = is_unlisted || standing.disallowed_kinds.contains(&kind);
    match is_unwanted && kind != Kind::VANISH {
        true => Err(blocked("this relay does not take events of this kind")),
        false => Ok(()),
    }
}

fn blocked(reason: &'static str) -> Refusal {
    Refusal::new(Prefix::Blocked, reason)
}
