//! What moderators reported and no administrator has decided about yet (NIP-56, NIP-86).
//!
//! Derived from the reports that are stored, so that a report counts however it came, and one that
//! its author deleted counts no more. Nothing is done to a reported event.

use std::collections::BTreeMap;

use kith_nips::{Event, EventId, Filter, Kind, PublicKey};

use super::{Management, REASON_CHARS_MAX};
use crate::clock::unix_now;
use crate::store::StoreError;

/// Reports that are looked at, the newest ones.
const REPORTS_MAX: usize = 5_000;

impl Management {
    /// The events that `moderators` reported, with the reason of the newest report, ordered by id;
    /// without those that were banned or allowed.
    ///
    /// # Errors
    /// [`StoreError`] when the reports cannot be read.
    pub async fn events_needing_moderation(
        &self,
        moderators: &[PublicKey],
    ) -> Result<BTreeMap<EventId, String>, StoreError> {
        let mut reported = BTreeMap::new();
        if moderators.is_empty() {
            return Ok(reported);
        }
        let filter = Filter {
            authors: Some(moderators.to_vec()),
            kinds: Some(vec![Kind::REPORT]),
            limit: Some(REPORTS_MAX),
            ..Filter::default()
        };
        self.each_stored(filter, unix_now(), |report| {
            for (id, reason) in reported_events(report) {
                // Newest first: what is there already is newer.
                reported.entry(id).or_insert(reason);
            }
        })
        .await?;
        let standing = self.standing();
        reported.retain(|id, _| {
            !standing.banned_events.contains(id) && !standing.allowed_events.contains(id)
        });
        Ok(reported)
    }
}

/// The events that a report is about, each with the type of the report and its words.
fn reported_events(report: &Event) -> impl Iterator<Item = (EventId, String)> {
    report.tags().named("e").filter_map(|tag| {
        let id = EventId::from_hex(tag.value()?).ok()?;
        let parts = [tag.get(2).unwrap_or_default(), report.content()];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Some((
            id,
            parts.join(": ").chars().take(REASON_CHARS_MAX).collect(),
        ))
    })
}
