//! Whether a relay has what it says that it took. OK true is only its word.

use std::sync::Arc;
use std::time::Duration;

use kith_nips::{Kind, Prefix, StorageClass};
use nostr_sdk::{Event, Filter, NostrSigner};

use super::Link;
use crate::refusal::Reason;

impl Link {
    /// Whether the relay gives the note when it is asked for it by its id.
    pub(crate) async fn has(
        &self,
        id: nostr_sdk::EventId,
        signer: Option<&Arc<dyn NostrSigner>>,
        timeout: Duration,
    ) -> Result<bool, Reason> {
        let filter = Filter::new().id(id).limit(1);
        let found = self.request(&filter, signer, timeout).await?;
        Ok(!found.is_empty())
    }

    /// What OK true means. Of a note that replaces others, some relays (nostr-rs-relay) call one that
    /// loses against a newer version a duplicate that they took: so those are asked whether they have
    /// it. Without an answer the relay is believed.
    pub(super) async fn believed(
        &self,
        event: &Event,
        message: String,
        signer: Option<&Arc<dyn NostrSigner>>,
        timeout: Duration,
    ) -> Result<String, Reason> {
        let replaces = matches!(
            Kind::new(event.kind.as_u16()).storage_class(),
            StorageClass::Replaceable | StorageClass::Addressable
        );
        let is_duplicate = Prefix::of(&message).0 == Prefix::Duplicate;
        if !replaces || !is_duplicate {
            return Ok(message);
        }
        match self.has(event.id, signer, timeout).await {
            Ok(false) => Err(Reason::refused(message)),
            Ok(true) | Err(_) => Ok(message),
        }
    }
}
