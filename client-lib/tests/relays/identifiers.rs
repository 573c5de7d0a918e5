//! Identifiers are somebody's only while the file at the domain and the profile name each other. The sites
//! are on this machine, where only those may ask who have a relay there.

use std::time::Duration;

use kith_client::nip02::FollowedPeople;
use kith_client::{
    Change, Draft, FileError, Identifier, IdentifierError, IdentifierInvalid, IdentifierState,
    IdentifierUnknown, Keys, Kind, Kith, Local, PublicKey,
};
use nostr_relay_builder::local::LocalRelay;
use serde_json::json;

use crate::site::{Site, file, status};
use crate::support::{TIMEOUT, person, put, put_draft, reader, relay, urls};

const FOUNDED: u64 = 1_700_000_000;

/// Comes within this time or never.
const DEADLINE: Duration = Duration::from_secs(60);

const FILE_BYTES_MAX: usize = 256 * 1024;

/// A file in which this name is of this key.
fn naming(name: &str, keys: &Keys) -> String {
    json!({"names": {name: key(keys).to_string()}}).to_string()
}

fn key(keys: &Keys) -> PublicKey {
    keys.public_key().into()
}

async fn says(relay: &LocalRelay, keys: &Keys, content: &str, at: u64) {
    let profile = Draft {
        kind: Kind::PROFILE,
        created_at: None,
        tags: vec![],
        content: content.to_owned(),
    };
    put_draft(relay, profile, keys, at).await;
}

/// A profile with this identifier.
fn called(identifier: &str) -> String {
    json!({"name": "ben", "nip05": identifier}).to_string()
}

/// What is known of the identifier that somebody says is theirs.
async fn state(kith: &Kith, of: &Keys) -> Option<IdentifierState> {
    let found = kith.identifiers([key(of)]).await;
    assert_eq!(found.silent, []);
    let checked = found.people.get(&key(of))?;
    assert_eq!(checked.shown().is_some(), checked.state.is_valid());
    Some(checked.state.clone())
}

fn invalid(reason: impl Into<IdentifierInvalid>) -> IdentifierState {
    IdentifierState::Invalid(reason.into())
}

#[tokio::test]
async fn nip05_01_an_identifier_is_valid_when_the_file_names_the_key_of_the_profile() {
    let relay = relay().await;
    let (ben, eve) = (Keys::generate(), Keys::generate());
    let site = Site::start(file(&naming("ben", &ben))).await;
    says(&relay, &ben, &called(&site.text("Ben")), FOUNDED).await;
    says(&relay, &eve, &called(&site.text("ben")), FOUNDED).await;
    let kith = reader(&[&relay]).await;
    assert_eq!(state(&kith, &ben).await, Some(IdentifierState::Valid));
    let head = site.asked().remove(0);
    let line = "GET /.well-known/nostr.json?name=ben HTTP/1.1\r\n";
    assert!(head.starts_with(line), "{head}");
    let host = format!("host: {}\r\n", site.address);
    assert!(head.contains(&host), "{head}");
    let another = IdentifierInvalid::AnotherKey(key(&ben));
    assert_eq!(state(&kith, &eve).await, Some(invalid(another)));
    assert_eq!(state(&kith, &Keys::generate()).await, None);
}

#[tokio::test]
async fn nip05_02_what_is_no_name_is_not_asked_for() {
    let relay = relay().await;
    let ben = Keys::generate();
    let site = Site::start(file(&naming("ben", &ben))).await;
    let kith = reader(&[&relay]).await;
    let names = ["b en", "ben+1", "bén", "", "ben&name=eve", "ben%00"];
    for (name, at) in names.into_iter().zip(FOUNDED..) {
        says(&relay, &ben, &called(&site.text(name)), at).await;
        assert_eq!(state(&kith, &ben).await, None, "{name}");
    }
    assert_eq!(site.asked(), [""; 0]);
    says(&relay, &ben, &called(&site.text("BEN")), FOUNDED + 10).await;
    assert_eq!(state(&kith, &ben).await, Some(IdentifierState::Valid));
}

