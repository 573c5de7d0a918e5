//! The Kith relay: a Nostr relay that understands communities, places and dates.
//!
//! This file puts the parts together: data folder, store, feed, subscriptions, admission, server.
//! Data flows one way: socket → session → admission → store → feed → subscriptions → session →
//! socket. Nothing here knows a verb of the protocol.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tracing::{info, warn};

pub mod admit;
pub mod arguments;
pub mod check;
pub mod clock;
pub mod config;
mod data_folder;
mod digits;
pub mod directory;
pub mod feed;
pub mod gate;
pub mod http;
pub mod identity;
pub mod management;
mod own_notes;
pub mod rebuild;
pub mod reconcile;
pub mod refusal;
pub mod retention;
mod server;
pub mod session;
mod settings;
pub mod signals;
pub mod store;
pub mod subscriptions;
pub mod transfer;
pub mod verify;
mod websocket;

pub use config::Config;
pub use data_folder::{DataFolder, DataFolderError};

use admit::Admission;
use config::{GivenTo, Live};
use feed::Feed;
use gate::Gate;
use identity::{Identity, IdentityError};
use management::membership::{Announcer, Members};
use management::names::GivenNames;
use management::{LoadError, Management};
use own_notes::OwnNotes;
use reconcile::Reconciler;
use server::Server;
use session::SessionContext;
use settings::Following;
use store::sqlite::SqliteStore;
use store::{Store, StoreError};
use subscriptions::Subscriptions;
use verify::Verifier;

/// A relay whose data folder is open; it serves nobody yet.
pub struct Relay {
    config: Live,
    folder: DataFolder,
    store: Arc<SqliteStore>,
    management: Management,
    identity: Arc<Identity>,
    feed: Feed,
    verifier: Verifier,
}

/// A relay that serves in the background. Dropping it lets it serve on; see
/// [`RunningRelay::shutdown`].
pub struct RunningRelay {
    address: SocketAddr,
    config: Live,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<Result<RunSummary, RunError>>,
}

/// What a relay looked like when it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunSummary {
    /// Events in its store.
    pub events: u64,
}

