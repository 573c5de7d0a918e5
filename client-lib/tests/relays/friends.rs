//! Friends follow each other, by the newest list of each; a feed has what they do, once, also across
//! lost connections.

use std::time::Duration;

use kith_client::lbc::{Answer, Note, Rsvp};
use kith_client::nip02::FollowedPeople;
use kith_client::{
    Change, Draft, Event, FeedItem, FeedNews, FeedPeople, FeedSubject, FriendError, Keys, Kind,
    Kith, LiveFeed, PublicKey, Rewrite,
};
use nostr_relay_builder::local::LocalRelay;

use crate::map_relay::MapRelay;
use crate::support::{
    EVENING, TIMEOUT, connect, nowhere, person, put, put_draft, relay, tags, urls,
};

const FOUNDED: u64 = 1_700_000_000;

/// Comes within this time or never.
const DEADLINE: Duration = Duration::from_secs(60);

fn key(keys: &Keys) -> PublicKey {
    keys.public_key().into()
}

fn following(people: &[&Keys]) -> FollowedPeople {
    let mut list = FollowedPeople::new();
    for person in people {
        list.follow(key(person));
    }
    list
}

fn note(text: &str, tags: Vec<Vec<String>>) -> Draft {
    Draft {
        kind: Kind::TEXT_NOTE,
        created_at: None,
        tags,
        content: text.to_owned(),
    }
}

/// A meetup of no community, as other programs write them.
fn meetup(title: &str) -> Draft {
    let start = EVENING.to_string();
    Draft {
        kind: Kind::MEETUP,
        ..note(
            "",
            tags(&[&["d", "night"], &["title", title], &["start", &start]]),
        )
    }
}

async fn names(kith: &Kith) -> Vec<(PublicKey, Option<String>, bool)> {
    let found = kith.followed_people().await.unwrap();
    assert_eq!((found.further, found.silent), (0, vec![]));
    let people = found.people.into_iter();
    people
        .map(|one| (one.person, one.name, one.follows_back))
        .collect()
}

