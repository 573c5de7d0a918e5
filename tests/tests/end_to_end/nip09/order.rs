//! Requests and their targets in any order (NIP09-07 to NIP09-10, NIP09-16, NIP09-21).

use std::slice;

use kith_nips::Event;
use serde_json::json;

use super::{address_of, is_gone, is_there, request, request_of_address};
use crate::events::{MOMENT, note, pubkey};
use crate::harness::{Socket, TestRelay};
use crate::keeping::WAYS;

/// How often a race is run.
const RACES: u64 = 40;

/// The event does not come back, and nobody is told of it.
async fn stays_gone(socket: &mut Socket, event: &Event) {
    socket.event(event).await.refused_with("blocked");
    is_gone(socket, event).await;
}

#[tokio::test]
async fn nip09_07_a_removed_event_does_not_come_back() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let events = [
            note(1).signed(),
            note(1).kind(10_002).signed(),
            note(1).kind(31_923).tag(&["d", "x"]).signed(),
        ];
        socket.accept_all(&events).await;
        socket.accept(&request(1, &events).signed()).await;
        drop(socket);
        for _ in 0..2 {
            let mut socket = relay.connect().await;
            let mut witness = relay.connect().await;
            witness
                .req("live", json!({"ids": events.each_ref().map(Event::id)}))
                .await;
            for event in &events {
                stays_gone(&mut socket, event).await;
            }
            witness.nothing_delivered().await;
            drop((socket, witness));
            relay.restart().await;
        }
    }
}

#[tokio::test]
async fn nip09_08_versions_up_to_a_request_are_refused_later_ones_are_not() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let version = |at| note(1).kind(31_923).at(at).tag(&["d", "a:b"]).signed();
        let first = version(MOMENT - 5);
        let request = request_of_address(1, &address_of(&first)).at(MOMENT);
        let mut socket = relay.connect().await;
        socket.accept(&first).await;
        socket.accept(&request.signed()).await;
        drop(socket);
        for _ in 0..2 {
            let mut socket = relay.connect().await;
            for at in [MOMENT - 9, MOMENT - 5, MOMENT - 1, MOMENT] {
                stays_gone(&mut socket, &version(at)).await;
            }
            drop(socket);
            relay.restart().await;
        }
        let mut socket = relay.connect().await;
        let next = version(MOMENT + 1);
        socket.accept(&next).await;
        is_there(&mut socket, &next).await;
        // An older request changes nothing about that.
        let older = request_of_address(1, &address_of(&first)).at(MOMENT - 1);
        socket.accept(&older.signed()).await;
        is_there(&mut socket, &next).await;
        stays_gone(&mut socket, &version(MOMENT)).await;
    }
}

#[tokio::test]
async fn nip09_09_a_request_may_come_before_its_target() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let note_to_come = note(1).at(MOMENT + 50).signed();
        let meetup = |at| note(1).kind(31_923).at(at).tag(&["d", "x"]).signed();
        let profile = note(1).kind(0).at(MOMENT - 1).signed();
        let mut socket = relay.connect().await;
        let request = request(1, [&note_to_come])
            .tag(&["a", &address_of(&meetup(0))])
            .tag(&["a", &address_of(&profile)])
            .at(MOMENT);
        socket.accept(&request.signed()).await;
        drop(socket);
        for _ in 0..2 {
            let mut socket = relay.connect().await;
            stays_gone(&mut socket, &note_to_come).await;
            stays_gone(&mut socket, &meetup(MOMENT - 1)).await;
            stays_gone(&mut socket, &meetup(MOMENT)).await;
            stays_gone(&mut socket, &profile).await;
            drop(socket);
            relay.restart().await;
        }
        let mut socket = relay.connect().await;
        socket.accept(&meetup(MOMENT + 1)).await;
    }
}

#[tokio::test]
async fn nip09_10_a_request_before_an_event_of_somebody_else_means_nothing() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let events = [
            note(2).signed(),
            note(2).kind(31_923).tag(&["d", "x"]).signed(),
            note(2).kind(10_002).signed(),
            note(2)
                .kind(1_059)
                .tag(&["p", &pubkey(3).to_string()])
                .signed(),
        ];
        let request = request(1, &events)
            .tag(&["a", &address_of(&events[1])])
            .tag(&["a", &address_of(&events[2])])
            .at(MOMENT + 1)
            .signed();
        socket.accept(&request).await;
        drop(socket);
        relay.restart().await;
        let mut socket = relay.connect().await;
        socket.authenticate(3).await.stored();
        for event in &events {
            socket.accept(event).await;
            is_there(&mut socket, event).await;
        }
    }
}

