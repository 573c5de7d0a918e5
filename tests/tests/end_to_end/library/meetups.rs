//! Scheduling, editing, cancelling and finding meetups.

use kith_client::lbc::{Location, delete_meetup};
use kith_client::{Change, LookupError, MeetupError, MeetupView, Reference, Search, Target};
use serde_json::json;

use super::{EVENING, at, brighton, city, create, evening, has, me, person, reader, tags};
use crate::events::{note, now};
use crate::harness::TestRelay;

const DAY: u64 = 86_400;

fn titles(found: &[MeetupView]) -> Vec<&str> {
    found.iter().map(MeetupView::title).collect()
}

fn identifier(reference: &Reference) -> String {
    match &reference.target {
        Target::Address(address) => address.identifier.clone(),
        Target::Id(id) => panic!("{id}"),
    }
}

#[tokio::test]
async fn lbc_22_23_29_30_31_a_meetup_is_written_for_both_generations_of_clients() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let scheduled = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap();
    let found = relay
        .connect()
        .await
        .query(json!({"kinds": [31923], "#l": ["meetup"]}))
        .await;
    let [event] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(scheduled.published.id, event.id());
    let d = format!("{community}:2030-10-03-opening-night");
    assert_eq!(
        (event.identifier(), identifier(&scheduled.reference)),
        (d.as_str(), d.clone())
    );
    assert_eq!(event.content(), "Beginners *welcome*");
    let (id, key, url) = (community.to_string(), me(&owner).to_string(), relay.url());
    let (start, end) = (EVENING.to_string(), (EVENING + 3 * 3_600).to_string());
    let day = (EVENING / DAY).to_string();
    for tag in [
        &["e", id.as_str(), url.as_str(), key.as_str()][..],
        &["title", "Opening night"],
        &["name", "Opening night"],
        &["summary", "Bring a board"],
        &["brief", "Bring a board"],
        &["L", "kind"],
        &["l", "meetup", "kind"],
        &["start", &start],
        &["end", &end],
        &["start_tzid", "Europe/London"],
        &["D", &day],
        &["location", "The Black Lion"],
        &["location", "Black Lion Street"],
        &["g", "gcpchgune", "geohash"],
        &["g", "gcpch", "geohash"],
        &["g", "GB:Brighton", "city"],
        &["t", "chess"],
        &["status", "published"],
    ] {
        assert!(has(event, tag), "{tag:?} in {:?}", tags(event));
    }
}

#[tokio::test]
async fn lbc_14_22_an_edit_keeps_the_address_and_what_another_program_wrote() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let id = community.to_string();
    let start = EVENING.to_string();
    let foreign = note(1)
        .kind(31923)
        .at(now() + 300)
        .content("Text")
        .tag(&["d", &format!("{id}:spring")])
        .tag(&["title", "Spring"])
        .tag(&["x-fee", "5", "GBP"])
        .tag(&["e", &id])
        .tag(&["start", &start])
        .tag(&["p", &me(&owner).to_string(), "", "host"])
        .tag(&["r", "https://chess.example"])
        .tag(&["-future", "1"])
        .signed();
    let mut socket = relay.connect().await;
    socket.accept(&foreign).await;

    let reference = Reference::from(foreign.address().unwrap());
    let edit = owner
        .edit_meetup(&reference, |meetup| meetup.title = "Summer".to_owned())
        .await;
    assert!(matches!(edit.unwrap(), Change::Published(_)));
    let found = socket.query(json!({"kinds": [31923]})).await;
    let [edited] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(edited.identifier(), foreign.identifier());
    assert_eq!(edited.created_at(), foreign.created_at() + 1, "nip01_108");
    for tag in [
        &["title", "Summer"][..],
        &["x-fee", "5", "GBP"],
        &["start", &start],
        &["p", &me(&owner).to_string(), "", "host"],
        &["r", "https://chess.example"],
        &["-future", "1"],
    ] {
        assert!(has(edited, tag), "{tag:?} in {:?}", tags(edited));
    }
    let again = owner
        .edit_meetup(&reference, |meetup| meetup.title = "Summer".to_owned())
        .await;
    assert_eq!(again.unwrap(), Change::Unchanged);
    let stranger = person(2, &[&relay]).await;
    let refused = stranger
        .edit_meetup(&reference, |meetup| meetup.title.clear())
        .await;
    assert!(matches!(refused, Err(MeetupError::NotAuthor(_))));
}

#[tokio::test]
async fn lbc_32_a_cancelled_meetup_stays_and_says_so() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let meetup = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap()
        .reference;
    owner.cancel_meetup(&meetup).await.unwrap();
    assert_eq!(
        owner.cancel_meetup(&meetup).await.unwrap(),
        Change::Unchanged
    );
    let found = relay.connect().await.query(json!({"kinds": [31923]})).await;
    assert!(found.len() == 1 && has(&found[0], &["status", "cancelled"]));
    let listed = reader(&[&relay])
        .await
        .meetups(&Search::new().community(community))
        .await
        .unwrap();
    assert!(listed.found[0].is_cancelled());

    let uncancel = |meetup: &mut kith_client::lbc::Meetup| {
        meetup.status = kith_client::lbc::MeetupStatus::Published;
    };
    owner.edit_meetup(&meetup, uncancel).await.unwrap();
    assert!(!owner.meetup(&meetup).await.unwrap().is_cancelled());
}

