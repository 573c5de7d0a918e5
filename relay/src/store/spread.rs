//! Answers that are spread over time: so many of each stretch, and no more.

use std::sync::Arc;

/// So many events of each stretch of starts at most, such as the first few of each day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    begins: Arc<[u64]>,
    each: usize,
    before: usize,
}

impl Spread {
    /// At most `each` events that start in the same stretch. `begins` are where stretches begin, Unix
    /// seconds, in order. What starts before the first is a stretch as well, of which `before` events are
    /// taken.
    pub fn new(begins: impl Into<Arc<[u64]>>, each: usize, before: usize) -> Self {
        let begins = begins.into();
        Spread {
            begins,
            each,
            before,
        }
    }

    /// Events of all stretches at most.
    pub fn events_max(&self) -> usize {
        let each = self.each.saturating_mul(self.begins.len());
        each.saturating_add(self.before)
    }

    /// Events of the stretch that `start` is in, at most.
    fn events_of(&self, start: u64) -> usize {
        match self.begins.first() {
            Some(first) if start >= *first => self.each,
            _ => self.before,
        }
    }

    /// Where the stretch that begins behind `start` begins; `None` behind the last.
    fn next_behind(&self, start: u64) -> Option<u64> {
        let behind = self.begins.partition_point(|begin| *begin <= start);
        self.begins.get(behind).copied()
    }
}

/// How far an answer in the order of starts has come.
#[derive(Debug, Default)]
pub struct Spreading {
    /// Where the next stretch begins; `u64::MAX` in the last, 0 before the first.
    next: u64,
    /// Events of this stretch that may still come.
    left: usize,
}

impl Spreading {
    /// Whether an event of this start still belongs to the answer, which it then counts.
    pub fn takes(&mut self, start: u64, spread: &Spread) -> bool {
        if start >= self.next {
            self.next = spread.next_behind(start).unwrap_or(u64::MAX);
            self.left = spread.events_of(start);
        }
        let takes = self.left > 0;
        self.left = self.left.saturating_sub(1);
        takes
    }

    /// Where the answer goes on, if of this stretch there is enough.
    pub fn goes_on_at(&self) -> Option<u64> {
        (self.left == 0).then_some(self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stretch_has_its_own_count() {
        let spread = Spread::new([10, 20, 30], 2, 1);
        assert_eq!(spread.events_max(), 7);
        let mut spreading = Spreading::default();
        let starts = [0, 3, 9, 10, 10, 19, 20, 30, 31, u64::MAX - 1];
        let taken: Vec<u64> = starts
            .into_iter()
            .filter(|start| spreading.takes(*start, &spread))
            .collect();
        assert_eq!(taken, [0, 10, 10, 20, 30, 31]);
        assert_eq!(spreading.goes_on_at(), Some(u64::MAX));
    }
}
