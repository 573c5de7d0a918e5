//! What was compared, and how often.

use std::collections::BTreeMap;

/// What was compared.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) events: usize,
    pub(crate) filters: usize,
    pub(crate) served: usize,
    pub(crate) delivered: usize,
    /// How often each kind of answer came.
    pub(crate) answers: BTreeMap<String, usize>,
}

impl Tally {
    /// Adds what another world brought.
    pub(crate) fn add(&mut self, other: Tally) {
        self.events += other.events;
        self.filters += other.filters;
        self.served += other.served;
        self.delivered += other.delivered;
        for (answer, times) in other.answers {
            *self.answers.entry(answer).or_default() += times;
        }
    }

    /// Counts an answer.
    pub(crate) fn note(&mut self, answer: String) {
        *self.answers.entry(answer).or_default() += 1;
    }
}
