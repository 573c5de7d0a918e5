//! Opening, going on, closing, and every kind of refusal (NIP77-01 to NIP77-06, NIP77-10,
//! NIP77-15, NIP11-14).

use serde_json::json;

use super::{
    NOTHING_HERE, bytes, compare, everything, expect_answer, expect_end, expect_unknown, ids_of,
    open,
};
use crate::events::{MOMENT, in_order, note, pubkey};
use crate::harness::{Reply, TestRelay, within_deadline};

#[tokio::test]
async fn nip77_01_messages_alternate_until_the_client_closes() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    socket.accept(&event).await;
    let list = format!("6100000201{}", event.id());
    open(&mut socket, "a", &json!({}), NOTHING_HERE).await;
    assert_eq!(expect_answer(&mut socket, "a").await, list);
    for _ in 0..3 {
        socket.send(json!(["NEG-MSG", "a", NOTHING_HERE])).await;
        assert_eq!(expect_answer(&mut socket, "a").await, list);
    }
    socket.send(json!(["NEG-CLOSE", "a"])).await;
    expect_unknown(&mut socket, "a").await;
    socket.nothing_more().await;
}

#[tokio::test]
async fn nip77_01_04_a_client_that_leaves_or_closes_gives_its_records_back() {
    let relay =
        TestRelay::start_with(|config| config.limits.negentropy_records_total_max = 3).await;
    let mut socket = relay.connect().await;
    for number in 0..3 {
        socket.accept(&note(1).at(MOMENT + number).signed()).await;
    }
    let mut other = relay.connect().await;
    open(&mut other, "a", &json!({}), NOTHING_HERE).await;
    expect_answer(&mut other, "a").await;
    open(&mut socket, "b", &json!({"limit": 1}), NOTHING_HERE).await;
    expect_end(&mut socket, "b", "rate-limited").await;
    other.send(json!(["NEG-CLOSE", "a"])).await;
    other.nothing_more().await;
    assert_eq!(everything(&mut socket, &json!({})).await.len(), 3);

    open(&mut other, "a", &json!({}), NOTHING_HERE).await;
    expect_answer(&mut other, "a").await;
    other.leave().await;
    within_deadline("the records of who left", async {
        loop {
            open(&mut socket, "b", &json!({}), NOTHING_HERE).await;
            match socket.receive().await {
                Reply::NegMsg { .. } => break,
                Reply::NegErr { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn nip77_02_comparisons_and_subscriptions_have_ids_of_their_own() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let (note, reaction) = (note(1).signed(), note(1).kind(7).signed());
    for event in [&note, &reaction] {
        socket.accept(event).await;
    }
    socket.req("a", json!({"kinds": [1]})).await;
    open(&mut socket, "a", &json!({"kinds": [7]}), NOTHING_HERE).await;
    let reactions = format!("6100000201{}", reaction.id());
    assert_eq!(expect_answer(&mut socket, "a").await, reactions);
    // Neither end of one is an end of the other.
    socket.close("a").await;
    socket.send(json!(["NEG-MSG", "a", NOTHING_HERE])).await;
    assert_eq!(expect_answer(&mut socket, "a").await, reactions);
    socket.req("a", json!({"kinds": [1], "limit": 1})).await;
    socket.send(json!(["NEG-CLOSE", "a"])).await;
    let late = crate::events::note(2).at(MOMENT + 1).signed();
    socket.send_event(&late).await;
    socket.answer_to(late.id()).await.stored();
    assert_eq!(socket.expect_event("a").await, late);
    expect_unknown(&mut socket, "a").await;
}

#[tokio::test]
async fn nip77_02_opening_an_open_id_closes_the_old_one_first() {
    let relay = TestRelay::start_with(|config| config.limits.negentropy_sessions_max = 1).await;
    let mut socket = relay.connect().await;
    let (note, reaction) = (note(1).signed(), note(1).kind(7).signed());
    for event in [&note, &reaction] {
        socket.accept(event).await;
    }
    for event in [&note, &reaction, &note] {
        let filter = json!({"kinds": [event.kind().as_u16()]});
        open(&mut socket, "a", &filter, NOTHING_HERE).await;
        assert_eq!(
            expect_answer(&mut socket, "a").await,
            format!("6100000201{}", event.id())
        );
    }
    // Also when the new one is refused.
    open(&mut socket, "a", &json!({"foo": 1}), NOTHING_HERE).await;
    expect_end(&mut socket, "a", "unsupported").await;
    expect_unknown(&mut socket, "a").await;
}

#[tokio::test]
async fn nip77_03_too_many_records_and_how_many_there_may_be() {
    let relay = TestRelay::start_with(|config| {
        config.limits.negentropy_records_max = 5;
        config.limits.negentropy_sessions_max = 2;
    })
    .await;
    let mut socket = relay.connect().await;
    let mut events = Vec::new();
    for number in 0..6 {
        events.push(note(1).at(MOMENT + number).signed());
        socket.accept(events.last().unwrap()).await;
    }
    open(&mut socket, "a", &json!({}), NOTHING_HERE).await;
    assert_eq!(expect_end(&mut socket, "a", "blocked").await, Some(5));
    expect_unknown(&mut socket, "a").await;
    for fewer in [json!({"limit": 5}), json!({"since": MOMENT + 1})] {
        let found = everything(&mut socket, &fewer).await;
        assert_eq!(found, ids_of(&in_order(&events)[..5]), "{fewer}");
    }
    for id in ["a", "b"] {
        open(&mut socket, id, &json!({"limit": 1}), NOTHING_HERE).await;
        expect_answer(&mut socket, id).await;
    }
    open(&mut socket, "c", &json!({"limit": 1}), NOTHING_HERE).await;
    assert_eq!(expect_end(&mut socket, "c", "rate-limited").await, None);
    expect_unknown(&mut socket, "c").await;
}

#[tokio::test]
async fn nip77_03_filters_that_are_wrong_or_unknown() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    for (filter, prefix) in [
        (json!({"kinds": [70_000]}), "invalid"),
        (json!({"ids": ["abcd"]}), "invalid"),
        (json!([{}]), "invalid"),
        (json!(7), "invalid"),
        (json!(null), "invalid"),
        (json!({"foo": 1}), "unsupported"),
        (json!({"#title": ["x"]}), "unsupported"),
    ] {
        open(&mut socket, "a", &json!({}), NOTHING_HERE).await;
        expect_answer(&mut socket, "a").await;
        open(&mut socket, "a", &filter, NOTHING_HERE).await;
        assert_eq!(expect_end(&mut socket, "a", prefix).await, None, "{filter}");
        expect_unknown(&mut socket, "a").await;
    }
    for short in [json!(["NEG-OPEN", "a"]), json!(["NEG-OPEN", "a", {}])] {
        socket.send(short).await;
        expect_end(&mut socket, "a", "invalid").await;
    }
    let long = "x".repeat(65);
    open(&mut socket, &long, &json!({}), NOTHING_HERE).await;
    expect_end(&mut socket, &long, "invalid").await;
    for nameless in [json!(["NEG-OPEN"]), json!(["NEG-MSG", 7, "61"])] {
        socket.send(nameless).await;
        socket.expect_notice("invalid").await;
    }
    socket.nothing_more().await;
}

#[tokio::test]
async fn nip77_03_and_nip11_14_where_authentication_is_required() {
    let relay = TestRelay::start_with(|config| config.policy.auth_required = true).await;
    let mut socket = relay.connect().await;
    for filter in [json!({}), json!({"kinds": [1]}), json!({"kinds": []})] {
        open(&mut socket, "a", &filter, NOTHING_HERE).await;
        expect_end(&mut socket, "a", "auth-required").await;
        expect_unknown(&mut socket, "a").await;
    }
    socket.authenticate(1).await.stored();
    open(&mut socket, "a", &json!({}), NOTHING_HERE).await;
    assert_eq!(expect_answer(&mut socket, "a").await, NOTHING_HERE);
}

#[tokio::test]
async fn nip77_03_switched_off() {
    let relay = TestRelay::start_with(|config| config.features.negentropy = false).await;
    let mut socket = relay.connect().await;
    open(&mut socket, "a", &json!({}), NOTHING_HERE).await;
    expect_end(&mut socket, "a", "unsupported").await;
    expect_unknown(&mut socket, "a").await;
    // It is switched on while the relay runs, as soon as that has spread.
    relay.reload(&[]);
    within_deadline("comparing to begin", async {
        loop {
            open(&mut socket, "a", &json!({}), NOTHING_HERE).await;
            if let Reply::NegMsg { .. } = socket.receive().await {
                break;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn nip77_04_closing_is_not_answered() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    open(&mut socket, "a", &json!({}), NOTHING_HERE).await;
    expect_answer(&mut socket, "a").await;
    for id in ["a", "a", "never opened"] {
        socket.send(json!(["NEG-CLOSE", id])).await;
        socket.nothing_more().await;
    }
}

#[tokio::test]
async fn nip77_05_hex_of_even_length_in_either_case() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    socket.accept(&event).await;
    let id = "ab".repeat(32);
    for list in [
        format!("6100000201{id}"),
        format!("6100000201{}", id.to_uppercase()),
    ] {
        open(&mut socket, "a", &json!({}), &list).await;
        let answer = expect_answer(&mut socket, "a").await;
        assert_eq!(answer, format!("6100000201{}", event.id()));
        // In lower case.
        bytes(&answer);
    }
    for bad in ["6", "610", "6g", "0x61", " 61", "é"] {
        open(&mut socket, "a", &json!({}), bad).await;
        expect_end(&mut socket, "a", "invalid").await;
        open(&mut socket, "a", &json!({}), NOTHING_HERE).await;
        expect_answer(&mut socket, "a").await;
        socket.send(json!(["NEG-MSG", "a", bad])).await;
        expect_end(&mut socket, "a", "invalid").await;
        expect_unknown(&mut socket, "a").await;
    }
    for no_text in [json!(7), json!(null), json!(["61"])] {
        socket.send(json!(["NEG-OPEN", "a", {}, no_text])).await;
        expect_end(&mut socket, "a", "invalid").await;
    }
}

#[tokio::test]
async fn nip77_06_other_versions_are_told_ours() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    for version in 0x60..=0x6f {
        if version == 0x61 {
            continue;
        }
        let theirs = format!("{version:x}00000200");
        open(&mut socket, "a", &json!({}), &theirs).await;
        assert_eq!(expect_answer(&mut socket, "a").await, "61");
        // The client may go on in ours.
        socket.send(json!(["NEG-MSG", "a", NOTHING_HERE])).await;
        assert_eq!(expect_answer(&mut socket, "a").await, NOTHING_HERE);
    }
    for none in ["", "50", "00000200", "7000000200", "5f", "ff"] {
        open(&mut socket, "a", &json!({}), none).await;
        expect_end(&mut socket, "a", "invalid").await;
        expect_unknown(&mut socket, "a").await;
    }
}

#[tokio::test]
async fn nip77_10_hostile_messages_end_the_comparison_and_nothing_else() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).signed();
    socket.accept(&event).await;
    let id = event.id().to_string();
    for (what, message) in [
        (
            "a number of more than 64 bits",
            "61ffffffffffffffffffff7f00".to_owned(),
        ),
        (
            "a number without an end",
            format!("61{}", "ff".repeat(1_000)),
        ),
        ("a time beyond all times", "61000000020000".to_owned()),
        ("no mode", "610000".to_owned()),
        ("half a fingerprint", "6100000100112233".to_owned()),
        ("half an id", format!("6100000201{}", &id[..60])),
        ("one id for two", format!("6100000202{id}")),
        (
            "more ids than memory",
            "6100000281ffffffffffffffff7f".to_owned(),
        ),
        ("a prefix longer than an id", format!("610121{id}1100")),
        (
            "a prefix longer than memory",
            "610181ffffffffffffffff7f".to_owned(),
        ),
        (
            "bounds that go backwards",
            "6105010200010001000000".to_owned(),
        ),
        ("an unknown mode", "61000003".to_owned()),
    ] {
        open(&mut socket, "a", &json!({}), &message).await;
        let end = expect_end(&mut socket, "a", "invalid").await;
        assert_eq!(end, None, "{what}");
        open(&mut socket, "a", &json!({}), NOTHING_HERE).await;
        expect_answer(&mut socket, "a").await;
        socket.send(json!(["NEG-MSG", "a", message])).await;
        expect_end(&mut socket, "a", "invalid").await;
        expect_unknown(&mut socket, "a").await;
    }
    let differences = compare(&mut socket, &json!({}), &[event]).await;
    assert!(differences.have.is_empty() && differences.need.is_empty());
}

#[tokio::test]
async fn nip77_15_who_does_not_go_on_is_told_so() {
    let relay = TestRelay::start_with(|config| config.limits.negentropy_idle_seconds = 1).await;
    let mut socket = relay.connect().await;
    for id in ["a", "b"] {
        open(&mut socket, id, &json!({}), NOTHING_HERE).await;
        expect_answer(&mut socket, id).await;
    }
    let mut ended = Vec::new();
    for _ in 0..2 {
        match socket.receive().await {
            Reply::NegErr {
                subscription,
                message,
                records_max: None,
            } => {
                crate::harness::assert_prefix(&message, "closed");
                ended.push(subscription);
            }
            other => panic!("{other:?}"),
        }
    }
    ended.sort_unstable();
    assert_eq!(ended, ["a", "b"]);
    expect_unknown(&mut socket, "a").await;
    // The connection and its subscriptions are none the worse for it.
    socket.req("live", json!({"authors": [pubkey(1)]})).await;
    let event = note(1).signed();
    socket.send_event(&event).await;
    socket.answer_to(event.id()).await.stored();
    assert_eq!(socket.expect_event("live").await, event);
}
