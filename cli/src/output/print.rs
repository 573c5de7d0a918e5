//! The one place where something is printed: answers on standard output, all else on standard error.

use std::io::{IsTerminal, Write};

use super::freshness::Beside;
use super::{Report, json, table};
use crate::errors::CliError;

/// How to print, decided once.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// For programs.
    pub json: bool,
    /// Columns of the terminal; `None` when it is not one.
    pub width: Option<u16>,
    /// Bold headings.
    pub bold: bool,
    /// The answer alone: no warnings, and nothing about what to do next.
    pub quiet: bool,
}

impl Style {
    /// For this process: a terminal or not, `NO_COLOR` or not.
    pub fn of_this_terminal(json: bool, quiet: bool) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let width = terminal
            .then(|| comfy_table::Table::new().width())
            .flatten();
        Self {
            json,
            width,
            bold: terminal && !is_colourless(),
            quiet,
        }
    }
}

/// Whether the person wants no colours, nor anything like them (`NO_COLOR`).
pub fn is_colourless() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Prints an answer on standard output and its warnings on standard error.
pub fn print(report: &Report, style: Style) -> std::io::Result<()> {
    print_with(report, &Beside::default(), style)
}

/// The same, with what is to be said beside it.
pub fn print_with(report: &Report, beside: &Beside, style: Style) -> std::io::Result<()> {
    let warnings = beside.warnings.iter().chain(&report.warnings);
    for warning in warnings.filter(|_| !style.quiet) {
        let line = warning_line(warning, style.json);
        writeln!(std::io::stderr().lock(), "{line}")?;
    }
    if style.quiet && !style.json && report.output.is_notice() {
        return Ok(());
    }
    let text = match (&report.output, style.json) {
        (output, true) => json::render(output, beside)?,
        (output, false) => table::render(output, style),
    };
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        stdout.write_all(b"\n")?;
    }
    stdout.flush()
}

/// Waits until nobody can read standard output any more, where the system tells;
/// elsewhere the next line fails.
#[cfg(unix)]
pub async fn closed() {
    use std::os::fd::AsFd;
    use tokio::io::Interest;
    use tokio::net::unix::pipe::Sender;

    let stdout = std::io::stdout().as_fd().try_clone_to_owned();
    // Only waited for, never written to. A file cannot be waited for, and has no reader to lose.
    if let Ok(stdout) = stdout.and_then(Sender::from_owned_fd_unchecked)
        && stdout.ready(Interest::ERROR).await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

/// Waits for ever: the next line fails.
#[cfg(not(unix))]
pub async fn closed() {
    std::future::pending().await
}

/// Shows what a signer has to open, as text and as a QR code, on standard error: the answer comes later.
pub fn show_address(address: &str, code: &str, json: bool) {
    let text = match json {
        true => json::address(address),
        false => table::address(address, code),
    };
    // Nothing is left to do when standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Prints a warning on standard error before the answer is there.
pub fn print_warning(message: &str, json: bool) {
    let line = warning_line(message, json);
    // Nothing is left to do when standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

fn warning_line(message: &str, json: bool) -> String {
    match json {
        true => json::warning(message),
        false => format!("warning: {}", table::plain(message)),
    }
}

/// Prints a failure on standard error.
pub fn print_error(error: &CliError, json: bool) {
    let text = if json {
        json::error(error)
    } else {
        table::error(error)
    };
    // Nothing is left to do when standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
