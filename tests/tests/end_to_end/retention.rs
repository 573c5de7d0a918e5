//! What the operator calls old is deleted, and nothing else.

use kith_nips::{Event, Kind};
use kith_relay::config::RetentionRule;
use serde_json::{Value, json};

use crate::events::{MOMENT, ids, note, now};
use crate::harness::{Socket, TestRelay, within_deadline};
use crate::keeping::WAYS;

const DAY: u64 = 86_400;
const DAYS_AFTER_END: &str = "KITH_RELAY_RETENTION_MEETUP_DAYS_AFTER_END";
const RULES: &str = "KITH_RELAY_RETENTION_RULES";

fn meetup(name: &str, start: u64) -> Event {
    note(1)
        .kind(31_923)
        .at(MOMENT)
        .tag(&["d", name])
        .tag(&["title", "Chess evening"])
        .tag(&["g", "gcpchg"])
        .tag(&["start", &start.to_string()])
        .tag(&["end", &(start + 7_200).to_string()])
        .signed()
}

/// An answer to a meetup, a comment on it, and an answer to the comment.
fn belonging(meetup: &Event) -> Vec<Event> {
    let (id, address) = (
        meetup.id().to_string(),
        meetup.address().unwrap().to_string(),
    );
    let answer = note(2)
        .kind(31_925)
        .tag(&["d", &id])
        .tag(&["a", &address])
        .tag(&["status", "accepted"])
        .signed();
    let root = |author: u32| {
        let comment = note(author).kind(1_111).tag(&["A", &address]);
        comment
            .tag(&["E", &id])
            .tag(&["K", "31923"])
            .content("Is there a lift?")
    };
    let comment = root(3).tag(&["a", &address]).tag(&["k", "31923"]).signed();
    let reply = root(4)
        .tag(&["e", &comment.id().to_string()])
        .tag(&["k", "1111"])
        .signed();
    vec![answer, comment, reply]
}

/// Every way to ask for a meetup and what belongs to it.
fn questions(meetup: &Event, belonging: &[Event]) -> Vec<Value> {
    let (id, address) = (
        meetup.id().to_string(),
        meetup.address().unwrap().to_string(),
    );
    let start = meetup.tags().first_value("start").unwrap();
    let later = start.parse::<u64>().unwrap() + 1;
    vec![
        json!({"ids": [id]}),
        json!({"kinds": [31_923], "authors": [meetup.pubkey()], "#d": [meetup.identifier()]}),
        json!({"kinds": [31_923], "search": format!("chess near:gcpchg,5 from:{start} to:{later}")}),
        json!({"ids": ids(belonging)}),
        json!({"kinds": [31_925], "#a": [address]}),
        json!({"kinds": [1_111], "#A": [address]}),
        json!({"kinds": [1_111], "#E": [id]}),
    ]
}

/// Asks until an event is gone.
async fn gone(socket: &mut Socket, event: &Event) {
    let asking = async {
        while !socket.query(json!({"ids": [event.id()]})).await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    within_deadline("an old event to go", asking).await;
}

#[tokio::test]
async fn everything_of_a_meetup_that_is_over_goes_and_the_rest_stays() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let past = meetup("past", now() - 40 * DAY);
        let recent = meetup("recent", now() - 20 * DAY);
        let coming = meetup("coming", now() + 20 * DAY);
        let mut all = Vec::new();
        for event in [&past, &recent, &coming] {
            all.push(event.clone());
            all.extend(belonging(event));
        }
        socket.accept_all(&all).await;
        for event in [&past, &recent, &coming] {
            for question in questions(event, &belonging(event)) {
                assert!(
                    !socket.query(question.clone()).await.is_empty(),
                    "{question}"
                );
            }
        }
        relay.reload(&[(DAYS_AFTER_END, "30")]);
        gone(&mut socket, &past).await;
        for question in questions(&past, &belonging(&past)) {
            let found = socket.query(question.clone()).await;
            assert!(found.is_empty(), "{question} {found:?}");
            assert_eq!(socket.count(question).await, 0);
        }
        for event in [&recent, &coming] {
            for question in questions(event, &belonging(event)) {
                assert!(
                    !socket.query(question.clone()).await.is_empty(),
                    "{question}"
                );
            }
        }
        assert_eq!(socket.count(json!({})).await, 8);
        // What counts are the settings of now: with fewer days the next goes.
        relay.reload(&[(DAYS_AFTER_END, "10")]);
        gone(&mut socket, &recent).await;
        assert_eq!(socket.count(json!({})).await, 4);
    }
}

#[tokio::test]
async fn old_events_go_by_their_kind_also_at_the_start() {
    let mut relay = TestRelay::start_with(|config| {
        config.retention.rules = vec![RetentionRule {
            kinds: Some(vec![Kind::CHANNEL_MESSAGE]),
            older_than_days: 365,
        }];
    })
    .await;
    let mut socket = relay.connect().await;
    let at = |kind: u16, days: u64| note(1).kind(kind).at(now() - days * DAY).signed();
    let (old, new, other) = (at(42, 400), at(42, 300), at(1, 400));
    socket
        .accept_all(&[old.clone(), new.clone(), other.clone()])
        .await;
    drop(socket);
    relay.restart().await;
    let mut socket = relay.connect().await;
    gone(&mut socket, &old).await;
    let mut left = ids(&socket.query(json!({})).await);
    left.sort_unstable();
    let mut expected = ids([&new, &other]);
    expected.sort_unstable();
    assert_eq!(left, expected);
    relay.reload(&[(RULES, "[{ older_than_days = 200 }]")]);
    gone(&mut socket, &new).await;
    gone(&mut socket, &other).await;
    let summary = relay.stop().await;
    assert_eq!(summary.events, 0);
}
