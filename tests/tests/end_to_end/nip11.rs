//! NIP-11, the relay information document, line by line, read over plain TCP (the lines for
//! clients are tested with the client library).

use serde_json::{Map, Value};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{TestRelay, within_deadline};

mod document;
mod limits;
mod negotiation;
mod times;

/// The media type of the document, as a request asks for it.
const ASK: &str = "Accept: application/nostr+json\r\n";

/// An HTTP answer.
#[derive(Debug)]
struct Response {
    status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    body: String,
}

impl Response {
    /// The value of a header that is there once.
    fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(header, _)| header == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} twice: {self:?}");
        value
    }

    /// Its body as a document.
    fn document(&self) -> Map<String, Value> {
        assert_eq!(self.status, 200, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/nostr+json"));
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Sends a request with these header lines, each ending in CR LF, and reads the whole answer.
async fn request(relay: &TestRelay, method: &str, headers: &str) -> Response {
    let path = &relay.config().server.path;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: kith.test\r\nConnection: close\r\n{headers}\r\n"
    );
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within_deadline("an HTTP answer", stream.read_to_string(&mut answer))
        .await
        .unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers = lines.map(|line| line.split_once(':').unwrap());
    Response {
        status: status.parse().unwrap(),
        headers: headers
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}

/// The document of this relay.
async fn document(relay: &TestRelay) -> Map<String, Value> {
    request(relay, "GET", ASK).await.document()
}

/// A number that the document announces as a limit.
async fn announced(relay: &TestRelay, name: &str) -> usize {
    let document = document(relay).await;
    let number = document["limitation"][name].as_u64();
    usize::try_from(number.unwrap_or_else(|| panic!("no {name} in {document:?}"))).unwrap()
}
