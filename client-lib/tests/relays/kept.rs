//! What is kept on this machine, and what links lead to: lists that were superseded elsewhere, and the
//! relays that links name.

use std::time::Duration;

use kith_client::lbc::{Community, FollowList};
use kith_client::{
    EventId, FollowError, Keys, Kith, KithBuilder, Local, LookupError, NewCommunity, Reference,
    RelayUrl, Target,
};
use nostr_relay_builder::local::LocalRelay;

use crate::support::{TIMEOUT, person, put, relay, urls};

const FOUNDED: u64 = 1_700_000_000;

/// Comes within this time or never.
const DEADLINE: Duration = Duration::from_secs(60);

fn list(communities: &[EventId]) -> FollowList {
    let mut list = FollowList::new();
    for id in communities {
        list.follow(*id);
    }
    list
}

async fn with(relays: &[&LocalRelay], keys: &Keys, local: &Local) -> KithBuilder {
    let builder = Kith::builder().relays(urls(relays).await);
    let builder = builder.signer(keys.clone()).timeout(TIMEOUT);
    builder.local(local.clone())
}

/// Whom this handle sees following, and whether relays said so; what was read is kept afterwards.
async fn follows(kith: &Kith) -> (Vec<EventId>, bool) {
    let me = kith.public_key().unwrap();
    let found = kith.following_of(me).await.unwrap().found;
    kith.settle(DEADLINE).await;
    let ids = found.iter().map(|view| view.id()).collect();
    (ids, kith.freshness().is_from_relays())
}

#[tokio::test]
async fn nip01_104_a_list_that_was_superseded_elsewhere_is_replaced_when_a_relay_tells() {
    let (one, two) = (relay().await, relay().await);
    let keys = Keys::generate();
    let mut ids = Vec::new();
    for text in ["a", "b"] {
        ids.push(put(&one, &Community::new(text), &keys, FOUNDED).await.id());
    }
    let folder = tempfile::tempdir().unwrap();
    let local = Local::open(folder.path().join("local.db")).await.unwrap();
    put(&one, &list(&ids[..1]), &keys, FOUNDED).await;
    let kith = with(&[&one], &keys, &local).await.connect().await.unwrap();
    assert_eq!(follows(&kith).await, (ids[..1].to_vec(), true));
    kith.disconnect().await;
    // Another program of the same person, on another relay.
    put(&two, &list(&ids), &keys, FOUNDED + 1).await;

    let both = [&one, &two];
    let offline = async || {
        let builder = with(&both, &keys, &local).await;
        builder.offline().connect().await.unwrap()
    };
    let kith = offline().await;
    assert_eq!(follows(&kith).await, (ids[..1].to_vec(), false));
    // Nobody knows whether it is the newest, so it is not what a change is made from.
    let error = kith.leave(ids[0]).await.unwrap_err();
    assert!(matches!(error, FollowError::ListUnavailable(_)), "{error}");
    assert_eq!(local.queued().await.unwrap(), []);
    kith.disconnect().await;

    let kith = with(&both, &keys, &local).await.connect().await.unwrap();
    assert_eq!(follows(&kith).await, (ids.clone(), true));
    kith.disconnect().await;
    // Who asks the relay with the old one alone does not forget the new one.
    let kith = with(&[&one], &keys, &local).await.connect().await.unwrap();
    assert_eq!(follows(&kith).await, (ids[..1].to_vec(), true));
    kith.disconnect().await;
    let kith = offline().await;
    assert_eq!(follows(&kith).await, (ids, false));
}

fn link(target: Target, relays: &[&str]) -> Reference {
    let relays = relays.iter().map(|relay| RelayUrl::parse(relay).unwrap());
    let relays = relays.collect();
    let reference = Reference { target, relays };
    reference.to_nip19().unwrap().parse().unwrap()
}

#[tokio::test]
async fn nip19_a_link_leads_to_the_relays_that_it_names() {
    let (home, elsewhere) = (relay().await, relay().await);
    let owner = person(&[&elsewhere], &Keys::generate()).await;
    let new = NewCommunity::new("Brighton Chess");
    let created = owner.create_community(&new).await.unwrap();
    let me = owner.public_key().unwrap();
    let address = kith_client::lbc::address::metadata(me, created.id);
    let url = elsewhere.url().await.to_string();
    let keys = Keys::generate();
    for [with_hint, without] in [Target::Id(created.id), Target::Address(address)]
        .map(|target| [link(target.clone(), &[&url]), link(target, &[])])
    {
        let kith = person(&[&home], &keys).await;
        let error = kith.community(&without).await.unwrap_err();
        assert!(matches!(error, LookupError::NotFound { .. }), "{error}");
        let found = kith.community(&with_hint).await.unwrap();
        assert_eq!(found.title(), "Brighton Chess");
        // From then on it is asked as well.
        assert_eq!(kith.community(&without).await.unwrap().id(), created.id);

        let builder = Kith::builder().relays(urls(&[&home]).await);
        let alone = builder.without_relay_lists().connect().await.unwrap();
        let error = alone.community(&with_hint).await.unwrap_err();
        assert!(matches!(error, LookupError::NotFound { .. }), "{error}");
    }
}

#[tokio::test]
async fn nip19_a_link_with_dead_and_plain_relays_is_followed_all_the_same() {
    let (home, elsewhere) = (relay().await, relay().await);
    let owner = person(&[&elsewhere], &Keys::generate()).await;
    let new = NewCommunity::new("Brighton Chess");
    let id = owner.create_community(&new).await.unwrap().id;
    let gone = crate::support::nowhere().await;
    let url = elsewhere.url().await.to_string();
    let link = link(Target::Id(id), &["ws://relay.example.com", &gone, &url]);
    let kith = person(&[&home], &Keys::generate()).await;
    let found = kith.community(&link).await.unwrap();
    assert_eq!(found.title(), "Brighton Chess");
    let asked = kith.client().relays().await;
    assert!(
        asked
            .keys()
            .all(|relay| !relay.as_str().contains("example.com"))
    );
}
