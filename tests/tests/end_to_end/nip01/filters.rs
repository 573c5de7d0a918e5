//! What filters say (NIP01-66 to NIP01-83). Beside the cases by hand, random filters are compared
//! with a matcher that is as dumb as the specification, stored and live.

use kith_nips::Event;
use serde_json::{Map, Value, json};

use crate::events::{Dice, MOMENT, hex, ids, in_order, note, pubkey};
use crate::harness::{Reply, Socket, TestRelay, assert_prefix};

/// REQ and COUNT with this filter are refused with this prefix.
async fn refused(socket: &mut Socket, filter: Value, prefix: &str) {
    for verb in ["REQ", "COUNT"] {
        let message = json!([verb, "s", filter]);
        socket.send(message.clone()).await;
        match socket.receive().await {
            Reply::Closed {
                subscription,
                message,
            } if subscription == "s" => {
                assert_prefix(&message, prefix);
            }
            other => panic!("{other:?} to {message}"),
        }
    }
}

/// The filter brings these events, in whatever order they are written here, and counts them.
async fn finds(socket: &mut Socket, filter: Value, events: &[&Event]) {
    let expected: Vec<Event> = events.iter().map(|event| (*event).clone()).collect();
    assert_eq!(
        ids(&socket.query(filter.clone()).await),
        ids(&in_order(&expected)),
        "{filter}"
    );
    assert_eq!(
        socket.count(filter.clone()).await,
        events.len() as u64,
        "{filter}"
    );
}

#[tokio::test]
async fn nip01_66_what_is_no_filter_is_refused_and_ends_the_subscription() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut publisher = relay.connect().await;
    let wrong = [
        "", ",1", ",\"x\"", ",null", ",[]", ",[{}]", ",true", ",{},1", ",{},[]",
    ];
    for (filters, at) in wrong.into_iter().zip(MOMENT..) {
        socket.req("s", json!({"limit": 0})).await;
        socket.send_text(format!("[\"REQ\",\"s\"{filters}]")).await;
        socket.expect_closed("s", "invalid").await;
        publisher.accept(&note(1).at(at).signed()).await;
        socket.nothing_delivered().await;
    }
}

#[tokio::test]
async fn nip01_67_an_empty_filter_matches_everything_up_to_the_default_limit() {
    let relay = TestRelay::start_with(|config| config.limits.default_limit = 10).await;
    let mut socket = relay.connect().await;
    let events: Vec<Event> = (0..15)
        .map(|at| {
            note(at % 3 + 1)
                .kind([1, 7, 9_000][at as usize % 3])
                .at(at.into())
                .signed()
        })
        .collect();
    socket.accept_all(&events).await;
    let newest: Vec<Event> = events[5..].iter().rev().cloned().collect();
    assert_eq!(socket.req("s", json!({})).await, newest);
    let live = note(1).kind(30_023).signed();
    socket.accept(&live).await;
    assert_eq!(socket.expect_event("s").await, live);
}

#[tokio::test]
async fn nip01_68_80_members_are_joined_by_and_values_and_filters_by_or() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let a = note(1)
        .kind(1)
        .at(10)
        .tag(&["t", "x"])
        .tag(&["k", "1"])
        .signed();
    let b = note(1)
        .kind(7)
        .at(20)
        .tag(&["t", "y"])
        .tag(&["k", "1"])
        .signed();
    let c = note(2)
        .kind(1)
        .at(30)
        .tag(&["t", "x"])
        .tag(&["t", "y"])
        .signed();
    let d = note(2).kind(7).at(40).tag(&["k", "2"]).signed();
    socket
        .accept_all(&[a.clone(), b.clone(), c.clone(), d.clone()])
        .await;
    let cases: [(Value, &[&Event]); 14] = [
        (json!({"kinds": [1]}), &[&a, &c]),
        (json!({"kinds": [1, 7]}), &[&a, &b, &c, &d]),
        (json!({"kinds": [1], "authors": [pubkey(1)]}), &[&a]),
        (
            json!({"kinds": [7], "authors": [pubkey(1), pubkey(2)]}),
            &[&b, &d],
        ),
        (json!({"#t": ["x"]}), &[&a, &c]),
        (json!({"#t": ["x", "y", "z"]}), &[&a, &b, &c]),
        (json!({"#t": ["x"], "#k": ["1"]}), &[&a]),
        (json!({"#t": ["x", "y"], "#k": ["1", "2"]}), &[&a, &b]),
        (
            json!({"#t": ["y"], "authors": [pubkey(2)], "kinds": [1], "since": 30}),
            &[&c],
        ),
        (
            json!({"#t": ["y"], "authors": [pubkey(2)], "kinds": [7]}),
            &[],
        ),
        (json!({"ids": [a.id(), d.id()], "kinds": [7]}), &[&d]),
        (json!({"ids": [a.id()], "authors": [pubkey(2)]}), &[]),
        (
            json!([{"kinds": [7], "authors": [pubkey(1)]}, {"#t": ["x"], "until": 10}]),
            &[&a, &b],
        ),
        (
            json!([{"ids": [a.id()]}, {"#k": ["2"]}, {"kinds": [9]}]),
            &[&a, &d],
        ),
    ];
    for (filter, events) in cases {
        finds(&mut socket, filter, events).await;
    }
}

