//! `nostr-sdk` without our library: what `kith-client` writes is found with plain filters, and what
//! others write by hand is read by `kith-client`.

use std::time::Duration;

use kith_client::lbc::Group;
use kith_client::place::Point;
use kith_client::{Answer, LookupError, Membership, Reference, Search};
use nostr_sdk::nips::nip01::Coordinate;
use nostr_sdk::nips::nip09::EventDeletionRequest;
use nostr_sdk::{
    Alphabet, Client, Event, EventBuilder, EventId, Filter, Keys, Kind, Metadata,
    RelayPoolNotification, SingleLetterTag, Tag, Timestamp,
};

use crate::events::{keys, now};
use crate::harness::{TestRelay, within_deadline};
use crate::library::{brighton, chess, evening, me, person, reader};

const TIMEOUT: Duration = Duration::from_secs(20);

/// Thursday, 2030-10-03, 17:30 UTC.
const START: u64 = 1_917_279_000;

/// A client of the other library.
async fn other(number: u32, relay: &TestRelay) -> Client {
    let client = Client::new(keys(number));
    client.add_relay(relay.url()).await.unwrap();
    client.connect().await;
    client.wait_for_connection(TIMEOUT).await;
    client
}

async fn ask(client: &Client, filter: Filter) -> Vec<Event> {
    client
        .fetch_events(filter, TIMEOUT)
        .await
        .unwrap()
        .into_iter()
        .collect()
}

async fn send(client: &Client, builder: EventBuilder) -> EventId {
    let output = client.send_event_builder(builder).await.unwrap();
    assert_eq!(
        (output.success.len(), output.failed.len()),
        (1, 0),
        "{:?}",
        output.failed
    );
    *output.id()
}

fn kind(number: u16) -> Kind {
    Kind::from(number)
}

fn letter(name: char) -> SingleLetterTag {
    SingleLetterTag::from_char(name).unwrap()
}

fn tag(tag: &[&str]) -> Tag {
    Tag::parse(tag.iter().copied()).unwrap()
}

fn value<'a>(event: &'a Event, name: &str) -> &'a str {
    let found = event.tags.iter().find(|tag| tag.as_slice()[0] == name);
    &found
        .unwrap_or_else(|| panic!("no {name} in {event:?}"))
        .as_slice()[1]
}

