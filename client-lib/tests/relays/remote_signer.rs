//! Signers elsewhere (NIP-46): one that is not ours, and ones that do what a test tells them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use kith_client::{
    Draft, Keys, Kind, Kith, NostrSigner, PublicKey, RelayUrl, RemoteSigner, RemoteSignerError,
    SignerOptions,
};
use nostr_sdk::nips::nip44;
use nostr_sdk::pool::RelayPoolNotification;
use nostr_sdk::{Client, Event, EventBuilder, Filter, Tag};
use serde_json::{Value, json};

use crate::support::{TIMEOUT, relay};

mod silent;
mod strict;

/// What a signer was asked for: the method, and what stands behind it.
type Asked = Arc<Mutex<Vec<(String, Vec<String>)>>>;

/// Answers to a client, a method and its parameters, each a JSON object without its id.
type Answers = Box<dyn Fn(&nostr_sdk::PublicKey, &str, &[String]) -> Vec<Value> + Send>;

/// A signer under `keys`, which does what `answers` says.
async fn signer(relay: &str, keys: &Keys, answers: Answers) -> (Client, Asked) {
    let client = Client::builder().signer(keys.clone()).build();
    client.add_relay(relay).await.unwrap();
    client.try_connect(TIMEOUT).await;
    let filter = Filter::new()
        .kind(nostr_sdk::Kind::NostrConnect)
        .pubkey(keys.public_key());
    client.subscribe(filter, None).await.unwrap();
    let asked = Asked::default();
    let mut heard = client.notifications();
    let (speaking, keys, memory) = (client.clone(), keys.clone(), Arc::clone(&asked));
    tokio::spawn(async move {
        while let Ok(notification) = heard.recv().await {
            let RelayPoolNotification::Event { event, .. } = notification else {
                continue;
            };
            let text = nip44::decrypt(keys.secret_key(), &event.pubkey, &event.content).unwrap();
            let request: Value = serde_json::from_str(&text).unwrap();
            let method = request["method"].as_str().unwrap();
            let params: Vec<String> = serde_json::from_value(request["params"].clone()).unwrap();
            memory
                .lock()
                .unwrap()
                .push((method.to_owned(), params.clone()));
            for mut answer in answers(&event.pubkey, method, &params) {
                if answer.get("id").is_none() {
                    answer["id"] = request["id"].clone();
                }
                say(&speaking, &keys, &event.pubkey, &answer).await;
            }
        }
    });
    (client, asked)
}

async fn say(client: &Client, keys: &Keys, to: &nostr_sdk::PublicKey, answer: &Value) {
    let version = nip44::Version::default();
    let content = nip44::encrypt(keys.secret_key(), to, answer.to_string(), version).unwrap();
    let event = EventBuilder::new(nostr_sdk::Kind::NostrConnect, content)
        .tag(Tag::public_key(*to))
        .sign_with_keys(keys)
        .unwrap();
    // Whoever asked may be gone.
    let _ = client.send_event(&event).await;
}

fn result(text: impl Into<String>) -> Vec<Value> {
    vec![json!({"result": text.into()})]
}

/// A signer as it should be, for the notes of `user`: whoever brought the secret first is known by
/// their key from then on, and by nothing else.
fn honest(user: &Keys, secret: &'static str) -> Answers {
    let user = user.clone();
    let known: Mutex<Option<nostr_sdk::PublicKey>> = Mutex::default();
    Box::new(move |client, method, params| {
        let mut known = known.lock().unwrap();
        let is_known = *known == Some(*client);
        match method {
            "connect" if params[1] == secret && (known.is_none() || is_known) => {
                *known = Some(*client);
                result("ack")
            }
            "connect" if known.is_some() => refused("this secret was used"),
            "connect" => refused("wrong secret"),
            // The way of `nostrconnect://` has no secret here: its client is told one.
            _ if !is_known && !secret.is_empty() => refused("who are you?"),
            "get_public_key" => result(user.public_key().to_hex()),
            "sign_event" => result(signed(&params[0], &user)),
            _ => refused(&format!("{method} is not known here")),
        }
    })
}

