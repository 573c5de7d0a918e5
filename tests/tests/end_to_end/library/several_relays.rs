//! Relays that know different things: the newest version wins in whatever order answers come, what
//! one relay was told counts for all, and each note is shown once.

use kith_client::{Answer, Change, LookupError, Prefix, PublishError, Search};
use kith_nips::Event;
use serde_json::json;

use super::{create, evening, has, me, person, person_apart, reader, tags};
use crate::events::{note, now};
use crate::harness::TestRelay;

/// Gives `to` what `from` has of these kinds.
async fn copy(from: &TestRelay, to: &TestRelay, kinds: &[u16]) -> Vec<Event> {
    let events = from.connect().await.query(json!({"kinds": kinds})).await;
    to.connect().await.accept_all(&events).await;
    events
}

#[tokio::test]
async fn nip01_104_the_newest_version_wins_whichever_relay_has_it() {
    let (old, new) = (TestRelay::start().await, TestRelay::start().await);
    let owner = person(1, &[&old]).await;
    let guest = person(2, &[&old]).await;
    let community = create(&owner, "Old title").await;
    let meetup = owner
        .schedule_meetup(&evening(community, "Old name"))
        .await
        .unwrap()
        .reference;
    owner.approve(community, me(&guest)).await.unwrap();
    guest.follow(community).await.unwrap();
    guest.answer(&meetup, Answer::Accepted).await.unwrap();
    copy(&old, &new, &[1037, 30037, 30000, 40, 10037, 31923, 31925]).await;

    // From now on only one relay is told.
    let owner = person_apart(1, &[&new]).await;
    let guest = person_apart(2, &[&new]).await;
    owner
        .edit_community(community, |metadata| {
            metadata.title = "New title".to_owned()
        })
        .await
        .unwrap();
    owner
        .edit_meetup(&meetup, |meetup| meetup.title = "New name".to_owned())
        .await
        .unwrap();
    guest.answer(&meetup, Answer::Declined).await.unwrap();
    guest.leave(community).await.unwrap();
    owner.remove(community, me(&guest)).await.unwrap();

    for relays in [[&old, &new], [&new, &old]] {
        let anybody = reader(&relays).await;
        assert_eq!(
            anybody.community(community).await.unwrap().title(),
            "New title"
        );
        let listed = anybody.communities(&Search::new()).await.unwrap().found;
        let titles: Vec<String> = listed.iter().map(|view| view.title()).collect();
        assert_eq!(titles, ["New title"], "nip01_103: once");
        assert_eq!(
            listed[0].relays().len(),
            2,
            "nip01_103: with the relays that have it"
        );
        let found = anybody.meetups(&Search::new()).await.unwrap().found;
        assert_eq!((found.len(), found[0].title()), (1, "New name"));
        assert_eq!(
            found[0].relays().len(),
            1,
            "the relay that has this version"
        );
        let tally = anybody.attendees(&meetup).await.unwrap().tally;
        assert_eq!(
            (tally.attendees.len(), tally.count(Answer::Declined)),
            (1, 1)
        );
        assert_eq!(anybody.followers(community).await.unwrap().found, []);
        let members = anybody.members(community).await.unwrap().found;
        assert_eq!(
            members.len(),
            1,
            "lbc_48: never the union of versions: {members:?}"
        );
        assert_eq!(anybody.following_of(me(&guest)).await.unwrap().found, []);
    }
}

#[tokio::test]
async fn nip01_104_a_rewrite_starts_from_the_newest_and_reaches_every_relay() {
    let (old, new) = (TestRelay::start().await, TestRelay::start().await);
    let owner = person(1, &[&old, &new]).await;
    let (one, two) = (create(&owner, "One").await, create(&owner, "Two").await);
    let three = create(&owner, "Three").await;
    person(2, &[&old]).await.follow(one).await.unwrap();
    copy(&old, &new, &[10037]).await;
    person(2, &[&new]).await.follow(two).await.unwrap();

    let guest = person(2, &[&old, &new]).await;
    let Change::Published(published) = guest.follow(three).await.unwrap() else {
        panic!()
    };
    assert_eq!((published.accepted.len(), published.refused.len()), (2, 0));
    let mut expected = Vec::new();
    for id in [one, two, three] {
        expected.push(vec!["e".to_owned(), id.to_string()]);
    }
    for relay in [&old, &new] {
        let list = relay
            .connect()
            .await
            .query(json!({"kinds": [10037]}))
            .await
            .remove(0);
        assert_eq!(tags(&list), expected);
    }
}

