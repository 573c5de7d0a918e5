//! Reading from several relays: the newest version wins, whatever each relay has; nothing is lost
//! to a relay's limits; what is not the owner's has no effect.

use kith_client::lbc::{
    Answer, Basis, Community, CommunityMetadata, CommunityReference, FollowList, Location, Meetup,
    MemberList, Note, Rsvp, Topic, close_community,
};
use kith_client::nip52::{TimeSpan, When};
use kith_client::place::{CityTag, Point};
use kith_client::{
    Address, CommunityError, Event, EventId, Keys, Kind, Kith, LookupError, Membership,
    NewCommunity, NewMeetup, Search, Standing,
};
use nostr_relay_builder::builder::{PolicyResult, RelayBuilder, WritePolicy};
use nostr_relay_builder::local::LocalRelay;
use nostr_sdk::util::BoxedFuture;

use crate::support::{EVENING, connect, person, put, put_draft, reader, relay, start, tags, urls};

const NOW: u64 = 1_700_000_000;

fn city(text: &str) -> CityTag {
    CityTag::parse(text).unwrap()
}

fn metadata(id: EventId, owner: &Keys, title: &str, city_tag: &str) -> CommunityMetadata {
    let reference = CommunityReference::new(id, owner.public_key().into());
    let mut metadata = CommunityMetadata::new(reference, title);
    metadata.location = Location::default().in_city(city(city_tag));
    metadata
}

async fn titles(kith: &Kith, search: &Search) -> Vec<String> {
    let found = kith.communities(search).await.unwrap().found;
    found.iter().map(|view| view.title()).collect()
}

#[tokio::test]
async fn nip01_104_the_newest_version_of_all_relays_is_shown() {
    let (a, b) = (relay().await, relay().await);
    let owner = Keys::generate();
    let event = put(&a, &Community::new(""), &owner, NOW).await;
    put(
        &a,
        &metadata(event.id(), &owner, "Old", "GB:Brighton"),
        &owner,
        NOW + 1,
    )
    .await;
    put(
        &b,
        &metadata(event.id(), &owner, "New", "GB:Hove"),
        &owner,
        NOW + 2,
    )
    .await;
    for relays in [[&a, &b], [&b, &a]] {
        let kith = reader(&relays).await;
        assert_eq!(kith.community(event.id()).await.unwrap().title(), "New");
        // One relay still finds it where it was.
        assert_eq!(
            titles(&kith, &Search::new().city(city("GB:Brighton"))).await,
            [""; 0]
        );
        assert_eq!(
            titles(&kith, &Search::new().city(city("GB:Hove"))).await,
            ["New"]
        );
    }
}

#[tokio::test]
async fn nip01_104_of_equally_old_versions_the_lowest_id_is_shown() {
    let (a, b) = (relay().await, relay().await);
    let owner = Keys::generate();
    let event = put(&a, &Community::new(""), &owner, NOW).await;
    let one = put(
        &a,
        &metadata(event.id(), &owner, "One", "GB:Hove"),
        &owner,
        NOW + 1,
    )
    .await;
    let two = put(
        &b,
        &metadata(event.id(), &owner, "Two", "GB:Hove"),
        &owner,
        NOW + 1,
    )
    .await;
    let winner = if one.id() < two.id() { "One" } else { "Two" };
    for relays in [[&a, &b], [&b, &a]] {
        assert_eq!(
            titles(&reader(&relays).await, &Search::new()).await,
            [winner]
        );
    }
}

#[tokio::test]
async fn nip01_103_the_same_note_from_several_relays_is_one() {
    let relays = [relay().await, relay().await];
    let relays = [&relays[0], &relays[1]];
    let kith = person(&relays, &Keys::generate()).await;
    kith.create_community(&NewCommunity::new("Both"))
        .await
        .unwrap();
    let found = kith.communities(&Search::new()).await.unwrap().found;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].relays().len(), 2);
}

