//! AUTH, and what it opens.

use super::*;

#[tokio::test]
async fn nip42_01_each_connection_has_a_challenge_of_its_own() {
    let relay = plain();
    let (one, other) = (relay.connect().await, relay.connect().await);
    assert!(one.challenge.len() >= 32);
    assert_ne!(one.challenge, other.challenge);
}

#[tokio::test]
async fn nip42_03_and_06_and_07_keys_add_up_and_stay() {
    let relay = plain();
    let mut client = relay.connect().await;
    client.authenticate(ALICE).await;
    client.authenticate(BOB).await;
    let wrong = event(
        CAROL,
        22_242,
        &[&["relay", RELAY_URL], &["challenge", "x"]],
        "",
    );
    client.text(&format!("[\"AUTH\",{}]", wrong.json())).await;
    let id = json!(wrong.id().to_string());
    client
        .expect_refusal(&[json!("OK"), id, json!(false)], "invalid")
        .await;
    for (author, accepted) in [(ALICE, true), (BOB, true), (CAROL, false)] {
        let protected = event(author, 1, &[&["-"]], "mine");
        client.publish(&protected).await;
        assert_eq!(client.next().await[2], accepted);
    }
}

#[tokio::test]
async fn nip42_04_forged_authentication_changes_nothing() {
    let relay = plain();
    let mut client = relay.connect().await;
    let good = client.authentication(ALICE);
    let other = event(BOB, 1, &[], "").sig().to_hex();
    let forged = good.json().replace(&good.sig().to_hex(), &other);
    client.text(&format!("[\"AUTH\",{forged}]")).await;
    let id = json!(good.id().to_string());
    client
        .expect_refusal(&[json!("OK"), id, json!(false)], "invalid")
        .await;
    client
        .send(&json!(["AUTH", {"id": good.id().to_string()}]))
        .await;
    let id = json!(good.id().to_string());
    client
        .expect_refusal(&[json!("OK"), id, json!(false)], "invalid")
        .await;
    client.send(&json!(["REQ", "a", {"kinds": [4]}])).await;
    client
        .expect_refusal(&[json!("CLOSED"), json!("a")], "auth-required")
        .await;
}

#[tokio::test]
async fn nip42_02_what_follows_an_auth_waits_for_it() {
    let relay = plain();
    let wrap = wrap_for(ALICE, "sealed");
    relay.store.commit(&wrap);
    let mut client = relay.connect().await;
    let auth = client.authentication(ALICE);
    let auth_text = Message::text(format!("[\"AUTH\",{}]", auth.json()));
    client.socket.feed(auth_text).await.unwrap();
    client.send(&json!(["REQ", "a", {"kinds": [1059]}])).await;
    client.expect_ok(&auth).await;
    client.expect_event("a", &wrap).await;
    client.expect(json!(["EOSE", "a"])).await;
}

#[tokio::test]
async fn nip42_08_authentication_events_are_never_served() {
    let relay = plain();
    let mut client = relay.connect().await;
    let auth = client.authentication(ALICE);
    client.publish(&auth).await;
    let id = json!(auth.id().to_string());
    client
        .expect_refusal(&[json!("OK"), id, json!(false)], "invalid")
        .await;
    relay.store.commit(&auth);
    client.subscribe("a", json!({"kinds": [22242]})).await;
    relay.store.publish(&auth);
    client.expect_silence().await;
}

