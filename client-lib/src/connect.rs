//! From relay addresses and a signer to a connected [`Kith`]. Knows nothing of what is asked later.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use kith_nips::PublicKey;
use nostr_sdk::pool::{RelayLimits, RelayOptions};
use nostr_sdk::signer::IntoNostrSigner;
use nostr_sdk::{Client, ClientOptions, NostrSigner, RelayUrl, Timestamp};
use tokio::sync::{Mutex, watch};

use crate::kith::{Inner, Kith};
use crate::link::{Link, Network, NoStore, Sketches};
use crate::local::Local;
use crate::mutes::LastOpened;
use crate::outgoing::Sending;
use crate::refusal::{Refusal, joined};
use crate::relay_lists::{Known, Reach};
use crate::visits::Visits;
use crate::work::{ShowWork, Worker};

/// How long one relay may stay silent, unless [`KithBuilder::timeout`] says otherwise.
pub const TIMEOUT_DEFAULT: Duration = Duration::from_secs(10);

/// Relays that one [`Kith`] may have.
pub const RELAYS_MAX: usize = 64;

/// Messages of one relay that may wait to be read; a page is [`crate::EVENTS_PER_PAGE`] events.
const NOTIFICATIONS_MAX: usize = 4096;

/// Collects relays, a signer and limits; [`KithBuilder::connect`] makes a [`Kith`] of them.
///
/// ```no_run
/// use std::time::Duration;
/// use kith_client::{Keys, Kith};
///
/// # async fn example() -> Result<(), kith_client::ConnectError> {
/// let kith = Kith::builder()
///     .relay("wss://relay.example.com")
///     .relays(["wss://one.example.org", "wss://two.example.org"])
///     .signer(Keys::generate())
///     .timeout(Duration::from_secs(5))
///     .connect()
///     .await?;
/// for refusal in kith.unreachable() {
///     eprintln!("without {refusal}");
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[must_use]
pub struct KithBuilder {
    relays: Vec<String>,
    signer: Option<Arc<dyn NostrSigner>>,
    timeout: Duration,
    now: fn() -> u64,
    local: Option<Local>,
    network: Network,
    reach: Reach,
    worker: Worker,
}

impl fmt::Debug for KithBuilder {
    /// Without the signer: a key must not get into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KithBuilder")
            .field("relays", &self.relays)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Default for KithBuilder {
    fn default() -> Self {
        KithBuilder {
            relays: Vec::new(),
            signer: None,
            timeout: TIMEOUT_DEFAULT,
            now: || Timestamp::now().as_secs(),
            local: None,
            network: Network::default(),
            reach: Reach::default(),
            worker: Worker::default(),
        }
    }
}

impl KithBuilder {
    /// Adds a relay, `ws://…` or `wss://…`. It is checked by [`KithBuilder::connect`].
    pub fn relay(mut self, url: impl Into<String>) -> Self {
        self.relays.push(url.into());
        self
    }

    /// Adds several relays.
    pub fn relays<I>(mut self, urls: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.relays.extend(urls.into_iter().map(Into::into));
        self
    }

    /// Who signs: `Keys`, or any other `NostrSigner` (a remote signer, a hardware key). Without
    /// one, everything can be read and nothing written.
    pub fn signer(mut self, signer: impl IntoNostrSigner) -> Self {
        self.signer = Some(signer.into_nostr_signer());
        self
    }

    /// How long one relay may stay silent before it counts as not answering. It runs from the last
    /// thing heard, so a long answer is not cut off before it has taken twelve times as long. After a
    /// quarter of it a question is asked once more.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Where the time comes from, in Unix seconds. For tests, and for machines without a clock.
    pub fn clock(mut self, now: fn() -> u64) -> Self {
        self.now = now;
        self
    }

    /// A file on this machine, for two things. Notes wait in it that could not be sent
    /// ([`Local::queued`]): what is signed is not lost when no relay can be reached, and goes out
    /// when one is back, now or when another program opens the same file. And what relays told is
    /// kept in it, private messages as they were sealed: when none answers, the same questions are answered
    /// from there ([`Kith::freshness`]).
    ///
    /// ```no_run
    /// use kith_client::{Kith, Local};
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let local = Local::open("local.db").await?;
    /// let kith = Kith::builder().relay("wss://relay.example.com").local(local).connect().await?;
    /// # Ok(()) }
    /// ```
    pub fn local(mut self, local: Local) -> Self {
        self.local = Some(local);
        self
    }

