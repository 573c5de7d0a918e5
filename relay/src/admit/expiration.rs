//! Events with a time after which nobody wants them (NIP-40).

use kith_nips::{Event, Prefix, nip40};

use super::Context;
use crate::refusal::Refusal;

pub(super) fn in_the_future(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    if let Some(malformed) = nip40::expiration_error(event) {
        return Err(Refusal::new(Prefix::Invalid, malformed.to_string()));
    }
    if nip40::is_expired(event, context.now) {
        return Err(Refusal::new(Prefix::Invalid, "the event has expired"));
    }
    Ok(())
}
