//! `kith vanish`: asked first, then gone from one relay, or from all.

use serde_json::json;

use super::{Person, text};
use crate::events::note;
use crate::harness::TestRelay;

async fn notes(relay: &TestRelay) -> usize {
    let mut socket = relay.connect().await;
    socket.query(json!({"kinds": [1]})).await.len()
}

#[tokio::test]
async fn nip62_10_nobody_vanishes_without_saying_so_and_one_relay_is_asked_alone() {
    let (one, two) = (TestRelay::start().await, TestRelay::start().await);
    let both = format!("{} {}", one.url(), two.url());
    let ada = Person::with_key(&both, 1);
    for relay in [&one, &two] {
        let mut socket = relay.connect().await;
        socket.accept(&note(1).content("hello").signed()).await;
        socket.accept(&note(2).content("by another").signed()).await;
    }
    for scope in [&["--everywhere"][..], &["--from", &one.url()]] {
        let words = ["vanish"].iter().chain(scope);
        ada.fails(words, 2, "There is no way back", "--yes").await;
    }
    assert_eq!((notes(&one).await, notes(&two).await), (2, 2));

    let url = two.url();
    let gone = ada.json(["vanish", "--from", &url, "--yes"]).await;
    assert_eq!(gone["everywhere"], false);
    assert_eq!(gone["published"]["accepted"], json!([url]));
    assert_eq!((notes(&one).await, notes(&two).await), (2, 1));
    let mut socket = one.connect().await;
    let heard = socket.query(json!({"kinds": [62]})).await;
    assert_eq!(heard, [], "the other relay does not hear of it");

    let ben = Person::with_key(&both, 2);
    let everywhere = [
        "vanish",
        "--everywhere",
        "--reason",
        "I start anew",
        "--yes",
    ];
    let gone = ben.json(everywhere).await;
    let id = text(&gone["id"]);
    assert_eq!((&gone["everywhere"], id.len()), (&json!(true), 64));
    let accepted = gone["published"]["accepted"].as_array().map(Vec::len);
    assert_eq!(accepted, Some(2));
    assert_eq!((notes(&one).await, notes(&two).await), (1, 0));
    let cai = Person::with_key(&both, 3);
    let page = cai.done(["vanish", "--from", &url, "--yes"]).await;
    assert!(page.contains("Deletion cannot be guaranteed"), "{page}");
}
