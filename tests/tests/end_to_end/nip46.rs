//! NIP-46, remote signing: the relay carries requests and answers between strangers.

use serde_json::json;

use crate::events::{Note, note, now, pubkey};
use crate::harness::TestRelay;

const REMOTE_SIGNING: u16 = 24_133;

/// A message from the key `from` to the key `to`; the relay cannot read it.
fn letter(from: u32, to: u32, content: &str) -> Note {
    note(from)
        .kind(REMOTE_SIGNING)
        .at(now())
        .tag(&["p", &pubkey(to).to_string()])
        .content(content)
}

#[tokio::test]
async fn nip46_01_requests_and_answers_pass_between_strangers() {
    let relay = TestRelay::start().await;
    // Nobody authenticates.
    let mut signer = relay.connect().await;
    let mut client = relay.connect().await;
    let mut other = relay.connect().await;
    for (socket, key) in [(&mut signer, 1), (&mut client, 2), (&mut other, 3)] {
        let filter = json!({"kinds": [REMOTE_SIGNING], "#p": [pubkey(key)]});
        assert_eq!(socket.req("mine", filter).await, []);
    }
    for round in ["connect", "sign_event"] {
        let request = letter(2, 1, round).signed();
        client.accept(&request).await;
        assert_eq!(signer.expect_event("mine").await, request);
        let answer = letter(1, 2, round)
            .tag(&["e", &request.id().to_string()])
            .signed();
        signer.accept(&answer).await;
        assert_eq!(client.expect_event("mine").await, answer);
    }
    for socket in [&mut signer, &mut client, &mut other] {
        socket.nothing_delivered().await;
    }
}

#[tokio::test]
async fn nip46_01_nothing_of_it_is_kept() {
    let mut relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let request = letter(2, 1, "request").signed();
    // Whoever is not there misses it, and it is no duplicate the next time.
    socket.accept(&request).await;
    for filter in [
        json!({"ids": [request.id()]}),
        json!({"kinds": [REMOTE_SIGNING]}),
        json!({"#p": [pubkey(1)]}),
        json!({}),
    ] {
        assert_eq!(socket.query(filter.clone()).await, []);
        assert_eq!(socket.count(filter).await, 0);
    }
    let mut late = relay.connect().await;
    let filter = json!({"kinds": [REMOTE_SIGNING], "#p": [pubkey(1)]});
    assert_eq!(late.req("mine", filter).await, []);
    socket.accept(&request).await;
    assert_eq!(late.expect_event("mine").await, request);
    drop((socket, late));
    relay.restart().await;
    assert_eq!(relay.connect().await.count(json!({})).await, 0);
}

#[tokio::test]
async fn nip46_01_an_operator_may_ask_for_authentication_all_the_same() {
    let relay = TestRelay::start_with(|config| config.policy.auth_required = true).await;
    let mut socket = relay.connect().await;
    let request = letter(2, 1, "request").signed();
    socket.event(&request).await.refused_with("auth-required");
    // Any key will do: it need not be that of the request, which is made for the occasion.
    socket.authenticate(9).await.stored();
    socket.accept(&request).await;
}
