//! How many people, from relays that count: sketches of two relays with some of the same people, relays
//! that only give numbers, and relays that do not count.

use kith_client::{CountPrecision, EventId};
use kith_nips::Event;

use super::{create, evening, person, reader};
use crate::events::note;
use crate::harness::TestRelay;

/// Lists with which these people follow a community.
fn following(community: EventId, people: std::ops::Range<u32>) -> Vec<Event> {
    let id = community.to_string();
    people
        .map(|number| {
            note(number)
                .by(number)
                .kind(10037)
                .tag(&["e", &id])
                .signed()
        })
        .collect()
}

/// A community on these relays; the first has followers 1,000 to 1,039, the second 1,020 to 1,059.
async fn followed(relays: [&TestRelay; 2]) -> EventId {
    let owner = person(1, &relays).await;
    let community = create(&owner, "Chess").await;
    for (relay, people) in relays.into_iter().zip([1_000..1_040, 1_020..1_060]) {
        let lists = following(community, people);
        relay.connect().await.accept_all(&lists).await;
    }
    community
}

#[tokio::test]
async fn nip45_11_sketches_of_two_relays_are_put_together() {
    let relays = [TestRelay::start().await, TestRelay::start().await];
    let [one, two] = &relays;
    let community = followed([one, two]).await;
    let both = reader(&[one, two]).await;
    let count = both.count_followers(community).await.unwrap();
    assert_eq!(
        (count.precision, &count.silent[..]),
        (CountPrecision::Estimate, &[][..])
    );
    assert!(count.number.abs_diff(60) <= 12, "{count}");
    let listed = both.followers(community).await.unwrap().found.len();
    assert_eq!(listed, 60);
    // One relay alone counts exactly.
    let count = reader(&[one])
        .await
        .count_followers(community)
        .await
        .unwrap();
    assert_eq!((count.number, count.precision), (40, CountPrecision::Exact));
    assert_eq!(count.to_string(), "40");
}

#[tokio::test]
async fn nip45_12_a_relay_that_does_not_count_is_read() {
    let counting = TestRelay::start().await;
    let mute = TestRelay::start_with(|config| config.features.count = false).await;
    let community = followed([&counting, &mute]).await;
    let both = reader(&[&counting, &mute]).await;
    let count = both.count_followers(community).await.unwrap();
    assert_eq!((count.number, count.precision), (60, CountPrecision::Exact));
}

#[tokio::test]
async fn members_and_answers_are_people_not_notes() {
    let relays = [TestRelay::start().await, TestRelay::start().await];
    let [one, two] = &relays;
    let community = followed([one, two]).await;
    let owner = person(1, &[one, two]).await;
    for number in [1_000, 1_059, 2_000] {
        let person = crate::events::pubkey(number);
        owner.approve(community, person).await.unwrap();
    }
    let members = owner.count_members(community).await.unwrap();
    assert_eq!(
        (members.number, members.precision),
        (2, CountPrecision::Exact)
    );

    let meetup = owner.schedule_meetup(&evening(community, "Night")).await;
    let meetup = owner.meetup(&meetup.unwrap().reference).await.unwrap();
    let address = meetup.address().to_string();
    // Everybody answers with two notes, as other programs do, each on another relay.
    for (relay, name) in [(one, "a"), (two, "b")] {
        let answers: Vec<Event> = (100..130)
            .map(|number| {
                let answer = note(number).by(number).kind(31925).tag(&["d", name]);
                let answer = answer.tag(&["a", &address]).tag(&["status", "accepted"]);
                answer.signed()
            })
            .collect();
        relay.connect().await.accept_all(&answers).await;
    }
    let count = owner.count_answers(&meetup).await.unwrap();
    assert_eq!(count.precision, CountPrecision::Estimate);
    assert!(count.number.abs_diff(30) <= 6, "{count}");
}
