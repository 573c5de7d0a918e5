//! Publishes a world over real sockets, then asks what people ask, and says how long it took.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use futures_util::SinkExt;
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{ask as ask_once, connect, receive};
use crate::latency::Latency;

/// One run.
pub struct Load {
    /// The relay, as ws://host:port.
    pub relay: String,
    /// Connections that publish.
    pub writers: usize,
    /// Events under way on each.
    pub in_flight: usize,
    /// How often each question is asked.
    pub questions: usize,
    /// JSON lines.
    pub file: PathBuf,
}

/// Publishes, then asks.
///
/// # Errors
/// A file that cannot be read; a relay that does not answer.
pub async fn run(load: &Load) -> anyhow::Result<()> {
    let text =
        std::fs::read_to_string(&load.file).with_context(|| load.file.display().to_string())?;
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    publish(load, &lines).await?;
    for (name, filter) in QUESTIONS {
        ask(load, name, filter).await?;
    }
    Ok(())
}

const QUESTIONS: [(&str, &str); 6] = [
    (
        "meetups of a city, newest 50",
        r##"{"kinds":[31923],"#g":["DE:Berlin"],"limit":50}"##,
    ),
    (
        "meetups in a cell, newest 50",
        r##"{"kinds":[31923],"#g":["u33d"],"limit":50}"##,
    ),
    (
        "communities of a topic in a city",
        r##"{"kinds":[30037],"#g":["GB:Brighton"],"#t":["rust"],"limit":100}"##,
    ),
    ("answers, newest 500", r#"{"kinds":[31925],"limit":500}"#),
    ("anything, newest 20", r#"{"limit":20}"#),
    (
        "nothing there",
        r##"{"kinds":[31923],"#g":["XX:Nowhere"]}"##,
    ),
];

async fn publish(load: &Load, lines: &[String]) -> anyhow::Result<()> {
    let begun = Instant::now();
    let share = lines.len().div_ceil(load.writers.max(1));
    let writers = lines.chunks(share.max(1)).map(|chunk| {
        let chunk = chunk.to_vec();
        tokio::spawn(publish_share(load.relay.clone(), chunk, load.in_flight))
    });
    let mut waits = Vec::with_capacity(lines.len());
    let mut refused = 0;
    for writer in writers.collect::<Vec<_>>() {
        let share = writer.await??;
        waits.extend(share.waits);
        refused += share.refused;
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "published {} events in {seconds:.2} s: {:.0} a second, {refused} refused",
        lines.len(),
        lines.len() as f64 / seconds,
    );
    println!("time to OK: {}", Latency::of(&mut waits));
    Ok(())
}

struct Share {
    waits: Vec<Duration>,
    refused: usize,
}

async fn publish_share(
    relay: String,
    lines: Vec<String>,
    in_flight: usize,
) -> anyhow::Result<Share> {
    let mut socket = connect(&relay).await?;
    let mut sent: HashMap<String, Instant> = HashMap::new();
    let mut share = Share {
        waits: Vec::with_capacity(lines.len()),
        refused: 0,
    };
    let mut lines = lines.into_iter().peekable();
    while lines.peek().is_some() || !sent.is_empty() {
        while sent.len() < in_flight.max(1)
            && let Some(line) = lines.next()
        {
            let event: Value = serde_json::from_str(&line)?;
            let id = event.get("id").and_then(Value::as_str).context("an id")?;
            sent.insert(id.to_owned(), Instant::now());
            socket
                .feed(Message::text(format!(r#"["EVENT",{line}]"#)))
                .await?;
        }
        socket.flush().await?;
        let answer = receive(&mut socket).await?;
        if answer.get(0).and_then(Value::as_str) != Some("OK") {
            continue;
        }
        let id = answer.get(1).and_then(Value::as_str).unwrap_or_default();
        if let Some(at) = sent.remove(id) {
            share.waits.push(at.elapsed());
        }
        if answer.get(2) != Some(&Value::Bool(true)) {
            share.refused += 1;
        }
    }
    Ok(share)
}

async fn ask(load: &Load, name: &str, filter: &str) -> anyhow::Result<()> {
    let mut socket = connect(&load.relay).await?;
    let mut waits = Vec::with_capacity(load.questions);
    let mut events = 0;
    for _ in 0..load.questions {
        let begun = Instant::now();
        events = ask_once(&mut socket, filter).await?;
        waits.push(begun.elapsed());
    }
    println!("{name} ({events} events): {}", Latency::of(&mut waits));
    Ok(())
}
