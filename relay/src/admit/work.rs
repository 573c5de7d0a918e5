//! Proof of work (NIP-13).

use kith_nips::{Event, Prefix};

use super::Context;
use crate::refusal::Refusal;

/// The id has enough leading zero bits, and was not found by luck while aiming lower.
pub(super) fn enough(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    let min = context.policy.work_bits_min;
    if min == 0 {
        return Ok(());
    }
    let bits = event.id().difficulty();
    let target = event
        .tags()
        .named("nonce")
        .next()
        .and_then(|tag| tag.get(2)?.parse::<u32>().ok());
    let committed = target.map_or(bits, |target| target.min(bits));
    if committed < min {
        return Err(Refusal::new(
            Prefix::Pow,
            format!("difficulty {committed} is less than {min}"),
        ));
    }
    Ok(())
}
