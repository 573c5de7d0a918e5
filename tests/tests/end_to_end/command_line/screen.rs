//! `kith chat --follow` on a terminal: typed, read, scrolled, resized, and left as it was.

use super::chat::followed;
use super::person::Person;
use super::terminal::Terminal;
use super::text;
use crate::events::{note, now};
use crate::harness::TestRelay;
use crate::process::RelayProcess;

const PAGE_UP: &str = "\u{1b}[5~";
const PAGE_DOWN: &str = "\u{1b}[6~";
const ESCAPE: &str = "\u{1b}";
const CONTROL_C: &str = "\u{3}";

fn chat(person: &Person, community: &str) -> Terminal {
    let words = ["chat", community, "--follow"];
    Terminal::start(person.command_on_terminal(words), 12, 70)
}

#[tokio::test]
async fn a_chat_on_a_terminal_is_typed_read_scrolled_resized_and_left() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = followed(&relay).await;
    let room = text(&organizer.json(["chat", "Brighton Chess"]).await["room"]["id"]);
    let mut socket = relay.connect().await;
    for number in 1..=30 {
        let message = note(1).kind(42).tag(&["e", &room, "", "root"]);
        let message = message.at(now() - 100 + number);
        socket
            .accept(&message.content(format!("old {number}.")).signed())
            .await;
    }
    let mut terminal = chat(&guest, "Brighton Chess");
    let rows = terminal.shows_text("old 30.").await;
    assert_eq!(rows[0], " Brighton Chess · connected");
    assert!(
        rows[9].ends_with("old 30.") && rows[1].ends_with("old 22."),
        "{rows:#?}"
    );
    assert_eq!(rows[11], ">");

    // What is typed goes to everybody, and what others say comes.
    terminal.press("helo");
    terminal.press("\u{1b}[D");
    terminal.press("l");
    terminal.shows(|rows| rows[11] == "> hello").await;
    terminal.press("\r");
    let rows = terminal.shows(|rows| rows[9].ends_with(": hello")).await;
    assert_eq!(rows[11], ">");
    organizer
        .done(["chat", "Brighton Chess", "hi\u{9b}2J there"])
        .await;
    // Of one second the lower id comes first.
    terminal.shows_text(": hi 2J there").await;
    let said = organizer.done(["chat", "Brighton Chess"]).await;
    assert!(said.contains(": hello"), "{said}");

    // Scrolled back, what comes does not move what is read.
    terminal.press(PAGE_UP);
    let rows = terminal.shows_text("rows below").await;
    assert!(rows[9].ends_with("old 24."), "{rows:#?}");
    organizer.done(["chat", "Brighton Chess", "unseen"]).await;
    let rows = terminal.shows_text("9 rows below").await;
    assert!(rows[9].ends_with("old 24."), "{rows:#?}");
    terminal.press(PAGE_DOWN);
    terminal.press(PAGE_DOWN);
    terminal.shows_text(": unseen").await;

    terminal.resize(6, 40);
    let is_smaller =
        |rows: &[String]| rows[5] == ">" && rows[1..4].iter().any(|row| row.ends_with(": unseen"));
    assert_eq!(terminal.shows(is_smaller).await.len(), 6);
    assert_eq!(terminal.left_by(ESCAPE).await, 0);
}

#[tokio::test]
async fn the_screen_says_when_the_relay_is_gone_and_is_given_back_when_killed() {
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(folder.path()).await;
    let (address, url) = (relay.address(), relay.url());
    let organizer = Person::with_key(&url, 1);
    super::prepare(&organizer).await;
    let mut terminal = chat(&organizer, "Brighton Chess");
    terminal.shows(|rows| rows[0].ends_with(" connected")).await;
    relay.kill().await;
    terminal
        .shows(|rows| rows[0].ends_with("not connected, trying again"))
        .await;
    terminal.press("lost?\r");
    let rows = terminal.shows_text("signed and queued").await;
    assert_eq!(rows[11], ">", "it need not be sent again");

    let relay = RelayProcess::start_at(folder.path(), address).await;
    terminal
        .shows(|rows| rows[0].ends_with(" · connected"))
        .await;
    terminal.shows_text(": lost?").await;
    assert_eq!(terminal.left_by(CONTROL_C).await, 0);

    let mut terminal = chat(&organizer, "Brighton Chess");
    terminal.shows_text(": lost?").await;
    let id = terminal.process_id().to_string();
    let sent = tokio::process::Command::new("kill")
        .args(["-TERM", &id])
        .status();
    assert!(sent.await.unwrap().success());
    assert_eq!(terminal.ended().await, 0);
    drop(relay);
}