#[tokio::test]
async fn plain_filters_find_what_our_library_wrote() {
    let relay = TestRelay::start().await;
    let (owner, guest) = (person(1, &[&relay]).await, person(2, &[&relay]).await);
    let community = owner
        .create_community(&chess("Brighton Chess"))
        .await
        .unwrap()
        .id;
    let meetup = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap();
    guest.follow(community).await.unwrap();
    guest
        .answer(&meetup.reference, Answer::Accepted)
        .await
        .unwrap();
    owner.approve(community, me(&guest)).await.unwrap();

    let anybody = other(9, &relay).await;
    let (id, owner_key) = (EventId::from(community), keys(1).public_key());
    let founded = ask(&anybody, Filter::new().id(id).kind(kind(1037))).await;
    assert_eq!((founded.len(), founded[0].pubkey), (1, owner_key));
    founded[0].verify().unwrap();

    let described = Filter::new()
        .kind(kind(30037))
        .author(owner_key)
        .identifier(id.to_hex());
    let metadata = ask(&anybody, described).await.remove(0);
    assert_eq!(
        (value(&metadata, "title"), value(&metadata, "e")),
        ("Brighton Chess", &*id.to_hex())
    );
    for (name, text) in [('g', "gcpch"), ('g', "GB:Brighton"), ('t', "chess")] {
        let filter = Filter::new()
            .kind(kind(30037))
            .custom_tag(letter(name), text);
        assert_eq!(ask(&anybody, filter).await.len(), 1, "{text}");
    }

    let meetups = Filter::new()
        .kind(kind(31923))
        .author(owner_key)
        .custom_tag(letter('e'), id.to_hex());
    let event = ask(&anybody, meetups).await.remove(0);
    assert_eq!(
        (value(&event, "title"), value(&event, "start")),
        ("Opening night", &*START.to_string())
    );
    for (name, text) in [('l', "meetup"), ('g', "gcpc"), ('t', "chess")] {
        let filter = Filter::new()
            .kind(kind(31923))
            .custom_tag(letter(name), text);
        assert_eq!(
            ask(&anybody, filter).await,
            std::slice::from_ref(&event),
            "{text}"
        );
    }
    let day = SingleLetterTag::uppercase(Alphabet::D);
    let on_the_day = Filter::new()
        .kind(kind(31923))
        .custom_tag(day, (START / 86_400).to_string());
    assert_eq!(ask(&anybody, on_the_day).await.len(), 1);

    let address = event.coordinate().unwrap().into_owned().to_string();
    let answers = Filter::new()
        .kind(kind(31925))
        .custom_tag(letter('a'), &address);
    let rsvp = ask(&anybody, answers).await.remove(0);
    assert_eq!(
        (rsvp.pubkey, value(&rsvp, "status")),
        (keys(2).public_key(), "accepted")
    );

    let followers = Filter::new()
        .kind(kind(10037))
        .custom_tag(letter('e'), id.to_hex());
    assert_eq!(
        ask(&anybody, followers).await[0].pubkey,
        keys(2).public_key()
    );
    let members = Filter::new()
        .kind(Kind::FollowSet)
        .author(owner_key)
        .identifier(id.to_hex());
    let members = ask(&anybody, members).await.remove(0);
    let people: Vec<_> = members.tags.public_keys().copied().collect();
    assert_eq!(people, [owner_key, keys(2).public_key()]);
    let chat = Filter::new().kind(Kind::ChannelCreation).author(owner_key);
    let chat = ask(&anybody, chat).await.remove(0);
    let profile: Metadata = serde_json::from_str(&chat.content).unwrap();
    assert_eq!(profile.name.as_deref(), Some("Brighton Chess"));
}

#[tokio::test]
async fn a_live_subscription_hears_what_our_library_writes() {
    let relay = TestRelay::start().await;
    let owner = person(1, &[&relay]).await;
    let community = owner
        .create_community(&chess("Brighton Chess"))
        .await
        .unwrap()
        .id;
    let anybody = other(9, &relay).await;
    let mut heard = anybody.notifications();
    let here = Filter::new()
        .kind(kind(31923))
        .custom_tag(letter('g'), "gcpch")
        .since(Timestamp::from(now()));
    anybody.subscribe(here, None).await.unwrap();
    let meetup = owner
        .schedule_meetup(&evening(community, "Opening night"))
        .await
        .unwrap();
    let event = within_deadline("the meetup", async {
        loop {
            if let RelayPoolNotification::Event { event, .. } = heard.recv().await.unwrap() {
                break event;
            }
        }
    });
    assert_eq!(event.await.id, EventId::from(meetup.published.id));
}