#[tokio::test]
async fn lbc_12_descriptions_by_others_have_no_effect() {
    let relay = relay().await;
    let (owner, other) = (Keys::generate(), Keys::generate());
    let event = put(&relay, &Community::new("the owner's words"), &owner, NOW).await;
    put(
        &relay,
        &metadata(event.id(), &other, "Stolen", "GB:Hove"),
        &other,
        NOW + 9,
    )
    .await;
    let kith = reader(&[&relay]).await;
    assert_eq!(titles(&kith, &Search::new()).await, [""; 0]);
    let view = kith.community(event.id()).await.unwrap();
    assert_eq!(view.title(), event.id().to_string()[..8]);
    assert_eq!(view.description(), "the owner's words", "lbc_08");

    put(
        &relay,
        &metadata(event.id(), &owner, "Mine", "GB:Hove"),
        &owner,
        NOW + 1,
    )
    .await;
    assert_eq!(titles(&kith, &Search::new()).await, ["Mine"]);
    // So have lists by others.
    let mut list = MemberList::new(event.id());
    list.add(other.public_key().into());
    put(&relay, &list, &other, NOW + 9).await;
    let state = kith
        .membership(event.id(), other.public_key().into())
        .await
        .unwrap();
    assert_eq!(state, Membership::Visitor, "lbc_49");
}

#[tokio::test]
async fn lbc_06_closed_on_one_relay_is_closed() {
    let (a, b) = (relay().await, relay().await);
    let owner = Keys::generate();
    let event = put(&a, &Community::new(""), &owner, NOW).await;
    put(
        &a,
        &metadata(event.id(), &owner, "Closed", "GB:Hove"),
        &owner,
        NOW + 1,
    )
    .await;
    let community = Community::read(&event).unwrap();
    put_draft(
        &b,
        close_community(&community, &[], "", NOW + 2),
        &owner,
        NOW + 2,
    )
    .await;

    assert_eq!(
        titles(&reader(&[&a]).await, &Search::new()).await,
        ["Closed"]
    );
    let kith = reader(&[&a, &b]).await;
    assert_eq!(titles(&kith, &Search::new()).await, [""; 0]);
    assert!(matches!(
        kith.community(event.id()).await,
        Err(LookupError::Closed(_))
    ));
}

#[tokio::test]
async fn nip67_08_paging_goes_past_what_a_relay_gives_at_once() {
    const FOLLOWERS: usize = 60;
    let relay = start(RelayBuilder::default().max_filter_limit(7)).await;
    let owner = Keys::generate();
    let event = put(&relay, &Community::new(""), &owner, NOW).await;
    let mut list = FollowList::new();
    list.follow(event.id());
    // Three at a time have the same timestamp.
    let kith = reader(&[&relay]).await;
    for number in 0..FOLLOWERS {
        let draft = list.draft().unwrap();
        let event = draft
            .sign(&Keys::generate(), NOW + number as u64 / 3)
            .unwrap();
        let event = nostr_sdk::Event::try_from(&event).unwrap();
        kith.client().send_event(&event).await.unwrap();
    }
    assert_eq!(
        kith.followers(event.id()).await.unwrap().found.len(),
        FOLLOWERS
    );
    let members = kith.members(event.id()).await.unwrap().found;
    assert_eq!(members.len(), FOLLOWERS + 1);
}

#[tokio::test]
async fn lbc_20_who_left_on_one_relay_does_not_follow() {
    let (a, b) = (relay().await, relay().await);
    let (owner, guest) = (Keys::generate(), Keys::generate());
    let event = put(&a, &Community::new(""), &owner, NOW).await;
    let mut list = FollowList::new();
    list.follow(event.id());
    put(&a, &list, &guest, NOW).await;
    put(&b, &FollowList::new(), &guest, NOW + 1).await;
    let kith = reader(&[&a, &b]).await;
    assert_eq!(kith.followers(event.id()).await.unwrap().found, []);
}

fn meetup(community: EventId, owner: &Keys, slug: &str, start: u64) -> Meetup {
    let reference = CommunityReference::new(community, owner.public_key().into());
    let when = When::timed(TimeSpan::new(start, None).unwrap());
    let mut meetup = Meetup::new(reference, &slug.parse().unwrap(), slug, when);
    meetup.location = Location::at(Point::new(53.8655, 10.6866).unwrap());
    meetup.topics = vec![Topic::new("chess").unwrap()];
    meetup
}

