//! What the user muted for themselves: the list as it is on relays, and what it hides.

use kith_client::lbc::ChatView;
use kith_client::nip52::{TimeSpan, When};
use kith_client::{
    Change, Draft, Keys, Kind, Kith, MuteError, Muted, MutedFor, NewCommunity, NewMeetup,
    NostrSigner, Plan, PublicKey, Reference,
};
use nostr_relay_builder::local::LocalRelay;
use nostr_sdk::Filter;

use crate::support::{EVENING, TIMEOUT, connect, nowhere, person, put_draft, relay, tags, urls};

const WRITTEN: u64 = 1_700_000_000;

fn key(keys: &Keys) -> PublicKey {
    keys.public_key().into()
}

/// The list as it is on the relay.
async fn list_on(relay: &LocalRelay, of: &Keys) -> (Vec<Vec<String>>, String) {
    let client = nostr_sdk::Client::default();
    client.add_relay(relay.url().await).await.unwrap();
    client.connect().await;
    let filter = Filter::new()
        .kind(nostr_sdk::Kind::MuteList)
        .author(of.public_key());
    let found = client.fetch_events(filter, TIMEOUT).await.unwrap();
    let list = found.first().unwrap();
    let tags = list.tags.iter().map(|tag| tag.as_slice().to_vec());
    (tags.collect(), list.content.clone())
}

fn list(tags: Vec<Vec<String>>, content: String) -> Draft {
    Draft {
        kind: Kind::MUTE_LIST,
        created_at: None,
        tags,
        content,
    }
}

async fn meetup(kith: &Kith) -> (kith_client::EventId, Reference) {
    let community = NewCommunity::new("Brighton Chess");
    let community = kith.create_community(&community).await.unwrap();
    let when = When::timed(TimeSpan::new(EVENING, Some(EVENING + 7_200)).unwrap());
    let new = NewMeetup::new(community.id, Plan::new("Winter chess"), when);
    let scheduled = kith.schedule_meetup(&new).await.unwrap();
    (community.id, scheduled.reference)
}

