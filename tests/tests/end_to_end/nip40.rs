//! NIP-40, expiration, line by line. Events expire a second or two from now, and the relay is
//! asked until they have.

use std::collections::BTreeSet;

use kith_nips::Event;
use serde_json::json;
use tokio::net::TcpSocket;

use crate::clock::{holds_until, in_one_second};
use crate::events::{MOMENT, Note, in_order, note, now, pubkey};
use crate::harness::{Socket, TestRelay};
use crate::keeping::WAYS;

/// Seconds from now at which events of these tests expire: more than one, so that they arrive in
/// time on a slow machine.
const SOON: u64 = 2;

trait Expiring {
    fn until(self, time: u64) -> Note;
}

impl Expiring for Note {
    fn until(self, time: u64) -> Note {
        self.tag(&["expiration", &time.to_string()])
    }
}

#[tokio::test]
async fn nip40_01_what_has_expired_is_refused() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut live = relay.connect().await;
    live.req("live", json!({})).await;
    for kind in [1, 5, 10_002, 20_001, 31_923] {
        for time in [now(), now() - 1, MOMENT, 1, 0] {
            let event = note(1).kind(kind).until(time).signed();
            socket.event(&event).await.refused_with("invalid");
        }
    }
    live.nothing_delivered().await;
    assert_eq!(socket.count(json!({"authors": [pubkey(1)]})).await, 0);
    let event = note(1).until(now() + 3_600).signed();
    socket.accept(&event).await;
    assert_eq!(live.expect_event("live").await, event);
}

#[tokio::test]
async fn nip40_01_an_event_may_end_in_the_next_second_but_not_in_this_one() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    for kind in [1, 20_001] {
        let answers = in_one_second(async |now| {
            let of = |time| note(1).kind(kind).until(time).signed();
            [
                socket.event(&of(now)).await,
                socket.event(&of(now + 1)).await,
            ]
        });
        let [ended, next] = answers.await;
        ended.refused_with("invalid");
        assert!(next.accepted, "{next:?}");
    }
}

#[tokio::test]
async fn nip40_02_stored_events_end_at_their_second() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let end = now() + SOON;
        let target = pubkey(9).to_string();
        let events = [
            note(1).kind(1).tag(&["t", "x"]).until(end).signed(),
            note(1).kind(10_002).tag(&["t", "x"]).until(end).signed(),
            note(1)
                .kind(31_923)
                .tag(&["d", "x"])
                .tag(&["t", "x"])
                .until(end)
                .signed(),
        ];
        let lasting = note(2).tag(&["t", "x"]).tag(&["p", &target]).signed();
        socket.accept_all(&events).await;
        socket.accept(&lasting).await;
        let filters = [
            json!({"ids": events.each_ref().map(Event::id)}),
            json!({"authors": [pubkey(1)]}),
            json!({"kinds": [1, 10_002, 31_923], "authors": [pubkey(1)]}),
            json!({"#t": ["x"], "authors": [pubkey(1)]}),
            json!({"since": MOMENT, "until": MOMENT, "authors": [pubkey(1)]}),
        ];
        holds_until(end, async || {
            let began = now();
            let mut answers = BTreeSet::new();
            for filter in &filters {
                answers.insert(socket.query(filter.clone()).await.len());
                answers.insert(usize::try_from(socket.count(filter.clone()).await).unwrap());
            }
            // One answer, unless they ended between two questions.
            assert!(answers.len() == 1 || (began < end && now() >= end));
            answers.contains(&events.len())
        })
        .await;
        drop(socket);
        relay.restart().await;
        let mut socket = relay.connect().await;
        for filter in filters {
            assert_eq!(socket.query(filter).await, []);
        }
        assert_eq!(socket.query(json!({"#t": ["x"]})).await, [lasting]);
    }
}

