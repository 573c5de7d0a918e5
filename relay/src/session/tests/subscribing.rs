//! REQ, CLOSE, and the seam between stored and new events.

use super::*;

#[tokio::test]
async fn nip01_84_and_90_stored_events_then_eose_then_new_ones() {
    let relay = plain();
    let now = unix_now();
    let stored: Vec<_> = (0..10)
        .map(|age| event_at(ALICE, 1, &[], "stored", now - age))
        .collect();
    for note in &stored {
        relay.store.commit(note);
    }
    let mut client = relay.connect().await;
    client.send(&json!(["REQ", "a", {"kinds": [1]}])).await;
    for note in &stored {
        client.expect_event("a", note).await;
    }
    client.expect(json!(["EOSE", "a"])).await;
    let new = event(BOB, 1, &[], "new");
    client.publish(&new).await;
    let (first, second) = (client.next().await, client.next().await);
    // Its publisher sees it too; the order of OK and EVENT is open.
    assert!([&first[0], &second[0]].contains(&&json!("OK")));
    assert!([&first[0], &second[0]].contains(&&json!("EVENT")));
    relay.store.publish(&event(BOB, 7, &[], "another kind"));
    client.expect_silence().await;
}

#[tokio::test]
async fn nip01_91_events_around_the_beginning_come_exactly_once() {
    let relay = plain();
    relay.store.scans.forget_permits(usize::MAX);
    relay.store.pages.forget_permits(usize::MAX);
    let mut client = relay.connect().await;
    client.send(&json!(["REQ", "a", {}])).await;
    let subscriptions = Arc::clone(&relay.context.subscriptions);
    while subscriptions.is_empty() {
        tokio::task::yield_now().await;
    }
    // Told and in the stored answer; then in the stored answer and told late; then only told.
    let early = event_at(ALICE, 1, &[], "early", 1_000);
    relay.store.publish(&early);
    let late = event_at(ALICE, 1, &[], "late", 900);
    let told_late = relay.store.commit(&late);
    relay.store.scans.add_permits(1);
    while relay.store.scans_begun() == 0 {
        tokio::task::yield_now().await;
    }
    let new = event_at(ALICE, 1, &[], "new", 2_000);
    relay.store.publish(&new);
    relay.store.pages.add_permits(1);
    client.expect_event("a", &early).await;
    client.expect_event("a", &late).await;
    client.expect(json!(["EOSE", "a"])).await;
    client.expect_event("a", &new).await;
    subscriptions.deliver(&[told_late]);
    relay.store.scans.add_permits(10);
    relay.store.pages.add_permits(10);
    client.expect_silence().await;
}

#[tokio::test]
async fn nip01_45_ephemeral_events_wait_for_eose() {
    let relay = plain();
    let stored = event_at(ALICE, 1, &[], "stored", 1_000);
    relay.store.commit(&stored);
    relay.store.pages.forget_permits(usize::MAX);
    let mut client = relay.connect().await;
    client.send(&json!(["REQ", "a", {}])).await;
    while relay.context.subscriptions.is_empty() {
        tokio::task::yield_now().await;
    }
    let typing = event(BOB, 20_001, &[], "typing");
    assert_eq!(relay.context.subscriptions.deliver_ephemeral(&typing), 1);
    relay.store.pages.add_permits(1);
    client.expect_event("a", &stored).await;
    client.expect(json!(["EOSE", "a"])).await;
    client.expect_event("a", &typing).await;
    assert!(!relay.store.holds(typing.id()));
}

#[tokio::test]
async fn nip01_64_and_93_a_reused_id_replaces_the_subscription() {
    let relay = plain();
    for note in notes(20) {
        relay.store.commit(&note);
    }
    relay.store.pages.forget_permits(usize::MAX);
    let mut client = relay.connect().await;
    client.send(&json!(["REQ", "a", {"kinds": [1]}])).await;
    relay.store.pages.add_permits(1);
    for _ in 0..3 {
        assert_eq!(client.next().await[0], "EVENT");
    }
    // Replaced in the middle of its stored events.
    client.send(&json!(["REQ", "a", {"kinds": [7]}])).await;
    let reaction = event(BOB, 7, &[], "+");
    while relay
        .context
        .subscriptions
        .deliver_ephemeral(&event(BOB, 7, &[], "tick"))
        == 0
    {
        tokio::task::yield_now().await;
    }
    relay.store.pages.add_permits(100);
    client.expect(json!(["EOSE", "a"])).await;
    assert_eq!(client.next().await[2]["content"], "tick");
    relay.store.publish(&event(BOB, 1, &[], "old filter"));
    relay.store.publish(&reaction);
    client.expect_event("a", &reaction).await;
    client.expect_silence().await;
}