#[tokio::test]
async fn nip01_69_an_empty_list_matches_nothing() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).tag(&["t", "x"]).tag(&["t", ""]).signed();
    socket.accept(&event).await;
    for name in ["ids", "authors", "kinds", "#t", "#e", "#Z"] {
        finds(&mut socket, json!({name: []}), &[]).await;
        finds(&mut socket, json!({name: [], "limit": 10}), &[]).await;
        finds(&mut socket, json!([{name: []}, {"kinds": [1]}]), &[&event]).await;
        finds(&mut socket, json!([{"kinds": [1]}, {name: []}]), &[&event]).await;
        socket
            .req(&format!("{name} alone"), json!({name: []}))
            .await;
    }
    socket
        .req("besides", json!([{"authors": []}, {"kinds": [7]}]))
        .await;
    let live = note(1).kind(7).tag(&["t", "x"]).signed();
    socket.accept(&live).await;
    assert_eq!(socket.expect_event("besides").await, live);
    socket.nothing_delivered().await;
}

#[tokio::test]
async fn nip01_70_71_keys_and_ids_are_whole_and_lower_case() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let (id, key) = (note(9).signed().id().to_string(), pubkey(1).to_string());
    let event = note(1).tag(&["e", &id]).tag(&["p", &key]).signed();
    socket.accept(&event).await;
    let stored = [
        ("ids", event.id().to_string()),
        ("authors", key.clone()),
        ("#e", id),
        ("#p", key),
    ];
    for (name, right) in stored {
        finds(&mut socket, json!({name: [right]}), &[&event]).await;
        let wrong = [
            json!(right[..8]),
            json!(right[..1]),
            json!(right[..63]),
            json!(""),
            json!(format!("{right}0")),
            json!(format!("{right}{right}")),
            json!(right.to_uppercase()),
            json!(format!("{}g", &right[..63])),
            json!(format!(" {}", &right[..63])),
            json!(format!("{}é", &right[..62])),
            json!("npub10xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqpkge6d"),
            json!(1),
            Value::Null,
            json!([right]),
        ];
        for value in wrong {
            refused(&mut socket, json!({name: [value]}), "invalid").await;
            refused(&mut socket, json!({name: [right, value]}), "invalid").await;
        }
        for value in [json!(right), json!({}), Value::Null, json!(1)] {
            refused(&mut socket, json!({name: value}), "invalid").await;
        }
    }
}

/// Sends a filter whose one member is JSON text as it stands.
async fn refused_as_written(socket: &mut Socket, name: &str, value: &str) {
    for verb in ["REQ", "COUNT"] {
        socket
            .send_text(format!("[\"{verb}\",\"s\",{{\"{name}\":{value}}}]"))
            .await;
        match socket.receive().await {
            Reply::Closed {
                subscription,
                message,
            } if subscription == "s" => {
                assert_prefix(&message, "invalid");
            }
            other => panic!("{other:?} to {name}: {value}"),
        }
    }
}

#[tokio::test]
async fn nip01_72_kinds_are_integers_from_0_to_65535() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let wrong = [
        "[-1]",
        "[65536]",
        "[1.0]",
        "[1e0]",
        "[\"1\"]",
        "[null]",
        "[true]",
        "[[1]]",
        "[{}]",
        "[1,-1]",
        "[4294967297]",
        "[18446744073709551617]",
        "1",
        "\"1\"",
        "null",
        "{}",
        "[1.5]",
    ];
    for value in wrong {
        refused_as_written(&mut socket, "kinds", value).await;
    }
    finds(&mut socket, json!({"kinds": [0, 65_535]}), &[]).await;
}

