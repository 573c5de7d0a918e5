//! The kinds of communities as events like others (LBC-01, LBC-02, LBC-05, LBC-21, LBC-26, LBC-27,
//! LBC-40, LBC-44, LBC-45, LBC-49).

use std::slice;

use kith_nips::Event;
use serde_json::{Value, json};

use super::{community, meetup, metadata, people};
use crate::events::{MOMENT, in_order, note, pubkey};
use crate::harness::TestRelay;
use crate::keeping::WAYS;

/// The community of the secret key 1 in the checklist.
const COMMUNITY: &str = "0dba6b25d4b7ed5a57109c7266d8414aae7725df12d02bb3ecbb9741836fddc9";

#[tokio::test]
async fn lbc_01_the_number_of_the_draft_is_not_announced() {
    let relay = TestRelay::start().await;
    let answer = relay.get("/", "Accept: application/nostr+json\r\n").await;
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let document: Value = serde_json::from_str(body).unwrap();
    let supported = document["supported_nips"].as_array().unwrap();
    assert!(supported.contains(&json!(1)));
    assert!(!supported.contains(&json!(73)));
}

#[tokio::test]
async fn lbc_02_lists_that_follow_no_community_are_lists_all_the_same() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let strange = [
        note(1).kind(10_037).signed(),
        note(2).kind(10_037).content("something else").signed(),
        note(3).kind(10_037).tag(&["e"]).signed(),
        note(4).kind(10_037).tag(&["e", "not an id"]).signed(),
        note(5)
            .kind(10_037)
            .tag(&["x", "1"])
            .tag(&["e", ""])
            .signed(),
        note(6).kind(10_037).tag(&["relay", "wss://x"]).signed(),
    ];
    socket.accept_all(&strange).await;
    let found = socket.query(json!({"kinds": [10_037]})).await;
    assert_eq!(found, in_order(&strange));
    // A useful one beside them is found by what it follows.
    let follower = note(7).kind(10_037).tag(&["e", COMMUNITY]).signed();
    socket.accept(&follower).await;
    let filter = json!({"kinds": [10_037], "#e": [COMMUNITY]});
    assert_eq!(socket.query(filter).await, [follower]);
    assert_eq!(socket.count(json!({"kinds": [1_037, 30_037]})).await, 0);
}

#[tokio::test]
async fn lbc_05_a_key_may_have_many_communities() {
    for way in WAYS {
        let mut relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let first = community(1).signed();
        assert_eq!(first.id().to_string(), COMMUNITY);
        let communities = [
            first,
            community(1).content("The same second").signed(),
            community(1).at(MOMENT + 1).signed(),
            community(1).at(MOMENT + 2).tag(&["d", "x"]).signed(),
            community(1).at(MOMENT + 3).tag(&["d", "x"]).signed(),
        ];
        socket.accept_all(&communities).await;
        drop(socket);
        relay.restart().await;
        let mut socket = relay.connect().await;
        for community in &communities {
            let filter = json!({"ids": [community.id()], "kinds": [1_037]});
            assert_eq!(socket.query(filter).await, slice::from_ref(community));
        }
        let all = json!({"kinds": [1_037], "authors": [pubkey(1)]});
        assert_eq!(socket.query(all).await, in_order(&communities));
    }
}

#[tokio::test]
async fn lbc_21_the_newest_list_of_a_follower_counts() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let owned = community(1).signed();
        let other = community(2).signed();
        let list = |at, community: &Event| {
            note(3)
                .kind(10_037)
                .at(at)
                .tag(&["e", &community.id().to_string()])
        };
        // Nobody is a member of anything.
        socket.accept(&owned).await;
        let older = list(MOMENT, &owned).signed();
        let newer = list(MOMENT + 1, &other).tag(&["d", "ignored"]).signed();
        socket.accept(&older).await;
        assert_eq!(
            socket
                .count(json!({"kinds": [10_037], "#e": [owned.id()]}))
                .await,
            1
        );
        socket.accept(&newer).await;
        socket.event(&older).await.refused_with("duplicate");
        for (community, followers) in [(&owned, 0), (&other, 1)] {
            let filter = json!({"kinds": [10_037], "#e": [community.id()]});
            assert_eq!(socket.count(filter).await, followers);
        }
        let filter = json!({"kinds": [10_037], "authors": [pubkey(3)]});
        assert_eq!(socket.query(filter).await, [newer]);
    }
}