#[tokio::test]
async fn lbc_22_a_slug_is_new_for_every_meetup_also_from_two_devices() {
    let relay = TestRelay::start().await;
    let (laptop, phone) = (person(1, &[&relay]).await, person(1, &[&relay]).await);
    let community = create(&laptop, "Brighton Chess").await;
    let mut identifiers = Vec::new();
    for kith in [&laptop, &phone, &laptop] {
        let scheduled = kith
            .schedule_meetup(&evening(community, "Chess"))
            .await
            .unwrap();
        identifiers.push(identifier(&scheduled.reference));
    }
    let expected = ["", "-2", "-3"].map(|end| format!("{community}:2030-10-03-chess{end}"));
    assert_eq!(identifiers, expected);
    let mut taken = evening(community, "Chess");
    taken.slug = Some("2030-10-03-chess".parse().unwrap());
    let refused = phone.schedule_meetup(&taken).await;
    assert!(matches!(refused, Err(MeetupError::SlugTaken(_))));
    assert_eq!(
        relay
            .connect()
            .await
            .query(json!({"kinds": [31923]}))
            .await
            .len(),
        3
    );
}

#[tokio::test]
async fn meetups_are_found_by_place_topic_community_and_time() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let (chess, rust) = (create(&owner, "Chess").await, create(&owner, "Rust").await);
    let munich = kith_client::place::Point::new(48.1371, 11.5754).unwrap();
    let mut in_munich = at(rust, "Munich", EVENING + DAY);
    in_munich.plan.location = Location::at(munich)
        .in_city(city("DE:München"))
        .in_city(city("DE:Munich"));
    in_munich.plan.topics = kith_client::lbc::Topic::new("rust").into_iter().collect();
    for new in [
        at(chess, "Third", EVENING + 7 * DAY),
        at(chess, "First", EVENING),
        in_munich,
    ] {
        owner.schedule_meetup(&new).await.unwrap();
    }
    let near = || Search::new().near(brighton(), 25.0).unwrap();
    let three_hours = 3 * 3_600;
    let anybody = reader(&[&relay]).await;
    for (search, expected) in [
        (Search::new(), &["First", "Munich", "Third"][..]),
        (near(), &["First", "Third"]),
        (Search::new().near(munich, 5.0).unwrap(), &["Munich"]),
        (Search::new().city(city("DE:Munich")), &["Munich"]),
        (Search::new().topic("RUST"), &["Munich"]),
        (Search::new().community(chess), &["First", "Third"]),
        (Search::new().community(rust), &["Munich"]),
        // The stretch is half open at both ends, like a meetup.
        (near().from(EVENING).to(EVENING + 1), &["First"]),
        (
            near().from(EVENING + three_hours - 1).to(EVENING + DAY),
            &["First"],
        ),
        (near().from(EVENING + three_hours).to(EVENING + DAY), &[]),
        (near().to(EVENING), &[]),
        (near().from(EVENING + DAY), &["Third"]),
        (
            Search::new().from(EVENING + DAY).to(EVENING + 2 * DAY),
            &["Munich"],
        ),
    ] {
        let found = anybody.meetups(&search).await.unwrap();
        assert_eq!(titles(&found.found), expected, "{search:?}");
        assert_eq!(found.silent, []);
    }
}

