//! One count at one relay (NIP-45), with the sketch of the authors that some relays add. The client pool
//! reads the number only, so that the rest is kept here while the message goes by.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nostr_sdk::pool::transport::websocket::WebSocketTransport;
use nostr_sdk::{ClientMessage, Filter, NostrSigner, RelayMessage, SubscriptionId};
use serde_json::Value;

use super::authentication::Challenge;
use super::exchange::Part;
use super::transport::Transport;
use super::{Link, lock};
use crate::refusal::Reason;

/// A longer answer to a count is not looked at; a sketch is 512 characters.
const ANSWER_BYTES_MAX: usize = 4_096;

/// What one relay counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) count: u64,
    /// The relay says that it estimated.
    pub(crate) is_approximate: bool,
    /// The registers, as they were sent.
    pub(crate) sketch: Option<String>,
}

/// What stands beside the number in the answers that are waited for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sketches(Arc<Mutex<HashMap<String, Beside>>>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Beside {
    is_approximate: bool,
    hll: Option<String>,
}

/// Waited for as long as this lives, so that only what was asked for is kept.
struct Expected<'a> {
    sketches: &'a Sketches,
    id: String,
}

impl Sketches {
    /// A way to relays on which answers to counts are looked at as they go by.
    pub(crate) fn transport(&self) -> impl WebSocketTransport + 'static {
        Transport::new(self.clone())
    }

    fn expect(&self, id: &SubscriptionId) -> Expected<'_> {
        let id = id.to_string();
        lock(&self.0).insert(id.clone(), Beside::default());
        Expected { sketches: self, id }
    }

    /// Keeps what belongs to an answer that is waited for.
    pub(super) fn look_at(&self, text: &str) {
        if text.len() > ANSWER_BYTES_MAX || !text.trim_start().starts_with("[\"COUNT\"") {
            return;
        }
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            return;
        };
        let (id, answer) = (message.get(1), message.get(2));
        let id = id.and_then(Value::as_str).unwrap_or_default();
        if let Some(answer) = answer
            && let Some(kept) = lock(&self.0).get_mut(id)
        {
            kept.is_approximate = answer.get("approximate") == Some(&Value::Bool(true));
            kept.hll = answer.get("hll").and_then(Value::as_str).map(str::to_owned);
        }
    }
}

impl Expected<'_> {
    fn beside(&self) -> Beside {
        let kept = lock(&self.sketches.0);
        kept.get(&self.id).cloned().unwrap_or_default()
    }
}

impl Drop for Expected<'_> {
    fn drop(&mut self) {
        lock(&self.sketches.0).remove(&self.id);
    }
}

impl Link {
    /// Asks how many notes match.
    pub(crate) async fn count(
        &self,
        filter: &Filter,
        sketches: &Sketches,
        signer: Option<&Arc<dyn NostrSigner>>,
        timeout: Duration,
    ) -> Result<Counted, Reason> {
        self.ready(timeout).await?;
        let challenge = Challenge::default();
        let ask = || self.count_once(filter, sketches, timeout, &challenge);
        self.authenticated(signer, &challenge, timeout, ask).await
    }

    async fn count_once(
        &self,
        filter: &Filter,
        sketches: &Sketches,
        timeout: Duration,
        challenge: &Challenge,
    ) -> Result<Counted, Reason> {
        let id = SubscriptionId::generate();
        let expected = sketches.expect(&id);
        let request = ClientMessage::Count {
            subscription_id: Cow::Borrowed(&id),
            filter: Cow::Borrowed(filter),
        };
        let count = self
            .exchange(request, timeout, challenge, |message| match message {
                RelayMessage::Count { count, .. } => Part::Answer(Ok(count)),
                _ => Part::Nothing,
            })
            .await?;
        let beside = expected.beside();
        Ok(Counted {
            count: u64::try_from(count).unwrap_or(u64::MAX),
            is_approximate: beside.is_approximate,
            sketch: beside.hll,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_waited_for_is_kept_and_only_as_long() {
        let sketches = Sketches::default();
        let id = SubscriptionId::new("mine");
        let expected = sketches.expect(&id);
        for text in [
            r#"["COUNT","other",{"count":1,"hll":"00"}]"#,
            r#"["EVENT","mine",{"count":1,"hll":"00"}]"#,
            r#"["COUNT","mine",{"count":1,"hll":7}]"#,
            r#"["COUNT","mine"]"#,
            r#"["COUNT"#,
            &format!(r#"["COUNT","mine",{{"hll":"{}"}}]"#, "0".repeat(5_000)),
        ] {
            sketches.look_at(text);
            assert_eq!(expected.beside(), Beside::default(), "{text}");
        }
        sketches.look_at(r#"["COUNT","mine",{"count":1,"hll":"0f","approximate":true,"x":1}]"#);
        let beside = expected.beside();
        assert_eq!(
            (beside.hll.as_deref(), beside.is_approximate),
            (Some("0f"), true)
        );
        drop(expected);
        assert!(lock(&sketches.0).is_empty());
    }
}
