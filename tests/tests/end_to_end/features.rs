//! Parts of the protocol that can be switched off: what is off is neither announced nor done, and
//! what is announced works. All of it without a restart, also on connections that are open.

use std::collections::BTreeSet;

use kith_nips::Event;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio_tungstenite::tungstenite::Message;

use crate::events::{Note, note, now, pubkey};
use crate::harness::{Answer, Reply, Socket, TestRelay, assert_prefix, within_deadline};
use crate::process::program;

const AUTHOR: u32 = 1;
const ADMINISTRATOR: u32 = 2;

/// A part that can be switched off.
struct Feature {
    /// Its key in the section `features` of the configuration.
    name: &'static str,
    /// The NIPs that are not announced without it.
    nips: &'static [u64],
    /// How it is refused when it is off.
    refusal: &'static str,
}

const FEATURES: [Feature; 8] = [
    Feature {
        name: "auth",
        // Nobody is known then.
        nips: &[17, 42, 43, 59, 70],
        refusal: "blocked",
    },
    Feature {
        name: "count",
        nips: &[45],
        refusal: "unsupported",
    },
    Feature {
        name: "eose_hint",
        nips: &[67],
        refusal: NO_HINT,
    },
    Feature {
        name: "management",
        nips: &[86],
        refusal: NO_METHOD,
    },
    Feature {
        name: "membership",
        nips: &[43],
        refusal: "blocked",
    },
    Feature {
        name: "negentropy",
        nips: &[77],
        refusal: "unsupported",
    },
    Feature {
        name: "protected_events",
        nips: &[43, 70],
        refusal: "blocked",
    },
    Feature {
        name: "search",
        nips: &[50],
        refusal: "unsupported",
    },
];

/// An EOSE that says nothing more: the end of an answer is no error.
const NO_HINT: &str = "no hint";
/// HTTP's way to say that.
const NO_METHOD: &str = "405";