/// A connection whose buffers hold little, so that what is not read stays with the relay.
async fn connect_narrow(relay: &TestRelay) -> Socket {
    let narrow = TcpSocket::new_v4().unwrap();
    narrow.set_recv_buffer_size(8_192).unwrap();
    let stream = narrow.connect(relay.address()).await.unwrap();
    Socket::connect_on(stream, &relay.url(), true).await
}

#[tokio::test]
async fn nip40_02_what_expires_on_its_way_is_not_delivered() {
    let relay = TestRelay::start_with(|config| {
        config.limits.session_outbox_bytes_max = 256 * 1_048_576;
    })
    .await;
    let mut slow = connect_narrow(&relay).await;
    slow.req("live", json!({})).await;
    // More than all buffers between relay and reader together, and then something short-lived.
    let flood: Vec<Event> = (0..200)
        .map(|number| note(1).at(number).content("x".repeat(100_000)).signed())
        .collect();
    let mut socket = relay.connect().await;
    socket.accept_all(&flood).await;
    let end = now() + SOON;
    let short = note(2).until(end).signed();
    socket.accept(&short).await;
    let last = note(3).signed();
    socket.accept(&last).await;
    holds_until(end, async || {
        let left = socket.query(json!({"ids": [short.id()]})).await;
        left.len() == 1
    })
    .await;
    let mut delivered = Vec::new();
    while delivered.last() != Some(&last.id()) {
        delivered.push(slow.expect_event("live").await.id());
    }
    assert_eq!(delivered.len(), flood.len() + 1);
    assert!(!delivered.contains(&short.id()));
    slow.nothing_delivered().await;
}

#[tokio::test]
async fn nip40_03_04_the_newest_version_decides() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let end = now() + SOON;
        let version = |d: &str, at| note(1).kind(31_923).at(at).tag(&["d", d]);
        let expiring = version("ends", MOMENT + 1).until(end).signed();
        let kept = version("stays", MOMENT + 1).signed();
        let longer = version("later", MOMENT + 1).until(end + 3_600).signed();
        let shorter = version("sooner", MOMENT + 1).until(end).signed();
        let versions = [
            [version("ends", MOMENT).signed(), expiring.clone()],
            [version("stays", MOMENT).until(end).signed(), kept.clone()],
            [version("later", MOMENT).until(end).signed(), longer.clone()],
            [
                version("sooner", MOMENT).until(end + 3_600).signed(),
                shorter.clone(),
            ],
        ];
        for version in versions.iter().flatten() {
            socket.accept(version).await;
        }
        let filter = json!({"kinds": [31_923]});
        holds_until(end, async || {
            let found = socket.query(filter.clone()).await;
            assert!(found.contains(&kept) && found.contains(&longer));
            // None of the first versions is ever back.
            assert!(found.iter().all(|event| event.created_at() > MOMENT));
            found.len() == 4
        })
        .await;
        drop(socket);
        for _ in 0..2 {
            let mut socket = relay.connect().await;
            let left = socket.query(filter.clone()).await;
            assert_eq!(left, in_order(&[kept.clone(), longer.clone()]));
            for [first, _] in &versions {
                let answer = socket.event(first).await;
                assert!(!answer.accepted, "{answer:?}");
            }
            assert_eq!(socket.count(filter.clone()).await, 2);
            drop(socket);
            relay.restart().await;
        }
        let mut socket = relay.connect().await;
        let next = version("ends", MOMENT + 2).signed();
        socket.accept(&next).await;
        assert!(socket.query(filter).await.contains(&next));
    }
}

