//! `kith doctor`, and what the library finds out for it.

use std::time::{SystemTime, UNIX_EPOCH};

use kith_client::Kith;
use serde_json::Value;

use super::{Person, nowhere, text};
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
    assert!(found(checks, &relay.url()).1.contains("answers within"));
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
