//! Relays that lie. Beside each stands an honest one: what it has is what is found, whatever the other
//! says, and the library says what it did not believe.

use futures_util::{SinkExt, StreamExt};
use kith_client::lbc::{Location, Rsvp};
use kith_client::{Answer, Draft, Event, Keys, Kind, Kith, Listing, Reason};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;

use crate::discovery::{community, meetup, near, point, signed, span};
use crate::map_relay::MapRelay;
use crate::support::{EVENING, TIMEOUT, scripted_with};

mod oks;

/// The biggest message that some relays send, and more than one that is read.
const HUGE_BYTES: usize = 24 * 1024 * 1024;

/// Before the evening, and before today.
const WRITTEN: u64 = 1_700_000_100;

/// A person, a community in Brighton with a meetup, and an honest relay that has them.
struct Truth {
    owner: Keys,
    relay: MapRelay,
    community: [Event; 2],
    meetup: Event,
}

impl Truth {
    async fn new() -> Truth {
        let owner = Keys::generate();
        let here = Location::at(point(50.82, -0.14));
        let community = community(&owner, "Brighton Chess", &here);
        let when = span(EVENING, Some(EVENING + 7_200));
        let meetup = meetup(community[0].id(), &owner, "blitz", &here, when);
        let meetup = signed(&meetup, &owner, WRITTEN);
        let relay = MapRelay::plain().await;
        relay.hold(community.clone());
        relay.hold([meetup.clone()]);
        Truth {
            owner,
            relay,
            community,
            meetup,
        }
    }

    /// Somebody who asks this relay, and the honest one.
    async fn asked_beside(&self, liar: &str) -> Kith {
        let builder = Kith::builder().relay(liar).relay(&self.relay.url);
        let builder = builder.signer(Keys::generate()).timeout(TIMEOUT);
        builder.connect().await.unwrap()
    }
}

/// What is found near Brighton: each title once, and whether all relays answered.
async fn titles(kith: &Kith) -> (Vec<String>, Vec<Reason>) {
    let here = near(50.82, -0.14, 25.0);
    let communities = kith.communities(&here).await.unwrap();
    let meetups = kith.meetups(&here).await.unwrap();
    let Listing { silent, .. } = &meetups;
    let silent = silent
        .iter()
        .map(|refusal| refusal.reason.clone())
        .collect();
    let titles = communities.found.iter().map(|found| found.title());
    let titles = titles.chain(meetups.found.iter().map(|found| found.display_title()));
    (titles.collect(), silent)
}

