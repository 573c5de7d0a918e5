//! The command line: what it takes, what it refuses, and that it is in the document of JSON.

use clap::CommandFactory;

use super::*;

#[test]
fn the_command_line_is_consistent() {
    Arguments::command().debug_assert();
}

/// What programs rely on.
const DOCUMENT: &str = include_str!("../../../docs/JSON.md");

/// Every command that does something, as it is typed.
fn leaves(command: &clap::Command, path: &str) -> Vec<(String, clap::Command)> {
    let below = command
        .get_subcommands()
        .filter(|below| below.get_name() != "help");
    let below: Vec<_> = below
        .flat_map(|below| leaves(below, &format!("{path} {}", below.get_name())))
        .collect();
    match below.is_empty() {
        true => vec![(path.to_owned(), command.clone())],
        false => below,
    }
}

#[test]
fn every_command_takes_json_and_quiet_has_examples_and_is_in_the_document() {
    let mut kith = Arguments::command();
    kith.build();
    let leaves = leaves(&kith, "kith");
    assert!(leaves.len() > 40, "{}", leaves.len());
    for (path, command) in &leaves {
        for option in ["json", "quiet"] {
            let mut arguments = command.get_arguments();
            let found = arguments.any(|argument| argument.get_long() == Some(option));
            assert!(found, "{path} takes no --{option}");
        }
        assert!(
            command.get_about().is_some(),
            "{path} says nothing about itself"
        );
        assert!(
            DOCUMENT.contains(&format!("`{path}`")),
            "docs/JSON.md says nothing about `{path}`"
        );
    }
    // And it speaks of no command that is not there.
    let rows = DOCUMENT.lines().filter(|line| line.starts_with("| `kith"));
    for row in rows {
        let named = row.split('|').nth(1).unwrap_or_default().split('`');
        for named in named.filter(|text| text.starts_with("kith ")) {
            let words = named.split(' ');
            let words = words
                .take_while(|word| !word.starts_with('-') && !word.starts_with(char::is_uppercase));
            let named = words.collect::<Vec<_>>().join(" ");
            let is_there = |path: &str| {
                let rest = path.strip_prefix(&named);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            };
            assert!(leaves.iter().any(|(path, _)| is_there(path)), "{named}");
        }
    }
}

fn parse(line: &[&str]) -> Result<Arguments, clap::Error> {
    Arguments::try_parse_from(std::iter::once("kith").chain(line.iter().copied()))
}