/// A relay that cannot start, or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The data folder cannot be used.
    #[error(transparent)]
    DataFolder(#[from] DataFolderError),
    /// The store does not work.
    #[error("the store cannot be used")]
    Store(#[from] StoreError),
    /// What administrators changed cannot be read.
    #[error("what administrators changed cannot be read: {0}")]
    Management(#[from] LoadError),
    /// The relay has no key of its own.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The socket has no address.
    #[error("the listening socket: {0}")]
    Listener(io::Error),
    /// No threads for the work.
    #[error("cannot start threads that check signatures: {0}")]
    Threads(io::Error),
    /// A part of the relay stopped by a fault in the program.
    #[error("a part of the relay failed: {0}")]
    Part(#[from] tokio::task::JoinError),
}

/// Serves on `listener` until `shutdown`, then takes leave of everybody and closes the store with
/// everything accepted on disk.
///
/// # Errors
/// [`RunError`]
pub async fn run(
    listener: TcpListener,
    config: Live,
    shutdown: impl Future<Output = ()>,
) -> Result<RunSummary, RunError> {
    Relay::open(config).await?.serve(listener, shutdown).await
}

impl Relay {
    /// Takes the data folder and opens the store in it.
    ///
    /// # Errors
    /// [`RunError`]
    pub async fn open(config: Live) -> Result<Self, RunError> {
        let current = config.current();
        let verifier = Verifier::start(current.limits.verify_threads).map_err(RunError::Threads)?;
        let (publisher, feed) = feed::channel();
        let opening = tokio::task::spawn_blocking(move || {
            let folder = DataFolder::open(&current.data.folder)?;
            let options = settings::store_options(&current, folder.path());
            let key_file = current.data.key_file.as_deref().map(Path::new);
            let identity = Identity::open(key_file, folder.path())?;
            let store = SqliteStore::open(&options, publisher)?;
            Ok::<_, RunError>((folder, identity, store))
        });
        let (folder, identity, store) = opening.await??;
        let store = Arc::new(store);
        let management = Management::load(store.clone()).await?;
        management.remove_banned_events().await?;
        Ok(Relay {
            config,
            folder,
            store,
            management,
            identity: Arc::new(identity),
            feed,
            verifier,
        })
    }

    /// Opens a relay and serves in the background, as a test or another program wants it.
    ///
    /// # Errors
    /// [`RunError`]
    pub async fn start(config: Config, listener: TcpListener) -> Result<RunningRelay, RunError> {
        let address = listener.local_addr().map_err(RunError::Listener)?;
        let config = Live::new(config);
        let relay = Relay::open(config.clone()).await?;
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(relay.serve(listener, async {
            if stopped.await.is_err() {
                // The handle is gone, and with it the last who could stop the relay.
                std::future::pending::<()>().await;
            }
        }));
        Ok(RunningRelay {
            address,
            config,
            stop: Some(stop),
            serving,
        })
    }

    /// As [`run`], for a relay that is open.
    ///
    /// # Errors
    /// [`RunError`]
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<RunSummary, RunError> {
        let Relay {
            config,
            folder,
            store,
            management,
            identity,
            feed,
            verifier,
        } = self;
        let path = config.current().server.path.clone();
        let address = listener.local_addr().map_err(RunError::Listener)?;
        let events = store.status().await?.events;
        info!("listening on ws://{address}{}", path.trim_end_matches('/'));
        warn_of_missing(&config.current(), address);
        info!("data in {}", folder.path().display());
        info!("{} events", digits::grouped(events));

        let subscriptions = Arc::new(Subscriptions::new());
        let dispatcher = {
            let subscriptions = Arc::clone(&subscriptions);
            tokio::spawn(async move { subscriptions.run(feed).await })
        };
        let following = Following::start(&config, address);
        let shared: Arc<dyn Store> = store.clone();
        let (announcer, announcing) = Announcer::start(
            Arc::clone(&identity),
            Arc::clone(&shared),
            management.clone(),
            following.membership.clone(),
        );
        let notes = OwnNotes::new(Arc::clone(&identity), Arc::clone(&shared));
        let announcing_pages = http::announce_pages(&config, &management, notes);
        let members = Members::new(
            management.clone(),
            identity,
            announcer,
            following.membership.clone(),
        );
        // Whoever comes first finds the members as they are.
        members.settled().await;
        let names = GivenNames::new(management.clone(), following.names.clone());
        let admission = Admission::new(
            Arc::clone(&shared),
            Arc::clone(&subscriptions),
            verifier,
            following.policy.clone(),
            management.clone(),
        )
        .with_members(members.clone())
        .with_names(names.clone());
        let context = SessionContext {
            store: Arc::clone(&shared),
            subscriptions,
            admission: Arc::new(admission),
            reconciler: Arc::new(Reconciler::new()),
            gate: Gate::new(management.subscribe()),
            limits: following.limits.clone(),
        };
        let retaining = retention::start(
            Arc::clone(&shared),
            following.retention.clone(),
            clock::unix_now,
        );
        let api = http::Api::new(
            config.clone(),
            Arc::clone(&shared),
            Arc::clone(&context.admission),
            context.gate.clone(),
        );
        let measured = http::Measured {
            connections: Arc::default(),
            subscriptions: Arc::clone(&context.subscriptions),
            admission: Arc::clone(&context.admission),
            since: Instant::now(),
        };
        let websockets = Arc::clone(&measured.connections);
        let sources = http::Sources::new(
            config.clone(),
            shared,
            management,
            members,
            names,
            address,
            measured,
        );
        let router = http::router(&path, sources, api);
        let server = Server::new(config, router, context, websockets);
        server.serve(listener, shutdown).await;
        announcing.abort();
        announcing_pages.abort();
        retaining.abort();

        info!("stopping: everybody was told, closing the store");
        let events = store.status().await?.events;
        tokio::task::spawn_blocking(move || store.close()).await?;
        dispatcher.await?;
        // Only now may another process have the folder.
        drop(folder);
        info!("stopped with {} events", digits::grouped(events));
        Ok(RunSummary { events })
    }
}

/// Says what cannot work with this configuration.
fn warn_of_missing(config: &Config, listening: SocketAddr) {
    if config.server.public_url.is_none() && !listening.ip().is_loopback() {
        warn!("server.public_url is not set: authentication (NIP-42) works on this machine only");
    }
    let gives_names = config.names.given_to != GivenTo::Nobody;
    if gives_names && config.names_host(listening).is_none() {
        warn!(
            "nobody can be given a name (NIP-05): server.public_url is not set, or has a port of its own"
        );
    }
}

impl RunningRelay {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What clients connect to.
    pub fn url(&self) -> String {
        let path = &self.config.current().server.path;
        format!("ws://{}{}", self.address, path.trim_end_matches('/'))
    }

    /// The configuration in force.
    pub fn config(&self) -> &Live {
        &self.config
    }

    /// Asks it to stop; [`RunningRelay::join`] tells when it has.
    pub fn shutdown(&mut self) {
        if let Some(stop) = self.stop.take() {
            // A relay that ended by itself needs no asking.
            let _ = stop.send(());
        }
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// [`RunError`]
    pub async fn join(self) -> Result<RunSummary, RunError> {
        // The sender must live as long as the relay serves.
        let RunningRelay { serving, stop, .. } = self;
        let result = serving.await?;
        drop(stop);
        result
    }
}
