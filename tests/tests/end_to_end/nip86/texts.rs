//! Name, description and picture of the relay (NIP86-12).

use serde_json::{Value, json};

use crate::harness::TestRelay;
use crate::management::{change, managed};

/// What the relay calls itself: name, description, icon.
async fn words(relay: &TestRelay) -> [Value; 3] {
    let answer = relay.get("/", "Accept: application/nostr+json\r\n").await;
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let document: Value = serde_json::from_str(body).unwrap();
    ["name", "description", "icon"].map(|name| document[name].clone())
}

#[tokio::test]
async fn nip86_12_new_texts_are_shown_at_once_and_after_a_restart() {
    let mut relay = managed().await;
    let configured = words(&relay).await;
    let icon = "https://example.com/chess.png";
    change(&relay, "changerelayname", json!(["Chess"])).await;
    change(
        &relay,
        "changerelaydescription",
        json!(["For <b>players</b>"]),
    )
    .await;
    change(&relay, "changerelayicon", json!([icon])).await;
    let expected = [json!("Chess"), json!("For <b>players</b>"), json!(icon)];
    assert_eq!(words(&relay).await, expected);
    let page = relay.get("/about", "Accept: text/html\r\n").await;
    assert!(
        page.contains("<h1><bdi>Chess</bdi></h1>") && page.contains(icon),
        "{page}"
    );
    assert!(!page.contains("<b>players"), "{page}");
    relay.restart().await;
    assert_eq!(words(&relay).await, expected);
    for method in [
        "changerelayname",
        "changerelaydescription",
        "changerelayicon",
    ] {
        change(&relay, method, json!([""])).await;
    }
    assert_eq!(words(&relay).await, configured);
}
