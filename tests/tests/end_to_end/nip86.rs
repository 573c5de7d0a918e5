//! NIP-86, management, line by line: who may ask and in which form is here, what each method does is
//! in the modules below.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::events::{note, pubkey};
use crate::harness::{TestRelay, within_deadline};
use crate::management::{
    ADMINISTRATOR, Request, change, failure, header, http_url, manage, managed, post,
};

mod addresses;
mod events;
mod kinds;
mod people;
mod texts;

/// Every method of the NIP.
const METHODS: [&str; 25] = [
    "supportedmethods",
    "banpubkey",
    "unbanpubkey",
    "listbannedpubkeys",
    "allowpubkey",
    "unallowpubkey",
    "listallowedpubkeys",
    "createrole",
    "editrole",
    "deleterole",
    "assignrole",
    "unassignrole",
    "listeventsneedingmoderation",
    "allowevent",
    "banevent",
    "listbannedevents",
    "changerelayname",
    "changerelaydescription",
    "changerelayicon",
    "allowkind",
    "disallowkind",
    "listallowedkinds",
    "blockip",
    "unblockip",
    "listblockedips",
];

/// Asks for a list.
async fn list(relay: &TestRelay, method: &str) -> Value {
    manage(relay, method, json!([])).await
}

/// Whether the relay announces management.
async fn announces(relay: &TestRelay) -> bool {
    let answer = relay.get("/", "Accept: application/nostr+json\r\n").await;
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let document: Value = serde_json::from_str(body).unwrap();
    document["supported_nips"]
        .as_array()
        .unwrap()
        .contains(&json!(86))
}

#[tokio::test]
async fn nip86_01_and_nip11_07_08_announced_and_answered_where_there_are_administrators() {
    let relay = managed().await;
    assert!(announces(&relay).await);
    assert_eq!(list(&relay, "listbannedpubkeys").await, json!([]));
    let mut request = Request::new(&relay, "listbannedpubkeys", json!([]));
    request.headers = "content-type: Application/Nostr+JSON+RPC; charset=utf-8\r\n".to_owned();
    request.send(&relay).await.answer(200);
    // Other things that are posted are not management.
    request.headers = "Content-Type: application/json\r\n".to_owned();
    assert_eq!(request.send(&relay).await.status, 405);
    relay.reload(&[("KITH_RELAY_FEATURES_MANAGEMENT", "false")]);
    let request = Request::new(&relay, "listbannedpubkeys", json!([]));
    assert_eq!(request.send(&relay).await.status, 405);
    assert!(!announces(&relay).await);
    let unmanaged = TestRelay::start().await;
    assert!(!announces(&unmanaged).await);
    let request = Request::new(&unmanaged, "listbannedpubkeys", json!([]));
    request.send(&unmanaged).await.refused(403);
}

#[tokio::test]
async fn nip86_02_and_03_without_a_right_authorization_nothing_happens() {
    let relay = managed().await;
    let ban = Request::new(&relay, "banpubkey", json!([pubkey(1)]));
    let bare = Request {
        payload: false,
        ..ban.clone()
    };
    let other_body = Request::new(&relay, "banpubkey", json!([pubkey(2)]));
    for (request, header) in [
        (&ban, String::new()),
        (&ban, "Basic YWRtaW46YWRtaW4=".to_owned()),
        (&ban, "Nostr e30=".to_owned()),
        (&bare, header(&bare.signed())),
        (&ban, header(&other_body.signed())),
    ] {
        let response = request.send_with(&relay, &header).await;
        response.refused(401);
        assert!(response.head.contains("www-authenticate: nostr"));
    }
    assert_eq!(list(&relay, "listbannedpubkeys").await, json!([]));
}

#[tokio::test]
async fn nip86_04_both_spellings_of_the_address() {
    let relay = managed().await;
    let port = relay.address().port();
    for url in [
        relay.url(),
        http_url(&relay),
        format!("http://localhost:{port}"),
        format!("ws://127.0.0.1:{port}/"),
    ] {
        let request = Request::by(ADMINISTRATOR, &url, "listbannedpubkeys", json!([]));
        request.send(&relay).await.answer(200);
    }
    for url in [
        "http://relay.example.com/",
        "https://localhost/",
        "nonsense",
    ] {
        let request = Request::by(ADMINISTRATOR, url, "listbannedpubkeys", json!([]));
        request.send(&relay).await.refused(401);
    }
}

#[tokio::test]
async fn nip86_05_others_are_refused_and_the_list_of_administrators_is_read_live() {
    let relay = managed().await;
    let ban = || Request::by(1, &http_url(&relay), "banpubkey", json!([pubkey(2)]));
    ban().send(&relay).await.refused(403);
    assert_eq!(list(&relay, "listbannedpubkeys").await, json!([]));
    let administrators = format!("{},{}", pubkey(ADMINISTRATOR), pubkey(1));
    relay.reload(&[("KITH_RELAY_POLICY_ADMINISTRATORS", &administrators)]);
    ban().send(&relay).await.answer(200);
    let banned = json!([{"pubkey": pubkey(2), "reason": ""}]);
    assert_eq!(list(&relay, "listbannedpubkeys").await, banned);
}

#[tokio::test]
async fn nip86_06_an_authorization_is_good_once() {
    let relay = managed().await;
    change(&relay, "unbanpubkey", json!([pubkey(1)])).await;
    let ban = Request::new(&relay, "banpubkey", json!([pubkey(1)]));
    let header = header(&ban.signed());
    ban.send_with(&relay, &header).await.answer(200);
    change(&relay, "unbanpubkey", json!([pubkey(1)])).await;
    ban.send_with(&relay, &header).await.refused(401);
    assert_eq!(list(&relay, "listbannedpubkeys").await, json!([]));
    // Also one that brought nothing but an error.
    let wrong = Request::new(&relay, "banpubkey", json!([]));
    let header = crate::management::header(&wrong.signed());
    wrong.send_with(&relay, &header).await.answer(200);
    wrong.send_with(&relay, &header).await.refused(401);
}

