//! How fast a relay answers: some connections, one question under way on each, for some seconds.
//! First the mix, then each class alone.
//!
//! Each question closes the subscription of the one before, in the same write.

use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;

use crate::answer::Answer;
use crate::client::{Connection, Ear, Target, refusal};
use crate::frame;
use crate::latency::Latency;
use crate::questions;
pub use crate::questions::Class;
use crate::spread::spread;
use crate::world::{Size, World};

/// Names of subscriptions, in turn: answers to an old one may come late.
const NAMES: [&str; 2] = ["a", "b"];

/// Ask a relay that has a world what people ask.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The relay, as ws://host:port
    #[arg(long, default_value = "ws://127.0.0.1:7447")]
    relay: String,
    #[command(flatten)]
    size: Size,
    #[command(flatten)]
    options: Options,
    /// Only this class, such as "note by id", or "mix"
    #[arg(long)]
    class: Option<String>,
}

/// How questions are asked.
#[derive(Debug, Clone, Copy, Args)]
pub struct Options {
    /// Connections that ask
    #[arg(long, default_value_t = Options::default().connections)]
    pub connections: usize,
    /// Seconds for the mix, and for each class
    #[arg(long, default_value_t = Options::default().seconds)]
    pub seconds: f64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            connections: 8,
            seconds: 5.0,
        }
    }
}

/// What was measured of one class.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// What was asked for.
    pub class: &'static str,
    /// Questions answered.
    pub questions: usize,
    /// Answers a second.
    pub reqs_per_second: f64,
    /// From a question to its EOSE.
    pub time_to_eose: Latency,
    /// Events that an answer has, on average.
    pub events_per_req: f64,
    /// Bytes that an answer has, on average.
    pub bytes_per_req: f64,
}

/// Measures and prints.
///
/// # Errors
/// An unknown class; a relay that does not answer.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    for class in chosen(arguments)? {
        let outcome = crate::block_on(ask(&arguments.relay, &class, arguments.options))?;
        println!("{outcome}");
    }
    Ok(())
}

fn chosen(arguments: &Arguments) -> anyhow::Result<Vec<Class>> {
    let all = with_mix(&World::new(arguments.size)?)?;
    match &arguments.class {
        Some(name) => Ok(vec![questions::named(&all, name)?]),
        None => Ok(all),
    }
}

/// The mix, then each class.
///
/// # Errors
/// A note that cannot be made again; there is none.
pub fn with_mix(world: &World) -> anyhow::Result<Vec<Class>> {
    let mut classes = questions::classes(world)?;
    classes.insert(0, questions::mix(&classes));
    Ok(classes)
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}: {:.0} REQ/s, {}, {:.1} events and {:.0} bytes each",
            self.class,
            self.reqs_per_second,
            self.time_to_eose,
            self.events_per_req,
            self.bytes_per_req
        )
    }
}

/// Asks the questions of one class in turn. To be run on one thread.
///
/// # Errors
/// A relay that is not there, refuses a question, or is silent for too long.
pub async fn ask(relay: &str, class: &Class, options: Options) -> anyhow::Result<Outcome> {
    let target = Target::find(relay).await?;
    let ear = Ear::new();
    let frames = Rc::new(frames(class));
    let connections = options.connections.max(1);
    let mut askers = Vec::with_capacity(connections);
    for number in 0..connections {
        askers.push(Asker {
            connection: Connection::open(&target, None).await?,
            frames: Rc::clone(&frames),
            // Of each connection another part of the questions, and the first name first.
            next: number * frames.len() / connections / NAMES.len() * NAMES.len(),
            heard: Heard::default(),
        });
    }
    let begun = Instant::now();
    let end = begun + Duration::from_secs_f64(options.seconds);
    let done = spread(askers, &ear, |asker, ear| asker.ask_until(end, ear)).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let questions = done.iter().map(|heard| heard.waits.len()).sum::<usize>();
    let each = |sum: u64| sum as f64 / questions.max(1) as f64;
    let events = each(done.iter().map(|heard| heard.events).sum());
    let bytes = each(done.iter().map(|heard| heard.bytes).sum());
    let mut waits: Vec<Duration> = done.into_iter().flat_map(|heard| heard.waits).collect();
    Ok(Outcome {
        class: class.name,
        questions,
        reqs_per_second: questions as f64 / seconds,
        time_to_eose: Latency::of(&mut waits),
        events_per_req: events,
        bytes_per_req: bytes,
    })
}

/// Each question, with the end of the one before; an even number of them, so that names alternate.
fn frames(class: &Class) -> Vec<Vec<u8>> {
    let twice = class.filters.iter().chain(&class.filters);
    let questions = twice.zip(NAMES.iter().zip(NAMES.iter().rev()).cycle());
    questions
        .map(|(filter, (name, before))| {
            let mut both = frame::text(&format!(r#"["CLOSE","{before}"]"#));
            let question = format!(r#"["REQ","{name}",{filter}]"#);
            frame::push_text(&mut both, question.as_bytes());
            both
        })
        .collect()
}

/// One connection that asks.
struct Asker {
    connection: Connection,
    frames: Rc<Vec<Vec<u8>>>,
    next: usize,
    heard: Heard,
}

#[derive(Default)]
struct Heard {
    waits: Vec<Duration>,
    events: u64,
    bytes: u64,
}

impl Asker {
    async fn ask_until(mut self, end: Instant, ear: Ear) -> anyhow::Result<Heard> {
        let frames = Rc::clone(&self.frames);
        let names = NAMES.map(str::as_bytes);
        let from_there = frames
            .iter()
            .zip(names.iter().cycle())
            .cycle()
            .skip(self.next);
        for (frame, name) in from_there {
            let asked = Instant::now();
            if asked >= end {
                break;
            }
            self.connection.send(frame).await?;
            self.answer(name, &ear).await?;
            self.heard.waits.push(asked.elapsed());
        }
        Ok(self.heard)
    }

    /// Until the question of this name is answered.
    async fn answer(&mut self, name: &[u8], ear: &Ear) -> anyhow::Result<()> {
        let (heard, mut end) = (&mut self.heard, None);
        while end.is_none() {
            let read = self.connection.receive(ear, |message| {
                let answer = Answer::read(message);
                if answer.subscription() != Some(name) {
                    return;
                }
                heard.bytes += message.len() as u64;
                match answer {
                    Answer::Event { .. } => heard.events += 1,
                    Answer::Eose { .. } => end = Some(Ok(())),
                    _ => end = Some(Err(refusal(message))),
                }
            });
            read.await?;
        }
        end.unwrap_or(Ok(()))
    }
}