#[tokio::test]
async fn nip59_05_and_06_and_nip45_07_private_events_are_for_their_people() {
    let relay = plain();
    let (for_alice, for_bob) = (wrap_for(ALICE, "to Alice"), wrap_for(BOB, "to Bob"));
    let note = event_at(CAROL, 1, &[], "to all", 1_000);
    for event in [&for_alice, &for_bob, &note] {
        relay.store.commit(event);
    }
    let mut client = relay.connect().await;
    for kinds in [json!([4]), json!([1059]), json!([4, 1059, 21059])] {
        client.send(&json!(["REQ", "a", {"kinds": kinds}])).await;
        client
            .expect_refusal(&[json!("CLOSED"), json!("a")], "auth-required")
            .await;
        client.send(&json!(["COUNT", "a", {"kinds": kinds}])).await;
        client
            .expect_refusal(&[json!("CLOSED"), json!("a")], "auth-required")
            .await;
    }
    client.send(&json!(["REQ", "all", {}])).await;
    client.expect_event("all", &note).await;
    client.expect(json!(["EOSE", "all"])).await;
    client.send(&json!(["COUNT", "all", {}])).await;
    client.expect(json!(["COUNT", "all", {"count": 1}])).await;
    client.authenticate(ALICE).await;
    let (alice, bob) = (key(ALICE).to_string(), key(BOB).to_string());
    let foreign = json!({"kinds": [1059], "#p": [bob]});
    for verb in ["REQ", "COUNT"] {
        client.send(&json!([verb, "a", foreign])).await;
        client
            .expect_refusal(&[json!("CLOSED"), json!("a")], "restricted")
            .await;
    }
    client.send(&json!(["COUNT", "a", {"kinds": [1059]}])).await;
    client
        .expect_refusal(&[json!("CLOSED"), json!("a")], "restricted")
        .await;
    let own = json!({"kinds": [1059], "#p": [alice, bob]});
    client.send(&json!(["COUNT", "a", own])).await;
    client.expect(json!(["COUNT", "a", {"count": 1}])).await;
    client.send(&json!(["REQ", "a", own])).await;
    client.expect_event("a", &for_alice).await;
    client.expect(json!(["EOSE", "a"])).await;
}

#[tokio::test]
async fn nip42_11_and_15_open_subscriptions_follow_the_authentication() {
    let relay = plain();
    let (mut alice, mut other) = (relay.connect().await, relay.connect().await);
    alice.subscribe("all", json!({})).await;
    other.subscribe("all", json!({})).await;
    relay.store.publish(&wrap_for(ALICE, "before"));
    alice.authenticate(ALICE).await;
    let (after, passing) = (wrap_for(ALICE, "after"), wrap_for(BOB, "to Bob"));
    relay.store.publish(&passing);
    relay.store.publish(&after);
    alice.expect_event("all", &after).await;
    let note = event(CAROL, 1, &[], "to all");
    relay.store.publish(&note);
    other.expect_event("all", &note).await;
    alice.expect_event("all", &note).await;
}

#[tokio::test]
async fn nip11_14_nothing_before_authentication_where_it_is_required() {
    let policy = AdmissionPolicy {
        auth_required: true,
        ..AdmissionPolicy::default()
    };
    let relay = relay(SessionLimits::default(), policy);
    let mut client = relay.connect().await;
    let note = event(ALICE, 1, &[], "");
    let id = json!(note.id().to_string());
    client.publish(&note).await;
    client
        .expect_refusal(&[json!("OK"), id, json!(false)], "auth-required")
        .await;
    for verb in ["REQ", "COUNT"] {
        client.send(&json!([verb, "a", {}])).await;
        client
            .expect_refusal(&[json!("CLOSED"), json!("a")], "auth-required")
            .await;
    }
    client.authenticate(BOB).await;
    client.publish(&note).await;
    client.expect_ok(&note).await;
}

#[tokio::test]
async fn nip42_01_the_switch_is_off() {
    let policy = AdmissionPolicy {
        authentication: false,
        ..AdmissionPolicy::default()
    };
    let relay = relay(SessionLimits::default(), policy);
    let mut client = relay.connect_silently().await;
    client.expect_silence().await;
    let auth = client.authentication(ALICE);
    client.text(&format!("[\"AUTH\",{}]", auth.json())).await;
    let id = json!(auth.id().to_string());
    client
        .expect_refusal(&[json!("OK"), id, json!(false)], "blocked")
        .await;
}

#[tokio::test]
async fn keys_on_one_connection_are_bounded() {
    let limits = SessionLimits {
        authenticated_keys_max: 1,
        ..SessionLimits::default()
    };
    let relay = relay(limits, AdmissionPolicy::default());
    let mut client = relay.connect().await;
    client.authenticate(ALICE).await;
    client.authenticate(ALICE).await;
    let second = client.authentication(BOB);
    client.text(&format!("[\"AUTH\",{}]", second.json())).await;
    let id = json!(second.id().to_string());
    client
        .expect_refusal(&[json!("OK"), id, json!(false)], "rate-limited")
        .await;
}
