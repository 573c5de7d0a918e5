//! The whole life of a community, over sockets.

use kith_client::lbc::{Group, Location, Topic};
use kith_client::nip52::{TimeSpan, When, Zone};
use kith_client::place::{CityTag, Point};
use kith_client::{
    Answer, Change, CommunityError, Keys, Kith, LookupError, Membership, NewAnswer, NewCommunity,
    NewMeetup, Plan, Reference, RsvpError, Search,
};

use crate::support::{EVENING, person, reader, relay};

fn brighton() -> Point {
    Point::new(50.8225, -0.1372).unwrap()
}

fn community() -> NewCommunity {
    NewCommunity {
        description: "Boards on the *beach*".to_owned(),
        location: Location::at(brighton()).in_city(CityTag::parse("GB:Brighton").unwrap()),
        topics: vec![Topic::new("Chess").unwrap()],
        ..NewCommunity::new("Brighton Chess")
    }
}

fn meetup(community: impl Into<Reference>, title: &str) -> NewMeetup {
    let span = TimeSpan::new(EVENING, Some(EVENING + 3 * 3600)).unwrap();
    let when = When::timed(span).in_zone(Zone::new("Europe/London").unwrap());
    let plan = Plan {
        places: vec!["The Black Lion".to_owned()],
        location: Location::at(brighton()).in_city(CityTag::parse("GB:Brighton").unwrap()),
        topics: vec![Topic::new("chess").unwrap()],
        ..Plan::new(title)
    };
    NewMeetup::new(community, plan, when)
}

