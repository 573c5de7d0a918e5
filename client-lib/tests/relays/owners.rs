//! What belongs to whom: the communities of an owner, what only an owner may do, and how errors
//! about it read.

use kith_client::lbc::{
    Community, CommunityMetadata, CommunityReference, Note, close_community, short_id,
};
use kith_client::nip52::{DateSpan, TimeSpan, When};
use kith_client::{
    Answer, CommunityError, EventId, Keys, Kith, LookupError, MeetupError, MemberError,
    NewCommunity, NewMeetup, ReadError, Reason, Reference, RsvpError, Search,
};
use nostr_relay_builder::builder::RelayBuilder;

use crate::support::{
    EVENING, connect, nowhere, person, private_relay, put, put_draft, reader, relay, scripted,
    start, urls,
};

const NOW: u64 = 1_700_000_000;

async fn owned(kith: &Kith, owner: &Keys) -> Vec<String> {
    let listing = kith
        .communities_of(owner.public_key().into())
        .await
        .unwrap();
    assert_eq!(listing.silent, []);
    listing.found.iter().map(|view| view.title()).collect()
}

async fn create(kith: &Kith, title: &str) -> EventId {
    kith.create_community(&NewCommunity::new(title))
        .await
        .unwrap()
        .id
}

#[tokio::test]
async fn lbc_12_the_communities_of_an_owner_are_those_of_their_key() {
    let (a, b) = (relay().await, relay().await);
    let (owner, other) = (Keys::generate(), Keys::generate());
    create(&person(&[&a], &owner).await, "zebra walks").await;
    create(&person(&[&a, &b], &owner).await, "Zoo chess").await;
    let foreign = create(&person(&[&a], &other).await, "Rust").await;
    // A description of somebody else's community makes nobody its owner.
    let reference = CommunityReference::new(foreign, owner.public_key().into());
    put(
        &a,
        &CommunityMetadata::new(reference, "Stolen"),
        &owner,
        NOW,
    )
    .await;
    // Without a description it has its short id for a name, which comes before any "z".
    let nameless = put(&b, &Community::new(""), &owner, NOW).await;

    let mut expected = vec![short_id(nameless.id())];
    expected.extend(["zebra walks", "Zoo chess"].map(str::to_owned));
    assert_eq!(owned(&reader(&[&a, &b]).await, &owner).await, expected);
    assert_eq!(owned(&reader(&[&b]).await, &other).await, [""; 0]);
}

#[tokio::test]
async fn lbc_06_what_was_closed_on_one_relay_is_not_listed_for_its_owner() {
    let (a, b) = (relay().await, relay().await);
    let owner = Keys::generate();
    let event = put(&a, &Community::new(""), &owner, NOW).await;
    let community = Community::read(&event).unwrap();
    let request = close_community(&community, &[], "", NOW + 1);
    put_draft(&b, request, &owner, NOW + 1).await;
    assert_eq!(owned(&reader(&[&a]).await, &owner).await.len(), 1);
    assert_eq!(owned(&reader(&[&a, &b]).await, &owner).await, [""; 0]);
}

#[tokio::test]
async fn nip67_08_all_communities_of_an_owner_are_found_whatever_a_relay_gives_at_once() {
    const COMMUNITIES: u64 = 25;
    let relay = start(RelayBuilder::default().max_filter_limit(7)).await;
    let owner = Keys::generate();
    let kith = person(&[&relay], &owner).await;
    for number in 0..COMMUNITIES {
        let note = Community::new(number.to_string());
        // Three at a time have the same timestamp.
        let draft = kith_client::Draft {
            created_at: Some(NOW + number / 3),
            ..note.draft().unwrap()
        };
        kith.publish(&draft).await.unwrap();
    }
    assert_eq!(owned(&kith, &owner).await.len() as u64, COMMUNITIES);
}

#[tokio::test]
async fn nip42_12_the_communities_of_an_owner_are_read_from_a_private_relay() {
    let relay = private_relay().await;
    let owner = Keys::generate();
    create(&person(&[&relay], &owner).await, "Private").await;
    let again = person(&[&relay], &owner).await;
    assert_eq!(owned(&again, &owner).await, ["Private"]);
}

#[tokio::test]
async fn relays_that_do_not_answer_are_named_beside_the_communities_of_an_owner() {
    let good = relay().await;
    let silent = scripted(|_, _| vec![]).await;
    let owner = Keys::generate();
    create(&person(&[&good], &owner).await, "Chess").await;
    let mut relays = urls(&[&good]).await;
    relays.extend([silent.to_string(), nowhere().await]);
    let kith = connect(relays, &owner).await;
    let listing = kith
        .communities_of(kith.public_key().unwrap())
        .await
        .unwrap();
    assert_eq!(listing.found.len(), 1);
    assert_eq!(listing.silent.len(), 2);
    assert_eq!(listing.silent[0].relay, silent);
    assert!(matches!(listing.silent[1].reason, Reason::Unreachable(_)));

    let alone = connect(vec![silent.to_string()], &owner).await;
    let nobody = alone.communities_of(alone.public_key().unwrap()).await;
    assert!(matches!(nobody, Err(ReadError::NobodyAnswered { .. })));
}

