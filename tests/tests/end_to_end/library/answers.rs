//! Answering meetups and counting the answers.

use kith_client::lbc::{Basis, Group};
use kith_client::{Answer, Availability, NewAnswer, PublicKey, Reference, RsvpError, Target};
use nostr_sdk::hashes::{Hash, sha256};
use serde_json::json;

use super::{create, evening, has, me, person, reader, tags};
use crate::events::{hex, keys, note, now};
use crate::harness::TestRelay;

fn address(meetup: &Reference) -> String {
    match &meetup.target {
        Target::Address(address) => address.to_string(),
        Target::Id(id) => panic!("{id}"),
    }
}

#[tokio::test]
async fn lbc_35_nip52_13_14_one_person_has_one_answer_from_every_device() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let scheduled = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap();
    let meetup = scheduled.reference;
    let (laptop, phone) = (person(2, &[&relay]).await, person(2, &[&relay]).await);
    laptop.answer(&meetup, Answer::Tentative).await.unwrap();
    let answer = NewAnswer {
        availability: Some(Availability::Busy),
        comment: "I bring a clock".to_owned(),
        ..Answer::Accepted.into()
    };
    phone.answer(&meetup, answer).await.unwrap();

    let mut socket = relay.connect().await;
    let address = address(&meetup);
    let found = socket
        .query(json!({"kinds": [31925], "#a": [address]}))
        .await;
    let [rsvp] = &found[..] else {
        panic!("{found:?}")
    };
    let d = hex(&sha256::Hash::hash(address.as_bytes()).to_byte_array());
    assert_eq!(
        (rsvp.identifier(), rsvp.content()),
        (d.as_str(), "I bring a clock")
    );
    let url = relay.url();
    for tag in [
        &["a", address.as_str(), url.as_str()][..],
        &["e", &scheduled.published.id.to_string(), &url],
        &["status", "accepted"],
        &["fb", "busy"],
        &["p", &me(&owner).to_string()],
    ] {
        assert!(has(rsvp, tag), "{tag:?} in {:?}", tags(rsvp));
    }
    laptop.answer(&meetup, Answer::Declined).await.unwrap();
    let found = socket.query(json!({"kinds": [31925]})).await;
    assert!(found.len() == 1 && has(&found[0], &["status", "declined"]));
    assert!(found[0].tags().first_value("fb").is_none(), "nip52_13");
    assert!(found[0].created_at() > rsvp.created_at(), "nip01_108");
}

#[tokio::test]
async fn lbc_38_attendees_are_members_and_others_without_the_muted() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let meetup = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap()
        .reference;
    let key = |number: u32| PublicKey::from(keys(number).public_key());
    for (number, answer) in [
        (2, Answer::Accepted),
        (3, Answer::Accepted),
        (4, Answer::Declined),
        (5, Answer::Accepted),
        (6, Answer::Tentative),
    ] {
        let kith = person(number, &[&relay]).await;
        kith.follow(community).await.unwrap();
        kith.answer(&meetup, answer).await.unwrap();
    }
    owner.answer(&meetup, Answer::Accepted).await.unwrap();
    owner.approve(community, key(3)).await.unwrap();
    owner.approve(community, key(6)).await.unwrap();
    owner.mute(community, key(5)).await.unwrap();

    let attendance = reader(&[&relay]).await.attendees(&meetup).await.unwrap();
    let tally = &attendance.tally;
    assert_eq!(
        [Answer::Accepted, Answer::Tentative, Answer::Declined].map(|a| tally.count(a)),
        [3, 1, 1]
    );
    let people = |group: Group, answer: Answer| {
        let mut people: Vec<_> = tally.in_group(group, answer).map(|of| of.person).collect();
        people.sort_unstable();
        people
    };
    let mut members = vec![key(1), key(3)];
    members.sort_unstable();
    assert_eq!(people(Group::Members, Answer::Accepted), members);
    assert_eq!(people(Group::Others, Answer::Accepted), [key(2)]);
    assert_eq!(people(Group::Members, Answer::Tentative), [key(6)]);
    assert_eq!(people(Group::Others, Answer::Declined), [key(4)]);
}

