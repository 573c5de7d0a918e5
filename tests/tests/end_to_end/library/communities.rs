//! Editing, closing and finding communities.

use kith_client::lbc::{CommunityMetadata, CommunityReference, Location, Note, Topic};
use kith_client::place::Point;
use kith_client::{
    Change, CommunityError, EventId, LookupError, NewCommunity, Prefix, PublishError, Search,
};
use serde_json::json;

use super::{brighton, chess, city, create, evening, has, me, person, reader, tags, written};
use crate::events::note;
use crate::harness::TestRelay;

#[tokio::test]
async fn lbc_14_an_edit_keeps_what_another_program_wrote() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let id = community.to_string();
    let foreign = written(&[
        &["d", &id],
        &["published_at", "1700000000"],
        &["title", "Chess"],
        &["e", &id, "wss://elsewhere.example", &me(&owner).to_string()],
        &["x-colour", "red", "", "green"],
        &["g", "gcpchgune", "geohash"],
        &["t", "chess"],
        &["i", "geo:gcpch"],
        &["alt", "a community"],
    ]);
    let mut ahead = note(1)
        .kind(30037)
        .at(crate::events::now() + 600)
        .content("From elsewhere");
    for tag in &foreign {
        ahead = ahead.tag(&tag.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let ahead = ahead.signed();
    let mut socket = relay.connect().await;
    socket.accept(&ahead).await;

    let change = owner.edit_community(community, |metadata| metadata.title = "Chess!".to_owned());
    assert!(matches!(change.await.unwrap(), Change::Published(_)));
    let found = socket.query(json!({"kinds": [30037]})).await;
    let [edited] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(edited.created_at(), ahead.created_at() + 1, "nip01_108");
    assert_eq!(edited.content(), "From elsewhere");
    assert!(has(edited, &["title", "Chess!"]) && has(edited, &["t", "chess"]));
    for unknown in ["published_at", "x-colour", "i", "alt"] {
        let kept: Vec<_> = tags(edited)
            .into_iter()
            .filter(|tag| tag[0] == unknown)
            .collect();
        let before: Vec<_> = foreign
            .iter()
            .filter(|tag| tag[0] == unknown)
            .cloned()
            .collect();
        assert_eq!(kept, before);
    }

    let nothing = owner.edit_community(community, |metadata| metadata.title = "Chess!".to_owned());
    assert_eq!(nothing.await.unwrap(), Change::Unchanged);
    assert_eq!(socket.query(json!({"kinds": [30037]})).await, found);
}

#[tokio::test]
async fn lbc_09_nobody_else_describes_edits_or_closes_a_community() {
    let relay = TestRelay::start().await;
    let (owner, other) = (person(1, &[&relay]).await, person(2, &[&relay]).await);
    let community = create(&owner, "Brighton Chess").await;
    let edit = other
        .edit_community(community, |metadata| metadata.title = "Mine".to_owned())
        .await;
    assert!(matches!(edit, Err(CommunityError::NotOwner(named)) if named.id == community));
    let close = other.close_community(community, "").await;
    assert!(matches!(close, Err(CommunityError::NotOwner(_))));

    // Not even when they try without our library.
    let forged = CommunityMetadata::new(CommunityReference::new(community, me(&owner)), "Mine");
    match other.publish(&forged.draft().unwrap()).await.unwrap_err() {
        PublishError::NobodyAccepted { refused, .. } => {
            assert_eq!(refused[0].prefix(), Some(Prefix::Restricted));
        }
        error => panic!("{error}"),
    }
    let deletion = note(2).kind(5).tag(&["e", &community.to_string()]).signed();
    relay.connect().await.accept(&deletion).await;
    assert_eq!(
        other.community(community).await.unwrap().title(),
        "Brighton Chess",
        "nip09_18"
    );
}

#[tokio::test]
async fn lbc_10_12_a_forged_description_that_came_first_is_never_shown() {
    let relay = TestRelay::start_with(|config| config.lbc.enforce_owner = false).await;
    let (owner, forger) = (person(1, &[&relay]).await, person(2, &[&relay]).await);
    let community = create(&owner, "Brighton Chess").await;
    let mut forged = CommunityMetadata::new(CommunityReference::new(community, me(&owner)), "Scam");
    forged.location = Location::at(brighton()).in_city(city("GB:Brighton"));
    forger.publish(&forged.draft().unwrap()).await.unwrap();

    let anybody = reader(&[&relay]).await;
    for search in [Search::new(), Search::new().city(city("GB:Brighton"))] {
        let found = anybody.communities(&search).await.unwrap().found;
        let titles: Vec<String> = found.iter().map(|view| view.title()).collect();
        assert_eq!(titles, ["Brighton Chess"]);
    }
}

#[tokio::test]
async fn lbc_06_closing_deletes_what_is_the_owners_and_nothing_else() {
    let relay = TestRelay::start().await;
    let (owner, guest) = (person(1, &[&relay]).await, person(2, &[&relay]).await);
    let community = create(&owner, "Brighton Chess").await;
    let other = create(&owner, "Another").await;
    let meetup = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap();
    guest.follow(community).await.unwrap();
    guest
        .answer(&meetup.reference, kith_client::Answer::Accepted)
        .await
        .unwrap();
    owner
        .mute(community, person(3, &[&relay]).await.public_key().unwrap())
        .await
        .unwrap();

    let closed = owner
        .close_community(community, "Thank you all")
        .await
        .unwrap();
    assert_eq!(
        (closed.published.accepted.len(), closed.silent.len()),
        (1, 0)
    );
    let mut socket = relay.connect().await;
    let requests = socket.query(json!({"kinds": [5]})).await;
    let [request] = &requests[..] else {
        panic!("{requests:?}")
    };
    let (id, key) = (community.to_string(), me(&owner).to_string());
    assert_eq!(request.content(), "Thank you all");
    let meetup_address = match &meetup.reference.target {
        kith_client::Target::Address(address) => address.to_string(),
        kith_client::Target::Id(id) => panic!("{id}"),
    };
    for tag in [
        &["e", id.as_str()][..],
        &["a", &format!("30037:{key}:{id}")],
        &["a", &format!("30000:{key}:{id}")],
        &["a", &format!("30000:{key}:{id}:blocked")],
        &["a", &meetup_address],
        &["k", "1037"],
        &["k", "30037"],
        &["k", "30000"],
        &["k", "31923"],
    ] {
        assert!(
            has(request, tag),
            "nip09_15: {tag:?} in {:?}",
            tags(request)
        );
    }
    let of_community = json!([{"ids": [id]}, {"kinds": [30037, 30000, 31923], "#d": [id]}]);
    assert_eq!(socket.query(of_community).await, []);
    // The other community, and what the guest wrote, are untouched.
    assert_eq!(
        socket.query(json!({"kinds": [10037, 31925]})).await.len(),
        2
    );
    assert_eq!(owner.community(other).await.unwrap().title(), "Another");
    let left = socket.query(json!({"kinds": [1037, 30037, 30000]})).await;
    assert_eq!(left.len(), 3);

    // It is gone from every view, and cannot come back.
    for kith in [&owner, &guest] {
        let gone = kith.community(community).await.unwrap_err();
        assert!(
            matches!(gone, LookupError::Closed(_) | LookupError::NotFound { .. }),
            "{gone}"
        );
        assert!(kith.meetup(&meetup.reference).await.is_err());
    }
    assert_eq!(guest.following().await.unwrap().found, [], "lbc_17");
    assert!(matches!(
        guest.leave(community).await.unwrap(),
        Change::Published(_)
    ));
    assert!(
        owner
            .finish_community(community, &chess("Brighton Chess"))
            .await
            .is_err()
    );
    assert!(owner.edit_community(community, |_| {}).await.is_err());
    let titles: Vec<String> = owner
        .communities(&Search::new())
        .await
        .unwrap()
        .into_iter()
        .map(|view| view.title())
        .collect();
    assert_eq!(titles, ["Another"]);
}

#[tokio::test]
async fn lbc_41_59_communities_are_found_near_a_point_in_a_city_and_by_topic() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let place = |latitude: f64, longitude: f64, city_tag: &str| {
        Location::at(Point::new(latitude, longitude).unwrap()).in_city(city(city_tag))
    };
    for (title, location, topics) in [
        (
            "Brighton Chess",
            place(50.8225, -0.1372, "GB:Brighton"),
            &["chess"][..],
        ),
        (
            "Hove Rust",
            place(50.8279, -0.1686, "GB:Hove"),
            &["rust", "code"],
        ),
        (
            "London Chess",
            place(51.5074, -0.1278, "GB:London"),
            &["chess", "go"],
        ),
        (
            "Munich Rust",
            place(48.1371, 11.5754, "DE:München").in_city(city("DE:Munich")),
            &["rust"],
        ),
        // On both sides of the date line, 11 km apart.
        (
            "Taveuni West",
            place(-16.8, 179.95, "FJ:Taveuni"),
            &["diving"],
        ),
        (
            "Taveuni East",
            place(-16.8, -179.95, "FJ:Taveuni"),
            &["diving"],
        ),
        ("Nowhere", Location::default(), &["chess"]),
    ] {
        let topics = topics
            .iter()
            .filter_map(|topic| Topic::new(topic))
            .collect();
        let new = NewCommunity {
            location,
            topics,
            ..NewCommunity::new(title)
        };
        owner.create_community(&new).await.unwrap();
    }
    let near = |latitude: f64, longitude: f64, km: f64| {
        Search::new()
            .near(Point::new(latitude, longitude).unwrap(), km)
            .unwrap()
    };
    let anybody = reader(&[&relay]).await;
    let all = [
        "Brighton Chess",
        "Hove Rust",
        "London Chess",
        "Munich Rust",
        "Nowhere",
        "Taveuni East",
        "Taveuni West",
    ];
    for (search, expected) in [
        (near(50.8225, -0.1372, 1.0), &["Brighton Chess"][..]),
        (
            near(50.8225, -0.1372, 5.0),
            &["Brighton Chess", "Hove Rust"],
        ),
        (
            near(50.8279, -0.1686, 5.0),
            &["Hove Rust", "Brighton Chess"],
        ),
        (
            near(50.8225, -0.1372, 100.0),
            &["Brighton Chess", "Hove Rust", "London Chess"],
        ),
        (near(50.8225, -0.1372, 100.0).topic("Rust"), &["Hove Rust"]),
        (near(-16.8, 179.99, 20.0), &["Taveuni West", "Taveuni East"]),
        (near(0.0, 0.0, 500.0), &[]),
        (Search::new().city(city("GB:Hove")), &["Hove Rust"]),
        (Search::new().city(city("UK:London")), &["London Chess"]),
        (Search::new().city(city("DE:Munich")), &["Munich Rust"]),
        (Search::new().city(city("DE:München")), &["Munich Rust"]),
        (
            Search::new().topic("CHESS"),
            &["Brighton Chess", "London Chess", "Nowhere"],
        ),
        (
            Search::new().topic("go").topic("code"),
            &["Hove Rust", "London Chess"],
        ),
        (Search::new(), &all),
    ] {
        let found = anybody.communities(&search).await.unwrap();
        let titles: Vec<String> = found.found.iter().map(|view| view.title()).collect();
        assert_eq!(titles, expected, "{search:?}");
        assert_eq!(found.silent, []);
    }
    let found = anybody
        .communities(&near(50.8225, -0.1372, 5.0))
        .await
        .unwrap()
        .found;
    let km = found[1].distance_km().unwrap();
    assert!((2.2..2.4).contains(&km), "{km}");
}

#[tokio::test]
async fn lbc_60_what_is_shared_leads_back() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let view = owner.community(community).await.unwrap();
    let anybody = reader(&[&relay]).await;
    for text in [
        view.nevent().unwrap(),
        view.naddr().unwrap(),
        community.to_string(),
    ] {
        let reference: kith_client::Reference = text.parse().unwrap();
        assert_eq!(
            anybody.community(&reference).await.unwrap().id(),
            community,
            "{text}"
        );
    }
    let reference: kith_client::Reference = view.nevent().unwrap().parse().unwrap();
    let hints: Vec<String> = reference.relays.iter().map(|url| url.to_string()).collect();
    assert_eq!(hints, [relay.url()]);
    let unknown = anybody
        .community(EventId::from_bytes([7; 32]))
        .await
        .unwrap_err();
    assert!(matches!(unknown, LookupError::NotFound { .. }));
}
