//! Kinds that do not belong into EVENT messages, or not like this.

use kith_nips::{Event, Kind, Prefix, PublicKey};

use super::Context;
use crate::refusal::Refusal;

/// Seal, private message and private file: parts of a gift wrap, never published themselves.
const BARE_PRIVATE_KINDS: [u16; 3] = [13, 14, 15];

/// An authentication event is for the AUTH message of one connection, nobody else may get it
/// (NIP-42).
pub(super) fn never_as_event(event: &Event, _: &Context<'_>) -> Result<(), Refusal> {
    if event.kind() == Kind::AUTHENTICATION {
        return Err(Refusal::new(
            Prefix::Invalid,
            "authentication events belong into an AUTH message",
        ));
    }
    Ok(())
}

/// The inside of a gift wrap, signed and sent bare, is the mistake of a client: it would show to
/// everybody what was meant for one (NIP-17).
pub(super) fn never_bare(event: &Event, _: &Context<'_>) -> Result<(), Refusal> {
    if BARE_PRIVATE_KINDS.contains(&event.kind().as_u16()) {
        return Err(Refusal::new(
            Prefix::Blocked,
            "private messages are sent in a gift wrap only",
        ));
    }
    Ok(())
}

/// A gift wrap without a recipient could be read by nobody (NIP-59).
pub(super) fn wrap_names_a_recipient(event: &Event, _: &Context<'_>) -> Result<(), Refusal> {
    let is_wrap = matches!(event.kind(), Kind::GIFT_WRAP | Kind::EPHEMERAL_GIFT_WRAP);
    let mut recipients = event
        .tags()
        .named("p")
        .filter_map(|tag| PublicKey::from_hex(tag.value()?).ok());
    if is_wrap && recipients.next().is_none() {
        return Err(Refusal::new(
            Prefix::Invalid,
            "a gift wrap needs a p tag with the key of its recipient",
        ));
    }
    Ok(())
}