#[tokio::test]
async fn lbc_24_25_33_nip52_09_meetups_of_other_clients() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let (chess, rust) = (create(&owner, "Chess").await, create(&owner, "Rust").await);
    let (chess_id, rust_id) = (chess.to_string(), rust.to_string());
    let start = EVENING.to_string();
    let meetup = |title: &str, d: &str| {
        let d = d.replace("CHESS", &chess_id);
        note(1)
            .kind(31923)
            .tag(&["d", &d])
            .tag(&["title", title])
            .tag(&["start", &start])
    };
    let label = |of: crate::events::Note| of.tag(&["L", "kind"]).tag(&["l", "meetup", "kind"]);
    let of_chess = ["e", chess_id.as_str()];
    let days = |title: &str| {
        let note = note(1)
            .kind(31922)
            .tag(&["d", title])
            .tag(&["title", title]);
        note.tag(&["start", "2030-10-05"])
            .tag(&["end", "2030-10-07"])
    };
    let events = [
        meetup("bare d", "CHESS").signed(),
        meetup("d with slug", "CHESS:0").signed(),
        label(meetup("e only", "x1")).tag(&of_chess).signed(),
        label(days("all day")).tag(&of_chess).signed(),
        label(meetup("conflict", "CHESS:2"))
            .tag(&["e", &rust_id])
            .signed(),
        label(meetup("of nobody", "x3")).signed(),
        label(
            note(1)
                .kind(31923)
                .tag(&["d", "x4"])
                .tag(&["title", "no date"]),
        )
        .tag(&of_chess)
        .signed(),
        label(meetup("bad date", "x5").tag(&of_chess)).signed(),
    ];
    let mut socket = relay.connect().await;
    socket.accept_all(&events[..7]).await;

    let found = owner
        .meetups(&Search::new().community(chess))
        .await
        .unwrap()
        .found;
    assert_eq!(titles(&found).len(), 4, "{:?}", titles(&found));
    let mut timed = titles(&found[..3]);
    timed.sort_unstable();
    assert_eq!(timed, ["bare d", "d with slug", "e only"]);
    assert_eq!(found[3].title(), "all day", "lbc_33");
    let conflict = Reference::from(events[4].address().unwrap());
    assert!(
        owner
            .meetup(&conflict)
            .await
            .unwrap()
            .communities()
            .is_empty(),
        "lbc_25"
    );
    let of_rust = owner
        .meetups(&Search::new().community(rust))
        .await
        .unwrap()
        .found;
    assert_eq!(titles(&of_rust), Vec::<&str>::new(), "lbc_25");

    let no_date = Reference::from(events[6].address().unwrap());
    assert_eq!(
        owner.meetup(&no_date).await.unwrap().when(),
        None,
        "nip52_09"
    );
    let whole_days = Search::new()
        .community(chess)
        .from(1_917_475_200)
        .to(1_917_475_201);
    let found = owner.meetups(&whole_days).await.unwrap().found;
    assert_eq!(
        titles(&found),
        ["all day"],
        "2030-10-06 00:00 UTC is the second day"
    );
}

#[tokio::test]
async fn lbc_27_28_a_proposal_becomes_official_by_the_owners_calendar() {
    let relay = TestRelay::start().await;
    let (owner, guest) = (person(1, &[&relay]).await, person(2, &[&relay]).await);
    let community = create(&owner, "Brighton Chess").await;
    let proposal = guest
        .schedule_meetup(&evening(community, "Blitz"))
        .await
        .unwrap()
        .reference;
    let mut socket = relay.connect().await;
    let event = socket.query(json!({"kinds": [31923]})).await.remove(0);
    let calendar = format!("31924:{}:{community}", me(&owner));
    assert!(
        has(&event, &["a", &calendar, &relay.url()]),
        "lbc_28: {:?}",
        tags(&event)
    );

    let is_proposal = async || guest.meetup(&proposal).await.unwrap().is_proposal();
    assert!(is_proposal().await);
    let refused = guest.adopt_meetup(&proposal).await;
    assert!(matches!(refused, Err(MeetupError::NotOwner(named)) if named.id == community));
    owner.adopt_meetup(&proposal).await.unwrap();
    assert!(!is_proposal().await);
    let found = socket.query(json!({"kinds": [31924]})).await;
    let address = event.address().unwrap().to_string();
    assert!(
        found[0]
            .tags()
            .named("a")
            .any(|tag| tag.value() == Some(&address)),
        "nip52_12"
    );
    assert_eq!(found[0].identifier(), community.to_string());
    owner.release_meetup(&proposal).await.unwrap();
    assert!(is_proposal().await);
}

#[tokio::test]
async fn nip52_20_a_meetup_that_its_author_deleted_is_in_no_view() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let meetup = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap()
        .reference;
    let view = owner.meetup(&meetup).await.unwrap();
    // Before this relay was told, another one had a copy.
    let copy = TestRelay::start().await;
    let event = relay
        .connect()
        .await
        .query(json!({"kinds": [31923]}))
        .await
        .remove(0);
    copy.connect().await.accept(&event).await;
    owner
        .publish(&delete_meetup(view.meetup(), "Not this year", now()))
        .await
        .unwrap();

    let both = person(1, &[&relay, &copy]).await;
    let gone = both.meetup(&meetup).await.unwrap_err();
    assert!(matches!(gone, LookupError::Deleted(_)), "{gone}");
    let listed = both
        .meetups(&Search::new().community(community))
        .await
        .unwrap();
    assert_eq!(titles(&listed.found), Vec::<&str>::new());
}

#[tokio::test]
async fn lbc_22_the_slug_of_a_deleted_meetup_is_not_used_again() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = create(&owner, "Brighton Chess").await;
    let first = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap()
        .reference;
    let guest = person(2, &[&relay]).await;
    guest
        .answer(&first, kith_client::Answer::Accepted)
        .await
        .unwrap();
    let view = owner.meetup(&first).await.unwrap();
    owner
        .publish(&delete_meetup(view.meetup(), "Not this year", now()))
        .await
        .unwrap();

    // At the old address the request would cover it, or the old answers would count.
    let again = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap()
        .reference;
    assert_ne!(identifier(&again), identifier(&first));
    assert_eq!(owner.attendees(&again).await.unwrap().tally.attendees, []);
}
