//! `kith dm`: private messages from one person to another, and nobody else.

use serde_json::{Value, json};

use super::{Person, text};
use crate::harness::TestRelay;

/// Two people who receive messages.
async fn friends(relay: &TestRelay) -> (Person, Person) {
    let alice = Person::with_key(&relay.url(), 1);
    let bob = Person::with_key(&relay.url(), 2);
    for person in [&alice, &bob] {
        let opened = person.json(["dm", "--open-inbox"]).await;
        assert_eq!(
            (&opened["changed"], &opened["inbox"]),
            (&json!(true), &json!([relay.url()]))
        );
    }
    (alice, bob)
}

/// The texts of a conversation, newest first, each with whether it is the person's own.
async fn conversation(person: &Person, with: &str) -> Vec<(String, bool)> {
    let shown = person.json(["dm", with]).await;
    let messages = shown["messages"].as_array().unwrap().iter();
    messages
        .map(|message| (text(&message["text"]), message["yours"] == true))
        .collect()
}

#[tokio::test]
async fn nip17_01_messages_go_both_ways_and_each_has_a_copy() {
    let relay = TestRelay::start().await;
    let (alice, bob) = friends(&relay).await;
    let (to_alice, to_bob) = (alice.npub().await, bob.npub().await);
    let sent = alice.json(["dm", &to_bob, "Tonight at eight?"]).await;
    assert_eq!(sent["deliveries"][0]["outcome"], "reached");
    assert_eq!(sent["deliveries"][0]["person"], json!(to_bob));
    let piped = bob
        .run_with_input(["dm", &to_alice], "Yes,\nwith boards\n")
        .await;
    assert_eq!((piped.code, piped.stderr.as_str()), (0, ""), "{piped:?}");

    let told = |first: bool| {
        [
            ("Yes,\nwith boards".to_owned(), !first),
            ("Tonight at eight?".to_owned(), first),
        ]
    };
    let mut of_alice = conversation(&alice, &to_bob).await;
    let mut of_bob = conversation(&bob, &to_alice).await;
    // Both may have been written in the same second.
    of_alice.sort_by_key(|(_, yours)| *yours);
    of_bob.sort_by_key(|(_, yours)| !*yours);
    assert_eq!((of_alice, of_bob), (told(true).into(), told(false).into()));

    let listed = bob.json(["dm"]).await;
    let listed = &listed["conversations"];
    assert_eq!(
        (&listed[0]["people"], &listed[0]["count"]),
        (&json!([to_alice]), &json!(2))
    );
    let page = bob.done(["dm", &to_alice]).await;
    assert!(page.contains("you: Yes,\n    with boards\n"), "{page}");

    // Nobody else sees anything, not even that there is something.
    let carol = Person::with_key(&relay.url(), 3);
    carol.done(["dm", "--open-inbox"]).await;
    assert_eq!(carol.json(["dm"]).await, json!({"conversations": []}));
}

#[tokio::test]
async fn nip17_04_who_receives_no_messages_gets_none() {
    let relay = TestRelay::start().await;
    let alice = Person::with_key(&relay.url(), 1);
    let bob = Person::with_key(&relay.url(), 2).npub().await;
    let error = "they do not receive private messages (no kind 10050";
    alice
        .fails(["dm", &bob, "hello"], 3, error, "nothing was sent")
        .await;
    alice
        .fails(["dm"], 3, "you receive no private messages", "--open-inbox")
        .await;
    alice.done(["dm", "--open-inbox"]).await;
    let again = alice.json(["dm", "--open-inbox"]).await;
    assert_eq!(again["changed"], false);
}

#[tokio::test]
async fn messages_are_followed_as_they_arrive() {
    let relay = TestRelay::start().await;
    let (alice, bob) = friends(&relay).await;
    let (to_alice, to_bob) = (alice.npub().await, bob.npub().await);
    alice.done(["dm", &to_bob, "before"]).await;
    let mut following = bob.start(["dm", &to_alice, "--follow", "--json"]);
    let mut texts = Vec::new();
    let message: Value = serde_json::from_str(&following.line().await).unwrap();
    texts.push(text(&message["text"]));
    alice.done(["dm", &to_bob, "after"]).await;
    let carol = Person::with_key(&relay.url(), 3);
    carol.run(["dm", &to_bob, "between"]).await;
    alice.done(["dm", &to_bob, "and again"]).await;
    for _ in 0..2 {
        let message: Value = serde_json::from_str(&following.line().await).unwrap();
        assert_eq!(message["author"], json!(to_alice));
        texts.push(text(&message["text"]));
    }
    assert_eq!(texts, ["before", "after", "and again"]);
    let ended = following.interrupt().await;
    assert_eq!(
        (ended.code, ended.stdout.as_str(), ended.stderr.as_str()),
        (0, "", "")
    );
}

#[tokio::test]
async fn nip59_07_a_cleared_conversation_is_gone_here_and_at_the_relay() {
    let relay = TestRelay::start().await;
    let (alice, bob) = friends(&relay).await;
    let (to_alice, to_bob) = (alice.npub().await, bob.npub().await);
    alice.done(["dm", &to_bob, "one"]).await;
    bob.done(["dm", &to_alice, "two"]).await;
    let mut receiver = relay.connect().await;
    receiver.authenticate(1).await.stored();
    let wraps = receiver.query(json!({"kinds": [1_059]})).await;
    assert_eq!(wraps.len(), 2);

    alice
        .fails(["dm", &to_bob, "--forget"], 2, "no terminal", "--yes")
        .await;
    let cleared = alice.json(["dm", &to_bob, "--forget", "--yes"]).await;
    assert_eq!(
        (&cleared["messages"], &cleared["asked"]),
        (&json!(2), &json!([relay.url()]))
    );
    assert_eq!(conversation(&alice, &to_bob).await, []);
    assert!(receiver.query(json!({"kinds": [1_059]})).await.is_empty());
    // The other keeps theirs, and what comes later is shown.
    assert_eq!(conversation(&bob, &to_alice).await.len(), 2);
    bob.done(["dm", &to_alice, "three"]).await;
    assert_eq!(
        conversation(&alice, &to_bob).await,
        [("three".to_owned(), false)]
    );
}
