//! Events that only their author may publish (NIP-70).

use kith_nips::{Event, Prefix};
use serde::Deserialize;

use super::Context;
use crate::refusal::Refusal;

/// Kinds whose content is another event.
const REPOST_KINDS: [u16; 2] = [6, 16];

/// Events inside events that are looked into; honest reposts have one level.
const REPOST_LEVELS_MAX: usize = 8;

/// A protected event comes from its author, who must have authenticated.
pub(super) fn by_its_author(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    if !event.is_protected() {
        return Ok(());
    }
    if !context.policy.protected_events || !context.policy.authentication {
        return Err(Refusal::new(
            Prefix::Blocked,
            "this relay takes no protected events",
        ));
    }
    if context.keys.contains(&event.pubkey()) {
        return Ok(());
    }
    if context.keys.is_empty() {
        return Err(Refusal::new(
            Prefix::AuthRequired,
            "a protected event is taken only from its author",
        ));
    }
    Err(Refusal::new(
        Prefix::Restricted,
        "a protected event is taken only from its author",
    ))
}

/// A repost must not carry a protected event around its author.
pub(super) fn not_inside_a_repost(event: &Event, _: &Context<'_>) -> Result<(), Refusal> {
    if !REPOST_KINDS.contains(&event.kind().as_u16()) {
        return Ok(());
    }
    if embeds_protected(event.content(), REPOST_LEVELS_MAX) {
        return Err(Refusal::new(
            Prefix::Blocked,
            "the repost contains a protected event",
        ));
    }
    Ok(())
}

/// What is looked at in the event inside a repost, whatever else is wrong with it.
#[derive(Deserialize)]
struct Embedded {
    #[serde(default)]
    tags: serde_json::Value,
    #[serde(default)]
    content: serde_json::Value,
}

fn embeds_protected(content: &str, levels: usize) -> bool {
    let Ok(embedded) = serde_json::from_str::<Embedded>(content) else {
        return false;
    };
    let protected = embedded
        .tags
        .as_array()
        .into_iter()
        .flatten()
        .any(|tag| tag.get(0).and_then(|name| name.as_str()) == Some("-"));
    let deeper = embedded.content.as_str().unwrap_or_default();
    match levels.checked_sub(1) {
        _ if protected => true,
        Some(levels) => embeds_protected(deeper, levels),
        // Nobody nests so deep except to hide something.
        None => !deeper.is_empty(),
    }
}
