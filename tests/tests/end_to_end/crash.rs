//! What was accepted survives the death of the process (NIP01-54, NIP01-55): the real program is
//! killed at random moments under eight writers, started again, and asked for everything. Each
//! round also has `kith-relay check` compare the index with the log.
//!
//! `KITH_CRASH_ROUNDS` says how many rounds, `KITH_CRASH_SEED` which ones. The seed decides what
//! is sent and when to kill, counted in messages; which message the relay is at by then is up to
//! the system, so that a seed repeats the conditions of a failure and not each of its moments.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::events::{Dice, in_order, now};
use crate::harness::{Reply, Socket};
use crate::process::{RelayProcess, program};

mod ledger;
mod plan;

use ledger::{Answered, Ledger, Offer};
use plan::{Plan, READERS};

/// Rounds when nobody says otherwise.
const ROUNDS_DEFAULT: u64 = 200;
/// Rounds in one data folder: it grows, and every round reads all of it.
const ROUNDS_PER_FOLDER: u64 = 20;
/// Connections that write at the same time.
const WRITERS: usize = 8;
/// Events that one writer sends in one round at most.
const EVENTS_PER_WRITER: usize = 80;
/// Events that one writer sends without waiting for an answer, at most.
const PIPELINED_MAX: usize = 40;
/// Complaints that a failure shows.
const COMPLAINTS_SHOWN: usize = 10;
/// A start that is killed lives for less than this many milliseconds.
const START_KILLED_MS_MAX: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nip01_54_55_what_was_accepted_survives_kills_at_random_moments() {
    let number = |name: &str| -> Option<u64> { std::env::var(name).ok()?.parse().ok() };
    let rounds = number("KITH_CRASH_ROUNDS").unwrap_or(ROUNDS_DEFAULT);
    let seed = number("KITH_CRASH_SEED").unwrap_or_else(now);
    eprintln!("repeat with KITH_CRASH_SEED={seed} KITH_CRASH_ROUNDS={rounds}");
    let mut left = rounds;
    for folder in 0.. {
        let here = left.min(ROUNDS_PER_FOLDER);
        if here == 0 {
            break;
        }
        left -= here;
        use_one_folder(seed.wrapping_add(folder << 32), here).await;
    }
}

/// A folder from its first event on, through so many kills.
async fn use_one_folder(seed: u64, rounds: u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(seed);
    let mut plan = Plan::new(seed);
    let mut ledger = Ledger::default();
    for round in 0..rounds {
        eprintln!("round {round} of folder {seed}, {} events", ledger.len());
        let settings = settings(&mut dice);
        if dice.below(4) == 0 {
            let after = dice.below(START_KILLED_MS_MAX);
            let after = Duration::from_millis(u64::try_from(after).unwrap());
            RelayProcess::start_and_kill(folder.path(), &settings, after).await;
        }
        let relay = RelayProcess::start_with(folder.path(), &settings).await;
        compare(&relay, &mut ledger, &mut dice).await;
        let lists = plan.round(WRITERS, EVENTS_PER_WRITER);
        write_until_killed(relay, lists, &mut ledger, &mut dice).await;
        check_folder(folder.path());
    }
    let relay = RelayProcess::start_with(folder.path(), &settings(&mut dice)).await;
    compare(&relay, &mut ledger, &mut dice).await;
}

/// Settings under which the parts of the store meet in different ways, without the limits that
/// would hide something.
fn settings(dice: &mut Dice) -> Vec<(&'static str, &'static str)> {
    const CHOICES: [(&str, &[&str]); 4] = [
        (
            "KITH_RELAY_STORE_INDEX_AFTER_EVENTS",
            &["20", "150", "4096"],
        ),
        (
            "KITH_RELAY_STORE_INDEX_AFTER_MS",
            &["1", "20", "200", "60000"],
        ),
        (
            "KITH_RELAY_STORE_GROUP_COMMIT_EVENTS_MAX",
            &["1", "8", "32", "512"],
        ),
        ("KITH_RELAY_STORE_SYNCHRONOUS", &["full", "normal"]),
    ];
    let mut settings = vec![
        ("KITH_RELAY_LIMITS_MAX_LIMIT", "1000000"),
        ("KITH_RELAY_LIMITS_DEFAULT_LIMIT", "1000000"),
    ];
    for (name, values) in CHOICES {
        settings.push((name, *dice.pick(values)));
    }
    settings
}

/// Lets writers publish their lists against a relay that dies after so many messages.
async fn write_until_killed(
    relay: RelayProcess,
    lists: Vec<Vec<kith_nips::Event>>,
    ledger: &mut Ledger,
    dice: &mut Dice,
) {
    let events: usize = lists.iter().map(Vec::len).sum();
    let moment = match dice.below(3) {
        0 => dice.below(100),
        // Each event is one message there and one back.
        _ => dice.below(2 * events + 1),
    };
    let (messages, mut seen) = mpsc::unbounded_channel();
    let mut writers = Vec::new();
    for list in lists {
        let socket = relay.connect().await;
        let dice = Dice(u64::try_from(dice.below(usize::MAX >> 32)).unwrap());
        writers.push(tokio::spawn(write(socket, list, dice, messages.clone())));
    }
    drop(messages);
    for _ in 0..moment {
        if seen.recv().await.is_none() {
            break;
        }
    }
    relay.kill().await;
    for writer in writers {
        ledger.note(writer.await.unwrap());
    }
}