#[tokio::test]
async fn nip01_65_and_98_too_many_subscriptions() {
    let limits = SessionLimits {
        subscriptions_max: 2,
        ..SessionLimits::default()
    };
    let relay = relay(limits, AdmissionPolicy::default());
    let mut client = relay.connect().await;
    client.subscribe("a", json!({})).await;
    client.subscribe("b", json!({})).await;
    client.subscribe("a", json!({"kinds": [1]})).await;
    client.send(&json!(["REQ", "c", {}])).await;
    client
        .expect_refusal(&[json!("CLOSED"), json!("c")], "rate-limited")
        .await;
    client.send(&json!(["CLOSE", "b"])).await;
    client.subscribe("c", json!({"kinds": [7]})).await;
    let note = event(ALICE, 1, &[], "");
    relay.store.publish(&note);
    client.expect_event("a", &note).await;
}

#[tokio::test]
async fn nip01_66_a_malformed_req_ends_the_subscription_of_that_id() {
    let relay = plain();
    let mut client = relay.connect().await;
    for bad in [
        json!(["REQ", "a"]),
        json!(["REQ", "a", 7]),
        json!(["REQ", "a", {"ids": ["xyz"]}]),
        json!(["REQ", "a", {"limit": -1}]),
    ] {
        client.subscribe("a", json!({})).await;
        client.send(&bad).await;
        client
            .expect_refusal(&[json!("CLOSED"), json!("a")], "invalid")
            .await;
        assert!(relay.context.subscriptions.is_empty());
    }
    client.send(&json!(["REQ", "a", {"#title": ["x"]}])).await;
    client
        .expect_refusal(&[json!("CLOSED"), json!("a")], "unsupported")
        .await;
}

#[tokio::test]
async fn nip50_a_relay_that_does_not_search_says_so() {
    let limits = SessionLimits {
        search: false,
        ..SessionLimits::default()
    };
    let relay = relay(limits, AdmissionPolicy::default());
    let mut client = relay.connect().await;
    for verb in ["REQ", "COUNT"] {
        client.send(&json!([verb, "a", {"search": "chess"}])).await;
        client
            .expect_refusal(&[json!("CLOSED"), json!("a")], "unsupported")
            .await;
    }
    client
        .send(&json!(["NEG-OPEN", "a", {"search": "chess"}, "6100000200"]))
        .await;
    client
        .expect_refusal(&[json!("NEG-ERR"), json!("a")], "unsupported")
        .await;
}

#[tokio::test]
async fn nip01_69_and_75_and_86_and_88_and_94_open_although_nothing_is_stored() {
    let relay = plain();
    let note = event_at(ALICE, 1, &[], "stored", 1_000);
    relay.store.commit(&note);
    let mut client = relay.connect().await;
    let new = event(BOB, 1, &[], "new");
    client.subscribe("none", json!({"kinds": []})).await;
    client
        .subscribe("never", json!({"since": 2, "until": 1}))
        .await;
    client.subscribe("only new", json!({"limit": 0})).await;
    client
        .subscribe(
            "awaited",
            json!({"ids": [new.id().to_string()], "limit": 1}),
        )
        .await;
    relay.store.publish(&new);
    let mut received = [client.next().await, client.next().await];
    received.sort_by_key(|message| message[1].to_string());
    assert_eq!(received[0][1], "awaited");
    assert_eq!(received[1][1], "only new");
    client.expect_silence().await;
}

#[tokio::test]
async fn nip01_85_and_87_limits_are_clamped_and_defaulted() {
    let limits = SessionLimits {
        limit_default: 2,
        limit_max: 4,
        ..SessionLimits::default()
    };
    let relay = relay(limits, AdmissionPolicy::default());
    for note in notes(9) {
        relay.store.commit(&note);
    }
    let mut client = relay.connect().await;
    for (filter, expected) in [
        (json!({}), 2),
        (json!({"limit": 3}), 3),
        (json!({"limit": 100}), 4),
    ] {
        client.send(&json!(["REQ", "a", filter])).await;
        for _ in 0..expected {
            assert_eq!(client.next().await[0], "EVENT");
        }
        client.expect(json!(["EOSE", "a"])).await;
    }
}

