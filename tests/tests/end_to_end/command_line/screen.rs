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
    terminal.press(ESCAPE);
    assert_eq!(terminal.ended().await, 0);
}

#[tokio::test]
async fn no_key_is_lost_while_the_window_changes_nor_of_a_long_text() {
    let relay = TestRelay::start().await;
    let (organizer, guest) = followed(&relay).await;
    let mut terminal = chat(&guest, "Brighton Chess");
    terminal.shows_text("Brighton Chess").await;
    // It broke here: a key that came together with another size was read with the next key.
    let mut typed = String::new();
    for (number, letter) in ('a'..='z').chain('A'..='Z').enumerate() {
        terminal.resize(if number % 2 == 0 { 11 } else { 12 }, 70);
        terminal.press(&letter.to_string());
        typed.push(letter);
    }
    terminal
        .shows(|rows| rows.last().is_some_and(|row| *row == format!("> {typed}")))
        .await;
    // More than is read at once.
    let pasted = "0123456789".repeat(150);
    terminal.press(&format!("\u{1b}[200~{pasted}\u{1b}[201~\r"));
    terminal
        .shows(|rows| rows.last().is_some_and(|row| row == ">"))
        .await;
    terminal.shows_text("0123456789").await;
    let said = organizer.json(["chat", "Brighton Chess"]).await;
    assert_eq!(text(&said["messages"][0]["text"]), typed + &pasted);
    terminal.press(ESCAPE);
    assert_eq!(terminal.ended().await, 0);
}

#[tokio::test]
async fn scrolling_back_brings_what_was_said_before_and_what_is_taken_back_goes() {
    const MESSAGES: u64 = 320;
    let relay = TestRelay::start().await;
    let (organizer, guest) = followed(&relay).await;
    let room = text(&organizer.json(["chat", "Brighton Chess"]).await["room"]["id"]);
    let mut socket = relay.connect().await;
    let mut said = Vec::new();
    for number in 1..=MESSAGES {
        let author = if number % 2 == 0 { 1 } else { 2 };
        let message = note(author).kind(42).tag(&["e", &room, "", "root"]);
        let message = message.at(now() - 1_000 + number);
        let message = message.content(format!("old {number}.")).signed();
        socket.accept(&message).await;
        said.push(message.id().to_string());
    }
    let words = ["chat", "Brighton Chess", "--follow"];
    let mut terminal = Terminal::start(guest.command_on_terminal(words), 50, 70);
    let mut rows = terminal.shows_text("old 320.").await;
    // The screen began with 200 of them.
    while !rows[48].ends_with("this is the first") {
        terminal.press(PAGE_UP);
        rows = terminal.shows(|now| *now != rows).await;
    }
    assert!(rows[1].ends_with(": old 1."), "{rows:#?}");
    assert!(rows[47].ends_with(": old 47."), "{rows:#?}");
    assert_eq!(rows[48], " 273 rows below · this is the first");

    // The owner need not say what it is about; whoever is not known must.
    let first = note(2).kind(5).tag(&["e", &said[0]]).tag(&["k", "42"]);
    socket.accept(&first.signed()).await;
    let second = note(1).kind(5).tag(&["e", &said[1]]);
    socket.accept(&second.signed()).await;
    let not_theirs = note(2).kind(5).tag(&["e", &said[3]]).tag(&["k", "42"]);
    socket.accept(&not_theirs.signed()).await;
    let last = note(1).kind(5).tag(&["e", &said[319]]);
    socket.accept(&last.signed()).await;
    let rows = terminal.shows_text(" 270 rows below").await;
    assert!(rows[1].ends_with(": old 3."), "{rows:#?}");
    assert!(rows[2].ends_with(": old 4."), "{rows:#?}");
    terminal.press(ESCAPE);
    assert_eq!(terminal.ended().await, 0);
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
    terminal.press(CONTROL_C);
    assert_eq!(terminal.ended().await, 0);

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
