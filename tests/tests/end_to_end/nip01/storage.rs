//! Which events stay (NIP01-43 to NIP01-54, NIP01-89, NIP01-111). Whatever the class of an event,
//! all queries must agree about it, before and after it was indexed, and after a restart.

use kith_nips::{Event, EventId};
use kith_relay::Config;
use serde_json::{Value, json};

use crate::events::{Dice, MOMENT, ids, in_order, note, pubkey};
use crate::harness::{Socket, TestRelay};

/// Ways of keeping that must not make a difference: everything in memory until the end, and
/// everything indexed at once.
const SETTINGS: [fn(&mut Config); 2] = [
    |config| {
        config.store.index_after_ms = 60_000;
        config.store.tail_events_max = 100_000;
        config.store.index_after_events = 50_000;
    },
    |config| {
        config.store.index_after_events = 1;
        config.store.index_after_ms = 1;
    },
];

/// Publishes `events`, all of which are accepted, and checks that exactly `kept` are returned by
/// every query, now and after a restart, however the relay keeps them.
async fn check(events: &[Event], kept: &[&Event]) {
    let kept: Vec<Event> = in_order(
        &kept
            .iter()
            .map(|event| (*event).clone())
            .collect::<Vec<_>>(),
    );
    for settings in SETTINGS {
        let mut relay = TestRelay::start_with(settings).await;
        let mut socket = relay.connect().await;
        for event in events {
            socket.accept(event).await;
        }
        all_queries_agree(&mut socket, events, &kept).await;
        drop(socket);
        relay.restart().await;
        all_queries_agree(&mut relay.connect().await, events, &kept).await;
    }
}

/// Every way to ask for any of `events` brings those of `kept` that it names.
async fn all_queries_agree(socket: &mut Socket, events: &[Event], kept: &[Event]) {
    assert_eq!(socket.query(json!({})).await, kept);
    assert_eq!(socket.count(json!({})).await, kept.len() as u64);
    assert_eq!(socket.query(json!({"ids": ids(events)})).await, kept);
    for event in events {
        let by_id = json!({"ids": [event.id()]});
        let found: Vec<Event> = kept.iter().filter(|kept| *kept == event).cloned().collect();
        assert_eq!(socket.query(by_id.clone()).await, found);
        assert_eq!(socket.count(by_id).await, found.len() as u64);
        let like_this =
            |kept: &&Event| kept.kind() == event.kind() && kept.pubkey() == event.pubkey();
        let filter = json!({"authors": [event.pubkey()], "kinds": [event.kind()]});
        let found: Vec<Event> = kept.iter().filter(like_this).cloned().collect();
        assert_eq!(socket.query(filter.clone()).await, found);
        assert_eq!(socket.count(filter).await, found.len() as u64);
        let window = json!({"since": event.created_at(), "until": event.created_at()});
        let now = |kept: &&Event| kept.created_at() == event.created_at();
        let found: Vec<Event> = kept.iter().filter(now).cloned().collect();
        assert_eq!(socket.query(window).await, found);
    }
}

