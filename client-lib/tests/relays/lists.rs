//! Lists are never rewritten from a version that may not be the newest, and lose nothing.

use kith_client::lbc::{FollowList, MemberList, Note, address};
use kith_client::{
    Change, Draft, EventId, FollowError, Keys, Kind, Kith, MemberError, NewCommunity, Prefix,
    Published, Reason, Rewrite,
};

use crate::support::{connect, nowhere, person, put_draft, relay, scripted, tags, urls};

async fn community(kith: &Kith, title: &str) -> EventId {
    kith.create_community(&NewCommunity::new(title))
        .await
        .unwrap()
        .id
}

async fn tags_of(kith: &Kith, address: &kith_client::Address) -> Vec<Vec<String>> {
    let filter = nostr_filter(address);
    let events = kith
        .client()
        .fetch_events(filter, crate::support::TIMEOUT)
        .await
        .unwrap();
    let newest = events
        .into_iter()
        .max_by_key(|event| event.created_at)
        .unwrap();
    newest
        .tags
        .iter()
        .map(|tag| tag.as_slice().to_vec())
        .collect()
}

fn nostr_filter(address: &kith_client::Address) -> nostr_sdk::Filter {
    let filter = nostr_sdk::Filter::new()
        .kind(address.kind.into())
        .author(nostr_sdk::PublicKey::try_from(address.pubkey).unwrap());
    match address.identifier.is_empty() {
        true => filter,
        false => filter.identifier(&address.identifier),
    }
}

fn published(change: Change) -> Published {
    match change {
        Change::Published(published) => published,
        Change::Unchanged => panic!("nothing was published"),
    }
}

#[tokio::test]
async fn lbc_15_following_and_leaving_keep_unknown_tags_and_content() {
    let relay = relay().await;
    let keys = Keys::generate();
    let kith = person(&[&relay], &keys).await;
    let (one, two) = (community(&kith, "one").await, community(&kith, "two").await);
    let written = tags(&[
        &["locationStatus", "visiting"],
        &[
            "e",
            &EventId::from_bytes([7; 32]).to_string(),
            "wss://elsewhere.example",
            "extra",
        ],
        &["x-unknown", "a", "b", "c"],
        &["g", "GB:Brighton", "city"],
        &["e", &one.to_string()],
    ]);
    let list = Draft {
        kind: Kind::COMMUNITY_FOLLOWS,
        created_at: None,
        tags: written.clone(),
        content: "back in town".to_owned(),
    };
    // From a machine whose clock is ahead.
    put_draft(&relay, list, &keys, 1_900_000_000).await;

    let published = published(kith.follow(two).await.unwrap());
    assert_eq!(
        published.accepted.len(),
        1,
        "nip01_108: newer than the last version"
    );
    let address = address::follow_list(kith.public_key().unwrap());
    let mut expected = written.clone();
    expected.push(vec!["e".to_owned(), two.to_string()]);
    assert_eq!(tags_of(&kith, &address).await, expected);

    kith.leave(one).await.unwrap();
    expected.remove(4);
    assert_eq!(tags_of(&kith, &address).await, expected);
}

#[tokio::test]
async fn lbc_16_rewrites_at_the_same_time_do_not_undo_each_other() {
    let relay = relay().await;
    let kith = person(&[&relay], &Keys::generate()).await;
    let mut ids = Vec::new();
    for title in ["one", "two", "three"] {
        ids.push(community(&kith, title).await);
    }
    let follows = futures_util::future::join_all(ids.iter().map(|id| kith.follow(*id)));
    assert!(follows.await.into_iter().all(|outcome| outcome.is_ok()));
    assert_eq!(kith.following().await.unwrap().found.len(), 3);
}

#[tokio::test]
async fn nip51_05_no_list_is_rewritten_while_a_relay_is_down() {
    let (up, down) = (relay().await, relay().await);
    let keys = Keys::generate();
    let kith = person(&[&up, &down], &keys).await;
    let id = community(&kith, "one").await;
    let other = community(&kith, "two").await;
    let member = Keys::generate().public_key().into();
    let down_url = down.url().await;
    down.shutdown();

    match kith.follow(id).await.unwrap_err() {
        FollowError::ListUnavailable(unavailable) => {
            assert_eq!(unavailable.relays.len(), 1);
            assert_eq!(unavailable.relays[0].relay, down_url);
        }
        error => panic!("{error}"),
    }
    assert!(matches!(
        kith.leave(id).await,
        Err(FollowError::ListUnavailable(_))
    ));
    assert!(matches!(
        kith.approve(id, member).await,
        Err(MemberError::ListUnavailable(_))
    ));
    assert!(
        kith.edit_community(id, |metadata| metadata.title.push('!'))
            .await
            .is_err()
    );

    // The user was asked, and says yes.
    let confirmed = kith.with_rewrite(Rewrite::Confirmed);
    let followed = published(confirmed.follow(id).await.unwrap());
    assert_eq!((followed.accepted.len(), followed.refused.len()), (1, 1));
    confirmed.follow(other).await.unwrap();
    // Reading goes on with what is there, and says what is missing.
    let following = kith.following().await.unwrap();
    assert_eq!((following.found.len(), following.silent.len()), (2, 1));
}

#[tokio::test]
async fn nip51_05_a_relay_that_was_never_reached_counts_as_silent() {
    let up = relay().await;
    let mut urls = urls(&[&up]).await;
    urls.push(nowhere().await);
    let kith = connect(urls, &Keys::generate()).await;
    assert_eq!(kith.unreachable().len(), 1);
    assert!(matches!(
        kith.unreachable()[0].reason,
        Reason::Unreachable(_)
    ));
    let id = community(&kith, "one").await;
    assert!(matches!(
        kith.follow(id).await,
        Err(FollowError::ListUnavailable(_))
    ));
}