    /// Leaves the relays alone: everything is answered from the file ([`KithBuilder::local`]), and
    /// what is published waits there.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Local};
    /// # async fn example(local: Local) -> Result<(), kith_client::ConnectError> {
    /// let kith = Kith::builder().relay("wss://relay.example.com").local(local).offline().connect().await?;
    /// assert!(kith.relays().iter().all(|relay| !relay.connected));
    /// # Ok(()) }
    /// ```
    pub fn offline(mut self) -> Self {
        self.network = Network::Offline;
        self
    }

    /// Uses the relays of the set and no others, but for private messages. Otherwise notes also go
    /// to the relays that their author writes to, to those that the people named in them read from
    /// (kind 10002, NIP-65) and to those that their community names; what a link leads to is also
    /// looked for at the relays that the link names and that its author writes to, and a feed where
    /// its people write; a bounded number of them, beside the answer of the set.
    pub fn without_relay_lists(mut self) -> Self {
        self.reach = Reach::SetAlone;
        self
    }

    /// The most work that is done for a relay which wants some of each note (NIP-13), in leading zero
    /// bits; each bit doubles it. [`crate::WORK_BITS_MAX_DEFAULT`] otherwise; 0 does none.
    pub fn work_bits_max(mut self, bits: u8) -> Self {
        self.worker.bits_max = bits;
        self
    }

    /// Who is told how far such work has come.
    pub fn on_work(mut self, show: ShowWork) -> Self {
        self.worker.show = Some(show);
        self
    }

