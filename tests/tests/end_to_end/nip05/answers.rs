//! What is answered where the names are asked for.

use kith_relay::Config;
use kith_relay::config::GivenTo;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{HOST, PATH, ask, check_holder, check_open, file, naming, naming_with, request};
use crate::events::{note, pubkey};
use crate::harness::{TestRelay, within_deadline};
use crate::management::{ADMINISTRATOR, change};

/// Requests of one address that are worked on at once.
const AT_ONCE: usize = 16;

async fn document(relay: &TestRelay) -> Value {
    let headers = "Accept: application/nostr+json\r\n";
    let (_, _, body) = request(relay, "GET", "/", headers).await;
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn nip05_11_a_name_is_answered_with_its_key_and_relays() {
    let relay = naming().await;
    ask(&relay, 1, "bob", 0).await.stored();
    let (bob, here) = (pubkey(1).to_string(), format!("wss://{HOST}/relay"));
    let expected = json!({"names": {"bob": bob}, "relays": {&bob: [here]}});
    assert_eq!(file(&relay, "?name=bob").await, expected);

    let mut list = note(1)
        .kind(10_002)
        .tag(&["r", &here])
        .tag(&["r", "wss://read.example", "read"])
        .tag(&["r", "wss://write.example", "write"]);
    for number in 0..20 {
        list = list.tag(&["r", &format!("wss://{number}.example")]);
    }
    relay.connect().await.accept(&list.signed()).await;
    let answered = file(&relay, "?lang=de&name=b%6Fb").await;
    let relays = answered["relays"][&bob].as_array().unwrap();
    assert_eq!(relays[..2], [json!(here), json!("wss://write.example")]);
    assert_eq!(relays.len(), 8);
    assert!(!relays.contains(&json!("wss://read.example")));
}

#[tokio::test]
async fn nip05_11_names_are_announced_while_they_are_given() {
    for given_to in [GivenTo::Nobody, GivenTo::Members, GivenTo::Anybody] {
        let relay = naming_with(|config| config.names.given_to = given_to).await;
        let numbers = document(&relay).await["supported_nips"].clone();
        let announced = numbers.as_array().unwrap().contains(&json!(5));
        assert_eq!(announced, given_to != GivenTo::Nobody);
    }
}

#[tokio::test]
async fn nip05_11_the_page_of_a_person_shows_the_name() {
    let relay = naming().await;
    ask(&relay, 1, "bob", 0).await.stored();
    ask(&relay, 2, "bob", 0).await.accepted_with("info");
    for (number, is_shown) in [(1, true), (2, false)] {
        let path = format!("/p/{}", pubkey(number));
        let (status, _, page) = request(&relay, "GET", &path, "").await;
        assert_eq!(status, 200);
        let name = format!("<bdi>bob@{HOST}</bdi>");
        assert_eq!(page.contains(&name), is_shown, "{page}");
    }
}

#[tokio::test]
async fn nip05_12_no_answer_leads_elsewhere_and_every_page_may_read_it() {
    let switches: [fn(&mut Config); 6] = [
        |_| {},
        |config| config.http.page = false,
        |config| config.http.api = false,
        |config| config.policy.auth_required = true,
        |config| config.policy.members_only = true,
        |config| config.server.path = "/relay".to_owned(),
    ];
    for switch in switches {
        let relay = naming_with(switch).await;
        let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
        for (method, suffix, headers, expected) in [
            ("GET", "?name=bob", "", 200),
            ("GET", "?name=bob", "Origin: https://app.example\r\n", 200),
            ("GET", "?name=bob", "Accept: text/html\r\n", 200),
            (
                "GET",
                "?name=bob",
                "Accept: application/nostr+json\r\n",
                200,
            ),
            ("HEAD", "?name=bob", "", 200),
            ("OPTIONS", "?name=bob", "", 204),
            ("POST", "?name=bob", "Content-Length: 0\r\n", 405),
            ("DELETE", "", "", 405),
            ("GET", "/", "", 404),
            ("GET", "?name=bob", upgrade, 404),
        ] {
            let target = format!("{PATH}{suffix}");
            let (status, head, _) = request(&relay, method, &target, headers).await;
            assert_eq!(status, expected, "{method} {target} {head}");
            check_open(&head);
        }
    }
}

#[tokio::test]
async fn nip05_12_names_are_known_where_strangers_may_not_read_or_write() {
    let relay = naming_with(|config| {
        config.policy.auth_required = true;
        config.policy.members_only = true;
        config.policy.administrators = vec![pubkey(1)];
    })
    .await;
    let mut socket = relay.connect().await;
    socket.authenticate(1).await.stored();
    let profile = super::profile(1, &format!("bob@{HOST}"), 0).signed();
    socket.event(&profile).await.stored();
    let list = note(1).kind(10_002).tag(&["r", "wss://write.example"]);
    socket.event(&list.signed()).await.stored();
    check_holder(&relay, "bob", Some(1)).await;
    // What is stored about somebody is not for strangers here.
    let answered = file(&relay, "?name=bob").await;
    let relays = &answered["relays"][pubkey(1).to_string()];
    assert_eq!(*relays, json!([format!("wss://{HOST}/relay")]));
}

#[tokio::test]
async fn nip05_12_a_blocked_address_reads_why_it_gets_nothing() {
    let relay =
        naming_with(|config| config.policy.administrators = vec![pubkey(ADMINISTRATOR)]).await;
    change(&relay, "blockip", json!(["127.0.0.1", "noise"])).await;
    let (status, head, _) = request(&relay, "GET", PATH, "").await;
    assert_eq!(status, 403);
    check_open(&head);
}

#[tokio::test]
async fn nip05_12_who_asks_too_much_at_once_reads_that() {
    let relay = naming().await;
    let mut waiting = Vec::new();
    for _ in 0..AT_ONCE {
        let mut stream = TcpStream::connect(relay.address()).await.unwrap();
        // A body that is long in coming keeps a place. It is asked for once the place is taken.
        let head = "POST /api/v1/events HTTP/1.1\r\nHost: kith.test\r\nContent-Length: 9\r\n\
                    Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut asked = [0; 12];
        let asking = within_deadline("the wish for a body", stream.read_exact(&mut asked));
        asking.await.unwrap();
        assert_eq!(&asked, b"HTTP/1.1 100");
        waiting.push(stream);
    }
    let (status, head, _) = request(&relay, "GET", PATH, "").await;
    assert_eq!(status, 429);
    check_open(&head);
}

#[tokio::test]
async fn nip05_13_what_is_nobodys_name_is_an_empty_list() {
    let relay = naming().await;
    ask(&relay, 1, "bob", 0).await.stored();
    let long = "b".repeat(10_000);
    for name in [
        "ada",
        "BOB",
        "Bob",
        "",
        "b%20b",
        "bob%00",
        "%ff",
        "bob%40kith.example",
        "../bob",
        "*",
        &long,
    ] {
        let answered = file(&relay, &format!("?name={name}")).await;
        assert_eq!(answered, json!({"names": {}}), "{name}");
    }
    let twice = file(&relay, "?name=bob&name=bob").await;
    assert_eq!(twice, json!({"names": {}}));
}

#[tokio::test]
async fn nip05_14_without_a_name_there_is_only_the_relay_itself() {
    let relay = naming().await;
    ask(&relay, 1, "bob", 0).await.stored();
    let own = document(&relay).await["self"].clone();
    let relays = json!({own.as_str().unwrap(): [format!("wss://{HOST}/relay")]});
    let expected = json!({"names": {"_": own}, "relays": relays});
    for query in ["", "?", "?names=bob", "?name=_"] {
        assert_eq!(file(&relay, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn nip05_14_the_relay_itself_is_there_when_nobody_is_given_a_name() {
    let relay = naming_with(|config| config.names.given_to = GivenTo::Nobody).await;
    ask(&relay, 1, "bob", 0).await.stored();
    let own = document(&relay).await["self"].clone();
    assert_eq!(file(&relay, "").await["names"], json!({"_": own}));
    check_holder(&relay, "bob", None).await;

    // Without members the relay has no key of its own that it announces.
    let relay = naming_with(|config| {
        config.features.membership = false;
        config.info.pubkey = Some(pubkey(5));
    })
    .await;
    check_holder(&relay, "_", Some(5)).await;
}
