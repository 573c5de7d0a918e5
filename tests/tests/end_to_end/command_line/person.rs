//! Somebody at a terminal: the program `kith` as a process of its own, with a configuration folder
//! that nobody else has. Knows exit codes and the shapes of failures, not what commands do.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;

use portable_pty::CommandBuilder;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::harness::within_deadline;
use crate::process::program;

/// The variables that `kith` reads. None of them reaches it from whoever runs the tests.
const VARIABLES: [&str; 8] = [
    "COMPLETE",
    "KITH_CONFIG_DIR",
    "KITH_KEY",
    "KITH_NOW",
    "KITH_PASSWORD",
    "KITH_RELAYS",
    "NO_COLOR",
    "XDG_CONFIG_HOME",
];

/// Somebody with a configuration folder, a password, and relays.
pub(crate) struct Person {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A run of the program that goes on.
pub(crate) struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// The next line that it prints.
    pub(crate) async fn line(&mut self) -> String {
        let line = within_deadline("kith to print a line", self.lines.next_line()).await;
        line.unwrap().expect("kith goes on")
    }

    /// Ctrl-C.
    pub(crate) async fn interrupt(self) -> Ended {
        let id = self.child.id().expect("kith goes on").to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.await.unwrap().success());
        self.ended().await
    }

    /// As when the machine fails: without a chance to finish anything.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Nobody reads any more what it prints, as after `head -1`.
    pub(crate) fn without_reader(self) -> RunningUnread {
        drop(self.lines);
        RunningUnread { child: self.child }
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(mut self) -> Ended {
        let mut stdout = String::new();
        while let Ok(Some(line)) = self.lines.next_line().await {
            stdout.push_str(&line);
        }
        let ended = RunningUnread { child: self.child }.ended().await;
        Ended { stdout, ..ended }
    }
}

/// The same when its output goes nowhere.
pub(crate) struct RunningUnread {
    child: Child,
}

