//! `kith friends` and `kith feed`: whom somebody follows, who follows back, and what they do.

use serde_json::{Value, json};

use super::person::Running;
use super::{Person, party, text};
use crate::events::note;
use crate::harness::TestRelay;

async fn next(feed: &mut Running) -> Value {
    serde_json::from_str(&feed.line().await).unwrap()
}

/// Whom somebody follows: key, and whether they follow back.
async fn friends(person: &Person) -> Vec<(String, bool)> {
    let shown = person.json(["friends"]).await;
    let people = shown["people"].as_array().unwrap().iter();
    people
        .map(|one| (text(&one["public_key"]), one["friend"] == true))
        .collect()
}

#[tokio::test]
async fn friends_are_those_who_follow_each_other() {
    let relay = TestRelay::start().await;
    let (ada, ben) = (
        Person::with_key(&relay.url(), 1),
        Person::with_key(&relay.url(), 2),
    );
    let (ada_key, ben_key) = (ada.npub().await, ben.npub().await);
    // Ada's list was begun by another program.
    let stranger = "ab".repeat(32);
    let list = note(1).kind(3).at(1_700_000_000).content("{}");
    let list = list.tag(&["p", &stranger, "wss://r.example", "zoe"]);
    let list = list.tag(&["x", "kept"]).signed();
    relay.connect().await.accept(&list).await;
    let profile = note(2).kind(0).content(r#"{"name":"ben"}"#).signed();
    relay.connect().await.accept(&profile).await;

    let added = ada.json(["friends", "add", &ben_key]).await;
    assert_eq!(added["people"][0]["action"], "followed");
    assert_eq!(added["people"][0]["changed"], true);
    assert_eq!(added["published"]["accepted"], json!([relay.url()]));
    let again = ada.json(["friends", "add", &ben_key]).await;
    assert_eq!(again["people"][0]["changed"], false);
    let ben_hex = ben.public_key().await;
    let expected = [(stranger.clone(), false), (ben_hex.clone(), false)];
    assert_eq!(friends(&ada).await, expected);

    ben.done(["friends", "add", &ada_key]).await;
    let expected = [(ben_hex, true), (stranger.clone(), false)];
    assert_eq!(friends(&ada).await, expected);
    let page = ada.done(["friends"]).await;
    let lines: Vec<&str> = page.lines().collect();
    assert!(lines[1].starts_with("friend     ben"), "{page}");
    assert!(lines[2].starts_with("following  zoe"), "{page}");

    ben.done(["friends", "remove", &ada_key]).await;
    assert!(friends(&ada).await.iter().all(|(_, friend)| !friend));
    let mut socket = relay.connect().await;
    let lists = socket.query(json!({"kinds": [3], "authors": [ada.public_key().await]}));
    let list = lists.await.remove(0);
    assert_eq!(list.content(), "{}");
    let tags: Vec<Vec<&str>> = list.tags().iter().map(|tag| tag.iter().collect()).collect();
    assert_eq!(tags[0], ["p", &stranger, "wss://r.example", "zoe"]);
    assert_eq!((&tags[1][..], tags.len()), (&["x", "kept"][..], 3));

    ada.fails(
        ["friends", "add", &ada_key],
        2,
        "nobody follows themselves",
        "npub",
    )
    .await;
    ada.fails(["friends", "add", "ben"], 2, "is not a person", "npub1")
        .await;
}

#[tokio::test]
async fn nip51_05_friends_are_not_rewritten_while_a_relay_is_down_unless_told_to() {
    let relay = TestRelay::start().await;
    let ada = Person::with_key(&relay.url(), 1);
    let ben = Person::with_key(&relay.url(), 2).npub().await;
    let gone = super::nowhere().await;
    let add = [
        "friends",
        "add",
        &ben,
        "--relay",
        &relay.url(),
        "--relay",
        &gone,
    ];
    let ended = ada.run(add).await;
    assert_eq!(ended.code, 5, "{ended:?}");
    assert!(ended.stderr.contains("--force-new-list"), "{ended:?}");
    assert_eq!(friends(&ada).await, []);
    let ended = ada.run(add.iter().chain(&["--force-new-list"])).await;
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(friends(&ada).await.len(), 1);
}

#[tokio::test]
async fn a_feed_names_what_friends_write_announce_and_answer() {
    let relay = TestRelay::start().await;
    let (ben, cai) = party(&relay).await;
    let ada = Person::with_key(&relay.url(), 3);
    for friend in [&ben, &cai] {
        ada.done(["friends", "add", &friend.npub().await]).await;
    }
    ben.done(["friends", "add", &ada.npub().await]).await;
    let socket = async |event| relay.connect().await.accept(&event).await;
    socket(note(1).content("who comes?\nall of you").signed()).await;
    cai.done(["near", "Brighton, GB"]).await;
    cai.done(["rsvp", "Opening night", "yes", "--note", "with boards"])
        .await;

    let feed = ada.json(["feed", "--of", "following"]).await;
    assert_eq!(feed["feed"], "following");
    let items = feed["items"].as_array().unwrap();
    let of = |kind: &str| items.iter().find(|item| item["type"] == kind).unwrap();
    assert_eq!(items.len(), 3, "{feed}");
    assert_eq!(of("note")["text"], "who comes?\nall of you");
    assert_eq!(of("meetup")["meetup"]["title"], "Opening night");
    let answer = of("answer");
    assert_eq!(answer["npub"], json!(cai.npub().await));
    assert_eq!(
        (&answer["status"], &answer["note"]),
        (&json!("accepted"), &json!("with boards"))
    );
    assert_eq!(answer["meetup"]["title"], "Opening night");
    assert_eq!(answer["meetup"]["start"], of("meetup")["meetup"]["start"]);

    // Cai does not follow back.
    let page = ada.done(["feed"]).await;
    assert!(page.contains(": who comes?\n    all of you"), "{page}");
    assert!(
        page.contains(" announces \"Opening night\", Fri "),
        "{page}"
    );
    assert!(!page.contains("comes to"), "{page}");
    let page = ada.done(["feed", "--of", "following"]).await;
    assert!(page.contains(" comes to \"Opening night\", Fri "), "{page}");
    assert!(page.contains("): with boards"), "{page}");
    // What was shown can be typed.
    ada.done(["meetup", "show", "Opening night"]).await;
    let newest = ada.json(["feed", "--limit", "1"]).await;
    assert_eq!(newest["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_feed_goes_on_until_ctrl_c() {
    let relay = TestRelay::start().await;
    let (ada, ben) = (
        Person::with_key(&relay.url(), 1),
        Person::with_key(&relay.url(), 2),
    );
    ada.done(["friends", "add", &ben.npub().await]).await;
    ben.done(["friends", "add", &ada.npub().await]).await;
    let write = async |text: &str, at: u64| {
        let event = note(2).content(text).at(at).signed();
        relay.connect().await.accept(&event).await;
    };
    for (at, text) in [(1, "one"), (2, "two"), (3, "three")] {
        write(text, 1_700_000_000 + at).await;
    }
    let mut feed = ada.start(["feed", "--follow", "--limit", "2", "--json"]);
    assert_eq!(next(&mut feed).await, json!({"feed": "friends"}));
    assert_eq!(next(&mut feed).await["item"]["text"], "two");
    assert_eq!(next(&mut feed).await["item"]["text"], "three");
    write("four", 1_700_000_004).await;
    let item = next(&mut feed).await;
    assert_eq!(
        (&item["item"]["type"], &item["item"]["text"]),
        (&json!("note"), &json!("four"))
    );
    let ended = feed.interrupt().await;
    assert_eq!(
        (ended.code, ended.stdout.as_str(), ended.stderr.as_str()),
        (0, "", "")
    );

    let mut feed = ada.start(["feed", "--follow", "--limit", "0"]);
    assert_eq!(
        feed.line().await,
        "Your friends, from now on (Ctrl-C ends it)"
    );
    write("five", 1_700_000_005).await;
    drop(feed);
    let mut feed = ada.start(["feed", "--follow", "--limit", "1"]);
    feed.line().await;
    let line = feed.line().await;
    assert!(line.ends_with(": five"), "{line}");
    let ended = feed.without_reader().ended().await;
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
}

#[tokio::test]
async fn without_a_key_there_are_no_friends() {
    let relay = TestRelay::start().await;
    let nobody = Person::new(&relay.url());
    for words in [&["friends"][..], &["feed"], &["feed", "--follow"]] {
        let ended = nobody.run(words).await;
        assert_eq!(ended.code, 4, "{words:?}: {ended:?}");
    }
}

#[tokio::test]
async fn nip22_01_and_nip10_01_a_note_of_the_feed_is_answered_with_a_note() {
    let relay = TestRelay::start().await;
    let (ada, ben) = (
        Person::with_key(&relay.url(), 1),
        Person::with_key(&relay.url(), 2),
    );
    ada.done(["friends", "add", &ben.npub().await]).await;
    let said = note(2).content("Who plays?").signed();
    relay.connect().await.accept(&said).await;
    let feed = ada.json(["feed", "--of", "following"]).await;
    let id = text(&feed["items"][0]["id"]);
    let answer = ada.json(["comment", &id, "I do"]).await;
    assert_eq!(answer["action"], "replied");
    let mut socket = relay.connect().await;
    let found = socket.query(json!({"ids": [text(&answer["id"])]})).await;
    let tags: Vec<Vec<&str>> = found[0]
        .tags()
        .iter()
        .map(|tag| tag.iter().collect())
        .collect();
    let ben = ben.public_key().await;
    let root = ["e", &id, &relay.url(), "root", &ben];
    assert_eq!((found[0].kind().as_u16(), &tags[0][..]), (1, &root[..]));
    assert_eq!(tags[1], ["p", &ben]);
    assert!(socket.query(json!({"kinds": [1111]})).await.is_empty());
    let page = ada.done(["comment", &id, "Really"]).await;
    assert!(page.starts_with("Answered ("), "{page}");
}
