//! The relays of a comparison: where they are, how they are started on an empty folder and ended
//! again, what they take on the disk. Speaks no Nostr beyond opening a connection.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

use crate::client::{Connection, Target};

/// Stands for the data folder in a command.
const DATA: &str = "{data}";
/// How long a relay may take to begin, and to end after it was asked to.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(10);

/// Relays, as a file names them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RelaysFile {
    relay: Vec<RelayEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RelayEntry {
    name: String,
    url: String,
    data: PathBuf,
    pid: Option<u32>,
    start: Option<Vec<String>>,
}

/// A relay to be measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// What it is called in tables.
    pub name: String,
    /// Where it is, as ws://host:port.
    pub url: String,
    /// Its data folder.
    pub data: PathBuf,
    /// How it comes to run.
    pub process: Process,
}

/// How a relay comes to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Process {
    /// It runs already, under this number; it is neither emptied nor ended.
    Running(u32),
    /// A program and its arguments. The program must stay, or become the relay (`exec`).
    Start(String, Vec<String>),
}

/// Reads a file of relays.
///
/// # Errors
/// It cannot be read, or says something unknown or impossible.
pub fn read(file: &Path) -> anyhow::Result<Vec<Relay>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    parse(&text).with_context(|| file.display().to_string())
}

/// The relay of this name in a file, or the first.
///
/// # Errors
/// As [`read`]; there is no such relay.
pub fn named(file: &Path, name: Option<&str>) -> anyhow::Result<Relay> {
    let is_wanted = |relay: &Relay| name.is_none_or(|name| name == relay.name);
    let relay = read(file)?.into_iter().find(is_wanted);
    relay.with_context(|| format!("no such relay in {}", file.display()))
}

fn parse(text: &str) -> anyhow::Result<Vec<Relay>> {
    let file: RelaysFile = toml::from_str(text)?;
    file.relay.into_iter().map(Relay::of).collect()
}

impl Relay {
    fn of(entry: RelayEntry) -> anyhow::Result<Relay> {
        let RelayEntry {
            name,
            url,
            data,
            pid,
            start,
        } = entry;
        let process = match (pid, start.as_deref()) {
            (Some(pid), None) => Process::Running(pid),
            (None, Some([program, arguments @ ..])) => {
                Process::Start(program.clone(), arguments.to_vec())
            }
            _ => bail!("{name}: either a pid or the words of a start command"),
        };
        Ok(Relay {
            name,
            url,
            data,
            process,
        })
    }

    /// Empties its folder and starts it; one that runs already is left as it is.
    ///
    /// # Errors
    /// The folder is somebody else's; the relay does not begin.
    pub fn start_fresh(&self) -> anyhow::Result<Running> {
        if let Process::Start(..) = self.process {
            self.empty()?;
        }
        self.start()
    }

    /// Starts it on the folder as it is, and waits until it takes connections.
    ///
    /// # Errors
    /// The relay does not begin.
    pub fn start(&self) -> anyhow::Result<Running> {
        let running = match &self.process {
            Process::Running(pid) => Running {
                pid: *pid,
                child: None,
            },
            Process::Start(program, arguments) => self.spawn(program, arguments)?,
        };
        let begun = running.until_it_answers(&self.url);
        begun.with_context(|| format!("{}; see {}", self.name, self.beside("log").display()))
    }

    /// Ends it and starts it again on its folder; how many seconds the start took. One that was not
    /// started here is left as it is.
    ///
    /// # Errors
    /// It does not end, or does not begin again.
    pub fn restart(&self, running: Running) -> anyhow::Result<(Running, Option<f64>)> {
        if let Process::Running(_) = self.process {
            return Ok((running, None));
        }
        running.stop()?;
        let begun = Instant::now();
        let running = self.start()?;
        Ok((running, Some(begun.elapsed().as_secs_f64())))
    }

    /// What its folder takes.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn disk(&self) -> anyhow::Result<Disk> {
        disk(&self.data).with_context(|| self.data.display().to_string())
    }

    fn spawn(&self, program: &str, arguments: &[String]) -> anyhow::Result<Running> {
        let data = self.data.to_str().context("a data folder in UTF-8")?;
        let arguments = arguments.iter().map(|word| word.replace(DATA, data));
        let log = File::create(self.beside("log"))?;
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| program.to_owned())?;
        Ok(Running {
            pid: child.id(),
            child: Some(child),
        })
    }

    /// Empties the folder, unless something is in it that was not put there by a comparison.
    fn empty(&self) -> anyhow::Result<()> {
        let (folder, mark) = (&self.data, self.beside("bench"));
        fs::create_dir_all(folder)?;
        let is_empty = fs::read_dir(folder)?.next().is_none();
        ensure!(
            is_empty || mark.exists(),
            "{} is not empty, and no comparison made it; empty it yourself",
            folder.display()
        );
        File::create(mark)?;
        fs::remove_dir_all(folder)?;
        Ok(fs::create_dir_all(folder)?)
    }

    /// A file beside the data folder.
    fn beside(&self, extension: &str) -> PathBuf {
        let mut name = self.data.clone().into_os_string();
        name.push(".");
        name.push(extension);
        name.into()
    }
}

