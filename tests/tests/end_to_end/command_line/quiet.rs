//! `--quiet`, `NO_COLOR` and pipes: the answer alone, without colours, for whoever reads only its
//! beginning.

use tokio::net::TcpListener;

use super::terminal::Terminal;
use super::{Person, nowhere, party};
use crate::harness::TestRelay;

#[tokio::test]
async fn quiet_leaves_the_answer_alone_and_errors_are_still_told() {
    let relay = TestRelay::start().await;
    let (_, guest) = party(&relay).await;
    let down = nowhere().await;
    let guest = guest.with("KITH_RELAYS", format!("{} {down}", relay.url()));
    let near = ["near", "Brighton, GB"];
    let loud = guest.run(near).await;
    assert!(loud.stderr.starts_with("warning: "), "{loud:?}");
    for flag in ["--quiet", "-q"] {
        assert_eq!(guest.done(near.iter().chain(&[flag])).await, loud.stdout);
    }
    let both = guest.done(near.iter().chain(&["--json", "--quiet"])).await;
    assert!(both.starts_with('{'), "{both}");

    // What could be done next is no answer.
    let far = ["near", "Reykjavik"];
    let hinted = guest.run(far).await.stdout;
    let quiet = guest.done(far.iter().chain(&["--quiet"])).await;
    assert!(hinted.starts_with(quiet.trim_end()), "{hinted}");
    assert!(
        hinted.contains("\nNext:") && !quiet.contains("Next:"),
        "{quiet}"
    );

    let ended = guest.run(["near", "Brihgton", "--quiet"]).await;
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{ended:?}");
    assert!(ended.stderr.starts_with("error: no place"), "{ended:?}");
    let ended = guest
        .run(["near", "Brighton", "--quiet", "--verbose"])
        .await;
    assert_eq!(ended.code, 2, "{ended:?}");
}

#[tokio::test]
async fn whoever_reads_only_the_beginning_gets_it_and_nothing_is_complained_about() {
    let relay = TestRelay::start().await;
    let (_, guest) = party(&relay).await;
    for (line, beginning) in [
        (
            "\"$KITH\" near 'Brighton, GB' | head -1",
            "Within 25 km of Brighton",
        ),
        ("\"$KITH\" near 'Brighton, GB' --json | head -1", "{"),
        // Nobody reads at all, and more than a pipe holds.
        ("\"$KITH\" near 'Brighton, GB' | true", ""),
        ("\"$KITH\" completions zsh | head -1", "#compdef kith"),
        ("\"$KITH\" completions bash --json | true", ""),
        ("\"$KITH\" help | head -1", "Communities, meetups"),
        (
            "\"$KITH\" watch 'Brighton, GB' | head -1",
            "Within 25 km of Brighton",
        ),
    ] {
        let ended = guest.shell(line).await;
        assert_eq!(
            (ended.code, ended.stderr.as_str()),
            (0, ""),
            "{line}: {ended:?}"
        );
        assert!(ended.stdout.starts_with(beginning), "{line}: {ended:?}");
        assert!(ended.stdout.lines().count() <= 1, "{line}: {ended:?}");
    }
}

#[tokio::test]
async fn no_color_is_for_every_terminal() {
    let relay = TestRelay::start().await;
    party(&relay).await;
    for (value, has_style) in [("", true), ("1", false)] {
        let person = Person::new(&relay.url()).with("NO_COLOR", value);
        let words = ["near", "Brighton, GB"];
        let mut terminal = Terminal::start(person.command_on_terminal(words), 20, 90);
        terminal.shows_text("Opening night").await;
        assert_eq!(terminal.has_style(), has_style, "NO_COLOR={value}");
        assert_eq!(terminal.ended().await, 0);
    }
}

#[tokio::test]
async fn what_takes_more_than_a_second_says_so_while_it_lasts() {
    let relay = TestRelay::start().await;
    party(&relay).await;
    // It is there, and never says a word.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("ws://{}", listener.local_addr().unwrap());
    let person = Person::new(&format!("{} {silent}", relay.url()));
    let words = ["near", "Brighton, GB", "--timeout", "3"];
    let mut terminal = Terminal::start(person.command_on_terminal(words), 20, 90);
    terminal.shows_text("waiting for the relays").await;
    let rows = terminal.shows_text("Opening night").await;
    let is_over = rows
        .iter()
        .all(|row| !row.contains("waiting for the relays"));
    assert!(is_over, "{rows:#?}");
    assert_eq!(terminal.ended().await, 0);
}