#[tokio::test]
async fn nip52_15_an_answer_before_the_change_counts_and_says_so() {
    let relay = TestRelay::start().await;
    // The other relay has the first version still: what changed can be told.
    let archive = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let meetup = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap()
        .reference;
    let guest = person(2, &[&relay]).await;
    guest.answer(&meetup, Answer::Accepted).await.unwrap();
    for event in relay
        .connect()
        .await
        .query(json!({"kinds": [1037, 31923]}))
        .await
    {
        archive.connect().await.accept(&event).await;
    }
    let basis = async |relays: &[&TestRelay]| {
        let tally = reader(relays).await.attendees(&meetup).await.unwrap().tally;
        assert_eq!(tally.count(Answer::Accepted), 1);
        tally.attendees[0].basis
    };
    assert_eq!(basis(&[&relay]).await, Basis::Current);
    owner
        .edit_meetup(&meetup, |meetup| meetup.description = "More".to_owned())
        .await
        .unwrap();
    assert_eq!(
        basis(&[&relay, &archive]).await,
        Basis::Current,
        "same time, same place"
    );
    owner
        .edit_meetup(&meetup, |meetup| {
            meetup.places = vec!["The Hope".to_owned()]
        })
        .await
        .unwrap();
    assert_eq!(basis(&[&relay, &archive]).await, Basis::BeforeTheChange);
    assert_eq!(basis(&[&relay]).await, Basis::UnknownVersion);
    guest.answer(&meetup, Answer::Accepted).await.unwrap();
    assert_eq!(basis(&[&relay, &archive]).await, Basis::Current);
}

#[tokio::test]
async fn nip52_14_17_lbc_37_answers_of_other_clients() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let scheduled = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap();
    let address = address(&scheduled.reference);
    let old_form = address.replacen("31923", &scheduled.published.id.to_string(), 1);
    let answer = |number: u32, d: &str, at: u64| {
        note(number)
            .kind(31925)
            .at(at)
            .tag(&["d", d])
            .tag(&["a", &address])
    };
    let start = now();
    let events = [
        // Two d of one person: the newest counts.
        answer(2, "one", start - 10)
            .tag(&["status", "accepted"])
            .signed(),
        answer(2, "two", start)
            .tag(&["status", "declined"])
            .signed(),
        // The old label.
        answer(3, "x", start)
            .tag(&["L", "status"])
            .tag(&["l", "tentative", "status"])
            .signed(),
        // The old form of the address.
        note(4)
            .kind(31925)
            .tag(&["d", "x"])
            .tag(&["a", &old_form])
            .tag(&["status", "accepted"])
            .signed(),
        // Not an answer.
        answer(5, "x", start).tag(&["status", "perhaps"]).signed(),
    ];
    relay.connect().await.accept_all(&events).await;
    let tally = reader(&[&relay])
        .await
        .attendees(&scheduled.reference)
        .await
        .unwrap()
        .tally;
    let mut found: Vec<_> = tally
        .attendees
        .iter()
        .map(|of| (of.person, of.answer))
        .collect();
    found.sort_unstable_by_key(|(person, _)| *person);
    let key = |number: u32| PublicKey::from(keys(number).public_key());
    let mut expected = [
        (key(2), Answer::Declined),
        (key(3), Answer::Tentative),
        (key(4), Answer::Accepted),
    ];
    expected.sort_unstable_by_key(|(person, _)| *person);
    assert_eq!(found, expected);

    // Answering from here replaces the answer of the other client, whatever its d was.
    person(2, &[&relay])
        .await
        .answer(&scheduled.reference, Answer::Accepted)
        .await
        .unwrap();
    let tally = reader(&[&relay])
        .await
        .attendees(&scheduled.reference)
        .await
        .unwrap()
        .tally;
    assert_eq!(tally.count(Answer::Declined), 0);
}

#[tokio::test]
async fn lbc_32_a_cancelled_meetup_takes_no_answers() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let meetup = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap()
        .reference;
    owner.cancel_meetup(&meetup).await.unwrap();
    let refused = person(2, &[&relay])
        .await
        .answer(&meetup, Answer::Accepted)
        .await;
    assert!(matches!(refused, Err(RsvpError::Cancelled(_))));
    assert_eq!(
        relay.connect().await.query(json!({"kinds": [31925]})).await,
        []
    );
}
