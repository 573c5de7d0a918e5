//! CLOSE: no further event and no EOSE for that id; no answer (NIP-01).

use super::state::Session;

impl Session {
    /// Ends a subscription, if it is open.
    pub(super) fn close(&mut self, id: &str) {
        if let Some(key) = self.subscriptions.close(id) {
            self.scans.retain(|(waiting, _)| *waiting != key);
            self.released
                .retain(|delivery| delivery.subscription != key);
        }
    }
}
