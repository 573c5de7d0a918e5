//! Proof of work (NIP-13).

use kith_nips::{Event, Prefix, nip13};

use super::Context;
use crate::refusal::Refusal;

/// The id has enough leading zero bits, and was not found by luck while aiming lower.
pub(super) fn enough(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    let min = context.policy.work_bits_min;
    if min == 0 {
        return Ok(());
    }
    let committed = nip13::difficulty(event);
    if committed < min {
        return Err(Refusal::new(
            Prefix::Pow,
            format!("difficulty {committed} is less than {min}"),
        ));
    }
    Ok(())
}