#[tokio::test]
async fn nip01_73_times_and_limits_are_non_negative_integers() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    for name in ["since", "until", "limit"] {
        for value in [
            "-1", "1.5", "\"1\"", "null", "true", "[]", "[1]", "{}", "-0.5", "1.0", "1e3",
        ] {
            refused_as_written(&mut socket, name, value).await;
        }
        finds(&mut socket, json!({name: 9_007_199_254_740_991_u64}), &[]).await;
        finds(&mut socket, json!({name: 0}), &[]).await;
    }
    // Tag conditions are lists of strings.
    for value in ["\"x\"", "[1]", "[null]", "null", "{}", "[[\"x\"]]", "true"] {
        refused_as_written(&mut socket, "#t", value).await;
    }
}

#[tokio::test]
async fn nip01_74_75_since_and_until_include_their_second() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let events: Vec<Event> = (99..=101).map(|at| note(1).at(at).signed()).collect();
    socket.accept_all(&events).await;
    let [before, at, after] = [&events[0], &events[1], &events[2]];
    finds(&mut socket, json!({"since": 100}), &[at, after]).await;
    finds(&mut socket, json!({"until": 100}), &[before, at]).await;
    finds(&mut socket, json!({"since": 100, "until": 100}), &[at]).await;
    finds(&mut socket, json!({"since": 102}), &[]).await;
    finds(&mut socket, json!({"until": 98}), &[]).await;
    finds(&mut socket, json!({"since": 101, "until": 99}), &[]).await;

    let mut live = relay.connect().await;
    live.req("since", json!({"since": 100, "limit": 0})).await;
    live.req("until", json!({"until": 100, "limit": 0})).await;
    live.req("never", json!({"since": 101, "until": 100})).await;
    for (at, names) in [
        (99, vec!["until"]),
        (100, vec!["since", "until"]),
        (101, vec!["since"]),
    ] {
        let event = note(2).at(at).signed();
        socket.accept(&event).await;
        let mut heard = Vec::new();
        for _ in &names {
            match live.receive().await {
                Reply::Event {
                    subscription,
                    event: pushed,
                } if pushed == event => {
                    heard.push(subscription);
                }
                other => panic!("{other:?}"),
            }
        }
        heard.sort();
        assert_eq!(heard, names);
    }
    // It is open all the same: it can be closed and counts.
    live.close("never").await;
    live.close("until").await;
    live.nothing_delivered().await;
}

#[tokio::test]
async fn nip01_76_a_tag_condition_looks_at_the_first_value_of_that_very_name() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let id = note(9).signed().id().to_string();
    let lower = note(1).at(1).tag(&["e", &id]).signed();
    let upper = note(1).at(2).tag(&["E", &id]).signed();
    let later = note(1)
        .at(3)
        .tag(&["x", "first", "second"])
        .tag(&["y", "", "second"])
        .signed();
    let bare = note(1).at(4).tag(&["x"]).tag(&["z"]).signed();
    let long = note(1)
        .at(5)
        .tag(&["xx", "first"])
        .tag(&["", "first"])
        .tag(&["1", "first"])
        .signed();
    let case = note(1)
        .at(6)
        .tag(&["x", "First"])
        .tag(&["x", "first "])
        .signed();
    let events = [&lower, &upper, &later, &bare, &long, &case];
    for event in events {
        socket.accept(event).await;
    }
    finds(&mut socket, json!({"#e": [id]}), &[&lower]).await;
    finds(&mut socket, json!({"#E": [id]}), &[&upper]).await;
    finds(&mut socket, json!({"#x": ["first"]}), &[&later]).await;
    finds(&mut socket, json!({"#x": ["second"]}), &[]).await;
    finds(&mut socket, json!({"#y": ["second"]}), &[]).await;
    finds(&mut socket, json!({"#y": [""]}), &[&later]).await;
    finds(&mut socket, json!({"#x": [""]}), &[]).await;
    finds(&mut socket, json!({"#z": [""]}), &[]).await;
    finds(&mut socket, json!({"#x": ["First"]}), &[&case]).await;
    finds(&mut socket, json!({"#x": ["fir"]}), &[]).await;
    for letter in ('a'..='z')
        .chain('A'..='Z')
        .filter(|letter| !"eEpPaAxy".contains(*letter))
    {
        let event = note(2).tag(&[&letter.to_string(), "first"]).signed();
        socket.accept(&event).await;
        finds(
            &mut socket,
            json!({format!("#{letter}"): ["first"]}),
            &[&event],
        )
        .await;
    }
}

