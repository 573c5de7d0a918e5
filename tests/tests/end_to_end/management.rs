//! What an administrator asks of a relay over HTTP (NIP-86), with right authorizations (NIP-98) and
//! wrong ones. Knows the shapes of requests and answers, not what any method does.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kith_nips::Event;
use kith_relay::Config;
use nostr_sdk::hashes::{Hash, sha256};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::events::{Note, note, now, pubkey};
use crate::harness::{TestRelay, within_deadline};

/// The key of the administrator.
pub(crate) const ADMINISTRATOR: u32 = 0x0061_646d;

/// The media type of a request, as a header line.
const MEDIA_TYPE: &str = "Content-Type: application/nostr+json+rpc\r\n";

/// A relay that [`ADMINISTRATOR`] manages.
pub(crate) async fn managed() -> TestRelay {
    managed_with(|_| {}).await
}

/// The same, with a configuration of the test's own.
pub(crate) async fn managed_with(change: impl FnOnce(&mut Config)) -> TestRelay {
    TestRelay::start_with(|config| {
        config.policy.administrators = vec![pubkey(ADMINISTRATOR)];
        change(config);
    })
    .await
}

/// Calls a method that must succeed, and gives its result.
pub(crate) async fn manage(relay: &TestRelay, method: &str, params: Value) -> Value {
    let response = Request::new(relay, method, params).send(relay).await;
    let answer = response.answer(200);
    assert!(answer.get("error").is_none(), "{method}: {answer}");
    answer["result"].clone()
}

/// Calls a method that changes something and must succeed.
pub(crate) async fn change(relay: &TestRelay, method: &str, params: Value) {
    assert_eq!(manage(relay, method, params).await, true, "{method}");
}

/// Calls a method that must fail, and gives the reason.
pub(crate) async fn failure(relay: &TestRelay, method: &str, params: Value) -> String {
    let response = Request::new(relay, method, params).send(relay).await;
    let answer = response.answer(200);
    assert!(answer.get("result").is_none(), "{method}: {answer}");
    answer["error"].as_str().unwrap().to_owned()
}

/// A request in the making; right until changed.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The exact body.
    pub(crate) body: String,
    /// The authorization without its payload tag, which follows from the body.
    pub(crate) authorization: Note,
    /// Whether there is a payload tag.
    pub(crate) payload: bool,
    /// Header lines beside the authorization, each ending in CR LF.
    pub(crate) headers: String,
}

impl Request {
    /// A call by the administrator.
    pub(crate) fn new(relay: &TestRelay, method: &str, params: Value) -> Self {
        Self::by(ADMINISTRATOR, &http_url(relay), method, params)
    }

    /// A call by anybody, to whatever address.
    pub(crate) fn by(key: u32, url: &str, method: &str, params: Value) -> Self {
        Request {
            body: json!({ "method": method, "params": params }).to_string(),
            authorization: authorization(key, url, "POST"),
            payload: true,
            headers: MEDIA_TYPE.to_owned(),
        }
    }

    /// The signed authorization.
    pub(crate) fn signed(&self) -> Event {
        match self.payload {
            true => self
                .authorization
                .clone()
                .tag(&["payload", &sha256_hex(&self.body)]),
            false => self.authorization.clone(),
        }
        .signed()
    }

    /// Sends it.
    pub(crate) async fn send(&self, relay: &TestRelay) -> Response {
        self.send_with(relay, &header(&self.signed())).await
    }

    /// Sends it with this Authorization header, or none if it is empty.
    pub(crate) async fn send_with(&self, relay: &TestRelay, authorization: &str) -> Response {
        let mut headers = self.headers.clone();
        if !authorization.is_empty() {
            headers.push_str(&format!("Authorization: {authorization}\r\n"));
        }
        post(relay, &headers, &self.body).await
    }
}

/// The answer to a request.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// The whole head.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Response {
    /// The body, which must be an object, after an answer with this status.
    #[track_caller]
    pub(crate) fn answer(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        let answer: Value = serde_json::from_str(&self.body).unwrap();
        let members: Vec<&String> = answer.as_object().unwrap().keys().collect();
        assert!(members == ["result"] || members == ["error"], "{self:?}");
        answer
    }

    /// The request was not taken, with this status and a reason.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16) {
        let answer = self.answer(status);
        assert!(!answer["error"].as_str().unwrap().is_empty());
    }
}

/// Begins an authorization by the key `number` (NIP-98).
pub(crate) fn authorization(number: u32, url: &str, method: &str) -> Note {
    note(number)
        .kind(27_235)
        .at(now())
        .tag(&["u", url])
        .tag(&["method", method])
}

/// The value of the Authorization header.
pub(crate) fn header(authorization: &Event) -> String {
    format!("Nostr {}", STANDARD.encode(authorization.json()))
}

/// The relay's address as browsers write it.
pub(crate) fn http_url(relay: &TestRelay) -> String {
    relay.url().replacen("ws://", "http://", 1) + "/"
}

/// The hash of these bytes in lower-case hex.
pub(crate) fn sha256_hex(text: &str) -> String {
    sha256::Hash::hash(text.as_bytes()).to_string()
}

/// Sends a POST with these header lines and reads the whole answer.
pub(crate) async fn post(relay: &TestRelay, headers: &str, body: &str) -> Response {
    let path = &relay.config().server.path;
    let length = body.len();
    let text = format!(
        "POST {path} HTTP/1.1\r\nHost: kith.test\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    );
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within_deadline("an HTTP answer", stream.read_to_string(&mut answer))
        .await
        .unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Response {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_lowercase(),
        body: body.to_owned(),
    }
}
