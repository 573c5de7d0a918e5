//! A signer that is there, and says nothing when it is asked to sign: whoever waits for it does so for
//! its time, and what needs no signature goes on.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kith_client::{
    Announcing, Audience, Kith, Local, NewAnnouncement, NewCommunity, PublicKey, PublishError,
    Reason, RelayUrl, RemoteSigner, Search,
};
use nostr_sdk::nips::nip44;

use super::{Answers, Keys, bunker, draft, honest, options, result, signer};
use crate::support::{TIMEOUT, person, private_relay, relay};

/// Comes within this time or never.
const DEADLINE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn nip46_a_signer_that_never_answers_holds_up_only_what_it_has_to_sign() {
    let (open, private) = (relay().await, private_relay().await);
    let urls = [
        open.url().await.to_string(),
        private.url().await.to_string(),
    ];
    let owner = person(&[&open], &Keys::generate()).await;
    owner
        .create_community(&NewCommunity::new("Open"))
        .await
        .unwrap();

    let (user, keys) = (Keys::generate(), Keys::generate());
    let inner = honest(&user, "once");
    let answers: Answers = Box::new(move |client, method, params| match method {
        "sign_event" => Vec::new(),
        _ => inner(client, method, params),
    });
    let (_signer, asked) = signer(&urls[0], &keys, answers).await;
    let bunker = bunker(&keys, &urls[0], "once");
    let remote = RemoteSigner::connect(&bunker, options()).await.unwrap();
    let builder = Kith::builder().relays(urls).signer(remote).timeout(TIMEOUT);
    let kith = builder.connect().await.unwrap();

    // One relay asks who is there, and is never told; the other answers.
    let communities = kith.communities(&Search::new()).await.unwrap();
    assert_eq!(communities.found[0].title(), "Open");
    let [refusal] = &communities.silent[..] else {
        panic!("{:?}", communities.silent)
    };
    let Reason::Authentication(why) = &refusal.reason else {
        panic!("{refusal}")
    };
    assert!(why.contains("did not answer within"), "{why}");
    match kith.publish(&draft("mine")).await.unwrap_err() {
        PublishError::Signer(why) => assert!(why.contains("did not answer within"), "{why}"),
        error => panic!("{error}"),
    }
    let asked = asked.lock().unwrap();
    assert!(
        asked
            .iter()
            .filter(|(method, _)| method == "sign_event")
            .count()
            >= 2
    );
}

/// Encrypts for `user`, and signs so many notes; then it says nothing when it is asked to sign.
fn tired_after(user: &Keys, signatures: &Arc<AtomicUsize>) -> Answers {
    let (inner, user, left) = (honest(user, "once"), user.clone(), Arc::clone(signatures));
    Box::new(move |client, method, params| match method {
        "nip44_encrypt" => {
            let to = nostr_sdk::PublicKey::parse(&params[0]).unwrap();
            let version = nip44::Version::default();
            result(nip44::encrypt(user.secret_key(), &to, &params[1], version).unwrap())
        }
        "sign_event" => {
            let one_less = |left: usize| left.checked_sub(1);
            match left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less) {
                Ok(_) => inner(client, method, params),
                Err(_) => Vec::new(),
            }
        }
        _ => inner(client, method, params),
    })
}

/// Who was reached, and why it ended if it did.
async fn carried_out(mut announcing: Announcing) -> (BTreeSet<PublicKey>, Option<String>) {
    let mut reached = BTreeSet::new();
    loop {
        let next = tokio::time::timeout(DEADLINE, announcing.next()).await;
        match next.unwrap() {
            None => return (reached, None),
            Some(Err(error)) => return (reached, Some(error.to_string())),
            Some(Ok(told)) => {
                assert!(told.delivery.is_reached(), "{told:?}");
                assert!(reached.insert(told.person), "{told:?}");
            }
        }
    }
}

#[tokio::test]
async fn nip46_an_announcement_ends_with_a_signer_that_falls_silent_and_goes_on_with_it() {
    const PEOPLE: usize = 6;
    const SIGNED: usize = 4;
    let relay = relay().await;
    let url = relay.url().await.to_string();
    let inbox = RelayUrl::parse(&url).unwrap();
    let (user, keys) = (Keys::generate(), Keys::generate());
    let owner = person(&[&relay], &user).await;
    let id = owner
        .create_community(&NewCommunity::new("Brighton Chess"))
        .await
        .unwrap()
        .id;
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        let kith = person(&[&relay], &Keys::generate()).await;
        kith.open_inbox(std::slice::from_ref(&inbox)).await.unwrap();
        kith.follow(id).await.unwrap();
        people.push(kith);
    }

    let signatures = Arc::new(AtomicUsize::new(SIGNED));
    let (_signer, _) = signer(&url, &keys, tired_after(&user, &signatures)).await;
    let bunker = bunker(&keys, &url, "once");
    let remote = RemoteSigner::connect(&bunker, options()).await.unwrap();
    let builder = Kith::builder().relay(&url).signer(remote).timeout(TIMEOUT);
    let kith = builder.connect().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let local = Local::open(folder.path().join("local.db")).await.unwrap();
    let new = NewAnnouncement::new(id, Audience::Followers, "We moved");

    let first = kith.announce(&local, &new).await.unwrap();
    let (reached, error) = carried_out(first).await;
    assert_eq!(reached.len(), SIGNED);
    let error = error.unwrap();
    assert!(error.contains("did not answer within"), "{error}");
    let me = kith.public_key().unwrap();
    let records = local.announcements(me).await.unwrap();
    assert_eq!(records[0].counts.reached, SIGNED);
    assert!(!records[0].is_finished());

    signatures.store(PEOPLE, Ordering::Relaxed);
    let second = kith.resume_announcement(&local, &records[0]).await.unwrap();
    assert_eq!(second.reached_before(), SIGNED);
    let (later, error) = carried_out(second).await;
    assert_eq!(error, None);
    assert!(later.is_disjoint(&reached));
    assert_eq!(later.len() + reached.len(), PEOPLE);
    // Nobody's message was signed twice.
    assert_eq!(signatures.load(Ordering::Relaxed), SIGNED);
    let records = local.announcements(me).await.unwrap();
    assert!(records[0].is_finished());
    for person in people {
        let found = person.messages().await.unwrap().found;
        assert_eq!((found.len(), found[0].wraps.len()), (1, 1));
    }
}
