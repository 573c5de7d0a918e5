//! NIP-70, protected events, line by line (what clients and syncing do is tested elsewhere).

use kith_nips::Event;
use serde_json::json;

use crate::events::{Forged, MOMENT, Note, note};
use crate::harness::TestRelay;

fn protected(number: u32) -> Note {
    note(number).tag(&["-"])
}

#[tokio::test]
async fn nip70_01_02_a_protected_event_comes_from_its_author() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    for kind in [1, 10_002, 20_001, 31_923, 5] {
        let event = protected(1).kind(kind).signed();
        socket.event(&event).await.refused_with("auth-required");
        assert_eq!(socket.count(json!({"ids": [event.id()]})).await, 0);
    }
    socket.authenticate(2).await.stored();
    let event = protected(1).signed();
    socket.event(&event).await.refused_with("restricted");
    socket.accept(&protected(2).signed()).await;
    // The author is one of several.
    socket.authenticate(1).await.stored();
    socket.authenticate(3).await.stored();
    for kind in [1, 10_002, 20_001, 31_923, 5] {
        socket.accept(&protected(1).kind(kind).signed()).await;
    }
    let stranger = protected(4).signed();
    socket.event(&stranger).await.refused_with("restricted");
}

#[tokio::test]
async fn nip70_03_where_they_are_switched_off_they_are_blocked() {
    let relay = TestRelay::start_with(|config| config.features.protected_events = false).await;
    let mut socket = relay.connect().await;
    let event = protected(1).signed();
    socket.event(&event).await.refused_with("blocked");
    socket.authenticate(1).await.stored();
    socket.event(&event).await.refused_with("blocked");
    socket.accept(&note(1).signed()).await;

    // A relay that does not authenticate cannot know the author.
    let relay = TestRelay::start_with(|config| config.features.auth = false).await;
    let mut socket = relay.connect().await;
    socket.event(&event).await.refused_with("blocked");
    socket.accept(&note(1).signed()).await;
}

/// Kind 6 or 16 with this content.
fn repost(kind: u16, content: &str) -> Event {
    note(2).kind(kind).content(content).signed()
}

#[tokio::test]
async fn nip70_04_a_repost_does_not_carry_a_protected_event() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    let event = protected(1).tag(&["t", "x"]).signed();
    let forged = Forged::of(&event);
    let spaced = format!(" \n{}\t", event.json().replace(',', " ,\n"));
    // Its id and signature need not be right to be read by somebody.
    let contents = [
        event.json().to_owned(),
        forged.clone().reversed().json(),
        forged.clone().without("sig").json(),
        forged.clone().and("relays", "[]").json(),
        forged.with("tags", r#"[["t","x"],["\u002d","y"]]"#).json(),
        spaced,
    ];
    for kind in [6, 16] {
        for content in &contents {
            let event = repost(kind, content);
            socket.event(&event).await.refused_with("blocked");
        }
        // Reposts of reposts.
        let mut nested = repost(kind, event.json());
        for other in [16, 6, 16, 6] {
            nested = repost(other, nested.json());
            socket.event(&nested).await.refused_with("blocked");
        }
    }
    // The author may not either: readers would pass it on.
    socket.authenticate(1).await.stored();
    socket.authenticate(2).await.stored();
    let own = repost(6, event.json());
    socket.event(&own).await.refused_with("blocked");

    let harmless = [
        String::new(),
        "not JSON".to_owned(),
        "{".to_owned(),
        "[]".to_owned(),
        "\"-\"".to_owned(),
        "{\"tags\":\"-\"}".to_owned(),
        "{\"tags\":[\"-\"]}".to_owned(),
        note(1).signed().json().to_owned(),
        note(1).tag(&["t", "-"]).signed().json().to_owned(),
        note(1).content("[[\"-\"]]").signed().json().to_owned(),
    ];
    for kind in [6, 16] {
        for content in &harmless {
            socket.accept(&repost(kind, content)).await;
        }
    }
    // In any other kind it is a text like any other.
    socket.accept(&note(2).content(event.json()).signed()).await;
}

#[tokio::test]
async fn nip70_05_the_name_of_a_tag_protects() {
    let relay = TestRelay::start().await;
    let mut socket = relay.connect().await;
    for event in [
        note(1).tag(&["-", "x"]),
        note(1).tag(&["-", ""]),
        note(1).tag(&["t", "x"]).tag(&["-"]).tag(&["p", "y"]),
        note(1).tag(&["-"]).tag(&["-"]),
    ] {
        let event = event.signed();
        socket.event(&event).await.refused_with("auth-required");
    }
    for event in [
        note(1).tag(&["t", "-"]),
        note(1).tag(&["", "-"]),
        note(1).tag(&["--"]),
        note(1).tag(&["- "]),
        note(1).tag(&["−"]),
        note(1).content("-"),
    ] {
        socket.accept(&event.signed()).await;
    }
}

#[tokio::test]
async fn nip70_06_everybody_may_read_them() {
    let relay = TestRelay::start().await;
    let mut author = relay.connect().await;
    author.authenticate(1).await.stored();
    let mut stranger = relay.connect().await;
    stranger.req("live", json!({})).await;
    let event = protected(1).signed();
    author.accept(&event).await;
    assert_eq!(stranger.expect_event("live").await, event);
    assert_eq!(stranger.query(json!({"ids": [event.id()]})).await, [event]);
    assert_eq!(stranger.count(json!({"kinds": [1]})).await, 1);
}

#[tokio::test]
async fn nip70_08_strangers_learn_nothing_about_what_is_stored() {
    let relay = TestRelay::start().await;
    let mut author = relay.connect().await;
    author.authenticate(1).await.stored();
    let stored = protected(1).signed();
    let deleted = protected(1).content("deleted").signed();
    let list = |at| protected(1).kind(10_002).at(at).signed();
    for event in [&stored, &deleted, &list(MOMENT + 1)] {
        author.accept(event).await;
    }
    let request = note(1).kind(5).tag(&["e", &deleted.id().to_string()]);
    author.accept(&request.signed()).await;
    let unknown = protected(1).content("never published").signed();
    let probes = [stored, deleted, list(MOMENT), list(MOMENT + 1), unknown];
    let mut stranger = relay.connect().await;
    for (keys, word) in [(0, "auth-required"), (2, "restricted")] {
        if keys > 0 {
            stranger.authenticate(keys).await.stored();
        }
        let mut answers = Vec::new();
        for event in &probes {
            let answer = stranger.event(event).await;
            answer.refused_with(word);
            answers.push(answer.message);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "told apart: {answers:?}");
    }
}
