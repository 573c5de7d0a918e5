//! What is answered with a comment and what with a note, quotes, reposts, and comments that outlive a
//! version of their meetup.

use kith_client::nip52::{TimeSpan, When};
use kith_client::{
    CommentError, Draft, EventId, Keys, Kind, Kith, LookupError, NewCommunity, NewMeetup,
    NoteError, Plan, PublicKey, Reference,
};
use nostr_relay_builder::local::LocalRelay;
use nostr_sdk::{Filter, JsonUtil};

use crate::support::{EVENING, TIMEOUT, nowhere, person, put_draft, relay, tags};

const WRITTEN: u64 = 1_700_000_000;

fn key(keys: &Keys) -> PublicKey {
    keys.public_key().into()
}

fn note(text: &str, tags: Vec<Vec<String>>) -> Draft {
    Draft {
        kind: Kind::TEXT_NOTE,
        created_at: None,
        tags,
        content: text.to_owned(),
    }
}

/// What a relay has of a kind.
async fn on(relay: &LocalRelay, kind: u16) -> Vec<nostr_sdk::Event> {
    let client = nostr_sdk::Client::default();
    client.add_relay(relay.url().await).await.unwrap();
    client.connect().await;
    let filter = Filter::new().kind(nostr_sdk::Kind::from(kind));
    let found = client.fetch_events(filter, TIMEOUT).await.unwrap();
    found.into_iter().collect()
}

async fn one(relay: &LocalRelay, id: EventId) -> nostr_sdk::Event {
    let client = nostr_sdk::Client::default();
    client.add_relay(relay.url().await).await.unwrap();
    client.connect().await;
    let filter = Filter::new().id(id.into());
    let found = client.fetch_events(filter, TIMEOUT).await.unwrap();
    found.into_iter().next().unwrap()
}

fn lines(event: &nostr_sdk::Event) -> Vec<String> {
    let tags = event.tags.iter();
    tags.map(|tag| tag.as_slice().join(" ")).collect()
}

async fn meetup(kith: &Kith) -> Reference {
    let community = NewCommunity::new("Brighton Chess");
    let community = kith.create_community(&community).await.unwrap();
    let when = When::timed(TimeSpan::new(EVENING, Some(EVENING + 7_200)).unwrap());
    let new = NewMeetup::new(community.id, Plan::new("Winter chess"), when);
    kith.schedule_meetup(&new).await.unwrap().reference
}

#[tokio::test]
async fn nip22_01_a_meetup_is_answered_with_1111_and_a_note_with_1() {
    let relay = relay().await;
    let (ada, ben) = (Keys::generate(), Keys::generate());
    let meetup = meetup(&person(&[&relay], &ada).await).await;
    let said = put_draft(&relay, note("Who plays?", vec![]), &ada, WRITTEN).await;
    let kith = person(&[&relay], &ben).await;

    kith.comment(&meetup, "Is there a lift?").await.unwrap();
    assert_eq!(on(&relay, 1111).await.len(), 1);
    assert_eq!(on(&relay, 1).await.len(), 1, "Ada's alone");
    let error = kith.reply(&meetup, "Is there a lift?").await.unwrap_err();
    let is_wrong_kind = |error: &LookupError, kind: Kind| matches!(error, LookupError::WrongKind { kind: found, .. } if *found == kind);
    assert!(matches!(&error, NoteError::Lookup(error) if is_wrong_kind(error, Kind::MEETUP)));

    let error = kith.comment(said.id(), "I do").await.unwrap_err();
    assert!(matches!(&error, CommentError::Lookup(error) if is_wrong_kind(error, Kind::TEXT_NOTE)));
    let answer = kith.reply(said.id(), "I do").await.unwrap();
    assert_eq!(one(&relay, answer.id).await.kind.as_u16(), 1);
    assert_eq!(
        (on(&relay, 1111).await.len(), on(&relay, 1).await.len()),
        (1, 2)
    );
}

