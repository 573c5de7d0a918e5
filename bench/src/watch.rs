//! What `kith watch` keeps in memory while much is announced: an hour of notes, minute by minute, as fast
//! as they are taken and shown. Knows the program from outside: what it prints, and its process.

use std::io::{BufRead, BufReader, Lines};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail, ensure};
use clap::Args;
use kith_nips::Event;
use kith_nips::lbc::{
    Community, CommunityMetadata, CommunityReference, Location, Meetup, Note, Slug,
};
use kith_nips::nip52::{TimeSpan, When};
use kith_nips::place::Point;
use nostr::Keys;

use crate::ingest::{Options, Prepared, publish};
use crate::process::{Usage, usage};
use crate::world::{DiscoveryWorld, Size};

/// What is watched: the middle of the densest city of the world.
const PLACE: (f64, f64) = (52.52, 13.405);
const RADIUS: &str = "25km";

const SECONDS_PER_MINUTE: u64 = 60;

/// What is published is shown within this time, or the run fails.
const SHOWN_WITHIN: Duration = Duration::from_secs(300);

/// Lines are printed for so many parts of the time.
const PARTS: u64 = 6;

/// Watch a place while an hour of notes is published, and look at the memory of the program.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The relay, as ws://host:port
    #[arg(long, default_value = "ws://127.0.0.1:7447")]
    relay: String,
    /// The program
    #[arg(long, default_value = "target/release/kith")]
    program: PathBuf,
    /// How many minutes of notes
    #[arg(long, default_value_t = 60)]
    minutes: u64,
    /// Notes a second of these minutes; they are sent as fast as they are taken
    #[arg(long, default_value_t = 20)]
    rate: u64,
}

/// Measures and prints.
///
/// # Errors
/// A relay that does not take everything; a program that ends, or does not show what is announced.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    ensure!(arguments.minutes >= PARTS, "at least {PARTS} minutes");
    let folder = tempfile::tempdir()?;
    let program = Command::new(&arguments.program)
        .args(["watch", &format!("{},{}", PLACE.0, PLACE.1)])
        .args(["--radius", RADIUS, "--json", "--relay", &arguments.relay])
        .env("KITH_CONFIG_DIR", folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn();
    let program = program.with_context(|| arguments.program.display().to_string())?;
    let mut watch = Watch::of(program)?;
    watch.wait_for("watching").context("what is watched")?;
    let clock = Clock::found(&arguments.relay)?;
    watch.wait_for(&clock.community.id.to_string())?;

    println!("minutes  notes  announced  resident MB  of its own MB  peak MB");
    let (begun, mut notes) = (Instant::now(), 0);
    for minute in 0..arguments.minutes {
        notes += pass_a_minute(minute, arguments, &clock, &mut watch)?;
        if (minute + 1) % (arguments.minutes / PARTS) == 0 {
            let Usage {
                resident_bytes,
                private_bytes,
                resident_peak_bytes,
                ..
            } = usage(watch.program.id())?;
            let [resident, own, peak] = [resident_bytes, private_bytes, resident_peak_bytes]
                .map(|bytes| bytes as f64 / 1e6);
            let (passed, announced) = (minute + 1, watch.announced);
            println!(
                "{passed:7}  {notes:5}  {announced:9}  {resident:11.1}  {own:13.1}  {peak:7.1}"
            );
        }
    }
    println!("in {:.0} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// Publishes what comes in one minute, and waits until the last of it is shown. Returns how many notes.
fn pass_a_minute(
    minute: u64,
    arguments: &Arguments,
    clock: &Clock,
    watch: &mut Watch,
) -> anyhow::Result<usize> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let now = since_1970.as_secs();
    let size = Size {
        events: arguments.rate * SECONDS_PER_MINUTE,
        seed: (since_1970.as_nanos() as u64).wrapping_add(minute),
    };
    let lines = DiscoveryWorld::fresh(size, now)?.lines()?;
    let last = clock.strike(minute, now)?;
    let notes = lines.len() + 1;
    send(&arguments.relay, &lines)?;
    send(&arguments.relay, &[last.json()])?;
    watch.wait_for(&last.id().to_string())?;
    Ok(notes)
}

fn send(relay: &str, lines: &[impl AsRef<str>]) -> anyhow::Result<()> {
    let prepared = Prepared::new(lines, Options::default())?;
    let taken = crate::block_on(publish(relay, prepared))?;
    ensure!(taken.refused == 0, "{:?}", taken.first_refusal);
    Ok(())
}

/// A community at the place with one meetup for each minute, by which one sees that all before it was
/// heard. A meetup without a community is in no list, so it would never be shown.
struct Clock {
    keys: Keys,
    community: CommunityReference,
}

impl Clock {
    fn found(relay: &str) -> anyhow::Result<Clock> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let keys = Keys::generate();
        let community = Community::new("").draft()?.sign(&keys, now)?;
        let reference = CommunityReference::new(community.id(), community.pubkey());
        let mut metadata = CommunityMetadata::new(reference.clone(), "The clock");
        metadata.location = place()?;
        let metadata = metadata.draft()?.sign(&keys, now)?;
        send(relay, &[community.json()])?;
        send(relay, &[metadata.json()])?;
        Ok(Clock {
            keys,
            community: reference,
        })
    }

    fn strike(&self, minute: u64, now: u64) -> anyhow::Result<Event> {
        let slug: Slug = format!("minute-{minute}").parse()?;
        let when = When::timed(TimeSpan::new(now + 86_400, None)?);
        let mut meetup = Meetup::new(self.community.clone(), &slug, "The end of a minute", when);
        meetup.location = place()?;
        Ok(meetup.draft()?.sign(&self.keys, now)?)
    }
}

fn place() -> anyhow::Result<Location> {
    Ok(Location::at(Point::new(PLACE.0, PLACE.1)?))
}

/// The program that watches. It ends with this.
struct Watch {
    program: Child,
    /// Read while notes are published: the program is not to wait for who reads it.
    lines: Receiver<std::io::Result<String>>,
    announced: usize,
}

impl Watch {
    fn of(mut program: Child) -> anyhow::Result<Watch> {
        let stdout = program.stdout.take().context("its output")?;
        let (sender, lines) = channel();
        std::thread::spawn(move || pass_on(BufReader::new(stdout).lines(), &sender));
        Ok(Watch {
            program,
            lines,
            announced: 0,
        })
    }

    /// Until a line contains this.
    fn wait_for(&mut self, text: &str) -> anyhow::Result<()> {
        let until = Instant::now() + SHOWN_WITHIN;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line = match self.lines.recv_timeout(left) {
                Ok(line) => line?,
                Err(RecvTimeoutError::Disconnected) => bail!("the program has ended"),
                Err(RecvTimeoutError::Timeout) => {
                    bail!("{text} was not shown within {SHOWN_WITHIN:?}")
                }
            };
            self.announced += 1;
            if line.contains(text) {
                return Ok(());
            }
        }
    }
}

fn pass_on(lines: Lines<BufReader<ChildStdout>>, sender: &Sender<std::io::Result<String>>) {
    for line in lines {
        if sender.send(line).is_err() {
            return;
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