#[tokio::test]
async fn nip01_104_a_meetup_that_moved_is_found_where_it_is_now() {
    let (a, b) = (relay().await, relay().await);
    let owner = Keys::generate();
    let event = put(&a, &Community::new(""), &owner, NOW).await;
    let old = meetup(event.id(), &owner, "chess", EVENING);
    let mut new = old.clone();
    new.location = Location::at(Point::new(48.137, 11.575).unwrap());
    put(&a, &old, &owner, NOW + 1).await;
    put(&b, &new, &owner, NOW + 2).await;
    let kith = reader(&[&a, &b]).await;
    let near = |latitude, longitude| {
        Search::new()
            .near(Point::new(latitude, longitude).unwrap(), 20.0)
            .unwrap()
    };
    assert_eq!(
        kith.meetups(&near(53.8655, 10.6866)).await.unwrap().found,
        []
    );
    let munich = kith.meetups(&near(48.14, 11.58)).await.unwrap().found;
    assert_eq!(munich.len(), 1);
    assert!(munich[0].distance_km().unwrap() < 1.0);
}

#[tokio::test]
async fn meetups_are_sorted_by_start_and_filtered_by_time() {
    let relay = relay().await;
    let owner = Keys::generate();
    let event = put(&relay, &Community::new(""), &owner, NOW).await;
    for (slug, start, created_at) in [
        ("third", 300, 1),
        ("first", 100, 2),
        ("second", 200, 3),
        ("fourth", 400, 4),
    ] {
        let meetup = meetup(event.id(), &owner, slug, EVENING + start);
        put(&relay, &meetup, &owner, NOW + created_at).await;
    }
    let kith = reader(&[&relay]).await;
    let window = Search::new()
        .topic("chess")
        .from(EVENING + 100)
        .to(EVENING + 400);
    let found = kith.meetups(&window).await.unwrap().found;
    let titles: Vec<&str> = found.iter().map(|meetup| meetup.title()).collect();
    assert_eq!(titles, ["first", "second", "third"]);
}

#[tokio::test]
async fn lbc_24_a_meetup_without_e_belongs_by_its_identifier() {
    let relay = relay().await;
    let owner = Keys::generate();
    let event = put(&relay, &Community::new(""), &owner, NOW).await;
    let mut old_form = meetup(event.id(), &owner, "old-form", EVENING);
    old_form.communities.clear();
    put(&relay, &old_form, &owner, NOW).await;
    let kith = reader(&[&relay]).await;
    let found = kith
        .meetups(&Search::new().community(event.id()))
        .await
        .unwrap()
        .found;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].communities()[0].standing, Standing::Official);
}

#[tokio::test]
async fn lbc_25_a_meetup_that_names_two_communities_belongs_to_none() {
    let relay = relay().await;
    let owner = Keys::generate();
    let one = put(&relay, &Community::new("one"), &owner, NOW).await;
    let two = put(&relay, &Community::new("two"), &owner, NOW).await;
    let mut conflict = meetup(one.id(), &owner, "conflict", EVENING);
    conflict.communities[0].id = two.id();
    put(&relay, &conflict, &owner, NOW).await;
    let kith = reader(&[&relay]).await;
    assert_eq!(kith.meetups(&Search::new()).await.unwrap().found, []);
    for id in [one.id(), two.id()] {
        assert_eq!(
            kith.meetups(&Search::new().community(id))
                .await
                .unwrap()
                .found,
            []
        );
    }
}

#[tokio::test]
async fn nip52_20_a_meetup_that_was_deleted_on_one_relay_is_gone() {
    let (a, b) = (relay().await, relay().await);
    let owner = Keys::generate();
    let event = put(&a, &Community::new(""), &owner, NOW).await;
    let note = put(
        &a,
        &meetup(event.id(), &owner, "chess", EVENING),
        &owner,
        NOW + 1,
    )
    .await;
    let published = Meetup::read(&note).unwrap();
    let request = kith_client::lbc::delete_meetup(&published, "", NOW + 2);
    put_draft(&b, request, &owner, NOW + 2).await;
    let kith = reader(&[&a, &b]).await;
    assert_eq!(kith.meetups(&Search::new()).await.unwrap().found, []);
    assert!(matches!(
        kith.meetup(published.address()).await,
        Err(LookupError::Deleted(_))
    ));
}

