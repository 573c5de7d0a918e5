//! Whether the fixed pieces of work take as many instructions as when somebody last looked.
//!
//! Instructions are counted by callgrind. They do not depend on how busy the machine is, so that,
//! unlike times, they can be compared with numbers that are kept with the source. What the work
//! is, `micro` knows; nothing here does.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, bail, ensure};
use clap::Args;

use crate::micro::Workload;

mod baseline;
mod table;

use baseline::{Baseline, Tools};
use table::Table;

/// How far a count may be from the baseline, in per cent of it, in both directions.
const DIFFERENCE_PERCENT_MAX: f64 = 3.0;

/// Count the instructions of the fixed pieces of work and compare them with the baseline.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Write the baseline instead
    #[arg(long)]
    write: bool,
    /// Where the baseline is
    #[arg(long, default_value = "bench/instructions.toml")]
    baseline: PathBuf,
}

/// Runs the subcommand.
///
/// # Errors
/// As [`compare`] and [`write()`].
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match arguments.write {
        true => write(&arguments.baseline),
        false => compare(&arguments.baseline),
    }
}

/// Counts, and compares with the baseline in the file `baseline`.
///
/// # Errors
/// A count is too far off, or stands in no baseline; there is no baseline or no valgrind; a piece
/// of work failed.
pub fn compare(baseline: &Path) -> anyhow::Result<()> {
    let expected = Baseline::read(baseline)?;
    for difference in expected.tools.differences(&installed()?) {
        println!("not as in the baseline: {difference}");
    }
    let table = Table::new(&counts()?, &expected.instructions);
    println!("{table}");
    let off = table.off(DIFFERENCE_PERCENT_MAX);
    ensure!(
        off.is_empty(),
        "more than {DIFFERENCE_PERCENT_MAX} % off: {}. CONTRIBUTING.md, Measuring, says what to do",
        off.join(", ")
    );
    Ok(())
}

/// Counts, and writes the baseline anew.
///
/// # Errors
/// There is no valgrind; a piece of work failed; the file cannot be written.
pub fn write(baseline: &Path) -> anyhow::Result<()> {
    let counted = Baseline {
        tools: installed()?,
        instructions: counts()?,
    };
    println!(
        "{}",
        Table::new(&counted.instructions, &counted.instructions)
    );
    counted.write(baseline)
}

/// The instructions of one round of every piece of work, by name.
fn counts() -> anyhow::Result<baseline::Instructions> {
    let count = |workload: Workload| {
        // What preparing takes is in both and falls out.
        let prepared = instructions(workload, 0)?;
        let done = instructions(workload, 1)?;
        let name = workload.name().to_owned();
        Ok((name, done.saturating_sub(prepared)))
    };
    Workload::ALL.into_iter().map(count).collect()
}

/// The instructions of a whole run of `kith-bench micro`, on all its threads.
fn instructions(workload: Workload, rounds: usize) -> anyhow::Result<u64> {
    let folder = tempfile::tempdir()?;
    let profile = folder.path().join("callgrind.out");
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--quiet", "--fair-sched=yes"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(std::env::current_exe()?)
        .args(["micro", workload.name(), "--rounds", &rounds.to_string()]);
    output(&mut valgrind)?;
    let profile = std::fs::read_to_string(&profile).context("the profile that callgrind wrote")?;
    total(&profile).context("callgrind wrote no total")
}

/// The total of a profile of callgrind.
fn total(profile: &str) -> Option<u64> {
    let line = profile.lines().rev();
    let mut totals = line.filter_map(|line| line.strip_prefix("totals:"));
    totals.next()?.trim().parse().ok()
}

/// What the counts depend on besides the source, as it is here.
fn installed() -> anyhow::Result<Tools> {
    Ok(Tools {
        rustc: first_line("rustc")?,
        cc: first_line("cc")?,
        valgrind: first_line("valgrind")?,
    })
}

/// How a program names its version.
fn first_line(program: &str) -> anyhow::Result<String> {
    let output = output(Command::new(program).arg("--version"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// Runs a program that must succeed.
fn output(command: &mut Command) -> anyhow::Result<Output> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) if output.status.success() => Ok(output),
        Ok(output) => bail!(
            "{program} ended with {}:\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("{program} is not installed; instructions cannot be counted without it")
        }
        Err(error) => Err(error).context(program),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read() {
        let profile = "events: Ir\nsummary: 7\n\nfn=(1) main\n16 2\n\ntotals: 1234567\n";
        assert_eq!(total(profile), Some(1_234_567));
        assert_eq!(total("events: Ir\nsummary: 7\n"), None);
        assert_eq!(total("totals: many\n"), None);
    }

    #[test]
    fn a_program_that_is_missing_or_fails_is_an_error() {
        let missing = output(&mut Command::new("valgrind-that-nobody-has")).unwrap_err();
        assert!(
            missing.to_string().contains("is not installed"),
            "{missing}"
        );
        let fails = output(Command::new("rustc").arg("--no-such-option")).unwrap_err();
        assert!(fails.to_string().starts_with("rustc ended with"), "{fails}");
    }
}
