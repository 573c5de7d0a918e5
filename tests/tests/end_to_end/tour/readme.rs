//! What the documents promise: the tour of README.md is run line by line and must print what is
//! written there; the tables must be those of the programs. Knows Markdown as far as our documents
//! use it.

use std::path::Path;
use std::process::Stdio;

use kith_relay::config::{Flags, Sources};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use super::TODAY;
use crate::command_line::Person;
use crate::harness::{TestRelay, within_deadline};
use crate::process::RelayProcess;
use crate::process::program;

const README: &str = include_str!("../../../../README.md");
const OPERATING: &str = include_str!("../../../../docs/OPERATING.md");

/// The relay of the tour.
const RELAY: &str = "ws://127.0.0.1:7447";

/// What the first terminal is told.
const FIRST_TERMINAL: &str = "cargo run --release -p kith-relay\n";

/// Printed between the steps: nothing else prints it.
const SEPARATOR: &str = "\u{1e}";

#[tokio::test]
async fn the_tour_of_the_readme_prints_what_is_written_there() {
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(&folder.path().join("data")).await;
    tour("A five-minute tour", 11, &relay.url(), folder.path()).await;
}

#[tokio::test]
async fn the_tour_of_organizers_prints_what_is_written_there() {
    let folder = tempfile::tempdir().unwrap();
    let relay = RelayProcess::start(&folder.path().join("data")).await;
    tour("An organizer's tour", 8, &relay.url(), folder.path()).await;
}

/// Does what a section says, on this relay; it has so many steps at least.
pub(crate) async fn tour(heading: &str, steps_min: usize, relay: &str, folder: &Path) {
    let steps = steps(section(README, heading));
    assert_eq!(steps[0].commands, FIRST_TERMINAL);
    let second_terminal = &steps[1..];
    assert!(
        second_terminal.len() >= steps_min,
        "{} steps",
        second_terminal.len()
    );

    let output = paste(second_terminal, relay, folder).await;
    let printed: Vec<&str> = output.split(SEPARATOR).collect();
    let mut differences = String::new();
    for (number, step) in second_terminal.iter().enumerate() {
        let printed = printed.get(number).copied().unwrap_or_default();
        let printed = printed.trim_matches('\n');
        let Some(expected) = &step.output else {
            continue;
        };
        let expected = expected.replace(RELAY, relay);
        if !matches(&lines(expected.trim_end()), &lines(printed)) {
            let commands = &step.commands;
            differences.push_str(&format!(
                "{commands}printed\n{printed}\nand not\n{expected}\n"
            ));
        }
    }
    assert!(
        differences.is_empty(),
        "README.md is not true:\n{differences}"
    );
    assert_eq!(
        printed.len(),
        second_terminal.len() + 1,
        "it stopped early:\n{output}"
    );
}

#[tokio::test]
async fn the_exit_codes_of_the_readme_are_those_of_the_program() {
    let explained = Person::new("").done(["exit-codes"]).await;
    let codes = explained
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once("  "));
    let table: Vec<String> = codes
        .map(|(code, text)| format!("| {code} | {text} |"))
        .collect();
    assert_eq!(table.len(), 8, "{explained}");
    let section = section(README, "Exit codes of `kith`");
    let written: Vec<&str> = rows(section).collect();
    assert_eq!(written, table);
}

#[tokio::test]
async fn the_protocols_in_the_readme_are_those_that_the_relay_announces() {
    let relay = TestRelay::start().await;
    let answer = relay.get("/", "Accept: application/nostr+json\r\n").await;
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let document: Value = serde_json::from_str(body).unwrap();
    let numbers = document["supported_nips"].as_array().unwrap().iter();
    let numbers: Vec<String> = numbers
        .map(|number| format!("{:02}", number.as_u64().unwrap()))
        .collect();
    let (last, others) = numbers.split_last().unwrap();
    let announced = format!("NIP-{} and {last}", others.join(", "));
    let readme = README.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        readme.contains(&format!("A relay with {announced},")),
        "{announced}"
    );
}

#[test]
fn the_settings_in_the_operating_guide_are_those_of_the_program() {
    let loaded = Sources::new(Flags::default(), []).load().unwrap();
    let expected = settings_table(&loaded.to_toml());
    assert!(expected.len() > 40, "{expected:#?}");
    let written: Vec<&str> = rows(section(OPERATING, "Settings")).collect();
    assert!(
        written == expected,
        "put this into docs/OPERATING.md:\n{}",
        expected.join("\n")
    );
}

/// One fence of commands, and the fence that shows what they print.
struct Step {
    commands: String,
    output: Option<String>,
}

