//! Who may write where not everybody may: on a relay for its members (NIP-43), and on one with a
//! list of allowed keys (NIP-86).

use kith_nips::{Event, Kind, Prefix, PublicKey};

use super::Context;
use crate::refusal::Refusal;

/// What everybody may write everywhere: joining and leaving (NIP-43), vanishing (NIP-62), where to
/// find the author (NIP-65, NIP-17), and what passes between a signer and its client, whose keys
/// nobody knows (NIP-46).
const OPEN_KINDS: [Kind; 6] = [
    Kind::JOIN_REQUEST,
    Kind::LEAVE_REQUEST,
    Kind::VANISH,
    Kind::new(10_002),
    Kind::new(10_050),
    Kind::new(24_133),
];

/// Where members only may write, nobody else but administrators and those who are allowed by name.
pub(super) fn members(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    let Context {
        membership,
        standing,
        ..
    } = context;
    if !membership.members_only {
        return Ok(());
    }
    let reason = "this relay takes events only from its members";
    by_known(event, context, reason, |key| {
        standing.membership.is_member(key)
            || standing.allowed_keys.contains(key)
            || membership.administrators.contains(key)
    })
}

/// When some are allowed by name, nobody else but members.
pub(super) fn allowed(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    let reason = "this relay takes events only from people whom it knows";
    by_known(event, context, reason, |key| context.standing.allows(key))
}

/// The author counts, whoever sends the event; with a gift wrap, whose author is made up, whoever
/// authenticated.
fn by_known(
    event: &Event,
    context: &Context<'_>,
    reason: &'static str,
    is_known: impl Fn(&PublicKey) -> bool,
) -> Result<(), Refusal> {
    if OPEN_KINDS.contains(&event.kind()) || is_known(&event.pubkey()) {
        return Ok(());
    }
    let is_wrap = matches!(event.kind(), Kind::GIFT_WRAP | Kind::EPHEMERAL_GIFT_WRAP);
    if is_wrap && context.keys.iter().any(is_known) {
        return Ok(());
    }
    let prefix = match is_wrap && context.keys.is_empty() && context.policy.authentication {
        true => Prefix::AuthRequired,
        false => Prefix::Restricted,
    };
    Err(Refusal::new(prefix, reason))
}
