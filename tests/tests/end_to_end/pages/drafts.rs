//! From a form to a signed note on the page: what a browser sends, what it gets to sign, and what is shown
//! afterwards.

use kith_nips::nip01::Draft;
use kith_nips::{Event, Kind};
use serde_json::Value;

use super::{Chess, GUEST, OWNER, Page, ask, comment, get, get_with};
use crate::api::people_list;
use crate::events::{keys, note, now, pubkey};
use crate::harness::TestRelay;

mod announcing;
mod moderating;
mod organizing;
mod profile;
mod running;
mod talking;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// Somebody who fills forms in.
const VISITOR: u32 = 7;

/// What a form brings.
async fn post(relay: &TestRelay, what: &str, fields: &[(&str, &str)]) -> Page {
    post_with(relay, what, "", fields).await
}

async fn post_with(relay: &TestRelay, what: &str, headers: &str, fields: &[(&str, &str)]) -> Page {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    let headers = format!("{FORM}{headers}");
    ask(
        relay,
        "POST",
        &format!("/draft/{what}"),
        &headers,
        &body.finish(),
    )
    .await
}

/// The drafts that a form brings, and the sentence about them.
#[track_caller]
fn drafts_of(page: &Page) -> (Vec<Draft>, String) {
    assert_eq!(page.status, 200, "{}", page.text());
    assert_eq!(
        page.header("content-type").as_deref(),
        Some("application/json")
    );
    assert_eq!(page.header("cache-control").as_deref(), Some("no-store"));
    let answer: Value = serde_json::from_str(page.text()).unwrap();
    let drafts = answer["drafts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|draft| Draft {
            kind: Kind::from(u16::try_from(draft["kind"].as_u64().unwrap()).unwrap()),
            created_at: draft.get("created_at").map(|at| at.as_u64().unwrap()),
            tags: serde_json::from_value(draft["tags"].clone()).unwrap(),
            content: draft["content"].as_str().unwrap().to_owned(),
        });
    (
        drafts.collect(),
        answer["shown"].as_str().unwrap().to_owned(),
    )
}

/// What is wrong with a form: the fields, in order.
#[track_caller]
fn wrong_of(page: &Page) -> Vec<String> {
    assert_eq!(page.status, 422, "{}", page.text());
    let answer: Value = serde_json::from_str(page.text()).unwrap();
    let problems = answer["problems"].as_array().unwrap().iter();
    problems
        .map(|problem| {
            assert!(!problem["message"].as_str().unwrap().is_empty());
            problem["field"].as_str().unwrap().to_owned()
        })
        .collect()
}

/// Fills a form in, signs what it brings by the key `author`, and publishes it.
async fn done(relay: &TestRelay, author: u32, what: &str, fields: &[(&str, &str)]) -> Vec<Event> {
    let page = post(relay, what, fields).await;
    published(relay, author, &page).await
}

/// Signs what a form brought, and publishes it.
async fn published(relay: &TestRelay, author: u32, page: &Page) -> Vec<Event> {
    let (drafts, shown) = drafts_of(page);
    assert!(!shown.is_empty());
    let mut socket = relay.connect().await;
    let mut signed = Vec::new();
    for draft in drafts {
        let event = draft.sign(&keys(author), now()).unwrap();
        socket.accept(&event).await;
        signed.push(event);
    }
    signed
}

#[tokio::test]
async fn what_is_no_form_is_refused_in_the_language_of_the_visitor() {
    let chess = Chess::start().await;
    let json = "Content-Type: application/json\r\nAccept-Language: de\r\n";
    let german = format!("{FORM}Accept-Language: de\r\n");
    let long = "x".repeat(300_000);
    for (method, what, headers, body, status) in [
        ("POST", "rsvp", json, "{}", 415),
        ("POST", "rsvp", german.as_str(), long.as_str(), 413),
        ("POST", "nonsense", german.as_str(), "a=b", 404),
        ("GET", "rsvp", german.as_str(), "", 405),
        ("POST", "rsvp", german.as_str(), "%ff=%fe&&=", 422),
    ] {
        let page = ask(
            &chess.relay,
            method,
            &format!("/draft/{what}"),
            headers,
            body,
        )
        .await;
        assert_eq!(page.status, status, "{what}");
        assert_eq!(
            page.header("content-type").as_deref(),
            Some("application/json")
        );
        let answer: Value = serde_json::from_str(page.text()).unwrap();
        let message = answer["problems"][0]["message"].as_str().unwrap();
        assert!(
            ["Formular", "gibt es nicht", "ist nichts"]
                .iter()
                .any(|word| message.contains(word)),
            "{message}"
        );
    }
}

#[tokio::test]
async fn without_pages_there_are_no_drafts() {
    let relay = TestRelay::start_with(|config| config.http.page = false).await;
    assert_eq!(post(&relay, "rsvp", &[]).await.status, 404);
}
