//! Creating a community: four notes in order, one relay at a time, and what is done when a later
//! one fails (LBC-57).

use kith_client::lbc::Topic;
use kith_client::{CommunityError, CommunityStep, NewCommunity, PublishError, Reason};
use serde_json::json;

use super::{chess, create, evening, has, me, person, reader, tags};
use crate::harness::TestRelay;

const STEPS: [CommunityStep; 4] = [
    CommunityStep::Community,
    CommunityStep::Metadata,
    CommunityStep::MemberList,
    CommunityStep::Chat,
];

#[tokio::test]
async fn lbc_57_a_community_arrives_as_four_notes_in_order() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let stored = socket
        .req("live", json!({"kinds": [1037, 30037, 30000, 40]}))
        .await;
    assert_eq!(stored, []);

    let owner = person(1, &[&relay]).await;
    let created = owner
        .create_community(&chess("Brighton Chess"))
        .await
        .unwrap();
    let steps: Vec<CommunityStep> = created.steps.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, STEPS);

    let community = socket.expect_event("live").await;
    let metadata = socket.expect_event("live").await;
    let members = socket.expect_event("live").await;
    let chat = socket.expect_event("live").await;
    let events = [&community, &metadata, &members, &chat];
    assert_eq!(
        events.map(|event| event.kind().as_u16()),
        [1037, 30037, 30000, 40]
    );
    for ((_, published), event) in created.steps.iter().zip(events) {
        assert_eq!((published.id, event.pubkey()), (event.id(), me(&owner)));
        assert_eq!((published.accepted.len(), published.refused.len()), (1, 0));
    }

    let id = created.id.to_string();
    let (owner_hex, url) = (me(&owner).to_string(), relay.url());
    let association = ["e", id.as_str(), url.as_str(), owner_hex.as_str()];
    assert_eq!(community.id(), created.id);
    assert_eq!(tags(&community), Vec::<Vec<String>>::new(), "lbc_03");
    assert_eq!(community.content(), "Boards on the *beach*");
    assert_eq!(
        (metadata.identifier(), members.identifier()),
        (id.as_str(), id.as_str())
    );
    for tag in [
        &["title", "Brighton Chess"][..],
        &association,
        &["g", "gcpchgune", "geohash"],
        &["g", "gcp", "geohash"],
        &["g", "gcpc", "geohash"],
        &["g", "gcpch", "geohash"],
        &["g", "gcpchg", "geohash"],
        &["g", "GB:Brighton", "city"],
        &["t", "chess"],
    ] {
        assert!(
            has(&metadata, tag),
            "lbc_07, lbc_39, lbc_42: {tag:?} in {:?}",
            tags(&metadata)
        );
    }
    assert_eq!(metadata.content(), "Boards on the *beach*");
    assert!(
        has(&members, &["p", &owner_hex]),
        "lbc_47: the owner is on the list"
    );
    assert!(members.tags().first_value("title").is_some(), "lbc_47");
    assert!(has(&chat, &association), "lbc_52: {:?}", tags(&chat));
}

#[tokio::test]
async fn lbc_57_a_failed_step_is_reported_and_repeated_without_a_second_community() {
    // The description has more tags than this relay allows; the other notes have fewer.
    let relay = TestRelay::start_with(|config| config.limits.max_event_tags = 12).await;
    let owner = person(1, &[&relay]).await;
    let mut new = chess("Brighton Chess");
    new.topics = (0..10)
        .filter_map(|number| Topic::new(&format!("topic{number}")))
        .collect();

    let incomplete = match owner.create_community(&new).await.unwrap_err() {
        CommunityError::Incomplete(incomplete) => incomplete,
        error => panic!("{error}"),
    };
    let done: Vec<CommunityStep> = incomplete.steps.iter().map(|(step, _)| *step).collect();
    assert_eq!(done, [STEPS[0], STEPS[2], STEPS[3]]);
    let [(CommunityStep::Metadata, PublishError::NobodyAccepted { refused, .. })] =
        &incomplete.missing[..]
    else {
        panic!("{:?}", incomplete.missing);
    };
    assert!(matches!(refused[0].reason, Reason::Limit(_)), "{refused:?}");
    assert!(
        incomplete.to_string().contains("the description"),
        "{incomplete}"
    );

    let mut socket = relay.connect().await;
    let before = socket.query(json!({})).await;
    // Repeated without the fault removed: reported again, and nothing is added.
    let again = owner.finish_community(incomplete.id, &new).await;
    assert!(matches!(again, Err(CommunityError::Incomplete(_))));
    assert_eq!(socket.query(json!({})).await, before);

    new.topics.truncate(2);
    let finished = owner.finish_community(incomplete.id, &new).await.unwrap();
    let steps: Vec<CommunityStep> = finished.steps.iter().map(|(step, _)| *step).collect();
    assert_eq!((finished.id, steps), (incomplete.id, STEPS.to_vec()));
    let after = socket.query(json!({})).await;
    assert_eq!(after.len(), 4);
    assert!(
        before.iter().all(|event| after.contains(event)),
        "nothing was replaced"
    );
    assert_eq!(
        owner.community(incomplete.id).await.unwrap().title(),
        "Brighton Chess"
    );

    // Once more changes nothing.
    owner.finish_community(incomplete.id, &new).await.unwrap();
    assert_eq!(socket.query(json!({})).await, after);
}

