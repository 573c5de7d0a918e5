//! Notes on their way to relays beside the set: through the queue, or, without one, at once. Nobody waits
//! for these relays, and no outcome depends on them.

use kith_nips::EventId;
use nostr_sdk::{Event, RelayUrl};

use crate::kith::Kith;
use crate::local::Local;
use crate::refusal::Reason;
use crate::relay_lists::Extra;

impl Kith {
    /// Puts it, and what goes along, into the queue for relays beside the set.
    pub(super) async fn queue_extra(&self, local: &Local, event: &Event, extra: &Extra) {
        if extra.relays.is_empty() {
            return;
        }
        let along = extra.along_with(EventId::from(event.id)).cloned();
        let events = kith_nips::Event::try_from(event).ok().into_iter();
        for event in along.into_iter().chain(events) {
            let queued = local.queue_beside(event, extra.relays.clone(), self.now());
            if let Err(error) = queued.await {
                tracing::warn!(%error, "it does not go to relays beside the set");
            }
        }
    }

    /// Takes notes that the set has to relays beside it, in this order. Nobody waits.
    pub(crate) async fn take_beside(&self, events: Vec<kith_nips::Event>, relays: Vec<RelayUrl>) {
        let Some(local) = self.local() else {
            let events = events.iter();
            let events = events.filter_map(|event| Event::try_from(event).ok());
            return self.send_all_beside(events.collect(), relays);
        };
        for event in events {
            if let Err(error) = local.queue_beside(event, relays.clone(), self.now()).await {
                tracing::warn!(%error, "it does not go to relays beside the set");
            }
        }
        self.sending().wake();
    }

    /// Without a queue: now, and nobody waits.
    pub(super) fn send_beside(&self, event: &Event, extra: Extra) {
        let along = extra.along_with(EventId::from(event.id));
        let along = along.and_then(|along| Event::try_from(along).ok());
        let events: Vec<Event> = along.into_iter().chain([event.clone()]).collect();
        self.send_all_beside(events, extra.relays);
    }

    fn send_all_beside(&self, events: Vec<Event>, relays: Vec<RelayUrl>) {
        for relay in relays {
            let (kith, events) = (self.clone(), events.clone());
            tokio::spawn(async move {
                let sending = async {
                    let link = kith.link_to(&relay).await?;
                    for event in &events {
                        kith.hand_to(&link, event, None).await?;
                    }
                    Ok::<(), Reason>(())
                };
                let outcome = tokio::select! {
                    outcome = sending => outcome,
                    () = kith.closed() => return,
                };
                tracing::debug!(%relay, ?outcome, "sent beside the set");
            });
        }
    }
}