impl RunningUnread {
    /// Waits until it has ended by itself.
    pub(crate) async fn ended(self) -> Ended {
        let output = within_deadline("kith to end", self.child.wait_with_output());
        let output = output.await.unwrap();
        Ended {
            code: output.status.code().expect("kith was not killed"),
            stdout: String::new(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Person {
    /// Somebody new, without a key, who uses these relays (separated by spaces).
    pub(crate) fn new(relays: &str) -> Self {
        Person {
            folder: tempfile::tempdir().unwrap(),
            // A zone in which no place of these tests lies: times must be those of the place.
            variables: vec![("TZ", "Asia/Tokyo".to_owned())],
        }
        .with("KITH_PASSWORD", "correct horse battery staple")
        .with("KITH_RELAYS", relays)
    }

    /// Somebody whose secret key is this number, kept nowhere: unlocking a key file takes time.
    pub(crate) fn with_key(relays: &str, number: u32) -> Self {
        Person::new(relays).with("KITH_KEY", format!("{number:064x}"))
    }

    /// Somebody with a new key in their folder.
    pub(crate) async fn with_key_file(relays: &str) -> Self {
        let person = Person::new(relays);
        person.done(["keys", "new"]).await;
        person
    }

    /// With another value of a variable of the environment.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// Sets a variable of the environment.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.unset(name);
        self.variables.push((name, value.into()));
    }

    /// Removes a variable of the environment.
    pub(crate) fn unset(&mut self, name: &str) {
        self.variables.retain(|(known, _)| *known != name);
    }

    /// The configuration folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the program, whatever comes of it.
    pub(crate) async fn run<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Ended {
        self.run_with_input(words, "").await
    }

    /// The same with this on its standard input.
    pub(crate) async fn run_with_input<W: AsRef<OsStr>>(
        &self,
        words: impl IntoIterator<Item = W>,
        input: &str,
    ) -> Ended {
        let mut child = self.spawn(words);
        let mut stdin = child.stdin.take().unwrap();
        // A program that does not read its input may be gone by now.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let output = within_deadline("kith to end", child.wait_with_output())
            .await
            .unwrap();
        Ended {
            code: output.status.code().expect("kith was not killed"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts what goes on until it is ended.
    pub(crate) fn start<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Running {
        let mut child = self.spawn(words);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Running { child, lines }
    }

    /// The program as it is started on a terminal.
    pub(crate) fn command_on_terminal<W: AsRef<OsStr>>(
        &self,
        words: impl IntoIterator<Item = W>,
    ) -> CommandBuilder {
        let mut command = CommandBuilder::new(program("kith"));
        for variable in VARIABLES {
            command.env_remove(variable);
        }
        command.args(words);
        command.env("KITH_CONFIG_DIR", self.folder.path());
        command.env("TERM", "xterm-256color");
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }

    /// What bash prints that runs this script, where `kith` is one of its commands.
    pub(crate) async fn bash(&self, script: &str) -> String {
        let kith = program("kith");
        let mut folders = vec![kith.parent().unwrap().to_owned()];
        folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        let mut bash = self.command(Path::new("bash"));
        bash.env("PATH", std::env::join_paths(folders).unwrap());
        let output = bash.args(["--norc", "-c", script]).output();
        let output = within_deadline("bash to end", output).await.unwrap();
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{output:?}"
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a line of bash, in which `$KITH` is the program; a pipe fails with any of its parts.
    pub(crate) async fn shell(&self, line: &str) -> Ended {
        let line = format!("set -o pipefail; {line}");
        let mut shell = self.command(Path::new("bash"));
        let output = shell.env("KITH", program("kith")).args(["-c", &line]);
        let output = within_deadline("bash to end", output.output()).await;
        let output = output.unwrap();
        Ended {
            code: output.status.code().expect("bash was not killed"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn spawn<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Child {
        let mut command = self.command(program("kith"));
        command.args(words).stdin(Stdio::piped()).spawn().unwrap()
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for variable in VARIABLES {
            command.env_remove(variable);
        }
        command
            .env("KITH_CONFIG_DIR", self.folder.path())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs what must be done without a complaint; gives what people read.
    pub(crate) async fn done<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> String {
        let ended = self.run(words).await;
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
        ended.stdout
    }

    /// Runs what must be done without a complaint; gives what programs read.
    pub(crate) async fn json<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Value {
        let words = words.into_iter().map(|word| word.as_ref().to_owned());
        let text = self.done(words.chain(["--json".into()])).await;
        serde_json::from_str(&text).unwrap()
    }

    /// Runs what must fail: with this code, an error of one line that contains `error`, and a hint
    /// of one line that contains `hint`, for people and for programs alike.
    pub(crate) async fn fails<W: AsRef<OsStr>>(
        &self,
        words: impl IntoIterator<Item = W>,
        code: i32,
        error: &str,
        hint: &str,
    ) {
        let words: Vec<_> = words
            .into_iter()
            .map(|word| word.as_ref().to_owned())
            .collect();
        let ended = self.run(&words).await;
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (code, ""),
            "{words:?}: {ended:?}"
        );
        let lines: Vec<&str> = ended.stderr.lines().collect();
        let [first, last] = lines[..] else {
            panic!("{words:?}: not a line and a hint: {ended:?}");
        };
        let message = first.strip_prefix("error: ").expect(first);
        assert!(message.contains(error), "{words:?}: {message}");
        let hinted = last.strip_prefix("hint: ").expect(last);
        assert!(hinted.contains(hint), "{words:?}: {hinted}");

        let ended = self
            .run(words.iter().cloned().chain(["--json".into()]))
            .await;
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (code, ""),
            "{words:?}: {ended:?}"
        );
        let failure: Value = serde_json::from_str(&ended.stderr).expect(&ended.stderr);
        let failure = &failure["error"];
        assert_eq!(failure["code"], code, "{words:?}");
        assert_eq!(
            (&failure["message"], &failure["hint"]),
            (&message.into(), &hinted.into())
        );
    }

    /// The public key, in hexadecimal.
    pub(crate) async fn public_key(&self) -> String {
        text(&self.json(["keys", "show"]).await["public_key"])
    }

    /// The public key as people pass it on.
    pub(crate) async fn npub(&self) -> String {
        text(&self.json(["keys", "show"]).await["npub"])
    }
}

/// A member of an answer that must be a text.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("not a text: {value}"))
        .to_owned()
}
