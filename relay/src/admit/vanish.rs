//! Requests to vanish (NIP-62): only what is meant for this relay has an effect here. What the
//! store keeps it judges itself; events that it never sees are looked at here.

use kith_nips::{Event, Kind, Prefix, nip62};

use super::Context;
use crate::refusal::Refusal;
use crate::store::{Store, StoreError};

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

/// Whether the author of an ephemeral event vanished at its time or later.
pub(super) async fn is_past(event: &Event, store: &dyn Store) -> Result<bool, StoreError> {
    let until = store.vanished_until(event.pubkey()).await?;
    Ok(until.is_some_and(|until| event.created_at() <= until))
}
