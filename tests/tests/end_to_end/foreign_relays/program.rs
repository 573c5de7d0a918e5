//! Relays of other people as processes: started on a free port with a folder of their own, killed,
//! and started again. Knows how each of them is configured, not what is asked of it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::harness::within_deadline;

/// How many seconds ahead of its clock a note may be dated: what public relays are told to allow.
pub(super) const FUTURE_SECONDS_MAX: u64 = 1_800;

/// Whose relay it is. `tests/foreign/relays.sh` builds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Software {
    /// nostr-rs-relay (crates.io): no searches, no COUNT, no CLOSED; an older version of a list is
    /// answered with OK true.
    NostrRsRelay,
    /// khatru (Go): no searches; private messages are for those who say who they are.
    Khatru,
}

impl Software {
    /// The program, below the target folder that this test is in.
    fn program(self) -> PathBuf {
        let name = match self {
            Software::NostrRsRelay => "nostr-rs-relay-0.8.12",
            Software::Khatru => "khatru",
        };
        // …/<target folder>/<profile>/deps/<this test>
        let test = std::env::current_exe().unwrap();
        let program = test
            .ancestors()
            .nth(3)
            .unwrap()
            .join("foreign-relays")
            .join(name);
        assert!(
            program.exists(),
            "{} is not there: `bash tests/foreign/relays.sh` builds it",
            program.display()
        );
        program
    }

    /// What it logs when it has started.
    fn ready(self) -> &'static str {
        match self {
            Software::NostrRsRelay => "control message listener started",
            Software::Khatru => "listening on ws://",
        }
    }
}

/// A running relay. It is killed when this value is dropped.
pub(super) struct ForeignRelay {
    software: Software,
    address: SocketAddr,
    folder: TempDir,
    child: Child,
}

impl ForeignRelay {
    /// Starts it on a free port, and waits until it listens.
    pub(super) async fn start(software: Software) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let child = launch(software, address, &folder).await;
        ForeignRelay {
            software,
            address,
            folder,
            child,
        }
    }

    /// Its address as clients write it.
    pub(super) fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it as a power switch would.
    pub(super) async fn kill(&mut self) {
        let killing = within_deadline("the relay to die", self.child.kill());
        killing.await.unwrap();
    }

    /// Starts it again where it was, with what it stored.
    pub(super) async fn start_again(&mut self) {
        self.child = launch(self.software, self.address, &self.folder).await;
    }
}

async fn launch(software: Software, address: SocketAddr, folder: &TempDir) -> Child {
    let mut command = Command::new(software.program());
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    match software {
        Software::NostrRsRelay => {
            let file = folder.path().join("config.toml");
            std::fs::write(&file, configuration(address)).unwrap();
            command.arg("--config").arg(file).arg("--db").arg(data);
            command.env("RUST_LOG", "info").env("NO_COLOR", "1");
        }
        Software::Khatru => {
            command.arg(address.to_string()).arg(data);
        }
    }
    let mut child = command
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    match software {
        Software::NostrRsRelay => {
            pass_on(stderr);
            until(stdout, software.ready()).await;
            // It says so a moment before it is true.
            let connected = async {
                while TcpStream::connect(address).await.is_err() {
                    tokio::task::yield_now().await;
                }
            };
            within_deadline("the relay to take connections", connected).await;
        }
        Software::Khatru => {
            pass_on(stdout);
            until(stderr, software.ready()).await;
        }
    }
    child
}

/// What is not named is as nostr-rs-relay comes.
fn configuration(address: SocketAddr) -> String {
    let (ip, port) = (address.ip(), address.port());
    format!(
        "[info]\nrelay_url = \"ws://{address}/\"\n\n\
         [network]\naddress = \"{ip}\"\nport = {port}\n\n\
         [options]\nreject_future_seconds = {FUTURE_SECONDS_MAX}\n"
    )
}

/// Reads a log until it says this, and from then on for whoever debugs a test.
async fn until(log: impl AsyncRead + Unpin + Send + 'static, ready: &str) {
    let mut lines = BufReader::new(log).lines();
    loop {
        let line = within_deadline("the relay to listen", lines.next_line());
        let line = line.await.unwrap();
        let line = line.expect("the relay ended before it listened");
        eprintln!("foreign relay: {line}");
        if line.contains(ready) {
            break;
        }
    }
    pass_on(lines.into_inner());
}

/// A pipe that nobody reads would stop the program.
fn pass_on(log: impl AsyncRead + Unpin + Send + 'static) {
    let mut lines = BufReader::new(log).lines();
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            eprintln!("foreign relay: {line}");
        }
    });
}
