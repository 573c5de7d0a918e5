//! The handle that everything else is a method of: the relays, the key, the clock. The operations
//! live in the files named after them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kith_nips::PublicKey;
use kith_nips::lbc::{self, Community};
use nostr_sdk::{Client, NostrSigner, RelayUrl};
use tokio::sync::{Mutex, MutexGuard, watch};

use crate::cache::{Cache, Freshness, write_while_connected};
use crate::connect::KithBuilder;
use crate::link::{Link, Network, Sketches};
use crate::local::Local;
use crate::mutes::LastOpened;
use crate::outgoing::{Sending, send_while_connected};
use crate::publish::Outgoings;
use crate::refusal::Refusal;
use crate::relay_lists::{Known, Reach};
use crate::visits::Visits;
use crate::work::Worker;

/// A set of relays, and perhaps a key: everything a person does with communities and meetups.
///
/// Cheap to clone; clones share connections. See the [crate] for a tour.
///
/// ```no_run
/// use kith_client::Kith;
///
/// # async fn example() -> Result<(), kith_client::ConnectError> {
/// // Without a signer: everything can be read.
/// let kith = Kith::builder().relay("ws://127.0.0.1:7447").connect().await?;
/// assert_eq!(kith.public_key(), None);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Kith {
    inner: Arc<Inner>,
    rewrite: Rewrite,
    /// How fresh what was read through this handle is.
    reads: Arc<std::sync::Mutex<Freshness>>,
}

/// What a [`Kith`] shares with its clones.
pub(crate) struct Inner {
    pub(crate) client: Client,
    pub(crate) links: Vec<Arc<Link>>,
    pub(crate) unreachable: Vec<Refusal>,
    pub(crate) signer: Option<Arc<dyn NostrSigner>>,
    pub(crate) public_key: Option<PublicKey>,
    pub(crate) timeout: Duration,
    pub(crate) now: fn() -> u64,
    /// Communities that were made in the current second, or dated after it.
    pub(crate) made: Mutex<Vec<lbc::Published<Community>>>,
    /// Held from reading the version that is replaced until the new one is published.
    pub(crate) rewriting: Mutex<()>,
    /// Relays beside the set.
    pub(crate) visits: Visits,
    /// What counts have beside their number.
    pub(crate) sketches: Sketches,
    /// Which relays people use themselves, and whether that matters.
    pub(crate) known: Known,
    pub(crate) reach: Reach,
    /// How much work is done for relays.
    pub(crate) worker: Worker,
    /// Where notes wait that could not be sent.
    pub(crate) local: Option<Local>,
    pub(crate) sending: Sending,
    /// What relays told.
    pub(crate) cache: Arc<Cache>,
    /// The private part of the own mute list.
    pub(crate) opened: LastOpened,
    /// Whether relays are left alone.
    pub(crate) network: Network,
    pub(crate) outgoings: std::sync::Mutex<Outgoings>,
    /// Whether everything that goes on by itself has to end.
    pub(crate) closed: watch::Sender<bool>,
}

impl fmt::Debug for Kith {
    /// Without the signer: a key must not get into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kith")
            .field("relays", &self.relays())
            .field("public_key", &self.inner.public_key)
            .field("rewrite", &self.rewrite)
            .finish_non_exhaustive()
    }
}

/// Whether a list may be rewritten when not every relay told its newest version.
///
/// Rewriting replaces: what the missing relay knew would be gone. So the default refuses, and a
/// program asks its user before it says [`Rewrite::Confirmed`].
///
/// ```
/// use kith_client::Rewrite;
/// assert_eq!(Rewrite::default(), Rewrite::WhenAllAnswer);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rewrite {
    /// Refuse with `ListUnavailable` unless every relay of the set answered.
    #[default]
    WhenAllAnswer,
    /// The user knows that some relays are missing and wants it anyway.
    Confirmed,
}

/// One relay of the set, as it is now.
///
/// ```no_run
/// # fn example(kith: &kith_client::Kith) {
/// for relay in kith.relays() {
///     println!("{} connected: {}", relay.url, relay.connected);
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RelayState {
    /// Its address.
    pub url: RelayUrl,
    /// Whether there is a connection now.
    pub connected: bool,
    /// Events it sent that no question of ours matches; they were dropped.
    pub unasked_events: u64,
}

impl Kith {
    /// Starts with no relays and no signer.
    ///
    /// ```
    /// let builder = kith_client::Kith::builder().relay("wss://relay.example.com");
    /// ```
    pub fn builder() -> KithBuilder {
        KithBuilder::default()
    }

    pub(crate) fn new(inner: Inner) -> Kith {
        let kith = Kith::of(Arc::new(inner));
        if let Some(local) = kith.local() {
            let (local, kept) = (local.clone(), local.clone());
            let closed = kith.inner.closed.subscribe();
            tokio::spawn(send_while_connected(
                Arc::downgrade(&kith.inner),
                local,
                closed,
            ));
            tokio::spawn(write_while_connected(
                Arc::downgrade(&kith.inner),
                Arc::clone(&kith.inner.cache),
                kept,
            ));
        }
        kith
    }

