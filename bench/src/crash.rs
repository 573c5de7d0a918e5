//! What a relay has after a sudden end of everything that it said it took: publishes, kills it, starts
//! it again on the same folder, and asks for every event that got its `OK`.

use std::cell::Cell;
use std::collections::HashSet;
use std::path::PathBuf;
use std::rc::Rc;

use anyhow::ensure;
use clap::Args;
use serde_json::json;
use tokio::sync::Notify;
use tokio::task::LocalSet;

use crate::answer::{Answer, event_id};
use crate::client::{Connection, Ear, Target, unless_silent};
use crate::publisher::{Frames, Watch, publish};
use crate::relays::{self, Process, Relay};
use crate::world::{Dice, Size, World};

const CONNECTIONS: usize = 8;
const OUTSTANDING: usize = 256;
/// Events that one question asks for.
const IDS_PER_QUESTION: usize = 100;

/// Kill a relay while it takes events, and ask for what it had taken.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    size: Size,
    /// How often
    #[arg(long, default_value_t = 5)]
    rounds: u64,
    /// Which relay of the file, if there are several
    #[arg(long)]
    name: Option<String>,
    /// The file that names relays, as for `compare`
    relays: PathBuf,
}

/// Kills and counts.
///
/// # Errors
/// A relay that does not start; events that were lost.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let relay = relays::named(&arguments.relays, arguments.name.as_deref())?;
    ensure!(
        matches!(relay.process, Process::Start(..)),
        "only what was started here is killed"
    );
    let mut lost = 0;
    for round in 0..arguments.rounds {
        let size = Size {
            seed: arguments.size.seed + round,
            ..arguments.size
        };
        let outcome = once(&relay, &World::new(size)?.lines()?, size.seed)?;
        println!(
            "round {}: killed after {} OK, {} events lost",
            round + 1,
            outcome.acknowledged,
            outcome.lost
        );
        lost += outcome.lost;
    }
    ensure!(
        lost == 0,
        "{lost} events lost that {} had taken",
        relay.name
    );
    println!("0 events lost");
    Ok(())
}

struct Outcome {
    acknowledged: usize,
    lost: usize,
}

fn once(relay: &Relay, lines: &[String], seed: u64) -> anyhow::Result<Outcome> {
    let running = relay.start_fresh()?;
    // Somewhere in the middle, another place each time.
    let tenth = lines.len() as u64 / 10;
    let enough = tenth + Dice::of(&[seed]).below(8 * tenth);
    let acknowledged = crate::block_on(LocalSet::new().run_until(publish_until(
        relay,
        lines,
        enough as usize,
        || running.kill(),
    )))?;
    let running = relay.start()?;
    let kept = crate::block_on(stored(relay, &acknowledged))?;
    running.stop()?;
    Ok(Outcome {
        acknowledged: acknowledged.len(),
        lost: acknowledged.iter().filter(|id| !kept.contains(*id)).count(),
    })
}

/// Publishes until `enough` events got their `OK`, then kills; gives the ids of all that did.
async fn publish_until(
    relay: &Relay,
    lines: &[String],
    enough: usize,
    kill: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<Vec<String>> {
    let (target, ear) = (Target::find(&relay.url).await?, Ear::new());
    let count = Rc::new(Count {
        enough,
        taken: Cell::new(0),
        reached: Notify::new(),
    });
    let mut writers = Vec::with_capacity(CONNECTIONS);
    for first in 0..CONNECTIONS {
        let mut connection = Connection::open(&target, None).await?;
        let (mut frames, mut taken) = (Frames::default(), Taken::new(&count));
        for line in lines.iter().skip(first).step_by(CONNECTIONS) {
            frames.push(line)?;
        }
        let ear = ear.clone();
        writers.push(tokio::task::spawn_local(async move {
            // The connection is lost when the relay is killed: that is meant.
            let _ = publish(&mut connection, frames, OUTSTANDING, &ear, &mut taken).await;
            taken.ids
        }));
    }
    let reached = async {
        count.reached.notified().await;
        Ok(())
    };
    unless_silent(&ear, reached).await?;
    kill()?;
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await?);
    }
    Ok(acknowledged)
}

/// Which of these events a relay has.
async fn stored(relay: &Relay, ids: &[String]) -> anyhow::Result<HashSet<String>> {
    let (target, ear) = (Target::find(&relay.url).await?, Ear::new());
    let mut connection = Connection::open(&target, None).await?;
    let mut found = HashSet::new();
    for some in ids.chunks(IDS_PER_QUESTION) {
        let filter = json!({"ids": some, "limit": IDS_PER_QUESTION}).to_string();
        let note = |message: &[u8]| {
            let id = event_id(message).map(String::from_utf8_lossy);
            found.extend(id.map(|id| id.into_owned()));
        };
        connection.ask(&ear, &filter, note).await?;
    }
    Ok(found)
}

/// How many events got their `OK`, on all connections.
struct Count {
    enough: usize,
    taken: Cell<usize>,
    reached: Notify,
}

/// The events that got their `OK` on one connection.
struct Taken {
    count: Rc<Count>,
    ids: Vec<String>,
}

impl Taken {
    fn new(count: &Rc<Count>) -> Taken {
        Taken {
            count: Rc::clone(count),
            ids: Vec::new(),
        }
    }
}

impl Watch for Taken {
    fn sent(&mut self, _: usize) {}

    fn answered(&mut self, _: usize, accepted: bool, message: &[u8]) {
        let Answer::Ok { id, .. } = Answer::read(message) else {
            return;
        };
        if accepted {
            self.ids.push(String::from_utf8_lossy(id).into_owned());
        }
        self.count.taken.set(self.count.taken.get() + 1);
        if self.count.taken.get() == self.count.enough {
            self.count.reached.notify_one();
        }
    }
}
