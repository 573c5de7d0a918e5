//! `POST events`: the same road as on a socket, and the same answers.

use serde_json::Value;

use crate::events::{Forged, note};
use crate::harness::{Reply, TestRelay};

use super::{Answer, community, described, people_list, publish, request};

const JSON: &str = "Content-Type: application/json\r\n";

async fn post(relay: &TestRelay, body: &str) -> Answer {
    request(relay, "POST", "/events", JSON, body).await
}

fn taken(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["accepted"], true);
    body
}

#[tokio::test]
async fn nip01_34_events_are_stored_once() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = note(1).content("hello").signed();
    let first = taken(&post(&relay, event.json()).await, 201);
    assert_eq!(first["id"], event.id().to_string());
    assert_eq!(first["message"], "");
    assert!(first.get("prefix").is_none());
    // The other road knows it.
    socket.event(&event).await.accepted_with("duplicate");
    let again = taken(&post(&relay, event.json()).await, 200);
    assert_eq!(again["prefix"], "duplicate");
    // Passed on, not stored.
    taken(
        &post(&relay, note(1).kind(20_001).signed().json()).await,
        200,
    );
}

#[tokio::test]
async fn each_refusal_has_the_words_of_the_socket() {
    let relay = TestRelay::start_with(|config| config.limits.max_event_tags = 3).await;
    let mut socket = relay.connect().await;
    let (mine, right) = (community(1), note(1).signed());
    let newest = note(1).kind(0).at(1_700_000_100).signed();
    publish(
        &relay,
        &[
            mine.clone(),
            newest,
            people_list(1, &mine, ":blocked", &[2]),
        ],
    )
    .await;
    let many = (0..4)
        .fold(note(1), |note, _| note.tag(&["x", "y"]))
        .signed();
    let wrong_sig = Forged::of(&right).with("sig", &format!("{:?}", "0".repeat(128)));
    let id = mine.id().to_string();
    let cases = [
        (many.json().to_owned(), 400, "invalid"),
        (wrong_sig.json(), 400, "invalid"),
        (
            described(3, &mine, "x").signed().json().to_owned(),
            403,
            "restricted",
        ),
        (note(1).kind(0).signed().json().to_owned(), 409, "duplicate"),
        (
            note(1).tag(&["-"]).signed().json().to_owned(),
            403,
            "auth-required",
        ),
        (
            note(2)
                .kind(31_923)
                .tag(&["d", "x"])
                .tag(&["e", &id])
                .signed()
                .json()
                .to_owned(),
            403,
            "blocked",
        ),
    ];
    for (text, status, prefix) in cases {
        let problem = post(&relay, &text).await.problem(status);
        assert_eq!(problem["prefix"], prefix, "{problem}");
        assert_eq!(problem["accepted"], false);
        socket.send_text(format!(r#"["EVENT",{text}]"#)).await;
        let Reply::Ok(said) = socket.receive().await else {
            panic!("an EVENT is answered by OK");
        };
        assert_eq!(problem["detail"], said.message);
        assert_eq!(problem["id"], said.id.to_string());
    }
}

#[tokio::test]
async fn what_is_no_event_is_a_problem() {
    let relay =
        TestRelay::start_with(|config| config.limits.max_message_length_bytes = 1_024).await;
    for body in ["", "{}", "[]", "null", "{\"id\":1}", "[\"EVENT\",{}]"] {
        let problem = post(&relay, body).await.problem(400);
        assert_eq!(problem["prefix"], "invalid", "{body}");
        assert!(problem.get("id").is_none());
    }
    let long = note(1).content("x".repeat(1_024)).signed();
    post(&relay, long.json()).await.problem(413);
    let event = note(1).signed();
    for headers in ["", "Content-Type: text/plain\r\n"] {
        let answer = request(&relay, "POST", "/events", headers, event.json()).await;
        answer.problem(415);
    }
    let charset = "Content-Type: application/json; charset=utf-8\r\n";
    let answer = request(&relay, "POST", "/events", charset, event.json()).await;
    taken(&answer, 201);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let query = request(&relay, "POST", "/events?x=1", JSON, event.json()).await;
    assert_eq!(query.problem(400)["parameter"], "x");
}

#[tokio::test]
async fn an_address_has_an_allowance() {
    let relay = TestRelay::start_with(|config| config.limits.events_per_second_max = 1).await;
    let mut statuses = Vec::new();
    for nth in 0..20 {
        let event = note(1).content(nth.to_string()).signed();
        let answer = post(&relay, event.json()).await;
        if answer.status == 429 {
            assert_eq!(answer.problem(429)["prefix"], "rate-limited");
            assert!(answer.header("retry-after").is_some());
        }
        statuses.push(answer.status);
    }
    assert_eq!(statuses.first(), Some(&201));
    assert!(statuses.contains(&429), "{statuses:?}");
}