#[tokio::test]
async fn nip10_01_and_nip10_03_an_answer_has_its_place_in_the_thread_and_tells_all() {
    let relay = relay().await;
    let url = relay.url().await;
    let (ada, ben, cai) = (Keys::generate(), Keys::generate(), Keys::generate());
    let (a, b, c) = (key(&ada), key(&ben), key(&cai));
    let first = put_draft(&relay, note("Who plays?", vec![]), &ada, WRITTEN).await;
    let root = first.id();
    let kith = person(&[&relay], &ben).await;
    let second = kith.reply(root, "I do").await.unwrap().id;
    let expected = [format!("e {root} {url} root {a}"), format!("p {a}")];
    assert_eq!(lines(&one(&relay, second).await), expected);
    let kith = person(&[&relay], &cai).await;
    let third = kith.reply(second, "Me too").await.unwrap().id;
    let expected = [
        format!("e {root} {url} root {a}"),
        format!("e {second} {url} reply {b}"),
        format!("p {a}"),
        format!("p {b}"),
    ];
    assert_eq!(lines(&one(&relay, third).await), expected);

    // Below an answer of an old client, which does not say who began.
    let old = tags(&[&["e", &root.to_string()], &["p", &c.to_string()]]);
    let old = put_draft(&relay, note("and me", old), &ben, WRITTEN + 5).await;
    let fourth = kith.reply(old.id(), "Good").await.unwrap().id;
    let expected = [
        format!("e {root}  root {a}"),
        format!("e {} {url} reply {b}", old.id()),
        format!("p {c}"),
        format!("p {b}"),
    ];
    assert_eq!(lines(&one(&relay, fourth).await), expected);

    let gone = Draft {
        kind: Kind::DELETION,
        ..note("", tags(&[&["e", &old.id().to_string()]]))
    };
    let two = relay_with(&first, &ada).await;
    put_draft(&two, gone, &ben, WRITTEN + 6).await;
    let kith = person(&[&relay, &two], &cai).await;
    let error = kith.reply(old.id(), "Hello?").await.unwrap_err();
    assert!(matches!(error, NoteError::Deleted(_)), "{error}");
}

/// Another relay that has this note.
async fn relay_with(event: &kith_client::Event, by: &Keys) -> LocalRelay {
    let relay = relay().await;
    let text = note(event.content(), vec![]);
    put_draft(&relay, text, by, event.created_at()).await;
    relay
}

#[tokio::test]
async fn nip10_04_a_quote_names_what_it_quotes_and_its_author() {
    let relay = relay().await;
    let url = relay.url().await;
    let (ada, ben) = (Keys::generate(), Keys::generate());
    let a = key(&ada);
    let meetup = meetup(&person(&[&relay], &ada).await).await;
    let said = put_draft(&relay, note("Who plays?", vec![]), &ada, WRITTEN).await;
    let kith = person(&[&relay], &ben).await;

    let quote = kith.quote(said.id(), "I will").await.unwrap().id;
    let quote = one(&relay, quote).await;
    let expected = [format!("q {} {url} {a}", said.id()), format!("p {a}")];
    assert_eq!((quote.kind.as_u16(), lines(&quote)), (1, expected.to_vec()));
    let (text, link) = quote.content.split_once("\n\nnostr:").unwrap();
    assert_eq!(text, "I will");
    let link: Reference = link.parse().unwrap();
    assert_eq!(link.target, said.id().into());

    let quote = kith.quote(&meetup, "Come along").await.unwrap().id;
    let quote = one(&relay, quote).await;
    let kith_client::Target::Address(address) = &meetup.target else {
        panic!("{meetup:?}")
    };
    assert_eq!(lines(&quote)[0], format!("q {address} {url} {a}"));
    assert!(quote.content.contains("nostr:naddr1"));
}

