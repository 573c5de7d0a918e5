//! A relay for one test, and the clients to talk to it. Knows the shapes of messages, not what
//! any test wants to see in them.

use std::net::SocketAddr;
use std::time::Duration;

use kith_nips::Event;
use kith_relay::config::{Flags, Sources};
use kith_relay::{Config, Relay, RunSummary, RunningRelay, transfer};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

mod raw;
mod reply;
mod socket;
mod tests;

pub(crate) use raw::{Frame, Opcode, RawClient};
pub(crate) use reply::{Answer, Reply, assert_prefix};
pub(crate) use socket::{Farewell, Socket};

/// Anything that is awaited comes within this time or never: generous, because a busy machine
/// must not fail a test, and only a failing test ever waits that long.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// Gives what `future` gives, and fails the test when it takes longer than any answer may.
pub(crate) async fn within_deadline<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited for {what} in vain"),
    }
}

/// A relay inside the test's process, on a free port, with a data folder of its own. Both end
/// with this value.
pub(crate) struct TestRelay {
    relay: Option<RunningRelay>,
    address: SocketAddr,
    config: Config,
    _folder: TempDir,
}

impl TestRelay {
    /// With the configuration that operators get, except for port and folder.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With a configuration of the test's own. `server.listen` and `data.folder` are set already.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let (folder, config, listener) = prepare(change).await;
        Self::start_prepared(folder, config, listener).await
    }

    /// With the configuration that operators get, holding these events.
    pub(crate) async fn start_holding(events: &[Event]) -> Self {
        Self::start_holding_with(events, |_| {}).await
    }

    /// The same with a configuration of the test's own.
    pub(crate) async fn start_holding_with(
        events: &[Event],
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let (folder, config, listener) = prepare(change).await;
        let file = folder.path().join("events.jsonl");
        let lines: String = events
            .iter()
            .flat_map(|event| [event.json(), "\n"])
            .collect();
        std::fs::write(&file, lines).unwrap();
        let importing = transfer::import(&config, &file, None, std::future::pending());
        importing.await.unwrap();
        Self::start_prepared(folder, config, listener).await
    }

    /// At this address, as soon as nobody else is there.
    pub(crate) async fn start_at(address: SocketAddr) -> Self {
        let (folder, mut config, listener) = prepare(|_| {}).await;
        drop(listener);
        let binding = async {
            loop {
                match TcpListener::bind(address).await {
                    Ok(listener) => break listener,
                    Err(_) => tokio::task::yield_now().await,
                }
            }
        };
        let listener = within_deadline("an address to be free", binding).await;
        config.server.listen = address.to_string();
        Self::start_prepared(folder, config, listener).await
    }

    async fn start_prepared(folder: TempDir, config: Config, listener: TcpListener) -> Self {
        let relay = Relay::start(config.clone(), listener).await.unwrap();
        TestRelay {
            address: relay.address(),
            relay: Some(relay),
            config,
            _folder: folder,
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it was started with.
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// Its address as clients write it, such as `ws://127.0.0.1:40123`.
    pub(crate) fn url(&self) -> String {
        let path = self.config.server.path.trim_end_matches('/');
        format!("ws://{}{path}", self.address)
    }

    /// A client that has been greeted.
    pub(crate) async fn connect(&self) -> Socket {
        Socket::connect(&self.url(), self.config.features.auth).await
    }

    /// A client that writes single frames, greeted as well.
    pub(crate) async fn connect_raw(&self) -> RawClient {
        let (head, mut client) =
            RawClient::upgrade(self.address, &self.config.server.path, "").await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        if self.config.features.auth {
            client.expect_greeting().await;
        }
        client
    }

    /// The whole answer to a GET, head and body.
    pub(crate) async fn get(&self, path: &str, headers: &str) -> String {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: kith.test\r\nConnection: close\r\n{headers}\r\n");
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        within_deadline("an HTTP answer", stream.read_to_string(&mut answer))
            .await
            .unwrap();
        answer
    }

    /// Reads the configuration again while the relay runs, as if it consisted of these
    /// environment variables, such as `("KITH_RELAY_FEATURES_COUNT", "false")`.
    pub(crate) fn reload(&self, variables: &[(&str, &str)]) {
        let variables = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        let sources = Sources::new(Flags::default(), variables);
        let live = self.relay.as_ref().unwrap().config();
        live.reload(&sources).unwrap();
    }

    /// Asks it to stop, and does not wait until it has.
    pub(crate) fn begin_to_stop(&mut self) {
        self.relay.as_mut().unwrap().shutdown();
    }

    /// Stops it in good order and waits until it has.
    pub(crate) async fn stop(&mut self) -> RunSummary {
        let mut relay = self.relay.take().unwrap();
        relay.shutdown();
        within_deadline("the relay to stop", relay.join())
            .await
            .unwrap()
    }

    /// Stops it and starts it again in the same folder, on another port. Drop your sockets before:
    /// the relay waits for clients to read its farewell, as long as its grace period.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        let listener = listen(&mut self.config).await;
        let relay = Relay::start(self.config.clone(), listener).await.unwrap();
        self.address = relay.address();
        self.relay = Some(relay);
    }
}

impl Drop for TestRelay {
    fn drop(&mut self) {
        if let Some(relay) = &mut self.relay {
            relay.shutdown();
        }
    }
}

async fn prepare(change: impl FnOnce(&mut Config)) -> (TempDir, Config, TcpListener) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.data.folder = folder.path().join("data");
    let listener = listen(&mut config).await;
    change(&mut config);
    (folder, config, listener)
}

async fn listen(config: &mut Config) -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // Authentication compares against the address that the configuration names (NIP-42).
    config.server.listen = listener.local_addr().unwrap().to_string();
    listener
}