#[tokio::test]
async fn nip01_77_tag_values_are_any_text() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let values = [
        "",
        " ",
        "a b",
        "a:b:c",
        ":",
        "30000:x:y",
        "日本",
        "😀",
        "caf\u{e9}",
        "cafe\u{301}",
        "\u{7f}",
        "\n\t\"\\",
        "'; DROP TABLE events; --",
        "%",
        "_",
        "*",
        "\u{feff}",
        "null",
        "0",
        "\u{10ffff}",
        "Straße",
        "STRASSE",
        "GB:Brighton",
        "gb:brighton",
    ];
    let events: Vec<Event> = values
        .iter()
        .zip(MOMENT..)
        .map(|(value, at)| note(1).at(at).tag(&["t", value]).signed())
        .collect();
    socket.accept_all(&events).await;
    for event in &events {
        let value = event.tags().first_value("t");
        finds(&mut socket, json!({"#t": [value]}), &[event]).await;
    }
    finds(
        &mut socket,
        json!({"#t": ["\u{0}", "café ", "brighton"]}),
        &[],
    )
    .await;
    // No identifier is the empty one.
    let address = |key| note(key).kind(30_023);
    let without = address(1).signed();
    let bare = address(2).tag(&["d"]).signed();
    let empty = address(3).tag(&["d", ""]).signed();
    let other = address(4).tag(&["d", "x"]).signed();
    let regular = note(5).signed();
    let addressable = [without.clone(), bare.clone(), empty.clone(), other, regular];
    let mut live = relay.connect().await;
    live.req("live", json!({"#d": [""]})).await;
    for event in &addressable {
        socket.accept(event).await;
    }
    finds(&mut socket, json!({"#d": [""]}), &[&without, &bare, &empty]).await;
    for event in [&without, &bare, &empty] {
        assert_eq!(&live.expect_event("live").await, event);
    }
    live.nothing_delivered().await;
}

#[tokio::test]
async fn nip01_78_long_tag_values_are_found_by_exact_match() {
    const LENGTHS: [usize; 5] = [100, 256, 1_024, 65_536, 500_000];
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    for (length, at) in LENGTHS.into_iter().zip(MOMENT..) {
        let start = "é".repeat(length / 2);
        let values = [format!("{start}a"), format!("{start}b"), start.clone()];
        let events: Vec<Event> = values
            .iter()
            .map(|value| note(1).at(at).tag(&["t", value]).signed())
            .collect();
        for (event, value) in events.iter().zip(&values) {
            let mut live = relay.connect().await;
            live.req("live", json!({"#t": [value]})).await;
            socket.accept(event).await;
            assert_eq!(&live.expect_event("live").await, event);
            live.close("live").await;
        }
        for (event, value) in events.iter().zip(&values) {
            finds(&mut socket, json!({"#t": [value]}), &[event]).await;
        }
        finds(&mut socket, json!({"#t": [format!("{start}c")]}), &[]).await;
    }
}

#[tokio::test]
async fn nip01_79_unknown_members_are_not_passed_over() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.accept(&note(1).tag(&["title", "x"]).signed()).await;
    let names = [
        "#title", "#1", "#-", "foo", "#", "##", "#é", "#_", "# ", "", "kind", "author", "Ids",
        "Limit", "tags", "&t", "t",
    ];
    for name in names {
        for value in [json!(["x"]), json!([]), json!(1), Value::Null] {
            refused(&mut socket, json!({name: value}), "unsupported").await;
        }
        refused(
            &mut socket,
            json!({"kinds": [1], name: ["x"]}),
            "unsupported",
        )
        .await;
    }
}

#[tokio::test]
async fn nip01_81_82_an_event_comes_once_however_often_it_matches() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = |at| {
        note(1)
            .at(at)
            .tag(&["t", "x"])
            .tag(&["t", "x"])
            .tag(&["t", "y"])
            .signed()
    };
    let stored = event(1);
    socket.accept(&stored).await;
    let (id, key) = (stored.id(), pubkey(1));
    let repeated = json!({"ids": [id, id], "authors": [key, key, key], "kinds": [1, 1],
        "#t": ["x", "x", "y", "y"]});
    finds(&mut socket, repeated, &[&stored]).await;
    finds(&mut socket, json!({"#t": ["x", "y", "x"]}), &[&stored]).await;
    let filters = json!([{}, {}, {"kinds": [1]}, {"authors": [key]}, {"#t": ["x"]}, {"#t": ["y"]},
        {"ids": [id]}, {"limit": 1}, {"since": 1, "until": 1}, {"kinds": [1, 7], "limit": 5}]);
    finds(&mut socket, filters.clone(), &[&stored]).await;
    socket.req("many", filters).await;
    let live = event(2);
    socket.accept(&live).await;
    assert_eq!(socket.expect_event("many").await, live);
    socket.nothing_delivered().await;
}

