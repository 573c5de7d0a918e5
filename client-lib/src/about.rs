//! What was written about a note with an address. The address of a meetup is longer than what some
//! relays look for, so a relay that finds nothing by it is asked by what else such notes name. Knows
//! filters and relays, not what the notes say.

use std::sync::Arc;

use nostr_sdk::Filter;

use crate::fetch::{Fetched, ReadError};
use crate::kith::Kith;
use crate::link::Link;

impl Kith {
    /// Asks every relay for what names the address, and those that find nothing by it `otherwise`:
    /// relays with eventstore (khatru's) index no value of a tag with more than 100 characters.
    /// Whoever asks sorts out what is about something else.
    pub(crate) async fn find_about(
        &self,
        by_address: Vec<Filter>,
        otherwise: Vec<Filter>,
    ) -> Result<Fetched, ReadError> {
        let fetched = self.fetch(by_address).await.answered()?;
        let others: Vec<Arc<Link>> = self
            .links()
            .iter()
            .filter(|link| !fetched.is_silent_or_knows(link.url()))
            .map(Arc::clone)
            .collect();
        if others.is_empty() {
            return Ok(fetched);
        }
        let more = self.fetch_at(&others, otherwise).await;
        Ok(fetched.with(more))
    }
}
