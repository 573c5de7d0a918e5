//! Answers to EVENT and COUNT.

use std::collections::HashSet;

use super::*;

#[tokio::test]
async fn nip01_11_and_56_pipelined_events_get_one_ok_each() {
    let relay = plain();
    let client = relay.connect().await;
    let notes = notes(600);
    let mut expected: HashSet<String> = HashSet::new();
    let (mut sink, mut stream) = client.socket.split();
    let writing = async {
        for note in &notes {
            let text = format!("[\"EVENT\",{}]", note.json());
            sink.feed(Message::text(text)).await.unwrap();
        }
        sink.flush().await.unwrap();
    };
    let reading = async {
        for _ in 0..notes.len() {
            let text = timeout(PATIENCE, stream.next())
                .await
                .unwrap()
                .unwrap()
                .unwrap();
            let answer: Value = serde_json::from_str(text.to_text().unwrap()).unwrap();
            assert_eq!((&answer[0], &answer[2]), (&json!("OK"), &json!(true)));
            assert!(expected.insert(answer[1].as_str().unwrap().to_owned()));
        }
    };
    tokio::join!(writing, reading);
    assert!(
        notes
            .iter()
            .all(|note| expected.contains(&note.id().to_string()))
    );
}

#[tokio::test]
async fn nip01_11_a_slow_event_does_not_hold_up_what_follows() {
    let limits = SessionLimits {
        events_in_flight_max: 2,
        ..SessionLimits::default()
    };
    let relay = relay(limits, AdmissionPolicy::default());
    relay.store.saves.forget_permits(usize::MAX);
    let mut client = relay.connect().await;
    let note = event(ALICE, 1, &[], "slow");
    client.publish(&note).await;
    client.subscribe("meanwhile", json!({})).await;
    relay.store.saves.add_permits(1);
    let mut answers = [client.next().await, client.next().await];
    answers.sort_by_key(|answer| answer[0].to_string());
    assert_eq!(answers[0][0], "EVENT");
    assert_eq!(answers[1], json!(["OK", note.id().to_string(), true, ""]));
}

#[tokio::test]
async fn nip01_19_and_34_refused_and_repeated_events() {
    let relay = plain();
    let mut client = relay.connect().await;
    let note = event(ALICE, 1, &[], "hello");
    let id = json!(note.id().to_string());
    client.publish(&note).await;
    client.expect_ok(&note).await;
    client.publish(&note).await;
    client
        .expect_refusal(&[json!("OK"), id.clone(), json!(true)], "duplicate")
        .await;
    client.send(&json!(["EVENT", {"id": id}])).await;
    client
        .expect_refusal(&[json!("OK"), id, json!(false)], "invalid")
        .await;
}

#[tokio::test]
async fn nip01_12_an_event_counts_although_its_sender_left_at_once() {
    let relay = plain();
    let mut client = relay.connect().await;
    let note = event(ALICE, 1, &[], "and gone");
    client.publish(&note).await;
    client.socket.close(None).await.unwrap();
    assert_eq!(client.ending().await, Ending::ClosedByClient);
    assert!(relay.store.holds(note.id()));
}

#[tokio::test]
async fn nip01_59_surplus_events_are_refused_and_the_rest_goes_on() {
    let limits = SessionLimits {
        events_per_second_max: 1,
        ..SessionLimits::default()
    };
    let relay = relay(limits, AdmissionPolicy::default());
    let mut client = relay.connect().await;
    let notes = notes(30);
    for note in &notes {
        client.publish(note).await;
    }
    let mut refused = 0;
    for _ in &notes {
        let answer = client.next().await;
        assert_eq!(answer[0], "OK");
        if answer[3].as_str().unwrap().starts_with("rate-limited: ") {
            refused += 1;
        }
    }
    assert!(refused > 10, "{refused}");
    client.subscribe("on", json!({"limit": 0})).await;
}

#[tokio::test]
async fn nip45_01_and_03_and_06_counting_opens_and_closes_nothing() {
    let relay = plain();
    for note in notes(7) {
        relay.store.commit(&note);
    }
    let mut client = relay.connect().await;
    client.subscribe("a", json!({"kinds": [7]})).await;
    client
        .send(&json!(["COUNT", "a", {"kinds": [1], "limit": 2}]))
        .await;
    client.expect(json!(["COUNT", "a", {"count": 7}])).await;
    let reaction = event(BOB, 7, &[], "+");
    relay.store.publish(&reaction);
    client.expect_event("a", &reaction).await;
}

#[tokio::test]
async fn nip45_08_one_condition_of_one_value_brings_a_sketch() {
    let limits = SessionLimits {
        count_sketch_events_max: 4,
        ..SessionLimits::default()
    };
    let relay = relay(limits, AdmissionPolicy::default());
    let mut client = relay.connect().await;
    for number in 0..4 {
        relay
            .store
            .commit(&event(ALICE, 1, &[&["t", "chess"]], &number.to_string()));
    }
    client.send(&json!(["COUNT", "q", {"#t": ["chess"]}])).await;
    let answer = client.next().await;
    assert_eq!(answer[2]["count"], 4);
    assert_eq!(answer[2]["hll"].as_str().map(str::len), Some(512));
    client
        .send(&json!(["COUNT", "q", {"#t": ["chess", "go"]}]))
        .await;
    client.expect(json!(["COUNT", "q", {"count": 4}])).await;
    client
        .send(&json!(["COUNT", "q", {"#t": ["chess"]}, {"#t": ["go"]}]))
        .await;
    client.expect(json!(["COUNT", "q", {"count": 4}])).await;
    relay
        .store
        .commit(&event(ALICE, 1, &[&["t", "chess"]], "one too many"));
    client.send(&json!(["COUNT", "q", {"#t": ["chess"]}])).await;
    client.expect(json!(["COUNT", "q", {"count": 5}])).await;
}

#[tokio::test]
async fn nip45_02_and_05_refused_counts_are_closed() {
    let off = SessionLimits {
        count: false,
        ..SessionLimits::default()
    };
    let relay = relay(off, AdmissionPolicy::default());
    let mut client = relay.connect().await;
    client.send(&json!(["COUNT", "q", {"kinds": ["1"]}])).await;
    client
        .expect_refusal(&[json!("CLOSED"), json!("q")], "invalid")
        .await;
    client.send(&json!(["COUNT", "q", {}])).await;
    client
        .expect_refusal(&[json!("CLOSED"), json!("q")], "unsupported")
        .await;
}

#[tokio::test]
async fn nip01_58_a_broken_store_is_said_to_be_broken() {
    let relay = plain();
    relay.store.fail();
    let mut client = relay.connect().await;
    let note = event(ALICE, 1, &[], "");
    client.publish(&note).await;
    let id = json!(note.id().to_string());
    client
        .expect_refusal(&[json!("OK"), id, json!(false)], "error")
        .await;
    client.send(&json!(["REQ", "a", {}])).await;
    client
        .expect_refusal(&[json!("CLOSED"), json!("a")], "error")
        .await;
    client.send(&json!(["COUNT", "b", {}])).await;
    client
        .expect_refusal(&[json!("CLOSED"), json!("b")], "error")
        .await;
    assert!(relay.context.subscriptions.is_empty());
}
