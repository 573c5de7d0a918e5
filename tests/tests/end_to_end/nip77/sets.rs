//! Sets that differ in every way, until they do not (NIP77-11, NIP77-13, NIP77-14, NIP77-16).

use std::collections::BTreeMap;

use kith_nips::{Event, EventId};
use serde_json::{Value, json};

use super::{NOTHING_HERE, bytes, compare, everything, expect_answer, ids_of, open};
use crate::events::{Forged, MOMENT, note};
use crate::harness::{Socket, TestRelay};
use crate::keeping::WAYS;

/// Events of a client, by id.
type Held = BTreeMap<EventId, Event>;

/// Notes at the times that `at` gives to their numbers.
fn notes(count: u64, at: impl Fn(u64) -> u64) -> Vec<Event> {
    (0..count)
        .map(|number| note(1).at(at(number)).content(number.to_string()).signed())
        .collect()
}

fn held<'a>(events: impl IntoIterator<Item = &'a Event>) -> Held {
    let events = events.into_iter();
    events.map(|event| (event.id(), event.clone())).collect()
}

/// Compares, sends what the relay lacks by EVENT and asks for what the client lacks by REQ.
async fn sync(socket: &mut Socket, filter: &Value, client: &mut Held) {
    let matching = kith_nips::Filter::parse(&filter.to_string()).unwrap();
    let own = client.values().filter(|event| matching.matches(event, 0));
    let own: Vec<Event> = own.cloned().collect();
    let differences = compare(socket, filter, &own).await;
    let sent: Vec<Event> = differences
        .have
        .iter()
        .map(|id| client[id].clone())
        .collect();
    socket.accept_all(&sent).await;
    let wanted: Vec<EventId> = differences.need.into_iter().collect();
    for wanted in wanted.chunks(200) {
        let got = socket.query(json!({ "ids": wanted })).await;
        assert_eq!(got.len(), wanted.len());
        client.extend(held(&got));
    }
}

/// After a sync nothing differs, in one round, whoever asks.
async fn check_equal(socket: &mut Socket, filter: &Value, client: &Held) {
    let matching = kith_nips::Filter::parse(&filter.to_string()).unwrap();
    let own = client.values().filter(|event| matching.matches(event, 0));
    let own: Vec<Event> = own.cloned().collect();
    let differences = compare(socket, filter, &own).await;
    assert!(differences.have.is_empty(), "{differences:?}");
    assert!(differences.need.is_empty(), "{differences:?}");
    assert_eq!(differences.rounds, 1);
    assert_eq!(everything(socket, filter).await, ids_of(&own));
}

#[tokio::test]
async fn nip77_13_equal_sets_are_answered_by_the_version_alone() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let events = notes(100, |number| MOMENT + number / 7);
        socket.accept_all(&events).await;
        let storage = {
            let mut storage = negentropy::NegentropyStorageVector::new();
            for event in &events {
                let id = negentropy::Id::from_byte_array(*event.id().as_bytes());
                storage.insert(event.created_at(), id).unwrap();
            }
            storage.seal().unwrap();
            storage
        };
        let first = negentropy::Negentropy::owned(storage, 0)
            .unwrap()
            .initiate()
            .unwrap();
        open(&mut socket, "a", &json!({}), &crate::events::hex(&first)).await;
        assert_eq!(expect_answer(&mut socket, "a").await, "61");
    }
}

#[tokio::test]
async fn nip77_14_none_all_half_and_mixed() {
    let all = notes(600, |number| MOMENT + number / 3);
    let half = |rest: usize| all.iter().skip(rest).step_by(2);
    let patterns: [(&str, Held, Held); 7] = [
        ("both nothing", Held::new(), Held::new()),
        ("only the relay", Held::new(), held(&all)),
        ("only the client", held(&all), Held::new()),
        ("each the other half", held(half(0)), held(half(1))),
        ("the relay more", held(half(0)), held(&all)),
        ("the client more", held(&all), held(half(1))),
        (
            "one on each side",
            held(&all[1..]),
            held(&all[..all.len() - 1]),
        ),
    ];
    for (name, mut client, relays) in patterns {
        let relay = TestRelay::start().await;
        let mut socket = relay.connect().await;
        let stored: Vec<Event> = relays.values().cloned().collect();
        socket.accept_all(&stored).await;
        let filter = json!({"kinds": [1]});
        sync(&mut socket, &filter, &mut client).await;
        check_equal(&mut socket, &filter, &client).await;
        let expected = match name {
            "both nothing" => 0,
            _ => all.len(),
        };
        assert_eq!(client.len(), expected, "{name}");
    }
}

