//! A key that is elsewhere signs: a phone, a bunker, a browser's extension with a relay (NIP-46). Knows
//! how to ask it, and believes none of its answers unseen; knows nothing of what is signed.

mod channel;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kith_nips::PublicKey;
use kith_nips::nip46::{BunkerAddress, ClientAddress, ClientMetadata, Request};
use nostr_sdk::signer::{SignerBackend, SignerError};
use nostr_sdk::util::BoxedFuture;
use nostr_sdk::{Event, JsonUtil, Keys, NostrSigner, RelayUrl, SecretKey, UnsignedEvent};
use serde_json::json;

use self::channel::{Channel, random};

/// How long a signer may take for an answer: a person has to look at it first.
pub const SIGNER_TIMEOUT_DEFAULT: Duration = Duration::from_secs(60);

/// How long a signer may take for what it does by itself, or does not know.
const COURTESY_TIMEOUT: Duration = Duration::from_secs(3);

/// What a signer shows about us.
const CLIENT_NAME: &str = "Kith";

/// Called with a page on which the user has to say yes (NIP46-07); it is `https`.
pub type ShowPage = Arc<dyn Fn(&str) + Send + Sync>;

/// How a signer is spoken to.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
/// use kith_client::SignerOptions;
///
/// let options = SignerOptions {
///     timeout: Duration::from_secs(30),
///     show_page: Arc::new(|page| eprintln!("say yes on {page}")),
/// };
/// assert_eq!(options.timeout.as_secs(), 30);
/// ```
#[derive(Clone)]
pub struct SignerOptions {
    /// How long it may take for an answer.
    pub timeout: Duration,
    /// What to do with a page on which the user has to say yes.
    pub show_page: ShowPage,
}

impl Default for SignerOptions {
    /// Pages go into the log.
    fn default() -> Self {
        SignerOptions {
            timeout: SIGNER_TIMEOUT_DEFAULT,
            show_page: Arc::new(|page| tracing::warn!(page, "the signer asks its user to say yes")),
        }
    }
}

impl fmt::Debug for SignerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignerOptions")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// A connection to a signer, to be kept: with it, the next run need not ask the user again.
///
/// ```no_run
/// # async fn example(signer: kith_client::RemoteSigner) {
/// let session = signer.session();
/// println!("{} signs through {}", session.user, session.signer);
/// # }
/// ```
#[derive(Clone)]
pub struct SignerSession {
    /// Whose notes it signs.
    pub user: PublicKey,
    /// The key that it answers with.
    pub signer: PublicKey,
    /// The key that was made for this connection, and is of use for nothing else.
    pub client: SecretKey,
    /// Where it listens.
    pub relays: Vec<RelayUrl>,
}

impl fmt::Debug for SignerSession {
    /// Without the secret: it must not get into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignerSession")
            .field("user", &self.user)
            .field("signer", &self.signer)
            .field("relays", &self.relays)
            .finish_non_exhaustive()
    }
}

/// A signer elsewhere, as a [`NostrSigner`].
///
/// ```no_run
/// use kith_client::{Kith, RemoteSigner, SignerOptions};
///
/// # async fn example(bunker: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let signer = RemoteSigner::connect(&bunker.parse()?, SignerOptions::default()).await?;
/// let kith = Kith::builder().relay("wss://relay.example.com").signer(signer).connect().await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RemoteSigner {
    channel: Arc<Channel>,
    user: PublicKey,
}

impl fmt::Debug for RemoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteSigner")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// Why a signer elsewhere is of no use.
///
/// ```
/// use kith_client::RemoteSignerError;
/// let error = RemoteSignerError::Refused("not today".to_owned());
/// assert_eq!(error.to_string(), "the signer says: not today");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteSignerError {
    /// None of the relays on which it listens can be used.
    #[error("no relay to the signer: {0}")]
    NoRelay(String),
    /// It says no.
    #[error("the signer says: {0}")]
    Refused(String),
    /// It says nothing.
    #[error("the signer did not answer within {} seconds", .0.as_secs())]
    Silent(Duration),
    /// It says something else than it was asked for.
    #[error("the signer cannot be trusted: {0}")]
    Untrue(String),
    /// What is said could not be encrypted.
    #[error("nothing could be said to the signer: {0}")]
    Encryption(String),
}

