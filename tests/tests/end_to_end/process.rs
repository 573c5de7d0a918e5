//! The relay as the program that operators run: a process of its own, to be stopped, starved and
//! killed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::harness::{Socket, within_deadline};

/// What the program logs once clients can connect.
const LISTENING: &str = "listening on ws://";

/// Where it listens when it is not told.
const ANY_PORT: &str = "127.0.0.1:0";

/// A running `kith-relay`. It is killed when this value is dropped.
pub(crate) struct RelayProcess {
    child: Child,
    address: SocketAddr,
}

impl RelayProcess {
    /// Starts it in this folder on a free port, and waits until it listens.
    pub(crate) async fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[]).await
    }

    /// The same with environment variables, such as `("KITH_RELAY_LIMITS_MAX_LIMIT", "10")`.
    pub(crate) async fn start_with(folder: &Path, variables: &[(&str, &str)]) -> Self {
        Self::spawn(Command::new(program("kith-relay")), folder, variables).await
    }

    /// The same, and no file of the process may grow beyond `kibibytes`: writing more fails.
    pub(crate) async fn start_with_files_up_to(folder: &Path, kibibytes: u32) -> Self {
        let mut shell = Command::new("sh");
        // Without the trap the system would end the process instead of failing the write.
        let script = format!(
            "trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"",
            kibibytes * 2
        );
        shell.arg("-c").arg(script).arg(program("kith-relay"));
        Self::spawn(shell, folder, &[]).await
    }

    /// Starts it and kills it after so long, whether it listens by then or not.
    pub(crate) async fn start_and_kill(folder: &Path, variables: &[(&str, &str)], after: Duration) {
        let mut child = launch(
            Command::new(program("kith-relay")),
            folder,
            ANY_PORT,
            variables,
        );
        let ended = tokio::time::timeout(after, child.wait()).await;
        assert!(ended.is_err(), "the program ended by itself: {ended:?}");
        within_deadline("the process to die", child.kill())
            .await
            .unwrap();
    }

    /// Starts it again where another one listened.
    pub(crate) async fn start_at(folder: &Path, address: SocketAddr) -> Self {
        let command = Command::new(program("kith-relay"));
        let child = launch(command, folder, &address.to_string(), &[]);
        Self::listening(child).await
    }

    async fn spawn(command: Command, folder: &Path, variables: &[(&str, &str)]) -> Self {
        Self::listening(launch(command, folder, ANY_PORT, variables)).await
    }

    async fn listening(mut child: Child) -> Self {
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = within_deadline("the program to listen", log.next_line())
                .await
                .unwrap();
            let line = line.expect("the program ended before it listened");
            eprintln!("relay: {line}");
            if let Some((_, address)) = line.split_once(LISTENING) {
                break address.trim().parse().unwrap();
            }
        };
        // A pipe that nobody reads would stop the program.
        tokio::spawn(async move {
            while let Ok(Some(line)) = log.next_line().await {
                eprintln!("relay: {line}");
            }
        });
        RelayProcess { child, address }
    }

    /// A client that has been greeted.
    pub(crate) async fn connect(&self) -> Socket {
        Socket::connect(&self.url(), true).await
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as clients write it.
    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// The largest amount of memory that it ever had, in bytes, where the system tells.
    pub(crate) fn memory_bytes_peak(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
        Some(kibibytes * 1_024)
    }

    /// Ends it as a power switch would: SIGKILL, in the middle of whatever it does.
    pub(crate) async fn kill(mut self) {
        within_deadline("the process to die", self.child.kill())
            .await
            .unwrap();
    }

    /// Asks it to end (SIGTERM).
    pub(crate) async fn terminate(&self) {
        let id = self.child.id().expect("it has ended already").to_string();
        let sent = Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .await
            .unwrap();
        assert!(sent.success());
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(mut self) -> ExitStatus {
        within_deadline("the process to end", self.child.wait())
            .await
            .unwrap()
    }
}

fn launch(mut command: Command, folder: &Path, listen: &str, variables: &[(&str, &str)]) -> Child {
    command
        .args(["--listen", listen, "--data"])
        .arg(folder)
        .envs(variables.iter().copied())
        .env_remove("KITH_LOG")
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// One of our programs: that of the folder `KITH_PROGRAMS`, whose owner has just built it, or else
/// one that is built here when it is missing or older than its source, because `cargo test` builds
/// programs only for tests of their own package.
pub(crate) fn program(name: &str) -> &'static Path {
    static PROGRAMS: OnceLock<Vec<PathBuf>> = OnceLock::new();
    PROGRAMS
        .get_or_init(|| match std::env::var_os("KITH_PROGRAMS") {
            Some(folder) => ["kith", "kith-relay"]
                .map(|name| Path::new(&folder).join(name))
                .into(),
            None => build_programs(),
        })
        .iter()
        .find(|path| path.file_stem().is_some_and(|stem| stem == name))
        .expect("cargo names the programs that it built")
}

/// Both in one run of cargo, into the folder that this test is in.
fn build_programs() -> Vec<PathBuf> {
    // …/<target folder>/<profile>/deps/<this test>
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let mut build = std::process::Command::new(env!("CARGO"));
    build
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--quiet", "--bins"])
        .args(["--package", "kith-relay", "--package", "kith-cli"])
        .args(["--message-format", "json", "--target-dir"])
        .arg(profile.parent().unwrap())
        .stderr(Stdio::inherit());
    if cfg!(feature = "keyring") {
        build.args(["--features", "kith-cli/keyring"]);
    }
    // What cargo says to this test about its package would look to build scripts like a change,
    // and everything that depends on them would be built again.
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        if name_text.starts_with("CARGO_PKG_") || name_text.starts_with("CARGO_MANIFEST_") {
            build.env_remove(&name);
        }
    }
    if profile.file_name().is_some_and(|name| name == "release") {
        build.arg("--release");
    }
    let output = build.output().unwrap();
    assert!(output.status.success(), "the programs do not build");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .collect()
}
