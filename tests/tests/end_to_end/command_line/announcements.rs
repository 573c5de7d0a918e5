//! `kith announce`: the right people, each once, whatever happens in between.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use nostr::nips::nip59;
use nostr::{Event, JsonUtil};
use serde_json::{Value, json};

use self::leaky::{Fate, LeakyWay};
use super::{Person, party, text};
use crate::events::{keys, note};
use crate::harness::TestRelay;

pub(crate) mod leaky;

/// The key of the first of many followers.
const FIRST: u32 = 1_000;

/// Bytes of a wrap on its way to a relay, about.
const WRAP_BYTES: usize = 1_500;

/// Wraps that go through before the way ends: more than are under way at a time, so that some of
/// them were confirmed.
const STORED_BEFORE: usize = 80;

/// What an announcement with `--json` printed: how it went for each person, then the sum.
fn outcomes(stdout: &str) -> (BTreeMap<String, String>, Value) {
    let lines = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let mut lines: Vec<Value> = lines.collect();
    let sum = lines.pop().unwrap();
    let people = lines.iter();
    let people = people.map(|line| (text(&line["public_key"]), text(&line["outcome"])));
    (people.collect(), sum)
}

fn key(number: u32) -> String {
    keys(number).public_key().to_hex()
}

/// So many followers who receive messages at `inbox`.
async fn followers(relay: &TestRelay, community: &str, inbox: &str, count: u32) {
    let mut socket = relay.connect().await;
    for number in FIRST..FIRST + count {
        let follows = note(number).kind(10_037).tag(&["e", community]).content("");
        socket.accept(&follows.signed()).await;
        let receives = note(number).kind(10_050).tag(&["relay", inbox]).content("");
        socket.accept(&receives.signed()).await;
    }
}

async fn community_id(person: &Person) -> String {
    let shown = person.json(["community", "show", "Brighton Chess"]).await;
    text(&shown["community"]["id"])
}

/// The texts that somebody received from the organizer, opened with their key.
async fn received(relay: &TestRelay, number: u32) -> Vec<String> {
    let mut socket = relay.connect().await;
    socket.authenticate(number).await.stored();
    let mut texts = Vec::new();
    for wrap in socket.query(json!({"kinds": [1_059]})).await {
        let wrap = Event::from_json(wrap.json()).unwrap();
        let opened = nip59::extract_rumor(&keys(number), &wrap).await.unwrap();
        assert_eq!(opened.sender, keys(1).public_key());
        let to: Vec<_> = opened.rumor.tags.public_keys().copied().collect();
        assert_eq!(
            to,
            [keys(number).public_key()],
            "nobody learns who else has it"
        );
        texts.push(opened.rumor.content);
    }
    texts
}

/// What `count` followers received.
async fn all_received(relay: &TestRelay, count: u32) -> Vec<Vec<String>> {
    join_all((FIRST..FIRST + count).map(|number| received(relay, number))).await
}

