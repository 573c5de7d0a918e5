//! NIP-05, the file of names that the relay serves, line by line (what clients make of such files is tested
//! elsewhere).

use std::net::SocketAddr;

use kith_relay::Config;
use kith_relay::config::GivenTo;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::events::{MOMENT, Note, note, pubkey};
use crate::harness::{Answer, TestRelay, within_deadline};

mod answers;
mod keeping;

const PATH: &str = "/.well-known/nostr.json";

/// What stands behind the `@`.
const HOST: &str = "kith.example";

/// A relay at [`HOST`] that gives names to everybody, with a configuration of the test's own.
async fn naming_with(change: impl FnOnce(&mut Config)) -> TestRelay {
    TestRelay::start_with(|config| {
        for_everybody(config);
        change(config);
    })
    .await
}

fn for_everybody(config: &mut Config) {
    config.server.public_url = Some(format!("wss://{HOST}/relay"));
    config.names.given_to = GivenTo::Anybody;
}

async fn naming() -> TestRelay {
    naming_with(|_| {}).await
}

/// A profile of the key `number` with this identifier, so many seconds after [`MOMENT`].
fn profile(number: u32, identifier: &str, after: u64) -> Note {
    let content = json!({"name": "somebody", "nip05": identifier}).to_string();
    note(number).kind(0).at(MOMENT + after).content(content)
}

/// Asks for a name at [`HOST`] with a profile.
async fn ask(relay: &TestRelay, number: u32, name: &str, after: u64) -> Answer {
    let profile = profile(number, &format!("{name}@{HOST}"), after);
    relay.connect().await.event(&profile.signed()).await
}

/// Sends a request, head and body as they stand, and reads the whole answer.
async fn send(address: SocketAddr, request: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within_deadline("an HTTP answer", stream.read_to_string(&mut answer))
        .await
        .unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_lowercase(), body.to_owned())
}

/// A request without a body.
async fn request(
    relay: &TestRelay,
    method: &str,
    target: &str,
    headers: &str,
) -> (u16, String, String) {
    let text = format!(
        "{method} {target} HTTP/1.1\r\nHost: kith.test\r\nConnection: close\r\n{headers}\r\n"
    );
    send(relay.address(), &text).await
}

/// The file that answers this query, after the checks that hold for every answer.
async fn file(relay: &TestRelay, query: &str) -> Value {
    let (status, head, body) = request(relay, "GET", &format!("{PATH}{query}"), "").await;
    assert_eq!(status, 200, "{head}");
    check_open(&head);
    assert!(
        head.contains("\r\ncontent-type: application/json\r\n"),
        "{head}"
    );
    serde_json::from_str(&body).unwrap()
}

/// Whose name it is.
async fn holder(relay: &TestRelay, name: &str) -> Option<String> {
    let file = file(relay, &format!("?name={name}")).await;
    let names = file["names"].as_object().unwrap();
    assert!(names.len() < 2, "{file}");
    names.get(name).map(|key| key.as_str().unwrap().to_owned())
}

/// The name is that of the key `number`, or nobody's.
async fn check_holder(relay: &TestRelay, name: &str, number: Option<u32>) {
    let expected = number.map(|number| pubkey(number).to_string());
    assert_eq!(holder(relay, name).await, expected, "{name}");
}

/// Every page may read an answer with this head, and it leads nowhere else.
#[track_caller]
fn check_open(head: &str) {
    let allowed = head.matches("\r\naccess-control-allow-origin: *").count();
    assert_eq!(allowed, 1, "{head}");
    assert!(!head.starts_with("http/1.1 3"), "{head}");
    assert!(!head.contains("\r\nlocation:"), "{head}");
}
