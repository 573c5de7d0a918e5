//! Relays beside the set: those where other people receive their messages. Connected when they are
//! needed, bounded in number; those that nobody uses go first. Knows addresses and links only.

use std::sync::Arc;

use nostr_sdk::RelayUrl;
use tokio::sync::Mutex;

use crate::connect::add_relay;
use crate::kith::Kith;
use crate::link::Link;
use crate::refusal::Reason;

/// Relays beside the set that are connected at the same time.
pub(crate) const VISITS_MAX: usize = 128;

/// Messages of one such relay that may wait to be read. A page is [`crate::EVENTS_PER_PAGE`] events;
/// what is faster is asked for again.
const NOTIFICATIONS_MAX: usize = 1024;

/// The relays beside the set, least recently used first.
#[derive(Debug, Default)]
pub(crate) struct Visits(Mutex<Vec<Arc<Link>>>);

impl Kith {
    /// The link to a relay, of the set or not. Nothing is connected yet.
    pub(crate) async fn link_to(&self, url: &RelayUrl) -> Result<Arc<Link>, Reason> {
        if let Some(link) = self.links().iter().find(|link| link.url() == url) {
            return Ok(Arc::clone(link));
        }
        let mut visits = self.visits().0.lock().await;
        if let Some(position) = visits.iter().position(|link| link.url() == url) {
            let link = visits.remove(position);
            visits.push(Arc::clone(&link));
            return Ok(link);
        }
        if visits.len() >= VISITS_MAX {
            self.end_idle_visit(&mut visits).await?;
        }
        let (network, clock) = (self.network(), self.clock());
        let added = add_relay(self.client(), url, NOTIFICATIONS_MAX, network, clock).await;
        let link = added.map_err(Reason::Unreachable)?;
        visits.push(Arc::clone(&link));
        Ok(link)
    }

    async fn end_idle_visit(&self, visits: &mut Vec<Arc<Link>>) -> Result<(), Reason> {
        let idle = visits.iter().position(|link| Arc::strong_count(link) == 1);
        let Some(idle) = idle else {
            let text = format!("{VISITS_MAX} other relays are in use");
            return Err(Reason::Unreachable(text));
        };
        let link = visits.remove(idle);
        let removed = self.client().force_remove_relay(link.url()).await;
        removed.map_err(|error| Reason::Unreachable(error.to_string()))
    }
}