#[tokio::test]
async fn the_silent_members_are_asked_and_nobody_else() {
    let relay = TestRelay::start().await;
    let (organizer, _) = party(&relay).await;
    let people: Vec<Person> = (2..=6).map(|n| Person::with_key(&relay.url(), n)).collect();
    let members = [key(2), key(3), key(4), key(6)];
    let approve = ["members", "approve", "Brighton Chess"];
    let approve = approve.iter().copied();
    organizer
        .done(approve.chain(members.iter().map(String::as_str)))
        .await;
    // Key 5 only follows; key 6 receives no messages.
    for person in &people {
        person.done(["near", "Brighton, GB"]).await;
        person.done(["follow", "Brighton Chess"]).await;
    }
    for person in &people[..4] {
        person.done(["dm", "--open-inbox"]).await;
    }
    people[0].done(["rsvp", "Opening night", "yes"]).await;
    organizer
        .done(["members", "mute", "Brighton Chess", &key(4)])
        .await;

    let plan = [
        "announce",
        "Opening night",
        "--to",
        "silent",
        "Coming?",
        "--dry-run",
    ];
    let plan = organizer.json(plan).await;
    let mut planned: Vec<String> = serde_json::from_value(plan["public_keys"].clone()).unwrap();
    planned.sort();
    let mut expected = vec![key(3), key(6)];
    expected.sort();
    assert_eq!(planned, expected);
    assert_eq!(received(&relay, 3).await, Vec::<String>::new());

    let ask = [
        "announce",
        "Opening night",
        "--to",
        "silent",
        "Coming?",
        "--json",
    ];
    let (told, sum) = outcomes(&organizer.done(ask).await);
    let expected = [
        (key(3), "reached".to_owned()),
        (key(6), "no_inbox".to_owned()),
    ];
    assert_eq!(told, expected.into());
    assert_eq!(
        (
            &sum["about"],
            &sum["people"],
            &sum["reached"],
            &sum["no_inbox"]
        ),
        (&json!("Opening night"), &json!(2), &json!(1), &json!(1))
    );
    for (number, texts) in [(2, 0), (3, 1), (4, 0), (5, 0), (6, 0)] {
        assert_eq!(received(&relay, number).await.len(), texts, "{number}");
    }

    // The same again goes to those who were not reached; --again to everybody.
    people[4].done(["dm", "--open-inbox"]).await;
    let (told, sum) = outcomes(&organizer.done(ask).await);
    assert_eq!(told, [(key(6), "reached".to_owned())].into());
    assert_eq!(sum["reached_before"], 1);
    let (_, sum) = outcomes(&organizer.done(ask.iter().chain(&["--again"])).await);
    assert_eq!(
        (&sum["reached"], &sum["reached_before"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(received(&relay, 3).await, ["Coming?"; 2]);
    assert_eq!(received(&relay, 6).await, ["Coming?"; 2]);

    for (audience, to) in [
        ("going", vec![key(2)]),
        ("maybe", vec![]),
        ("declined", vec![]),
        ("answered", vec![key(2)]),
    ] {
        let plan = [
            "announce",
            "Opening night",
            "--to",
            audience,
            "x",
            "--dry-run",
        ];
        let plan = organizer.json(plan).await;
        assert_eq!(plan["public_keys"], json!(to), "{audience}");
    }
    for (audience, count) in [("members", 3), ("followers", 4)] {
        let plan = [
            "announce",
            "Brighton Chess",
            "--to",
            audience,
            "x",
            "--dry-run",
        ];
        let plan = organizer.json(plan).await;
        let people = plan["people"].as_array().unwrap();
        assert_eq!(people.len(), count, "{audience}: {plan}");
    }
}

#[tokio::test]
async fn whoever_answered_learns_that_it_is_cancelled_once() {
    let relay = TestRelay::start().await;
    let (organizer, _) = party(&relay).await;
    let people: Vec<Person> = (2..=5).map(|n| Person::with_key(&relay.url(), n)).collect();
    for (person, answer) in people.iter().zip(["yes", "no", "maybe"]) {
        person.done(["near", "Brighton, GB"]).await;
        person.done(["rsvp", "Opening night", answer]).await;
    }
    // Key 4 receives no messages yet; key 5 did not answer.
    for number in [0, 1, 3] {
        people[number].done(["dm", "--open-inbox"]).await;
    }
    let why = ["--tell", "The pub is flooded."];
    let cancel = ["meetup", "cancel", "Opening night"];
    let cancelled = organizer.json(cancel.iter().chain(&why)).await;
    assert_eq!(cancelled["action"], "cancelled");
    let told = |reached, no_inbox| json!({"people": 3, "reached": reached, "no_inbox": no_inbox, "refused": 0, "failed": 0});
    assert_eq!(cancelled["told"], told(2, 1));
    let texts = received(&relay, 2).await;
    let [only] = texts.as_slice() else {
        panic!("{texts:?}");
    };
    assert!(only.starts_with("\"Opening night\" on Fri "), "{only}");
    assert!(
        only.ends_with(" is cancelled.\n\nThe pub is flooded."),
        "{only}"
    );
    assert_eq!(received(&relay, 3).await, texts);

    // Once more tells those who were not reached, and nobody twice.
    people[2].done(["dm", "--open-inbox"]).await;
    let again = organizer.json(cancel.iter().chain(&why)).await;
    assert_eq!(
        (&again["action"], &again["told"]),
        (&json!("unchanged"), &told(3, 0))
    );
    for (number, count) in [(2, 1), (3, 1), (4, 1), (5, 0)] {
        assert_eq!(received(&relay, number).await.len(), count, "{number}");
    }
    let nobody = organizer
        .json(cancel.iter().chain(&["--tell-nobody"]))
        .await;
    assert_eq!(nobody.get("told"), None);
    assert_eq!(received(&relay, 2).await.len(), 1);
}

#[tokio::test]
async fn who_may_not_and_what_cannot_be_announced() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = party(&relay).await;
    guest.done(["near", "Brighton, GB"]).await;
    let community = ["announce", "Brighton Chess", "--to", "members", "hello"];
    guest
        .fails(community, 4, "only the owner of", "which key you use")
        .await;
    let silent = ["announce", "Brighton Chess", "--to", "silent", "hello"];
    organizer
        .fails(
            silent,
            2,
            "those who are silent are those of a meetup",
            "kith meetup list",
        )
        .await;
    let empty = ["announce", "Brighton Chess", "--to", "members"];
    organizer
        .fails(empty, 2, "nothing to announce", "through a pipe")
        .await;
    let nothing = organizer.json(["announce", "--resume"]).await;
    assert_eq!(nothing, json!({"unfinished": 0}));
}

#[tokio::test]
async fn a_relay_that_dies_in_mid_announcement_and_comes_back_has_everybody_once() {
    const COUNT: u32 = 120;
    let relay = TestRelay::start().await;
    let inboxes = TestRelay::start().await;
    let (organizer, _) = party(&relay).await;
    let way = LeakyWay::to(inboxes.address(), Fate::Ends(STORED_BEFORE * WRAP_BYTES)).await;
    followers(&relay, &community_id(&organizer).await, &way.url(), COUNT).await;

    let announce = [
        "announce",
        "Brighton Chess",
        "--to",
        "followers",
        "We moved",
    ];
    let flags = ["--json", "--timeout", "2"];
    let ended = organizer.run(announce.iter().chain(&flags)).await;
    assert_eq!(ended.code, 5, "{ended:?}");
    assert!(ended.stderr.contains("kith announce --resume"), "{ended:?}");
    let (told, sum) = outcomes(&ended.stdout);
    assert_eq!(told.len(), COUNT as usize);
    let failed = told.values().filter(|outcome| *outcome == "failed").count();
    assert!(failed > 0 && failed < COUNT as usize, "{failed}");
    assert_eq!(sum["failed"], failed);
    let taken = all_received(&inboxes, COUNT).await.concat().len();
    assert!(
        taken >= COUNT as usize - failed,
        "what was confirmed is there"
    );

    let _way = way.mended().await;
    let ended = organizer.run(["announce", "--resume", "--json"]).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    let (told, sum) = outcomes(&ended.stdout);
    assert_eq!(told.len(), failed);
    assert_eq!(sum["reached_before"], COUNT as usize - failed);
    for texts in all_received(&inboxes, COUNT).await {
        assert_eq!(texts, ["We moved"]);
    }
    let nothing = organizer.json(["announce", "--resume"]).await;
    assert_eq!(nothing, json!({"unfinished": 0}));
}

#[tokio::test]
async fn who_is_killed_between_sending_and_noting_writes_to_nobody_twice() {
    const COUNT: u32 = 120;
    let relay = TestRelay::start().await;
    let inboxes = TestRelay::start().await;
    let (organizer, _) = party(&relay).await;
    let way = LeakyWay::to(inboxes.address(), Fate::Stalls(STORED_BEFORE * WRAP_BYTES)).await;
    followers(&relay, &community_id(&organizer).await, &way.url(), COUNT).await;

    let announce = [
        "announce",
        "Brighton Chess",
        "--to",
        "followers",
        "We moved",
    ];
    let running = organizer.start(announce);
    way.over().await;
    running.kill().await;
    let taken = all_received(&inboxes, COUNT).await.concat().len();
    assert!(taken > 0 && taken < COUNT as usize, "{taken}");

    let _way = way.mended().await;
    let sum = organizer.run(["announce", "--resume", "--json"]).await;
    assert_eq!((sum.code, sum.stderr.as_str()), (0, ""), "{sum:?}");
    for texts in all_received(&inboxes, COUNT).await {
        assert_eq!(texts, ["We moved"]);
    }
}
