//! Who gets the document (NIP11-01 to NIP11-04).

use super::{ASK, document, request};
use crate::harness::{RawClient, TestRelay};

#[tokio::test]
async fn nip11_01_who_accepts_the_document_gets_it() {
    let relay = TestRelay::start().await;
    for accept in [
        "Accept: application/nostr+json\r\n",
        "accept:application/nostr+json\r\n",
        "Accept: Application/Nostr+JSON\r\n",
        "Accept: application/nostr+json; charset=utf-8\r\n",
        "Accept: application/nostr+json;q=0.001\r\n",
        "Accept: application/nostr+json ; q=1\r\n",
        "Accept: text/html, application/nostr+json;q=0.1, */*;q=0.5\r\n",
        "Accept: application/nostr+json, text/html\r\n",
        "Accept: text/html\r\nAccept: application/nostr+json\r\n",
    ] {
        let response = request(&relay, "GET", accept).await;
        assert_eq!(response.status, 200, "{accept}");
        let document = response.document();
        assert!(document.contains_key("supported_nips"), "{accept}");
    }
    // On the relay's own path, wherever that is.
    let relay = TestRelay::start_with(|config| config.server.path = "/nostr".to_owned()).await;
    assert!(document(&relay).await.contains_key("supported_nips"));
}

#[tokio::test]
async fn nip11_02_who_does_not_accept_it_gets_a_page() {
    let relay = TestRelay::start().await;
    for accept in [
        "",
        "Accept: text/html\r\n",
        "Accept: */*\r\n",
        "Accept: application/*\r\n",
        "Accept: application/json\r\n",
        "Accept: application/nostr+json;q=0\r\n",
        "Accept: application/nostr+json; q=0.000, text/html\r\n",
        "Accept: text/html, application/nostr+json;Q=0.0\r\n",
        "Accept: application/nostr+jsonl\r\n",
        "Accept: text/html;x=application/nostr+json\r\n",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n",
    ] {
        let response = request(&relay, "GET", accept).await;
        assert_eq!(response.status, 200, "{accept}");
        let media_type = response.header("content-type").unwrap();
        assert!(
            media_type.starts_with("text/html"),
            "{accept}: {media_type}"
        );
        assert!(response.body.contains("<html"), "{accept}");
    }
}

#[tokio::test]
async fn nip11_03_pages_of_other_sites_may_read_the_document() {
    let relay = TestRelay::start().await;
    let origin = "Origin: https://app.example.com\r\n";
    let preflight = format!(
        "{origin}Access-Control-Request-Method: GET\r\n\
         Access-Control-Request-Headers: accept\r\n"
    );
    for (method, headers) in [
        ("GET", ASK.to_owned()),
        ("GET", format!("{ASK}{origin}")),
        ("HEAD", format!("{ASK}{origin}")),
        ("OPTIONS", String::new()),
        ("OPTIONS", preflight),
    ] {
        let response = request(&relay, method, &headers).await;
        assert!([200, 204].contains(&response.status), "{response:?}");
        assert_eq!(response.header("access-control-allow-origin"), Some("*"));
        let names = response.header("access-control-allow-headers").unwrap();
        assert!(
            names == "*" || names.to_lowercase().contains("accept"),
            "{names}"
        );
        let methods = response.header("access-control-allow-methods").unwrap();
        assert!(methods == "*" || methods.contains("GET"), "{methods}");
    }
}

#[tokio::test]
async fn nip11_04_one_port_answers_everybody() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    assert!(document(&relay).await.contains_key("name"));
    socket.nothing_more().await;
    // Who wants to talk is not given something to read.
    for accept in [ASK, "Accept: text/html\r\n", "Accept: */*\r\n"] {
        let (head, mut client) = RawClient::upgrade(relay.address(), "/", accept).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        client.expect_greeting().await;
    }
}