#[tokio::test]
async fn nip40_05_only_decimal_numbers_are_times() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let later = (now() + 3_600).to_string();
    let malformed = [
        "",
        " ",
        "never",
        "tomorrow",
        "-1",
        "+1",
        "1e10",
        "0x7fffffff",
        "inf",
        "NaN",
        "2099-01-01",
        "１２３",
    ];
    let fractions = [
        format!("{later}.0"),
        format!(" {later}"),
        format!("{later} "),
    ];
    let fractions = fractions.iter().map(String::as_str);
    for value in malformed.into_iter().chain(fractions) {
        let event = note(1).tag(&["expiration", value]).signed();
        socket.event(&event).await.refused_with("invalid");
        let event = note(1)
            .tag(&["expiration", value])
            .tag(&["expiration", &later])
            .signed();
        socket.event(&event).await.refused_with("invalid");
        // The first counts.
        let event = note(1)
            .tag(&["expiration", &later])
            .tag(&["expiration", value])
            .signed();
        socket.accept(&event).await;
    }
    let past = note(1).until(MOMENT).until(now() + 3_600).signed();
    socket.event(&past).await.refused_with("invalid");
    let future = note(1).until(now() + 3_600).until(MOMENT).signed();
    socket.accept(&future).await;
    assert_eq!(socket.query(json!({"ids": [future.id()]})).await, [future]);
}

#[tokio::test]
async fn nip40_06_con_12_a_future_end_does_not_make_ephemeral_events_last() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let mut live = relay.connect().await;
        live.req("live", json!({"kinds": [20_001]})).await;
        let event = note(1).kind(20_001).until(now() + 3_600).signed();
        socket.accept(&event).await;
        assert_eq!(live.expect_event("live").await, event);
        for filter in [json!({}), json!({"ids": [event.id()]})] {
            assert_eq!(socket.query(filter.clone()).await, []);
            assert_eq!(socket.count(filter).await, 0);
        }
    }
}

#[tokio::test]
async fn nip40_07_an_expired_event_is_refused_because_it_has_expired() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let end = now() + SOON;
        let events = [
            note(1).until(end).signed(),
            note(1).kind(10_002).until(end).signed(),
            note(1).kind(31_923).tag(&["d", "x"]).until(end).signed(),
        ];
        socket.accept_all(&events).await;
        for event in &events {
            // Before, it is known.
            let answer = socket.event(event).await;
            assert!(!answer.accepted || answer.message.starts_with("duplicate: "));
        }
        holds_until(end, async || socket.count(json!({})).await == 3).await;
        for event in &events {
            socket.event(event).await.refused_with("invalid");
        }
        drop(socket);
        relay.restart().await;
        let mut socket = relay.connect().await;
        for event in &events {
            socket.event(event).await.refused_with("invalid");
        }
    }
}

#[tokio::test]
async fn nip40_09_an_expired_request_has_deleted_for_good() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let target = note(1).signed();
        let meetup = note(1).kind(31_923).tag(&["d", "x"]).signed();
        let to_come = note(1).content("not published yet").signed();
        socket.accept(&target).await;
        socket.accept(&meetup).await;
        let end = now() + SOON;
        let request = note(1)
            .kind(5)
            .at(MOMENT + 1)
            .tag(&["e", &target.id().to_string()])
            .tag(&["e", &to_come.id().to_string()])
            .tag(&["a", &meetup.address().unwrap().to_string()])
            .until(end)
            .signed();
        socket.accept(&request).await;
        let filter = json!({"kinds": [5]});
        holds_until(end, async || socket.count(filter.clone()).await == 1).await;
        drop(socket);
        for _ in 0..3 {
            let mut socket = relay.connect().await;
            assert_eq!(socket.query(json!({})).await, []);
            for event in [&target, &meetup, &to_come] {
                socket.event(event).await.refused_with("blocked");
            }
            drop(socket);
            relay.restart().await;
        }
    }
}

#[tokio::test]
async fn nip17_12_a_wrap_ends_like_everything_else() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.authenticate(2).await.stored();
    let recipient = pubkey(2).to_string();
    let end = now() + SOON;
    let wrap = |time| note(1).kind(1_059).tag(&["p", &recipient]).until(time);
    socket.accept(&wrap(end).signed()).await;
    let old = wrap(MOMENT).signed();
    socket.event(&old).await.refused_with("invalid");
    let filter = json!({"kinds": [1_059], "#p": [recipient]});
    holds_until(end, async || socket.query(filter.clone()).await.len() == 1).await;
    assert_eq!(socket.count(filter).await, 0);
}