impl Feature {
    /// Asks for it. `Err` is the refusal.
    async fn probe(&self, relay: &TestRelay, socket: &mut Socket, nth: u64) -> Result<(), String> {
        match self.name {
            "auth" => {
                let event = note(AUTHOR)
                    .kind(22_242)
                    .at(now())
                    .tag(&["relay", &relay.url()])
                    .tag(&["challenge", socket.challenge()])
                    .signed();
                let message = format!(r#"["AUTH",{}]"#, event.json());
                socket.send_text(message).await;
                taken(&socket.expect_ok(event.id()).await)
            }
            "count" => ask(socket, json!(["COUNT", "x", {}])).await,
            "eose_hint" => hint(socket).await,
            "management" => managed(relay).await,
            "membership" => {
                // Not a member, so leaving has no effect.
                let leave = note(AUTHOR).kind(28_936).at(now()).tag(&["-"]);
                publish(socket, &leave, nth).await
            }
            "negentropy" => ask(socket, json!(["NEG-OPEN", "x", {}, "6100000200"])).await,
            "protected_events" => publish(socket, &note(AUTHOR).tag(&["-"]), nth).await,
            "search" => ask(socket, json!(["REQ", "x", {"search": "chess"}])).await,
            other => panic!("no test asks for {other:?}"),
        }
    }
}

async fn publish(socket: &mut Socket, note: &Note, nth: u64) -> Result<(), String> {
    let event: Event = note.clone().content(nth.to_string()).signed();
    taken(&socket.event(&event).await)
}

fn taken(answer: &Answer) -> Result<(), String> {
    match answer.accepted {
        true => Ok(()),
        false => Err(answer.message.clone()),
    }
}

/// Whether a question is answered, whatever it brings.
async fn ask(socket: &mut Socket, question: Value) -> Result<(), String> {
    socket.send(question).await;
    loop {
        match socket.receive().await {
            Reply::Count { .. } | Reply::NegMsg { .. } | Reply::Eose(_) => return Ok(()),
            Reply::Event { .. } => {}
            Reply::Closed { message, .. } | Reply::NegErr { message, .. } => return Err(message),
            other => panic!("{other:?}"),
        }
    }
}

async fn hint(socket: &mut Socket) -> Result<(), String> {
    socket
        .send(json!(["REQ", "x", {"ids": ["f".repeat(64)]}]))
        .await;
    match socket.receive_message().await {
        Some(Message::Text(text)) if text.contains("[\"finish\"]") => Ok(()),
        Some(Message::Text(text)) if text == r#"["EOSE","x"]"# => Err(NO_HINT.to_owned()),
        other => panic!("{other:?}"),
    }
}

/// A request without authorization is refused as such, where there is anything to manage.
async fn managed(relay: &TestRelay) -> Result<(), String> {
    let request = "POST / HTTP/1.1\r\nHost: kith.test\r\nConnection: close\r\n\
                   Content-Type: application/nostr+json+rpc\r\nContent-Length: 2\r\n\r\n{}";
    let mut stream = TcpStream::connect(relay.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within_deadline("an HTTP answer", stream.read_to_string(&mut answer))
        .await
        .unwrap();
    match answer.split(' ').nth(1) {
        Some("401") => Ok(()),
        Some(status) => Err(status.to_owned()),
        None => panic!("{answer:?}"),
    }
}

/// Reads the configuration again, with an administrator, and without this feature.
fn reload(relay: &TestRelay, off: Option<&Feature>) {
    let administrator = pubkey(ADMINISTRATOR).to_string();
    let mut variables = vec![("KITH_RELAY_POLICY_ADMINISTRATORS", administrator.as_str())];
    let off = off.map(|feature| format!("KITH_RELAY_FEATURES_{}", feature.name.to_uppercase()));
    variables.extend(off.as_deref().map(|variable| (variable, "false")));
    relay.reload(&variables);
}

async fn announced(relay: &TestRelay) -> BTreeSet<u64> {
    let answer = relay.get("/", "Accept: application/nostr+json\r\n").await;
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let document: Value = serde_json::from_str(body).unwrap();
    let numbers = document["supported_nips"].as_array().unwrap();
    numbers.iter().map(|nip| nip.as_u64().unwrap()).collect()
}

#[track_caller]
fn assert_refused(feature: &Feature, refusal: &str) {
    match feature.refusal {
        NO_HINT | NO_METHOD => assert_eq!(refusal, feature.refusal),
        prefix => assert_prefix(refusal, prefix),
    }
}

#[tokio::test]
async fn nip11_08_what_is_off_is_neither_announced_nor_done() {
    let relay = TestRelay::start().await;
    reload(&relay, None);
    let everything = announced(&relay).await;
    let mut socket = relay.connect().await;
    socket.authenticate(AUTHOR).await.stored();
    let mut nth = 0;
    for feature in &FEATURES {
        for on in [true, false, true] {
            reload(&relay, (!on).then_some(feature));
            let mut expected = everything.clone();
            expected.retain(|nip| on || !feature.nips.contains(nip));
            assert_eq!(announced(&relay).await, expected, "{}", feature.name);
            // As soon as the new configuration has spread.
            let answered = within_deadline(feature.name, async {
                loop {
                    nth += 1;
                    let answer = feature.probe(&relay, &mut socket, nth).await;
                    if answer.is_ok() == on {
                        return answer;
                    }
                }
            });
            if let Err(refusal) = answered.await {
                assert_refused(feature, &refusal);
                check_new_connection(&relay, feature).await;
            }
        }
    }
}

/// Who connects when it is off is refused as well, and not even asked to authenticate where
/// nobody can.
async fn check_new_connection(relay: &TestRelay, off: &Feature) {
    let greeted = off.name != "auth";
    let mut socket = Socket::connect(&relay.url(), greeted).await;
    if greeted {
        socket.authenticate(AUTHOR).await.stored();
        let refusal = off.probe(relay, &mut socket, 0).await.unwrap_err();
        assert_refused(off, &refusal);
    } else {
        socket.nothing_more().await;
    }
}

#[tokio::test]
async fn nip11_08_every_feature_of_the_configuration_is_tested() {
    let output = Command::new(program("kith-relay"))
        .arg("config")
        .env_clear()
        .output()
        .await
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let (_, section) = printed.split_once("\n[features]\n").unwrap();
    let (section, _) = section.split_once("\n[").unwrap_or((section, ""));
    let mut names: Vec<&str> = section
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name)
        .collect();
    names.sort_unstable();
    assert_eq!(names, FEATURES.map(|feature| feature.name));
}
