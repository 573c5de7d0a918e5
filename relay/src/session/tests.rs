//! Sessions over sockets in memory, with a store that does what the test says.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use kith_nips::{Event, PublicKey};
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::fake_store::{ALICE, BOB, CAROL, FakeStore, event, event_at};
use super::{Ending, SessionContext, SessionLimits, run};
use crate::admit::{Admission, AdmissionPolicy};
use crate::clock::unix_now;
use crate::gate::Gate;
use crate::management::Management;
use crate::store::{Completeness, Store};
use crate::subscriptions::Subscriptions;
use crate::verify::Verifier;

/// No answer takes so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Bytes on their way in each direction.
const SOCKET_BYTES: usize = 16_384;

/// Where clients come from.
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

const RELAY_URL: &str = "ws://relay.example.com";

/// Parts of a relay, without its port.
struct Relay {
    context: SessionContext,
    store: Arc<FakeStore>,
    shutdown: watch::Sender<bool>,
}

fn relay(limits: SessionLimits, policy: AdmissionPolicy) -> Relay {
    let subscriptions = Arc::new(Subscriptions::new());
    let store = Arc::new(FakeStore::new(Arc::clone(&subscriptions)));
    let policy = AdmissionPolicy {
        relay_urls: vec![RELAY_URL.to_owned()],
        ..policy
    };
    let management = Management::new(Arc::clone(&store) as Arc<dyn Store>);
    let admission = Admission::new(
        Arc::clone(&store) as Arc<dyn Store>,
        Arc::clone(&subscriptions),
        Verifier::start(1).unwrap(),
        watch::channel(Arc::new(policy)).1,
        management.clone(),
    );
    Relay {
        context: SessionContext {
            store: Arc::clone(&store) as Arc<dyn Store>,
            subscriptions,
            admission: Arc::new(admission),
            reconciler: Arc::default(),
            gate: Gate::new(management.subscribe()),
            limits: watch::channel(Arc::new(limits)).1,
        },
        store,
        shutdown: watch::channel(false).0,
    }
}

fn plain() -> Relay {
    relay(SessionLimits::default(), AdmissionPolicy::default())
}

impl Relay {
    /// A client that has read its challenge.
    async fn connect(&self) -> Client {
        let mut client = self.connect_silently().await;
        let greeting = client.next().await;
        client.challenge = greeting[1].as_str().unwrap_or_default().to_owned();
        assert_eq!(greeting, json!(["AUTH", client.challenge]));
        client
    }

    async fn connect_silently(&self) -> Client {
        let (near, far) = tokio::io::duplex(SOCKET_BYTES);
        let session = tokio::spawn(run(
            far,
            Vec::new(),
            self.context.clone(),
            CLIENT,
            self.shutdown.subscribe(),
        ));
        let config = WebSocketConfig::default()
            .max_message_size(None)
            .max_frame_size(None);
        Client {
            socket: WebSocketStream::from_raw_socket(near, Role::Client, Some(config)).await,
            session,
            challenge: String::new(),
        }
    }
}

struct Client {
    socket: WebSocketStream<DuplexStream>,
    session: JoinHandle<Ending>,
    challenge: String,
}

impl Client {
    /// Stays, without reading, until the relay has had enough.
    async fn dropped(self) -> Ending {
        let Client {
            socket, session, ..
        } = self;
        let ending = timeout(PATIENCE, session)
            .await
            .expect("an end in time")
            .unwrap();
        drop(socket);
        ending
    }

    async fn send(&mut self, message: &Value) {
        self.text(&message.to_string()).await;
    }

    async fn text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    async fn publish(&mut self, event: &Event) {
        self.text(&format!("[\"EVENT\",{}]", event.json())).await;
    }

    async fn frame(&mut self) -> Option<Message> {
        let frame = timeout(PATIENCE, self.socket.next()).await;
        frame.expect("an answer in time")?.ok()
    }

    /// The next message of the relay.
    async fn next(&mut self) -> Value {
        loop {
            match self.frame().await.expect("an open connection") {
                Message::Text(text) => return serde_json::from_str(text.as_str()).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("not a message: {other:?}"),
            }
        }
    }

    async fn expect(&mut self, expected: Value) {
        assert_eq!(self.next().await, expected);
    }

    /// Expects a message whose last element begins with `prefix`.
    async fn expect_refusal(&mut self, expected: &[Value], prefix: &str) {
        let message = self.next().await;
        let (reason, before) = message.as_array().unwrap().split_last().unwrap();
        assert_eq!(before, expected, "{message}");
        let reason = reason.as_str().unwrap();
        assert!(reason.starts_with(&format!("{prefix}: ")), "{message}");
        assert!(reason.len() > prefix.len() + 2, "{message}");
    }

    async fn expect_event(&mut self, subscription: &str, event: &Event) {
        let event: Value = serde_json::from_str(event.json()).unwrap();
        self.expect(json!(["EVENT", subscription, event])).await;
    }

    async fn expect_ok(&mut self, event: &Event) {
        self.expect(json!(["OK", event.id().to_string(), true, ""]))
            .await;
    }

    /// Nothing was sent before the answer to this.
    async fn expect_silence(&mut self) {
        self.send(&json!(["REQ", "silence", {"ids": []}])).await;
        self.expect(json!(["EOSE", "silence"])).await;
        self.send(&json!(["CLOSE", "silence"])).await;
    }

    async fn subscribe(&mut self, subscription: &str, filter: Value) {
        self.send(&json!(["REQ", subscription, filter])).await;
        self.expect(json!(["EOSE", subscription])).await;
    }

    /// The code of the close frame, after anything else.
    async fn close_code(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.frame().await.expect("a close frame") {
                return frame.expect("a reason").code.into();
            }
        }
    }

    async fn authenticate(&mut self, secret_key: &str) {
        let event = self.authentication(secret_key);
        self.text(&format!("[\"AUTH\",{}]", event.json())).await;
        self.expect_ok(&event).await;
    }

    fn authentication(&self, secret_key: &str) -> Arc<Event> {
        let tags: &[&[&str]] = &[&["relay", RELAY_URL], &["challenge", &self.challenge]];
        event(secret_key, 22_242, tags, "")
    }

    /// Leaves, and gives the reason for which the session ended.
    async fn ending(self) -> Ending {
        let Client {
            socket, session, ..
        } = self;
        drop(socket);
        timeout(PATIENCE, session)
            .await
            .expect("an end in time")
            .unwrap()
    }
}

fn key(secret_key: &str) -> PublicKey {
    event(secret_key, 1, &[], "").pubkey()
}

fn wrap_for(secret_key: &str, content: &str) -> Arc<Event> {
    event(
        CAROL,
        1_059,
        &[&["p", &key(secret_key).to_string()]],
        content,
    )
}

fn notes(count: usize) -> Vec<Arc<Event>> {
    (0..count)
        .map(|number| event(ALICE, 1, &[], &format!("note {number}")))
        .collect()
}

mod answers;
mod authentication;
mod comparing;
mod ends;
mod frames;
mod subscribing;