/// An address that is shown to a signer, and the ear for its answer (NIP46-03).
///
/// ```no_run
/// use kith_client::{RelayUrl, RemoteSigner, SignerOptions};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let relay = RelayUrl::parse("wss://relay.example.com")?;
/// let waiting = RemoteSigner::invite(vec![relay], SignerOptions::default()).await?;
/// println!("scan this: {}", waiting.address());
/// let signer = waiting.accepted().await?;
/// # Ok(()) }
/// ```
pub struct SignerInvitation {
    channel: Channel,
    address: ClientAddress,
}

impl fmt::Debug for SignerInvitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignerInvitation")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl SignerInvitation {
    /// What to show, as text or as a QR code.
    pub fn address(&self) -> &ClientAddress {
        &self.address
    }

    /// Waits until a signer comes that was shown the address, for at most the timeout.
    ///
    /// # Errors
    /// [`RemoteSignerError::Silent`] when none comes.
    pub async fn accepted(mut self) -> Result<RemoteSigner, RemoteSignerError> {
        self.channel.wait_for_signer(&self.address.secret).await?;
        RemoteSigner::begin(self.channel).await
    }
}

impl RemoteSigner {
    /// Goes to the signer that the user named. Its secret is good for once: keep
    /// [`RemoteSigner::session`] for the next time.
    ///
    /// # Errors
    /// [`RemoteSignerError`]
    pub async fn connect(
        address: &BunkerAddress,
        options: SignerOptions,
    ) -> Result<RemoteSigner, RemoteSignerError> {
        let keys = Keys::generate();
        let relays = address.relays.clone();
        let mut channel = Channel::open(keys, relays, options).await?;
        channel.set_signer(address.signer)?;
        let metadata = ClientMetadata {
            name: CLIENT_NAME.to_owned(),
            url: None,
        };
        let secret = address.secret.as_deref();
        let request = Request::connect(random(), address.signer, secret, &metadata);
        let answer = channel.ask(&request).await?;
        // Some signers acknowledge with the secret itself.
        let is_yes = answer == "ack" || secret == Some(answer.as_str());
        if !is_yes {
            return Err(RemoteSignerError::Untrue(
                "it took the connection with neither \"ack\" nor the secret".to_owned(),
            ));
        }
        RemoteSigner::begin(channel).await
    }

    /// Listens on relays for a signer that is shown an address. The options' timeout is how long it may
    /// take.
    ///
    /// # Errors
    /// [`RemoteSignerError::NoRelay`]
    pub async fn invite(
        relays: Vec<RelayUrl>,
        options: SignerOptions,
    ) -> Result<SignerInvitation, RemoteSignerError> {
        let keys = Keys::generate();
        let address = ClientAddress {
            client: PublicKey::from(keys.public_key()),
            relays: relays.clone(),
            secret: random(),
            name: CLIENT_NAME.to_owned(),
        };
        let channel = Channel::open(keys, relays, options).await?;
        Ok(SignerInvitation { channel, address })
    }

    /// Goes on with a connection that was kept. Nothing is asked yet.
    ///
    /// # Errors
    /// [`RemoteSignerError::NoRelay`]
    pub async fn resume(
        session: &SignerSession,
        options: SignerOptions,
    ) -> Result<RemoteSigner, RemoteSignerError> {
        let keys = Keys::new(session.client.clone());
        let mut channel = Channel::open(keys, session.relays.clone(), options).await?;
        channel.set_signer(session.signer)?;
        Ok(RemoteSigner {
            channel: Arc::new(channel),
            user: session.user,
        })
    }

    /// The first questions to a signer that took the connection.
    async fn begin(mut channel: Channel) -> Result<RemoteSigner, RemoteSignerError> {
        channel.follow_to_other_relays(COURTESY_TIMEOUT).await;
        let user = channel.request("get_public_key", Vec::new()).await?;
        let user = user.parse().map_err(|_| {
            RemoteSignerError::Untrue(format!("{user:?} is not the public key of its user"))
        })?;
        Ok(RemoteSigner {
            channel: Arc::new(channel),
            user,
        })
    }