#[tokio::test]
async fn nip01_104_of_equally_old_versions_the_lowest_id_wins() {
    let (one, two) = (TestRelay::start().await, TestRelay::start().await);
    let owner = person(1, &[&one]).await;
    let community = create(&owner, "Title").await;
    copy(&one, &two, &[1037]).await;
    let id = community.to_string();
    let version = |title: &str| {
        let note = note(1)
            .kind(30037)
            .at(now() + 60)
            .tag(&["d", &id])
            .tag(&["title", title]);
        note.tag(&["e", &id]).signed()
    };
    let (a, b) = (version("A"), version("B"));
    one.connect().await.accept(&a).await;
    two.connect().await.accept(&b).await;
    let winner = if a.id() < b.id() { "A" } else { "B" };
    for relays in [[&one, &two], [&two, &one]] {
        let view = reader(&relays).await.community(community).await.unwrap();
        assert_eq!(view.title(), winner);
    }
}

#[tokio::test]
async fn lbc_06_nip09_18_what_was_closed_on_one_relay_is_closed() {
    let (told, untold) = (TestRelay::start().await, TestRelay::start().await);
    let owner = person(1, &[&told, &untold]).await;
    let community = create(&owner, "Brighton Chess").await;
    owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap();
    person(1, &[&told])
        .await
        .close_community(community, "")
        .await
        .unwrap();
    for relays in [[&told, &untold], [&untold, &told]] {
        let anybody = reader(&relays).await;
        let gone = anybody.community(community).await.unwrap_err();
        assert!(
            matches!(gone, LookupError::Closed(id) if id == community),
            "{gone}"
        );
        assert_eq!(anybody.communities(&Search::new()).await.unwrap().found, []);
        assert_eq!(anybody.meetups(&Search::new()).await.unwrap().found, []);
    }
    // Somebody who knows only the other relay cannot know it.
    assert!(reader(&[&untold]).await.community(community).await.is_ok());
}

#[tokio::test]
async fn pfx_04_an_older_version_is_refused_with_a_reason_that_people_understand() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let metadata = relay
        .connect()
        .await
        .query(json!({"kinds": [30037]}))
        .await
        .remove(0);
    let older = kith_client::Draft {
        kind: metadata.kind(),
        created_at: Some(metadata.created_at() - 10),
        tags: tags(&metadata),
        content: "older".to_owned(),
    };
    match owner.publish(&older).await.unwrap_err() {
        PublishError::NobodyAccepted { refused, .. } => {
            assert_eq!(refused[0].prefix(), Some(Prefix::Duplicate));
            assert!(
                refused[0]
                    .to_string()
                    .contains("has this or something newer"),
                "{}",
                refused[0]
            );
        }
        error => panic!("{error}"),
    }
    assert_eq!(
        owner.community(community).await.unwrap().description(),
        "Boards on the *beach*"
    );
}

#[tokio::test]
async fn what_a_relay_leaves_out_is_found_on_the_other() {
    let (one, two) = (TestRelay::start().await, TestRelay::start().await);
    let owner = person(1, &[&one]).await;
    let community = create(&owner, "Brighton Chess").await;
    // The meetup and its answers are elsewhere: the relay there knows no community.
    let both = person(1, &[&one, &two]).await;
    let meetup = both
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap()
        .reference;
    let guest = person(2, &[&two]).await;
    assert!(guest.answer(&meetup, Answer::Accepted).await.is_ok());

    let anybody = reader(&[&one, &two]).await;
    assert_eq!(
        anybody
            .attendees(&meetup)
            .await
            .unwrap()
            .tally
            .count(Answer::Accepted),
        1
    );
    let found = anybody
        .meetups(&Search::new().community(community))
        .await
        .unwrap()
        .found;
    assert_eq!((found.len(), found[0].relays().len()), (1, 2));
    let event = two
        .connect()
        .await
        .query(json!({"kinds": [31923]}))
        .await
        .remove(0);
    assert!(has(&event, &["title", "Opening night"]));
}