fn told(subscription: &str, event: &str) -> String {
    format!(r#"["EVENT","{subscription}",{event}]"#)
}

/// Answers every question with these events, whatever was asked.
async fn telling(events: Vec<String>) -> String {
    let url = scripted_with(move |message| {
        let id = message[1].as_str().unwrap_or_default();
        match message[0].as_str() {
            Some("REQ") => {
                let events = events.iter().map(|event| told(id, event));
                events.chain([json!(["EOSE", id]).to_string()]).collect()
            }
            _ => Vec::new(),
        }
    });
    url.await.to_string()
}

#[tokio::test]
async fn nip01_101_what_matches_no_question_is_dropped_and_counted() {
    let truth = Truth::new().await;
    let stranger = Keys::generate();
    let far = Location::at(point(40.0, -105.0));
    let elsewhere = community(&stranger, "Boulder Chess", &far);
    let far_meetup = meetup(
        elsewhere[0].id(),
        &stranger,
        "far",
        &far,
        span(EVENING, None),
    );
    let answer = Rsvp::new(truth.meetup.address().unwrap(), Answer::Accepted);
    let note = Draft {
        kind: Kind::new(1),
        created_at: None,
        tags: vec![],
        content: "buy this".to_owned(),
    };
    let lies = [
        note.sign(&stranger, EVENING).unwrap(),
        signed(&answer, &stranger, WRITTEN),
        elsewhere[0].clone(),
        elsewhere[1].clone(),
        signed(&far_meetup, &stranger, WRITTEN),
    ];
    let liar = telling(lies.iter().map(|event| event.json().to_owned()).collect()).await;
    let kith = truth.asked_beside(&liar).await;
    let found = titles(&kith).await;
    assert_eq!(found.0, ["Brighton Chess", "blitz"]);
    assert_eq!(found.1, []);
    let unasked: Vec<u64> = kith
        .relays()
        .iter()
        .map(|relay| relay.unasked_events)
        .collect();
    assert!(unasked[0] >= 5 && unasked[1] == 0, "{unasked:?}");
    // An answer that matches is one, wherever it was told; the others are not.
    let attendance = kith
        .attendees(truth.meetup.address().unwrap())
        .await
        .unwrap();
    assert_eq!(attendance.tally.count(Answer::Accepted), 1);

    // Whoever looks for what is wrong is told so, without having asked anything else before.
    let kith = truth.asked_beside(&liar).await;
    let checkups = kith.check_relays().await;
    let unasked: Vec<bool> = checkups
        .iter()
        .map(|relay| relay.unasked_events > 0)
        .collect();
    assert_eq!(unasked, [true, false]);
}

#[tokio::test]
async fn nip01_101_forged_notes_are_dropped_whatever_is_forged() {
    let truth = Truth::new().await;
    let [_, metadata] = &truth.community;
    let real: Value = serde_json::from_str(metadata.json()).unwrap();
    let forged = |change: &dyn Fn(&mut Value)| {
        let mut event = real.clone();
        change(&mut event);
        event.to_string()
    };
    let newer = |event: &mut Value| event["created_at"] = json!(EVENING + 1);
    let mut newest =
        serde_json::from_str::<Value>(signed_again(metadata, &truth.owner, "Stolen").json())
            .unwrap();
    // A note that the owner did write, but for its signature; and one that another key signed.
    newest["sig"] = real["sig"].clone();
    let impostor = signed_again(metadata, &Keys::generate(), "Stolen");
    let mut claimed: Value = serde_json::from_str(impostor.json()).unwrap();
    claimed["pubkey"] = real["pubkey"].clone();
    let lies = vec![
        forged(&|event| event["sig"] = json!("0".repeat(128))),
        forged(&|event| event["id"] = json!("ab".repeat(32))),
        forged(&|event| {
            newer(event);
            event["content"] = json!("Stolen");
        }),
        newest.to_string(),
        claimed.to_string(),
        impostor.json().to_owned(),
    ];
    let liar = telling(lies).await;
    let kith = truth.asked_beside(&liar).await;
    for _ in 0..2 {
        let found = titles(&kith).await;
        assert_eq!(found.0, ["Brighton Chess", "blitz"]);
    }
}

/// The same metadata with another title, an hour later.
fn signed_again(metadata: &Event, keys: &Keys, title: &str) -> Event {
    let mut tags: Vec<Vec<String>> = Vec::new();
    for tag in metadata.tags().iter() {
        let mut tag: Vec<String> = tag.iter().map(str::to_owned).collect();
        if tag[0] == "title" {
            tag[1] = title.to_owned();
        }
        tags.push(tag);
    }
    let draft = Draft {
        kind: metadata.kind(),
        created_at: Some(metadata.created_at() + 3_600),
        tags,
        content: metadata.content().to_owned(),
    };
    draft.sign(keys, EVENING).unwrap()
}

/// What a relay answers to a question with this id.
type Answering = fn(&str) -> Vec<Message>;

/// A relay that speaks before it is asked, and answers each question with these lines.
async fn babbling(first: Vec<Message>, answer: Answering) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(babble(stream, first.clone(), answer));
        }
    });
    url
}

