//! A signer that is there, and says nothing when it is asked to sign: whoever waits for it does so for
//! its time, and what needs no signature goes on.

use kith_client::{Kith, NewCommunity, PublishError, Reason, RemoteSigner, Search};

use super::{Answers, Keys, bunker, draft, honest, options, signer};
use crate::support::{TIMEOUT, person, private_relay, relay};

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
    let answers: Answers = Box::new(move |method, params| match method {
        "sign_event" => Vec::new(),
        _ => inner(method, params),
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
