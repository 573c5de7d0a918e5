//! People by their identifiers (NIP-05), of a site on this machine.

use std::sync::{Arc, Mutex};

use kith_nips::PublicKey;
use kith_relay::config::GivenTo;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::Person;
use crate::events::{note, pubkey};
use crate::harness::TestRelay;

/// A site whose file names one person.
struct Site {
    domain: String,
    file: Arc<Mutex<String>>,
}

impl Site {
    async fn start() -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let domain = listener.local_addr().unwrap().to_string();
        let file = Arc::new(Mutex::new(r#"{"names":{}}"#.to_owned()));
        let served = Arc::clone(&file);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mut stream = BufReader::new(stream);
                let mut line = String::new();
                while line != "\r\n" {
                    line.clear();
                    stream.read_line(&mut line).await.unwrap();
                }
                let body = served.lock().unwrap().clone();
                let length = body.len();
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Site { domain, file }
    }

    fn names(&self, name: &str, person: PublicKey) {
        let file = json!({"names": {name: person.to_string()}});
        *self.file.lock().unwrap() = file.to_string();
    }
}

#[tokio::test]
async fn nip05_06_07_people_are_found_by_identifiers_and_followed_by_their_keys() {
    let relay = TestRelay::start().await;
    let ada = Person::with_key(&relay.url(), 1);
    let site = Site::start().await;
    let ben = format!("ben@{}", site.domain);
    let add = ["friends", "add", &ben];
    let hint = "is it typed as they gave it";
    ada.fails(add, 3, "does not have this name", hint).await;
    site.names("ben", pubkey(2));
    ada.fails(add, 3, "who does not say so", "can name any key")
        .await;
    for key in [2, 3] {
        let content = json!({"name": "ben", "nip05": ben}).to_string();
        let profile = note(key).kind(0).content(&content).signed();
        relay.connect().await.accept(&profile).await;
    }
    let added = ada.json(add).await;
    assert_eq!(added["people"][0]["public_key"], pubkey(2).to_string());

    let shown = ada.json(["friends", "--identifiers"]).await;
    assert_eq!(shown["people"][0]["identifier"], ben.as_str());
    let page = ada.done(["friends", "--identifiers"]).await;
    assert!(page.contains("IDENTIFIER") && page.contains(&ben), "{page}");
    let unasked = ada.json(["friends"]).await;
    assert_eq!(unasked["people"][0].get("identifier"), None);
    let list = ada.json(["relays", "show", &ben]).await;
    assert_eq!(list["npub"], shown["people"][0]["npub"]);

    // The name is another's now.
    site.names("ben", pubkey(3));
    let shown = ada.json(["friends", "--identifiers"]).await;
    let people = shown["people"].as_array().unwrap();
    assert_eq!(people.len(), 1);
    assert_eq!(people[0]["public_key"], pubkey(2).to_string());
    assert_eq!(people[0].get("identifier"), None);
    let page = ada.done(["friends", "--identifiers"]).await;
    assert!(!page.contains(&ben), "{page}");
}

#[tokio::test]
async fn nip05_06_11_the_name_that_a_relay_gave_is_found_by_our_client() {
    let relay = TestRelay::start_with(|config| config.names.given_to = GivenTo::Anybody).await;
    let ada = Person::with_key(&relay.url(), 1);
    let ben = format!("ben@{}", relay.address());
    for (key, answer) in [(2, ""), (3, "info")] {
        let content = json!({"name": "ben", "nip05": ben}).to_string();
        let profile = note(key).kind(0).content(&content).signed();
        let answered = relay.connect().await.event(&profile).await;
        assert!(answered.accepted && answered.message.starts_with(answer));
        assert_eq!(answered.message.is_empty(), answer.is_empty());
    }
    let added = ada.json(["friends", "add", &ben]).await;
    assert_eq!(added["people"][0]["public_key"], pubkey(2).to_string());
    let shown = ada.json(["friends", "--identifiers"]).await;
    assert_eq!(shown["people"][0]["identifier"], ben.as_str());
    let eva = format!("eva@{}", relay.address());
    let nobody = ["friends", "add", &eva];
    let hint = "is it typed as they gave it";
    ada.fails(nobody, 3, "does not have this name", hint).await;
}

#[tokio::test]
async fn nip05_02_09_what_is_no_identifier_or_not_known_is_said_apart() {
    let relay = TestRelay::start().await;
    let ada = Person::with_key(&relay.url(), 1);
    let hint = "give an npub1";
    ada.fails(
        ["dm", "ben smith@example.com", "hello"],
        2,
        "is not a person",
        hint,
    )
    .await;
    let message = "leads to this machine or to a private network";
    ada.fails(
        ["dm", "ben@10.0.0.1", "hello"],
        5,
        message,
        "try again later",
    )
    .await;
}
