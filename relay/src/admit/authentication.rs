//! Writing only after authentication, where the operator wants that (NIP-11 `auth_required`).

use kith_nips::{Event, Prefix};

use super::Context;
use crate::refusal::Refusal;

pub(super) fn required(_: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    if context.policy.auth_required && context.keys.is_empty() {
        return Err(Refusal::new(
            Prefix::AuthRequired,
            "this relay takes events only after authentication",
        ));
    }
    Ok(())
}