#[tokio::test]
async fn nip51_02_private_items_are_sealed_to_oneself_and_the_old_form_is_sealed_anew() {
    let relay = relay().await;
    let (ada, ben) = (Keys::generate(), Keys::generate());
    let items = r#"[["word","rain"],["x","kept"]]"#;
    let old = ada.nip04_encrypt(&ada.public_key(), items).await.unwrap();
    assert!(old.contains("?iv="));
    let before = tags(&[&["x", "unknown"]]);
    put_draft(&relay, list(before.clone(), old), &ada, WRITTEN).await;

    let kith = person(&[&relay], &ada).await;
    let read = kith.own_mutes().await.unwrap();
    assert_eq!((read.public.len(), read.is_sealed), (0, false));
    assert_eq!(read.private, [Muted::word("rain")]);
    // A public item: what was private is sealed anew all the same.
    let public = Muted::Person(key(&ben));
    let change = kith.add_own_mute(&public, MutedFor::Everybody).await;
    assert!(matches!(change.unwrap(), Change::Published(_)));
    let (public, content) = list_on(&relay, &ada).await;
    assert!(!content.contains("?iv=") && !content.is_empty());
    assert_eq!(
        ada.nip44_decrypt(&ada.public_key(), &content)
            .await
            .unwrap(),
        items
    );
    let mut expected = before;
    expected.push(vec!["p".to_owned(), key(&ben).to_string()]);
    assert_eq!(public, expected);

    let private = Muted::topic("#Poker");
    kith.add_own_mute(&private, MutedFor::Oneself)
        .await
        .unwrap();
    let again = kith
        .add_own_mute(&private, MutedFor::Oneself)
        .await
        .unwrap();
    assert_eq!(again, Change::Unchanged);
    let (tags, content) = list_on(&relay, &ada).await;
    assert_eq!(tags, expected, "nobody else reads it");
    let sealed = ada
        .nip44_decrypt(&ada.public_key(), &content)
        .await
        .unwrap();
    assert_eq!(sealed, r#"[["word","rain"],["x","kept"],["t","poker"]]"#);
    let read = kith.own_mutes().await.unwrap();
    assert_eq!(read.private, [Muted::word("rain"), private]);
}

#[tokio::test]
async fn nip51_03_and_nip51_05_what_cannot_be_read_is_not_overwritten() {
    let relay = relay().await;
    let ada = Keys::generate();
    let foreign = Keys::generate();
    let content = foreign
        .nip44_encrypt(&foreign.public_key(), "[]")
        .await
        .unwrap();
    put_draft(&relay, list(vec![], content.clone()), &ada, WRITTEN).await;
    let kith = person(&[&relay], &ada).await;
    assert!(kith.own_mutes().await.unwrap().is_sealed);
    let word = Muted::word("rain");
    for outcome in [
        kith.add_own_mute(&word, MutedFor::Oneself).await,
        kith.remove_own_mute(&word).await,
    ] {
        assert!(matches!(outcome, Err(MuteError::Sealed(_))), "{outcome:?}");
    }
    kith.add_own_mute(&word, MutedFor::Everybody).await.unwrap();
    let expected = (tags(&[&["word", "rain"]]), content);
    assert_eq!(list_on(&relay, &ada).await, expected);

    let mut both = urls(&[&relay]).await;
    both.push(nowhere().await);
    let kith = connect(both, &ada).await;
    let outcome = kith
        .add_own_mute(&Muted::word("snow"), MutedFor::Everybody)
        .await;
    assert!(matches!(outcome, Err(MuteError::ListUnavailable(_))));
    assert_eq!(list_on(&relay, &ada).await, expected);
}

#[tokio::test]
async fn nip51_08_what_the_viewer_muted_is_in_no_chat_and_below_no_meetup() {
    let relay = relay().await;
    let [ada, ben, cai] = [(); 3].map(|()| Keys::generate());
    let owner = person(&[&relay], &ada).await;
    let (community, meetup) = meetup(&owner).await;
    let (noisy, viewer) = (person(&[&relay], &ben).await, person(&[&relay], &cai).await);
    let chat = owner.chat(community).await.unwrap();
    let question = owner.comment(&meetup, "Buy COINS now").await.unwrap();
    let listed = owner.comments(&meetup).await.unwrap().found;
    let thread = listed.iter().find(|one| one.comment.id == question.id);
    noisy.comment(&meetup, "by Ben").await.unwrap();
    owner
        .comment_in_reply(thread.unwrap(), "below it")
        .await
        .unwrap();
    owner.comment(&meetup, "Is there a lift?").await.unwrap();
    owner.comment(&meetup, "It is about #Poker").await.unwrap();
    viewer.comment(&meetup, "my own coins").await.unwrap();
    for text in ["Coins, coins!", "hello", "#poker tonight", "coinsurance"] {
        owner.say(&chat, text).await.unwrap();
    }
    noisy.say(&chat, "said by Ben").await.unwrap();

    let comments = async || {
        let found = viewer.comments(&meetup).await.unwrap().found;
        let mut texts: Vec<String> = found.iter().map(|one| one.text().to_owned()).collect();
        texts.sort();
        texts
    };
    let messages = async || {
        let chat = viewer.chat(community).await.unwrap();
        let found = viewer.chat_messages(&chat, ChatView::Everybody, 20).await;
        let found = found.unwrap().found;
        let mut texts: Vec<String> = found.iter().map(|one| one.text().to_owned()).collect();
        texts.sort();
        texts
    };
    assert_eq!((comments().await.len(), messages().await.len()), (6, 5));
    let everybody = MutedFor::Everybody;
    let muting = [
        (Muted::Person(key(&ben)), everybody),
        (Muted::word("coins"), MutedFor::Oneself),
        (Muted::topic("poker"), everybody),
        (Muted::Thread(question.id), MutedFor::Oneself),
    ];
    for (item, mode) in &muting {
        viewer.add_own_mute(item, *mode).await.unwrap();
    }
    assert_eq!(comments().await, ["Is there a lift?", "my own coins"]);
    assert_eq!(messages().await, ["coinsurance", "hello"]);
    // Nobody else is concerned.
    assert_eq!(noisy.comments(&meetup).await.unwrap().found.len(), 6);
    for (item, _) in &muting {
        viewer.remove_own_mute(item).await.unwrap();
    }
    assert_eq!((comments().await.len(), messages().await.len()), (6, 5));
}
