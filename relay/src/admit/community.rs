//! Community metadata must say whose it is (LBC-10). Whether its author owns that community is the
//! store's to judge, at the moment of writing.

use kith_nips::lbc::CommunityMetadata;
use kith_nips::{Event, Kind, Prefix};

use super::Context;
use crate::refusal::Refusal;

pub(super) fn metadata_names_a_community(
    event: &Event,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let is_checked = event.kind() == Kind::COMMUNITY_METADATA && context.policy.enforce_owner;
    if is_checked && CommunityMetadata::community_of(event).is_none() {
        return Err(Refusal::new(
            Prefix::Invalid,
            "community metadata needs the id of its community in a d or e tag",
        ));
    }
    Ok(())
}