#[tokio::test]
async fn nip52_14_the_newest_answer_counts_and_its_identifier_is_kept() {
    let relay = relay().await;
    let (owner, guest) = (Keys::generate(), Keys::generate());
    let event = put(&relay, &Community::new(""), &owner, NOW).await;
    let note = put(
        &relay,
        &meetup(event.id(), &owner, "chess", EVENING),
        &owner,
        NOW,
    )
    .await;
    let address = note.address().unwrap();
    // Another client's answers, one of them from a clock that is ahead.
    let answer = |identifier: &str, status: &str| kith_client::Draft {
        kind: Kind::RSVP,
        created_at: None,
        tags: tags(&[
            &["a", &address.to_string()],
            &["d", identifier],
            &["status", status],
        ]),
        content: String::new(),
    };
    put_draft(&relay, answer("first", "declined"), &guest, NOW + 5).await;
    put_draft(&relay, answer("second", "tentative"), &guest, 1_900_000_000).await;

    let kith = person(&[&relay], &guest).await;
    let answers = |kith: Kith, address: Address| async move {
        let tally = kith.attendees(address).await.unwrap().tally;
        tally
            .attendees
            .iter()
            .map(|attendee| attendee.answer)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        answers(kith.clone(), address.clone()).await,
        [Answer::Tentative]
    );
    kith.answer(address.clone(), Answer::Accepted)
        .await
        .unwrap();
    assert_eq!(
        answers(kith.clone(), address.clone()).await,
        [Answer::Accepted]
    );
    let filter = nostr_sdk::Filter::new().kind(nostr_sdk::Kind::from(31925));
    let events = kith
        .client()
        .fetch_events(filter, crate::support::TIMEOUT)
        .await
        .unwrap();
    let mut identifiers: Vec<String> = events
        .iter()
        .map(|event| {
            Rsvp::read(&Event::try_from(event).unwrap())
                .unwrap()
                .identifier()
                .to_owned()
        })
        .collect();
    identifiers.sort();
    assert_eq!(identifiers, ["first", "second"], "no third note");
}

#[tokio::test]
async fn nip52_15_answers_before_a_change_are_marked() {
    let (a, b) = (relay().await, relay().await);
    let (owner, guest) = (Keys::generate(), Keys::generate());
    let event = put(&a, &Community::new(""), &owner, NOW).await;
    let first = meetup(event.id(), &owner, "chess", EVENING);
    let note = put(&a, &first, &owner, NOW).await;
    let address = note.address().unwrap();
    person(&[&a], &guest)
        .await
        .answer(address.clone(), Answer::Accepted)
        .await
        .unwrap();
    // The other relay has a version that moved.
    let moved = meetup(event.id(), &owner, "chess", EVENING + 3600);
    put(&b, &moved, &owner, NOW + 10).await;
    let kith = reader(&[&a, &b]).await;
    let tally = kith.attendees(address).await.unwrap().tally;
    assert_eq!(tally.attendees[0].basis, Basis::BeforeTheChange);
}

/// Takes everything but one kind.
#[derive(Debug)]
struct Without(u16);

impl WritePolicy for Without {
    fn admit_event<'a>(
        &'a self,
        event: &'a nostr_sdk::Event,
        _: &'a std::net::SocketAddr,
    ) -> BoxedFuture<'a, PolicyResult> {
        let refused = event.kind.as_u16() == self.0;
        Box::pin(async move {
            match refused {
                true => PolicyResult::Reject("not this kind".to_owned()),
                false => PolicyResult::Accept,
            }
        })
    }
}

async fn picky(kind: u16) -> LocalRelay {
    start(RelayBuilder::default().write_policy(Without(kind))).await
}

