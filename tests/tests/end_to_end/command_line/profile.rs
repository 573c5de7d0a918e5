//! `kith profile`: what somebody says of themselves, and what others see of it.

use kith_relay::config::GivenTo;
use serde_json::{Value, json};

use super::{Person, nowhere};
use crate::events::note;
use crate::harness::TestRelay;

#[tokio::test]
async fn nip01_109_a_profile_is_set_seen_by_others_and_removed_member_by_member() {
    let relay = TestRelay::start().await;
    let ben = Person::with_key(&relay.url(), 2);
    let ada = Person::with_key(&relay.url(), 1);
    // Begun by another program.
    let begun = r#"{"lud16":"ben@example.com","display_name":"B"}"#;
    let begun = note(2).kind(0).content(begun).tag(&["x", "kept"]).signed();
    relay.connect().await.accept(&begun).await;

    let set = ["profile", "set", "--name", "Ben", "--about"];
    let about = "Chess\nand \u{1b}[2Jchips";
    let website = ["--website", "https://example.com"];
    let changed = ben.json(set.iter().chain(&[about]).chain(&website)).await;
    assert_eq!(changed["changed"], true);
    assert_eq!(changed["published"]["accepted"], json!([relay.url()]));
    let npub = ben.npub().await;
    let seen = ada.json(["profile", "show", &npub]).await;
    assert_eq!(
        (&seen["name"], &seen["about"]),
        (&json!("Ben"), &json!(about))
    );
    assert_eq!(seen["website"], "https://example.com/");
    assert_eq!(seen["identifier"], Value::Null);
    let page = ada.done(["profile", "show", &npub]).await;
    assert!(
        page.starts_with("Ben\n") && page.contains("and  [2Jchips"),
        "{page:?}"
    );
    let again = ben.json(["profile", "set", "--name", " Ben "]).await;
    assert_eq!(again["changed"], false);

    let gone = ["profile", "set", "--about", "", "--website", ""];
    ben.done(gone).await;
    let own = ben.json(["profile", "show"]).await;
    assert_eq!(
        (&own["about"], &own["website"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(own["name"], "Ben");
    let mut socket = relay.connect().await;
    let filter = json!({"kinds": [0], "authors": [own["public_key"]]});
    let profiles = socket.query(filter).await;
    assert_eq!(
        profiles[0].content(),
        r#"{"display_name":"Ben","lud16":"ben@example.com","name":"Ben"}"#
    );
    assert_eq!(profiles[0].tags().first_value("x"), Some("kept"));

    let page = ada.done(["profile", "show"]).await;
    assert!(page.contains("you say nothing of yourself"), "{page}");
}

#[tokio::test]
async fn what_a_profile_cannot_say_is_refused_before_anybody_is_asked() {
    let ben = Person::with_key(&nowhere().await, 2);
    let long = "ü".repeat(65);
    for (option, text, message) in [
        ("--name", &*long, "--name: at most 64 characters"),
        (
            "--picture",
            "javascript:alert(1)",
            "--picture: this is no web address",
        ),
        (
            "--website",
            "example.com",
            "--website: this is no web address",
        ),
        (
            "--identifier",
            "ben smith@example.com",
            "--identifier: \"ben smith\" is not a name",
        ),
    ] {
        let set = ["profile", "set", option, text];
        ben.fails(set, 2, message, "\"\" removes it").await;
    }
    let nothing = ["profile", "set"];
    let hint = "--name, --about";
    ben.fails(nothing, 2, "nothing was named", hint).await;
}

#[tokio::test]
async fn nip51_05_a_profile_that_a_silent_relay_may_have_is_not_rewritten() {
    let relay = TestRelay::start().await;
    let both = format!("{},{}", relay.url(), nowhere().await);
    let ben = Person::with_key(&both, 2);
    let set = ["profile", "set", "--name", "Ben"];
    let refused = ben.run(set).await;
    assert_eq!(refused.code, 5, "{refused:?}");
    let line = "your profile was not changed";
    assert!(refused.stderr.contains(line), "{refused:?}");
    let confirmed = ben.run(set.iter().chain(&["--force-new-list"])).await;
    assert_eq!(confirmed.code, 0, "{confirmed:?}");
    assert!(confirmed.stdout.contains("Ben"), "{confirmed:?}");
}

#[tokio::test]
async fn nip05_01_11_an_identifier_is_asked_for_with_the_profile_and_confirmed_or_not() {
    let relay = TestRelay::start_with(|config| config.names.given_to = GivenTo::Anybody).await;
    let (ada, ben) = (
        Person::with_key(&relay.url(), 1),
        Person::with_key(&relay.url(), 2),
    );
    let name = format!("ben@{}", relay.address());
    let set = ["profile", "set", "--identifier", &name];
    let mine = ben.json(set).await;
    let confirmed = json!({"identifier": name, "state": "valid", "reason": null});
    assert_eq!(mine["identifier"], confirmed);
    let seen = ada.json(["profile", "show", &name]).await;
    assert_eq!(
        (&seen["identifier"], &seen["npub"]),
        (&confirmed, &mine["npub"])
    );
    let page = ada.done(["profile", "show", &name]).await;
    assert!(page.contains("which its domain confirms"), "{page}");

    // The first keeps the name; whoever says it too is told, and has said so all the same.
    let other = ada.json(set).await;
    assert_eq!(
        (&other["changed"], &other["identifier"]["state"]),
        (&json!(true), &json!("invalid"))
    );
    let page = ada.done(set).await;
    assert!(page.contains("is not theirs: its domain says"), "{page}");
    let private = ["profile", "set", "--identifier", "ada@10.0.0.1"];
    let unknown = ada.json(private).await;
    assert_eq!(unknown["identifier"]["state"], "unknown");
    let removed = ada.json(["profile", "set", "--identifier", ""]).await;
    assert_eq!(removed["identifier"], Value::Null);
}
