//! From text to an event of the right shape (NIP-01).

use kith_nips::{Event, Prefix, nip01::claimed_id};

use super::{Decision, Verdict};
use crate::refusal::Refusal;

/// Reads the event, or says what is wrong with it to the id that it claims.
pub(super) fn parse(json: &str) -> Result<Event, Verdict> {
    Event::parse(json).map_err(|wrong| {
        let refusal = Refusal::new(Prefix::Invalid, wrong.to_string());
        match claimed_id(json) {
            Some(id) => Verdict::new(id, Decision::Refused(refusal)),
            None => Verdict::Unidentified(refusal.to_string()),
        }
    })
}
