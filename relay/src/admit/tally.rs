//! What became of events since the relay was started, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};

use kith_nips::Prefix;

use super::{Decision, Verdict};

/// Counts verdicts.
#[derive(Debug, Default)]
pub struct Tally {
    taken: AtomicU64,
    refused: AtomicU64,
    rate_limited: AtomicU64,
}

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tallied {
    /// Events that were taken, or were there already.
    pub taken: u64,
    /// Events that were not.
    pub refused: u64,
    /// Of these, what came too fast.
    pub rate_limited: u64,
}

impl Tally {
    /// Counts one more.
    pub fn count(&self, verdict: &Verdict) {
        let (taken, prefix) = match verdict {
            Verdict::Event { decision, .. } => match decision {
                Decision::Refused(refusal) => (false, Some(refusal.prefix)),
                other => (other.accepted(), None),
            },
            Verdict::Unidentified(reason) => (false, Some(Prefix::of(reason).0)),
        };
        let add = |counter: &AtomicU64| counter.fetch_add(1, Ordering::Relaxed);
        add(if taken { &self.taken } else { &self.refused });
        if prefix == Some(Prefix::RateLimited) {
            add(&self.rate_limited);
        }
    }

    /// What was counted until now.
    pub fn read(&self) -> Tallied {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Tallied {
            taken: read(&self.taken),
            refused: read(&self.refused),
            rate_limited: read(&self.rate_limited),
        }
    }
}

#[cfg(test)]
mod tests {
    use kith_nips::EventId;

    use super::*;
    use crate::refusal::Refusal;
    use crate::store::Outcome;

    #[test]
    fn what_came_too_fast_is_refused_too() {
        let tally = Tally::default();
        let id = EventId::from_bytes([1; 32]);
        let refused = |prefix| Decision::Refused(Refusal::new(prefix, "no"));
        for decision in [
            Decision::Judged(Outcome::Duplicate),
            Decision::Judged(Outcome::Superseded),
            Decision::Heard,
            refused(Prefix::Blocked),
            refused(Prefix::RateLimited),
        ] {
            tally.count(&Verdict::new(id, decision));
        }
        tally.count(&Verdict::Unidentified("rate-limited: slower".into()));
        tally.count(&Verdict::Unidentified("invalid: no event".into()));
        let expected = Tallied {
            taken: 2,
            refused: 5,
            rate_limited: 2,
        };
        assert_eq!(tally.read(), expected);
    }
}
