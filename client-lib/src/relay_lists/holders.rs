//! The relays that hold what is taken back: the request to delete it goes to them as well (NIP09-20).

use std::collections::BTreeSet;

use kith_nips::{Event, nip09};
use nostr_sdk::RelayUrl;

use crate::filters::{addresses_filters, ids_filters};
use crate::kith::Kith;

impl Kith {
    /// The relays that are known to have a target of this deletion request; none for any other note.
    pub(super) async fn relays_of_targets(&self, event: &nostr_sdk::Event) -> Vec<RelayUrl> {
        let Ok(request) = Event::try_from(event) else {
            return Vec::new();
        };
        let targets = nip09::deletion_targets(&request);
        let mut filters = ids_filters(&targets.ids);
        filters.extend(addresses_filters(&targets.addresses));
        if filters.is_empty() {
            return Vec::new();
        }
        let is_target = |event: &Event| {
            let address = event.address();
            let is_named = address.is_some_and(|address| targets.addresses.contains(&address));
            is_named || targets.ids.contains(&event.id())
        };
        let found = self.fetch(filters).await.found.into_iter();
        let found = found.filter(|found| is_target(&found.event));
        let relays: BTreeSet<RelayUrl> = found.flat_map(|found| found.relays).collect();
        relays.into_iter().collect()
    }
}
