//! Requests to vanish (NIP-62): only what is meant for this relay has an effect here.

use kith_nips::{Event, Kind, Prefix, nip62};

use super::Context;
use crate::refusal::Refusal;

/// A request to vanish names this relay or all relays.
pub(super) fn names_this_relay(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    if event.kind() != Kind::VANISH {
        return Ok(());
    }
    match nip62::scope(event, &context.policy.relay_urls) {
        Ok(_) => Ok(()),
        Err(error) => Err(Refusal::new(Prefix::Invalid, error.to_string())),
    }
}
