//! Who we are, for relays that ask (NIP-42): challenges are kept, and signed only after a refusal.

use std::borrow::Cow;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kith_nips::Prefix;
use nostr_sdk::{ClientMessage, EventBuilder, NostrSigner, Timestamp};

use super::{Link, lock};
use crate::refusal::Reason;

/// The newest challenge that came while one question was asked.
pub(super) type Challenge = Mutex<Option<String>>;

impl Link {
    /// Asks, and once more after saying who we are, when the relay wants to know.
    pub(super) async fn authenticated<T, F>(
        &self,
        signer: Option<&Arc<dyn NostrSigner>>,
        challenge: &Challenge,
        timeout: Duration,
        ask: impl Fn() -> F,
    ) -> Result<T, Reason>
    where
        F: Future<Output = Result<T, Reason>>,
    {
        match ask().await {
            Err(reason) if asks_for_authentication(&reason) => {
                let challenge = lock(challenge).take();
                self.authenticate(signer, challenge, timeout).await?;
                ask().await
            }
            outcome => outcome,
        }
    }

    /// NIP-42: signs the challenge that came with the refusal, or else the stored one, and waits for
    /// its OK. Only called after the relay asked. Once for all questions that it refused together.
    pub(crate) async fn authenticate(
        &self,
        signer: Option<&Arc<dyn NostrSigner>>,
        challenge: Option<String>,
        timeout: Duration,
    ) -> Result<(), Reason> {
        let Some(signer) = signer else {
            return Err(Reason::Authentication(
                "there is no key to sign with".to_owned(),
            ));
        };
        let before = self.authentications.load(Ordering::Relaxed);
        let _turn = self.authentication.lock().await;
        if self.authentications.load(Ordering::Relaxed) > before {
            return Ok(());
        }
        let challenge = match challenge {
            Some(challenge) => challenge,
            None => self.stored_challenge(timeout).await?,
        };
        let event = EventBuilder::auth(challenge, self.relay.url().clone())
            .custom_created_at(Timestamp::from_secs((self.now)()))
            .sign(signer)
            .await
            .map_err(|error| Reason::Authentication(error.to_string()))?;
        let message = ClientMessage::Auth(Cow::Borrowed(&event));
        match self
            .send_for_ok(message, timeout, &Challenge::default())
            .await
        {
            Ok(_) => {
                self.authentications.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Err(Reason::Refused { message, .. }) => Err(Reason::Authentication(message)),
            Err(reason) => Err(reason),
        }
    }

    async fn stored_challenge(&self, timeout: Duration) -> Result<String, Reason> {
        let mut challenge = self.challenge.clone();
        let known = tokio::time::timeout(timeout, challenge.wait_for(Option::is_some)).await;
        let text = match known {
            Ok(Ok(challenge)) => challenge.clone(),
            Ok(Err(_)) | Err(_) => None,
        };
        text.ok_or_else(|| Reason::Authentication("it sent no challenge".to_owned()))
    }
}

pub(crate) fn asks_for_authentication(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::Refused {
            prefix: Prefix::AuthRequired,
            ..
        }
    )
}
