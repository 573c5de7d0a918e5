//! Limits of `created_at` (NIP11-19, NIP11-20, NIP11-22).

use std::fmt::Write;

use kith_nips::Event;
use kith_relay::Config;
use kith_relay::transfer::import;
use serde_json::json;

use super::{announced, document};
use crate::clock::in_one_second;
use crate::events::{ids, note, now};
use crate::harness::{Answer, Socket, TestRelay};

/// Publishes two events at these moments, counted from now, within one second of the clock.
async fn publish_pair(socket: &mut Socket, moments: impl Fn(u64) -> [u64; 2]) -> [Answer; 2] {
    in_one_second(async |now| {
        let [last, beyond] = moments(now).map(|at| note(1).at(at).signed());
        [socket.event(&last).await, socket.event(&beyond).await]
    })
    .await
}

/// Accepted, now or in an attempt before.
fn assert_accepted(answer: &Answer) {
    assert!(answer.accepted, "{answer:?}");
}

#[tokio::test]
async fn nip11_19_the_future_ends_at_its_limit() {
    for configured in [None, Some(60)] {
        let relay = TestRelay::start_with(|config| {
            if configured.is_some() {
                config.limits.created_at_upper_limit_seconds = configured;
            }
        })
        .await;
        let limit = announced(&relay, "created_at_upper_limit").await as u64;
        assert_eq!(limit, configured.unwrap_or(900));
        let mut socket = relay.connect().await;
        let pair = publish_pair(&mut socket, |now| [now + limit, now + limit + 1]).await;
        assert_accepted(&pair[0]);
        pair[1].refused_with("invalid");
        for at in [now() + 10 * limit, 9_007_199_254_740_991] {
            let event = note(1).at(at).signed();
            socket.event(&event).await.refused_with("invalid");
        }
    }
}

#[tokio::test]
async fn nip11_20_the_past_ends_only_where_a_limit_is_set() {
    const WEEK: u64 = 7 * 86_400;
    let relay = TestRelay::start().await;
    let limitation = document(&relay).await["limitation"].clone();
    assert_eq!(limitation.get("created_at_lower_limit"), None);
    let mut socket = relay.connect().await;
    for at in [now() - WEEK, now() - 52 * WEEK, 1, 0] {
        socket.accept(&note(1).at(at).signed()).await;
    }

    let relay =
        TestRelay::start_with(|config| config.limits.created_at_lower_limit_seconds = Some(WEEK))
            .await;
    let limit = announced(&relay, "created_at_lower_limit").await as u64;
    assert_eq!(limit, WEEK);
    let mut socket = relay.connect().await;
    let pair = publish_pair(&mut socket, |now| [now - limit, now - limit - 1]).await;
    assert_accepted(&pair[0]);
    pair[1].refused_with("invalid");
    for at in [now() - 52 * WEEK, 0] {
        let event = note(1).at(at).signed();
        socket.event(&event).await.refused_with("invalid");
    }
}

#[tokio::test]
async fn nip11_22_limits_do_not_apply_to_what_the_operator_imports() {
    let limited = |config: &mut Config| {
        config.limits.created_at_upper_limit_seconds = Some(60);
        config.limits.created_at_lower_limit_seconds = Some(60);
        config.limits.max_event_tags = 1;
        config.limits.max_content_length_chars = 3;
        config.limits.min_pow_difficulty = 200;
    };
    let events = [
        note(1).at(1).signed(),
        note(1).at(now() + 86_400).signed(),
        note(1).at(now()).tag(&["t", "a"]).tag(&["t", "b"]).signed(),
        note(1).at(now()).content("longer").signed(),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.jsonl");
    let lines = events.iter().fold(String::new(), |mut lines, event| {
        writeln!(lines, "{}", event.json()).unwrap();
        lines
    });
    std::fs::write(&file, lines).unwrap();

    let mut config = Config::default();
    limited(&mut config);
    config.data.folder = folder.path().join("data");
    let summary = import(&config, &file, None, std::future::pending()).await;
    assert_eq!(summary.unwrap().imported, events.len() as u64);

    let data = config.data.folder;
    let relay = TestRelay::start_with(|config| {
        limited(config);
        config.data.folder = data;
    })
    .await;
    let mut socket = relay.connect().await;
    let found = socket.query(json!({"ids": ids(&events)})).await;
    assert_eq!(found.len(), events.len());
    for event in events.iter().map(Event::json) {
        assert!(found.iter().any(|found| found.json() == event));
    }
}
