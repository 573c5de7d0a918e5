//! What tells a person that something takes more than a second: that it is waited for, or how far it has
//! come. On standard error, only where a person looks at it, and never while that person is asked.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kith_client::{ShowWork, WorkProgress};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::context::Context;

/// What takes less than this shows no progress.
const SHOWN_AFTER: Duration = Duration::from_secs(1);

/// How often the line moves while something is waited for.
const DRAWN_EVERY: Duration = Duration::from_millis(120);

/// A line that says that something is waited for; clones are the same line.
#[derive(Debug, Clone, Default)]
pub struct Waiting {
    is_wanted: bool,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// What wants the terminal for itself.
    resting: usize,
    /// How far the work has come that a relay wants.
    work: Option<WorkProgress>,
    line: Option<ProgressBar>,
}

/// No line as long as this is kept.
#[derive(Debug)]
pub struct Resting(Waiting);

impl Waiting {
    /// One that is never shown when it is not wanted.
    pub fn new(is_wanted: bool) -> Self {
        Self {
            is_wanted,
            ..Self::default()
        }
    }

    /// Gives what `work` gives, and shows the line while that takes longer than a second.
    pub async fn until<T>(&self, work: impl Future<Output = T>) -> T {
        if !self.is_wanted {
            return work.await;
        }
        let mut work = pin!(work);
        let mut tick = interval_at(Instant::now() + SHOWN_AFTER, DRAWN_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let outcome = loop {
            tokio::select! {
                biased;
                outcome = &mut work => break outcome,
                _ = tick.tick() => self.draw(),
            }
        };
        self.state().clear();
        outcome
    }

    /// Gives the terminal to somebody else.
    pub fn rest(&self) -> Resting {
        let mut state = self.state();
        state.resting += 1;
        state.clear();
        Resting(self.clone())
    }

    /// Says in the line how far work for a relay has come (NIP-13).
    pub fn show_work(&self) -> ShowWork {
        let waiting = self.clone();
        Arc::new(move |progress| waiting.state().work = Some(progress))
    }

    fn draw(&self) {
        let mut state = self.state();
        if state.resting > 0 {
            return;
        }
        let state = &mut *state;
        let line = state.line.get_or_insert_with(|| {
            let line = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let line = line.with_style(ProgressStyle::default_spinner());
            line.with_message("waiting for the relays")
        });
        if let Some(progress) = state.work {
            line.set_message(working(progress));
        }
        line.tick();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn working(progress: WorkProgress) -> String {
    format!(
        "working for a relay ({} bits): {} tries, about {} are needed",
        progress.bits,
        progress.tried,
        progress.expected()
    )
}

impl State {
    fn clear(&mut self) {
        if let Some(line) = self.line.take() {
            line.finish_and_clear();
        }
    }
}

impl Drop for Resting {
    fn drop(&mut self) {
        self.0.state().resting -= 1;
    }
}

/// A line that says how many of how many are done.
pub struct Progress {
    bar: ProgressBar,
    is_wanted: bool,
    /// One line is enough.
    _resting: Resting,
}

impl Progress {
    /// `doing` so many things, or nobody knows how many.
    pub fn of(doing: &'static str, count: impl Into<Option<usize>>, context: &Context) -> Self {
        let count = count.into().map(|count| count as u64);
        let template = match count {
            Some(_) => "{msg} {pos} of {len} {wide_bar}",
            None => "{spinner} {msg} {pos}",
        };
        let bar = ProgressBar::with_draw_target(count, ProgressDrawTarget::hidden());
        let bar = bar.with_message(doing);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Progress {
            bar,
            is_wanted: context.waiting.is_wanted,
            _resting: context.waiting.rest(),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_line_is_not_there_while_somebody_wants_the_terminal() {
        let waiting = Waiting::new(true);
        let is_shown = || waiting.state().line.is_some();
        let work = async {
            waiting.draw();
            assert!(is_shown());
            let resting = (waiting.rest(), waiting.rest());
            assert!(!is_shown());
            drop(resting.0);
            waiting.draw();
            assert!(!is_shown());
            drop(resting.1);
            waiting.draw();
            assert!(is_shown());
            7
        };
        assert_eq!(waiting.until(work).await, 7);
        assert!(!is_shown());
    }

    #[test]
    fn nip13_05_the_line_says_how_far_the_work_for_a_relay_has_come() {
        let waiting = Waiting::new(true);
        waiting.draw();
        let message = || waiting.state().line.as_ref().map(ProgressBar::message);
        assert_eq!(message().as_deref(), Some("waiting for the relays"));
        waiting.show_work()(WorkProgress::new(20, 65_536));
        waiting.draw();
        let expected = "working for a relay (20 bits): 65536 tries, about 1048576 are needed";
        assert_eq!(message().as_deref(), Some(expected));
    }
}