#[tokio::test]
async fn a_search_can_name_several_communities() {
    let relay = relay().await;
    let kith = person(&[&relay], &Keys::generate()).await;
    let mut ids = Vec::new();
    for (title, start) in [("one", 3), ("two", 1), ("three", 2)] {
        let id = create(&kith, title).await;
        let when = When::timed(TimeSpan::new(EVENING + start, None).unwrap());
        let new = NewMeetup::new(id, format!("meetup of {title}"), when);
        kith.schedule_meetup(&new).await.unwrap();
        ids.push(id);
    }
    let search = Search::new().community(ids[0]).community(ids[1]);
    let found = kith.meetups(&search).await.unwrap().found;
    let titles: Vec<&str> = found.iter().map(|meetup| meetup.title()).collect();
    assert_eq!(titles, ["meetup of two", "meetup of one"]);

    // Any reference will do, and what leads nowhere is an error.
    let by_meetup = Search::new().community(&found[0]).community(ids[2]);
    assert_eq!(kith.meetups(&by_meetup).await.unwrap().found.len(), 2);
    let gone = Search::new()
        .community(ids[0])
        .community(EventId::from_bytes([7; 32]));
    assert!(matches!(
        kith.meetups(&gone).await,
        Err(LookupError::NotFound { .. })
    ));
    kith.close_community(ids[1], "").await.unwrap();
    assert!(matches!(
        kith.meetups(&search).await,
        Err(LookupError::Closed(_) | LookupError::NotFound { .. })
    ));
}

/// A sentence: no id, key or link that nobody can read aloud.
#[track_caller]
fn reads(error: impl std::error::Error, text: &str) {
    assert_eq!(error.to_string(), text);
    let longest = text.split(' ').map(|word| word.chars().count()).max();
    assert!(longest < Some(24), "{text}");
}

#[tokio::test]
async fn who_is_not_the_owner_is_told_so_by_name() {
    let relay = relay().await;
    let owner = person(&[&relay], &Keys::generate()).await;
    let other = person(&[&relay], &Keys::generate()).await;
    let me = other.public_key().unwrap();
    let id = create(&owner, "Brighton Chess").await;
    let when = When::timed(TimeSpan::new(EVENING, None).unwrap());
    let new = NewMeetup::new(id, "Winter chess", when);
    let meetup = owner.schedule_meetup(&new).await.unwrap().reference;

    for outcome in [
        // Muting oneself is not about being the owner here.
        other.mute(id, me).await,
        other.approve(id, me).await,
        other.unmute(id, me).await,
    ] {
        let error = outcome.unwrap_err();
        assert!(matches!(&error, MemberError::NotOwner(community) if community.id == id));
        reads(
            error,
            "only its owner can change the members of \"Brighton Chess\"",
        );
    }
    let own = owner.public_key().unwrap();
    assert!(matches!(owner.mute(id, own).await, Err(MemberError::Owner)));

    let error = other.edit_community(id, |_| {}).await.unwrap_err();
    assert!(matches!(&error, CommunityError::NotOwner(community) if community.id == id));
    reads(
        error,
        "only its owner can change the community \"Brighton Chess\"",
    );
    reads(
        other.edit_meetup(&meetup, |_| {}).await.unwrap_err(),
        "only its author can change the meetup \"Winter chess\"",
    );
    reads(
        other.adopt_meetup(&meetup).await.unwrap_err(),
        "only its owner can make meetups official in \"Brighton Chess\"",
    );
    owner.cancel_meetup(&meetup).await.unwrap();
    let error = other.answer(&meetup, Answer::Accepted).await.unwrap_err();
    assert!(matches!(error, RsvpError::Cancelled(_)));
    reads(
        error,
        "the meetup \"Winter chess\" is cancelled and takes no answers",
    );
    owner.mute(id, me).await.unwrap();
    reads(
        other.schedule_meetup(&new).await.unwrap_err(),
        "the owner of \"Brighton Chess\" has muted you, so it would not be shown",
    );
}

#[tokio::test]
async fn what_is_not_there_is_named_in_short() {
    let relay = relay().await;
    let kith = person(&[&relay], &Keys::generate()).await;
    let nothing = EventId::from_bytes([7; 32]);
    reads(
        kith.community(nothing).await.unwrap_err(),
        "no relay has the community 07070707",
    );
    let key = kith.public_key().unwrap();
    let lost: Reference = format!("31923:{key}:{nothing}:2026-12-03-chess")
        .parse()
        .unwrap();
    reads(
        kith.meetup(&lost).await.unwrap_err(),
        "no relay has the meetup 2026-12-03-chess",
    );
    let id = create(&kith, "Chess").await;
    reads(
        kith.meetup(id).await.unwrap_err(),
        &format!("{} is of kind 1037, not a meetup", short_id(id)),
    );
}

#[tokio::test]
async fn lbc_33_an_all_day_meetup_is_edited_without_losing_its_days() {
    let relay = relay().await;
    let kith = person(&[&relay], &Keys::generate()).await;
    let id = create(&kith, "Chess").await;
    let days = DateSpan::new(
        "2026-12-05".parse().unwrap(),
        Some("2026-12-07".parse().unwrap()),
    );
    let when = When::AllDay(days.unwrap());
    let new = NewMeetup::new(id, "Retreat", when.clone());
    let meetup = kith.schedule_meetup(&new).await.unwrap().reference;
    kith.edit_meetup(&meetup, |meetup| meetup.title = "Big retreat".to_owned())
        .await
        .unwrap();
    let timed = When::timed(TimeSpan::new(EVENING, None).unwrap());
    let error = kith
        .edit_meetup(&meetup, |meetup| meetup.when = Some(timed))
        .await;
    assert!(matches!(error, Err(MeetupError::KindOfTime)));
    let view = kith.meetup(&meetup).await.unwrap();
    assert_eq!((view.title(), view.when()), ("Big retreat", Some(&when)));
}
