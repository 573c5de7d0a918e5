//! Without a network: what is written waits and goes out later, what was read is there all the same.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::{JoinHandle, JoinSet};
use tokio_tungstenite::tungstenite::Message;

use super::{Person, party, prepare, text};
use crate::harness::{TestRelay, within_deadline};

/// An address at which nobody is yet, and that nobody else takes.
struct Kept(TcpSocket);

impl Kept {
    fn new() -> Kept {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Kept(socket)
    }

    fn url(&self) -> String {
        format!("ws://{}", self.0.local_addr().unwrap())
    }

    /// From now on a relay is there.
    async fn relay(self) -> TestRelay {
        let address = self.0.local_addr().unwrap();
        drop(self);
        TestRelay::start_at(address).await
    }
}

/// A relay that has nothing, and never says whether it took what it was given.
struct Deaf {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Deaf {
    async fn start() -> Deaf {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(async move {
                    let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
                    while let Some(Ok(Message::Text(text))) = socket.next().await {
                        let message: Value = serde_json::from_str(&text).unwrap();
                        if message[0] == "REQ" {
                            let end = json!(["EOSE", message[1]]).to_string();
                            socket.send(Message::text(end)).await.unwrap();
                        }
                    }
                });
            }
        });
        Deaf { address, serving }
    }

    fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// From now on a relay of ours is there.
    async fn relay(self) -> TestRelay {
        self.serving.abort();
        let _ = self.serving.await;
        TestRelay::start_at(self.address).await
    }
}

async fn outbox(person: &Person) -> Vec<Value> {
    person.json(["outbox"]).await["notes"]
        .as_array()
        .unwrap()
        .clone()
}

/// The kinds of everything that a relay has, in order.
async fn kinds(relay: &TestRelay) -> Vec<u64> {
    let mut socket = relay.connect().await;
    let events = socket.query(json!({})).await;
    let mut kinds: Vec<u64> = events
        .iter()
        .map(|event| event.kind().as_u16().into())
        .collect();
    kinds.sort_unstable();
    kinds
}

#[tokio::test]
async fn what_no_relay_took_waits_and_goes_out_once_when_one_is_back() {
    let kept = Kept::new();
    let organizer = Person::with_key(&kept.url(), 1);
    let create = [
        "community",
        "create",
        "Brighton Chess",
        "--place",
        "Brighton, GB",
    ];
    let ended = organizer.run(create).await;
    assert_eq!(ended.code, 7, "{ended:?}");
    assert!(ended.stdout.contains("Brighton Chess"), "{ended:?}");
    assert!(
        ended.stderr.contains("signed and queued, on no relay yet"),
        "{ended:?}"
    );
    // What was just written is known, and can be built upon.
    let meetup = [
        "meetup",
        "create",
        "Brighton Chess",
        "Opening night",
        "--start",
        "+7d",
    ];
    let ended = organizer.run(meetup.iter().chain(&["--json"])).await;
    assert_eq!(ended.code, 7, "{ended:?}");
    let changed: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(changed["published"]["accepted"], json!([]));
    assert_eq!(
        text(&changed["published"]["waiting"][0]["relay"]),
        kept.url()
    );

    let waiting = outbox(&organizer).await;
    let of_kind: Vec<&Value> = waiting.iter().map(|note| &note["kind"]).collect();
    assert_eq!(
        of_kind,
        [1037, 30_037, 30_000, 40, 31_923]
            .map(Value::from)
            .iter()
            .collect::<Vec<_>>()
    );
    assert!(
        !text(&waiting[0]["relays"][0]["reason"]).is_empty(),
        "{waiting:?}"
    );
    // LBC-57: the others are not even tried before the first is there.
    assert_eq!(waiting[1]["relays"][0]["attempts"], 0);
    let states = waiting.iter().map(|note| &note["relays"][0]["state"]);
    assert!(states.into_iter().all(|state| state == "waiting"));
    let page = organizer.done(["outbox"]).await;
    assert!(page.contains("meetup \"Opening night\""), "{page}");
    let checks = organizer.run(["doctor"]).await;
    assert!(
        checks.stdout.contains("5 notes wait to be sent"),
        "{checks:?}"
    );

    let relay = kept.relay().await;
    let near = organizer.done(["near", "Brighton, GB"]).await;
    assert!(
        near.contains("KM") || near.contains("no communities"),
        "{near}"
    );
    assert!(outbox(&organizer).await.is_empty());
    let stored = kinds(&relay).await;
    assert_eq!(stored, [40, 1037, 30_000, 30_037, 31_923]);
    organizer.done(["near", "Brighton, GB"]).await;
    organizer.done(["outbox", "send"]).await;
    assert_eq!(kinds(&relay).await, stored);
}

