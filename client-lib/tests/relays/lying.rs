//! Relays that lie. Beside each stands an honest one: what it has is what is found, whatever the other
//! says, and the library says what it did not believe.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{SinkExt, StreamExt};
use kith_client::lbc::{Location, Rsvp};
use kith_client::{
    Answer, Draft, Event, Keeping, Keys, Kind, Kith, Listing, PublishError, Reason, Search,
};
use kith_nips::Address;
use kith_nips::nip01::Filter;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;

use crate::discovery::{community, meetup, near, point, signed, span};
use crate::map_relay::MapRelay;
use crate::support::{EVENING, TIMEOUT, scripted_with};

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

/// A relay that speaks before it is asked, and answers each question with these lines.
async fn babbling(first: Vec<Message>, answer: fn(&str) -> Vec<Message>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(babble(stream, first.clone(), answer));
        }
    });
    url
}

async fn babble(stream: TcpStream, first: Vec<Message>, answer: fn(&str) -> Vec<Message>) {
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
    let kinds: Vec<(&str, fn(&str) -> Vec<Message>)> = vec![
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
async fn what_comes_before_a_question_or_again_and_again_is_one_answer_at_most() {
    let truth = Truth::new().await;
    let metadata = truth.community[1].json().to_owned();
    let early = [
        told("", &metadata),
        told("0", &metadata),
        json!(["EOSE", "0"]).to_string(),
        json!(["OK", "ab".repeat(32), true, ""]).to_string(),
        json!(["AUTH", 7]).to_string(),
        json!([]).to_string(),
    ];
    let early = early.into_iter().map(Message::text).collect();
    let liar = babbling(early, |id| {
        vec![
            Message::text(json!(["EOSE", id]).to_string()),
            Message::text(json!(["EOSE", id]).to_string()),
            Message::text(json!(["CLOSED", id, "error: too late"]).to_string()),
        ]
    })
    .await;
    let kith = truth.asked_beside(&liar).await;
    assert_eq!(titles(&kith).await.0, ["Brighton Chess", "blitz"]);
    assert_eq!(titles(&kith).await.1, []);

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

fn list() -> Draft {
    Draft {
        kind: Kind::INBOX_RELAYS,
        created_at: None,
        tags: vec![],
        content: String::new(),
    }
}

/// A relay that answers each note with these, where `ID` is its id, and has nothing.
async fn taking(answers: &'static [&'static str]) -> Kith {
    let url = scripted_with(move |message| match message[0].as_str() {
        Some("REQ") => vec![json!(["EOSE", message[1]]).to_string()],
        Some("EVENT") => {
            let id = message[1]["id"].as_str().unwrap();
            answers
                .iter()
                .map(|answer| answer.replace("ID", id))
                .collect()
        }
        _ => Vec::new(),
    });
    let builder = Kith::builder().relay(url.await.to_string());
    let builder = builder.signer(Keys::generate()).timeout(TIMEOUT);
    builder.connect().await.unwrap()
}

#[tokio::test]
async fn nip01_107_an_ok_counts_for_its_own_note_and_once() {
    let elsewhere = taking(&[
        r#"["OK","abababababababababababababababababababababababababababababababab",true,""]"#,
    ])
    .await;
    let error = elsewhere.publish(&list()).await.unwrap_err();
    let PublishError::NobodyAccepted { refused, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(refused[0].reason, Reason::Timeout(TIMEOUT));

    let twice = taking(&[
        r#"["OK","ID",false,"blocked: no"]"#,
        r#"["OK","ID",true,""]"#,
    ])
    .await;
    assert!(twice.publish(&list()).await.is_err());
    let turning = taking(&[
        r#"["OK","ID",true,""]"#,
        r#"["OK","ID",false,"blocked: no"]"#,
    ])
    .await;
    assert_eq!(turning.publish(&list()).await.unwrap().accepted.len(), 1);
}

#[tokio::test]
async fn an_ok_is_a_claim_and_reading_back_shows_what_it_is_worth() {
    let liar = taking(&[r#"["OK","ID",true,""]"#]).await;
    let published = liar.publish(&list()).await.unwrap();
    assert_eq!(published.accepted.len(), 1, "so it says");
    let kept = liar.read_back(&published).await;
    assert_eq!(kept[0].keeping, Keeping::Lost);
    assert_eq!(
        liar.check_writing().await.unwrap()[0].keeping,
        Keeping::Lost
    );

    let honest = crate::support::relay().await;
    let kith = crate::support::person(&[&honest], &Keys::generate()).await;
    let published = kith.publish(&list()).await.unwrap();
    assert_eq!(kith.read_back(&published).await[0].keeping, Keeping::Kept);
    assert_eq!(
        kith.check_writing().await.unwrap()[0].keeping,
        Keeping::Kept
    );
}

#[tokio::test]
async fn pfx_04_a_duplicate_that_is_not_there_was_not_taken() {
    // nostr-rs-relay says so of a list that is older than the one that it has.
    let older = taking(&[r#"["OK","ID",true,"duplicate: "]"#]).await;
    let error = older.publish(&list()).await.unwrap_err();
    let PublishError::NobodyAccepted { refused, .. } = error else {
        panic!("{error}")
    };
    assert!(
        refused[0].to_string().contains("something newer"),
        "{}",
        refused[0]
    );
    // Of a note that replaces nothing, a relay may well know the one that it is sent again.
    let note = Draft {
        kind: Kind::new(1),
        ..list()
    };
    assert_eq!(older.publish(&note).await.unwrap().accepted.len(), 1);
}

#[tokio::test]
async fn nip42_13_an_authentication_that_the_clock_spoils_names_it() {
    static SEEN: AtomicUsize = AtomicUsize::new(0);
    let url = scripted_with(|message| match message[0].as_str() {
        Some("REQ") => vec![
            json!(["AUTH", "c"]).to_string(),
            json!(["CLOSED", message[1], "auth-required: who are you?"]).to_string(),
        ],
        Some("AUTH") => {
            let at = message[1]["created_at"].as_u64().unwrap();
            SEEN.store(usize::try_from(at).unwrap(), Ordering::Relaxed);
            let text = "invalid: created_at is too far from the current time";
            vec![json!(["OK", message[1]["id"], false, text]).to_string()]
        }
        _ => Vec::new(),
    });
    let builder = Kith::builder()
        .relay(url.await.to_string())
        .clock(|| EVENING);
    let builder = builder.signer(Keys::generate()).timeout(TIMEOUT);
    let kith = builder.connect().await.unwrap();
    let error = kith.communities(&Search::new()).await.unwrap_err();
    let kith_client::ReadError::NobodyAnswered { silent } = error else {
        panic!("{error}")
    };
    assert!(silent[0].is_about_time(), "{}", silent[0]);
    assert!(matches!(silent[0].reason, Reason::Authentication(_)));
    // The clock is the one that was given.
    assert_eq!(
        SEEN.load(Ordering::Relaxed),
        usize::try_from(EVENING).unwrap()
    );
}

/// Relays of others do not look for long values: what is about a meetup is found all the same.
#[tokio::test]
async fn lbc_35_answers_are_found_where_no_long_value_is() {
    let truth = Truth::new().await;
    let address: Address = truth.meetup.address().unwrap();
    assert!(address.to_string().len() > 100);
    let guest = Keys::generate();
    let answer = signed(
        &Rsvp::new(address.clone(), Answer::Accepted),
        &guest,
        WRITTEN,
    );
    let all = truth.community.iter().chain([&truth.meetup, &answer]);
    let events: Vec<Event> = all.cloned().collect();
    let url = scripted_with(move |message| {
        let id = message[1].as_str().unwrap_or_default();
        let filters = message.as_array().unwrap().iter().skip(2);
        let filters = filters.filter_map(|filter| Filter::parse(&filter.to_string()).ok());
        let is_short = |filter: &Filter| {
            let mut values = filter.tags.values().flatten();
            values.all(|value| value.len() <= 100)
        };
        let filters: Vec<Filter> = filters.filter(is_short).collect();
        let found = events.iter().filter(|event| {
            let mut filters = filters.iter();
            filters.any(|filter| filter.matches(event, EVENING))
        });
        let mut lines: Vec<String> = found.map(|event| told(id, event.json())).collect();
        if message[0] == "REQ" {
            lines.push(json!(["EOSE", id]).to_string());
        }
        lines
    });
    let builder = Kith::builder()
        .relay(url.await.to_string())
        .timeout(TIMEOUT);
    let kith = builder.connect().await.unwrap();
    let attendance = kith.attendees(address).await.unwrap();
    assert_eq!(attendance.tally.count(Answer::Accepted), 1);
}
