//! `conformance --run OUTPUT` writes docs/CONFORMANCE.md from the output of a run of all tests;
//! with `--check` it writes nothing, and fails when something is not as it must be.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use kith_tests::conformance::{Document, checklist, document, run};

/// How the document differs is shown by at most this many lines.
const DIFFERENT_LINES_MAX: usize = 20;

#[derive(Parser)]
#[command(about = "Say which line of the checklist is proved by which test")]
struct Arguments {
    /// What `cargo test --workspace 2>&1` printed
    #[arg(long)]
    run: PathBuf,
    /// The checklist; without it the lines are those that the document lists already
    #[arg(long)]
    checklist: Option<PathBuf>,
    /// The document to write or to check
    #[arg(long, default_value = "docs/CONFORMANCE.md")]
    document: PathBuf,
    /// Write nothing; fail when the document is not what the run gives, when a line of the relay
    /// has no test that passes, or when a test carries the id of no line
    #[arg(long)]
    check: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let sections = match &arguments.checklist {
        Some(path) => checklist::read(&read(path)?)?,
        None => document::lines(&read(&arguments.document)?),
    };
    let document = Document::new(&sections, &run::read(&read(&arguments.run)?)?);
    let mut complaints = document.complaints();
    let text = document.to_markdown();
    let path = &arguments.document;
    if arguments.check {
        let written = std::fs::read_to_string(path).unwrap_or_default();
        if written != text {
            complaints.push(format!("{} is not what the run gives:", path.display()));
            complaints.extend(differences(&written, &text));
        }
    } else {
        std::fs::write(path, text).with_context(|| path.display().to_string())?;
        println!("wrote {}", path.display());
    }
    for complaint in &complaints {
        println!("{complaint}");
    }
    Ok(match arguments.check && !complaints.is_empty() {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

/// Lines that only one of two texts has, as `- written` and `+ expected`.
fn differences(written: &str, expected: &str) -> Vec<String> {
    let only = |sign: char, these: &str, others: &str| -> Vec<String> {
        let others: std::collections::HashSet<&str> = others.lines().collect();
        let lines = these.lines().filter(|line| !others.contains(line));
        lines.map(|line| format!("{sign} {line}")).collect()
    };
    let mut lines = only('-', written, expected);
    lines.extend(only('+', expected, written));
    if lines.is_empty() {
        lines.push("  the same lines in another order".to_owned());
    }
    if lines.len() > DIFFERENT_LINES_MAX {
        let more = lines.len() - DIFFERENT_LINES_MAX;
        lines.truncate(DIFFERENT_LINES_MAX);
        lines.push(format!("  and {more} more"));
    }
    lines
}