#[tokio::test]
async fn lbc_57_a_relay_that_refused_the_community_gets_nothing_that_hangs_on_it() {
    let open = TestRelay::start().await;
    let strict = TestRelay::start_with(|config| config.limits.max_content_length_chars = 5).await;
    let owner = person(1, &[&open, &strict]).await;
    let created = owner
        .create_community(&chess("Brighton Chess"))
        .await
        .unwrap();
    let (_, first) = &created.steps[0];
    assert_eq!((first.accepted.len(), first.refused.len()), (1, 1));
    assert_eq!(open.connect().await.query(json!({})).await.len(), 4);
    assert_eq!(strict.connect().await.query(json!({})).await, []);
}

#[tokio::test]
async fn lbc_57_finishing_brings_a_new_relay_what_the_others_have() {
    let (old, new) = (TestRelay::start().await, TestRelay::start().await);
    let community = create(&person(1, &[&old]).await, "Brighton Chess").await;
    let owner = person(1, &[&old, &new]).await;
    owner
        .finish_community(community, &chess("Brighton Chess"))
        .await
        .unwrap();
    let events = old.connect().await.query(json!({})).await;
    assert_eq!(new.connect().await.query(json!({})).await, events);
    assert_eq!(events.len(), 4);
}

#[tokio::test]
async fn lbc_57_only_the_owner_can_finish_a_community() {
    let relay = TestRelay::start().await;
    let community = create(&person(1, &[&relay]).await, "Brighton Chess").await;
    let other = person(2, &[&relay]).await;
    let outcome = other.finish_community(community, &chess("Mine")).await;
    assert!(matches!(outcome, Err(CommunityError::NotOwner(named)) if named.id == community));
    assert_eq!(
        relay
            .connect()
            .await
            .query(json!({"authors": [me(&other).to_string()]}))
            .await,
        []
    );
}

#[tokio::test]
async fn lbc_04_communities_of_one_second_with_one_description_are_two() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    // Another device of the same person, which knows nothing of the first.
    let phone = person(1, &[&relay]).await;
    let mut ids = Vec::new();
    for kith in [&owner, &owner, &phone, &phone] {
        ids.push(create(kith, "Brighton Chess").await);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    assert_eq!(
        relay
            .connect()
            .await
            .query(json!({"kinds": [1037]}))
            .await
            .len(),
        4
    );
}

#[tokio::test]
async fn nothing_is_published_of_what_cannot_be_written() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    for new in [
        chess(" "),
        NewCommunity {
            description: "a bell \u{7} rings".to_owned(),
            ..chess("Chess")
        },
        chess("Chess\u{0}"),
    ] {
        let refused = owner.create_community(&new).await.unwrap_err();
        assert!(
            !matches!(refused, CommunityError::Incomplete(_)),
            "{refused}"
        );
    }
    assert_eq!(relay.connect().await.query(json!({})).await, []);

    let community = create(&owner, "Brighton Chess").await;
    let mut socket = relay.connect().await;
    let before = socket.query(json!({})).await;
    let mut long = evening(community, "Long");
    long.plan.summary = "x".repeat(281);
    for refused in [
        owner
            .edit_community(community, |metadata| metadata.title.clear())
            .await
            .is_err(),
        owner
            .schedule_meetup(&evening(community, ""))
            .await
            .is_err(),
        owner.schedule_meetup(&long).await.is_err(),
    ] {
        assert!(refused);
    }
    let reader = reader(&[&relay]).await;
    assert!(matches!(
        reader.create_community(&chess("Mine")).await,
        Err(CommunityError::Publish(PublishError::ReadOnly))
    ));
    assert_eq!(socket.query(json!({})).await, before);
}
