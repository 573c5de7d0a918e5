//! The pages for people, as a browser without scripts gets them: what is on them, what may not be, and what
//! surrounds them.

use kith_nips::{Address, Event};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::api::{BERLIN, community, days, described, meetup, relay_with, rsvp};
use crate::events::note;
use crate::harness::{TestRelay, within_deadline};

mod answers;
mod drafts;
mod hostile;
mod naming;
mod reading;
mod signing;

/// Who owns the community of these tests.
const OWNER: u32 = 1;
/// Who says that they come.
const GUEST: u32 = 2;

/// An answer as it came.
#[derive(Debug)]
struct Page {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Page {
    /// A header, by its name in small letters; several of a name together.
    fn header(&self, name: &str) -> Option<String> {
        let lines = self.head.lines().filter_map(|line| {
            let (found, value) = line.split_once(": ")?;
            (found.eq_ignore_ascii_case(name)).then_some(value)
        });
        let values: Vec<&str> = lines.collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Checks that something stands on the page.
    #[track_caller]
    fn has(&self, parts: &[&str]) {
        for part in parts {
            assert!(
                self.text().contains(part),
                "{part:?} is missing in {}",
                self.text()
            );
        }
    }

    /// Checks that something does not stand on the page.
    #[track_caller]
    fn lacks(&self, parts: &[&str]) {
        for part in parts {
            assert!(
                !self.text().contains(part),
                "{part:?} is in {}",
                self.text()
            );
        }
    }
}

/// A GET with these headers, each with its line end.
async fn get_with(relay: &TestRelay, path: &str, headers: &str) -> Page {
    ask(relay, "GET", path, headers, "").await
}

/// A request with these headers, each with its line end.
async fn ask(relay: &TestRelay, method: &str, path: &str, headers: &str, body: &str) -> Page {
    let length = match body.len() {
        0 => String::new(),
        length => format!("Content-Length: {length}\r\n"),
    };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: kith.test\r\nConnection: close\r\n\
         Accept: text/html\r\n{length}{headers}\r\n{body}"
    );
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    within_deadline("a page", stream.read_to_end(&mut answer))
        .await
        .unwrap();
    let end = answer
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .unwrap();
    let body = answer.split_off(end + 4);
    let head = String::from_utf8(answer).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let is_chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    let body = if is_chunked { joined(&body) } else { body };
    Page { status, head, body }
}

async fn get(relay: &TestRelay, path: &str) -> Page {
    get_with(relay, path, "").await
}

/// What chunks are together (RFC 9112 §7.1).
fn joined(mut chunked: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = chunked
            .windows(2)
            .position(|bytes| bytes == b"\r\n")
            .unwrap();
        let length = std::str::from_utf8(&chunked[..end]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return whole;
        }
        whole.extend_from_slice(&chunked[end + 2..][..length]);
        chunked = &chunked[end + 2 + length + 2..];
    }
}

/// Chess in Berlin: a community, its meetup of tomorrow, an answer, a name, and a comment.
struct Chess {
    community: Event,
    meetup: Event,
    relay: TestRelay,
}

impl Chess {
    async fn start() -> Chess {
        let community = community(OWNER);
        let description = described(OWNER, &community, "Berlin Chess")
            .tag(&["t", "chess"])
            .tag(&["g", BERLIN])
            .tag(&["g", "DE:Berlin", "city"])
            .signed();
        let meetup = winter(&community).signed();
        let answer = rsvp(GUEST, &meetup, "accepted").signed();
        let profile = note(GUEST)
            .kind(0)
            .content(r#"{"name":"Ada of Berlin"}"#)
            .signed();
        let events = [
            community.clone(),
            description,
            meetup.clone(),
            answer,
            profile,
            comment(&meetup, "Is there a lift?"),
        ];
        let relay = relay_with(&events).await;
        Chess {
            community,
            meetup,
            relay,
        }
    }

    /// The page of the meetup, as the first page leads to it.
    async fn meetup_path(&self) -> String {
        path_of(&self.relay, "/m/").await
    }

    fn community_path(&self) -> String {
        format!("/c/{}", self.community.id())
    }
}

/// The first link of this sort on the first page.
async fn path_of(relay: &TestRelay, begin: &str) -> String {
    let home = get(relay, "/").await;
    let (_, rest) = home.text().split_once(&format!("href=\"{begin}")).unwrap();
    format!("{begin}{}", rest.split('"').next().unwrap())
}

/// Begins the meetup of these tests.
fn winter(community: &Event) -> crate::events::Note {
    meetup(OWNER, community, "winter", days(1))
        .tag(&["summary", "Boards are there"])
        .tag(&["location", "Volkspark 1"])
        .tag(&["g", BERLIN])
        .tag(&["g", "DE:Berlin", "city"])
        .tag(&["t", "chess"])
        .tag(&["image", "https://example.com/winter.png"])
        .content("Bring *tea*.")
}

/// A comment on a meetup (NIP-22).
fn comment(meetup: &Event, text: &str) -> Event {
    let address: Address = meetup.address().unwrap();
    let (address, author) = (address.to_string(), meetup.pubkey().to_string());
    note(GUEST)
        .kind(1_111)
        .tag(&["A", &address])
        .tag(&["K", "31923"])
        .tag(&["P", &author])
        .tag(&["a", &address])
        .tag(&["k", "31923"])
        .tag(&["p", &author])
        .content(text)
        .signed()
}

/// The data for search engines on a page.
fn data_of(page: &Page) -> Value {
    let begin = "<script type=\"application/ld+json\">";
    let (_, rest) = page.text().split_once(begin).unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}
