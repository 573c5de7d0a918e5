//! What is on pages for those who sign: seats, the chat, and with whom a page may speak.

use super::{Chess, GUEST, OWNER, get};
use crate::api::{community, days, described, follows, meetup, relay_with, rsvp};
use crate::events::{note, now};

/// Somebody who follows nobody.
const STRANGER: u32 = 3;

#[tokio::test]
async fn who_has_no_seat_is_on_the_waiting_list() {
    let community = community(OWNER);
    let description = described(OWNER, &community, "Berlin Chess").signed();
    let meetup = meetup(OWNER, &community, "simul", days(1))
        .tag(&["capacity", "2"])
        .tag(&["guests", "1"])
        .signed();
    let first = rsvp(GUEST, &meetup, "accepted")
        .tag(&["guests", "1"])
        .signed();
    let second = rsvp(STRANGER, &meetup, "accepted").at(now()).signed();
    let names = [(GUEST, "Ada"), (STRANGER, "Zoe")].map(|(person, name)| {
        let content = format!(r#"{{"name":"{name}"}}"#);
        note(person).kind(0).content(content).signed()
    });
    let [ada, zoe] = names;
    let relay = relay_with(&[community, description, meetup, first, second, ada, zoe]).await;
    let path = super::path_of(&relay, "/m/").await;
    let page = get(&relay, &path).await;
    page.has(&["2 of 2 seats are taken", "1 going", "max=\"1\""]);
    let (going, waiting) = page.text().split_once("Waiting list").unwrap();
    assert!(going.contains(">Ada<") && !waiting.contains(">Ada<"));
    assert!(waiting.contains(">Zoe<") && !going.contains(">Zoe<"));
}

#[tokio::test]
async fn a_chat_shows_whoever_belongs_to_it_and_nothing_that_is_hidden() {
    let community = community(OWNER);
    let id = community.id().to_string();
    let description = described(OWNER, &community, "Berlin Chess").signed();
    let room = note(OWNER)
        .kind(40)
        .tag(&["e", &id, "", &community.pubkey().to_string()])
        .content(r#"{"name":"Hall"}"#)
        .signed();
    let say = |person, text: &str| {
        let message = note(person).kind(42);
        let message = message.tag(&["e", &room.id().to_string(), "", "root"]);
        message.content(text).signed()
    };
    let hidden = say(GUEST, "Buy this");
    let hide = note(OWNER)
        .kind(43)
        .tag(&["e", &hidden.id().to_string()])
        .signed();
    let mut events = vec![
        community.clone(),
        description,
        room.clone(),
        follows(GUEST, &[&community]).signed(),
        say(OWNER, "Who brings boards?"),
        say(GUEST, "I do <b>it</b>"),
        say(STRANGER, "Nobody knows me"),
        hidden,
        hide,
    ];
    // Several in a second, also where a page ends.
    events.extend((0..40).map(|number| {
        let message = note(OWNER).kind(42).at(now() - 100 + number / 4);
        let message = message.tag(&["e", &room.id().to_string(), "", "root"]);
        message.content(format!("word {number}")).signed()
    }));
    let relay = relay_with(&events).await;
    let path = format!("/c/{id}");
    let (mut shown, mut next) = (String::new(), Some(path.clone()));
    for _ in 0..10 {
        let Some(path) = next.take() else { break };
        let page = get(&relay, &path).await;
        page.lacks(&["Buy this", "Nobody knows me", "<b>it"]);
        shown.push_str(page.text());
        let older = page.text().split_once("data-older");
        let older = older.and_then(|(before, _)| before.rsplit_once("href=\""));
        next = older.map(|(_, link)| link.split(['"', '#']).next().unwrap().to_owned());
    }
    assert_eq!(next, None);
    assert!(shown.contains("Who brings boards?") && shown.contains("I do &#60;b&#62;it"));
    assert!((0..40).all(|number| shown.contains(&format!("word {number}<"))));
}

#[tokio::test]
async fn only_pages_on_which_people_sign_may_speak_with_other_relays() {
    let chess = Chess::start().await;
    let meetup = chess.meetup_path().await;
    let community = chess.community_path();
    for (path, signs) in [
        ("/", false),
        ("/search", false),
        ("/about", false),
        ("/account", true),
        (meetup.as_str(), true),
        (community.as_str(), true),
    ] {
        let page = get(&chess.relay, path).await;
        let policy = page.header("content-security-policy").unwrap();
        assert!(
            policy.contains("connect-src 'self' ws://kith.test"),
            "{policy}"
        );
        assert!(policy.contains("script-src 'self';"), "{policy}");
        assert_eq!(policy.contains(" wss:"), signs, "{path}: {policy}");
        let script = page.text().split_once("type=\"module\" src=\"").unwrap().1;
        let script = get(&chess.relay, script.split('"').next().unwrap()).await;
        assert_eq!(script.status, 200);
        let kept = script.header("cache-control").unwrap();
        assert!(kept.contains("immutable"), "{kept}");
    }
}