#[tokio::test]
async fn nip70_07_a_protected_note_is_passed_on_without_its_text() {
    let relay = relay().await;
    let (ada, ben) = (Keys::generate(), Keys::generate());
    let open = put_draft(&relay, note("for all", vec![]), &ada, WRITTEN).await;
    let protected = note("for members", tags(&[&["-"]]));
    let protected = put_draft(&relay, protected, &ada, WRITTEN).await;
    let kith = person(&[&relay], &ben).await;
    let id = kith.repost(open.id()).await.unwrap().id;
    let repost = one(&relay, id).await;
    assert_eq!(repost.kind.as_u16(), 6);
    let inside = nostr_sdk::Event::from_json(&repost.content).unwrap();
    assert_eq!(EventId::from(inside.id), open.id());
    let id = kith.repost(protected.id()).await.unwrap().id;
    let repost = one(&relay, id).await;
    assert_eq!((repost.kind.as_u16(), repost.content.as_str()), (6, ""));
    assert!(lines(&repost)[0].starts_with(&format!("e {}", protected.id())));
}

#[tokio::test]
async fn nip22_08_comments_stay_when_the_meetup_changes() {
    let relay = relay().await;
    let (ada, ben) = (Keys::generate(), Keys::generate());
    let organizer = person(&[&relay], &ada).await;
    let meetup = meetup(&organizer).await;
    let kith = person(&[&relay], &ben).await;
    let question = kith.comment(&meetup, "Is there a lift?").await.unwrap();
    let named = |event: &nostr_sdk::Event| {
        let mut lines = lines(event).into_iter();
        lines.find(|line| line.starts_with("e "))
    };
    let before = named(&one(&relay, question.id).await);
    let rename = |meetup: &mut kith_client::lbc::Meetup| meetup.title = "Spring chess".to_owned();
    organizer.edit_meetup(&meetup, rename).await.unwrap();
    let later = kith.comment(&meetup, "And a bar?").await.unwrap();
    let after = named(&one(&relay, later.id).await);
    assert!(before.is_some() && after.is_some() && before != after);

    let comments = organizer.comments(&meetup).await.unwrap().found;
    let question = comments.iter().find(|one| one.comment.id == question.id);
    organizer
        .comment_in_reply(question.unwrap(), "Yes")
        .await
        .unwrap();
    organizer
        .edit_meetup(&meetup, |meetup| meetup.title.push('!'))
        .await
        .unwrap();
    let comments = kith.comments(&meetup).await.unwrap().found;
    let mut tree: Vec<(&str, usize)> = comments
        .iter()
        .map(|comment| (comment.text(), comment.depth))
        .collect();
    // Two were written in the same second.
    tree.sort_unstable();
    let expected = [("And a bar?", 0), ("Is there a lift?", 0), ("Yes", 1)];
    assert_eq!(tree, expected);
}

#[tokio::test]
async fn nip09_20_a_request_to_delete_goes_to_every_relay_that_has_the_target() {
    let (home, elsewhere, stranger) = (relay().await, relay().await, relay().await);
    let ada = Keys::generate();
    let made = person(&[&home, &elsewhere], &ada).await;
    let community = NewCommunity::new("Brighton Chess");
    let id = made.create_community(&community).await.unwrap().id;
    made.disconnect().await;

    // The relay beside the set is known only because a link leads there.
    let kith = person(&[&home], &ada).await;
    let gone = nowhere().await;
    let hints = [elsewhere.url().await, stranger.url().await];
    let mut reference = Reference::from(id);
    reference.relays = hints.to_vec();
    reference
        .relays
        .push(kith_client::RelayUrl::parse(&gone).unwrap());
    let closed = kith.close_community(&reference, "We moved").await.unwrap();
    kith.settle(TIMEOUT).await;
    let requests = async |relay: &LocalRelay| {
        let found = on(relay, 5).await.into_iter();
        found
            .map(|event| EventId::from(event.id))
            .collect::<Vec<_>>()
    };
    assert_eq!(requests(&home).await, [closed.published.id]);
    assert_eq!(requests(&elsewhere).await, [closed.published.id]);
    assert_eq!(requests(&stranger).await, [], "it had nothing of it");
}