#[tokio::test]
async fn lbc_26_the_bare_name_of_a_community_has_one_live_event() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let owned = community(1).signed();
        socket.accept(&owned).await;
        let id = owned.id().to_string();
        let bare = |at| {
            note(1)
                .kind(31_923)
                .at(at)
                .tag(&["d", &id])
                .tag(&["e", &id])
                .signed()
        };
        let (first, second) = (bare(MOMENT), bare(MOMENT + 1));
        let named = [
            meetup(1, &owned, "chess").signed(),
            meetup(1, &owned, "hike").signed(),
            note(1)
                .kind(31_923)
                .tag(&["d", "1696000000"])
                .tag(&["e", &id])
                .signed(),
        ];
        socket.accept(&first).await;
        socket.accept_all(&named).await;
        socket.accept(&second).await;
        let mut live = named.to_vec();
        live.push(second);
        let filter = json!({"kinds": [31_923], "authors": [pubkey(1)], "#e": [id]});
        assert_eq!(socket.query(filter).await, in_order(&live));
        let filter = json!({"kinds": [31_923], "#d": [id]});
        assert_eq!(socket.count(filter).await, 1);
    }
}

#[tokio::test]
async fn lbc_27_anybody_may_propose_a_meetup() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let owned = community(1).signed();
    socket.accept(&owned).await;
    socket.accept(&metadata(1, &owned).signed()).await;
    let calendar = format!("31924:{}:{}", pubkey(1), owned.id());
    let proposals = [
        meetup(2, &owned, "proposal")
            .tag(&["a", &calendar])
            .signed(),
        meetup(3, &owned, "proposal").signed(),
        note(4)
            .kind(31_923)
            .tag(&["d", &owned.id().to_string()])
            .tag(&["e", &owned.id().to_string()])
            .signed(),
    ];
    socket.accept_all(&proposals).await;
    let official = meetup(1, &owned, "proposal").signed();
    socket.accept(&official).await;
    let of_community = json!({"kinds": [31_923], "#e": [owned.id()]});
    let mut all = proposals.to_vec();
    all.push(official.clone());
    assert_eq!(socket.query(of_community).await, in_order(&all));
    let of_owner = json!({"kinds": [31_923], "#e": [owned.id()], "authors": [pubkey(1)]});
    assert_eq!(socket.query(of_owner).await, [official]);
    // The owner's calendar decides, in its newest version.
    let list = |at| {
        note(1)
            .kind(31_924)
            .at(at)
            .tag(&["d", &owned.id().to_string()])
    };
    let approving = list(MOMENT)
        .tag(&["a", &proposals[0].address().unwrap().to_string()])
        .signed();
    let withdrawing = list(MOMENT + 1).signed();
    let lists_it = json!({
        "kinds": [31_924], "authors": [pubkey(1)], "#a": [proposals[0].address().unwrap().to_string()],
    });
    socket.accept(&approving).await;
    assert_eq!(socket.query(lists_it.clone()).await, [approving]);
    socket.accept(&withdrawing).await;
    assert_eq!(socket.query(lists_it).await, []);
}

#[tokio::test]
async fn lbc_40_any_text_may_be_a_place() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let owned = community(1).signed();
    socket.accept(&owned).await;
    let places: [&[&str]; 12] = [
        &["g", "gcpchgune", "geohash"],
        &["g", "gcpc"],
        &["g", "GCPC", "geohash"],
        &["g", "not a geohash", "geohash"],
        &["g", "ailo", "geohash"],
        &["g", "GB:Brighton", "city"],
        &["g", "gb:brighton", "city"],
        &["g", "DE:München"],
        &["g", "UK: Brighton", "city"],
        &["g", ""],
        &["g"],
        &["g", "u4pruydqqvju4pruydqqvju4pruydqqvj", "geohash", "more"],
    ];
    let all = places
        .iter()
        .fold(metadata(1, &owned), |note, place| note.tag(place));
    let all = all.signed();
    socket.accept(&all).await;
    assert_eq!(
        socket.query(json!({"kinds": [30_037]})).await[0].json(),
        all.json()
    );
    for (number, place) in places.iter().enumerate() {
        let meetup = meetup(1, &owned, &number.to_string()).tag(place).signed();
        socket.accept(&meetup).await;
        if let Some(value) = place.get(1) {
            let filter = json!({"kinds": [30_037, 31_923], "#g": [value]});
            assert_eq!(socket.query(filter).await, in_order(&[all.clone(), meetup]));
        }
    }
}