/// The text below a heading of the second level.
fn section<'a>(document: &'a str, heading: &str) -> &'a str {
    let start = format!("\n## {heading}\n");
    let (_, rest) = document
        .split_once(&start)
        .unwrap_or_else(|| panic!("no {heading:?}"));
    rest.split_once("\n## ")
        .map_or(rest, |(section, _)| section)
}

/// The rows of the tables in a section, without their heads.
fn rows(section: &str) -> impl Iterator<Item = &str> {
    let rows = section.lines().filter(|line| line.starts_with('|'));
    rows.filter(|line| !line.starts_with("| ---"))
        .filter(|line| {
            !["| code |", "| setting |"]
                .iter()
                .any(|head| line.starts_with(head))
        })
}

fn steps(section: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = section.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            continue;
        };
        let fenced = lines.by_ref().take_while(|line| *line != "```");
        let text: String = fenced.map(|line| format!("{line}\n")).collect();
        match (language, steps.last_mut()) {
            ("sh", _) => steps.push(Step {
                commands: text,
                output: None,
            }),
            ("text", Some(step)) if step.output.is_none() => step.output = Some(text),
            (other, _) => panic!("a fence of {other:?} in the tour:\n{text}"),
        }
    }
    steps
}

/// Types the commands into a shell and gives everything that appears on the terminal. The programs
/// are those of this build, and the relay is that of the test.
async fn paste(steps: &[Step], relay: &str, folder: &Path) -> String {
    let mut script = String::from("exec 2>&1\nset -eu\ncargo() { :; }\n");
    for step in steps {
        script.push_str(&step.commands.replace(RELAY, relay));
        script.push_str(&format!("echo '{SEPARATOR}'\n"));
    }
    let programs = program("kith").parent().unwrap().to_str().unwrap();
    let path = std::env::var("PATH").unwrap();
    let mut command = Command::new("sh");
    for variable in ["KITH_KEY", "KITH_PASSWORD", "KITH_CONFIG_DIR", "NO_COLOR"] {
        command.env_remove(variable);
    }
    let mut shell = command
        .args(["-c", &script])
        .current_dir(folder)
        .env("PATH", format!("{programs}:{path}"))
        .env("TMPDIR", folder)
        .env("TZ", "Asia/Tokyo")
        .env("KITH_NOW", TODAY)
        .env("KITH_RELAYS", relay)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut printed = BufReader::new(shell.stdout.take().unwrap()).lines();
    let mut output = String::new();
    while let Some(line) = within_deadline("the next line of the tour", printed.next_line())
        .await
        .unwrap()
    {
        output.push_str(&line);
        output.push('\n');
    }
    output
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim_end).collect()
}

/// Whether lines are as the document has them: a line `…` stands for any number of lines, `…` in a
/// line for any text.
fn matches(expected: &[&str], printed: &[&str]) -> bool {
    match expected {
        [] => printed.is_empty(),
        ["…", rest @ ..] => (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..])),
        [line, rest @ ..] => match printed {
            [first, others @ ..] => line_matches(line, first) && matches(rest, others),
            [] => false,
        },
    }
}

fn line_matches(expected: &str, printed: &str) -> bool {
    match expected.split_once('…') {
        None => expected == printed,
        Some((start, rest)) => printed.strip_prefix(start).is_some_and(|printed| {
            let mut ends = printed
                .char_indices()
                .map(|(at, _)| at)
                .chain([printed.len()]);
            ends.any(|end| line_matches(rest, &printed[end..]))
        }),
    }
}

/// The rows of docs/OPERATING.md, made of what `kith-relay config` prints.
fn settings_table(toml: &str) -> Vec<String> {
    const NEXT_START: &str = "A change takes effect at the next start.";
    let (mut section, mut meaning, mut table) = (String::new(), Vec::new(), Vec::new());
    for line in toml.lines() {
        let unset = line
            .strip_prefix("# ")
            .filter(|rest| rest.ends_with(" = \"\""));
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']').to_owned();
            meaning.clear();
        } else if let Some((key, value)) = unset.unwrap_or(line).split_once(" = ")
            && (unset.is_some() || !line.starts_with('#'))
        {
            let live = !meaning.contains(&NEXT_START);
            meaning.retain(|text| *text != NEXT_START && !text.starts_with("from: "));
            let value = if unset.is_some() {
                "not set".to_owned()
            } else {
                format!("`{value}`")
            };
            let when = if live { "" } else { " *" };
            table.push(format!(
                "| `{section}.{key}` | {value} | {}{when} |",
                meaning.join(" ")
            ));
            meaning.clear();
        } else if let Some(text) = line.strip_prefix("# ") {
            meaning.push(text);
        } else {
            meaning.clear();
        }
    }
    table
}