#[tokio::test]
async fn nip05_03_redirects_are_not_followed_and_make_it_invalid() {
    let relay = relay().await;
    let ben = Keys::generate();
    let elsewhere = Site::start(file(&naming("ben", &ben))).await;
    let site = Site::start(vec![]).await;
    says(&relay, &ben, &called(&site.text("ben")), FOUNDED).await;
    let kith = reader(&[&relay]).await;
    let location = elsewhere.identifier("ben").url();
    for code in [301, 302, 303, 307, 308] {
        let headers = format!("location: {location}\r\n");
        // Not even what it says beside it counts.
        let body = naming("ben", &ben);
        site.answers(status(&format!("{code} Elsewhere"), &headers, &body));
        let redirected = invalid(IdentifierInvalid::Redirected(code));
        assert_eq!(state(&kith, &ben).await, Some(redirected), "{code}");
    }
    assert_eq!((site.asked().len(), elsewhere.asked().len()), (5, 0));
}

#[tokio::test]
async fn nip05_04_a_file_without_a_key_in_lower_case_hex_makes_it_invalid() {
    let relay = relay().await;
    let ben = Keys::generate();
    let site = Site::start(vec![]).await;
    says(&relay, &ben, &called(&site.text("ben")), FOUNDED).await;
    let kith = reader(&[&relay]).await;
    let hex = key(&ben).to_string();
    let npub = nostr_sdk::ToBech32::to_bech32(&ben.public_key()).unwrap();
    for (body, reason) in [
        (json!({"names": {"ben": npub}}), FileError::NotAKey),
        (
            json!({"names": {"ben": format!("AB{}", &hex[2..])}}),
            FileError::NotAKey,
        ),
        (json!({"names": {"ben": hex[1..]}}), FileError::NotAKey),
        (json!({"names": {"ben": null}}), FileError::NotAKey),
        (json!({"names": {"Ben": hex}}), FileError::NotListed),
        (json!({"names": [hex]}), FileError::NoNames),
        (json!({"ben": hex}), FileError::NoNames),
        (json!([]), FileError::NotJson),
    ] {
        site.answers(file(&body.to_string()));
        assert_eq!(state(&kith, &ben).await, Some(invalid(reason)), "{body}");
    }
    site.answers(file("<!doctype html>"));
    let html = invalid(FileError::NotJson);
    assert_eq!(state(&kith, &ben).await, Some(html));
    site.answers(status("404 Not Found", "", &naming("ben", &ben)));
    let missing = invalid(IdentifierInvalid::NoFile);
    assert_eq!(state(&kith, &ben).await, Some(missing));
}

#[tokio::test]
async fn nip05_05_the_name_of_a_site_is_shown_as_its_domain() {
    let relay = relay().await;
    let ben = Keys::generate();
    let site = Site::start(file(&naming("_", &ben))).await;
    says(&relay, &ben, &called(&site.text("_")), FOUNDED).await;
    let kith = reader(&[&relay]).await;
    let found = kith.identifiers([key(&ben)]).await;
    let shown = found.people[&key(&ben)].shown().unwrap();
    assert_eq!(shown.to_string(), site.address.to_string());
    assert!(site.asked()[0].starts_with("GET /.well-known/nostr.json?name=_ "));
    // As it is shown, it can be typed.
    let typed: Identifier = site.address.to_string().parse().unwrap();
    let found = kith.person_by_identifier(&typed).await.unwrap();
    assert_eq!(found.person, key(&ben));
}

