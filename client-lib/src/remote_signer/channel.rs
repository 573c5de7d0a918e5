//! Requests to a signer and its answers, over its relays, encrypted. Knows no method's meaning but that
//! of `switch_relays`.

use std::time::Duration;

use kith_nips::PublicKey;
use kith_nips::nip46::{ADDRESS_RELAYS_MAX, Outcome, Request, Response};
use nostr_sdk::nips::nip44;
use nostr_sdk::pool::RelayPoolNotification;
use nostr_sdk::{
    Client, Event, EventBuilder, Filter, Keys, Kind, RelayUrl, SubscriptionId, Tag, Timestamp,
};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::{RemoteSignerError, SignerOptions};

/// How long a user may take to read a page and say yes on it.
const PAGE_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// How far the clocks of two machines may be apart, seconds.
const CLOCK_DRIFT_SECONDS_MAX: u64 = 10 * 60;

/// How long the relays of a signer may take to be reached.
const REACHED_WITHIN: Duration = Duration::from_secs(10);

/// A way to a signer.
pub struct Channel {
    client: Client,
    keys: Keys,
    signer: nostr_sdk::PublicKey,
    relays: Vec<RelayUrl>,
    options: SignerOptions,
}

impl Channel {
    /// Listens on the relays for what is said to `keys`. Who the signer is, is not known yet.
    pub async fn open(
        keys: Keys,
        relays: Vec<RelayUrl>,
        options: SignerOptions,
    ) -> Result<Channel, RemoteSignerError> {
        let client = Client::builder().signer(keys.clone()).build();
        let channel = Channel {
            client,
            signer: keys.public_key(),
            keys,
            relays,
            options,
        };
        channel.listen(&channel.relays).await?;
        Ok(channel)
    }

    /// From now on, only this key is heard.
    pub fn set_signer(&mut self, signer: PublicKey) -> Result<(), RemoteSignerError> {
        let known = nostr_sdk::PublicKey::try_from(signer);
        self.signer = known.map_err(|error| RemoteSignerError::Untrue(error.to_string()))?;
        Ok(())
    }

    /// The key that it answers with.
    pub fn signer(&self) -> PublicKey {
        PublicKey::from(self.signer)
    }

    /// Ours.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Where it listens.
    pub fn relays(&self) -> &[RelayUrl] {
        &self.relays
    }

    /// Ends it.
    pub async fn close(&self) {
        self.client.disconnect().await;
    }

    /// Asks for something, and waits for the answer as long as the options say.
    pub async fn request(
        &self,
        method: &'static str,
        params: Vec<String>,
    ) -> Result<String, RemoteSignerError> {
        self.request_within(method, params, self.options.timeout)
            .await
    }

    /// The same, for at most so long.
    pub async fn request_within(
        &self,
        method: &'static str,
        params: Vec<String>,
        timeout: Duration,
    ) -> Result<String, RemoteSignerError> {
        let id = random();
        let request = Request { id, method, params };
        self.ask_within(&request, timeout).await
    }

    /// [`Channel::request`] of a request that was made elsewhere.
    pub async fn ask(&self, request: &Request) -> Result<String, RemoteSignerError> {
        self.ask_within(request, self.options.timeout).await
    }

    async fn ask_within(
        &self,
        request: &Request,
        timeout: Duration,
    ) -> Result<String, RemoteSignerError> {
        let mut heard = self.client.notifications();
        self.say(request).await?;
        let mut within = timeout;
        let mut end = Instant::now() + within;
        loop {
            let Ok(notification) = timeout_at(end, heard.recv()).await else {
                return Err(RemoteSignerError::Silent(within));
            };
            let response = match notification {
                Ok(RelayPoolNotification::Event { event, .. }) => self.read(&event),
                Ok(_) | Err(RecvError::Lagged(_)) => None,
                Err(RecvError::Closed) => return Err(RemoteSignerError::Silent(within)),
            };
            let is_asked = |response: &Response| response.id == request.id;
            match response.filter(is_asked).map(|response| response.outcome) {
                Some(Outcome::Result(text)) => return Ok(text),
                Some(Outcome::Error(text)) => return Err(RemoteSignerError::Refused(text)),
                Some(Outcome::AskedToVisit(page)) => {
                    self.show(&page)?;
                    within = PAGE_TIMEOUT;
                    end = Instant::now() + within;
                }
                None => {}
            }
        }
    }

