//! The announced limits on events (NIP-11).

use kith_nips::{Event, Prefix};

use super::Context;
use crate::refusal::Refusal;

/// Number of tags and length of the content.
pub(super) fn size(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    let tags_max = context.policy.event_tags_max;
    if event.tags().len() > tags_max {
        return Err(invalid(format!("more than {tags_max} tags")));
    }
    let chars_max = context.policy.content_chars_max;
    // Bytes are never fewer than characters, so most contents need no counting.
    if event.content().len() > chars_max && event.content().chars().count() > chars_max {
        return Err(invalid(format!(
            "content has more than {chars_max} characters"
        )));
    }
    Ok(())
}

/// Distance of `created_at` from now.
pub(super) fn creation_time(event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
    let ahead = event.created_at().saturating_sub(context.now);
    if let Some(max) = context.policy.created_at_upper_seconds
        && ahead > max
    {
        return Err(invalid(format!(
            "created_at is more than {max} seconds in the future"
        )));
    }
    let behind = context.now.saturating_sub(event.created_at());
    if let Some(max) = context.policy.created_at_lower_seconds
        && behind > max
    {
        return Err(invalid(format!(
            "created_at is more than {max} seconds in the past"
        )));
    }
    Ok(())
}

fn invalid(reason: String) -> Refusal {
    Refusal::new(Prefix::Invalid, reason)
}