    /// Connects to all relays at once. One that answers is enough, and with a file
    /// ([`KithBuilder::local`]) none is needed; the others are reported by [`Kith::unreachable`]
    /// and tried again when they are needed.
    ///
    /// # Errors
    /// [`ConnectError`] when there is no relay, one is not a relay address, none can be reached and
    /// there is no file, or the signer does not say whose key it holds.
    pub async fn connect(self) -> Result<Kith, ConnectError> {
        let urls = parsed(&self.relays)?;
        let public_key = match &self.signer {
            Some(signer) => Some(public_key(signer).await?),
            None => None,
        };
        let sketches = Sketches::default();
        // Authentication is ours: it happens when a relay refuses for want of it, not before.
        let client = Client::builder()
            .opts(ClientOptions::new().automatic_authentication(false))
            .database(NoStore)
            .websocket_transport(sketches.transport())
            .build();
        let mut links = Vec::with_capacity(urls.len());
        for url in urls {
            let clock = self.now;
            let link = add_relay(&client, &url, NOTIFICATIONS_MAX, self.network, clock).await;
            links.push(link.map_err(|reason| ConnectError::InvalidRelay {
                relay: url.to_string(),
                reason,
            })?);
        }
        let unreachable = connect_all(&links, self.timeout).await;
        if unreachable.len() == links.len() && self.local.is_none() {
            return Err(ConnectError::NobodyReachable {
                relays: unreachable,
            });
        }
        Ok(Kith::new(Inner {
            client,
            links,
            unreachable,
            signer: self.signer,
            public_key,
            timeout: self.timeout,
            now: self.now,
            made: Mutex::default(),
            rewriting: Mutex::default(),
            visits: Visits::default(),
            sketches,
            local: self.local,
            sending: Sending::default(),
            cache: Arc::default(),
            opened: LastOpened::default(),
            network: self.network,
            known: Known::default(),
            reach: self.reach,
            worker: self.worker,
            outgoings: std::sync::Mutex::default(),
            closed: watch::Sender::new(false),
        }))
    }
}

/// Why no [`Kith`] could be made.
///
/// ```
/// use kith_client::{ConnectError, Kith};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let error = Kith::builder().relay("https://example.com").connect().await.unwrap_err();
/// assert!(matches!(error, ConnectError::InvalidRelay { .. }));
/// assert!(error.to_string().starts_with("https://example.com is not a relay address"));
/// # });
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The builder was given no relay.
    #[error("no relay was given")]
    NoRelays,
    /// More than [`RELAYS_MAX`].
    #[error("{0} relays were given, at most {RELAYS_MAX} are possible")]
    TooManyRelays(usize),
    /// Not a `ws://` or `wss://` address.
    #[error("{relay} is not a relay address: {reason}")]
    InvalidRelay {
        /// As it was given.
        relay: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Not one relay could be reached.
    #[error("no relay could be reached: {}", joined(.relays))]
    NobodyReachable {
        /// Every relay and why.
        relays: Vec<Refusal>,
    },
    /// The signer does not say whose key it holds.
    #[error("the signer does not give its public key: {0}")]
    Signer(String),
}

/// Makes a link to a relay; nothing is connected yet. So many of its messages may wait to be read.
pub(crate) async fn add_relay(
    client: &Client,
    url: &RelayUrl,
    notifications_max: usize,
    network: Network,
    now: fn() -> u64,
) -> Result<Arc<Link>, String> {
    let options = RelayOptions::new()
        .notification_channel_size(notifications_max)
        .limits(limits());
    let added = async {
        client.pool().add_relay(url, options).await?;
        client.pool().relay(url).await
    };
    let relay = added.await.map_err(|error| error.to_string())?;
    Ok(Arc::new(Link::new(relay, network, now)))
}

/// Lists may have thousands of tags, more than the client pool allows by itself; a message stays
/// bounded by its size.
fn limits() -> RelayLimits {
    let mut limits = RelayLimits::default();
    limits.events.max_num_tags = None;
    limits.events.max_num_tags_per_kind.clear();
    limits
}

fn parsed(relays: &[String]) -> Result<Vec<RelayUrl>, ConnectError> {
    let mut urls: Vec<RelayUrl> = Vec::with_capacity(relays.len());
    for relay in relays {
        let url = RelayUrl::parse(relay.trim()).map_err(|error| ConnectError::InvalidRelay {
            relay: relay.clone(),
            reason: error.to_string(),
        })?;
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    match urls.len() {
        0 => Err(ConnectError::NoRelays),
        count if count > RELAYS_MAX => Err(ConnectError::TooManyRelays(count)),
        _ => Ok(urls),
    }
}

async fn public_key(signer: &Arc<dyn NostrSigner>) -> Result<PublicKey, ConnectError> {
    let key = signer
        .get_public_key()
        .await
        .map_err(|error| ConnectError::Signer(error.to_string()))?;
    Ok(PublicKey::from(key))
}

async fn connect_all(links: &[Arc<Link>], timeout: Duration) -> Vec<Refusal> {
    let attempts = links.iter().map(|link| async move {
        let reason = link.ready(timeout).await.err()?;
        Some(Refusal {
            relay: link.url().clone(),
            reason,
        })
    });
    join_all(attempts).await.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relays_are_parsed_once_each() {
        let urls = [
            "wss://Relay.example.com",
            "wss://relay.example.com/",
            " ws://x:7447 ",
        ]
        .map(str::to_owned);
        let urls = parsed(&urls).unwrap();
        assert_eq!(urls.len(), 2);
    }

    #[test]
    fn debug_output_has_no_key() {
        let keys = nostr_sdk::Keys::generate();
        let secret = keys.secret_key().to_secret_hex();
        let builder = KithBuilder::default().relay("ws://x").signer(keys);
        let text = format!("{builder:?}");
        assert!(text.contains("ws://x") && !text.contains(&secret));
    }

    #[test]
    fn what_is_not_a_relay_is_named() {
        assert!(matches!(parsed(&[]), Err(ConnectError::NoRelays)));
        let error = parsed(&["relay.example.com".to_owned()]).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("relay.example.com is not a relay address")
        );
        let many: Vec<String> = (0..65).map(|i| format!("ws://r{i}")).collect();
        assert!(matches!(
            parsed(&many),
            Err(ConnectError::TooManyRelays(65))
        ));
    }
}
