//! What the signer of these tests refuses: the library is tested against one that does what NIP-46 asks.

use kith_client::Keys;
use nostr_sdk::nips::nip44;
use nostr_sdk::pool::RelayPoolNotification;
use nostr_sdk::{Client, EventBuilder, Filter, Tag};
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;

use super::{bunker, draft, honest, options, signer};
use crate::support::{TIMEOUT, relay};
use kith_client::RemoteSigner;

/// A client that says whatever a test wants.
struct Asking {
    client: Client,
    keys: Keys,
    signer: nostr_sdk::PublicKey,
    heard: Receiver<RelayPoolNotification>,
}

impl Asking {
    async fn new(relay: &str, signer: &Keys) -> Asking {
        let keys = Keys::generate();
        let client = Client::builder().build();
        client.add_relay(relay).await.unwrap();
        client.try_connect(TIMEOUT).await;
        let heard = client.notifications();
        let filter = Filter::new()
            .kind(nostr_sdk::Kind::NostrConnect)
            .pubkey(keys.public_key());
        client.subscribe(filter, None).await.unwrap();
        let signer = signer.public_key();
        Asking {
            client,
            keys,
            signer,
            heard,
        }
    }

    /// What the signer answers.
    async fn ask(&mut self, method: &str, params: Value) -> Value {
        let request = json!({"id": method, "method": method, "params": params}).to_string();
        let version = nip44::Version::default();
        let secret = self.keys.secret_key();
        let content = nip44::encrypt(secret, &self.signer, request, version).unwrap();
        let event = EventBuilder::new(nostr_sdk::Kind::NostrConnect, content)
            .tag(Tag::public_key(self.signer))
            .sign_with_keys(&self.keys)
            .unwrap();
        self.client.send_event(&event).await.unwrap();
        let answer = async {
            loop {
                let RelayPoolNotification::Event { event, .. } = self.heard.recv().await.unwrap()
                else {
                    continue;
                };
                let text = nip44::decrypt(self.keys.secret_key(), &self.signer, &event.content);
                return serde_json::from_str(&text.unwrap()).unwrap();
            }
        };
        tokio::time::timeout(TIMEOUT, answer).await.unwrap()
    }
}

fn is_refused(answer: &Value) -> bool {
    answer["error"].as_str().is_some_and(|why| !why.is_empty()) && answer["result"] == ""
}

#[tokio::test]
async fn nip46_11_the_signer_of_the_tests_refuses_what_it_should() {
    let relay = relay().await;
    let url = relay.url().await.to_string();
    let (user, keys) = (Keys::generate(), Keys::generate());
    let (_signer, _) = signer(&url, &keys, honest(&user, "once")).await;
    let address = bunker(&keys, &url, "once");
    let note = serde_json::to_string(&json!({
        "kind": 1, "content": "", "tags": [], "created_at": 1_700_000_000,
    }));
    let note = note.unwrap();
    let key = keys.public_key().to_hex();
    // What a client says of itself is all that this one has.
    let metadata = r#"{"name":"Kith","url":"https://kith.example.com"}"#;
    let mut stranger = Asking::new(&url, &keys).await;
    let connect = stranger.ask("connect", json!([key, "", "sign_event", metadata]));
    assert!(is_refused(&connect.await));
    assert!(is_refused(&stranger.ask("sign_event", json!([note])).await));

    // The library is let in by the secret, and then by its key.
    let remote = RemoteSigner::connect(&address, options()).await.unwrap();
    assert_eq!(remote.user(), user.public_key().into());
    let again = RemoteSigner::connect(&address, options()).await;
    let error = again.unwrap_err().to_string();
    assert!(error.contains("this secret was used"), "{error}");
    let connect = stranger.ask("connect", json!([key, "once", "", metadata]));
    assert!(is_refused(&connect.await), "the secret was used");
    assert!(is_refused(&stranger.ask("sign_event", json!([note])).await));
    assert!(is_refused(
        &stranger.ask("sign_all_events", json!([])).await
    ));

    // A new key with the right secret: known methods are answered, and others refused.
    let (_signer, _) = signer(&url, &user, honest(&user, "other")).await;
    let mut known = Asking::new(&url, &user).await;
    let key = user.public_key().to_hex();
    let connect = known.ask("connect", json!([key, "other"])).await;
    assert_eq!(connect["result"], "ack");
    assert!(!is_refused(&known.ask("sign_event", json!([note])).await));
    for method in ["sign_all_events", "get_secret_key", "Connect", ""] {
        let answer = known.ask(method, json!([])).await;
        assert!(is_refused(&answer), "{method}: {answer}");
        assert_eq!(answer["id"], method);
    }
    let kith = kith_client::Kith::builder().relay(&url).signer(remote);
    let kith = kith.timeout(TIMEOUT).connect().await.unwrap();
    assert!(kith.publish(&draft("still signs")).await.is_ok());
}