    /// The handle of what others have.
    pub(crate) fn of(inner: Arc<Inner>) -> Kith {
        Kith {
            inner,
            rewrite: Rewrite::default(),
            reads: Arc::default(),
        }
    }

    /// The same connections, with another rule for lists that could not be fetched everywhere.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference, Rewrite};
    /// # async fn example(kith: Kith, community: Reference) -> Result<(), Box<dyn std::error::Error>> {
    /// // The user was asked and said yes.
    /// kith.with_rewrite(Rewrite::Confirmed).follow(&community).await?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with_rewrite(&self, rewrite: Rewrite) -> Kith {
        Kith {
            rewrite,
            ..self.clone()
        }
    }

    /// The same with an account of its own.
    pub(crate) fn apart(&self) -> Kith {
        Kith {
            reads: Arc::default(),
            ..self.clone()
        }
    }

    pub(crate) fn reads(&self) -> std::sync::MutexGuard<'_, Freshness> {
        let reads = self.reads.lock();
        reads.unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Whose key signs; `None` when this handle only reads.
    pub fn public_key(&self) -> Option<PublicKey> {
        self.inner.public_key
    }

    /// The relays of the set, in the order they were given.
    pub fn relays(&self) -> Vec<RelayState> {
        let state = |link: &Arc<Link>| RelayState {
            url: link.url().clone(),
            connected: link.is_connected(),
            unasked_events: link.dropped(),
        };
        self.inner.links.iter().map(state).collect()
    }

    /// The relays that could not be reached when this handle was made, and why.
    pub fn unreachable(&self) -> &[Refusal] {
        &self.inner.unreachable
    }

    /// The client pool beneath, for what this library does not do: live subscriptions, other kinds.
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// Closes all connections. Every clone of this handle is closed with it.
    pub async fn disconnect(&self) {
        self.inner.closed.send_replace(true);
        self.inner.client.disconnect().await;
    }

    /// Waits for [`Kith::disconnect`].
    pub(crate) async fn closed(&self) {
        // The sender lives as long as this handle.
        let _ = self
            .inner
            .closed
            .subscribe()
            .wait_for(|closed| *closed)
            .await;
    }

    pub(crate) fn links(&self) -> &[Arc<Link>] {
        &self.inner.links
    }

    pub(crate) fn sketches(&self) -> &Sketches {
        &self.inner.sketches
    }

    pub(crate) fn visits(&self) -> &Visits {
        &self.inner.visits
    }

    pub(crate) fn local(&self) -> Option<&Local> {
        self.inner.local.as_ref()
    }

    pub(crate) fn cache(&self) -> &Cache {
        &self.inner.cache
    }

    pub(crate) fn last_opened(&self) -> &LastOpened {
        &self.inner.opened
    }

    pub(crate) fn network(&self) -> Network {
        self.inner.network
    }

    pub(crate) fn sending(&self) -> &Sending {
        &self.inner.sending
    }

    /// What became of the notes that this handle and its clones published.
    ///
    /// ```no_run
    /// # fn example(kith: &kith_client::Kith) {
    /// for refusal in kith.outgoings().waits_for {
    ///     println!("not yet on {refusal}");
    /// }
    /// # }
    /// ```
    pub fn outgoings(&self) -> Outgoings {
        self.noted_outgoings().clone()
    }

    pub(crate) fn noted_outgoings(&self) -> std::sync::MutexGuard<'_, Outgoings> {
        let outgoings = self.inner.outgoings.lock();
        outgoings.unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn known(&self) -> &Known {
        &self.inner.known
    }

    pub(crate) fn reach(&self) -> Reach {
        self.inner.reach
    }

    pub(crate) fn worker(&self) -> &Worker {
        &self.inner.worker
    }

    pub(crate) fn signer(&self) -> Option<&Arc<dyn NostrSigner>> {
        self.inner.signer.as_ref()
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.inner.timeout
    }

    pub(crate) fn clock(&self) -> fn() -> u64 {
        self.inner.now
    }

    /// Unix seconds.
    pub(crate) fn now(&self) -> u64 {
        (self.inner.now)()
    }

    pub(crate) fn made_communities(&self) -> &Mutex<Vec<lbc::Published<Community>>> {
        &self.inner.made
    }

    /// One rewrite at a time: two that read the same version would undo each other.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.inner.rewriting.lock().await
    }

    pub(crate) fn rewrite(&self) -> Rewrite {
        self.rewrite
    }

    /// The first relay of the set: the hint that goes into `e`, `a` and `p` tags.
    pub(crate) fn relay_hint(&self) -> String {
        let connected = self.inner.links.iter().find(|link| link.is_connected());
        connected
            .or(self.inner.links.first())
            .map(|link| link.url().to_string())
            .unwrap_or_default()
    }
}
