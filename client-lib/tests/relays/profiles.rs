//! Profiles: one's own is rewritten from the newest version and loses nothing, that of others is read.

use kith_client::nip24::{Field, ProfileChange};
use kith_client::{
    Change, ChangedProfile, Draft, Keys, Kind, Kith, ProfileError, PublicKey, PublishError, Rewrite,
};
use nostr_relay_builder::local::LocalRelay;

use crate::support::{TIMEOUT, connect, nowhere, person, put_draft, reader, relay, tags, urls};

const WRITTEN: u64 = 1_700_000_000;

fn key(keys: &Keys) -> PublicKey {
    keys.public_key().into()
}

fn profile(content: &str) -> Draft {
    Draft {
        kind: Kind::PROFILE,
        created_at: None,
        tags: tags(&[&["i", "github:ben", "kept"], &["x"]]),
        content: content.to_owned(),
    }
}

fn named(name: &str) -> ProfileChange {
    let mut change = ProfileChange::new();
    change.set(Field::Name, name).unwrap();
    change
}

/// The profile as it is on a relay.
async fn on_relay(relay: &LocalRelay, of: &Keys) -> nostr_sdk::Event {
    let client = nostr_sdk::Client::default();
    client.add_relay(relay.url().await).await.unwrap();
    client.connect().await;
    let filter = nostr_sdk::Filter::new()
        .kind(nostr_sdk::Kind::Metadata)
        .author(of.public_key());
    let found = client.fetch_events(filter, TIMEOUT).await.unwrap();
    assert_eq!(found.len(), 1);
    found.first().unwrap().clone()
}

fn published(changed: &ChangedProfile) -> usize {
    match &changed.change {
        Change::Published(published) => published.accepted.len(),
        Change::Unchanged => panic!("nothing changed"),
    }
}

#[tokio::test]
async fn nip01_109_a_change_starts_from_the_newest_profile_and_keeps_what_it_does_not_know() {
    let (one, two) = (relay().await, relay().await);
    let ben = Keys::generate();
    // One relay missed the newest version.
    put_draft(
        &one,
        profile(r#"{"name":"old","about":"old"}"#),
        &ben,
        WRITTEN,
    )
    .await;
    let newest = r#"{"name":"b","display_name":"Ben","lud16":"b@example.com","n":1.50}"#;
    put_draft(&two, profile(newest), &ben, WRITTEN + 1).await;

    let kith = person(&[&one, &two], &ben).await;
    let mut change = named("Benjamin");
    change.set(Field::Website, "https://example.com").unwrap();
    let changed = kith.change_profile(&change).await.unwrap();
    assert_eq!(published(&changed), 2);
    let content = concat!(
        r#"{"display_name":"Benjamin","lud16":"b@example.com","n":1.50,"name":"Benjamin","#,
        r#""website":"https://example.com/"}"#
    );
    for relay in [&one, &two] {
        let event = on_relay(relay, &ben).await;
        assert_eq!(event.content, content);
        let kept: Vec<_> = event
            .tags
            .iter()
            .map(|tag| tag.as_slice().to_vec())
            .collect();
        assert_eq!(kept, profile("").tags);
    }
    let again = kith.change_profile(&change).await.unwrap();
    assert_eq!(again.change, Change::Unchanged);
    assert_eq!(again.profile, changed.profile);

    let own = kith.own_profile().await.unwrap();
    assert_eq!((own.profile, own.silent), (Some(changed.profile), vec![]));
    let stranger = reader(&[&one]).await;
    let seen = stranger.profile_of(key(&ben)).await.unwrap().profile;
    assert_eq!(seen.unwrap().name.as_deref(), Some("Benjamin"));
    let nobody = key(&Keys::generate());
    assert_eq!(stranger.profile_of(nobody).await.unwrap().profile, None);
    let error = stranger.change_profile(&change).await.unwrap_err();
    assert!(matches!(
        error,
        ProfileError::Publish(PublishError::ReadOnly)
    ));
}

#[tokio::test]
async fn nip51_05_a_profile_is_not_rewritten_while_a_relay_is_silent() {
    let relay = relay().await;
    let ben = Keys::generate();
    put_draft(&relay, profile(r#"{"about":"here"}"#), &ben, WRITTEN).await;
    let mut both = urls(&[&relay]).await;
    both.push(nowhere().await);
    let kith = connect(both, &ben).await;
    let error = kith.change_profile(&named("Ben")).await.unwrap_err();
    assert!(matches!(error, ProfileError::ListUnavailable(_)), "{error}");
    assert!(
        error
            .to_string()
            .starts_with("your profile was not changed")
    );
    assert_eq!(on_relay(&relay, &ben).await.content, r#"{"about":"here"}"#);
    let own = kith.own_profile().await.unwrap();
    assert_eq!((own.profile.unwrap().name, own.silent.len()), (None, 1));

    let kith = kith.with_rewrite(Rewrite::Confirmed);
    kith.change_profile(&named("Ben")).await.unwrap();
    let content = on_relay(&relay, &ben).await.content;
    assert_eq!(content, r#"{"about":"here","name":"Ben"}"#);
}

#[tokio::test]
async fn nip01_108_a_profile_is_dated_after_the_one_that_it_replaces() {
    const AHEAD: u64 = WRITTEN + 3_600;
    fn now() -> u64 {
        WRITTEN
    }
    let relay = relay().await;
    let ben = Keys::generate();
    // From a machine whose clock is ahead.
    put_draft(&relay, profile(r#"{"name":"b"}"#), &ben, AHEAD).await;
    let builder = Kith::builder().relays(urls(&[&relay]).await).clock(now);
    let builder = builder.signer(ben.clone()).timeout(TIMEOUT);
    let kith = builder.connect().await.unwrap();
    for (name, at) in [("Ben", AHEAD + 1), ("Benjamin", AHEAD + 2)] {
        assert_eq!(
            published(&kith.change_profile(&named(name)).await.unwrap()),
            1
        );
        let event = on_relay(&relay, &ben).await;
        assert_eq!(event.content, format!(r#"{{"name":"{name}"}}"#));
        assert_eq!(event.created_at.as_secs(), at, "{name}");
    }
    // Somebody who has none writes the first one now.
    let ada = Keys::generate();
    let builder = Kith::builder().relays(urls(&[&relay]).await).clock(now);
    let kith = builder.signer(ada.clone()).connect().await.unwrap();
    kith.change_profile(&named("Ada")).await.unwrap();
    let event = on_relay(&relay, &ada).await;
    assert_eq!(event.content, r#"{"name":"Ada"}"#);
    assert_eq!(event.created_at.as_secs(), WRITTEN);
}
