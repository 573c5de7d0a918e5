//! The HTTP API: every route over a real socket, what is refused and how, and that nothing is shown there
//! that the relay would not show a stranger.

use kith_nips::Event;
use kith_relay::Config;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::events::{Note, note, now, pubkey};
use crate::harness::{TestRelay, within_deadline};

mod access;
mod communities;
mod events;
mod formats;
mod lists;
mod meetups;
mod people;
mod places;
mod protocol;

/// Where meetups of these tests are: the middle of Berlin.
pub(crate) const BERLIN: &str = "u33dc0cpp";
/// About 25 km away from it.
const POTSDAM: &str = "u336133m2";

/// The answer to a request.
#[derive(Debug)]
struct Answer {
    status: u16,
    /// All lines of the head, in small letters.
    head: String,
    body: String,
}

impl Answer {
    /// The body of a right answer.
    #[track_caller]
    fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{}\n{}", self.head, self.body);
        assert_eq!(self.header("content-type"), Some("application/json"));
        serde_json::from_str(&self.body).unwrap()
    }

    /// The body of a problem (RFC 9457) with this status.
    #[track_caller]
    fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}\n{}", self.head, self.body);
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        let problem: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], "about:blank");
        assert!(!problem["title"].as_str().unwrap().is_empty());
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        problem
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            (found == name).then_some(value)
        })
    }
}

/// One request, on a connection of its own.
async fn request(relay: &TestRelay, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let length = body.len();
    let text = format!(
        "{method} /api/v1{path} HTTP/1.1\r\nHost: kith.test\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    );
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within_deadline("an HTTP answer", stream.read_to_string(&mut answer))
        .await
        .unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_lowercase(),
        body: body.to_owned(),
    }
}

/// A GET.
async fn get(relay: &TestRelay, path: &str) -> Answer {
    request(relay, "GET", path, "", "").await
}

/// What a right GET brings.
async fn json(relay: &TestRelay, path: &str) -> Value {
    let answer = get(relay, path).await;
    assert_eq!(answer.status, 200, "{path}\n{}", answer.body);
    answer.json()
}

/// The values of one member in a list, in order.
async fn listed(relay: &TestRelay, path: &str, member: &str) -> Vec<String> {
    let list = json(relay, path).await;
    members(&list, member)
}

fn members(list: &Value, member: &str) -> Vec<String> {
    let items = list["items"].as_array().unwrap().iter();
    items
        .map(|item| item[member].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// All items of a list, page by page.
async fn all_pages(relay: &TestRelay, path: &str, member: &str) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), None::<String>);
    let join = if path.contains('?') { '&' } else { '?' };
    loop {
        let page = match &cursor {
            Some(cursor) => json(relay, &format!("{path}{join}cursor={cursor}")).await,
            None => json(relay, path).await,
        };
        found.extend(members(&page, member));
        match page["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return found,
        }
    }
}

/// A relay that took these events, one after the other.
pub(crate) async fn relay_with(events: &[Event]) -> TestRelay {
    relay_with_config(|_| {}, events).await
}

pub(crate) async fn relay_with_config(
    change: impl FnOnce(&mut Config),
    events: &[Event],
) -> TestRelay {
    let relay = TestRelay::start_with(change).await;
    publish(&relay, events).await;
    relay
}

async fn publish(relay: &TestRelay, events: &[Event]) {
    let mut socket = relay.connect().await;
    for event in events {
        socket.accept(event).await;
    }
}

/// The community of the key `owner`.
pub(crate) fn community(owner: u32) -> Event {
    note(owner).kind(1_037).content("An old text").signed()
}

/// Begins the description of a community by its owner.
pub(crate) fn described(owner: u32, community: &Event, title: &str) -> Note {
    let id = community.id().to_string();
    note(owner)
        .kind(30_037)
        .tag(&["d", &id])
        .tag(&["e", &id, "", &community.pubkey().to_string()])
        .tag(&["title", title])
        .content(format!("All about {title}"))
}

/// A meetup of a community by the key `author`, so many seconds from now, two hours long.
pub(crate) fn meetup(author: u32, community: &Event, slug: &str, in_seconds: i64) -> Note {
    let id = community.id().to_string();
    let start = now().checked_add_signed(in_seconds).unwrap();
    note(author)
        .kind(31_923)
        .tag(&["d", &format!("{id}:{slug}")])
        .tag(&["e", &id, "", &community.pubkey().to_string()])
        .tag(&["title", slug])
        .tag(&["start", &start.to_string()])
        .tag(&["end", &(start + 7_200).to_string()])
        .tag(&["start_tzid", "Europe/Berlin"])
}

/// Days as seconds.
pub(crate) fn days(number: i64) -> i64 {
    number * 86_400
}

/// An answer of the key `author` to a meetup.
pub(crate) fn rsvp(author: u32, meetup: &Event, status: &str) -> Note {
    let address = meetup.address().unwrap().to_string();
    note(author)
        .kind(31_925)
        .tag(&["d", &format!("answer to {address}")])
        .tag(&["a", &address])
        .tag(&["e", &meetup.id().to_string()])
        .tag(&["status", status])
}

/// The list of members, or of the muted with the ending `:blocked`, of a community.
pub(crate) fn people_list(owner: u32, community: &Event, ending: &str, keys: &[u32]) -> Event {
    let list = note(owner)
        .kind(30_000)
        .tag(&["d", &format!("{}{ending}", community.id())]);
    let add = |list: Note, key: &u32| list.tag(&["p", &pubkey(*key).to_string()]);
    keys.iter().fold(list, add).signed()
}

/// The list of the communities that the key `person` follows.
pub(crate) fn follows(person: u32, communities: &[&Event]) -> Note {
    let list = note(person).kind(10_037);
    let add = |list: Note, community: &&Event| list.tag(&["e", &community.id().to_string()]);
    communities.iter().fold(list, add)
}