#[tokio::test]
async fn lbc_44_cities_are_found_exactly_as_they_are_written() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let mut events = Vec::new();
        for (key, city) in [
            (1, "GB:Brighton"),
            (2, "gb:brighton"),
            (3, "GB:Brighton and Hove"),
        ] {
            let owned = community(key).signed();
            socket.accept(&owned).await;
            events.push((
                city,
                metadata(key, &owned).tag(&["g", city, "city"]).signed(),
            ));
            events.push((
                city,
                meetup(key, &owned, "x")
                    .tag(&["g", "gcpc", "geohash"])
                    .tag(&["g", city, "city"])
                    .signed(),
            ));
            events.push((city, note(key).kind(10_037).tag(&["g", city]).signed()));
        }
        for (_, event) in &events {
            socket.accept(event).await;
        }
        for kind in [30_037, 31_923, 10_037] {
            for city in ["GB:Brighton", "gb:brighton", "GB:Brighton and Hove"] {
                let filter = json!({"kinds": [kind], "#g": [city]});
                let expected: Vec<Event> = events
                    .iter()
                    .filter(|(of, event)| *of == city && event.kind().as_u16() == kind)
                    .map(|(_, event)| event.clone())
                    .collect();
                assert_eq!(expected.len(), 1);
                assert_eq!(socket.query(filter.clone()).await, expected);
                assert_eq!(socket.count(filter).await, 1);
            }
            for city in [
                "GB:BRIGHTON",
                "GB:Bright",
                "GB:",
                "Brighton",
                "GB:Brighton ",
            ] {
                let filter = json!({"kinds": [kind], "#g": [city]});
                assert_eq!(socket.query(filter).await, []);
            }
        }
        // Next to geohashes.
        let either = json!({"kinds": [31_923], "#g": ["gcpc", "GB:Brighton"]});
        assert_eq!(socket.count(either).await, 3);
    }
}

#[tokio::test]
async fn lbc_45_topics_are_compared_byte_by_byte() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let owned = community(1).signed();
    socket.accept(&owned).await;
    let spellings = ["chess", "Chess", "CHESS", "chess ", "ché", "che\u{301}"];
    let mut meetups = Vec::new();
    for topic in spellings {
        let meetup = meetup(1, &owned, topic).tag(&["t", topic]).signed();
        socket.accept(&meetup).await;
        meetups.push(meetup);
    }
    for (topic, meetup) in spellings.iter().zip(meetups) {
        let filter = json!({"kinds": [31_923], "#t": [topic]});
        assert_eq!(socket.query(filter).await, [meetup]);
    }
    assert_eq!(socket.query(json!({"#t": ["ches", "cHess"]})).await, []);
}

#[tokio::test]
async fn lbc_49_lists_of_others_under_the_same_name_are_their_own() {
    for way in WAYS {
        let relay = TestRelay::start_with(way).await;
        let mut socket = relay.connect().await;
        let owned = community(1).signed();
        socket.accept(&owned).await;
        let official = [
            people(1, &owned, "", &[2]).signed(),
            people(1, &owned, ":blocked", &[3]).signed(),
        ];
        // Later, so that they would win if the author did not matter.
        let foreign = [
            people(4, &owned, "", &[4]).at(MOMENT + 1).signed(),
            people(4, &owned, ":blocked", &[1, 2])
                .at(MOMENT + 1)
                .signed(),
            people(3, &owned, ":blocked", &[]).at(MOMENT + 1).signed(),
        ];
        for list in official.iter().chain(&foreign) {
            socket.accept(list).await;
        }
        for list in official.iter().chain(&foreign) {
            let filter = json!({
                "kinds": [30_000], "authors": [list.pubkey()], "#d": [list.identifier()],
            });
            assert_eq!(socket.query(filter).await, slice::from_ref(list));
        }
        // Without effect: whom the stranger mutes may write, whom the owner mutes may not.
        socket.accept(&meetup(2, &owned, "x").signed()).await;
        let muted = meetup(3, &owned, "x").signed();
        socket.event(&muted).await.refused_with("blocked");
    }
}
