//! A relay of somebody else dies while an announcement is under way, and comes back: everybody has it
//! once.

use std::collections::BTreeMap;

use kith_client::Kith;
use nostr_sdk::{Filter, Kind};

use super::Together;
use crate::command_line::announcements::leaky::{Fate, LeakyWay};
use crate::command_line::{Person, text};
use crate::events::{keys, note};
use crate::harness::{DEADLINE, Socket};

const FOLLOWERS: std::ops::Range<u32> = 2_001..2_061;

/// Bytes of a wrap on its way to a relay, about.
const WRAP_BYTES: usize = 1_500;

/// More than are under way at a time, so that some were confirmed when the relay dies.
const STORED_BEFORE: usize = 40;

const ANNOUNCE: [&str; 7] = [
    "announce",
    "Brighton Go",
    "--to",
    "followers",
    "We moved",
    "--timeout",
    "2",
];

/// They receive messages at the relay that dies; every third, beginning with the first, at khatru as well.
fn inbox<'a>(number: u32, dying: &'a str, living: &'a str) -> Vec<&'a str> {
    match number % 3 {
        0 => vec![dying, living],
        _ => vec![dying],
    }
}

async fn follow(relay: &str, community: &str, dying: &str, living: &str) {
    let mut socket = Socket::connect(relay, true).await;
    for number in FOLLOWERS {
        let follows = note(number).kind(10_037).tag(&["e", community]).signed();
        socket.accept(&follows).await;
        let receives = note(number).kind(10_050);
        let receives = inbox(number, dying, living)
            .into_iter()
            .fold(receives, |receives, url| receives.tag(&["relay", url]));
        socket.accept(&receives.signed()).await;
    }
}

/// How many wraps a relay has for each key.
async fn wraps_at(relay: &str) -> BTreeMap<String, usize> {
    let kith = Kith::builder().relay(relay).connect().await.unwrap();
    let filter = Filter::new().kind(Kind::GiftWrap);
    let found = kith.client().fetch_events(filter, DEADLINE).await.unwrap();
    kith.disconnect().await;
    let mut wraps: BTreeMap<String, usize> = BTreeMap::new();
    for wrap in found {
        for person in wrap.tags.public_keys() {
            *wraps.entry(person.to_hex()).or_default() += 1;
        }
    }
    wraps
}

#[tokio::test]
async fn a_relay_of_others_that_dies_in_mid_announcement_has_everybody_once() {
    let mut relays = Together::start().await;
    let [ours, dying, khatru] = <[String; 3]>::try_from(relays.urls()).unwrap();
    let way = Fate::Ends(STORED_BEFORE * WRAP_BYTES);
    let way = LeakyWay::to(relays.theirs[0].address(), way).await;
    let organizer = Person::with_key(&format!("{ours} {khatru}"), 1);
    let create = ["community", "create", "Brighton Go"];
    let community = organizer
        .json(create.iter().chain(&["--place", "Brighton, GB"]))
        .await;
    follow(
        &ours,
        &text(&community["community"]["id"]),
        &way.url(),
        &khatru,
    )
    .await;

    let running = organizer.start(ANNOUNCE);
    way.over().await;
    relays.theirs[0].kill().await;
    let ended = running.ended().await;
    assert_eq!(ended.code, 5, "{ended:?}");
    assert!(ended.stderr.contains("kith announce --resume"), "{ended:?}");

    relays.theirs[0].start_again().await;
    let stored = wraps_at(&dying).await;
    let count = FOLLOWERS.len();
    assert!(!stored.is_empty() && stored.len() < count, "{stored:?}");
    let _way = way.mended().await;
    let ended = organizer.run(["announce", "--resume", "--json"]).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");

    let stored = wraps_at(&dying).await;
    for number in FOLLOWERS.filter(|number| number % 3 != 0) {
        let person = keys(number).public_key().to_hex();
        assert_eq!(stored.get(&person), Some(&1), "{number}");
    }
    // The first has two relays: it is on one of them at least, and is shown once.
    let reader = FOLLOWERS.start;
    let reader = Person::with_key(&format!("{ours} {dying} {khatru}"), reader);
    let shown = reader.json(["dm", &organizer.npub().await]).await;
    let texts = shown["messages"].as_array().unwrap().iter();
    let texts: Vec<String> = texts.map(|message| text(&message["text"])).collect();
    assert_eq!(texts, ["We moved"]);
}