#[tokio::test]
async fn lbc_57_a_failed_step_is_reported_and_repeated_without_a_second_community() {
    let picky = picky(30_000).await;
    let keys = Keys::generate();
    let kith = person(&[&picky], &keys).await;
    let new = NewCommunity::new("Chess");
    let incomplete = match kith.create_community(&new).await.unwrap_err() {
        CommunityError::Incomplete(incomplete) => incomplete,
        error => panic!("{error}"),
    };
    assert_eq!(incomplete.steps.len(), 3, "the other steps are done");
    assert!(
        incomplete.to_string().contains("the member list"),
        "{incomplete}"
    );

    // With a relay that takes it, the rest is published, and the same community goes there too.
    let good = relay().await;
    let kith = person(&[&picky, &good], &keys).await;
    let finished = kith.finish_community(incomplete.id, &new).await.unwrap();
    assert_eq!(finished.id, incomplete.id);
    assert_eq!(finished.steps.len(), 4);
    let alone = reader(&[&good]).await;
    assert_eq!(titles(&alone, &Search::new()).await, ["Chess"]);
    let members = alone.members(incomplete.id).await.unwrap().found;
    assert_eq!(members[0].state, Membership::Owner);
    let again = kith.finish_community(incomplete.id, &new).await.unwrap();
    let ids = |steps: &[(kith_client::CommunityStep, kith_client::Published)]| {
        steps
            .iter()
            .map(|(_, published)| published.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ids(&again.steps),
        ids(&finished.steps),
        "nothing is made twice"
    );
}

#[tokio::test]
async fn lbc_57_a_relay_that_refused_the_community_gets_nothing_else_of_it() {
    let (picky, good) = (picky(1037).await, relay().await);
    let kith = person(&[&picky, &good], &Keys::generate()).await;
    let created = kith
        .create_community(&NewCommunity::new("Chess"))
        .await
        .unwrap();
    assert_eq!(created.steps[0].1.refused.len(), 1);
    for (_, published) in &created.steps[1..] {
        assert_eq!((published.accepted.len(), published.refused.len()), (1, 0));
    }
}

#[tokio::test]
async fn lbc_04_equal_communities_of_one_second_have_different_ids() {
    let relay = relay().await;
    let keys = Keys::generate();
    let kith = Kith::builder()
        .relays(urls(&[&relay]).await)
        .signer(keys.clone())
        .clock(|| NOW)
        .connect()
        .await
        .unwrap();
    let new = NewCommunity::new("Twins");
    let (one, two) = tokio::join!(kith.create_community(&new), kith.create_community(&new));
    assert_ne!(one.unwrap().id, two.unwrap().id);
    // Another program with the same key and the same second.
    let other = Kith::builder()
        .relays(urls(&[&relay]).await)
        .signer(keys)
        .clock(|| NOW)
        .connect()
        .await
        .unwrap();
    other.create_community(&new).await.unwrap();
    assert_eq!(titles(&kith, &Search::new()).await.len(), 3);
}

#[tokio::test]
async fn lbc_14_editing_keeps_what_is_unknown() {
    let relay = relay().await;
    let owner = Keys::generate();
    let event = put(&relay, &Community::new(""), &owner, NOW).await;
    let mut old = metadata(event.id(), &owner, "Old", "GB:Hove");
    old.other_tags = tags(&[&["rules", "be kind"], &["i", "iso3166:GB"]]);
    put(&relay, &old, &owner, 1_900_000_000).await;
    let kith = person(&[&relay], &owner).await;
    kith.edit_community(event.id(), |metadata| metadata.title = "New".into())
        .await
        .unwrap();
    let view = kith.community(event.id()).await.unwrap();
    let metadata = view.metadata().unwrap();
    assert_eq!(metadata.title, "New");
    assert_eq!(metadata.other_tags, old.other_tags);
    assert_eq!(metadata.created_at, 1_900_000_001, "nip01_108");
    let nothing = kith.edit_community(event.id(), |_| {}).await.unwrap();
    assert_eq!(nothing, kith_client::Change::Unchanged);
}

#[tokio::test]
async fn edits_within_one_second_all_win() {
    let relay = relay().await;
    let kith = connect(urls(&[&relay]).await, &Keys::generate()).await;
    let id = kith
        .create_community(&NewCommunity::new("Chess"))
        .await
        .unwrap()
        .id;
    let when = When::timed(TimeSpan::new(EVENING, None).unwrap());
    let new = NewMeetup::new(id, "Chess", when);
    let reference = kith.schedule_meetup(&new).await.unwrap().reference;
    for number in 0..4 {
        let title = format!("Chess {number}");
        kith.edit_meetup(&reference, |meetup| meetup.title = title.clone())
            .await
            .unwrap();
        assert_eq!(kith.meetup(&reference).await.unwrap().title(), title);
    }
}
