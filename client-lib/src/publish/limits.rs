//! What a relay would refuse is not sent to it: its limits are known before (NIP-11), and whether it has
//! members (NIP-43). Knows documents and links.

use std::sync::Arc;

use kith_nips::Kind;
use nostr_sdk::{Event, NostrSigner};

use crate::kith::Kith;
use crate::link::Link;
use crate::refusal::Reason;

impl Kith {
    /// Gives a note to a relay that announces nothing against it, and waits for its OK.
    pub(crate) async fn hand_to(
        &self,
        link: &Arc<Link>,
        event: &Event,
        signer: Option<&Arc<dyn NostrSigner>>,
    ) -> Result<String, Reason> {
        // One that cannot be reached announces nothing, and says so itself.
        let announced = self.announced(link).await;
        if event.kind.as_u16() == Kind::JOIN_REQUEST.as_u16()
            && link.is_connected()
            && !announced.has_members
        {
            return Err(Reason::NoMembers);
        }
        let now_there = self.now().saturating_add_signed(announced.clock_ahead);
        let broken = kith_nips::Event::try_from(event).ok();
        let broken = broken.and_then(|event| announced.limits.broken_by(&event, now_there));
        match broken {
            Some(broken) => Err(Reason::Limit(broken)),
            None => link.publish(event, signer, self.timeout()).await,
        }
    }
}
