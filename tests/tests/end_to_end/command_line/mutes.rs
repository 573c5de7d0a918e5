//! `kith mute` and `kith unmute`: what somebody does not want to hear, anywhere.

use serde_json::json;

use super::{Person, party, text};
use crate::harness::TestRelay;

/// What is said below the meetup, as somebody sees it.
async fn comments(person: &Person) -> Vec<String> {
    let shown = person.json(["comment", "Opening night"]).await;
    let comments = shown["comments"].as_array().unwrap().iter();
    let mut texts: Vec<String> = comments.map(|comment| text(&comment["text"])).collect();
    texts.sort();
    texts
}

#[tokio::test]
async fn nip51_08_what_is_muted_is_not_shown_to_whoever_muted_it() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = party(&relay).await;
    let viewer = Person::with_key_file(&relay.url()).await;
    let community = organizer.json(["community", "list"]).await;
    let community = text(&community["communities"][0]["id"]);
    guest.done(["follow", &community]).await;
    viewer.done(["follow", &community]).await;
    guest.done(["comment", "Opening night", "by a guest"]).await;
    organizer
        .done(["comment", "Opening night", "A GIVEAWAY!"])
        .await;
    organizer.done(["comment", "Opening night", "hello"]).await;
    assert_eq!(comments(&viewer).await.len(), 3);

    let guest_npub = guest.npub().await;
    let muted = viewer.json(["mute", &guest_npub]).await;
    let change = json!([{
        "type": "person", "value": guest_npub, "action": "muted", "changed": true,
    }]);
    assert_eq!(muted["muted"], change);
    viewer
        .done(["mute", "--word", "Giveaway", "--private"])
        .await;
    assert_eq!(comments(&viewer).await, ["hello"]);
    assert_eq!(comments(&organizer).await.len(), 3, "others hear all");
    let listed = viewer.json(["mute"]).await;
    let expected = json!([
        {"type": "person", "value": guest_npub, "private": false},
        {"type": "word", "value": "giveaway", "private": true},
    ]);
    assert_eq!(listed["muted"], expected);
    let mut socket = relay.connect().await;
    let lists = socket.query(json!({"kinds": [10_000]})).await;
    assert_eq!((lists.len(), lists[0].tags().len()), (1, 1));
    assert!(!lists[0].content().is_empty() && !lists[0].content().contains("giveaway"));

    // Reading asks for no password: what is private cannot be applied then.
    let mut viewer = viewer;
    viewer.unset("KITH_PASSWORD");
    assert_eq!(comments(&viewer).await, ["A GIVEAWAY!", "hello"]);
    viewer
        .fails(["mute"], 4, "there is no terminal", "KITH_PASSWORD")
        .await;
    viewer.set("KITH_PASSWORD", "correct horse battery staple");
    viewer
        .done(["unmute", &guest_npub, "--word", "GIVEAWAY"])
        .await;
    assert_eq!(comments(&viewer).await.len(), 3);
    let again = viewer.done(["unmute", "--word", "giveaway"]).await;
    assert_eq!(again.trim_end(), "unmuted already: word giveaway");
    viewer
        .fails(["mute", "--private"], 2, "--private", "--word")
        .await;
    let meetup = organizer.json(["meetup", "show", "Opening night"]).await;
    let address = text(&meetup["meetup"]["link"]);
    viewer
        .fails(["mute", &address], 2, "cannot be muted", "nevent1")
        .await;
}