fn refused(why: &str) -> Vec<Value> {
    vec![json!({"result": "", "error": why})]
}

/// The asked-for note, signed.
fn signed(asked: &str, user: &Keys) -> String {
    let mut asked: Value = serde_json::from_str(asked).unwrap();
    asked["pubkey"] = user.public_key().to_hex().into();
    let unsigned: nostr_sdk::UnsignedEvent = serde_json::from_value(asked).unwrap();
    let event: Event = unsigned.sign_with_keys(user).unwrap();
    serde_json::to_string(&event).unwrap()
}

fn bunker(keys: &Keys, relay: &str, secret: &str) -> kith_client::BunkerAddress {
    let key = keys.public_key().to_hex();
    format!("bunker://{key}?relay={relay}&secret={secret}")
        .parse()
        .unwrap()
}

fn options() -> SignerOptions {
    SignerOptions {
        timeout: TIMEOUT,
        ..SignerOptions::default()
    }
}

fn draft(content: &str) -> Draft {
    Draft {
        kind: Kind::new(1),
        created_at: None,
        tags: vec![vec!["t".to_owned(), "chess".to_owned()]],
        content: content.to_owned(),
    }
}

#[tokio::test]
async fn nip46_02_04_06_08_a_signer_elsewhere_signs_for_its_user() {
    let relay = relay().await;
    let url = relay.url().await.to_string();
    let (user, keys) = (Keys::generate(), Keys::generate());
    let (_signer, asked) = signer(&url, &keys, honest(&user, "once")).await;
    let address = bunker(&keys, &url, "once");
    let remote = RemoteSigner::connect(&address, options()).await.unwrap();
    assert_eq!(remote.user(), PublicKey::from(user.public_key()));
    let kith = Kith::builder()
        .relay(&url)
        .signer(remote.clone())
        .timeout(TIMEOUT);
    let kith = kith.connect().await.unwrap();
    assert_eq!(kith.public_key(), Some(remote.user()));
    let published = kith.publish(&draft("from elsewhere")).await.unwrap();
    assert_eq!(published.accepted.len(), 1);
    let methods = {
        let asked = asked.lock().unwrap();
        assert_eq!(asked[0].1[0], keys.public_key().to_hex());
        assert_eq!(asked[0].1[2..], ["", r#"{"name":"Kith"}"#]);
        asked
            .iter()
            .map(|(method, _)| method.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        methods,
        ["connect", "switch_relays", "get_public_key", "sign_event"]
    );
    // The next run goes on where this one was, and asks the user nothing.
    let session = remote.session();
    assert!(!format!("{session:?}").contains(&session.client.to_secret_hex()));
    let again = RemoteSigner::resume(&session, options()).await.unwrap();
    let unsigned = EventBuilder::text_note("again").build(user.public_key());
    let event = again.sign_event(unsigned).await.unwrap();
    assert_eq!(event.pubkey, user.public_key());
    assert_eq!(asked.lock().unwrap().len(), 5);
    // The signer is told when it ends, whether it knows the word or not.
    again.log_out().await;
    assert_eq!(asked.lock().unwrap()[5].0, "logout");
}

#[tokio::test]
async fn nip46_03_only_who_was_shown_the_address_is_believed() {
    let relay = relay().await;
    let url = relay.url().await.to_string();
    let (user, keys, stranger) = (Keys::generate(), Keys::generate(), Keys::generate());
    let relays = vec![RelayUrl::parse(&url).unwrap()];
    let waiting = RemoteSigner::invite(relays, options()).await.unwrap();
    let address = waiting.address().clone();
    let text = address.to_string();
    assert!(text.starts_with(&format!("nostrconnect://{}?relay=", address.client)));
    let client: nostr_sdk::PublicKey = address.client.try_into().unwrap();
    let (honest, _) = signer(&url, &keys, honest(&user, "")).await;
    let (liar, _) = signer(&url, &stranger, Box::new(|_, _, _| Vec::new())).await;
    let accepted = tokio::spawn(waiting.accepted());
    for guess in ["ack", "", "0000"] {
        say(
            &liar,
            &stranger,
            &client,
            &json!({"id": "1", "result": guess}),
        )
        .await;
    }
    say(
        &honest,
        &keys,
        &client,
        &json!({"id": "1", "result": address.secret}),
    )
    .await;
    let remote = accepted.await.unwrap().unwrap();
    assert_eq!(remote.session().signer, PublicKey::from(keys.public_key()));
    assert_eq!(remote.user(), PublicKey::from(user.public_key()));
}

#[tokio::test]
async fn nip46_07_a_page_is_shown_and_the_answer_waited_for() {
    let relay = relay().await;
    let url = relay.url().await.to_string();
    let (user, keys) = (Keys::generate(), Keys::generate());
    let shown = Arc::new(Mutex::new(Vec::new()));
    let pages = Arc::clone(&shown);
    let options = SignerOptions {
        show_page: Arc::new(move |page| pages.lock().unwrap().push(page.to_owned())),
        ..options()
    };
    let inner = honest(&user, "once");
    let answers: Answers = Box::new(move |client, method, params| match method {
        "sign_event" => {
            let page = json!({"result": "auth_url", "error": "https://signer.example/1"});
            // Twice the same, and one that nobody asked for.
            let other = json!({"id": "other", "error": "no"});
            [
                vec![other, page.clone(), page],
                inner(client, method, params),
            ]
            .concat()
        }
        _ => inner(client, method, params),
    });
    let (_signer, _) = signer(&url, &keys, answers).await;
    let remote = RemoteSigner::connect(&bunker(&keys, &url, "once"), options)
        .await
        .unwrap();
    let unsigned = EventBuilder::text_note("yes").build(user.public_key());
    assert!(remote.sign_event(unsigned).await.is_ok());
    let shown = shown.lock().unwrap().clone();
    assert_eq!(shown[0], "https://signer.example/1");
}

/// What comes of asking a signer for a note that answers `sign_event` so.
async fn refusal(answer: impl Fn(&str, &Keys) -> Vec<Value> + Send + 'static) -> String {
    let relay = relay().await;
    let url = relay.url().await.to_string();
    let (user, keys) = (Keys::generate(), Keys::generate());
    let (inner, signing) = (honest(&user, "once"), user.clone());
    let answers: Answers = Box::new(move |client, method, params| match method {
        "sign_event" => answer(&params[0], &signing),
        _ => inner(client, method, params),
    });
    let (_signer, _) = signer(&url, &keys, answers).await;
    let remote = RemoteSigner::connect(&bunker(&keys, &url, "once"), options())
        .await
        .unwrap();
    let unsigned = EventBuilder::text_note("mine").build(user.public_key());
    remote.sign_event(unsigned).await.unwrap_err().to_string()
}

#[tokio::test]
async fn nip46_07_08_09_what_a_signer_says_is_not_believed_unseen() {
    let changed = |asked: &str, user: &Keys| result(signed(&asked.replace("mine", "yours"), user));
    assert!(refusal(changed).await.contains("a different note"));
    let other_key = |asked: &str, _: &Keys| result(signed(asked, &Keys::generate()));
    assert!(refusal(other_key).await.contains("a different note"));
    let forged = |asked: &str, user: &Keys| {
        let mut event: Value = serde_json::from_str(&signed(asked, user)).unwrap();
        event["sig"] = "0".repeat(128).into();
        result(event.to_string())
    };
    assert!(refusal(forged).await.contains("cannot be trusted"));
    assert!(
        refusal(|_, _| result("yes"))
            .await
            .contains("signed no note")
    );
    let no = |_: &str, _: &Keys| vec![json!({"error": "not today"})];
    assert_eq!(refusal(no).await, "the signer says: not today");
    let page = |_: &str, _: &Keys| vec![json!({"result": "auth_url", "error": "file:///etc"})];
    assert!(refusal(page).await.contains("no https page"));
    let silent = refusal(|_, _| Vec::new()).await;
    assert!(
        silent.starts_with("the signer did not answer within"),
        "{silent}"
    );
}

#[tokio::test]
async fn nip46_02_a_used_or_wrong_secret_is_an_error() {
    let relay = relay().await;
    let url = relay.url().await.to_string();
    let (user, keys) = (Keys::generate(), Keys::generate());
    let (_signer, _) = signer(&url, &keys, honest(&user, "once")).await;
    let error = RemoteSigner::connect(&bunker(&keys, &url, "twice"), options()).await;
    let refused = RemoteSignerError::Refused("wrong secret".to_owned());
    assert_eq!(error.unwrap_err(), refused);
    let nowhere = crate::support::nowhere().await;
    let error = RemoteSigner::connect(&bunker(&keys, &nowhere, "once"), options()).await;
    assert!(matches!(error.unwrap_err(), RemoteSignerError::NoRelay(_)));
}

#[tokio::test]
async fn nip46_05_a_signer_may_move_to_other_relays() {
    let (first, second) = (relay().await, relay().await);
    let urls = [
        first.url().await.to_string(),
        second.url().await.to_string(),
    ];
    let (user, keys) = (Keys::generate(), Keys::generate());
    let (inner, moved_to) = (honest(&user, "once"), urls[1].clone());
    let answers: Answers = Box::new(move |client, method, params| match method {
        "switch_relays" => vec![json!({"result": [moved_to]})],
        _ => inner(client, method, params),
    });
    let (signer, _) = signer(&urls[0], &keys, answers).await;
    signer.add_relay(&urls[1]).await.unwrap();
    signer.try_connect(TIMEOUT).await;
    let filter = Filter::new()
        .kind(nostr_sdk::Kind::NostrConnect)
        .pubkey(keys.public_key());
    signer.subscribe(filter, None).await.unwrap();
    let address = bunker(&keys, &urls[0], "once");
    let remote = RemoteSigner::connect(&address, options()).await.unwrap();
    assert_eq!(
        remote.session().relays,
        [RelayUrl::parse(&urls[1]).unwrap()]
    );
    // Where it was, there is nobody any more.
    first.shutdown();
    let unsigned = EventBuilder::text_note("moved").build(user.public_key());
    assert!(remote.sign_event(unsigned).await.is_ok());
}

#[tokio::test]
async fn nip46_a_signer_of_another_program_is_understood() {
    let relay = relay().await;
    let url = relay.url().await;
    let (user, keys) = (Keys::generate(), Keys::generate());
    let signing = nostr_connect::prelude::NostrConnectKeys {
        signer: keys.clone(),
        user: user.clone(),
    };
    let foreign = nostr_connect::prelude::NostrConnectRemoteSigner::new(
        signing,
        [url.to_string()],
        Some("once".to_owned()),
        None,
    )
    .unwrap();
    struct Yes;
    impl nostr_connect::prelude::NostrConnectSignerActions for Yes {
        fn approve(
            &self,
            _: &nostr_sdk::PublicKey,
            _: &nostr_connect::prelude::NostrConnectRequest,
        ) -> bool {
            true
        }
    }
    let address = foreign.bunker_uri().to_string();
    tokio::spawn(async move { foreign.serve(Yes).await });
    // It listens a moment after it was started: an early question is lost, and asked again.
    let address: kith_client::BunkerAddress = address.parse().unwrap();
    let remote = loop {
        let options = SignerOptions {
            timeout: Duration::from_millis(500),
            ..SignerOptions::default()
        };
        match RemoteSigner::connect(&address, options).await {
            Ok(remote) => break remote,
            Err(RemoteSignerError::Silent(_)) => {}
            Err(error) => panic!("{error}"),
        }
    };
    let unsigned = EventBuilder::text_note("foreign").build(user.public_key());
    let event = remote.sign_event(unsigned).await.unwrap();
    assert_eq!(event.pubkey, user.public_key());
    let remote = RemoteSigner::resume(&remote.session(), options())
        .await
        .unwrap();
    let key = Keys::generate().public_key();
    let secret = remote.nip44_encrypt(&key, "hello").await.unwrap();
    assert_eq!(remote.nip44_decrypt(&key, &secret).await.unwrap(), "hello");
}