async fn babble(stream: TcpStream, first: Vec<Message>, answer: Answering) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
        return;
    };
    for message in first {
        if socket.send(message).await.is_err() {
            return;
        }
    }
    while let Some(Ok(message)) = socket.next().await {
        let Ok(Ok(message)) = message.to_text().map(serde_json::from_str::<Value>) else {
            continue;
        };
        if message[0] == "REQ" {
            for line in answer(message[1].as_str().unwrap_or_default()) {
                if socket.send(line).await.is_err() {
                    return;
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_answer_leaves_the_honest_one() {
    let kinds: Vec<(&str, Answering)> = vec![
        ("no EOSE", |_| Vec::new()),
        ("CLOSED without a reason", |id| {
            vec![Message::text(json!(["CLOSED", id, ""]).to_string())]
        }),
        ("CLOSED with half a message", |id| {
            vec![Message::text(json!(["CLOSED", id]).to_string())]
        }),
        ("CLOSED with a reason that is none", |id| {
            vec![Message::text(json!(["CLOSED", id, {"why": 7}]).to_string())]
        }),
        ("CLOSED in capitals", |id| {
            vec![Message::text(
                json!(["CLOSED", id, "NO-WAY: \u{202e}\u{1b}[31m"]).to_string(),
            )]
        }),
        ("half a message", |_| vec![Message::text("[\"EVENT\",\"")]),
        ("a deep message", |_| {
            vec![Message::text("[".repeat(100_000))]
        }),
        ("bytes", |_| vec![Message::binary(vec![0xff; 64])]),
        ("a huge message", |_| {
            vec![Message::text("x".repeat(HUGE_BYTES))]
        }),
        ("a close", |_| vec![Message::Close(None)]),
    ];
    let truth = Truth::new().await;
    for (lie, answer) in kinds {
        let liar = babbling(Vec::new(), answer).await;
        let kith = truth.asked_beside(&liar).await;
        let (found, silent) = titles(&kith).await;
        assert_eq!(found, ["Brighton Chess", "blitz"], "{lie}");
        assert_eq!(silent.len(), 1, "{lie}: {silent:?}");
        kith.disconnect().await;
    }
}

#[tokio::test]
async fn nip01_102_what_concerns_no_question_is_ignored_and_what_comes_again_counts_once() {
    let truth = Truth::new().await;
    let metadata = truth.community[1].json().to_owned();
    let early = [
        told("", &metadata),
        told("0", &metadata),
        json!(["EOSE", "0"]).to_string(),
        json!(["CLOSED", "0", "error: not open"]).to_string(),
        json!(["HELLO", "0"]).to_string(),
        json!(["event", "0"]).to_string(),
        json!(["OK", "ab".repeat(32), true, ""]).to_string(),
        json!(["AUTH", 7]).to_string(),
        json!([]).to_string(),
    ];
    let early = early.into_iter().map(Message::text).collect();
    let liar = babbling(early, |id| {
        vec![
            Message::text(json!(["CLOSED", format!("{id}x"), "error: another"]).to_string()),
            Message::text(json!(["EOSE", format!("x{id}")]).to_string()),
            Message::text(json!(["NEWS", id, "a later version"]).to_string()),
            Message::text(json!(["EOSE", id]).to_string()),
            Message::text(json!(["EOSE", id]).to_string()),
            Message::text(json!(["CLOSED", id, "error: too late"]).to_string()),
        ]
    })
    .await;
    let kith = truth.asked_beside(&liar).await;
    for _ in 0..2 {
        let (found, silent) = titles(&kith).await;
        assert_eq!(found, ["Brighton Chess", "blitz"]);
        assert_eq!(
            silent,
            [],
            "the connection lives, and its questions are answered"
        );
    }

    let all = truth.community.iter().chain([&truth.meetup]);
    let thrice = all.flat_map(|event| vec![event.json().to_owned(); 3]);
    let repeating = telling(thrice.collect()).await;
    let kith = truth.asked_beside(&repeating).await;
    assert_eq!(titles(&kith).await.0, ["Brighton Chess", "blitz"]);
}

#[tokio::test]
async fn an_answer_without_an_end_is_cut_off() {
    let truth = Truth::new().await;
    // The same matching notes for as long as anybody listens.
    let all = truth.community.iter().chain([&truth.meetup]);
    let all: Vec<String> = all.map(|event| event.json().to_owned()).collect();
    let liar = scripted_with(move |message| {
        let id = message[1].as_str().unwrap_or_default();
        match message[0].as_str() {
            Some("REQ") => all
                .iter()
                .cycle()
                .take(9_000)
                .map(|event| told(id, event))
                .collect(),
            _ => Vec::new(),
        }
    });
    let kith = truth.asked_beside(&liar.await.to_string()).await;
    let (found, silent) = titles(&kith).await;
    assert_eq!(found, ["Brighton Chess", "blitz"]);
    assert_eq!(silent.len(), 1, "{silent:?}");
}
