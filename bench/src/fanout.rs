//! How fast a relay hands a new event to everybody who waits for it. Subscribers are in groups; each
//! event is for one group. First as many events as the relay takes, then so many a second.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use clap::Args;
use kith_nips::EventId;
use kith_nips::lbc::ChannelMessage;
use serde::Serialize;
use serde_json::json;
use tokio::sync::Notify;
use tokio::task::LocalSet;

use crate::answer::{IdPrefix, event_id, id_prefix};
use crate::client::{Connection, Ear, Target, refusal, unless_silent};
use crate::crowd::{Crowd, OnEvent};
use crate::latency::Latency;
use crate::publisher::{Frames, Watch, publish, publish_paced};
use crate::world::{Dice, END, Person, Words};

/// People who write.
const WRITERS: u64 = 64;
/// How long the text of an event is; with the rest it has about 1.2 kB.
const TEXT_BYTES: u64 = 700;
/// Events under way at most, as fast as the relay takes them.
const OUTSTANDING_MAX: usize = 256;

/// Deliver new events to many subscribers.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The relay, as ws://host:port
    #[arg(long, default_value = "ws://127.0.0.1:7447")]
    relay: String,
    #[command(flatten)]
    options: Options,
}

/// How many, how fast.
#[derive(Debug, Clone, Copy, Args)]
pub struct Options {
    /// Connections with one subscription each
    #[arg(long, default_value_t = Options::default().subscribers)]
    pub subscribers: usize,
    /// Subscribers that an event is for
    #[arg(long, default_value_t = Options::default().reach)]
    pub reach: usize,
    /// Events as fast as the relay takes them
    #[arg(long, default_value_t = Options::default().unpaced_events)]
    pub unpaced_events: usize,
    /// Events a second after that
    #[arg(long, default_value_t = Options::default().rate)]
    pub rate: u32,
    /// Seconds of that
    #[arg(long, default_value_t = Options::default().paced_seconds)]
    pub paced_seconds: u32,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            subscribers: 2_000,
            reach: 100,
            unpaced_events: 4_000,
            rate: 200,
            paced_seconds: 10,
        }
    }
}

/// What was measured.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Outcome {
    /// Deliveries of events sent as fast as the relay takes them.
    pub unpaced_deliveries: u64,
    /// Of these, from the first event to the last delivery.
    pub deliveries_per_second: f64,
    /// Deliveries of events sent at a fixed rate.
    pub paced_deliveries: u64,
    /// Of these, from publishing to each delivery.
    pub delivery: Latency,
}

/// Measures and prints.
///
/// # Errors
/// A relay that does not take all subscribers or events, or delivers not all.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let outcome = crate::block_on(measure(&arguments.relay, arguments.options))?;
    println!("{outcome}");
    Ok(())
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} deliveries: {:.0} a second\n{} deliveries at a fixed rate: {}",
            self.unpaced_deliveries,
            self.deliveries_per_second,
            self.paced_deliveries,
            self.delivery
        )
    }
}

/// Both phases. To be run on one thread.
///
/// # Errors
/// As [`run`].
pub async fn measure(relay: &str, options: Options) -> anyhow::Result<Outcome> {
    let reach = options.reach.clamp(1, options.subscribers.max(1));
    let groups = options.subscribers / reach;
    ensure!(groups > 0, "there are no subscribers");
    let messages = Messages::new(groups)?;
    let unpaced = messages.batch(0, options.unpaced_events)?;
    let paced_events = options.rate as usize * options.paced_seconds as usize;
    let paced = messages.batch(options.unpaced_events, paced_events)?;

    let (target, ear) = (Target::find(relay).await?, Ear::new());
    let board = Rc::new(Board::default());
    let on_event: OnEvent = {
        let board = Rc::clone(&board);
        Rc::new(move |message| board.note(message))
    };
    let work = async {
        let filters = messages.filters(groups * reach);
        let mut crowd = Crowd::gather(&target, filters, &ear, &on_event).await?;
        let mut publisher = Connection::open(&target, None).await?;
        let phases = async {
            board.expect(&unpaced.ids, reach);
            let mut sender = Sender::new(&board);
            let begun = Instant::now();
            let (frames, outstanding) = (unpaced.frames, OUTSTANDING_MAX);
            publish(&mut publisher, frames, outstanding, &ear, &mut sender).await?;
            sender.check()?;
            let (unpaced_deliveries, _) = board.settle().await;
            let seconds = begun.elapsed().as_secs_f64();
            board.expect(&paced.ids, reach);
            let mut sender = Sender::new(&board);
            let (frames, rate) = (paced.frames, options.rate);
            publish_paced(&mut publisher, frames, &ear, &mut sender, rate).await?;
            sender.check()?;
            let (paced_deliveries, mut waits) = board.settle().await;
            Ok(Outcome {
                unpaced_deliveries,
                deliveries_per_second: unpaced_deliveries as f64 / seconds,
                paced_deliveries,
                delivery: Latency::of(&mut waits),
            })
        };
        tokio::select! {
            outcome = unless_silent(&ear, phases) => outcome,
            lost = crowd.lost() => Err(lost),
        }
    };
    LocalSet::new().run_until(work).await
}

