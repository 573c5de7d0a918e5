//! A page that cannot be shown.

use askama::Template;

use crate::frame::Frame;

/// A page that cannot be shown.
#[derive(Debug, Template)]
#[template(path = "problem.html")]
pub struct Problem {
    /// What surrounds it.
    pub frame: Frame,
    /// The status of the answer.
    pub status: u16,
}

impl Problem {
    fn heading(&self) -> String {
        match self.status {
            400 | 404 => self.frame.say("problem-missing"),
            401 | 403 => self.frame.say("problem-closed"),
            429 => self.frame.say("problem-busy"),
            _ => self.frame.say("problem-broken"),
        }
    }

    fn advice(&self) -> String {
        match self.status {
            400 | 404 => self.frame.say("problem-missing-advice"),
            401 | 403 => self.frame.say("problem-closed-advice"),
            _ => self.frame.say("problem-wait-advice"),
        }
    }
}