#[tokio::test]
async fn nip05_06_who_is_named_by_a_file_is_found_only_if_their_profile_says_so() {
    let relay = relay().await;
    let ben = Keys::generate();
    let site = Site::start(file(&naming("ben", &ben))).await;
    let identifier = site.identifier("ben");
    let kith = reader(&[&relay]).await;
    let is_refused = async || {
        let error = kith.person_by_identifier(&identifier).await.unwrap_err();
        assert!(
            matches!(&error, IdentifierError::NotConfirmed { person, .. } if *person == key(&ben)),
            "{error}"
        );
    };
    // The owner of a domain can name any key.
    is_refused().await;
    let others = [
        r#"{"name":"ben"}"#,
        "not a profile",
        &called(&site.text("benedict")),
        &called("ben@example.com"),
    ];
    for (content, at) in others.into_iter().zip(FOUNDED..) {
        says(&relay, &ben, content, at).await;
        is_refused().await;
    }
    says(&relay, &ben, &called(&site.text("BEN")), FOUNDED + 10).await;
    let found = kith.person_by_identifier(&identifier).await.unwrap();
    assert_eq!(
        (found.person, found.name.as_deref(), found.relays),
        (key(&ben), Some("ben"), vec![])
    );
    // What was said before does not count.
    says(&relay, &ben, r#"{"name":"ben"}"#, FOUNDED + 20).await;
    is_refused().await;
    site.answers(status("302 Found", "location: /\r\n", ""));
    let error = kith.person_by_identifier(&identifier).await.unwrap_err();
    assert!(matches!(error, IdentifierError::Invalid { .. }), "{error}");
    site.answers(status("503 Service Unavailable", "", ""));
    let error = kith.person_by_identifier(&identifier).await.unwrap_err();
    assert!(matches!(error, IdentifierError::Unknown { .. }), "{error}");
}

#[tokio::test]
async fn nip05_07_a_follow_keeps_its_key_when_the_identifier_becomes_anothers() {
    let relay = relay().await;
    let (ada, ben, eve) = (Keys::generate(), Keys::generate(), Keys::generate());
    let site = Site::start(file(&naming("ben", &ben))).await;
    let identifier = site.identifier("ben");
    says(&relay, &ben, &called(&site.text("ben")), FOUNDED).await;
    put(&relay, &FollowedPeople::new(), &ada, FOUNDED).await;
    let kith = person(&[&relay], &ada).await;
    let found = kith.person_by_identifier(&identifier).await.unwrap();
    let change = kith.follow_person(found.person).await.unwrap();
    assert!(matches!(change, Change::Published(_)));
    let seen = async || {
        let people = kith.followed_people().await.unwrap().people;
        let followed: Vec<PublicKey> = people.into_iter().map(|one| one.person).collect();
        let mut identifiers = kith.identifiers(followed.clone()).await.people;
        let ben = identifiers.remove(&key(&ben)).unwrap();
        (followed, ben.shown().cloned(), ben.state)
    };
    let (followed, shown, _) = seen().await;
    assert_eq!((followed, shown), (vec![key(&ben)], Some(identifier)));

    // The name is Eve's now, and she says so.
    site.answers(file(&naming("ben", &eve)));
    says(&relay, &eve, &called(&site.text("ben")), FOUNDED + 1).await;
    let (followed, shown, state) = seen().await;
    assert_eq!((followed, shown), (vec![key(&ben)], None));
    assert_eq!(state, invalid(IdentifierInvalid::AnotherKey(key(&eve))));
    // A site that does not answer shows nothing either.
    site.answers(status("500 Oops", "", ""));
    let (followed, shown, _) = seen().await;
    assert_eq!((followed, shown), (vec![key(&ben)], None));
}

#[tokio::test]
async fn nip05_08_the_relays_of_the_file_are_where_the_profile_is_looked_for() {
    let (one, other) = (relay().await, relay().await);
    let ben = Keys::generate();
    let hex = key(&ben).to_string();
    let site = Site::start(vec![]).await;
    says(&other, &ben, &called(&site.text("ben")), FOUNDED).await;
    let hint = urls(&[&other]).await.remove(0);
    let http = hint.replace("ws://", "http://");
    let hinting = |relays: &[&str]| {
        let body = json!({"names": {"ben": hex}, "relays": {&hex: relays}});
        file(&body.to_string())
    };
    let kith = reader(&[&one]).await;
    site.answers(hinting(&[&http, "javascript:alert(1)", "relay"]));
    let identifier = site.identifier("ben");
    let error = kith.person_by_identifier(&identifier).await.unwrap_err();
    assert!(
        matches!(error, IdentifierError::NotConfirmed { .. }),
        "{error}"
    );
    site.answers(hinting(&[&http, &hint]));
    let found = kith.person_by_identifier(&identifier).await.unwrap();
    let relays: Vec<String> = found.relays.iter().map(ToString::to_string).collect();
    assert_eq!((found.person, relays), (key(&ben), vec![hint]));
}

#[tokio::test]
async fn nip05_09_what_is_too_long_or_too_slow_is_unknown_and_not_invalid() {
    let relay = relay().await;
    let ben = Keys::generate();
    let kith = reader(&[&relay]).await;
    let site = Site::start(vec![]).await;
    let identifier = site.identifier("ben");
    let ask = async || {
        let asking = kith.check_identifier(&identifier, key(&ben));
        let answer = tokio::time::timeout(DEADLINE, asking).await;
        match answer.unwrap() {
            IdentifierState::Unknown(reason) => Err(reason),
            state => Ok(state),
        }
    };
    // Spaces are JSON too.
    let padded = |bytes: usize| {
        let mut body = naming("ben", &ben);
        body.push_str(&" ".repeat(bytes - body.len()));
        body
    };
    site.answers(file(&padded(FILE_BYTES_MAX)));
    assert_eq!(ask().await, Ok(IdentifierState::Valid));
    site.answers(file(&padded(FILE_BYTES_MAX + 1)));
    assert_eq!(ask().await, Err(IdentifierUnknown::TooLarge));
    // Nor does it count what its head says: this one says nothing.
    let body = padded(4 * FILE_BYTES_MAX);
    site.answers(format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}").into_bytes());
    assert_eq!(ask().await, Err(IdentifierUnknown::TooLarge));
    for code in [401, 403, 429, 500, 503] {
        site.answers(status(&format!("{code} No"), "", &naming("ben", &ben)));
        assert_eq!(ask().await, Err(IdentifierUnknown::Status(code)), "{code}");
    }
    site.answers(b"SSH-2.0-OpenSSH\r\n".to_vec());
    let answer = ask().await;
    assert!(
        matches!(answer, Err(IdentifierUnknown::Unreachable(_))),
        "{answer:?}"
    );
    // Half an answer, and then nothing.
    site.holds();
    site.answers(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"names\"".to_vec());
    assert_eq!(ask().await, Err(IdentifierUnknown::TooSlow));
}

#[tokio::test]
async fn nip05_09_a_stranger_leads_nobody_into_a_private_network() {
    let ben = Keys::generate();
    let site = Site::start(file(&naming("ben", &ben))).await;
    let here = site.identifier("ben");
    let port = site.address.port();
    let relay = relay().await;
    let kith = reader(&[&relay]).await;
    assert!(kith.check_identifier(&here, key(&ben)).await.is_valid());
    let private = IdentifierState::Unknown(IdentifierUnknown::NotPublic);
    for host in ["10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"] {
        let there: Identifier = format!("ben@{host}").parse().unwrap();
        let state = kith.check_identifier(&there, key(&ben)).await;
        assert_eq!(state, private, "{host}");
    }
    // Who has no relay on this machine is not led there by any of its names.
    let folder = tempfile::tempdir().unwrap();
    let local = Local::open(folder.path().join("local.db")).await.unwrap();
    let away = Kith::builder().relay("wss://relay.invalid").local(local);
    let away = away.timeout(TIMEOUT).connect().await.unwrap();
    let asked = site.asked().len();
    for host in ["127.0.0.1", "localhost", "127.1", "0x7f000001"] {
        let here: Identifier = format!("ben@{host}:{port}").parse().unwrap();
        let state = away.check_identifier(&here, key(&ben)).await;
        assert_eq!(state, private, "{host}");
    }
    assert_eq!(site.asked().len(), asked);
}

#[tokio::test]
async fn who_is_offline_asks_no_site() {
    let relay = relay().await;
    let ben = Keys::generate();
    let site = Site::start(file(&naming("ben", &ben))).await;
    let folder = tempfile::tempdir().unwrap();
    let local = Local::open(folder.path().join("local.db")).await.unwrap();
    let kith = Kith::builder().relays(urls(&[&relay]).await).local(local);
    let kith = kith.offline().connect().await.unwrap();
    let identifier = site.identifier("ben");
    let state = kith.check_identifier(&identifier, key(&ben)).await;
    assert_eq!(state, IdentifierState::Unknown(IdentifierUnknown::Offline));
    assert_eq!(site.asked(), [""; 0]);
}

#[tokio::test]
async fn nip01_109_a_newest_profile_that_cannot_be_parsed_is_an_empty_one() {
    let relay = relay().await;
    let (ada, ben) = (Keys::generate(), Keys::generate());
    let site = Site::start(file(&naming("ben", &ben))).await;
    let mut following = FollowedPeople::new();
    following.follow(key(&ben));
    put(&relay, &following, &ada, FOUNDED).await;
    let kith = person(&[&relay], &ada).await;
    let called = called(&site.text("ben"));
    let name = async || {
        let mut people = kith.followed_people().await.unwrap().people;
        assert_eq!(people.len(), 1);
        people.remove(0).name
    };
    let broken = ["", "ben", "[]", "null", r#"{"name":"ben""#, "\"{}\""];
    for (content, at) in broken.into_iter().zip((FOUNDED..).step_by(2)) {
        says(&relay, &ben, &called, at).await;
        assert_eq!(name().await.as_deref(), Some("ben"));
        assert_eq!(state(&kith, &ben).await, Some(IdentifierState::Valid));
        says(&relay, &ben, content, at + 1).await;
        assert_eq!(name().await, None, "{content}");
        assert_eq!(state(&kith, &ben).await, None, "{content}");
    }
}
