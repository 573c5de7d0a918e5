//! Filters that are as expensive as the limits allow, many of them at once.

use kith_nips::Event;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::events::{Dice, MOMENT, note, pubkey};
use crate::harness::{Reply, Socket, TestRelay};

const EVENTS: u64 = 2_000;
const AUTHORS: u32 = 20;
/// Kinds that mean nothing to the relay begin here.
const KIND_FIRST: u16 = 1_500;
const ATTACKERS: usize = 4;
const QUESTIONS: usize = 100;

/// 2,000 authors × 50 kinds × 100 values of each of three tags; some of each exist.
fn monster(seed: u64) -> Value {
    let mut dice = Dice(seed);
    let stranger = |dice: &mut Dice| {
        let digits: Vec<String> = (0..8)
            .map(|_| format!("{:08x}", dice.below(1 << 31)))
            .collect();
        digits.concat()
    };
    let mut authors: Vec<String> = (1..=AUTHORS).map(|key| pubkey(key).to_string()).collect();
    authors.extend((authors.len()..2_000).map(|_| stranger(&mut dice)));
    dice.shuffle(&mut authors);
    let kinds: Vec<u16> = (KIND_FIRST..KIND_FIRST + 50).collect();
    let values: Vec<String> = (0..100).map(|number| format!("value {number}")).collect();
    json!({"authors": authors, "kinds": kinds, "#t": values, "#l": values, "#r": values})
}

/// Without kinds every author and every value has to be looked up; with all tags at once they
/// have to be brought together.
fn monsters() -> Vec<Value> {
    let full = monster(1);
    let without = |names: &[&str]| {
        let mut filter = full.clone();
        for name in names {
            filter.as_object_mut().unwrap().remove(*name);
        }
        filter
    };
    vec![
        full.clone(),
        without(&["kinds"]),
        without(&["authors"]),
        without(&["authors", "kinds"]),
        without(&["#t", "#l", "#r"]),
        without(&["#t", "#l", "#r", "kinds"]),
        // Nothing is as old, so everything is looked at in vain.
        json!({"until": 1, "authors": full["authors"], "kinds": full["kinds"]}),
    ]
}

fn published() -> Vec<Event> {
    let mut dice = Dice(7);
    let mut event = |at| {
        let key = 1 + u32::try_from(dice.below(AUTHORS as usize)).unwrap();
        let kind = KIND_FIRST + u16::try_from(dice.below(60)).unwrap();
        ["t", "l", "r"]
            .iter()
            .fold(note(key).kind(kind).at(at), |note, name| {
                note.tag(&[name, &format!("value {}", dice.below(150))])
            })
            .signed()
    };
    (0..EVENTS).map(|number| event(MOMENT + number)).collect()
}

/// Asks for monsters until told to stop; gives how many were answered.
async fn attack(mut socket: Socket, stop: watch::Receiver<bool>) -> usize {
    let monsters = monsters();
    let mut answered = 0;
    // Asks once more before each answer is read, so that one is always under way.
    socket.send_req("0", monsters[0].clone()).await;
    while !*stop.borrow() {
        let next = (answered + 1) % 2;
        let monster = &monsters[(answered + 1) % monsters.len()];
        socket.send_req(&next.to_string(), monster.clone()).await;
        socket.stored(&(answered % 2).to_string()).await;
        answered += 1;
    }
    answered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nip01_83_the_most_expensive_filters_hold_up_no_simple_question() {
    let relay = TestRelay::start().await;
    let mut witness = relay.connect().await;
    let events = published();
    witness.accept_all(&events).await;
    let (stop, stopped) = watch::channel(false);
    let mut attackers = Vec::new();
    for _ in 0..ATTACKERS {
        attackers.push(tokio::spawn(attack(relay.connect().await, stopped.clone())));
    }
    let mut dice = Dice(3);
    for _ in 0..QUESTIONS {
        let event = dice.pick(&events);
        let found = witness.query(json!({"ids": [event.id()]})).await;
        assert_eq!(found, std::slice::from_ref(event));
        let newest = witness.query(json!({"limit": 1})).await;
        assert_eq!(&newest[0], events.last().unwrap());
    }
    // They were at it all the time, and got their answers as well.
    assert!(attackers.iter().all(|attacker| !attacker.is_finished()));
    stop.send(true).unwrap();
    for attacker in attackers {
        assert!(attacker.await.unwrap() > 0);
    }
}

#[tokio::test]
async fn nip01_68_83_the_most_expensive_filters_find_what_they_should() {
    let relay = TestRelay::start_with(|config| config.limits.default_limit = 5_000).await;
    let mut socket = relay.connect().await;
    let events = published();
    socket.accept_all(&events).await;
    for filter in monsters() {
        let matching = |event: &&Event| {
            let listed = |name: &str, value: &str| match filter.get(name) {
                Some(values) => values
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|listed| listed == value),
                None => true,
            };
            let kind = json!(event.kind());
            filter.get("until").is_none()
                && listed("authors", &event.pubkey().to_string())
                && filter["kinds"]
                    .as_array()
                    .is_none_or(|kinds| kinds.contains(&kind))
                && event.tags().iter().all(|tag| {
                    let tag: Vec<&str> = tag.iter().collect();
                    listed(&format!("#{}", tag[0]), tag[1])
                })
        };
        let mut expected: Vec<Event> = events.iter().filter(matching).cloned().collect();
        expected.reverse();
        assert_eq!(socket.query(filter.clone()).await, expected);
        assert_eq!(socket.count(filter.clone()).await, expected.len() as u64);
    }
}

#[tokio::test]
async fn nip01_83_beyond_what_a_filter_may_hold_it_is_refused_at_once() {
    let relay = TestRelay::start().await;
    let limits = relay.config().limits.clone();
    let mut socket = relay.connect().await;
    let values = |count: usize| -> Value { (0..count).map(|number| number.to_string()).collect() };
    let max = limits.filter_values_max;
    assert_eq!(socket.query(json!({"#t": values(max)})).await, []);
    socket.send_req("s", json!({"#t": values(max + 1)})).await;
    socket.expect_closed("s", "invalid").await;
    let max = limits.filters_per_request_max;
    assert_eq!(
        socket.query(json!(vec![json!({"kinds": [1]}); max])).await,
        []
    );
    let filters = json!(vec![json!({"kinds": [1]}); max + 1]);
    socket.send_req("s", filters).await;
    match socket.receive().await {
        Reply::Closed { message, .. } => crate::harness::assert_prefix(&message, "invalid"),
        other => panic!("{other:?}"),
    }
    socket.nothing_more().await;
}
