//! Blocked addresses (NIP86-15). The clients of these tests come through a proxy that is trusted to
//! name them, but for one test.

use serde_json::json;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::list;
use crate::harness::{RawClient, Reply, TestRelay, assert_prefix};
use crate::management::{change, managed, managed_with};

/// A relay behind a proxy on this machine.
async fn behind_a_proxy() -> TestRelay {
    managed_with(|config| config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]).await
}

/// Connects from this address; gives the first line of the answer too.
async fn connect_from(relay: &TestRelay, address: &str) -> (String, RawClient) {
    let headers = format!("X-Forwarded-For: {address}\r\n");
    let (head, client) = RawClient::upgrade(relay.address(), "/", &headers).await;
    (head.lines().next().unwrap().to_owned(), client)
}

#[tokio::test]
async fn nip86_15_a_blocked_address_is_refused_and_what_it_has_open_is_closed() {
    let mut relay = behind_a_proxy().await;
    let (head, mut blocked) = connect_from(&relay, "192.0.2.1").await;
    assert!(head.contains(" 101 "), "{head}");
    blocked.expect_greeting().await;
    blocked.send_text(r#"["REQ","all",{}]"#).await;
    assert!(matches!(blocked.receive_reply().await, Reply::Eose { .. }));
    let (_, mut other) = connect_from(&relay, "192.0.2.2").await;
    other.expect_greeting().await;

    change(&relay, "blockip", json!(["192.0.2.1", "flood"])).await;
    let (replies, code) = blocked.farewell().await;
    assert_eq!(code, Some(CloseCode::Policy.into()));
    let [Reply::Closed { message, .. }] = &replies[..] else {
        panic!("{replies:?}");
    };
    assert_prefix(message, "blocked");
    for address in ["192.0.2.1", "::ffff:192.0.2.1"] {
        let (head, _) = connect_from(&relay, address).await;
        assert!(head.contains(" 403 "), "{address}: {head}");
    }
    let page = relay.get("/", "X-Forwarded-For: 192.0.2.1\r\n").await;
    assert!(page.starts_with("HTTP/1.1 403 "), "{page}");
    // The others notice nothing.
    other.send_text(r#"["REQ","all",{}]"#).await;
    assert!(matches!(other.receive_reply().await, Reply::Eose { .. }));
    drop(other);
    let listed = json!([{"ip": "192.0.2.1", "reason": "flood"}]);
    assert_eq!(list(&relay, "listblockedips").await, listed);

    relay.restart().await;
    assert_eq!(list(&relay, "listblockedips").await, listed);
    assert!(connect_from(&relay, "192.0.2.1").await.0.contains(" 403 "));
    change(&relay, "unblockip", json!(["::ffff:192.0.2.1"])).await;
    assert_eq!(list(&relay, "listblockedips").await, json!([]));
    assert!(connect_from(&relay, "192.0.2.1").await.0.contains(" 101 "));
}

#[tokio::test]
async fn nip86_15_an_ipv4_address_written_in_ipv6_is_the_same() {
    let relay = behind_a_proxy().await;
    change(&relay, "blockip", json!(["::ffff:192.0.2.7"])).await;
    change(&relay, "blockip", json!(["192.0.2.7"])).await;
    let listed = json!([{"ip": "192.0.2.7", "reason": ""}]);
    assert_eq!(list(&relay, "listblockedips").await, listed);
    assert!(connect_from(&relay, "192.0.2.7").await.0.contains(" 403 "));
    change(&relay, "blockip", json!(["2001:db8::1"])).await;
    let (head, _) = connect_from(&relay, "2001:DB8:0::1").await;
    assert!(head.contains(" 403 "), "{head}");
}

#[tokio::test]
async fn nip86_15_an_administrator_can_take_back_a_block_of_the_own_address() {
    let relay = managed().await;
    let mut socket = relay.connect().await;
    change(&relay, "blockip", json!(["127.0.0.1"])).await;
    assert_eq!(socket.farewell().await.code, Some(CloseCode::Policy));
    let (head, _) = RawClient::upgrade(relay.address(), "/", "").await;
    assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
    change(&relay, "unblockip", json!(["127.0.0.1"])).await;
    relay.connect().await;
}
