//! `kith doctor`, and what the library finds out for it.

use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::{SinkExt, StreamExt};
use kith_client::Kith;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;

use super::{Person, nowhere, text};
use crate::events::note;
use crate::harness::TestRelay;

/// What was found about a subject: how it is, and in which words.
fn found<'a>(checks: &'a [Value], subject: &str) -> (&'a str, &'a str) {
    let check = checks.iter().find(|check| check["subject"] == subject);
    let check = check.unwrap_or_else(|| panic!("nothing about {subject}: {checks:?}"));
    (
        check["health"].as_str().unwrap(),
        check["finding"].as_str().unwrap(),
    )
}

#[tokio::test]
async fn what_is_wrong_is_said_with_what_to_do() {
    let relay = TestRelay::start().await;
    let person = Person::with_key_file(&relay.url()).await;
    let checks = person.json(["doctor"]).await;
    let checks = checks["checks"].as_array().unwrap();
    assert!(
        checks.iter().all(|check| check["health"] == "well"),
        "{checks:?}"
    );
    let relay_found = found(checks, &relay.url()).1;
    assert!(relay_found.contains("answers within"), "{relay_found}");
    assert!(relay_found.contains("; kith-relay "), "{relay_found}");
    assert!(found(checks, "key").1.starts_with("npub1"));
    assert_eq!(found(checks, "clock").1, "as those of the relays");

    // A relay that is not there, a password that is wrong.
    let away = nowhere().await;
    let relays = format!("{},{away}", relay.url());
    let person = person
        .with("KITH_RELAYS", relays)
        .with("KITH_PASSWORD", "wrong");
    let ended = person.run(["doctor", "--json"]).await;
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("2 things are wrong"), "{ended:?}");
    let checks: Value = serde_json::from_str(&ended.stdout).unwrap();
    let checks = checks["checks"].as_array().unwrap();
    assert_eq!(found(checks, &away).0, "wrong");
    assert_eq!(found(checks, &relay.url()).0, "well");
    let wrong = checks.iter().filter(|check| check["health"] == "wrong");
    for check in wrong {
        assert!(!text(&check["remedy"]).is_empty(), "{check}");
    }

    // Nobody's machine: it can be read, and that is worth knowing.
    let newcomer = Person::new(&relay.url());
    let page = newcomer.done(["doctor"]).await;
    assert!(
        page.contains("note") && page.contains("kith keys new"),
        "{page}"
    );
    assert!(!newcomer.folder().join("key.toml").exists());
}

#[tokio::test]
async fn a_clock_that_is_an_hour_off_is_noticed() {
    fn an_hour_ahead() -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        now.as_secs() + 3_600
    }
    let relay = TestRelay::start().await;
    let kith = Kith::builder().relay(relay.url()).clock(an_hour_ahead);
    let kith = kith.connect().await.unwrap();
    let checkups = kith.check_relays().await;
    let ahead = checkups[0].clock_ahead_seconds.unwrap();
    assert!((-3_660..=-3_540).contains(&ahead), "{ahead}");
    assert!(
        checkups[0]
            .information
            .as_ref()
            .unwrap()
            .supported_nips
            .is_some()
    );
    assert!(checkups[0].answered.is_ok());
}

/// A relay that says yes to every note and keeps none; to every question it answers with one note of its
/// own.
async fn liar() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
                    return;
                };
                let advertisement = note(9).content("buy this").signed();
                while let Some(Ok(message)) = socket.next().await {
                    let text = message.into_text().unwrap_or_default();
                    let Ok(message) = serde_json::from_str::<Value>(&text) else {
                        continue;
                    };
                    let id = &message[1];
                    let lines = match message[0].as_str() {
                        Some("EVENT") => vec![json!(["OK", id["id"], true, ""]).to_string()],
                        Some("REQ") => vec![
                            format!(r#"["EVENT",{id},{}]"#, advertisement.json()),
                            json!(["EOSE", id]).to_string(),
                        ],
                        _ => Vec::new(),
                    };
                    for line in lines {
                        let _ = socket.send(Message::text(line)).await;
                    }
                }
            });
        }
    });
    url
}

#[tokio::test]
async fn a_relay_that_lies_is_found_out() {
    let relay = TestRelay::start().await;
    let url = liar().await;
    let both = format!("{} {url}", relay.url());
    let person = Person::with_key(&both, 1);
    let ended = person.run(["doctor", "--write", "--json"]).await;
    assert_eq!(ended.code, 1, "{ended:?}");
    let checks: Value = serde_json::from_str(&ended.stdout).unwrap();
    let checks = checks["checks"].as_array().unwrap();
    let (health, finding) = found(checks, &url);
    assert_eq!(health, "wrong");
    assert!(finding.contains("notes that nobody asked for"), "{finding}");
    let writing = |url: &str| format!("writing to {url}");
    let (health, finding) = found(checks, &writing(&url));
    assert_eq!(health, "wrong");
    assert!(finding.contains("does not have it"), "{finding}");
    assert_eq!(found(checks, &relay.url()).0, "well");
    assert_eq!(found(checks, &writing(&relay.url())).0, "well");

    // A relay that says no is not one that lies.
    let closed = TestRelay::start_with(|config| {
        config.features.membership = true;
        config.policy.members_only = true;
    });
    let closed = closed.await;
    let person = Person::with_key(&closed.url(), 1);
    let ended = person.run(["doctor", "--write"]).await;
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stdout.contains("restricted:"), "{ended:?}");
    // Without a key there is nothing to write with.
    let nobody = Person::new(&relay.url());
    let ended = nobody.run(["doctor", "--write"]).await;
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stdout.contains("there is no key"), "{ended:?}");
}
