//! A client on a WebSocket. It keeps the order in which things came, and never waits longer than
//! the deadline.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::{SinkExt, StreamExt};
use kith_nips::{Event, EventId};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async_with_config};

use super::reply::assert_prefix;
use super::{Answer, Reply, within_deadline};
use crate::events::{FENCE_KEY, note, now, pubkey};

/// A kind that no test uses: what fences publish.
const FENCE_KIND: u16 = 9_321;
/// Below everything that tests publish.
const FENCE_CREATED_AT: u64 = 1;

/// What the system of a slow reader receives for it.
const SLOW_RECEIVE_BYTES: u32 = 16_384;

/// A client of one relay.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    url: String,
    challenge: Option<String>,
    /// What came while something else was waited for, in order.
    backlog: VecDeque<Reply>,
}

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Farewell {
    /// What was received before.
    pub(crate) replies: Vec<Reply>,
    /// The code of the close frame; none when the connection just ended.
    pub(crate) code: Option<CloseCode>,
}

impl Socket {
    /// Connects; a relay that authenticates greets with its challenge (NIP-42).
    pub(crate) async fn connect(url: &str, greeted: bool) -> Self {
        // Small messages leave at once; the system would hold each back until the last is acknowledged.
        let connecting = connect_async_with_config(url, None, true);
        let (stream, _) = within_deadline("a connection", connecting).await.unwrap();
        Self::greeted(stream, url, greeted).await
    }

    /// As [`Socket::connect`], on a stream that the test has set up.
    pub(crate) async fn connect_on(stream: TcpStream, url: &str, greeted: bool) -> Self {
        let stream = MaybeTlsStream::Plain(stream);
        let connecting = within_deadline("a connection", client_async(url, stream));
        let (stream, _) = connecting.await.unwrap();
        Self::greeted(stream, url, greeted).await
    }

    /// A client of a relay that greets, whose system takes little that it does not read.
    pub(crate) async fn connect_slow(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(SLOW_RECEIVE_BYTES).unwrap();
        let stream = socket.connect(address).await.unwrap();
        Self::connect_on(stream, &format!("ws://{address}"), true).await
    }

    async fn greeted(
        stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
        url: &str,
        greeted: bool,
    ) -> Self {
        let mut socket = Socket {
            stream,
            url: url.to_owned(),
            challenge: None,
            backlog: VecDeque::new(),
        };
        if greeted {
            match socket.receive().await {
                Reply::Auth(challenge) => socket.challenge = Some(challenge),
                other => panic!("greeted with {other:?}"),
            }
        }
        socket
    }

    /// The challenge of the greeting.
    pub(crate) fn challenge(&self) -> &str {
        self.challenge.as_deref().unwrap()
    }

    // Sending

    /// Sends a message as it is.
    pub(crate) async fn send_text(&mut self, text: impl Into<String>) {
        self.send_message(Message::text(text.into())).await;
    }

    /// Sends a message.
    pub(crate) async fn send(&mut self, message: Value) {
        self.send_text(message.to_string()).await;
    }

    /// Sends any kind of WebSocket message.
    pub(crate) async fn send_message(&mut self, message: Message) {
        let sending = within_deadline("the relay to read", self.stream.send(message));
        sending.await.unwrap();
    }

    /// Sends several messages in one go.
    pub(crate) async fn send_all(&mut self, texts: impl IntoIterator<Item = String>) {
        for text in texts {
            let feeding = self.stream.feed(Message::text(text));
            within_deadline("the relay to read", feeding).await.unwrap();
        }
        within_deadline("the relay to read", self.stream.flush())
            .await
            .unwrap();
    }

    /// As [`Socket::send_all`], to a relay that may be gone.
    ///
    /// # Errors
    /// It is gone.
    pub(crate) async fn try_send_all(
        &mut self,
        texts: impl IntoIterator<Item = String>,
    ) -> Result<(), Error> {
        for text in texts {
            let feeding = self.stream.feed(Message::text(text));
            within_deadline("the relay to read", feeding).await?;
        }
        within_deadline("the relay to read", self.stream.flush()).await
    }

    /// Sends a REQ; `filters` is one filter or an array of them.
    pub(crate) async fn send_req(&mut self, subscription: &str, filters: Value) {
        self.send(request("REQ", subscription, filters)).await;
    }

