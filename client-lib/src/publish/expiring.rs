//! Notes that expire (NIP-40), at relays that do not say that they let notes expire.

use std::sync::Arc;

use futures_util::future::join_all;
use nostr_sdk::RelayUrl;

use crate::kith::Kith;
use crate::link::Link;

/// The NIP of expirations.
const EXPIRATION_NIP: u16 = 40;

impl Kith {
    /// Of relays that took a note which expires, those whose information document (NIP-11) does not list
    /// NIP-40, or who have none.
    pub(super) async fn that_keep_longer(
        &self,
        asked: &[Arc<Link>],
        accepted: &[RelayUrl],
    ) -> Vec<RelayUrl> {
        let took = asked.iter().filter(|link| accepted.contains(link.url()));
        let keeping = took.map(|link| async {
            let document = link.document(self.timeout()).await.ok();
            let nips = document.and_then(|document| document.information.supported_nips);
            let expires = nips.is_some_and(|nips| nips.contains(&EXPIRATION_NIP));
            (!expires).then(|| link.url().clone())
        });
        let keeping: Vec<RelayUrl> = join_all(keeping).await.into_iter().flatten().collect();
        for relay in &keeping {
            tracing::warn!(%relay, "the note expires, but this relay may keep it longer");
        }
        keeping
    }
}