#[test]
fn every_documented_line_parses() {
    for line in [
        &["keys", "new"][..],
        &["keys", "new", "--force"],
        &["keys", "import"],
        &["keys", "import", "key.txt", "--force"],
        &["keys", "show", "--secret", "--yes"],
        &["login"],
        &["login", "--bunker"],
        &[
            "login",
            "--bunker",
            "bunker://x?relay=wss://y",
            "--wait",
            "60",
        ],
        &["logout"],
        &["doctor"],
        &["doctor", "--write"],
        &["outbox"],
        &["outbox", "send", "--json"],
        &["outbox", "drop", "3f2a9c01", "4b"],
        &["outbox", "drop", "--all"],
        &["near", "Brighton", "--offline"],
        &["relays", "list"],
        &["relays", "add", "wss://one.example", "wss://two.example"],
        &["relays", "remove", "wss://one.example"],
        &["relays", "publish"],
        &[
            "relays",
            "publish",
            "wss://one.example",
            "--write",
            "wss://two.example",
            "--force-new-list",
        ],
        &["relays", "show", "npub1xyz"],
        &["profile", "show"],
        &["profile", "show", "bob@example.com"],
        &[
            "profile",
            "set",
            "--name",
            "Ben",
            "--about",
            "",
            "--force-new-list",
        ],
        &[
            "profile",
            "set",
            "--picture",
            "https://a.example/b.png",
            "--website",
            "https://a.example",
            "--identifier",
            "ben@a.example",
        ],
        &[
            "community",
            "create",
            "Brighton Rust",
            "--place",
            "Brighton",
            "--topic",
            "rust",
        ],
        &[
            "community",
            "create",
            "B",
            "--place",
            "50.82,-0.13",
            "--description-file",
            "-",
        ],
        &[
            "community",
            "edit",
            "Brighton Rust",
            "--title",
            "Rust in Brighton",
        ],
        &["community", "show", "Brighton Rust"],
        &["community", "list", "--owned"],
        &[
            "community",
            "list",
            "--place",
            "Brighton",
            "--radius",
            "10 miles",
        ],
        &["community", "close", "Brighton Rust", "--yes"],
        &["follow", "Brighton Rust"],
        &["leave", "Brighton Rust", "--force-new-list"],
        &[
            "meetup",
            "create",
            "B",
            "Chips",
            "--start",
            "next friday 19:00",
            "--where",
            "X",
        ],
        &[
            "meetup", "create", "B", "Chips", "--start", "+7d", "--end", "+8d",
        ],
        &[
            "meetup",
            "edit",
            "Chips",
            "--start",
            "friday 20:00",
            "--duration",
            "3h",
        ],
        &[
            "meetup",
            "edit",
            "Chips",
            "--no-image",
            "--no-place",
            "--no-summary",
            "--no-topics",
            "--no-where",
        ],
        &["meetup", "cancel", "Chips"],
        &["meetup", "adopt", "naddr1x"],
        &["meetup", "release", "naddr1x", "--force-new-list"],
        &["meetup", "show", "Chips"],
        &["meetup", "list", "Brighton Rust", "--past"],
        &["meetup", "import", "Brighton Rust", "events.ics"],
        &[
            "meetup",
            "import",
            "B",
            "-",
            "--dry-run",
            "--days",
            "30",
            "--past",
        ],
        &["meetup", "export", "Chips", "--out", "chips.ics"],
        &["meetup", "export", "--community", "Brighton Rust"],
        &["attendees", "Chips"],
        &["attendees", "Chips", "--csv", "--out", "people.csv"],
        &["agenda", "--ics", "agenda.ics"],
        &[
            "meetup", "series", "create", "B", "Chips", "--start", "+7d", "--repeat", "weekly",
            "--times", "12",
        ],
        &["meetup", "series", "list"],
        &["meetup", "series", "show", "Chips"],
        &[
            "meetup",
            "series",
            "edit",
            "Chips",
            "--all",
            "--where",
            "The pier",
            "--capacity",
            "12",
        ],
        &["meetup", "series", "cancel", "Chips", "--following"],
        &[
            "meetup", "now", "B", "Coffee", "--for", "1h", "--where", "The pier",
        ],
        &["meetup", "hosts", "Chips", "--add", "npub1xyz"],
        &[
            "meetup",
            "create",
            "B",
            "C",
            "--start",
            "+7d",
            "--capacity",
            "12",
            "--answer-by",
            "2 days before",
        ],
        &["rsvp", "Chips", "yes", "--guests", "2"],
        &["rsvp", "Chips", "yes"],
        &["rsvp", "Chips", "maybe", "--note", "late"],
        &[
            "near", "Brighton", "--radius", "25km", "--from", "today", "--to", "2026-12",
        ],
        &["near", "-33.9,151.2", "--topic", "rust"],
        &["watch", "Brighton"],
        &[
            "watch",
            "-33.9,151.2",
            "--radius",
            "5km",
            "--topic",
            "a",
            "--topic",
            "b",
        ],
        &["agenda"],
        &[
            "agenda",
            "--days",
            "7",
            "--place",
            "-33.9,151.2",
            "--radius",
            "5km",
        ],
        &["members", "list", "Brighton Rust"],
        &["members", "approve", "Brighton Rust", "npub1xyz"],
        &[
            "members",
            "mute",
            "Brighton Rust",
            "npub1xyz",
            "npub1abc",
            "--force-new-list",
        ],
        &["announce", "B", "--to", "members", "hello"],
        &["announce", "Chips", "hello", "--to", "silent", "--dry-run"],
        &["announce", "Chips", "--to", "going", "--again"],
        &["announce", "--resume", "--json"],
        &["dm"],
        &[
            "dm",
            "npub1xyz",
            "hello",
            "--with",
            "npub1abc",
            "--subject",
            "x",
        ],
        &["dm", "npub1xyz", "--follow"],
        &["dm", "--follow", "--json"],
        &["dm", "npub1xyz", "--forget", "--yes"],
        &["dm", "--open-inbox"],
        &["admin", "methods", "--relay", "wss://one.example"],
        &["admin", "ban", "npub1xyz", "--reason", "spam"],
        &["admin", "ban-event", "note1xyz"],
        &["admin", "disallow-kind", "7"],
        &["admin", "block-ip", "2001:db8::1"],
        &[
            "admin", "role", "create", "host", "--color", "120", "--order", "-1",
        ],
        &["admin", "role", "assign", "host", "npub1xyz"],
        &["report", "npub1xyz", "spam"],
        &[
            "report",
            "3f2a9c01",
            "other",
            "rude",
            "--chat",
            "Brighton Rust",
        ],
        &["reports", "Brighton Rust"],
        &["community", "count", "Brighton Rust"],
        &["members", "mute", "B", "npub1xyz", "--reason", "spam"],
        &[
            "relays",
            "find",
            "-33.9,151.2",
            "--radius",
            "200km",
            "--nip",
            "50",
        ],
        &["friends"],
        &["friends", "--identifiers"],
        &["friends", "add", "npub1xyz", "npub1abc"],
        &["friends", "remove", "npub1xyz", "--force-new-list"],
        &["mute"],
        &[
            "mute",
            "npub1xyz",
            "nevent1xyz",
            "--word",
            "rain",
            "--topic",
            "x",
        ],
        &["mute", "--word", "rain", "--private", "--force-new-list"],
        &["unmute", "--word", "rain"],
        &["vanish", "--everywhere", "--yes"],
        &["vanish", "--from", "wss://one.example", "--reason", "x"],
        &["feed"],
        &["feed", "--follow", "--limit", "5", "--of", "following"],
        &["--json", "community", "show", "x"],
        &[
            "community",
            "show",
            "x",
            "--json",
            "--relay",
            "a",
            "--relay",
            "b",
        ],
        &["completions", "bash"],
        &["man", "--out", "dir"],
        &["exit-codes"],
    ] {
        assert!(
            parse(line).is_ok(),
            "{line:?}: {}",
            parse(line).unwrap_err()
        );
    }
}