#[tokio::test]
async fn nip01_60_and_63_names_are_echoed_and_belong_to_their_connection() {
    let relay = plain();
    let (mut one, mut other) = (relay.connect().await, relay.connect().await);
    let name = "\"\\😀".to_owned() + &"é".repeat(61);
    one.subscribe(&name, json!({"kinds": [1]})).await;
    other.subscribe(&name, json!({"kinds": [7]})).await;
    other.send(&json!(["CLOSE", name])).await;
    other.expect_silence().await;
    let note = event(ALICE, 1, &[], "");
    relay.store.publish(&note);
    one.expect_event(&name, &note).await;
    let long = "x".repeat(65);
    one.send(&json!(["REQ", long, {}])).await;
    one.expect_refusal(&[json!("CLOSED"), json!(long)], "invalid")
        .await;
}

#[tokio::test]
async fn nip01_96_and_97_closing_while_stored_events_stream() {
    let relay = plain();
    for note in notes(20) {
        relay.store.commit(&note);
    }
    relay.store.pages.forget_permits(usize::MAX);
    let mut client = relay.connect().await;
    client.send(&json!(["REQ", "a", {}])).await;
    client.send(&json!(["CLOSE", "unknown"])).await;
    client.send(&json!(["CLOSE", "a"])).await;
    client.send(&json!(["COUNT", "done", {"kinds": [7]}])).await;
    client.expect(json!(["COUNT", "done", {"count": 0}])).await;
    assert!(relay.context.subscriptions.is_empty());
    relay.store.pages.add_permits(100);
    client.expect_silence().await;
}

#[tokio::test]
async fn several_answers_take_turns() {
    let relay = plain();
    for note in notes(60) {
        relay.store.commit(&note);
    }
    let mut client = relay.connect().await;
    let names = ["a", "b", "c", "d", "e", "f"];
    for name in names {
        client.send(&json!(["REQ", name, {}])).await;
    }
    let (mut finished, mut events) = (Vec::new(), 0);
    while finished.len() < names.len() {
        let message = client.next().await;
        match message[0].as_str() {
            Some("EVENT") => events += 1,
            Some("EOSE") => finished.push(message[1].as_str().unwrap().to_owned()),
            _ => panic!("{message}"),
        }
    }
    assert_eq!(events, 60 * names.len());
    finished.sort();
    assert_eq!(finished, names);
}

#[tokio::test]
async fn nip01_95_too_much_held_back_closes_that_subscription_only() {
    let limits = SessionLimits {
        held_events_max: 5,
        ..SessionLimits::default()
    };
    let relay = relay(limits, AdmissionPolicy::default());
    let mut client = relay.connect().await;
    client.subscribe("other", json!({"kinds": [7]})).await;
    relay.store.scans.forget_permits(usize::MAX);
    client.send(&json!(["REQ", "busy", {"kinds": [1]}])).await;
    while relay.context.subscriptions.len() < 2 {
        tokio::task::yield_now().await;
    }
    for note in notes(6) {
        relay.store.publish(&note);
    }
    client
        .expect_refusal(&[json!("CLOSED"), json!("busy")], "error")
        .await;
    let reaction = event(BOB, 7, &[], "+");
    relay.store.publish(&reaction);
    client.expect_event("other", &reaction).await;
}

#[tokio::test]
async fn nip67_01_02_09_the_last_page_decides_about_the_hint() {
    let hints = |eose_hint| SessionLimits {
        eose_hint,
        ..SessionLimits::default()
    };
    let (on, off) = (
        relay(hints(true), AdmissionPolicy::default()),
        relay(hints(false), AdmissionPolicy::default()),
    );
    for (completeness, hint) in [
        (Completeness::Complete, Some("finish")),
        (Completeness::Cut, Some("more")),
        (Completeness::Unknown, None),
    ] {
        for (relay, hint) in [(&on, hint), (&off, None)] {
            relay.store.claim(completeness);
            let mut client = relay.connect().await;
            client.send(&json!(["REQ", "a", {}])).await;
            match hint {
                Some(hint) => client.expect(json!(["EOSE", "a", [hint]])).await,
                None => client.expect(json!(["EOSE", "a"])).await,
            }
        }
    }
}