#[tokio::test]
async fn our_library_reads_what_was_written_by_hand() {
    let relay = TestRelay::start().await;
    let (owner, guest) = (other(1, &relay).await, other(2, &relay).await);
    let owner_keys: Keys = keys(1);
    let id = send(&owner, EventBuilder::new(kind(1037), "Boards on the beach")).await;
    let hex = id.to_hex();
    let metadata = EventBuilder::new(kind(30037), "").tags([
        tag(&["d", &hex]),
        tag(&["title", "Brighton Chess"]),
        // Without prefixes the relay cannot be asked for cells of another size: as in NIP-52.
        tag(&["g", "gcpchg"]),
        tag(&["g", "GB:Brighton"]),
        tag(&["t", "Chess"]),
    ]);
    send(&owner, metadata).await;
    let d = format!("{hex}:opening");
    let meetup = EventBuilder::new(kind(31923), "All *welcome*").tags([
        tag(&["d", &d]),
        tag(&["e", &hex]),
        tag(&["L", "kind"]),
        tag(&["l", "meetup", "kind"]),
        tag(&["name", "Opening night"]),
        tag(&["start", &START.to_string()]),
        tag(&["location", "The Black Lion"]),
        tag(&["g", "gcpchgune", "geohash"]),
        tag(&["g", "gcpchg", "geohash"]),
        tag(&["g", "gcpch", "geohash"]),
        tag(&["g", "gcpc", "geohash"]),
        tag(&["g", "gcp", "geohash"]),
        tag(&["t", "chess"]),
    ]);
    let version = send(&owner, meetup).await;
    let address = format!("31923:{}:{d}", owner_keys.public_key());
    let answer = EventBuilder::new(kind(31925), "I bring a clock").tags([
        tag(&["d", "an answer"]),
        tag(&["a", &address]),
        tag(&["e", &version.to_hex()]),
        tag(&["status", "accepted"]),
    ]);
    send(&guest, answer).await;
    send(
        &guest,
        EventBuilder::new(kind(10037), "").tag(tag(&["e", &hex])),
    )
    .await;
    let people = [owner_keys.public_key(), keys(2).public_key()];
    send(&owner, EventBuilder::follow_set(&hex, people)).await;
    send(
        &owner,
        EventBuilder::follow_set(format!("{hex}:blocked"), [keys(3).public_key()]),
    )
    .await;

    let kith = reader(&[&relay]).await;
    let reference: Reference = hex.parse().unwrap();
    let community = kith.community(&reference).await.unwrap();
    assert_eq!(
        (community.title().as_str(), community.description()),
        ("Brighton Chess", "Boards on the beach")
    );
    assert_eq!(
        community.location().cities[0].to_string(),
        "GB:Brighton",
        "lbc_43"
    );
    assert_eq!(community.topics()[0].to_string(), "chess", "lbc_45");
    for search in [
        Search::new(),
        Search::new().city(community.location().cities[0].clone()),
        Search::new().near(brighton(), 1.0).unwrap(),
    ] {
        let found = kith.communities(&search).await.unwrap().found;
        assert_eq!(found.len(), 1, "{search:?}");
    }
    let search = Search::new()
        .near(Point::new(50.83, -0.14).unwrap(), 5.0)
        .unwrap();
    let found = kith
        .meetups(&search.from(START).to(START + 1))
        .await
        .unwrap()
        .found;
    assert_eq!(
        (found.len(), found[0].title()),
        (1, "Opening night"),
        "lbc_29"
    );
    assert_eq!(found[0].description(), "All *welcome*");
    assert!(!found[0].is_proposal());

    let attendance = kith.attendees(&found[0]).await.unwrap();
    let [attendee] = &attendance.tally.attendees[..] else {
        panic!("{attendance:?}")
    };
    assert_eq!(
        (attendee.answer, attendee.group),
        (Answer::Accepted, Group::Members)
    );
    assert_eq!(attendee.comment, "I bring a clock");
    let members = kith.members(&reference).await.unwrap().found;
    let states: Vec<Membership> = members.iter().map(|member| member.state).collect();
    assert_eq!(
        states,
        [Membership::Owner, Membership::Member, Membership::Muted]
    );

    // And takes part in it.
    let writer = person(4, &[&relay]).await;
    writer.follow(&reference).await.unwrap();
    writer.answer(&found[0], Answer::Tentative).await.unwrap();
    assert_eq!(
        kith.attendees(&found[0])
            .await
            .unwrap()
            .tally
            .count(Answer::Tentative),
        1
    );
    close(&owner, id, &owner_keys, &hex).await;
    let gone = kith.community(&reference).await.unwrap_err();
    assert!(
        matches!(gone, LookupError::Closed(_) | LookupError::NotFound { .. }),
        "{gone}"
    );
    assert_eq!(kith.meetups(&Search::new()).await.unwrap().found, []);
}

async fn close(owner: &Client, id: EventId, keys: &Keys, hex: &str) {
    let metadata = Coordinate::new(kind(30037), keys.public_key()).identifier(hex);
    let request = EventDeletionRequest::new()
        .id(id)
        .coordinate(metadata)
        .reason("We moved");
    send(owner, EventBuilder::delete(request)).await;
}