#[tokio::test]
async fn nip86_07_and_18_the_methods_of_the_nip_and_no_others() {
    let relay = managed().await;
    let names = list(&relay, "supportedmethods").await;
    let mut names: Vec<&str> = names
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    names.sort_unstable();
    let mut expected = METHODS[1..].to_vec();
    expected.sort_unstable();
    assert_eq!(names, expected);
    for name in [
        "stats",
        "grantadmin",
        "revokeadmin",
        "signevent",
        "BanPubkey",
    ] {
        failure(&relay, name, json!([])).await;
    }
}

#[tokio::test]
async fn nip86_16_wrong_params_are_errors_without_effect() {
    let relay = managed().await;
    let hex = pubkey(1).to_string();
    for (method, params) in [
        ("supportedmethods", json!([1])),
        ("banpubkey", json!([])),
        ("banpubkey", json!([1])),
        ("banpubkey", json!([hex.to_uppercase()])),
        ("banpubkey", json!([&hex[1..]])),
        ("banpubkey", json!([hex, 1])),
        ("banpubkey", json!([hex, "why", "how"])),
        ("allowpubkey", json!(["npub1xyz"])),
        ("banevent", json!(["note1xyz"])),
        ("disallowkind", json!([65_536])),
        ("disallowkind", json!([-1])),
        ("disallowkind", json!(["1"])),
        ("blockip", json!(["127.0.0"])),
        ("blockip", json!(["127.0.0.0/8"])),
        ("changerelayname", json!([1])),
        ("changerelayname", json!(["x".repeat(30)])),
        ("changerelayicon", json!(["javascript:alert(1)"])),
        ("assignrole", json!([hex, "no such role"])),
    ] {
        failure(&relay, method, params).await;
    }
    for body in ["", "[]", "{}", r#"{"method":"banpubkey"}"#] {
        let request = Request {
            body: body.to_owned(),
            ..Request::new(&relay, "", json!([]))
        };
        let answer = request.send(&relay).await.answer(200);
        assert!(answer["error"].is_string(), "{body}: {answer}");
    }
    for method in METHODS.iter().filter(|name| name.starts_with("listb")) {
        assert_eq!(list(&relay, method).await, json!([]), "{method}");
    }
    let mut socket = relay.connect().await;
    socket.accept(&note(1).signed()).await;
}

#[tokio::test]
async fn nip86_17_repeating_changes_nothing() {
    let relay = managed().await;
    let hex = pubkey(1).to_string();
    for (method, params) in [
        ("unbanpubkey", json!([hex])),
        ("banpubkey", json!([hex, "spam"])),
        ("unallowpubkey", json!([hex])),
        ("allowpubkey", json!([pubkey(2)])),
        ("banevent", json!(["a".repeat(64)])),
        ("allowevent", json!(["a".repeat(64)])),
        ("disallowkind", json!([7])),
        ("allowkind", json!([7])),
        ("blockip", json!(["192.0.2.1"])),
        ("unblockip", json!(["192.0.2.1"])),
        ("changerelayname", json!(["Chess"])),
        ("changerelaydescription", json!(["Chess"])),
        ("changerelayicon", json!(["https://example.com/icon.png"])),
        ("createrole", json!(["host", "Host", "", 120, 1])),
        ("editrole", json!(["host", "Hosts", "", 120, 1])),
        ("assignrole", json!([pubkey(2), "host"])),
        ("unassignrole", json!([pubkey(2), "host"])),
        ("deleterole", json!(["host"])),
    ] {
        for _ in 0..2 {
            change(&relay, method, params.clone()).await;
        }
    }
    let banned = json!([{"pubkey": hex, "reason": "spam"}]);
    assert_eq!(list(&relay, "listbannedpubkeys").await, banned);
}

#[tokio::test]
async fn nip86_19_browsers_are_told_that_they_may() {
    let relay = managed().await;
    let request = "OPTIONS / HTTP/1.1\r\nHost: kith.test\r\nConnection: close\r\n\
         Origin: https://admin.example.com\r\nAccess-Control-Request-Method: POST\r\n\
         Access-Control-Request-Headers: authorization,content-type\r\n\r\n";
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within_deadline("an HTTP answer", stream.read_to_string(&mut answer))
        .await
        .unwrap();
    let answer = answer.to_lowercase();
    let header = |name: &str| {
        let mut lines = answer.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(known, _)| *known == name)
            .unwrap()
            .1
            .to_owned()
    };
    assert!(answer.starts_with("http/1.1 204 "), "{answer}");
    assert_eq!(header("access-control-allow-origin"), "*");
    assert!(header("access-control-allow-methods").contains("post"));
    let allowed = header("access-control-allow-headers");
    // A star alone does not allow the first of these.
    assert!(allowed.contains("authorization") && allowed.contains("content-type"));
    let response = post(&relay, "Content-Type: application/nostr+json+rpc\r\n", "{}").await;
    assert!(response.head.contains("access-control-allow-origin: *"));
}

#[tokio::test]
async fn bodies_are_bounded() {
    let relay = managed().await;
    let long = "x".repeat(60_000);
    let reason = failure(&relay, "banpubkey", json!([pubkey(1), long])).await;
    assert!(reason.contains("500 characters"), "{reason}");
    let longer = Request::new(&relay, "banpubkey", json!([pubkey(1), "x".repeat(70_000)]));
    longer.send(&relay).await.refused(413);
}
