//! How far something has come that takes more than a second, on standard error and only where a
//! person looks at it.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::context::Context;

/// What takes less than this shows no progress.
const SHOWN_AFTER: Duration = Duration::from_secs(1);

/// A line that says how many of how many are done.
pub struct Progress {
    bar: ProgressBar,
    is_wanted: bool,
}

impl Progress {
    /// `doing` so many things.
    pub fn of(doing: &'static str, count: usize, context: &Context) -> Self {
        let hidden = ProgressDrawTarget::hidden();
        let bar = ProgressBar::with_draw_target(Some(count as u64), hidden).with_message(doing);
        if let Ok(style) = ProgressStyle::with_template("{msg} {pos} of {len} {wide_bar}") {
            bar.set_style(style);
        }
        let is_wanted = std::io::stderr().is_terminal() && !context.global.json;
        Progress { bar, is_wanted }
    }

    /// One more is done.
    pub fn step(&self) {
        if self.is_wanted && self.bar.is_hidden() && self.bar.elapsed() >= SHOWN_AFTER {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(1);
    }

    /// The line goes away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
