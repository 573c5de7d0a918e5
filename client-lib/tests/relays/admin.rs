//! Managing relays that we did not write: one that does what NIP-86 says to the letter, and some that
//! do anything else.

use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use kith_client::nip86::{Answer, Call, Entry, Listed, same_address};
use kith_client::{AdminError, Keys, PublicKey, RelayAdmin, RelayUrl};
use kith_nips::nip98::{self, HttpRequest};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{person, relay};

/// A request as a server gets it.
struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    async fn read(stream: &mut TcpStream) -> Option<Request> {
        let mut bytes = Vec::new();
        loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                let body: Vec<u8> = bytes.split_off(end + 4);
                let head = String::from_utf8(bytes).ok()?;
                let request = Request { head, body };
                let length: usize = request.header("content-length")?.parse().ok()?;
                let mut request = request;
                let missing = length - request.body.len();
                let mut rest = vec![0; missing];
                stream.read_exact(&mut rest).await.ok()?;
                request.body.extend(rest);
                return Some(request);
            }
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// Who sends it, if it is signed for this address.
    fn signed_for(&self, is_url: impl FnOnce(&str) -> bool) -> Option<PublicKey> {
        let request = HttpRequest {
            method: "POST",
            body: &self.body,
            payload_optional: false,
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let header = self.header("authorization")?;
        let auth = nip98::check(header, &request, is_url, now.as_secs());
        auth.ok().map(|auth| auth.pubkey)
    }
}

/// What a server answers, whole.
fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

/// A server that answers each request with what this says; where it says nothing, it stays silent.
async fn server(
    answer: impl Fn(&str, Request) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> RelayUrl {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    let relay = RelayUrl::parse(&url).unwrap();
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (answer, url) = (Arc::clone(&answer), url.clone());
            tokio::spawn(async move {
                let Some(request) = Request::read(&mut stream).await else {
                    return;
                };
                match answer(&url, request) {
                    Some(bytes) => drop(stream.write_all(&bytes).await),
                    None => std::future::pending().await,
                }
            });
        }
    });
    relay
}

async fn admin(keys: &Keys, relay_url: &RelayUrl) -> RelayAdmin {
    // Management has nothing to do with the relays of the set.
    let home = relay().await;
    person(&[&home], keys).await.relay_admin(relay_url)
}

/// As NIP-86 says: the `u` tag is the address of the relay. Knows keys and `supportedmethods` only.
async fn by_the_letter(administrator: PublicKey) -> RelayUrl {
    let banned: Mutex<Vec<Value>> = Mutex::default();
    server(move |url, request| {
        assert_eq!(
            request.header("content-type"),
            Some("application/nostr+json+rpc")
        );
        if request.signed_for(|u| u.trim_end_matches('/') == url) != Some(administrator) {
            return Some(answer("401 Unauthorized", "", ""));
        }
        let asked: Value = serde_json::from_slice(&request.body).unwrap();
        let mut banned = banned.lock().unwrap();
        let result = match asked["method"].as_str().unwrap() {
            "supportedmethods" => json!({"result": ["banpubkey", "listbannedpubkeys"]}),
            "banpubkey" => {
                let [key, reason] = [0, 1].map(|index| asked["params"][index].clone());
                banned.push(json!({"pubkey": key, "reason": reason}));
                json!({"result": true})
            }
            "listbannedpubkeys" => json!({"result": *banned}),
            method => json!({"error": format!("method '{method}' not supported")}),
        };
        Some(answer("200 OK", "", &result.to_string()))
    })
    .await
}