    /// Waits for a signer that knows `secret`, and from then on hears only it (NIP46-03).
    pub async fn wait_for_signer(&mut self, secret: &str) -> Result<(), RemoteSignerError> {
        let timeout = self.options.timeout;
        let end = Instant::now() + timeout;
        let mut heard = self.client.notifications();
        loop {
            let event = match timeout_at(end, heard.recv()).await {
                Ok(Ok(RelayPoolNotification::Event { event, .. })) => event,
                Ok(Ok(_) | Err(RecvError::Lagged(_))) => continue,
                Ok(Err(RecvError::Closed)) | Err(_) => {
                    return Err(RemoteSignerError::Silent(timeout));
                }
            };
            let response = self.read_from(&event, &event.pubkey);
            let outcome = response.map(|response| response.outcome);
            // Anybody may have seen our key; who was shown the address knows the secret too.
            if outcome == Some(Outcome::Result(secret.to_owned())) {
                self.signer = event.pubkey;
                return Ok(());
            }
        }
    }

    /// A signer may want to be spoken to elsewhere (NIP46-05); one that does not know of it is spoken to
    /// where it is.
    pub async fn follow_to_other_relays(&mut self, timeout: Duration) {
        let answer = self.request_within("switch_relays", Vec::new(), timeout);
        let Ok(answer) = answer.await else { return };
        let named: Vec<String> = serde_json::from_str(&answer).unwrap_or_default();
        let relays = named.iter().take(ADDRESS_RELAYS_MAX);
        let relays: Vec<RelayUrl> = relays.filter_map(|url| url.parse().ok()).collect();
        if !relays.is_empty() && self.listen(&relays).await.is_ok() {
            for old in self.relays.iter().filter(|old| !relays.contains(old)) {
                if let Err(error) = self.client.remove_relay(old).await {
                    tracing::debug!(%old, %error, "a relay of the signer stays");
                }
            }
            self.relays = relays;
        }
    }

    async fn listen(&self, relays: &[RelayUrl]) -> Result<(), RemoteSignerError> {
        let no_relay =
            |error: nostr_sdk::client::Error| RemoteSignerError::NoRelay(error.to_string());
        for relay in relays {
            self.client.add_relay(relay).await.map_err(no_relay)?;
        }
        let reached = self.client.try_connect(REACHED_WITHIN).await;
        if !relays.iter().any(|relay| reached.success.contains(relay)) {
            let why = relays.iter().map(|relay| match reached.failed.get(relay) {
                Some(reason) => format!("{relay}: {reason}"),
                None => relay.to_string(),
            });
            let why: Vec<String> = why.collect();
            return Err(RemoteSignerError::NoRelay(why.join("; ")));
        }
        // What was said before is answered to nobody; clocks may differ.
        let since = Timestamp::now() - Duration::from_secs(CLOCK_DRIFT_SECONDS_MAX);
        let filter = Filter::new()
            .kind(Kind::NostrConnect)
            .pubkey(self.keys.public_key())
            .since(since);
        let subscribed = self.client.subscribe_to(relays, filter, None).await;
        subscribed.map(drop).map_err(no_relay)
    }

    async fn say(&self, request: &Request) -> Result<(), RemoteSignerError> {
        let encryption =
            |error: &dyn std::fmt::Display| RemoteSignerError::Encryption(error.to_string());
        let secret = self.keys.secret_key();
        let content = nip44::encrypt(
            secret,
            &self.signer,
            request.to_json(),
            nip44::Version::default(),
        )
        .map_err(|error| encryption(&error))?;
        let event = EventBuilder::new(Kind::NostrConnect, content)
            .tag(Tag::public_key(self.signer))
            .sign_with_keys(&self.keys)
            .map_err(|error| encryption(&error))?;
        let sent = self.client.send_event(&event).await;
        let sent = sent.map_err(|error| RemoteSignerError::NoRelay(error.to_string()))?;
        // Some relays say that nobody listens, and pass it on all the same.
        if sent.success.is_empty() && sent.failed.is_empty() {
            return Err(RemoteSignerError::NoRelay(
                "none took the request".to_owned(),
            ));
        }
        Ok(())
    }

    /// What the signer says; `None` for anybody else, and for what is no answer.
    fn read(&self, event: &Event) -> Option<Response> {
        self.read_from(event, &self.signer)
    }

    fn read_from(&self, event: &Event, author: &nostr_sdk::PublicKey) -> Option<Response> {
        if event.kind != Kind::NostrConnect || event.pubkey != *author {
            return None;
        }
        let text = nip44::decrypt(self.keys.secret_key(), author, &event.content).ok()?;
        Response::read(&text).ok()
    }

    fn show(&self, page: &str) -> Result<(), RemoteSignerError> {
        // Anything else would make a program of ours do what a stranger says.
        let is_page = page.starts_with("https://") && !page.chars().any(char::is_control);
        match is_page {
            true => {
                (self.options.show_page)(page);
                Ok(())
            }
            false => Err(RemoteSignerError::Untrue(
                "it wants its user to visit what is no https page".to_owned(),
            )),
        }
    }
}

/// A text that nobody can guess.
pub fn random() -> String {
    SubscriptionId::generate().to_string()
}
