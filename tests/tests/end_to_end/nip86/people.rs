//! Banned keys, allowed keys, roles (NIP86-08 to NIP86-10).

use kith_nips::Event;
use serde_json::{Value, json};

use super::list;
use crate::events::{ids, in_order, note, pubkey};
use crate::harness::{Reply, Socket, TestRelay};
use crate::management::{change, managed};

/// Somebody who compares what there is with nothing of the own (NIP-77).
const NOTHING_HERE: &str = "6100000200";

/// What a stranger finds, by asking, by counting and by comparing, which must agree.
async fn found(socket: &mut Socket, filter: Value) -> Vec<Event> {
    let events = socket.query(filter.clone()).await;
    assert_eq!(socket.count(filter.clone()).await, events.len() as u64);
    if filter.get("search").is_none() {
        assert_eq!(compared(socket, filter).await, events.len());
    }
    events
}

/// How many ids the relay names to somebody who has nothing.
async fn compared(socket: &mut Socket, filter: Value) -> usize {
    socket
        .send(json!(["NEG-OPEN", "compare", filter, NOTHING_HERE]))
        .await;
    let message = match socket.receive().await {
        Reply::NegMsg { message, .. } => message,
        other => panic!("{other:?}"),
    };
    socket.send(json!(["NEG-CLOSE", "compare"])).await;
    // Version, bound and mode take four bytes, and the number of a few ids one; without any there
    // is nothing but the version.
    message.len().saturating_sub(2 * 5) / (2 * 32)
}

#[tokio::test]
async fn nip86_08_nothing_by_a_banned_key_is_taken_or_shown_until_the_ban_ends() {
    let mut relay = managed().await;
    let mut socket = relay.connect().await;
    let theirs = [
        note(1).content("one").signed(),
        note(1).kind(30_000).tag(&["d", "x"]).signed(),
    ];
    let others = note(2).content("two").signed();
    socket.accept_all(&theirs).await;
    socket.accept(&others).await;
    let mut everything = theirs.to_vec();
    everything.push(others.clone());
    let everything = in_order(&everything);
    let mut live = relay.connect().await;
    assert_eq!(live.req("live", json!({})).await.len(), 3);
    let search = json!({"search": "one"});
    assert_eq!(found(&mut socket, search).await, theirs[..1]);
    assert_eq!(found(&mut socket, json!({})).await, everything);

    change(&relay, "banpubkey", json!([pubkey(1), "spam"])).await;
    for filter in [
        json!({"authors": [pubkey(1)]}),
        json!({"ids": ids(&theirs)}),
        json!({"kinds": [30_000]}),
        json!({"search": "one"}),
    ] {
        assert_eq!(found(&mut socket, filter).await, []);
    }
    assert_eq!(found(&mut socket, json!({})).await, [others]);
    for kind in [1, 20_001, 10_002] {
        let more = note(1).kind(kind).content("more").signed();
        socket.event(&more).await.refused_with("blocked");
    }
    live.nothing_delivered().await;
    let banned = json!([{"pubkey": pubkey(1), "reason": "spam"}]);
    assert_eq!(list(&relay, "listbannedpubkeys").await, banned);

    drop((socket, live));
    relay.restart().await;
    assert_eq!(list(&relay, "listbannedpubkeys").await, banned);
    let mut socket = relay.connect().await;
    let again = note(1).content("after the restart").signed();
    socket.event(&again).await.refused_with("blocked");
    assert_eq!(
        found(&mut socket, json!({"authors": [pubkey(1)]})).await,
        []
    );

    change(&relay, "unbanpubkey", json!([pubkey(1)])).await;
    assert_eq!(list(&relay, "listbannedpubkeys").await, json!([]));
    let both = json!({"authors": [pubkey(1), pubkey(2)]});
    assert_eq!(found(&mut socket, both).await, everything);
    socket.accept(&again).await;
}

#[tokio::test]
async fn nip86_08_a_ban_stops_what_is_on_its_way_to_a_reader() {
    let relay = managed().await;
    let mut live = relay.connect().await;
    live.req("live", json!({"authors": [pubkey(1), pubkey(2)]}))
        .await;
    let mut socket = relay.connect().await;
    let first = note(1).content("first").signed();
    socket.accept(&first).await;
    assert_eq!(live.expect_event("live").await, first);
    change(&relay, "banpubkey", json!([pubkey(1)])).await;
    let late = note(1).content("late").signed();
    socket.event(&late).await.refused_with("blocked");
    change(&relay, "unbanpubkey", json!([pubkey(1)])).await;
    socket.accept(&late).await;
    assert_eq!(live.expect_event("live").await, late);
}

#[tokio::test]
async fn nip86_08_and_nip62_06_a_banned_key_may_vanish() {
    let relay = managed().await;
    let mut socket = relay.connect().await;
    let note_of_theirs = note(1).content("one").signed();
    socket.accept(&note_of_theirs).await;
    change(&relay, "banpubkey", json!([pubkey(1)])).await;
    let vanish = note(1).kind(62).tag(&["relay", "ALL_RELAYS"]).signed();
    socket.event(&vanish).await.stored();
    change(&relay, "unbanpubkey", json!([pubkey(1)])).await;
    let filter = json!({"ids": [note_of_theirs.id()]});
    assert_eq!(found(&mut socket, filter).await, []);
}

#[tokio::test]
async fn nip86_09_and_nip43_14_only_allowed_keys_write() {
    let mut relay = managed().await;
    let mut socket = relay.connect().await;
    let earlier = note(2).content("earlier").signed();
    socket.accept(&earlier).await;
    change(&relay, "allowpubkey", json!([pubkey(1), "friend"])).await;
    socket.accept(&note(1).signed()).await;
    let refused = note(2).content("later").signed();
    socket.event(&refused).await.refused_with("restricted");
    // Where to find somebody, and the right to vanish, are for everybody.
    for kind in [10_002, 10_050] {
        socket.accept(&note(2).kind(kind).signed()).await;
    }
    assert_eq!(
        found(&mut socket, json!({"ids": [earlier.id()]})).await,
        [earlier]
    );
    let allowed = json!([{"pubkey": pubkey(1), "reason": "friend"}]);
    assert_eq!(list(&relay, "listallowedpubkeys").await, allowed);
    assert!(restricted_writes(&relay).await);

    drop(socket);
    relay.restart().await;
    assert_eq!(list(&relay, "listallowedpubkeys").await, allowed);
    let mut socket = relay.connect().await;
    socket.event(&refused).await.refused_with("restricted");
    change(&relay, "unallowpubkey", json!([pubkey(1)])).await;
    assert_eq!(list(&relay, "listallowedpubkeys").await, json!([]));
    socket.accept(&refused).await;
    assert!(!restricted_writes(&relay).await);
}

/// What the relay announces (NIP11-15).
async fn restricted_writes(relay: &TestRelay) -> bool {
    let answer = relay.get("/", "Accept: application/nostr+json\r\n").await;
    answer.contains(r#""restricted_writes":true"#)
}

#[tokio::test]
async fn nip86_08_and_09_a_key_is_banned_or_allowed_never_both() {
    let relay = managed().await;
    change(&relay, "allowpubkey", json!([pubkey(1)])).await;
    change(&relay, "banpubkey", json!([pubkey(1)])).await;
    assert_eq!(list(&relay, "listallowedpubkeys").await, json!([]));
    change(&relay, "allowpubkey", json!([pubkey(1)])).await;
    assert_eq!(list(&relay, "listbannedpubkeys").await, json!([]));
}