    /// Sends an EVENT.
    pub(crate) async fn send_event(&mut self, event: &Event) {
        self.send_text(format!(r#"["EVENT",{}]"#, event.json()))
            .await;
    }

    /// Sends a CLOSE.
    pub(crate) async fn close(&mut self, subscription: &str) {
        self.send(json!(["CLOSE", subscription])).await;
    }

    // Receiving

    /// The next message.
    pub(crate) async fn receive(&mut self) -> Reply {
        match self.backlog.pop_front() {
            Some(reply) => reply,
            None => self.read_unfenced().await,
        }
    }

    /// The next message; none when the connection has ended.
    pub(crate) async fn try_receive(&mut self) -> Option<Reply> {
        loop {
            match self.receive_message().await? {
                Message::Text(text) => return Some(Reply::read(&text)),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// The next WebSocket message of any kind; none when the connection has ended.
    pub(crate) async fn receive_message(&mut self) -> Option<Message> {
        assert!(self.backlog.is_empty(), "unread: {:?}", self.backlog);
        self.read_message().await
    }

    /// Reads until the connection ends.
    pub(crate) async fn farewell(&mut self) -> Farewell {
        let mut replies: Vec<Reply> = self.backlog.drain(..).collect();
        let mut code = None;
        while let Some(message) = self.read_message().await {
            match message {
                Message::Text(text) => replies.push(Reply::read(&text)),
                Message::Close(frame) => code = frame.map(|frame| frame.code),
                _ => {}
            }
        }
        Farewell { replies, code }
    }

    /// Takes leave properly and waits for the echo.
    pub(crate) async fn leave(mut self) {
        self.send_message(Message::Close(None)).await;
        while self.read_message().await.is_some() {}
    }

    /// The next message is a NOTICE with this prefix.
    pub(crate) async fn expect_notice(&mut self, prefix: &str) {
        match self.receive().await {
            Reply::Notice(text) => assert_prefix(&text, prefix),
            other => panic!("expected NOTICE, got {other:?}"),
        }
    }

    /// The next message is a CLOSED of this subscription with this prefix; gives what it says.
    pub(crate) async fn expect_closed(&mut self, subscription: &str, prefix: &str) -> String {
        match self.receive().await {
            Reply::Closed {
                subscription: closed,
                message,
            } => {
                assert_eq!(closed, subscription);
                assert_prefix(&message, prefix);
                message
            }
            other => panic!("expected CLOSED of {subscription:?}, got {other:?}"),
        }
    }

    /// The next message is an EOSE of this subscription.
    pub(crate) async fn expect_eose(&mut self, subscription: &str) {
        let reply = self.receive().await;
        assert_eq!(reply, Reply::Eose(subscription.to_owned()));
    }

    /// The next message is an event for this subscription.
    pub(crate) async fn expect_event(&mut self, subscription: &str) -> Event {
        match self.receive().await {
            Reply::Event {
                subscription: named,
                event,
            } if named == subscription => event,
            other => panic!("expected EVENT for {subscription:?}, got {other:?}"),
        }
    }

    /// The next message is the OK for this id.
    pub(crate) async fn expect_ok(&mut self, id: EventId) -> Answer {
        match self.receive().await {
            Reply::Ok(answer) if answer.id == id => answer,
            other => panic!("expected OK for {id}, got {other:?}"),
        }
    }

    // Asking. What else comes meanwhile is kept for `receive`.

    /// Publishes and gives the answer.
    pub(crate) async fn event(&mut self, event: &Event) -> Answer {
        self.send_event(event).await;
        self.answer_to(event.id()).await
    }

    /// Publishes what must be stored.
    pub(crate) async fn accept(&mut self, event: &Event) {
        self.event(event).await.stored();
    }

    /// Publishes many at once, all of which must be stored.
    pub(crate) async fn accept_all(&mut self, events: &[Event]) {
        // Not more than the relay is sure to read while its answers are not read.
        for events in events.chunks(100) {
            let texts: Vec<String> = events
                .iter()
                .map(|event| format!(r#"["EVENT",{}]"#, event.json()))
                .collect();
            self.send_all(texts).await;
            for event in events {
                self.answer_to(event.id()).await.stored();
            }
        }
    }

    /// The OK for `id`, whenever it comes.
    pub(crate) async fn answer_to(&mut self, id: EventId) -> Answer {
        let reply = self
            .pick(|reply| matches!(reply, Reply::Ok(answer) if answer.id == id))
            .await;
        match reply {
            Reply::Ok(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    /// Opens a subscription (`filters` is one filter or an array of them) and gives its stored
    /// events in the order of their arrival. It stays open.
    pub(crate) async fn req(&mut self, subscription: &str, filters: Value) -> Vec<Event> {
        self.send_req(subscription, filters).await;
        self.stored(subscription).await
    }

    /// The events of a REQ that was sent, until its EOSE.
    pub(crate) async fn stored(&mut self, subscription: &str) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            let reply = self
                .pick(|reply| match reply {
                    Reply::Event {
                        subscription: named,
                        ..
                    }
                    | Reply::Eose(named)
                    | Reply::Closed {
                        subscription: named,
                        ..
                    } => named == subscription,
                    _ => false,
                })
                .await;
            match reply {
                Reply::Event { event, .. } => events.push(event),
                Reply::Eose(_) => return events,
                other => panic!("expected the events of {subscription:?}, got {other:?}"),
            }
        }
    }

    /// Asks for stored events and closes the subscription again.
    pub(crate) async fn query(&mut self, filters: Value) -> Vec<Event> {
        let events = self.req("query", filters).await;
        self.close("query").await;
        events
    }

    /// Asks for a number.
    pub(crate) async fn count(&mut self, filters: Value) -> u64 {
        self.send(request("COUNT", "count", filters)).await;
        let reply = self
            .pick(|reply| match reply {
                Reply::Count { query: named, .. }
                | Reply::Closed {
                    subscription: named,
                    ..
                } => named == "count",
                _ => false,
            })
            .await;
        match reply {
            Reply::Count { count, .. } => count,
            other => panic!("expected a number, got {other:?}"),
        }
    }

    /// Answers the challenge of this connection with this key (NIP-42).
    pub(crate) async fn authenticate(&mut self, key: u32) -> Answer {
        let event = note(key)
            .kind(22_242)
            .tag(&["relay", &self.url])
            .tag(&["challenge", self.challenge()])
            .at(now())
            .signed();
        self.send_text(format!(r#"["AUTH",{}]"#, event.json()))
            .await;
        self.answer_to(event.id()).await
    }

    // Fences

    /// Nothing was said that has not been read, and whatever was sent before is dealt with: asks
    /// a number and its answer is the next thing that comes.
    pub(crate) async fn nothing_more(&mut self) {
        assert!(self.backlog.is_empty(), "unread: {:?}", self.backlog);
        let fence = fence_name();
        self.send(json!(["COUNT", fence, {"ids": ["f".repeat(64)]}]))
            .await;
        match self.read_unfenced().await {
            Reply::Count {
                query, count: 0, ..
            } if query == fence => {}
            other => panic!("expected nothing more, got {other:?}"),
        }
    }

    /// No event was pushed that has not been read: publishes one that no test looks for, and its
    /// delivery is the next thing that comes. Deliveries keep the order of storing, so everything
    /// accepted before has been delivered by then.
    ///
    /// The relay keeps that event (kind 9321, at second 1), and all sockets pass over it when it
    /// comes. COUNT and limits see it. Uses one subscription while it runs.
    pub(crate) async fn nothing_delivered(&mut self) {
        assert!(self.backlog.is_empty(), "unread: {:?}", self.backlog);
        let fence = fence_name();
        let event = note(FENCE_KEY)
            .kind(FENCE_KIND)
            .at(FENCE_CREATED_AT)
            .content(fence.as_str())
            .signed();
        self.send(json!(["REQ", fence, {"ids": [event.id()], "limit": 0}]))
            .await;
        let reply = self.read_unfenced().await;
        assert_eq!(reply, Reply::Eose(fence.clone()), "expected nothing more");
        self.send_event(&event).await;
        let (mut delivered, mut stored) = (false, false);
        while !(delivered && stored) {
            match self.read().await {
                Reply::Event {
                    subscription,
                    event: pushed,
                } if pushed.id() == event.id() => {
                    delivered |= subscription == fence;
                }
                Reply::Event { event: pushed, .. } if is_fence(&pushed) => {}
                Reply::Ok(answer) if answer.id == event.id() => {
                    answer.stored();
                    stored = true;
                }
                other => panic!("expected nothing more, got {other:?}"),
            }
        }
        self.close(&fence).await;
    }

    /// The first message for which `wanted` holds; what comes before it is kept.
    async fn pick(&mut self, wanted: impl Fn(&Reply) -> bool) -> Reply {
        if let Some(index) = self.backlog.iter().position(&wanted) {
            return self.backlog.remove(index).unwrap();
        }
        loop {
            let reply = self.read_unfenced().await;
            if wanted(&reply) {
                return reply;
            }
            self.backlog.push_back(reply);
        }
    }

    async fn read_unfenced(&mut self) -> Reply {
        loop {
            match self.read().await {
                Reply::Event { event, .. } if is_fence(&event) => {}
                reply => return reply,
            }
        }
    }

    async fn read(&mut self) -> Reply {
        loop {
            match self.read_message().await {
                Some(Message::Text(text)) => return Reply::read(&text),
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("expected a message, got {other:?}"),
            }
        }
    }

    async fn read_message(&mut self) -> Option<Message> {
        match within_deadline("a message", self.stream.next()).await {
            Some(Ok(message)) => Some(message),
            // A connection that was dropped without a farewell.
            Some(Err(_)) | None => None,
        }
    }
}

fn request(verb: &str, id: &str, filters: Value) -> Value {
    let mut message = vec![json!(verb), json!(id)];
    match filters {
        Value::Array(filters) => message.extend(filters),
        filter => message.push(filter),
    }
    Value::Array(message)
}

fn fence_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("fence {}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn is_fence(event: &Event) -> bool {
    event.kind().as_u16() == FENCE_KIND && event.pubkey() == pubkey(FENCE_KEY)
}
