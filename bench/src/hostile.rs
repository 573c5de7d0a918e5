//! How long simple questions take while others ask the most expensive ones that a relay allows.
//! The relay has the events of a file already (`kith-bench ingest` publishes it).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio::task::{JoinSet, LocalSet};

use crate::answer::Answer;
use crate::client::{Connection, Ear, Target, refusal};
use crate::frame;
use crate::latency::Latency;

/// One list of a filter: what our relay takes, and most others.
const AUTHORS: usize = 2_000;
const KINDS: u16 = 50;
const TAG_VALUES: usize = 100;
const IDS: usize = 4_900;
/// Filters of this size fit into one message of 512 KiB.
const LARGE_FILTERS: usize = 3;
const SMALL_FILTERS: usize = 100;

/// Ask a relay simple questions while others ask the most expensive ones.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The relay, as ws://host:port, which has the events of the file
    #[arg(long, default_value = "ws://127.0.0.1:7447")]
    relay: String,
    /// Connections that ask expensive questions
    #[arg(long, default_value_t = 8)]
    attackers: usize,
    /// Expensive questions under way on each
    #[arg(long, default_value_t = 4)]
    in_flight: usize,
    /// Simple questions in each phase, at least
    #[arg(long, default_value_t = 400)]
    questions: usize,
    /// Seconds that each phase takes, at least
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// The file that `ingest` published
    file: PathBuf,
}

/// Measures in quiet, then beside each kind of expensive question, then beside all of them.
///
/// # Errors
/// A file that cannot be read; a relay that does not answer.
pub fn run(hostile: &Arguments) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&hostile.file)
        .with_context(|| hostile.file.display().to_string())?;
    let events: Vec<Value> = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let simple = simple_questions(&events)?;
    let attack = attack(hostile, &simple, monsters(&events));
    crate::block_on(LocalSet::new().run_until(attack))
}