/// A relay that runs. Dropped, it is killed if it was started here.
#[derive(Debug)]
pub struct Running {
    /// Its process.
    pub pid: u32,
    child: Option<Child>,
}

impl Running {
    /// Ends it as an operator does (SIGTERM), and waits until it is gone.
    ///
    /// # Errors
    /// It does not end.
    pub fn stop(self) -> anyhow::Result<()> {
        self.end(Signal::TERM)
    }

    /// Ends it at once (SIGKILL).
    ///
    /// # Errors
    /// It cannot be killed.
    pub fn kill(self) -> anyhow::Result<()> {
        self.end(Signal::KILL)
    }

    fn end(mut self, signal: Signal) -> anyhow::Result<()> {
        let Some(child) = &mut self.child else {
            return Ok(());
        };
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.context("a process id")?, signal)?;
        let begun = Instant::now();
        while child.try_wait()?.is_none() {
            ensure!(begun.elapsed() < PATIENCE, "the relay does not end");
            thread::sleep(LOOK);
        }
        self.child = None;
        Ok(())
    }

    fn until_it_answers(mut self, url: &str) -> anyhow::Result<Running> {
        let begun = Instant::now();
        loop {
            let opened = crate::block_on(async {
                let target = Target::find(url).await?;
                Connection::open(&target, None).await
            });
            let Err(not_yet) = opened else {
                return Ok(self);
            };
            let ended = self
                .child
                .as_mut()
                .map(Child::try_wait)
                .transpose()?
                .flatten();
            if let Some(status) = ended {
                self.child = None;
                bail!("the relay ended: {status}");
            }
            if begun.elapsed() > PATIENCE {
                return Err(not_yet.context("the relay does not begin"));
            }
            thread::sleep(LOOK);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended by itself; then there is nothing to kill.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What a folder takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Disk {
    /// Blocks that belong to it: what is gone from the free space.
    pub allocated_bytes: u64,
    /// The lengths of its files: more with holes in them, less with preallocated blocks.
    pub logical_bytes: u64,
}

fn disk(folder: &Path) -> anyhow::Result<Disk> {
    /// The unit of `st_blocks`, whatever the file system's own (stat(2)).
    const BLOCK_BYTES: u64 = 512;
    let mut sum = Disk::default();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            let inside = disk(&entry.path())?;
            sum.allocated_bytes += inside.allocated_bytes;
            sum.logical_bytes += inside.logical_bytes;
        } else {
            sum.allocated_bytes += metadata.blocks() * BLOCK_BYTES;
            sum.logical_bytes += metadata.len();
        }
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relays_are_read_and_what_is_wrong_is_named() {
        let relays = parse(
            r#"
            [[relay]]
            name = "one"
            url = "ws://127.0.0.1:1"
            data = "/tmp/one"
            start = ["relay", "--data", "{data}"]
            [[relay]]
            name = "two"
            url = "ws://127.0.0.1:2"
            data = "/tmp/two"
            pid = 7
            "#,
        )
        .unwrap();
        let words = vec!["--data".to_owned(), "{data}".to_owned()];
        assert_eq!(relays[0].process, Process::Start("relay".to_owned(), words));
        assert_eq!(relays[1].process, Process::Running(7));
        assert_eq!(relays[0].beside("log"), Path::new("/tmp/one.log"));
        let entry = "[[relay]]\nname = \"x\"\nurl = \"ws://x\"\ndata = \"/x\"\n";
        for wrong in [
            "",
            "pid = 1\nstart = [\"x\"]",
            "start = []",
            "pid = 1\nother = 1",
        ] {
            assert!(parse(&format!("{entry}{wrong}")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_folder_is_measured_and_a_strange_one_is_not_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let relay = Relay {
            name: "x".to_owned(),
            url: String::new(),
            data: data.clone(),
            process: Process::Running(1),
        };
        fs::create_dir_all(data.join("deep")).unwrap();
        fs::write(data.join("deep/file"), [1; 5_000]).unwrap();
        let disk = relay.disk().unwrap();
        assert_eq!(disk.logical_bytes, 5_000);
        assert!(disk.allocated_bytes.is_multiple_of(512));
        assert!(relay.empty().is_err());
        fs::remove_dir_all(&data).unwrap();
        relay.empty().unwrap();
        fs::write(data.join("file"), "x").unwrap();
        relay.empty().unwrap();
        assert_eq!(relay.disk().unwrap(), Disk::default());
    }
}
