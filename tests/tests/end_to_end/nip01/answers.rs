//! What is answered to EVENT (NIP01-56 to NIP01-59).

use std::collections::BTreeMap;

use kith_nips::{Event, EventId};
use serde_json::json;

use crate::events::{Forged, ids, note};
use crate::harness::{Answer, Reply, TestRelay};
use crate::process::RelayProcess;

#[tokio::test]
async fn nip01_56_every_event_gets_exactly_one_ok() {
    const EVENTS: u64 = 250;
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut texts = Vec::new();
    let mut sent: BTreeMap<EventId, usize> = BTreeMap::new();
    for at in 0..EVENTS {
        let good = note(1).at(at).signed();
        let bad = note(2).at(at).signed();
        let ephemeral = note(3).kind(20_000).at(at).signed();
        let old = note(4).kind(0).at(EVENTS - at).signed();
        // The second of each pair is a duplicate, and may be judged beside the first.
        for event in [&good, &good, &ephemeral, &old] {
            texts.push(Forged::of(event).message());
            *sent.entry(event.id()).or_default() += 1;
        }
        texts.push(Forged::of(&bad).with("kind", "2").message());
        *sent.entry(bad.id()).or_default() += 1;
    }
    let answers_expected = texts.len();
    socket.send_all(texts).await;
    let mut answered: BTreeMap<EventId, Vec<Answer>> = BTreeMap::new();
    for _ in 0..answers_expected {
        match socket.receive().await {
            Reply::Ok(answer) => answered.entry(answer.id).or_default().push(answer),
            other => panic!("{other:?}"),
        }
    }
    socket.nothing_more().await;
    let times: BTreeMap<EventId, usize> = answered
        .iter()
        .map(|(id, answers)| (*id, answers.len()))
        .collect();
    assert_eq!(times, sent);
    for answers in answered.values().filter(|answers| answers.len() == 2) {
        let mut messages: Vec<&str> = answers
            .iter()
            .map(|answer| answer.message.as_str())
            .collect();
        messages.sort_unstable();
        assert_eq!(messages[0], "", "{answers:?}");
        assert!(messages[1].starts_with("duplicate: "), "{answers:?}");
        assert!(answers.iter().all(|answer| answer.accepted), "{answers:?}");
    }
}

#[tokio::test]
async fn nip01_57_an_ephemeral_event_is_accepted_whoever_listens() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.event(&note(1).kind(20_000).signed()).await.stored();
    let mut listener = relay.connect().await;
    listener.req("x", json!({"kinds": [20_000]})).await;
    let heard = note(1).kind(20_000).content("heard").signed();
    socket.event(&heard).await.stored();
    assert_eq!(listener.expect_event("x").await, heard);
}

#[tokio::test]
async fn nip01_57_where_the_operator_wants_it_an_ephemeral_event_that_nobody_hears_is_mute() {
    let relay = TestRelay::start_with(|config| config.policy.ephemeral_mute = true).await;
    let mut socket = relay.connect().await;
    let event = |content: &str| note(1).kind(20_000).content(content).signed();
    socket.event(&event("nobody")).await.refused_with("mute");
    let mut listener = relay.connect().await;
    listener.req("other", json!({"kinds": [20_001]})).await;
    listener
        .req("never", json!({"kinds": [20_000], "authors": []}))
        .await;
    socket
        .event(&event("nobody who matches"))
        .await
        .refused_with("mute");
    listener
        .req("x", json!({"kinds": [20_000], "limit": 0}))
        .await;
    let heard = event("heard");
    socket.event(&heard).await.stored();
    assert_eq!(listener.expect_event("x").await, heard);
    listener.close("x").await;
    listener.nothing_more().await;
    socket.event(&event("gone")).await.refused_with("mute");
    // Its own subscription listens as well as any.
    socket.req("own", json!({"kinds": [20_000]})).await;
    let own = event("own");
    socket.event(&own).await.stored();
    assert_eq!(socket.expect_event("own").await, own);
}

#[cfg(unix)]
#[tokio::test]
async fn nip01_58_when_the_store_fails_the_event_is_refused_and_not_pushed() {
    /// Enough for the empty files, too little for what follows.
    const FILE_KIBIBYTES: u32 = 1_024;
    const EVENTS_MAX: u64 = 1_000;
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start_with_files_up_to(folder.path(), FILE_KIBIBYTES).await;
    let mut socket = relay.connect().await;
    let mut witness = relay.connect().await;
    witness.req("live", json!({})).await;
    let content = "x".repeat(20_000);
    let mut stored: Vec<Event> = Vec::new();
    let mut refused = None;
    for at in 0..EVENTS_MAX {
        let event = note(1).at(at).content(content.as_str()).signed();
        let answer = socket.event(&event).await;
        if !answer.accepted {
            answer.refused_with("error");
            refused = Some(event);
            break;
        }
        answer.stored();
        assert_eq!(witness.expect_event("live").await, event);
        stored.push(event);
    }
    let refused = refused.expect("the files could not grow, and yet everything was stored");
    // The fence needs no storage.
    let ephemeral = note(2).kind(20_000).signed();
    socket.accept(&ephemeral).await;
    assert_eq!(witness.expect_event("live").await, ephemeral);
    witness.nothing_more().await;
    assert_eq!(socket.query(json!({"ids": [refused.id()]})).await, []);
    // Reading goes on.
    assert_eq!(
        socket.query(json!({"ids": [stored[0].id()]})).await,
        [stored[0].clone()]
    );
    relay.kill().await;

    let relay = RelayProcess::start(folder.path()).await;
    let mut socket = relay.connect().await;
    let kept = socket
        .query(json!({"kinds": [1], "limit": EVENTS_MAX}))
        .await;
    stored.reverse();
    assert_eq!(ids(&kept), ids(&stored));
    // With room again, it is welcome.
    socket.accept(&refused).await;
}

#[tokio::test]
async fn nip01_59_events_above_the_rate_are_refused_one_by_one() {
    const EVENTS: u64 = 40;
    let relay = TestRelay::start_with(|config| config.limits.events_per_second_max = 1).await;
    let mut socket = relay.connect().await;
    let events: Vec<Event> = (0..EVENTS).map(|at| note(1).at(at).signed()).collect();
    socket
        .send_all(events.iter().map(|event| Forged::of(event).message()))
        .await;
    let mut refused = Vec::new();
    for event in &events {
        let answer = socket.answer_to(event.id()).await;
        match answer.accepted {
            true => answer.stored(),
            false => {
                answer.refused_with("rate-limited");
                refused.push(event.id());
            }
        }
    }
    assert!(
        !refused.is_empty() && refused.len() < events.len(),
        "{}",
        refused.len()
    );
    socket.nothing_more().await;
    assert_eq!(socket.count(json!({"ids": refused})).await, 0);
    assert_eq!(socket.count(json!({})).await, EVENTS - refused.len() as u64);
    // Another connection has an allowance of its own.
    relay.connect().await.accept(&note(2).signed()).await;
}