#[test]
fn what_contradicts_itself_is_refused() {
    for line in [
        &["community", "create"][..],
        &[
            "community",
            "create",
            "B",
            "--description",
            "x",
            "--description-file",
            "y",
        ],
        &["meetup", "create", "B", "Chips"],
        &[
            "meetup",
            "create",
            "B",
            "C",
            "--start",
            "+7d",
            "--end",
            "+8d",
            "--duration",
            "1h",
        ],
        &["meetup", "edit", "Chips", "--where", "X", "--no-where"],
        &["meetup", "edit", "Chips", "--place", "X", "--no-place"],
        &["meetup", "import", "B"],
        &["meetup", "export"],
        &["meetup", "export", "Chips", "--community", "B"],
        &["attendees", "Chips", "--out", "people.csv"],
        &["meetup", "series", "edit", "Chips", "--title", "X"],
        &["meetup", "series", "cancel", "Chips", "--only", "--all"],
        &["meetup", "edit", "Chips", "--capacity", "0"],
        &["rsvp", "Chips", "yes", "--guests", "99"],
        &["rsvp", "Chips", "perhaps"],
        &["near", "Brighton", "--on", "today", "--from", "today"],
        &["near", "Brighton", "--radius", "far"],
        &["watch", "Brighton", "Hove"],
        &["agenda", "--days", "0"],
        &["agenda", "--radius", "5km"],
        &["members", "approve", "B"],
        &["announce"],
        &["announce", "B", "hello"],
        &["announce", "B", "hello", "--to", "everybody"],
        &["announce", "B", "hello", "--to", "members", "--resume"],
        &[
            "announce",
            "B",
            "hello",
            "--to",
            "members",
            "--again",
            "--dry-run",
        ],
        &["outbox", "drop"],
        &["outbox", "drop", "3f2a9c01", "--all"],
        &["dm", "--forget"],
        &["dm", "npub1xyz", "hello", "--follow"],
        &["dm", "npub1xyz", "--open-inbox"],
        &["report", "npub1xyz"],
        &["report", "npub1xyz", "rude"],
        &["admin"],
        &["admin", "allow-kind", "65536"],
        &["admin", "block-ip", "localhost"],
        &["friends", "add"],
        &["unmute"],
        &["vanish"],
        &["vanish", "--yes"],
        &["vanish", "--everywhere", "--from", "wss://one.example"],
        &["feed", "--of", "everybody"],
        &["keys", "show", "--yes"],
        &["relays", "list", "--timeout", "0"],
        &["nonsense"],
    ] {
        assert!(parse(line).is_err(), "{line:?}");
    }
}
