//! `kith keys new --keyring` with a real Secret Service: gnome-keyring, on a bus of its own. The feature
//! `keyring` asks for these tests, and for a `kith` that knows keyrings.

use super::person::Ended;
use super::{Person, text};
use crate::harness::TestRelay;

/// Runs these lines of bash on a new bus with an unlocked keyring that has nothing in it.
async fn with_keyring(person: &Person, lines: &str) -> Ended {
    let line = format!(
        "dbus-run-session -- bash -euo pipefail -c '
            printf secret | gnome-keyring-daemon --unlock --components=secrets >&2
            gdbus wait --session --timeout 20 org.freedesktop.secrets
            {lines}'"
    );
    person.shell(&line).await
}

/// Somebody whose keyrings are in their own folder.
fn person(relays: &str) -> Person {
    let person = Person::new(relays);
    let folder = person.folder().to_str().unwrap().to_owned();
    let mut person = person
        .with("HOME", &folder)
        .with("XDG_DATA_HOME", &folder)
        .with("XDG_RUNTIME_DIR", &folder);
    person.unset("KITH_PASSWORD");
    person
}

#[tokio::test]
async fn a_key_in_the_keyring_signs_and_is_not_in_the_folder() {
    let relay = TestRelay::start().await;
    let person = person(&relay.url());
    let ended = with_keyring(
        &person,
        "$KITH keys new --keyring --quiet
         $KITH community create Chess --place \"Brighton, GB\" --quiet
         printf \"%s\\n\" --
         $KITH keys show --secret --yes --json",
    )
    .await;
    assert_eq!(ended.code, 0, "{ended:?}");
    let (_, shown) = ended.stdout.split_once("--\n").unwrap();
    let shown: serde_json::Value = serde_json::from_str(shown).unwrap();
    let secret = nostr::Keys::parse(&text(&shown["secret_key"])).unwrap();
    assert_eq!(text(&shown["public_key"]), secret.public_key().to_hex());

    let file = std::fs::read_to_string(person.folder().join("key.toml")).unwrap();
    assert!(file.contains("in_keyring = true"), "{file}");
    assert!(file.contains(&secret.public_key().to_hex()), "{file}");
    assert!(!file.contains(&secret.secret_key().to_secret_hex()));
    let found = person.json(["near", "Brighton, GB"]).await;
    let found = &found["communities"][0];
    assert_eq!(found["owner"], shown["npub"], "{found}");
}

#[tokio::test]
async fn without_a_keyring_nothing_is_kept_and_the_hint_says_what_to_do() {
    let person = person("ws://127.0.0.1:1").with("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
    let new = ["keys", "new", "--keyring"];
    person
        .fails(
            new,
            4,
            "the keyring of the system cannot be used",
            "unlock it",
        )
        .await;
    assert!(!person.folder().join("key.toml").exists());
}
