//! Many at once: answers that need several pages, also when they came in one second, and long lists.

use kith_client::{Answer, PublicKey};
use kith_nips::Event;
use serde_json::json;

use super::{create, evening, person, reader, tags};
use crate::events::{keys, note, now};
use crate::harness::TestRelay;

/// More than fit on one page of the library.
const PEOPLE: u32 = 700;

#[tokio::test]
async fn nip67_08_answers_of_many_pages_are_counted_once_each() {
    let start = now() - u64::from(PEOPLE);
    let times = (0..PEOPLE)
        .map(|number| start + u64::from(number))
        .collect();
    assert_eq!(accepted(times).await, PEOPLE as usize);
}

#[tokio::test]
async fn nip67_08_answers_of_one_second_are_counted_too() {
    assert_eq!(
        accepted(vec![now() - 10; PEOPLE as usize]).await,
        PEOPLE as usize
    );
}

/// How many people the library counts when one accepted at each of these times.
async fn accepted(times: Vec<u64>) -> usize {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let meetup = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap();
    let address = match &meetup.reference.target {
        kith_client::Target::Address(address) => address.to_string(),
        kith_client::Target::Id(id) => panic!("{id}"),
    };
    let answer = |(number, at): (u32, u64)| {
        let answer = note(number).kind(31925).at(at).tag(&["d", "x"]);
        answer
            .tag(&["a", &address])
            .tag(&["status", "accepted"])
            .signed()
    };
    let answers: Vec<Event> = (1_000..).zip(times).map(answer).collect();
    relay.connect().await.accept_all(&answers).await;
    let attendance = reader(&[&relay])
        .await
        .attendees(&meetup.reference)
        .await
        .unwrap();
    assert_eq!(attendance.silent, []);
    attendance.tally.count(Answer::Accepted)
}

#[tokio::test]
async fn lbc_48_a_member_list_of_thousands_is_kept_whole() {
    const MEMBERS: usize = 3_000;
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let mut list = note(1)
        .kind(30000)
        .at(now() + 1)
        .tag(&["d", &community.to_string()]);
    for number in 0..MEMBERS {
        list = list.tag(&["p", &format!("{number:064x}")]);
    }
    let list = list.signed();
    let mut socket = relay.connect().await;
    socket.accept(&list).await;

    let person = PublicKey::from(keys(2).public_key());
    owner.approve(community, person).await.unwrap();
    let found = socket.query(json!({"kinds": [30000]})).await;
    let mut expected = tags(&list);
    expected.push(vec!["p".to_owned(), person.to_string()]);
    assert_eq!(tags(&found[0]), expected);
    // The owner, the 3,000, and one more; nobody of them follows.
    assert_eq!(
        owner.members(community).await.unwrap().found.len(),
        MEMBERS + 2
    );
}
