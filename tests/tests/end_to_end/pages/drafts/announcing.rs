//! What the browser needs to announce something: the people, as the client library finds them, and where they
//! receive private messages.

use std::collections::BTreeSet;

use kith_client::{Audience, Reference};
use serde_json::Value;

use super::*;
use crate::api::{days, described, follows, meetup, relay_with, rsvp};
use crate::events::Note;
use crate::library::person;

/// On the list of members and following.
const MEMBERS: [u32; 3] = [31, 32, 33];
const FOLLOWER: u32 = 34;
/// On the list of members without following.
const LAPSED: u32 = 35;
/// A member whom the owner muted.
const MUTED: u32 = 36;
/// Somebody who plans a meetup in the community.
const AUTHOR: u32 = 37;

/// The club: its relay, its id, and its meetups by the owner and by somebody else.
async fn club() -> (TestRelay, Event, Event, Event) {
    let community = crate::api::community(OWNER);
    let by_owner = meetup(OWNER, &community, "winter", days(1)).signed();
    let by_other = meetup(AUTHOR, &community, "summer", days(2)).signed();
    let listed: Vec<u32> = MEMBERS.into_iter().chain([LAPSED, MUTED]).collect();
    let mut events = vec![
        community.clone(),
        described(OWNER, &community, "Berlin <b>Chess").signed(),
        people_list(OWNER, &community, "", &listed),
        by_owner.clone(),
        by_other.clone(),
        inbox(
            MEMBERS[0],
            &["wss://a.example.com", "nonsense", "wss://b.example.com"],
        )
        .signed(),
        inbox(MEMBERS[1], &["nonsense"]).signed(),
        note(MEMBERS[0])
            .kind(0)
            .content(r#"{"name":"Ada"}"#)
            .signed(),
    ];
    let following = MEMBERS.into_iter().chain([FOLLOWER, MUTED]);
    events.extend(following.map(|one| follows(one, &[&community]).signed()));
    for (one, status) in [
        (MEMBERS[0], "accepted"),
        (FOLLOWER, "accepted"),
        (GUEST, "tentative"),
        (MUTED, "accepted"),
        (OWNER, "declined"),
    ] {
        events.push(rsvp(one, &by_owner, status).signed());
    }
    events.push(rsvp(MEMBERS[1], &by_other, "declined").signed());
    // From now on the relay takes nothing of theirs.
    events.push(people_list(OWNER, &community, ":blocked", &[MUTED]));
    (relay_with(&events).await, community, by_owner, by_other)
}

fn inbox(person: u32, relays: &[&str]) -> Note {
    let list = note(person).kind(10_050);
    let add = |list: Note, relay: &&str| list.tag(&["relay", relay]);
    relays.iter().fold(list, add)
}

/// What a form brings, as the browser reads it.
#[track_caller]
fn read(page: &Page) -> Value {
    assert_eq!(page.status, 200, "{}", page.text());
    serde_json::from_str(page.text()).unwrap()
}

fn keys_of(answer: &Value) -> Vec<String> {
    let people = answer["recipients"]["people"].as_array().unwrap().iter();
    people
        .map(|one| one["pubkey"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_announcement_goes_to_the_same_people_as_that_of_the_library() {
    let (relay, community, by_owner, by_other) = club().await;
    let id = community.id().to_string();
    for (sender, meetup) in [(OWNER, &by_owner), (OWNER, &by_other), (AUTHOR, &by_other)] {
        let kith = person(sender, &[&relay]).await;
        let address = meetup.address().unwrap().to_string();
        let pubkey = pubkey(sender).to_string();
        for audience in Audience::ALL {
            if sender != OWNER && !audience.is_of_meetup() {
                continue;
            }
            let target = if audience.is_of_meetup() {
                &address
            } else {
                &id
            };
            let about: Reference = target.parse().unwrap();
            let known = kith.recipients(&about, audience).await.unwrap();
            let known: Vec<String> = known.people.iter().map(ToString::to_string).collect();
            let fields = [
                ("community", id.as_str()),
                ("audience", audience.as_str()),
                ("meetup", &address),
                ("text", "Hello"),
                ("pubkey", &pubkey),
            ];
            let page = post(&relay, "announce", &fields).await;
            if known.is_empty() {
                assert_eq!(wrong_of(&page), ["audience"], "{audience}");
                continue;
            }
            let answer = read(&page);
            assert_eq!(keys_of(&answer), known, "{audience} by {sender}");
            assert_eq!(answer["recipients"]["all"], known.len());
            assert_eq!(answer["recipients"]["target"], *target);
            assert_eq!(answer["recipients"]["cut"], false);
        }
    }
}

#[tokio::test]
async fn an_announcement_says_who_receives_it_where_and_nothing_is_addressed_yet() {
    let (relay, community, by_owner, _) = club().await;
    let id = community.id().to_string();
    let (owner, stranger) = (pubkey(OWNER).to_string(), pubkey(VISITOR).to_string());
    let address = by_owner.address().unwrap().to_string();
    let fields = |audience: &'static str, pubkey| {
        [
            ("community", id.as_str()),
            ("audience", audience),
            ("meetup", address.as_str()),
            ("text", "Hello\r\n<b>you"),
            ("pubkey", pubkey),
        ]
    };
    let page = post(&relay, "announce", &fields("members", owner.as_str())).await;
    let (drafts, shown) = drafts_of(&page);
    let [message] = drafts.as_slice() else {
        panic!("{drafts:?}");
    };
    assert_eq!(
        (message.kind, message.content.as_str()),
        (Kind::PRIVATE_MESSAGE, "Hello\n<b>you")
    );
    assert!(
        message.tags.is_empty() && shown.contains("3 people"),
        "{shown}"
    );
    let answer = read(&page);
    let people = answer["recipients"]["people"].as_array().unwrap();
    let ada = people.iter().find(|one| one["name"] == "Ada").unwrap();
    assert_eq!(
        ada["relays"],
        serde_json::json!(["wss://a.example.com", "wss://b.example.com"])
    );
    assert!(ada["path"].as_str().unwrap().starts_with("/p/npub1"));
    let without = people
        .iter()
        .filter(|one| one["relays"] == serde_json::json!([]));
    assert_eq!(without.count(), 2);
    // Others, and forms that lack something, get nothing.
    for audience in ["members", "silent"] {
        let page = post(&relay, "announce", &fields(audience, stranger.as_str())).await;
        assert_eq!(wrong_of(&page), [""], "{audience}");
    }
    let community = ("community", id.as_str());
    for (given, wrong) in [
        (vec![community], vec!["audience", "text"]),
        (
            vec![community, ("audience", "silent"), ("text", "a")],
            vec!["meetup"],
        ),
        (
            vec![community, ("audience", "members"), ("text", "a")],
            vec![""],
        ),
        (vec![("community", "nonsense")], vec![""]),
    ] {
        assert_eq!(
            wrong_of(&post(&relay, "announce", &given).await),
            wrong,
            "{given:?}"
        );
    }
}

#[tokio::test]
async fn many_people_come_part_by_part_each_once() {
    let community = crate::api::community(OWNER);
    let crowd = 1_001..1_450_u32;
    let mut events = vec![
        community.clone(),
        described(OWNER, &community, "Crowd").signed(),
    ];
    events.extend(
        crowd
            .clone()
            .map(|one| follows(one, &[&community]).signed()),
    );
    let relay = relay_with(&events).await;
    let (id, owner) = (community.id().to_string(), pubkey(OWNER).to_string());
    let (mut found, mut after, mut parts) = (Vec::new(), String::new(), 0);
    loop {
        let fields = [
            ("community", id.as_str()),
            ("audience", "followers"),
            ("text", "Hello"),
            ("pubkey", owner.as_str()),
            ("after", after.as_str()),
        ];
        let answer = read(&post(&relay, "announce", &fields).await);
        found.extend(keys_of(&answer));
        parts += 1;
        match answer["recipients"]["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!((found.len(), parts), (crowd.len(), 3));
    let all: BTreeSet<String> = crowd.map(|one| pubkey(one).to_string()).collect();
    assert!(found.into_iter().eq(all));
}

#[tokio::test]
async fn the_page_says_how_many_these_are_in_every_language() {
    let (relay, community, by_owner, _) = club().await;
    let path = format!("/c/{}/announce", community.id());
    let page = get(&relay, &path).await;
    page.has(&[
        "It goes to 3 people. 2 of them do not say",
        "data-announce",
        "noindex",
        "<noscript>",
    ]);
    page.lacks(&["<b>Chess", " name=\"text\""]);
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .contains(" wss:")
    );
    get(&relay, &format!("{path}?audience=silent"))
        .await
        .has(&["Choose the meetup."]);
    let address = by_owner.address().unwrap().to_string();
    let chosen = format!("{path}?audience=silent&meetup={address}&lang=de");
    let page = get(&relay, &chosen).await;
    page.has(&[
        "Es geht an 2 Personen.",
        "value=\"silent\" selected",
        "name=\"lang\" value=\"de\"",
    ]);
    // What is nonsense is as good as nothing.
    let page = get(&relay, &format!("{path}?audience=x&meetup=y")).await;
    page.has(&["It goes to 3 people."]);
    for language in ["en", "de", "fr", "es", "pt", "ja"] {
        let page = get(&relay, &format!("{path}?lang={language}")).await;
        assert_eq!(page.text().matches("<h1").count(), 1);
        page.lacks(&["announce-"]);
    }
    assert_eq!(get(&relay, "/c/nonsense/announce").await.status, 404);
}