#[tokio::test]
async fn nip01_43_regular_events_are_all_kept() {
    let mut events = Vec::new();
    for kind in [
        1, 2, 7, 8, 11, 20, 39, 40, 42, 44, 1_000, 1_111, 1_984, 9_999,
    ] {
        for at in [MOMENT, MOMENT + 1] {
            events.push(note(1).kind(kind).at(at).tag(&["d", "same"]).signed());
        }
    }
    check(&events, &events.iter().collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn nip01_44_of_a_replaceable_kind_one_event_per_author_is_kept() {
    let mut events = Vec::new();
    for kind in [0, 3, 10_000, 10_002, 19_999] {
        for (at, d) in [(MOMENT, "a"), (MOMENT + 1, "b"), (MOMENT + 2, "a")] {
            events.push(note(1).kind(kind).at(at).tag(&["d", d]).signed());
        }
    }
    let kept: Vec<&Event> = events.iter().skip(2).step_by(3).collect();
    check(&events, &kept).await;
}

#[tokio::test]
async fn nip01_45_ephemeral_events_are_passed_on_and_never_kept() {
    let mut relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut listener = relay.connect().await;
    listener
        .req("ephemeral", json!({"kinds": [20_000, 29_999], "#t": ["x"]}))
        .await;
    listener.req("other", json!({"kinds": [20_001]})).await;
    let events: Vec<Event> = [20_000, 29_999, 20_000]
        .into_iter()
        .zip(MOMENT..)
        .map(|(kind, at)| note(1).kind(kind).at(at).tag(&["t", "x"]).signed())
        .collect();
    for event in &events {
        socket.accept(event).await;
        assert_eq!(&listener.expect_event("ephemeral").await, event);
    }
    listener.nothing_delivered().await;
    drop((socket, listener));
    for _ in 0..2 {
        let mut socket = relay.connect().await;
        for filter in [
            json!({"ids": ids(&events)}),
            json!({"kinds": [20_000, 29_999]}),
        ] {
            assert_eq!(socket.query(filter.clone()).await, []);
            assert_eq!(socket.count(filter).await, 0);
        }
        assert_eq!(socket.query(json!({"#t": ["x"]})).await, []);
        drop(socket);
        relay.restart().await;
    }
}

#[tokio::test]
async fn nip01_46_of_an_address_one_event_is_kept() {
    let mut events = Vec::new();
    for kind in [30_000, 30_023, 39_999] {
        for (at, d) in [(MOMENT, "a"), (MOMENT + 1, "b"), (MOMENT + 2, "a")] {
            events.push(note(1).kind(kind).at(at).tag(&["d", d]).signed());
        }
    }
    let kept: Vec<&Event> = events.chunks(3).flat_map(|events| &events[1..]).collect();
    check(&events, &kept).await;
}

#[tokio::test]
async fn nip01_47_con_15_kinds_of_no_range_are_regular() {
    let mut events = Vec::new();
    for kind in [45, 54, 64, 78, 443, 818, 999, 40_000, 50_000, 65_535] {
        for at in [MOMENT, MOMENT + 1] {
            events.push(note(1).kind(kind).at(at).tag(&["d", "same"]).signed());
        }
    }
    check(&events, &events.iter().collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn nip01_48_no_identifier_is_the_empty_identifier() {
    let address = || note(1).kind(30_023);
    let mut events = [
        address().signed(),
        address().tag(&["d"]).signed(),
        address().tag(&["d", ""]).signed(),
        address().tag(&["d", "", "x"]).tag(&["t", "last"]).signed(),
    ];
    for first in 0..events.len() {
        events.rotate_left(first);
        let versions: Vec<Event> = events
            .iter()
            .zip(MOMENT..)
            .map(|(event, at)| {
                let tags: Vec<Vec<&str>> = event
                    .tags()
                    .iter()
                    .map(|tag| tag.iter().collect())
                    .collect();
                tags.iter()
                    .fold(address().at(at), |note, tag| note.tag(tag))
                    .signed()
            })
            .collect();
        check(&versions, &[versions.last().unwrap()]).await;
    }
}

#[tokio::test]
async fn nip01_49_the_first_of_several_identifiers_counts() {
    let address = || note(1).kind(30_023);
    let events = [
        address().tag(&["d", "a"]).tag(&["d", "b"]).signed(),
        address()
            .at(MOMENT + 1)
            .tag(&["d", "b"])
            .tag(&["d", "a"])
            .signed(),
        address()
            .at(MOMENT + 2)
            .tag(&["t", "x"])
            .tag(&["d", "a"])
            .tag(&["d", "c"])
            .signed(),
    ];
    check(&events, &[&events[1], &events[2]]).await;
    for settings in SETTINGS {
        let relay = TestRelay::start_with(settings).await;
        let mut socket = relay.connect().await;
        let mut live = relay.connect().await;
        for (name, d) in [("a", "a"), ("b", "b"), ("c", "c")] {
            live.req(name, json!({"#d": [d]})).await;
        }
        socket.accept(&events[1]).await;
        assert_eq!(live.expect_event("b").await, events[1]);
        socket.accept(&events[2]).await;
        assert_eq!(live.expect_event("a").await, events[2]);
        live.nothing_delivered().await;
        assert_eq!(
            socket.query(json!({"#d": ["b"]})).await,
            [events[1].clone()]
        );
        assert_eq!(
            socket.query(json!({"#d": ["a"]})).await,
            [events[2].clone()]
        );
        assert_eq!(socket.query(json!({"#d": ["c"]})).await, []);
    }
}

#[tokio::test]
async fn nip01_50_89_a_newer_version_replaces_the_older_everywhere() {
    let events: Vec<Event> = (0..4)
        .map(|version| {
            let tag = format!("version {version}");
            note(1)
                .kind(31_923)
                .at(MOMENT + version)
                .tag(&["d", "x"])
                .tag(&["t", &tag])
                .signed()
        })
        .collect();
    check(&events, &[&events[3]]).await;
    for settings in SETTINGS {
        let mut relay = TestRelay::start_with(settings).await;
        let mut socket = relay.connect().await;
        for (version, event) in events.iter().enumerate() {
            socket.accept(event).await;
            // At once, not only in the end.
            assert_eq!(
                ids(&socket.query(json!({"kinds": [31_923]})).await),
                [event.id()]
            );
            assert_eq!(
                ids(&socket.query(json!({"#d": ["x"], "limit": 5})).await),
                [event.id()]
            );
            let tags: Vec<String> = (0..version)
                .map(|version| format!("version {version}"))
                .collect();
            if !tags.is_empty() {
                assert_eq!(socket.query(json!({"#t": tags})).await, []);
                assert_eq!(socket.count(json!({"#t": tags})).await, 0);
            }
            let until = json!({"kinds": [31_923], "until": event.created_at() - 1});
            assert_eq!(socket.query(until).await, []);
        }
        // The new ones over the old ones in all layers.
        drop(socket);
        relay.restart().await;
        let mut socket = relay.connect().await;
        let newest = note(1)
            .kind(31_923)
            .at(MOMENT + 9)
            .tag(&["d", "x"])
            .signed();
        socket.accept(&newest).await;
        let mut all = ids(&events);
        all.push(newest.id());
        assert_eq!(socket.query(json!({"ids": all})).await, [newest]);
    }
}

#[tokio::test]
async fn nip01_51_an_older_version_is_refused_and_not_pushed() {
    for settings in SETTINGS {
        let mut relay = TestRelay::start_with(settings).await;
        for (kind, d) in [(10_002, ""), (30_023, "x")] {
            let version = |at| note(1).kind(kind).at(at).tag(&["d", d]).signed();
            let newer = version(MOMENT + 10);
            let mut socket = relay.connect().await;
            let mut live = relay.connect().await;
            live.req("live", json!({"kinds": [kind]})).await;
            socket.accept(&newer).await;
            assert_eq!(live.expect_event("live").await, newer);
            for older in [version(0), version(MOMENT), version(MOMENT + 9)] {
                socket.event(&older).await.refused_with("duplicate");
                assert_eq!(socket.query(json!({"ids": [older.id()]})).await, []);
            }
            live.nothing_delivered().await;
            assert_eq!(
                ids(&socket.query(json!({"kinds": [kind]})).await),
                [newer.id()]
            );
        }
        relay.restart().await;
        let mut socket = relay.connect().await;
        let older = note(1).kind(10_002).at(MOMENT + 9).signed();
        socket.event(&older).await.refused_with("duplicate");
        let kept = socket.query(json!({"kinds": [10_002, 30_023]})).await;
        assert_eq!(kept.len(), 2);
    }
}

/// All orders of four.
fn orders() -> Vec<[usize; 4]> {
    let mut orders = Vec::new();
    for first in 0..4 {
        for second in (0..4).filter(|second| *second != first) {
            for third in (0..4).filter(|third| ![first, second].contains(third)) {
                orders.push([first, second, third, 6 - first - second - third]);
            }
        }
    }
    orders
}

#[tokio::test]
async fn nip01_52_equal_timestamps_lowest_id_wins_in_every_order() {
    let replaceable: Vec<Event> = ["a", "b", "c", "d"]
        .map(|content| note(1).kind(10_037).content(content).signed())
        .into();
    let starts = ["baae015e", "0d4817c6", "2ac7d71c", "b898ec75"];
    for (event, start) in replaceable.iter().zip(starts) {
        assert!(event.id().to_string().starts_with(start), "{event:?}");
    }
    let winner: EventId = "0d4817c6e3bf22a9849ccd2644fc680ef6251d578ed262c846fed8eddfbdff93"
        .parse()
        .unwrap();
    let orders = orders();
    assert_eq!(orders.len(), 24);
    for (number, order) in orders.into_iter().enumerate() {
        let relay = TestRelay::start_with(SETTINGS[number % SETTINGS.len()]).await;
        let mut socket = relay.connect().await;
        // A second address that sees the same orders.
        let addressable: Vec<Event> = ["a", "b", "c", "d"]
            .map(|content| {
                note(1)
                    .kind(30_023)
                    .tag(&["d", "x"])
                    .content(content)
                    .signed()
            })
            .into();
        for versions in [&replaceable, &addressable] {
            let mut least: Option<EventId> = None;
            for index in order {
                let event = &versions[index];
                let answer = socket.event(event).await;
                match least {
                    Some(id) if id < event.id() => answer.refused_with("duplicate"),
                    _ => {
                        answer.stored();
                        least = Some(event.id());
                    }
                }
                let kept = socket.query(json!({"kinds": [event.kind()]})).await;
                assert_eq!(ids(&kept), Vec::from_iter(least), "{order:?}");
            }
        }
        let kept = socket.query(json!({"kinds": [10_037]})).await;
        assert_eq!(ids(&kept), [winner], "{order:?}");
    }
}

#[tokio::test]
async fn nip01_53_another_author_kind_or_identifier_is_another_address() {
    let mut events = vec![
        note(1).kind(10_002).signed(),
        note(2).kind(10_002).signed(),
        note(1).kind(10_003).signed(),
        note(1).kind(0).signed(),
        note(1).kind(3).signed(),
        note(2).kind(30_023).tag(&["d", "a"]).signed(),
        note(1).kind(30_024).tag(&["d", "a"]).signed(),
    ];
    let identifiers = [
        "a",
        "A",
        "",
        " ",
        "a ",
        " a",
        "a\n",
        "a:",
        ":a",
        "aa",
        "caf\u{e9}",
        "cafe\u{301}",
        "İ",
        "i",
        "%61",
        "\u{feff}a",
        "a\u{200b}",
        "0",
        "00",
        "null",
    ];
    for identifier in identifiers {
        events.push(note(1).kind(30_023).tag(&["d", identifier]).signed());
    }
    let long = "x".repeat(2_000);
    for end in ["a", "b"] {
        events.push(
            note(1)
                .kind(30_023)
                .tag(&["d", &format!("{long}{end}")])
                .signed(),
        );
    }
    // Newer ones in the middle would replace all the others, if any.
    events.push(
        note(3)
            .kind(30_023)
            .at(MOMENT + 1)
            .tag(&["d", "a"])
            .signed(),
    );
    check(&events, &events.iter().collect::<Vec<_>>()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nip01_54_when_many_writers_race_the_winner_remains() {
    const WRITERS: usize = 8;
    const VERSIONS: usize = 40;
    for (round, settings) in SETTINGS.into_iter().enumerate() {
        let mut relay = TestRelay::start_with(settings).await;
        // Few moments, so that ties abound.
        let version = |kind: u16, number: usize| {
            note(1)
                .kind(kind)
                .at(MOMENT + number as u64 % 7)
                .tag(&["d", "contested"])
                .content(number.to_string())
                .signed()
        };
        let versions: Vec<Event> = (0..VERSIONS)
            .flat_map(|number| [version(10_002, number), version(30_023, number)])
            .collect();
        let mut witness = relay.connect().await;
        witness.req("live", json!({})).await;
        let mut writers = Vec::new();
        for writer in 0..WRITERS {
            let mut versions = versions.clone();
            Dice((round * WRITERS + writer) as u64).shuffle(&mut versions);
            let mut socket = relay.connect().await;
            writers.push(tokio::spawn(async move {
                let messages: Vec<String> = versions
                    .iter()
                    .map(|event| format!("[\"EVENT\",{}]", event.json()))
                    .collect();
                socket.send_all(messages).await;
                let mut stored = Vec::new();
                for event in &versions {
                    let answer = socket.answer_to(event.id()).await;
                    match (answer.accepted, answer.message.is_empty()) {
                        (true, true) => stored.push(event.id()),
                        (true, false) => answer.accepted_with("duplicate"),
                        (false, _) => answer.refused_with("duplicate"),
                    }
                }
                stored
            }));
        }
        let mut stored = Vec::new();
        for writer in writers {
            stored.extend(writer.await.unwrap());
        }
        let winner = |kind: u16| {
            let versions: Vec<Event> = versions
                .iter()
                .filter(|event| event.kind().as_u16() == kind)
                .cloned()
                .collect();
            in_order(&versions)[0].clone()
        };
        let winners = [winner(10_002), winner(30_023)];
        // Nobody may have been told of the same event that he was the one to store it.
        stored.sort();
        let told = stored.len();
        stored.dedup();
        assert_eq!(stored.len(), told);
        // Nothing but what was stored is pushed, once, and the winners come last.
        let mut pushed = Vec::new();
        while !winners.iter().all(|winner| pushed.contains(&winner.id())) {
            pushed.push(witness.expect_event("live").await.id());
        }
        witness.nothing_delivered().await;
        drop(witness);
        let times_pushed = pushed.len();
        pushed.sort();
        pushed.dedup();
        assert_eq!(pushed.len(), times_pushed);
        assert!(pushed.iter().all(|id| stored.contains(id)));
        for _ in 0..2 {
            let mut socket = relay.connect().await;
            assert_eq!(
                socket.query(json!({"ids": ids(&versions)})).await,
                in_order(&winners)
            );
            assert_eq!(socket.count(json!({"authors": [pubkey(1)]})).await, 2);
            drop(socket);
            relay.restart().await;
        }
    }
}

#[tokio::test]
async fn nip01_111_an_address_is_split_at_its_first_two_colons_only() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let list = |d: &str| note(1).kind(30_000).tag(&["d", d]).signed();
    let id = "ab".repeat(32);
    let (long, short, other) = (format!("{id}:blocked"), id.clone(), format!("{id}:members"));
    for identifier in [&long, &short, &other] {
        socket.accept(&list(identifier)).await;
    }
    // A relay reads addresses where it deletes.
    let address = format!("30000:{}:{long}", pubkey(1));
    socket
        .accept(
            &note(1)
                .kind(5)
                .at(MOMENT + 1)
                .tag(&["a", &address])
                .signed(),
        )
        .await;
    let mut left: Vec<Value> = Vec::new();
    for event in socket.query(json!({"kinds": [30_000]})).await {
        left.push(json!(event.identifier()));
    }
    left.sort_by_key(Value::to_string);
    assert_eq!(left, [json!(short), json!(other)]);
}
