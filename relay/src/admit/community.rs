//! Community metadata must say whose it is (LBC). Whether its author owns that community is the
//! store's to judge, at the moment of writing.

use kith_nips::{Event, EventId, Kind, Prefix};

use super::{Context, Refusal};

pub(super) fn metadata_names_a_community(
    event: &Event,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if event.kind() != Kind::COMMUNITY_METADATA || !context.policy.enforce_owner {
        return Ok(());
    }
    match community_of_metadata(event) {
        Some(_) => Ok(()),
        None => Err(Refusal::new(
            Prefix::Invalid,
            "community metadata needs the id of its community in a d or e tag",
        )),
    }
}

/// The community that metadata describes: its identifier, else the first usable `e` (LBC).
pub(super) fn community_of_metadata(event: &Event) -> Option<EventId> {
    EventId::from_hex(event.identifier()).ok().or_else(|| {
        event
            .tags()
            .named("e")
            .find_map(|tag| EventId::from_hex(tag.value()?).ok())
    })
}
