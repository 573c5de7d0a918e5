//! A list is never rewritten from a version that may not be the newest (LBC-16, NIP51-05): not when
//! a relay is gone, not when it does not answer, not when it wants to know who asks.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use kith_client::lbc::Meetup;
use kith_client::{
    Change, EventId, FollowError, Kith, ListUnavailable, MeetupError, MemberError, PublicKey,
    Reason, Reference, Rewrite,
};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;

use super::{create, evening, me, person, reader};
use crate::events::keys;
use crate::harness::TestRelay;

/// Long enough for a busy machine; the tests of silence wait for it.
const SHORT: Duration = Duration::from_millis(1_500);

/// Every operation that replaces a note tells which relay is missing.
async fn nothing_is_rewritten(kith: &Kith, community: EventId, meetup: &Reference, missing: &str) {
    let member = PublicKey::from(keys(9).public_key());
    let moved = |meetup: &mut Meetup| meetup.places = vec!["elsewhere".to_owned()];
    let follow = |outcome: Result<Change, FollowError>| match outcome.unwrap_err() {
        FollowError::ListUnavailable(list) => list,
        error => panic!("{error}"),
    };
    let members = |error: MemberError| match error {
        MemberError::ListUnavailable(list) => list,
        error => panic!("{error}"),
    };
    let meetups = |outcome: Result<Change, MeetupError>| match outcome.unwrap_err() {
        MeetupError::ListUnavailable(list) => list,
        error => panic!("{error}"),
    };
    let edit = kith
        .edit_community(community, |metadata| metadata.title.push('!'))
        .await;
    let described = match edit.unwrap_err() {
        kith_client::CommunityError::ListUnavailable(list) => list,
        error => panic!("{error}"),
    };
    let unavailable: [ListUnavailable; 9] = [
        described,
        follow(kith.follow(community).await),
        follow(kith.leave(community).await),
        members(kith.approve(community, member).await.unwrap_err()),
        members(kith.remove(community, member).await.unwrap_err()),
        members(kith.mute(community, member).await.unwrap_err()),
        members(kith.unmute(community, member).await.unwrap_err()),
        meetups(kith.edit_meetup(meetup, moved).await),
        meetups(kith.cancel_meetup(meetup).await),
    ];
    for list in unavailable {
        let relays: Vec<String> = list.relays.iter().map(|of| of.relay.to_string()).collect();
        assert_eq!(relays, [missing], "{list}");
    }
}

#[tokio::test]
async fn lbc_16_nip51_05_nothing_is_rewritten_while_a_relay_is_gone() {
    let (up, mut down) = (TestRelay::start().await, TestRelay::start().await);
    let kith = person(1, &[&up, &down]).await;
    let community = create(&kith, "Brighton Chess").await;
    let meetup = kith
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap()
        .reference;
    kith.follow(community).await.unwrap();
    let mut socket = up.connect().await;
    let before = socket.query(json!({})).await;
    let url = down.url();
    down.stop().await;

    nothing_is_rewritten(&kith, community, &meetup, &url).await;
    assert_eq!(socket.query(json!({})).await, before);
    // Reading goes on, and says what may be missing.
    let following = kith.following().await.unwrap();
    assert_eq!((following.found.len(), following.silent.len()), (1, 1));

    // The user was asked, and says yes.
    let confirmed = kith.with_rewrite(Rewrite::Confirmed);
    assert!(matches!(
        confirmed.leave(community).await.unwrap(),
        Change::Published(_)
    ));
    assert!(matches!(
        confirmed.cancel_meetup(&meetup).await.unwrap(),
        Change::Published(_)
    ));
    assert_eq!(
        socket.query(json!({})).await.len(),
        before.len(),
        "replaced, not added"
    );
}

#[tokio::test]
async fn lbc_16_nip51_05_a_relay_that_was_never_reached_counts_too() {
    let up = TestRelay::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = format!("ws://{}", listener.local_addr().unwrap());
    drop(listener);
    let alone = person(1, &[&up]).await;
    let community = create(&alone, "Brighton Chess").await;
    let meetup = alone
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap()
        .reference;
    let builder = Kith::builder()
        .relays([up.url(), nowhere.clone()])
        .timeout(SHORT);
    let kith = builder.signer(keys(1)).connect().await.unwrap();
    assert_eq!(kith.unreachable().len(), 1);
    nothing_is_rewritten(&kith, community, &meetup, &nowhere).await;
}

#[tokio::test]
async fn lbc_16_nip51_05_a_relay_that_says_nothing_counts_too() {
    let up = TestRelay::start().await;
    let alone = person(1, &[&up]).await;
    let community = create(&alone, "Brighton Chess").await;
    let meetup = alone
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap()
        .reference;
    let mute = relay_that_answers(|_| None).await;
    let builder = Kith::builder()
        .relays([up.url(), mute.clone()])
        .timeout(SHORT);
    let kith = builder.signer(keys(1)).connect().await.unwrap();
    nothing_is_rewritten(&kith, community, &meetup, &mute).await;
}

#[tokio::test]
async fn lbc_16_nip51_05_a_relay_that_refuses_to_answer_counts_too() {
    let up = TestRelay::start().await;
    let alone = person(1, &[&up]).await;
    let community = create(&alone, "Brighton Chess").await;
    let meetup = alone
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap()
        .reference;
    let closed = |subscription: &str| {
        Some(json!(["CLOSED", subscription, "error: the disk is full"]).to_string())
    };
    let broken = relay_that_answers(closed).await;
    let builder = Kith::builder()
        .relays([up.url(), broken.clone()])
        .timeout(SHORT);
    let kith = builder.signer(keys(1)).connect().await.unwrap();
    nothing_is_rewritten(&kith, community, &meetup, &broken).await;
}

#[tokio::test]
async fn nip42_a_relay_that_asks_who_we_are_is_told_and_then_answers() {
    let relay = TestRelay::start_with(|config| config.policy.auth_required = true).await;
    let kith = person(1, &[&relay]).await;
    let community = create(&kith, "Brighton Chess").await;
    kith.follow(community).await.unwrap();
    assert_eq!(kith.following().await.unwrap().found[0].id(), community);
    // Without a key it stays closed, and an empty answer is not made of that.
    let anybody = reader(&[&relay]).await;
    let refused = anybody.following_of(me(&kith)).await.unwrap_err();
    let kith_client::ReadError::NobodyAnswered { silent } = refused else {
        panic!("{refused}")
    };
    assert!(
        matches!(silent[0].reason, Reason::Authentication(_)),
        "{silent:?}"
    );
}

/// A relay that answers every REQ with what `answer` makes of the subscription.
async fn relay_that_answers(answer: fn(&str) -> Option<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            tokio::spawn(async move {
                while let Some(Ok(message)) = socket.next().await {
                    let Message::Text(text) = message else {
                        continue;
                    };
                    let message: serde_json::Value = serde_json::from_str(&text).unwrap();
                    let asked = message[1].as_str().filter(|_| message[0] == "REQ");
                    if let Some(reply) = asked.and_then(answer)
                        && socket.send(Message::text(reply)).await.is_err()
                    {
                        return;
                    }
                }
            });
        }
    });
    url
}
