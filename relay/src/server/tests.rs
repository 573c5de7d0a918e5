//! The port as clients see it: HTTP, upgrades, ceilings, stopping.

use std::net::SocketAddr;

use futures_util::StreamExt;
use kith_nips::nip11::RelayInformation;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::config::{Config, Flags, Sources};
use crate::{Relay, RunError, RunningRelay};

const HANDSHAKE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// A relay in a folder of its own.
struct Running {
    relay: RunningRelay,
    folder: TempDir,
}

async fn start(change: impl FnOnce(&mut Config)) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.data.folder = folder.path().join("data");
    config.server.shutdown_grace_seconds = 1;
    change(&mut config);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let relay = Relay::start(config, listener).await.unwrap();
    Running { relay, folder }
}

impl Running {
    fn address(&self) -> SocketAddr {
        self.relay.address()
    }

    /// Sends one request and gives everything that comes back.
    async fn ask(&self, line: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(self.address()).await.unwrap();
        let request = format!("{line} HTTP/1.1\r\nHost: kith.example\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn get(&self, path: &str, headers: &str) -> String {
        self.ask(
            &format!("GET {path}"),
            &format!("Connection: close\r\n{headers}"),
        )
        .await
    }

    /// The first line of the answer to an upgrade; the socket stays open beside it.
    async fn upgrade(&self, path: &str, headers: &str) -> (String, TcpStream) {
        let mut stream = TcpStream::connect(self.address()).await.unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: kith.example\r\n{HANDSHAKE}{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n") {
            answer.push(stream.read_u8().await.unwrap());
        }
        (String::from_utf8(answer).unwrap(), stream)
    }

    async fn connect(&self) -> WebSocketStream<TcpStream> {
        let stream = TcpStream::connect(self.address()).await.unwrap();
        client_async(self.relay.url(), stream).await.unwrap().0
    }
}

#[track_caller]
fn check(answer: &str, expect: &[&str]) {
    let lower = answer.to_lowercase();
    for part in expect {
        assert!(
            lower.contains(&part.to_lowercase()),
            "{part:?} is missing in {answer}"
        );
    }
}

#[tokio::test]
async fn nip01_01_upgrades_are_taken_on_the_path_of_the_relay_only() {
    let running = start(|config| config.server.path = "/relay".to_owned()).await;
    check(&running.upgrade("/relay", "").await.0, &["101 "]);
    for path in ["/", "/relay/", "/other"] {
        check(&running.upgrade(path, "").await.0, &["404 "]);
    }
}

#[tokio::test]
async fn nip01_02_the_query_is_ignored() {
    let running = start(|_| {}).await;
    check(&running.upgrade("/?x=1&y", "").await.0, &["101 "]);
}

#[tokio::test]
async fn nip01_12_only_above_the_ceiling_of_an_address_429_is_answered() {
    let running = start(|config| config.limits.connections_per_address_max = 2).await;
    let first = running.upgrade("/", "").await;
    let second = running.upgrade("/", "").await;
    check(&first.0, &["101 "]);
    check(&second.0, &["101 "]);
    check(&running.upgrade("/", "").await.0, &["429 "]);
    check(&running.get("/", "").await, &["200 "]);
    drop(first);
    // The relay notices in its own time that the first is gone.
    while !running.upgrade("/", "").await.0.contains("101") {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_relay_has_a_ceiling_for_all_addresses() {
    let running = start(|config| config.limits.connections_max = 1).await;
    let _first = running.upgrade("/", "").await;
    check(&running.upgrade("/", "").await.0, &["503 "]);
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_ceiling_counts_clients() {
    let running = start(|config| {
        config.limits.connections_per_address_max = 1;
        config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    let first = running.upgrade("/", "X-Forwarded-For: 192.0.2.1\r\n").await;
    check(&first.0, &["101 "]);
    check(
        &running
            .upgrade("/", "X-Forwarded-For: 192.0.2.1\r\n")
            .await
            .0,
        &["429 "],
    );
    check(
        &running
            .upgrade("/", "X-Forwarded-For: 192.0.2.2\r\n")
            .await
            .0,
        &["101 "],
    );
}

#[tokio::test]
async fn wrong_handshakes_are_answered_in_http() {
    let running = start(|_| {}).await;
    let upgrade = "Connection: close, Upgrade\r\nUpgrade: websocket\r\n";
    let old = format!("{upgrade}Sec-WebSocket-Version: 8\r\n");
    check(
        &running.ask("GET /", &old).await,
        &["426 ", "sec-websocket-version: 13"],
    );
    let keyless = format!("{upgrade}Sec-WebSocket-Version: 13\r\n");
    check(&running.ask("GET /", &keyless).await, &["400 "]);
}

#[tokio::test]
async fn nip11_01_the_document_is_served() {
    let running = start(|_| {}).await;
    let answer = running.get("/", "Accept: application/nostr+json\r\n").await;
    check(&answer, &["200 ", "content-type: application/nostr+json"]);
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let information = RelayInformation::from_json(body);
    assert_eq!(information.name.as_deref(), Some("Kith"));
    assert_eq!(information.limitation.unwrap().max_subid_length, Some(64));
}

#[tokio::test]
async fn nip11_02_people_get_a_page() {
    let running = start(|_| {}).await;
    for accept in [
        "",
        "Accept: text/html\r\n",
        "Accept: application/nostr+json;q=0\r\n",
    ] {
        let answer = running.get("/", accept).await;
        check(
            &answer,
            &["200 ", "text/html", "content-security-policy", "/about"],
        );
    }
    let about = running.get("/about", "").await;
    check(&about, &["200 ", "text/html", "ws://kith.example"]);
}

#[tokio::test]
async fn nip11_03_preflights_are_answered() {
    let running = start(|_| {}).await;
    check(
        &running.ask("OPTIONS /", "Connection: close\r\n").await,
        &[
            "204 ",
            "access-control-allow-origin: *",
            "access-control-allow-methods",
        ],
    );
}

#[tokio::test]
async fn nip11_04_the_upgrade_wins_over_accept() {
    let running = start(|_| {}).await;
    let accept = "Accept: application/nostr+json\r\n";
    check(&running.upgrade("/", accept).await.0, &["101 "]);
}

#[tokio::test]
async fn nip11_08_reading_the_configuration_again_changes_the_document() {
    let running = start(|_| {}).await;
    let path = running.folder.path().join("kith.toml");
    std::fs::write(&path, "[features]\ncount = false\n").unwrap();
    let flags = Flags {
        config: Some(path),
        ..Flags::default()
    };
    let none: [(std::ffi::OsString, std::ffi::OsString); 0] = [];
    running
        .relay
        .config()
        .reload(&Sources::new(flags, none))
        .unwrap();
    let answer = running.get("/", "Accept: application/nostr+json\r\n").await;
    check(
        &answer,
        &["\"supported_nips\":[1,2,9,11,13,17,40,42,43,50,59,62,65,67,70,77]"],
    );
}

#[tokio::test]
async fn other_methods_and_paths_are_refused() {
    let running = start(|_| {}).await;
    let close = "Connection: close\r\n";
    check(
        &running.ask("POST /", close).await,
        &["405 ", "allow: GET, HEAD, POST, OPTIONS"],
    );
    check(&running.get("/nothing", "").await, &["404 "]);
    let head = running.ask("HEAD /", close).await;
    check(&head, &["200 ", "content-length: "]);
    assert!(head.ends_with("\r\n\r\n"), "HEAD has no body: {head}");
}

#[tokio::test]
async fn the_page_can_be_switched_off() {
    let running = start(|config| config.http.page = false).await;
    let answer = running.get("/", "Accept: text/html\r\n").await;
    check(&answer, &["200 ", "text/plain"]);
}

#[tokio::test]
async fn a_head_that_never_ends_is_bounded_in_space_and_time() {
    let running = start(|config| {
        config.server.request_head_bytes_max = 8_192;
        config.server.request_head_timeout_seconds = 1;
    })
    .await;
    let long = format!("X-Long: {}\r\n", "x".repeat(20_000));
    let answer = running.ask("GET /", &long).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let mut slow = TcpStream::connect(running.address()).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let mut rest = Vec::new();
    slow.read_to_end(&mut rest).await.unwrap();
}

#[tokio::test]
async fn nip01_99_stopping_tells_clients_and_frees_the_folder() {
    let mut running = start(|_| {}).await;
    let mut client = running.connect().await;
    let config = running.relay.config().current();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let second = Relay::start(Config::clone(&config), listener).await;
    assert!(matches!(second, Err(RunError::DataFolder(_))));

    running.relay.shutdown();
    let mut code = None;
    while let Some(Ok(message)) = client.next().await {
        if let Message::Close(Some(frame)) = message {
            code = Some(frame.code);
        }
    }
    assert_eq!(code, Some(CloseCode::Away));
    let address = running.address();
    assert_eq!(running.relay.join().await.unwrap().events, 0);
    TcpStream::connect(address).await.unwrap_err();

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut again = Relay::start(Config::clone(&config), listener)
        .await
        .unwrap();
    again.shutdown();
    again.join().await.unwrap();
}
