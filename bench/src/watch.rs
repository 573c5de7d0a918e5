//! What `kith watch` keeps in memory while much is announced: an hour of notes, minute by minute, as fast
//! as they are taken and shown. Knows the program from outside: what it prints, and its process.

use std::io::{BufRead, BufReader, Lines};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use clap::Args;
use kith_nips::lbc::Location;
use kith_nips::nip01::Draft;
use kith_nips::place::Point;
use kith_nips::{Event, Kind};
use nostr::Keys;

use crate::ingest::{Options, Prepared, publish};
use crate::process::{Usage, usage};
use crate::world::{DiscoveryWorld, Size};

/// What is watched: the middle of the densest city of the world.
const PLACE: (f64, f64) = (52.52, 13.405);
const RADIUS: &str = "25km";

const SECONDS_PER_MINUTE: u64 = 60;

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
    watch.next_line().context("what is watched")?;

    println!("minutes  notes  announced  resident MB  of its own MB  peak MB");
    let (begun, mut notes) = (Instant::now(), 0);
    for minute in 0..arguments.minutes {
        notes += pass_a_minute(minute, arguments, &mut watch)?;
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
fn pass_a_minute(minute: u64, arguments: &Arguments, watch: &mut Watch) -> anyhow::Result<usize> {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let now = since_1970.as_secs();
    let size = Size {
        events: arguments.rate * SECONDS_PER_MINUTE,
        seed: (since_1970.as_nanos() as u64).wrapping_add(minute),
    };
    let lines = DiscoveryWorld::fresh(size, now)?.lines()?;
    let last = last_of_minute(minute, now)?;
    let send = |lines: Vec<String>| -> anyhow::Result<()> {
        let prepared = Prepared::new(&lines, Options::default())?;
        let taken = crate::block_on(publish(&arguments.relay, prepared))?;
        ensure!(taken.refused == 0, "{:?}", taken.first_refusal);
        Ok(())
    };
    let notes = lines.len() + 1;
    send(lines)?;
    send(vec![last.json().to_owned()])?;
    let id = last.id().to_string();
    while !watch.next_line()?.contains(&id) {}
    Ok(notes)
}

/// A meetup at the place, by which one sees that all before it was shown.
fn last_of_minute(minute: u64, now: u64) -> anyhow::Result<Event> {
    let mut tags: Vec<Vec<String>> = Location::at(Point::new(PLACE.0, PLACE.1)?).tags();
    let further = [
        ["d", &format!("minute-{minute}")],
        ["title", "The last of a minute"],
        ["start", &(now + 86_400).to_string()],
    ];
    tags.extend(further.map(|tag| tag.map(str::to_owned).to_vec()));
    let draft = Draft {
        kind: Kind::MEETUP,
        created_at: None,
        tags,
        content: String::new(),
    };
    Ok(draft.sign(&Keys::generate(), now)?)
}

/// The program that watches. It ends with this.
struct Watch {
    program: Child,
    lines: Lines<BufReader<ChildStdout>>,
    announced: usize,
}

impl Watch {
    fn of(mut program: Child) -> anyhow::Result<Watch> {
        let stdout = program.stdout.take().context("its output")?;
        Ok(Watch {
            program,
            lines: BufReader::new(stdout).lines(),
            announced: 0,
        })
    }

    fn next_line(&mut self) -> anyhow::Result<String> {
        let line = self.lines.next().context("the program has ended")??;
        self.announced += 1;
        Ok(line)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