async fn attack(
    hostile: &Arguments,
    simple: &[String],
    monsters: Vec<(&'static str, String)>,
) -> anyhow::Result<()> {
    let quiet = measure(hostile, simple).await?;
    println!("in quiet: {quiet}");
    for (name, message) in &monsters {
        beside(hostile, simple, quiet, name, std::slice::from_ref(message)).await?;
    }
    let all: Vec<String> = monsters.into_iter().map(|(_, message)| message).collect();
    beside(hostile, simple, quiet, "all of them", &all).await
}

/// One phase under attack.
async fn beside(
    hostile: &Arguments,
    simple: &[String],
    quiet: Latency,
    name: &str,
    messages: &[String],
) -> anyhow::Result<()> {
    let answered = Arc::new(AtomicU64::new(0));
    let begun = Arc::new(Barrier::new(hostile.attackers + 1));
    let mut attack = JoinSet::new();
    for number in 0..hostile.attackers {
        let mut messages = messages.to_vec();
        let first = number % messages.len().max(1);
        messages.rotate_left(first);
        attack.spawn_local(attack_for_ever(
            hostile.relay.clone(),
            messages,
            hostile.in_flight,
            Arc::clone(&answered),
            Arc::clone(&begun),
        ));
    }
    let measuring = async {
        begun.wait().await;
        measure(hostile, simple).await
    };
    let result = tokio::select! {
        result = measuring => result?,
        Some(ended) = attack.join_next() => bail!("an attacker ended: {:?}", ended?),
    };
    println!(
        "beside {name}: {result}; {:.0} times the quiet p99; {} of them were answered meanwhile",
        result.p99_ms / quiet.p99_ms,
        answered.load(Ordering::Relaxed),
    );
    attack.shutdown().await;
    Ok(())
}

/// How long simple questions take, one after the other.
async fn measure(hostile: &Arguments, simple: &[String]) -> anyhow::Result<Latency> {
    let target = Target::find(&hostile.relay).await?;
    let mut connection = Connection::open(&target, None).await?;
    let ear = Ear::new();
    let mut waits = Vec::with_capacity(hostile.questions);
    let phase = Instant::now();
    for filter in simple.iter().cycle() {
        if waits.len() >= hostile.questions && phase.elapsed().as_secs() >= hostile.seconds {
            break;
        }
        let begun = Instant::now();
        connection.ask(&ear, filter, |_| {}).await?;
        waits.push(begun.elapsed());
    }
    Ok(Latency::of(&mut waits))
}

async fn attack_for_ever(
    relay: String,
    messages: Vec<String>,
    in_flight: usize,
    answered: Arc<AtomicU64>,
    begun: Arc<Barrier>,
) -> anyhow::Result<()> {
    let target = Target::find(&relay).await?;
    let mut connection = Connection::open(&target, None).await?;
    let ear = Ear::new();
    let mut next = 0;
    let mut under_way = 0;
    let mut begun = Some(begun);
    loop {
        while under_way < in_flight.max(1) {
            let message = messages.get(next % messages.len()).context("a message")?;
            // Every question under way has a name of its own.
            let text = message.replacen("\"q\"", &format!("\"q{}\"", next % in_flight.max(1)), 1);
            connection.send(&frame::text(&text)).await?;
            next += 1;
            under_way += 1;
        }
        if let Some(begun) = begun.take() {
            begun.wait().await;
        }
        let mut complaint = None;
        let heard = |message: &[u8]| match Answer::read(message) {
            Answer::Eose { .. } | Answer::Count { .. } => {
                under_way -= 1;
                answered.fetch_add(1, Ordering::Relaxed);
            }
            // A relay that does not search says so.
            Answer::Closed { .. } => under_way -= 1,
            Answer::Notice => complaint = Some(refusal(message)),
            _ => {}
        };
        connection.receive(&ear, heard).await?;
        if let Some(complaint) = complaint {
            return Err(complaint);
        }
    }
}

/// What people ask: a note, the newest notes, somebody's notes, the meetups of a city.
fn simple_questions(events: &[Value]) -> anyhow::Result<Vec<String>> {
    let step = (events.len() / 50).max(1);
    let mut questions = Vec::new();
    for event in events.iter().step_by(step) {
        questions.push(json!({"ids": [event["id"]]}).to_string());
        questions.push(json!({"authors": [event["pubkey"]], "limit": 20}).to_string());
        questions.push(json!({"kinds": [event["kind"]], "limit": 20}).to_string());
        questions.push(r##"{"kinds":[31923],"#g":["DE:Berlin"],"limit":20}"##.to_owned());
    }
    match questions.is_empty() {
        true => bail!("the file has no events"),
        false => Ok(questions),
    }
}

/// Expensive messages, by name. Their subscription is called `q`.
fn monsters(events: &[Value]) -> Vec<(&'static str, String)> {
    let step = (events.len() / IDS).max(1);
    let spread = || events.iter().step_by(step);
    let mut authors: Vec<Value> = spread().map(|event| event["pubkey"].clone()).collect();
    authors.sort_by_key(Value::to_string);
    authors.dedup();
    // Others that nobody knows.
    authors.extend((authors.len()..AUTHORS).map(|number| json!(format!("{number:064x}"))));
    authors.truncate(AUTHORS);
    let ids: Vec<Value> = spread()
        .take(IDS)
        .map(|event| event["id"].clone())
        .collect();
    let mut kinds: Vec<u16> = vec![1_037, 10_037, 30_037, 31_923, 31_925];
    kinds.extend((1..).take(usize::from(KINDS) - kinds.len()));
    let tags = frequent_tags(events);
    let values = |name: &str| tags.get(name).cloned().unwrap_or_default();
    let full = json!({
        "authors": authors, "kinds": kinds,
        "#t": values("t"), "#g": values("g"), "#e": values("e"),
    });
    let without_kinds = json!({"authors": authors, "#t": values("t")});
    let nobodys: Vec<String> = (0..AUTHORS)
        .map(|number| format!("{number:064x}"))
        .collect();
    let req = |filters: &[Value]| {
        let filters: Vec<String> = filters.iter().map(Value::to_string).collect();
        format!(r#"["REQ","q",{}]"#, filters.join(","))
    };
    vec![
        (
            "2000 authors, 50 kinds and 100 values of 3 tags",
            req(std::slice::from_ref(&full)),
        ),
        ("three times that", req(&vec![full; LARGE_FILTERS])),
        (
            "2000 authors without kinds",
            req(&[json!({"authors": authors})]),
        ),
        (
            "2000 authors without kinds, and 100 values of a tag",
            req(&[without_kinds]),
        ),
        (
            "2000 authors that nobody knows",
            req(&[json!({"authors": nobodys, "kinds": kinds})]),
        ),
        ("4900 ids", req(&[json!({"ids": ids})])),
        (
            "100 filters of 100 values of a tag",
            req(&vec![
                json!({"#g": values("g"), "#t": values("t")});
                SMALL_FILTERS
            ]),
        ),
        ("COUNT of everything", r#"["COUNT","q",{}]"#.to_owned()),
        (
            "two frequent values that never go together",
            req(&[
                json!({"kinds": [31_923], "#t": values("t"), "#l": ["nothing", "meetup"],
                "until": 1_900_000_000, "#r": values("t")}),
            ]),
        ),
        ("a search for one letter", req(&[json!({"search": "e"})])),
    ]
}

/// The most frequent values of each tag.
fn frequent_tags(events: &[Value]) -> BTreeMap<String, Vec<String>> {
    let mut counts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let tags = events.iter().filter_map(|event| event["tags"].as_array());
    for tag in tags.flatten() {
        if let (Some(name), Some(value)) = (tag[0].as_str(), tag[1].as_str()) {
            let values = counts.entry(name.to_owned()).or_default();
            *values.entry(value.to_owned()).or_default() += 1;
        }
    }
    let frequent = |values: BTreeMap<String, usize>| {
        let mut values: Vec<(usize, String)> = values
            .into_iter()
            .map(|(value, count)| (count, value))
            .collect();
        values.sort_unstable_by(|one, other| other.cmp(one));
        values.truncate(TAG_VALUES);
        values.into_iter().map(|(_, value)| value).collect()
    };
    counts
        .into_iter()
        .map(|(name, values)| (name, frequent(values)))
        .collect()
}
