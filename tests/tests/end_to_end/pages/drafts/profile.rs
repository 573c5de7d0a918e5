//! What somebody says of themselves, by a form.

use kith_relay::config::GivenTo;
use serde_json::json;

use super::*;

/// A profile of the visitor, so many seconds ago.
fn profile(content: &Value, seconds_ago: u64) -> Event {
    let note = note(VISITOR)
        .kind(0)
        .at(now() - seconds_ago)
        .tag(&["i", "github:anna", "proof"]);
    note.content(content.to_string()).signed()
}

fn said(event: &Event) -> Value {
    serde_json::from_str(event.content()).unwrap()
}

#[tokio::test]
async fn nip24_a_profile_by_a_form_is_on_the_page_of_the_person() {
    let chess = Chess::start().await;
    let visitor = pubkey(VISITOR).to_string();
    let fields = [
        ("pubkey", visitor.as_str()),
        ("name", "Anna"),
        ("about", "Plays <b>chess</b>\r\nand go"),
        ("picture", "https://a.example/anna.png"),
        ("website", "https://a.example/chess"),
    ];
    let signed = done(&chess.relay, VISITOR, "profile", &fields).await;
    assert_eq!(said(&signed[0])["about"], "Plays <b>chess</b>\nand go");
    let path = format!("/p/{visitor}");
    get(&chess.relay, &path).await.has(&[
        "<bdi>Anna</bdi>",
        "Plays &#60;b&#62;chess",
        "<p dir=\"auto\">and go",
        "src=\"https://a.example/anna.png\"",
        "href=\"https://a.example/chess\"",
    ]);
    // An address that only its author believes in is none.
    let hostile =
        json!({"about": "\u{202e}<i>", "picture": "javascript:1", "website": "javascript:2"});
    let hostile = note(VISITOR)
        .kind(0)
        .at(signed[0].created_at() + 1)
        .content(hostile.to_string());
    chess.relay.connect().await.accept(&hostile.signed()).await;
    let page = get(&chess.relay, &path).await;
    page.lacks(&["javascript:", "\u{202e}", "<i>"]);
}

#[tokio::test]
async fn pictures_of_people_obey_the_operator() {
    let relay = TestRelay::start_with(|config| config.http.pictures = false).await;
    let content = json!({"name": "Anna", "picture": "https://a.example/anna.png"});
    let mut socket = relay.connect().await;
    socket.accept(&profile(&content, 10)).await;
    let page = get(&relay, &format!("/p/{}", pubkey(VISITOR))).await;
    page.has(&["<bdi>Anna</bdi>"]);
    page.lacks(&["anna.png"]);
}

#[tokio::test]
async fn nip24_a_form_changes_the_newest_version_that_anybody_knows() {
    let chess = Chess::start().await;
    let visitor = pubkey(VISITOR).to_string();
    let mut socket = chess.relay.connect().await;
    let here = profile(&json!({"name": "here", "lud16": "a@b.example"}), 100);
    socket.accept(&here).await;
    let change = [("pubkey", visitor.as_str()), ("about", "chess")];
    let (drafts, _) = drafts_of(&post(&chess.relay, "profile", &change).await);
    let content: Value = serde_json::from_str(&drafts[0].content).unwrap();
    let expect = json!({"name": "here", "lud16": "a@b.example", "about": "chess"});
    assert_eq!(content, expect);
    assert_eq!(drafts[0].tags, [["i", "github:anna", "proof"]]);
    assert!(drafts[0].created_at.unwrap() > here.created_at());
    // What the browser found elsewhere counts where it is newer, and only then.
    for (seconds_ago, name) in [(200, "here"), (50, "elsewhere")] {
        let brought = profile(&json!({"name": "elsewhere"}), seconds_ago);
        let form = [
            ("pubkey", visitor.as_str()),
            ("about", "chess"),
            ("before", brought.json()),
        ];
        let (drafts, shown) = drafts_of(&post(&chess.relay, "profile", &form).await);
        let content: Value = serde_json::from_str(&drafts[0].content).unwrap();
        assert_eq!(content["name"], name);
        assert!(shown.contains(name), "{shown}");
    }
}

#[tokio::test]
async fn what_is_brought_to_a_form_must_be_a_profile_of_who_signs() {
    let chess = Chess::start().await;
    let visitor = pubkey(VISITOR).to_string();
    let content = json!({"name": "elsewhere"}).to_string();
    let of_another = note(GUEST).kind(0).content(content.as_str()).signed();
    let of_another_kind = note(VISITOR).kind(1).content(content.as_str()).signed();
    let forged = profile(&json!({"name": "elsewhere"}), 10);
    let forged = forged.json().replace("elsewhere", "somewhere");
    for before in [
        of_another.json(),
        of_another_kind.json(),
        &forged,
        "{}",
        "[",
        "7",
        &"[".repeat(10_000),
    ] {
        let form = [
            ("pubkey", visitor.as_str()),
            ("name", "Anna"),
            ("before", before),
        ];
        assert_eq!(
            wrong_of(&post(&chess.relay, "profile", &form).await),
            [""],
            "{before}"
        );
    }
    let nobody = post(&chess.relay, "profile", &[("name", "Anna")]).await;
    assert_eq!(wrong_of(&nobody), [""]);
    let wrong = [
        ("pubkey", visitor.as_str()),
        ("picture", "a.png"),
        ("nip05", "anna"),
    ];
    let wrong = post(&chess.relay, "profile", &wrong).await;
    assert_eq!(wrong_of(&wrong), ["picture", "nip05"]);
}

#[tokio::test]
async fn nip05_11_the_page_of_the_account_says_where_names_can_be_had() {
    let nobody = TestRelay::start().await;
    let page = get(&nobody, "/account").await;
    page.lacks(&["gives such names"]);
    for (given_to, words) in [
        (GivenTo::Anybody, "This relay gives such names: write"),
        (GivenTo::Members, "to its members"),
    ] {
        let relay = TestRelay::start_with(|config| {
            config.server.public_url = Some("wss://kith.example".to_owned());
            config.names.given_to = given_to;
        })
        .await;
        get(&relay, "/account")
            .await
            .has(&[words, "anna@kith.example"]);
    }
}