#[tokio::test]
async fn nip09_16_no_earlier_version_comes_back() {
    for way in WAYS {
        for by_address in [false, true] {
            let mut relay = TestRelay::start_with(way).await;
            let mut socket = relay.connect().await;
            let version = |at| note(1).kind(31_923).at(at).tag(&["d", "x"]).signed();
            let versions = [version(MOMENT), version(MOMENT + 1), version(MOMENT + 2)];
            for version in &versions {
                socket.accept(version).await;
            }
            let request = match by_address {
                true => request_of_address(1, &address_of(&versions[2])),
                false => request(1, [&versions[2]]),
            };
            socket.accept(&request.at(MOMENT + 2).signed()).await;
            drop(socket);
            for _ in 0..2 {
                let mut socket = relay.connect().await;
                assert_eq!(socket.query(json!({"kinds": [31_923]})).await, []);
                for version in &versions {
                    let answer = socket.event(version).await;
                    assert!(!answer.accepted, "{answer:?}");
                    is_gone(&mut socket, version).await;
                }
                drop(socket);
                relay.restart().await;
            }
            let mut socket = relay.connect().await;
            let next = version(MOMENT + 3);
            socket.accept(&next).await;
            assert_eq!(socket.query(json!({"kinds": [31_923]})).await, [next]);
        }
    }
}

#[tokio::test]
async fn nip09_16_nor_when_the_index_is_made_anew() {
    for way in WAYS {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let start = async || {
            TestRelay::start_with(|config| {
                way(config);
                config.data.folder.clone_from(&data);
            })
            .await
        };
        let version = |at| note(1).kind(31_923).at(at).tag(&["d", "x"]).signed();
        let versions = [version(MOMENT), version(MOMENT + 1)];
        let mut relay = start().await;
        let mut socket = relay.connect().await;
        for version in &versions {
            socket.accept(version).await;
        }
        socket.accept(&request(1, [&versions[1]]).signed()).await;
        for _ in 0..2 {
            drop(socket);
            relay.stop().await;
            std::fs::remove_file(data.join("index.db")).unwrap();
            relay = start().await;
            socket = relay.connect().await;
            assert_eq!(socket.query(json!({"kinds": [31_923]})).await, []);
            for version in &versions {
                let answer = socket.event(version).await;
                assert!(!answer.accepted, "{answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn nip09_21_a_race_ends_like_one_after_the_other() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let (mut deleter, mut writer) = (relay.connect().await, relay.connect().await);
        for race in 0..RACES {
            let d = format!("race {race}");
            let version = |at| note(1).kind(31_923).at(at).tag(&["d", &d]).signed();
            let (old, covered, newer) = (version(MOMENT), version(MOMENT + 5), version(MOMENT + 6));
            writer.accept(&old).await;
            let request = request_of_address(1, &address_of(&old))
                .at(MOMENT + 5)
                .signed();
            let (_, covered_answer, newer_answer) = if race % 2 == 0 {
                let (request, covered) =
                    tokio::join!(deleter.event(&request), writer.event(&covered));
                request.stored();
                (request, Some(covered), writer.event(&newer).await)
            } else {
                let (request, newer) = tokio::join!(deleter.event(&request), writer.event(&newer));
                request.stored();
                (request, None, newer)
            };
            // Before the request it was stored for a while, after it it was blocked.
            if let Some(answer) = covered_answer
                && !answer.accepted
            {
                answer.refused_with("blocked");
            }
            newer_answer.stored();
            for socket in [&mut deleter, &mut writer] {
                let left = socket.query(json!({"kinds": [31_923], "#d": [d]})).await;
                assert_eq!(left, slice::from_ref(&newer));
            }
            is_gone(&mut writer, &old).await;
            stays_gone(&mut writer, &covered).await;
        }
    }
}