    /// What to keep so that [`RemoteSigner::resume`] can go on.
    pub fn session(&self) -> SignerSession {
        SignerSession {
            user: self.user,
            signer: self.channel.signer(),
            client: self.channel.keys().secret_key().clone(),
            relays: self.channel.relays().to_vec(),
        }
    }

    /// Whose notes it signs.
    pub fn user(&self) -> PublicKey {
        self.user
    }

    /// Tells the signer that this connection ends, if it wants to hear it (NIP46-10), and closes it.
    /// Whatever it says, what was kept has to be deleted.
    pub async fn log_out(self) {
        let goodbye = self
            .channel
            .request_within("logout", Vec::new(), COURTESY_TIMEOUT);
        if let Err(error) = goodbye.await {
            tracing::debug!(%error, "the signer takes no leave");
        }
        self.channel.close().await;
    }

    async fn sign(&self, mut unsigned: UnsignedEvent) -> Result<Event, RemoteSignerError> {
        let id = unsigned.id();
        // The key is not asked for, but some signers read no note without one.
        let asked = json!({
            "pubkey": unsigned.pubkey,
            "kind": unsigned.kind,
            "created_at": unsigned.created_at,
            "tags": unsigned.tags,
            "content": unsigned.content,
        });
        let signed = self.channel.request("sign_event", vec![asked.to_string()]);
        let signed = Event::from_json(signed.await?)
            .map_err(|error| RemoteSignerError::Untrue(format!("it signed no note: {error}")))?;
        // The id is the hash of everything else but the signature (NIP46-08).
        if signed.id != id || PublicKey::from(signed.pubkey) != self.user {
            return Err(RemoteSignerError::Untrue(
                "it signed a different note".to_owned(),
            ));
        }
        match signed.verify() {
            Ok(()) => Ok(signed),
            Err(error) => Err(RemoteSignerError::Untrue(error.to_string())),
        }
    }
}

impl NostrSigner for RemoteSigner {
    fn backend(&self) -> SignerBackend<'_> {
        SignerBackend::NostrConnect
    }

    fn get_public_key(&self) -> BoxedFuture<'_, Result<nostr_sdk::PublicKey, SignerError>> {
        Box::pin(async { self.user.try_into().map_err(SignerError::backend) })
    }

    fn sign_event(&self, unsigned: UnsignedEvent) -> BoxedFuture<'_, Result<Event, SignerError>> {
        Box::pin(async { self.sign(unsigned).await.map_err(SignerError::backend) })
    }

    fn nip04_encrypt<'a>(
        &'a self,
        public_key: &'a nostr_sdk::PublicKey,
        content: &'a str,
    ) -> BoxedFuture<'a, Result<String, SignerError>> {
        self.on_text("nip04_encrypt", public_key, content)
    }

    fn nip04_decrypt<'a>(
        &'a self,
        public_key: &'a nostr_sdk::PublicKey,
        encrypted: &'a str,
    ) -> BoxedFuture<'a, Result<String, SignerError>> {
        self.on_text("nip04_decrypt", public_key, encrypted)
    }

    fn nip44_encrypt<'a>(
        &'a self,
        public_key: &'a nostr_sdk::PublicKey,
        content: &'a str,
    ) -> BoxedFuture<'a, Result<String, SignerError>> {
        self.on_text("nip44_encrypt", public_key, content)
    }

    fn nip44_decrypt<'a>(
        &'a self,
        public_key: &'a nostr_sdk::PublicKey,
        payload: &'a str,
    ) -> BoxedFuture<'a, Result<String, SignerError>> {
        self.on_text("nip44_decrypt", public_key, payload)
    }
}

impl RemoteSigner {
    /// One of the methods that make a text of a person and a text.
    fn on_text<'a>(
        &'a self,
        method: &'static str,
        person: &nostr_sdk::PublicKey,
        text: &str,
    ) -> BoxedFuture<'a, Result<String, SignerError>> {
        let params = vec![person.to_hex(), text.to_owned()];
        Box::pin(async move {
            let answer = self.channel.request(method, params).await;
            answer.map_err(SignerError::backend)
        })
    }
}