/// Publishes a list until its end or that of the connection.
async fn write(
    mut socket: Socket,
    list: Vec<kith_nips::Event>,
    mut dice: Dice,
    messages: mpsc::UnboundedSender<()>,
) -> Vec<Offer> {
    let mut offers = Vec::new();
    let mut rest = list.into_iter().peekable();
    while rest.peek().is_some() {
        let group: Vec<Offer> = rest
            .by_ref()
            .take(1 + dice.below(PIPELINED_MAX))
            .map(Offer::new)
            .collect();
        let texts: Vec<String> = group
            .iter()
            .map(|offer| format!("[\"EVENT\",{}]", offer.event.json()))
            .collect();
        let begin = offers.len();
        offers.extend(group);
        let mut alive = true;
        for text in texts {
            alive = alive && socket.try_send_all([text]).await.is_ok();
            // Whoever counts may be content already.
            let _ = messages.send(());
        }
        // Also from a relay that is dead: answers may be on their way.
        for _ in begin..offers.len() {
            let Some(reply) = socket.try_receive().await else {
                return offers;
            };
            let Reply::Ok(answer) = reply else {
                panic!("{reply:?}");
            };
            let _ = messages.send(());
            let offer = offers[begin..]
                .iter_mut()
                .find(|offer| offer.answer.is_none() && offer.event.id() == answer.id)
                .expect("an answer to nothing that was asked");
            offer.answer = Some(Answered {
                answer,
                before: now(),
            });
        }
    }
    offers
}

/// What the relay has now is what was accepted, and perhaps more of what was sent.
async fn compare(relay: &RelayProcess, ledger: &mut Ledger, dice: &mut Dice) {
    let mut socket = relay.connect().await;
    for reader in READERS {
        // Wraps are for those who can open them (NIP-59).
        socket.authenticate(reader).await.stored();
    }
    let began = now();
    // The client verifies everything that it receives.
    let served = socket.query(json!({})).await;
    let ended = now();
    assert_eq!(served, in_order(&served));
    let complaints = ledger.complaints(&served, began, ended);
    let (first, total) = (complaints.iter().take(COMPLAINTS_SHOWN), complaints.len());
    assert!(
        total == 0,
        "{total} complaints, such as {:#?}",
        first.collect::<Vec<_>>()
    );
    for (filter, matches) in questions(dice) {
        let expected: Vec<_> = served.iter().filter(|event| matches(event)).collect();
        let found = socket.query(filter.clone()).await;
        let count = socket.count(filter.clone()).await;
        let ended = now();
        let lasting = |event: &&kith_nips::Event| event.expiration().is_none_or(|at| at > ended);
        assert_eq!(
            found.iter().filter(lasting).collect::<Vec<_>>(),
            expected.iter().copied().filter(lasting).collect::<Vec<_>>(),
            "{filter}"
        );
        let least = expected.iter().copied().filter(lasting).count();
        let counts = u64::try_from(least).unwrap()..=u64::try_from(expected.len()).unwrap();
        assert!(counts.contains(&count), "{count} of {filter}");
    }
}

type Question = (Value, Box<dyn Fn(&kith_nips::Event) -> bool>);

/// Filters that take different ways through the index, with what each of them means.
fn questions(dice: &mut Dice) -> Vec<Question> {
    let topic = *dice.pick(&plan::TOPICS);
    let author = crate::events::pubkey(*dice.pick(&plan::AUTHORS));
    let kind = *dice.pick(&plan::KINDS);
    let has_topic = move |event: &kith_nips::Event| {
        event
            .tags()
            .named("t")
            .any(|tag| tag.value() == Some(topic))
    };
    vec![
        (json!({}), Box::new(|_| true)),
        (json!({"#t": [topic]}), Box::new(has_topic)),
        (
            json!({"#t": [topic], "authors": [author]}),
            Box::new(move |event| has_topic(event) && event.pubkey() == author),
        ),
        (
            json!({"kinds": [kind]}),
            Box::new(move |event| event.kind().as_u16() == kind),
        ),
        (
            json!({"authors": [author], "kinds": [kind, 5]}),
            Box::new(move |event| {
                event.pubkey() == author && [kind, 5].contains(&event.kind().as_u16())
            }),
        ),
    ]
}

/// The operator's own check of the folder as the dead process left it.
fn check_folder(folder: &Path) {
    let output = Command::new(program("kith-relay"))
        .args(["check", "--data"])
        .arg(folder)
        .env("KITH_LOG", "warn")
        .output()
        .unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{words}{errors}");
    assert!(words.starts_with("everything agrees: "), "{words}");
}