#[tokio::test]
async fn nip77_14_everything_at_one_moment() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let all = notes(500, |_| MOMENT);
        socket.accept_all(&all[..300]).await;
        let mut client = held(&all[200..]);
        sync(&mut socket, &json!({}), &mut client).await;
        assert_eq!(client.len(), 500);
        check_equal(&mut socket, &json!({}), &client).await;
    }
}

#[tokio::test]
async fn nip77_14_only_what_the_filter_names_is_compared() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let all = notes(300, |number| MOMENT + number);
    socket.accept_all(&all[..200]).await;
    let mut client = held(&all[100..]);
    let filter = json!({"since": MOMENT + 50, "until": MOMENT + 249});
    sync(&mut socket, &filter, &mut client).await;
    check_equal(&mut socket, &filter, &client).await;
    // Both bounds are inclusive; beyond them nothing was moved.
    assert_eq!(client, held(&all[50..]));
    assert_eq!(
        everything(&mut socket, &json!({})).await,
        ids_of(&all[..250])
    );
}

#[tokio::test]
async fn nip77_11_answers_fit_and_still_find_everything() {
    const MESSAGE_BYTES_MAX: usize = 16_384;
    let relay = TestRelay::start_with(|config| {
        config.limits.max_message_length_bytes = MESSAGE_BYTES_MAX;
    })
    .await;
    let mut socket = relay.connect().await;
    let all = notes(1_200, |number| MOMENT + number % 100);
    socket.accept_all(&all).await;
    // 1,200 ids are 76,800 characters.
    open(&mut socket, "a", &json!({}), NOTHING_HERE).await;
    let answer = expect_answer(&mut socket, "a").await;
    assert!(answer.len() < MESSAGE_BYTES_MAX, "{}", answer.len());
    assert!(answer.len() > MESSAGE_BYTES_MAX / 2, "{}", answer.len());
    // The rest is covered to the end of time, by a fingerprint.
    let answer = bytes(&answer);
    assert_eq!(answer[answer.len() - 19..][..3], [0, 0, 1]);

    let none = compare(&mut socket, &json!({}), &[]).await;
    assert_eq!(none.need, ids_of(&all));
    assert!(none.rounds >= 5, "{}", none.rounds);
    let half: Vec<Event> = all.iter().step_by(2).cloned().collect();
    let found = compare(&mut socket, &json!({}), &half).await;
    assert_eq!(found.need, ids_of(all.iter().skip(1).step_by(2)));
    assert!(found.have.is_empty());
}

#[tokio::test]
async fn nip77_16_what_is_sent_after_a_comparison_is_judged_like_any_event() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let (good, deleted) = (note(1).content("good").signed(), note(1).signed());
    let request = note(1).kind(5).tag(&["e", &deleted.id().to_string()]);
    let request = request.at(MOMENT + 1).signed();
    socket.accept(&request).await;
    let own = [good.clone(), deleted.clone(), request.clone()];
    let differences = compare(&mut socket, &json!({}), &own).await;
    assert_eq!(differences.have, ids_of([&good, &deleted]));
    socket.accept(&good).await;
    socket.event(&deleted).await.refused_with("blocked");
    // A client can claim any id in a comparison; that makes no event of it.
    let forged = Forged::of(&good).with("content", "\"other\"");
    socket.send_text(forged.message()).await;
    socket.expect_ok(good.id()).await.refused_with("invalid");
    let differences = compare(&mut socket, &json!({}), &own).await;
    assert_eq!(differences.have, ids_of([&deleted]));
    assert!(differences.need.is_empty());
}
