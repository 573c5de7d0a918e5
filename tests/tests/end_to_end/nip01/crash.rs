//! What was accepted survives the death of the process (NIP01-55): the real program is killed in
//! the middle of its work, started again, and asked for everything that it said it had.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use kith_nips::{Event, EventId};
use serde_json::json;
use tokio::sync::mpsc;

use crate::events::{Dice, in_order, note};
use crate::harness::{Answer, Reply, Socket};
use crate::process::RelayProcess;

const WRITERS: u32 = 3;
/// Events that one writer sends without waiting.
const BATCH: u64 = 50;
/// Accepted events after which the process is killed: at once, within a batch, after many.
const KILLED_AFTER: [usize; 6] = [1, 37, 142, 250, 611, 1_203];
/// The kind of which one version stays.
const VERSIONED: u16 = 30_023;

/// What was sent, and what the relay said to have of it.
#[derive(Default)]
struct Written {
    sent: BTreeMap<EventId, Event>,
    accepted: BTreeSet<EventId>,
}

/// What a writer publishes at one moment: short notes, long ones, and versions of an address.
fn event(writer: u32, at: u64) -> Event {
    let note = note(writer).at(at);
    match at % 5 {
        0 => note.kind(VERSIONED).tag(&["d", "contested"]).signed(),
        1 => note.content("x".repeat(3_000)).tag(&["t", "long"]).signed(),
        _ => note.content(at.to_string()).tag(&["t", "short"]).signed(),
    }
}

/// Publishes until the connection ends, and gives what was sent.
async fn write(
    mut socket: Socket,
    writer: u32,
    from: u64,
    accepted: mpsc::UnboundedSender<EventId>,
) -> Vec<Event> {
    let mut sent = Vec::new();
    for start in (from..).step_by(usize::try_from(BATCH).unwrap()) {
        let batch: Vec<Event> = (start..start + BATCH).map(|at| event(writer, at)).collect();
        let messages: Vec<String> = batch
            .iter()
            .map(|event| format!("[\"EVENT\",{}]", event.json()))
            .collect();
        sent.extend(batch);
        if socket.try_send_all(messages).await.is_err() {
            // Answers may have come before the end.
            while let Some(Reply::Ok(answer)) = socket.try_receive().await {
                note_answer(&answer, &accepted);
            }
            break;
        }
        for _ in 0..BATCH {
            match socket.try_receive().await {
                Some(Reply::Ok(answer)) => note_answer(&answer, &accepted),
                Some(other) => panic!("{other:?}"),
                None => return sent,
            }
        }
    }
    sent
}

fn note_answer(answer: &Answer, accepted: &mpsc::UnboundedSender<EventId>) {
    match answer.accepted {
        true => {
            answer.stored();
            accepted.send(answer.id).unwrap();
        }
        // Versions that were sent together may be judged in any order.
        false => answer.refused_with("duplicate"),
    }
}

/// Runs writers against a relay that is killed after so many accepted events.
async fn write_until_killed(folder: &Path, from: u64, killed_after: usize, written: &mut Written) {
    // Small numbers, so that indexing and its clean-up run all the time.
    let settings = [
        ("KITH_RELAY_STORE_INDEX_AFTER_EVENTS", "150"),
        ("KITH_RELAY_STORE_INDEX_AFTER_MS", "20"),
        ("KITH_RELAY_STORE_GROUP_COMMIT_EVENTS_MAX", "32"),
    ];
    let relay = RelayProcess::start_with(folder, &settings).await;
    let (accepted, mut answers) = mpsc::unbounded_channel();
    let mut writers = Vec::new();
    for writer in 1..=WRITERS {
        let socket = relay.connect().await;
        writers.push(tokio::spawn(write(socket, writer, from, accepted.clone())));
    }
    drop(accepted);
    for _ in 0..killed_after {
        let id = answers
            .recv()
            .await
            .expect("the relay ended before it was killed");
        written.accepted.insert(id);
    }
    relay.kill().await;
    for writer in writers {
        let sent = writer.await.unwrap();
        written
            .sent
            .extend(sent.into_iter().map(|event| (event.id(), event)));
    }
    // Answers that were on their way count as well.
    while let Some(id) = answers.recv().await {
        written.accepted.insert(id);
    }
}

/// What the relay has now is what was accepted, and perhaps more of what was sent.
async fn check(relay: &RelayProcess, written: &Written) {
    let mut socket = relay.connect().await;
    // The client verifies everything that it receives.
    let kept = socket.query(json!({})).await;
    assert_eq!(kept, in_order(&kept));
    assert_eq!(socket.count(json!({})).await, kept.len() as u64);
    assert_eq!(socket.count(json!({"#t": ["short", "long"]})).await, {
        kept.iter()
            .filter(|event| event.kind().as_u16() == 1)
            .count() as u64
    });
    let mut versions = BTreeMap::new();
    for event in &kept {
        assert_eq!(
            written.sent.get(&event.id()),
            Some(event),
            "nobody sent this"
        );
        if event.kind().as_u16() == VERSIONED {
            let older = versions.insert(event.pubkey(), event.created_at());
            assert_eq!(older, None, "two versions of one address");
        }
    }
    let kept: BTreeSet<EventId> = kept.iter().map(Event::id).collect();
    for id in &written.accepted {
        let event = &written.sent[id];
        match event.kind().as_u16() {
            VERSIONED => assert!(versions[&event.pubkey()] >= event.created_at()),
            _ => assert!(kept.contains(id), "lost: {event:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nip01_55_what_was_accepted_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut moments = KILLED_AFTER;
    Dice(55).shuffle(&mut moments);
    let mut written = Written::default();
    for (round, killed_after) in (0_u64..).zip(moments) {
        write_until_killed(folder.path(), round * 1_000_000, killed_after, &mut written).await;
        let everything = [
            ("KITH_RELAY_LIMITS_MAX_LIMIT", "1000000"),
            ("KITH_RELAY_LIMITS_DEFAULT_LIMIT", "1000000"),
        ];
        let relay = RelayProcess::start_with(folder.path(), &everything).await;
        check(&relay, &written).await;
        // Killed once more while it may be putting itself in order.
        relay.kill().await;
    }
}
