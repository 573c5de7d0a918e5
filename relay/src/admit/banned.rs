//! What administrators do not want, and whom they let write (NIP-86).
//!
//! A request to vanish is a person's right, whatever an administrator thinks of that person
//! (NIP-62), and nobody could join a relay that takes no requests to join (NIP-43).

use kith_nips::{Event, Kind, Prefix};

use super::Context;
use crate::refusal::Refusal;

/// What may be written by those who are not on the list of allowed keys: joining and leaving
/// (NIP-43), vanishing (NIP-62), and where to find the author (NIP-65, NIP-17).
const OPEN_KINDS: [Kind; 5] = [
    Kind::JOIN_REQUEST,
    Kind::LEAVE_REQUEST,
    Kind::VANISH,
    Kind::new(10_002),
    Kind::new(10_050),
];

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
    let is_unlisted = context.policy.listed_kinds_only && !standing.allowed_kinds.contains(&kind);
    let is_unwanted = is_unlisted || standing.disallowed_kinds.contains(&kind);
    match is_unwanted && kind != Kind::VANISH {
        true => Err(blocked("this relay does not take events of this kind")),
        false => Ok(()),
    }
}

/// When some are allowed by name, nobody else.
pub(super) fn not_allowed(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    let is_open = OPEN_KINDS.contains(&event.kind());
    if is_open || context.standing.allows(&event.pubkey()) {
        return Ok(());
    }
    Err(Refusal::new(
        Prefix::Restricted,
        "this relay takes events only from people whom it knows",
    ))
}

fn blocked(reason: &'static str) -> Refusal {
    Refusal::new(Prefix::Blocked, reason)
}
