//! Relays on port 0, and people connected to them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use kith_client::lbc::Note;
use kith_client::{Draft, Event, Keys, Kith, RelayUrl};
use nostr_relay_builder::builder::{RateLimit, RelayBuilder, RelayBuilderNip42};
use nostr_relay_builder::local::LocalRelay;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;

/// Short, because some tests wait for it; long enough for a busy machine.
pub const TIMEOUT: Duration = Duration::from_secs(3);

/// 2026-12-03 18:30 UTC
pub const EVENING: u64 = 1_796_322_600;

pub async fn start(builder: RelayBuilder) -> LocalRelay {
    let limit = RateLimit {
        max_reqs: 500,
        notes_per_minute: 100_000,
    };
    let relay = LocalRelay::new(builder.rate_limit(limit));
    relay.run().await.unwrap();
    relay
}

pub async fn relay() -> LocalRelay {
    start(RelayBuilder::default()).await
}

pub async fn private_relay() -> LocalRelay {
    start(RelayBuilder::default().nip42(RelayBuilderNip42::default())).await
}

pub async fn urls(relays: &[&LocalRelay]) -> Vec<String> {
    let mut urls = Vec::new();
    for relay in relays {
        urls.push(relay.url().await.to_string());
    }
    urls
}

/// The address of a relay that is not there.
pub async fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("ws://{}", listener.local_addr().unwrap())
}

/// Somebody with a key, connected to these relays.
pub async fn person(relays: &[&LocalRelay], keys: &Keys) -> Kith {
    connect(urls(relays).await, keys).await
}

pub async fn connect(urls: Vec<String>, keys: &Keys) -> Kith {
    Kith::builder()
        .relays(urls)
        .signer(keys.clone())
        .timeout(TIMEOUT)
        .connect()
        .await
        .unwrap()
}

/// Somebody without a key.
pub async fn reader(relays: &[&LocalRelay]) -> Kith {
    Kith::builder()
        .relays(urls(relays).await)
        .timeout(TIMEOUT)
        .connect()
        .await
        .unwrap()
}

/// A note as another client would write it, at a given time, on one relay only.
pub async fn put(relay: &LocalRelay, note: &impl Note, keys: &Keys, created_at: u64) -> Event {
    put_draft(relay, note.draft().unwrap(), keys, created_at).await
}

pub async fn put_draft(relay: &LocalRelay, draft: Draft, keys: &Keys, created_at: u64) -> Event {
    let draft = Draft {
        created_at: Some(created_at),
        ..draft
    };
    let kith = person(&[relay], keys).await;
    let published = kith.publish(&draft).await.unwrap();
    kith.disconnect().await;
    let event = draft.sign(keys, created_at).unwrap();
    assert_eq!(published.id, event.id());
    event
}

pub fn tags(tags: &[&[&str]]) -> Vec<Vec<String>> {
    tags.iter()
        .map(|tag| tag.iter().map(|element| (*element).to_owned()).collect())
        .collect()
}

/// A relay that answers every message with what `answer` says: the verb and the id of the
/// subscription or event are passed in.
pub async fn scripted(answer: fn(&str, &str) -> Vec<String>) -> RelayUrl {
    scripted_with(move |message| {
        let verb = message[0].as_str().unwrap_or_default();
        let id = match &message[1] {
            Value::String(subscription) => subscription.as_str(),
            event => event["id"].as_str().unwrap_or_default(),
        };
        answer(verb, id)
    })
    .await
}

/// The same with the whole message.
pub async fn scripted_with(
    answer: impl Fn(&Value) -> Vec<String> + Send + Sync + 'static,
) -> RelayUrl {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            tokio::spawn(async move {
                let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
                    return;
                };
                while let Some(Ok(message)) = socket.next().await {
                    let Message::Text(text) = message else {
                        continue;
                    };
                    let message: Value = serde_json::from_str(&text).unwrap();
                    for line in answer(&message) {
                        if socket.send(Message::text(line)).await.is_err() {
                            return;
                        }
                    }
                }
            });
        }
    });
    RelayUrl::parse(&url).unwrap()
}