#[tokio::test]
async fn nip01_83_ten_filters_and_two_thousand_authors_are_served() {
    let relay = TestRelay::start_with(|config| {
        config.limits.filters_per_request_max = 10;
        config.limits.filter_values_max = 2_000;
    })
    .await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    socket.accept(&event).await;
    let strangers = |count: u32| -> Vec<Value> {
        (1..=count)
            .map(|number| json!(hex(&[&[0xee; 28], &number.to_be_bytes()[..]].concat())))
            .collect()
    };
    let mut authors = strangers(1_999);
    authors.push(json!(pubkey(1)));
    let filters: Vec<Value> = (0..9).map(|kind| json!({"kinds": [kind + 2]})).collect();
    let with = |last: Value| {
        let mut filters = filters.clone();
        filters.push(last);
        json!(filters)
    };
    finds(&mut socket, json!({"authors": authors}), &[&event]).await;
    finds(&mut socket, with(json!({"authors": authors})), &[&event]).await;
    socket.req("live", with(json!({"authors": authors}))).await;
    let live = note(1).at(MOMENT + 1).signed();
    socket.accept(&live).await;
    assert_eq!(socket.expect_event("live").await, live);

    refused(&mut socket, json!({"authors": strangers(2_001)}), "invalid").await;
    refused(&mut socket, json!({"#t": vec!["x"; 2_001]}), "invalid").await;
    let mut eleven = with(json!({}));
    eleven.as_array_mut().unwrap().push(json!({}));
    let mut request = vec![json!("REQ"), json!("s")];
    request.extend(eleven.as_array().unwrap().clone());
    socket.send(Value::Array(request)).await;
    socket.expect_closed("s", "invalid").await;

    // The usual ceilings are not below what the specification of this relay promises.
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    socket.accept(&event).await;
    finds(&mut socket, with(json!({"authors": authors})), &[&event]).await;
}

/// As the specification says it, and no cleverer. The `limit` is for the caller.
fn matches(filter: &Value, event: &Event) -> bool {
    filter.as_object().unwrap().iter().all(|(name, value)| {
        let lists = |text: &str| {
            value
                .as_array()
                .unwrap()
                .iter()
                .any(|listed| listed == text)
        };
        match name.as_str() {
            "ids" => lists(&event.id().to_string()),
            "authors" => lists(&event.pubkey().to_string()),
            "kinds" => value.as_array().unwrap().contains(&json!(event.kind())),
            "since" => event.created_at() >= value.as_u64().unwrap(),
            "until" => event.created_at() <= value.as_u64().unwrap(),
            "limit" => true,
            tag => event.tags().iter().any(|found| {
                Some(found.name()) == tag.strip_prefix('#') && found.value().is_some_and(lists)
            }),
        }
    })
}

/// Some of these values, seldom none.
fn some(dice: &mut Dice, values: &[Value]) -> Value {
    let count = if dice.below(15) == 0 {
        0
    } else {
        1 + dice.below(3)
    };
    (0..count).map(|_| dice.pick(values).clone()).collect()
}

fn random_filter(dice: &mut Dice, events: &[Event]) -> Value {
    let authors: Vec<Value> = (1..=4).map(|key| json!(pubkey(key))).collect();
    let ids: Vec<Value> = events.iter().map(|event| json!(event.id())).collect();
    let kinds = [json!(1), json!(7), json!(9_000), json!(30_023)];
    let words = [json!("x"), json!("y"), json!("z"), json!("")];
    let mut filter = Map::new();
    let mut add = |name: &str, value: Value| filter.insert(name.to_owned(), value);
    for _ in 0..dice.below(4) {
        match dice.below(8) {
            0 => add("ids", (0..8).map(|_| dice.pick(&ids).clone()).collect()),
            1 => add("authors", some(dice, &authors)),
            2 => add("kinds", some(dice, &kinds)),
            3 => add("#t", some(dice, &words)),
            4 => add("#T", some(dice, &words)),
            5 => add("#k", some(dice, &words)),
            6 => add("since", json!(MOMENT + dice.below(12) as u64)),
            _ => add("until", json!(MOMENT + dice.below(12) as u64)),
        };
    }
    if dice.below(3) == 0 {
        add("limit", json!(dice.below(12)));
    }
    Value::Object(filter)
}

