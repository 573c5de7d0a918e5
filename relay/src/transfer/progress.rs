//! Shows people how far an import or export is. Silent unless standard error is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::digits::grouped;

const BAR: &str = "{msg} [{bar:32}] {percent}% {binary_bytes_per_sec}, {eta} left";
const SPINNER: &str = "{spinner} {msg}, {elapsed}";
const SPINNER_TICK: Duration = Duration::from_millis(100);

/// A bar when the whole is known, a spinner when it is not.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    verb: &'static str,
}

impl Progress {
    /// Begins to show progress; `bytes_total` is the size of the input, if known.
    pub(super) fn new(verb: &'static str, bytes_total: Option<u64>) -> Self {
        let (bar, template) = match bytes_total {
            Some(total) => (ProgressBar::new(total), BAR),
            None => (ProgressBar::new_spinner(), SPINNER),
        };
        // A template that does not parse would only cost the looks.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        if bytes_total.is_none() {
            bar.enable_steady_tick(SPINNER_TICK);
        }
        Progress { bar, verb }
    }

    /// Shows that something is done of which nobody knows how long it takes.
    pub(super) fn of_step(what: &'static str) -> Self {
        let progress = Progress::new(what, None);
        progress.bar.set_message(what);
        progress
    }

    /// Shows how far it is: events done, bytes done.
    pub(super) fn show(&self, events: u64, bytes: u64) {
        self.bar
            .set_message(format!("{} {} events", self.verb, grouped(events)));
        if self.bar.length().is_some() {
            self.bar.set_position(bytes);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
