//! `kith login` and `logout`: a signer of another program signs, and the key file is left alone.

use nostr_connect::prelude::{
    NostrConnectKeys, NostrConnectRemoteSigner, NostrConnectRequest, NostrConnectSignerActions,
};
use nostr_sdk::{Keys, PublicKey};
use serde_json::json;

use super::{MEETUP, Person, nowhere, text};
use crate::harness::TestRelay;

struct SaysYes;

impl NostrConnectSignerActions for SaysYes {
    fn approve(&self, _: &PublicKey, _: &NostrConnectRequest) -> bool {
        true
    }
}

/// A signer for `user` on this relay; gives its address, which is good for more than once.
pub(super) fn signer(relay: &str, user: &Keys) -> String {
    let keys = NostrConnectKeys {
        signer: Keys::generate(),
        user: user.clone(),
    };
    let secret = Some("open sesame".to_owned());
    let signer = NostrConnectRemoteSigner::new(keys, [relay], secret, None).unwrap();
    let address = signer.bunker_uri().to_string();
    tokio::spawn(async move { signer.serve(SaysYes).await });
    address
}

#[tokio::test]
async fn nip46_02_10_a_signer_of_another_program_signs_until_logout() {
    let relay = TestRelay::start().await;
    let user = Keys::generate();
    let address = signer(&relay.url(), &user);
    let organizer = Person::with_key_file(&relay.url()).await;
    let own = organizer.public_key().await;

    // The signer may not listen yet; then it is asked again.
    let words = ["login", "--bunker", "--wait", "5", "--json"];
    let login = loop {
        let ended = organizer.run_with_input(words, &address).await;
        if ended.code == 0 {
            break ended;
        }
        assert!(ended.stderr.contains("did not answer"), "{ended:?}");
    };
    let login: serde_json::Value = serde_json::from_str(&login.stdout).unwrap();
    let user = user.public_key().to_hex();
    assert_eq!(login["public_key"], json!(user));
    assert_ne!(login["signer_public_key"], json!(user));
    assert_eq!(organizer.public_key().await, user);

    let created = [
        "community",
        "create",
        "Brighton Chess",
        "--place",
        "Brighton, GB",
    ];
    let created = organizer.json(created).await;
    organizer.done(MEETUP).await;
    let reader = Person::new(&relay.url());
    let id = text(&created["community"]["id"]);
    let shown = reader.json(["community", "show", &id]).await;
    assert_eq!(
        shown["community"]["owner_public_key"],
        json!(user),
        "{shown}"
    );
    let secret = ["keys", "show", "--secret", "--yes"];
    organizer
        .fails(secret, 4, "with your signer", "kith logout")
        .await;

    let done = organizer.done(["logout"]).await;
    assert!(done.contains("does not sign here any more"), "{done}");
    assert_eq!(organizer.public_key().await, own);
    organizer
        .fails(["logout"], 4, "no signer is logged in", "kith login")
        .await;
}

#[tokio::test]
async fn nip46_09_what_is_no_signer_or_says_nothing_is_an_error() {
    let relay = TestRelay::start().await;
    let person = Person::new(&relay.url());
    let login = |address: String| ["login".to_owned(), "--bunker".to_owned(), address];
    let wrong = login(relay.url());
    person
        .fails(wrong, 2, "begins with bunker://", "your signer shows it")
        .await;
    let key = Keys::generate().public_key().to_hex();
    let bare = login(format!("bunker://{key}"));
    person
        .fails(bare, 2, "names no relay", "your signer shows it")
        .await;
    let away = login(format!("bunker://{key}?relay={}", nowhere().await));
    person
        .fails(away, 5, "no relay to the signer", "relay")
        .await;
    let silent = login(format!("bunker://{key}?relay={}", relay.url()));
    let silent = silent
        .into_iter()
        .chain(["--wait".to_owned(), "1".to_owned()]);
    person
        .fails(silent, 4, "did not answer within 1 seconds", "say yes")
        .await;
    assert!(!person.folder().join("signer.toml").exists());
}