#[tokio::test]
async fn nip98_06_a_relay_by_the_letter_of_nip86_is_managed() {
    let keys = Keys::generate();
    let relay = by_the_letter(keys.public_key().into()).await;
    let admin = admin(&keys, &relay).await;
    let spammer = PublicKey::from_bytes([7; 32]);
    let ban = Call::BanPubkey(spammer, "spam".to_owned());
    assert_eq!(admin.call(&ban).await.unwrap(), Answer::Done);
    let listed = admin.call(&Call::ListBannedPubkeys).await.unwrap();
    let entry = Entry {
        item: spammer,
        reason: "spam".to_owned(),
    };
    let expected = Listed {
        entries: vec![entry],
        unreadable: 0,
    };
    assert_eq!(listed, Answer::Pubkeys(expected));
    let error = admin.call(&Call::ListBlockedIps).await.unwrap_err();
    let AdminError::UnknownMethod { known, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(known.len(), 2);
    assert!(
        error
            .to_string()
            .ends_with("does not know the method listblockedips")
    );
}

#[tokio::test]
async fn whoever_is_no_administrator_is_told() {
    let relay = by_the_letter(PublicKey::from_bytes([7; 32])).await;
    let error = admin(&Keys::generate(), &relay).await;
    let error = error.call(&Call::SupportedMethods).await.unwrap_err();
    assert!(matches!(error, AdminError::Unauthorized { .. }), "{error}");

    let forbidding = server(|_, request| {
        assert!(request.signed_for(|u| same_address(u, u)).is_some());
        let body = r#"{"error":"who are you?"}"#;
        Some(answer("403 Forbidden", "", body))
    })
    .await;
    let error = admin(&Keys::generate(), &forbidding).await;
    let error = error.call(&Call::SupportedMethods).await.unwrap_err();
    let AdminError::Forbidden { reason, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(reason, "who are you?");
}

/// The error that a list of kinds ends with at such a server.
async fn outcome(
    answer: impl Fn(&str, Request) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> AdminError {
    let relay = server(answer).await;
    let admin = admin(&Keys::generate(), &relay).await;
    admin.call(&Call::ListAllowedKinds).await.unwrap_err()
}

#[tokio::test]
async fn answers_of_something_else_are_bounded_errors() {
    for (status, body) in [
        ("200 OK", "<html>hello</html>"),
        ("200 OK", ""),
        ("200 OK", r#"{"result":{"1":true}}"#),
        ("200 OK", r#"{"result":"all"}"#),
        ("404 Not Found", "no"),
        ("405 Method Not Allowed", ""),
        ("500 Internal Server Error", r#"{"result":[1]}"#),
    ] {
        let error = outcome(move |_, _| Some(answer(status, "", body))).await;
        assert!(
            matches!(error, AdminError::NotManaged { .. }),
            "{body}: {error}"
        );
    }
    let moved = "Location: http://127.0.0.1:1/\r\n";
    let error = outcome(move |_, _| Some(answer("307 Temporary Redirect", moved, ""))).await;
    let AdminError::Redirected { location, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(location, "http://127.0.0.1:1/");
    let long = format!(r#"{{"error":"{}"}}"#, "x".repeat(100_000));
    let error = outcome(move |_, _| Some(answer("200 OK", "", &long))).await;
    assert!(matches!(error, AdminError::Refused { .. }));
    assert!(error.to_string().len() < 1_000);
}

#[tokio::test]
async fn answers_without_an_end_and_none_at_all_are_bounded_errors() {
    let no_answer = |error: AdminError| {
        let AdminError::NoAnswer { reason, .. } = error else {
            panic!("{error}")
        };
        reason
    };
    let huge = format!("[{}]", "1,".repeat(4 * 1024 * 1024));
    let reason = no_answer(outcome(move |_, _| Some(answer("200 OK", "", &huge))).await);
    assert!(reason.starts_with("the answer has more than"), "{reason}");
    let head = format!("X: {}\r\n", "x".repeat(1024 * 1024));
    no_answer(outcome(move |_, _| Some(answer("200 OK", &head, ""))).await);
    no_answer(outcome(|_, _| Some(b"gibberish".to_vec())).await);
    no_answer(outcome(|_, _| Some(Vec::new())).await);
    let never = no_answer(outcome(|_, _| None).await);
    assert!(never.starts_with("nothing within"), "{never}");
    let nowhere = RelayUrl::parse(&crate::support::nowhere().await).unwrap();
    let admin = admin(&Keys::generate(), &nowhere).await;
    no_answer(admin.call(&Call::ListAllowedKinds).await.unwrap_err());
}