#[tokio::test]
async fn nip51_05_closed_and_silence_are_no_answer() {
    let silent = scripted(|_, _| vec![]).await;
    let closing = scripted(|verb, id| match verb {
        "REQ" => vec![format!(r#"["CLOSED","{id}","error: shutting down"]"#)],
        _ => vec![],
    })
    .await;
    let cut_off = scripted(|verb, id| match verb {
        // Without a prefix, and with no EOSE before it.
        "REQ" => vec![format!(r#"["CLOSED","{id}",""]"#)],
        _ => vec![],
    })
    .await;
    let good = relay().await;
    let keys = Keys::generate();
    let id = community(&person(&[&good], &keys).await, "one").await;
    for bad in [silent, closing, cut_off] {
        let kith = connect(vec![good.url().await.to_string(), bad.to_string()], &keys).await;
        match kith.follow(id).await.unwrap_err() {
            FollowError::ListUnavailable(unavailable) => {
                assert_eq!(unavailable.relays[0].relay, bad);
            }
            error => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn lbc_16_the_newest_of_all_relays_is_rewritten() {
    let (a, b) = (relay().await, relay().await);
    let keys = Keys::generate();
    let kith = person(&[&a, &b], &keys).await;
    let id = community(&kith, "one").await;
    let (old, new) = (EventId::from_bytes([1; 32]), EventId::from_bytes([2; 32]));
    let list = |id| {
        let mut list = FollowList::new();
        list.follow(id);
        list.draft().unwrap()
    };
    put_draft(&a, list(new), &keys, 1_700_000_200).await;
    put_draft(&b, list(old), &keys, 1_700_000_100).await;
    kith.follow(id).await.unwrap();
    let address = address::follow_list(kith.public_key().unwrap());
    let expected = tags(&[&["e", &new.to_string()], &["e", &id.to_string()]]);
    assert_eq!(tags_of(&kith, &address).await, expected);
}

#[tokio::test]
async fn lbc_51_the_fewest_lists_change() {
    let relay = relay().await;
    let keys = Keys::generate();
    let kith = person(&[&relay], &keys).await;
    let id = community(&kith, "one").await;
    let me = kith.public_key().unwrap();
    let person = Keys::generate().public_key().into();

    let approved = kith.approve(id, person).await.unwrap();
    assert!(approved.members != Change::Unchanged && approved.muted == Change::Unchanged);
    let members = tags_of(&kith, &address::member_list(me, id)).await;
    assert_eq!(members[0], ["d", &id.to_string()]);
    let people: Vec<&str> = members
        .iter()
        .filter(|tag| tag[0] == "p")
        .map(|tag| tag[1].as_str())
        .collect();
    assert_eq!(
        people,
        [me.to_string(), person.to_string()],
        "the owner first, then appended"
    );

    let removed = kith.remove(id, person).await.unwrap();
    assert!(removed.members != Change::Unchanged && removed.muted == Change::Unchanged);
    let muted = kith.mute(id, person).await.unwrap();
    assert!(muted.members == Change::Unchanged && muted.muted != Change::Unchanged);
    let unmuted = kith.unmute(id, person).await.unwrap();
    assert!(unmuted.members == Change::Unchanged && unmuted.muted != Change::Unchanged);
    assert!(matches!(kith.mute(id, me).await, Err(MemberError::Owner)));
}

#[tokio::test]
async fn lbc_48_unknown_tags_and_encrypted_content_of_a_member_list_survive() {
    let relay = relay().await;
    let keys = Keys::generate();
    let kith = person(&[&relay], &keys).await;
    let id = community(&kith, "one").await;
    let mut draft = MemberList::new(id).draft().unwrap();
    draft.content = "AgF-encrypted".to_owned();
    draft.tags.extend(tags(&[
        &["image", "https://example.com/a.png"],
        &["p", "not a key"],
    ]));
    put_draft(&relay, draft.clone(), &keys, 1_900_000_000).await;
    let person = Keys::generate().public_key().into();
    kith.approve(id, person).await.unwrap();
    let address = address::member_list(kith.public_key().unwrap(), id);
    draft.tags.push(vec![
        "p".to_owned(),
        kith_client::PublicKey::to_string(&person),
    ]);
    assert_eq!(tags_of(&kith, &address).await, draft.tags);
    let events = kith
        .client()
        .fetch_events(nostr_filter(&address), crate::support::TIMEOUT)
        .await;
    assert!(
        events
            .unwrap()
            .into_iter()
            .any(|event| event.content == "AgF-encrypted")
    );
}

#[tokio::test]
async fn pfx_04_an_older_version_is_reported_and_not_sent_again() {
    let refusing = scripted(|verb, id| match verb {
        "REQ" => vec![format!(r#"["EOSE","{id}"]"#)],
        "EVENT" => vec![format!(
            r#"["OK","{id}",false,"duplicate: have a newer version"]"#
        )],
        _ => vec![],
    })
    .await;
    let good = relay().await;
    let keys = Keys::generate();
    let kith = connect(
        vec![good.url().await.to_string(), refusing.to_string()],
        &keys,
    )
    .await;
    let draft = FollowList::new().draft().unwrap();
    let published = kith.publish(&draft).await.unwrap();
    assert_eq!(published.accepted, [good.url().await]);
    assert_eq!(published.refused[0].prefix(), Some(Prefix::Duplicate));
    assert_eq!(
        published.refused[0].message(),
        Some("duplicate: have a newer version")
    );
}