async fn state(kith: &Kith, community: kith_client::EventId, who: &Kith) -> Membership {
    kith.membership(community, who.public_key().unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_community_from_creation_to_its_end() {
    let relays = [relay().await, relay().await];
    let relays = [&relays[0], &relays[1]];
    let organizer = person(&relays, &Keys::generate()).await;
    let guest = person(&relays, &Keys::generate()).await;
    let guest_key = guest.public_key().unwrap();

    let created = organizer.create_community(&community()).await.unwrap();
    assert_eq!(created.steps.len(), 4);
    assert!(
        created
            .steps
            .iter()
            .all(|(_, published)| published.accepted.len() == 2)
    );

    // Found by somebody who only reads, near, in the city, by topic, and not elsewhere.
    let anybody = reader(&relays).await;
    let near = Search::new().near(brighton(), 10.0).unwrap();
    let searches = [
        near.clone(),
        Search::new().city(CityTag::parse("GB:Brighton").unwrap()),
        Search::new().topic("CHESS"),
        Search::new(),
    ];
    for search in &searches {
        let found = anybody.communities(search).await.unwrap();
        assert_eq!(found.silent, []);
        assert_eq!(found.found.len(), 1, "{search:?}");
        let view = &found.found[0];
        assert_eq!(
            (view.id(), view.title().as_str()),
            (created.id, "Brighton Chess")
        );
        assert_eq!(view.owner(), organizer.public_key().unwrap());
        assert_eq!(view.relays().len(), 2);
        assert_eq!(view.distance_km().is_some(), search == &near);
    }
    let london = Search::new()
        .near(Point::new(51.5074, -0.1278).unwrap(), 50.0)
        .unwrap();
    assert_eq!(anybody.communities(&london).await.unwrap().found, []);

    // Following, a meetup, an answer.
    assert!(matches!(
        guest.follow(created.id).await.unwrap(),
        Change::Published(_)
    ));
    assert_eq!(guest.follow(created.id).await.unwrap(), Change::Unchanged);
    assert_eq!(
        state(&organizer, created.id, &guest).await,
        Membership::Follower
    );
    assert_eq!(guest.following().await.unwrap().found[0].id(), created.id);
    assert_eq!(
        organizer.followers(created.id).await.unwrap().found,
        [guest_key]
    );

    let scheduled = organizer
        .schedule_meetup(&meetup(created.id, "Winter chess"))
        .await
        .unwrap();
    assert!(scheduled.reference.to_string().starts_with("naddr1"));
    let tonight = near.clone().from(EVENING).to(EVENING + 1);
    let found = guest.meetups(&tonight).await.unwrap().found;
    assert_eq!(found.len(), 1);
    assert!(!found[0].is_proposal() && !found[0].is_cancelled());
    assert_eq!(found[0].community().unwrap().title, "Brighton Chess");
    let tomorrow = near.clone().from(EVENING + 86_400);
    assert_eq!(guest.meetups(&tomorrow).await.unwrap().found, []);

    guest.answer(&found[0], Answer::Tentative).await.unwrap();
    let answer = NewAnswer {
        comment: "two of us".to_owned(),
        ..Answer::Accepted.into()
    };
    guest.answer(&scheduled.reference, answer).await.unwrap();
    let attendance = organizer.attendees(&scheduled.reference).await.unwrap();
    assert_eq!(attendance.tally.attendees.len(), 1, "one answer a person");
    let attendee = &attendance.tally.attendees[0];
    assert_eq!(
        (attendee.person, attendee.answer),
        (guest_key, Answer::Accepted)
    );
    assert_eq!(
        (attendee.group, attendee.comment.as_str()),
        (Group::Others, "two of us")
    );

    // Members.
    assert!(
        !organizer
            .approve(created.id, guest_key)
            .await
            .unwrap()
            .is_nothing()
    );
    assert!(
        organizer
            .approve(created.id, guest_key)
            .await
            .unwrap()
            .is_nothing()
    );
    assert_eq!(state(&guest, created.id, &guest).await, Membership::Member);
    let attendance = organizer.attendees(&scheduled.reference).await.unwrap();
    assert_eq!(attendance.tally.attendees[0].group, Group::Members);

    assert!(matches!(
        guest.leave(created.id).await.unwrap(),
        Change::Published(_)
    ));
    assert_eq!(guest.leave(created.id).await.unwrap(), Change::Unchanged);
    let members = organizer.members(created.id).await.unwrap().found;
    let states: Vec<Membership> = members.iter().map(|member| member.state).collect();
    assert_eq!(states, [Membership::Owner, Membership::Lapsed]);

    // Muting hides answers and proposals; unmuting shows them again.
    let muted = organizer.mute(created.id, guest_key).await.unwrap();
    assert!(muted.members != Change::Unchanged && muted.muted != Change::Unchanged);
    assert_eq!(
        organizer
            .attendees(&scheduled.reference)
            .await
            .unwrap()
            .tally
            .attendees,
        []
    );
    organizer.unmute(created.id, guest_key).await.unwrap();
    assert_eq!(
        state(&organizer, created.id, &guest).await,
        Membership::Visitor
    );
    assert_eq!(
        organizer
            .attendees(&scheduled.reference)
            .await
            .unwrap()
            .tally
            .attendees
            .len(),
        1
    );

    // Edited, called off, and closed.
    let moved = |meetup: &mut kith_client::lbc::Meetup| meetup.places = vec!["The Hope".into()];
    assert!(matches!(
        organizer
            .edit_meetup(&scheduled.reference, moved)
            .await
            .unwrap(),
        Change::Published(_)
    ));
    organizer.cancel_meetup(&scheduled.reference).await.unwrap();
    let cancelled = guest.meetup(&scheduled.reference).await.unwrap();
    assert!(cancelled.is_cancelled());
    assert_eq!(cancelled.places(), ["The Hope"]);
    assert!(matches!(
        guest.answer(&cancelled, Answer::Accepted).await,
        Err(RsvpError::Cancelled(_))
    ));

    assert!(matches!(
        guest.close_community(created.id, "").await,
        Err(CommunityError::NotOwner(_))
    ));
    let closed = organizer
        .close_community(created.id, "We moved")
        .await
        .unwrap();
    assert_eq!(
        (closed.published.accepted.len(), closed.silent.len()),
        (2, 0)
    );
    assert!(matches!(
        anybody.community(created.id).await,
        Err(LookupError::Closed(_) | LookupError::NotFound { .. })
    ));
    assert_eq!(anybody.communities(&near).await.unwrap().found, []);
    assert_eq!(anybody.meetups(&near).await.unwrap().found, []);
}

#[tokio::test]
async fn lbc_27_a_proposal_is_official_while_the_owners_calendar_lists_it() {
    let relay = relay().await;
    let owner = person(&[&relay], &Keys::generate()).await;
    let guest = person(&[&relay], &Keys::generate()).await;
    let created = owner.create_community(&community()).await.unwrap();
    let proposal = guest
        .schedule_meetup(&meetup(created.id, "Blitz"))
        .await
        .unwrap()
        .reference;
    let of_community = Search::new().community(created.id);

    let found = owner.meetups(&of_community).await.unwrap().found;
    assert_eq!(found.len(), 1);
    assert!(found[0].is_proposal());
    let requests = &found[0].meetup().calendar_requests;
    assert_eq!(
        requests[0].calendar.identifier,
        created.id.to_string(),
        "lbc_28"
    );

    assert!(
        guest.adopt_meetup(&proposal).await.is_err(),
        "only the owner decides"
    );
    assert!(matches!(
        owner.adopt_meetup(&proposal).await.unwrap(),
        Change::Published(_)
    ));
    assert_eq!(
        owner.adopt_meetup(&proposal).await.unwrap(),
        Change::Unchanged
    );
    assert!(!guest.meetup(&proposal).await.unwrap().is_proposal());
    owner.release_meetup(&proposal).await.unwrap();
    assert!(guest.meetup(&proposal).await.unwrap().is_proposal());

    owner
        .mute(created.id, guest.public_key().unwrap())
        .await
        .unwrap();
    assert_eq!(owner.meetups(&of_community).await.unwrap().found, []);
    assert!(
        guest
            .schedule_meetup(&meetup(created.id, "Again"))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn lbc_22_meetups_of_one_day_and_title_do_not_replace_each_other() {
    let relay = relay().await;
    let owner = person(&[&relay], &Keys::generate()).await;
    let created = owner.create_community(&community()).await.unwrap();
    for _ in 0..3 {
        owner
            .schedule_meetup(&meetup(created.id, "Chess"))
            .await
            .unwrap();
    }
    let found = owner
        .meetups(&Search::new().community(created.id))
        .await
        .unwrap()
        .found;
    let mut identifiers: Vec<String> = found
        .iter()
        .map(|meetup| meetup.address().identifier)
        .collect();
    identifiers.sort();
    let expected = ["", "-2", "-3"].map(|end| format!("{}:2026-12-03-chess{end}", created.id));
    assert_eq!(identifiers, expected);
    let taken = NewMeetup {
        slug: Some("2026-12-03-chess".parse().unwrap()),
        ..meetup(created.id, "Chess")
    };
    assert!(
        owner
            .schedule_meetup(&taken)
            .await
            .unwrap_err()
            .to_string()
            .contains("choose another slug")
    );
}

#[tokio::test]
async fn lbc_60_every_reference_leads_to_the_same_community() {
    let relay = relay().await;
    let owner = person(&[&relay], &Keys::generate()).await;
    let created = owner.create_community(&community()).await.unwrap();
    let scheduled = owner
        .schedule_meetup(&meetup(created.id, "Chess"))
        .await
        .unwrap();
    let view = owner.community(created.id).await.unwrap();
    let metadata = view.metadata().unwrap();
    let forms = [
        created.id.to_string(),
        view.nevent().unwrap(),
        view.naddr().unwrap(),
        format!("nostr:{}", view.naddr().unwrap()),
        metadata.id.to_string(),
        metadata.address().to_string(),
        scheduled.reference.to_string(),
        scheduled.published.id.to_string(),
    ];
    for form in forms {
        let reference: Reference = form.parse().unwrap();
        assert_eq!(
            owner.community(reference).await.unwrap().id(),
            created.id,
            "{form}"
        );
    }
    let not_a_meetup = owner.meetup(created.id).await.unwrap_err();
    assert_eq!(
        not_a_meetup.to_string().split(" is of kind ").nth(1),
        Some("1037, not a meetup")
    );
    let chat = created.steps[3].1.id;
    assert!(matches!(
        owner.community(chat).await,
        Err(LookupError::WrongKind { .. })
    ));
}
