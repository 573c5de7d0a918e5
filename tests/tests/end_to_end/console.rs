//! What administrators ask beside NIP-86: invite codes that wait, memberships, and numbers as they change.
//! Names are in `nip05`.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::events::{note, now, pubkey};
use crate::harness::{Socket, TestRelay, within_deadline};
use crate::management::{ADMINISTRATOR, Request, Response, failure, header, http_url, managed};

const MEDIA_TYPE: &str = "Content-Type: application/vnd.kith.console+json\r\n";
const GUEST: u32 = 7;

fn request(relay: &TestRelay, by: u32, method: &str, params: Value) -> Request {
    Request {
        headers: MEDIA_TYPE.to_owned(),
        ..Request::by(by, &http_url(relay), method, params)
    }
}

pub(crate) async fn ask(relay: &TestRelay, method: &str, params: Value) -> Response {
    request(relay, ADMINISTRATOR, method, params)
        .send(relay)
        .await
}

async fn invites(relay: &TestRelay) -> Vec<Value> {
    let answer = ask(relay, "listinvites", json!([])).await.answer(200);
    answer["result"].as_array().unwrap().clone()
}

async fn invite(relay: &TestRelay) -> String {
    let mut socket = relay.connect().await;
    socket.authenticate(ADMINISTRATOR).await.stored();
    let found = socket.query(json!({"kinds": [28_935]})).await;
    found[0].tags().first_value("claim").unwrap().to_owned()
}

async fn join(relay: &TestRelay, code: &str) -> crate::harness::Answer {
    let mut socket: Socket = relay.connect().await;
    let request = note(GUEST).kind(28_934).at(now()).tag(&["claim", code]);
    socket.event(&request.signed()).await
}

#[tokio::test]
async fn nip43_09_codes_that_wait_are_listed_and_taken_back() {
    let relay = managed().await;
    assert_eq!(invites(&relay).await, Vec::<Value>::new());
    let (first, second) = (invite(&relay).await, invite(&relay).await);
    let waiting = invites(&relay).await;
    assert_eq!(waiting.len(), 2);
    for one in &waiting {
        assert_eq!(one["by"], pubkey(ADMINISTRATOR).to_string());
        assert!(one["expires_at"].as_u64().unwrap() > now());
        // The code itself is nowhere.
        assert!(!one.to_string().contains(&first) && !one.to_string().contains(&second));
    }
    let hash = crate::management::sha256_hex(&first);
    for _ in 0..2 {
        let answer = ask(&relay, "revokeinvite", json!([hash])).await.answer(200);
        assert_eq!(answer["result"], true);
    }
    assert_eq!(invites(&relay).await.len(), 1);
    join(&relay, &first).await.refused_with("restricted");
    join(&relay, &second).await.accepted_with("info");
    assert_eq!(invites(&relay).await, Vec::<Value>::new());
    let remove = ask(&relay, "removemember", json!([pubkey(GUEST)])).await;
    assert_eq!(remove.answer(200)["result"], true);
    let mut socket = relay.connect().await;
    let lists = socket.query(json!({"kinds": [13_534]})).await;
    assert!(lists[0].tags().named("member").next().is_none());
}

#[tokio::test]
async fn nip86_05_16_18_others_are_refused_and_these_are_no_methods_of_nip86() {
    let relay = managed().await;
    let stranger = request(&relay, GUEST, "listinvites", json!([]));
    stranger.send(&relay).await.refused(403);
    let asked = request(&relay, ADMINISTRATOR, "listinvites", json!([]));
    let header = header(&asked.signed());
    asked.send_with(&relay, &header).await.answer(200);
    asked.send_with(&relay, &header).await.refused(401);
    asked.send_with(&relay, "").await.refused(401);
    for (method, params) in [
        ("banpubkey", json!([pubkey(GUEST)])),
        ("listinvites", json!([1])),
        ("revokeinvite", json!(["f00d"])),
        ("removemember", json!([])),
        ("listnames", json!(["bob"])),
        ("freename", json!([])),
        ("numbers", json!(["all"])),
    ] {
        let answer = ask(&relay, method, params).await.answer(200);
        assert!(answer["error"].is_string(), "{method}: {answer}");
    }
    for method in [
        "numbers",
        "listinvites",
        "revokeinvite",
        "removemember",
        "listnames",
        "freename",
    ] {
        failure(&relay, method, json!([])).await;
    }
}

/// The numbers of the running relay, as they come.
struct Numbers {
    stream: TcpStream,
    read: String,
}

impl Numbers {
    async fn begin(relay: &TestRelay) -> Numbers {
        let asked = request(relay, ADMINISTRATOR, "numbers", json!([]));
        let text = format!(
            "POST / HTTP/1.1\r\nHost: kith.test\r\nConnection: close\r\nContent-Length: {}\r\n{MEDIA_TYPE}\
             Authorization: {}\r\n\r\n{}",
            asked.body.len(),
            header(&asked.signed()),
            asked.body
        );
        let mut stream = TcpStream::connect(relay.address()).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        Numbers {
            stream,
            read: String::new(),
        }
    }

    /// The next line; none at the end.
    async fn next(&mut self) -> Option<Value> {
        let reading = async {
            loop {
                if let Some((before, rest)) = self.read.split_once("}\n") {
                    let line = &before[before.rfind('{').unwrap()..];
                    let line = serde_json::from_str(&format!("{line}}}")).unwrap();
                    self.read = rest.to_owned();
                    return Some(line);
                }
                let mut bytes = [0; 4_096];
                match self.stream.read(&mut bytes).await.unwrap() {
                    0 => return None,
                    length => self.read += std::str::from_utf8(&bytes[..length]).unwrap(),
                }
            }
        };
        within_deadline("numbers", reading).await
    }

    /// Reads until the numbers are these.
    async fn until(&mut self, wanted: &[(&str, u64)]) {
        loop {
            let line = self.next().await.unwrap();
            if wanted.iter().all(|(name, value)| line[*name] == *value) {
                return;
            }
        }
    }
}

#[tokio::test]
async fn numbers_come_as_they_change_and_end_with_the_relay_or_the_right_to_see_them() {
    let relay = managed().await;
    let mut numbers = Numbers::begin(&relay).await;
    let first = numbers.next().await.unwrap();
    assert_eq!(
        (&first["connections"], &first["taken"]),
        (&json!(0), &json!(0))
    );
    let mut socket = relay.connect().await;
    socket.accept(&note(1).signed()).await;
    socket.event(&note(1).kind(22_242).signed()).await;
    socket.send_text(r#"["REQ","all",{}]"#).await;
    let open = [("connections", 1), ("subscriptions", 1)];
    numbers.until(&open).await;
    numbers.until(&[("taken", 1), ("refused", 1)]).await;
    drop(socket);
    numbers
        .until(&[("connections", 0), ("subscriptions", 0)])
        .await;
    // Who is no administrator any more sees no more.
    relay.reload(&[(
        "KITH_RELAY_POLICY_ADMINISTRATORS",
        &pubkey(GUEST).to_string(),
    )]);
    while numbers.next().await.is_some() {}
}

#[tokio::test]
async fn a_relay_that_stops_waits_for_nobody_who_looks_at_numbers() {
    let mut relay = managed().await;
    let mut numbers = Numbers::begin(&relay).await;
    numbers.next().await.unwrap();
    relay.restart().await;
    while numbers.next().await.is_some() {}
    let mut again = Numbers::begin(&relay).await;
    again.next().await.unwrap();
}
