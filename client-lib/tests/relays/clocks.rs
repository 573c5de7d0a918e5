//! Clocks that are wrong by an hour: ours, or that of whoever wrote before.

use std::sync::atomic::{AtomicU64, Ordering};

use kith_client::nip52::When;
use kith_client::{
    Answer, Change, Draft, Keys, Kith, NewCommunity, NewMeetup, ReadError, Reason, Reference,
    Search,
};
use nostr_relay_builder::local::LocalRelay;
use serde_json::json;

use crate::discovery::span;
use crate::support::{EVENING, TIMEOUT, relay, scripted_with, tags, urls};

const HOUR: u64 = 3_600;

/// What the clocks that are right say. The clock of the relay does not matter: it takes all notes.
const NOW: u64 = EVENING - 86_400;

fn right() -> u64 {
    NOW
}

fn ahead() -> u64 {
    NOW + HOUR
}

fn behind() -> u64 {
    NOW - HOUR
}

async fn person(relay: &LocalRelay, keys: &Keys, clock: fn() -> u64) -> Kith {
    let builder = Kith::builder().relays(urls(&[relay]).await).clock(clock);
    let builder = builder.signer(keys.clone()).timeout(TIMEOUT);
    builder.connect().await.unwrap()
}

async fn community(kith: &Kith, title: &str) -> Reference {
    let created = kith.create_community(&NewCommunity::new(title)).await;
    Reference::from(created.unwrap().id)
}

#[tokio::test]
async fn nip01_104_what_was_written_with_a_clock_ahead_is_rewritten_and_wins() {
    let relay = relay().await;
    let keys = Keys::generate();
    let kith = person(&relay, &keys, right).await;
    let communities = [community(&kith, "One").await, community(&kith, "Two").await];
    let early = person(&relay, &keys, ahead).await;
    early.follow(communities[0].clone()).await.unwrap();
    // By this clock the newest version is from the future; the next one is dated after it.
    let Change::Published(published) = kith.follow(communities[1].clone()).await.unwrap() else {
        panic!("nothing changed");
    };
    let late = person(&relay, &keys, behind).await;
    assert_eq!(late.following().await.unwrap().found.len(), 2);
    let filter = nostr_sdk::Filter::new().id(published.id.into());
    let found = kith.client().fetch_events(filter, TIMEOUT).await.unwrap();
    assert_eq!(found.first().unwrap().created_at.as_secs(), NOW + HOUR + 1);
    late.leave(communities[0].clone()).await.unwrap();
    assert_eq!(kith.following().await.unwrap().found.len(), 1);
}

#[tokio::test]
async fn nip52_14_the_last_answer_counts_whatever_the_clocks_say() {
    let relay = relay().await;
    let (owner, guest) = (Keys::generate(), Keys::generate());
    let organizer = person(&relay, &owner, right).await;
    let community = community(&organizer, "Chess").await;
    let when = When::timed(span(EVENING, None));
    let meetup = organizer
        .schedule_meetup(&NewMeetup::new(community, "Blitz", when))
        .await;
    let meetup = meetup.unwrap().reference;
    let clocks: [(fn() -> u64, Answer); 4] = [
        (behind, Answer::Accepted),
        (ahead, Answer::Declined),
        (right, Answer::Tentative),
        (behind, Answer::Accepted),
    ];
    for (clock, answer) in clocks {
        let kith = person(&relay, &guest, clock).await;
        kith.answer(&meetup, answer).await.unwrap();
        for reader in [behind, right, ahead] {
            let kith = person(&relay, &owner, reader).await;
            let attendance = kith.attendees(&meetup).await.unwrap();
            assert_eq!(attendance.tally.count(answer), 1);
            let answers = [Answer::Accepted, Answer::Declined, Answer::Tentative];
            let all: usize = answers
                .map(|answer| attendance.tally.count(answer))
                .iter()
                .sum();
            assert_eq!(all, 1);
        }
    }
}

#[tokio::test]
async fn nip40_what_has_expired_is_judged_by_the_clock_that_was_given() {
    let relay = relay().await;
    let keys = Keys::generate();
    let kith = person(&relay, &keys, right).await;
    let community = community(&kith, "Chess").await;
    let when = When::timed(span(EVENING, None));
    let meetup = kith
        .schedule_meetup(&NewMeetup::new(community, "Blitz", when))
        .await;
    let meetup = meetup.unwrap().reference;
    kith.comment(&meetup, "for good").await.unwrap();
    let comments = kith.comments(&meetup).await.unwrap().found;
    let root = comments[0].comment.clone();
    let expires = (NOW + HOUR / 2).to_string();
    let mut draft = kith_client::lbc::Note::draft(&root.note).unwrap();
    draft.tags.extend(tags(&[&["expiration", &expires]]));
    "for now".clone_into(&mut draft.content);
    kith.publish(&Draft {
        created_at: None,
        ..draft
    })
    .await
    .unwrap();
    let seen = async |clock| {
        let kith = person(&relay, &keys, clock).await;
        kith.comments(&meetup).await.unwrap().found.len()
    };
    assert_eq!(
        (seen(behind).await, seen(right).await, seen(ahead).await),
        (2, 2, 1)
    );
}

#[tokio::test]
async fn nip42_13_an_authentication_that_the_clock_spoils_names_it() {
    static SEEN: AtomicU64 = AtomicU64::new(0);
    let url = scripted_with(|message| match message[0].as_str() {
        Some("REQ") => vec![
            json!(["AUTH", "c"]).to_string(),
            json!(["CLOSED", message[1], "auth-required: who are you?"]).to_string(),
        ],
        Some("AUTH") => {
            let at = message[1]["created_at"].as_u64().unwrap();
            SEEN.store(at, Ordering::Relaxed);
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
    let ReadError::NobodyAnswered { silent } = error else {
        panic!("{error}")
    };
    assert!(silent[0].is_about_time(), "{}", silent[0]);
    assert!(matches!(silent[0].reason, Reason::Authentication(_)));
    // The clock is the one that was given.
    assert_eq!(SEEN.load(Ordering::Relaxed), EVENING);
}