fn random_event(dice: &mut Dice, number: usize) -> Event {
    let mut event = note(1 + u32::try_from(dice.below(3)).unwrap())
        .kind(*dice.pick(&[1, 7, 9_000, 30_023]))
        // Few moments, so that many have the same.
        .at(MOMENT + dice.below(12) as u64)
        .content(number.to_string())
        .tag(&["d", &number.to_string()]);
    for _ in 0..dice.below(4) {
        let name = *dice.pick::<&str>(&["t", "T", "k"]);
        let value = *dice.pick::<&str>(&["x", "y", "z", ""]);
        event = match dice.below(6) {
            0 => event.tag(&[name]),
            1 => event.tag(&[name, value, "x"]),
            _ => event.tag(&[name, value]),
        };
    }
    event.signed()
}

#[tokio::test]
async fn nip01_68_84_85_random_filters_bring_what_a_dumb_matcher_finds() {
    const EVENTS: usize = 120;
    const REQUESTS: usize = 250;
    let mut dice = Dice(68);
    let events: Vec<Event> = (0..EVENTS)
        .map(|number| random_event(&mut dice, number))
        .collect();
    let sorted = in_order(&events);
    // Half in the index, half in memory, as any relay in use is.
    let mut relay = TestRelay::start_with(|config| {
        config.store.index_after_events = EVENTS / 2;
        config.store.index_after_ms = 60_000;
    })
    .await;
    relay.connect().await.accept_all(&events).await;
    for _ in 0..2 {
        let mut socket = relay.connect().await;
        for _ in 0..REQUESTS {
            let count = 1 + dice.below(3);
            let filters: Vec<Value> = (0..count)
                .map(|_| random_filter(&mut dice, &events))
                .collect();
            let mut expected: Vec<Event> = Vec::new();
            for filter in &filters {
                let limit = filter["limit"]
                    .as_u64()
                    .map_or(usize::MAX, |limit| limit as usize);
                let found = sorted
                    .iter()
                    .filter(|event| matches(filter, event))
                    .take(limit);
                expected.extend(found.cloned());
            }
            let mut expected = in_order(&expected);
            expected.dedup();
            let found = socket.query(json!(filters)).await;
            assert_eq!(ids(&found), ids(&expected), "{}", json!(filters));
            let number = sorted
                .iter()
                .filter(|event| filters.iter().any(|filter| matches(filter, event)))
                .count();
            assert_eq!(
                socket.count(json!(filters)).await,
                number as u64,
                "{}",
                json!(filters)
            );
        }
        drop(socket);
        relay.restart().await;
    }
}

#[tokio::test]
async fn nip01_68_92_random_subscriptions_hear_what_a_dumb_matcher_finds() {
    const EVENTS: usize = 120;
    const SUBSCRIPTIONS: usize = 90;
    let mut dice = Dice(92);
    let events: Vec<Event> = (0..EVENTS)
        .map(|number| random_event(&mut dice, number))
        .collect();
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let mut subscriptions: Vec<Vec<Value>> = Vec::new();
    for name in 0..SUBSCRIPTIONS {
        let count = 1 + dice.below(3);
        let filters: Vec<Value> = (0..count)
            .map(|_| random_filter(&mut dice, &events))
            .collect();
        assert_eq!(socket.req(&name.to_string(), json!(filters)).await, []);
        subscriptions.push(filters);
    }
    relay.connect().await.accept_all(&events).await;
    let expected: Vec<(usize, &Event)> = subscriptions
        .iter()
        .enumerate()
        .flat_map(|(name, filters)| {
            let found = events
                .iter()
                .filter(|event| filters.iter().any(|filter| matches(filter, event)));
            found.map(move |event| (name, event))
        })
        .collect();
    let mut heard = Vec::new();
    while heard.len() < expected.len() {
        match socket.receive().await {
            Reply::Event {
                subscription,
                event,
            } => {
                heard.push((subscription.parse::<usize>().unwrap(), event));
            }
            other => panic!("{other:?}"),
        }
    }
    socket.nothing_delivered().await;
    let key = |name: usize, event: &Event| (name, event.id());
    let mut heard: Vec<_> = heard
        .iter()
        .map(|(name, event)| key(*name, event))
        .collect();
    let mut expected: Vec<_> = expected
        .iter()
        .map(|(name, event)| key(*name, event))
        .collect();
    heard.sort();
    expected.sort();
    assert_eq!(heard, expected);
}