/// Makes events that no relay has seen: of this moment's channels.
struct Messages {
    run: u64,
    channels: Vec<EventId>,
    writers: Vec<Person>,
}

impl Messages {
    fn new(groups: usize) -> anyhow::Result<Messages> {
        let run = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64;
        let channel = |group: usize| {
            let text = format!("{run:032x}{group:032x}");
            text.parse().context("an id")
        };
        Ok(Messages {
            run,
            channels: (0..groups).map(channel).collect::<anyhow::Result<_>>()?,
            writers: (0..WRITERS)
                .map(|number| Person::new(run, number))
                .collect::<anyhow::Result<_>>()?,
        })
    }

    fn filters(&self, subscribers: usize) -> Vec<String> {
        let channels = self.channels.iter().cycle().take(subscribers);
        channels
            .map(|channel| json!({"kinds": [42], "#e": [channel], "limit": 1}).to_string())
            .collect()
    }

    /// Events for the groups in turn.
    fn batch(&self, first: usize, count: usize) -> anyhow::Result<Batch> {
        let words = Words::read();
        let channels = self
            .channels
            .iter()
            .cycle()
            .skip(first % self.channels.len());
        let numbers = first..first + count;
        let mut batch = Batch::default();
        for ((number, channel), writer) in numbers.zip(channels).zip(self.writers.iter().cycle()) {
            let mut dice = Dice::of(&[self.run, number as u64]);
            let text = words.sentences(&mut dice, TEXT_BYTES);
            let message = ChannelMessage::new(*channel, text);
            let event = writer.sign(&message, END + number as u64)?;
            let id = id_prefix(event.id().to_hex().as_bytes()).context("an id")?;
            batch.ids.push(id);
            batch.frames.push(event.json())?;
        }
        Ok(batch)
    }
}

/// Events to publish, and their ids in the same order.
#[derive(Default)]
struct Batch {
    ids: Vec<IdPrefix>,
    frames: Frames,
}

/// What was sent and what arrived.
#[derive(Default)]
struct Board {
    /// Which event has this id, of those sent in this phase.
    by_id: RefCell<HashMap<IdPrefix, usize>>,
    sent_at: RefCell<Vec<Instant>>,
    waits: RefCell<Vec<Duration>>,
    expected: Cell<usize>,
    complete: Notify,
}

impl Board {
    fn expect(&self, ids: &[IdPrefix], reach: usize) {
        let by_id = ids.iter().enumerate().map(|(number, id)| (*id, number));
        *self.by_id.borrow_mut() = by_id.collect();
        self.sent_at.borrow_mut().clear();
        *self.waits.borrow_mut() = Vec::with_capacity(ids.len() * reach);
        self.expected.set(ids.len() * reach);
    }

    fn note(&self, message: &[u8]) {
        let number = event_id(message)
            .and_then(id_prefix)
            .and_then(|id| self.by_id.borrow().get(&id).copied());
        let sent_at = number.and_then(|number| self.sent_at.borrow().get(number).copied());
        let mut waits = self.waits.borrow_mut();
        waits.extend(sent_at.map(|sent_at| sent_at.elapsed()));
        if waits.len() == self.expected.get() {
            self.complete.notify_one();
        }
    }

    /// Waits until everything arrived; how much, and how long each took.
    async fn settle(&self) -> (u64, Vec<Duration>) {
        if self.expected.get() > 0 {
            self.complete.notified().await;
        }
        let waits = self.waits.take();
        (waits.len() as u64, waits)
    }
}

/// Notes when events leave, and what the relay does not take.
struct Sender {
    board: Rc<Board>,
    refusal: Option<anyhow::Error>,
}

impl Sender {
    fn new(board: &Rc<Board>) -> Sender {
        Sender {
            board: Rc::clone(board),
            refusal: None,
        }
    }

    /// # Errors
    /// The relay did not take an event.
    fn check(self) -> anyhow::Result<()> {
        self.refusal.map_or(Ok(()), Err)
    }
}

impl Watch for Sender {
    fn sent(&mut self, _: usize) {
        self.board.sent_at.borrow_mut().push(Instant::now());
    }

    fn answered(&mut self, _: usize, accepted: bool, message: &[u8]) {
        if !accepted {
            self.refusal = Some(refusal(message));
        }
    }
}
