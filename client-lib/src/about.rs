//! What was written about a note with an address. The address of a meetup is longer than what some
//! relays look for, so a relay that finds nothing by it is asked by what else such notes name. Knows
//! filters and relays, not what the notes say.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use kith_nips::EventId;
use nostr_sdk::{Filter, RelayUrl};

use crate::fetch::{Fetched, Found, ReadError};
use crate::kith::Kith;
use crate::link::Link;
use crate::refusal::merge;

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

impl Fetched {
    /// Whether this relay has some of it, or did not say what it has.
    fn is_silent_or_knows(&self, relay: &RelayUrl) -> bool {
        let mut found = self.found.iter();
        let mut silent = self.silent.iter();
        found.any(|found| found.relays.contains(relay))
            || silent.any(|refusal| refusal.relay == *relay)
    }

    /// With the answers to another question.
    fn with(mut self, other: Fetched) -> Fetched {
        merge(&mut self.silent, &other.silent);
        let known = std::mem::take(&mut self.found).into_iter();
        let mut found: BTreeMap<EventId, Found> =
            known.map(|found| (found.event.id(), found)).collect();
        for more in other.found {
            match found.entry(more.event.id()) {
                Entry::Occupied(mut entry) => entry.get_mut().relays.extend(more.relays),
                Entry::Vacant(entry) => {
                    entry.insert(more);
                }
            }
        }
        self.found = found.into_values().collect();
        self
    }
}