#[tokio::test]
async fn nip01_104_friends_are_mutual_by_the_newest_list_of_each() {
    let (one, two) = (relay().await, relay().await);
    let (ada, ben, cai, dee) = (
        Keys::generate(),
        Keys::generate(),
        Keys::generate(),
        Keys::generate(),
    );
    put(&one, &following(&[&ben, &cai, &dee]), &ada, FOUNDED).await;
    put(&one, &following(&[&ada]), &ben, FOUNDED).await;
    // One relay missed that Cai does not follow Ada any more, the other that Dee does.
    put(&one, &following(&[&ada]), &cai, FOUNDED).await;
    put(&two, &following(&[&ben]), &cai, FOUNDED + 1).await;
    put(&one, &following(&[]), &dee, FOUNDED).await;
    put(&two, &following(&[&ada]), &dee, FOUNDED + 1).await;
    let profile = Draft {
        kind: Kind::PROFILE,
        ..note(r#"{"name":"ben"}"#, vec![])
    };
    put_draft(&two, profile, &ben, FOUNDED).await;

    let kith = person(&[&one, &two], &ada).await;
    let expected = vec![
        (key(&ben), Some("ben".to_owned()), true),
        (key(&cai), None, false),
        (key(&dee), None, true),
    ];
    assert_eq!(names(&kith).await, expected);
    let friends = kith.friends().await.unwrap().people;
    let friends: Vec<PublicKey> = friends.iter().map(|one| one.person).collect();
    assert_eq!(friends, [key(&ben), key(&dee)]);

    // Whoever takes the list back follows nobody.
    let gone = Draft {
        kind: Kind::DELETION,
        ..note("", tags(&[&["a", &format!("3:{}:", key(&ben))]]))
    };
    put_draft(&two, gone, &ben, FOUNDED + 5).await;
    assert_eq!(kith.friends().await.unwrap().people.len(), 1);
}

#[tokio::test]
async fn nip09_a_name_that_was_taken_back_on_one_relay_is_not_shown_from_another() {
    let (one, two) = (relay().await, relay().await);
    let (ada, ben, cai, dee) = (
        Keys::generate(),
        Keys::generate(),
        Keys::generate(),
        Keys::generate(),
    );
    put(&one, &following(&[&ben, &cai, &dee]), &ada, FOUNDED).await;
    let profile = |name: &str| Draft {
        kind: Kind::PROFILE,
        ..note(&format!(r#"{{"name":"{name}"}}"#), vec![])
    };
    let gone = |tag: [&str; 2]| Draft {
        kind: Kind::DELETION,
        ..note("", tags(&[&tag]))
    };
    put_draft(&one, profile("ben"), &ben, FOUNDED).await;
    let address = format!("0:{}:", key(&ben));
    put_draft(&two, gone(["a", &address]), &ben, FOUNDED + 1).await;
    let old = put_draft(&one, profile("cai"), &cai, FOUNDED).await;
    let id = old.id().to_string();
    put_draft(&two, gone(["e", &id]), &cai, FOUNDED + 1).await;
    put_draft(&one, profile("dee"), &dee, FOUNDED).await;

    let shown = async |kith: &Kith| {
        let names = names(kith).await.into_iter();
        names.map(|(_, name, _)| name).collect::<Vec<_>>()
    };
    let dee = Some("dee".to_owned());
    for relays in [[&one, &two], [&two, &one]] {
        let kith = person(&relays, &ada).await;
        assert_eq!(shown(&kith).await, [None, None, dee.clone()]);
    }
    // What was said afterwards counts.
    put_draft(&one, profile("Ben"), &ben, FOUNDED + 2).await;
    let kith = person(&[&one, &two], &ada).await;
    assert_eq!(shown(&kith).await, [Some("Ben".to_owned()), None, dee]);
}

async fn list_on(relay: &LocalRelay, of: &Keys) -> (Vec<Vec<String>>, String) {
    let client = nostr_sdk::Client::default();
    client.add_relay(relay.url().await).await.unwrap();
    client.connect().await;
    let filter = nostr_sdk::Filter::new()
        .kind(nostr_sdk::Kind::ContactList)
        .author(of.public_key());
    let found = client.fetch_events(filter, TIMEOUT).await.unwrap();
    let list = found.first().unwrap();
    let tags = list.tags.iter().map(|tag| tag.as_slice().to_vec());
    (tags.collect(), list.content.clone())
}

#[tokio::test]
async fn nip51_03_following_and_leaving_keep_everything_else() {
    let relay = relay().await;
    let (ada, ben) = (Keys::generate(), Keys::generate());
    let other = key(&Keys::generate()).to_string();
    let before = tags(&[
        &["x", "unknown", "kept"],
        &["p", &other, "wss://relay.example.com", "ola"],
        &["p", "broken"],
    ]);
    let legacy = r#"{"wss://relay.example.com":{}}"#;
    let list = Draft {
        kind: Kind::FOLLOW_LIST,
        ..note(legacy, before.clone())
    };
    // From a machine whose clock is ahead.
    put_draft(&relay, list, &ada, 1_900_000_000).await;
    let kith = person(&[&relay], &ada).await;
    let change = kith.follow_person(key(&ben)).await.unwrap();
    assert!(matches!(change, Change::Published(_)));
    let again = kith.follow_person(key(&ben)).await.unwrap();
    assert_eq!(again, Change::Unchanged);
    let mut expected = before.clone();
    expected.push(vec!["p".to_owned(), key(&ben).to_string()]);
    let on_relay = list_on(&relay, &ada).await;
    assert_eq!(on_relay, (expected, legacy.to_owned()));
    kith.unfollow_person(key(&ben)).await.unwrap();
    assert_eq!(list_on(&relay, &ada).await, (before, legacy.to_owned()));
    let error = kith.follow_person(key(&ada)).await.unwrap_err();
    assert!(matches!(error, FriendError::Yourself), "{error}");
}

#[tokio::test]
async fn nip51_05_the_list_is_not_rewritten_while_a_relay_is_silent() {
    let relay = relay().await;
    let (ada, ben) = (Keys::generate(), Keys::generate());
    let mut both = urls(&[&relay]).await;
    both.push(nowhere().await);
    let kith = connect(both, &ada).await;
    let error = kith.follow_person(key(&ben)).await.unwrap_err();
    assert!(matches!(error, FriendError::ListUnavailable(_)), "{error}");
    let kith = kith.with_rewrite(Rewrite::Confirmed);
    kith.follow_person(key(&ben)).await.unwrap();
    assert_eq!(list_on(&relay, &ada).await.0.len(), 1);
}

/// What an item says, in one line.
fn line(item: &FeedItem) -> String {
    match &item.subject {
        FeedSubject::Note { text } => text.clone(),
        FeedSubject::Meetup(meetup) => format!("announces {}", meetup.title()),
        FeedSubject::Answer { answer, meetup, .. } => {
            let title = meetup.as_ref().map(|meetup| meetup.title());
            format!("{} {}", answer.as_str(), title.unwrap_or("?"))
        }
        _ => String::new(),
    }
}

async fn lines(kith: &Kith, people: FeedPeople, limit: usize) -> Vec<String> {
    let feed = kith.feed(people, limit).await.unwrap();
    assert_eq!(feed.silent, []);
    feed.found.iter().map(line).collect()
}

#[tokio::test]
async fn a_feed_has_what_friends_do_newest_first_and_nothing_else() {
    let (one, two) = (relay().await, relay().await);
    let (ada, ben, cai, zoe) = (
        Keys::generate(),
        Keys::generate(),
        Keys::generate(),
        Keys::generate(),
    );
    put(&one, &following(&[&ben, &cai]), &ada, FOUNDED).await;
    put(&two, &following(&[&ada]), &ben, FOUNDED).await;
    // Ben announces a meetup, and changes it where only one relay hears it.
    let night = put_draft(&one, meetup("Night"), &ben, FOUNDED + 1).await;
    put_draft(&two, meetup("Late night"), &ben, FOUNDED + 2).await;
    // He answers it, then says otherwise with a note of another client.
    let address = night.address().unwrap();
    put(
        &one,
        &Rsvp::new(address.clone(), Answer::Declined),
        &ben,
        FOUNDED + 3,
    )
    .await;
    let mut other = Rsvp::new(address.clone(), Answer::Accepted)
        .draft()
        .unwrap();
    other.tags[0][1] = "another".to_owned();
    put_draft(&two, other, &ben, FOUNDED + 4).await;
    // He wrote, and took one thing back where only the other relay heard it.
    put_draft(&one, note("first", vec![]), &ben, FOUNDED + 5).await;
    put_draft(&two, note("first", vec![]), &ben, FOUNDED + 5).await;
    let oops = put_draft(&one, note("oops", vec![]), &ben, FOUNDED + 6).await;
    let gone = Draft {
        kind: Kind::DELETION,
        ..note("", tags(&[&["e", &oops.id().to_string()]]))
    };
    put_draft(&two, gone, &ben, FOUNDED + 7).await;
    put_draft(&one, note("from afar", vec![]), &ben, 4_000_000_000).await;
    // Others: one who does not follow back, one who is not followed.
    put_draft(&one, note("cai", vec![]), &cai, FOUNDED + 8).await;
    put_draft(&one, note("zoe", vec![]), &zoe, FOUNDED + 9).await;

    let kith = person(&[&one, &two], &ada).await;
    let all = ["first", "accepted Late night", "announces Late night"];
    assert_eq!(lines(&kith, FeedPeople::Friends, 20).await, all);
    assert_eq!(lines(&kith, FeedPeople::Friends, 2).await, all[..2]);
    let following = lines(&kith, FeedPeople::Following, 2).await;
    assert_eq!(following, ["cai", "first"]);
    let none = person(&[&one, &two], &zoe).await;
    assert_eq!(
        none.feed(FeedPeople::Following, 20).await.unwrap().found,
        []
    );
}

#[tokio::test]
async fn nip67_a_long_feed_is_read_page_by_page() {
    let relay = MapRelay::plain().await;
    let (ada, ben) = (Keys::generate(), Keys::generate());
    relay.hold([signed(&following(&[&ben]), &ada, FOUNDED)]);
    // Many in one second, more than one page.
    relay.hold((0..450).map(|number| {
        let draft = note(&number.to_string(), vec![]);
        draft.sign(&ben, FOUNDED + number / 90).unwrap()
    }));
    let kith = connect(vec![relay.url.clone()], &ada).await;
    let all = lines(&kith, FeedPeople::Following, 450).await;
    assert_eq!(all.len(), 450);
    let mut once = all.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), 450);
    assert_eq!(lines(&kith, FeedPeople::Following, 300).await, all[..300]);
}

fn signed(note: &impl Note, keys: &Keys, created_at: u64) -> Event {
    note.draft().unwrap().sign(keys, created_at).unwrap()
}

async fn next(live: &mut LiveFeed) -> String {
    loop {
        let news = tokio::time::timeout(DEADLINE, live.next()).await;
        match news.unwrap().unwrap() {
            FeedNews::Item(item) => return line(&item),
            _ => continue,
        }
    }
}

#[tokio::test]
async fn a_live_feed_tells_each_once_across_relays_and_lost_connections() {
    let relays = [MapRelay::plain().await, MapRelay::plain().await];
    let (ada, ben, zoe) = (Keys::generate(), Keys::generate(), Keys::generate());
    let write =
        |text: &str, keys: &Keys, age: u64| note(text, vec![]).sign(keys, FOUNDED + age).unwrap();
    let hold = |events: &[Event]| {
        for relay in &relays {
            relay.hold(events.iter().cloned());
        }
    };
    hold(&[
        signed(&following(&[&ben]), &ada, FOUNDED),
        signed(&following(&[&ada]), &ben, FOUNDED),
        write("oldest", &ben, 1),
        write("older", &ben, 2),
        write("old", &ben, 3),
    ]);
    let urls = relays.iter().map(|relay| relay.url.clone());
    let kith = connect(urls.collect(), &ada).await;
    let mut live = kith.live_feed(FeedPeople::Friends, 2).await.unwrap();
    assert_eq!(live.silent(), []);
    let beginning: Vec<String> = live.beginning().iter().map(line).collect();
    assert_eq!(beginning, ["old", "older"]);

    hold(&[write("zoe", &zoe, 9), write("one", &ben, 10)]);
    assert_eq!(next(&mut live).await, "one");
    let night = meetup("Night").sign(&zoe, FOUNDED).unwrap();
    let rsvp = Rsvp::new(night.address().unwrap(), Answer::Tentative);
    hold(&[night, signed(&rsvp, &ben, FOUNDED + 11)]);
    assert_eq!(next(&mut live).await, "tentative Night");

    for relay in &relays {
        relay.hang_up();
    }
    hold(&[write("missed", &ben, 12)]);
    assert_eq!(next(&mut live).await, "missed");
    hold(&[write("heard", &ben, 13)]);
    assert_eq!(next(&mut live).await, "heard");
    kith.disconnect().await;
    while let Some(news) = tokio::time::timeout(DEADLINE, live.next()).await.unwrap() {
        assert!(matches!(news, FeedNews::Connection { .. }), "{news:?}");
    }
}

#[tokio::test]
async fn nip65_05_a_feed_is_read_where_people_write() {
    let (home, elsewhere) = (relay().await, MapRelay::plain().await);
    let (ada, ben) = (Keys::generate(), Keys::generate());
    put(&home, &following(&[&ben]), &ada, FOUNDED).await;
    put(&home, &following(&[&ada]), &ben, FOUNDED).await;
    let gone = nowhere().await;
    let lists = tags(&[&["r", &elsewhere.url, "write"], &["r", &gone, "write"]]);
    let lists = Draft {
        kind: Kind::RELAY_LIST,
        ..note("", lists)
    };
    put_draft(&home, lists, &ben, FOUNDED).await;
    put_draft(&home, note("at home", vec![]), &ben, FOUNDED + 1).await;
    let write = |text: &str, age: u64| {
        let note = note(text, vec![]).sign(&ben, FOUNDED + age).unwrap();
        elsewhere.hold([note]);
    };
    write("elsewhere", 2);

    let kith = person(&[&home], &ada).await;
    let mut live = kith.live_feed(FeedPeople::Friends, 10).await.unwrap();
    // Who does not answer beside the set is not missed.
    assert_eq!(live.silent(), []);
    let beginning: Vec<String> = live.beginning().iter().map(line).collect();
    assert_eq!(beginning, ["elsewhere", "at home"]);
    assert_eq!(lines(&kith, FeedPeople::Friends, 10).await, beginning);
    write("live", 3);
    assert_eq!(next(&mut live).await, "live");
    elsewhere.hang_up();
    write("missed", 4);
    assert_eq!(next(&mut live).await, "missed");
    write("heard", 5);
    assert_eq!(next(&mut live).await, "heard");

    let alone = Kith::builder()
        .relays(urls(&[&home]).await)
        .signer(ada)
        .without_relay_lists()
        .connect()
        .await
        .unwrap();
    assert_eq!(lines(&alone, FeedPeople::Friends, 10).await, ["at home"]);
}

#[tokio::test]
async fn nip65_05_a_relay_hears_nothing_of_those_who_write_elsewhere() {
    let (home, of_ben, of_cai) = (
        relay().await,
        MapRelay::plain().await,
        MapRelay::plain().await,
    );
    let (ada, ben, cai, dan) = (
        Keys::generate(),
        Keys::generate(),
        Keys::generate(),
        Keys::generate(),
    );
    put(&home, &following(&[&ben, &cai, &dan]), &ada, FOUNDED).await;
    for (keys, writes_to) in [(&ben, &of_ben), (&cai, &of_cai)] {
        let list = Draft {
            kind: Kind::RELAY_LIST,
            ..note("", tags(&[&["r", &writes_to.url, "write"]]))
        };
        put_draft(&home, list, keys, FOUNDED).await;
        let text = note("elsewhere", vec![]);
        writes_to.hold([text.sign(keys, FOUNDED + 1).unwrap()]);
    }
    let kith = person(&[&home], &ada).await;
    let live = kith.live_feed(FeedPeople::Following, 10).await.unwrap();
    assert_eq!(live.beginning().len(), 2);
    // The beginning, and what comes.
    for relay in [&of_ben, &of_cai] {
        relay.has_open(1).await;
    }
    for (relay, mine) in [(&of_ben, &ben), (&of_cai, &cai)] {
        let asked = serde_json::to_string(&relay.asked()).unwrap();
        for (keys, is_named) in [(&ben, mine == &ben), (&cai, mine == &cai), (&dan, false)] {
            let name = keys.public_key().to_string();
            let feeds = relay.asked().into_iter();
            let mut feeds = feeds.filter(|asked| {
                asked["kinds"]
                    .as_array()
                    .is_some_and(|kinds| is_of_feed(kinds))
            });
            let is_asked = feeds.any(|asked| asked["authors"].to_string().contains(&name));
            assert_eq!(is_asked, is_named, "{asked}");
        }
    }
}

fn is_of_feed(kinds: &[serde_json::Value]) -> bool {
    kinds.contains(&1.into())
}

#[tokio::test]
async fn who_follows_nobody_hears_nothing_until_the_end() {
    let relay = relay().await;
    let kith = person(&[&relay], &Keys::generate()).await;
    let mut live = kith.live_feed(FeedPeople::Friends, 5).await.unwrap();
    assert_eq!(live.beginning(), []);
    kith.disconnect().await;
    let end = tokio::time::timeout(DEADLINE, live.next()).await;
    assert_eq!(end.unwrap(), None);
}
