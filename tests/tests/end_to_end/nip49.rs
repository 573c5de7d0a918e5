//! NIP-49, encrypted keys, through the program `kith`, which reads and writes them.

use nostr::Keys;
use nostr::nips::nip19::{FromBech32, ToBech32};
use nostr::nips::nip49::EncryptedSecretKey;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::command_line::{Person, text};
use crate::harness::TestRelay;

/// The example of the specification: the password is `nostr`.
const PUBLISHED: &str = "ncryptsec1qgg9947rlpvqu76pj5ecreduf9jxhselq2nae2kghhvd5g7dgjtcxfqtd67p9m0w57lspw8gsq6yphnm8623nsl8xn9j4jdzz84zm3frztj3z7s35vpzmqf6ksu8r89qk5z2zxfmu5gv8th8wclt0h4p";
const PUBLISHED_SECRET: &str = "3501454135014541350145413501453fefb02227e449e57cf4d3a3ce05378683";

/// The example of a password in two spellings: as typed, and in the normal form NFKC.
const TYPED: &str = "\u{212b}\u{2126}\u{1e9b}\u{323}";
const NORMAL: &[u8] = &[0xc3, 0x85, 0xce, 0xa9, 0xe1, 0xb9, 0xa9];

fn somebody(password: &str) -> Person {
    Person::new("ws://127.0.0.1:9").with("KITH_PASSWORD", password)
}

/// Imports a key, and gives the public key.
async fn imported(person: &Person, key: &str) -> String {
    let ended = person
        .run_with_input(["keys", "import", "--json"], key)
        .await;
    assert_eq!(ended.code, 0, "{ended:?}");
    let saved: Value = serde_json::from_str(&ended.stdout).unwrap();
    text(&saved["public_key"])
}

#[tokio::test]
async fn nip49_02_the_published_key_is_imported() {
    let secret = Keys::parse(PUBLISHED_SECRET).unwrap();
    let public_key = imported(&somebody("nostr"), PUBLISHED).await;
    assert_eq!(public_key, secret.public_key().to_hex());

    let ended = somebody("Nostr")
        .run_with_input(["keys", "import"], PUBLISHED)
        .await;
    assert_eq!((ended.code, ended.stdout.as_str()), (4, ""), "{ended:?}");
}

#[tokio::test]
async fn nip49_01_03_a_key_is_91_bytes_and_its_password_counts_in_its_normal_form() {
    let typed = somebody(TYPED);
    let public_key = imported(&typed, PUBLISHED_SECRET).await;
    let shown = typed
        .json(["keys", "show", "--secret", "--encrypted"])
        .await;

    let normal = somebody(std::str::from_utf8(NORMAL).unwrap());
    let exported = text(&shown["secret_key"]);
    // Version, work factor, salt, nonce, security, then the encrypted key.
    let bytes = EncryptedSecretKey::from_bech32(&exported).unwrap().as_vec();
    assert_eq!((bytes.len(), bytes[0]), (91, 2));
    // It was typed in the clear.
    assert_eq!(bytes[1 + 1 + 16 + 24], 0);
    assert_eq!(imported(&normal, &exported).await, public_key);
}

#[tokio::test]
async fn nip49_04_a_key_that_would_take_too_much_work_is_refused() {
    let published = EncryptedSecretKey::from_bech32(PUBLISHED).unwrap();
    for log_n in [21, 40, 255] {
        let mut bytes = published.as_vec();
        bytes[1] = log_n;
        let bomb = EncryptedSecretKey::from_slice(&bytes).unwrap();
        let ended = somebody("nostr")
            .run_with_input(["keys", "import"], &bomb.to_bech32().unwrap())
            .await;
        assert_eq!((ended.code, ended.stdout.as_str()), (4, ""), "{ended:?}");
        assert!(ended.stderr.contains("work factor"), "{ended:?}");
    }
}

#[tokio::test]
async fn nip49_05_what_is_done_with_a_key_asks_no_relay() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let relay = format!("ws://{}", listener.local_addr().unwrap());
    let person = Person::new(&relay).with("KITH_PASSWORD", "nostr");
    person.done(["keys", "new"]).await;
    let import = ["keys", "import", "--force"];
    let ended = person.run_with_input(import, PUBLISHED).await;
    assert_eq!(ended.code, 0, "{ended:?}");
    let encrypted = ["keys", "show", "--secret", "--encrypted"];
    let plain = ["keys", "show", "--secret", "--yes"];
    for show in [&encrypted, &plain] {
        person.done(*show).await;
    }
    // Whoever connected waits to be accepted.
    let listener = listener.into_std().unwrap();
    let nobody = listener.accept().map(drop).map_err(|error| error.kind());
    assert_eq!(nobody, Err(std::io::ErrorKind::WouldBlock));
}

#[tokio::test]
async fn nip49_05_nothing_of_a_key_is_in_what_it_signs() {
    let relay = TestRelay::start().await;
    let password = "a password that is nowhere else";
    let person = Person::new(&relay.url()).with("KITH_PASSWORD", password);
    imported(&person, PUBLISHED_SECRET).await;
    let create = [
        "community",
        "create",
        "Chess",
        "--place",
        "Brighton, England, GB",
    ];
    person.done(create).await;
    let encrypted = person
        .json(["keys", "show", "--secret", "--encrypted"])
        .await;
    let secret = Keys::parse(PUBLISHED_SECRET).unwrap();
    let events = relay.connect().await.query(json!({})).await;
    assert!(events.len() >= 2, "{events:?}");
    for event in events {
        for hidden in [
            PUBLISHED_SECRET,
            password,
            &text(&encrypted["secret_key"]),
            &secret.secret_key().to_bech32().unwrap(),
            "ncryptsec1",
        ] {
            assert!(!event.json().contains(hidden), "{}", event.json());
        }
    }
}