#[tokio::test]
async fn what_was_queued_when_the_program_was_killed_is_sent_by_the_next_one() {
    let deaf = Deaf::start().await;
    let organizer = Person::with_key(&deaf.url(), 1);
    let create = ["community", "create", "Brighton Chess", "--timeout", "600"];
    let running = organizer.start(create);
    let queued = async {
        while outbox(&organizer).await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    within_deadline("a note in the queue", queued).await;
    running.kill().await;
    // On a slow machine more than the first note may be there by then.
    let waiting = outbox(&organizer).await;
    let mut queued: Vec<u64> = waiting
        .iter()
        .filter_map(|note| note["kind"].as_u64())
        .collect();
    queued.sort_unstable();
    assert!(queued.contains(&1037), "{waiting:?}");

    let relay = deaf.relay().await;
    organizer.done(["near", "Brighton, GB"]).await;
    assert!(outbox(&organizer).await.is_empty());
    assert_eq!(kinds(&relay).await, queued);
}

#[tokio::test]
async fn a_relay_that_is_away_gets_its_note_later_and_what_is_dropped_nobody_gets() {
    let relay = TestRelay::start().await;
    let (_, guest) = party(&relay).await;
    let kept = Kept::new();
    guest.done(["near", "Brighton, GB"]).await;
    let guest = guest.with("KITH_RELAYS", format!("{} {}", relay.url(), kept.url()));
    let ended = guest.run(["rsvp", "Opening night", "maybe"]).await;
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stderr.contains("not everywhere yet"), "{ended:?}");
    let comment = ["comment", "Opening night", "I bring cake"];
    assert_eq!(guest.run(comment).await.code, 0);
    let waiting = outbox(&guest).await;
    assert_eq!(waiting.len(), 2, "{waiting:?}");
    let states = |note: &Value| -> Vec<String> {
        let relays = note["relays"].as_array().unwrap().iter();
        let mut states: Vec<String> = relays.map(|relay| text(&relay["state"])).collect();
        states.sort();
        states
    };
    assert_eq!(states(&waiting[0]), ["taken", "waiting"]);

    guest
        .fails(
            ["outbox", "drop", "ffffffff"],
            3,
            "nothing with the id",
            "kith outbox",
        )
        .await;
    let id = text(&waiting[1]["id"]);
    let dropped = guest.json(["outbox", "drop", &id[..8]]).await;
    assert_eq!(dropped["dropped"], json!([id]));
    let second = kept.relay().await;
    let sent = guest.json(["outbox", "send"]).await;
    assert_eq!(sent["sent"], json!([waiting[0]["id"]]));
    assert_eq!(sent["notes"], json!([]));
    assert_eq!(kinds(&second).await, [31_925]);
    assert_eq!(
        kinds(&relay)
            .await
            .iter()
            .filter(|kind| **kind == 31_925)
            .count(),
        1
    );
}

#[tokio::test]
async fn what_was_seen_is_there_without_a_relay() {
    let mut relay = TestRelay::start().await;
    let organizer = Person::with_key(&relay.url(), 1);
    prepare(&organizer).await;
    let organizer = organizer.with("KITH_NOW", "2026-11-21T10:15:00+00:00[Europe/London]");
    organizer.done(["rsvp", "Opening night", "yes"]).await;
    organizer.done(["chat", "Brighton Chess", "Welcome"]).await;
    let questions: [&[&str]; 7] = [
        &["near", "Brighton, GB"],
        &["agenda"],
        &["community", "show", "Brighton Chess"],
        &["meetup", "show", "Opening night"],
        &["members", "list", "Brighton Chess"],
        &["attendees", "Opening night"],
        &["chat", "Brighton Chess"],
    ];
    let mut before = Vec::new();
    for words in questions {
        before.push(organizer.json(words).await);
    }
    relay.stop().await;
    for (words, before) in questions.iter().zip(&before) {
        for offline in [&[][..], &["--offline"]] {
            let words: Vec<&&str> = words.iter().chain(offline).chain(&["--json"]).collect();
            let ended = organizer.run(&words).await;
            assert_eq!(ended.code, 0, "{words:?}: {ended:?}");
            assert!(
                ended.stderr.contains("this is what was read before"),
                "{ended:?}"
            );
            assert_eq!(
                offline.is_empty(),
                ended.stderr.contains("without ws://"),
                "{ended:?}"
            );
            let mut after: Value = serde_json::from_str(&ended.stdout).unwrap();
            let freshness = after.as_object_mut().unwrap().remove("freshness").unwrap();
            assert_eq!(freshness["source"], "cache");
            assert!(freshness["as_of_unix"].is_u64(), "{freshness}");
            assert_eq!(&after, before, "{words:?}");
        }
    }
    // A list is not rewritten from what may be old; what replaces nothing waits.
    let another = ["follow", "Brighton Chess"];
    organizer
        .fails(another, 5, "was not changed", "--force-new-list")
        .await;
    let ended = organizer
        .run(["chat", "Brighton Chess", "Anybody?", "--offline"])
        .await;
    assert_eq!(ended.code, 7, "{ended:?}");
    let chat = organizer.run(["chat", "Brighton Chess", "--offline"]).await;
    assert!(chat.stdout.contains("Anybody?"), "{chat:?}");
}

#[tokio::test]
async fn a_private_message_waits_for_the_relay_where_somebody_receives_them() {
    let (home, away) = (TestRelay::start().await, Kept::new());
    let (alice, bob) = (
        Person::with_key(&home.url(), 1),
        Person::with_key(&home.url(), 2),
    );
    // Who reads at a relay that is away says so at home.
    let inbox = crate::events::note(2).kind(10_050);
    let inbox = inbox.tag(&["relay", &away.url()]).signed();
    home.connect().await.accept_all(&[inbox]).await;
    let npub = bob.npub().await;
    let ended = alice.run(["dm", &npub, "meet me at noon"]).await;
    assert_eq!(ended.code, 7, "{ended:?}");
    assert!(ended.stdout.contains("waits to be sent"), "{ended:?}");
    let waiting = outbox(&alice).await;
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert_eq!(
        text(&waiting[0]["what"]),
        format!("private message to {npub}")
    );
    assert_eq!(waiting[0]["relays"][0]["relay"], away.url());
    assert_ne!(text(&waiting[0]["author"]), alice.npub().await);

    let _relay = away.relay().await;
    let sent = alice.json(["outbox", "send"]).await;
    assert_eq!(sent["sent"], json!([waiting[0]["id"]]));
    assert_eq!(sent["notes"], json!([]));
    let shown = bob.json(["dm"]).await;
    assert_eq!(shown["conversations"][0]["count"], 1);
    assert_eq!(
        shown["conversations"][0]["newest"]["text"],
        "meet me at noon"
    );
}
