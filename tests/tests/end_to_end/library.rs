//! `kith-client` against `kith-relay`, over sockets: what the library promises, and what it leaves
//! on the relay for others to read. Its own tests run against a relay that we did not write.

use std::time::Duration;

use kith_client::lbc::{Location, Topic};
use kith_client::nip52::{TimeSpan, When, Zone};
use kith_client::place::{CityTag, Point};
use kith_client::{
    EventId, Kith, KithBuilder, NewCommunity, NewMeetup, Plan, PublicKey, Reference,
};
use kith_nips::Event;

use crate::events::keys;
use crate::harness::TestRelay;

mod answers;
mod communities;
mod counts;
mod creation;
mod discovery;
mod lists;
mod many;
mod meetups;
mod people;
mod several_relays;
mod taken_back;

/// Thursday, 2030-10-03, 18:30 in London (British summer time).
const EVENING: u64 = 1_917_279_000;

/// A relay that is asked stays silent for this long before it counts as silent. Only tests of
/// silence wait for it.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The key `number`, connected to these relays.
pub(crate) async fn person(number: u32, relays: &[&TestRelay]) -> Kith {
    builder(number, relays).connect().await.unwrap()
}

/// The same, whose notes go to no other relays.
pub(crate) async fn person_apart(number: u32, relays: &[&TestRelay]) -> Kith {
    let builder = builder(number, relays).without_relay_lists();
    builder.connect().await.unwrap()
}

fn builder(number: u32, relays: &[&TestRelay]) -> KithBuilder {
    let urls = relays.iter().map(|relay| relay.url());
    let builder = Kith::builder().relays(urls).timeout(TIMEOUT);
    builder.signer(keys(number))
}

/// Somebody without a key.
pub(crate) async fn reader(relays: &[&TestRelay]) -> Kith {
    let urls = relays.iter().map(|relay| relay.url());
    Kith::builder()
        .relays(urls)
        .timeout(TIMEOUT)
        .connect()
        .await
        .unwrap()
}

pub(crate) fn me(kith: &Kith) -> PublicKey {
    kith.public_key().unwrap()
}

pub(crate) fn brighton() -> Point {
    Point::new(50.8225, -0.1372).unwrap()
}

pub(crate) fn city(text: &str) -> CityTag {
    CityTag::parse(text).unwrap()
}

/// A community in Brighton about chess.
pub(crate) fn chess(title: &str) -> NewCommunity {
    NewCommunity {
        description: "Boards on the *beach*".to_owned(),
        location: Location::at(brighton()).in_city(city("GB:Brighton")),
        topics: vec![Topic::new("Chess").unwrap()],
        ..NewCommunity::new(title)
    }
}

/// A meetup of three hours in the evening.
pub(crate) fn evening(community: impl Into<Reference>, title: &str) -> NewMeetup {
    at(community, title, EVENING)
}

/// A meetup of three hours that starts then.
pub(crate) fn at(community: impl Into<Reference>, title: &str, start: u64) -> NewMeetup {
    let span = TimeSpan::new(start, Some(start + 3 * 3_600)).unwrap();
    let when = When::timed(span).in_zone(Zone::new("Europe/London").unwrap());
    let plan = Plan {
        summary: "Bring a board".to_owned(),
        description: "Beginners *welcome*".to_owned(),
        places: vec!["The Black Lion".to_owned(), "Black Lion Street".to_owned()],
        location: Location::at(brighton()).in_city(city("GB:Brighton")),
        topics: vec![Topic::new("chess").unwrap()],
        ..Plan::new(title)
    };
    NewMeetup::new(community, plan, when)
}

/// Creates a community in Brighton.
pub(crate) async fn create(kith: &Kith, title: &str) -> EventId {
    kith.create_community(&chess(title)).await.unwrap().id
}

/// The tags of an event.
pub(crate) fn tags(event: &Event) -> Vec<Vec<String>> {
    event
        .tags()
        .iter()
        .map(|tag| tag.iter().map(str::to_owned).collect())
        .collect()
}

/// Tags as they are written.
pub(crate) fn written(tags: &[&[&str]]) -> Vec<Vec<String>> {
    tags.iter()
        .map(|tag| tag.iter().map(|text| (*text).to_owned()).collect())
        .collect()
}

/// Whether an event has exactly this tag.
pub(crate) fn has(event: &Event, tag: &[&str]) -> bool {
    event
        .tags()
        .iter()
        .any(|found| found.iter().eq(tag.iter().copied()))
}
