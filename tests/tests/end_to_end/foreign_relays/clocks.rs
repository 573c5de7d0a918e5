//! Clocks that are wrong by an hour, on relays that compare the time of a note with their own.

use std::time::{SystemTime, UNIX_EPOCH};

use kith_client::nip52::{TimeSpan, When};
use kith_client::{
    Answer, CommunityError, Keeping, Kith, NewCommunity, NewMeetup, PublishError, Reference,
};

use super::program::FUTURE_SECONDS_MAX;
use super::{ForeignRelay, Software, Together};
use crate::events::keys;

const HOUR: u64 = 3_600;

const _: () = assert!(FUTURE_SECONDS_MAX < HOUR);

/// Thursday, 2030-10-03, 17:30 UTC.
const EVENING: u64 = 1_917_279_000;

fn right() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_secs()
}

fn ahead() -> u64 {
    right() + HOUR
}

fn behind() -> u64 {
    right() - HOUR
}

async fn person(number: u32, relays: &[String], clock: fn() -> u64) -> Kith {
    let builder = Kith::builder().relays(relays).clock(clock);
    builder.signer(keys(number)).connect().await.unwrap()
}

#[tokio::test]
async fn a_clock_ahead_is_refused_by_relays_of_others_and_named() {
    for software in [Software::NostrRsRelay, Software::Khatru] {
        let relay = ForeignRelay::start(software).await;
        let kith = person(21, &[relay.url()], ahead).await;
        let created = kith.create_community(&NewCommunity::new("Early")).await;
        let refused = match created.unwrap_err() {
            CommunityError::Publish(PublishError::NobodyAccepted { refused, .. }) => refused,
            error => panic!("{software:?}: {error}"),
        };
        assert!(refused[0].is_about_time(), "{software:?}: {}", refused[0]);
        let kept = kith.check_writing().await.unwrap();
        assert!(
            matches!(&kept[0].keeping, Keeping::Refused(_)),
            "{software:?}: {kept:?}"
        );
    }
}

#[tokio::test]
async fn with_a_clock_behind_what_is_changed_wins_on_every_relay() {
    let relays = Together::start().await;
    let urls = relays.urls();
    let organizer = person(22, &urls, right).await;
    let mut communities = Vec::new();
    for title in ["One", "Two"] {
        let created = organizer.create_community(&NewCommunity::new(title)).await;
        communities.push(Reference::from(created.unwrap().id));
    }
    let when = When::timed(TimeSpan::new(EVENING, None).unwrap());
    let meetup = NewMeetup::new(communities[0].clone(), "Boards", when);
    let meetup = organizer.schedule_meetup(&meetup).await.unwrap().reference;
    let guest = person(23, &urls, right).await;
    guest.follow(communities[0].clone()).await.unwrap();
    guest.answer(&meetup, Answer::Accepted).await.unwrap();

    // The same person, an hour ago by their own clock: what is newer is rewritten all the same.
    let late = person(23, &urls, behind).await;
    late.follow(communities[1].clone()).await.unwrap();
    late.answer(&meetup, Answer::Declined).await.unwrap();
    let kept = late.check_writing().await.unwrap();
    assert!(
        kept.iter().all(|relay| relay.keeping == Keeping::Kept),
        "{kept:?}"
    );
    for url in &urls {
        let reader = person(24, std::slice::from_ref(url), right).await;
        let attendance = reader.attendees(&meetup).await.unwrap();
        assert_eq!(attendance.tally.count(Answer::Declined), 1, "{url}");
        assert_eq!(attendance.tally.count(Answer::Accepted), 0, "{url}");
        let same = person(23, std::slice::from_ref(url), right).await;
        let followed = same.following().await.unwrap();
        assert_eq!(followed.found.len(), 2, "{url}");
    }
}
